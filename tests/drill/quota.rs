//! Another program of the same person uses up half of what Planning Center allows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use pco_emulator::{Limit, Rotation};

use crate::Scale;
use crate::ground::{Ground, ask};
use crate::table::{Table, Tally};

const LIMIT: Limit = Limit { count: 100, seconds: 2 };
const PERIOD: Duration = Duration::from_secs(2);

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let injected = "another program uses half of the limit";
    let shared = shared(scale.of(150, 400, 1_000)).await;
    table.row("F14 refusals", injected, "at most 1 x 429 in each period", shared.refusals);
    table.row("F14", injected, "every call answered", shared.calls);
}

/// What came of sharing.
struct Shared {
    /// Tried are the periods of the server's limit, failed the refusals beyond one in each.
    refusals: Tally,
    calls: Tally,
}

async fn shared(calls: usize) -> Shared {
    let ground = Ground::new(Rotation::Strict).await;
    let run = ground.signed_in().await;
    ground.emulator.set_rate_limit(LIMIT);
    ground.emulator.set_eaten(LIMIT.count / 2);
    let client = Arc::new(run.client());
    let before = ground.emulator.counters().rate_limited;
    let began = Instant::now();
    let answers = join_all((0..calls).map(|_| ask(&client))).await;
    let periods = usize::try_from(began.elapsed().as_millis() / PERIOD.as_millis()).unwrap() + 1;
    let refused = usize::try_from(ground.emulator.counters().rate_limited - before).unwrap();
    let mut calls = Tally::default();
    for answer in answers {
        calls.count(answer.is_ok());
    }
    Shared { refusals: Tally { tried: periods, failed: refused.saturating_sub(periods) }, calls }
}
