//! A running emulator, signed in, and short ways to ask it things.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::date;
use pco_emulator::{Emulator, EmulatorConfig};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:8127/oauth/callback";

/// A Friday before a Sunday that is neither the first of its month nor in a season.
pub(crate) fn config() -> EmulatorConfig {
    EmulatorConfig { today: Some(date(2026, 11, 20)), ..EmulatorConfig::default() }
}

pub(crate) struct Story {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl Story {
    pub(crate) async fn begin() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: EmulatorConfig) -> Self {
        Self::with_scope(config, "people services").await
    }

    pub(crate) async fn with_scope(config: EmulatorConfig, scope: &str) -> Self {
        let emulator = Emulator::start(config).await.unwrap();
        let client = Client::builder()
            .user_agent("test (nobody@example.org)")
            .redirect(Policy::none())
            .build()
            .unwrap();
        let mut story = Self { emulator, client, access_token: String::new(), refresh_token: String::new() };
        let code = story.code(scope);
        let (status, tokens) = story.exchange(&code).await;
        assert_eq!(status, StatusCode::OK);
        story.access_token = text(&tokens["access_token"]);
        story.refresh_token = text(&tokens["refresh_token"]);
        story
    }

    /// The authorization address with `changes` applied; an empty value takes a parameter away.
    pub(crate) fn authorization_url(&self, changes: &[(&str, &str)]) -> Url {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut parameters: Vec<(&str, String)> = vec![
            ("client_id", self.emulator.client_id().to_owned()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("response_type", "code".to_owned()),
            ("scope", "people services".to_owned()),
            ("state", "a state/with+signs".to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, (*value).to_owned()));
            }
        }
        let mut address = self.address("oauth/authorize");
        address.query_pairs_mut().extend_pairs(parameters);
        address
    }

    pub(crate) fn code(&self, scope: &str) -> String {
        let redirect = self.emulator.approve(&self.authorization_url(&[("scope", scope)])).unwrap();
        query(&redirect)["code"].clone()
    }

    pub(crate) async fn exchange(&self, code: &str) -> (StatusCode, Value) {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Posts to the token endpoint; the client id is added unless given.
    pub(crate) async fn token(&self, parameters: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        if !parameters.iter().any(|(name, _)| *name == "client_id") {
            form.append_pair("client_id", self.emulator.client_id());
        }
        form.extend_pairs(parameters);
        let response = self
            .client
            .post(self.address("oauth/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        (response.status(), response.json().await.unwrap())
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        self.emulator.url().join(path).unwrap()
    }

    /// Asks with the access token.
    pub(crate) async fn ask(&self, path: &str) -> Response {
        self.client.get(self.address(path)).bearer_auth(&self.access_token).send().await.unwrap()
    }

    /// Asks for a document only if it is another than the one with this tag.
    pub(crate) async fn ask_unless(&self, tag: &str, path: &str) -> Response {
        let request = self.client.get(self.address(path)).bearer_auth(&self.access_token);
        request.header("if-none-match", tag).send().await.unwrap()
    }

    /// The tag of a document.
    pub(crate) async fn tag(&self, path: &str) -> String {
        self.ask(path).await.headers()["etag"].to_str().unwrap().to_owned()
    }

    /// A document that must be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.ask(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// All records of a collection, page by page.
    pub(crate) async fn walk(&self, path: &str) -> Vec<Value> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let mut records = Vec::new();
        let mut offset = Some(0);
        while let Some(skipped) = offset {
            let page = self.get(&format!("{path}{mark}per_page=100&offset={skipped}")).await;
            records.extend(page["data"].as_array().unwrap().iter().cloned());
            offset = page["meta"]["next"]["offset"].as_u64();
        }
        records
    }

    /// The path of this week's Sunday morning.
    pub(crate) async fn sunday(&self) -> String {
        let types = self.get("services/v2/service_types?where[name]=sunday+morning").await;
        let base = format!("services/v2/service_types/{}/plans", text(&types["data"][0]["id"]));
        let plans = self.get(&format!("{base}?filter=future&order=sort_date&per_page=1")).await;
        format!("{base}/{}", text(&plans["data"][0]["id"]))
    }
}

pub(crate) fn query(address: &Url) -> HashMap<String, String> {
    address.query_pairs().into_owned().collect()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(crate) fn ids(records: &Value) -> Vec<String> {
    records.as_array().unwrap().iter().map(|record| text(&record["id"])).collect()
}
