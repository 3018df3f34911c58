//! A second start beside a first that is open: it shows what is saved, and leaves the rest to the first.

use std::sync::Arc;

use app_core::error::ErrorCode;
use app_core::products::services::views::{GetPlanRequest, ListPlansRequest};
use app_core::session::views::{SessionView, StartSignInRequest};
use app_core::status::Freshness;
use app_core::testing::Mood;
use app_core::{App, LinkReception};
use pco_emulator::{Mutation, Rights};

use crate::harness::{Story, people, until};

#[tokio::test]
async fn a_second_window_shows_what_is_saved_and_takes_over_by_itself() {
    let story = Story::signed_in().await;
    let everybody = story.people("").total;
    let (kept, writes) = (story.secrets.items(), story.secrets.writes());
    let requests = story.emulator.counters().requests;

    let (second, host) = story.started_beside().await;
    let SessionView::SignedIn { needs_sign_in: false, notice: Some(notice), .. } = second.session_status()
    else {
        panic!("{:?}", second.session_status())
    };
    assert!(notice.message.starts_with("Narthex is already open on this computer"), "{notice:?}");
    assert_eq!(second.app_status().freshness, Freshness::OpenElsewhere);
    assert!(second.app_status().as_of.is_some());
    assert_eq!(people(&second, "").total, everybody);
    let plan_id = second.list_plans(&ListPlansRequest::default()).unwrap().next_plan_id.unwrap();
    second.get_plan(&GetPlanRequest { plan_id }).unwrap();
    second.refresh();
    let refused = [
        second.sign_out().await.map(drop).unwrap_err(),
        second.start_sign_in(StartSignInRequest { redirect: None }).await.map(drop).unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.code == ErrorCode::OpenElsewhere), "{refused:?}");
    assert_eq!(story.emulator.counters().requests, requests, "it asks nobody");
    assert_eq!((story.secrets.items(), story.secrets.writes()), (kept, writes), "and writes nothing");

    let newcomer = Mutation::AddPerson { first_name: "Zenobia".into(), last_name: "Quist".into() };
    story.emulator.mutate(newcomer).unwrap();
    story.refreshed().await;
    until(&second, &host, |_| people(&second, "zenobia").total == 1).await;

    story.app.end();
    until(&second, &host, |status| status.freshness == Freshness::Fresh).await;
    assert!(matches!(second.session_status(), SessionView::SignedIn { notice: None, .. }));
    assert!(!host.told_too_early());
    assert!(second.sign_out().await.unwrap().revoked);
}

#[tokio::test]
async fn a_second_window_sees_that_the_first_one_signed_out() {
    let story = Story::signed_in().await;
    let (second, host) = story.started_beside().await;
    story.app.sign_out().await.unwrap();
    until(&second, &host, |_| {
        matches!(second.session_status(), SessionView::SignedOut { can_sign_in: true, notice: None })
    })
    .await;
    assert_eq!(second.list_plans(&ListPlansRequest::default()).unwrap_err().code, ErrorCode::SignInRequired);
    assert!(story.files().is_empty(), "left on the disk: {:?}", story.files());
}

#[tokio::test]
async fn an_account_open_in_memory_stays_open_when_another_window_was_quicker_to_save_its_sign_in() {
    let (story, everybody) = open_in_memory().await;
    let other = story.somebody_else();
    story.emulator.grant(&other, Rights::ORGANIZATION_ADMINISTRATOR).unwrap();
    story.emulator.sign_in_as(&other).unwrap();
    story.allow_in_browser().await;
    let _second = signed_in_beside(&story).await;

    let refused = story.app.confirm_account().await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OpenElsewhere);
    assert_told_of_the_other_window(&story);
    assert_eq!(story.people("").total, everybody);
}

#[tokio::test]
async fn so_does_an_account_that_the_other_window_signed_in_as_well() {
    let (story, everybody) = open_in_memory().await;
    let link = story.begin().await;
    let _second = signed_in_beside(&story).await;

    let back = story.emulator.approve(&link).unwrap();
    assert_eq!(story.app.receive_link(back.as_str()).await, LinkReception::Ended);
    assert_told_of_the_other_window(&story);
    assert_eq!(story.people("").total, everybody);
}

/// A window that signed in while the keychain was locked, and how many people it shows. The keychain is open again.
async fn open_in_memory() -> (Story, u32) {
    let story = Story::new().await;
    story.secrets.set_mood(Mood::Locked);
    story.sign_in().await;
    story.settled().await;
    story.secrets.set_mood(Mood::Works);
    let everybody = story.people("").total;
    (story, everybody)
}

/// A second window that somebody has signed in to.
async fn signed_in_beside(story: &Story) -> Arc<App> {
    let (second, host) = story.started_beside().await;
    second.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    let back = story.emulator.approve(&host.record().links().pop().unwrap()).unwrap();
    second.receive_link(back.as_str()).await;
    second.confirm_account().await.unwrap();
    second
}

fn assert_told_of_the_other_window(story: &Story) {
    let SessionView::SignedIn { notice: Some(notice), .. } = story.app.session_status() else {
        panic!("{:?}", story.app.session_status())
    };
    assert!(notice.message.starts_with("Narthex is already open on this computer"), "{notice:?}");
}
