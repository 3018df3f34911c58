//! What the network and the rights can do to a screen: change its line, never its rows.

use std::time::Duration;

use app_core::error::ErrorCode;
use app_core::products::people::views::{GetPersonRequest, ListPeopleRequest};
use app_core::products::services::views::{GetPlanRequest, ListPlansRequest};
use app_core::search::views::{SearchKind, SearchRequest, SearchScope, SearchView};
use app_core::status::Freshness;
use app_core::views::Coverage;
use pco_emulator::{Fault, FaultKind, Role};

use crate::harness::{Story, another_round, fault, key_of, until};

#[tokio::test]
async fn no_service_in_any_way_empties_no_list() {
    changes_only_the_line(
        "/",
        [
            (FaultKind::Status { status: 503 }, Freshness::ServiceDown),
            (FaultKind::Reset, Freshness::Offline),
            (FaultKind::Truncate, Freshness::Offline),
        ],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_kept_of_what_a_network_answers_in_planning_centers_place() {
    let hotel = "http://10.0.0.1/hotel".to_owned();
    changes_only_the_line(
        "/",
        [
            (FaultKind::Html200, Freshness::NetworkSignIn),
            (FaultKind::Redirect { status: 302, location: hotel }, Freshness::NetworkSignIn),
            (FaultKind::Status { status: 511 }, Freshness::NetworkSignIn),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_answer_without_sense_or_end_is_told_as_such_and_empties_no_list() {
    changes_only_the_line(
        "/",
        [
            (
                FaultKind::Body { status: 200, text: "{\"data\":[{\"type\":1}]}".into() },
                Freshness::Unreadable,
            ),
            (FaultKind::Deep { levels: 10_000 }, Freshness::Unreadable),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_unpacks_to_a_flood_is_told_as_such_and_empties_no_list() {
    let flood = FaultKind::GzipBomb { bytes: 5 * 1024 * 1024 };
    changes_only_the_line("/people/v2/people", [(flood, Freshness::Unreadable)]).await;
}

#[tokio::test]
async fn what_could_not_be_read_is_told_until_it_was_read() {
    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::WrongTypes));
    assert_eq!(story.refreshed().await.freshness, Freshness::Unreadable);
    // A round that has nothing to ask makes nothing better.
    assert_eq!(another_round(&story.app, &story.host).await.freshness, Freshness::Unreadable);
    story.emulator.clear_faults();
    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh);
}

/// Errors in place of everybody, and of nothing else.
#[tokio::test]
async fn one_product_that_is_down_keeps_nobody_from_seeing_the_other() {
    let story = Story::new().await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::Status { status: 500 }));
    story.sign_in().await;
    let status = story.until(|status| status.freshness == Freshness::ServiceDown).await;
    assert_eq!((status.people, story.plans().coverage), (0, Coverage::Complete));
    story.emulator.clear_faults();
    story.app.refresh();
    story.until(|status| status.coverage == Coverage::Complete).await;
}

async fn changes_only_the_line<const N: usize>(below: &str, troubles: [(FaultKind, Freshness); N]) {
    for (kind, freshness) in troubles {
        let story = Story::signed_in().await;
        let (people, plans) = (story.people("").total, story.plans().total);
        story.emulator.add_fault(fault(below, kind.clone()));
        story.clock.advance(std::time::Duration::from_mins(70));
        let status = story.refreshed().await;
        assert_eq!(status.freshness, freshness, "{kind:?}");
        assert_eq!((story.people("").total, story.plans().total), (people, plans), "{kind:?}");
        story.emulator.clear_faults();
        assert_eq!(story.refreshed().await.freshness, Freshness::Fresh, "{kind:?}");
    }
}

/// Days without any answer. What is stored stays, and nobody sees it until Planning Center has spoken.
#[tokio::test]
async fn thirty_days_without_contact_lock_what_is_stored_and_the_next_contact_unlocks_it() {
    let story = Story::signed_in().await;
    let people = story.people("").total;
    story.emulator.add_fault(fault("/", FaultKind::Reset));
    story.clock.advance(Duration::from_hours(30 * 24 - 1));
    assert_eq!(story.people("").total, people, "not yet");
    story.clock.advance(Duration::from_hours(2));
    let request = ListPeopleRequest { search: String::new(), offset: 0, limit: 200 };
    let locked = story.app.list_people(&request).unwrap_err();
    assert_eq!(locked.code, ErrorCode::Locked);
    assert_eq!(story.app.list_plans(&ListPlansRequest::default()).unwrap_err().code, ErrorCode::Locked);
    assert_eq!(story.app.app_status().people, people, "nothing is deleted");
    assert!(story.app.first_view().plans.is_none());
    // Over a new start it stays so.
    let story = story.restarted().await;
    assert_eq!(story.app.list_plans(&ListPlansRequest::default()).unwrap_err().code, ErrorCode::Locked);
    story.emulator.clear_faults();
    story.app.refresh();
    story.until(|_| story.app.list_people(&request).is_ok()).await;
    assert_eq!(story.people("").total, people);
}

/// By whatever way it is asked for: the palette, a song's plans, a team's people, a card, a plan, a photo that is saved.
#[tokio::test]
async fn nothing_of_anybody_can_be_read_while_it_is_locked() {
    let story = Story::signed_in().await;
    let row = story.people("").items.into_iter().rfind(|row| row.face.photo.is_some()).unwrap();
    let photo = key_of(&row);
    let person = GetPersonRequest { person_id: row.id.clone() };
    let plan = GetPlanRequest { plan_id: story.plans().next_plan_id.unwrap() };
    let searches = searches(&story, &row.name);
    assert!(story.app.photo(&photo).await.is_some(), "it is saved now");

    story.emulator.add_fault(fault("/", FaultKind::Reset));
    story.clock.advance(Duration::from_hours(31 * 24));
    let story = story.restarted().await;
    for search in &searches {
        assert_eq!(story.app.search(search).unwrap_err().code, ErrorCode::Locked, "{search:?}");
    }
    assert_eq!(story.app.get_person(&person).unwrap_err().code, ErrorCode::Locked);
    assert_eq!(story.app.get_plan(&plan).unwrap_err().code, ErrorCode::Locked);
    assert_eq!(story.app.photo(&photo).await, None);
    let first = story.app.first_view();
    assert_eq!((first.plans, first.plan), (None, None));

    story.emulator.clear_faults();
    story.app.refresh();
    story.until(|_| story.app.get_person(&person).is_ok()).await;
    assert!(
        searches.iter().all(|search| story.app.search(search).is_ok_and(|found| finds_something(&found)))
    );
    assert!(story.app.get_plan(&plan).is_ok() && story.app.photo(&photo).await.is_some());
}

/// Searches of every kind, each of which finds something.
fn searches(story: &Story, name: &str) -> Vec<SearchRequest> {
    let words = |search: &str, within| SearchRequest { search: search.to_owned(), within };
    let scope = |kind, typed| {
        let found = story.app.search(&words(typed, None)).unwrap();
        let group = found.groups.into_iter().find(|group| group.kind == kind).unwrap();
        Some(SearchScope { kind, id: group.hits[0].id.clone() })
    };
    let (song, team) = (scope(SearchKind::Song, "amazing"), scope(SearchKind::Team, "band"));
    let searches = [words(name, None), words("", None), words("", song), words("", team)];
    for search in &searches {
        assert!(finds_something(&story.app.search(search).unwrap()), "{search:?}");
    }
    searches.into()
}

fn finds_something(found: &SearchView) -> bool {
    found.groups.iter().any(|group| !group.hits.is_empty())
}

#[tokio::test]
async fn what_was_read_in_part_is_locked_as_well() {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoServices);
    story.emulator.add_fault(Fault { skip: 1, ..fault("/people/v2/people", FaultKind::Reset) });
    story.sign_in().await;
    story.until(|status| status.people > 0 && status.freshness == Freshness::Offline).await;
    let request = ListPeopleRequest { search: String::new(), offset: 0, limit: 200 };
    assert_eq!(story.app.list_people(&request).unwrap().total, 100);
    story.clock.advance(Duration::from_hours(31 * 24));
    assert_eq!(story.app.list_people(&request).unwrap_err().code, ErrorCode::Locked);
    story.emulator.clear_faults();
    story.app.refresh();
    story.until(|_| story.app.list_people(&request).is_ok()).await;
}

#[tokio::test]
async fn no_right_to_services_is_told_and_people_still_work() {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoServices);
    story.sign_in().await;
    story.until(|status| status.people > 100 && status.progress.is_none()).await;
    let plans = story.plans();
    let Coverage::NoRight { right, hint } = plans.coverage else { panic!("{:?}", plans.coverage) };
    assert!(right.contains("Services") && hint.contains("Services"));
    let whole = story.app.app_status().coverage;
    assert!(matches!(whole, Coverage::NoRight { .. }), "no plans is not complete: {whole:?}");
    assert_eq!(story.emulator.counters().refreshes, 0, "a missing right is no expired token");
}

#[tokio::test]
async fn no_right_to_people_is_told_and_the_schedule_still_works() {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoPeople);
    story.sign_in().await;
    story.until(|status| status.plans > 0 && status.progress.is_none()).await;
    assert!(matches!(story.people("").coverage, Coverage::NoRight { .. }));
    assert!(story.plans().total > 0);
}

