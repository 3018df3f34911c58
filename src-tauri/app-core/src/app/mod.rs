//! The program without its window: session, open account and settings, as the shell and the tests hold it.

mod first_view;
mod frame;
mod looking_on;
mod signing_in;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use pco_client::ClientId;
use url::Url;

use crate::account::{OpenAccount, look_into_store, open_store};
use crate::error::{AppError, Chain, ErrorCode};
use crate::event::AppEvent;
use crate::ports::{Clock, Host, SecretStore};
use crate::products::people::views::{GetPersonRequest, ListPeopleRequest, PeopleListing, PersonView};
use crate::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, PlanView};
use crate::search::views::{SearchRequest, SearchView};
use crate::session::views::{RedirectChoice, Words};
use crate::session::{Account, Session, SessionConfig};
use crate::status::ClientIdSource;
use crate::sync::{SyncSignal, SyncState};
use crate::words;

pub use first_view::FirstView;
pub use signing_in::LinkReception;

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

    /// Finds the last account in the keychain and opens its store. Asks no network before it returns. While another run
    /// of the program owns that account, what is saved is shown and nothing else done.
    pub async fn start(&self) {
        self.restore().await;
        if self.session.is_looking_on() {
            self.look_on();
        }
    }

    async fn restore(&self) {
        let switching = self.switching.lock().await;
        match self.session.restore().await {
            Some(account) => self.open(&account).await,
            None => drop(self.close()),
        }
        drop(switching);
        self.ports.host.send(AppEvent::SessionChanged { session: self.session_status() });
        self.tell_status();
    }

    /// A stretch of the people list.
    pub fn list_people(&self, request: &ListPeopleRequest) -> Result<PeopleListing, AppError> {
        self.account()?.list_people(request)
    }

    /// The best of people, plans, songs and teams, for the palette.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchView, AppError> {
        self.account()?.find(request)
    }

    /// A person's card.
    pub fn get_person(&self, request: &GetPersonRequest) -> Result<PersonView, AppError> {
        self.account()?.get_person(request)
    }

    /// The schedule.
    pub fn list_plans(&self, request: &ListPlansRequest) -> Result<PlanListing, AppError> {
        self.account()?.list_plans(request)
    }

    /// One plan.
    pub fn get_plan(&self, request: &GetPlanRequest) -> Result<PlanView, AppError> {
        self.account()?.get_plan(request)
    }

    /// Reads everything again that is not fresh. Whoever wants that wants no pause any more.
    pub fn refresh(&self) {
        self.set_paused(false);
        if let Ok(account) = self.account() {
            account.refresh();
        }
    }

    /// Whether somebody is at the window: then background reads leave room for what that person asks for.
    pub fn set_attended(&self, attended: bool) {
        self.session.set_attended(attended);
    }

    /// Lets reading rest, or go on, until the program ends. What somebody opens meanwhile is still read.
    pub fn set_paused(&self, paused: bool) {
        if self.session.is_paused() != paused {
            self.session.set_paused(paused);
            self.tell_status();
        }
    }

    /// Puts everything away as the program ends. A write under way is finished first.
    pub fn end(&self) {
        if let Some(open) = self.close()
            && let Err(error) = open.close()
        {
            tracing::warn!(cause = %Chain(&error), "the store was not closed");
        }
        self.session.let_go();
    }

    /// Takes the open account away, and with it the pause: whoever comes next does not know of it.
    fn close(&self) -> Option<Arc<OpenAccount>> {
        self.session.set_paused(false);
        self.account.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Opens an account's store, unless it is open as it should be. Called with `switching` held.
    async fn open(&self, account: &Account) {
        let on_disk = self.config.folder.is_some() && self.session.remembered();
        let is_looking_on = self.session.is_looking_on();
        let open = self.account().ok().filter(|open| open.id == account.id);
        if open
            .as_ref()
            .is_some_and(|open| open.is_looking_on() == is_looking_on && (open.is_on_disk() || !on_disk))
        {
            self.session.opened();
            self.refresh();
            return;
        }
        // The same account's data stays readable until it is opened anew.
        if open.is_none() {
            self.close();
        }
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
        // Only now: a page that hears of it asks for what is stored.
        self.session.opened();
        self.tell_status();
    }

    async fn open_account(&self, account: &Account) -> Result<Option<Words>, AppError> {
        let (key, key_trouble) = match self.session.cache_key().await {
            Ok(key) => (key, None),
            Err(error) => (None, Some(words::not_remembered(&error).words())),
        };
        let (folder, id) = (self.config.folder.clone(), account.id.clone());
        let is_looking_on = self.session.is_looking_on();
        let open = if is_looking_on { look_into_store } else { open_store };
        let (store, notice) = tokio::task::spawn_blocking(move || open(folder.as_deref(), &id, key.as_ref()))
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
        let open = OpenAccount::new(
            account.id.clone(),
            store,
            Arc::new(state),
            self.session.client_for(&account.id),
            Arc::clone(&self.ports.clock),
        );
        if !is_looking_on {
            open.start_sync();
        }
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
