//! Signing in, staying signed in, and leaving.

use std::time::Duration;

use app_core::error::ErrorCode;
use app_core::session::views::{FinishSignInByHandRequest, RedirectChoice, SessionView};
use app_core::status::Freshness;
use app_core::testing::Mood;
use pco_emulator::{Consent, EmulatorConfig, FaultKind, Rotation};

use crate::harness::{Story, fault, people, until};

#[tokio::test]
async fn nothing_is_kept_before_the_person_has_confirmed() {
    let story = Story::new().await;
    story.allow_in_browser().await;
    let SessionView::Confirm { account } = story.app.session_status() else { panic!("not asked to confirm") };
    assert!(!account.name.is_empty() && !account.church.is_empty());
    let photo = account.face.photo.expect("the one who signs in has a photo");
    let key = photo.rsplit('/').next().unwrap();
    assert!(story.app.photo(key).is_some_and(|png| png.starts_with(b"\x89PNG")));
    assert!(story.secrets.items().is_empty(), "the keychain is untouched");
    assert!(story.files().is_empty(), "the disk is untouched");
    assert_eq!(story.host.record().raised(), 1, "the window came to the front");

    story.app.confirm_account().await.unwrap();
    assert_eq!(story.secrets.items().len(), 2, "session and cache key");
    assert!(matches!(
        story.app.session_status(),
        SessionView::SignedIn { remembered: true, needs_sign_in: false, .. }
    ));
}

#[tokio::test]
async fn the_wrong_account_is_given_back_and_leaves_nothing() {
    let story = Story::new().await;
    story.allow_in_browser().await;
    let session = story.app.refuse_account().await;
    assert!(matches!(session, SessionView::SignedOut { .. }), "{session:?}");
    assert!(story.secrets.items().is_empty() && story.files().is_empty());
    assert_eq!(story.emulator.counters().revocations, 1);
}

#[tokio::test]
async fn a_denied_consent_is_told_and_signing_in_stays_possible() {
    let story = Story::new().await;
    let link = story.begin().await;
    let back = story.emulator.deny(&link).unwrap();
    assert!(!story.app.receive_link(back.as_str()).await);
    let SessionView::SignedOut { can_sign_in: true, notice: Some(notice) } = story.app.session_status()
    else {
        panic!("{:?}", story.app.session_status())
    };
    assert_eq!(notice.message, "Sign-in was cancelled in the browser.");
    story.sign_in().await;
}

#[tokio::test]
async fn callbacks_from_nowhere_change_nothing_and_harm_no_sign_in() {
    let story = Story::new().await;
    let forged = "org.narthex.desktop:/oauth/callback?code=abc&state=guess";
    assert!(!story.app.receive_link(forged).await, "with nobody waiting");
    let link = story.begin().await;
    for forgery in [
        forged,
        "org.narthex.desktop:/oauth/callback?error=access_denied",
        "org.narthex.desktop:/oauth/callback?error=access_denied&state=guess",
        "org.narthex.desktop://oauth/callback?code=abc",
        "http://127.0.0.1:8127/oauth/callback?code=abc",
        "",
        "not a link at all",
    ] {
        assert!(!story.app.receive_link(forgery).await, "{forgery}");
        assert!(matches!(story.app.session_status(), SessionView::Waiting { .. }), "{forgery}");
    }
    assert_eq!(story.emulator.counters().tokens_issued, 0);
    let back = story.emulator.approve(&link).unwrap();
    assert!(story.app.receive_link(back.as_str()).await);
    assert!(!story.app.receive_link(back.as_str()).await, "a used link is harmless");
    assert!(matches!(story.app.session_status(), SessionView::Confirm { .. }));
    assert_eq!(story.emulator.counters().tokens_issued, 1);
}

#[tokio::test]
async fn the_link_can_be_pasted_and_a_wrong_one_is_answered_kindly() {
    let story = Story::new().await;
    let link = story.begin_by(RedirectChoice::Loopback).await;
    assert!(link.as_str().contains("127.0.0.1%3A8127") || link.as_str().contains("127.0.0.1:8127"));
    let paste = |link: String| story.app.finish_sign_in_by_hand(FinishSignInByHandRequest { link });
    let session = paste("https://example.org/?code=1&state=2".to_owned()).await.unwrap();
    let SessionView::Waiting { notice: Some(notice), .. } = session else { panic!("{session:?}") };
    assert_eq!(notice.message, "This link does not belong to this sign-in.");
    let back = story.emulator.approve(&link).unwrap();
    let session = paste(format!("\n  {back} \t")).await.unwrap();
    assert!(matches!(session, SessionView::Confirm { .. }), "{session:?}");
}

