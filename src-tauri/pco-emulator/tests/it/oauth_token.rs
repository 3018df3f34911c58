//! The token endpoint: who may exchange what, in which encoding, and how long it lives.

use std::time::Duration;

use pco_emulator::{Emulator, EmulatorConfig, EmulatorError};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::harness::{CALLBACK, Story, VERIFIER, config, query, text};

const FORM: &str = "application/x-www-form-urlencoded";

/// A church that also knows the Confidential application `server`.
async fn with_server() -> Story {
    let client_secret = Some(("server".to_owned(), "s3cret".to_owned()));
    Story::with(EmulatorConfig { client_secret, ..config() }).await
}

/// A code for `server`, with a challenge or without.
fn server_code(story: &Story, pkce: bool) -> String {
    let mut changes = vec![("client_id", "server")];
    if !pkce {
        changes.extend([("code_challenge", ""), ("code_challenge_method", "")]);
    }
    query(&story.emulator.approve(&story.authorization_url(&changes)).unwrap())["code"].clone()
}

fn post(story: &Story, body: &[(&str, &str)]) -> RequestBuilder {
    let body = Serializer::new(String::new()).extend_pairs(body).finish();
    story.client.post(story.address("oauth/token")).header("content-type", FORM).body(body)
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn token_answers_have_the_members_and_headers_of_the_reference() {
    let story = Story::begin().await;
    let code = story.code("people services");
    let body = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", story.emulator.client_id()),
        ("code_verifier", VERIFIER),
    ];
    let response = post(&story, &body).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["pragma"], "no-cache");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let tokens: Value = response.json().await.unwrap();
    let mut names: Vec<_> = tokens.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["access_token", "created_at", "expires_in", "refresh_token", "scope", "token_type"]);

    let refused = post(&story, &[("grant_type", "password")]).send().await.unwrap();
    assert_eq!(
        refused.headers()["www-authenticate"],
        "Bearer realm=\"Planning Center\", error=\"unsupported_grant_type\", error_description=\"The authorization grant type is not supported by the authorization server.\""
    );
}

