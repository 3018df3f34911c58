use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use pco_client::ClientId;
use url::Url;

use super::*;
use crate::event::AppEvent;
use crate::ports::{SecretBytes, SecretItem};
use crate::session::canned::{Canned, CannedServer, invalid_grant, tokens};
use crate::session::record::SessionRecord;
use crate::session::sign_in::SignIn;
use crate::session::views::SessionView;
use crate::testing::{ManualClock, MemoryStore, Mood, RecordingHost};

/// A keeper with somebody signed in a moment ago, and everything around it.
struct Bench {
    keeper: TokenKeeper,
    host: Arc<RecordingHost>,
    secrets: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    standing: Arc<Standing>,
    oauth: OAuthClient,
}

fn account() -> Account {
    Account::new("7".into(), "1".into(), "Ada Lovelace".into(), "St Ann".into()).unwrap()
}

fn key() -> crate::ports::SecretKey {
    keeping::key(&account().id, SecretItem::Session)
}

/// As after a start of the program: `refresh-1` of generation 1 in the keychain, and no access token.
fn bench(base: &Url) -> Bench {
    let host = Arc::new(RecordingHost::new());
    let secrets = Arc::new(MemoryStore::new());
    let clock = Arc::new(ManualClock::at("2026-11-20T09:00:00Z".parse().unwrap()));
    let standing = Arc::new(Standing::new(host.clone(), clock.clone(), false, None));
    let keeper = TokenKeeper::new(host.clone(), secrets.clone(), clock.clone(), standing.clone());
    let client_id = ClientId::parse(&"0a".repeat(32)).unwrap();
    let oauth = OAuthClient::new(base.clone(), client_id, "test").unwrap();
    let bench = Bench { keeper, host, secrets, clock, standing, oauth };
    bench.secrets.put(key(), bench.record("refresh-1", 1).to_bytes().unwrap());
    bench.restore();
    bench.standing.change(|sign_in| sign_in.restored(Some(account()), None));
    bench.standing.change(SignIn::opened);
    bench
}

impl Bench {
    fn record(&self, refresh: &str, generation: u64) -> SessionRecord {
        SessionRecord {
            account: account(),
            refresh: RefreshToken::new(refresh.to_owned()),
            client_id: self.oauth.client_id().clone(),
            origin: self.oauth.origin(),
            issued_at: Timestamp::UNIX_EPOCH,
            generation,
        }
    }

    fn restore(&self) {
        self.keeper.restore(self.record("refresh-1", 1), self.oauth.clone());
    }

    async fn bearer(&self) -> Result<String, TokenError> {
        self.keeper.bearer(&account().id, None).await.map(|token| token.expose().to_owned())
    }

    fn grant(&self, number: u64) -> Grant {
        Grant {
            access: AccessToken::new(format!("access-{number}")),
            refresh: RefreshToken::new(format!("refresh-{number}")),
            oauth: self.oauth.clone(),
            life: Duration::from_hours(2),
            issued_at: None,
        }
    }

    fn stored(&self) -> SessionRecord {
        SessionRecord::parse(&self.secrets.item(&key()).unwrap()).unwrap()
    }

    fn needs_sign_in(&self) -> bool {
        matches!(self.standing.view(), SessionView::SignedIn { needs_sign_in: true, .. })
    }
}

/// A Planning Center that rotates: `refresh-N` buys `access-N+1` and `refresh-N+1`.
fn rotating() -> CannedServer {
    CannedServer::start(|_, body| {
        let number: u64 = body.split("refresh-").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        tokens(&format!("access-{}", number + 1), &format!("refresh-{}", number + 1))
    })
}

/// Answers the first call in one way and the others in another.
fn first_then(first: fn() -> Canned, then: fn() -> Canned) -> CannedServer {
    let calls = AtomicUsize::new(0);
    CannedServer::start(move |_, _| if calls.fetch_add(1, Ordering::Relaxed) == 0 { first() } else { then() })
}

