use std::collections::BTreeMap;

use super::canned::{Canned, CannedServer, tokens};
use super::views::Words;
use super::*;
use crate::event::AppEvent;
use crate::testing::{ManualClock, MemoryStore, Mood, RecordingHost};
use crate::words;

#[path = "keychain_tests.rs"]
mod keychain;
#[path = "second_run_tests.rs"]
mod second_run;

/// A session with everything around it; `folder` outlives it, as the disk does.
struct Bench {
    session: Arc<Session>,
    host: Arc<RecordingHost>,
    secrets: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    folder: Arc<tempfile::TempDir>,
}

fn client_id() -> ClientId {
    ClientId::parse(&"0a".repeat(32)).unwrap()
}

fn bench(base: &Url) -> Bench {
    bench_with(base, Arc::new(MemoryStore::new()), Arc::new(tempfile::tempdir().unwrap()))
}

fn bench_with(base: &Url, secrets: Arc<MemoryStore>, folder: Arc<tempfile::TempDir>) -> Bench {
    let host = Arc::new(RecordingHost::new());
    let clock = Arc::new(ManualClock::at("2026-11-20T09:00:00Z".parse().unwrap()));
    let config = SessionConfig { base: base.clone(), user_agent: "test".to_owned(), practice: false };
    let path = Some(folder.path().to_owned());
    let session = Session::new(config, host.clone(), secrets.clone(), clock.clone(), path).unwrap();
    session.set_client_id(Some(client_id()));
    Bench { session, host, secrets, clock, folder }
}

impl Bench {
    /// The program is closed and opened again, and Planning Center is a server that answers otherwise.
    fn reopened(&self, base: &Url) -> Bench {
        for key in self.secrets.items().into_iter().filter(|key| key.item == SecretItem::Session) {
            let Ok(mut record) = record::SessionRecord::parse(&self.secrets.item(&key).unwrap()) else {
                continue;
            };
            record.origin = base.origin().ascii_serialization();
            self.secrets.put(key, record.to_bytes().unwrap());
        }
        self.reopened_elsewhere(base)
    }

    /// The program is closed and opened again with another server in Planning Center's place.
    fn reopened_elsewhere(&self, base: &Url) -> Bench {
        self.session.let_go();
        self.opened_twice(base)
    }

    /// The program is opened a second time while it runs.
    fn opened_twice(&self, base: &Url) -> Bench {
        bench_with(base, Arc::clone(&self.secrets), Arc::clone(&self.folder))
    }

    async fn started(self) -> Self {
        assert_eq!(self.session.restore().await, None);
        self.session.start(RedirectChoice::CustomScheme).await.unwrap();
        self
    }

    async fn signed_in(self) -> Self {
        let bench = self.started().await;
        assert_eq!(bench.session.receive(&bench.right_link()).await, Received::Confirm);
        bench.confirmed().await.unwrap();
        bench
    }

    /// The person agrees, what they agreed to is saved, and their store is open.
    async fn confirmed(&self) -> Result<Account, AppError> {
        let agreed = self.session.agree()?;
        let account = self.session.save(agreed).await;
        self.session.opened();
        account
    }

    /// Signs out here and there; tells whether Planning Center confirmed and the keychain is clear.
    async fn signed_out(&self) -> (bool, bool) {
        let forgotten = self.session.forget().await;
        let cleared = forgotten.keychain_cleared;
        (self.session.end(forgotten).await, cleared)
    }

    fn right_link(&self) -> String {
        let opened = self.host.links().last().unwrap().clone();
        let query: BTreeMap<_, _> = opened.query_pairs().into_owned().collect();
        format!("{}?code=canary-code&state={}", query["redirect_uri"], query["state"])
    }

    fn notice(&self) -> Option<Words> {
        match self.session.status() {
            SessionView::SignedOut { notice, .. }
            | SessionView::Waiting { notice, .. }
            | SessionView::SignedIn { notice, .. } => notice,
            _ => None,
        }
    }

    fn has_note(&self) -> bool {
        self.folder.path().join("account.json").exists()
    }
}

/// A Planning Center where Ada, person 11 of church 7, signs in.
fn planning_center() -> CannedServer {
    CannedServer::start(|path, _| match path.split('?').next().unwrap() {
        "/oauth/token" => tokens("canary-access", "canary-refresh"),
        "/oauth/revoke" => Canned::Json(200, "{}".to_owned()),
        "/people/v2/me" => Canned::Json(
            200,
            r#"{"data":{"type":"Person","id":"11","attributes":{"name":"Ada Lovelace"}}}"#.to_owned(),
        ),
        _ => Canned::Json(
            200,
            r#"{"data":{"type":"Organization","id":"7","attributes":{"name":"St Ann"}}}"#.to_owned(),
        ),
    })
}

