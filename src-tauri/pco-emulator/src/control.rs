//! `/_emulator/…`: faults, changes and counters over HTTP. Only this computer can reach it, so it asks for no token.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Asked, not_found};
use crate::church::mutation::Mutation;
use crate::config::Role;
use crate::faults::Fault;
use crate::server::Shared;
use crate::truth;

#[derive(Deserialize)]
struct PassedTime {
    advance_seconds: u64,
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

/// Answers a request below `/_emulator/`.
pub(crate) fn answer(shared: &Shared, asked: &Asked) -> Answer {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/_emulator/counters") => Answer::json(200, &json!(shared.counters())),
        ("GET", "/_emulator/truth") => truth::tell(shared, &asked.query),
        ("POST", "/_emulator/faults") => read(asked, |fault: Fault| {
            shared.faults().add(fault);
            Ok(json!({}))
        }),
        ("DELETE", "/_emulator/faults") => {
            shared.faults().clear();
            done()
        }
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
        ("POST", "/_emulator/role") => read(asked, |new: NewRole| {
            shared.set_role(new.role);
            Ok(json!({}))
        }),
        _ => not_found(),
    }
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
