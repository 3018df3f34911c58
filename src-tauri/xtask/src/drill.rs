//! The drill: the sign-in attacked and crashed in the core, then the real program attacked in its window, and one table
//! of both.

use std::fs;
use std::path::Path;

use crate::program::Program;
use crate::{suites, workspace};

/// Names the file in which both programs leave their rows.
const ROWS: &str = "NARTHEX_DRILL_ROWS";
/// Tells the window tests how often each thing is tried; without it they make the quick cut.
const SCALE: &str = "NARTHEX_DRILL_SCALE";

/// How often each thing is tried.
#[derive(Clone, Copy)]
pub(crate) enum Scale {
    /// A few minutes in all; a part of every run of the tests.
    Quick,
    /// Ten minutes or less on two quiet processors.
    Usual,
    /// The published counts.
    Full,
}

impl Scale {
    fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Usual => "usual",
            Self::Full => "full",
        }
    }
}

/// The core's rows.
pub(crate) fn core(scale: Scale, seed: u64) -> Result<Program, String> {
    let drill = Program::new(workspace::built("examples/drill")?);
    Ok(drill.args(["--scale", scale.word(), "--seed"]).args([seed.to_string()]))
}

/// The window's rows: those of the window tests that stand in the drill's folder.
fn window(scale: Scale, unsteered: &Path) -> Result<Program, String> {
    Ok(suites::window_tests("drill", Some("drill::"), unsteered)?.env(SCALE, scale.word()))
}

/// Runs every row, and prints the table. The error says what did not come out.
pub(crate) fn run(scale: Scale, seed: u64) -> Result<(), String> {
    let unsteered = suites::build_unsteered(matches!(scale, Scale::Full))?;
    suites::build()?;
    let rows = workspace::target()?.join("drill-rows.md");
    if rows.exists() {
        fs::remove_file(&rows).map_err(|error| format!("{} stays: {error}", rows.display()))?;
    }
    let mut missed = Vec::new();
    let mut parts = vec![core(scale, seed)];
    if cfg!(target_os = "linux") {
        parts.push(window(scale, &unsteered));
    } else {
        println!("Not run: the window's rows, which need Linux.");
    }
    for part in parts {
        missed.extend(part.and_then(|part| part.env(ROWS, &rows).run()).err());
    }
    let table = fs::read_to_string(&rows).unwrap_or_default();
    println!("\n| Row | Injected | Tried | Expected | Failed |\n|---|---|---:|---|---:|\n{table}");
    println!("{} counts, seed {seed}.", scale.word());
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n")) }
}
