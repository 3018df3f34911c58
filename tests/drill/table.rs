//! The core's part of the table, printed row by row.

use std::process::ExitCode;

use crate::rows;
pub(crate) use crate::rows::Tally;

/// Rows printed so far, and whether all came out.
pub(crate) struct Table {
    rows: usize,
    failed: usize,
}

impl Table {
    /// Prints the heading.
    pub(crate) fn begin() -> Self {
        println!("| Row | Injected | Tried | Expected | Failed |\n|---|---|---:|---|---:|");
        Self { rows: 0, failed: 0 }
    }

    /// Prints one row as soon as it is known.
    pub(crate) fn row(&mut self, name: &str, injected: &str, expected: &str, tally: Tally) {
        println!("{}", rows::row(name, injected, expected, tally));
        self.rows += 1;
        self.failed += usize::from(!tally.holds());
    }

    /// Prints what was measured where nothing can fail.
    pub(crate) fn note(text: &str) {
        println!("{}", rows::note(text));
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
