//! Single calls: what is sent, and what each kind of answer leads to.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Method;
use axum::response::Response;
use pco_client::{
    AccessToken, AccessTokens, ApiError, Connections, Lane, Product, Query, TokenError, Unreachable,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::server::{
    CountingTokens, Server, USER_AGENT, client, client_of, client_with, html, json, respond, unauthorized,
};

fn person() -> serde_json::Value {
    json!({"data": {"type": "Person", "id": "1", "attributes": {"name": "Ann"}}, "included": [], "meta": {}})
}

fn me() -> Query {
    Query::new(Product::People, "me")
}

#[tokio::test]
async fn a_call_carries_version_agent_and_bearer_and_keeps_no_cookie() {
    let server = Server::start(|_, _| {
        let mut response = json(200, &person());
        response.headers_mut().insert("set-cookie", "request_method=GET".parse().unwrap());
        response
    })
    .await;
    let client = client(&server);
    let query = me().include(&["emails"]).fields("Person", &["name"]);
    let document = client.get(Lane::Person, &query).await.unwrap();
    assert_eq!(document.single().unwrap().id, "1");
    client.get(Lane::Person, &Query::new(Product::Services, "")).await.unwrap();

    let seen = server.seen();
    assert_eq!(seen[0].method, Method::GET);
    assert_eq!(seen[0].path, "/people/v2/me");
    assert_eq!(seen[0].query["include"], "emails");
    assert_eq!(seen[0].query["fields[Person]"], "name");
    assert_eq!(seen[0].header("authorization"), Some("Bearer token-0"));
    assert_eq!(seen[0].header("x-pco-api-version"), Some("2025-11-10"));
    assert_eq!(seen[0].header("user-agent"), Some(USER_AGENT));
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("accept-encoding"), Some("gzip"));
    assert_eq!(seen[1].path, "/services/v2");
    assert_eq!(seen[1].header("x-pco-api-version"), Some("2018-11-01"));
    assert_eq!(seen[1].header("cookie"), None);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_call_repeated_once() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Bearer token-0") => unauthorized("BABOON"),
        _ => json(200, &person()),
    })
    .await;
    let tokens = Arc::new(CountingTokens::default());
    let client = client_with(&server.base, Arc::clone(&tokens) as Arc<dyn AccessTokens>);
    client.get(Lane::Screen, &me()).await.unwrap();
    assert_eq!(tokens.refused(), ["token-0"]);
    assert_eq!(server.bearers(), ["token-0", "token-1"]);
}

#[tokio::test]
async fn whoever_waited_at_the_gate_goes_with_the_token_of_now() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Bearer token-0") => unauthorized("BABOON"),
        _ => json(200, &person()),
    })
    .await;
    let client = client(&server);
    let mut calls = JoinSet::new();
    for _ in 0..60 {
        let client = client.clone();
        calls.spawn(async move { client.get(Lane::Person, &me()).await.map(drop) });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let refused = server.bearers().iter().filter(|bearer| *bearer == "token-0").count();
    assert!(refused <= 8, "{refused} of 60 calls were sent with a token known to be refused");
}

#[tokio::test]
async fn a_second_401_is_reported_without_a_third_attempt() {
    let server = Server::start(|_, _| unauthorized("BABOON")).await;
    let tokens = Arc::new(CountingTokens::default());
    let client = client_with(&server.base, Arc::clone(&tokens) as Arc<dyn AccessTokens>);
    let error = client.get(Lane::Screen, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::Unauthorized), "{error:?}");
    assert_eq!(tokens.refused(), ["token-0"]);
    assert_eq!(server.bearers(), ["token-0", "token-1"]);
}

#[tokio::test]
async fn a_401_for_another_reason_never_renews() {
    for (hint, expected) in [
        ("TRASH_PANDA", "the person has no access to this product"),
        ("PELICAN", "the sign-in lacks the scope of this product"),
        ("CAPUCHIN", "the sign-in was revoked"),
    ] {
        let server = Server::start(move |_, _| unauthorized(hint)).await;
        let tokens = Arc::new(CountingTokens::default());
        let client = client_with(&server.base, Arc::clone(&tokens) as Arc<dyn AccessTokens>);
        let error = client.get(Lane::Screen, &me()).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(tokens.refused().is_empty());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    struct NoTokens;

    #[async_trait]
    impl AccessTokens for NoTokens {
        async fn bearer(&self, _: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
            Err(TokenError::SignInRequired)
        }
    }

    let server = Server::start(|_, _| json(200, &person())).await;
    let client = client_with(&server.base, Arc::new(NoTokens));
    let error = client.get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::SignInRequired), "{error:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_captive_portal_is_recognised_and_not_asked_again() {
    let server = Server::start(|_, _| html(200)).await;
    let error = client(&server).get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::NotPlanningCenter), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_bearer_goes_elsewhere() {
    let elsewhere = Server::start(|_, _| json(200, &person())).await;
    for status in [301, 302, 303, 307, 308] {
        let target = elsewhere.base.join("/people/v2/me").unwrap();
        let server = Server::start(move |_, _| {
            let mut response = json(status, &person());
            response.headers_mut().insert("location", target.as_str().parse().unwrap());
            response
        })
        .await;
        let error = client(&server).get(Lane::Person, &me()).await.unwrap_err();
        assert!(matches!(error, ApiError::NotPlanningCenter), "{status}: {error:?}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_html_403_is_no_permission_verdict() {
    let server = Server::start(|_, _| html(403)).await;
    let error = client(&server).get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::ServiceDown { status: 403 }), "{error:?}");
}