fn nowhere() -> Url {
    Url::parse("http://127.0.0.1:9").unwrap()
}

#[tokio::test]
async fn signing_in_asks_saves_and_is_remembered() {
    let server = planning_center();
    let bench = bench(&server.base).started().await;
    assert!(matches!(bench.session.status(), SessionView::Waiting { .. }));
    assert_eq!(bench.session.receive(&bench.right_link()).await, Received::Confirm);
    assert_eq!(bench.host.raised(), 1);
    let SessionView::Confirm { account, .. } = bench.session.status() else { panic!() };
    assert_eq!((account.name.as_str(), account.church.as_str()), ("Ada Lovelace", "St Ann"));
    assert!(
        bench.secrets.items().is_empty() && !bench.has_note(),
        "nothing is stored before the person agrees"
    );
    assert_eq!(bench.session.account(), None);

    let account = bench.confirmed().await.unwrap();
    assert_eq!(account.id.as_str(), "7-11");
    assert_eq!(bench.host.open_return_paths(), 0);
    let is_signed_in = |view: &SessionView| {
        matches!(view, SessionView::SignedIn { remembered: true, needs_sign_in: false, notice: None, .. })
    };
    assert!(is_signed_in(&bench.session.status()));
    assert!(is_signed_in(&bench.host.session().unwrap()), "the events alone tell the same");

    let again = bench.reopened(&nowhere());
    assert_eq!(again.session.status(), SessionView::Starting);
    assert_eq!(again.session.restore().await, Some(account));
    assert_eq!(again.session.status(), SessionView::Starting, "its store is not open yet");
    again.session.opened();
    assert!(is_signed_in(&again.session.status()));
}

#[tokio::test]
async fn no_event_holds_a_token_or_a_code() {
    let server = planning_center();
    let bench = bench(&server.base).signed_in().await;
    bench.signed_out().await;
    let told = serde_json::to_string(&bench.host.events()).unwrap();
    assert!(told.contains("signedIn") && told.contains("signedOut"));
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test]
async fn refusing_the_account_ends_what_was_granted() {
    let server = planning_center();
    let bench = bench(&server.base).started().await;
    bench.session.receive(&bench.right_link()).await;
    bench.session.refuse().await;
    assert!(matches!(bench.session.status(), SessionView::SignedOut { notice: None, .. }));
    let revoked = server.calls("/oauth/revoke");
    assert!(matches!(revoked.as_slice(), [call] if call.contains("token=canary-refresh")));
    assert_eq!(bench.confirmed().await.unwrap_err().code, ErrorCode::SignInTimedOut);
    assert!(bench.secrets.items().is_empty());
}

#[tokio::test]
async fn an_account_that_cannot_be_told_is_not_signed_in() {
    let server = CannedServer::start(|path, _| match path {
        "/oauth/token" => tokens("canary-access", "canary-refresh"),
        "/oauth/revoke" => Canned::Json(200, "{}".to_owned()),
        _ => Canned::Html(200),
    });
    let bench = bench(&server.base).started().await;
    assert_eq!(bench.session.receive(&bench.right_link()).await, Received::Ended);
    assert_eq!(bench.notice(), Some(words::SIGN_IN_SERVICE_DOWN.words()));
    assert_eq!(server.calls("/oauth/revoke").len(), 1);
    assert_eq!(bench.session.account(), None);
}

#[tokio::test]
async fn a_code_that_cannot_be_exchanged_ends_in_words_and_stays_used() {
    let bench = bench(&nowhere()).started().await;
    let link = bench.right_link();
    assert_eq!(bench.session.receive(&link).await, Received::Ended);
    assert_eq!(bench.notice(), Some(words::SIGN_IN_OFFLINE.words()));
    assert_eq!(bench.session.receive(&link).await, Received::Ignored("late"));
}

#[tokio::test]
async fn a_wrong_link_by_hand_is_told_and_the_right_one_still_counts() {
    let server = planning_center();
    let bench = bench(&server.base).started().await;
    assert_eq!(bench.session.receive_by_hand("what I copied").await, Received::Ignored("forbidden_byte"));
    assert_eq!(bench.notice(), Some(words::LINK_DOES_NOT_FIT.words()));
    assert_eq!(bench.host.raised(), 0);
    let link = format!("  {}\n", bench.right_link());
    assert_eq!(bench.session.receive_by_hand(&link).await, Received::Confirm);
}

