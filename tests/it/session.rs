//! Signing in, staying signed in, and leaving.

use std::sync::Arc;
use std::time::Duration;

use app_core::LinkReception;
use app_core::error::ErrorCode;
use app_core::ports::SecretItem;
use app_core::products::people::views::ListPeopleRequest;
use app_core::products::services::views::ListPlansRequest;
use app_core::session::views::{FinishSignInByHandRequest, RedirectChoice, SessionView, StartSignInRequest};
use app_core::status::{ClientIdSource, Freshness};
use app_core::testing::Mood;
use pco_client::ClientId;
use pco_emulator::{Consent, EmulatorConfig, Fault, FaultKind, Rights, Rotation};

use crate::harness::{Story, fault, people, until};

#[tokio::test]
async fn nothing_is_kept_before_the_person_has_confirmed() {
    let story = Story::new().await;
    story.allow_in_browser().await;
    let SessionView::Confirm { account, folder } = story.app.session_status() else {
        panic!("not asked to confirm")
    };
    assert!(!account.name.is_empty() && !account.church.is_empty());
    assert_eq!(folder, story.app.settings().folder, "told before it is used");
    assert!(folder.is_some());
    let photo = account.face.photo.expect("the one who signs in has a photo");
    let key = photo.rsplit('/').next().unwrap();
    assert!(story.app.photo(key).await.is_some_and(|jpeg| jpeg.starts_with(b"\xff\xd8")));
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
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Ended);
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
    assert_eq!(story.app.receive_link(forged).await, LinkReception::Ignored, "with nobody waiting");
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
        assert_eq!(story.app.receive_link(forgery).await, LinkReception::Ignored, "{forgery}");
        assert!(matches!(story.app.session_status(), SessionView::Waiting { .. }), "{forgery}");
    }
    assert_eq!(story.emulator.counters().tokens_issued, 0);
    let back = story.emulator.approve(&link).unwrap();
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Accepted);
    assert_eq!(
        story.app.receive_link(back.as_str()).await,
        LinkReception::Ignored,
        "a used link is harmless"
    );
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
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Ignored);
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
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Ended);
    let SessionView::SignedOut { notice: Some(notice), .. } = story.app.session_status() else {
        panic!("{:?}", story.app.session_status())
    };
    assert!(notice.hint.is_some_and(|hint| hint.contains("start again")));
    assert!(story.secrets.items().is_empty() && story.files().is_empty());
}

#[tokio::test]
async fn a_sign_in_that_failed_leaves_no_connection_with_its_token() {
    let story = Story::new().await;
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden"}]}"#;
    let who_is_it = "/people/v2/me";
    story.emulator.add_fault(fault(who_is_it, FaultKind::Body { status: 403, text: forbidden.into() }));
    let back = story.emulator.approve(&story.begin().await).unwrap();
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Ended);
    assert_eq!(story.emulator.counters().revocations, 1);
    story.emulator.clear_faults();

    let on_reuse = Fault { times: Some(1), ..fault(who_is_it, FaultKind::ResetOnReuse) };
    story.emulator.add_fault(on_reuse.clone());
    story.allow_in_browser().await;
    assert_eq!(story.emulator.faults(), [on_reuse], "the next one has a connection of its own");
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
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Accepted);
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
    assert!(app.list_plans(&ListPlansRequest::default()).unwrap().total > 0);
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
    let key = story.secrets.items().into_iter().find(|key| key.item == SecretItem::CacheKey).unwrap();
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
    assert!(story.files().is_empty(), "left on the disk: {:?}", story.files());
    assert!(matches!(story.app.session_status(), SessionView::SignedOut { notice: None, .. }));
    let refused = story.app.list_plans(&ListPlansRequest::default()).unwrap_err();
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
    let started = story.app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    let SessionView::Waiting { link, notice: Some(_), .. } = started else { panic!("{started:?}") };
    let back = story.emulator.approve(&link.parse().unwrap()).unwrap();
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Accepted);
}

#[tokio::test]
async fn no_free_return_address_is_told_before_the_browser_opens() {
    let story = Story::new().await;
    story.host.record().set_ports(false);
    let request = StartSignInRequest { redirect: Some(RedirectChoice::Loopback) };
    let error = story.app.start_sign_in(request).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::BrowserUnavailable);
    assert!(story.host.record().links().is_empty());
}

#[tokio::test]
async fn an_automatic_consent_signs_in_too() {
    let story = Story::with(EmulatorConfig { consent: Consent::Auto, ..EmulatorConfig::default() }).await;
    story.sign_in().await;
}

#[tokio::test]
async fn another_account_never_shows_or_fills_what_the_first_one_kept() {
    let story = Story::signed_in().await;
    let second = story.somebody_else();
    story.emulator.grant(&second, Rights::ORGANIZATION_ADMINISTRATOR).unwrap();
    story.emulator.sign_in_as(&second).unwrap();
    story.allow_in_browser().await;
    assert!(story.people("").total > 100, "until the person agrees, the first account stays open");

    let first = story.app.session_status();
    let opening = async {
        story.app.confirm_account().await.unwrap();
    };
    let looking = async {
        story.until(|_| matches!(story.app.session_status(), SessionView::SignedIn { .. })).await;
        let listed = story.app.list_people(&ListPeopleRequest { search: String::new(), offset: 0, limit: 1 });
        assert!(
            listed.map_or(0, |listed| listed.total) == 0,
            "the first account's people under the second's name"
        );
    };
    tokio::join!(opening, looking);
    assert_ne!(story.app.session_status(), first);
    story.settled().await;
    assert!(story.people("").total > 100, "the second account has read its own");
    let stores = story.files().into_iter().filter(|file| file.ends_with("store.db")).count();
    assert_eq!(stores, 2);

    let report = story.app.sign_out().await.unwrap();
    assert!(report.revoked);
    assert!(story.secrets.items().is_empty(), "{:?}", story.secrets.items());
    assert_eq!(story.files(), Vec::<std::path::PathBuf>::new(), "both accounts are erased");
}