#[tokio::test]
async fn a_thousand_callers_cause_one_renewal() {
    let server = rotating();
    let bench = bench(&server.base);
    let answers = join_all((0..1000).map(|_| bench.bearer())).await;
    assert!(answers.iter().all(|answer| answer.as_deref().unwrap() == "access-2"));
    assert_eq!(server.calls("/oauth/token").len(), 1);
    assert_eq!(bench.stored().refresh.expose(), "refresh-2");
    assert_eq!(bench.stored().generation, 2);
}

#[tokio::test]
async fn a_young_token_is_used_and_a_due_one_renewed() {
    let server = rotating();
    let bench = bench(&server.base);
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    bench.clock.advance(Duration::from_secs(5759));
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.bearer().await.unwrap(), "access-3");
    bench.clock.jump(jiff::SignedDuration::from_hours(24));
    assert_eq!(bench.bearer().await.unwrap(), "access-4", "a jump of the clock asks for a check");
    assert_eq!(bench.bearer().await.unwrap(), "access-4");
    assert!(!bench.needs_sign_in());
}

#[tokio::test]
async fn a_refused_token_is_renewed_unless_that_has_been_done() {
    let server = rotating();
    let bench = bench(&server.base);
    let first = bench.keeper.bearer(&account().id, None).await.unwrap();
    let id = account().id;
    let answers = join_all((0..50).map(|_| bench.keeper.bearer(&id, Some(&first)))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().expose() == "access-3"));
    assert_eq!(server.calls("/oauth/token").len(), 2);
}

#[tokio::test]
async fn what_another_program_renewed_is_adopted() {
    let server = rotating();
    let bench = bench(&server.base);
    bench.secrets.put(key(), bench.record("refresh-8", 8).to_bytes().unwrap());
    assert_eq!(bench.bearer().await.unwrap(), "access-9");
    assert_eq!(bench.stored().generation, 9);
}

#[tokio::test]
async fn an_older_or_foreign_item_is_not_adopted() {
    let server = rotating();
    let bench = bench(&server.base);
    for item in [bench.record("refresh-90", 0).to_bytes().unwrap(), SecretBytes::new(b"garbage".to_vec())] {
        bench.secrets.put(key(), item);
        bench.clock.advance(Duration::from_hours(2));
        bench.bearer().await.unwrap();
    }
    assert_eq!(bench.stored().refresh.expose(), "refresh-3");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more() {
    let server = first_then(|| Canned::Cut, || tokens("access-2", "refresh-2"));
    let bench = bench(&server.base);
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    let calls = server.calls("/oauth/token");
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|call| call.contains("refresh_token=refresh-1")));
}

#[tokio::test]
async fn a_dead_grant_ends_the_sign_in_and_nobody_is_asked_again() {
    let server = CannedServer::start(|_, _| invalid_grant());
    let bench = bench(&server.base);
    for _ in 0..20 {
        assert!(matches!(bench.bearer().await, Err(TokenError::SignInRequired)));
    }
    assert_eq!(server.calls("/oauth/token").len(), 1);
    assert!(bench.needs_sign_in());
    assert!(matches!(bench.host.session(), Some(SessionView::SignedIn { needs_sign_in: true, .. })));
    assert_eq!(bench.stored().refresh.expose(), "refresh-1", "nothing is deleted");
    assert!(bench.keeper.forget().await.is_none(), "a dead token need not be revoked");
}

#[tokio::test]
async fn a_dead_grant_that_another_program_replaced_is_no_end() {
    let renewed_elsewhere = Arc::new(Mutex::new(None::<(Arc<MemoryStore>, SessionRecord)>));
    let other = Arc::clone(&renewed_elsewhere);
    // The other program writes after we looked and before we ask.
    let server = CannedServer::start(move |_, body| {
        if body.contains("refresh-5") {
            return tokens("access-6", "refresh-6");
        }
        let (secrets, record) = other.lock().unwrap().clone().unwrap();
        secrets.put(key(), record.to_bytes().unwrap());
        invalid_grant()
    });
    let bench = bench(&server.base);
    *renewed_elsewhere.lock().unwrap() = Some((Arc::clone(&bench.secrets), bench.record("refresh-5", 5)));
    assert_eq!(bench.bearer().await.unwrap(), "access-6");
    assert_eq!(server.calls("/oauth/token").len(), 2);
    assert_eq!(bench.stored().generation, 6);
    assert!(!bench.needs_sign_in());
}

