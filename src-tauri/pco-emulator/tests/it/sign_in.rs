use pco_emulator::{Consent, DEFAULT_REDIRECT_URIS, EmulatorConfig, EmulatorError, Rotation};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{CALLBACK, Story, VERIFIER, config, query, text};

const INVALID_GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";

#[tokio::test]
async fn a_code_becomes_a_pair_of_tokens_once() {
    let story = Story::begin().await;
    let redirect = story.emulator.approve(&story.authorization_url(&[])).unwrap();
    assert!(redirect.as_str().starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(query(&redirect)["state"], "a state/with+signs");

    let code = query(&redirect)["code"].clone();
    let (status, tokens) = story.exchange(&code).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 7_200);
    assert_eq!(tokens["scope"], "people services");
    assert!(tokens["created_at"].as_i64().unwrap() > 1_700_000_000);
    for name in ["access_token", "refresh_token"] {
        let token = text(&tokens[name]);
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    }

    let (status, refusal) = story.exchange(&code).await;
    assert_eq!(
        (status, refusal),
        (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant", "error_description": INVALID_GRANT }))
    );
    let (status, _) = story.refresh(&text(&tokens["refresh_token"])).await;
    assert_eq!(status, StatusCode::OK, "a second use of the code takes nothing back");
}

#[tokio::test]
async fn every_default_redirect_address_is_accepted_byte_by_byte() {
    let story = Story::begin().await;
    for address in DEFAULT_REDIRECT_URIS {
        let redirect =
            story.emulator.approve(&story.authorization_url(&[("redirect_uri", address)])).unwrap();
        assert!(redirect.as_str().starts_with(&format!("{address}?code=")), "{redirect}");
    }
    for wrong in [
        "http://127.0.0.1:8130/oauth/callback",
        "http://127.0.0.1:8127/oauth/callback/",
        "http://localhost:8127/oauth/callback",
        "org.narthex.desktop:/oauth/Callback",
    ] {
        let refusal =
            story.emulator.approve(&story.authorization_url(&[("redirect_uri", wrong)])).unwrap_err();
        assert!(matches!(refusal, EmulatorError::Refused(_)), "{wrong}");
    }
}

#[tokio::test]
async fn what_cannot_be_redirected_is_told_on_a_page() {
    let story = Story::begin().await;
    for (change, words) in [
        (("client_id", "0000"), "unknown client"),
        (("redirect_uri", "https://example.org/"), "redirect URI"),
        (("scope", "people profile"), "requested scope is invalid"),
        (("scope", "api"), "requested scope is invalid"),
    ] {
        let response = story.client.get(story.authorization_url(&[change])).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{change:?}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(response.headers().get("location").is_none());
        assert!(response.text().await.unwrap().contains(words), "{change:?}");
    }
}

#[tokio::test]
async fn other_mistakes_are_redirected_with_their_name_and_the_state() {
    let story = Story::begin().await;
    for (change, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_code_challenge_method"),
        (("code_challenge_method", ""), "invalid_code_challenge_method"),
    ] {
        let response = story.client.get(story.authorization_url(&[change])).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND, "{change:?}");
        let redirect = response.headers()["location"].to_str().unwrap().parse().unwrap();
        assert_eq!(query(&redirect)["error"], error, "{change:?}");
        assert_eq!(query(&redirect)["state"], "a state/with+signs");
        assert!(!query(&redirect).contains_key("code"));
    }
}

