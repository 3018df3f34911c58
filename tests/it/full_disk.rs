//! A computer that takes no more: what is saved stays, the person is told, and with room again the reading goes on.

use std::path::{Path, PathBuf};
use std::process::Command;

use app_core::ports::SecretBytes;
use app_core::products::services::views::ListPlansRequest;
use app_core::status::Freshness;
use app_core::store::{Opened, Record, Store, StoreError};
use pco_emulator::Mutation;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use serde::{Deserialize, Serialize};

use crate::harness::Story;

/// Set in the process that lives with the limit.
const INSIDE: &str = "NARTHEX_STORY_WITHOUT_ROOM";
/// No file may be written beyond this, in bytes: nothing at all fits in.
const NO_ROOM: u64 = 1024;

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "whether it is the process for it, only who started it knows")]
async fn no_room_is_told_loses_nothing_and_with_room_again_the_reading_goes_on() {
    if std::env::var_os(INSIDE).is_none() {
        return tell_in_a_process_of_its_own(
            "full_disk::no_room_is_told_loses_nothing_and_with_room_again_the_reading_goes_on",
        );
    }
    let story = Story::signed_in().await;
    let (people, plans) = (story.people("").total, story.plans().total);
    let newcomer = Mutation::AddPerson { first_name: "Nova".into(), last_name: "Newcomer".into() };
    story.emulator.mutate(newcomer).unwrap();

    let before = leave_room(Some(NO_ROOM));
    assert_eq!(story.refreshed().await.freshness, Freshness::DiskFull);
    assert_eq!((story.people("").total, story.people("newcomer").total), (people, 0));
    assert_eq!(story.plans().total, plans);
    // And a program that is started now finds it all.
    let story = story.restarted().await;
    assert_eq!((story.people("").total, story.plans().total), (people, plans));
    story.until(|status| status.freshness == Freshness::DiskFull).await;

    leave_room(before);
    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh);
    assert_eq!((story.people("").total, story.people("newcomer").total), (people + 1, 1));
}

/// Something of a kilobyte to keep.
#[derive(Serialize, Deserialize)]
struct Stone(String, String);

impl Record for Stone {
    const KIND: &'static str = "stone";

    fn id(&self) -> &str {
        &self.0
    }
}

const BEFORE: usize = 40;
const AT_ONCE: usize = 30;

pub(crate) fn pile(store: &Store, ids: std::ops::Range<usize>) -> Result<(), StoreError> {
    store.write(|batch| {
        ids.clone().try_for_each(|id| batch.put(&Stone(id.to_string(), "stone ".repeat(170)), 1))
    })
}

pub(crate) fn stones(store: &Store) -> usize {
    store.read(|reader| Ok(reader.all::<Stone>()?.len())).unwrap()
}

pub(crate) fn open(folder: &Path) -> Opened {
    Store::open(folder, &SecretBytes::new(vec![7; 32])).unwrap()
}

