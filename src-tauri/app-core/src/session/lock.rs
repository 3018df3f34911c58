//! One renewal at a time among all programs of this computer that share an account.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::folder::make_private;

const FILE: &str = "session.lock";

/// Longer than a renewal that goes well ever takes. The system frees the lock of a program that died.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Holds the account's lock until dropped.
pub(super) struct AccountLock {
    #[expect(dead_code, reason = "held for its drop, which unlocks")]
    file: File,
}

impl AccountLock {
    /// Takes the lock in the account's folder. `None` where the folder cannot be written, or where another
    /// program holds the lock without end: then the generation number and Planning Center's own answer have
    /// to do.
    pub(super) async fn take(folder: &Path) -> Option<Self> {
        let folder = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || open(&folder)).await;
        let file = match opened {
            Ok(Ok(file)) => file,
            Ok(Err(error)) => {
                tracing::warn!(%error, "no lock among programs");
                return None;
            }
            Err(error) => {
                tracing::warn!(%error, "no lock among programs");
                return None;
            }
        };
        let taken = tokio::time::timeout(PATIENCE, wait(&file)).await;
        match taken {
            Ok(Ok(())) => Some(Self { file }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no lock among programs");
                None
            }
            Err(_) => {
                tracing::warn!("another program holds the account's lock for too long");
                None
            }
        }
    }
}

fn open(folder: &Path) -> io::Result<File> {
    make_private(folder)?;
    File::options().create(true).truncate(false).write(true).open(folder.join(FILE))
}

async fn wait(file: &File) -> io::Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_second_holder_waits_and_then_goes_on_without() {
        let folder = tempfile::tempdir().unwrap();
        let first = AccountLock::take(folder.path()).await;
        assert!(first.is_some());
        let start = tokio::time::Instant::now();
        assert!(AccountLock::take(folder.path()).await.is_none());
        assert!(start.elapsed() >= PATIENCE);
        drop(first);
        assert!(AccountLock::take(folder.path()).await.is_some());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_gives_no_lock() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(AccountLock::take(&file.path().join("below")).await.is_none());
    }
}
