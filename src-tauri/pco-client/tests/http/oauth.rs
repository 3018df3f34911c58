//! Token calls: what is sent, and what is known after each kind of answer.

use std::time::Duration;

use axum::response::Response;
use pco_client::{
    ApiError, AuthorizationCode, AuthorizationRequest, AuthorizationResponse, ClientId, OAuthClient,
    OAuthError, RedirectUri, RefreshToken, TokenCallEnd, Unreachable,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::server::{Server, USER_AGENT, html, respond};

const CLIENT_ID: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn client_id() -> ClientId {
    ClientId::parse(CLIENT_ID).unwrap()
}

fn oauth(base: &Url) -> OAuthClient {
    OAuthClient::new(base.clone(), client_id(), USER_AGENT).unwrap()
}

fn json(status: u16, body: &Value) -> Response {
    respond(status, "application/json; charset=utf-8", body.to_string())
}

fn tokens() -> Value {
    json!({
        "access_token": "access-canary", "token_type": "Bearer", "expires_in": 7200,
        "refresh_token": "refresh-canary", "scope": "people services", "created_at": 1_763_640_000
    })
}

fn old_token() -> RefreshToken {
    RefreshToken::new("old-canary".to_owned())
}

/// A request and the code that came back for it.
fn granted(base: &Url, redirect: RedirectUri) -> (AuthorizationRequest, AuthorizationCode) {
    let request = AuthorizationRequest::new(base, &client_id(), redirect, &["people", "services"]);
    let (_, state) = request.url().query_pairs().find(|(name, _)| name == "state").unwrap();
    let link = format!("{redirect}?code=a%2Bcode&state={state}");
    match request.receive(&link) {
        Ok(AuthorizationResponse::Granted(code)) => (request, code),
        other => panic!("{other:?}"),
    }
}

async fn refresh_against(answer: impl Fn() -> Response + Send + Sync + 'static) -> OAuthError {
    let server = Server::start(move |_, _| answer()).await;
    let error = oauth(&server.base).refresh(&old_token()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1, "a token call is never repeated: {error:?}");
    let printed = format!("{error:?} {error}");
    assert!(!printed.contains("canary"), "{printed}");
    error
}

#[tokio::test]
async fn an_exchange_sends_the_verifier_and_the_redirect_of_its_request() {
    for redirect in RedirectUri::ALL {
        let server = Server::start(|_, _| json(200, &tokens())).await;
        let (request, code) = granted(&server.base, redirect);
        let tokens = oauth(&server.base).exchange(request, code).await.unwrap();
        assert_eq!(tokens.access.expose(), "access-canary");
        assert_eq!(tokens.refresh.unwrap().expose(), "refresh-canary");
        assert_eq!(tokens.expires_in, Duration::from_hours(2));
        assert_eq!(tokens.created_at.unwrap().as_second(), 1_763_640_000);
        assert_eq!(tokens.scope.as_deref(), Some("people services"));

        let seen = &server.seen()[0];
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/oauth/token"));
        assert_eq!(seen.header("authorization"), None);
        assert_eq!(seen.header("user-agent"), Some(USER_AGENT));
        assert!(seen.query.is_empty());
        let form = seen.form();
        let names: Vec<_> = form.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "code", "code_verifier", "grant_type", "redirect_uri"]);
        assert_eq!(form["client_id"], CLIENT_ID);
        assert_eq!(form["code"], "a+code");
        assert_eq!(form["grant_type"], "authorization_code");
        assert_eq!(form["redirect_uri"], redirect.as_str());
        assert_eq!(form["code_verifier"].len(), 43);
    }
}

#[tokio::test]
async fn a_refresh_sends_the_token_and_the_client_id_and_nothing_else() {
    let server = Server::start(|_, _| json(200, &tokens())).await;
    oauth(&server.base).refresh(&old_token()).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("authorization"), None);
    let form = seen.form();
    let names: Vec<_> = form.keys().map(String::as_str).collect();
    assert_eq!(names, ["client_id", "grant_type", "refresh_token"]);
    assert_eq!(form["refresh_token"], "old-canary");
}

#[tokio::test]
async fn tokens_are_not_lost_over_what_we_can_do_without() {
    let server = Server::start(|_, _| {
        json(200, &json!({"access_token": "a", "token_type": "bearer", "created_at": "yesterday", "new": {}}))
    })
    .await;
    let tokens = oauth(&server.base).refresh(&old_token()).await.unwrap();
    assert!(tokens.refresh.is_none());
    assert_eq!(tokens.expires_in, Duration::from_hours(2));
    assert_eq!(tokens.created_at, None);
    assert_eq!(tokens.scope, None);
}

