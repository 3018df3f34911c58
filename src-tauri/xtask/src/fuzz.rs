//! Coverage-guided fuzzing of what reads text from outside. The targets and what must hold stand in `tests/fuzz`.

use crate::program::Program;
use crate::{tools, workspace};

/// The programs of `tests/fuzz/targets`.
const TARGETS: [&str; 4] = ["callback", "document", "markup", "retry_after"];

/// What is fuzzed has no `unsafe`, so a sanitizer would find little, slow the search, and ask for a nightly compiler.
const BUILD: [&str; 4] = ["--fuzz-dir", "tests/fuzz", "--sanitizer", "none"];

/// Fuzzes each target for this many seconds. The first finding ends it; the error says where it lies. What is new to a
/// target is kept below the target folder, so that the next search goes on from there.
pub(crate) fn search(seconds: u32) -> Result<(), String> {
    if cfg!(windows) {
        return Err("libFuzzer needs Linux or macOS; on Windows the Linux subsystem will do.".to_owned());
    }
    tools::fuzz()?;
    let built = workspace::target()?.join("fuzz");
    for target in TARGETS {
        let found = built.join("corpus").join(target);
        std::fs::create_dir_all(&found)
            .map_err(|error| format!("{} cannot be made: {error}", found.display()))?;
        Program::cargo()
            .args(["fuzz", "run"])
            .args(BUILD)
            .args(["--target-dir"])
            .args([&built])
            .args([target])
            .args([&found])
            .args([format!("tests/fuzz/corpus/{target}")])
            .args(["--", "-timeout=5", "-print_final_stats=1"])
            .args([
                format!("-dict=tests/fuzz/dictionaries/{target}.dict"),
                format!("-max_total_time={seconds}"),
            ])
            .run()
            .map_err(|error| {
                format!(
                    "{error}\nIf it names an input below tests/fuzz/artifacts/{target}: mend what that shows, and move the \
                     input to tests/fuzz/corpus/{target}, where the tests try it from then on."
                )
            })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_fuzzed() {
        let mut programs: Vec<_> = std::fs::read_dir(workspace::root().join("tests/fuzz/targets"))
            .expect("the folder of the targets")
            .map(|entry| entry.expect("a file").path().file_stem().expect("a name").to_owned())
            .collect();
        programs.sort();
        assert_eq!(programs, TARGETS);
    }
}
