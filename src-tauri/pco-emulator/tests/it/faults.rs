use std::time::{Duration, Instant};

use pco_emulator::{Fault, FaultKind, Mutation};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, text};

fn fault(path_prefix: &str, kind: FaultKind) -> Fault {
    Fault { times: Some(1), ..Fault::new(path_prefix, kind) }
}

#[tokio::test]
async fn each_fault_strikes_once_and_the_next_request_is_well() {
    let story = Story::begin().await;
    for (kind, status, words) in [
        (FaultKind::Status { status: 500 }, 500, "Internal Server Error"),
        (FaultKind::Status { status: 503 }, 503, "<h1>503 Service Unavailable</h1>"),
        (FaultKind::Status { status: 403 }, 403, "<html>"),
        (FaultKind::Html200, 200, "Free Wi-Fi"),
        (FaultKind::RateLimited { retry_after: Some("7".to_owned()) }, 429, "Too Many Requests"),
        (FaultKind::Body { status: 200, text: "{\"data\":".to_owned() }, 200, "{\"data\":"),
    ] {
        story.emulator.add_fault(fault("/people", kind.clone()));
        let response = story.ask("people/v2/me").await;
        assert_eq!(response.status().as_u16(), status, "{kind:?}");
        assert!(response.text().await.unwrap().contains(words), "{kind:?}");
        story.get("people/v2/me").await;
    }
}

