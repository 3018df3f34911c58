//! The real core against the emulator over real HTTP, with a keychain, a clock and a desktop that obey the story.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use app_core::error::ErrorCode;
use app_core::event::AppEvent;
use app_core::ports::{Clock, Host, HostError, ReturnPath, SecretItem, SecretStore};
use app_core::products::people::views::{ListPeopleRequest, PeopleListing, PersonRow};
use app_core::products::services::views::{ListPlansRequest, PlanListing};
use app_core::session::views::{RedirectChoice, SessionView, StartSignInRequest};
use app_core::status::{AppStatus, ClientIdSource, Freshness};
use app_core::store::Store;
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use app_core::{App, AppConfig, LinkReception, Ports};
use pco_client::ClientId;
use pco_emulator::{Emulator, EmulatorConfig, Fault, FaultKind, Limit};
use tempfile::TempDir;
use tokio::sync::watch;
use url::Url;

/// The Friday on which every story begins.
pub(crate) const TODAY: &str = "2026-11-20";
/// Nine o'clock in the church's zone.
pub(crate) const NOW: &str = "2026-11-20T14:00:00Z";
/// A story that does not come to its end in this time has failed; nothing waits for it otherwise. Some take ten seconds of
/// a processor that others use as well.
const PATIENCE: Duration = Duration::from_mins(1);

/// A desktop that writes everything down and wakes whoever waits for an event.
pub(crate) struct StoryHost {
    record: RecordingHost,
    told: watch::Sender<usize>,
    app: OnceLock<Weak<App>>,
    told_too_early: AtomicBool,
}

/// Everything that outlives a run of the program, and the run itself.
pub(crate) struct Story {
    pub(crate) emulator: Emulator,
    pub(crate) app: Arc<App>,
    pub(crate) host: Arc<StoryHost>,
    pub(crate) secrets: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
}

/// What is left of a story when program and server are gone.
pub(crate) struct Remains {
    pub(crate) secrets: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) base: Url,
    client_id: ClientId,
    folder: TempDir,
}

impl Story {
    /// A program that nobody has signed in to, and a small church.
    pub(crate) async fn new() -> Self {
        Self::with(EmulatorConfig::default()).await
    }

    /// The same with an emulator of its own kind.
    pub(crate) async fn with(config: EmulatorConfig) -> Self {
        let emulator = Emulator::start(EmulatorConfig {
            today: Some(TODAY.parse().unwrap()),
            rate_limit: Limit { count: 10_000, seconds: 20 },
            strict: true,
            ..config
        })
        .await
        .unwrap();
        let (secrets, clock) =
            (Arc::new(MemoryStore::new()), Arc::new(ManualClock::at(NOW.parse().unwrap())));
        let folder = tempfile::tempdir().unwrap();
        let client_id = ClientId::parse(emulator.client_id()).unwrap();
        let (app, host) = run(emulator.url(), &client_id, &secrets, &clock, &folder).await;
        Self { emulator, app, host, secrets, clock, folder }
    }

    /// A program signed in, with everything read.
    pub(crate) async fn signed_in() -> Self {
        let story = Self::new().await;
        story.sign_in().await;
        story.settled().await;
        story
    }

    /// Signs in as a person does: browser, Allow, confirm.
    pub(crate) async fn sign_in(&self) {
        self.allow_in_browser().await;
        let confirm = self.app.session_status();
        assert!(matches!(confirm, SessionView::Confirm { .. }), "{confirm:?}");
        self.app.confirm_account().await.unwrap();
    }

    /// Up to the moment in which the program asks whether this is the right account.
    pub(crate) async fn allow_in_browser(&self) {
        let link = self.begin().await;
        let back = self.emulator.approve(&link).unwrap();
        assert_eq!(self.app.receive_link(back.as_str()).await, LinkReception::Accepted);
    }

    /// Begins a sign-in and tells the address the browser was sent to.
    pub(crate) async fn begin(&self) -> Url {
        self.begin_by(RedirectChoice::CustomScheme).await
    }

    pub(crate) async fn begin_by(&self, redirect: RedirectChoice) -> Url {
        self.app.start_sign_in(StartSignInRequest { redirect: Some(redirect) }).await.unwrap();
        self.host.record.links().pop().expect("the browser was opened")
    }

