//! The practice church in the place of the real one, and back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app_core::event::AppEvent;
use app_core::ports::{Clock, Host, SecretStore};
use app_core::products::people::views::ListPeopleRequest;
use app_core::session::views::{RedirectChoice, SessionView, StartSignInRequest};
use app_core::status::{ClientIdSource, SaveSettingsRequest};
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use app_core::{AppConfig, LinkReception};
use narthex::host::Page;
use narthex::settings::Settings;
use narthex::shell::{Parts, Shell};
use pco_client::ClientId;
use tempfile::TempDir;
use url::Url;

pub(crate) struct Desk {
    pub(crate) shell: Shell,
    pub(crate) host: Arc<RecordingHost>,
    secrets: Arc<MemoryStore>,
    prepared: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Some(ClientId::parse(&"0123456789abcdef".repeat(4)).unwrap()))
    }

    fn with(client_id: Option<ClientId>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path(), client_id);
        let prepared = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&prepared);
        let (host, secrets) = (Arc::new(RecordingHost::new()), Arc::new(MemoryStore::new()));
        let shell = Shell::new(Parts {
            config: AppConfig {
                // Nobody listens here: whatever works in these tests works without the real church.
                base: Url::parse("http://127.0.0.1:9").unwrap(),
                client_id: None,
                client_id_source: ClientIdSource::Missing,
                redirect: RedirectChoice::CustomScheme,
                folder: Some(folder.path().join("accounts")),
                practice: false,
                test_server: None,
                version: "0.0.0".to_owned(),
                user_agent: narthex::user_agent(),
            },
            window: Arc::clone(&host) as Arc<dyn Host>,
            page: Arc::new(Page::default()),
            secrets: Arc::clone(&secrets) as Arc<dyn SecretStore>,
            clock: Arc::new(ManualClock::at("2026-11-17T09:00:00Z".parse().unwrap())) as Arc<dyn Clock>,
            settings,
            notices: Vec::new(),
            prepare: Box::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
            }),
        })
        .unwrap();
        Self { shell, host, secrets, prepared, folder }
    }
}

fn is_practice(session: &SessionView) -> bool {
    matches!(session, SessionView::SignedIn { account, .. } if account.practice)
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_opens_signed_in_and_touches_nothing_of_the_real_account() {
    let desk = Desk::new();
    desk.shell.start(true).await;
    let app = desk.shell.current();
    assert!(is_practice(&app.session_status()), "{:?}", app.session_status());
    assert!(app.app_status().practice);
    assert!(is_practice(&desk.shell.start_practice().await.unwrap()));
    while app.app_status().people < 100 {
        tokio::task::yield_now().await;
    }
    let everybody = ListPeopleRequest { search: String::new(), offset: 0, limit: 20 };
    assert_eq!(app.list_people(&everybody).unwrap().items.len(), 20);

    assert!(desk.host.links().is_empty(), "no browser is needed");
    assert_eq!(desk.secrets.writes(), 0);
    assert_eq!(
        desk.prepared.load(Ordering::SeqCst),
        0,
        "no link of the system is taken for a church nobody is in"
    );
    assert!(!desk.folder.path().join("accounts").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_practice_shows_the_real_church_and_silences_the_other() {
    let desk = Desk::new();
    desk.shell.start(true).await;
    let practice = desk.shell.current();
    let session = desk.shell.leave_practice().await;
    assert!(matches!(session, SessionView::SignedOut { can_sign_in: true, .. }), "{session:?}");
    assert!(!desk.shell.current().app_status().practice);
    assert!(practice.list_people(&ListPeopleRequest { search: String::new(), offset: 0, limit: 1 }).is_err());

    let before = desk.host.events().len();
    practice.refresh();
    practice.cancel_sign_in().await;
    assert!(practice.start_sign_in(StartSignInRequest { redirect: None }).await.is_ok());
    let later = desk.host.events().split_off(before);
    let from_practice = later.iter().any(|event| match event {
        AppEvent::SessionChanged { session } => !matches!(session, SessionView::SignedOut { .. }),
        AppEvent::StatusChanged { status } => status.practice,
        _ => false,
    });
    assert!(!from_practice, "{later:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_under_way_ends_when_practice_opens() {
    let desk = Desk::new();
    desk.shell.start(false).await;
    let real = desk.shell.current();
    real.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    assert!(matches!(real.session_status(), SessionView::Waiting { .. }));
    assert!(is_practice(&desk.shell.start_practice().await.unwrap()));
    assert!(matches!(real.session_status(), SessionView::SignedOut { .. }));
    let link = "org.narthex.desktop:/oauth/callback?code=a&state=b";
    assert_eq!(desk.shell.receive_link(link).await, LinkReception::Ignored);
    assert!(is_practice(&desk.shell.current().session_status()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_in_to_practice_is_the_persons_own() {
    let desk = Desk::new();
    desk.shell.start(true).await;
    let app = desk.shell.current();
    let report = app.sign_out().await.unwrap().report;
    assert_eq!(report, ["The practice church is closed. Nothing of a real account was touched."]);
    assert!(matches!(app.session_status(), SessionView::SignedOut { .. }));
    app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    while !matches!(app.session_status(), SessionView::Confirm { .. }) {
        tokio::task::yield_now().await;
    }
    app.confirm_account().await.unwrap();
    assert!(is_practice(&app.session_status()));
    assert!(desk.host.links().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_while_practising_holds_in_the_real_church_which_then_starts_whole() {
    let desk = Desk::with(None);
    desk.shell.start(true).await;
    let client_id = "ab".repeat(32);
    let request = SaveSettingsRequest { client_id: Some(client_id.clone()), redirect: None };
    desk.shell.save_settings(&request).unwrap();
    let session = desk.shell.leave_practice().await;
    assert!(matches!(session, SessionView::SignedOut { can_sign_in: true, .. }), "{session:?}");
    assert_eq!(desk.prepared.load(Ordering::SeqCst), 1, "the real church takes links of the system");
    desk.shell.current().start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    assert!(desk.host.links()[0].as_str().contains(&client_id));
    desk.shell.start_practice().await.unwrap();
    desk.shell.leave_practice().await;
    assert_eq!(desk.prepared.load(Ordering::SeqCst), 1);
}
