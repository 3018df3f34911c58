//! What bites clients of Planning Center, each quirk by name. The emulator must bite as well.

use std::collections::HashMap;

use pco_emulator::Mutation;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

const COLLECTIONS: [&str; 12] = [
    "people/v2/people",
    "people/v2/emails",
    "people/v2/phone_numbers",
    "people/v2/addresses",
    "people/v2/households",
    "people/v2/notes",
    "people/v2/field_definitions",
    "people/v2/lists",
    "people/v2/person_mergers",
    "services/v2/service_types",
    "services/v2/teams",
    "services/v2/songs",
];

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

#[tokio::test]
async fn ids_are_digits_in_a_string_and_ids_in_attributes_are_numbers() {
    let story = Story::begin().await;
    for path in COLLECTIONS {
        for record in story.get(&format!("{path}?per_page=5")).await["data"].as_array().unwrap() {
            let id = text(&record["id"]);
            assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()), "{path}: {id}");
            for name in [
                "organization_id",
                "created_by_id",
                "note_category_id",
                "person_id",
                "tab_id",
                "person_to_keep_id",
            ] {
                let value = &record["attributes"][name];
                assert!(value.is_null() || value.is_u64(), "{path} {name}: {value}");
            }
        }
    }
    let mergers = story.get("people/v2/person_mergers").await;
    assert!(mergers["data"].as_array().unwrap().iter().all(|merger| {
        merger["attributes"]["person_to_remove_id"].is_u64()
            && merger["relationships"]["person_to_remove"]["data"]["id"].is_string()
    }));
}

#[tokio::test]
async fn a_plan_without_dates_says_so_in_words_and_may_have_no_title() {
    let story = Story::begin().await;
    let timeless = story.get("services/v2/plans?filter=no_dates").await;
    let plan = &timeless["data"][0]["attributes"];
    assert_eq!(plan["dates"], "No dates");
    let mut titles = Vec::new();
    for service_type in ids(&story.get("services/v2/service_types").await["data"]) {
        let plans = story.walk(&format!("services/v2/service_types/{service_type}/plans")).await;
        titles.extend(plans.into_iter().map(|plan| plan["attributes"]["title"].clone()));
    }
    assert!(titles.iter().any(Value::is_null) && titles.iter().any(Value::is_string));
}

#[tokio::test]
async fn without_an_order_records_come_by_ascending_id() {
    let story = Story::begin().await;
    for path in COLLECTIONS {
        let found = ids(&Value::Array(story.walk(path).await));
        let numbers: Vec<u64> = found.iter().map(|id| id.parse().unwrap()).collect();
        assert!(numbers.is_sorted(), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_filter_beside_a_known_one_is_ignored_in_silence() {
    let story = Story::begin().await;
    let members = format!("{}/team_members", story.sunday().await);
    let confirmed = story.walk(&format!("{members}?filter=confirmed")).await;
    assert_eq!(story.walk(&format!("{members}?filter=confirmed,tall")).await.len(), confirmed.len());
    let lists = story.get("people/v2/lists").await["meta"]["total_count"].clone();
    assert_eq!(story.get("people/v2/lists?where[created_by_id]=1").await["meta"]["total_count"], lists);
}

#[tokio::test]
async fn the_organization_below_a_person_links_to_itself_where_nothing_is() {
    let story = Story::begin().await;
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let organization = story.get(&format!("people/v2/people/{id}/organization")).await;
    let link = text(&organization["data"]["links"]["self"]);
    let path = link.strip_prefix(story.emulator.url().as_str()).unwrap();
    assert_ne!(path, "people/v2");
    assert_eq!(story.ask(path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn live_answers_404_while_nothing_is_live() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let live = story.get(&format!("{sunday}/live")).await;
    assert_eq!(live["data"]["type"], "Live");
    assert_eq!(live["data"]["id"], sunday.rsplit('/').next().unwrap());
    for edge in ["current_item_time", "controller"] {
        let response = story.ask(&format!("{sunday}/live/{edge}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{edge}");
    }
}

#[tokio::test]
async fn a_deleted_field_definition_hides_until_asked_for_and_old_data_still_names_it() {
    let story = Story::begin().await;
    let shown = story.walk("people/v2/field_definitions").await;
    let all = story.walk("people/v2/field_definitions?filter=include_deleted").await;
    let deleted: Vec<String> = all
        .iter()
        .filter(|definition| !definition["attributes"]["deleted_at"].is_null())
        .map(|definition| text(&definition["id"]))
        .collect();
    assert!(!deleted.is_empty());
    assert_eq!(shown.len() + deleted.len(), all.len());
    let data = story.walk("people/v2/field_data").await;
    assert!(
        data.iter().any(|datum| {
            deleted.contains(&text(&datum["relationships"]["field_definition"]["data"]["id"]))
        })
    );
}

#[tokio::test]
async fn a_plan_without_times_moves_with_every_look() {
    let story = Story::begin().await;
    let timeless = story.get("services/v2/plans?filter=no_dates").await;
    let plan = &timeless["data"][0]["attributes"];
    assert!(plan["sort_date"].is_string(), "first service time, else rehearsal, else other, else now");
}

#[tokio::test]
async fn a_number_stored_twice_finds_its_person_twice() {
    let story = Story::begin().await;
    let owner = story.emulator.person_id("Daniel Kim").unwrap();
    let number = story.emulator.person_phone("Daniel Kim").unwrap();
    let search = format!("people/v2/people?where[search_phone_number]={number}");
    let times = |page: &Value| ids(&page["data"]).iter().filter(|id| **id == owner).count();
    assert_eq!(times(&story.get(&search).await), 1);
    let body =
        json!({ "data": { "type": "PhoneNumber", "attributes": { "number": number, "location": "Work" } } });
    let request = story.client.post(story.address(&format!("people/v2/people/{owner}/phone_numbers")));
    let stored = request.bearer_auth(&story.access_token).json(&body).send().await.unwrap();
    assert_eq!(stored.status(), StatusCode::CREATED);
    assert_eq!(times(&story.get(&search).await), 2);
}