#[tokio::test]
async fn connections_close_without_an_answer_or_in_its_middle() {
    let story = Story::begin().await;
    let send = || story.client.get(story.address("people/v2/people")).bearer_auth(&story.access_token).send();
    story.emulator.add_fault(fault("/people", FaultKind::Reset));
    assert!(send().await.is_err());
    story.emulator.add_fault(fault("/people", FaultKind::Truncate));
    let cut = send().await.unwrap();
    assert_eq!(cut.status(), StatusCode::OK);
    assert!(cut.bytes().await.is_err());
    assert_eq!(send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_work_is_done() {
    let story = Story::begin().await;
    story.emulator.add_fault(fault("/oauth/token", FaultKind::AnswerLost));
    let body = json!({ "grant_type": "refresh_token", "refresh_token": story.refresh_token, "client_id": story.emulator.client_id() });
    assert!(story.client.post(story.address("oauth/token")).json(&body).send().await.is_err());
    assert_eq!(story.emulator.counters().refreshes, 1);
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn slowness_and_lies_leave_the_rest_alone() {
    let story = Story::begin().await;
    story.emulator.add_fault(fault("/people", FaultKind::Slow { ms: 120 }));
    let started = Instant::now();
    story.get("people/v2/me").await;
    assert!(started.elapsed() >= Duration::from_millis(120));
    story.emulator.add_fault(fault("/people", FaultKind::TotalCount { n: 10_000 }));
    let page = story.get("people/v2/people").await;
    assert_eq!(page["meta"]["total_count"], 10_000);
    assert_eq!(page["meta"]["count"], 25);
    story.emulator.add_fault(Fault { times: None, ..fault("", FaultKind::Html200) });
    story.emulator.clear_faults();
    story.get("people/v2/me").await;
}

#[tokio::test]
async fn faults_changes_and_counters_work_over_http() {
    let story = Story::begin().await;
    let post = |path: &str, body: Value| story.client.post(story.address(path)).json(&body).send();
    let response = post(
        "_emulator/faults",
        json!({ "path_prefix": "/people", "times": 1, "kind": "status", "status": 502 }),
    )
    .await
    .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(story.ask("people/v2/me").await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(
        post("_emulator/faults", json!({ "kind": "earthquake" })).await.unwrap().status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let added: Value = post(
        "_emulator/mutate",
        json!({ "change": "add_person", "first_name": "Ada", "last_name": "Quill" }),
    )
    .await
    .unwrap()
    .json()
    .await
    .unwrap();
    let person = story.get(&format!("people/v2/people/{}", text(&added["id"]))).await;
    assert_eq!(person["data"]["attributes"]["name"], "Ada Quill");

    let counters: Value =
        story.client.get(story.address("_emulator/counters")).send().await.unwrap().json().await.unwrap();
    assert_eq!(counters["paths"]["GET /people/v2/people/{id}"], 1);
    assert_eq!(counters["statuses"]["502"], 1);
    assert_eq!(counters["tokens_issued"], 1);
    assert!(counters["connections"].as_u64().unwrap() >= 1);

    post("_emulator/role", json!({ "role": "no_services" })).await.unwrap();
    assert_eq!(story.ask("services/v2").await.status(), StatusCode::UNAUTHORIZED);
    post("_emulator/expire-access-tokens", json!({})).await.unwrap();
    assert!(story.ask("people/v2/me").await.text().await.unwrap().contains("BABOON"));
    post("_emulator/revoke", json!({})).await.unwrap();
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn people_come_go_merge_and_change_their_names() {
    let story = Story::begin().await;
    let (daniel, jiwoo) =
        (story.emulator.person_id("Daniel Kim").unwrap(), story.emulator.person_id("Ji-woo Kim").unwrap());
    let count = story.emulator.people_count();
    let rename = Mutation::RenamePerson {
        person_id: jiwoo.clone(),
        first_name: "Jiwoo".to_owned(),
        last_name: "Kim".to_owned(),
    };
    story.emulator.mutate(rename).unwrap();
    let found = story.get("people/v2/people?order=-updated_at&per_page=1").await;
    assert_eq!(found["data"][0]["attributes"]["name"], "Jiwoo Kim");

    story
        .emulator
        .mutate(Mutation::MergePeople { keep_person_id: jiwoo.clone(), remove_person_id: daniel.clone() })
        .unwrap();
    assert_eq!(story.emulator.people_count(), count - 1);
    assert_eq!(story.ask(&format!("people/v2/people/{daniel}")).await.status(), StatusCode::NOT_FOUND);
    let merger = story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={daniel}")).await;
    assert_eq!(merger["data"][0]["attributes"]["person_to_keep_id"].to_string(), jiwoo);
    let household = story.get(&format!("people/v2/people/{jiwoo}/households")).await;
    assert_eq!(household["data"][0]["attributes"]["primary_contact_name"], "Jiwoo Kim");
    let members = story.walk(&format!("{}/team_members", story.sunday().await)).await;
    assert!(members.iter().all(|member| member["relationships"]["person"]["data"]["id"] != daniel.as_str()));
    assert!(story.emulator.mutate(Mutation::DeletePerson { person_id: daniel }).is_err());
}

#[tokio::test]
async fn answers_items_and_plans_change() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let members = story.walk(&format!("{sunday}/team_members?filter=confirmed")).await;
    let id = text(&members[0]["id"]);
    let change = Mutation::SetStatus {
        team_member_id: id.clone(),
        status: "D".to_owned(),
        reason: Some("Flat tyre".to_owned()),
    };
    story.emulator.mutate(change).unwrap();
    let member = story.get(&format!("{sunday}/team_members/{id}")).await;
    assert_eq!(member["data"]["attributes"]["status"], "D");
    assert_eq!(member["data"]["attributes"]["decline_reason"], "Flat tyre");

    let items = story.walk(&format!("{sunday}/items")).await;
    let last = text(&items.last().unwrap()["id"]);
    story.emulator.mutate(Mutation::MoveItem { item_id: last.clone(), sequence: 1 }).unwrap();
    let moved = story.walk(&format!("{sunday}/items")).await;
    assert_eq!(text(&moved[0]["id"]), last);
    let sequences: Vec<usize> = moved
        .iter()
        .map(|item| usize::try_from(item["attributes"]["sequence"].as_u64().unwrap()).unwrap())
        .collect();
    assert_eq!(sequences, (1..=moved.len()).collect::<Vec<_>>());

    let plan_id = sunday.rsplit('/').next().unwrap().to_owned();
    story.emulator.mutate(Mutation::DeletePlan { plan_id }).unwrap();
    assert_eq!(story.ask(&sunday).await.status(), StatusCode::NOT_FOUND);
}
