//! The whole graph by its own links: whatever a document links to answers, before and after people are gone.

use std::collections::{BTreeSet, VecDeque};

use pco_emulator::{EmulatorConfig, Mutation};
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Story, config, text};

/// A place to look at: whose edge it is, and its address.
struct Place {
    parent_type: String,
    edge: String,
    address: String,
}

fn edges(record: &Value) -> Vec<Place> {
    let links = record["links"].as_object().unwrap();
    let leading = links.iter().filter(|(name, address)| *name != "self" && address.is_string());
    leading
        .map(|(edge, address)| Place {
            parent_type: text(&record["type"]),
            edge: edge.clone(),
            address: text(address),
        })
        .collect()
}

async fn fetch(story: &Story, address: &str) -> Value {
    let response = story.client.get(address).bearer_auth(&story.access_token).send().await;
    let response = response.unwrap_or_else(|error| panic!("{address}: {error}"));
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    response.json().await.unwrap()
}

/// The address with everything included that it offers.
fn with_includes(address: &str, document: &Value) -> String {
    let names = document["meta"]["can_include"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    format!("{address}?per_page=100&include={}", names.join(","))
}

/// Follows every edge of every type once, from the product's root. The answer tells how many edges there were.
async fn follow_everything(story: &Story, product: &str) -> usize {
    let root = fetch(story, story.address(product).as_str()).await;
    let mut waiting = VecDeque::from(edges(&root["data"]));
    let mut seen = BTreeSet::new();
    while let Some(place) = waiting.pop_front() {
        // It wants a service type, which the link does not name.
        if place.edge == "last_scheduled_item" || !seen.insert((place.parent_type, place.edge)) {
            continue;
        }
        let document = fetch(story, &place.address).await;
        let document = fetch(story, &with_includes(&place.address, &document)).await;
        let records = match &document["data"] {
            Value::Array(records) => records.iter().take(1).chain(records.last()).collect(),
            // A record reached over an edge to one may be linked from elsewhere.
            single => vec![single],
        };
        for record in records {
            let itself = text(&record["links"]["self"]);
            // One names an address that does not answer, the others that of what they are about.
            let elsewhere = ["Organization", "ScheduledPerson", "SignupSheetMetadata"];
            if elsewhere.contains(&record["type"].as_str().unwrap()) {
                continue;
            }
            let single = fetch(story, &itself).await;
            assert_eq!(single["data"]["id"], record["id"], "{} at {itself}", record["type"]);
            assert_eq!(single["data"]["type"], record["type"], "{itself}");
            fetch(story, &with_includes(&itself, &single)).await;
            waiting.extend(edges(&single["data"]));
        }
    }
    seen.len()
}

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: "1000000/20".parse().unwrap(), ..config() }
}

async fn with_a_third_of_the_church_gone() -> Story {
    let story = Story::with(patient()).await;
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let others: Vec<String> = story.emulator.person_ids().into_iter().filter(|id| *id != ruth).collect();
    for (place, person_id) in others.into_iter().enumerate() {
        let (keep_person_id, remove_person_id) = (ruth.clone(), person_id.clone());
        match place % 6 {
            0 => story.emulator.mutate(Mutation::DeletePerson { person_id }).map(|_| ()).unwrap(),
            3 => {
                let merge = Mutation::MergePeople { keep_person_id, remove_person_id };
                story.emulator.mutate(merge).map(|_| ()).unwrap();
            }
            _ => {}
        }
    }
    story
}

#[tokio::test]
async fn every_link_of_every_people_type_answers() {
    assert!(follow_everything(&Story::with(patient()).await, "people/v2").await > 10);
}

#[tokio::test]
async fn every_link_of_every_services_type_answers() {
    assert!(follow_everything(&Story::with(patient()).await, "services/v2").await > 10);
}

#[tokio::test]
async fn every_people_link_still_answers_after_a_third_of_the_church_is_gone() {
    assert!(follow_everything(&with_a_third_of_the_church_gone().await, "people/v2").await > 10);
}

#[tokio::test]
async fn every_services_link_still_answers_after_a_third_of_the_church_is_gone() {
    assert!(follow_everything(&with_a_third_of_the_church_gone().await, "services/v2").await > 10);
}
