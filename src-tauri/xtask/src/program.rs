//! Another program, run from the top of the checkout.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use crate::workspace;

/// A program about to be started, and how it is called in messages.
pub(crate) struct Program {
    command: Command,
    spoken: Vec<String>,
}

impl Program {
    /// The program `name`, to be started from the top of the checkout.
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        let name = name.as_ref();
        let mut command = Command::new(name);
        command.current_dir(workspace::root());
        Self { command, spoken: vec![name.to_string_lossy().into_owned()] }
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo() -> Self {
        let mut program = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        program.spoken = vec!["cargo".to_owned()];
        program
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        for argument in arguments {
            self.spoken.push(argument.as_ref().to_string_lossy().into_owned());
            self.command.arg(argument);
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it with this terminal's input and output. The error says which command did not succeed.
    pub(crate) fn run(mut self) -> Result<(), String> {
        println!("$ {}", self.spoken.join(" "));
        let status = self
            .command
            .status()
            .map_err(|error| format!("{} could not be started: {error}", self.spoken[0]))?;
        if status.success() {
            return Ok(());
        }
        Err(format!("{} did not succeed ({status}).", self.spoken.join(" ")))
    }

    /// Starts it and goes on; its standard output is for the caller to read.
    pub(crate) fn start(mut self) -> Result<Child, String> {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} could not be started: {error}", self.spoken[0]))
    }

    /// Runs it without showing anything and hands back what it said. `None` if it could not be started.
    pub(crate) fn listen(mut self) -> Option<Output> {
        self.command.stdin(Stdio::null()).output().ok()
    }

    /// Whether it can be started and succeeds; nothing it says is shown.
    pub(crate) fn succeeds(self) -> bool {
        self.listen().is_some_and(|output| output.status.success())
    }
}

/// Where the program `name` stands on the search path, if it does.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|path| path.is_file())
}