#[tokio::test]
async fn after_429_the_call_waits_as_asked_and_then_succeeds() {
    let server = Server::start(|_, number| {
        if number > 0 {
            return json(200, &person());
        }
        let mut response = json(429, &json!({"errors": [{"code": "429"}]}));
        response.headers_mut().insert("retry-after", "1".parse().unwrap());
        response
    })
    .await;
    let start = Instant::now();
    client(&server).get(Lane::Person, &me()).await.unwrap();
    let waited = start.elapsed().as_secs_f32();
    assert!((1.0..15.0).contains(&waited), "{waited} s");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_passing_failure_of_the_server_is_bridged() {
    let server = Server::start(|_, number| match number {
        0 => html(502),
        1 => json(500, &json!({"errors": [{"title": "Internal Server Error"}]})),
        _ => json(200, &person()),
    })
    .await;
    client(&server).get(Lane::Person, &me()).await.unwrap();
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_lasting_failure_is_told_after_three_attempts() {
    let server = Server::start(|_, _| html(503)).await;
    let error = client(&server).get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::ServiceDown { status: 503 }), "{error:?}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn unreadable_json_is_asked_for_once_more() {
    let server = Server::start(|_, _| respond(200, "application/json", r#"{"data":[{"type":"#)).await;
    let error =
        client(&server).get(Lane::Person, &Query::new(Product::People, "people/77")).await.unwrap_err();
    assert_eq!(error.to_string(), "the answer for /people/v2/people/{id} could not be read at end of input");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let body = person().to_string();
    let server = tokio::spawn(async move {
        for sent in [0, 10, body.len()] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body.as_bytes()[..sent]).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let client = client_of(&base);
    client.get(Lane::Person, &me()).await.unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_address_is_told_as_such() {
    let server = Server::start(|_, _| json(200, &person())).await;
    let client = client(&server);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let nobody = client_of(&gone);
    let error = nobody.get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable(Unreachable::Connect)), "{error:?}");
    client.get(Lane::Person, &me()).await.unwrap();
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::start(|_, _| respond(200, "application/json", vec![b' '; 5 << 20])).await;
    let error = client(&server).get(Lane::Person, &me()).await.unwrap_err();
    assert!(matches!(error, ApiError::TooLarge { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn no_content_is_an_empty_document() {
    let server = Server::start(|_, _| respond(204, "text/plain", "")).await;
    let document = client(&server).get(Lane::Person, &me()).await.unwrap();
    assert!(document.data.is_empty());
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_asked() {
    let server = Server::start(|_, _| json(200, &person())).await;
    let query = Query::new(Product::People, "people/../../oauth/token");
    let error = client(&server).get(Lane::Person, &query).await.unwrap_err();
    assert!(matches!(error, ApiError::Address { .. }), "{error:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_base_that_anyone_could_answer_at_is_refused() {
    for base in ["http://api.planningcenteronline.com", "http://localhost:1", "https://user@example.org"] {
        let connections = Connections::to(base.parse().unwrap(), USER_AGENT);
        assert!(matches!(connections, Err(ApiError::Address { .. })), "{base}");
    }
}

#[tokio::test]
async fn after_many_failed_calls_only_a_person_still_asks() {
    let server = Server::start(|_, _| json(501, &json!({}))).await;
    let client = client(&server);
    for _ in 0..6 {
        client.get(Lane::Background, &me()).await.unwrap_err();
    }
    assert_eq!(server.seen().len(), 5);
    client.get(Lane::Person, &me()).await.unwrap_err();
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn a_photo_is_asked_for_without_the_sign_in_and_nowhere_else() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/photo.png" => respond(200, "image/png", vec![1, 2, 3]),
        "/page.png" => html(200),
        _ => Response::builder().status(302).header("location", "/photo.png").body(Body::empty()).unwrap(),
    })
    .await;
    let client = client(&server);
    let address = |path: &str| server.base.join(path).unwrap();
    assert_eq!(client.photo(address("photo.png").as_str()).await.unwrap(), [1, 2, 3]);
    let page = client.photo(address("page.png").as_str()).await.unwrap_err();
    assert!(matches!(page, ApiError::NotPlanningCenter), "{page:?}");
    let moved = client.photo(address("moved.png").as_str()).await.unwrap_err();
    assert!(matches!(moved, ApiError::NotFound), "{moved:?}");
    let elsewhere = client.photo("http://127.0.0.1:1/photo.png").await.unwrap_err();
    assert!(matches!(elsewhere, ApiError::Address { .. }), "{elsewhere:?}");
    assert_eq!(server.seen().len(), 3, "a redirect is not followed");
    assert!(server.bearers().iter().all(String::is_empty));
    assert!(server.seen().iter().all(|seen| seen.header("cookie").is_none()));
}