#[tokio::test]
async fn an_attempt_ends_after_ten_minutes_and_its_link_is_void() {
    let story = Story::new().await;
    let link = story.begin().await;
    let back = story.emulator.approve(&link).unwrap();
    story.clock.advance(Duration::from_secs(601));
    assert!(!story.app.receive_link(back.as_str()).await);
    let SessionView::SignedOut { notice: Some(notice), .. } = story.app.session_status() else {
        panic!("{:?}", story.app.session_status())
    };
    assert!(notice.message.contains("no longer valid"), "{notice:?}");
    assert_eq!(story.emulator.counters().tokens_issued, 0);
}

#[tokio::test]
async fn an_exchange_answered_with_a_web_page_is_told_and_nothing_is_kept() {
    let story = Story::new().await;
    let link = story.begin().await;
    let back = story.emulator.approve(&link).unwrap();
    story.emulator.add_fault(fault("/oauth/token", FaultKind::Html200));
    assert!(!story.app.receive_link(back.as_str()).await);
    let SessionView::SignedOut { notice: Some(notice), .. } = story.app.session_status() else {
        panic!("{:?}", story.app.session_status())
    };
    assert!(notice.hint.is_some_and(|hint| hint.contains("start again")));
    assert!(story.secrets.items().is_empty() && story.files().is_empty());
}

#[tokio::test]
async fn an_expired_access_token_is_renewed_once_for_all_requests() {
    for rotation in [Rotation::Grace, Rotation::Strict] {
        let story = Story::with(EmulatorConfig { rotation, ..EmulatorConfig::default() }).await;
        story.sign_in().await;
        story.settled().await;
        story.emulator.expire_access_tokens();
        let status = story.refreshed().await;
        assert_eq!(status.freshness, Freshness::Fresh);
        assert_eq!(story.emulator.counters().refreshes, 1, "{rotation:?}");
    }
}

#[tokio::test]
async fn a_renewal_is_saved_before_it_is_used() {
    let story = Story::signed_in().await;
    let saved = |story: &Story| {
        story
            .secrets
            .items()
            .into_iter()
            .filter_map(|key| story.secrets.item(&key))
            .map(|item| item.expose().to_vec())
            .collect::<Vec<_>>()
    };
    let before = saved(&story);
    story.emulator.expire_access_tokens();
    story.refreshed().await;
    assert_ne!(saved(&story), before);
    let story = story.restarted().await;
    story.emulator.expire_access_tokens();
    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh, "the saved sign-in is the valid one");
}

#[tokio::test]
async fn an_ended_sign_in_leaves_the_data_readable_and_is_renewed_without_a_question() {
    let story = Story::signed_in().await;
    let everybody = story.people("").total;
    story.emulator.revoke_all();
    let status = story.refreshed().await;
    assert_eq!(status.freshness, Freshness::SignInNeeded);
    assert!(matches!(story.app.session_status(), SessionView::SignedIn { needs_sign_in: true, .. }));
    assert_eq!(story.people("").total, everybody);

    let refreshes = story.emulator.counters().refreshes;
    story.refreshed().await;
    assert_eq!(story.emulator.counters().refreshes, refreshes, "a dead sign-in is not tried again and again");

    let link = story.begin().await;
    let back = story.emulator.approve(&link).unwrap();
    assert!(story.app.receive_link(back.as_str()).await);
    assert!(
        matches!(story.app.session_status(), SessionView::SignedIn { needs_sign_in: false, .. }),
        "the same account needs no confirmation"
    );
    story.until(|status| status.freshness == Freshness::Fresh).await;
}

#[tokio::test]
async fn a_later_start_finds_everything_without_a_server() {
    let story = Story::signed_in().await;
    let everybody = story.people("").total;
    let remains = story.end();
    remains.clock.advance(Duration::from_hours(1));
    let (app, host) = remains.start().await;
    assert!(matches!(app.session_status(), SessionView::SignedIn { needs_sign_in: false, .. }));
    assert_eq!(people(&app, "").total, everybody, "at once, from the store");
    assert!(app.list_plans().unwrap().total > 0);
    let status = until(&app, &host, |status| status.freshness == Freshness::Offline).await;
    assert_eq!(status.as_of.unwrap().label, "9:00 am", "the age of the data is told in the church's time");
    assert_eq!(people(&app, "").total, everybody, "a failure empties nothing");
}

