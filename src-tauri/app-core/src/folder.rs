//! Folders on disk, made for their owner alone.

use std::io;
use std::path::Path;

/// Makes a folder and the missing ones above it; on Unix with mode 0700. One that is there already stays as it is.
///
/// # Errors
/// Whatever the system says.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_folder_is_the_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("above/below");
        make_private(&folder).unwrap();
        make_private(&folder).unwrap();
        for made in [place.path().join("above"), folder] {
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
}
