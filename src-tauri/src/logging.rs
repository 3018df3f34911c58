//! The log: to stderr, and to two small files in turn. Levels come from `NARTHEX_LOG` or `RUST_LOG`.
//!
//! Nothing goes deeper than `debug`, and other people's crates no deeper than `warn`: theirs may print addresses with
//! their query, ours never do. The one that looks for links among the arguments does so even in a warning, and is not
//! listened to at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

const FILE: &str = "narthex.log";
const EARLIER: &str = "narthex.log.1";
const MAX_BYTES: u64 = 1024 * 1024;
const OURS: [&str; 4] = ["narthex", "app_core", "pco_client", "pco_emulator"];
const PRINTS_LINKS: &str = "tauri_plugin_deep_link";

/// The log file, which is opened only once this process is known to be the one that stays.
#[derive(Clone, Default)]
pub struct LogFile(Arc<Mutex<Option<Rotating>>>);

impl LogFile {
    /// Writes into `folder` from now on. A log that cannot be written is no reason not to start.
    pub fn open_in(&self, folder: &Path) {
        match Rotating::open(folder) {
            Ok(file) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(file),
            Err(error) => tracing::warn!(%error, "the log file cannot be opened"),
        }
    }
}

/// Starts logging to stderr and makes a panic log its place only: its message may hold anything.
pub fn start() -> LogFile {
    let file = LogFile::default();
    let writer = file.clone();
    let levels = ["NARTHEX_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| EnvFilter::try_from_env(name).ok())
        .unwrap_or_else(|| EnvFilter::new("info"));
    let lines = fmt::layer().with_ansi(false).with_writer(io::stderr);
    let stored = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let started = tracing_subscriber::registry()
        .with(lines.and_then(stored).with_filter(filter_fn(is_harmless)))
        .with(levels)
        .try_init();
    if started.is_err() {
        tracing::debug!("logging was already started");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program made a mistake");
    }));
    file
}

fn is_harmless(line: &Metadata<'_>) -> bool {
    match line.target().split("::").next() {
        Some(PRINTS_LINKS) => false,
        Some(name) if OURS.contains(&name) => *line.level() <= Level::DEBUG,
        _ => *line.level() <= Level::WARN,
    }
}

/// A full disk loses log lines; it does not stop the program.
impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rotating) = file.as_mut()
            && rotating.write(bytes).is_err()
        {
            *file = None;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Rotating {
    folder: PathBuf,
    file: File,
    length: u64,
}

impl Rotating {
    fn open(folder: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(folder.join(FILE))?;
        let length = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), file, length })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let added = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.length.saturating_add(added) > MAX_BYTES && self.length > 0 {
            fs::rename(self.folder.join(FILE), self.folder.join(EARLIER))?;
            *self = Self::open(&self.folder)?;
        }
        self.file.write_all(bytes)?;
        self.length = self.length.saturating_add(added);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_log_never_grows_beyond_two_files_of_a_mebibyte() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::default();
        log.open_in(folder.path());
        let line = vec![b'x'; 100_000];
        for _ in 0..35 {
            log.write_all(&line).unwrap();
        }
        assert_eq!(names(folder.path()), [FILE, EARLIER]);
        for name in [FILE, EARLIER] {
            assert!(folder.path().join(name).metadata().unwrap().len() <= MAX_BYTES);
        }
    }

    #[test]
    fn a_restart_goes_on_in_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let mut log = LogFile::default();
            log.open_in(folder.path());
            log.write_all(b"line\n").unwrap();
        }
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), "line\nline\n");
    }

    #[test]
    fn a_log_that_cannot_be_written_is_no_error() {
        let mut log = LogFile::default();
        log.write_all(b"before it is open").unwrap();
        log.open_in(Path::new("/nowhere/at/all"));
        log.write_all(b"still not").unwrap();
        #[cfg(target_os = "linux")]
        {
            let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let full = Rotating { folder: PathBuf::new(), file, length: 0 };
            let mut log = LogFile(Arc::new(Mutex::new(Some(full))));
            log.write_all(b"to a full disk").unwrap();
            assert!(log.0.lock().unwrap().is_none());
        }
    }
}
