//! The program without its window: session, open account and settings, as the shell and the tests hold it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use pco_client::{ClientId, RedirectUri};
use url::Url;

use crate::account::{OpenAccount, open_store};
use crate::error::{AppError, Chain, ErrorCode};
use crate::event::AppEvent;
use crate::outside::outside_address;
use crate::ports::{Clock, Host, SecretStore};
use crate::products::people::views::{GetPersonRequest, ListPeopleRequest, PeopleListing, PersonView};
use crate::products::services::views::{GetPlanRequest, PlanListing, PlanView};
use crate::session::views::{
    FinishSignInByHandRequest, RedirectChoice, SessionView, StartSignInRequest, Words,
};
use crate::session::{Account, Forgotten, Received, Session, SessionConfig};
use crate::status::{AppStatus, ClientIdSource, ClientIdView, Freshness, SettingsView, SignedOutView};
use crate::sync::{SyncSignal, SyncState};
use crate::views::Coverage;
use crate::words::{self, KEYCHAIN};

/// Where an Organization Administrator registers the program.
const REGISTRATION: &str = "https://api.planningcenteronline.com/oauth/applications";

/// What the core is built with.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Planning Center's address, or that of a test server on this computer.
    pub base: Url,
    /// The client id in use, if any.
    pub client_id: Option<ClientId>,
    /// Where it comes from.
    pub client_id_source: ClientIdSource,
    /// How the browser is to return.
    pub redirect: RedirectChoice,
    /// Everything is written below this folder; without one everything stays in memory.
    pub folder: Option<PathBuf>,
    /// Whether this is the practice church.
    pub practice: bool,
    /// The address to name in the lasting banner, when it is not Planning Center's own.
    pub test_server: Option<String>,
    /// The program's version.
    pub version: String,
    /// `User-Agent` of every request: name, version and contact.
    pub user_agent: String,
}

/// The seams, filled.
#[derive(Clone)]
pub struct Ports {
    /// The desktop.
    pub host: Arc<dyn Host>,
    /// The keychain.
    pub secrets: Arc<dyn SecretStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// The program's core.
pub struct App {
    config: AppConfig,
    ports: Ports,
    session: Arc<Session>,
    settings: Mutex<Settings>,
    account: RwLock<Option<Arc<OpenAccount>>>,
    /// Signing an account in, opening, closing and forgetting it never overlap.
    switching: tokio::sync::Mutex<()>,
    this: Weak<App>,
}

/// What became of a link that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkReception {
    /// It was the awaited answer; the sign-in goes on in the window.
    Accepted,
    /// It was the awaited answer, and the sign-in is over without success. The window says why.
    Ended,
    /// It was not the awaited answer. Nothing changed.
    Ignored,
}

struct Settings {
    client_id: Option<ClientId>,
    client_id_source: ClientIdSource,
    redirect: RedirectChoice,
}

impl App {
    /// Builds the core. Nothing is read or sent yet.
    pub fn new(config: AppConfig, ports: Ports) -> Result<Arc<Self>, AppError> {
        let session_config = SessionConfig {
            base: config.base.clone(),
            user_agent: config.user_agent.clone(),
            practice: config.practice,
        };
        let session = Session::new(
            session_config,
            Arc::clone(&ports.host),
            Arc::clone(&ports.secrets),
            Arc::clone(&ports.clock),
            config.folder.clone(),
        )?;
        session.set_client_id(config.client_id.clone());
        let settings = Settings {
            client_id: config.client_id.clone(),
            client_id_source: config.client_id_source,
            redirect: config.redirect,
        };
        Ok(Arc::new_cyclic(|this| Self {
            config,
            ports,
            session,
            settings: Mutex::new(settings),
            account: RwLock::default(),
            switching: tokio::sync::Mutex::default(),
            this: this.clone(),
        }))
    }

    /// Finds the last account in the keychain and opens its store. Asks no network before it returns.
    pub async fn start(&self) {
        let switching = self.switching.lock().await;
        if let Some(account) = self.session.restore().await {
            self.open(&account).await;
        }
        drop(switching);
        self.ports.host.send(AppEvent::SessionChanged { session: self.session_status() });
        self.tell_status();
    }

    /// Where the session stands.
    #[must_use]
    pub fn session_status(&self) -> SessionView {
        self.session.status()
    }

