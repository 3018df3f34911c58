//! Places in the checkout.

use std::path::{Path, PathBuf};

use crate::program::Program;

/// The top of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this crate stands two folders below the top")
}

/// The folder cargo builds into, wherever this machine's settings put it.
pub(crate) fn target() -> Result<PathBuf, String> {
    let output = Program::cargo()
        .args(["metadata", "--format-version=1", "--no-deps", "--quiet"])
        .listen()
        .ok_or("cargo metadata could not be started")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata answered something unexpected: {error}"))?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata names no target folder".to_owned())
}

/// Where a development build leaves the program `name`; an example's begins with `examples/`.
pub(crate) fn built(name: &str) -> Result<PathBuf, String> {
    let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target()?.join("debug").join(program))
}
