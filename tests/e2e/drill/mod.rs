//! The window's rows of `cargo xtask drill`: the built program under attack by every way that leads into it. Each row is
//! tried a few times with every run of the tests; the environment asks for more.

mod launches;
mod links;
mod navigations;
mod neighbours;
mod outside_links;
mod payloads;
mod powers;
mod secrets;
mod steering;

#[allow(dead_code, reason = "the core's rows use the rest")]
#[path = "../../drill/callbacks.rs"]
mod callbacks;
#[path = "../../drill/rows.rs"]
mod rows;
#[path = "../../drill/scale.rs"]
mod scale;

use std::time::Duration;

use clap::ValueEnum as _;

use rows::Tally;
use scale::Scale;

/// Every random choice comes from this number.
const SEED: u64 = 1;
/// However often a row is tried, it ends by then.
const LONGEST: Duration = Duration::from_hours(2);

/// How often each thing is tried.
#[allow(clippy::disallowed_methods, reason = "the command that runs the drill says it here")]
fn scale() -> Scale {
    match std::env::var("NARTHEX_DRILL_SCALE") {
        Ok(word) => Scale::from_str(&word, false).expect("quick, usual, or full"),
        Err(_) => Scale::Quick,
    }
}

/// Says one row, and fails with it.
fn row(name: &str, injected: &str, expected: &str, tally: Tally) {
    eprintln!("{}", rows::row(name, injected, expected, tally));
    assert!(tally.holds(), "{name}: {tally:?}");
}

/// Says what was measured where nothing can fail.
fn note(text: &str) {
    eprintln!("{}", rows::note(text));
}
