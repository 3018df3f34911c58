use std::collections::BTreeMap;
use std::sync::LazyLock;

use pco_client::{AccessToken, ClientId, OAuthClient, RedirectUri, RefreshToken, TokenSet};
use proptest::prelude::*;

use super::*;
use crate::session::views::SessionView;

const START: Duration = Duration::from_secs(5000);

fn after(seconds: u64) -> Moment {
    let wall: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
    Moment { wall: wall + Duration::from_secs(seconds), monotonic: START + Duration::from_secs(seconds) }
}

fn request() -> AuthorizationRequest {
    let client_id = ClientId::parse(&"0a".repeat(32)).unwrap();
    let base = Url::parse("https://api.planningcenteronline.com").unwrap();
    AuthorizationRequest::new(&base, &client_id, RedirectUri::CustomScheme, &["people", "services"])
}

fn account(person: &str) -> Account {
    Account::new("7".to_owned(), person.to_owned(), "Ada Lovelace".to_owned(), "St Ann".to_owned()).unwrap()
}

/// One for all tests: making it takes its time.
static OAUTH: LazyLock<OAuthClient> = LazyLock::new(|| {
    let base = Url::parse(pco_client::PLANNING_CENTER).unwrap();
    OAuthClient::new(base, ClientId::parse(&"0a".repeat(32)).unwrap(), "test").unwrap()
});

fn granted(person: &str) -> Granted {
    let tokens = TokenSet {
        access: AccessToken::new("access".to_owned()),
        refresh: Some(RefreshToken::new(format!("refresh-{person}"))),
        expires_in: Duration::from_hours(2),
        created_at: None,
        scope: None,
    };
    let grant = Grant::new(tokens, OAUTH.clone()).unwrap();
    Granted { grant, since: after(0), account: account(person) }
}

/// A machine that waits, with the number of the attempt.
fn waiting() -> (SignIn, AttemptNumber) {
    let mut sign_in = SignIn::default();
    sign_in.restored(None, None);
    let number = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(0));
    (sign_in, number)
}

fn state_of(sign_in: &SignIn) -> String {
    let query: BTreeMap<_, _> = sign_in.link().unwrap().query_pairs().into_owned().collect();
    query["state"].clone()
}

fn right_link(sign_in: &SignIn) -> String {
    format!("org.narthex.desktop:/oauth/callback?code=abc&state={}", state_of(sign_in))
}

fn view(sign_in: &SignIn, seconds: u64) -> SessionView {
    sign_in.view(&Around { now: after(seconds), can_sign_in: true, practice: false, folder: None })
}

fn notice(sign_in: &SignIn) -> Option<Words> {
    match view(sign_in, 0) {
        SessionView::SignedOut { notice, .. }
        | SessionView::Waiting { notice, .. }
        | SessionView::SignedIn { notice, .. } => notice,
        _ => None,
    }
}

fn exchange(reception: &Reception) -> AttemptNumber {
    let Reception::Exchange { number, .. } = reception else { panic!("no exchange") };
    *number
}

fn is_ignored(reception: &Reception) -> bool {
    matches!(reception, Reception::Ignored(_) | Reception::Late)
}

/// A machine with somebody signed in.
fn signed_in(person: &str) -> SignIn {
    let (mut sign_in, number) = waiting();
    let link = right_link(&sign_in);
    assert_eq!(exchange(&sign_in.receive(&link, false, after(1))), number);
    assert!(matches!(sign_in.identified(number, granted(person)), Identified::Confirm));
    let (number, granted) = sign_in.agree().unwrap();
    assert!(sign_in.complete(number, granted.account, true, None));
    sign_in.opened();
    sign_in
}