#[tokio::test]
async fn a_right_that_is_taken_away_takes_its_rows_along() {
    let story = Story::signed_in().await;
    story.emulator.set_role(Role::NoServices);
    story.refreshed().await;
    assert_eq!(story.plans().total, 0);
    assert!(matches!(story.plans().coverage, Coverage::NoRight { .. }));
    assert!(story.people("").total > 100);
}

#[tokio::test]
async fn a_start_without_a_network_says_so_though_everything_is_recent() {
    let remains = Story::signed_in().await.end();
    let (app, host) = remains.start().await;
    assert_ne!(app.app_status().freshness, Freshness::Fresh, "nothing has answered yet");
    until(&app, &host, |status| status.freshness == Freshness::Offline).await;
}

#[tokio::test]
async fn offline_is_told_until_something_has_answered_even_while_nothing_is_due() {
    let remains = Story::signed_in().await.end();
    let (app, host) = remains.start().await;
    until(&app, &host, |status| status.freshness == Freshness::Offline).await;
    for _ in 0..3 {
        assert_eq!(another_round(&app, &host).await.freshness, Freshness::Offline);
    }

    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/", FaultKind::Reset));
    assert_eq!(story.refreshed().await.freshness, Freshness::Offline);
    assert_eq!(another_round(&story.app, &story.host).await.freshness, Freshness::Offline);
    story.emulator.clear_faults();
    assert_eq!(another_round(&story.app, &story.host).await.freshness, Freshness::Fresh);
}

#[tokio::test]
async fn half_a_church_is_never_called_up_to_date() {
    let story = Story::new().await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::Slow { ms: 1_500 }));
    story.sign_in().await;
    // This Sunday is there, and people are still to come.
    let status = story.until(|status| status.plans > 0 && status.people < 150).await;
    assert_eq!(status.freshness, Freshness::Loading);
    assert_ne!(status.coverage, Coverage::Complete);
    story.emulator.clear_faults();
    assert_eq!(story.settled().await.freshness, Freshness::Fresh);
}
