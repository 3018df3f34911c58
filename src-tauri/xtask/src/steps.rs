//! Steps run one after another, and the table that tells how they went.

use std::time::{Duration, Instant};

/// How a step ended.
pub(crate) enum Outcome {
    Passed,
    /// The sentence says what did not hold.
    Failed(String),
    /// It could not be run here; the sentence says why. Not a failure, but said at the end.
    NotRun(String),
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(sentence) => Self::Failed(sentence),
        }
    }
}

struct Row {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

/// The steps so far.
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Runs one step under its heading. Returns whether it passed.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) -> bool {
        println!("\n== {name} ==");
        let start = Instant::now();
        let outcome = work();
        let passed = match &outcome {
            Outcome::Passed => true,
            Outcome::Failed(sentence) | Outcome::NotRun(sentence) => {
                println!("{sentence}");
                false
            }
        };
        self.rows.push(Row { name, took: start.elapsed(), outcome });
        passed
    }

    /// Prints the table. The error names the steps that failed.
    pub(crate) fn finish(self) -> Result<(), String> {
        println!("\n== Summary ==");
        for row in &self.rows {
            println!("{}", line(row));
        }
        let failed: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| matches!(row.outcome, Outcome::Failed(_)))
            .map(|row| row.name)
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(format!("Failed: {}.", failed.join(", ")))
    }
}

fn line(row: &Row) -> String {
    let result = match &row.outcome {
        Outcome::Passed => "passed".to_owned(),
        Outcome::Failed(_) => "FAILED".to_owned(),
        Outcome::NotRun(reason) => format!("not run: {reason}"),
    };
    format!("{:<32}{:>8.1} s  {result}", row.name, row.took.as_secs_f64())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_whole_and_is_named() {
        let mut report = Report::new();
        assert!(report.step("Format", || Outcome::Passed));
        assert!(!report.step("Lints", || Outcome::Failed("two warnings".to_owned())));
        assert!(report.step("Types", || Outcome::Passed));
        assert_eq!(report.finish().unwrap_err(), "Failed: Lints.");
    }

    #[test]
    fn a_step_that_cannot_run_here_is_told_but_does_not_fail() {
        let mut report = Report::new();
        assert!(!report.step("Advisories", || Outcome::NotRun("no network".to_owned())));
        assert!(line(&report.rows[0]).ends_with("not run: no network"));
        assert!(report.finish().is_ok());
    }
}