#[test]
fn a_sign_in_goes_through_all_its_states() {
    let mut sign_in = SignIn::default();
    assert_eq!(view(&sign_in, 0), SessionView::Starting);
    sign_in.restored(None, None);
    assert_eq!(view(&sign_in, 0), SessionView::SignedOut { can_sign_in: true, notice: None });

    let number = sign_in.begin(request(), RedirectChoice::Loopback, None, after(0));
    let SessionView::Waiting { link, redirect, until, seconds_left, notice } = view(&sign_in, 90) else {
        panic!()
    };
    assert!(link.starts_with("https://api.planningcenteronline.com/oauth/authorize?"));
    assert_eq!(
        (redirect, until.as_str(), seconds_left),
        (RedirectChoice::Loopback, "2026-11-20T09:10:00Z", 510)
    );
    assert_eq!(notice, None);

    let link = right_link(&sign_in);
    assert_eq!(exchange(&sign_in.receive(&link, false, after(90))), number);
    assert_eq!(view(&sign_in, 91), SessionView::Finishing);
    assert!(matches!(sign_in.identified(number, granted("1")), Identified::Confirm));
    assert!(matches!(view(&sign_in, 92), SessionView::Confirm { .. }));
    assert_eq!(sign_in.account(), None, "nothing is decided before the person agrees");

    let (number, granted) = sign_in.agree().unwrap();
    assert!(sign_in.agree().is_none(), "agreeing counts once");
    assert_eq!(view(&sign_in, 93), SessionView::Finishing);
    assert!(sign_in.complete(number, granted.account, true, None));
    assert_eq!(view(&sign_in, 94), SessionView::Finishing, "what is stored cannot be read yet");
    sign_in.opened();
    assert!(matches!(
        view(&sign_in, 94),
        SessionView::SignedIn { remembered: true, needs_sign_in: false, .. }
    ));
    assert_eq!(sign_in.account(), Some(&account("1")));
}

#[test]
fn a_right_link_counts_once() {
    let (mut sign_in, _) = waiting();
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    for _ in 0..100 {
        assert!(is_ignored(&sign_in.receive(&link, false, after(2))));
        assert!(is_ignored(&sign_in.receive(&link, true, after(2))));
    }
    assert_eq!(view(&sign_in, 2), SessionView::Finishing);
}

#[test]
fn a_link_stays_used_when_the_exchange_fails() {
    let (mut sign_in, number) = waiting();
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    sign_in.failed(number, words::SIGN_IN_OFFLINE.words());
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_OFFLINE.words()));
    assert!(is_ignored(&sign_in.receive(&link, false, after(2))));
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_OFFLINE.words()));
}

#[test]
fn denying_needs_the_right_state() {
    let (mut sign_in, _) = waiting();
    let denied = |state: &str| format!("org.narthex.desktop:/oauth/callback?error=access_denied{state}");
    assert!(is_ignored(&sign_in.receive(&denied(""), false, after(1))));
    assert!(is_ignored(&sign_in.receive(&denied("&state=guess"), false, after(1))));
    assert!(matches!(view(&sign_in, 1), SessionView::Waiting { .. }));

    let state = format!("&state={}", state_of(&sign_in));
    assert!(matches!(sign_in.receive(&denied(&state), false, after(1)), Reception::Ended));
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_DENIED.words()));
}

#[test]
fn a_request_that_planning_center_refuses_ends_in_words() {
    let (mut sign_in, _) = waiting();
    let link =
        format!("org.narthex.desktop:/oauth/callback?error=invalid_scope&state={}", state_of(&sign_in));
    assert!(matches!(sign_in.receive(&link, false, after(1)), Reception::Ended));
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_REJECTED.words()));
}

#[test]
fn ten_minutes_are_the_end() {
    let (mut sign_in, _) = waiting();
    let link = right_link(&sign_in);
    sign_in.expire(after(599));
    assert!(matches!(view(&sign_in, 599), SessionView::Waiting { seconds_left: 1, .. }));
    assert!(is_ignored(&sign_in.receive(&link, false, after(600))));
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_TIMED_OUT.words()));
}

#[test]
fn an_attempt_does_not_depend_on_the_wall_clock() {
    let (mut sign_in, number) = waiting();
    let mut now = after(10);
    now.wall += Duration::from_hours(24);
    let link = right_link(&sign_in);
    assert_eq!(exchange(&sign_in.receive(&link, false, now)), number);
}

