//! The second port: one certificate to accept, ten to refuse (F23).

use std::error::Error;

use pco_emulator::{Certificate, Emulator};
use reqwest::Client;
use serde_json::{Value, json};

use crate::harness::{Story, config};

const BAD: [(Certificate, &str); 10] = [
    (Certificate::Expired, "expired"),
    (Certificate::NotYetValid, "not valid yet"),
    (Certificate::WrongName, "not valid for name"),
    (Certificate::SelfSigned, "UnknownIssuer"),
    (Certificate::UnknownAuthority, "BadSignature"),
    (Certificate::WrongPurpose, "extended key usage"),
    (Certificate::AuthorityAsServer, "CaUsedAsEndEntity"),
    (Certificate::BrokenChain, "UnknownIssuer"),
    (Certificate::TamperedSignature, "BadSignature"),
    (Certificate::Tls11, "ServerDoesNotSupportTls12Or13"),
];

/// A client that trusts the test authority and nobody else.
fn trusting(emulator: &Emulator) -> Client {
    let authority = reqwest::Certificate::from_pem(emulator.tls_authority().unwrap().as_bytes()).unwrap();
    Client::builder().user_agent("test").tls_certs_only([authority]).build().unwrap()
}

fn reasons(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn a_valid_certificate_is_accepted_by_name_and_by_address() {
    let story = Story::begin().await;
    let url = story.emulator.offer_tls(Certificate::Valid).unwrap();
    assert_eq!((url.scheme(), url.host_str()), ("https", Some("127.0.0.1")));
    let client = trusting(&story.emulator);
    for host in ["127.0.0.1", "localhost"] {
        let mut address = url.join("people/v2/me").unwrap();
        address.set_host(Some(host)).unwrap();
        let response = client.get(address).bearer_auth(&story.access_token).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.json::<Value>().await.unwrap()["data"]["type"], "Person");
    }
    let counters = story.emulator.counters();
    assert_eq!(counters.tls_handshakes, 2);
    assert!(counters.tls_bytes > 200, "the token went through it");
}

#[tokio::test]
async fn each_bad_certificate_is_refused_for_its_own_reason_and_no_byte_is_sent() {
    let emulator = Emulator::start(config()).await.unwrap();
    let url = emulator.offer_tls(Certificate::Valid).unwrap();
    for (certificate, reason) in BAD {
        assert_eq!(emulator.offer_tls(certificate).unwrap(), url, "the port stays");
        let client = trusting(&emulator);
        let refusal = client.get(url.join("people/v2/me").unwrap()).bearer_auth("secret").send().await;
        let refusal = reasons(&refusal.unwrap_err());
        assert!(refusal.contains(reason), "{certificate:?}: {refusal}");
    }
    let counters = emulator.counters();
    assert_eq!((counters.tls_handshakes, counters.tls_bytes, counters.requests), (0, 0, 0));
    assert_eq!(counters.connections, 10);
}

#[tokio::test]
async fn nobody_trusts_the_test_authority_unasked() {
    let emulator = Emulator::start(config()).await.unwrap();
    assert!(emulator.tls_authority().is_none());
    let url = emulator.offer_tls(Certificate::Valid).unwrap();
    let outsider = Client::builder().user_agent("test").build().unwrap();
    assert!(outsider.get(url).send().await.is_err());
    assert_eq!(emulator.counters().tls_handshakes, 0);
}

#[tokio::test]
async fn certificates_are_chosen_over_http() {
    let story = Story::begin().await;
    let post = |body: Value| story.client.post(story.address("_emulator/tls")).json(&body).send();
    let get = || story.client.get(story.address("_emulator/tls/authority")).send();
    assert_eq!(get().await.unwrap().status(), 404);
    let offered: Value = post(json!({ "certificate": "expired" })).await.unwrap().json().await.unwrap();
    assert!(offered["url"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    assert!(get().await.unwrap().text().await.unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    for name in [
        "valid",
        "not_yet_valid",
        "wrong_name",
        "self_signed",
        "unknown_authority",
        "wrong_purpose",
        "authority_as_server",
        "broken_chain",
        "tampered_signature",
        "tls11",
    ] {
        assert_eq!(post(json!({ "certificate": name })).await.unwrap().status(), 200, "{name}");
    }
    assert_eq!(post(json!({ "certificate": "golden" })).await.unwrap().status(), 422);
}
