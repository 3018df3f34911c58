//! Narthex's own commands: `cargo xtask run`, `cargo xtask test`, and the smaller checks `test` is made of.
//!
//! Each command first looks for what it needs on this machine ([`needs`]), installs what is missing
//! where the system is Debian or Ubuntu and says what is missing elsewhere ([`setup`]), then does its job.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "speaking to the developer is what these commands do"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a command at the edge of the system: it reads PATH and DISPLAY itself"
)]

mod checks;
mod drill;
mod fuzz;
mod icons;
mod needs;
mod peers;
mod program;
mod setup;
mod steps;
mod suites;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use drill::{Parts, Scale};
use needs::Job;
use program::Program;
use steps::{Outcome, Report};

/// Narthex's own commands. They set up what the machine lacks, then do their job.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build Narthex and open it in the practice church.
    Run {
        /// Given to the program. One that names a church of its own (--pco-url, --client-id) replaces the practice church.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Run every check: format, lints, documentation, types, dependencies, and all tests.
    Test,
    /// Build the release program and print the benchmark table.
    Bench {
        /// Given to the measurement: `--period 20` takes as long as Planning Center would, `--people` another church.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Attack and crash the sign-in and the running program as often as asked, and print what came of it as one table.
    Drill {
        /// The published counts, instead of ten minutes' worth.
        #[arg(long)]
        full: bool,
        /// Every random choice comes from this number.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Only these parts, named as their files in tests/drill and tests/e2e/drill are: `quota,launches`.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
    /// Search for inputs that break what reads text from outside, guided by coverage.
    Fuzz {
        /// For each of the targets.
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
    },
    /// Check the formatting, and the lints over every target.
    Lint,
    /// Check the types of the pages.
    Types,
    /// Check licences, banned and doubled dependencies, their sources, and known advisories.
    Deny,
    /// Run programs from PyPI, unmodified, against the emulator, and compare what they find. Fetches them.
    Peers,
    /// Draw every icon afresh from icons/narthex.svg.
    Icons,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { arguments } => run(&arguments),
        Command::Test => test(),
        Command::Bench { arguments } => bench(&arguments),
        Command::Drill { full, seed, only } => {
            drill(if full { Scale::Full } else { Scale::Usual }, seed, &only)
        }
        Command::Fuzz { seconds } => setup::ensure(Job::Build).and_then(|()| fuzz::search(seconds)),
        Command::Lint => lint(),
        Command::Types => types(),
        Command::Deny => deny(),
        Command::Peers => setup::ensure(Job::Peers).and_then(|()| peers::meet()),
        Command::Icons => setup::ensure(Job::Icons).and_then(|()| icons::draw()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\n{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    setup::require_display()?;
    setup::ensure(Job::Build)?;
    Program::cargo()
        .args(["run", "--package", "narthex", "--"])
        .args((!replaces_practice(arguments)).then_some("--practice"))
        .args(arguments)
        .run()
}

/// Whether the program is told itself what to open.
fn replaces_practice(arguments: &[String]) -> bool {
    const OPTIONS: [&str; 3] = ["--practice", "--pco-url", "--client-id"];
    arguments.iter().filter_map(|argument| argument.split('=').next()).any(|option| OPTIONS.contains(&option))
}

fn test() -> Result<(), String> {
    setup::ensure(Job::Test)?;
    let mut report = Report::new();
    report.step("Format", checks::format);
    report.step("Lints", checks::lints);
    report.step("Documentation", checks::documentation);
    report.step("Types of the pages", checks::types);
    report.step("Dependencies", checks::dependencies);
    report.step("Known advisories", checks::advisories);
    let built = report.step("Build for the tests", || suites::build().into());
    let suites: [(_, fn() -> Outcome); 4] = [
        ("Unit, story and boundary tests", suites::without_window),
        ("Examples in the documentation", suites::documentation),
        ("Sign-in drill, quick cut", suites::drill),
        ("Window and browser tests", suites::window),
    ];
    for (name, suite) in suites {
        report.step(name, || {
            if built {
                return suite();
            }
            Outcome::NotRun("the build failed".to_owned())
        });
    }
    report.finish()
}

fn bench(arguments: &[String]) -> Result<(), String> {
    setup::ensure(Job::Build)?;
    // The programs and their measurements in one go, so that all share one set of compiled dependencies.
    Program::cargo()
        .args(["build", "--release", "--package", "narthex", "--package", "pco-emulator"])
        .args(["--bins", "--example", "bench", "--example", "emulator-bench"])
        .run()?;
    let measurement = |name: &str| -> Result<Program, String> {
        let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Ok(Program::new(workspace::target()?.join("release/examples").join(program)))
    };
    let results = workspace::target()?.join("bench.json");
    let mut bench = measurement("bench")?.args(["--json"]).args([&results]).args(arguments);
    match peers::environment() {
        Ok(python) => bench = bench.args(["--python"]).args([python]),
        Err(reason) => println!("pypco is not measured: {reason}"),
    }
    bench.run()?;
    println!("\nThe raw results are in {}.\n", results.display());
    measurement("emulator-bench")?.run()?;
    match setup::ensure(Job::Test) {
        Ok(()) if cfg!(target_os = "linux") => suites::window_bench()?.run(),
        _ => {
            println!("The window is not measured: that takes Linux and what the window tests need.");
            Ok(())
        }
    }
}

fn drill(scale: Scale, seed: u64, only: &[String]) -> Result<(), String> {
    let parts = Parts::choose(only)?;
    setup::ensure(Job::Test)?;
    drill::run(scale, seed, &parts)
}

fn lint() -> Result<(), String> {
    setup::ensure(Job::Build)?;
    let mut report = Report::new();
    report.step("Format", checks::format);
    report.step("Lints", checks::lints);
    report.finish()
}

fn types() -> Result<(), String> {
    setup::ensure(Job::Types)?;
    let mut report = Report::new();
    report.step("Types of the pages", checks::types);
    report.finish()
}

fn deny() -> Result<(), String> {
    let mut report = Report::new();
    report.step("Dependencies", checks::dependencies);
    report.step("Known advisories", checks::advisories);
    report.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaces(arguments: &[&str]) -> bool {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        replaces_practice(&arguments)
    }

    #[test]
    fn the_practice_church_opens_unless_another_is_named() {
        assert!(!replaces(&[]));
        assert!(!replaces(&["--data-dir", "/tmp/narthex"]));
        assert!(replaces(&["--pco-url", "http://127.0.0.1:4010"]));
        assert!(replaces(&["--client-id=0123"]));
    }
}
