//! What answers of any size and shape cost: the client reads each in a process of its own, which tells how much memory it
//! took at its peak.

use std::io::Write as _;
use std::process::Command;

use axum::body::{Body, Bytes};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream;
use pco_client::{ApiError, ClientId, Document, Lane, OAuthClient, OAuthError, Product, Query, RefreshToken};
use url::Url;

use crate::server::{Server, USER_AGENT, client_of, respond};

/// Set in the process that reads the answers: the server's address.
const SERVER: &str = "NARTHEX_TEST_SERVER";
/// What no answer may cost, in KiB.
const MOST: u64 = 64 * 1024;
const FLOOD: usize = 50 * 1024 * 1024;
/// As long as an answer may be without being cut off.
const LONGEST: usize = 4 * 1024 * 1024;

/// Every answer under the path that brings it.
fn answer(path: &str) -> Response {
    let json = |body: String| respond(200, "application/json", body);
    match path.rsplit('/').next().unwrap() {
        "flood" | "token" => respond(200, "application/json", flood()),
        "flood.png" => respond(200, "image/png", flood()),
        "bomb" => packed("application/json"),
        "bomb.png" => packed("image/png"),
        "deep" => json(format!(r#"{{"data":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000))),
        "deep_record" => {
            let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
            json(format!(r#"{{"data":{{"type":"Person","id":"1","attributes":{{"name":{deep}}}}}}}"#))
        }
        "records" => json(filled(r#"{"data":["#, r#"{"type":"","id":""},"#, r#"{"type":"","id":""}]}"#)),
        "numbers" => json(filled(r#"{"data":{"type":"","id":"1","attributes":{"name":["#, "0,", "0]}}}")),
        "objects" => json(filled(r#"{"data":{"type":"","id":"1","attributes":{"name":["#, "{},", "{}]}}}")),
        "linkage" => {
            json(filled(r#"{"data":{"type":"","id":"1","relationships":{"a":{"data":["#, "0,", "0]}}}}"))
        }
        "errors" => respond(422, "application/json", filled(r#"{"errors":["#, "{},", "{}]}")),
        other => panic!("no answer is called {other}"),
    }
}

/// Fifty megabytes, of which the server holds one piece.
fn flood() -> Body {
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    Body::from_stream(stream::iter(
        (0..FLOOD / piece.len()).map(move |_| Ok::<_, std::io::Error>(piece.clone())),
    ))
}

/// Fifty megabytes in fifty kilobytes.
fn packed(kind: &str) -> Response {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![b' '; FLOOD]).unwrap();
    let mut response = respond(200, kind, gzip.finish().unwrap());
    response.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    response
}

/// As much of `piece` as an answer has room for.
fn filled(before: &str, piece: &str, after: &str) -> String {
    let times = (LONGEST - before.len() - after.len()) / piece.len();
    format!("{before}{}{after}", piece.repeat(times))
}

#[tokio::test]
#[allow(
    clippy::disallowed_methods,
    reason = "whether it is the process that reads, only who started it knows"
)]
async fn no_answer_costs_more_than_64_megabytes() {
    if let Ok(base) = std::env::var(SERVER) {
        return read_everything(&base.parse().unwrap()).await;
    }
    let server = Server::start(|seen, _| answer(&seen.path)).await;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "memory::no_answer_costs_more_than_64_megabytes", "--nocapture"]);
    command.env(SERVER, server.base.as_str());
    let told = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let (said, why) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && said.contains("1 passed"), "{said}{why}");
}

#[allow(clippy::print_stdout, reason = "the numbers are there for whoever asks for them")]
async fn read_everything(base: &Url) {
    let client = client_of(base);
    // What any call needs is there before the first is measured.
    let too_large = |result: Result<Document, ApiError>| matches!(result, Err(ApiError::TooLarge { .. }));
    let read = async |name: &str| client.get(Lane::Person, &Query::new(Product::People, name)).await;
    drop(read("deep").await);
    let mut worst = 0;
    for name in ["flood", "bomb", "deep", "deep_record", "records", "numbers", "objects", "linkage", "errors"]
    {
        forget_the_peak();
        let before = memory("VmRSS");
        let result = read(name).await;
        match name {
            "flood" | "bomb" => assert!(too_large(result), "{name}"),
            "deep" | "errors" => assert!(result.is_err(), "{name}"),
            _ => {
                let document = result.unwrap();
                let attributes = document.data[0].attributes::<serde::de::IgnoredAny>();
                assert!(attributes.is_ok(), "{name}");
            }
        }
        worst = worst.max(grown(name, before));
    }
    for name in ["flood.png", "bomb.png"] {
        forget_the_peak();
        let before = memory("VmRSS");
        let photo = client.photo(base.join(name).unwrap().as_str()).await;
        assert!(matches!(photo, Err(ApiError::TooLarge { .. })), "{name}: {photo:?}");
        worst = worst.max(grown(name, before));
    }
    forget_the_peak();
    let before = memory("VmRSS");
    let oauth =
        OAuthClient::new(base.clone(), ClientId::parse(&"a".repeat(64)).unwrap(), USER_AGENT).unwrap();
    let tokens = oauth.refresh(&RefreshToken::new("old".to_owned())).await;
    assert!(matches!(tokens, Err(OAuthError::Unreadable)), "{tokens:?}");
    worst = worst.max(grown("token", before));
    println!("at the most {worst} KiB");
    assert!(worst <= MOST, "{worst} KiB");
}

/// KiB by which memory was larger at its peak.
#[allow(clippy::print_stdout, reason = "the numbers are there for whoever asks for them")]
fn grown(name: &str, before: u64) -> u64 {
    let grown = memory("VmHWM").saturating_sub(before);
    println!("{name}: {grown} KiB");
    grown
}

/// Begins the peak anew (Linux, `proc_pid_clear_refs(5)`).
fn forget_the_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// One of the process's measures, in KiB (Linux, `proc_pid_status(5)`).
fn memory(measure: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(measure)).unwrap();
    line.trim_matches(|sign: char| !sign.is_ascii_digit()).parse().unwrap()
}
