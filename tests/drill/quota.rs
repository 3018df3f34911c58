//! Another program of the same person uses up half of what Planning Center allows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use pco_emulator::{Counters, Limit, Rotation};

use crate::Scale;
use crate::ground::{Ground, ask};
use crate::table::{Table, Tally};

const LIMIT: Limit = Limit { count: 100, seconds: 2 };
const PERIOD: Duration = Duration::from_secs(2);
/// From one look at the server's counters to the next: a request that opens a period is seen so much later at the most.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

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
    // What signing in has spent is over then.
    tokio::time::sleep(PERIOD).await;
    ground.emulator.set_eaten(LIMIT.count / 2);
    let client = Arc::new(run.client());
    let mut periods = Periods::from(ground.emulator.counters());
    let mut asking = std::pin::pin!(join_all((0..calls).map(|_| ask(&client))));
    let answers = loop {
        tokio::select! {
            answers = &mut asking => break answers,
            () = tokio::time::sleep(BETWEEN_LOOKS) => periods.see(ground.emulator.counters()),
        }
    };
    periods.see(ground.emulator.counters());
    let mut calls = Tally::default();
    for answer in answers {
        calls.count(answer.is_ok());
    }
    Shared { refusals: periods.tally(), calls }
}

/// The periods of the server's limit, each of which opens with the first request after the one before it, and how often
/// it refused in each.
struct Periods {
    opened: Option<Instant>,
    refused: Vec<u64>,
    seen: Counters,
}

impl From<Counters> for Periods {
    fn from(seen: Counters) -> Self {
        Self { opened: None, refused: Vec::new(), seen }
    }
}

impl Periods {
    fn see(&mut self, counters: Counters) {
        let more = counters.rate_limited - self.seen.rate_limited;
        if let Some(last) = self.refused.last_mut() {
            *last += more;
        }
        if counters.requests > self.seen.requests && self.opened.is_none_or(|then| then.elapsed() >= PERIOD) {
            // The request that opens a period is not refused, but what comes with the very first ones may be.
            self.refused.push(if self.opened.is_none() { more } else { 0 });
            self.opened = Some(Instant::now());
        }
        self.seen = counters;
    }

    fn tally(&self) -> Tally {
        let beyond_one: u64 = self.refused.iter().map(|refused| refused.saturating_sub(1)).sum();
        Tally { tried: self.refused.len(), failed: usize::try_from(beyond_one).unwrap() }
    }
}