#[tokio::test]
async fn a_dead_grant_is_told_in_both_of_its_forms() {
    for (error, description) in [
        ("invalid_grant", "The provided authorization grant is invalid, expired, revoked"),
        ("invalid_request", "The refresh token is no longer valid"),
    ] {
        let error =
            refresh_against(move || json(400, &json!({"error": error, "error_description": description})))
                .await;
        assert_eq!(error, OAuthError::InvalidGrant);
        assert_eq!(error.end(), TokenCallEnd::Refused);
    }
}

#[tokio::test]
async fn other_refusals_keep_their_word() {
    for (status, word) in [(401, "invalid_client"), (400, "invalid_request"), (400, "out_of_wine")] {
        let error = refresh_against(move || json(status, &json!({"error": word}))).await;
        let OAuthError::Refused { code } = &error else { panic!("{error:?}") };
        assert_eq!(code.as_str(), word);
        assert_eq!(error.end(), TokenCallEnd::Refused);
    }
}

#[tokio::test]
async fn an_undecided_answer_leaves_the_grant_or_leaves_it_unknown() {
    for (status, end) in [
        (500, TokenCallEnd::Unknown),
        (502, TokenCallEnd::Unknown),
        (504, TokenCallEnd::Unknown),
        (403, TokenCallEnd::NotPerformed),
        (302, TokenCallEnd::NotPerformed),
    ] {
        let error = refresh_against(move || html(status)).await;
        assert_eq!(error, OAuthError::ServerDown { status });
        assert_eq!(error.end(), end, "{status}");
    }
    let busy = refresh_against(|| json(429, &json!({"error": "slow_down"}))).await;
    assert_eq!(busy, OAuthError::ServerDown { status: 429 });
    assert_eq!(busy.end(), TokenCallEnd::NotPerformed);
    let foreign = refresh_against(|| json(400, &json!({"errors": [{"detail": "canary"}]}))).await;
    assert_eq!(foreign, OAuthError::ServerDown { status: 400 });
}

#[tokio::test]
async fn an_unreadable_success_is_unknown() {
    let answers: [fn() -> Response; 6] = [
        || html(200),
        || json(200, &json!({})),
        || respond(200, "application/json", r#"{"access_token":"access-canary","refr"#),
        || respond(200, "application/json", ""),
        || json(200, &json!({"access_token": "canary", "token_type": "mac", "expires_in": 1})),
        || json(200, &json!({"access_token": "", "token_type": "Bearer"})),
    ];
    for answer in answers {
        let error = refresh_against(answer).await;
        assert_eq!(error, OAuthError::Unreadable);
        assert_eq!(error.end(), TokenCallEnd::Unknown);
    }
}

#[tokio::test]
async fn nobody_at_the_address_means_not_performed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let error = oauth(&base).refresh(&old_token()).await.unwrap_err();
    assert_eq!(error, OAuthError::Unreachable(Unreachable::Connect));
    assert_eq!(error.end(), TokenCallEnd::NotPerformed);
}

#[tokio::test]
async fn a_connection_cut_after_the_request_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        drop(stream);
        listener
    });
    let error = oauth(&base).refresh(&old_token()).await.unwrap_err();
    assert!(matches!(error, OAuthError::Unreachable(_)), "{error:?}");
    assert_eq!(error.end(), TokenCallEnd::Unknown);
    server.await.unwrap();
}

#[tokio::test]
async fn a_revocation_names_the_token_and_accepts_any_success() {
    let server = Server::start(|_, _| json(200, &json!({}))).await;
    oauth(&server.base).revoke(&old_token()).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/oauth/revoke"));
    assert_eq!(seen.header("authorization"), None);
    let form = seen.form();
    assert_eq!(form.len(), 3);
    assert_eq!(form["token"], "old-canary");
    assert_eq!(form["token_type_hint"], "refresh_token");
    assert_eq!(form["client_id"], CLIENT_ID);
}

#[tokio::test]
async fn a_refused_revocation_is_told() {
    let server = Server::start(|_, _| json(403, &json!({"error": "unauthorized_client"}))).await;
    let error = oauth(&server.base).revoke(&old_token()).await.unwrap_err();
    let OAuthError::Refused { code } = &error else { panic!("{error:?}") };
    assert_eq!(code.as_str(), "unauthorized_client");
}

#[tokio::test]
async fn a_base_that_anyone_could_answer_at_is_refused() {
    let base: Url = "http://localhost:8080".parse().unwrap();
    let client = OAuthClient::new(base, client_id(), USER_AGENT);
    assert!(matches!(client, Err(ApiError::Address { .. })));
}
