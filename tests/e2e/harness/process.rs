//! Programs that the world has started, which end with it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

/// A running program and all that it started. Dropping it ends them.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts `command` with both outputs in the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        command.stdout(append(log));
        Self::start_heard(command, log)
    }

    /// Starts `command` with its standard output as it is set up, and the other one in the file `log`.
    pub(crate) fn start_heard(command: &mut Command, log: &Path) -> Self {
        let child = command.stderr(append(log)).process_group(0).spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        Self { child }
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _already_ended = kill_process_group(group, Signal::KILL);
        }
        let _already_waited_for = self.child.wait();
    }
}

fn append(log: &Path) -> File {
    File::options().create(true).append(true).open(log).unwrap()
}

/// A command that ends with us, even where we are killed and can end nothing ourselves.
pub(crate) fn mortal(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(name);
    command
}

/// A command that says nothing on success. Panics with what it said if it fails.
pub(crate) fn say(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The processes that a process has started, and those that they have, by number and name.
pub(crate) fn started_by(process: u32) -> Vec<(u32, String)> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().filter_map(Result::ok);
    let children: String =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect();
    let children: Vec<u32> = children.split_whitespace().map(|child| child.parse().unwrap()).collect();
    let named = |child| (child, fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default());
    children.into_iter().flat_map(|child| [vec![named(child)], started_by(child)].concat()).collect()
}

/// How much memory a process has, in bytes.
pub(crate) fn memory_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
