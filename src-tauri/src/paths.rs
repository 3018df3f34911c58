//! Where the program writes. Everything lies in the person's own folders, or below `--data-dir`.

use std::io;
use std::path::{Path, PathBuf};

use tauri::path::PathResolver;
use tauri::{Manager, Runtime};
use url::Url;

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
    ///
    /// What is kept of a test server is kept apart from what is kept of Planning Center, and of any other test server.
    pub fn prepare<R: Runtime, M: Manager<R>>(manager: &M, test_server: Option<&Url>) -> io::Result<Self> {
        let paths = Self::resolve(manager.path(), test_server).map_err(io::Error::other)?;
        for folder in [&paths.config, &paths.data, &paths.web, &paths.log] {
            make(folder)?;
        }
        Ok(paths)
    }

    fn resolve<R: Runtime>(resolver: &PathResolver<R>, test_server: Option<&Url>) -> tauri::Result<Self> {
        let local = resolver.app_local_data_dir()?;
        let data = match test_server {
            None => local.join("data"),
            Some(origin) => local.join("test-servers").join(test_server_folder(origin)),
        };
        Ok(Self {
            config: resolver.app_config_dir()?,
            data,
            web: local.join("web"),
            log: resolver.app_log_dir()?,
        })
    }
}

/// `http://127.0.0.1:4010` → `127.0.0.1-4010`
fn test_server_folder(origin: &Url) -> String {
    origin.authority().replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.', "-")
}

/// The one name of a folder, whether or not it is there yet: without links and steps upwards, as far as it exists.
///
/// # Errors
/// When nothing above it can be read either.
pub fn absolute(folder: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(folder)?;
    let mut missing = Vec::new();
    let mut there = whole.as_path();
    loop {
        match (there.canonicalize(), there.parent(), there.file_name()) {
            (Ok(mut found), ..) => {
                found.extend(missing.into_iter().rev());
                return Ok(found);
            }
            (Err(error), Some(parent), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
                missing.push(name);
                there = parent;
            }
            (Err(error), ..) => return Err(error),
        }
    }
}

fn make(folder: &Path) -> io::Result<()> {
    app_core::folder::make_private(folder).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot make the folder {}: {error}", folder.display()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_name_before_and_after_it_is_made() {
        let place = tempfile::tempdir().unwrap();
        let straight = place.path().canonicalize().unwrap().join("above/below");
        let name = |folder: &Path| absolute(folder).unwrap().into_os_string();
        assert_eq!(name(&place.path().join("above/below")), straight.as_os_str());
        make(&straight).unwrap();
        // Byte by byte: the names of keychain items depend on it.
        assert_eq!(name(&place.path().join("above/../above/below")), straight.as_os_str());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(place.path(), place.path().join("link")).unwrap();
            assert_eq!(
                absolute(&place.path().join("link/new")).unwrap(),
                straight.parent().unwrap().with_file_name("new")
            );
        }
    }

    #[test]
    fn a_test_server_has_a_folder_of_its_own() {
        let name = |url: &str| test_server_folder(&Url::parse(url).unwrap());
        assert_eq!(name("http://127.0.0.1:4010"), "127.0.0.1-4010");
        assert_eq!(name("http://[::1]:4010"), "---1--4010");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = make(&file.join("below")).unwrap_err();
        assert!(error.to_string().contains(&file.join("below").display().to_string()));
    }
}
