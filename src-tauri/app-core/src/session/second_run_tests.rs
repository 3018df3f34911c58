//! Two runs of the program on one sign-in.

use super::*;

#[tokio::test]
async fn a_second_run_looks_on_and_takes_over_when_the_first_lets_go() {
    let server = planning_center();
    let first = bench(&server.base).signed_in().await;
    let account = first.session.account().unwrap();
    let key = first.session.cache_key().await.unwrap().unwrap();
    let kept = first.secrets.writes();

    let second = first.opened_twice(&server.base);
    assert_eq!(second.session.restore().await, Some(account.clone()));
    second.session.opened();
    assert!(second.session.is_looking_on() && !second.session.has_changed_hands());
    assert_eq!(second.notice(), Some(words::LOOKING_ON.words()));
    assert!(matches!(second.session.status(), SessionView::SignedIn { remembered: true, .. }));
    assert_eq!(second.session.cache_key().await.unwrap().unwrap().expose(), key.expose());
    let calls = server.calls("/").len();
    let client = second.session.client_for(&account.id);
    assert!(client.get(pco_client::Lane::Person, &me()).await.is_err());
    let refused = second.session.start(RedirectChoice::CustomScheme).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OpenElsewhere);
    assert_eq!((server.calls("/").len(), first.secrets.writes()), (calls, kept), "nothing asked or written");

    first.session.let_go();
    assert!(second.session.has_changed_hands());
    assert_eq!(second.session.restore().await, Some(account.clone()));
    assert!(!second.session.is_looking_on());
    assert_eq!(second.notice(), None);
    let views = second.host.events().into_iter().filter_map(|event| match event {
        AppEvent::SessionChanged { session } => Some(session),
        _ => None,
    });
    let is_signed_in = |view: &SessionView| matches!(view, SessionView::SignedIn { .. });
    let flickers = views.skip_while(|view| !is_signed_in(view)).filter(|view| !is_signed_in(view));
    assert_eq!(flickers.count(), 0, "its data stays readable all the while");
    client.get(pco_client::Lane::Person, &me()).await.unwrap();
}

#[tokio::test]
async fn a_second_run_that_looks_on_makes_no_key() {
    let server = planning_center();
    let first = bench(&server.base).signed_in().await;
    let second = first.opened_twice(&server.base);
    second.session.restore().await;
    assert!(second.session.cache_key().await.unwrap().is_none());
    assert_eq!(second.secrets.items().len(), 1);
}

#[tokio::test]
async fn a_second_run_sees_that_the_first_has_signed_out() {
    let server = planning_center();
    let first = bench(&server.base).signed_in().await;
    let second = first.opened_twice(&server.base);
    second.session.restore().await;
    second.session.opened();
    first.signed_out().await;
    assert!(second.session.has_changed_hands());
    assert_eq!(second.session.restore().await, None);
    assert_eq!(second.session.status(), SessionView::SignedOut { can_sign_in: true, notice: None });
    assert_eq!(std::fs::read_dir(first.folder.path()).unwrap().count(), 0, "and no lock stays");
}

#[tokio::test]
async fn of_two_runs_that_sign_in_at_once_the_later_one_is_told_and_saves_nothing() {
    let server = planning_center();
    let first = bench(&server.base).started().await;
    let second = first.opened_twice(&server.base).started().await;
    assert_eq!(second.session.receive(&second.right_link()).await, Received::Confirm);
    assert_eq!(first.session.receive(&first.right_link()).await, Received::Confirm);
    first.confirmed().await.unwrap();
    let saved = first.secrets.writes();
    assert_eq!(second.confirmed().await.unwrap_err().code, ErrorCode::OpenElsewhere);
    assert_eq!(second.notice(), Some(words::OPEN_ELSEWHERE.words()));
    assert_eq!(second.secrets.writes(), saved);
    assert_eq!(server.calls("/oauth/revoke").len(), 1, "what was granted is given back");
}
