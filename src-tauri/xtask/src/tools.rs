//! Developer tools that do not come from the system: fetched once, in one stated version.

use std::path::PathBuf;

use crate::program::Program;
use crate::workspace;

const NEXTEST: CargoTool = CargoTool { name: "nextest", package: "cargo-nextest", version: "0.9.143" };

const DENY: CargoTool = CargoTool { name: "deny", package: "cargo-deny", version: "0.20.2" };

const FUZZ: CargoTool = CargoTool { name: "fuzz", package: "cargo-fuzz", version: "0.13.2" };

const TYPESCRIPT: &str = "7.0.2";

/// A sub-command of cargo from crates.io.
struct CargoTool {
    name: &'static str,
    package: &'static str,
    version: &'static str,
}

/// Makes sure `cargo nextest` can be called. The error says why it cannot.
pub(crate) fn nextest() -> Result<(), String> {
    NEXTEST.ensure()
}

/// Makes sure `cargo deny` can be called. The error says why it cannot.
pub(crate) fn deny() -> Result<(), String> {
    DENY.ensure()
}

/// Makes sure `cargo fuzz` can be called. The error says why it cannot.
pub(crate) fn fuzz() -> Result<(), String> {
    FUZZ.ensure()
}

/// TypeScript's checker, kept under the target folder. Returns the script that node runs.
pub(crate) fn typescript() -> Result<PathBuf, String> {
    let folder = workspace::target()?.join(format!("typescript-{TYPESCRIPT}"));
    let checker = folder.join("node_modules/typescript/bin/tsc");
    if checker.is_file() {
        return Ok(checker);
    }
    println!(
        "Fetching TypeScript {TYPESCRIPT} into the target folder; it only checks, nothing of it is shipped."
    );
    Program::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .args([folder.as_os_str()])
        .args([format!("typescript@{TYPESCRIPT}")])
        .run()?;
    Ok(checker)
}

impl CargoTool {
    fn ensure(&self) -> Result<(), String> {
        if Program::cargo().args([self.name, "--version"]).succeeds() {
            return Ok(());
        }
        println!(
            "{} is not here yet; it is now built once for this computer, which takes a minute or more.",
            self.package
        );
        // A checker that runs for seconds is not worth minutes of optimising.
        Program::cargo()
            .args(["install", "--locked", "--quiet", self.package, "--version", self.version])
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .run()
            .map_err(|error| format!("{} could not be installed: {error}", self.package))
    }
}
