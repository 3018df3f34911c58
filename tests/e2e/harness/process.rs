//! Programs that the world has started, which end with it.

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
        let log = File::options().create(true).append(true).open(log).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        Self::start_heard(command)
    }

    /// Starts `command` with its outputs as they are set up.
    pub(crate) fn start_heard(command: &mut Command) -> Self {
        let child = command.process_group(0).spawn();
        let child =
            child.unwrap_or_else(|error| panic!("{:?} cannot be started: {error}", command.get_program()));
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

/// A command that says nothing on success. Panics with what it said if it fails.
pub(crate) fn say(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{:?} failed: {}",
        command.get_program(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
