//! The program without its window, signed in to an emulator through a meter.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::error::AppError;
use app_core::event::{AppEvent, DataTag};
use app_core::ports::{Host, HostError, ReturnPath};
use app_core::products::people::views::{ListPeopleRequest, PeopleListing};
use app_core::session::views::{RedirectChoice, StartSignInRequest};
use app_core::status::{AppStatus, ClientIdSource};
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use app_core::views::Coverage;
use app_core::{App, AppConfig, Ports};
use pco_client::ClientId;
use pco_emulator::Emulator;
use tempfile::TempDir;
use tokio::sync::watch;
use url::Url;

use crate::meter::Meter;

/// One run, and what outlives it.
pub(crate) struct Program {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) meter: Meter,
    pub(crate) plans_told: watch::Receiver<u64>,
    status: watch::Receiver<Option<AppStatus>>,
    pub(crate) folder: TempDir,
    pub(crate) secrets: Arc<MemoryStore>,
}

/// A desktop that counts how often a plan was told to have changed, and knows what the frame was told last.
pub(crate) struct BenchHost {
    record: RecordingHost,
    plans_told: watch::Sender<u64>,
    status: watch::Sender<Option<AppStatus>>,
}

impl Program {
    /// Signs in and begins to read; the moment from which a person waits is the answer's second part.
    pub(crate) async fn signed_in(emulator: &Emulator, is_attended: bool) -> (Self, Instant) {
        let meter = Meter::before(emulator.url()).await;
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(MemoryStore::new());
        let clock = Arc::new(ManualClock::at(jiff::Timestamp::now()));
        let (app, host) = start(emulator.client_id(), &meter.url, &secrets, &clock, folder.path());
        app.set_attended(is_attended);
        app.start().await;
        app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
        let back = approved(emulator, host.link().unwrap());
        app.receive_link(back.as_str()).await;
        let began = Instant::now();
        app.confirm_account().await.unwrap();
        let (plans_told, status) = (host.plans_told.subscribe(), host.status.subscribe());
        (Self { app, clock, meter, plans_told, status, folder, secrets }, began)
    }

    /// Waits until all of so many people are here.
    pub(crate) async fn everybody(&self, people: u32) -> Instant {
        // To look at the list takes time from what is measured: so the frame is believed until they are almost here.
        let almost =
            |status: &Option<AppStatus>| status.as_ref().is_some_and(|status| status.people + 300 > people);
        self.status.clone().wait_for(almost).await.unwrap();
        reached(|| self.has_everybody()).await
    }

    pub(crate) fn has_everybody(&self) -> bool {
        self.people("", 1).is_ok_and(|list| list.coverage == Coverage::Complete)
    }

    /// What the frame was told last.
    pub(crate) fn status(&self) -> Option<AppStatus> {
        self.status.borrow().clone()
    }

    pub(crate) fn people(&self, search: &str, limit: u32) -> Result<PeopleListing, AppError> {
        people(&self.app, search, limit)
    }
}

pub(crate) fn people(app: &App, search: &str, limit: u32) -> Result<PeopleListing, AppError> {
    app.list_people(&ListPeopleRequest { search: search.to_owned(), offset: 0, limit })
}

/// What a browser does that somebody lets in: it goes to the emulator itself, which knows only its own address.
pub(crate) fn approved(emulator: &Emulator, mut link: Url) -> Url {
    link.set_port(emulator.url().port()).unwrap();
    emulator.approve(&link).unwrap()
}

/// Looks two hundred times a second, until it is so.
pub(crate) async fn reached(is_so: impl Fn() -> bool) -> Instant {
    let mut glance = tokio::time::interval(Duration::from_millis(5));
    while !is_so() {
        glance.tick().await;
    }
    Instant::now()
}

/// The core as the program builds it, before its start.
pub(crate) fn start(
    client_id: &str,
    base: &Url,
    secrets: &Arc<MemoryStore>,
    clock: &Arc<ManualClock>,
    folder: &Path,
) -> (Arc<App>, Arc<BenchHost>) {
    let host = Arc::new(BenchHost {
        record: RecordingHost::new(),
        plans_told: watch::Sender::new(0),
        status: watch::Sender::new(None),
    });
    let config = AppConfig {
        base: base.clone(),
        client_id: ClientId::parse(client_id).ok(),
        client_id_source: ClientIdSource::CommandLine,
        redirect: RedirectChoice::CustomScheme,
        folder: Some(folder.to_owned()),
        practice: false,
        test_server: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        user_agent: "Narthex-bench/0 (tests)".to_owned(),
    };
    let ports = Ports { host: host.clone(), secrets: secrets.clone(), clock: clock.clone() };
    (App::new(config, ports).unwrap(), host)
}

impl BenchHost {
    /// What the frame was told last.
    pub(crate) fn status(&self) -> Option<AppStatus> {
        self.status.borrow().clone()
    }

    /// Where the browser was sent last.
    pub(crate) fn link(&self) -> Option<Url> {
        self.record.links().pop()
    }
}

impl Host for BenchHost {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        self.record.open_link(url)
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        self.record.prepare_return(choice)
    }

    fn send(&self, event: AppEvent) {
        match event {
            AppEvent::DataChanged { tags } if tags.contains(&DataTag::Plan) => {
                self.plans_told.send_modify(|told| *told += 1);
            }
            AppEvent::StatusChanged { status } => drop(self.status.send_replace(Some(status))),
            _ => {}
        }
    }

    fn raise(&self) {}
}
