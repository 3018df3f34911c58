//! A disk that fails at any call: the store is worked on in a process of its own, once for each call that writes, and that
//! call is answered with an error by the operating system's own means (`strace --inject`).

use std::path::Path;
use std::process::Command;

use app_core::store::{Opened, StoreError};

use crate::full_disk::{open, pile, stones};

/// Set in the process that works on the store: its folder.
const FOLDER: &str = "NARTHEX_STORY_ON_A_FAILING_DISK";
/// Everything that changes a file, or makes sure that it is changed.
const CALLS: &str = "write,pwrite64,ftruncate,fallocate,fsync,fdatasync,unlink,rename";
/// Every file of a store.
const FILES: [&str; 7] = [
    "store.db",
    "store.db-wal",
    "store.db-shm",
    "store.new",
    "store.new-wal",
    "store.new-journal",
    "store.reserve",
];
const PILES: usize = 2;
const IN_A_PILE: usize = 6;

#[test]
fn whichever_call_fails_once_nothing_that_was_kept_is_lost() {
    every_call("EIO", "");
}

#[test]
fn whichever_call_is_the_first_without_room_nothing_that_was_kept_is_lost() {
    every_call("ENOSPC", "+");
}

#[test]
fn whichever_call_is_the_first_that_is_not_allowed_nothing_that_was_kept_is_lost() {
    every_call("EROFS", "+");
}

/// Lets one call after another fail with `error`, and with `+` all that follow it as well, until a run comes to its end
/// before the call does.
#[allow(clippy::print_stderr, reason = "a story that was not tried says so")]
fn every_call(error: &str, and_all_after: &str) {
    if Command::new("strace").arg("--version").output().is_err() {
        return eprintln!("NOT TRIED: this computer has no strace");
    }
    let parent = tempfile::tempdir().unwrap();
    for call in 1.. {
        let folder = parent.path().join(call.to_string());
        let kept = work_with(&folder, error, &format!("{call}{and_all_after}"));
        // As after the trouble is over.
        let Opened { store, rebuilt } = open(&folder);
        assert!(!rebuilt, "{error} at call {call}: what is saved was set aside");
        store.check().unwrap();
        let there = stones(&store);
        assert!(there.is_multiple_of(IN_A_PILE), "{error} at call {call}: {there} stones are no whole piles");
        assert!(there >= kept.stones, "{error} at call {call}: {there} of {} stones", kept.stones);
        pile(&store, 1_000..1_001).unwrap();
        if !kept.was_struck {
            assert!(call > 20, "{call} calls are too few to prove much");
            assert_eq!(there, PILES * IN_A_PILE);
            return;
        }
    }
}

/// What the process said before its end.
struct Kept {
    stones: usize,
    was_struck: bool,
}

fn work_with(folder: &Path, error: &str, when: &str) -> Kept {
    std::fs::create_dir(folder).unwrap();
    let log = folder.with_extension("calls");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", &format!("inject={CALLS}:error={error}:when={when}"), "-o"]).arg(&log);
    command.args(["-e", &format!("trace={CALLS}")]);
    for file in FILES {
        command.arg("-P").arg(folder.join(file));
    }
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "failing_disk::inside", "--nocapture", "--include-ignored"]);
    let told = command.env(FOLDER, folder).output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && said.contains("1 passed"), "{error} at call {when}: {said}{why}");
    Kept {
        stones: said.matches("kept a pile").count() * IN_A_PILE,
        was_struck: std::fs::read_to_string(log).unwrap().contains("(INJECTED)"),
    }
}

/// Begins a store and piles on it, whatever the disk says.
#[test]
#[ignore = "only the other stories of this file tell it where"]
#[allow(clippy::disallowed_methods, reason = "only who started the process knows where")]
#[allow(clippy::print_stdout, reason = "who started the process reads it")]
fn inside() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let key = app_core::ports::SecretBytes::new(vec![7; 32]);
    let store = match app_core::store::Store::open(folder, &key) {
        Ok(Opened { store, rebuilt }) => {
            assert!(!rebuilt, "a disk that fails is no damage");
            store
        }
        // As the program does: what can be read is shown, and nothing saved.
        Err(StoreError::DiskFull | StoreError::NotWritable) => return,
        Err(error) => panic!("{error:?}"),
    };
    let mut kept = 0;
    for number in 0..PILES {
        let ids = number * IN_A_PILE..(number + 1) * IN_A_PILE;
        match pile(&store, ids.clone()).or_else(|_| pile(&store, ids)) {
            Ok(()) => {
                println!("kept a pile");
                kept += IN_A_PILE;
            }
            Err(StoreError::DiskFull | StoreError::NotWritable) => {}
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(stones(&store), kept, "what is read while the disk fails");
    }
    drop(store);
}
