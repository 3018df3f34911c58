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
    let expected = "every call answered, at most 1 x 429 a period";
    let calls = scale.of(150, 400, 1_000);
    table.row("F14", "another program uses half of the limit", expected, shared(calls).await);
}

/// Counts a try for each period of the server's limit.
async fn shared(calls: usize) -> Tally {
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
    let unanswered = answers.iter().filter(|answer| answer.is_err()).count();
    Tally { tried: periods, failed: refused.saturating_sub(periods) + unanswered }
}
