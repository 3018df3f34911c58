//! The tests, from pure to real.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::checks::EVERYTHING;
use crate::drill::{self, Scale};
use crate::program::Program;
use crate::steps::Outcome;
use crate::{tools, workspace};

/// Builds every program and test once, for all steps after it.
pub(crate) fn build() -> Result<(), String> {
    Program::cargo()
        .args(["build", "--all-targets"])
        .args(EVERYTHING)
        // Windows cannot replace a program that is running, and this one is.
        .args(["--exclude", "xtask"])
        .run()
}

/// Builds the program as it is given to people, which nobody can steer, and puts it where the next build leaves it alone.
/// For a release that is cargo's own folder; else the window tests' build would take its place.
pub(crate) fn build_unsteered(is_release: bool) -> Result<PathBuf, String> {
    let build = Program::cargo().args(["build", "--workspace", "--exclude", "xtask", "--bins"]);
    // With an example, so that it shares the compiled dependencies of the other builds.
    let build = build.args(["--example", "bench"]);
    let name = format!("narthex{}", std::env::consts::EXE_SUFFIX);
    if is_release {
        build.args(["--release"]).run()?;
        return Ok(workspace::target()?.join("release").join(name));
    }
    build.run()?;
    let kept = workspace::target()?.join("unsteered");
    let copied = fs::create_dir_all(&kept).and_then(|()| {
        let kept = kept.join(&name);
        fs::copy(workspace::built("narthex").map_err(io::Error::other)?, &kept).map(|_| kept)
    });
    copied.map_err(|error| format!("The program could not be put aside: {error}"))
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
    drill::core(Scale::Quick, 1).and_then(Program::run).into()
}

/// The real program in a real window, and its sign-in through a real browser.
pub(crate) fn window() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Outcome::NotRun("the window tests run on Linux".to_owned());
    }
    let unsteered = build_unsteered(false).and_then(|unsteered| build().map(|()| unsteered));
    unsteered.and_then(|unsteered| window_tests("default", &[], &unsteered)).and_then(Program::run).into()
}

/// The window tests with one of these in their names, or all of them, under the named profile of nextest. Each test brings its own
/// home folder, session bus and keychain; only the display comes from here, and the program as people have it.
pub(crate) fn window_tests(profile: &str, named: &[String], unsteered: &Path) -> Result<Program, String> {
    let emulator = workspace::built("pco-emulator")?;
    let runner: &[&str] = match Runner::choose() {
        Runner::Nextest => &["nextest", "run", "--profile", profile],
        Runner::Plain => &["test"],
    };
    Ok(on_a_display()
        .args(["cargo"])
        .args(runner)
        .args(EVERYTHING)
        .args(["--test", "e2e", "--"])
        .args(named)
        // What was waited for in vain says more than from where, and has to be found in the output.
        .env("RUST_BACKTRACE", "0")
        .env("NARTHEX_EMULATOR_BIN", emulator)
        .env("NARTHEX_UNSTEERED_BIN", unsteered))
}

/// What the window costs. The program is one that can be steered, but otherwise as it is given to people.
pub(crate) fn window_bench() -> Result<Program, String> {
    Program::cargo()
        .args(["build", "--release", "--package", "narthex", "--package", "pco-emulator", "--bins"])
        .args(["--features", "narthex/e2e", "--example", "window_bench", "--example", "bare_window"])
        .run()?;
    let target = workspace::target()?;
    Ok(on_a_display().args([target.join("release/examples/window_bench"), target.join("window-bench.json")]))
}

/// Runs a command on a display and a session bus of its own.
fn on_a_display() -> Program {
    Program::new("xvfb-run")
        // A display that is kept when its last program leaves: one that starts anew refuses whoever comes meanwhile.
        .args(["--auto-servernum", "--server-args=-screen 0 1280x1024x24 -noreset"])
        .args(["dbus-run-session", "--"])
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