#[tokio::test]
async fn signing_in_again_with_the_keychain_unlocked_is_remembered_with_all_its_data() {
    let story = Story::new().await;
    story.secrets.set_mood(Mood::Locked);
    story.sign_in().await;
    story.settled().await;
    assert_eq!(story.app.settings().folder, None, "nothing is on disk");
    story.secrets.set_mood(Mood::Works);
    let link = story.begin().await;
    let back = story.emulator.approve(&link).unwrap();
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Accepted);
    assert!(matches!(story.app.session_status(), SessionView::SignedIn { remembered: true, .. }));
    assert!(story.app.settings().folder.is_some());
    story.settled().await;
    let everybody = story.people("").total;
    let remains = story.end();
    let (app, _) = remains.start().await;
    assert_eq!(people(&app, "").total, everybody, "the next start finds it without a server");
}

#[tokio::test]
async fn signing_out_is_done_here_before_planning_center_answers() {
    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/oauth/revoke", FaultKind::Slow { ms: 3000 }));
    let app = Arc::clone(&story.app);
    let leaving = tokio::spawn(async move { app.sign_out().await });
    story.until(|_| story.secrets.items().is_empty() && story.files().is_empty()).await;
    assert!(!leaving.is_finished(), "Planning Center has not answered yet");
    let (later, _) = story.started_beside().await;
    assert!(matches!(later.session_status(), SessionView::SignedOut { notice: None, .. }));
    drop(later);

    story.sign_in().await;
    assert!(!leaving.is_finished(), "nobody waits for the network to sign in again");
    assert!(leaving.await.unwrap().unwrap().revoked);
    let kept: Vec<_> = story.secrets.items().into_iter().map(|key| key.item).collect();
    assert_eq!(
        kept,
        [SecretItem::Session, SecretItem::CacheKey],
        "the new sign-in lost nothing to the old one's end"
    );
    assert!(matches!(story.app.session_status(), SessionView::SignedIn { remembered: true, .. }));
}

#[tokio::test]
async fn signing_out_with_a_locked_keychain_says_what_stays() {
    let story = Story::signed_in().await;
    story.secrets.set_mood(Mood::Locked);
    let report = story.app.sign_out().await.unwrap();
    assert!(report.report[1].contains("The keychain could not be reached"), "{report:?}");
    let story = Story::new().await;
    story.secrets.set_mood(Mood::Locked);
    story.sign_in().await;
    let report = story.app.sign_out().await.unwrap();
    assert!(report.report[1].contains("The keychain could not be reached"), "{report:?}");
}

#[tokio::test]
async fn a_sign_in_with_planning_center_is_not_sent_to_a_test_server() {
    let story = Story::signed_in().await;
    let elsewhere = Story::new().await;
    let kept = story.secrets.items();
    let mut remains = story.end();
    let home = std::mem::replace(&mut remains.base, elsewhere.emulator.url().clone());
    let (app, _) = remains.start().await;
    assert!(
        matches!(app.session_status(), SessionView::SignedOut { notice: None, .. }),
        "{:?}",
        app.session_status()
    );
    assert_eq!(elsewhere.emulator.counters().refreshes, 0);
    assert_eq!(remains.secrets.items(), kept, "nothing is deleted");
    remains.base = home;
    let (app, _) = remains.start().await;
    assert!(matches!(app.session_status(), SessionView::SignedIn { .. }));
}

#[tokio::test]
async fn another_client_id_leaves_who_is_signed_in_alone() {
    let story = Story::signed_in().await;
    story.app.set_client_id(ClientId::parse(&"0a".repeat(32)).ok(), ClientIdSource::Settings);
    story.emulator.expire_access_tokens();
    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh);
    assert_eq!(story.emulator.counters().refreshes, 1);
    assert!(story.app.sign_out().await.unwrap().revoked);
}

#[tokio::test]
async fn a_link_that_comes_too_late_is_answered_once_and_a_flood_of_them_is_not() {
    let story = Story::new().await;
    let link = "org.narthex.desktop:/oauth/callback?code=abc&state=late";
    for _ in 0..50 {
        assert_eq!(story.app.receive_link(link).await, LinkReception::Ignored);
    }
    let notices = story.host.notices();
    assert!(matches!(&notices[..], [only] if only.contains("no longer valid")), "{notices:?}");
    story.clock.advance(Duration::from_secs(10));
    story.begin().await;
    assert_eq!(story.app.receive_link(link).await, LinkReception::Ignored);
    assert_eq!(story.host.notices().len(), 1, "while a sign-in is open, forged links are silent");
    assert_eq!(story.host.record().raised(), 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_and_everything_goes_on_in_memory() {
    let story = Story::signed_in().await;
    let everybody = story.people("").total;
    let database = story.files().into_iter().find(|file| file.ends_with("store.db")).unwrap();
    story.app.end();
    // Nobody, not even the administrator, writes a database into a folder of its name.
    std::fs::remove_file(&database).unwrap();
    std::fs::create_dir(&database).unwrap();
    let story = story.restarted().await;
    assert_eq!(story.host.notices(), ["Narthex may not write to its folder on this computer."]);
    story.until(|status| status.freshness == Freshness::Fresh).await;
    assert_eq!(story.people("").total, everybody);
}