#[tokio::test]
async fn a_token_that_another_program_replaced_is_no_end() {
    let server = rotating();
    let bench = bench(&server.base);
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    bench.secrets.put(key(), bench.record("refresh-5", 5).to_bytes().unwrap());
    let revoked = AccessToken::new("access-2".into());
    let token = bench.keeper.revoked(&account().id, &revoked).await.unwrap();
    assert_eq!(token.expose(), "access-6");
    assert_eq!(bench.stored().generation, 6);
    assert!(!bench.needs_sign_in());

    assert_eq!(bench.keeper.revoked(&account().id, &token).await, None, "nobody has replaced this one");
    assert!(bench.needs_sign_in());
}

#[tokio::test]
async fn trouble_is_met_with_patience_and_the_token_at_hand() {
    let server = first_then(|| tokens("access-2", "refresh-2"), || Canned::Html(503));
    let bench = bench(&server.base);
    bench.bearer().await.unwrap();
    bench.clock.advance(Duration::from_mins(100));
    for _ in 0..5 {
        assert_eq!(bench.bearer().await.unwrap(), "access-2", "due, and still good");
    }
    assert_eq!(server.calls("/oauth/token").len(), 3, "one attempt, repeated once");

    bench.clock.advance(Duration::from_mins(20));
    for _ in 0..5 {
        assert!(matches!(bench.bearer().await, Err(TokenError::ServiceDown { status: 503 })));
    }
    assert_eq!(server.calls("/oauth/token").len(), 5, "the wait had passed, and a longer one began");
    assert!(!bench.needs_sign_in());
    assert_eq!(bench.stored().refresh.expose(), "refresh-2");
}

#[tokio::test]
async fn without_a_network_there_is_no_token_and_no_end() {
    let closed = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let bench = bench(&Url::parse(&format!("http://{closed}")).unwrap());
    assert!(matches!(bench.bearer().await, Err(TokenError::Offline)));
    assert!(!bench.needs_sign_in());
}

#[tokio::test]
async fn a_hotel_page_in_place_of_tokens_keeps_everything() {
    let server = CannedServer::start(|_, _| Canned::Html(200));
    let bench = bench(&server.base);
    assert!(matches!(bench.bearer().await, Err(TokenError::ServiceDown { .. })));
    assert!(!bench.needs_sign_in());
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");
}

