//! What is answered without a network: searching, and the start.

use std::time::{Duration, Instant};

use app_core::status::Freshness;
use pco_emulator::Limit;

use crate::church;
use crate::program::{Program, people, reached};
use crate::report::Report;

const PEOPLE: u32 = 10_000;
const SEARCHES: [&str; 8] = ["an", "kim", "o", "maria", "0199", "zz", "example.org", "le"];
const REPEATS: usize = 200;

/// Searches among everybody, then ends the program and starts it again.
pub(crate) async fn measure(report: &mut Report) {
    report.chapter(&format!("Without a network, {PEOPLE} people"));
    let emulator = church(PEOPLE, Limit { count: 100_000, seconds: 20 }).await;
    let (program, _) = Program::signed_in(&emulator, false).await;
    reached(|| program.app.app_status().freshness == Freshness::Fresh).await;
    let mut times: Vec<Duration> = Vec::new();
    for search in SEARCHES.iter().cycle().take(REPEATS) {
        let began = Instant::now();
        program.people(search, 50).unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    let median = times[REPEATS / 2];
    report.time("search with 50 rows, median", median);
    report.time_at_most("search with 50 rows, p99", times[REPEATS * 99 / 100], Duration::from_millis(8));

    let (again, _folder) = program.again(&emulator);
    let began = Instant::now();
    again.start().await;
    report.time("start: keychain and store", began.elapsed());
    people(&again, "", 50).unwrap();
    let listed = began.elapsed();
    report.time("start: first 50 rows, search block included", listed);
}
