//! Which church is on show: the real one, or the practice church in its place. Everything a command needs hangs here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app_core::error::{AppError, ErrorCode, ErrorView};
use app_core::event::AppEvent;
use app_core::ports::{Clock, Host, HostError, ReturnPath, SecretStore};
use app_core::session::views::{RedirectChoice, SessionView};
use app_core::status::{AppStatus, ClientIdView, SaveSettingsRequest, SettingsView};
use app_core::words::Sentence;
use app_core::{App, AppConfig, FirstView, LinkReception, Ports};
use pco_client::ClientId;
use tauri::ipc::Channel;
use tokio::sync::{OnceCell, SetOnce};
use url::Url;

use crate::host::Page;
use crate::practice::Practice;
use crate::settings::Settings;

/// At most ten new states of the frame a second reach the page.
const STATUS_PAUSE: Duration = Duration::from_millis(100);

/// So long the page may stay blank for keychain and store; after that it says that the program is opening.
const BLANK: Duration = Duration::from_millis(400);

static PRACTICE_NOT_OPENED: Sentence = Sentence {
    code: ErrorCode::Unexpected,
    message: "The practice church could not be opened.",
    hint: "Please try again. The reference finds it in the log.",
};
static SETTINGS_NOT_SAVED: Sentence = Sentence {
    code: ErrorCode::DiskFull,
    message: "The settings could not be saved.",
    hint: "Make some room on the disk, then try again.",
};

/// What a shell is built from.
pub struct Parts {
    /// How the real app is set up; client id and redirect are taken from `settings`.
    pub config: AppConfig,
    /// The desktop.
    pub window: Arc<dyn Host>,
    /// The page's event channel.
    pub page: Arc<Page>,
    /// The real account's keychain.
    pub secrets: Arc<dyn SecretStore>,
    /// The time, for both churches.
    pub clock: Arc<dyn Clock>,
    /// The settings file.
    pub settings: Settings,
    /// What to tell the page as soon as it listens.
    pub notices: Vec<AppEvent>,
    /// Called once, when the real church starts: the desktop's part in it.
    pub prepare: Box<dyn Fn() + Send + Sync>,
}

/// The state behind every command.
pub struct Shell {
    real: Arc<App>,
    real_started: OnceCell<()>,
    /// Set when the church to begin with is on show.
    started: SetOnce<()>,
    practice: Mutex<Option<Arc<Practice>>>,
    /// Held while the church on show changes.
    switching: tokio::sync::Mutex<()>,
    practising: Arc<AtomicBool>,
    is_focused: AtomicBool,
    is_active: AtomicBool,
    window: Arc<dyn Host>,
    page: Arc<Page>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    prepare: Box<dyn Fn() + Send + Sync>,
}

impl Shell {
    /// Builds the real app, which does nothing until [`Shell::start`].
    pub fn new(parts: Parts) -> Result<Self, AppError> {
        let practising = Arc::new(AtomicBool::new(false));
        let host = Arc::new(Side {
            practice: false,
            practising: Arc::clone(&practising),
            window: Arc::clone(&parts.window),
            waiting: Arc::default(),
        });
        for notice in parts.notices {
            parts.page.send(notice);
        }
        let (client_id, client_id_source) = parts.settings.client_id();
        let config =
            AppConfig { client_id, client_id_source, redirect: parts.settings.redirect(), ..parts.config };
        let seams = Ports { host, secrets: parts.secrets, clock: Arc::clone(&parts.clock) };
        Ok(Self {
            real: App::new(config, seams)?,
            real_started: OnceCell::new(),
            started: SetOnce::new(),
            practice: Mutex::default(),
            switching: tokio::sync::Mutex::default(),
            practising,
            is_focused: AtomicBool::new(true),
            is_active: AtomicBool::new(true),
            window: parts.window,
            page: parts.page,
            clock: parts.clock,
            settings: parts.settings,
            prepare: parts.prepare,
        })
    }

    /// Starts the real church, or the practice church if it is wanted: then nothing of a real account is touched until
    /// the person leaves it.
    pub async fn start(&self, practice: bool) {
        if practice && let Err(error) = self.start_practice().await {
            self.page.send(AppEvent::Notice { message: error.message, hint: error.hint });
        }
        if !self.practising.load(Ordering::SeqCst) {
            self.start_real().await;
        }
        // Only the first start counts.
        let _ = self.started.set(());
    }

    /// Puts everything away as the program ends.
    pub fn end(&self) {
        self.current().end();
        self.real.end();
    }

