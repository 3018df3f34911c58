//! Every fault that a server can cause, each seen from the client's side (rows of the fault matrix in brackets).

use std::io::Read;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use pco_emulator::{Fault, FaultKind, Mutation};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Story, ids, text};

fn once(kind: FaultKind) -> Fault {
    Fault { times: Some(1), ..Fault::new("/people", kind) }
}

async fn struck(story: &Story, kind: FaultKind, path: &str) -> Response {
    story.emulator.add_fault(once(kind));
    story.ask(path).await
}

async fn document(story: &Story, kind: FaultKind, path: &str) -> Value {
    let response = struck(story, kind, path).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

fn people(page: &Value) -> &Vec<Value> {
    page["data"].as_array().unwrap()
}

/// What arrives on a connection of its own, until it ends or stays silent for a while.
async fn heard(story: &Story, patience: Duration) -> Vec<u8> {
    let address = ("127.0.0.1", story.emulator.url().port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /people/v2/me HTTP/1.1\r\nhost: x\r\nuser-agent: test\r\nauthorization: Bearer {}\r\n\r\n",
        story.access_token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length @ 1..)) = tokio::time::timeout(patience, stream.read(&mut piece)).await {
        bytes.extend_from_slice(&piece[..length]);
    }
    bytes
}

#[tokio::test]
async fn f5_an_answer_is_cut_after_every_number_of_bytes() {
    let story = Story::begin().await;
    for bytes in [0, 1, 17, 200, 900] {
        story.emulator.add_fault(once(FaultKind::CutAfter { bytes }));
        assert_eq!(heard(&story, Duration::from_secs(5)).await.len(), bytes);
    }
    assert_eq!(story.emulator.counters().paths["GET /people/v2/me"], 5, "the work was done");
}

#[tokio::test]
async fn f6_the_token_endpoint_fails_in_every_way_and_the_refresh_token_stays() {
    let story = Story::begin().await;
    for kind in [
        FaultKind::Html200,
        FaultKind::Status { status: 500 },
        FaultKind::Status { status: 503 },
        FaultKind::RateLimited { retry_after: None },
    ] {
        story.emulator.add_fault(Fault { times: Some(1), ..Fault::new("/oauth/token", kind.clone()) });
        let form = format!("grant_type=refresh_token&refresh_token={}", story.refresh_token);
        let request = story.client.post(story.address("oauth/token"));
        let response = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let response = response.send().await.unwrap();
        assert!(
            response.status() != 200 || !response.text().await.unwrap().contains("access_token"),
            "{kind:?}"
        );
    }
    assert_eq!(story.emulator.counters().refreshes, 0);
    assert_eq!(story.refresh(&story.refresh_token).await.0, StatusCode::OK);
}

#[tokio::test]
async fn f9_the_date_header_lies() {
    let story = Story::begin().await;
    let response = struck(&story, FaultKind::DateSkew { seconds: 86_400 }, "people/v2/me").await;
    let told = response.headers()["date"].to_str().unwrap();
    let told = DateTimeParser::new().parse_timestamp(told).unwrap();
    #[allow(clippy::disallowed_methods, reason = "the header is compared with the computer's own clock")]
    let ahead = told.as_second() - Timestamp::now().as_second();
    assert!((86_390..=86_401).contains(&ahead), "{ahead}");
    assert_eq!(response.headers().get_all("date").iter().count(), 1);
}

#[tokio::test]
async fn f11_a_good_token_is_refused_with_any_animal_or_none() {
    let story = Story::begin().await;
    for hint in [Some("BABOON"), Some("TRASH_PANDA"), None] {
        let kind = FaultKind::Unauthorized { hint: hint.map(str::to_owned) };
        let response = struck(&story, kind, "people/v2/me").await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let body = response.text().await.unwrap();
        assert_eq!(body.contains("Error Code Hint"), hint.is_some());
        assert!(hint.is_none_or(|hint| body.contains(hint)), "{body}");
    }
    story.get("people/v2/me").await;
}