    /// Opens the browser and waits for its return.
    pub async fn start_sign_in(&self, request: StartSignInRequest) -> Result<SessionView, AppError> {
        let choice = request.redirect.unwrap_or_else(|| self.settings_lock().redirect);
        self.session.start(choice).await?;
        Ok(self.session_status())
    }

    /// Opens the browser at the same address again.
    pub fn open_browser_again(&self) -> Result<(), AppError> {
        self.session.open_again()
    }

    /// Takes a link that the operating system or the local return address delivered. What became of it is told to
    /// the page by events, and to the caller for the page that the browser shows.
    pub async fn receive_link(&self, link: &str) -> LinkReception {
        let received = self.session.receive(link).await;
        self.go_on(received).await
    }

    /// Takes the return address as a person pasted it.
    pub async fn finish_sign_in_by_hand(
        &self,
        request: FinishSignInByHandRequest,
    ) -> Result<SessionView, AppError> {
        let received = self.session.receive_by_hand(&request.link).await;
        self.go_on(received).await;
        Ok(self.session_status())
    }

    /// Ends the attempt in progress. What Planning Center granted already, unconfirmed, is given back.
    pub async fn cancel_sign_in(&self) -> SessionView {
        self.session.cancel().await;
        self.session_status()
    }

    /// The person says this is the right account: the sign-in is kept and the first sync begins.
    pub async fn confirm_account(&self) -> Result<SessionView, AppError> {
        self.admit().await?;
        Ok(self.session_status())
    }

    /// The person says this is not the right account: what was granted is given back.
    pub async fn refuse_account(&self) -> SessionView {
        self.session.refuse().await;
        self.session_status()
    }

    /// Forgets the sign-in here, erases what was stored, and then ends it at Planning Center if that can be reached.
    pub async fn sign_out(&self) -> Result<SignedOutView, AppError> {
        let (erased, forgotten) = {
            let _switching = self.switching.lock().await;
            let erased = self.close().map_or(Ok(()), |open| open.erase());
            (erased, self.session.forget().await)
        };
        self.tell_status();
        let mut sentences = Vec::new();
        if let Err(error) = &erased {
            tracing::error!(cause = %Chain(error), "the store's files could not be removed");
        }
        if let Err(error) = &forgotten.folders {
            tracing::error!(%error, "the accounts' folders could not be removed");
        }
        let is_erased = erased.is_ok() && forgotten.folders.is_ok();
        let Forgotten { keychain_cleared, .. } = forgotten;
        // Last, and with nothing held: whoever closes the window or signs in again now need not wait for the network.
        let revoked = self.session.end(forgotten).await;
        if self.config.practice {
            sentences.push("The practice church is closed. Nothing of a real account was touched.");
        } else {
            sentences.push(if revoked {
                "Planning Center has ended this sign-in."
            } else {
                "Planning Center could not be reached to end this sign-in there. It ends by itself within 90 days."
            });
            sentences.push(if keychain_cleared {
                "The keychain no longer holds anything of Narthex."
            } else {
                "The keychain could not be reached. Remove the entries named Narthex there by hand."
            });
            sentences.push(if is_erased {
                "People and schedules are erased from this computer."
            } else {
                "Some files could not be removed. Without their key nobody can read them."
            });
        }
        Ok(SignedOutView { revoked, report: sentences.into_iter().map(ToOwned::to_owned).collect() })
    }

    /// A stretch of the people list.
    pub fn list_people(&self, request: &ListPeopleRequest) -> Result<PeopleListing, AppError> {
        self.account()?.list_people(request)
    }

    /// A person's card.
    pub fn get_person(&self, request: &GetPersonRequest) -> Result<PersonView, AppError> {
        self.account()?.get_person(request)
    }

    /// All stored plans.
    pub fn list_plans(&self) -> Result<PlanListing, AppError> {
        self.account()?.list_plans()
    }

