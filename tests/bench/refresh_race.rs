//! Many callers at once on a token that has run out: how often each program renews it, and how many are answered.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app_core::ports::Clock;
use app_core::session::views::RedirectChoice;
use app_core::session::{Session, SessionConfig};
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use futures::future::join_all;
use pco_client::{ClientId, Lane, Product, Query};
use pco_emulator::{Consent, Emulator, EmulatorConfig, Limit};
use serde::Deserialize;
use tokio::process::Command;

use crate::LATENCY;
use crate::report::Report;

const CALLERS: [usize; 3] = [16, 64, 256];
/// Asks from many threads and prints how many were answered.
const SCRIPT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/refresh_race_with_requests_oauthlib.py");
/// The address that requests-oauthlib is registered to come back to. Nobody listens there: the redirect itself is read.
const CALLBACK: &str = "http://127.0.0.1:8127/oauth/callback";

/// What came of one race.
struct Race {
    renewals_asked: u64,
    answered: u64,
}

/// What the script prints.
#[derive(Deserialize)]
struct Answered {
    answered: u64,
}

/// Races of more and more callers; with requests-oauthlib if there is a Python that knows it.
pub(crate) async fn measure(python: Option<&Path>, report: &mut Report) {
    report.chapter("Many callers on one token that has run out");
    for callers in CALLERS {
        let race = ours(callers).await;
        report.count_at_most(&format!("{callers} callers: ours, renewals asked for"), race.renewals_asked, 1);
        report.count_at_most("  callers left without an answer", callers as u64 - race.answered, 0);
        if let Some(python) = python {
            let race = with_requests_oauthlib(python, callers).await;
            report.count("  requests-oauthlib, renewals asked for", race.renewals_asked);
            report.count("  callers left without an answer", callers as u64 - race.answered);
        }
    }
}

/// A small church, far from any limit. A used refresh token is dead at once.
async fn church() -> Emulator {
    Emulator::start(EmulatorConfig {
        rate_limit: Limit { count: 10_000, seconds: 20 },
        latency: LATENCY,
        consent: Consent::Auto,
        ..EmulatorConfig::default()
    })
    .await
    .unwrap()
}

async fn ours(callers: usize) -> Race {
    let emulator = church().await;
    let (host, clock) = (Arc::new(RecordingHost::new()), Arc::new(ManualClock::at(jiff::Timestamp::now())));
    let config = SessionConfig {
        base: emulator.url().clone(),
        user_agent: "Narthex-bench/0 (tests)".to_owned(),
        practice: false,
    };
    let secrets = Arc::new(MemoryStore::new());
    let session = Session::new(config, host.clone(), secrets, clock.clone() as Arc<dyn Clock>, None).unwrap();
    session.set_client_id(ClientId::parse(emulator.client_id()).ok());
    session.restore().await;
    session.start(RedirectChoice::CustomScheme).await.unwrap();
    let back = emulator.approve(&host.links().pop().unwrap()).unwrap();
    session.receive(back.as_str()).await;
    let account = session.save(session.agree().unwrap()).await.unwrap();
    session.opened();
    let client = session.client_for(&account.id);

    let before = renewals_asked(&emulator);
    clock.advance(Duration::from_hours(3));
    emulator.advance(Duration::from_hours(3));
    let me = Query::new(Product::People, "me").fields("Person", &["name"]);
    let answers = join_all((0..callers).map(|_| client.get(Lane::Person, &me))).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count() as u64;
    Race { renewals_asked: renewals_asked(&emulator) - before, answered }
}

async fn with_requests_oauthlib(python: &Path, callers: usize) -> Race {
    let emulator = church().await;
    let mut command = Command::new(python);
    command.arg(SCRIPT).args([emulator.url().as_str(), emulator.client_id(), CALLBACK]);
    let output = command.arg(callers.to_string()).env("PYTHONDONTWRITEBYTECODE", "1").output().await.unwrap();
    let Answered { answered } = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    // One of the calls is the exchange of the code.
    Race { renewals_asked: renewals_asked(&emulator) - 1, answered }
}

/// Calls of the token endpoint so far.
fn renewals_asked(emulator: &Emulator) -> u64 {
    emulator.counters().paths.get("POST /oauth/token").copied().unwrap_or_default()
}
