//! How clients set up what a church keeps about people: tabs and fields, choices, categories, workflows and steps.

use pco_emulator::{PeopleRight, Rights};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};
use crate::writing::data;

#[tokio::test]
async fn a_field_is_made_on_a_tab_and_goes_with_it() {
    let story = Story::begin().await;
    let tab = story.created("people/v2/tabs", json!({ "name": "Choir Robes" })).await;
    assert_eq!(tab["attributes"]["slug"], "choir_robes");
    let tab = format!("people/v2/tabs/{}", text(&tab["id"]));
    let sequence = story.get(&tab).await["data"]["attributes"]["sequence"].as_u64().unwrap();
    assert_eq!(story.walk("people/v2/tabs").await.len() as u64, sequence, "the last one");
    let size = json!({ "name": "Robe size", "data_type": "select" });
    let field = story.created(&format!("{tab}/field_definitions"), size).await;
    let id = text(&field["id"]);
    let field = format!("people/v2/field_definitions/{id}");
    let wrong = json!({ "name": "Robe size", "data_type": "smell" });
    let refused = story.refused(&format!("{tab}/field_definitions"), wrong).await;
    assert_eq!(refused["source"]["parameter"], "data_type");
    let options = format!("{field}/field_options");
    let small = story.created(&options, json!({ "value": "Small" })).await;
    assert_eq!(
        story.refused(&options, json!({ "value": "Small" })).await["detail"],
        "has already been taken"
    );
    let person = story.person("Declan Walsh");
    let worn = json!({ "field_definition_id": id, "value": "Small" });
    let datum = story.created(&format!("{person}/field_data"), worn).await;
    let datum = format!("people/v2/field_data/{}", text(&datum["id"]));
    story.patched(&format!("{options}/{}", text(&small["id"])), json!({ "value": "S" })).await;
    assert_eq!(story.get(&datum).await["data"]["attributes"]["value"], "S");
    let renamed = story.patched(&field, json!({ "name": "Size of robe" })).await;
    assert_eq!(
        (&renamed["attributes"]["name"], &renamed["attributes"]["slug"]),
        (&json!("Size of robe"), &json!("robe_size"))
    );
    assert_eq!(story.patched(&tab, json!({ "name": "Robes" })).await["attributes"]["slug"], "robes");
    story.deleted(&tab).await;
    assert_eq!(story.ask(&field).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(story.ask(&datum).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn choices_are_offered_renamed_and_taken_from_whoever_had_them() {
    let story = Story::begin().await;
    for path in ["marital_statuses", "name_prefixes", "name_suffixes", "inactive_reasons"] {
        let path = format!("people/v2/{path}");
        let made = story.created(&path, json!({ "value": "Something new" })).await;
        let twice = story.refused(&path, json!({ "value": "Something new" })).await;
        assert_eq!(twice["detail"], "has already been taken", "{path}");
        let own = format!("{path}/{}", text(&made["id"]));
        assert_eq!(story.patched(&own, json!({ "value": "Newer" })).await["attributes"]["value"], "Newer");
        story.deleted(&own).await;
    }
    let heike = story.person("Heike Brandt");
    let prefix = story.get(&format!("{heike}/name_prefix")).await["data"]["id"].take();
    story.deleted(&format!("people/v2/name_prefixes/{}", text(&prefix))).await;
    assert!(story.get(&heike).await["data"]["links"]["name_prefix"].is_null());
}

#[tokio::test]
async fn categories_of_notes_and_lists_are_made_and_renamed() {
    let story = Story::begin().await;
    let made = story.created("people/v2/note_categories", json!({ "name": "Hospital" })).await;
    let own = format!("people/v2/note_categories/{}", text(&made["id"]));
    assert_eq!(story.patched(&own, json!({ "name": "Visits" })).await["attributes"]["name"], "Visits");
    let locked = story.get("people/v2/note_categories?where[locked]=true").await["data"][0]["id"].take();
    let path = format!("people/v2/note_categories/{}", text(&locked));
    let (status, _) = story.put(Method::PATCH, &path, &data(&json!({ "name": "Other" }))).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a locked category keeps its name");

    let lists = story.walk("people/v2/lists?include=category").await;
    let list = lists.iter().find(|list| !list["relationships"]["category"]["data"].is_null()).unwrap();
    let category =
        format!("people/v2/list_categories/{}", text(&list["relationships"]["category"]["data"]["id"]));
    story.patched(&category, json!({ "name": "Front desk" })).await;
    story.deleted(&category).await;
    let kept = story.get(&format!("people/v2/lists/{}", text(&list["id"]))).await;
    assert!(kept["data"]["links"]["category"].is_null(), "its lists stay");
    story.created("people/v2/list_categories", json!({ "name": "Front desk" })).await;
}

#[tokio::test]
async fn a_workflow_gets_its_steps_and_a_step_that_goes_hands_its_cards_on() {
    let story = Story::begin().await;
    let workflow = story.created("people/v2/workflows", json!({ "name": "Confirmation" })).await;
    let path = format!("people/v2/workflows/{}", text(&workflow["id"]));
    let steps = format!("{path}/steps");
    let (daniel, ruth) =
        (story.emulator.person_id("Daniel Kim").unwrap(), story.emulator.person_id("Ruth Adeyemi").unwrap());
    let first = story.created(&steps, json!({ "name": "Ask", "default_assignee_id": ruth })).await;
    let second = story.created(&steps, json!({ "name": "Teach" })).await;
    let order: Vec<_> = [&first, &second].map(|step| step["attributes"]["sequence"].as_u64().unwrap()).into();
    assert!(order[0] < order[1]);
    let card = story.created(&format!("{path}/cards"), json!({ "person_id": daniel })).await;
    let card = format!("people/v2/people/{daniel}/workflow_cards/{}", text(&card["id"]));
    let handed = story.patched(&card, json!({ "assignee_id": daniel, "sticky_assignment": true })).await;
    assert_eq!(handed["relationships"]["assignee"]["data"]["id"], daniel);
    story.created(&format!("{card}/notes"), json!({ "note": "Said yes." })).await;
    assert_eq!(story.walk(&format!("{card}/notes")).await.len(), 1);
    let step = |record: &Value| format!("{steps}/{}", text(&record["id"]));
    assert_eq!(
        story.patched(&step(&second), json!({ "name": "Learn" })).await["attributes"]["name"],
        "Learn"
    );
    story.deleted(&step(&first)).await;
    assert_eq!(story.get(&card).await["data"]["relationships"]["current_step"]["data"]["id"], second["id"]);
    story.deleted(&step(&second)).await;
    assert_eq!(story.get(&card).await["data"]["attributes"]["stage"], "completed");
    assert_eq!(
        story.patched(&path, json!({ "name": "Baptism of adults" })).await["attributes"]["name"],
        "Baptism of adults"
    );
    assert_eq!(story.put(Method::DELETE, &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
    let listed = async |filter: &str| {
        ids(&Value::Array(story.walk(&format!("people/v2/workflows{filter}")).await))
            .contains(&text(&workflow["id"]))
    };
    assert!(!listed("").await && listed("?filter=only_deleted").await, "it can still be brought back");
}

#[tokio::test]
async fn editors_write_people_and_set_nothing_up() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    story.emulator.grant(&daniel, Rights { people: PeopleRight::Editor, ..Rights::default() }).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    for path in ["tabs", "marital_statuses"] {
        let body = data(&json!({ "name": "X", "value": "X" }));
        let (status, _) = story.put(Method::POST, &format!("people/v2/{path}"), &body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}
