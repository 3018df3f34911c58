//! T7, T11: a stranger in the program's place on the bus, and a program that dies at any moment.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::callbacks::Random;
use super::scale::Scale;
use super::{LONGEST, SEED, Tally, row, scale};
use crate::harness::{Bus, Desktop, Keychain, Wanted, program, story_within, until};
use crate::walk::Church;

/// So long the start may take to say what is wrong.
const TOLD_WITHIN: Duration = Duration::from_secs(12);
/// What the program says first, once it is known to be the one that stays.
const STARTS: &str = "Narthex starts";
/// A start is over by then: the sign-in is renewed and the church is being read.
const A_START: Duration = Duration::from_millis(2_500);

#[tokio::test]
async fn a_stranger_has_our_name_on_the_bus() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        let mut tally = Tally::default();
        let refusing = Bus::squat_refusing(desktop).await;
        tally.count(says_why(desktop).await);
        drop(refusing);
        // It takes the whole wait, and a first run that hangs, which is like it, is tried elsewhere.
        if scale() != Scale::Quick {
            let _silent = Bus::squat(desktop).await;
            tally.count(says_why(desktop).await);
        }
        row("T7", "a stranger with our name on the bus", "told why within 12 s", tally);
    })
    .await;
}

async fn says_why(desktop: &Desktop) -> bool {
    let mut start = tokio::process::Command::from(desktop.command(program().to_str().unwrap()));
    let start = start.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let Ok(ended) = tokio::time::timeout(TOLD_WITHIN, start.wait_with_output()).await else { return false };
    let ended = ended.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    eprintln!("{said}");
    ended.status.code() == Some(2) && said.contains("another program has taken its name")
}

#[tokio::test]
async fn a_crash_at_any_moment_leaves_no_secret_and_loses_no_sign_in() {
    story_within(LONGEST, Keychain::Unlocked, async |desktop| {
        let church = Church::start(desktop).await;
        let window = church.window(desktop).await;
        let asked = window.begin_sign_in().await;
        window.hand_over(&church.allow(&asked).await).await;
        window.click("#confirm-account").await;
        window.sees("#freshness-words", "complete: ").await;
        window.close().await;

        let mut random = Random(SEED);
        let mut tally = Tally::default();
        for _ in 0..scale().of(4, 20, 50) {
            let before = desktop.said().matches(STARTS).count();
            let mut running = desktop.start_program_with_core(&church.options());
            // Before that it holds no secret, and its first line may still be ahead of it.
            until("the program starts", async || {
                (desktop.said().matches(STARTS).count() > before).then_some(())
            })
            .await;
            let moment = Instant::now() + random.within(A_START);
            tokio::time::sleep_until(moment.into()).await;
            kill_process(Pid::from_child(running.child()), Signal::ABORT).unwrap();
            let ended = running.child().wait().unwrap();
            assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()));
            tally.count(!ended.core_dumped());
        }
        // Whoever was signed in still is.
        let window = church.window(desktop).await;
        window.sees("#freshness-words", "complete: ").await;
        window.close().await;
        let wanted = Wanted::new(&church.tap().secrets());
        for (path, content) in desktop.files() {
            let found = wanted.found_in(&content);
            assert!(found.is_empty(), "{found:?} in {}", path.display());
        }
        let expected = "0 cores, 0 secrets in any file or message, still signed in";
        row("T11", "ended like a crash during a start", expected, tally);
    })
    .await;
}
