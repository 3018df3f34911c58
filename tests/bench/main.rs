//! `cargo xtask bench`: the real core against the emulator, in one run, told as ratios.
//!
//! Times of one machine mean little on another. What holds everywhere is how far the program is from what the
//! service's rate limit allows, and what one operation costs against another in the same run.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::error::AppError;
use app_core::products::people::views::ListPeopleRequest;
use app_core::session::views::{RedirectChoice, StartSignInRequest};
use app_core::status::{ClientIdSource, Freshness};
use app_core::testing::{ManualClock, MemoryStore, RecordingHost};
use app_core::views::Coverage;
use app_core::{App, AppConfig, Ports};
use pco_client::ClientId;
use pco_emulator::{Emulator, EmulatorConfig, Limit};

/// People in the church that is measured; another number may be given as the first argument.
const PEOPLE: u32 = 10_000;
/// Planning Center's usual limit with a tenth of its period, so that the run is a tenth as long.
const LIMIT: Limit = Limit { count: 100, seconds: 2 };
const SEARCHES: [&str; 8] = ["an", "kim", "o", "maria", "0199", "zz", "example.org", "le"];
const REPEATS: usize = 200;

#[tokio::main]
async fn main() {
    let people = std::env::args().nth(1).map_or(PEOPLE, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start(EmulatorConfig {
        people: Some(people),
        rate_limit: LIMIT,
        ..EmulatorConfig::default()
    })
    .await
    .unwrap();
    let (secrets, clock) = (Arc::new(MemoryStore::new()), Arc::new(ManualClock::at(jiff::Timestamp::now())));
    let (app, host) = program(&emulator, &secrets, &clock, &folder);

    println!("{people} people, {} requests in {} s\n", LIMIT.count, LIMIT.seconds);
    app.start().await;
    app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    let back = emulator.approve(&host.links().pop().unwrap()).unwrap();
    app.receive_link(back.as_str()).await;
    app.confirm_account().await.unwrap();

    let began = Instant::now();
    let first_row = reached(|| list(&app, "", 1).is_ok_and(|listing| listing.total > 0)).await - began;
    let all_people =
        reached(|| list(&app, "", 1).is_ok_and(|listing| listing.coverage == Coverage::Complete)).await
            - began;
    let everything = reached(|| app.app_status().freshness == Freshness::Fresh).await - began;
    let counters = emulator.counters();
    let floor = floor(counters.requests);
    row("first person on the screen", &seconds(first_row));
    row("everybody complete", &seconds(all_people));
    row("first sync complete", &seconds(everything));
    row("requests of the first sync", &counters.requests.to_string());
    row("floor that the rate limit sets for them", &seconds(floor));
    row("first sync as a multiple of the floor", &ratio(everything, floor));
    row("answers 429", &counters.rate_limited.to_string());
    row("connections", &counters.connections.to_string());

    let mut times: Vec<Duration> = Vec::new();
    for search in SEARCHES.iter().cycle().take(REPEATS) {
        let began = Instant::now();
        list(&app, search, 50).unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    row("search with 50 rows, median", &milliseconds(times[REPEATS / 2]));
    row("search with 50 rows, p99", &milliseconds(times[REPEATS * 99 / 100]));

    drop(app);
    let (again, _host) = program(&emulator, &secrets, &clock, &folder);
    let began = Instant::now();
    again.start().await;
    let opened = began.elapsed();
    list(&again, "", 50).unwrap();
    let listed = began.elapsed();
    row("start: keychain and store", &milliseconds(opened));
    row("start: first 50 rows, search block included", &milliseconds(listed));
    row("  as a multiple of one search", &ratio(listed, times[REPEATS / 2]));
}

fn program(
    emulator: &Emulator,
    secrets: &Arc<MemoryStore>,
    clock: &Arc<ManualClock>,
    folder: &tempfile::TempDir,
) -> (Arc<App>, Arc<RecordingHost>) {
    let host = Arc::new(RecordingHost::new());
    let config = AppConfig {
        base: emulator.url().clone(),
        client_id: ClientId::parse(emulator.client_id()).ok(),
        client_id_source: ClientIdSource::CommandLine,
        redirect: RedirectChoice::CustomScheme,
        folder: Some(folder.path().to_owned()),
        practice: false,
        test_server: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        user_agent: "Narthex-bench/0 (tests)".to_owned(),
    };
    let ports = Ports { host: host.clone(), secrets: secrets.clone(), clock: clock.clone() };
    (App::new(config, ports).unwrap(), host)
}

fn list(
    app: &App,
    search: &str,
    limit: u32,
) -> Result<app_core::products::people::views::PeopleListing, AppError> {
    app.list_people(&ListPeopleRequest { search: search.to_owned(), offset: 0, limit })
}

/// Looks a hundred times a second, until it is so.
async fn reached(is_so: impl Fn() -> bool) -> Instant {
    let mut glance = tokio::time::interval(Duration::from_millis(10));
    while !is_so() {
        glance.tick().await;
    }
    Instant::now()
}

/// The least time in which so many requests may be sent: the first full window costs no waiting.
fn floor(requests: u64) -> Duration {
    let windows = requests.saturating_sub(1) / u64::from(LIMIT.count);
    Duration::from_secs(windows * u64::from(LIMIT.seconds))
}

fn row(what: &str, value: &str) {
    println!("{what:<48} {value:>12}");
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(time: Duration, against: Duration) -> String {
    if against.is_zero() {
        "–".to_owned()
    } else {
        format!("{:.2} ×", time.as_secs_f64() / against.as_secs_f64())
    }
}
