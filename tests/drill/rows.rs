//! The rows of the drill's table. The core's and the window's come from different programs: each says its rows as soon
//! as they are known, and leaves them in the one file from which `cargo xtask drill` prints the whole table.

use std::fs::File;
use std::io::Write as _;

/// Names the file; without it, rows are kept nowhere.
const FILE: &str = "NARTHEX_DRILL_ROWS";

/// How one row came out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) tried: usize,
    pub(crate) failed: usize,
}

impl Tally {
    /// Counts one more try.
    pub(crate) fn count(&mut self, came_out: bool) {
        self.tried += 1;
        self.failed += usize::from(!came_out);
    }

    /// Whether all came out. A row that tried nothing proves nothing.
    pub(crate) fn holds(self) -> bool {
        self.failed == 0 && self.tried > 0
    }
}

/// Keeps one row: what was injected, how often, what must come of it, and how often it did not. Hands its line back.
pub(crate) fn row(name: &str, injected: &str, expected: &str, tally: Tally) -> String {
    let (tried, failed) = (grouped(tally.tried), grouped(tally.failed));
    kept(format!("| {name} | {injected} | {tried} | {expected} | {failed} |"))
}

/// Keeps what was measured where nothing can fail.
pub(crate) fn note(text: &str) -> String {
    kept(format!("| | {text} | | | |"))
}

#[allow(clippy::disallowed_methods, reason = "the command that runs the drill names the file here")]
fn kept(line: String) -> String {
    if let Some(file) = std::env::var_os(FILE) {
        let mut file = File::options().create(true).append(true).open(file).unwrap();
        // In one piece, so that programs at the same time do not mix theirs.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    line
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