/// No file grows beyond a limit that moves from one write to the next, and into the middle of each: every write of the
/// database is once the first that fails.
#[test]
#[allow(clippy::disallowed_methods, reason = "whether it is the process for it, only who started it knows")]
fn whichever_write_fails_everything_or_nothing_of_it_is_kept() {
    if std::env::var_os(INSIDE).is_none() {
        return tell_in_a_process_of_its_own(
            "full_disk::whichever_write_fails_everything_or_nothing_of_it_is_kept",
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut kept, mut failed) = (0, 0);
    for limit in (0..).step_by(4 * 1024 + 700) {
        let folder = folder.path().join(limit.to_string());
        let store = open(&folder).store;
        pile(&store, 0..BEFORE).unwrap();
        let before = leave_room(Some(limit));
        let piled = pile(&store, BEFORE..BEFORE + AT_ONCE);
        let expected = if piled.is_ok() { BEFORE + AT_ONCE } else { BEFORE };
        assert_eq!(stones(&store), expected, "{limit}: what is read without room");
        drop(store);
        // As after a crash at that moment: the program starts without room, and later with it.
        let Opened { store, rebuilt } = open(&folder);
        assert_eq!((stones(&store), rebuilt), (expected, false), "{limit}: what a start without room finds");
        leave_room(before);
        drop(store);
        let Opened { store, rebuilt } = open(&folder);
        assert_eq!((stones(&store), rebuilt), (expected, false), "{limit}");
        store.check().unwrap();
        pile(&store, BEFORE..BEFORE + AT_ONCE).unwrap();
        assert_eq!(stones(&store), BEFORE + AT_ONCE);
        match piled {
            Ok(()) => kept += 1,
            Err(_) => failed += 1,
        }
        if kept == 3 {
            break;
        }
    }
    assert!(failed > 10, "{failed} writes failed");
}

/// A disk of six megabytes that is filled to the last byte.
#[test]
#[allow(clippy::disallowed_methods, reason = "whether it is the process for it, only who started it knows")]
fn the_page_at_which_the_disk_is_full_is_kept_and_the_next_waits_for_room() {
    if std::env::var_os(INSIDE).is_none() {
        return tell_on_a_small_disk(
            "full_disk::the_page_at_which_the_disk_is_full_is_kept_and_the_next_waits_for_room",
        );
    }
    let disk = small_disk();
    let store = open(&disk).store;
    pile(&store, 0..BEFORE).unwrap();
    assert!(
        std::io::copy(&mut std::io::repeat(1), &mut std::fs::File::create(disk.join("filler")).unwrap())
            .is_err()
    );
    pile(&store, BEFORE..BEFORE + AT_ONCE).unwrap();
    assert!(
        matches!(pile(&store, 500..501), Err(StoreError::DiskFull)),
        "the rest of the reserve is not for the sync"
    );
    assert_eq!(stones(&store), BEFORE + AT_ONCE);
    remount("size=20m");
    pile(&store, 500..501).unwrap();
    assert_eq!(stones(&store), BEFORE + AT_ONCE + 1);
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "whether it is the process for it, only who started it knows")]
async fn a_folder_that_takes_no_writing_still_shows_what_is_saved() {
    if std::env::var_os(INSIDE).is_none() {
        return tell_on_a_small_disk("full_disk::a_folder_that_takes_no_writing_still_shows_what_is_saved");
    }
    remount("size=40m");
    let story = Story::signed_in().await;
    let (people, plans) = (story.people("").total, story.plans().total);
    story.app.end();
    let remains = story.end();
    remount("ro");
    let (app, host) = remains.start().await;
    assert_eq!(
        (crate::harness::people(&app, "").total, app.list_plans(&ListPlansRequest::default()).unwrap().total),
        (people, plans)
    );
    assert!(host.notices().iter().any(|notice| notice.contains("may not write")), "{:?}", host.notices());
}

fn small_disk() -> PathBuf {
    std::env::temp_dir()
}

fn remount(option: &str) {
    let option = format!("remount,{option}");
    assert!(Command::new("mount").args(["-o", &option]).arg(small_disk()).status().unwrap().success());
}

/// A disk of its own, in a user and mount namespace of its own: no rights are needed for it.
#[allow(clippy::print_stderr, reason = "a story that was not tried says so")]
fn tell_on_a_small_disk(story: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    command
        .arg("mount -t tmpfs -o size=6m tmpfs \"$TMPDIR\" || { echo NO DISK; exit 0; }; exec \"$0\" \"$@\"");
    command.arg(std::env::current_exe().unwrap()).args(["--exact", story, "--nocapture"]);
    let told = command.env(INSIDE, "1").env("TMPDIR", folder.path()).output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    if why.contains("unshare failed") || said.contains("NO DISK") {
        return eprintln!("NOT TRIED: this computer lets nobody make a small disk: {why}");
    }
    assert!(told.status.success() && said.contains("1 passed"), "{said}{why}");
}

/// The limit is a whole process's, and the signal that comes with it would end one that does not turn it away.
fn tell_in_a_process_of_its_own(story: &str) {
    let told = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", story, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(
        told.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&told.stderr)
    );
}

/// Lets files become so many bytes long from now on, or of any length; tells what was so before.
fn leave_room(bytes: Option<u64>) -> Option<u64> {
    let now = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: bytes, maximum: now.maximum }).unwrap();
    now.current
}
