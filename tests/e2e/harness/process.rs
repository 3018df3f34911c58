//! Programs that the world has started, which end with it.

use std::ffi::OsStr;
use std::fs::File;
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
