//! What bites clients of Planning Center, each quirk by name. The emulator must bite as well.

use std::collections::HashMap;

use pco_emulator::Mutation;
use serde_json::Value;

use crate::harness::{Story, ids, text};

#[tokio::test]
async fn null_and_missing_both_occur() {
    let story = Story::begin().await;
    let people = story.walk("people/v2/people").await;
    assert!(people.iter().any(|person| person["attributes"].get("nickname") == Some(&Value::Null)));
    assert!(people.iter().all(|person| person["attributes"].get("stripe_customer_identifier").is_none()));
}

#[tokio::test]
async fn a_record_added_behind_a_walk_is_found_by_it() {
    let story = Story::begin().await;
    let first = ids(&story.get("people/v2/people?per_page=100").await["data"]);
    let (first_name, last_name) = ("Newly".to_owned(), "Come".to_owned());
    let added = story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    let rest = ids(&story.get("people/v2/people?per_page=100&offset=100").await["data"]);
    assert!(rest.contains(&added));
    assert_eq!(first.len() + rest.len(), story.emulator.people_count());
}

#[tokio::test]
async fn a_record_deleted_during_a_walk_makes_it_miss_another() {
    let story = Story::begin().await;
    let all = ids(&Value::Array(story.walk("people/v2/people").await));
    let me = text(&story.get("people/v2/me").await["data"]["id"]);
    let person_id = all.iter().take(100).find(|id| **id != me).unwrap().clone();
    story.emulator.mutate(Mutation::DeletePerson { person_id }).unwrap();
    let rest = ids(&story.get("people/v2/people?per_page=100&offset=100").await["data"]);
    assert!(!rest.contains(&all[100]), "the one who moved up is read by nobody");
    assert_eq!(rest[0], all[101]);
}

#[tokio::test]
async fn one_person_may_serve_in_several_positions_of_a_plan() {
    let story = Story::begin().await;
    let members = story.walk(&format!("{}/team_members", story.sunday().await)).await;
    let mut places: HashMap<String, usize> = HashMap::new();
    for member in &members {
        *places.entry(text(&member["relationships"]["person"]["data"]["id"])).or_default() += 1;
    }
    assert!(places.values().any(|count| *count > 1), "nobody of {} serves twice", members.len());
}

#[tokio::test]
async fn lengths_are_whole_seconds_and_the_total_leaves_pre_and_post_items_out() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let items = story.walk(&format!("{sunday}/items")).await;
    let during: u64 = items
        .iter()
        .filter(|item| item["attributes"]["service_position"] == "during")
        .map(|item| item["attributes"]["length"].as_u64().unwrap())
        .sum();
    assert!(items.iter().any(|item| item["attributes"]["service_position"] != "during"));
    assert_eq!(story.get(&sunday).await["data"]["attributes"]["total_length"], during);
}

#[tokio::test]
async fn items_have_no_order_and_no_where_and_come_by_sequence() {
    let story = Story::begin().await;
    let items = story.get(&format!("{}/items?per_page=100", story.sunday().await)).await;
    assert!(items["meta"].get("can_order_by").is_none() && items["meta"].get("can_query_by").is_none());
    let sequence: Vec<u64> = items["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["attributes"]["sequence"].as_u64().unwrap())
        .collect();
    assert_eq!(sequence, (1..=sequence.len() as u64).collect::<Vec<_>>());
}
