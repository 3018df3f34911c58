//! A computer that takes no more: what is saved stays, the person is told, and with room again the reading goes on.

use std::process::Command;

use app_core::status::Freshness;
use pco_emulator::Mutation;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

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
    let (people, plans) = (story.people("").total, story.app.list_plans().unwrap().total);
    let newcomer = Mutation::AddPerson { first_name: "Nova".into(), last_name: "Newcomer".into() };
    story.emulator.mutate(newcomer).unwrap();

    let before = leave_room(Some(NO_ROOM));
    assert_eq!(story.refreshed().await.freshness, Freshness::DiskFull);
    assert_eq!((story.people("").total, story.people("newcomer").total), (people, 0));
    assert_eq!(story.app.list_plans().unwrap().total, plans);
    // And a program that is started now finds it all.
    let story = story.restarted().await;
    assert_eq!((story.people("").total, story.app.list_plans().unwrap().total), (people, plans));
    story.until(|status| status.freshness == Freshness::DiskFull).await;

    leave_room(before);
    assert_eq!(story.refreshed().await.freshness, Freshness::Fresh);
    assert_eq!((story.people("").total, story.people("newcomer").total), (people + 1, 1));
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
