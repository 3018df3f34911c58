//! What clients write about people, what moves with it, and what it leaves behind.

use pco_emulator::{Mutation, PeopleRight, Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

impl Story {
    async fn put(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.request(method, self.address(path)).bearer_auth(&self.access_token);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    async fn created(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::POST, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {document}");
        document["data"].clone()
    }

    async fn patched(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::PATCH, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {document}");
        document["data"].clone()
    }

    async fn deleted(&self, path: &str) {
        assert_eq!(self.put(Method::DELETE, path, &Value::Null).await.0, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(self.ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }

    async fn refused(&self, path: &str, attributes: Value) -> Value {
        let (status, document) = self.put(Method::POST, path, &data(&attributes)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        document["errors"][0].clone()
    }

    fn person(&self, name: &str) -> String {
        format!("people/v2/people/{}", self.emulator.person_id(name).unwrap())
    }

    async fn updated_at(&self, path: &str) -> String {
        text(&self.get(path).await["data"]["attributes"]["updated_at"])
    }
}

fn data(attributes: &Value) -> Value {
    json!({ "data": { "attributes": attributes } })
}

#[tokio::test]
async fn emails_come_change_and_go_and_each_time_the_person_is_updated() {
    let story = Story::begin().await;
    let person = story.person("Étienne Moreau");
    let before = story.updated_at(&person).await;
    let email = story
        .created(
            &format!("{person}/emails"),
            json!({ "address": "e.m@example.org", "location": "Work", "primary": true }),
        )
        .await;
    assert_eq!(email["attributes"]["address"], "e.m@example.org");
    let after = story.updated_at(&person).await;
    assert!(after > before, "{before} {after}");
    let emails = story.walk(&format!("{person}/emails")).await;
    let primary: Vec<&Value> = emails.iter().filter(|email| email["attributes"]["primary"] == true).collect();
    assert_eq!(primary.len(), 1);
    assert_eq!(primary[0]["id"], email["id"], "the newest took the place of the former");
    let path = format!("people/v2/emails/{}", text(&email["id"]));
    let changed = story.patched(&path, json!({ "address": "etienne@example.org" })).await;
    assert_eq!(changed["attributes"]["address"], "etienne@example.org");
    assert_eq!(changed["attributes"]["location"], "Work");
    let found = story.get("people/v2/people?where[search_name_or_email]=etienne@example.org").await;
    assert_eq!(found["meta"]["total_count"], 1);
    story.deleted(&path).await;
    let left = story.walk(&format!("{person}/emails")).await;
    assert_eq!(left.len() + 1, emails.len());
    assert_eq!(left.iter().filter(|email| email["attributes"]["primary"] == true).count(), left.len().min(1));
}

#[tokio::test]
async fn an_address_that_is_none_or_is_there_already_is_422() {
    let story = Story::begin().await;
    let emails = format!("{}/emails", story.person("Daniel Kim"));
    let first = story.created(&emails, json!({ "address": "drums@example.org" })).await;
    assert_eq!(first["attributes"]["location"], "Home");
    for (attributes, detail) in [
        (json!({}), "can't be blank"),
        (json!({ "address": "nobody" }), "is invalid"),
        (json!({ "address": "DRUMS@example.org" }), "has already been taken"),
    ] {
        let error = story.refused(&emails, attributes).await;
        assert_eq!(error["title"], "Validation Error");
        assert_eq!(error["detail"], detail);
        assert_eq!(error["source"]["parameter"], "address");
    }
    let error = story.refused(&emails, json!({ "address": "a@example.org", "blocked": true })).await;
    assert_eq!(error["detail"], "blocked cannot be assigned");
}

#[tokio::test]
async fn phone_numbers_are_kept_as_typed_and_found_by_their_digits() {
    let story = Story::begin().await;
    let person = story.person("Walter Thompson");
    let number = story.created(&format!("{person}/phone_numbers"), json!({ "number": "555 010 0777" })).await;
    assert_eq!(number["attributes"]["number"], "555 010 0777");
    assert_eq!(number["attributes"]["e164"], "+15550100777");
    assert_eq!(number["attributes"]["location"], "Mobile");
    assert_eq!(number["attributes"]["primary"], true, "the only one is the primary one");
    let found = story.get("people/v2/people?where[search_phone_number]=0777").await;
    assert_eq!(found["data"][0]["attributes"]["name"], "Walter Thompson Sr.");
    let path = format!("people/v2/phone_numbers/{}", text(&number["id"]));
    let changed = story.patched(&path, json!({ "number": "+49 30 901820", "location": "Work" })).await;
    assert_eq!(changed["attributes"]["e164"], "+4930901820");
    assert_eq!(
        story.refused(&format!("{person}/phone_numbers"), json!({ "number": "none" })).await["detail"],
        "is invalid"
    );
    story.deleted(&path).await;
}

#[tokio::test]
async fn homes_are_written_too() {
    let story = Story::begin().await;
    let person = story.person("Nasima Begum");
    let home = json!({ "street_line_1": "1 New Road", "city": "Easterly", "state": "NY", "zip": "00544", "primary": true });
    let address = story.created(&format!("{person}/addresses"), home).await;
    assert_eq!(address["attributes"]["country_name"], "United States");
    let path = format!("people/v2/addresses/{}", text(&address["id"]));
    let before = story.updated_at(&person).await;
    let changed = story.patched(&path, json!({ "street_line_2": "Rear", "city": "Marlow Bay" })).await;
    assert_eq!(changed["attributes"]["street_line_2"], "Rear");
    assert!(story.updated_at(&person).await >= before);
    story.deleted(&path).await;
}

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

#[tokio::test]
async fn viewers_write_nothing() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let ruth = story.person("Ruth Adeyemi");
    let email = text(&story.get(&format!("{ruth}/emails")).await["data"][0]["id"]);
    let rights = Rights {
        organization_administrator: false,
        people: PeopleRight::Viewer,
        services: ServicesRight::None,
    };
    story.emulator.grant(&daniel, rights).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    for (method, path) in [
        (Method::POST, format!("{ruth}/emails")),
        (Method::PATCH, format!("people/v2/emails/{email}")),
        (Method::DELETE, format!("people/v2/emails/{email}")),
        (Method::POST, format!("{ruth}/notes")),
        (Method::POST, "people/v2/households".to_owned()),
    ] {
        let (status, _) =
            story.put(method.clone(), &path, &data(&json!({ "address": "x@example.org" }))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert_eq!(story.get(&format!("{ruth}/emails")).await["data"][0]["id"], email);
}

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
