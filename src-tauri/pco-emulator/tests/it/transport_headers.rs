//! The headers that come with every answer (2.1, 2.5).

use std::io::Read;

use flate2::read::GzDecoder;
use pco_emulator::{EmulatorConfig, Fault, FaultKind};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};

use crate::harness::{Story, config};

fn named<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_read_carries_every_header_that_was_recorded() {
    let story = Story::begin().await;
    let response = story
        .client
        .get(story.address("people/v2/people?per_page=1"))
        .bearer_auth(&story.access_token)
        .header("x-pco-api-version", "2025-11-10")
        .send()
        .await
        .unwrap();
    let headers = response.headers();
    for (name, value) in [
        ("content-type", "application/vnd.api+json; charset=utf-8"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("server", "nginx"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS"),
        ("access-control-expose-headers", "ETag, Link, X-PCO-API-Auth-Method"),
        ("x-pco-api-processed-as-version", "2025-11-10"),
        ("x-pco-api-processor", "ENG_2.2.2"),
        ("x-pco-api-auth-method", "OAuth2"),
        ("x-pco-api-request-rate-limit", "100"),
        ("x-pco-api-request-rate-period", "20"),
        ("x-pco-api-request-rate-count", "1"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "no-referrer-when-downgrade"),
    ] {
        assert_eq!(named(headers, name), [value], "{name}");
    }
    assert!(named(headers, "vary").contains(&"Accept, Accept-Encoding, Origin"));
    assert!(headers["etag"].to_str().unwrap().starts_with("W/\""));
    assert!(headers["access-control-allow-headers"].to_str().unwrap().contains("If-None-Match"));
    assert!(headers["access-control-allow-headers"].to_str().unwrap().contains("If-Modified-Since"));
    assert!(headers["x-runtime"].to_str().unwrap().parse::<f64>().unwrap() >= 0.0);
    assert!(headers.contains_key("date"));
    for absent in ["last-modified", "set-cookie", "retry-after"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn no_two_answers_have_the_same_request_id() {
    let story = Story::begin().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let response = story.ask("people/v2/me").await;
        ids.push(response.headers()["x-request-id"].to_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
}

#[tokio::test]
async fn a_404_tells_the_limit_but_not_how_it_was_processed() {
    let story = Story::begin().await;
    let response = story.ask("people/v2/people/1").await;
    assert_eq!(response.status(), 404);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-cache");
    assert_eq!(headers["x-pco-api-request-rate-period"], "20");
    for absent in ["etag", "x-pco-api-processor", "x-pco-api-auth-method", "x-pco-api-processed-as-version"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn outside_the_products_the_rate_period_comes_with_its_unit() {
    let story = Story::begin().await;
    let response = story.ask("bogus").await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["x-pco-api-request-rate-period"], "20 seconds");
    assert!(response.text().await.unwrap().contains("The resource you requested could not be found"));
}

#[tokio::test]
async fn a_304_has_the_tag_and_counts_against_the_limit() {
    let story = Story::begin().await;
    let first = story.ask("people/v2/people?per_page=1").await;
    let tag = first.headers()["etag"].clone();
    let again = story
        .client
        .get(story.address("people/v2/people?per_page=1"))
        .bearer_auth(&story.access_token)
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    assert_eq!(again.headers()["x-pco-api-request-rate-count"], "2");
    assert_eq!(again.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_verb_that_is_not_routed_gets_html_without_the_headers_of_the_api() {
    let story = Story::begin().await;
    let put = story.client.put(story.address("people/v2/people/1")).bearer_auth(&story.access_token);
    let response = put.body("{}").send().await.unwrap();
    assert_eq!(response.status(), 404);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["server"], "nginx");
    for absent in ["x-pco-api-request-rate-limit", "access-control-allow-origin", "set-cookie", "etag"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn without_a_user_agent_the_front_answers_403_in_html() {
    let story = Story::begin().await;
    for agent in [None, Some(""), Some("  ")] {
        let mut request = Client::new().get(story.address("people/v2/me")).bearer_auth(&story.access_token);
        if let Some(agent) = agent {
            request = request.header("user-agent", agent);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 403, "{agent:?}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(!response.headers().contains_key("x-pco-api-request-rate-count"));
        assert!(response.text().await.unwrap().contains("<h1>403 Forbidden</h1>"));
    }
}

#[tokio::test]
async fn pages_from_the_front_are_html_with_their_own_status() {
    let story = Story::begin().await;
    for (status, title) in [
        (403, "Forbidden"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (504, "Gateway Timeout"),
        (511, "Network Authentication Required"),
    ] {
        let kind = FaultKind::Status { status };
        story.emulator.add_fault(Fault { times: Some(1), ..Fault::new("", kind) });
        let response = story.ask("people/v2/me").await;
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert!(response.text().await.unwrap().contains(&format!("<h1>{status} {title}</h1>")));
    }
}

#[tokio::test]
async fn gzip_is_sent_to_those_who_take_it_errors_included() {
    let story = Story::begin().await;
    let plain = Client::builder().user_agent("test").no_gzip().build().unwrap();
    for path in ["people/v2/people?per_page=5", "people/v2/people/1"] {
        let ask = |encoding: &'static str| {
            plain
                .get(story.address(path))
                .bearer_auth(&story.access_token)
                .header("accept-encoding", encoding)
                .send()
        };
        let packed = ask("gzip").await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let mut text = String::new();
        GzDecoder::new(packed.bytes().await.unwrap().as_ref()).read_to_string(&mut text).unwrap();
        for refusing in ["identity", "gzip;q=0", "br"] {
            let open = ask(refusing).await.unwrap();
            assert!(!open.headers().contains_key("content-encoding"), "{refusing}");
            assert_eq!(open.text().await.unwrap(), text);
        }
    }
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let story = Story::begin().await;
    let request = story.client.request(Method::HEAD, story.address("people/v2/me"));
    let response = request.bearer_auth(&story.access_token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("etag"));
    assert_eq!(response.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_personal_token_is_named_in_the_headers() {
    let pat = Some(("id".to_owned(), "secret".to_owned()));
    let story = Story::with(EmulatorConfig { pat, ..config() }).await;
    let request = story.client.get(story.address("people/v2/me")).basic_auth("id", Some("secret"));
    assert_eq!(request.send().await.unwrap().headers()["x-pco-api-auth-method"], "HTTPBasic");
}
