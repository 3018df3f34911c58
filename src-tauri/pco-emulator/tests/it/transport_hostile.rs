//! Requests that no honest client makes: each gets a 4xx, or a closed connection where HTTP leaves no other answer, and
//! the emulator lives.

use std::time::{Duration, Instant};

use pco_emulator::EmulatorConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Story, config};

async fn connect(story: &Story) -> TcpStream {
    TcpStream::connect(("127.0.0.1", story.emulator.url().port().unwrap())).await.unwrap()
}

/// The status of the answer to these bytes; None when the connection ends without one.
async fn status(story: &Story, request: &[u8]) -> Option<u16> {
    let mut stream = connect(story).await;
    // The server may hang up before all of it is written.
    let _ = stream.write_all(request).await;
    status_of(&mut stream).await
}

async fn status_of(stream: &mut TcpStream) -> Option<u16> {
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.ok()?;
    std::str::from_utf8(&answer[9..]).ok()?.parse().ok()
}

async fn lives(story: &Story) {
    story.get("people/v2/me").await;
}

fn get(target: &str, headers: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: x\r\nuser-agent: test\r\n{headers}\r\n").into_bytes()
}

#[tokio::test]
async fn bad_percent_encoding_is_400() {
    let story = Story::begin().await;
    for target in [
        "/people/v2/people?where[name]=%zz",
        "/people/v2/people?where[name]=%",
        "/people/v2/people?where[name]=%C3%28",
        "/people/v2/people?where[name]=a%00b",
        "/people/v2/%ff",
        "/oauth/authorize?state=%f",
        "/_emulator/%ff",
    ] {
        assert_eq!(status(&story, &get(target, "")).await, Some(400), "{target}");
    }
    lives(&story).await;
}

#[tokio::test]
async fn absurd_addresses_are_400_or_414() {
    let story = Story::begin().await;
    let deep = format!("/people/v2/people?where{}=1", "[a]".repeat(200));
    let escaped = format!("/people/v2/people?where{}=1", "%5Ba%5D".repeat(200));
    let long = format!("/people/v2/people?include={}", "a,".repeat(5_000));
    let very_long = format!("/people/v2/{}", "a/".repeat(40_000));
    assert_eq!(status(&story, &get(&deep, "")).await, Some(400));
    assert_eq!(status(&story, &get(&escaped, "")).await, Some(400));
    assert_eq!(status(&story, &get(&long, "")).await, Some(414));
    assert!(matches!(status(&story, &get(&very_long, "")).await, Some(414 | 431)));
    lives(&story).await;
}

#[tokio::test]
async fn unreasonable_numbers_and_names_in_a_query_do_no_harm() {
    let story = Story::begin().await;
    for query in [
        "per_page=-1&offset=-5",
        "per_page=99999999999999999999&offset=18446744073709551615",
        "offset=9223372036854775807&per_page=100",
        "per_page=1e9&offset=NaN",
        "where[]=1&where[[=2&order=----&include=,,,.&fields[]=&filter=,",
        "where[created_at][gte]=99999-99-99T99:99:99Z",
    ] {
        let response = story.ask(&format!("people/v2/people?{query}")).await;
        assert!(response.status() == 200 || response.status().is_client_error(), "{query}");
    }
    lives(&story).await;
}

#[tokio::test]
async fn header_floods_are_431() {
    let story = Story::begin().await;
    let many = "x-many: 1\r\n".repeat(5_000);
    let huge = format!("x-huge: {}\r\n", "a".repeat(1 << 20));
    assert_eq!(status(&story, &get("/people/v2/me", &many)).await, Some(431));
    assert_eq!(status(&story, &get("/people/v2/me", &huge)).await, Some(431));
    lives(&story).await;
}

#[tokio::test]
async fn a_body_of_50_mb_is_413_and_its_sender_hears_it() {
    let story = Story::begin().await;
    let body = vec![b'['; 50 << 20];
    for path in ["people/v2/people", "oauth/token", "_emulator/mutate"] {
        let request = story.client.post(story.address(path)).bearer_auth(&story.access_token);
        assert_eq!(request.body(body.clone()).send().await.unwrap().status(), 413, "{path}");
    }
    lives(&story).await;
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let story = Story::begin().await;
    let mut stream = connect(&story).await;
    let head = "POST /people/v2/people HTTP/1.1\r\nhost: x\r\nuser-agent: test\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("100000\r\n{}\r\n", "a".repeat(1 << 20));
    let mut sent = 0;
    while stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += 1;
        assert!(sent < 200, "it is still read");
    }
    lives(&story).await;
}

#[tokio::test]
async fn deep_nesting_in_a_body_is_refused() {
    let story = Story::begin().await;
    for (path, body) in [
        ("people/v2/people", format!("{{\"data\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000))),
        ("oauth/token", "{\"a\":".repeat(100_000)),
        ("_emulator/faults", "[".repeat(100_000)),
        ("_emulator/mutate", "{\"change\":".repeat(100_000)),
    ] {
        let request = story.client.post(story.address(path)).bearer_auth(&story.access_token);
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(response.status().is_client_error(), "{path}: {}", response.status());
    }
    lives(&story).await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_hung_up_on() {
    let patience = Duration::from_millis(150);
    let story = Story::with(EmulatorConfig { patience, ..config() }).await;
    let mut stream = connect(&story).await;
    stream.write_all(b"GET /people/v2/me HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let started = Instant::now();
    let mut rest = Vec::new();
    // An end and a reset both close it.
    let _ = stream.read_to_end(&mut rest).await;
    assert!(started.elapsed() < Duration::from_secs(20));
    lives(&story).await;
}

#[tokio::test]
async fn a_body_that_never_comes_is_408() {
    let patience = Duration::from_millis(150);
    let story = Story::with(EmulatorConfig { patience, ..config() }).await;
    let request =
        b"POST /oauth/token HTTP/1.1\r\nhost: x\r\nuser-agent: test\r\ncontent-length: 40\r\n\r\ngrant_type=";
    assert_eq!(status(&story, request).await, Some(408));
    lives(&story).await;
}

#[tokio::test]
async fn methods_that_do_not_exist_are_4xx() {
    let story = Story::begin().await;
    let authorization = format!("authorization: Bearer {}\r\n", story.access_token);
    for method in ["BREW", "TRACE", "PROPFIND", "CONNECT", "get"] {
        let target = if method == "CONNECT" { "x:1" } else { "/people/v2/people" };
        let request =
            format!("{method} {target} HTTP/1.1\r\nhost: x\r\nuser-agent: test\r\n{authorization}\r\n");
        let status = status(&story, request.as_bytes()).await;
        assert!(status.is_some_and(|status| (400..500).contains(&status)), "{method}: {status:?}");
    }
    lives(&story).await;
}

#[tokio::test]
async fn what_is_no_http_is_400_or_hung_up_on() {
    let story = Story::begin().await;
    for noise in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client that speaks TLS".as_slice(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GE T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /people/v2/me HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let status = status(&story, noise).await;
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{noise:?}: {status:?}");
    }
    lives(&story).await;
}

#[tokio::test]
async fn a_hundred_idle_connections_keep_nobody_out() {
    let story = Story::begin().await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(connect(&story).await);
    }
    lives(&story).await;
    assert!(story.emulator.counters().connections >= 100);
}
