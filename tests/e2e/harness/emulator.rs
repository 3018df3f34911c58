//! The emulator as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::desktop::Desktop;
use super::process::{Running, mortal};
use super::{emulator_program, http};

/// For looking into the emulator from outside.
const PERSONAL_ACCESS_TOKEN: &str = "story:teller";

/// A running emulator. It ends when dropped.
pub(crate) struct Emulator {
    address: String,
    client_id: String,
    _running: Running,
}

impl Emulator {
    /// Starts an emulator whose limit nobody reaches, and waits until it is ready.
    pub(crate) fn start(desktop: &Desktop) -> Self {
        Self::limited(desktop, "10000/20")
    }

    /// Starts one that answers so many requests in so many seconds (`100/20`), and waits until it is ready.
    pub(crate) fn limited(desktop: &Desktop, limit: &str) -> Self {
        Self::of(desktop, &["--rate-limit", limit])
    }

    /// Starts one with five hundred service types, whose limit nobody reaches, and waits until it is ready.
    pub(crate) fn with_hundreds(desktop: &Desktop) -> Self {
        Self::of(desktop, &["--rate-limit", "10000/20", "--church", "huge", "--people", "150"])
    }

    fn of(desktop: &Desktop, arguments: &[&str]) -> Self {
        let mut running = Running::start_heard(
            mortal(emulator_program())
                .args(["--pat", PERSONAL_ACCESS_TOKEN])
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
            &desktop.log("emulator"),
        );
        let mut ready = String::new();
        BufReader::new(running.child().stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let ready: Value = serde_json::from_str(&ready).expect("the emulator starts and says where it is");
        let text = |name: &str| ready[name].as_str().unwrap().trim_end_matches('/').to_owned();
        Self { address: text("url"), client_id: text("client_id"), _running: running }
    }

    /// `http://127.0.0.1:<port>`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// `127.0.0.1:<port>`.
    pub(crate) fn authority(&self) -> &str {
        self.address.trim_start_matches("http://")
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What the program is started with so that this is its Planning Center.
    pub(crate) fn options(&self) -> [&str; 4] {
        ["--pco-url", self.address(), "--client-id", self.client_id()]
    }

    /// How many records the collection has, as its first page tells.
    pub(crate) async fn count(&self, collection: &str) -> u64 {
        let answer = self.read(&format!("{collection}?per_page=1")).await;
        answer["meta"]["total_count"].as_u64().unwrap()
    }

    /// How often it gave out tokens, and how often it was asked for some.
    pub(crate) async fn exchanges(&self) -> (u64, u64) {
        let answer = http::ask(self.authority(), "GET", "/_emulator/counters", &[], "").await.unwrap();
        let counters: Value = serde_json::from_str(&answer.body).unwrap();
        let asked = counters["paths"]["POST /oauth/token"].as_u64().unwrap_or_default();
        (counters["tokens_issued"].as_u64().unwrap(), asked)
    }

    /// Changes the emulator through one of its controls.
    pub(crate) async fn control(&self, what: &str, body: &Value) {
        let json = ["Content-Type: application/json"];
        let path = format!("/_emulator/{what}");
        let answer = http::ask(self.authority(), "POST", &path, &json, &body.to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Lets a fault strike every request whose path begins so, instead of any before it.
    pub(crate) async fn fault(&self, path_prefix: &str, mut fault: Value) {
        self.mend().await;
        fault["path_prefix"] = path_prefix.into();
        self.control("faults", &fault).await;
    }

    /// Takes all faults away.
    pub(crate) async fn mend(&self) {
        let answer = http::ask(self.authority(), "DELETE", "/_emulator/faults", &[], "").await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Allows or denies as a person's browser does at `authorization_address`, and tells where it is sent then.
    pub(crate) async fn decide(&self, authorization_address: &str, decision: &str) -> String {
        let (_, query) = authorization_address.split_once('?').unwrap();
        let form = ["Content-Type: application/x-www-form-urlencoded"];
        let body = format!("{query}&decision={decision}");
        let answer = http::ask(self.authority(), "POST", "/oauth/authorize", &form, &body).await.unwrap();
        answer.header("location").unwrap_or_else(|| panic!("not sent back: {}", answer.body)).to_owned()
    }

    async fn read(&self, path: &str) -> Value {
        use base64::Engine as _;
        let basic = base64::engine::general_purpose::STANDARD.encode(PERSONAL_ACCESS_TOKEN);
        let headers = [format!("Authorization: Basic {basic}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = http::ask(self.authority(), "GET", path, &headers, "").await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }
}