#[tokio::test]
async fn without_a_keychain_the_sign_in_lasts_until_the_end_and_nothing_is_written() {
    for mood in [Mood::Absent, Mood::Locked] {
        let story = Story::new().await;
        story.secrets.set_mood(mood.clone());
        story.sign_in().await;
        story.settled().await;
        let SessionView::SignedIn { remembered: false, notice: Some(notice), .. } =
            story.app.session_status()
        else {
            panic!("{:?}", story.app.session_status())
        };
        assert!(notice.hint.is_some(), "{mood:?}");
        assert!(story.people("").total > 100);
        assert!(!story.files().iter().any(|file| file.extension().is_some_and(|kind| kind == "db")));
        assert!(matches!(story.restarted().await.app.session_status(), SessionView::SignedOut { .. }));
    }
}

#[tokio::test]
async fn a_keychain_locked_at_start_is_told_and_loses_nothing() {
    let story = Story::signed_in().await;
    story.secrets.set_mood(Mood::Locked);
    let story = story.restarted().await;
    let SessionView::SignedOut { notice: Some(notice), .. } = story.app.session_status() else {
        panic!("{:?}", story.app.session_status())
    };
    assert!(notice.message.contains("locked"), "{notice:?}");
    story.secrets.set_mood(Mood::Works);
    let story = story.restarted().await;
    assert!(matches!(story.app.session_status(), SessionView::SignedIn { .. }));
    assert!(story.people("").total > 100, "the saved data is back with the keychain");
}

#[tokio::test]
async fn a_lost_key_rebuilds_the_store_and_says_so() {
    let story = Story::signed_in().await;
    let key = story
        .secrets
        .items()
        .into_iter()
        .find(|key| key.item == app_core::ports::SecretItem::CacheKey)
        .unwrap();
    story.secrets.put(key, app_core::ports::SecretBytes::new(vec![9; 32]));
    let story = story.restarted().await;
    assert_eq!(story.host.notices(), ["The saved data could not be read."]);
    story.until(|status| status.freshness == Freshness::Fresh).await;
    assert!(story.people("").total > 100, "it was fetched again");
}

#[tokio::test]
async fn signing_out_revokes_forgets_and_erases() {
    let story = Story::signed_in().await;
    assert!(!story.files().is_empty());
    let report = story.app.sign_out().await.unwrap();
    assert!(report.revoked);
    assert_eq!(story.emulator.counters().revocations, 1);
    assert!(story.secrets.items().is_empty());
    let left: Vec<_> =
        story.files().into_iter().filter(|file| file.extension().is_none_or(|kind| kind != "lock")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(matches!(story.app.session_status(), SessionView::SignedOut { notice: None, .. }));
    let refused = story.app.list_plans().unwrap_err();
    assert_eq!(refused.code, ErrorCode::SignInRequired);
    story.sign_in().await;
}

#[tokio::test]
async fn signing_out_without_a_server_still_erases_and_says_what_it_could_not_do() {
    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/oauth/revoke", FaultKind::Reset));
    let report = story.app.sign_out().await.unwrap();
    assert!(!report.revoked);
    assert!(report.report[0].contains("could not be reached"));
    assert!(story.secrets.items().is_empty());
}

#[tokio::test]
async fn a_browser_that_does_not_open_leaves_a_link_to_copy() {
    let story = Story::new().await;
    story.host.record().set_browser(false);
    let started = story
        .app
        .start_sign_in(app_core::session::views::StartSignInRequest { redirect: None })
        .await
        .unwrap();
    let SessionView::Waiting { link, notice: Some(_), .. } = started else { panic!("{started:?}") };
    let back = story.emulator.approve(&link.parse().unwrap()).unwrap();
    assert!(story.app.receive_link(back.as_str()).await);
}

#[tokio::test]
async fn no_free_return_address_is_told_before_the_browser_opens() {
    let story = Story::new().await;
    story.host.record().set_ports(false);
    let request = app_core::session::views::StartSignInRequest { redirect: Some(RedirectChoice::Loopback) };
    let error = story.app.start_sign_in(request).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::BrowserUnavailable);
    assert!(story.host.record().links().is_empty());
}

#[tokio::test]
async fn an_automatic_consent_signs_in_too() {
    let story = Story::with(EmulatorConfig { consent: Consent::Auto, ..EmulatorConfig::default() }).await;
    story.sign_in().await;
}
