//! Where the program writes. Everything lies in the person's own folders, or below `--data-dir`.

use std::io;
use std::path::{Path, PathBuf};

use tauri::path::PathResolver;
use tauri::{Manager, Runtime};

/// The program's folders. Tauri and its plugins resolve theirs the same way, so `--data-dir` moves them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `settings.json` and the window's place on the screen.
    pub config: PathBuf,
    /// What the core keeps: for each account an encrypted store.
    pub data: PathBuf,
    /// What the web view keeps of its own.
    pub web: PathBuf,
    /// The log, two files at most.
    pub log: PathBuf,
}

impl Paths {
    /// Makes the folders, readable for nobody else, and tells where they are.
    pub fn prepare<R: Runtime, M: Manager<R>>(manager: &M) -> io::Result<Self> {
        let paths = Self::resolve(manager.path()).map_err(io::Error::other)?;
        for folder in [&paths.config, &paths.data, &paths.web, &paths.log] {
            make_private(folder)?;
        }
        Ok(paths)
    }

    fn resolve<R: Runtime>(resolver: &PathResolver<R>) -> tauri::Result<Self> {
        let local = resolver.app_local_data_dir()?;
        Ok(Self {
            config: resolver.app_config_dir()?,
            data: local.join("data"),
            web: local.join("web"),
            log: resolver.app_log_dir()?,
        })
    }
}

/// Makes one folder and the missing ones above it; on Unix with mode 0700.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot make the folder {}: {error}", folder.display()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("above/below");
        make_private(&folder).unwrap();
        make_private(&folder).unwrap();
        for made in [place.path().join("above"), folder] {
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = make_private(&file.join("below")).unwrap_err();
        assert!(error.to_string().contains(&file.join("below").display().to_string()));
    }
}
