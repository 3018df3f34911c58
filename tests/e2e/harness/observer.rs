//! Somebody else on the same computer, who looks at what every process was started with, again and again.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(1);

/// What each process was started with: its folder and command line, and its environment.
type Seen = HashMap<(PathBuf, Vec<u8>), Vec<u8>>;

/// Looks until told to stop.
pub(crate) struct Observer {
    is_done: Arc<AtomicBool>,
    looking: JoinHandle<Seen>,
}

impl Observer {
    /// Begins to look.
    pub(crate) fn start() -> Self {
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let looking = std::thread::spawn(move || {
            let mut seen = Seen::new();
            while !done.load(Ordering::Relaxed) {
                look(&mut seen);
                std::thread::sleep(PAUSE);
            }
            seen
        });
        Self { is_done, looking }
    }

    /// Stops, and tells every command line and every environment that was seen.
    pub(crate) fn stop(self) -> Vec<u8> {
        self.is_done.store(true, Ordering::Relaxed);
        let seen = self.looking.join().unwrap().into_iter();
        seen.flat_map(|((_, command_line), environment)| [command_line, environment].concat()).collect()
    }
}

fn look(seen: &mut Seen) {
    for process in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        if process.file_name().to_string_lossy().starts_with(|sign: char| sign.is_ascii_digit()) {
            let read = |file| fs::read(process.path().join(file));
            // What has ended meanwhile says nothing more, and others' environments cannot be read.
            if let Ok(command_line) = read("cmdline") {
                let known = seen.entry((process.path(), command_line));
                known.or_insert_with(|| read("environ").unwrap_or_default());
            }
        }
    }
}
