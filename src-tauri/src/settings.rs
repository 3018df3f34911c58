//! The settings a person may change, kept in `settings.json`: which client id to sign in with and how the browser returns.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use app_core::session::views::RedirectChoice;
use app_core::status::ClientIdSource;
use pco_client::ClientId;
use serde::{Deserialize, Serialize};

const FILE: &str = "settings.json";
const SET_ASIDE: &str = "settings.json.unreadable";
/// A file larger than this was not written by the program.
const MAX_BYTES: u64 = 16 * 1024;

/// The settings in use: the command line first, then the file, then what the build brought along.
pub struct Settings {
    file: PathBuf,
    command_line: Option<ClientId>,
    build: Option<ClientId>,
    stored: Mutex<Stored>,
}

/// What reading the file brought to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The file was read, or there was none yet.
    Well,
    /// The file could not be understood. It was renamed, and the settings start afresh.
    SetAside,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect: Option<RedirectChoice>,
}

impl Settings {
    /// Reads the file in `folder`. `command_line` comes from `--client-id`.
    #[must_use]
    pub fn open(folder: &Path, command_line: Option<ClientId>) -> (Self, Opened) {
        let file = folder.join(FILE);
        let (stored, opened) = match read(&file) {
            Ok(stored) => (stored, Opened::Well),
            Err(error) => {
                tracing::warn!(%error, "the settings cannot be read and start afresh");
                if let Err(error) = fs::rename(&file, folder.join(SET_ASIDE)) {
                    tracing::warn!(%error, "the unreadable settings cannot be set aside");
                }
                (Stored::default(), Opened::SetAside)
            }
        };
        let settings = Self {
            file,
            command_line,
            build: option_env!("NARTHEX_CLIENT_ID").and_then(|text| ClientId::parse(text).ok()),
            stored: Mutex::new(stored),
        };
        (settings, opened)
    }

    /// The client id to sign in with, and where it comes from.
    #[must_use]
    pub fn client_id(&self) -> (Option<ClientId>, ClientIdSource) {
        let stored = self.stored().client_id.and_then(|text| ClientId::parse(&text).ok());
        let sources = [
            (&self.command_line, ClientIdSource::CommandLine),
            (&stored, ClientIdSource::Settings),
            (&self.build, ClientIdSource::Build),
        ];
        sources
            .into_iter()
            .find_map(|(id, source)| Some((Some(id.clone()?), source)))
            .unwrap_or((None, ClientIdSource::Missing))
    }

    /// How the browser returns.
    #[must_use]
    pub fn redirect(&self) -> RedirectChoice {
        self.stored().redirect.unwrap_or(RedirectChoice::CustomScheme)
    }

    /// Keeps the changes; a field that is `None` stays as it is, and a client id of `Some(None)` is taken away. Nothing
    /// changes unless the file could be written.
    pub fn save(
        &self,
        client_id: Option<Option<&ClientId>>,
        redirect: Option<RedirectChoice>,
    ) -> io::Result<()> {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = stored.clone();
        if let Some(client_id) = client_id {
            changed.client_id = client_id.map(|id| id.as_str().to_owned());
        }
        if let Some(redirect) = redirect {
            changed.redirect = Some(redirect);
        }
        write(&self.file, &changed)?;
        *stored = changed;
        Ok(())
    }

    fn stored(&self) -> Stored {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(file: &Path) -> io::Result<Stored> {
    let length = match fs::metadata(file) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Stored::default()),
        Err(error) => return Err(error),
    };
    if length > MAX_BYTES {
        return Err(io::Error::other("the file is too large"));
    }
    let stored: Stored = serde_json::from_slice(&fs::read(file)?)?;
    if let Some(text) = &stored.client_id {
        ClientId::parse(text).map_err(io::Error::other)?;
    }
    Ok(stored)
}

/// The new content stands under the file's name either whole or not at all.
fn write(file: &Path, stored: &Stored) -> io::Result<()> {
    let beside = file.with_extension("json.new");
    let mut text = serde_json::to_string_pretty(stored)?;
    text.push('\n');
    let mut new = File::create(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn id(digit: char) -> ClientId {
        ClientId::parse(&digit.to_string().repeat(64)).unwrap()
    }

    fn open(folder: &Path, command_line: Option<ClientId>) -> Settings {
        let (settings, opened) = Settings::open(folder, command_line);
        assert_eq!(opened, Opened::Well);
        // A build with a client id of its own must not change what is tested here.
        Settings { build: None, ..settings }
    }

    #[test]
    fn without_a_file_the_defaults_hold() {
        let folder = tempfile::tempdir().unwrap();
        let settings = open(folder.path(), None);
        assert_eq!(settings.client_id(), (None, ClientIdSource::Missing));
        assert_eq!(settings.redirect(), RedirectChoice::CustomScheme);
        assert!(!folder.path().join(FILE).exists());
    }

    #[test]
    fn what_was_saved_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let settings = open(folder.path(), None);
        settings.save(Some(Some(&id('a'))), None).unwrap();
        settings.save(None, Some(RedirectChoice::Loopback)).unwrap();
        let again = open(folder.path(), None);
        assert_eq!(again.client_id(), (Some(id('a')), ClientIdSource::Settings));
        assert_eq!(again.redirect(), RedirectChoice::Loopback);
        again.save(Some(None), None).unwrap();
        assert_eq!(open(folder.path(), None).client_id().0, None);
        let files: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files, [FILE]);
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_the_file_before_the_build() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path(), None).save(Some(Some(&id('b'))), None).unwrap();
        let mut settings = open(folder.path(), Some(id('c')));
        settings.build = Some(id('d'));
        assert_eq!(settings.client_id(), (Some(id('c')), ClientIdSource::CommandLine));
        settings.command_line = None;
        assert_eq!(settings.client_id(), (Some(id('b')), ClientIdSource::Settings));
        settings.save(Some(None), None).unwrap();
        assert_eq!(settings.client_id(), (Some(id('d')), ClientIdSource::Build));
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_set_aside_and_told() {
        let contents = [
            "{".to_owned(),
            "7".to_owned(),
            r#"{"unknown": 1}"#.to_owned(),
            r#"{"clientId": "short"}"#.to_owned(),
            r#"{"redirect": "elsewhere"}"#.to_owned(),
            format!("{{}}{}", " ".repeat(20_000)),
        ];
        for content in contents {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(FILE), &content).unwrap();
            let (settings, opened) = Settings::open(folder.path(), None);
            assert_eq!(opened, Opened::SetAside, "{content}");
            assert_eq!(settings.redirect(), RedirectChoice::CustomScheme);
            assert_eq!(fs::read_to_string(folder.path().join(SET_ASIDE)).unwrap(), content);
            assert_eq!(Settings::open(folder.path(), None).1, Opened::Well);
        }
    }

    #[test]
    fn settings_that_cannot_be_written_do_not_change() {
        let folder = tempfile::tempdir().unwrap();
        let settings = open(&folder.path().join("missing"), None);
        assert!(settings.save(Some(Some(&id('e'))), None).is_err());
        assert_eq!(settings.client_id().0, None);
    }
}
