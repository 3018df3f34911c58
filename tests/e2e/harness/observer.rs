//! Others on the same computer, who look at what every process was started with, again and again: one with the rights of
//! whoever runs the story, and where those are root's, one with nobody's.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::getuid;

use super::desktop::Desktop;
use super::process::Running;

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(1);

/// Belongs to nobody.
const NOBODY: [&str; 7] = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--pdeathsig", "KILL"];
const LOOK_ON: &str = "while sleep 0.01; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null; done";

/// What each process was started with: its folder and command line, and its environment.
type Seen = HashMap<(PathBuf, Vec<u8>), Vec<u8>>;

/// Looks until told to stop.
pub(crate) struct Observer {
    is_done: Arc<AtomicBool>,
    looking: JoinHandle<(Seen, usize)>,
    stranger: Option<(Running, PathBuf)>,
}

/// What was seen.
pub(crate) struct Sight {
    /// Every command line and every environment.
    pub(crate) everything: Vec<u8>,
    /// How often all of it was looked at with the rights of whoever runs the story.
    pub(crate) looks: usize,
}

impl Observer {
    /// Begins to look.
    pub(crate) fn start(desktop: &Desktop) -> Self {
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let looking = std::thread::spawn(move || {
            let (mut seen, mut looks) = (Seen::new(), 0);
            while !done.load(Ordering::Relaxed) {
                look(&mut seen);
                looks += 1;
                std::thread::sleep(PAUSE);
            }
            (seen, looks)
        });
        Self { is_done, looking, stranger: stranger(desktop) }
    }

    /// Stops, and tells what was seen.
    pub(crate) fn stop(self) -> Sight {
        self.is_done.store(true, Ordering::Relaxed);
        let (seen, looks) = self.looking.join().unwrap();
        let started_with = seen.into_iter();
        let mut everything: Vec<u8> =
            started_with.flat_map(|((_, line), environment)| [line, environment].concat()).collect();
        if let Some((running, sight)) = self.stranger {
            drop(running);
            everything.extend(fs::read(&sight).unwrap());
            fs::remove_file(sight).unwrap();
        }
        Sight { everything, looks }
    }
}

/// Somebody without rights who looks on, and where what is seen is written down.
fn stranger(desktop: &Desktop) -> Option<(Running, PathBuf)> {
    if !getuid().is_root() {
        return None;
    }
    let sight = desktop.log("stranger");
    let mut command = Command::new("setpriv");
    command
        .args(NOBODY)
        .args(["sh", "-c", LOOK_ON])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir("/");
    Some((Running::start(&mut command, &sight), sight))
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