#[tokio::test]
async fn f12_a_429_tells_its_wait_in_every_shape() {
    let story = Story::begin().await;
    for wait in [Some("7"), Some("0"), Some("3600"), Some("soon"), None] {
        let kind = FaultKind::RateLimited { retry_after: wait.map(str::to_owned) };
        let response = struck(&story, kind, "people/v2/me").await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers().get("retry-after").map(|told| told.to_str().unwrap()), wait);
    }
    let response = struck(&story, FaultKind::RateLimitedUntil { seconds: 5 }, "people/v2/me").await;
    let told = response.headers()["retry-after"].to_str().unwrap();
    assert!(told.ends_with(" GMT") && DateTimeParser::new().parse_timestamp(told).is_ok(), "{told}");
}

#[tokio::test]
async fn f15_a_share_of_the_requests_fails_and_the_seed_says_which() {
    let story = Story::begin().await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let fault = Fault::new("/people", FaultKind::Status { status: 503 });
        story.emulator.add_fault(Fault { probability: Some(0.5), seed: 11, ..fault });
        let mut run = Vec::new();
        for _ in 0..20 {
            run.push(story.ask("people/v2/me").await.status() == 503);
        }
        story.emulator.clear_faults();
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&true) && runs[0].contains(&false));
    let response =
        struck(&story, FaultKind::Unavailable { retry_after: "3".to_owned() }, "people/v2/me").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"3".parse().unwrap())
    );
}

#[tokio::test]
async fn f16_an_answer_stalls_and_the_connection_stays_open() {
    let story = Story::begin().await;
    story.emulator.add_fault(once(FaultKind::Stall { bytes: 40 }));
    let started = Instant::now();
    assert_eq!(heard(&story, Duration::from_millis(150)).await.len(), 40);
    assert!(started.elapsed() >= Duration::from_millis(150), "silence, not an end");
}

#[tokio::test]
async fn f16_an_answer_trickles_and_is_whole_in_the_end() {
    let story = Story::begin().await;
    let whole = story.ask("people/v2/people?per_page=1").await.text().await.unwrap();
    let started = Instant::now();
    let kind = FaultKind::Trickle { bytes: 400, ms: 5 };
    let slow = struck(&story, kind, "people/v2/people?per_page=1").await;
    assert_eq!(slow.text().await.unwrap(), whole);
    assert!(started.elapsed() >= Duration::from_millis(10));
}

#[tokio::test]
async fn f16_latency_jitters_between_its_bounds() {
    let story = Story::begin().await;
    for _ in 0..3 {
        let started = Instant::now();
        struck(&story, FaultKind::Jitter { from_ms: 20, to_ms: 40 }, "people/v2/me").await;
        assert!(started.elapsed() >= Duration::from_millis(20));
    }
}

#[tokio::test]
async fn f17_only_a_reused_connection_is_reset() {
    let story = Story::begin().await;
    let client = Client::builder().user_agent("test").build().unwrap();
    let ask = || client.get(story.address("people/v2/me")).bearer_auth(&story.access_token).send();
    story.emulator.add_fault(once(FaultKind::ResetOnReuse));
    ask().await.unwrap().bytes().await.unwrap();
    assert_eq!(story.emulator.faults().len(), 1, "a fresh connection is left alone");
    let connections = story.emulator.counters().connections;
    // The client may notice in time and repeat the request on a fresh connection: either way the old one is gone.
    let outcome = ask().await;
    assert!(story.emulator.faults().is_empty());
    assert!(outcome.is_err() || story.emulator.counters().connections > connections);
}

#[tokio::test]
async fn f17_connections_are_reset_or_closed_without_an_answer() {
    let story = Story::begin().await;
    for kind in [FaultKind::Reset, FaultKind::Close] {
        story.emulator.add_fault(once(kind));
        assert_eq!(heard(&story, Duration::from_secs(5)).await, b"");
    }
    let counters = story.emulator.counters();
    assert!(!counters.statuses.contains_key(&502), "nothing was answered: {counters:?}");
}

#[tokio::test]
async fn f18_bodies_end_too_soon_as_if_they_were_whole() {
    let story = Story::begin().await;
    let half = struck(&story, FaultKind::HalfBody, "people/v2/people").await.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&half).is_err());
    let plain = Client::builder().user_agent("test").no_gzip().build().unwrap();
    story.emulator.add_fault(once(FaultKind::HalfGzip));
    let request = plain.get(story.address("people/v2/people")).bearer_auth(&story.access_token);
    let packed = request.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let mut unpacked = String::new();
    assert!(GzDecoder::new(packed.bytes().await.unwrap().as_ref()).read_to_string(&mut unpacked).is_err());
}

