//! The same church read by pypco, as it is shipped and with a hundred records a page.

use std::path::Path;
use std::time::Duration;

use pco_emulator::{Emulator, Limit};
use serde::Deserialize;
use tokio::process::Command;

use crate::meter::Meter;
use crate::program::Program;
use crate::report::{Report, ratio};
use crate::{PERSONAL, church};

const PEOPLE: u32 = 30_000;
/// Reads everybody and prints how long that took.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/everybody_with_pypco.py");

/// What the script prints.
#[derive(Deserialize)]
struct Walked {
    seconds: f64,
    people: u32,
}

/// What one program needed.
struct Need {
    time: Duration,
    bytes_per_person: u64,
}

/// Everybody with our program and with pypco, each with an emulator of its own.
pub(crate) async fn compare(python: &Path, limit: Limit, report: &mut Report) {
    let ours = ours(&church(PEOPLE, limit).await, report).await;
    for (name, per_page, faster) in
        [("pypco as shipped", None, 6.0), ("pypco, a hundred a page", Some(100), 1.5)]
    {
        let emulator = church(PEOPLE, limit).await;
        let theirs = pypco(python, &emulator, per_page).await;
        report.time(name, theirs.time);
        report.ratio_at_least("  as a multiple of ours", ratio(theirs.time, ours.time), faster);
        report.count("  answers 429", emulator.counters().rate_limited);
        report.count("  bytes on the wire for each person", theirs.bytes_per_person);
        let bytes = Duration::from_secs(ours.bytes_per_person);
        let their_bytes = Duration::from_secs(theirs.bytes_per_person);
        report.ratio_at_most("  ours as a multiple of that", ratio(bytes, their_bytes), 0.35);
    }
}

async fn ours(emulator: &Emulator, report: &mut Report) -> Need {
    let (program, began) = Program::signed_in(emulator, false).await;
    let time = program.everybody(PEOPLE).await - began;
    let need = Need { time, bytes_per_person: program.meter.bytes() / u64::from(PEOPLE) };
    report.time("ours, with contacts, households and this week's plans", need.time);
    report.count("  answers 429", emulator.counters().rate_limited);
    report.count("  bytes on the wire for each person", need.bytes_per_person);
    need
}

async fn pypco(python: &Path, emulator: &Emulator, per_page: Option<u32>) -> Need {
    let meter = Meter::before(emulator.url()).await;
    let mut command = Command::new(python);
    command.arg(SCRIPT).args([meter.url.as_str(), PERSONAL.0, PERSONAL.1]);
    command.args(per_page.map(|number| number.to_string()));
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().await.unwrap();
    let walked: Walked = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(walked.people, PEOPLE, "pypco did not see everybody");
    Need {
        time: Duration::from_secs_f64(walked.seconds),
        bytes_per_person: meter.bytes() / u64::from(PEOPLE),
    }
}