#[test]
fn an_alarm_ends_its_own_attempt_only() {
    let (mut sign_in, first) = waiting();
    let second = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(300));
    sign_in.alarm_rang(first);
    assert!(matches!(view(&sign_in, 300), SessionView::Waiting { .. }));
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(301)));
    sign_in.alarm_rang(second);
    assert_eq!(view(&sign_in, 900), SessionView::Finishing, "an exchange under way is not cut off");
}

#[test]
fn starting_again_voids_what_came_before() {
    let (mut sign_in, first) = waiting();
    let old_link = right_link(&sign_in);
    assert!(sign_in.void_attempt().is_none());
    let second = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(10));
    assert!(is_ignored(&sign_in.receive(&old_link, false, after(11))));
    assert!(matches!(view(&sign_in, 11), SessionView::Waiting { .. }));

    // An exchange of the first attempt comes back late.
    assert!(matches!(sign_in.identified(first, granted("1")), Identified::Stale(_)));
    sign_in.failed(first, words::SIGN_IN_REJECTED.words());
    let link = right_link(&sign_in);
    assert_eq!(exchange(&sign_in.receive(&link, false, after(12))), second);
}

#[test]
fn voiding_hands_out_what_waited_for_confirmation() {
    let ends: [fn(&mut SignIn) -> Option<Grant>; 4] =
        [SignIn::void_attempt, SignIn::refuse, SignIn::cancel, SignIn::sign_out];
    for end in ends {
        let (mut sign_in, _) = waiting();
        let link = right_link(&sign_in);
        exchange(&sign_in.receive(&link, false, after(1)));
        assert!(end(&mut sign_in).is_none(), "nothing is granted yet");
        let (mut sign_in, number) = waiting();
        let link = right_link(&sign_in);
        exchange(&sign_in.receive(&link, false, after(1)));
        sign_in.identified(number, granted("1"));
        assert_eq!(end(&mut sign_in).unwrap().refresh.expose(), "refresh-1");
        assert!(sign_in.agree().is_none());
        assert!(matches!(view(&sign_in, 2), SessionView::SignedOut { .. }));
    }
}

#[test]
fn cancelling_ends_what_has_not_been_granted() {
    let (mut sign_in, _) = waiting();
    let link = right_link(&sign_in);
    sign_in.cancel();
    assert_eq!(view(&sign_in, 1), SessionView::SignedOut { can_sign_in: true, notice: None });
    assert!(is_ignored(&sign_in.receive(&link, false, after(1))));

    let (mut sign_in, number) = waiting();
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    sign_in.cancel();
    assert!(matches!(sign_in.identified(number, granted("1")), Identified::Stale(_)));
}

#[test]
fn a_pasted_link_is_trimmed_and_a_wrong_one_answered_kindly() {
    let (mut sign_in, number) = waiting();
    let link = right_link(&sign_in);
    assert!(is_ignored(&sign_in.receive("https://example.org/", true, after(1))));
    assert_eq!(notice(&sign_in), Some(words::LINK_DOES_NOT_FIT.words()));
    assert!(is_ignored(&sign_in.receive(&format!(" {link}"), false, after(1))), "only hands add space");
    assert_eq!(exchange(&sign_in.receive(&format!("\n {link}\t"), true, after(2))), number);
}

#[test]
fn a_link_from_elsewhere_leaves_no_notice() {
    let (mut sign_in, _) = waiting();
    assert!(is_ignored(&sign_in.receive("https://example.org/", false, after(1))));
    assert_eq!(notice(&sign_in), None);
    sign_in.cancel();
    assert!(is_ignored(&sign_in.receive(
        "org.narthex.desktop:/oauth/callback?code=a&state=b",
        false,
        after(1)
    )));
    assert_eq!(notice(&sign_in), None);
}

#[test]
fn a_link_with_nobody_signing_in_is_told_and_a_flood_of_them_is_not() {
    let mut sign_in = SignIn::default();
    sign_in.restored(None, None);
    let link = "org.narthex.desktop:/oauth/callback?code=a&state=b";
    let told = |sign_in: &mut SignIn, seconds| {
        matches!(sign_in.receive(link, false, after(seconds)), Reception::Late)
    };
    assert!(told(&mut sign_in, 0));
    assert!(!told(&mut sign_in, 1) && !told(&mut sign_in, 9));
    assert!(told(&mut sign_in, 10));
    sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(100));
    assert!(!told(&mut sign_in, 100), "while a request is open nothing is said of other links");
}

