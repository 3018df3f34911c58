//! Rotation of refresh tokens, with many programs at once, and their ninety days.

use std::time::Duration;

use pco_emulator::{EmulatorConfig, Rotation};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;
use url::form_urlencoded::Serializer;

use crate::harness::{Story, config, text};

const AT_ONCE: usize = 16;

async fn story(rotation: Rotation) -> Story {
    Story::with(EmulatorConfig { rotation, ..config() }).await
}

/// So many refreshes with the same token at the same time, each over a connection of its own.
async fn refresh_at_once(story: &Story) -> Vec<(StatusCode, Value)> {
    let body = Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &story.refresh_token)
        .append_pair("client_id", story.emulator.client_id())
        .finish();
    let mut calls = JoinSet::new();
    for _ in 0..AT_ONCE {
        let request = reqwest::Client::new()
            .post(story.address("oauth/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone());
        calls.spawn(async move {
            let response = request.send().await.unwrap();
            (response.status(), response.json().await.unwrap())
        });
    }
    calls.join_all().await
}

async fn status_with(story: &mut Story, tokens: &Value) -> StatusCode {
    story.access_token = text(&tokens["access_token"]);
    story.ask("people/v2/me").await.status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strict_of_many_refreshes_at_once_exactly_one_succeeds() {
    let mut story = story(Rotation::Strict).await;
    let first = story.access_token.clone();
    let (good, bad): (Vec<_>, Vec<_>) =
        refresh_at_once(&story).await.into_iter().partition(|(status, _)| *status == StatusCode::OK);
    assert_eq!((good.len(), bad.len()), (1, AT_ONCE - 1));
    for (status, refusal) in bad {
        assert_eq!((status.as_u16(), text(&refusal["error"])), (400, "invalid_grant".to_owned()));
    }
    assert_eq!(status_with(&mut story, &good[0].1).await, StatusCode::OK, "a lost race takes nothing back");
    assert_eq!(story.emulator.counters().refreshes, 1);
    story.access_token = first;
    assert!(story.ask("people/v2/me").await.text().await.unwrap().contains("(CAPUCHIN)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_of_many_refreshes_at_once_each_has_a_pair_until_one_is_used() {
    let mut story = story(Rotation::Grace).await;
    let old = story.refresh_token.clone();
    let pairs: Vec<Value> = refresh_at_once(&story).await.into_iter().map(|(_, pair)| pair).collect();
    let mut tokens: Vec<String> = pairs.iter().map(|pair| text(&pair["refresh_token"])).collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), AT_ONCE, "every pair is a new one");
    story.get("people/v2/me").await;
    assert_eq!(story.refresh(&old).await.0, StatusCode::OK, "the first pair is still good");

    assert_eq!(status_with(&mut story, &pairs[0]).await, StatusCode::OK);
    let (status, refusal) = story.refresh(&old).await;
    assert_eq!((status.as_u16(), text(&refusal["error"])), (400, "invalid_grant".to_owned()));
    assert_eq!(status_with(&mut story, &pairs[1]).await, StatusCode::OK, "the other pairs stay good");
    assert_eq!(story.refresh(&text(&pairs[2]["refresh_token"])).await.0, StatusCode::OK);
}

#[tokio::test]
async fn grace_ends_with_the_first_pair_access_token_included() {
    let mut story = story(Rotation::Grace).await;
    let first = story.access_token.clone();
    let (_, pair) = story.refresh(&story.refresh_token).await;
    story.get("people/v2/me").await;
    assert_eq!(status_with(&mut story, &pair).await, StatusCode::OK);
    story.access_token = first;
    assert!(story.ask("people/v2/me").await.text().await.unwrap().contains("(CAPUCHIN)"));
}

#[tokio::test]
async fn a_refresh_token_lives_ninety_days_from_its_own_issue() {
    let story = story(Rotation::Strict).await;
    story.emulator.advance(Duration::from_hours(24 * 89));
    let (status, next) = story.refresh(&story.refresh_token).await;
    assert_eq!(status, StatusCode::OK);
    story.emulator.advance(Duration::from_hours(24 * 89));
    let (status, last) = story.refresh(&text(&next["refresh_token"])).await;
    assert_eq!(status, StatusCode::OK, "each refresh starts the ninety days again");
    story.emulator.advance(Duration::from_secs(90 * 86_400 + 1));
    let (status, refusal) = story.refresh(&text(&last["refresh_token"])).await;
    assert_eq!((status.as_u16(), text(&refusal["error"])), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_refresh_keeps_the_scope_or_narrows_it_and_never_widens_it() {
    let mut story = story(Rotation::Strict).await;
    let refresh = |token: String, scope: &'static str| {
        let story = &story;
        async move {
            let body = [("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", scope)];
            story.token(&body).await
        }
    };
    let (status, refusal) = refresh(story.refresh_token.clone(), "people giving").await;
    assert_eq!((status.as_u16(), text(&refusal["error"])), (400, "invalid_scope".to_owned()));
    let (_, narrow) = refresh(story.refresh_token.clone(), "people").await;
    assert_eq!(narrow["scope"], "people");
    let (_, kept) = story.refresh(&text(&narrow["refresh_token"])).await;
    assert_eq!(kept["scope"], "people");
    story.access_token = text(&kept["access_token"]);
    assert!(story.ask("services/v2/me").await.text().await.unwrap().contains("(PELICAN)"));
}

#[tokio::test]
async fn each_refresh_error_is_doorkeepers() {
    let story = story(Rotation::Strict).await;
    for (body, status, error, words) in [
        (vec![], 400, "invalid_request", "Missing required parameter: refresh_token."),
        (vec![("refresh_token", "unknown")], 400, "invalid_grant", "The provided authorization grant"),
        (vec![("refresh_token", story.access_token.as_str())], 400, "invalid_grant", "The provided"),
        (
            vec![("refresh_token", story.refresh_token.as_str()), ("client_id", "unknown")],
            401,
            "invalid_client",
            "Client authentication failed",
        ),
    ] {
        let body = [vec![("grant_type", "refresh_token")], body].concat();
        let (found, refusal) = story.token(&body).await;
        assert_eq!((found.as_u16(), text(&refusal["error"]).as_str()), (status, error), "{body:?}");
        assert!(text(&refusal["error_description"]).starts_with(words), "{refusal}");
    }
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::OK);
}
