//! What clients write about people in notes, fields, households, lists and workflows.

use pco_emulator::{PeopleRight, Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};
use crate::writing::data;

#[tokio::test]
async fn notes_are_written_by_whoever_is_signed_in_into_a_category_they_share() {
    let story = Story::begin().await;
    let person = story.person("Daniel Kim");
    let before = story.updated_at(&person).await;
    let categories = story.walk("people/v2/note_categories").await;
    let category = |name: &str| {
        let found = categories.iter().find(|category| category["attributes"]["name"] == name).unwrap();
        text(&found["id"])
    };
    let body = json!({ "note": "Rang.", "note_category_id": category("General") });
    let note = story.created(&format!("{person}/notes"), body.clone()).await;
    let me = text(&story.get("people/v2/me").await["data"]["id"]);
    assert_eq!(note["attributes"]["created_by_id"].to_string(), me);
    assert_eq!(note["relationships"]["note_category"]["data"]["id"], category("General"));
    let path = format!("people/v2/notes/{}", text(&note["id"]));
    let changed = story
        .patched(&path, json!({ "note": "Rang twice.", "note_category_id": category("Newcomers") }))
        .await;
    assert_eq!(changed["attributes"]["note"], "Rang twice.");
    assert_eq!(changed["relationships"]["note_category"]["data"]["id"], category("Newcomers"));
    assert_eq!(story.updated_at(&person).await, before, "a note is not the person");
    story.deleted(&path).await;
    let error =
        story.refused(&format!("{person}/notes"), json!({ "note": "x", "note_category_id": 7 })).await;
    assert_eq!(error["detail"], "must exist");
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let rights = Rights {
        organization_administrator: false,
        people: PeopleRight::Editor,
        services: ServicesRight::None,
    };
    story.emulator.grant(&daniel, rights).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let hidden = data(&json!({ "note": "x", "note_category_id": category("Pastoral care") }));
    assert_eq!(story.put(Method::POST, &format!("{person}/notes"), &hidden).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_category_takes_its_notes_with_it_unless_it_is_locked() {
    let story = Story::begin().await;
    let categories = story.walk("people/v2/note_categories").await;
    let all = story.get("people/v2/notes").await["meta"]["total_count"].as_u64().unwrap();
    let locked = categories.iter().find(|category| category["attributes"]["locked"] == true).unwrap();
    let path = format!("people/v2/note_categories/{}", text(&locked["id"]));
    assert_eq!(story.put(Method::DELETE, &path, &Value::Null).await.0, StatusCode::FORBIDDEN);
    let other = categories.iter().find(|category| category["attributes"]["locked"] == false).unwrap();
    let id = text(&other["id"]);
    let inside =
        story.get(&format!("people/v2/notes?where[note_category_id]={id}")).await["meta"]["total_count"]
            .as_u64()
            .unwrap();
    story.deleted(&format!("people/v2/note_categories/{id}")).await;
    assert_eq!(story.get("people/v2/notes").await["meta"]["total_count"], all - inside);
}

#[tokio::test]
async fn a_value_chosen_for_the_first_time_becomes_one_to_choose_from() {
    let story = Story::begin().await;
    let person = story.person("Declan Walsh");
    let skills = story.get("people/v2/field_definitions?where[slug]=skills").await;
    let definition = text(&skills["data"][0]["id"]);
    let options = format!("people/v2/field_definitions/{definition}/field_options");
    let before = story.walk(&options).await.len();
    let body = json!({ "field_definition_id": definition, "value": "Juggling" });
    let datum = story.created(&format!("{person}/field_data"), body.clone()).await;
    assert_eq!(story.walk(&options).await.len(), before + 1);
    assert_eq!(
        story.refused(&format!("{person}/field_data"), body).await["detail"],
        "has already been taken"
    );
    let second = json!({ "field_definition_id": definition, "value": "Baking in the dark" });
    story.created(&format!("{person}/field_data"), second).await;
    let path = format!("people/v2/field_data/{}", text(&datum["id"]));
    assert_eq!(story.patched(&path, json!({ "value": "Singing" })).await["attributes"]["value"], "Singing");
    story.deleted(&path).await;
}

#[tokio::test]
async fn a_deleted_definition_is_only_marked() {
    let story = Story::begin().await;
    let definition = text(&story.get("people/v2/field_definitions").await["data"][0]["id"]);
    let path = format!("people/v2/field_definitions/{definition}");
    let data = format!("people/v2/field_data?where[field_definition_id]={definition}");
    let before = story.get(&data).await["meta"]["total_count"].clone();
    assert_eq!(story.put(Method::DELETE, &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
    let shown = story.walk("people/v2/field_definitions").await;
    assert!(shown.iter().all(|known| known["id"] != definition.as_str()));
    let all = story.walk("people/v2/field_definitions?filter=include_deleted").await;
    let marked = all.iter().find(|known| known["id"] == definition.as_str()).unwrap();
    assert!(marked["attributes"]["deleted_at"].is_string());
    assert_eq!(story.get(&data).await["meta"]["total_count"], before);
}

#[tokio::test]
async fn households_are_founded_joined_and_left() {
    let story = Story::begin().await;
    let (daniel, declan) =
        (story.emulator.person_id("Daniel Kim").unwrap(), story.emulator.person_id("Declan Walsh").unwrap());
    let person = |id: &str| json!({ "type": "Person", "id": id });
    let body = json!({ "data": { "type": "Household", "attributes": { "name": "Band House" }, "relationships": {
        "primary_contact": { "data": person(&declan) }, "people": { "data": [person(&declan)] } } } });
    let (status, document) = story.put(Method::POST, "people/v2/households", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{document}");
    assert_eq!(document["data"]["attributes"]["primary_contact_name"], "Declan Walsh");
    let household = format!("people/v2/households/{}", text(&document["data"]["id"]));
    let membership = json!({ "data": { "type": "HouseholdMembership", "relationships": { "person": { "data": person(&daniel) } } } });
    let (status, joined) =
        story.put(Method::POST, &format!("{household}/household_memberships"), &membership).await;
    assert_eq!(status, StatusCode::CREATED, "{joined}");
    assert_eq!(joined["data"]["attributes"]["person_name"], "Daniel Kim");
    assert_eq!(story.get(&household).await["data"]["attributes"]["member_count"], 2);
    assert_eq!(story.walk(&format!("people/v2/people/{daniel}/households")).await.len(), 2);
    let own = format!("{household}/household_memberships/{}", text(&joined["data"]["id"]));
    assert_eq!(story.patched(&own, json!({ "pending": true })).await["attributes"]["pending"], true);
    let renamed =
        story.patched(&household, json!({ "name": "The Band", "primary_contact_id": daniel })).await;
    assert_eq!(renamed["attributes"]["primary_contact_name"], "Daniel Kim");
    story.deleted(&own).await;
    assert_eq!(story.get(&household).await["data"]["attributes"]["primary_contact_name"], "Declan Walsh");
    story.deleted(&household).await;
    assert_eq!(story.walk(&format!("people/v2/people/{declan}/households")).await.len(), 1);
}

#[tokio::test]
async fn running_a_list_asks_again_and_answers_nothing() {
    let story = Story::begin().await;
    let members = story.get("people/v2/lists?order=name&per_page=100").await;
    let list = members["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|list| list["attributes"]["name"] == "Members")
        .unwrap();
    let path = format!("people/v2/lists/{}", text(&list["id"]));
    let results = ids(&Value::Array(story.walk(&format!("{path}/list_results")).await));
    let (person, gone) =
        (story.person("Declan Walsh"), text(&story.get(&format!("{path}/people")).await["data"][0]["id"]));
    story.patched(&person, json!({ "membership": "Member" })).await;
    story.patched(&format!("people/v2/people/{gone}"), json!({ "membership": "Visitor" })).await;
    let unchanged = ids(&Value::Array(story.walk(&format!("{path}/list_results")).await));
    assert_eq!(unchanged, results, "a list is as old as its last run");
    let (status, body) = story.put(Method::POST, &format!("{path}/run"), &Value::Null).await;
    assert_eq!((status, body), (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(story.ask(&format!("{path}/run")).await.status(), StatusCode::NO_CONTENT);
    let after = story.get(&path).await["data"]["attributes"].clone();
    assert!(text(&after["refreshed_at"]) > text(&list["attributes"]["refreshed_at"]));
    assert_eq!(after["batch_completed_at"], after["refreshed_at"]);
    let people = ids(&Value::Array(story.walk(&format!("{path}/people")).await));
    assert!(people.contains(&story.emulator.person_id("Declan Walsh").unwrap()) && !people.contains(&gone));
    let kept = ids(&Value::Array(story.walk(&format!("{path}/list_results")).await));
    assert!(kept.iter().filter(|result| results.contains(result)).count() >= results.len() - 1);
}

#[tokio::test]
async fn a_card_goes_through_its_workflow_and_back() {
    let story = Story::begin().await;
    let workflows = story.get("people/v2/workflows?where[name]=baptism").await;
    let workflow = format!("people/v2/workflows/{}", text(&workflows["data"][0]["id"]));
    let steps = ids(&Value::Array(story.walk(&format!("{workflow}/steps?order=sequence")).await));
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let card = story.created(&format!("{workflow}/cards"), json!({ "person_id": daniel })).await;
    let own = format!("people/v2/people/{daniel}/workflow_cards/{}", text(&card["id"]));
    assert_eq!(card["attributes"]["stage"], "ready");
    let step = |card: &Value| card["data"]["relationships"]["current_step"]["data"]["id"].clone();
    let act = async |action: &str, attributes: Value| {
        let body = if attributes.is_null() { Value::Null } else { data(&attributes) };
        story.put(Method::POST, &format!("{own}/{action}"), &body).await
    };
    assert_eq!(step(&story.get(&own).await), steps[0].as_str());
    for (action, expected, stage) in [
        ("promote", Some(1), "ready"),
        ("go_back", Some(0), "ready"),
        ("skip_step", Some(1), "ready"),
        ("promote", Some(2), "ready"),
        ("promote", None, "completed"),
        ("go_back", Some(2), "ready"),
        ("remove", Some(2), "removed"),
        ("restore", Some(2), "ready"),
    ] {
        let (status, shown) = act(action, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{action}: {shown}");
        assert_eq!(shown["data"]["attributes"]["stage"], stage, "{action}");
        assert_eq!(
            step(&shown),
            expected.map_or(Value::Null, |place: usize| steps[place].as_str().into()),
            "{action}"
        );
    }
    let (status, snoozed) = act("snooze", json!({ "duration": 15 })).await;
    assert_eq!((status, &snoozed["data"]["attributes"]["stage"]), (StatusCode::OK, &json!("snoozed")));
    assert_eq!(act("snooze", json!({ "duration": 0 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(act("unsnooze", Value::Null).await.1["data"]["attributes"]["stage"], "ready");
    assert_eq!(act("send_email", json!({ "subject": "Sunday", "note": "See you." })).await.0, StatusCode::OK);
    let notes = story.walk(&format!("{own}/notes")).await;
    assert_eq!(notes[0]["attributes"]["note"], "Sunday\nSee you.");
    assert!(story.walk(&format!("{own}/activities?per_page=100")).await.len() >= 11);
    story.deleted(&own).await;
}