#[tokio::test]
async fn what_stands_in_the_way_of_starting_is_said() {
    let bench = bench(&nowhere());
    bench.session.set_client_id(None);
    bench.session.restore().await;
    assert_eq!(bench.session.status(), SessionView::SignedOut { can_sign_in: false, notice: None });
    let error = bench.session.start(RedirectChoice::CustomScheme).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ClientIdMissing);

    bench.session.set_client_id(Some(client_id()));
    assert_eq!(bench.host.session(), Some(SessionView::SignedOut { can_sign_in: true, notice: None }));
    bench.host.set_ports(false);
    let error = bench.session.start(RedirectChoice::Loopback).await.unwrap_err();
    assert_eq!(error.message, words::RETURN_ADDRESS_TAKEN.message);

    bench.host.set_browser(false);
    bench.session.start(RedirectChoice::CustomScheme).await.unwrap();
    assert_eq!(bench.notice(), Some(words::BROWSER_UNAVAILABLE.words()));
    bench.host.set_browser(true);
    bench.session.open_again().unwrap();
    assert_eq!(bench.notice(), None);
    assert_eq!(bench.host.links().len(), 1);
}

#[tokio::test]
async fn another_client_id_gives_the_attempt_up() {
    let bench = bench(&nowhere()).started().await;
    bench.session.set_client_id(Some(client_id()));
    assert!(matches!(bench.session.status(), SessionView::Waiting { .. }), "the same one changes nothing");
    bench.session.set_client_id(Some(ClientId::parse(&"1b".repeat(32)).unwrap()));
    assert!(matches!(bench.session.status(), SessionView::SignedOut { .. }));
}

#[tokio::test]
async fn starting_again_closes_the_first_return_path() {
    let bench = bench(&nowhere()).started().await;
    let old_link = bench.right_link();
    bench.session.start(RedirectChoice::Loopback).await.unwrap();
    assert_eq!(bench.host.open_return_paths(), 1);
    assert_eq!(bench.session.receive(&old_link).await, Received::Ignored("other_address"));
    bench.session.cancel().await;
    assert_eq!(bench.host.open_return_paths(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_after_ten_minutes_though_nobody_looks() {
    let bench = bench(&nowhere()).started().await;
    tokio::time::sleep(Duration::from_secs(599)).await;
    assert!(matches!(bench.host.session(), Some(SessionView::Waiting { .. })));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let Some(SessionView::SignedOut { notice, .. }) = bench.host.session() else { panic!() };
    assert_eq!(notice, Some(words::SIGN_IN_TIMED_OUT.words()));
    assert_eq!(bench.host.open_return_paths(), 0);
}

#[tokio::test]
async fn looking_notices_that_the_ten_minutes_are_over() {
    let bench = bench(&nowhere()).started().await;
    bench.clock.advance(Duration::from_mins(10));
    assert!(matches!(bench.session.status(), SessionView::SignedOut { notice: Some(_), .. }));
    assert!(matches!(bench.host.session(), Some(SessionView::SignedOut { .. })));
}

#[tokio::test]
async fn signing_out_leaves_nothing_behind() {
    let server = planning_center();
    let bench = bench(&server.base).signed_in().await;
    bench.session.cache_key().await.unwrap();
    let account = bench.session.account().unwrap().id;
    assert_eq!(bench.secrets.items().len(), 2);
    assert_eq!(bench.signed_out().await, (true, true));
    assert!(bench.secrets.items().is_empty() && !bench.has_note());
    assert_eq!(bench.session.account(), None);
    assert_eq!(bench.session.status(), SessionView::SignedOut { can_sign_in: true, notice: None });
    let client = bench.session.client_for(&account);
    assert!(client.get(pco_client::Lane::Person, &me()).await.is_err());
    assert_eq!(server.calls("/people/v2/me").len(), 1, "only the look-up of the sign-in");
}

#[tokio::test]
async fn signing_out_works_without_network_and_keychain_and_says_so() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    let bench = before.reopened(&nowhere());
    bench.session.restore().await;
    bench.secrets.set_mood(Mood::Locked);
    assert_eq!(bench.signed_out().await, (false, false));
    assert_eq!(bench.session.account(), None);
    assert!(!bench.has_note());
}

#[tokio::test]
async fn a_sign_in_at_one_server_is_never_sent_to_another() {
    let (server, other) = (planning_center(), planning_center());
    let before = bench(&server.base).signed_in().await;
    let account = before.session.account().unwrap();
    let items = before.secrets.items();
    let bench = before.reopened_elsewhere(&other.base);
    assert_eq!(bench.session.restore().await, None);
    assert_eq!(bench.session.status(), SessionView::SignedOut { can_sign_in: true, notice: None });
    let client = bench.session.client_for(&account.id);
    assert!(client.get(pco_client::Lane::Person, &me()).await.is_err());
    assert!(other.calls("/").is_empty());
    assert_eq!(bench.secrets.items(), items, "nothing is deleted");
    assert!(before.reopened_elsewhere(&server.base).session.restore().await.is_some());
}

#[tokio::test]
async fn another_client_id_serves_new_sign_ins_only() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    let account = before.session.account().unwrap();
    let bench = before.reopened_elsewhere(&server.base);
    bench.session.restore().await;
    let other = ClientId::parse(&"1b".repeat(32)).unwrap();
    for client_id in [Some(other), None] {
        bench.session.set_client_id(client_id);
        bench.clock.advance(Duration::from_hours(2));
        let client = bench.session.client_for(&account.id);
        client.get(pco_client::Lane::Person, &me()).await.unwrap();
    }
    bench.signed_out().await;
    let (mine, calls) =
        ("0a".repeat(32), [server.calls("/oauth/token"), server.calls("/oauth/revoke")].concat());
    assert_eq!(calls.len(), 4, "one exchange, two renewals, one end");
    assert!(calls.iter().all(|call| call.contains(&format!("client_id={mine}"))), "{calls:?}");
}

#[tokio::test]
async fn cancelling_at_the_question_gives_back_what_was_granted() {
    let server = planning_center();
    let bench = bench(&server.base).started().await;
    bench.session.receive(&bench.right_link()).await;
    bench.session.cancel().await;
    assert!(matches!(bench.session.status(), SessionView::SignedOut { notice: None, .. }));
    assert_eq!(server.calls("/oauth/revoke").len(), 1);
}

#[tokio::test]
async fn the_same_account_signs_in_again_without_being_asked() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    let bench = before.reopened(&server.base);
    let account = bench.session.restore().await.unwrap();
    bench.session.opened();
    bench.session.standing.change(|sign_in| sign_in.need_sign_in(&account.id));
    bench.session.start(RedirectChoice::CustomScheme).await.unwrap();
    assert_eq!(bench.session.account(), Some(account.clone()), "its data stays readable");
    assert_eq!(bench.session.receive(&bench.right_link()).await, Received::SameAccount);
    assert_eq!(bench.confirmed().await.unwrap(), account);
    assert!(matches!(bench.session.status(), SessionView::SignedIn { needs_sign_in: false, .. }));
}

