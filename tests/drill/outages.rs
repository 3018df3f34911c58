//! Answers to a renewal that are lost, cut, or somebody else's: the sign-in outlives them all.

use std::time::Duration;

use pco_emulator::{Fault, FaultKind, Rotation};

use crate::Scale;
use crate::ground::{Ground, Run, ask};
use crate::table::{Table, Tally};

/// Longer than the program ever waits between two tries.
const LONG_ENOUGH: Duration = Duration::from_secs(61);

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let lives = "0 sign-ins lost";
    let injected = "the answer to a renewal is cut at each byte, grace";
    table.row("F5 bytes", injected, lives, cut_at_every_byte(scale.of(7, 1, 1)).await);
    for (row, injected, kind) in [
        ("F5 lost", "the answer to a renewal never comes", FaultKind::AnswerLost),
        ("F6 cut", "the answer to a renewal is cut", FaultKind::Truncate),
    ] {
        // Grace: the server honours the old token until the new one is used.
        table.row(row, injected, lives, recovers(&kind, Rotation::Grace).await);
    }
    for (row, injected, kind) in [
        ("F6 page", "a renewal is answered with a web page", FaultKind::Html200),
        ("F6 500", "a renewal is answered with 500", FaultKind::Status { status: 500 }),
        ("F6 503", "a renewal is answered with 503", FaultKind::Status { status: 503 }),
        (
            "F6 429",
            "a renewal is answered with 429",
            FaultKind::RateLimited { retry_after: Some("20".to_owned()) },
        ),
        ("F6 reset", "the connection of a renewal is reset", FaultKind::Reset),
    ] {
        table.row(row, injected, lives, recovers(&kind, Rotation::Strict).await);
    }
}

/// Cuts the answer after 0, 1, 2 … bytes, or every `stride` bytes, until it arrives whole. A call that comes meanwhile is
/// answered all the same: the renewal is asked for once more.
async fn cut_at_every_byte(stride: usize) -> Tally {
    let ground = Ground::new(Rotation::Grace).await;
    let run = ground.signed_in().await;
    let client = run.client();
    let mut tally = Tally::default();
    for bytes in (0..).step_by(stride) {
        ground.emulator.expire_access_tokens();
        ground
            .emulator
            .add_fault(Fault { times: Some(1), ..Fault::new("/oauth/token", FaultKind::CutAfter { bytes }) });
        let before = ground.emulator.counters().refreshes;
        let answered = ask(&client).await.is_ok();
        ground.emulator.clear_faults();
        if ground.emulator.counters().refreshes - before == 1 {
            // Nothing was missing that mattered.
            tally.count(answered);
            break;
        }
        tally.count(answered && !run.needs_sign_in());
    }
    tally
}

/// Lets the fault strike one to five renewals in a row. Nobody is signed out meanwhile, and afterwards all is well.
async fn recovers(kind: &FaultKind, rotation: Rotation) -> Tally {
    let mut tally = Tally::default();
    for times in 1..=5 {
        let ground = Ground::new(rotation).await;
        let run = ground.signed_in().await;
        ground.emulator.expire_access_tokens();
        ground.emulator.add_fault(Fault { times: Some(times), ..Fault::new("/oauth/token", kind.clone()) });
        tally.count(comes_through(&ground, &run).await);
    }
    tally
}

async fn comes_through(ground: &Ground, run: &Run) -> bool {
    // Each renewal makes two calls at most, so the fault is used up well before the tenth.
    for _ in 0..10 {
        if run.ask().await.is_ok() {
            // What a restart finds is what counts.
            run.session.let_go();
            let again = ground.start().await;
            return again.session.account().is_some() && again.ask().await.is_ok();
        }
        if run.needs_sign_in() {
            return false;
        }
        ground.clock.advance(LONG_ENOUGH);
    }
    false
}