    /// The app of the church on show.
    #[must_use]
    pub fn current(&self) -> Arc<App> {
        match &*self.practice.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(practice) => Arc::clone(practice.app()),
            None => Arc::clone(&self.real),
        }
    }

    /// Opens the practice church. While it is open already, nothing changes.
    pub async fn start_practice(&self) -> Result<SessionView, ErrorView> {
        let _switching = self.switching.lock().await;
        if !self.practising.load(Ordering::SeqCst) {
            self.real.cancel_sign_in().await;
            let host = Arc::new(Side {
                practice: true,
                practising: Arc::clone(&self.practising),
                window: Arc::clone(&self.window),
                waiting: Arc::default(),
            });
            let practice = Practice::open(host, Arc::clone(&self.clock))
                .await
                .map_err(|error| AppError::because(&PRACTICE_NOT_OPENED, error).view())?;
            self.put_on_show(Some(Arc::new(practice)));
        }
        Ok(self.current().session_status())
    }

    /// Goes back to the real church. The practice church forgets everything.
    pub async fn leave_practice(&self) -> SessionView {
        let _switching = self.switching.lock().await;
        if self.practising.load(Ordering::SeqCst) {
            let practice = self.put_on_show(None);
            if let Some(practice) = practice {
                practice.close().await;
            }
            self.start_real().await;
        }
        self.current().session_status()
    }

    /// Takes a link from the browser. It always belongs to the real church: the practice church needs no browser.
    pub async fn receive_link(&self, link: &str) -> LinkReception {
        self.real.receive_link(link).await
    }

    /// Sends events to this channel from now on, and tells what to paint first. A start that takes long is not waited
    /// for: its end is an event.
    pub async fn subscribe(&self, channel: Channel<AppEvent>) -> FirstView {
        self.page.listen_with(channel);
        let _ = tokio::time::timeout(BLANK, self.started.wait()).await;
        let first = self.current().first_view();
        self.page.tells(&first.status);
        first
    }

    /// Brings the window to the front.
    pub fn raise(&self) {
        self.window.raise();
    }

    /// Whether the window has the focus.
    pub fn set_focused(&self, focused: bool) {
        self.is_focused.store(focused, Ordering::SeqCst);
        self.attend();
    }

    /// Whether somebody used the page within the last minute.
    pub fn set_active(&self, active: bool) {
        self.is_active.store(active, Ordering::SeqCst);
        self.attend();
    }

    /// The practice church has no limit that anybody meets.
    fn attend(&self) {
        let attended = [&self.is_focused, &self.is_active].iter().all(|sign| sign.load(Ordering::SeqCst));
        self.real.set_attended(attended);
    }

    /// What the settings screen shows.
    #[must_use]
    pub fn settings(&self) -> SettingsView {
        let (id, source) = self.settings.client_id();
        SettingsView {
            client_id: ClientIdView { value: id.map(|id| id.as_str().to_owned()), source },
            redirect: self.settings.redirect(),
            ..self.current().settings()
        }
    }

    /// Checks and keeps changed settings.
    pub fn save_settings(&self, request: &SaveSettingsRequest) -> Result<SettingsView, ErrorView> {
        let client_id = request.client_id.as_deref().map(parse_client_id).transpose()?;
        self.settings.save(client_id.as_ref().map(Option::as_ref), request.redirect).map_err(|error| {
            tracing::warn!(%error, "the settings cannot be written");
            AppError::because(&SETTINGS_NOT_SAVED, error).view()
        })?;
        if client_id.is_some() {
            let (id, source) = self.settings.client_id();
            self.real.set_client_id(id, source);
        }
        if let Some(redirect) = request.redirect {
            self.real.set_redirect(redirect);
        }
        Ok(self.settings())
    }

    async fn start_real(&self) {
        let start = async {
            (self.prepare)();
            self.real.start().await;
        };
        self.real_started.get_or_init(|| start).await;
    }

    /// Returns what was on show before, unless that was the real church.
    fn put_on_show(&self, practice: Option<Arc<Practice>>) -> Option<Arc<Practice>> {
        self.practising.store(practice.is_some(), Ordering::SeqCst);
        let before =
            std::mem::replace(&mut *self.practice.lock().unwrap_or_else(PoisonError::into_inner), practice);
        let app = self.current();
        self.page.send(AppEvent::SessionChanged { session: app.session_status() });
        self.page.send(AppEvent::StatusChanged { status: app.app_status() });
        before
    }
}

/// An empty text takes the client id away again.
fn parse_client_id(text: &str) -> Result<Option<ClientId>, ErrorView> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    ClientId::parse(text).map(Some).map_err(|error| AppError::invalid_input(error.to_string()).view())
}

/// What one of the two apps takes for its host. Its events reach the page only while its church is on show.
struct Side {
    practice: bool,
    practising: Arc<AtomicBool>,
    window: Arc<dyn Host>,
    /// The newest state of the frame, until the pause is over.
    waiting: Arc<Mutex<Option<AppStatus>>>,
}

impl Side {
    fn is_on_show(&self) -> bool {
        self.practising.load(Ordering::SeqCst) == self.practice
    }

    fn send_status(&self, status: AppStatus) {
        let earlier = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).replace(status);
        if earlier.is_some() {
            return;
        }
        let side = Self {
            practice: self.practice,
            practising: Arc::clone(&self.practising),
            window: Arc::clone(&self.window),
            waiting: Arc::clone(&self.waiting),
        };
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(STATUS_PAUSE).await;
            let newest = side.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(status) = newest.filter(|_| side.is_on_show()) {
                side.window.send(AppEvent::StatusChanged { status });
            }
        });
    }
}

impl Host for Side {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        self.window.open_link(url)
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        self.window.prepare_return(choice)
    }

    fn send(&self, event: AppEvent) {
        match event {
            AppEvent::StatusChanged { status } => self.send_status(status),
            event if self.is_on_show() => self.window.send(event),
            _ => {}
        }
    }

    fn raise(&self) {
        if self.is_on_show() {
            self.window.raise();
        }
    }
}
