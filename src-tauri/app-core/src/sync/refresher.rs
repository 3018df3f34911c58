//! The sync loop: one queue of all products' jobs, most urgent first, repeated when they are due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use pco_client::ApiError;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::pages::forget_all_pages;
use super::state::{BETWEEN_CHANGES, trouble};
use super::{SyncContext, SyncError, SyncState};
use crate::error::Chain;
use crate::ports::Clock;
use crate::products::{self, Job, Product};
use crate::status::{Freshness, Progress};
use crate::store::{PartCoverage, PartState, Reader, StoreError};

/// The first pause after trouble; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A part whose count did not agree is read again after this.
const RECOUNT_AFTER: Duration = Duration::from_mins(1);
/// A long read goes on for so long before what is more urgent and due again may cut it short.
const SHORTEST_TURN: Duration = Duration::from_mins(1);
/// Pressing Refresh reads again whatever is older than this.
const FORCED_AGE: Duration = Duration::from_secs(5);

/// So often somebody looks whether the computer has slept.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Awaits work, and tells every now and then what its changes left untold.
async fn telling<T>(state: &SyncState, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(BETWEEN_CHANGES) => state.tell_held_back(),
        }
    }
}

/// Waits so long, or until so much has passed on the wall clock: timers stand still while a computer sleeps, and what was
/// read before is old when it wakes.
async fn rest(clock: &dyn Clock, wait: Duration) {
    let (begun, due) = (Instant::now(), clock.now().checked_add(wait).unwrap_or(Timestamp::MAX));
    while begun.elapsed() < wait && clock.now() < due {
        tokio::time::sleep(BETWEEN_LOOKS.min(wait.saturating_sub(begun.elapsed()))).await;
    }
}

/// How a job ended that did not fail.
enum Ended {
    Done,
    /// Something more urgent was due before its end; what it has read is kept.
    Cut,
}

/// A part that could not be read, which keeps no other part from being read.
struct Failed {
    at: Timestamp,
    /// What is told of it, until it was read. Where a right is missing or a list moved, its own coverage tells.
    trouble: Option<Freshness>,
}

/// Runs the jobs of all products for one account until it is dropped.
pub struct Refresher {
    context: SyncContext,
    wake: Arc<Notify>,
    /// The parts that could not be read when they were tried last, so that a refusal is not repeated at once.
    failed: BTreeMap<&'static str, Failed>,
    /// What the next round asks for even if it is not due, since only an answer tells that there is a network: at first
    /// what is most urgent, and after trouble what met it.
    owed: Option<&'static str>,
}

impl Refresher {
    /// `wake` starts a round at once and reads again what a person wants fresh now.
    #[must_use]
    pub fn new(context: SyncContext, wake: Arc<Notify>) -> Self {
        let most_urgent = products::ALL.iter().flat_map(|product| product.jobs()).min_by_key(|job| job.order);
        Self { context, wake, failed: BTreeMap::new(), owed: most_urgent.map(|job| job.part) }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        let store = Arc::clone(&self.context.store);
        // While the first answer is on its way, so that keeping it need not wait for this.
        drop(tokio::task::spawn_blocking(move || store.make_reserve()));
        let mut pause = FIRST_PAUSE;
        let mut forced = false;
        loop {
            let trouble = self.round(forced).await;
            let of_parts = self.failed.values().find_map(|part| part.trouble);
            self.context.state.settled(trouble.or(of_parts));
            let wait = if trouble.is_some() {
                let wait = pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
                wait
            } else {
                pause = FIRST_PAUSE;
                self.until_next()
            };
            tokio::select! {
                () = rest(self.context.clock.as_ref(), wait) => forced = false,
                () = self.wake.notified() => forced = true,
            }
        }
    }

    /// Runs what is due, most urgent first; stops at the first trouble that concerns everything, and tells of it. Errors in
    /// place of answers may concern one part alone, or one product: what else may answer is asked before that is told.
    async fn round(&mut self, forced: bool) -> Option<Freshness> {
        let mut jobs: Vec<_> = products::ALL
            .iter()
            .flat_map(|product| product.jobs().iter().map(|job| (*product, job)))
            .collect();
        jobs.sort_by_key(|(_, job)| job.order);
        let mut owed = self.owed.take();
        self.context.forced_age = forced.then_some(FORCED_AGE);
        self.context.forget_old_pages().await;
        for product in products::ALL {
            if let Err(error) = product.open(&self.context).await
                && let Some(trouble) = trouble(&error).filter(|trouble| *trouble != Freshness::ServiceDown)
            {
                self.owed = owed;
                return Some(trouble);
            }
        }
        let (mut down, mut next, mut is_untold) = (None, 0, forced);
        let (mut answering, mut silent) = (BTreeSet::new(), BTreeSet::new());
        while let Some((product, job)) = jobs.get(next).copied() {
            let more_urgent = &jobs[..next];
            next += 1;
            let is_owed = owed.take_if(|part| *part == job.part).is_some();
            if silent.contains(product.name()) || (!is_owed && self.due_in(product, job) > Duration::ZERO) {
                continue;
            }
            if std::mem::take(&mut is_untold) {
                self.context.state.progress(Progress::asking());
            }
            let turn = more_urgent.iter().map(|(product, job)| self.due_in(*product, job)).min();
            match self.run_job(product, job, turn.unwrap_or(Duration::MAX).max(SHORTEST_TURN)).await {
                Ok(Ended::Done) => {
                    answering.insert(product.name());
                    self.context.state.answered();
                }
                Ok(Ended::Cut) => {
                    tracing::info!(part = job.part, "goes on after what is more urgent");
                    self.context.forced_age = None;
                    self.context.forget_old_pages().await;
                    silent.clear();
                    next = 0;
                }
                Err(Freshness::ServiceDown) => {
                    if !answering.contains(product.name()) {
                        silent.insert(product.name());
                    }
                    self.owed = self.owed.or(Some(job.part));
                    down = Some(Freshness::ServiceDown);
                }
                Err(trouble) => {
                    self.owed = Some(job.part);
                    return Some(trouble);
                }
            }
        }
        down
    }

