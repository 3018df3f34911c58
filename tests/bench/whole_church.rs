//! A church of hundreds of service types, read in whole: everything of Services besides everybody.
//!
//! The program runs in a process of its own, so that its memory is its own.

use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::App;
use app_core::session::views::StartSignInRequest;
use app_core::status::{AppStatus, Freshness};
use app_core::testing::{ManualClock, MemoryStore};
use app_core::views::Coverage;
use pco_emulator::{Church, Emulator, EmulatorConfig, Limit};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::LATENCY;
use crate::meter::Meter;
use crate::program::{BenchHost, approved, start};
use crate::reopened::{Kept, Measured, most_resident, resident};
use crate::report::{Report, floor};
use crate::search::in_its_own_process;

/// How often the frame is looked at.
const GLANCE: Duration = Duration::from_millis(100);
/// What one search may take.
const PATIENCE: Duration = Duration::from_millis(8);

/// Whom the program signs in to.
#[derive(Serialize, Deserialize)]
struct Server {
    client_id: String,
    base: Url,
}

/// A part of the first sync, as the frame told of it.
#[derive(Serialize, Deserialize)]
struct Stretch {
    label: String,
    began: Duration,
    ended: Duration,
    /// How many there were, and how many were told to be here last.
    total: Option<u32>,
    done: u32,
    /// When a time left was told first, and that time.
    promise: Option<(Duration, Duration)>,
    /// The same for everything.
    promise_of_all: Option<(Duration, Duration)>,
}

/// What came of the first sync.
#[derive(Serialize, Deserialize)]
struct Read {
    took: Duration,
    stretches: Vec<Stretch>,
    people: u32,
    plans: u32,
    is_complete: bool,
    /// Bytes more than with an empty store: at the end, and at the most.
    grown: u64,
    most_grown: u64,
    kept: Kept,
}

