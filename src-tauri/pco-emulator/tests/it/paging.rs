//! What a walk by offset loses and repeats while the church changes: exactly what the real service's does.

use std::collections::BTreeSet;

use pco_emulator::{EmulatorConfig, Mutation};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::harness::{Story, config, ids};

const PAGE: usize = 7;

/// Something done between two pages.
#[derive(Clone, Debug)]
enum Change {
    Add,
    /// Any person, seen already or not.
    Delete(Index),
    /// A rename moves `updated_at`.
    Touch(Index),
}

/// What happens after each page but the last.
type Batches = Vec<Vec<Change>>;

fn batches(change: impl Strategy<Value = Change>) -> impl Strategy<Value = Batches> {
    prop::collection::vec(prop::collection::vec(change, 0..3), 0..6)
}

fn delete() -> impl Strategy<Value = Change> {
    any::<Index>().prop_map(Change::Delete)
}

fn add_or_touch() -> impl Strategy<Value = Change> {
    prop_oneof![Just(Change::Add), any::<Index>().prop_map(Change::Touch)]
}

struct Walk {
    /// The ids of all pages, in the order in which they came.
    seen: Vec<String>,
    /// What a list of rows and `skip(offset).take(per_page)` would have shown.
    expected: Vec<String>,
    last_page: usize,
    /// How many rows were deleted after they had been seen.
    seen_deletions: usize,
    /// Everybody there is after the walk.
    left: Vec<String>,
}

impl Walk {
    fn lost(&self) -> usize {
        self.left.iter().filter(|id| !self.seen.contains(id)).count()
    }

    fn repeated(&self) -> usize {
        self.seen.len() - self.seen.iter().collect::<BTreeSet<_>>().len()
    }
}

/// Walks all people while the changes happen, one batch after each page. The model is a plain list that is changed
/// alike: `OFFSET` counts rows as they stand at the moment of each request.
async fn walk(story: &Story, order: &str, batches: &[Vec<Change>]) -> Walk {
    let mut model = ids(&Value::from(story.walk(&format!("people/v2/people?{order}")).await));
    let newest_first = order.contains("-updated_at");
    let mut walk = Walk { seen: vec![], expected: vec![], last_page: 0, seen_deletions: 0, left: vec![] };
    let mut batches = batches.iter();
    let mut offset = Some(0);
    while let Some(skipped) = offset {
        let page = story.get(&format!("people/v2/people?{order}&per_page={PAGE}&offset={skipped}")).await;
        let shown = ids(&page["data"]);
        walk.last_page = shown.len();
        walk.seen.extend(shown);
        walk.expected.extend(model.iter().skip(skipped).take(PAGE).cloned());
        assert_eq!(page["meta"]["total_count"], model.len());
        offset = page["meta"]["next"]["offset"].as_u64().map(|next| usize::try_from(next).unwrap());
        for change in batches.next().into_iter().flatten().filter(|_| offset.is_some()) {
            let deleted = apply(story, &mut model, newest_first, change);
            walk.seen_deletions += usize::from(deleted.is_some_and(|id| walk.seen.contains(&id)));
        }
    }
    walk.left = model;
    walk
}

/// The answer is the id of the row that was deleted.
fn apply(story: &Story, model: &mut Vec<String>, newest_first: bool, change: &Change) -> Option<String> {
    let name = |first: &str| (first.to_owned(), "Later".to_owned());
    match change {
        Change::Add => {
            let (first_name, last_name) = name("Newcomer");
            let id = story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
            let place = if newest_first { 0 } else { model.len() };
            model.insert(place, id);
        }
        Change::Delete(place) => {
            // The one who is signed in stays, or nobody could go on reading.
            let place = place.index(model.len());
            if story.emulator.person_id("Ruth Adeyemi").as_ref() != Some(&model[place]) {
                let person_id = model.remove(place);
                return story.emulator.mutate(Mutation::DeletePerson { person_id }).ok();
            }
        }
        Change::Touch(place) => {
            let place = place.index(model.len());
            let (first_name, last_name) = name("Renamed");
            let person_id = model[place].clone();
            story.emulator.mutate(Mutation::RenamePerson { person_id, first_name, last_name }).unwrap();
            if newest_first {
                let id = model.remove(place);
                model.insert(0, id);
            }
        }
    }
    None
}

fn with_church<T>(act: impl AsyncFnOnce(Story) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let limit = "100000/20".parse().unwrap();
        act(Story::with(EmulatorConfig { people: Some(30), rate_limit: limit, ..config() }).await).await
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_walk_shows_what_offsets_into_a_changing_list_show(
        batches in batches(prop_oneof![delete(), add_or_touch()])
    ) {
        let walk = with_church(async |story| walk(&story, "order=created_at", &batches).await);
        prop_assert_eq!(walk.seen, walk.expected);
    }

    #[test]
    fn in_order_of_id_additions_and_renames_lose_and_repeat_nothing(batches in batches(add_or_touch())) {
        let walk = with_church(async |story| walk(&story, "", &batches).await);
        prop_assert_eq!((walk.lost(), walk.repeated()), (0, 0));
        prop_assert_eq!(walk.seen, walk.left);
    }

    #[test]
    fn in_order_of_id_each_deletion_of_a_seen_row_loses_exactly_one_other(batches in batches(delete())) {
        let walk = with_church(async |story| walk(&story, "", &batches).await);
        prop_assert_eq!(&walk.seen, &walk.expected);
        prop_assert_eq!(walk.repeated(), 0);
        if walk.last_page > 0 {
            prop_assert_eq!(walk.lost(), walk.seen_deletions);
        } else {
            prop_assert!(walk.lost() <= walk.seen_deletions);
        }
    }
}

#[tokio::test]
async fn a_row_deleted_before_the_offset_hides_one_and_one_deleted_after_it_hides_none() {
    for (deleted, lost) in [(3, 1), (20, 0)] {
        let story = Story::with(EmulatorConfig { people: Some(30), ..config() }).await;
        let all = ids(&story.get("people/v2/people?per_page=100").await["data"]);
        let first = ids(&story.get("people/v2/people?per_page=10").await["data"]);
        let person_id = all[deleted].clone();
        story.emulator.mutate(Mutation::DeletePerson { person_id }).unwrap();
        let rest = ids(&story.get("people/v2/people?per_page=100&offset=10").await["data"]);
        let seen: BTreeSet<_> = first.iter().chain(&rest).collect();
        let missed =
            all.iter().enumerate().filter(|(place, id)| *place != deleted && !seen.contains(id)).count();
        assert_eq!(missed, lost);
    }
}

#[tokio::test]
async fn newest_first_a_touched_row_jumps_over_the_offset_and_repeats_its_neighbour() {
    let story = Story::with(EmulatorConfig { people: Some(30), ..config() }).await;
    let order = "people/v2/people?order=-updated_at&per_page=10";
    let first = ids(&story.get(order).await["data"]);
    let second = ids(&story.get(&format!("{order}&offset=10")).await["data"]);
    let touched = second[3].clone();
    let rename = Mutation::RenamePerson {
        person_id: touched.clone(),
        first_name: "Ada".to_owned(),
        last_name: "Later".to_owned(),
    };
    story.emulator.mutate(rename).unwrap();
    let page = ids(&story.get(&format!("{order}&offset=10")).await["data"]);
    assert_eq!(page[0], first[9], "the last row of the page before comes again");
    assert!(!page.contains(&touched), "the touched row stands before the offset now");
}
