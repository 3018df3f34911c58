//! People: everybody arrives, is found by what a front desk types, and is shown with what the card promises.

use std::cell::RefCell;

use app_core::products::people::views::{ContactKind, GetPersonRequest};
use app_core::views::Coverage;
use pco_emulator::{Fault, FaultKind, Mutation, Role};

use crate::harness::{Story, fault};

#[tokio::test]
async fn everybody_arrives_and_the_count_agrees() {
    let story = Story::signed_in().await;
    let listing = story.people("");
    assert_eq!(listing.coverage, Coverage::Complete);
    assert_eq!(listing.total as usize, story.emulator.people_count());
    let names: Vec<_> = listing.items.iter().map(|row| row.name.as_str()).collect();
    assert!(names.iter().all(|name| !name.is_empty()));
    let status = story.app.app_status();
    assert_eq!(status.people, listing.total);
    assert_eq!(status.coverage, Coverage::Complete);
}

/// A first reading of people alone, whose pages behind the first hundred have this fault.
async fn walking_with(kind: FaultKind) -> Story {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoServices);
    story.emulator.add_fault(Fault { skip: 1, ..fault("/people/v2/people", kind) });
    story.sign_in().await;
    story
}

#[tokio::test]
async fn whoever_is_here_counts_as_read_while_everybody_is_read_for_the_first_time() {
    let story = walking_with(FaultKind::Slow { ms: 200 }).await;
    let told = RefCell::<Vec<_>>::default();
    story
        .until(|status| {
            let progress = status.progress.as_ref().filter(|progress| progress.label == "People");
            told.borrow_mut().extend(progress.map(|progress| (progress.done, progress.total)));
            status.people > 100 && progress.is_none()
        })
        .await;
    let told = told.into_inner();
    assert_eq!(told.first(), Some(&(100, Some(150))), "{told:?}");
    assert!(told.is_sorted(), "{told:?}");
}

#[tokio::test]
async fn the_last_four_digits_find_both_who_share_a_phone() {
    let story = Story::signed_in().await;
    let mut names: Vec<_> = story.people("0199").items.into_iter().map(|row| row.name).collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("Daniel Kim") && names[1].starts_with("Ji-woo Kim"), "{names:?}");
    let by_format = story.people("(555) 010-0199");
    assert_eq!(by_format.total, 2);
    assert!(
        by_format.items.iter().all(|row| row.line.starts_with("(555) 010-0199")),
        "the number that matched is shown"
    );
}

#[tokio::test]
async fn a_card_joins_contacts_household_teams_and_dates() {
    let story = Story::signed_in().await;
    let id = story.people("daniel kim").items[0].id.clone();
    let card = story.app.get_person(&GetPersonRequest { person_id: id }).unwrap();
    let phone = card.contacts.iter().find(|contact| contact.kind == ContactKind::Phone).unwrap();
    assert!(phone.href.as_deref().is_some_and(|href| href.starts_with("tel:")));
    assert!(card.contacts.iter().any(|contact| contact.kind == ContactKind::Email));
    assert!(
        card.households
            .iter()
            .any(|household| household.members.iter().any(|row| row.name.starts_with("Ji-woo")))
    );
    assert!(card.teams.iter().any(|team| team.name == "Band"), "{:?}", card.teams);
    assert!(!card.serving.is_empty());
    assert!(card.missing.is_empty(), "{:?}", card.missing);
}

/// Neither person's own record says when somebody moves.
#[tokio::test]
async fn who_moves_to_another_household_is_found_there_and_no_longer_where_they_were() {
    let story = Story::signed_in().await;
    let card = |id: &str| story.app.get_person(&GetPersonRequest { person_id: id.to_owned() }).unwrap();
    let homes = |id: &str| card(id).households.into_iter().map(|home| home.name).collect::<Vec<_>>();
    let person_id = story.people("daniel kim").items[0].id.clone();
    assert_eq!(homes(&person_id), ["Kim Household"]);
    // A day in which nothing happens, so that what changed last was read long after.
    story.clock.advance(std::time::Duration::from_hours(24));
    story.refreshed().await;
    story.refreshed().await;
    let mut found = story.people("thompson household").items.into_iter().map(|row| row.id);
    let other = found.find(|id| homes(id).iter().any(|home| home == "Thompson Household")).unwrap();
    let left = story.people("ji-woo kim").items[0].id.clone();
    let household_id = story.emulator.household_id("Thompson Household").unwrap();
    story.emulator.mutate(Mutation::MovePerson { person_id: person_id.clone(), household_id }).unwrap();
    story.refreshed().await;
    assert_eq!(homes(&person_id), ["Thompson Household"]);
    let shares_a_home = |id: &str| {
        card(id).households.iter().flat_map(|home| &home.members).any(|member| member.id == person_id)
    };
    assert!(shares_a_home(&other) && !shares_a_home(&left));
    assert!(story.people("thompson household").items.iter().any(|row| row.id == person_id));
}

