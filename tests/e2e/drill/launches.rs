//! T1, T28: the program started again and again while it runs, each time with a hostile link.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};

use super::callbacks::{generated, written};
use super::links::{INJECTED, NONE, REFUSED, Waiting, as_arguments, not_refused, of_our_scheme};
use super::{LONGEST, SEED, Tally, note, row, scale};
use crate::harness::{Desktop, Keychain, memory_of, program, started_by, story, story_within, until};

/// How many are started at once.
const AT_ONCE: usize = 4;
/// So much may the running program grow.
const GROWTH: u64 = 20 * 1024 * 1024;

#[tokio::test]
async fn a_flood_of_starts_with_hostile_links() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        let mut waiting = Waiting::begin(desktop).await;
        let first = desktop.program_pid().unwrap();
        let mut tally = Tally::default();
        // What is made ready with the first starts and the first sign-in does not count.
        let ready = as_arguments(generated(&waiting.known(), AT_ONCE, SEED));
        start_with(desktop, &ready, &mut tally).await;
        waiting.ends_well(&mut tally).await;
        let (before, page_before) = (memory_of(first), memory_of_page(first));
        let (mut grown, mut page_grown, mut took) = (0, 0, Duration::ZERO);
        let mut refused = of_our_scheme(&ready);
        let sign_ins = scale().of(1, 1, 10);
        for sign_in in 0..sign_ins {
            waiting.begin_again().await;
            let links = links_during(&waiting, sign_in);
            let began = Instant::now();
            start_with(desktop, &links, &mut tally).await;
            took += began.elapsed();
            refused += of_our_scheme(&links);
            tally.failed += not_refused(desktop, REFUSED, refused).await;
            tally.failed += usize::from(!waiting.still_waits().await);
            grown = grown.max(memory_of(first).saturating_sub(before));
            page_grown = page_grown.max(memory_of_page(first).saturating_sub(page_before));
            assert!(!desktop.said().contains(&waiting.known().state), "the log has no part of a link");
            waiting.ends_well(&mut tally).await;
        }
        row("T1 second start", INJECTED, NONE, tally);
        let (kib, page_kib, seconds) = (grown / 1024, page_grown / 1024, took.as_secs_f64());
        note(&format!(
            "T28: {} starts in {seconds:.0} s, sign-ins meanwhile: {sign_ins}; \
             {kib} KiB more in the program, {page_kib} KiB in its page's processes",
            tally.tried - ready.len()
        ));
        let held = desktop.program_pid() == Some(first) && desktop.windows() == 1 && grown < GROWTH;
        let tally = Tally { tried: tally.tried, failed: usize::from(!held) };
        row("T28", "starts of a running program", "1 window, less than 20 MB more", tally);
    })
    .await;
}

/// What comes while this sign-in waits, which it does for ten minutes at most: those from the grammar in equal parts, and
/// with the first of them those written by hand.
fn links_during(waiting: &Waiting<'_>, sign_in: usize) -> Vec<String> {
    let known = waiting.known();
    let written = if sign_in == 0 { written(&known) } else { Vec::new() };
    let generated = generated(&known, scale().of(0, 1_000, 1_000), SEED + sign_in as u64);
    as_arguments([written, generated].concat())
}

/// Nor could it: some of its libraries have threads that do not survive the end of a process that comes at once.
#[tokio::test]
async fn a_second_start_does_not_enter_the_window_system() {
    story(Keychain::Absent, async |desktop| {
        let _first = desktop.start_program(&["--practice"]);
        until("the program has its name", async || desktop.program_pid()).await;
        let mut second = desktop.command(program().to_str().unwrap());
        let ended = second.env("DISPLAY", ":nowhere").stdin(Stdio::null()).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    })
    .await;
}

fn memory_of_page(program: u32) -> u64 {
    started_by(program).into_iter().map(|(process, _)| memory_of(process)).sum()
}

/// Starts the program with each of these links, and counts those that ended as a second start does.
async fn start_with(desktop: &Desktop, links: &[String], tally: &mut Tally) {
    let starts = links.iter().map(|link| async move {
        let mut second = tokio::process::Command::from(desktop.command(program().to_str().unwrap()));
        let ended = second.arg(link).stdin(Stdio::null()).output().await.unwrap();
        // An option in a link's place is refused like any other bad option.
        let expected = if link.starts_with("--") { 2 } else { 0 };
        let well = ended.status.code() == Some(expected);
        if !well {
            eprintln!("{} for {link:?}: {}", ended.status, String::from_utf8_lossy(&ended.stderr));
        }
        well
    });
    let mut ended = stream::iter(starts).buffer_unordered(AT_ONCE);
    while let Some(well) = ended.next().await {
        tally.count(well);
    }
}
