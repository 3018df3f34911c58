//! The shapes of documents as they were recorded from Planning Center: links, meta, records, included records.

use serde_json::{Value, json};

use crate::harness::{Story, config, ids, text};

/// What follows the address of the collection itself.
fn query_of(link: &Value) -> String {
    text(link).split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The names of the members of the object that `name` opens in `body`, in the order written.
fn written_names(body: &str, name: &str) -> Vec<String> {
    let start = body.find(&format!("\"{name}\":{{")).unwrap() + name.len() + 4;
    let (mut depth, mut names, mut rest) = (0, Vec::new(), &body[start..]);
    while depth >= 0 {
        let end = rest.find(['"', '{', '}', '[', ']']).unwrap();
        let mark = rest.as_bytes()[end];
        rest = &rest[end + 1..];
        match mark {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {
                let close = rest.find('"').unwrap();
                let (word, after) = rest.split_at(close);
                rest = &after[1..];
                if depth == 0 && rest.starts_with(':') {
                    names.push(word.to_owned());
                    // A value in quotes is no name.
                    if let Some(value) = rest.strip_prefix(":\"") {
                        rest = &value[value.find('"').unwrap() + 1..];
                    }
                }
            }
        }
    }
    names
}

#[tokio::test]
async fn self_echoes_the_request_with_sorted_parameters_plain_brackets_and_escaped_commas() {
    let story = Story::begin().await;
    let page = story
        .get("people/v2/people?where%5Bchild%5D=false&per_page=2&include=emails,organization&offset=0")
        .await;
    assert_eq!(
        query_of(&page["links"]["self"]),
        "include=emails%2Corganization&offset=0&per_page=2&where[child]=false"
    );
}

#[tokio::test]
async fn next_gains_an_offset_and_no_page_size_that_was_not_asked_for() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?include=emails").await;
    assert_eq!(query_of(&page["links"]["self"]), "include=emails");
    assert_eq!(query_of(&page["links"]["next"]), "include=emails&offset=25");
    let plans = story.sunday().await;
    let plans = plans.rsplit_once('/').unwrap().0;
    let page = story.get(&format!("{plans}?filter=future&per_page=2")).await;
    assert_eq!(query_of(&page["links"]["next"]), "filter=future&offset=2&per_page=2");
}

#[tokio::test]
async fn there_are_no_first_and_last_links() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?offset=25").await;
    assert_eq!(keys(&page["links"]), ["next", "prev", "self"]);
    assert_eq!(keys(&page["meta"]["next"]), ["offset"]);
    assert_eq!(keys(&page["meta"]["prev"]), ["offset"]);
}

#[tokio::test]
async fn following_next_reaches_the_last_page_and_prev_leads_back() {
    let story = Story::begin().await;
    let relative = |link: &Value| text(link).split_once("/people/v2").unwrap().1.to_owned();
    let mut page = story.get("people/v2/people?per_page=60").await;
    let first = ids(&page["data"]);
    let mut found = first.clone();
    while page["links"]["next"].is_string() {
        page = story.get(&format!("people/v2{}", relative(&page["links"]["next"]))).await;
        found.extend(ids(&page["data"]));
    }
    assert_eq!(found.len(), story.emulator.people_count());
    while page["links"]["prev"].is_string() {
        page = story.get(&format!("people/v2{}", relative(&page["links"]["prev"]))).await;
    }
    assert_eq!(ids(&page["data"]), first);
}

#[tokio::test]
async fn root_collections_have_the_organization_as_parent_and_others_the_record_above() {
    let story = Story::begin().await;
    let organization = story.get("people/v2").await;
    let people = story.get("people/v2/people?per_page=1").await;
    assert_eq!(people["meta"]["parent"], json!({ "id": organization["data"]["id"], "type": "Organization" }));
    let sunday = story.sunday().await;
    let items = story.get(&format!("{sunday}/items?per_page=1")).await;
    assert_eq!(items["meta"]["parent"]["type"], "Plan");
    assert_eq!(items["meta"]["parent"]["id"], sunday.rsplit('/').next().unwrap());
    let plans = story.get(sunday.rsplit_once('/').unwrap().0).await;
    assert_eq!(plans["meta"]["parent"]["type"], "ServiceType");
}

#[tokio::test]
async fn lists_of_names_in_meta_are_left_out_when_empty() {
    let story = Story::begin().await;
    for path in
        ["people/v2/people", "people/v2/phone_numbers", "services/v2/service_types", "services/v2/songs"]
    {
        let page = story.get(path).await;
        for name in ["can_order_by", "can_query_by", "can_include", "can_filter"] {
            let list = &page["meta"][name];
            assert!(list.is_null() || !list.as_array().unwrap().is_empty(), "{path} {name}");
        }
    }
    let numbers = story.get("people/v2/phone_numbers").await;
    assert!(numbers["meta"].get("can_filter").is_none());
    let plans = story.sunday().await;
    let plans = story.get(plans.rsplit_once('/').unwrap().0).await;
    let filters: Vec<&str> =
        plans["meta"]["can_filter"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(["after", "before", "future", "no_dates", "past"].iter().all(|name| filters.contains(name)));
}

#[tokio::test]
async fn count_is_the_page_and_total_count_is_the_collection() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?per_page=40&offset=120").await;
    assert_eq!(page["meta"]["count"], page["data"].as_array().unwrap().len());
    assert_eq!(page["meta"]["total_count"], story.emulator.people_count());
    let nobody = story.get("people/v2/people?where[last_name]=nobody-is-called-so").await;
    assert_eq!((&nobody["data"], &nobody["included"]), (&json!([]), &json!([])));
    assert_eq!((&nobody["meta"]["total_count"], &nobody["meta"]["count"]), (&json!(0), &json!(0)));
    assert!(nobody["links"].get("next").is_none() && nobody["links"].get("prev").is_none());
}

