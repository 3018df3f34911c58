use pco_emulator::{EmulatorConfig, Role};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, config, text};

async fn hint(story: &Story, path: &str) -> String {
    let response = story.ask(path).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["status"], "401");
    text(&body["errors"][0]["detail"])
}

#[tokio::test]
async fn each_reason_for_401_has_its_animal() {
    let mut story = Story::begin().await;
    story.emulator.expire_access_tokens();
    assert!(hint(&story, "people/v2/me").await.ends_with("(BABOON)"));
    let (_, pair) = story.refresh(&story.refresh_token).await;
    story.access_token = text(&pair["access_token"]);
    story.get("people/v2/me").await;
    story.emulator.set_role(Role::NoServices);
    assert!(hint(&story, "services/v2/service_types").await.ends_with("(TRASH_PANDA)"));
    assert!(hint(&story, "services/v2/me").await.ends_with("(TRASH_PANDA)"));
    story.get("people/v2/people").await;
    story.emulator.revoke_all();
    assert!(hint(&story, "people/v2/me").await.ends_with("(CAPUCHIN)"));
    story.access_token = "0".repeat(64);
    assert_eq!(hint(&story, "people/v2/me").await, "This request could not be authenticated.");
    let people_only = Story::with_scope(config(), "people").await;
    assert!(hint(&people_only, "services/v2").await.ends_with("(PELICAN)"));
}

#[tokio::test]
async fn without_people_permission_only_oneself_answers() {
    let story = Story::begin().await;
    story.emulator.set_role(Role::NoPeople);
    assert_eq!(text(&story.get("people/v2/me").await["data"]["attributes"]["name"]), "Ruth Adeyemi");
    for path in ["people/v2/people", "people/v2/emails", "people/v2/households"] {
        let response = story.ask(path).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["detail"], "You do not have access to this resource");
    }
    story.get("services/v2/service_types").await;
}

#[tokio::test]
async fn a_personal_access_token_works_with_basic() {
    let pat = Some(("application".to_owned(), "secret".to_owned()));
    let story = Story::with(EmulatorConfig { pat, ..config() }).await;
    let ask = |secret: &str| {
        story.client.get(story.address("services/v2/me")).basic_auth("application", Some(secret)).send()
    };
    let response = ask("secret").await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-pco-api-auth-method"], "HTTPBasic");
    assert_eq!(ask("wrong").await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unrouted_verbs_and_nameless_programs_get_html() {
    let story = Story::begin().await;
    let put = story
        .client
        .put(story.address("people/v2/people"))
        .bearer_auth(&story.access_token)
        .send()
        .await
        .unwrap();
    assert_eq!(put.status(), StatusCode::NOT_FOUND);
    assert!(put.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let nameless = Client::new()
        .get(story.address("people/v2/me"))
        .bearer_auth(&story.access_token)
        .send()
        .await
        .unwrap();
    assert_eq!(nameless.status(), StatusCode::FORBIDDEN);
    assert!(nameless.text().await.unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn what_is_not_there_answers_404_in_json() {
    let story = Story::begin().await;
    for path in [
        "people/v2/people/1",
        "people/v2/people/060214003",
        "people/v2/bogus",
        "giving/v2",
        "people/v1/people",
        "people/v2/me/emails/1",
    ] {
        let response = story.ask(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            json!({ "errors": [{ "status": "404", "title": "Not Found", "detail": "The resource you requested could not be found" }] })
        );
    }
}

#[tokio::test]
async fn versions_before_the_first_are_refused() {
    let story = Story::begin().await;
    let ask = |version: &str| {
        story
            .client
            .get(story.address("services/v2"))
            .bearer_auth(&story.access_token)
            .header("x-pco-api-version", version)
            .send()
    };
    let old = ask("2017-01-01").await.unwrap();
    assert_eq!(old.status(), StatusCode::BAD_REQUEST);
    assert!(old.text().await.unwrap().contains("unsupported_version_error"));
    assert_eq!(ask("2018-11-01").await.unwrap().headers()["x-pco-api-processed-as-version"], "2018-11-01");
    assert_eq!(ask("2018-10-31").await.unwrap().headers()["x-pco-api-processed-as-version"], "2018-08-01");
}

#[tokio::test]
async fn strict_mode_refuses_forbidden_attributes_and_unknown_names() {
    let story = Story::with(EmulatorConfig { strict: true, ..config() }).await;
    for path in [
        "people/v2/people?fields[Person]=name,medical_notes",
        "people/v2/people?fields[Person]=site_administrator",
        "people/v2/emails?include=person&fields[Person]=login_identifier",
        "services/v2?fields[Organization]=secret",
        "services/v2/people?fields[Person]=permissions",
        "people/v2/people?where[shoe_size]=44",
        "people/v2/people?fields[Person]=shoe_size",
        "people/v2/people?fields[Shoe]=size",
        "people/v2/people?order=shoe_size",
        "people/v2/people?include=shoes",
        "people/v2/people?filter=tall",
        "people/v2/people?page=2",
    ] {
        assert_eq!(story.ask(path).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }
    for path in [
        "people/v2/me?fields[Person]=name,site_administrator,people_permissions",
        "services/v2/me?fields[Person]=full_name,max_permissions",
        "people/v2/people?fields[Person]=name,emails,primary_campus&include=emails,households.people&where[created_at][gte]=2020-01-01&order=-created_at",
        "services/v2/people?order=last_name&per_page=100",
    ] {
        story.get(path).await;
    }
}

#[tokio::test]
async fn forbidden_values_can_be_found_by_their_first_letters() {
    let story = Story::begin().await;
    let secret = story.get("services/v2").await;
    assert!(text(&secret["data"]["attributes"]["secret"]).starts_with("CNRY-PII-"));
    let id = story.emulator.person_id("Daniel Kim").unwrap();
    let person = story.get(&format!("people/v2/people/{id}")).await;
    for name in [
        "medical_notes",
        "login_identifier",
        "people_permissions",
        "site_administrator",
        "passed_background_check",
    ] {
        assert!(text(&person["data"]["attributes"][name]).starts_with("CNRY-PII-"), "{name}");
    }
    assert_eq!(story.get("people/v2/me").await["data"]["attributes"]["site_administrator"], true);
}
