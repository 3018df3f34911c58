//! What stands around the screens: the freshness line, the settings, and what leads outside.

use pco_client::{ClientId, RedirectUri};

use super::App;
use crate::error::{AppError, Chain};
use crate::event::AppEvent;
use crate::outside::outside_address;
use crate::photo;
use crate::session::views::{RedirectChoice, SessionView};
use crate::status::{AppStatus, ClientIdSource, ClientIdView, Freshness, SettingsView};
use crate::text::grouped;
use crate::views::Coverage;
use crate::words::{self, KEYCHAIN};

/// Where an Organization Administrator registers the program.
const REGISTRATION: &str = "https://api.planningcenteronline.com/oauth/applications";

impl App {
    /// What the frame shows.
    #[must_use]
    pub fn app_status(&self) -> AppStatus {
        let account = self.account().ok();
        let standing = account.as_ref().and_then(|account| match account.standing() {
            Ok(standing) => Some(standing),
            Err(error) => {
                tracing::error!(cause = %Chain(&error), "the store does not tell its standing");
                None
            }
        });
        let needs_sign_in =
            matches!(self.session_status(), SessionView::SignedIn { needs_sign_in: true, .. });
        let (freshness, as_of, people, plans, coverage) = match standing {
            Some(standing) => {
                (standing.freshness, standing.as_of, standing.people, standing.plans, standing.coverage)
            }
            None => (Freshness::Loading, None, 0, 0, Coverage::NotLoaded),
        };
        AppStatus {
            freshness: if needs_sign_in { Freshness::SignInNeeded } else { freshness },
            as_of,
            people,
            plans,
            coverage,
            progress: account.and_then(|account| account.sync_state().current_progress()),
            paused: self.session.is_paused(),
            practice: self.config.practice,
            test_server: self.config.test_server.clone(),
            version: self.config.version.clone(),
        }
    }

    /// What Settings shows.
    #[must_use]
    pub fn settings(&self) -> SettingsView {
        let status = self.app_status();
        let account = match self.session_status() {
            SessionView::SignedIn { account, .. } => Some(account),
            _ => None,
        };
        let remembered = self.session.remembered();
        let keychain = match (&account, self.config.practice, remembered) {
            (_, true, _) => "The practice church needs no sign-in and keeps nothing.".to_owned(),
            (None, ..) => "Nobody is signed in.".to_owned(),
            (Some(_), false, true) => format!("Your sign-in is kept in the keychain ({KEYCHAIN})."),
            (Some(_), false, false) => "You are signed in until Narthex closes.".to_owned(),
        };
        // Before anybody has signed in, the folder is where it will be.
        let on_disk = self.account().map_or(account.is_none(), |open| open.is_on_disk());
        let settings = self.settings_lock();
        SettingsView {
            account,
            keychain,
            stored: vec![
                format!(
                    "{} people with phones, e-mails, addresses, and photos once seen",
                    grouped(status.people)
                ),
                format!("{} plans with teams, order of service and notes", grouped(status.plans)),
                format!("{} songs with authors and when they were last used", grouped(self.songs())),
            ],
            folder: self
                .config
                .folder
                .as_ref()
                .filter(|_| on_disk)
                .map(|folder| folder.display().to_string()),
            size: size_in_words(self.account().map(|account| account.size()).unwrap_or_default()),
            client_id: ClientIdView {
                value: settings.client_id.as_ref().map(|id| id.as_str().to_owned()),
                source: settings.client_id_source,
            },
            redirect: settings.redirect,
            redirect_uris: RedirectUri::ALL.iter().map(|uri| uri.as_str().into_owned()).collect(),
            registration_url: REGISTRATION.to_owned(),
            version: self.config.version.clone(),
        }
    }

    fn songs(&self) -> u32 {
        self.account().and_then(|account| account.songs()).unwrap_or_default()
    }

    /// Uses another client id from the next sign-in on.
    pub fn set_client_id(&self, client_id: Option<ClientId>, source: ClientIdSource) {
        self.session.set_client_id(client_id.clone());
        let mut settings = self.settings_lock();
        settings.client_id = client_id;
        settings.client_id_source = source;
        drop(settings);
        self.ports.host.send(AppEvent::SessionChanged { session: self.session_status() });
    }

    /// Lets the browser return another way from the next sign-in on.
    pub fn set_redirect(&self, redirect: RedirectChoice) {
        self.settings_lock().redirect = redirect;
    }

    /// Opens a phone number, a mail address or a page of Planning Center in the program meant for it.
    pub fn open_outside(&self, url: &str) -> Result<(), AppError> {
        let url = outside_address(url)?;
        self.ports.host.open_link(&url).map_err(|error| {
            if url.scheme() == "https" {
                return AppError::from(error);
            }
            AppError::because(&words::NO_PROGRAM_FOR_ADDRESS, error)
        })
    }

    /// The photo that stands under `key` in the `avatar:` scheme, as JPEG. That of a person is fetched if it is not here
    /// yet.
    pub async fn photo(&self, key: &str) -> Option<Vec<u8>> {
        match photo::person_of(key) {
            Some(person_id) => self.account().ok()?.photo(person_id, key).await,
            None => self.session.photo(key).map(|photo| photo.to_vec()),
        }
    }
}

fn size_in_words(bytes: u64) -> String {
    match bytes {
        0 => "Nothing on disk".to_owned(),
        1..=99_999 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(
            [0, 1, 20_480, 1_450_000].map(size_in_words),
            ["Nothing on disk", "1 KB", "21 KB", "1.4 MB"]
        );
    }
}