#[tokio::test]
async fn a_stranger_is_not_found_and_an_endless_search_is_refused() {
    let story = Story::signed_in().await;
    let error = story.app.get_person(&GetPersonRequest { person_id: "0".into() }).unwrap_err();
    assert_eq!(error.code, app_core::error::ErrorCode::NotFound);
    let request = app_core::products::people::views::ListPeopleRequest {
        search: "x".repeat(5000),
        offset: 0,
        limit: 50,
    };
    assert_eq!(story.app.list_people(&request).unwrap_err().code, app_core::error::ErrorCode::InvalidInput);
    let beyond = app_core::products::people::views::ListPeopleRequest {
        search: String::new(),
        offset: u32::MAX,
        limit: 0,
    };
    assert!(story.app.list_people(&beyond).unwrap().items.is_empty());
}

#[tokio::test]
async fn what_changed_in_planning_center_is_there_after_a_refresh() {
    let story = Story::signed_in().await;
    let (before, gone) = (story.people("").total, story.people("0199").items[0].id.clone());
    story.emulator.mutate(Mutation::DeletePerson { person_id: gone.clone() }).unwrap();
    story
        .emulator
        .mutate(Mutation::AddPerson { first_name: "Zenobia".into(), last_name: "Quist".into() })
        .unwrap();
    story
        .emulator
        .mutate(Mutation::AddPerson { first_name: "Ozias".into(), last_name: "Quist".into() })
        .unwrap();
    story.clock.advance(std::time::Duration::from_mins(30));
    story.refreshed().await;
    assert_eq!(story.people("").total, before + 1);
    assert_eq!(story.people("quist").total, 2);
    assert!(story.people("0199").items.iter().all(|row| row.id != gone));
}

#[tokio::test]
async fn a_walk_that_breaks_off_goes_on_where_it_was() {
    let story = Story::new().await;
    // Those who changed last come first, and then the walk's first page fails for as long as the client tries.
    story.emulator.add_fault(Fault {
        skip: 1,
        times: Some(3),
        ..fault("/people/v2/people", FaultKind::Status { status: 500 })
    });
    story.sign_in().await;
    story.until(|status| status.freshness == app_core::status::Freshness::ServiceDown).await;
    let partial = story.people("");
    assert!(matches!(partial.coverage, Coverage::Partial { loaded: 100, .. }), "{:?}", partial.coverage);
    assert_eq!(partial.total, 100, "what came is shown");
    let before = story.emulator.counters().paths["GET /people/v2/people"];
    story.refreshed().await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
    let after = story.emulator.counters().paths["GET /people/v2/people"];
    assert_eq!(after - before, 2 + 1, "the walk's two pages, and what changed last with how many there are");
}

#[tokio::test]
async fn a_count_that_does_not_agree_is_told_and_removes_nobody() {
    let story = Story::signed_in().await;
    let everybody = story.people("").total;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::TotalCount { n: 10_000 }));
    story.clock.advance(std::time::Duration::from_mins(30));
    story.refreshed().await;
    let listing = story.people("");
    assert!(
        matches!(listing.coverage, Coverage::Partial { total: Some(10_000), .. }),
        "{:?}",
        listing.coverage
    );
    assert_eq!(listing.total, everybody);
}

#[tokio::test]
async fn a_count_that_never_agrees_has_nobody_read_again_and_again() {
    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::TotalCount { n: 10_000 }));
    let asked = || story.emulator.counters().paths["GET /people/v2/people"];
    for round in 0..8 {
        let before = asked();
        story.clock.advance(std::time::Duration::from_mins(6));
        story.refreshed().await;
        // What changed last, and two questions about the count.
        assert_eq!(asked() - before, 3, "round {round}");
    }
    let (first_name, last_name) = ("Zenobia".to_owned(), "Quist".to_owned());
    story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    story.clock.advance(std::time::Duration::from_hours(1));
    story.refreshed().await;
    story.refreshed().await;
    assert_eq!(story.people("quist").total, 1, "what is new is found all the same");
}

#[tokio::test]
async fn a_list_that_does_not_hold_still_is_told_by_its_own_count() {
    // Those who changed last tell how many there are; the pages of the walk contradict themselves.
    let story = walking_with(FaultKind::TotalCount { n: 7 }).await;
    story.settled().await;
    let coverage = story.people("").coverage;
    assert!(matches!(coverage, Coverage::Partial { loaded: 150, total: Some(150), .. }), "{coverage:?}");
}

#[tokio::test]
async fn records_of_another_shape_cost_nobody_else_their_place() {
    let story = Story::new().await;
    // Whoever has a nickname, on the walk's first page.
    let renamed = FaultKind::RenamedAttribute { from: "nickname".into(), to: "child".into() };
    story.emulator.add_fault(Fault { skip: 1, times: Some(1), ..fault("/people/v2/people", renamed) });
    story.sign_in().await;
    story.settled().await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
    let missing = |person_id: String| story.app.get_person(&GetPersonRequest { person_id }).unwrap().missing;
    let told = "What Planning Center last told of this person could not be read.";
    let strange = story.people("").items.into_iter().filter(|row| missing(row.id.clone()) == [told]).count();
    assert!((1..100).contains(&strange), "{strange} of 150");
}

