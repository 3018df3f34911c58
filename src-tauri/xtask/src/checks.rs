//! The checks that run no test: format, lints, documentation, types, dependencies.

use crate::program::Program;
use crate::steps::Outcome;
use crate::{tools, workspace};

/// All of the workspace with the window tests, so that every step shares one set of compiled dependencies.
pub(crate) const EVERYTHING: [&str; 3] = ["--workspace", "--features", "narthex/e2e"];

/// Whether `cargo fmt` would change anything.
pub(crate) fn format() -> Outcome {
    Program::cargo()
        .args(["fmt", "--all", "--", "--check"])
        .run()
        .map_err(|error| format!("{error} `cargo fmt --all` sets it right."))
        .into()
}

/// Clippy over every target; a warning is a failure.
pub(crate) fn lints() -> Outcome {
    Program::cargo()
        .args(["clippy", "--keep-going", "--all-targets"])
        .args(EVERYTHING)
        .args(["--", "--deny", "warnings"])
        .run()
        .into()
}

/// The documentation of our own crates; a broken link is a failure.
pub(crate) fn documentation() -> Outcome {
    Program::cargo()
        .args(["doc", "--no-deps", "--lib", "--document-private-items"])
        .args(EVERYTHING)
        .env("RUSTDOCFLAGS", "--deny warnings")
        .run()
        .into()
}

/// TypeScript's checker over the plain JavaScript of the pages.
pub(crate) fn types() -> Outcome {
    tools::typescript()
        .and_then(|checker| {
            Program::new("node").args([checker.as_os_str()]).args(["--project", "ui/tsconfig.json"]).run()
        })
        .into()
}

/// Each of our workspaces has dependencies of its own.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "tests/fuzz/Cargo.toml"];

/// `cargo deny` of these things, in one workspace by the rules of the one.
fn deny(manifest: &str, what: &[&str]) -> Program {
    Program::cargo()
        .args(["deny", "--manifest-path", manifest, "--config"])
        .args([workspace::root().join("deny.toml")])
        .args(["check"])
        .args(what)
}

/// Licences, banned or doubled crates, and where crates come from, as `deny.toml` rules.
pub(crate) fn dependencies() -> Outcome {
    if let Err(reason) = tools::deny() {
        return Outcome::NotRun(reason);
    }
    let check = |manifest| deny(manifest, &["bans", "licenses", "sources"]).run();
    MANIFESTS.into_iter().try_for_each(check).into()
}

/// Known advisories against our dependencies. Not run where their public list cannot be reached.
pub(crate) fn advisories() -> Outcome {
    if let Err(reason) = tools::deny() {
        return Outcome::NotRun(reason);
    }
    for manifest in MANIFESTS {
        let Some(output) = deny(manifest, &["advisories"]).listen() else {
            return Outcome::Failed("cargo deny could not be started".to_owned());
        };
        let said = String::from_utf8_lossy(&output.stderr);
        println!("$ cargo deny check advisories ({manifest})\n{}", said.trim_end());
        if is_out_of_reach(&said) {
            return Outcome::NotRun("the list of advisories cannot be reached from here".to_owned());
        }
        if !output.status.success() {
            return Outcome::Failed(
                "A dependency has an advisory that deny.toml does not name with a reason.".to_owned(),
            );
        }
    }
    Outcome::Passed
}

fn is_out_of_reach(said: &str) -> bool {
    said.contains("failed to fetch advisory database")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_out_of_reach_is_told_from_an_advisory() {
        assert!(is_out_of_reach(
            "[ERROR] failed to fetch advisory database https://github.com/RustSec/advisory-db with cli: failed to clone"
        ));
        assert!(!is_out_of_reach("error[vulnerability]: glib iterator unsoundness\nadvisories FAILED"));
    }
}
