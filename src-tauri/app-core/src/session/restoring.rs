//! The start of a session: whom the disk names, who owns their sign-in, and what the keychain holds of it.

use pco_client::OAuthClient;

use super::record::SessionRecord;
use super::views::Words;
use super::{Account, Session, account, keeping};
use crate::words;

/// A sign-in that an earlier run saved.
struct Saved {
    record: SessionRecord,
    /// The application it was granted to.
    oauth: OAuthClient,
    /// False while another run of the program owns it.
    is_ours: bool,
}

impl Session {
    /// Looks for the account signed in last: on disk for its id, in the keychain for its sign-in. No network.
    /// What cannot be read is left as it is and told in words. A sign-in that another run of the program owns is only
    /// looked at; asked again, this takes over what that run has let go of.
    pub async fn restore(&self) -> Option<Account> {
        match self.find_saved().await {
            Ok(Some(Saved { record, is_ours: false, .. })) => {
                self.standing.change(|sign_in| sign_in.looked_at(record.account));
            }
            Ok(Some(Saved { record, oauth, is_ours: true })) => {
                let account = record.account.clone();
                if self.account().is_none() || self.is_looking_on() {
                    self.keeper.restore(record, oauth);
                }
                self.standing.change(|sign_in| sign_in.restored(Some(account), None));
            }
            Ok(None) => self.found_nobody(None),
            Err(notice) => self.found_nobody(Some(notice)),
        }
        self.account()
    }

    /// Whether whoever is signed in is so by another run of the program, and only looked at here.
    #[must_use]
    pub fn is_looking_on(&self) -> bool {
        self.standing.change(|sign_in| sign_in.is_looking_on())
    }

    /// Whether another run of the program owns what is saved. Then nobody signs in or out here.
    #[must_use]
    pub fn is_open_elsewhere(&self) -> bool {
        self.ownership.is_elsewhere()
    }

    /// Whether the run that is looked at has let go of its sign-in, or has another one now.
    #[must_use]
    pub fn has_changed_hands(&self) -> bool {
        let noted = self.folder.as_ref().and_then(|folder| account::read_note(folder).ok().flatten());
        !self.is_open_elsewhere() || noted != self.account().map(|account| account.id)
    }

    fn found_nobody(&self, notice: Option<Words>) {
        self.standing.change(|sign_in| sign_in.restored(None, notice));
        if self.account().is_none() {
            self.ownership.release();
        }
    }

    async fn find_saved(&self) -> Result<Option<Saved>, Words> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let account = match account::read_note(folder) {
            Ok(Some(account)) => account,
            Ok(None) => return Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the note of the last account cannot be read");
                return Err(words::SAVED_SIGN_IN_UNREADABLE.words());
            }
        };
        // Before the keychain is read: the record of an owner that still runs may be renewed at any moment.
        let is_ours = self.ownership.claim();
        let origin = self.config.base.origin().ascii_serialization();
        match keeping::find_record(self.secrets.as_ref(), &account, &origin).await {
            Ok(keeping::Found::Record(record)) => {
                let oauth = self.oauth_for(record.client_id.clone());
                Ok(oauth.map(|oauth| Saved { record: *record, oauth, is_ours }))
            }
            Ok(keeping::Found::Elsewhere) => Ok(None),
            Ok(keeping::Found::Nothing) => Err(words::SAVED_SIGN_IN_GONE.words()),
            Ok(keeping::Found::Unreadable) => Err(words::SAVED_SIGN_IN_UNREADABLE.words()),
            Err(error) => {
                tracing::warn!(%account, %error, "the saved sign-in cannot be fetched");
                Err(words::not_restored(&error).words())
            }
        }
    }
}