#[tokio::test]
async fn the_consent_page_asks_and_its_buttons_decide() {
    let story = Story::begin().await;
    let address = story.authorization_url(&[]);
    let page = story.client.get(address.clone()).send().await.unwrap().text().await.unwrap();
    for words in [
        "St. Brigid’s Church",
        "Ruth Adeyemi",
        "Organization Administrator",
        "Narthex",
        "id=\"allow\"",
        "id=\"deny\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("<script"));
    for (decision, parameter) in [("allow", "code"), ("deny", "error")] {
        let body = format!("{}&decision={decision}", address.query().unwrap());
        let form = story
            .client
            .post(story.address("oauth/authorize"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let response = form.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
        let redirect = response.headers()["location"].to_str().unwrap().parse().unwrap();
        assert!(query(&redirect).contains_key(parameter));
        assert_eq!(query(&redirect)["state"], "a state/with+signs");
    }
    assert_eq!(query(&story.emulator.deny(&address).unwrap())["error"], "access_denied");
}

#[tokio::test]
async fn consent_can_be_given_or_refused_without_a_page() {
    for (consent, parameter) in [(Consent::Auto, "code"), (Consent::Deny, "error")] {
        let story = Story::with(EmulatorConfig { consent, ..config() }).await;
        let response = story.client.get(story.authorization_url(&[])).send().await.unwrap();
        let redirect = response.headers()["location"].to_str().unwrap().parse().unwrap();
        assert!(query(&redirect).contains_key(parameter));
    }
}

#[tokio::test]
async fn each_token_error_has_its_own_status_and_words() {
    let story = Story::begin().await;
    let code = story.code("people services");
    let exchange = |change: (&'static str, &'static str)| {
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        parameters.retain(|(name, _)| *name != change.0);
        if !change.1.is_empty() {
            parameters.push(change);
        }
        parameters
    };
    for (change, status, error, words) in [
        (
            ("grant_type", "password"),
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        (("grant_type", ""), 400, "invalid_request", "Missing required parameter: grant_type."),
        (("code", ""), 400, "invalid_request", "Missing required parameter: code."),
        (("code", "unknown"), 400, "invalid_grant", INVALID_GRANT),
        (("redirect_uri", "http://127.0.0.1:8128/oauth/callback"), 400, "invalid_grant", INVALID_GRANT),
        (("code_verifier", ""), 400, "invalid_request", "Missing required parameter: code_verifier."),
        (
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj"),
            400,
            "invalid_grant",
            INVALID_GRANT,
        ),
        (("code_verifier", "short"), 400, "invalid_grant", INVALID_GRANT),
        (
            ("client_id", "unknown"),
            401,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
        ),
        (
            ("client_secret", "a secret"),
            401,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
        ),
    ] {
        let (found, body) = story.token(&exchange(change)).await;
        assert_eq!(found.as_u16(), status, "{change:?}");
        assert_eq!(body, json!({ "error": error, "error_description": words }), "{change:?}");
    }
    let (status, _) = story.exchange(&code).await;
    assert_eq!(status, StatusCode::OK, "none of the mistakes used the code up");
}

#[tokio::test]
async fn the_token_endpoint_reads_json_too() {
    let story = Story::begin().await;
    let body = json!({ "grant_type": "refresh_token", "refresh_token": story.refresh_token, "client_id": story.emulator.client_id() });
    let response = story.client.post(story.address("oauth/token")).json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn refresh_tokens_rotate_strictly_or_with_grace() {
    let strict = Story::with(EmulatorConfig { rotation: Rotation::Strict, ..config() }).await;
    assert_eq!(strict.refresh(&strict.refresh_token).await.0, StatusCode::OK);
    let (status, body) = strict.refresh(&strict.refresh_token).await;
    assert_eq!((status.as_u16(), text(&body["error"])), (400, "invalid_grant".to_owned()));

    let mut grace = Story::with(EmulatorConfig { rotation: Rotation::Grace, ..config() }).await;
    let old = grace.refresh_token.clone();
    assert_eq!(grace.refresh(&old).await.0, StatusCode::OK);
    let (status, pair) = grace.refresh(&old).await;
    assert_eq!(status, StatusCode::OK);
    grace.access_token = text(&pair["access_token"]);
    grace.get("people/v2/me").await;
    assert_eq!(grace.refresh(&old).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(grace.emulator.counters().refreshes, 2);
    assert_eq!(grace.emulator.counters().tokens_issued, 3);
}

#[tokio::test]
async fn a_revoked_grant_is_dead_on_both_sides() {
    let story = Story::begin().await;
    let revoke = |client_id: String, token: String| {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", &token)
            .append_pair("client_id", &client_id)
            .finish();
        story
            .client
            .post(story.address("oauth/revoke"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
    };
    let id = story.emulator.client_id().to_owned();
    assert_eq!(
        revoke("another".to_owned(), story.refresh_token.clone()).await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let unknown = revoke(id.clone(), "unknown".to_owned()).await.unwrap();
    assert_eq!((unknown.status(), unknown.text().await.unwrap()), (StatusCode::OK, "{}".to_owned()));
    story.get("people/v2/me").await;

    assert_eq!(revoke(id, story.refresh_token.clone()).await.unwrap().status(), StatusCode::OK);
    let refused = story.ask("people/v2/me").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.text().await.unwrap().contains("(CAPUCHIN)"));
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(story.emulator.counters().revocations, 1);
}

#[tokio::test]
async fn check_names_the_organization_and_the_person() {
    let story = Story::begin().await;
    let check = story.get("check").await;
    let me = story.get("people/v2/me").await;
    assert_eq!(check["person_id"].to_string(), text(&me["data"]["id"]));
    assert_eq!(check["organization_id"].to_string(), text(&story.get("people/v2").await["data"]["id"]));
}
