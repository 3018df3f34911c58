//! Photos of people: fetched for whoever looks, kept encrypted with everything else, and gone with it.

use std::sync::Arc;

use app_core::App;
use app_core::products::people::views::PersonRow;
use app_core::store::Record;
use pco_emulator::{FaultKind, Mutation, Role};
use serde::{Deserialize, Serialize};

use crate::harness::{Remains, Story, fault, key_of, people};

const NOBODY: [String; 0] = [];

/// Somebody with a photo, and the key under which the page asks for it.
fn somebody(story: &Story) -> (PersonRow, String) {
    // Not the first one, who has signed in.
    let row = story.people("").items.into_iter().rfind(|row| row.face.photo.is_some()).unwrap();
    let key = key_of(&row);
    (row, key)
}

/// How many photos were asked for over the wire.
fn fetched(story: &Story) -> u64 {
    story.emulator.counters().paths.get("GET /_avatars/{picture}").copied().unwrap_or_default()
}

/// A photo as it is saved, as far as it matters here.
#[derive(Serialize, Deserialize)]
struct SavedPhoto {
    person_id: String,
}

impl Record for SavedPhoto {
    const KIND: &'static str = "photo";

    fn id(&self) -> &str {
        &self.person_id
    }
}

/// Whose photos are saved.
fn saved(story: &Story) -> Vec<String> {
    let ids = |photos: Vec<SavedPhoto>| photos.into_iter().map(|photo| photo.person_id).collect();
    story.store().read(|reader| reader.all().map(ids)).unwrap()
}

fn is_jpeg(photo: Option<Vec<u8>>) -> bool {
    photo.is_some_and(|bytes| bytes.starts_with(b"\xff\xd8"))
}

#[tokio::test]
async fn a_photo_is_fetched_when_somebody_looks_and_once() {
    let story = Story::signed_in().await;
    let rows = story.people("").items;
    let with_photo = rows.iter().filter(|row| row.face.photo.is_some()).count();
    assert!((1..rows.len()).contains(&with_photo), "some have one, and some have initials");
    let (_, key) = somebody(&story);
    let before = fetched(&story);
    assert_eq!(before, 1, "only that of whoever has signed in: nothing is fetched ahead");
    assert!(is_jpeg(story.app.photo(&key).await));
    assert!(is_jpeg(story.app.photo(&key).await));
    assert_eq!(fetched(&story) - before, 1);
    // And it is there without a server, after a new start.
    let remains: Remains = story.end();
    let (app, _host) = remains.start().await;
    assert!(is_jpeg(app.photo(&key).await));
}

#[tokio::test]
async fn a_photo_that_does_not_come_leaves_the_initials_and_is_not_asked_for_at_once_again() {
    let story = Story::signed_in().await;
    let (row, key) = somebody(&story);
    assert!(!row.face.initials.is_empty());
    for kind in [FaultKind::Html200, FaultKind::Status { status: 503 }] {
        story.emulator.add_fault(fault("/_avatars/", kind));
        let before = story.emulator.counters().requests;
        assert!(story.app.photo(&key).await.is_none());
        assert!(story.app.photo(&key).await.is_none());
        assert_eq!(story.emulator.counters().requests - before, 1);
        story.emulator.clear_faults();
        story.clock.advance(std::time::Duration::from_mins(2));
    }
    assert!(is_jpeg(story.app.photo(&key).await));
    assert_eq!(story.people("").total as usize, story.emulator.person_ids().len());
}

#[tokio::test]
async fn the_photo_of_nobody_and_of_nobody_any_more_is_not_shown() {
    let story = Story::signed_in().await;
    let (row, key) = somebody(&story);
    assert!(is_jpeg(story.app.photo(&key).await));
    for stranger in ["person/1/0", "person//", "person/", "person/../../etc/passwd", ""] {
        assert!(story.app.photo(stranger).await.is_none(), "{stranger}");
    }
    assert_eq!(saved(&story), std::slice::from_ref(&row.id));
    story.emulator.mutate(Mutation::DeletePerson { person_id: row.id.clone() }).unwrap();
    story.clock.advance(std::time::Duration::from_mins(10));
    story.app.refresh();
    story.until(|_| gone(&story.app, &row)).await;
    assert!(story.app.photo(&key).await.is_none());
    assert_eq!(saved(&story), NOBODY);
}

#[tokio::test]
async fn a_photo_goes_with_the_person_who_was_merged_into_another() {
    let story = Story::signed_in().await;
    let (row, key) = somebody(&story);
    assert!(is_jpeg(story.app.photo(&key).await));
    let keep_person_id = story.somebody_else();
    assert_ne!(keep_person_id, row.id);
    let merger = Mutation::MergePeople { keep_person_id, remove_person_id: row.id.clone() };
    story.emulator.mutate(merger).unwrap();
    story.refreshed().await;
    assert!(gone(&story.app, &row));
    assert_eq!(saved(&story), NOBODY);
}

#[tokio::test]
async fn a_key_finds_the_photo_that_it_was_made_for_and_no_other_of_the_same_id() {
    let story = Story::signed_in().await;
    let (row, key) = somebody(&story);
    // As a row of another church has it, whose person has the same id.
    let other = format!("person/{}/0", row.id);
    assert!(story.app.photo(&other).await.is_none());
    assert!(is_jpeg(story.app.photo(&key).await));
    assert!(story.app.photo(&other).await.is_none());
}

fn gone(app: &Arc<App>, row: &PersonRow) -> bool {
    people(app, "").items.iter().all(|other| other.id != row.id)
}

#[tokio::test]
async fn photos_go_with_the_right_to_see_people() {
    let story = Story::signed_in().await;
    let (_, key) = somebody(&story);
    assert!(is_jpeg(story.app.photo(&key).await));
    story.emulator.set_role(Role::NoPeople);
    story.refreshed().await;
    assert_eq!(story.people("").total, 0);
    assert!(story.app.photo(&key).await.is_none());
    assert_eq!(saved(&story), NOBODY);
}
