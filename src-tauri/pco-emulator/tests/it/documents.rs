use pco_emulator::{Mutation, Role};
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Story, ids, text};

/// The members of an object as written.
fn order_of_keys(body: &str, keys: &[&str]) -> bool {
    let places: Vec<Option<usize>> = keys.iter().map(|key| body.find(&format!("\"{key}\":"))).collect();
    places.iter().all(Option::is_some) && places.windows(2).all(|pair| pair[0] < pair[1])
}

#[tokio::test]
async fn a_collection_has_links_data_included_and_meta_in_that_order() {
    let story = Story::begin().await;
    let body = story
        .ask("people/v2/people?per_page=2&offset=2&include=organization,emails")
        .await
        .text()
        .await
        .unwrap();
    assert!(body.starts_with("{\"links\":{\"self\":"));
    assert!(order_of_keys(&body, &["links", "data", "included"]));
    let page: Value = serde_json::from_str(&body).unwrap();
    let base = story.address("people/v2/people").to_string();
    assert_eq!(page["links"]["self"], format!("{base}?include=organization%2Cemails&offset=2&per_page=2"));
    assert_eq!(page["links"]["prev"], format!("{base}?include=organization%2Cemails&offset=0&per_page=2"));
    assert_eq!(page["links"]["next"], format!("{base}?include=organization%2Cemails&offset=4&per_page=2"));
    assert_eq!(page["meta"]["total_count"], story.emulator.people_count());
    assert_eq!(page["meta"]["count"], 2);
    assert_eq!(page["meta"]["parent"]["type"], "Organization");
    assert_eq!(page["meta"]["can_include"][0], "addresses");
    let organizations =
        page["included"].as_array().unwrap().iter().filter(|record| record["type"] == "Organization").count();
    assert_eq!(organizations, 1, "shared records are included once");
    for record in page["data"].as_array().unwrap() {
        assert_eq!(record["links"].as_object().unwrap().len(), 1);
        assert!(record["relationships"]["emails"]["links"]["related"].is_string());
        assert_eq!(record["relationships"]["primary_campus"]["data"]["type"], "PrimaryCampus");
    }
}

#[tokio::test]
async fn a_page_without_includes_still_has_an_empty_list_of_them() {
    let story = Story::begin().await;
    let page = story.get("people/v2/campuses").await;
    assert_eq!(page["included"], serde_json::json!([]));
    assert!(page["links"].get("next").is_none());
    assert!(page["meta"].get("can_filter").is_none());
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pages_end_with_the_last_record_and_cover_all_of_them_once() {
    let story = Story::begin().await;
    let first = story.get("people/v2/people").await;
    assert_eq!(first["meta"]["count"], 25);
    assert_eq!(first["meta"]["next"]["offset"], 25);
    assert!(first["meta"].get("prev").is_none() && first["links"].get("prev").is_none());
    let last = story.get("people/v2/people?per_page=200&offset=100").await;
    assert_eq!(last["meta"]["count"], 50);
    assert!(last["meta"].get("next").is_none() && last["links"].get("next").is_none());
    assert_eq!(last["meta"]["prev"]["offset"], 0);

    let people = story.walk("people/v2/people?fields[Person]=name").await;
    let mut found: Vec<u64> = people.iter().map(|person| text(&person["id"]).parse().unwrap()).collect();
    assert_eq!(found.len(), story.emulator.people_count());
    let ascending = found.clone();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ascending);
    assert_eq!(story.get("people/v2/people?offset=5000").await["data"], serde_json::json!([]));
}

#[tokio::test]
async fn a_single_record_links_its_edges_and_has_no_links_at_the_top() {
    let story = Story::begin().await;
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let body = story.ask(&format!("people/v2/people/{id}")).await.text().await.unwrap();
    assert!(body.starts_with("{\"data\":{\"type\":\"Person\",\"id\":"));
    let document: Value = serde_json::from_str(&body).unwrap();
    assert!(document.get("links").is_none());
    assert_eq!(
        document["data"]["links"]["emails"],
        story.address(&format!("people/v2/people/{id}/emails")).as_str()
    );
    assert!(document["meta"].get("total_count").is_none());

    let plan = story.get("services/v2/plans?filter=no_dates").await;
    let plan = story.get(&format!("services/v2/plans/{}", text(&plan["data"][0]["id"]))).await;
    assert_eq!(plan["data"]["links"]["series"], Value::Null);
    assert!(plan["data"]["links"]["self"].as_str().unwrap().contains("/service_types/"));
}

#[tokio::test]
async fn fields_keep_what_they_name_relationships_too() {
    let story = Story::begin().await;
    let page = story
        .get("people/v2/people?fields[Person]=name,mfa_configured,stripe_customer_identifier&include=emails&per_page=1")
        .await;
    let person = &page["data"][0];
    assert_eq!(person["attributes"].as_object().unwrap().len(), 2);
    assert!(person["attributes"]["mfa_configured"].as_str().unwrap().starts_with("CNRY-PII-"));
    assert!(person["attributes"].get("stripe_customer_identifier").is_none(), "not for third parties");
    assert!(person.get("relationships").is_none());
    assert_ne!(page["included"], serde_json::json!([]));
    let page = story.get("people/v2/people?fields[Person]=name,emails&include=emails&per_page=1").await;
    assert!(page["data"][0]["relationships"]["emails"]["data"].is_array());
    let all = story.get("people/v2/people?per_page=1").await;
    assert!(all["data"][0]["attributes"].get("mfa_configured").is_none(), "only when asked for");
}