    /// Waits until the sync has nothing left to do, or nothing it can do.
    pub(crate) async fn settled(&self) -> AppStatus {
        self.until(|status| {
            status.progress.is_none() && status.freshness != Freshness::Loading && status.as_of.is_some()
        })
        .await
    }

    /// Waits until the frame shows this.
    pub(crate) async fn until(&self, wanted: impl Fn(&AppStatus) -> bool) -> AppStatus {
        until(&self.app, &self.host, wanted).await
    }

    /// Reads everything again, as after pressing Refresh a while later, and waits for the end of it.
    pub(crate) async fn refreshed(&self) -> AppStatus {
        self.clock.advance(Duration::from_mins(1));
        another_round(&self.app, &self.host).await
    }

    /// Lets time pass for the program's timers too, at once. Nothing may be under way, or it would run out of time.
    pub(crate) async fn let_pass(&self, time: Duration) {
        self.clock.advance(time);
        tokio::time::pause();
        tokio::time::advance(time).await;
        tokio::time::resume();
    }

    /// Ends the program and the server; what was saved remains.
    pub(crate) fn end(self) -> Remains {
        Remains {
            base: self.emulator.url().clone(),
            client_id: ClientId::parse(self.emulator.client_id()).unwrap(),
            secrets: self.secrets,
            clock: self.clock,
            folder: self.folder,
        }
    }

    /// What a start of the program would find now, while the first one still runs.
    pub(crate) async fn started_beside(&self) -> (Arc<App>, Arc<StoryHost>) {
        let client_id = ClientId::parse(self.emulator.client_id()).unwrap();
        run(self.emulator.url(), &client_id, &self.secrets, &self.clock, &self.folder).await
    }

    /// Ends the program and starts it again with the server still there.
    pub(crate) async fn restarted(self) -> Self {
        let Self { emulator, app, secrets, clock, folder, .. } = self;
        // A write under way does not outlive a run of the program, as it would in this process.
        app.end();
        drop(app);
        let client_id = ClientId::parse(emulator.client_id()).unwrap();
        let (app, host) = run(emulator.url(), &client_id, &secrets, &clock, &folder).await;
        Self { emulator, app, host, secrets, clock, folder }
    }

    pub(crate) fn people(&self, search: &str) -> PeopleListing {
        people(&self.app, search)
    }

    /// The schedule.
    pub(crate) fn plans(&self) -> PlanListing {
        self.app.list_plans(&ListPlansRequest::default()).unwrap()
    }

    /// What is saved, read beside the program that keeps it.
    pub(crate) fn store(&self) -> Store {
        let mut keys = self.secrets.items().into_iter();
        let key = keys.find(|key| key.item == SecretItem::CacheKey).unwrap();
        let folder = self.folder.path().join(&key.account);
        Store::open_to_read(&folder, &self.secrets.item(&key).unwrap()).unwrap()
    }

    /// Somebody of the church other than the one who is signed in.
    pub(crate) fn somebody_else(&self) -> String {
        let mut everybody = self.people("").items.into_iter().map(|person| person.id);
        let SessionView::SignedIn { account, .. } = self.app.session_status() else {
            panic!("nobody is signed in")
        };
        everybody
            .find(|id| !account.face.photo.as_deref().unwrap_or_default().ends_with(&format!("-{id}")))
            .unwrap()
    }

    /// Files below the program's folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files(self.folder.path().to_owned())
    }
}

impl Remains {
    /// Starts the program again where nothing answers at the server's address.
    pub(crate) async fn start(&self) -> (Arc<App>, Arc<StoryHost>) {
        run(&self.base, &self.client_id, &self.secrets, &self.clock, &self.folder).await
    }
}

/// A fault that strikes every request below `path_prefix` until it is cleared.
pub(crate) fn fault(path_prefix: &str, kind: FaultKind) -> Fault {
    Fault::new(path_prefix, kind)
}

pub(crate) fn people(app: &App, search: &str) -> PeopleListing {
    app.list_people(&ListPeopleRequest { search: search.to_owned(), offset: 0, limit: 200 }).unwrap()
}

