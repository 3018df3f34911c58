//! The one table that the drill prints: what was injected, how often, and how often it did not come out as it must.

use std::process::ExitCode;

/// Rows printed so far, and whether all came out.
pub(crate) struct Table {
    rows: usize,
    failed: usize,
}

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
}

impl Table {
    /// Prints the heading.
    pub(crate) fn begin() -> Self {
        println!("| Row | Injected | Tried | Expected | Failed |\n|---|---|---:|---|---:|");
        Self { rows: 0, failed: 0 }
    }

    /// Prints one row as soon as it is known.
    pub(crate) fn row(&mut self, name: &str, injected: &str, expected: &str, tally: Tally) {
        println!(
            "| {name} | {injected} | {} | {expected} | {} |",
            grouped(tally.tried),
            grouped(tally.failed)
        );
        self.rows += 1;
        // A row that tried nothing proves nothing.
        self.failed += usize::from(tally.failed > 0 || tally.tried == 0);
    }

    /// Prints what was measured where nothing can fail.
    pub(crate) fn note(text: &str) {
        println!("| | {text} | | | |");
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn verdict(&self) -> ExitCode {
        match self.failed {
            0 => ExitCode::SUCCESS,
            failed => {
                println!("{failed} rows failed.");
                ExitCode::FAILURE
            }
        }
    }
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