#[test]
fn a_browser_that_does_not_open_is_told_until_it_does() {
    let (mut sign_in, _) = waiting();
    sign_in.browser_opened(false);
    assert_eq!(notice(&sign_in), Some(words::BROWSER_UNAVAILABLE.words()));
    sign_in.browser_opened(true);
    assert_eq!(notice(&sign_in), None);
}

#[test]
fn the_account_already_known_is_not_asked_again() {
    let mut sign_in = signed_in("1");
    sign_in.need_sign_in(&account("1").id);
    assert!(matches!(view(&sign_in, 0), SessionView::SignedIn { needs_sign_in: true, .. }));

    let number = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(0));
    assert_eq!(sign_in.account(), Some(&account("1")), "its data stays readable meanwhile");
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    assert!(matches!(sign_in.identified(number, granted("1")), Identified::SameAccount));
    assert_eq!(view(&sign_in, 1), SessionView::Finishing, "nobody is asked");
    assert!(sign_in.is_saving());
    assert!(sign_in.agree().is_some());
    assert!(sign_in.is_saving());
    assert!(sign_in.complete(number, account("1"), true, None));
    assert!(matches!(view(&sign_in, 2), SessionView::SignedIn { needs_sign_in: false, .. }));
}

#[test]
fn another_account_is_asked_and_may_be_refused() {
    let mut sign_in = signed_in("1");
    sign_in.need_sign_in(&account("1").id);
    let number = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(0));
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    assert!(matches!(sign_in.identified(number, granted("2")), Identified::Confirm));
    assert!(sign_in.refuse().is_some());
    assert_eq!(sign_in.account(), Some(&account("1")));
    assert!(matches!(view(&sign_in, 2), SessionView::SignedIn { needs_sign_in: true, .. }));
}

#[test]
fn an_attempt_that_fails_leaves_the_signed_in_account_with_a_notice() {
    let mut sign_in = signed_in("1");
    sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(0));
    sign_in.expire(after(600));
    assert_eq!(sign_in.account(), Some(&account("1")));
    assert_eq!(notice(&sign_in), Some(words::SIGN_IN_TIMED_OUT.words()));
}

#[test]
fn signing_out_while_saving_wins() {
    let (mut sign_in, number) = waiting();
    let link = right_link(&sign_in);
    exchange(&sign_in.receive(&link, false, after(1)));
    sign_in.identified(number, granted("1"));
    let (number, granted) = sign_in.agree().unwrap();
    assert!(sign_in.sign_out().is_none(), "the tokens are with whoever saves them");
    assert!(!sign_in.complete(number, granted.account, true, None));
    assert_eq!(sign_in.account(), None);
}

#[test]
fn what_the_keeper_tells_counts_for_its_account_only() {
    let mut sign_in = signed_in("1");
    sign_in.need_sign_in(&account("2").id);
    sign_in.saved(&account("2").id, false, None);
    assert!(matches!(
        view(&sign_in, 0),
        SessionView::SignedIn { remembered: true, needs_sign_in: false, .. }
    ));
    sign_in.saved(&account("1").id, false, Some(words::RENEWAL_NOT_SAVED.words()));
    assert!(matches!(view(&sign_in, 0), SessionView::SignedIn { remembered: false, .. }));
}

#[test]
fn a_late_look_into_the_keychain_does_not_undo_a_sign_in() {
    let mut sign_in = signed_in("1");
    sign_in.restored(Some(account("2")), None);
    assert_eq!(sign_in.account(), Some(&account("1")));
}

#[test]
fn an_account_found_in_the_keychain_is_told_once_it_can_be_read() {
    let mut sign_in = SignIn::default();
    sign_in.restored(Some(account("1")), None);
    assert_eq!(sign_in.account(), Some(&account("1")));
    assert_eq!(view(&sign_in, 0), SessionView::Starting);
    sign_in.opened();
    assert!(matches!(view(&sign_in, 0), SessionView::SignedIn { remembered: true, .. }));
}

