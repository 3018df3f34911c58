//! Brings the machine to what a job needs: by apt-get on Debian and Ubuntu, by plain words elsewhere.

use crate::needs::{self, Job, Need};
use crate::program::{self, Program};

/// Makes sure the machine has what `job` needs. Installs on Debian and Ubuntu; elsewhere the error
/// says what is missing.
pub(crate) fn ensure(job: Job) -> Result<(), String> {
    let missing = missing(job);
    if missing.is_empty() {
        return Ok(());
    }
    if program::find("apt-get").is_none() {
        return Err(explain(&missing));
    }
    install(&missing)?;
    let missing = self::missing(job);
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("apt-get ended well, yet this machine still lacks:\n{}", listing(&missing)))
}

/// Refuses a machine without a display before anything is built for it.
pub(crate) fn require_display() -> Result<(), String> {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !cfg!(target_os = "linux") || has_display {
        return Ok(());
    }
    Err("Narthex opens a window, and there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set).\n\
         Run this from a desktop session. On a machine without a screen: install xvfb and xauth, then\n\
         `xvfb-run -a cargo xtask run`. The tests bring a display of their own: `cargo xtask test`."
        .to_owned())
}

fn missing(job: Job) -> Vec<&'static Need> {
    needs::of(job).into_iter().filter(|need| !need.is_met()).collect()
}

fn explain(missing: &[&Need]) -> String {
    let names = if cfg!(target_os = "linux") {
        "On Debian and Ubuntu these packages bring it, and other distributions have the same under similar names."
    } else {
        "The command after each brings it."
    };
    format!("This machine lacks something. {names}\n{}\nThen run this command again.", listing(missing))
}

fn listing(missing: &[&Need]) -> String {
    missing
        .iter()
        .map(|need| format!("  {:<24} {}", need.packages[0], need.purpose))
        .collect::<Vec<_>>()
        .join("\n")
}

fn install(missing: &[&Need]) -> Result<(), String> {
    let Some(root) = become_root() else {
        return Err(format!(
            "Installing needs the administrator, and there is no sudo here. {}",
            explain(missing)
        ));
    };
    println!(
        "This machine lacks the following; it will now be installed with apt-get:\n{}\n",
        listing(missing)
    );
    let apt_get = [root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    // One foreign source out of reach is no reason to stop; what matters then fails below.
    if let Err(warning) = run(&[&apt_get, &["update", "--quiet"][..]].concat()) {
        println!("{warning} Trying to install all the same.");
    }
    let mut command = [&apt_get, &["install", "--yes", "--quiet", "--no-install-recommends"][..]].concat();
    for package in missing.iter().map(|need| offered(need)) {
        if !command.contains(&package) {
            command.push(package);
        }
    }
    run(&command)
}

fn run(command: &[&str]) -> Result<(), String> {
    Program::new(command[0]).args(&command[1..]).run()
}

/// The first of the packages that apt has a version of; Debian and Ubuntu do not always name them alike.
fn offered(need: &Need) -> &'static str {
    need.packages
        .iter()
        .find(|package| Program::new("apt-cache").args(["show", package]).succeeds())
        .unwrap_or(&need.packages[0])
}

/// What to put before a command so that it runs as root: nothing for root, else sudo. `None` without sudo.
fn become_root() -> Option<&'static [&'static str]> {
    let is_root =
        Program::new("id").args(["-u"]).listen().is_some_and(|output| output.stdout.trim_ascii() == b"0");
    if is_root {
        return Some(&[]);
    }
    program::find("sudo").map(|_| &["sudo"][..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_thing_is_listed_with_its_package_and_its_purpose() {
        let all = needs::of(Job::Test);
        let text = listing(&all);
        assert_eq!(text.lines().count(), all.len());
        for need in all {
            assert!(text.contains(need.packages[0]) && text.contains(need.purpose));
        }
    }
}