#[tokio::test]
async fn a_single_record_has_data_included_and_meta_and_links_every_edge_with_self_last() {
    let story = Story::begin().await;
    let body = story.ask("people/v2/me").await.text().await.unwrap();
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(keys(&document), ["data", "included", "meta"]);
    assert_eq!(document["included"], json!([]));
    assert!(document["meta"]["can_include"].as_array().unwrap().contains(&json!("emails")));
    assert_eq!(document["meta"]["parent"]["type"], "Organization");
    let links = written_names(&body, "links");
    assert_eq!(links.last().unwrap(), "self");
    for edge in ["addresses", "emails", "households", "phone_numbers", "organization"] {
        assert!(links.contains(&edge.to_owned()), "{edge} in {links:?}");
    }
}

#[tokio::test]
async fn types_without_relationships_have_none_at_all() {
    let story = Story::begin().await;
    let songs = story.get("services/v2/songs?per_page=2").await;
    for song in songs["data"].as_array().unwrap() {
        assert_eq!(keys(song), ["attributes", "id", "links", "type"]);
    }
}

#[tokio::test]
async fn a_default_relationship_has_data_and_no_links() {
    let story = Story::begin().await;
    let numbers = story.get("people/v2/phone_numbers?per_page=1").await;
    let person = &numbers["data"][0]["relationships"]["person"];
    assert_eq!(keys(person), ["data"]);
    assert_eq!(keys(&person["data"]), ["id", "type"]);
    assert_eq!(person["data"]["type"], "Person");
}

#[tokio::test]
async fn an_included_relationship_has_a_related_link_and_its_linkage() {
    let story = Story::begin().await;
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let page = story.get(&format!("people/v2/people?where[id]={id}&include=emails")).await;
    let emails = &page["data"][0]["relationships"]["emails"];
    assert_eq!(emails["links"]["related"], story.address(&format!("people/v2/people/{id}/emails")).as_str());
    let linked: Vec<String> = ids(&emails["data"]);
    assert_eq!(linked, ids(&page["included"]));
    assert!(!linked.is_empty());
    let alone = story.get(&format!("people/v2/people?where[id]={id}")).await;
    assert!(alone["data"][0]["relationships"].get("emails").is_none());
}

#[tokio::test]
async fn included_records_have_their_attributes_relationships_and_self() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?include=emails&per_page=10").await;
    for email in page["included"].as_array().unwrap() {
        assert_eq!(keys(email), ["attributes", "id", "links", "relationships", "type"]);
        assert_eq!(keys(&email["links"]), ["self"]);
        assert!(email["attributes"]["address"].is_string());
    }
}

#[tokio::test]
async fn twenty_five_people_and_their_organization_are_twenty_six_records() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?include=organization").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 25);
    assert_eq!(page["included"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_campus_that_is_linked_as_primary_campus_is_included_as_campus() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?include=primary_campus&per_page=10").await;
    let linked = &page["data"][0]["relationships"]["primary_campus"]["data"];
    assert_eq!(linked["type"], "PrimaryCampus");
    let brought = page["included"].as_array().unwrap().iter().find(|record| record["id"] == linked["id"]);
    assert_eq!(brought.unwrap()["type"], "Campus");
}

#[tokio::test]
async fn the_root_of_a_product_is_the_organization() {
    let story = Story::begin().await;
    for product in ["people/v2", "services/v2"] {
        let root = story.get(product).await;
        assert_eq!(root["data"]["type"], "Organization");
        assert_eq!(keys(&root), ["data", "included", "meta"]);
    }
}

#[tokio::test]
async fn the_date_format_of_a_people_organization_is_a_pattern_not_a_number() {
    let story = Story::begin().await;
    let root = story.get("people/v2").await;
    assert_eq!(root["data"]["attributes"]["date_format"], "%m/%d/%Y");
}

#[tokio::test]
async fn per_page_is_held_between_one_and_a_hundred() {
    let story = Story::begin().await;
    for (asked, given) in [("0", 1), ("1", 1), ("100", 100), ("101", 100), ("200", 100), ("many", 25)] {
        let page = story.get(&format!("people/v2/people?per_page={asked}")).await;
        assert_eq!(page["meta"]["count"], given, "per_page={asked}");
    }
}

#[tokio::test]
async fn brackets_may_be_sent_plain_or_percent_encoded() {
    let story = Story::begin().await;
    let plain = story.get("people/v2/people?where[last_name]=Kim&fields[Person]=name").await;
    let encoded = story.get("people/v2/people?where%5Blast_name%5D=Kim&fields%5BPerson%5D=name").await;
    assert_eq!(plain, encoded);
}

#[tokio::test]
async fn both_products_know_a_person_by_the_same_id() {
    let story = Story::with(config()).await;
    let people = story.get("people/v2/me").await;
    let services = story.get("services/v2/me").await;
    assert_eq!(people["data"]["id"], services["data"]["id"]);
}