#[tokio::test]
async fn f18_pages_lead_nowhere_or_in_circles() {
    let story = Story::begin().await;
    let page = document(&story, FaultKind::NextIsSelf, "people/v2/people?per_page=10&offset=20").await;
    assert_eq!(page["meta"]["next"]["offset"], 20);
    assert_eq!(page["links"]["next"], page["links"]["self"]);
    let page = document(&story, FaultKind::EmptyPage, "people/v2/people?per_page=10&offset=20").await;
    assert_eq!((people(&page).len(), &page["meta"]["next"]["offset"]), (0, &json!(30)));
    let page = document(&story, FaultKind::TotalCount { n: 9 }, "people/v2/people?per_page=10").await;
    assert_eq!((&page["meta"]["total_count"], people(&page).len()), (&json!(9), 10));
}

#[tokio::test]
async fn f20_rows_are_repeated_or_left_out_between_pages() {
    let story = Story::begin().await;
    let all = ids(&story.get("people/v2/people?per_page=40").await["data"]);
    for (rows, from) in [(-3, 7), (4, 14), (-50, 0)] {
        let kind = FaultKind::ShiftedRows { rows };
        let page = document(&story, kind, "people/v2/people?per_page=10&offset=10").await;
        assert_eq!(ids(&page["data"]), all[from..from + 10]);
        assert_eq!(page["meta"]["next"]["offset"], 20, "the page says that it is the one asked for");
        assert!(text(&page["links"]["self"]).contains("offset=10"));
    }
}

#[tokio::test]
async fn f20_somebody_else_changes_the_church_before_the_third_page() {
    let story = Story::begin().await;
    let gone = ids(&story.get("people/v2/people?per_page=2").await["data"])[1].clone();
    let change = Mutation::DeletePerson { person_id: gone.clone() };
    let fault = Fault { skip: 2, ..once(FaultKind::Change { change }) };
    let text = serde_json::to_string(&fault).unwrap();
    let post = story.client.post(story.address("_emulator/faults")).body(text);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::OK);
    let count = story.emulator.people_count();
    let mut seen = Vec::new();
    for page in 0..3 {
        let page = story.get(&format!("people/v2/people?per_page=10&offset={}", 10 * page)).await;
        seen.extend(ids(&page["data"]));
    }
    assert_eq!(story.emulator.people_count(), count - 1);
    assert!(seen.contains(&gone), "read before the change");
    let all = ids(&story.get("people/v2/people?per_page=40").await["data"]);
    assert!(!seen.contains(&all[19]), "the third page began one row too late");
}

#[tokio::test]
async fn f19_documents_are_wrong_in_every_known_way() {
    let story = Story::begin().await;
    let path = "people/v2/people?per_page=3&include=emails";
    let page = document(&story, FaultKind::UnknownType, path).await;
    assert!(people(&page).iter().all(|record| record["type"] == "Gizmo"));
    assert!(page["included"].as_array().unwrap().iter().all(|record| record["type"] == "Gizmo"));
    let page = document(&story, FaultKind::NullAttributes, path).await;
    assert!(people(&page)[0]["attributes"].as_object().unwrap().values().all(Value::is_null));
    let page = document(&story, FaultKind::WrongTypes, path).await;
    assert_eq!(people(&page)[0]["attributes"]["first_name"], 7);
    assert_eq!(people(&page)[0]["attributes"]["child"], "yes");
    let page = document(&story, FaultKind::NumericIds, path).await;
    assert!(people(&page)[0]["id"].is_u64());
    let change = FaultKind::RenamedAttribute { from: "first_name".to_owned(), to: "forename".to_owned() };
    let attributes = &document(&story, change, path).await["data"][0]["attributes"];
    assert!(attributes.get("first_name").is_none() && attributes["forename"].is_string());
    let page = document(&story, FaultKind::EmptyLinkName, path).await;
    assert_eq!(people(&page)[0]["links"][""], people(&page)[0]["links"]["self"]);
    let page = document(&story, FaultKind::UnknownMembers, path).await;
    assert_eq!(people(&page)[0]["attributes"]["shoe_size"], json!({ "eu": 43 }));
    assert_eq!(page["included"].as_array().unwrap().last().unwrap()["type"], "Gizmo");
    let single = document(&story, FaultKind::NullAttributes, "people/v2/me").await;
    assert!(single["data"]["attributes"]["name"].is_null());
}

