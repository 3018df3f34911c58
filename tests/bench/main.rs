//! `cargo xtask bench`: the real core against the emulator, in one run, told as ratios.
//!
//! Times of one machine mean little on another. What holds everywhere is how far the program is from what the
//! service's rate limit allows, what others need for the same, and what one operation costs against another.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

mod first_sync;
mod meter;
mod peer;
mod program;
mod refresh_race;
mod reopened;
mod report;
mod search;
mod whole_church;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use pco_emulator::{Emulator, EmulatorConfig, Limit};
use report::Report;

/// What is measured, and how long a period of the rate limit lasts.
#[derive(Parser)]
struct Arguments {
    /// People in the largest church.
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// Seconds in which a hundred requests are allowed. Planning Center's are 20; 2 make the run a tenth as long.
    #[arg(long, default_value_t = 2)]
    period: u32,
    /// Requests that are allowed in a period.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// Only the first sync of the largest church, with nobody at the screen and with somebody.
    #[arg(long)]
    only_first_sync: bool,
    /// A Python that knows pypco.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Where the raw results go.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Only the search, with nothing before it.
    #[arg(long)]
    only_search: bool,
    /// Only a church of five hundred service types, read in whole: a quarter of an hour at a tenth of the time.
    #[arg(long)]
    only_whole_church: bool,
    /// Reads such a church into this folder, told from the standard input.
    #[arg(long, hide = true)]
    read_whole_church: Option<PathBuf>,
    /// Opens what another run has stored here, with what it writes to the standard input, and tells how long that took.
    #[arg(long, hide = true)]
    reopen: Option<PathBuf>,
    /// The same with the store alone.
    #[arg(long, hide = true)]
    reopen_store: Option<PathBuf>,
}

/// How long every answer is on its way.
const LATENCY: Duration = Duration::from_millis(20);
/// Id and secret of the Personal Access Token that a peer uses.
const PERSONAL: (&str, &str) = ("bench-application", "bench-token");

fn main() {
    let arguments = Arguments::parse();
    // As the program does first of all. The emulator, which others share a process with, is not held to it.
    if arguments.read_whole_church.is_some() {
        narthex::process::give_back_memory();
    }
    measure(arguments);
}

#[tokio::main]
async fn measure(arguments: Arguments) {
    if let Some(folder) = &arguments.reopen {
        return reopened::measure(folder).await;
    }
    if let Some(folder) = &arguments.reopen_store {
        return reopened::measure_store(folder);
    }
    if let Some(folder) = &arguments.read_whole_church {
        return whole_church::read(folder).await;
    }
    let mut report = Report::new(arguments.period);
    if arguments.only_search {
        search::measure(arguments.people, &mut report).await;
        return report.print();
    }
    let limit = Limit { count: arguments.limit, seconds: arguments.period };
    if arguments.only_whole_church {
        whole_church::measure(limit, &mut report).await;
        return report.print();
    }

    report.chapter(&format!("Everybody of a church of {}", arguments.people));
    let emulator = church(arguments.people, limit).await;
    first_sync::nobody_at_the_screen(&emulator, arguments.people, limit, &mut report).await;
    drop(emulator);
    let emulator = church(arguments.people, limit).await;
    first_sync::somebody_clicks(&emulator, arguments.people, limit, &mut report).await;
    drop(emulator);

    if !arguments.only_first_sync {
        if let Some(python) = &arguments.python {
            report.chapter("Everybody of a church of 30000, with others");
            peer::compare(python, limit, &mut report).await;
        }
        report.chapter("A church of 10000");
        first_sync::how_soon(&church(10_000, limit).await, 10_000, limit, &mut report).await;
        search::measure(arguments.people, &mut report).await;
        refresh_race::measure(arguments.python.as_deref(), &mut report).await;
    }
    report.print();
    if let Some(path) = arguments.json {
        std::fs::write(path, report.json()).unwrap();
    }
}

/// An emulator of a church of so many people.
async fn church(people: u32, limit: Limit) -> Emulator {
    Emulator::start(EmulatorConfig {
        people: Some(people),
        rate_limit: limit,
        latency: LATENCY,
        pat: Some((PERSONAL.0.to_owned(), PERSONAL.1.to_owned())),
        ..EmulatorConfig::default()
    })
    .await
    .unwrap()
}
