//! What clients write about people themselves and how they are reached, and what moves with it.

use pco_emulator::{PeopleRight, Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, text};
use crate::writing::data;

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
async fn profiles_elsewhere_are_written_and_leave_the_person_as_it_was() {
    let story = Story::begin().await;
    let person = story.person("Nasima Begum");
    let before = story.updated_at(&person).await;
    let profile = json!({ "site": "Mastodon", "url": "https://example.org/@nasima" });
    let made = story.created(&format!("{person}/social_profiles"), profile).await;
    let path = format!("people/v2/social_profiles/{}", text(&made["id"]));
    assert_eq!(story.patched(&path, json!({ "verified": true })).await["attributes"]["verified"], true);
    let blank = story.refused(&format!("{person}/social_profiles"), json!({ "site": "Mastodon" })).await;
    assert_eq!(blank["source"]["parameter"], "url");
    story.deleted(&path).await;
    assert_eq!(story.updated_at(&person).await, before);
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
