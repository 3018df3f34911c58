//! The practice church: a Planning Center of its own inside the program, with invented people around today's date.
//! It keeps everything in memory and touches nothing of a real account.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use app_core::error::AppError;
use app_core::event::AppEvent;
use app_core::ports::{Clock, Host, HostError, ReturnPath};
use app_core::session::views::{RedirectChoice, StartSignInRequest};
use app_core::status::ClientIdSource;
use app_core::testing::MemoryStore;
use app_core::{App, AppConfig, Ports};
use jiff::tz::TimeZone;
use pco_client::{ClientId, LOOPBACK_PORTS, RedirectUri};
use pco_emulator::{Consent, Emulator, EmulatorConfig, Limit};
use tauri::async_runtime::spawn;
use url::Url;

/// A running practice church, with somebody signed in to it.
pub struct Practice {
    app: Arc<App>,
}

impl Practice {
    /// Starts the emulator and signs in. `desktop` gets everything but the sign-in itself, which needs no browser here.
    pub async fn open(desktop: Arc<dyn Host>, clock: Arc<dyn Clock>) -> Result<Self, PracticeError> {
        let config = EmulatorConfig {
            consent: Consent::Auto,
            // Nobody learns anything from waiting for a server of one's own.
            rate_limit: Limit { count: 10_000, seconds: 20 },
            today: Some(clock.now().to_zoned(TimeZone::system()).date()),
            ..EmulatorConfig::default()
        };
        let emulator = Arc::new(Emulator::start(config).await.map_err(PracticeError::because)?);
        let host = Arc::new(PracticeHost {
            desktop,
            emulator: Arc::clone(&emulator),
            app: OnceLock::new(),
            first_link: Mutex::new(FirstLink::Awaited),
        });
        let config = AppConfig {
            base: emulator.url().clone(),
            client_id: ClientId::parse(emulator.client_id()).ok(),
            client_id_source: ClientIdSource::Build,
            redirect: RedirectChoice::CustomScheme,
            folder: None,
            practice: true,
            test_server: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            user_agent: crate::user_agent(),
        };
        let ports = Ports {
            host: Arc::clone(&host) as Arc<dyn Host>,
            secrets: Arc::new(MemoryStore::default()),
            clock,
        };
        let app = App::new(config, ports)?;
        host.app.get_or_init(|| Arc::downgrade(&app));
        app.start().await;
        app.start_sign_in(StartSignInRequest { redirect: None }).await?;
        if let Some(link) = host.take_first_link() {
            let back = emulator.approve(&link).map_err(PracticeError::because)?;
            app.receive_link(back.as_str()).await;
        }
        app.confirm_account().await?;
        Ok(Self { app })
    }

    /// The app that shows it.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Signs out, which ends the app's work and forgets everything.
    pub async fn close(&self) {
        if let Err(error) = self.app.sign_out().await {
            tracing::warn!(%error, "the practice church was not left tidily");
        }
    }
}

/// Why the practice church did not open.
#[derive(Debug)]
pub struct PracticeError(String);

impl PracticeError {
    fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for PracticeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PracticeError {}

impl From<AppError> for PracticeError {
    fn from(error: AppError) -> Self {
        Self::because(error)
    }
}

/// The desktop, with a browser that always says yes to the practice church.
struct PracticeHost {
    desktop: Arc<dyn Host>,
    emulator: Arc<Emulator>,
    app: OnceLock<Weak<App>>,
    first_link: Mutex<FirstLink>,
}

/// The first sign-in is made for the person; a later one they make themselves.
enum FirstLink {
    Awaited,
    Opened(Url),
    Taken,
}

impl PracticeHost {
    fn take_first_link(&self) -> Option<Url> {
        let mut first = self.first_link.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *first, FirstLink::Taken) {
            FirstLink::Opened(url) => Some(url),
            FirstLink::Awaited | FirstLink::Taken => None,
        }
    }

    fn belongs_to_practice(&self, url: &Url) -> bool {
        url.origin() == self.emulator.url().origin()
    }

    fn answer_in_the_browsers_place(&self, url: Url) {
        let (emulator, app) = (Arc::clone(&self.emulator), self.app.get().cloned());
        spawn(async move {
            let back = match emulator.approve(&url) {
                Ok(back) => back,
                Err(error) => {
                    tracing::warn!(%error, "the practice church did not answer a sign-in");
                    return;
                }
            };
            if let Some(app) = app.as_ref().and_then(Weak::upgrade) {
                app.receive_link(back.as_str()).await;
            }
        });
    }
}

impl Host for PracticeHost {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        if !self.belongs_to_practice(url) {
            return self.desktop.open_link(url);
        }
        let mut first = self.first_link.lock().unwrap_or_else(PoisonError::into_inner);
        match *first {
            FirstLink::Awaited => *first = FirstLink::Opened(url.clone()),
            FirstLink::Opened(_) | FirstLink::Taken => self.answer_in_the_browsers_place(url.clone()),
        }
        Ok(())
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        // Nothing comes back through the system, so nothing is listened on.
        let redirect = match choice {
            RedirectChoice::CustomScheme => RedirectUri::CustomScheme,
            RedirectChoice::Loopback => RedirectUri::Loopback(LOOPBACK_PORTS[0]),
        };
        Ok(ReturnPath { redirect, receiver: Box::new(()) })
    }

    fn send(&self, event: AppEvent) {
        self.desktop.send(event);
    }

    fn raise(&self) {
        self.desktop.raise();
    }
}
