//! Where the drill takes place: a server, a folder, a keychain and a clock that outlive every run of the core.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_core::ports::{Clock, SecretStore};
use app_core::session::views::{RedirectChoice, SessionView, StartSignInRequest};
use app_core::session::{Received, Session, SessionConfig};
use app_core::status::ClientIdSource;
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use app_core::{App, AppConfig, LinkReception, Ports};
use pco_client::{ApiError, Client, ClientId, Lane, Product, Query};
use pco_emulator::{Emulator, EmulatorConfig, Limit, Rotation};
use tempfile::TempDir;
use url::Url;

const USER_AGENT: &str = "Narthex-drill/0 (tests)";

/// What every run meets.
pub(crate) struct Ground {
    pub(crate) emulator: Emulator,
    pub(crate) secrets: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
}

/// One run of the core's session.
pub(crate) struct Run {
    pub(crate) session: Arc<Session>,
    pub(crate) host: Arc<RecordingHost>,
}

impl Ground {
    /// A small church with the widest rate limit that the client believes.
    pub(crate) async fn new(rotation: Rotation) -> Self {
        Self::with(EmulatorConfig { rotation, ..EmulatorConfig::default() }).await
    }

    /// The same with another church.
    pub(crate) async fn with(config: EmulatorConfig) -> Self {
        let emulator =
            Emulator::start(EmulatorConfig { rate_limit: Limit { count: 10_000, seconds: 20 }, ..config })
                .await
                .unwrap();
        Self {
            emulator,
            secrets: Arc::new(MemoryStore::new()),
            clock: Arc::new(ManualClock::at(jiff::Timestamp::now())),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder of the program's own files.
    pub(crate) fn folder(&self) -> PathBuf {
        below(self.folder.path(), "data")
    }

    /// The folder of the keychain, for rows with processes of their own.
    pub(crate) fn keychain(&self) -> PathBuf {
        below(self.folder.path(), "keychain")
    }

    /// Starts the session with the keychain in memory; nobody is signed in but for what that keychain says.
    pub(crate) async fn start(&self) -> Run {
        self.start_with(Arc::clone(&self.secrets) as Arc<dyn SecretStore>).await
    }

    /// The same with another keychain.
    pub(crate) async fn start_with(&self, secrets: Arc<dyn SecretStore>) -> Run {
        let host = Arc::new(RecordingHost::new());
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let session = session(self.emulator.url(), &host, secrets, clock, self.folder());
        session.set_client_id(ClientId::parse(self.emulator.client_id()).ok());
        session.restore().await;
        session.opened();
        Run { session, host }
    }

    /// Starts the whole core; nobody is signed in but for what the keychain in memory says.
    pub(crate) async fn open(&self) -> Opened {
        let host = Arc::new(RecordingHost::new());
        let config = AppConfig {
            base: self.emulator.url().clone(),
            client_id: ClientId::parse(self.emulator.client_id()).ok(),
            client_id_source: ClientIdSource::CommandLine,
            redirect: RedirectChoice::CustomScheme,
            folder: Some(self.folder()),
            practice: false,
            test_server: None,
            version: "0.0.0".to_owned(),
            user_agent: USER_AGENT.to_owned(),
        };
        let ports = Ports {
            host: Arc::clone(&host) as _,
            secrets: Arc::clone(&self.secrets) as _,
            clock: Arc::clone(&self.clock) as _,
        };
        let app = App::new(config, ports).unwrap();
        app.start().await;
        Opened { app, host }
    }

    /// How many files the program has in its folder.
    pub(crate) fn files(&self) -> usize {
        files(&self.folder())
    }

    /// Starts a session and signs in as a person does.
    pub(crate) async fn signed_in(&self) -> Run {
        let run = self.start().await;
        run.sign_in(&self.emulator).await;
        run
    }
}

/// One run of the whole core.
pub(crate) struct Opened {
    pub(crate) app: Arc<App>,
    host: Arc<RecordingHost>,
}

impl Opened {
    /// Begins a sign-in and tells the address the browser was sent to.
    pub(crate) async fn begin(&self) -> Url {
        self.app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
        self.host.links().pop().unwrap()
    }

    /// Browser, Allow, confirm.
    pub(crate) async fn sign_in(&self, emulator: &Emulator) {
        let back = emulator.approve(&self.begin().await).unwrap();
        assert_eq!(self.app.receive_link(back.as_str()).await, LinkReception::Accepted);
        self.app.confirm_account().await.unwrap();
    }
}

impl Run {
    /// Begins a sign-in and tells the address the browser was sent to.
    pub(crate) async fn begin(&self) -> Url {
        self.session.start(RedirectChoice::CustomScheme).await.unwrap();
        self.host.links().pop().unwrap()
    }

    /// Browser, Allow, confirm.
    pub(crate) async fn sign_in(&self, emulator: &Emulator) {
        let back = emulator.approve(&self.begin().await).unwrap();
        assert_eq!(self.session.receive(back.as_str()).await, Received::Confirm);
        self.session.save(self.session.agree().unwrap()).await.unwrap();
        self.session.opened();
    }

    /// Speaks for whoever is signed in.
    pub(crate) fn client(&self) -> Client {
        self.session.client_for(&self.session.account().unwrap().id)
    }

    /// One request that needs a token.
    pub(crate) async fn ask(&self) -> Result<(), ApiError> {
        ask(&self.client()).await
    }

    /// Whether the person is told to sign in again.
    pub(crate) fn needs_sign_in(&self) -> bool {
        !matches!(self.session.status(), SessionView::SignedIn { needs_sign_in: false, .. })
    }
}

/// One small request that needs a token.
pub(crate) async fn ask(client: &Client) -> Result<(), ApiError> {
    let me = Query::new(Product::People, "me").fields("Person", &["name"]);
    client.get(Lane::Person, &me).await.map(drop)
}

/// A session that knows no client id yet and has restored nothing.
pub(crate) fn session(
    base: &Url,
    host: &Arc<RecordingHost>,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
) -> Arc<Session> {
    let config = SessionConfig { base: base.clone(), user_agent: USER_AGENT.to_owned(), practice: false };
    Session::new(config, Arc::clone(host) as _, secrets, clock, Some(folder)).unwrap()
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

fn below(folder: &Path, name: &str) -> PathBuf {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
