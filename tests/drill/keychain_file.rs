//! A keychain that outlives a killed process: one file per item, replaced in one step as real keychains do. It can end
//! the process at any of its calls, before the call has done anything or after.

use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io};

use app_core::ports::{SecretBytes, SecretError, SecretKey, SecretStore};
use async_trait::async_trait;

/// Items as files below a folder.
pub(crate) struct FileKeychain {
    folder: PathBuf,
    /// The step at which the process ends; each call has two.
    last_step: Option<usize>,
    steps: AtomicUsize,
}

impl FileKeychain {
    /// A keychain in this folder, which ends the process at its `last_step`-th step.
    pub(crate) fn new(folder: PathBuf, last_step: Option<usize>) -> Self {
        Self { folder, last_step, steps: AtomicUsize::new(0) }
    }

    /// How many steps were made.
    pub(crate) fn steps(&self) -> usize {
        self.steps.load(Ordering::SeqCst)
    }

    fn step(&self) {
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        if self.last_step == Some(step) {
            end_like_a_crash();
        }
    }

    fn path(&self, key: &SecretKey) -> PathBuf {
        self.folder.join(format!("{}.{}", key.account, key.item.name()))
    }

    fn replace(&self, key: &SecretKey, value: &SecretBytes) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(value.expose())?;
        file.persist(self.path(key))?;
        Ok(())
    }
}

/// Ends this process as `kill -9` does: nothing is put away.
fn end_like_a_crash() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    loop {
        std::thread::park();
    }
}

fn failed(error: &io::Error) -> SecretError {
    SecretError::Failed(error.to_string())
}

#[async_trait]
impl SecretStore for FileKeychain {
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError> {
        self.step();
        let read = match fs::read(self.path(key)) {
            Ok(bytes) => Ok(Some(SecretBytes::new(bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        };
        self.step();
        read
    }

    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError> {
        self.step();
        let written = self.replace(key, &value).map_err(|error| failed(&error));
        self.step();
        written
    }

    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError> {
        self.step();
        let deleted = match fs::remove_file(self.path(key)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        };
        self.step();
        deleted
    }
}
