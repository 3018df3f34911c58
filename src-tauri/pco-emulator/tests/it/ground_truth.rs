//! `/_emulator/truth`: what other programs' walks are compared with.

use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Story, ids};

async fn truth(story: &Story, path: &str) -> Value {
    let response =
        story.client.get(story.address(&format!("_emulator/truth?path={path}"))).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_truth_names_every_person_and_needs_no_token() {
    let story = Story::begin().await;
    let told = truth(&story, "/people/v2/people").await;
    assert_eq!(told["type"], "Person");
    assert_eq!(told["count"], story.emulator.people_count());
    let mut everybody: Vec<u64> = story.emulator.person_ids().iter().map(|id| id.parse().unwrap()).collect();
    everybody.sort_unstable();
    let told: Vec<u64> =
        told["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(told, everybody);
}

#[tokio::test]
async fn the_truth_follows_the_same_paths_as_a_client() {
    let story = Story::begin().await;
    let members = format!("/{}/team_members", story.sunday().await);
    let told = truth(&story, &members).await;
    assert_eq!(told["type"], "PlanPerson");
    let walked = Value::Array(story.walk(&members).await);
    assert_eq!(serde_json::json!(ids(&walked)), told["ids"]);
    let me = truth(&story, "/people/v2/me").await;
    assert_eq!(me["count"], 1);
}

#[tokio::test]
async fn the_truth_knows_nothing_of_paths_that_lead_nowhere() {
    let story = Story::begin().await;
    for (path, status) in [
        ("_emulator/truth?path=/people/v2/bogus", StatusCode::NOT_FOUND),
        ("_emulator/truth?path=/giving/v2/people", StatusCode::NOT_FOUND),
        ("_emulator/truth?path=/people/v1/people", StatusCode::NOT_FOUND),
        ("_emulator/truth", StatusCode::BAD_REQUEST),
    ] {
        let response = story.client.get(story.address(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}