/// Links of every kind but the right one; `S` stands for the right state.
fn foreign_link() -> impl Strategy<Value = String> {
    let address = prop_oneof![
        Just("org.narthex.desktop:/oauth/callback"),
        Just("org.narthex.desktop://oauth/callback"),
        Just("ORG.NARTHEX.DESKTOP:/oauth/callback"),
        Just("org.narthex.desktop:/oauth/callback/"),
        Just("http://127.0.0.1:8127/oauth/callback"),
        Just("https://example.org/oauth/callback"),
        Just(""),
    ];
    let query = prop_oneof![
        Just("code=a&state=wrong".to_owned()),
        Just("code=a".to_owned()),
        Just("error=access_denied".to_owned()),
        Just("error=access_denied&state=wrong".to_owned()),
        Just("code=a&error=access_denied&state=S".to_owned()),
        Just("state=S".to_owned()),
        Just("code=&state=S".to_owned()),
        Just("code=a&code=b&state=S".to_owned()),
        Just("code=a&state=S&state=S".to_owned()),
        Just("code=%zz&state=S".to_owned()),
        Just("code=a&state=S#fragment".to_owned()),
        Just("code=a&state=S&iss=https://example.org".to_owned()),
        "[ -~]{0,40}".prop_map(|text| format!("code=a&state={text}x")),
        ".{0,200}",
    ];
    prop_oneof![
        4 => (address, query).prop_map(|(address, query)| format!("{address}?{query}")),
        1 => ".{0,80}",
        1 => Just(format!("org.narthex.desktop:/oauth/callback?code=a&state=S&pad={}", "x".repeat(5000))),
    ]
}

proptest! {
    #[test]
    fn foreign_links_change_nothing_and_the_right_one_still_counts(
        links in prop::collection::vec((foreign_link(), any::<bool>()), 0..40),
    ) {
        let (mut sign_in, number) = waiting();
        let state = state_of(&sign_in);
        let right = right_link(&sign_in);
        for (link, by_hand) in &links {
            let link = link.replace('S', &state);
            prop_assume!(!link.starts_with(&right));
            prop_assert!(is_ignored(&sign_in.receive(&link, *by_hand, after(1))), "{}", link);
            let is_waiting = matches!(view(&sign_in, 1), SessionView::Waiting { .. });
            prop_assert!(is_waiting);
        }
        prop_assert_eq!(exchange(&sign_in.receive(&right, false, after(2))), number);
        prop_assert!(is_ignored(&sign_in.receive(&right, false, after(2))));
    }

    #[test]
    fn no_sequence_of_events_signs_in_without_agreement(
        events in prop::collection::vec(0_u8..9, 0..60),
    ) {
        let mut sign_in = SignIn::default();
        sign_in.restored(None, None);
        let (mut clock, mut number, mut last_link, mut exchanges, mut right_links) = (0, 0, String::new(), 0, 0);
        for event in events {
            clock += 30;
            match event {
                0 => {
                    sign_in.void_attempt();
                    number = sign_in.begin(request(), RedirectChoice::CustomScheme, None, after(clock));
                    last_link = right_link(&sign_in);
                    right_links += 1;
                }
                1 => if let Reception::Exchange { .. } = sign_in.receive(&last_link, false, after(clock)) {
                    exchanges += 1;
                },
                2 => { sign_in.receive("org.narthex.desktop:/oauth/callback?code=a&state=b", true, after(clock)); }
                3 => { sign_in.identified(number, granted("1")); }
                4 => sign_in.failed(number, words::SIGN_IN_REJECTED.words()),
                5 => { sign_in.cancel(); }
                6 => { sign_in.refuse(); }
                7 => { sign_in.expire(after(clock)); }
                _ => sign_in.alarm_rang(number),
            }
            prop_assert!(sign_in.account().is_none());
        }
        prop_assert!(exchanges <= right_links);
    }
}
