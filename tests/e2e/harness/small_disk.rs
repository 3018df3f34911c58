//! A disk that is soon full: a file system of a few megabytes that only the programs on it see.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{getgid, getuid};

use super::desktop::Desktop;
use super::process::{Running, say};

/// Makes the disk of `$1` bytes in the folder `$0`, and keeps it.
const MAKE: &str = "mount -t tmpfs -o size=\"$1\" tmpfs \"$0\" && echo ready && exec sleep infinity";

/// A disk of its own, in a user and mount namespace of its own: no rights are needed for it. It goes when dropped.
pub(crate) struct SmallDisk {
    folder: PathBuf,
    keeper: Running,
}

impl SmallDisk {
    /// Makes one of `size` (`2m`). `Err` says why this computer does not let us.
    pub(crate) fn new(desktop: &Desktop, size: &str) -> Result<Self, String> {
        let folder = desktop.home().join("small-disk");
        std::fs::create_dir(&folder).unwrap();
        let log = desktop.log("small-disk");
        let mut command = desktop.command("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", MAKE]).arg(&folder).arg(size);
        let mut keeper = Running::start_heard(command.stdout(Stdio::piped()), &log);
        let mut ready = String::new();
        BufReader::new(keeper.child().stdout.take().unwrap()).read_line(&mut ready).unwrap();
        if ready.is_empty() {
            return Err(std::fs::read_to_string(log).unwrap().trim().to_owned());
        }
        Ok(Self { folder, keeper })
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives it another size; what is on it stays.
    pub(crate) fn resize(&mut self, desktop: &Desktop, size: &str) {
        let remount = format!("remount,size={size}");
        say(self.enter(desktop).args(["mount", "-o", &remount]).arg(&self.folder));
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&mut self, desktop: &Desktop) {
        let filler = format!("of={}", self.folder.join("filler").display());
        let output = self.enter(desktop).args(["dd", "if=/dev/zero", &filler, "bs=4k"]).output().unwrap();
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(why.contains("No space left"), "{why}");
    }

    /// Command and arguments that start `program` with the disk in sight, as the same user as outside: the session bus
    /// lets in nobody else.
    pub(super) fn starting(&mut self, program: &Path) -> Vec<String> {
        let pid = self.keeper.child().id().to_string();
        let (user, group) = (getuid().as_raw().to_string(), getgid().as_raw().to_string());
        let words = ["nsenter", "--target", &pid, "--user", "--mount", "--preserve-credentials", "--wdns=/"];
        let inner = ["unshare", "--user", "--map-user", &user, "--map-group", &group];
        [&words[..], &inner, &[program.to_str().unwrap()]].concat().into_iter().map(str::to_owned).collect()
    }

    fn enter(&mut self, desktop: &Desktop) -> Command {
        let mut command = desktop.command("nsenter");
        command.args(["--user", "--mount", "--preserve-credentials", "--target"]);
        command.arg(self.keeper.child().id().to_string());
        command
    }
}