/// Reads the largest church, refreshes it, and opens it again.
pub(crate) async fn measure(limit: Limit, report: &mut Report) {
    let config = EmulatorConfig {
        church: Church::Huge,
        rate_limit: limit,
        latency: LATENCY,
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await.unwrap();
    let meter = Meter::before(emulator.url()).await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server { client_id: emulator.client_id().to_owned(), base: meter.url.clone() };
    report.chapter("A church of 100000 people and 500 service types, read in whole");
    let read = tokio::task::block_in_place(|| {
        let mut reader = Reading::start(folder.path());
        reader.tell(&server);
        let link: Url = reader.hear();
        reader.tell(&approved(&emulator, link));
        let read: Read = reader.hear();
        let counters = emulator.counters();
        report.time("everything", read.took);
        if let Some((told, promise)) = read.stretches.iter().find_map(|stretch| stretch.promise_of_all) {
            report.time("  was to be here after, as told first", promise.saturating_add(told));
            report.time("    which was told after", told);
        }
        report.count("requests until then, sign-in included", counters.requests);
        report.floor_at_most(read.took, floor(counters.requests, limit), 1.02);
        report.count_at_most("answers 429", counters.rate_limited, 0);
        report.count("people", read.people.into());
        report.count("plans", read.plans.into());
        report.count_at_most("of these, not read in full", u64::from(!read.is_complete), 0);
        for stretch in &read.stretches {
            report.time(&format!("  {}: begun after", stretch.label), stretch.began);
            report.time("    took", stretch.ended.saturating_sub(stretch.began));
            if let Some((told, promise)) = stretch.promise {
                report.time(
                    "    was to take, as told first",
                    promise.saturating_add(told).saturating_sub(stretch.began),
                );
            }
        }
        report.count_at_most(
            "kilobytes of memory more than with nobody, at the end",
            read.grown / 1000,
            40_000,
        );
        report.count("  at the most", read.most_grown / 1000);
        let (before, bytes_before) = (counters.requests, meter.bytes());
        reader.tell(&());
        let refreshed: Duration = reader.hear();
        let requests = emulator.counters().requests - before;
        report.count_at_most("requests of a refresh that finds nothing new", requests, 10);
        report.time("  took", refreshed);
        report.count("bytes on the wire of that refresh", meter.bytes() - bytes_before);
        reader.tell(&());
        read
    });
    drop(emulator);

    report.chapter("The same church without a network");
    let all: Measured = in_its_own_process("--reopen", folder.path(), &read.kept);
    report.time("start: session, keychain and store", all.opened);
    report.time_at_most("start: search ready", all.search_ready, Duration::from_millis(60));
    report.time("palette: people, plans, songs, teams, median", all.palette.median);
    report.time_at_most("palette: people, plans, songs, teams, p99", all.palette.p99, PATIENCE);
    report.time("first screen, answered", all.first_view.median);
    report.count_at_most("bytes of that answer", all.first_view.bytes, 20_000);
    report.time("schedule, answered", all.schedule.median);
    report.count("bytes of that answer", all.schedule.bytes);
    report.time("a plan, answered", all.plan.median);
}

/// The process that reads.
struct Reading {
    child: std::process::Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Reading {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--read-whole-church").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, to, from }
    }

    fn tell(&mut self, what: &impl Serialize) {
        writeln!(self.to, "{}", serde_json::to_string(what).unwrap()).unwrap();
    }

    fn hear<T: DeserializeOwned>(&mut self) -> T {
        next(&mut self.from)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        // It may have ended, well or not.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn next<T: DeserializeOwned>(lines: &mut impl std::io::BufRead) -> T {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn say(what: &impl Serialize) {
    println!("{}", serde_json::to_string(what).unwrap());
}

/// The other process: signs in, reads everything, and once more when told to.
pub(crate) async fn read(folder: &Path) {
    let mut told = std::io::stdin().lock();
    let server: Server = next(&mut told);
    let (secrets, clock) = (Arc::new(MemoryStore::new()), Arc::new(ManualClock::at(jiff::Timestamp::now())));
    let (app, host) = start(&server.client_id, &server.base, &secrets, &clock, folder);
    app.start().await;
    app.start_sign_in(StartSignInRequest { redirect: None }).await.unwrap();
    let empty = resident();
    say(&host.link().unwrap());
    let back: Url = next(&mut told);
    app.receive_link(back.as_str()).await;
    let began = Instant::now();
    app.confirm_account().await.unwrap();
    let stretches = until_fresh(&app, &host, began).await;
    let status = app.app_status();
    say(&Read {
        took: began.elapsed(),
        stretches,
        people: status.people,
        plans: status.plans,
        is_complete: status.coverage == Coverage::Complete,
        grown: resident().saturating_sub(empty),
        most_grown: most_resident().saturating_sub(empty),
        kept: Kept::of(&secrets, &server.base, &server.client_id),
    });
    let () = next(&mut told);
    let began = Instant::now();
    clock.advance(Duration::from_mins(11));
    app.refresh();
    let mut glance = tokio::time::interval(GLANCE);
    loop {
        glance.tick().await;
        let AppStatus { progress, freshness, as_of, .. } = app.app_status();
        if progress.is_none() && freshness == Freshness::Fresh && as_of != status.as_of {
            break;
        }
    }
    say(&began.elapsed());
    let () = next(&mut told);
    app.end();
}

/// Waits until nothing is left to be read, and tells what was read when.
async fn until_fresh(app: &App, host: &BenchHost, began: Instant) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut glance = tokio::time::interval(GLANCE);
    loop {
        glance.tick().await;
        let now = began.elapsed();
        let Some(AppStatus { progress, freshness, .. }) = host.status() else { continue };
        let Some(progress) = progress else {
            // The frame is told when a round ends; that it was the last one is for the store to say.
            if freshness == Freshness::Fresh && app.app_status().progress.is_none() {
                return stretches;
            }
            continue;
        };
        if stretches.last().is_none_or(|stretch| stretch.label != progress.label) {
            let (label, total) = (progress.label, progress.total);
            let (promise, promise_of_all) = (None, None);
            stretches.push(Stretch {
                label,
                began: now,
                ended: now,
                total,
                done: 0,
                promise,
                promise_of_all,
            });
        }
        if let Some(stretch) = stretches.last_mut() {
            (stretch.ended, stretch.done, stretch.total) = (now, progress.done, progress.total);
            let promise = |seconds: u32| (now, Duration::from_secs(seconds.into()));
            stretch.promise = stretch.promise.or(progress.seconds_left.map(promise));
            stretch.promise_of_all = stretch.promise_of_all.or(progress.seconds_in_all.map(promise));
        }
    }
}