#[tokio::test]
async fn f19_a_wrong_document_is_never_called_unchanged() {
    let story = Story::begin().await;
    let path = "people/v2/people?per_page=3";
    let tag = story.tag(path).await;
    for kind in
        [FaultKind::TotalCount { n: 7 }, FaultKind::ShiftedRows { rows: 1 }, FaultKind::NullAttributes]
    {
        story.emulator.add_fault(once(kind.clone()));
        assert_eq!(story.ask_unless(&tag, path).await.status(), 200, "{kind:?}");
    }
    assert_eq!(story.ask_unless(&tag, path).await.status(), 304);
}

#[tokio::test]
async fn f19_bodies_are_huge_or_deep() {
    let story = Story::begin().await;
    let deep = struck(&story, FaultKind::Deep { levels: 10_000 }, "people/v2/people").await;
    let deep = deep.text().await.unwrap();
    assert_eq!(deep.matches('[').count(), 10_000);
    assert!(serde_json::from_str::<Value>(&deep).is_err());
    let huge = struck(&story, FaultKind::Padding { bytes: 3_000_000 }, "people/v2/people").await;
    assert!(!huge.headers().contains_key("content-encoding"));
    assert!(huge.bytes().await.unwrap().len() > 3_000_000);
    let plain = Client::builder().user_agent("test").no_gzip().build().unwrap();
    story.emulator.add_fault(once(FaultKind::GzipBomb { bytes: 3_000_000 }));
    let request = plain.get(story.address("people/v2/people")).bearer_auth(&story.access_token);
    let bomb = request.send().await.unwrap();
    assert_eq!(bomb.headers()["content-encoding"], "gzip");
    let packed = bomb.bytes().await.unwrap();
    assert!(packed.len() < 100_000);
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert!(serde_json::from_slice::<Value>(&unpacked).unwrap()["meta"]["padding"].is_string());
}

#[tokio::test]
async fn f21_a_captive_portal_answers_in_its_place() {
    let story = Story::begin().await;
    let kind = FaultKind::Redirect { status: 302, location: "http://192.0.2.1/login".to_owned() };
    let response = struck(&story, kind, "people/v2/me").await;
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()["location"], "http://192.0.2.1/login");
    let kind = FaultKind::ContentType { content_type: "text/html".to_owned() };
    let response = struck(&story, kind, "people/v2/me").await;
    assert_eq!(response.headers().get_all("content-type").iter().collect::<Vec<_>>(), ["text/html"]);
    assert!(response.json::<Value>().await.unwrap()["data"].is_object());
}

#[tokio::test]
async fn f22_connections_are_refused_and_taken_again_on_the_same_port() {
    let story = Story::begin().await;
    let ask = || story.client.get(story.address("people/v2/me")).bearer_auth(&story.access_token).send();
    story.emulator.refuse_connections().await;
    assert!(ask().await.unwrap_err().is_connect() || ask().await.unwrap_err().is_connect());
    let port = story.emulator.url().port().unwrap();
    let refused = TcpStream::connect(("127.0.0.1", port)).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    story.emulator.accept_connections().await;
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    let brief = story.client.post(story.address("_emulator/refuse")).json(&json!({ "ms": 30 }));
    assert_eq!(brief.send().await.unwrap().status(), StatusCode::OK);
    let started = Instant::now();
    while ask().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn f37_a_version_is_no_longer_served() {
    let story = Story::begin().await;
    let response = struck(&story, FaultKind::VersionSunset, "people/v2/me").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("unsupported_version_error"));
}

#[tokio::test]
async fn faults_are_listed_with_what_is_left_of_them() {
    let story = Story::begin().await;
    let fault = Fault { skip: 1, times: Some(3), ..Fault::new("/people", FaultKind::Html200) };
    story.emulator.add_fault(Fault { path: Some("/people/v2/me".to_owned()), ..fault });
    story.ask("people/v2/me").await;
    story.ask("people/v2/people").await;
    story.ask("people/v2/me").await;
    let listed: Value =
        story.client.get(story.address("_emulator/faults")).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed[0]["kind"], "html_200");
    assert_eq!((&listed[0]["skip"], &listed[0]["times"]), (&json!(0), &json!(2)));
    story.client.delete(story.address("_emulator/faults")).send().await.unwrap();
    assert!(story.emulator.faults().is_empty());
}
