//! Revocation (RFC 7009): a pair dies on both sides, by whoever may end it.

use pco_emulator::EmulatorConfig;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::harness::{CALLBACK, Story, VERIFIER, config, query, text};

async fn revoke(story: &Story, body: &[(&str, &str)], basic: Option<(&str, &str)>) -> Response {
    let body = Serializer::new(String::new()).extend_pairs(body).finish();
    let request = story
        .client
        .post(story.address("oauth/revoke"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let request = match basic {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    };
    request.send().await.unwrap()
}

async fn hint(story: &Story) -> String {
    story.ask("people/v2/me").await.text().await.unwrap()
}

#[tokio::test]
async fn either_token_of_a_pair_ends_both_whatever_the_hint_says() {
    for (use_access, hint_given) in [(true, "refresh_token"), (false, "access_token"), (false, "")] {
        let story = Story::begin().await;
        let token = if use_access { &story.access_token } else { &story.refresh_token };
        let body = [
            ("token", token.as_str()),
            ("token_type_hint", hint_given),
            ("client_id", story.emulator.client_id()),
        ];
        let answer = revoke(&story, &body, None).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({}));
        assert!(hint(&story).await.contains("(CAPUCHIN)"));
        assert_eq!(text(&story.refresh(&story.refresh_token).await.1["error"]), "invalid_grant");
    }
}

#[tokio::test]
async fn a_token_nobody_knows_is_200_and_empty() {
    let story = Story::begin().await;
    let id = story.emulator.client_id();
    for body in
        [vec![("token", "unknown"), ("client_id", id)], vec![("client_id", id)], vec![("token", "unknown")]]
    {
        let answer = revoke(&story, &body, None).await;
        assert_eq!((answer.status(), answer.text().await.unwrap()), (StatusCode::OK, "{}".to_owned()));
    }
    story.get("people/v2/me").await;
    assert_eq!(story.emulator.counters().revocations, 0);
}

#[tokio::test]
async fn who_may_not_revoke_is_403_unauthorized_client() {
    let client_secret = Some(("server".to_owned(), "s3cret".to_owned()));
    let story = Story::with(EmulatorConfig { client_secret, ..config() }).await;
    let token = story.refresh_token.as_str();
    for (body, basic) in [
        (vec![("token", token)], None),
        (vec![("token", token), ("client_id", "unknown")], None),
        (vec![("token", token)], Some(("server", "s3cret"))),
        (vec![("token", token)], Some(("server", "guess"))),
    ] {
        let answer = revoke(&story, &body, basic).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{body:?}");
        assert_eq!(
            answer.json::<Value>().await.unwrap(),
            json!({ "error": "unauthorized_client", "error_description": "You are not authorized to revoke this token" })
        );
    }
    story.get("people/v2/me").await;
}

#[tokio::test]
async fn a_confidential_application_revokes_with_its_secret() {
    let client_secret = Some(("server".to_owned(), "s3cret".to_owned()));
    let mut story = Story::with(EmulatorConfig { client_secret, ..config() }).await;
    let back = story.emulator.approve(&story.authorization_url(&[("client_id", "server")])).unwrap();
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &query(&back)["code"]),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "server"),
        ("client_secret", "s3cret"),
    ];
    let (_, tokens) = story.token(&exchange).await;
    story.access_token = text(&tokens["access_token"]);
    let token = story.access_token.clone();
    let without = revoke(&story, &[("token", &token), ("client_id", "server")], None).await;
    assert_eq!(without.status(), StatusCode::FORBIDDEN);
    story.get("people/v2/me").await;
    assert_eq!(
        revoke(&story, &[("token", &token)], Some(("server", "s3cret"))).await.status(),
        StatusCode::OK
    );
    assert!(hint(&story).await.contains("(CAPUCHIN)"));
}

#[tokio::test]
async fn two_proofs_at_once_are_invalid_request() {
    let story = Story::begin().await;
    let id = story.emulator.client_id();
    let body = [("token", story.refresh_token.as_str()), ("client_id", id)];
    let answer = revoke(&story, &body, Some((id, ""))).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(text(&answer.json::<Value>().await.unwrap()["error"]), "invalid_request");
    story.get("people/v2/me").await;
}
