//! Writes as the service takes them: statuses, documents, and what it says to those it refuses.

use pco_emulator::{PeopleRight, Rights, ServicesRight};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

impl Story {
    async fn write(&self, method: Method, path: &str, body: &str) -> Response {
        let request = self.client.request(method, self.address(path)).bearer_auth(&self.access_token);
        request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap()
    }

    async fn errors(&self, method: Method, path: &str, body: &Value, status: u16) -> Value {
        let response = self.write(method, path, &body.to_string()).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        response.json::<Value>().await.unwrap()["errors"].take()
    }
}

fn person(attributes: &Value) -> Value {
    json!({ "data": { "type": "Person", "attributes": attributes } })
}

#[tokio::test]
async fn create_answers_201_with_the_whole_record_and_its_parent() {
    let story = Story::begin().await;
    let body =
        person(&json!({ "first_name": "Ottilie", "last_name": "Brandvold", "birthdate": "1990-04-05" }));
    let response = story.write(Method::POST, "people/v2/people?include=emails", &body.to_string()).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["content-type"], "application/vnd.api+json; charset=utf-8");
    assert!(response.headers()["etag"].to_str().unwrap().starts_with("W/\""));
    let document: Value = response.json().await.unwrap();
    assert_eq!(document["data"]["type"], "Person");
    assert_eq!(document["data"]["attributes"]["birthdate"], "1990-04-05");
    assert_eq!(document["data"]["attributes"]["status"], "active");
    assert_eq!(document["meta"]["parent"]["type"], "Organization");
    assert_eq!(document["data"]["relationships"]["emails"]["data"], json!([]));
    let path = format!("people/v2/people/{}", text(&document["data"]["id"]));
    assert_eq!(story.get(&path).await["data"]["attributes"]["name"], "Ottilie Brandvold");
}