    /// Does a job. What stands in the way of every other one as well is handed back.
    async fn run_job(
        &mut self,
        product: &'static dyn Product,
        job: &'static Job,
        turn: Duration,
    ) -> Result<Ended, Freshness> {
        let run = telling(&self.context.state, product.run(job, &self.context));
        let run = tokio::select! {
            run = run => run,
            () = rest(self.context.clock.as_ref(), turn) => return Ok(Ended::Cut),
        };
        let Err(error) = run else {
            self.failed.remove(job.part);
            self.context.state.changed(job.tags);
            return Ok(Ended::Done);
        };
        tracing::warn!(part = job.part, cause = %Chain(&error), "a part could not be read");
        if let Some(trouble) = trouble(&error) {
            return Err(trouble);
        }
        if error.is_unreadable_store() {
            return self.rebuild().map(|()| Ended::Done);
        }
        let trouble = match error {
            // Read again before long; until then the old rows stay.
            SyncError::CountDiffers | SyncError::Store(StoreError::Busy(_)) => None,
            SyncError::Api(ApiError::ScopeMissing) => Some(Freshness::SignInNeeded),
            refusal if refusal.is_refusal() => {
                self.refuse(product).await.map_err(|error| {
                    tracing::error!(cause = %Chain(&error), "rows of a refused product could not be removed");
                    self::trouble(&error).unwrap_or(Freshness::NotWritable)
                })?;
                None
            }
            SyncError::Api(
                ApiError::Decode { .. } | ApiError::TooLarge { .. } | ApiError::BrokenPaging { .. },
            ) => Some(Freshness::Unreadable),
            _ => Some(Freshness::ServiceDown),
        };
        self.failed.insert(job.part, Failed { at: self.context.clock.now(), trouble });
        Ok(Ended::Done)
    }

    /// Begins the stored data anew; everything is due again then.
    fn rebuild(&mut self) -> Result<(), Freshness> {
        self.context.store.rebuild().map_err(|error| {
            tracing::error!(cause = %Chain(&error), "the store could not be begun anew");
            trouble(&error.into()).unwrap_or(Freshness::NotWritable)
        })?;
        self.failed.clear();
        self.context.state.rebuilt();
        self.wake.notify_one();
        Ok(())
    }

    /// The person's rights do not reach this product (any more): what is stored of it goes.
    async fn refuse(&mut self, product: &'static dyn Product) -> Result<(), SyncError> {
        let at = self.context.clock.now();
        for job in product.jobs() {
            self.failed.insert(job.part, Failed { at, trouble: None });
        }
        self.context
            .keep(move |batch| {
                product.purge(batch)?;
                forget_all_pages(batch)?;
                for job in product.jobs() {
                    let refused = PartState { coverage: PartCoverage::NoRight, ..PartState::default() };
                    batch.set_part(job.part, &refused)?;
                }
                Ok(())
            })
            .await?;
        product.jobs().iter().for_each(|job| self.context.state.changed(job.tags));
        Ok(())
    }

    fn until_next(&self) -> Duration {
        products::ALL
            .iter()
            .flat_map(|product| product.jobs().iter().map(|job| self.due_in(*product, job)))
            .min()
            .unwrap_or(LONGEST_PAUSE)
            .max(Duration::from_secs(1))
    }

    /// How long a job may still wait. What cannot be read from the store is due.
    fn due_in(&self, product: &dyn Product, job: &Job) -> Duration {
        let now = self.context.clock.now();
        let read = |reader: &Reader<'_>| Ok((reader.part(job.part)?, product.max_age(job, reader, now)?));
        let Ok((state, max_age)) = self.context.store.read(read) else { return Duration::ZERO };
        let age_limit = self.context.age_limit(max_age);
        let max_age = match state.coverage {
            // A count that never agrees is asked for less and less often.
            PartCoverage::CountDiffers => {
                let patience = RECOUNT_AFTER * 2_u32.saturating_pow(state.recounts.saturating_sub(1).min(10));
                patience.min(age_limit.max(RECOUNT_AFTER))
            }
            _ => age_limit,
        };
        let last = if state.unfinished.is_some() || state.is_doubted { None } else { state.as_of };
        let failed = self.failed.get(job.part);
        let Some(last) = last.max(failed.map(|failed| failed.at)) else { return Duration::ZERO };
        let age = now.duration_since(last).unsigned_abs();
        // After trouble with one part only, it is tried again sooner than a whole period.
        let limit = if failed.is_some() && state.coverage != PartCoverage::NoRight {
            max_age.min(RECOUNT_AFTER)
        } else {
            max_age
        };
        limit.saturating_sub(age)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::ManualClock;

    #[tokio::test(start_paused = true)]
    async fn a_rest_ends_soon_after_a_computer_has_slept_through_it() {
        let clock = ManualClock::at("2026-11-20T22:00:00Z".parse().unwrap());
        let (begun, wait) = (Instant::now(), Duration::from_mins(10));
        rest(&clock, wait).await;
        assert_eq!(begun.elapsed(), wait, "with a clock that stands still");

        let begun = Instant::now();
        let sleep = async {
            tokio::time::sleep(Duration::from_mins(1)).await;
            clock.advance(Duration::from_hours(9));
        };
        futures::join!(rest(&clock, wait), sleep);
        assert!(begun.elapsed() <= Duration::from_mins(1) + BETWEEN_LOOKS, "{:?}", begun.elapsed());
    }
}