    /// One plan.
    pub fn get_plan(&self, request: &GetPlanRequest) -> Result<PlanView, AppError> {
        self.account()?.get_plan(request)
    }

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
            practice: self.config.practice,
            test_server: self.config.test_server.clone(),
            version: self.config.version.clone(),
        }
    }

    /// Reads everything again that is not fresh.
    pub fn refresh(&self) {
        if let Ok(account) = self.account() {
            account.refresh();
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
                format!("{} people with phones, e-mails and addresses", grouped(status.people)),
                format!("{} plans with teams, order of service and notes", grouped(status.plans)),
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

    /// Whether somebody is at the window: then background reads leave room for what that person asks for.
    pub fn set_attended(&self, attended: bool) {
        self.session.set_attended(attended);
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

    /// The photo that stands under `key` in the `avatar:` scheme, as PNG.
    #[must_use]
    pub fn photo(&self, key: &str) -> Option<Vec<u8>> {
        self.session.photo(key).map(|photo| photo.to_vec())
    }

    async fn go_on(&self, received: Received) -> LinkReception {
        match received {
            Received::SameAccount => match self.admit().await {
                Ok(()) => LinkReception::Accepted,
                Err(error) => {
                    tracing::info!(cause = %Chain(&error), "a sign-in was cancelled as it came back");
                    LinkReception::Ended
                }
            },
            Received::Confirm => LinkReception::Accepted,
            Received::Ended => LinkReception::Ended,
            Received::Ignored(_) => LinkReception::Ignored,
        }
    }

    /// Signs in the account that the person agreed to, in place of the one that is open.
    async fn admit(&self) -> Result<(), AppError> {
        let _switching = self.switching.lock().await;
        let agreed = self.session.agree()?;
        if self.account().is_ok_and(|open| open.id != *agreed.account()) {
            self.close();
        }
        let account = self.session.save(agreed).await?;
        self.open(&account).await;
        Ok(())
    }

    /// Puts everything away as the program ends. A write under way is finished first.
    pub fn end(&self) {
        if let Some(open) = self.close()
            && let Err(error) = open.close()
        {
            tracing::warn!(cause = %Chain(&error), "the store was not closed");
        }
    }

    fn close(&self) -> Option<Arc<OpenAccount>> {
        self.account.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Opens an account's store, unless it is open as it should be. Called with `switching` held.
    async fn open(&self, account: &Account) {
        let on_disk = self.config.folder.is_some() && self.session.remembered();
        if self.account().is_ok_and(|open| open.id == account.id && (open.is_on_disk() || !on_disk)) {
            self.refresh();
            return;
        }
        self.close();
        let notice = match self.open_account(account).await {
            Ok(notice) => notice,
            Err(error) => {
                tracing::error!(cause = %Chain(&error), "the store could not be opened");
                Some(error.words())
            }
        };
        if let Some(Words { message, hint }) = notice {
            self.ports.host.send(AppEvent::Notice { message, hint });
        }
        self.ports.host.send(AppEvent::SessionChanged { session: self.session_status() });
        self.tell_status();
    }

    async fn open_account(&self, account: &Account) -> Result<Option<Words>, AppError> {
        let (key, key_trouble) = match self.session.cache_key().await {
            Ok(key) => (key, None),
            Err(error) => (None, Some(words::not_remembered(&error).words())),
        };
        let (folder, id) = (self.config.folder.clone(), account.id.clone());
        let (store, notice) =
            tokio::task::spawn_blocking(move || open_store(folder.as_deref(), &id, key.as_ref()))
                .await
                .map_err(|error| AppError::because(&words::UNEXPECTED, error))??;
        let this = self.this.clone();
        let state = SyncState::new(Arc::clone(&self.ports.clock), move |signal| {
            let Some(app) = this.upgrade() else { return };
            match signal {
                SyncSignal::Status => app.tell_status(),
                SyncSignal::Rebuilt => app.ports.host.send(words::STORE_UNREADABLE.words().into()),
                SyncSignal::Data(tags) => app.ports.host.send(AppEvent::DataChanged { tags }),
            }
        });
        let open = OpenAccount::start(
            account.id.clone(),
            store,
            Arc::new(state),
            self.session.client_for(&account.id)?,
            Arc::clone(&self.ports.clock),
        );
        *self.account.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(open));
        Ok(notice.or(key_trouble))
    }

    fn account(&self) -> Result<Arc<OpenAccount>, AppError> {
        self.account
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or_else(|| AppError::from(ErrorCode::SignInRequired))
    }

    fn tell_status(&self) {
        self.ports.host.send(AppEvent::StatusChanged { status: self.app_status() });
    }

    fn settings_lock(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `12000` → `12,000`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
        assert_eq!([0, 152, 1000, 1_234_567].map(grouped), ["0", "152", "1,000", "1,234,567"]);
        assert_eq!(
            [0, 1, 20_480, 1_450_000].map(size_in_words),
            ["Nothing on disk", "1 KB", "21 KB", "1.4 MB"]
        );
    }
}