/// The key under which a page asks for the photo of somebody who has one.
pub(crate) fn key_of(row: &PersonRow) -> String {
    let address = row.face.photo.as_deref().unwrap();
    address.split_once("://localhost/").or_else(|| address.split_once(".localhost/")).unwrap().1.to_owned()
}

/// Presses Refresh, and waits for the end of the round of reads that this starts.
pub(crate) async fn another_round(app: &App, host: &StoryHost) -> AppStatus {
    let before = host.rounds_ended();
    app.refresh();
    let mut told = host.told.subscribe();
    let ended = told.wait_for(|_| host.rounds_ended() > before);
    tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap();
    app.app_status()
}

pub(crate) async fn until(app: &App, host: &StoryHost, wanted: impl Fn(&AppStatus) -> bool) -> AppStatus {
    let mut told = host.told.subscribe();
    let waiting = told.wait_for(|_| wanted(&app.app_status()));
    let in_time = tokio::time::timeout(PATIENCE, waiting).await.is_ok_and(|told| told.is_ok());
    let status = app.app_status();
    assert!(in_time, "it never came to that; at last: {status:?}");
    status
}

async fn run(
    base: &Url,
    client_id: &ClientId,
    secrets: &Arc<MemoryStore>,
    clock: &Arc<ManualClock>,
    folder: &TempDir,
) -> (Arc<App>, Arc<StoryHost>) {
    // A story that fails shows its log; the second story of a process finds it set up.
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::DEBUG).try_init();
    let host = Arc::new(StoryHost {
        record: RecordingHost::new(),
        told: watch::Sender::new(0),
        app: OnceLock::new(),
        told_too_early: AtomicBool::new(false),
    });
    let config = AppConfig {
        base: base.clone(),
        client_id: Some(client_id.clone()),
        client_id_source: ClientIdSource::CommandLine,
        redirect: RedirectChoice::CustomScheme,
        folder: Some(folder.path().to_owned()),
        practice: false,
        test_server: None,
        version: "0.0.0".to_owned(),
        user_agent: "Narthex-stories/0 (tests)".to_owned(),
    };
    let ports = Ports {
        host: Arc::clone(&host) as Arc<dyn Host>,
        secrets: Arc::clone(secrets) as Arc<dyn SecretStore>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    };
    let app = App::new(config, ports).unwrap();
    host.app.get_or_init(|| Arc::downgrade(&app));
    app.start().await;
    (app, host)
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(path));
        } else {
            found.push(path);
        }
    }
    found
}

impl StoryHost {
    pub(crate) fn record(&self) -> &RecordingHost {
        &self.record
    }

    /// Sentences said once.
    pub(crate) fn notices(&self) -> Vec<String> {
        let notice = |event| match event {
            AppEvent::Notice { message, .. } => Some(message),
            _ => None,
        };
        self.record.events().into_iter().filter_map(notice).collect()
    }

    /// Whether somebody was told of as signed in while nothing of theirs could be read.
    pub(crate) fn told_too_early(&self) -> bool {
        self.told_too_early.load(Ordering::SeqCst)
    }

    /// Asks as a page does that hears of an account.
    fn ask_for_plans(&self) {
        let Some(app) = self.app.get().and_then(Weak::upgrade) else { return };
        if app
            .list_plans(&ListPlansRequest::default())
            .is_err_and(|error| error.code == ErrorCode::SignInRequired)
        {
            self.told_too_early.store(true, Ordering::SeqCst);
        }
    }

    /// Every round of reads ends with a status that has no progress.
    fn rounds_ended(&self) -> usize {
        let ended = |event: &AppEvent| matches!(event, AppEvent::StatusChanged { status } if status.progress.is_none());
        self.record.events().iter().filter(|event| ended(event)).count()
    }
}

impl Host for StoryHost {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        self.record.open_link(url)
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        self.record.prepare_return(choice)
    }

    fn send(&self, event: AppEvent) {
        if matches!(event, AppEvent::SessionChanged { session: SessionView::SignedIn { .. } }) {
            self.ask_for_plans();
        }
        self.record.send(event);
        self.told.send_modify(|told| *told += 1);
    }

    fn raise(&self) {
        self.record.raise();
    }
}
