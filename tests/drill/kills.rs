//! Processes that are killed while they renew a sign-in, at random moments and at every step of the keychain.

use std::time::{Duration, Instant};

use futures::future::join_all;
use pco_emulator::Rotation;
use tokio::io::AsyncReadExt as _;

use crate::Scale;
use crate::callbacks::Random;
use crate::child::{SIGNED_OUT, WENT_WELL};
use crate::field::Field;
use crate::table::{Table, Tally};

/// After so many kills a run is let through, to see whether the sign-in still lives.
const KILLS_PER_LOOK: usize = 5;

pub(crate) async fn run(table: &mut Table, scale: Scale, seed: u64) {
    let kills = scale.of(100, 1_500, 10_000);
    let injected = format!("killed at each of {STEPS} keychain steps, grace");
    table.row("F3 steps", &injected, "0 sign-ins lost", at_every_step().await);
    let lost = side_by_side(Rotation::Grace, kills, seed).await;
    table.row("F3", "kill -9 at random and at the server's commit, grace", "0 sign-ins lost", lost.outside);
    let lost = side_by_side(Rotation::Strict, kills / 2, seed).await;
    let injected = "kill -9 at random and at the server's commit, strict";
    table.row("F4", injected, "0 lost but between commit and keychain", lost.outside);
    Table::note(&format!("F4: {} lost inside that window, where nobody can help", lost.inside));
}

/// When a run is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// So long after its start.
    After(Duration),
    /// So long after the server has renewed the sign-in: the answer is on its way, or being saved.
    AtCommit(Duration),
    /// At this step of the keychain.
    AtStep(usize),
}

/// Longer than it takes from the server's commit to the end of a run.
const AFTER_COMMIT: Duration = Duration::from_millis(30);

/// The keychain's steps in one run.
const STEPS: usize = 8;

/// Starts a run and kills it at the given moment, unless it ends before.
async fn kill(field: &Field, moment: Moment) -> String {
    let last_step = match moment {
        Moment::AtStep(step) => Some(step),
        Moment::After(_) | Moment::AtCommit(_) => None,
    };
    let mut child = field.child(1, last_step).spawn().unwrap();
    let moment = async {
        match moment {
            Moment::AtStep(_) => std::future::pending().await,
            Moment::After(delay) => tokio::time::sleep(delay).await,
            Moment::AtCommit(delay) => {
                let before = field.ground.emulator.counters().refreshes;
                while field.ground.emulator.counters().refreshes == before {
                    tokio::time::sleep(Duration::from_micros(200)).await;
                }
                tokio::time::sleep(delay).await;
            }
        }
    };
    tokio::select! {
        _ = child.wait() => {}
        () = moment => child.kill().await.unwrap(),
    }
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).await.unwrap();
    said
}

/// Ends a run at each step of the keychain in turn; a run that is to end one step later comes to its end.
async fn at_every_step() -> Tally {
    let field = Field::new(Rotation::Grace).await;
    let mut tally = Tally::default();
    for step in 1..=STEPS {
        let said = kill(&field, Moment::AtStep(step)).await;
        tally.count(said.is_empty() && field.let_run(1).await.starts_with(WENT_WELL));
    }
    tally.count(kill(&field, Moment::AtStep(STEPS + 1)).await.starts_with(WENT_WELL));
    tally
}

/// Sign-ins lost to kills, told apart by whether anybody could have saved them.
struct Lost {
    outside: Tally,
    /// Killed after the server had retired the old token, before the keychain held the new one.
    inside: usize,
}

/// Servers, keychains and sign-ins of their own that are drilled at the same time: a run mostly waits.
const LANES: u8 = 4;

async fn side_by_side(rotation: Rotation, kills: usize, seed: u64) -> Lost {
    let lane = |lane: u8| at_random(rotation, kills / usize::from(LANES), seed.wrapping_add(lane.into()));
    let mut all = Lost { outside: Tally::default(), inside: 0 };
    for lost in join_all((0..LANES).map(lane)).await {
        all.outside.tried += lost.outside.tried;
        all.outside.failed += lost.outside.failed;
        all.inside += lost.inside;
    }
    all
}

async fn at_random(rotation: Rotation, kills: usize, seed: u64) -> Lost {
    let mut field = Field::new(rotation).await;
    let usual = usual_run(&field).await;
    let mut random = Random(seed);
    let mut lost = Lost { outside: Tally::default(), inside: 0 };
    while lost.outside.tried < kills {
        let renewed_before = field.ground.emulator.counters().refreshes;
        let kept_before = field.generation();
        let mut said = String::new();
        for _ in 0..KILLS_PER_LOOK {
            let moment = match random.below(3) {
                0 => Moment::After(random.within(usual * 6 / 5)),
                1 => Moment::AtStep(1 + random.below(STEPS)),
                _ => Moment::AtCommit(random.within(AFTER_COMMIT)),
            };
            said = kill(&field, moment).await;
            lost.outside.tried += 1;
            // Strict: whether this very kill fell into the window has to be seen before the next.
            if rotation == Rotation::Strict || said.starts_with(SIGNED_OUT) {
                break;
            }
        }
        if !said.starts_with(SIGNED_OUT) {
            said = field.let_run(1).await;
            // Only now: the server may have renewed the sign-in after the kill, for a request that was on its way.
            let renewed = field.ground.emulator.counters().refreshes - renewed_before;
            let in_window = field.generation() - kept_before < renewed;
            if said.starts_with(SIGNED_OUT) && rotation == Rotation::Strict && in_window {
                lost.inside += 1;
                field = Field::new(rotation).await;
                continue;
            }
        }
        if !said.starts_with(WENT_WELL) {
            lost.outside.failed += 1;
            field = Field::new(rotation).await;
        }
    }
    lost
}

/// How long a run takes that nobody disturbs: the slowest of a few.
async fn usual_run(field: &Field) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..5 {
        let began = Instant::now();
        let said = field.let_run(1).await;
        assert!(said.starts_with(WENT_WELL), "{said}");
        longest = longest.max(began.elapsed());
    }
    longest
}