#[tokio::test]
async fn patch_answers_200_with_the_record_as_it_is_now() {
    let story = Story::begin().await;
    let path = format!("people/v2/people/{}", story.emulator.person_id("Daniel Kim").unwrap());
    let before = story.get(&path).await;
    let body = person(&json!({ "nickname": "Danny", "status": "inactive" })).to_string();
    let response = story.write(Method::PATCH, &path, &body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let document: Value = response.json().await.unwrap();
    assert_eq!(document, story.get(&path).await, "a patch answers as a read does");
    let attributes = &document["data"]["attributes"];
    assert_eq!(attributes["name"], "Danny Kim");
    assert_eq!(attributes["status"], "inactive");
    assert!(attributes["inactivated_at"].is_string());
    assert_ne!(attributes["updated_at"], before["data"]["attributes"]["updated_at"]);
    let body = person(&json!({ "status": "whatever", "nickname": null })).to_string();
    let document: Value = story.write(Method::PATCH, &path, &body).await.json().await.unwrap();
    assert_eq!(document["data"]["attributes"]["status"], "active", "all but inactive reactivates");
    assert_eq!(document["data"]["attributes"]["inactivated_at"], Value::Null);
    assert_eq!(document["data"]["attributes"]["nickname"], Value::Null);
}

#[tokio::test]
async fn delete_answers_204_without_a_body_and_then_404() {
    let story = Story::begin().await;
    let path = format!("people/v2/people/{}", story.emulator.person_id("Daniel Kim").unwrap());
    let response = story.write(Method::DELETE, &path, "").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert!(response.bytes().await.unwrap().is_empty());
    assert_eq!(story.ask(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(story.write(Method::DELETE, &path, "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_without_data_is_400_and_says_so() {
    let story = Story::begin().await;
    for body in ["", "{}", "not json", "{\"attributes\":{}}", "{\"data\":[]}"] {
        let response = story.write(Method::POST, "people/v2/people", body).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        let document: Value = response.json().await.unwrap();
        assert_eq!(
            document,
            json!({ "errors": [{ "status": "400", "title": "Bad Request", "code": "invalid_resource_payload", "detail": "The payload given does not contain a 'data' key." }] })
        );
    }
}

#[tokio::test]
async fn attributes_that_cannot_be_assigned_are_422_each_by_name() {
    let story = Story::begin().await;
    let body = json!({ "data": { "attributes": { "bogus": 1, "name": "x", "first_name": "A" }, "relationships": { "emails": { "data": [] } } } });
    let errors = story.errors(Method::POST, "people/v2/people", &body, 422).await;
    let expected = ["bogus", "name", "emails"].map(|name| {
        json!({ "status": "422", "title": "Forbidden Attribute", "detail": format!("{name} cannot be assigned") })
    });
    assert_eq!(errors, json!(expected));
    assert_eq!(story.get("people/v2/people?where[first_name]=A").await["meta"]["total_count"], 0);
}

#[tokio::test]
async fn values_a_record_cannot_have_are_422_with_their_parameter() {
    let story = Story::begin().await;
    let before = story.emulator.people_count();
    for (attributes, parameter, detail) in [
        (json!({ "first_name": "A", "last_name": " " }), "last_name", "can't be blank"),
        (
            json!({ "first_name": "A", "last_name": "B", "birthdate": "2026-02-30" }),
            "birthdate",
            "is not a valid date",
        ),
        (
            json!({ "first_name": "A", "last_name": "B", "primary_campus_id": "1" }),
            "primary_campus",
            "must exist",
        ),
    ] {
        let errors = story.errors(Method::POST, "people/v2/people", &person(&attributes), 422).await;
        assert_eq!(
            errors,
            json!([{ "status": "422", "title": "Validation Error", "detail": detail, "source": { "parameter": parameter } }])
        );
    }
    assert_eq!(story.emulator.people_count(), before, "no half person stays behind");
}

#[tokio::test]
async fn a_relationship_may_be_given_as_such_or_as_an_id_attribute() {
    let story = Story::begin().await;
    let campus = text(&story.get("people/v2/campuses").await["data"][0]["id"]);
    for extra in [
        json!({ "attributes": { "first_name": "A", "last_name": "B", "primary_campus_id": campus } }),
        json!({ "attributes": { "first_name": "A", "last_name": "B" }, "relationships": { "primary_campus": { "data": { "type": "PrimaryCampus", "id": campus } } } }),
    ] {
        let response =
            story.write(Method::POST, "people/v2/people", &json!({ "data": extra }).to_string()).await;
        let document: Value = response.json().await.unwrap();
        assert_eq!(text(&document["data"]["relationships"]["primary_campus"]["data"]["id"]), campus);
    }
}

#[tokio::test]
async fn who_may_only_read_gets_403_with_the_verb() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let viewer = Rights { people: PeopleRight::Viewer, services: ServicesRight::Viewer, ..Rights::default() };
    story.emulator.grant(&daniel, viewer).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let path = format!("people/v2/people/{daniel}");
    let body = person(&json!({ "nickname": "D" }));
    for (method, path, verb) in [
        (Method::POST, "people/v2/people", "create"),
        (Method::PATCH, path.as_str(), "update"),
        (Method::DELETE, path.as_str(), "destroy"),
        // Nobody may write these.
        (Method::POST, "people/v2/person_mergers", "create"),
    ] {
        let errors = story.errors(method, path, &body, 403).await;
        assert_eq!(errors[0]["detail"], "You do not have access to this resource");
        let description = text(&errors[0]["meta"]["description"]);
        assert!(
            description.starts_with(&format!("User with id {daniel} cannot {verb} Person")),
            "{description}"
        );
    }
}

#[tokio::test]
async fn what_no_route_takes_is_404_in_html_and_unknown_paths_in_json() {
    let story = Story::begin().await;
    let daniel = format!("people/v2/people/{}", story.emulator.person_id("Daniel Kim").unwrap());
    for (method, path) in [
        (Method::PUT, daniel.as_str()),
        (Method::POST, daniel.as_str()),
        (Method::PATCH, "people/v2/people"),
        (Method::DELETE, "people/v2/people"),
        (Method::DELETE, "people/v2"),
    ] {
        let response = story.write(method, path, "{}").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
    }
    let errors = story.errors(Method::POST, "people/v2/bogus", &json!({}), 404).await;
    assert_eq!(errors[0]["detail"], "The resource you requested could not be found");
}

#[tokio::test]
async fn one_answers_ones_own_request_and_nobody_elses() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let members = story.walk(&format!("{sunday}/team_members?where[status]=U")).await;
    let open = members.iter().find(|member| {
        member["attributes"]["status"] == "U" && member["attributes"]["prepare_notification"] == false
    });
    let open = open.expect("somebody has not answered");
    let (id, person) = (text(&open["id"]), text(&open["relationships"]["person"]["data"]["id"]));
    let path = format!("services/v2/people/{person}/schedules/{id}");
    let answer = json!({ "data": { "type": "ScheduleAccept", "attributes": { "reason": "Happy to" } } });
    story.errors(Method::POST, &format!("{path}/accept"), &answer, 403).await;
    story.emulator.sign_in_as(&person).unwrap();
    let response = story.write(Method::POST, &format!("{path}/accept"), "").await;
    assert_eq!(response.status(), StatusCode::OK, "an empty body will do");
    let document: Value = response.json().await.unwrap();
    assert_eq!(
        (document["data"]["type"].as_str(), document["data"]["attributes"]["status"].as_str()),
        (Some("Schedule"), Some("C"))
    );
    let reason = json!({ "data": { "attributes": { "reason": "Away" } } }).to_string();
    let document: Value =
        story.write(Method::POST, &format!("{path}/decline"), &reason).await.json().await.unwrap();
    assert_eq!(document["data"]["attributes"]["status"], "D");
    assert_eq!(document["data"]["attributes"]["decline_reason"], "Away");
    assert_eq!(
        story.ask(&format!("{path}/accept")).await.status(),
        StatusCode::NOT_FOUND,
        "GET is no answer"
    );
}

#[tokio::test]
async fn team_members_are_changed_on_the_plan_and_never_below_the_person() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let member = story.get(&format!("{sunday}/team_members?per_page=1")).await["data"][0].take();
    let (id, person) = (text(&member["id"]), text(&member["relationships"]["person"]["data"]["id"]));
    let body = json!({ "data": { "attributes": { "status": "declined", "notes": "Call first" } } });
    story.errors(Method::PATCH, &format!("services/v2/people/{person}/plan_people/{id}"), &body, 403).await;
    let path = format!("{sunday}/team_members/{id}");
    let response = story.write(Method::PATCH, &path, &body.to_string()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let attributes = story.get(&path).await["data"]["attributes"].take();
    assert_eq!((&attributes["status"], &attributes["notes"]), (&json!("D"), &json!("Call first")));
    let wrong = json!({ "data": { "attributes": { "status": "maybe" } } });
    let errors = story.errors(Method::PATCH, &path, &wrong, 422).await;
    assert_eq!(errors[0]["source"]["parameter"], "status");
}

#[tokio::test]
async fn items_are_reordered_with_204() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let mut order = ids(&story.get(&format!("{sunday}/items?per_page=100")).await["data"]);
    order.reverse();
    let body = |order: &[String]| {
        json!({ "data": { "type": "PlanItemReorder", "attributes": { "sequence": order } } }).to_string()
    };
    let path = format!("{sunday}/item_reorder");
    let response = story.write(Method::POST, &path, &body(&order)).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(ids(&story.get(&format!("{sunday}/items?per_page=100")).await["data"]), order);
    let response = story.write(Method::POST, &path, &body(&order[1..])).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_token_of_somebody_deleted_is_401_flamingo() {
    let story = Story::begin().await;
    let me = text(&story.get("people/v2/me").await["data"]["id"]);
    let response = story.write(Method::DELETE, &format!("people/v2/people/{me}"), "").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let response = story.ask("people/v2/me").await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.text().await.unwrap().contains("(FLAMINGO)"));
}