#[tokio::test]
async fn codes_are_exchanged_from_a_form_from_json_and_from_multipart() {
    let story = Story::begin().await;
    let id = story.emulator.client_id();
    let multipart = |code: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", id),
            ("code_verifier", VERIFIER),
        ];
        let part = |(name, value)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        pairs.map(part).concat() + "--b--\r\n"
    };
    let address = story.address("oauth/token");
    let json = json!({
        "grant_type": "authorization_code", "code": story.code("people"), "redirect_uri": CALLBACK,
        "client_id": id, "code_verifier": VERIFIER
    });
    let in_json = story.client.post(address.clone()).json(&json);
    let in_multipart = story
        .client
        .post(address)
        .header("content-type", "multipart/form-data; boundary=b")
        .body(multipart(&story.code("people")));
    assert_eq!(story.exchange(&story.code("people")).await.0, StatusCode::OK);
    assert_eq!(answer(in_json).await.0, 200);
    assert_eq!(answer(in_multipart).await.0, 200);
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let story = Story::begin().await;
    let (kept, late) = (story.code("people"), story.code("people"));
    story.emulator.advance(Duration::from_secs(598));
    assert_eq!(story.exchange(&kept).await.0, StatusCode::OK);
    story.emulator.advance(Duration::from_secs(3));
    let (status, refusal) = story.exchange(&late).await;
    assert_eq!((status, text(&refusal["error"])), (StatusCode::BAD_REQUEST, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn time_passes_over_http_too() {
    let story = Story::begin().await;
    let code = story.code("people");
    let advance = |body: Value| story.client.post(story.address("_emulator/clock")).json(&body);
    let (status, clock) = answer(advance(json!({ "advance_seconds": 601 }))).await;
    assert_eq!(status, 200);
    assert!(clock["now"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(story.exchange(&code).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(answer(advance(json!({ "advance_seconds": -1 }))).await.0, 422);
}

#[tokio::test]
async fn an_access_token_lives_two_hours_or_as_long_as_told() {
    let story = Story::begin().await;
    story.emulator.advance(Duration::from_secs(7_198));
    story.get("people/v2/me").await;
    story.emulator.advance(Duration::from_secs(2));
    let refused = story.ask("people/v2/me").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.text().await.unwrap().contains("(BABOON)"));

    let short = Story::with(EmulatorConfig { access_token_life: 60, ..config() }).await;
    assert_eq!(short.refresh(&short.refresh_token).await.1["expires_in"], 60);
}

#[tokio::test]
async fn a_secret_is_taken_from_the_basic_header_or_from_the_body() {
    let story = with_server().await;
    for pkce in [true, false] {
        for in_header in [true, false] {
            let code = server_code(&story, pkce);
            let mut body = vec![
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", CALLBACK),
            ];
            if pkce {
                body.push(("code_verifier", VERIFIER));
            }
            if !in_header {
                body.extend([("client_id", "server"), ("client_secret", "s3cret")]);
            }
            let request = post(&story, &body);
            let request = if in_header { request.basic_auth("server", Some("s3cret")) } else { request };
            let (status, tokens) = answer(request).await;
            assert_eq!(status, 200, "pkce {pkce}, header {in_header}: {tokens}");

            let refresh = text(&tokens["refresh_token"]);
            let body = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
            assert_eq!(answer(post(&story, &body).basic_auth("server", Some("s3cret"))).await.0, 200);
        }
    }
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_401_invalid_client() {
    let story = with_server().await;
    let code = server_code(&story, false);
    let body = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let named = [&body[..], &[("client_id", "server")]].concat();
    let wrong = [&named[..], &[("client_secret", "guess")]].concat();
    for request in [
        post(&story, &body),
        post(&story, &named),
        post(&story, &wrong),
        post(&story, &body).basic_auth("server", Some("guess")),
        post(&story, &body).basic_auth("server", None::<&str>),
        post(&story, &body).basic_auth("nobody", Some("s3cret")),
        post(&story, &body).header("authorization", "Basic !"),
    ] {
        let (status, refusal) = answer(request).await;
        assert_eq!((status, text(&refusal["error"])), (401, "invalid_client".to_owned()));
    }
}

#[tokio::test]
async fn a_code_belongs_to_the_application_that_asked_for_it() {
    let story = with_server().await;
    let code = server_code(&story, true);
    assert_eq!(text(&story.exchange(&code).await.1["error"]), "invalid_grant");
    let body = [("grant_type", "refresh_token"), ("refresh_token", story.refresh_token.as_str())];
    let (status, refusal) = answer(post(&story, &body).basic_auth("server", Some("s3cret"))).await;
    assert_eq!((status, text(&refusal["error"])), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_invalid_grant() {
    let story = with_server().await;
    let code = server_code(&story, false);
    let body = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let (status, refusal) = answer(post(&story, &body).basic_auth("server", Some("s3cret"))).await;
    assert_eq!((status, text(&refusal["error"])), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn even_a_confidential_application_may_not_send_a_plain_challenge() {
    let story = with_server().await;
    let changes = [("client_id", "server"), ("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let back = story.emulator.approve(&story.authorization_url(&changes)).unwrap();
    assert_eq!(query(&back)["error"], "invalid_code_challenge_method");
}

#[tokio::test]
async fn two_applications_cannot_share_an_id() {
    let id = "0".repeat(64);
    let client_secret = Some((id.clone(), "s3cret".to_owned()));
    let config = EmulatorConfig { client_id: Some(id), client_secret, ..config() };
    assert!(matches!(Emulator::start(config).await.unwrap_err(), EmulatorError::Configuration(_)));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_400_and_the_server_goes_on() {
    let story = Story::begin().await;
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}&client_id={}",
        story.refresh_token,
        story.emulator.client_id()
    );
    let deep = "[".repeat(100_000);
    let (huge, twice) = (format!("{refresh}&a={}", "x".repeat(9_000)), format!("{refresh}&client_id=other"));
    for (content_type, body) in [
        (FORM, twice.as_str()),
        (FORM, huge.as_str()),
        (FORM, &format!("{refresh}&a=%")),
        (FORM, &format!("{refresh}&a=%0")),
        (FORM, &format!("{refresh}&a=%00")),
        (FORM, &format!("{refresh}&a=%C3")),
        (FORM, ""),
        ("application/json", "{\"grant_type\":"),
        ("application/json", "7"),
        ("application/json", &deep),
        ("multipart/form-data", "--"),
        ("text/plain", refresh.as_str()),
    ] {
        let request = story.client.post(story.address("oauth/token")).header("content-type", content_type);
        let (status, refusal) = answer(request.body(body.to_owned())).await;
        assert_eq!((status, text(&refusal["error"])), (400, "invalid_request".to_owned()), "{body:.200}");
    }
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::OK, "the token was never used");
}

#[tokio::test]
async fn other_verbs_and_introspection_have_no_route() {
    let story = Story::begin().await;
    let asked = post(&story, &[("token", story.access_token.as_str())]);
    let (client, request) = asked.build_split();
    let mut request = request.unwrap();
    request.url_mut().set_path("/oauth/introspect");
    assert_eq!(client.execute(request).await.unwrap().status(), StatusCode::NOT_FOUND);
    for path in ["oauth/token", "oauth/revoke"] {
        let response = story.client.get(story.address(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
