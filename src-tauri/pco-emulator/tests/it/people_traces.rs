//! What mergers and deletions of people leave behind.

use pco_emulator::Mutation;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Story, text};

#[tokio::test]
async fn a_merger_gives_what_was_known_to_the_one_who_stays() {
    let story = Story::begin().await;
    let keep = story.emulator.person_id("Jo Bell").unwrap();
    let remove = story.emulator.person_id("Sam Bell").unwrap();
    let note = json!({ "note": "Moved in.", "note_category_id": text(&story.get("people/v2/note_categories").await["data"][0]["id"]) });
    story.created(&format!("people/v2/people/{remove}/notes"), note).await;
    story
        .created(&format!("people/v2/people/{remove}/emails"), json!({ "address": "other@example.org" }))
        .await;
    let before = story.updated_at(&format!("people/v2/people/{keep}")).await;
    story
        .emulator
        .mutate(Mutation::MergePeople { keep_person_id: keep.clone(), remove_person_id: remove.clone() })
        .unwrap();
    assert_eq!(story.ask(&format!("people/v2/people/{remove}")).await.status(), StatusCode::NOT_FOUND);
    let merger = story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={remove}")).await;
    assert_eq!(merger["data"][0]["attributes"]["person_to_keep_id"].to_string(), keep);
    let emails = story.walk(&format!("people/v2/people/{keep}/emails")).await;
    assert!(emails.iter().any(|email| email["attributes"]["address"] == "other@example.org"));
    assert_eq!(emails.iter().filter(|email| email["attributes"]["primary"] == true).count(), 1);
    let notes = story.walk(&format!("people/v2/people/{keep}/notes")).await;
    assert!(notes.iter().any(|note| note["attributes"]["note"] == "Moved in."));
    assert!(story.updated_at(&format!("people/v2/people/{keep}")).await > before);
}

#[tokio::test]
async fn who_is_deleted_takes_everything_along_and_leaves_no_dangling_word() {
    let story = Story::begin().await;
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let heike = story.emulator.person_id("Heike Brandt").unwrap();
    story.emulator.sign_in_as(&heike).unwrap();
    story.deleted(&format!("people/v2/people/{ruth}")).await;
    for path in
        ["emails", "phone_numbers", "addresses", "field_data", "notes?include=created_by", "social_profiles"]
    {
        for record in story.walk(&format!("people/v2/{path}")).await {
            let person = &record["relationships"]["person"]["data"]["id"];
            assert_ne!(person, ruth.as_str(), "{path}");
        }
    }
    for path in [
        "lists?include=created_by,updated_by,people,rules.conditions",
        "workflows?include=steps",
        "households?include=people",
        "people?include=households",
    ] {
        assert!(!story.walk(&format!("people/v2/{path}")).await.is_empty(), "{path}");
    }
    for workflow in story.walk("people/v2/workflows").await {
        let cards = format!(
            "people/v2/workflows/{}/cards?include=assignee,current_step,person",
            text(&workflow["id"])
        );
        for card in story.walk(&cards).await {
            assert_ne!(card["relationships"]["assignee"]["data"]["id"], ruth.as_str());
        }
    }
}
