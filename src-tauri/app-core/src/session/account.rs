//! Who is signed in, and the note on disk that tells the next start whom to look up in the keychain.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::views::AccountView;
use crate::folder::make_private;
use crate::photo::{self, Photo};
use crate::views::Face;

/// File in the program's folder that names the account signed in last: its id and nothing else.
const NOTE: &str = "account.json";

/// Names an account: `<organization id>-<person id>`, digits and one `-` only, so that it can stand in a file
/// name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// The account of this person in this church; `None` unless both ids are digits.
    #[must_use]
    pub fn new(organization_id: &str, person_id: &str) -> Option<Self> {
        let is_id =
            |text: &str| (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_id(organization_id) && is_id(person_id)).then(|| Self(format!("{organization_id}-{person_id}")))
    }

    /// Reads what [`as_str`](Self::as_str) gave.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (organization_id, person_id) = text.split_once('-')?;
        Self::new(organization_id, person_id)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A person signed in to one church. Printing shows ids only.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Names the account's folder and keychain items.
    pub id: AccountId,
    /// The person's id, the same in all products.
    pub person_id: String,
    /// The church's id.
    pub organization_id: String,
    /// The person's name.
    pub name: String,
    /// The church's name.
    pub church: String,
    /// The person's picture, while this run of the program has it.
    pub(super) photo: Option<Photo>,
}

impl Account {
    /// An account from what Planning Center tells; `None` when the ids are not Planning Center's.
    #[must_use]
    pub fn new(organization_id: String, person_id: String, name: String, church: String) -> Option<Self> {
        let id = AccountId::new(&organization_id, &person_id)?;
        Some(Self { id, person_id, organization_id, name, church, photo: None })
    }

    /// The account as the page receives it.
    #[must_use]
    pub fn view(&self, practice: bool) -> AccountView {
        AccountView {
            name: self.name.clone(),
            church: self.church.clone(),
            face: Face {
                photo: self.photo.as_ref().map(|_| photo::address(self.id.as_str())),
                ..Face::new(&self.person_id, &self.name)
            },
            practice,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Account({})", self.id)
    }
}

#[derive(Deserialize, Serialize)]
struct Note {
    account: String,
}

/// Reads which account was signed in last.
///
/// # Errors
/// Any failure to read but absence, and [`io::ErrorKind::InvalidData`] for a note that nobody here wrote.
pub(super) fn read_note(folder: &Path) -> io::Result<Option<AccountId>> {
    let text = match std::fs::read(folder.join(NOTE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let note: Note = serde_json::from_slice(&text).map_err(|_| io::ErrorKind::InvalidData)?;
    AccountId::parse(&note.account).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Notes which account is signed in. A crash leaves either the old note or the new one.
pub(super) fn write_note(folder: &Path, account: &AccountId) -> io::Result<()> {
    make_private(folder)?;
    let unfinished = folder.join(format!("{NOTE}.{}.new", std::process::id()));
    let mut file = std::fs::File::create(&unfinished)?;
    file.write_all(&serde_json::to_vec(&Note { account: account.to_string() })?)?;
    file.sync_all()?;
    std::fs::rename(unfinished, folder.join(NOTE))
}

/// Forgets who was signed in.
pub(super) fn remove_note(folder: &Path) -> io::Result<()> {
    match std::fs::remove_file(folder.join(NOTE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The accounts that have a folder here: the one signed in, and those that others took the place of.
pub(super) fn known_accounts(folder: &Path) -> io::Result<Vec<AccountId>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut known = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            known.extend(entry.file_name().to_str().and_then(AccountId::parse));
        }
    }
    Ok(known)
}

/// Removes these accounts' folders with everything in them. Tries all of them, and tells the last failure.
pub(super) fn remove_folders<'a>(
    folder: &Path,
    accounts: impl IntoIterator<Item = &'a AccountId>,
) -> io::Result<()> {
    let mut removed = Ok(());
    for account in accounts {
        match std::fs::remove_dir_all(folder.join(account.as_str())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => removed = Err(error),
            _ => {}
        }
    }
    removed
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_can_stand_in_a_path() {
        assert_eq!(AccountId::new("12", "345").unwrap().as_str(), "12-345");
        assert_eq!(AccountId::parse("12-345"), AccountId::new("12", "345"));
        for text in ["", "-", "12", "12-", "-345", "12-345-6", "../12-3", "12-3/4", "1 2-3", "١-٢", "12-3\n"]
        {
            assert_eq!(AccountId::parse(text), None, "{text:?}");
        }
        assert_eq!(AccountId::new(&"1".repeat(21), "1"), None);
    }

    #[test]
    fn the_note_is_written_read_replaced_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("made/on/demand");
        assert_eq!(read_note(&folder).unwrap(), None);
        let (first, second) = (AccountId::new("1", "2").unwrap(), AccountId::new("1", "3").unwrap());
        write_note(&folder, &first).unwrap();
        write_note(&folder, &second).unwrap();
        assert_eq!(read_note(&folder).unwrap(), Some(second));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no unfinished file stays");
        remove_note(&folder).unwrap();
        remove_note(&folder).unwrap();
        assert_eq!(read_note(&folder).unwrap(), None);
    }

    #[test]
    fn only_folders_of_accounts_are_known_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        assert_eq!(known_accounts(&folder).unwrap(), []);
        for name in ["1-2", "1-3", "web", "1-", "1-2.old"] {
            std::fs::create_dir_all(folder.join(name).join("below")).unwrap();
        }
        std::fs::write(folder.join("9-9"), "a file").unwrap();
        let mut known = known_accounts(&folder).unwrap();
        known.sort();
        assert_eq!(known, [AccountId::new("1", "2").unwrap(), AccountId::new("1", "3").unwrap()]);
        remove_folders(&folder, &known).unwrap();
        remove_folders(&folder, &known).unwrap();
        assert_eq!(known_accounts(&folder).unwrap(), []);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4, "nothing else is touched");
    }

    #[test]
    fn a_note_nobody_here_wrote_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", "{}", r#"{"account":"../../etc"}"#, r#"{"account":7}"#, "\u{0}\u{1}"] {
            std::fs::write(folder.path().join(NOTE), text).unwrap();
            assert_eq!(read_note(folder.path()).unwrap_err().kind(), io::ErrorKind::InvalidData, "{text:?}");
            assert!(folder.path().join(NOTE).exists());
        }
    }
}