#[tokio::test]
async fn another_account_takes_the_place_of_the_first() {
    let server = planning_center();
    let before = bench(&server.base).signed_in().await;
    let first = before.session.account().unwrap();
    before.session.cache_key().await.unwrap();
    let other = CannedServer::start(|path, _| match path.split('?').next().unwrap() {
        "/oauth/token" => tokens("other-access", "other-refresh"),
        "/oauth/revoke" => Canned::Json(200, "{}".to_owned()),
        "/people/v2/me" => {
            Canned::Json(200, r#"{"data":{"type":"Person","id":"12","attributes":{"name":"Bo"}}}"#.to_owned())
        }
        _ => Canned::Json(200, r#"{"data":{"type":"Organization","id":"7","attributes":{}}}"#.to_owned()),
    });
    let bench = before.reopened(&other.base);
    bench.session.restore().await;
    bench.session.start(RedirectChoice::CustomScheme).await.unwrap();
    assert_eq!(bench.session.receive(&bench.right_link()).await, Received::Confirm);
    let second = bench.confirmed().await.unwrap();
    assert_eq!(second.id.as_str(), "7-12");
    let asked = other.calls("/people/v2/me").len();
    let first_client = bench.session.client_for(&first.id);
    assert!(first_client.get(pco_client::Lane::Person, &me()).await.is_err());
    assert_eq!(
        other.calls("/people/v2/me").len(),
        asked,
        "the first account's work asks with nobody's token"
    );
    assert!(other.calls("/oauth/revoke")[0].contains("token=canary-refresh"));
    let left: Vec<_> = bench.secrets.items();
    assert!(!left.contains(&keeping::key(&first.id, SecretItem::Session)));
    assert!(
        left.contains(&keeping::key(&first.id, SecretItem::CacheKey)),
        "its stored data can still be opened"
    );
}

fn me() -> pco_client::Query {
    pco_client::Query::new(pco_client::Product::People, "me")
}
