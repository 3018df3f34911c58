//! The tests, from pure to real.

use crate::checks::EVERYTHING;
use crate::program::Program;
use crate::steps::Outcome;
use crate::{tools, workspace};

/// Builds every program and test once, for all steps after it.
pub(crate) fn build() -> Outcome {
    Program::cargo()
        .args(["build", "--all-targets"])
        .args(EVERYTHING)
        // Windows cannot replace a program that is running, and this one is.
        .args(["--exclude", "xtask"])
        .run()
        .into()
}

/// Every test that needs no window.
pub(crate) fn without_window() -> Outcome {
    match Runner::choose() {
        Runner::Nextest => Program::cargo()
            .args(["nextest", "run"])
            .args(EVERYTHING)
            .args(["--filterset", "not binary(e2e)"]),
        Runner::Plain => Program::cargo()
            .args(["test", "--workspace", "--lib", "--bins"])
            .args(["--test", "it", "--test", "http"]),
    }
    .run()
    .into()
}

/// The examples in the documentation, which nextest does not run.
pub(crate) fn documentation() -> Outcome {
    Program::cargo().args(["test", "--doc"]).args(EVERYTHING).run().into()
}

/// The sign-in under attack and under crashes, in less than three minutes. `cargo xtask drill` runs more of it.
pub(crate) fn drill() -> Outcome {
    match workspace::built("examples/drill") {
        Ok(drill) => Program::new(drill).args(["--scale", "quick"]).run().into(),
        Err(reason) => Outcome::Failed(reason),
    }
}

/// The real program in a real window, and its sign-in through a real browser. Each test brings its own
/// home folder, session bus and keychain; only the display comes from here.
pub(crate) fn window() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Outcome::NotRun("the window tests run on Linux".to_owned());
    }
    let emulator = match workspace::built("pco-emulator") {
        Ok(path) => path,
        Err(reason) => return Outcome::Failed(reason),
    };
    let runner: &[&str] = match Runner::choose() {
        Runner::Nextest => &["nextest", "run"],
        Runner::Plain => &["test"],
    };
    Program::new("xvfb-run")
        // A display that is kept when its last program leaves: one that starts anew refuses whoever comes meanwhile.
        .args(["--auto-servernum", "--server-args=-screen 0 1280x1024x24 -noreset"])
        .args(["dbus-run-session", "--", "cargo"])
        .args(runner)
        .args(EVERYTHING)
        .args(["--test", "e2e"])
        .env("NARTHEX_EMULATOR_BIN", emulator)
        .run()
        .into()
}

enum Runner {
    Nextest,
    Plain,
}

impl Runner {
    /// Nextest, or cargo's own runner where nextest can be neither found nor installed.
    fn choose() -> Self {
        match tools::nextest() {
            Ok(()) => Self::Nextest,
            Err(reason) => {
                println!("{reason}\nGoing on with `cargo test`.");
                Self::Plain
            }
        }
    }
}
