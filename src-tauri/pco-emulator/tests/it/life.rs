//! Starting, stopping, and what is written down.

use pco_emulator::{Certificate, Emulator, EmulatorConfig, EmulatorError};
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::harness::{Story, config};

#[tokio::test]
async fn a_dropped_emulator_answers_no_more() {
    let story = Story::begin().await;
    let address = story.address("people/v2/me");
    let kept_alive = story.client.clone();
    drop(story.emulator);
    let mut answered = 0;
    while kept_alive.get(address.clone()).send().await.is_ok() {
        answered += 1;
        assert!(answered < 100, "the emulator is still there");
        tokio::task::yield_now().await;
    }
    assert!(Client::new().get(address).send().await.is_err());
}

#[tokio::test]
async fn nothing_listens_beside_127_0_0_1() {
    let story = Story::begin().await;
    let tls = story.emulator.offer_tls(Certificate::Valid).unwrap();
    for port in [story.emulator.url().port().unwrap(), tls.port().unwrap()] {
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_ok());
        // A listener on every address would answer here too.
        for elsewhere in ["127.0.0.2", "::1"] {
            assert!(TcpStream::connect((elsewhere, port)).await.is_err(), "{elsewhere}");
        }
    }
}

#[tokio::test]
async fn a_taken_port_and_a_wrong_client_are_told() {
    let story = Story::begin().await;
    let port = story.emulator.url().port().unwrap();
    let taken = Emulator::start(EmulatorConfig { port, ..config() }).await.unwrap_err();
    assert!(matches!(taken, EmulatorError::Start(_)));
    for wrong in ["abc".to_owned(), "A".repeat(64)] {
        let refused =
            Emulator::start(EmulatorConfig { client_id: Some(wrong), ..config() }).await.unwrap_err();
        assert!(matches!(refused, EmulatorError::Configuration(_)));
    }
    let given = Story::with(EmulatorConfig { client_id: Some("0".repeat(64)), ..config() }).await;
    assert_eq!(given.emulator.client_id(), "0".repeat(64));
}

#[tokio::test]
async fn the_access_log_tells_requests_and_no_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let story = Story::with(EmulatorConfig { access_log: Some(path.clone()), ..config() }).await;
    story.get("people/v2/people?per_page=1").await;
    let log = std::fs::read_to_string(path).unwrap();
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(last["template"], "/people/v2/people");
    assert_eq!(last["query"], "per_page=1");
    assert_eq!(last["status"], 200);
    assert_eq!(last["user_agent"], "test (nobody@example.org)");
    assert!(!log.contains(&story.access_token) && !log.contains(&story.refresh_token));
}