#[tokio::test]
async fn no_new_refresh_token_means_the_old_one_stays() {
    let answer =
        || Canned::Json(200, r#"{"access_token":"access-2","token_type":"bearer","expires_in":7200}"#.into());
    let server = CannedServer::start(move |_, _| answer());
    let bench = bench(&server.base);
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");
    assert_eq!(bench.stored().generation, 2);
}

#[tokio::test]
async fn a_caller_who_gives_up_loses_no_renewal() {
    let (arrived, arrival) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let server = CannedServer::start(move |_, _| {
        arrived.send(()).unwrap();
        is_released.recv().unwrap();
        tokens("access-2", "refresh-2")
    });
    let bench = bench(&server.base);
    let keeper = bench.keeper.clone();
    let caller = tokio::spawn(async move { keeper.bearer(&account().id, None).await });
    tokio::task::spawn_blocking(move || arrival.recv()).await.unwrap().unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    assert_eq!(server.calls("/oauth/token").len(), 1);
    assert_eq!(bench.stored().refresh.expose(), "refresh-2");
}

#[tokio::test]
async fn signing_out_waits_for_a_renewal_and_hands_out_what_it_brought() {
    let (arrived, arrival) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let server = CannedServer::start(move |_, _| {
        arrived.send(()).unwrap();
        is_released.recv().unwrap();
        tokens("access-2", "refresh-2")
    });
    let bench = bench(&server.base);
    let keeper = bench.keeper.clone();
    let caller = tokio::spawn(async move { keeper.bearer(&account().id, None).await });
    tokio::task::spawn_blocking(move || arrival.recv()).await.unwrap().unwrap();
    release.send(()).unwrap();
    assert_eq!(bench.keeper.forget().await.unwrap().refresh.expose(), "refresh-2");
    assert_eq!(caller.await.unwrap().unwrap().expose(), "access-2");
    assert!(matches!(bench.bearer().await, Err(TokenError::SignInRequired)));
}

fn nowhere() -> Url {
    Url::parse("http://127.0.0.1:9").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_renewal_the_keychain_refuses_is_used_after_five_seconds_and_told_once() {
    let bench = bench(&nowhere());
    let (inner, id) = (&bench.keeper.0, account().id);
    let notices =
        || bench.host.events().iter().filter(|event| matches!(event, AppEvent::Notice { .. })).count();
    for number in [2, 3] {
        bench.secrets.fail_next_writes(3);
        let start = tokio::time::Instant::now();
        let access = inner.accept(&id, bench.grant(number), inner.now()).await.unwrap();
        assert!((4..=5).contains(&start.elapsed().as_secs()));
        assert_eq!(access, bench.grant(number).access);
        assert_eq!(notices(), 1);
    }
    assert!(matches!(bench.standing.view(), SessionView::SignedIn { remembered: false, .. }));
    assert!(bench.keeper.remembers(), "the account is still one that is kept on this computer");
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");

    inner.accept(&id, bench.grant(4), inner.now()).await.unwrap();
    assert_eq!(bench.stored().refresh.expose(), "refresh-4");
    assert!(matches!(bench.standing.view(), SessionView::SignedIn { remembered: true, notice: None, .. }));
    assert_eq!(notices(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_too_long_for_a_keychain_is_used_at_once_told_and_not_tried_again() {
    let bench = bench(&nowhere());
    let (inner, id) = (&bench.keeper.0, account().id);
    let start = tokio::time::Instant::now();
    let long = Grant { refresh: RefreshToken::new("r".repeat(1_200)), ..bench.grant(2) };
    inner.accept(&id, long, inner.now()).await.unwrap();
    assert!(start.elapsed().is_zero());
    let SessionView::SignedIn { remembered: false, notice, .. } = bench.standing.view() else { panic!() };
    assert_eq!(notice, Some(crate::words::RENEWAL_TOO_LARGE.words()));
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(bench.secrets.writes(), 0);
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");

    inner.accept(&id, bench.grant(3), inner.now()).await.unwrap();
    assert!(matches!(bench.standing.view(), SessionView::SignedIn { remembered: true, notice: None, .. }));
}

#[tokio::test(start_paused = true)]
async fn what_the_keychain_refused_is_saved_when_it_takes_it() {
    let bench = bench(&nowhere());
    let (inner, id) = (&bench.keeper.0, account().id);
    bench.secrets.set_mood(Mood::Locked);
    inner.accept(&id, bench.grant(2), inner.now()).await.unwrap();
    tokio::time::sleep(Duration::from_mins(3)).await;
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");
    assert!(matches!(bench.standing.view(), SessionView::SignedIn { remembered: false, .. }));

    bench.secrets.set_mood(Mood::Works);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(bench.stored().refresh.expose(), "refresh-2");
    assert!(matches!(bench.standing.view(), SessionView::SignedIn { remembered: true, notice: None, .. }));
    let writes = bench.secrets.writes();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(bench.secrets.writes(), writes, "once is enough");
}

#[tokio::test(start_paused = true)]
async fn what_the_keychain_refused_is_not_saved_after_signing_out() {
    let bench = bench(&nowhere());
    let (inner, id) = (&bench.keeper.0, account().id);
    bench.secrets.set_mood(Mood::Locked);
    inner.accept(&id, bench.grant(2), inner.now()).await.unwrap();
    bench.secrets.set_mood(Mood::Works);
    bench.keeper.keep_no_longer();
    bench.keeper.forget().await;
    tokio::time::sleep(Duration::from_mins(3)).await;
    assert_eq!(bench.stored().refresh.expose(), "refresh-1");
}

#[tokio::test(start_paused = true)]
async fn a_new_token_is_not_used_before_it_is_saved_or_five_seconds_have_passed() {
    let bench = bench(&nowhere());
    bench.secrets.set_mood(Mood::Silent(Duration::from_secs(20)));
    let start = tokio::time::Instant::now();
    let (inner, id) = (&bench.keeper.0, account().id);
    let (access, ()) = tokio::join!(inner.accept(&id, bench.grant(2), inner.now()), async {
        tokio::time::sleep(Duration::from_millis(4900)).await;
        assert!(inner.answer(&id, None).is_none(), "nothing to hand out yet");
    });
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(inner.answer(&id, None).unwrap().unwrap(), access.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_ends_after_signing_out_leaves_nothing_behind() {
    let bench = bench(&nowhere());
    bench.keeper.forget().await;
    let inner = &bench.keeper.0;
    bench.secrets.delete(&key()).await.unwrap();
    assert!(inner.accept(&account().id, bench.grant(2), inner.now()).await.is_err());
    assert!(bench.secrets.items().is_empty());

    // And when the signing out falls into the writing.
    bench.restore();
    bench.secrets.fail_next_writes(1);
    let id = account().id;
    let (end, _) = tokio::join!(inner.accept(&id, bench.grant(2), inner.now()), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bench.keeper.forget().await
    });
    assert!(matches!(end, Err(TokenError::SignInRequired)));
    assert!(bench.secrets.items().is_empty());
}

#[tokio::test]
async fn a_new_sign_in_goes_on_counting_where_the_keychain_stands() {
    let bench = bench(&nowhere());
    bench.secrets.put(key(), bench.record("refresh-1", 41).to_bytes().unwrap());
    let since = Moment::of(bench.clock.as_ref());
    assert!(matches!(bench.keeper.install(account(), bench.grant(2), since).await, Kept::Saved));
    assert_eq!(bench.stored().generation, 42);
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
}

#[tokio::test]
async fn without_a_keychain_a_sign_in_lives_in_memory() {
    for (mood, expected) in [(Mood::Absent, SecretError::Absent), (Mood::Locked, SecretError::Locked)] {
        let bench = bench(&nowhere());
        bench.secrets.set_mood(mood);
        let since = Moment::of(bench.clock.as_ref());
        let Kept::MemoryOnly(error) = bench.keeper.install(account(), bench.grant(2), since).await else {
            panic!()
        };
        assert_eq!(error, expected);
        assert!(!bench.keeper.remembers());
        assert_eq!(bench.bearer().await.unwrap(), "access-2");
    }
}

#[tokio::test]
async fn another_account_gets_no_token_and_asks_nobody() {
    let server = rotating();
    let bench = bench(&server.base);
    let other = bench.keeper.tokens_of(AccountId::new("7", "2").unwrap());
    assert!(matches!(other.bearer(None).await, Err(TokenError::SignInRequired)));
    assert_eq!(bench.bearer().await.unwrap(), "access-2");
    assert!(matches!(other.bearer(None).await, Err(TokenError::SignInRequired)));
    assert_eq!(other.revoked(&AccessToken::new("access-2".into())).await, None);
    assert!(!bench.needs_sign_in(), "what is refused to one account ends no other");
    assert_eq!(server.calls("/oauth/token").len(), 1);
}

#[tokio::test]
async fn a_renewal_that_ends_while_signing_out_writes_the_keychain_no_more() {
    let bench = bench(&nowhere());
    let inner = &bench.keeper.0;
    bench.keeper.keep_no_longer();
    bench.secrets.delete(&key()).await.unwrap();
    inner.accept(&account().id, bench.grant(2), inner.now()).await.unwrap();
    assert!(bench.secrets.items().is_empty());
    assert_eq!(bench.keeper.forget().await.unwrap().refresh.expose(), "refresh-2", "to be revoked");
}

#[tokio::test]
async fn a_certificate_refused_is_no_end_of_the_sign_in() {
    let trouble: TokenError = crate::session::renewal::Trouble::Certificate.into();
    assert!(matches!(pco_client::ApiError::from(trouble), pco_client::ApiError::Certificate));
}
