//! What others on the same computer can do to the running program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

use crate::harness::{Bus, Desktop, Keychain, WITH_CORE, Window, program, story};

/// Numbers that belong to nobody.
const NOBODY: [&str; 5] = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];

#[test]
fn a_crash_leaves_no_core_and_the_same_persons_other_programs_cannot_look_inside() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // Whoever calls this display waits for its answer: after the first line of `main`, and before any window.
    let display = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let number = display.local_addr().unwrap().port() - 6000;

    let mut other = somebodys(&folder, "cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    other.stdin.as_mut().unwrap().write_all(b".").unwrap();
    other.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let (other_is_open, other_leaves_core) = (opens_up_to_its_person(&other), leaves_core(other));
    let mut ours = somebodys(&folder, program().to_str().unwrap());
    let ours = ours.env("DISPLAY", format!("127.0.0.1:{number}")).spawn().unwrap();
    let _call = display.accept().unwrap();

    let limits = fs::read_to_string(format!("/proc/{}/limits", ours.id())).unwrap();
    let core = limits.lines().find(|limit| limit.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    assert!(!opens_up_to_its_person(&ours), "its environment can be read");
    assert!(!leaves_core(ours), "it left a core");
    if !other_is_open || !other_leaves_core {
        eprintln!(
            "Proves less here: other programs open up: {other_is_open}, leave cores: {other_leaves_core}"
        );
    }
}

#[tokio::test]
async fn a_second_start_does_not_wait_for_ever_for_a_first_that_hangs() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &[]).await;
        window.sees("#entry-page h1", "Welcome").await;
        signal(desktop, Signal::STOP);
        let mut second = tokio::process::Command::from(desktop.command(program().to_str().unwrap()));
        let second = second.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(12), second.wait_with_output()).await;
        signal(desktop, Signal::CONT);
        let ended = ended.expect("the second start ends").unwrap();
        assert_eq!(ended.status.code(), Some(2));
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(said.contains("another Narthex is running and does not answer"), "{said}");
        window.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_start_that_finds_a_first_run_just_ending_takes_its_place() {
    story(Keychain::Absent, async |desktop| {
        let ending = Bus::squat(desktop).await;
        let (window, ()) = tokio::join!(Window::open(desktop, &[]), ending.leave_when_called());
        window.sees("#entry-page h1", "Welcome").await;
    })
    .await;
}

fn signal(desktop: &Desktop, signal: Signal) {
    let program = desktop.program_pid().and_then(|number| Pid::from_raw(i32::try_from(number).ok()?));
    kill_process(program.unwrap(), signal).unwrap();
}

/// A command as a person without rights runs it: root may look everywhere.
fn somebodys(folder: &TempDir, name: &str) -> Command {
    let mut command = Command::new(if getuid().is_root() { "setpriv" } else { "env" });
    if getuid().is_root() {
        command.args(NOBODY);
    }
    command.args(["sh", "-c", WITH_CORE, name]).env("HOME", folder.path()).current_dir(folder);
    command
}

/// Whether another program of the same person can read what this one was started with.
fn opens_up_to_its_person(process: &Child) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut look = somebodys(&folder, "cat");
    look.arg(format!("/proc/{}/environ", process.id())).output().unwrap().status.success()
}

/// Ends it as a crash does, and tells whether the system has saved its memory.
fn leaves_core(mut process: Child) -> bool {
    kill_process(Pid::from_child(&process), Signal::ABORT).unwrap();
    let ended = process.wait().unwrap();
    assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()));
    ended.core_dumped()
}
