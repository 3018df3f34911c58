//! A church that changes while it is read, over real HTTP: in the end the store has what Planning Center has.

use std::collections::BTreeSet;
use std::time::Duration;

use app_core::products::people::views::ListPeopleRequest;
use app_core::views::Coverage;
use pco_emulator::{EmulatorConfig, Fault, FaultKind, Mutation, Role};

use crate::harness::{Story, fault};

/// A church of so many people, whose plans are not for the person at the program.
async fn church(people: u32) -> Story {
    let story = Story::with(EmulatorConfig { people: Some(people), ..EmulatorConfig::default() }).await;
    story.emulator.set_role(Role::NoServices);
    story
}

/// Everybody who is in the store.
fn stored(story: &Story) -> BTreeSet<String> {
    let page = |offset| {
        let request = ListPeopleRequest { search: String::new(), offset, limit: 200 };
        story.app.list_people(&request).unwrap()
    };
    let offsets = (0..page(0).total).step_by(200);
    offsets.flat_map(|offset| page(offset).items).map(|row| row.id).collect()
}

fn there(story: &Story) -> BTreeSet<String> {
    story.emulator.person_ids().into_iter().collect()
}

/// Lets this happen just before the request for people with this number is answered.
fn meanwhile(story: &Story, request: u32, change: Mutation) {
    story.emulator.add_fault(Fault {
        skip: request,
        times: Some(1),
        ..fault("/people/v2/people", FaultKind::Change { change })
    });
}

#[tokio::test]
async fn who_comes_and_goes_while_pages_are_under_way_ends_up_right() {
    let story = church(450).await;
    let ids = story.emulator.person_ids();
    let id = |place: usize| ids[place].clone();
    // Deleted behind and ahead of the pages that were read; added; renamed; merged.
    for (request, place) in [(2, 10), (3, 350), (4, 120), (6, 440), (7, 1)] {
        meanwhile(&story, request, Mutation::DeletePerson { person_id: id(place) });
    }
    for request in [2, 5, 8] {
        let (first_name, last_name) = ("Zenobia".to_owned(), "Quist".to_owned());
        meanwhile(&story, request, Mutation::AddPerson { first_name, last_name });
    }
    let (first_name, last_name) = ("Ozias".to_owned(), "Quist".to_owned());
    meanwhile(&story, 4, Mutation::RenamePerson { person_id: id(30), first_name, last_name });
    let merger = Mutation::MergePeople { keep_person_id: id(60), remove_person_id: id(300) };
    meanwhile(&story, 5, merger);

    story.sign_in().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    story.clock.advance(Duration::from_mins(10));
    story.app.refresh();
    story.until(|_| story.people("quist").total == 4 && stored(&story) == there(&story)).await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
}

#[tokio::test]
async fn after_a_restart_only_the_pages_that_were_under_way_are_read_again() {
    let story = church(1_950).await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::Slow { ms: 20 }));
    story.sign_in().await;
    story.until(|status| status.people > 1_400).await;
    let story = story.restarted().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    let asked = story.emulator.counters().paths["GET /people/v2/people"];
    // Twenty pages, those who changed last, what changed since, and eight that were under way.
    assert!(asked <= 20 + 1 + 1 + 8, "{asked} requests");
    assert_eq!(stored(&story), there(&story));
}

#[tokio::test]
async fn who_is_deleted_later_is_found_in_a_few_questions() {
    let story = church(450).await;
    story.sign_in().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    let gone = story.emulator.person_ids().remove(234);
    story.emulator.mutate(Mutation::DeletePerson { person_id: gone.clone() }).unwrap();
    let before = story.emulator.counters().paths["GET /people/v2/people"];
    story.clock.advance(Duration::from_mins(5));
    story.app.refresh();
    story.until(|_| !stored(&story).contains(&gone)).await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
    let asked = story.emulator.counters().paths["GET /people/v2/people"] - before;
    assert!(asked <= 1 + 4, "{asked} requests");
}

#[tokio::test]
async fn who_was_merged_is_gone_after_one_question_more() {
    let story = church(450).await;
    story.sign_in().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    let ids = story.emulator.person_ids();
    let (keep, gone) = (ids[60].clone(), ids[300].clone());
    story
        .emulator
        .mutate(Mutation::MergePeople { keep_person_id: keep, remove_person_id: gone.clone() })
        .unwrap();
    let before = story.emulator.counters().paths["GET /people/v2/people"];
    story.clock.advance(Duration::from_mins(5));
    story.app.refresh();
    story.until(|_| !stored(&story).contains(&gone) && story.people("").coverage == Coverage::Complete).await;
    let paths = story.emulator.counters().paths;
    assert_eq!(paths["GET /people/v2/people"] - before, 1, "what changed last tells how many there are, too");
    assert_eq!(paths["GET /people/v2/person_mergers"], 1);
    assert_eq!(stored(&story), there(&story));
}

#[tokio::test]
async fn more_changes_than_one_answer_holds_are_all_read() {
    let story = church(250).await;
    story.sign_in().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    for person_id in story.emulator.person_ids().into_iter().take(140) {
        let (first_name, last_name) = ("Ozias".to_owned(), "Quist".to_owned());
        story.emulator.mutate(Mutation::RenamePerson { person_id, first_name, last_name }).unwrap();
    }
    story.clock.advance(Duration::from_mins(5));
    story.app.refresh();
    story.until(|_| story.people("quist").total == 140).await;
    assert_eq!(story.people("").coverage, Coverage::Complete);

    // Planning Center's own clock is surely behind this.
    story.clock.advance(Duration::from_hours(24));
    story.refreshed().await;
    let before = story.emulator.counters().paths["GET /people/v2/people"];
    story.clock.advance(Duration::from_mins(10));
    story.refreshed().await;
    let asked = story.emulator.counters().paths["GET /people/v2/people"] - before;
    assert!(asked <= 2, "they were read long ago: {asked} requests");
}

/// As after an import, when nothing else happens until everybody is read again: Planning Center tells whole seconds.
#[tokio::test]
async fn whoever_came_in_the_last_second_stays_when_everybody_is_read_again() {
    let story = church(150).await;
    story.sign_in().await;
    story.until(|_| story.people("").coverage == Coverage::Complete).await;
    for number in 0..160 {
        let (first_name, last_name) = (format!("Zenobia {number}"), "Quist".to_owned());
        story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    }
    // Read long after they came, so that nobody is unsure of them.
    for hours in [24, 24, 8 * 24] {
        story.clock.advance(Duration::from_hours(hours));
        story.refreshed().await;
        assert_eq!(stored(&story), there(&story), "{hours} hours later");
        assert_eq!(story.people("").coverage, Coverage::Complete);
    }
}
