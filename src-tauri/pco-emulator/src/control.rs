//! `/_emulator/…`: faults, limits, changes and counters over HTTP. Only this computer can reach it, so it asks for no
//! token.
//!
//! | Request | Body |
//! |---|---|
//! | `GET counters` | |
//! | `GET`, `DELETE faults` | |
//! | `POST faults` | a [`Fault`] |
//! | `POST mutate` | a [`Mutation`] |
//! | `GET limits`, `POST limits` | `{"rate_limit": "100/20", "deep_offset_limit": "75/20", "eaten": 0, "window": "fixed"}`, or some of it |
//! | `POST refuse` | `{"ms": 500}`: no connection is taken for so long |
//! | `POST tls` | `{"certificate": "expired"}`: a [`Certificate`] for the second port, whose address is the answer |
//! | `GET tls/authority` | the test authority's certificate as PEM |
//! | `POST clock` | `{"advance_seconds": 60}` |
//! | `POST expire-access-tokens`, `POST revoke` | |
//! | `POST consent` | `{"consent": "deny"}`: what the consent page does from now on |
//! | `POST role` | `{"role": "no_services"}` |
//! | `GET truth` | `?path=…`: the records that stand there |

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Asked, not_found};
use crate::church::mutation::Mutation;
use crate::config::{Consent, Limit, RateWindow, Role};
use crate::faults::Fault;
use crate::server::Shared;
use crate::tls::{self, Certificate};
use crate::truth;

#[derive(Deserialize)]
struct PassedTime {
    advance_seconds: u64,
}

#[derive(Deserialize)]
struct NewConsent {
    consent: Consent,
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

/// What of the limits is to change; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLimits {
    rate_limit: Option<Limit>,
    deep_offset_limit: Option<Limit>,
    /// Requests that another program of the same person makes in every period.
    eaten: Option<u32>,
    window: Option<RateWindow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCertificate {
    certificate: Certificate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    ms: u64,
}

/// Answers a request below `/_emulator/`.
pub(crate) fn answer(shared: &Arc<Shared>, asked: &Asked) -> Answer {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/_emulator/counters") => Answer::json(200, &json!(shared.counters())),
        ("GET", "/_emulator/truth") => truth::tell(shared, &asked.query),
        ("GET", "/_emulator/faults") => Answer::json(200, &json!(shared.faults().list())),
        ("POST", "/_emulator/faults") => read(asked, |fault: Fault| {
            shared.faults().add(fault);
            Ok(json!({}))
        }),
        ("DELETE", "/_emulator/faults") => {
            shared.faults().clear();
            done()
        }
        ("GET", "/_emulator/limits") => Answer::json(200, &limits(shared)),
        ("POST", "/_emulator/limits") => read(asked, |new: NewLimits| {
            set_limits(shared, &new);
            Ok(limits(shared))
        }),
        ("POST", "/_emulator/refuse") => read(asked, |refusal: Refusal| {
            refuse(shared, Duration::from_millis(refusal.ms));
            Ok(json!({}))
        }),
        ("POST", "/_emulator/tls") => read(asked, |new: NewCertificate| {
            let address = tls::offer(shared, new.certificate).map_err(|error| error.to_string())?;
            Ok(json!({ "url": format!("{address}/") }))
        }),
        ("GET", "/_emulator/tls/authority") => match &*shared.tls() {
            Some(port) => Answer::new(200, "application/x-pem-file", port.offer.authority_pem()),
            None => not_found(),
        },
        ("POST", "/_emulator/expire-access-tokens") => {
            shared.oauth().expire_access_tokens();
            done()
        }
        ("POST", "/_emulator/clock") => read(asked, |time: PassedTime| {
            shared.clock.advance(Duration::from_secs(time.advance_seconds));
            Ok(json!({ "now": shared.clock.now() }))
        }),
        ("POST", "/_emulator/revoke") => {
            shared.oauth().revoke_all();
            done()
        }
        ("POST", "/_emulator/mutate") => read(asked, |mutation: Mutation| {
            let id = shared.church_mut().mutate(mutation).map_err(|error| error.to_string())?;
            Ok(json!({ "id": id.to_string() }))
        }),
        ("POST", "/_emulator/consent") => read(asked, |new: NewConsent| {
            shared.set_consent(new.consent);
            Ok(json!({}))
        }),
        ("POST", "/_emulator/role") => read(asked, |new: NewRole| {
            shared.set_role(new.role);
            Ok(json!({}))
        }),
        _ => not_found(),
    }
}

fn limits(shared: &Shared) -> Value {
    let (deep, gate) = (shared.deep_offset_gate().limit(), shared.rate_gate());
    json!({ "rate_limit": gate.limit(), "deep_offset_limit": deep, "eaten": gate.eaten(), "window": gate.window() })
}

fn set_limits(shared: &Shared, new: &NewLimits) {
    if let Some(limit) = new.rate_limit {
        shared.rate_gate().set_limit(limit);
    }
    if let Some(limit) = new.deep_offset_limit {
        shared.deep_offset_gate().set_limit(limit);
    }
    if let Some(eaten) = new.eaten {
        shared.rate_gate().set_eaten(eaten);
    }
    if let Some(window) = new.window {
        shared.rate_gate().set_window(window);
        shared.deep_offset_gate().set_window(window);
    }
}

/// Refuses connections for a while. Whoever asked for it is answered first.
fn refuse(shared: &Arc<Shared>, time: Duration) {
    let shared = Arc::clone(shared);
    shared.runtime.clone().spawn(async move {
        shared.access.set(false).await;
        tokio::time::sleep(time).await;
        shared.access.set(true).await;
    });
}

fn done() -> Answer {
    Answer::json(200, &json!({}))
}

fn read<T: for<'de> Deserialize<'de>>(asked: &Asked, act: impl FnOnce(T) -> Result<Value, String>) -> Answer {
    let outcome = serde_json::from_slice(&asked.body).map_err(|error| error.to_string()).and_then(act);
    match outcome {
        Ok(body) => Answer::json(200, &body),
        Err(reason) => Answer::json(422, &json!({ "error": reason })),
    }
}
