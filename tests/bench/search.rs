//! What is answered without a network: the start, and searching among everybody.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use app_core::status::Freshness;
use pco_emulator::{Emulator, EmulatorConfig, Limit};
use serde::de::DeserializeOwned;

use crate::program::{Program, reached};
use crate::reopened::{Kept, Measured, MeasuredStore};
use crate::report::Report;

/// A church with next to nobody, for what the program needs in any case.
const FEW: u32 = 200;
/// What one search may take.
const PATIENCE: Duration = Duration::from_millis(8);

/// Fills a store, ends the program and opens the store again in a process of its own.
pub(crate) async fn measure(people: u32, report: &mut Report) {
    report.chapter(&format!("Without a network, {people} people"));
    let (_, few) = reopened(FEW).await;
    let (store, all) = reopened(people).await;
    report.time_at_most(
        "store alone: opened, with 50 people in order",
        store.opened,
        Duration::from_millis(5),
    );
    report.time("start: session, keychain and store", all.opened);
    report.time("start: first 50 rows, all of that included", all.listed);
    report.time_at_most("start: search ready", all.search_ready, Duration::from_millis(60));
    report.time_at_most("the best 50 names, found, median", store.found.median, Duration::from_micros(100));
    report.time_at_most("the best 50 names, found, p99", store.found.p99, PATIENCE);
    report.time("counted and listed with 50 rows, median", all.listed_found.median);
    report.time_at_most("counted and listed with 50 rows, p99", all.listed_found.p99, PATIENCE);
    report.time("palette: people, plans, songs, teams, median", all.palette.median);
    report.time_at_most("palette: people, plans, songs, teams, p99", all.palette.p99, PATIENCE);
    let grown = all.resident.saturating_sub(few.resident) / 1000;
    report.count_at_most(&format!("kilobytes of memory more than with {FEW} people"), grown, 40_000);
}

/// A church of so many people, read once and opened again: the store alone, and everything.
async fn reopened(people: u32) -> (MeasuredStore, Measured) {
    let emulator = Emulator::start(EmulatorConfig {
        people: Some(people),
        rate_limit: Limit { count: 1_000_000, seconds: 20 },
        ..EmulatorConfig::default()
    })
    .await
    .unwrap();
    let (program, _) = Program::signed_in(&emulator, false).await;
    reached(|| program.app.app_status().freshness == Freshness::Fresh).await;
    program.app.end();
    let kept = Kept::of(&program.secrets, &program.meter.url, emulator.client_id());
    drop(emulator);
    let folder = program.folder.path();
    (in_its_own_process("--reopen-store", folder, &kept), in_its_own_process("--reopen", folder, &kept))
}

/// What this program prints when it is run so over what was stored.
pub(crate) fn in_its_own_process<T: DeserializeOwned>(measure: &str, folder: &Path, kept: &Kept) -> T {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(measure).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), kept).unwrap();
    let output = child.wait_with_output().unwrap();
    std::io::stderr().write_all(&output.stderr).unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
