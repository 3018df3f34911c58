//! What people of different rights find: a value, null, nothing at all, or a refusal.

use pco_emulator::{PeopleRight, Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::harness::{Story, ids, text};

/// Signed in as Daniel Kim, with these rights.
async fn story(people: PeopleRight, services: ServicesRight) -> (Story, String) {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let rights = Rights { organization_administrator: false, people, services };
    story.emulator.grant(&daniel, rights).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    (story, daniel)
}

async fn refusal(story: &Story, path: &str) -> (StatusCode, Value) {
    let response = story.ask(path).await;
    let status = response.status();
    (status, response.json().await.unwrap())
}

#[tokio::test]
async fn without_a_people_right_me_answers_and_the_rest_is_403_with_its_reason() {
    let (story, daniel) = story(PeopleRight::None, ServicesRight::Viewer).await;
    let me = story.get("people/v2/me").await;
    assert_eq!(text(&me["data"]["id"]), daniel);
    assert_eq!(me["data"]["attributes"]["people_permissions"], Value::Null);
    story.get("people/v2/me/emails").await;
    story.get("people/v2").await;
    for (path, vertex) in
        [("people/v2/people", "PersonVertex collection"), ("people/v2/emails", "EmailVertex collection")]
    {
        let (status, body) = refusal(&story, path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(body["errors"][0]["title"], "Forbidden");
        assert_eq!(body["errors"][0]["detail"], "You do not have access to this resource");
        let description = format!("User with id {daniel} cannot read {vertex}.");
        assert_eq!(text(&body["errors"][0]["meta"]["description"]), description);
    }
}

#[tokio::test]
async fn people_attributes_above_the_readers_level_are_missing_and_not_null() {
    let (story, _) = story(PeopleRight::Viewer, ServicesRight::None).await;
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let person = story.get(&format!("people/v2/people/{ruth}?fields[Person]=name,membership,login_identifier,mfa_configured,stripe_customer_identifier")).await;
    let names: Vec<_> = person["data"]["attributes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["membership", "name"]);
    let me = story.get("people/v2/me?fields[Person]=login_identifier").await;
    assert!(me["data"]["attributes"].get("login_identifier").is_some(), "everybody sees their own");
    story.emulator.set_role(pco_emulator::Role::Administrator);
    let person = story.get(&format!("people/v2/people/{ruth}?fields[Person]=login_identifier,mfa_configured,stripe_customer_identifier")).await;
    let names: Vec<_> = person["data"]["attributes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["login_identifier", "mfa_configured"]);
}

#[tokio::test]
async fn without_a_services_right_every_call_is_401_trash_panda() {
    let (story, _) = story(PeopleRight::Manager, ServicesRight::None).await;
    for path in ["services/v2", "services/v2/me", "services/v2/service_types", "services/v2/people"] {
        let (status, body) = refusal(&story, path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(text(&body["errors"][0]["detail"]).ends_with("(TRASH_PANDA)"), "{path}");
    }
    story.get("people/v2/people").await;
}

#[tokio::test]
async fn services_levels_decide_which_attributes_of_a_person_are_there() {
    for (services, viewer, scheduler) in [
        (ServicesRight::ScheduledViewer, false, false),
        (ServicesRight::Viewer, true, false),
        (ServicesRight::Scheduler, true, true),
        (ServicesRight::Editor, true, true),
        (ServicesRight::Administrator, true, true),
    ] {
        let (story, daniel) = story(PeopleRight::None, services).await;
        let people = ids(&story.get("services/v2/people?per_page=100").await["data"]);
        let other = people.into_iter().find(|id| *id != daniel).unwrap();
        let other = story.get(&format!("services/v2/people/{other}")).await;
        let shown = |name: &str| other["data"]["attributes"].get(name).is_some();
        assert!(shown("first_name") && shown("photo_url"), "{services:?}");
        assert_eq!(shown("full_name"), viewer, "{services:?}");
        assert_eq!(shown("logged_in_at"), scheduler, "{services:?}");
        assert_eq!(shown("ical_code"), scheduler, "{services:?}");
        let me = story.get("services/v2/me").await;
        let mine = |name: &str| me["data"]["attributes"].get(name).is_some();
        assert_eq!(text(&me["data"]["id"]), daniel);
        assert!(mine("full_name") && mine("ical_code"), "{services:?}");
        assert_eq!(mine("logged_in_at"), scheduler, "{services:?}");
    }
}

#[tokio::test]
async fn permissions_are_told_as_planning_center_writes_them() {
    for (services, name) in [
        (ServicesRight::ScheduledViewer, "Scheduled Viewer"),
        (ServicesRight::Viewer, "Viewer"),
        (ServicesRight::Scheduler, "Scheduler"),
        (ServicesRight::Editor, "Editor"),
        (ServicesRight::Administrator, "Administrator"),
    ] {
        let (story, _) = story(PeopleRight::Editor, services).await;
        let me = story.get("services/v2/me").await;
        assert_eq!(text(&me["data"]["attributes"]["permissions"]), name);
        let types = story.get("services/v2/service_types").await;
        assert_eq!(text(&types["data"][0]["attributes"]["permissions"]), name);
        let me = story.get("people/v2/me").await;
        assert_eq!(me["data"]["attributes"]["people_permissions"], "Editor");
        assert_eq!(me["data"]["attributes"]["site_administrator"], false);
    }
}

#[tokio::test]
async fn the_team_entries_of_others_are_for_administrators_only() {
    let (story, daniel) = story(PeopleRight::None, ServicesRight::Editor).await;
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let (status, _) = refusal(&story, &format!("services/v2/people/{ruth}/plan_people")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    story.get(&format!("services/v2/people/{daniel}/plan_people")).await;
}

#[tokio::test]
async fn an_include_that_the_reader_may_not_follow_brings_nothing() {
    let (story, daniel) = story(PeopleRight::None, ServicesRight::Viewer).await;
    let me = story.get("people/v2/me?include=emails,households.people").await;
    let included = me["included"].as_array().unwrap();
    assert!(included.iter().any(|record| record["type"] == "Email"), "one's own");
    assert!(included.iter().all(|record| record["type"] != "Person"), "the family is not");
    assert_eq!(text(&me["data"]["id"]), daniel);
}

#[tokio::test]
async fn who_may_not_view_everybody_lists_their_own_teams_since_november_2018() {
    let (story, daniel) = story(PeopleRight::None, ServicesRight::ScheduledViewer).await;
    let list = async |version: &str| {
        let request = story.client.get(story.address("services/v2/people?per_page=100"));
        let request = request.bearer_auth(&story.access_token).header("x-pco-api-version", version);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let everybody = story.emulator.people_count();
    assert_eq!(list("2018-10-31").await["meta"]["total_count"], everybody);
    let teammates = list("2018-11-01").await;
    let teammates = ids(&teammates["data"]);
    assert!(teammates.contains(&daniel) && teammates.len() > 1 && teammates.len() < everybody);
    let stranger = story.emulator.person_ids().into_iter().find(|id| !teammates.contains(id)).unwrap();
    assert_eq!(refusal(&story, &format!("services/v2/people/{stranger}")).await.0, StatusCode::NOT_FOUND);
    let viewer = Rights { services: ServicesRight::Viewer, ..Rights::default() };
    story.emulator.grant(&daniel, viewer).unwrap();
    assert_eq!(list("2018-11-01").await["meta"]["total_count"], everybody);
}

#[tokio::test]
async fn a_scheduled_viewer_sees_the_plans_that_ask_for_them_and_a_viewer_all() {
    let (story, daniel) = story(PeopleRight::None, ServicesRight::ScheduledViewer).await;
    let sunday = story.emulator.service_type_id("Sunday Morning").unwrap();
    let path = format!("services/v2/service_types/{sunday}/plans");
    let mine = story.walk(&path).await;
    assert!(!mine.is_empty());
    for plan in mine.iter().take(5) {
        let members = story.walk(&format!("{path}/{}/team_members", text(&plan["id"]))).await;
        assert!(
            members.iter().any(|member| text(&member["relationships"]["person"]["data"]["id"]) == daniel)
        );
    }
    let viewer = Rights { services: ServicesRight::Viewer, ..Rights::default() };
    story.emulator.grant(&daniel, viewer).unwrap();
    let all = ids(&Value::from(story.walk(&path).await));
    assert!(all.len() > mine.len());
    let hidden = all.iter().find(|id| mine.iter().all(|plan| text(&plan["id"]) != **id)).unwrap();
    story.get(&format!("{path}/{hidden}")).await;
    let less = Rights { services: ServicesRight::ScheduledViewer, ..Rights::default() };
    story.emulator.grant(&daniel, less).unwrap();
    assert_eq!(refusal(&story, &format!("{path}/{hidden}")).await.0, StatusCode::NOT_FOUND);
}

/// What each level is answered, by path. 0 stands for 401 `TRASH_PANDA`.
#[tokio::test]
async fn every_level_of_both_products_is_answered_as_planning_center_answers_it() {
    use PeopleRight as People;
    use ServicesRight as Services;
    let reads = [
        "people/v2",
        "people/v2/me",
        "people/v2/people",
        "people/v2/phone_numbers",
        "services/v2/me",
        "services/v2/service_types",
        "services/v2/songs",
    ];
    for (people, services, expected) in [
        (People::None, Services::None, [200, 200, 403, 403, 0, 0, 0]),
        (People::Viewer, Services::None, [200, 200, 200, 200, 0, 0, 0]),
        (People::None, Services::ScheduledViewer, [200, 200, 403, 403, 200, 200, 200]),
        (People::Manager, Services::Administrator, [200; 7]),
    ] {
        let (story, _) = story(people, services).await;
        for (path, expected) in reads.into_iter().zip(expected) {
            let response = story.ask(path).await;
            let status = response.status().as_u16();
            let body = response.text().await.unwrap();
            let answered = if body.contains("(TRASH_PANDA)") { 0 } else { status };
            assert_eq!(answered, expected, "{people:?} {services:?} {path}");
        }
    }
}

#[tokio::test]
async fn editors_write_people_and_managers_delete_them() {
    for (people, create, patch, delete) in [
        (PeopleRight::None, 403, 403, 403),
        (PeopleRight::Viewer, 403, 403, 403),
        (PeopleRight::Editor, 201, 200, 403),
        (PeopleRight::Manager, 201, 200, 204),
    ] {
        let (story, _) = story(people, ServicesRight::None).await;
        let somebody = story.emulator.person_id("Ji-woo Kim").unwrap();
        let body = r#"{"data":{"attributes":{"first_name":"Ada","last_name":"Nnadi"}}}"#;
        let ask = async |method: Method, path: &str| {
            let request = story.client.request(method, story.address(path)).bearer_auth(&story.access_token);
            request.body(body).send().await.unwrap().status().as_u16()
        };
        let path = format!("people/v2/people/{somebody}");
        assert_eq!(ask(Method::POST, "people/v2/people").await, create, "{people:?}");
        assert_eq!(ask(Method::PATCH, &path).await, patch, "{people:?}");
        assert_eq!(ask(Method::DELETE, &path).await, delete, "{people:?}");
    }
}
