//! Programs by other people, written for Planning Center, against the emulator.
//!
//! They come from PyPI in stated versions, into an environment of their own below the target folder. What they do
//! and compare stands in `tests/peers`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout};

use crate::needs::PYTHON_PROGRAM;
use crate::program::Program;
use crate::workspace;

/// Client id and secret of the Confidential application.
const CONFIDENTIAL: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00:practice-secret";
/// Id and secret of the Personal Access Token.
const PERSONAL: &str = "practice-application:practice-token";
/// The address that the sign-in returns to. Nobody listens there: the redirect itself is read.
const CALLBACK: &str = "http://127.0.0.1:8127/oauth/callback";

/// Lets each of them try the emulator. The error says that one found something else than the emulator knows.
pub(crate) fn meet() -> Result<(), String> {
    let python = environment()?;
    Program::cargo().args(["build", "--package", "pco-emulator"]).run()?;
    let emulator = Emulator::start()?;
    Program::new(python)
        .args(["tests/peers", emulator.ready.trim(), CONFIDENTIAL, PERSONAL])
        // No compiled files beside the scripts.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .run()
        .map_err(|_| "A program does not agree with the emulator; the table says where.".to_owned())
}

/// The Python of the private environment, which is made anew whenever the wanted versions change.
pub(crate) fn environment() -> Result<PathBuf, String> {
    let folder = workspace::target()?.join("peers");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = workspace::root().join("tests/peers/requirements.txt");
    let installed = folder.join("requirements.txt");
    if is_current(&wanted, &installed) {
        return Ok(python);
    }
    println!("Fetching the programs from PyPI into the target folder; nothing of them is shipped.");
    Program::new(PYTHON_PROGRAM).args(["-m", "venv", "--clear"]).args([&folder]).run()?;
    Program::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"])
        .args([&wanted])
        .run()?;
    std::fs::copy(&wanted, &installed)
        .map_err(|error| format!("{} cannot be written: {error}", installed.display()))?;
    Ok(python)
}

/// Whether what was installed is what is wanted now.
fn is_current(wanted: &Path, installed: &Path) -> bool {
    matches!((std::fs::read(wanted), std::fs::read(installed)), (Ok(wanted), Ok(installed)) if wanted == installed)
}

/// A running emulator; it ends with this value.
struct Emulator {
    child: Child,
    /// Its first line: where it is, and which client it knows.
    ready: String,
    /// Kept open, so that the emulator may go on writing.
    _output: BufReader<ChildStdout>,
}

impl Emulator {
    fn start() -> Result<Self, String> {
        let mut child = Program::new(workspace::built("pco-emulator")?)
            .args(["--consent", "auto", "--redirect-uri", CALLBACK])
            .args(["--client-secret", CONFIDENTIAL, "--pat", PERSONAL])
            // The walks are many and quick; what a limit does is tried by a fault.
            .args(["--rate-limit", "100000/20"])
            .start()?;
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut ready = String::new();
        let read = output.read_line(&mut ready);
        let emulator = Self { child, ready, _output: output };
        match read {
            Ok(1..) => Ok(emulator),
            Ok(0) => Err("the emulator ended before it was ready".to_owned()),
            Err(error) => Err(format!("the emulator cannot be read: {error}")),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end and nothing to say.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_pinned_to_a_version_and_a_hash() {
        let path = workspace::root().join("tests/peers/requirements.txt");
        let text = std::fs::read_to_string(path).expect("the requirements stand in the checkout");
        let programs: Vec<&str> =
            text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert!(programs.iter().any(|line| line.starts_with("pypco==")));
        assert!(programs.iter().any(|line| line.starts_with("requests-oauthlib==")));
        assert!(programs.iter().all(|line| line.contains("==") && line.contains(" --hash=sha256:")));
    }

    #[test]
    fn an_environment_is_current_only_for_the_same_versions() {
        let manifest = workspace::root().join("Cargo.toml");
        assert!(is_current(&manifest, &manifest));
        assert!(!is_current(&manifest, &workspace::root().join("README.md")));
        assert!(!is_current(&manifest, &workspace::root().join("no-such-file")));
    }
}
