//! The rate limit over HTTP (2.6). Its arithmetic is proven beside it.

use std::time::{Duration, Instant};

use pco_emulator::{EmulatorConfig, Fault, FaultKind, Limit, RateWindow};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, config};

fn limit(count: u32, seconds: u32) -> Limit {
    Limit { count, seconds }
}

fn number(response: &Response, name: &str) -> u64 {
    response.headers()[name].to_str().unwrap().parse().unwrap()
}

async fn limits(story: &Story, change: Value) -> Value {
    let response = story.client.post(story.address("_emulator/limits")).json(&change).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_limit_changes_in_flight_and_the_next_answer_tells_it() {
    let story = Story::begin().await;
    for _ in 0..12 {
        story.get("people/v2/me").await;
    }
    story.emulator.set_rate_limit(limit(10, 20));
    let refused = story.ask("people/v2/me").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(number(&refused, "x-pco-api-request-rate-limit"), 10);
    assert_eq!(number(&refused, "x-pco-api-request-rate-count"), 13);
    assert!((1..=20).contains(&number(&refused, "retry-after")));
    let told = limits(&story, json!({ "rate_limit": "75/20" })).await;
    assert_eq!(
        told,
        json!({ "rate_limit": "75/20", "deep_offset_limit": "75/20", "eaten": 0, "window": "fixed" })
    );
    let answer = story.ask("people/v2/me").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(number(&answer, "x-pco-api-request-rate-limit"), 75);
}

#[tokio::test]
async fn a_limit_drops_before_the_third_request() {
    let story = Story::begin().await;
    let fault =
        json!({ "path_prefix": "/people", "skip": 2, "times": 1, "kind": "limit", "rate_limit": "2/20" });
    let fault: Fault = serde_json::from_value(fault).unwrap();
    assert_eq!(fault.kind, FaultKind::Limit { rate_limit: limit(2, 20) });
    story.emulator.add_fault(fault);
    for _ in 0..2 {
        assert_eq!(number(&story.ask("people/v2/me").await, "x-pco-api-request-rate-limit"), 100);
    }
    let refused = story.ask("people/v2/me").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(number(&refused, "x-pco-api-request-rate-limit"), 2);
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused() {
    let story = Story::begin().await;
    for wrong in [json!({ "rate_limit": "0/20" }), json!({ "rate_limit": 7 }), json!({ "speed": 1 })] {
        let response =
            story.client.post(story.address("_emulator/limits")).json(&wrong).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn another_program_of_the_same_person_uses_its_part() {
    let sliding = EmulatorConfig { rate_window: RateWindow::Sliding, ..config() };
    let story = Story::with(sliding).await;
    story.emulator.set_eaten(50);
    let mut answered = 0;
    loop {
        let response = story.ask("people/v2/me").await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(number(&response, "x-pco-api-request-rate-count"), 101);
            break;
        }
        answered += 1;
    }
    assert_eq!(answered, 50);
    limits(&story, json!({ "eaten": 0 })).await;
    assert_eq!(story.ask("people/v2/me").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn deep_offsets_are_limited_on_their_own_and_obey_a_change() {
    let story = Story::begin().await;
    limits(&story, json!({ "deep_offset_limit": "10/20" })).await;
    for _ in 0..10 {
        let response = story.ask("people/v2/people?offset=32000&per_page=100").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(number(&response, "x-pco-api-request-rate-limit"), 100);
    }
    let refused = story.ask("people/v2/people?offset=32000&per_page=100").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.text().await.unwrap().contains("11 of 10 requests per 20 seconds"));
    assert_eq!(story.ask("people/v2/people?offset=29999").await.status(), StatusCode::OK);
    story.emulator.set_deep_offset_limit(limit(75, 20));
    assert_eq!(story.ask("people/v2/people?offset=30000").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn scaled_time_lets_a_period_pass_sooner_and_headers_keep_its_number() {
    let fast = EmulatorConfig { rate_limit: limit(1, 20), time_scale: 200.0, ..config() };
    let story = Story::with(fast).await;
    let started = Instant::now();
    let first = story.ask("people/v2/me").await;
    assert_eq!(number(&first, "x-pco-api-request-rate-period"), 20);
    loop {
        let response = story.ask("people/v2/me").await;
        if response.status() == StatusCode::OK {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "a tenth of a second is twenty here");
    }
    assert!(started.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_refusal_costs_nothing_but_its_place_in_the_count() {
    let story = Story::with(EmulatorConfig { rate_limit: limit(2, 20), ..config() }).await;
    for _ in 0..5 {
        story.ask("people/v2/me").await;
    }
    let counters = story.emulator.counters();
    assert_eq!((counters.rate_limited, counters.statuses[&429], counters.statuses[&200]), (3, 3, 2 + 1));
}