/// Neither the first reading's pages nor what changed since then would tell of it.
#[tokio::test]
async fn who_moves_while_everybody_is_read_for_the_first_time_is_asked_for_afterwards() {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoServices);
    story.emulator.add_fault(Fault {
        skip: 1,
        times: Some(3),
        ..fault("/people/v2/people", FaultKind::Status { status: 500 })
    });
    story.sign_in().await;
    story.until(|status| status.freshness == app_core::status::Freshness::ServiceDown).await;
    let until = |part: &str| story.store().read(|reader| Ok(reader.part(part)?.changed_until)).unwrap();
    let begun = until("people");
    assert!(begun.is_some());
    let (first_name, last_name) = ("Zenobia".to_owned(), "Quist".to_owned());
    story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    story.refreshed().await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
    assert!(until("people") > begun);
    assert_eq!(until("people.households"), begun);
}

#[tokio::test]
async fn forbidden_attributes_are_never_asked_for_nor_kept() {
    // A strict emulator answers a request that names one of them with 400, and every one carries a canary.
    let story = Story::signed_in().await;
    for row in story.people("").items {
        let card = story.app.get_person(&GetPersonRequest { person_id: row.id }).unwrap();
        assert!(!serde_json::to_string(&card).unwrap().contains("CNRY"));
    }
}

#[tokio::test]
async fn somebody_deleted_during_a_walk_costs_nobody_else_their_place() {
    let story = Story::signed_in().await;
    // The walk stops after its first page; meanwhile one of that page is deleted, and everybody behind moves up.
    story.clock.advance(std::time::Duration::from_hours(8 * 24));
    story.emulator.add_fault(Fault {
        skip: 2,
        times: Some(3),
        ..fault("/people/v2/people", FaultKind::Status { status: 500 })
    });
    story.refreshed().await;
    let mut ids = story.emulator.person_ids();
    // Not the first: that is who signed in, and without them nothing is answered any more.
    let gone = ids.remove(1);
    story.emulator.mutate(Mutation::DeletePerson { person_id: gone.clone() }).unwrap();
    story.refreshed().await;
    let seen: Vec<_> = story.people("").items.into_iter().map(|row| row.id).collect();
    for id in &ids {
        assert!(seen.contains(id), "{id} was lost though nobody deleted them");
    }
    let listing = story.people("");
    assert_eq!(listing.coverage, Coverage::Complete);
    assert!(listing.items.iter().all(|row| row.id != gone) && listing.total as usize == ids.len());
}

#[tokio::test]
async fn who_came_last_stays_though_the_network_fails_right_after_everybody_was_read_again() {
    let story = Story::signed_in().await;
    let (first_name, last_name) = ("Zenobia".to_owned(), "Quist".to_owned());
    story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    story.refreshed().await;
    assert_eq!(story.people("quist").total, 1);
    // A week later everybody is read again: who changed last, two pages, and then nobody answers.
    story.clock.advance(std::time::Duration::from_hours(8 * 24));
    story
        .emulator
        .add_fault(Fault { skip: 3, ..fault("/people/v2/people", FaultKind::Status { status: 500 }) });
    story.refreshed().await;
    assert_eq!(story.people("quist").total, 1);
    story.emulator.clear_faults();
    let gone = story.people("quist").items.remove(0).id;
    story.emulator.mutate(Mutation::DeletePerson { person_id: gone }).unwrap();
    story.refreshed().await;
    assert_eq!((story.people("quist").total, story.people("").coverage), (0, Coverage::Complete));
}

#[tokio::test]
async fn pages_without_content_or_sense_remove_nobody() {
    let story = Story::new().await;
    story.emulator.set_role(Role::NoServices);
    story.sign_in().await;
    story.settled().await;
    let everybody = story.people("").total;
    let nobody = r#"{"links":{},"data":[],"included":[],"meta":{"total_count":0,"count":0}}"#;
    for kind in [
        FaultKind::EmptyPage,
        FaultKind::NullAttributes,
        FaultKind::TotalCount { n: 0 },
        FaultKind::Body { status: 200, text: nobody.to_owned() },
        FaultKind::NextIsSelf,
        FaultKind::ShiftedRows { rows: 1 },
        FaultKind::WrongTypes,
    ] {
        story.emulator.add_fault(fault("/people/v2/people", kind.clone()));
        // Once for what changed, and once for all of it.
        for days in [1, 8] {
            story.clock.advance(std::time::Duration::from_hours(24 * days));
            story.refreshed().await;
            assert_eq!(story.people("").total, everybody, "{kind:?}");
        }
        story.emulator.clear_faults();
    }
}
