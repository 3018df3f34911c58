use pco_emulator::{EmulatorConfig, Limit};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Story, config};

#[tokio::test]
async fn too_many_requests_are_refused_with_count_and_wait() {
    let story = Story::with(EmulatorConfig { rate_limit: Limit { count: 3, seconds: 20 }, ..config() }).await;
    for count in 1..=3 {
        let response = story.ask("people/v2/me").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-pco-api-request-rate-count"], count.to_string());
    }
    story.ask("people/v2/me").await;
    let response = story.ask("people/v2/me").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["x-pco-api-request-rate-limit"], "3");
    assert_eq!(response.headers()["x-pco-api-request-rate-count"], "5", "refused requests count");
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait));
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "errors": [{ "code": "429", "title": "Too Many Requests", "detail": "Rate limit exceeded: 5 of 3 requests per 20 seconds" }] })
    );
    assert_eq!(story.emulator.counters().rate_limited, 2);
}

#[tokio::test]
async fn deep_offsets_have_a_lower_limit_that_headers_do_not_tell() {
    let story =
        Story::with(EmulatorConfig { deep_offset_limit: Limit { count: 2, seconds: 20 }, ..config() }).await;
    for _ in 0..2 {
        let response = story.ask("people/v2/people?offset=30000").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-pco-api-request-rate-limit"], "100");
    }
    let response = story.ask("people/v2/people?offset=30000").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.text().await.unwrap().contains("3 of 2 requests per 20 seconds"));
    assert_eq!(story.ask("people/v2/people?offset=29999").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn each_token_has_its_own_count() {
    let mut story =
        Story::with(EmulatorConfig { rate_limit: Limit { count: 1, seconds: 20 }, ..config() }).await;
    story.get("people/v2/me").await;
    assert_eq!(story.ask("people/v2/me").await.status(), StatusCode::TOO_MANY_REQUESTS);
    let (_, pair) = story.refresh(&story.refresh_token).await;
    story.access_token = crate::harness::text(&pair["access_token"]);
    story.get("people/v2/me").await;
}
