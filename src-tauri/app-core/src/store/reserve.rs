//! Room that is kept for the last write: a file beside the database that goes when the disk is full.
//!
//! Without it the page that is being saved when the disk fills up would be lost, and with it the place in the walk. What
//! comes after that page waits until the reserve can be made again, so that the rest of the program, the keeping of the
//! sign-in above all, does not find the disk full to the last byte.

use std::path::PathBuf;

use super::StoreError;
use super::files::because;

/// Bytes kept: several pages of people with everything that is written for them.
const LENGTH: usize = 4 * 1024 * 1024;

/// The file, whether it stands or not.
pub(super) struct Reserve {
    file: PathBuf,
}

impl Reserve {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// Makes the reserve, unless it stands.
    ///
    /// # Errors
    /// When there is no room for it: then there is none for anything else.
    pub(super) fn make(&self) -> Result<(), StoreError> {
        if self.size() == LENGTH as u64 {
            return Ok(());
        }
        let mut room = vec![0; LENGTH];
        // A file system that compresses would keep no room for zeros.
        getrandom::fill(&mut room).map_err(|_| StoreError::NotWritable)?;
        std::fs::write(&self.file, room).map_err(|error| {
            self.spend();
            because(&error)
        })
    }

    /// Gives the room back; tells whether there was any.
    pub(super) fn spend(&self) -> bool {
        std::fs::remove_file(&self.file).is_ok()
    }

    pub(super) fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }
}
