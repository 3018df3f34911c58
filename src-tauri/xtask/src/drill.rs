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

/// What of the drill is run: its parts, named as their files are.
pub(crate) struct Parts {
    core: Vec<String>,
    window: Vec<String>,
    are_all: bool,
}

impl Parts {
    /// These parts, or all of them if none is named. Fails at a name that no part has.
    pub(crate) fn choose(named: &[String]) -> Result<Self, String> {
        let mut parts = Self { core: Vec::new(), window: Vec::new(), are_all: named.is_empty() };
        for name in named {
            if workspace::root().join(format!("tests/drill/{name}.rs")).exists() {
                parts.core.push(name.clone());
            } else if workspace::root().join(format!("tests/e2e/drill/{name}.rs")).exists() {
                parts.window.push(name.clone());
            } else {
                return Err(format!(
                    "No part of the drill is called {name}: see tests/drill and tests/e2e/drill."
                ));
            }
        }
        Ok(parts)
    }
}

/// The core's rows.
pub(crate) fn core(scale: Scale, seed: u64) -> Result<Program, String> {
    let drill = Program::new(workspace::built("examples/drill")?);
    Ok(drill.args(["--scale", scale.word(), "--seed"]).args([seed.to_string()]))
}

/// The window's rows: those of the window tests that stand in the drill's folder.
fn window(scale: Scale, parts: &Parts, unsteered: &Path) -> Result<Program, String> {
    let whole = parts.are_all.then(|| "drill::".to_owned());
    let named: Vec<String> =
        whole.into_iter().chain(parts.window.iter().map(|part| format!("drill::{part}::"))).collect();
    Ok(suites::window_tests("drill", &named, unsteered)?.env(SCALE, scale.word()))
}

/// Runs the rows of these parts, and prints their table. The error says what did not come out.
pub(crate) fn run(scale: Scale, seed: u64, parts: &Parts) -> Result<(), String> {
    let unsteered = suites::build_unsteered(matches!(scale, Scale::Full))?;
    suites::build()?;
    let rows = workspace::target()?.join("drill-rows.md");
    if rows.exists() {
        fs::remove_file(&rows).map_err(|error| format!("{} stays: {error}", rows.display()))?;
    }
    let mut missed = Vec::new();
    let mut programs = Vec::new();
    if parts.are_all || !parts.core.is_empty() {
        let only = parts.core.iter().flat_map(|part| ["--only", part]);
        programs.push(core(scale, seed).map(|core| core.args(only)));
    }
    if !cfg!(target_os = "linux") {
        println!("Not run: the window's rows, which need Linux.");
    } else if parts.are_all || !parts.window.is_empty() {
        programs.push(window(scale, parts, &unsteered));
    }
    for program in programs {
        missed.extend(program.and_then(|program| program.env(ROWS, &rows).run()).err());
    }
    let table = fs::read_to_string(&rows).unwrap_or_default();
    println!("\n| Row | Injected | Tried | Expected | Failed |\n|---|---|---:|---|---:|\n{table}");
    println!("{} counts, seed {seed}.", scale.word());
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n")) }
}
