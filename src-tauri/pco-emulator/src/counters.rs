//! What happened so far, for tests and benchmarks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts since the start. Calls to `/_emulator` are not counted, but their connections are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Requests by method and path template, for example `GET /people/v2/people/{id}`.
    pub paths: BTreeMap<String, u64>,
    /// Answers by status. Requests whose connection was closed on purpose have none.
    pub statuses: BTreeMap<u16, u64>,
    /// Answers with status 429.
    pub rate_limited: u64,
    /// Token pairs issued, for codes and for refresh tokens.
    pub tokens_issued: u64,
    /// Token pairs issued for refresh tokens.
    pub refreshes: u64,
    /// Calls of the revocation endpoint that named a living token.
    pub revocations: u64,
    /// TCP connections accepted, on both ports.
    pub connections: u64,
    /// TLS handshakes that the client completed.
    #[serde(default)]
    pub tls_handshakes: u64,
    /// Bytes that clients sent inside TLS: zero as long as every certificate was refused.
    #[serde(default)]
    pub tls_bytes: u64,
}

impl Counters {
    pub(crate) fn count(&mut self, method: &str, template: &str, status: Option<u16>) {
        self.requests += 1;
        *self.paths.entry(format!("{method} {template}")).or_default() += 1;
        if let Some(status) = status {
            *self.statuses.entry(status).or_default() += 1;
            self.rate_limited += u64::from(status == 429);
        }
    }
}