#[tokio::test]
async fn includes_reach_two_levels() {
    let story = Story::begin().await;
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let document = story.get(&format!("people/v2/people/{id}?include=households.people")).await;
    let types: Vec<&str> = document["included"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["Household", "Person", "Person", "Person"], "Daniel himself is not repeated");
}

#[tokio::test]
async fn headers_are_those_of_planning_center() {
    let story = Story::begin().await;
    let response = story.ask("people/v2/people?per_page=1").await;
    let headers = response.headers();
    for (name, value) in [
        ("content-type", "application/vnd.api+json; charset=utf-8"),
        ("x-pco-api-processed-as-version", "2025-11-10"),
        ("x-pco-api-request-rate-limit", "100"),
        ("x-pco-api-request-rate-period", "20"),
        ("x-pco-api-request-rate-count", "1"),
        ("cache-control", "max-age=0, private, must-revalidate"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    let etag = headers["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with("W/\"") && etag.len() == 36);
    let again = story
        .client
        .get(story.address("people/v2/people?per_page=1"))
        .bearer_auth(&story.access_token)
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["x-pco-api-request-rate-count"], "2", "an unchanged page counts as well");
}

#[tokio::test]
async fn answers_are_compressed_when_the_client_can_read_that() {
    let story = Story::begin().await;
    let plain = reqwest::Client::builder().user_agent("test").no_gzip().build().unwrap();
    let address = story.address("people/v2/people");
    let packed = plain
        .get(address.clone())
        .bearer_auth(&story.access_token)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let bare = plain.get(address).bearer_auth(&story.access_token).send().await.unwrap();
    assert!(bare.headers().get("content-encoding").is_none());
    assert!(packed.bytes().await.unwrap().len() < bare.bytes().await.unwrap().len() / 3);
}

#[tokio::test]
async fn a_plan_answers_at_all_of_its_addresses() {
    let story = Story::begin().await;
    let long = story.sunday().await;
    let id = long.rsplit('/').next().unwrap();
    assert_eq!(story.get(&long).await["data"], story.get(&format!("services/v2/plans/{id}")).await["data"]);
    let items = story.get(&format!("services/v2/plans/{id}/items?per_page=100")).await;
    assert_eq!(ids(&items["data"]), ids(&story.get(&format!("{long}/items?per_page=100")).await["data"]));
    let midweek = story.get("services/v2/service_types?where[name]=Midweek+Prayer").await;
    let elsewhere = format!("services/v2/service_types/{}/plans/{id}", text(&midweek["data"][0]["id"]));
    assert_eq!(story.ask(&elsewhere).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_organization_of_a_person_names_an_address_that_does_not_answer() {
    let story = Story::begin().await;
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let organization = story.get(&format!("people/v2/people/{id}/organization")).await;
    let itself = organization["data"]["links"]["self"].as_str().unwrap();
    let path = itself.strip_prefix(story.emulator.url().as_str()).unwrap();
    assert!(path.starts_with(&format!("people/v2/people/{id}/organization/")));
    assert_eq!(story.ask(path).await.status(), StatusCode::NOT_FOUND);
    let root = story.get("people/v2").await;
    assert_eq!(root["data"]["links"]["self"], story.address("people/v2").as_str());
}

#[tokio::test]
async fn an_unchanged_document_is_304_without_a_body_and_still_counts() {
    let story = Story::begin().await;
    let path = "people/v2/people?per_page=3";
    let first = story.ask(path).await;
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag.len(), "W/\"\"".len() + 32);
    let count = |response: &reqwest::Response| {
        response.headers()["x-pco-api-request-rate-count"].to_str().unwrap().parse::<u32>().unwrap()
    };
    let again = story.ask_unless(&format!("\"other\", {tag}"), path).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["etag"], tag.as_str());
    assert!(again.headers().get("content-type").is_none());
    assert_eq!(count(&again), count(&first) + 1);
    assert!(again.bytes().await.unwrap().is_empty());
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let (first_name, last_name) = ("Ruth".to_owned(), "Changed".to_owned());
    story.emulator.mutate(Mutation::RenamePerson { person_id: ruth, first_name, last_name }).unwrap();
    assert_eq!(story.ask_unless(&tag, path).await.status(), StatusCode::OK, "it has changed");
}

#[tokio::test]
async fn no_tag_opens_what_the_person_may_no_longer_see() {
    let story = Story::begin().await;
    let path = "people/v2/people?per_page=3";
    let tag = story.tag(path).await;
    assert_eq!(story.ask_unless(&tag, path).await.status(), StatusCode::NOT_MODIFIED);
    story.emulator.set_role(Role::NoPeople);
    assert_eq!(story.ask_unless(&tag, path).await.status(), story.ask(path).await.status());
    story.emulator.set_role(Role::Granted);
    assert_eq!(story.ask_unless(&tag, path).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_two_level_include_links_both_levels_and_brings_each_record_once() {
    let story = Story::begin().await;
    let page = story.get("people/v2/people?include=households.people,households&per_page=100").await;
    let included = page["included"].as_array().unwrap();
    let mut keys: Vec<_> =
        included.iter().map(|record| (record["type"].to_string(), record["id"].to_string())).collect();
    keys.extend(
        page["data"].as_array().unwrap().iter().map(|record| ("Person".to_owned(), record["id"].to_string())),
    );
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "neither among the included nor beside the primary records");
    let household = included.iter().find(|record| record["type"] == "Household").unwrap();
    let members = ids(&household["relationships"]["people"]["data"]);
    assert!(!members.is_empty());
}
