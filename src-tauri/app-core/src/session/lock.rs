//! One owner at a time of the sign-ins saved in a folder. A run of the program that comes second only looks at them.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use same_file::Handle;

use crate::folder::make_private;

const FILE: &str = "session.lock";

/// Whether this run of the program owns what is saved. The system frees the lock of a program that dies.
pub(super) struct Ownership {
    folder: Option<PathBuf>,
    held: Mutex<Option<Handle>>,
}

impl Ownership {
    /// Nobody's yet. Without a folder nothing is saved, and nobody is kept out.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, held: Mutex::default() }
    }

    /// Makes this run the owner; false while another one is. Where files cannot be locked, as on some network disks,
    /// each run takes itself for the owner: then the generation number and Planning Center's own answer have to do.
    pub(super) fn claim(&self) -> bool {
        let Some(folder) = &self.folder else { return true };
        let mut held = self.held();
        if held.is_some() {
            return true;
        }
        match lock(folder) {
            Ok(Some(handle)) => {
                *held = Some(handle);
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "no lock among programs");
                true
            }
        }
    }

    /// Whether another run is the owner now. Leaves no trace.
    pub(super) fn is_elsewhere(&self) -> bool {
        let Some(folder) = &self.folder else { return false };
        if self.held().is_some() {
            return false;
        }
        let file = File::options().read(true).write(true).open(folder.join(FILE));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Lets another run take over.
    pub(super) fn release(&self) {
        *self.held() = None;
    }

    /// The same when nothing is left to own: the lock's file goes as well.
    pub(super) fn release_and_remove(&self) {
        let mut held = self.held();
        if let (Some(folder), Some(_)) = (&self.folder, &*held)
            && let Err(error) = std::fs::remove_file(folder.join(FILE))
        {
            tracing::warn!(%error, "the lock's file stays");
        }
        *held = None;
    }

    fn held(&self) -> MutexGuard<'_, Option<Handle>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the lock; `None` while somebody else has it.
fn lock(folder: &Path) -> io::Result<Option<Handle>> {
    make_private(folder)?;
    let path = folder.join(FILE);
    loop {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let handle = Handle::from_file(file)?;
        // An owner that signed out has removed its file. A lock on that one keeps nobody out.
        match Handle::from_path(&path) {
            Ok(there) if there == handle => return Ok(Some(handle)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn run(folder: &Path) -> Ownership {
        Ownership::new(Some(folder.to_owned()))
    }

    #[test]
    fn there_is_one_owner_until_it_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (run(folder.path()), run(folder.path()));
        assert!(!second.is_elsewhere(), "nobody's yet");
        assert!(first.claim() && first.claim());
        assert!(!first.is_elsewhere());
        assert!(second.is_elsewhere() && !second.claim());
        first.release();
        assert!(!second.is_elsewhere() && second.claim());
        assert!(first.is_elsewhere() && !first.claim());
        drop(second);
        assert!(first.claim(), "the end of a run frees its lock");
    }

    #[test]
    fn what_a_crash_leaves_behind_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "").unwrap();
        assert!(!run(folder.path()).is_elsewhere());
        assert!(run(folder.path()).claim());
    }

    #[test]
    fn a_lock_on_a_removed_file_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second, third) = (run(folder.path()), run(folder.path()), run(folder.path()));
        assert!(first.claim());
        first.release_and_remove();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(second.claim());
        // As if its file had gone while it waited.
        std::fs::remove_file(folder.path().join(FILE)).unwrap();
        assert!(third.claim());
        assert!(!first.claim(), "the file that is there is the third one's");
    }

    #[test]
    fn only_an_owner_removes_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (run(folder.path()), run(folder.path()));
        assert!(first.claim());
        second.release_and_remove();
        assert!(second.is_elsewhere());
    }

    #[test]
    fn without_a_folder_or_where_none_can_be_made_nobody_is_kept_out() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for ownership in [Ownership::new(None), run(&file.path().join("below"))] {
            assert!(ownership.claim() && !ownership.is_elsewhere());
            ownership.release_and_remove();
        }
    }
}
