//! What the sync is doing right now, and who is told of it how often.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pco_client::ApiError;

use super::SyncError;
use crate::event::DataTag;
use crate::ports::Clock;
use crate::status::{Freshness, Progress};
use crate::store::StoreError;

/// The bar moves at most this often.
const BETWEEN_STATUS: Duration = Duration::from_millis(100);
/// The page is asked to read again at most this often while rows come in.
pub(super) const BETWEEN_CHANGES: Duration = Duration::from_millis(500);

/// Something for the page to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncSignal {
    /// Freshness or progress changed.
    Status,
    /// Rows changed.
    Data(Vec<DataTag>),
    /// The stored data could not be read and was begun anew.
    Rebuilt,
}

type Listener = Box<dyn Fn(SyncSignal) + Send + Sync>;

/// Progress and trouble of one account's sync, told to one listener.
pub struct SyncState {
    clock: Arc<dyn Clock>,
    listener: Listener,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    progress: Option<Progress>,
    trouble: Option<Freshness>,
    confirmed: bool,
    changed: BTreeSet<DataTag>,
    status_told: Option<Duration>,
    /// The progress told last is not the latest.
    status_is_old: bool,
    change_told: Option<Duration>,
}

impl SyncState {
    /// Tells `listener`, which must not block.
    pub fn new(clock: Arc<dyn Clock>, listener: impl Fn(SyncSignal) + Send + Sync + 'static) -> Self {
        Self { clock, listener: Box::new(listener), inner: Mutex::new(Inner::default()) }
    }

    /// What is being read, if anything.
    #[must_use]
    pub fn current_progress(&self) -> Option<Progress> {
        self.inner().progress.clone()
    }

    /// What stands between the stored data and Planning Center, if anything.
    #[must_use]
    pub fn trouble(&self) -> Option<Freshness> {
        self.inner().trouble
    }

    /// Whether Planning Center has answered in this run of the program.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.inner().confirmed
    }

    /// Progress of a read.
    pub(crate) fn progress(&self, progress: Progress) {
        let now = self.clock.monotonic();
        let mut inner = self.inner();
        inner.progress = Some(progress);
        inner.status_is_old = inner.status_told.is_some_and(|told| now.saturating_sub(told) < BETWEEN_STATUS);
        if inner.status_is_old {
            return;
        }
        inner.status_told = Some(now);
        drop(inner);
        (self.listener)(SyncSignal::Status);
    }

    /// Rows changed.
    pub(crate) fn changed(&self, tags: &[DataTag]) {
        let now = self.clock.monotonic();
        let mut inner = self.inner();
        inner.changed.extend(tags);
        if inner.change_told.is_some_and(|told| now.saturating_sub(told) < BETWEEN_CHANGES) {
            return;
        }
        inner.change_told = Some(now);
        let tags = std::mem::take(&mut inner.changed).into_iter().collect();
        drop(inner);
        (self.listener)(SyncSignal::Data(tags));
    }

    /// Planning Center has answered.
    pub(crate) fn answered(&self) {
        self.inner().confirmed = true;
    }

    /// The stored data was begun anew.
    pub(crate) fn rebuilt(&self) {
        (self.listener)(SyncSignal::Rebuilt);
    }

    /// Tells what was held back, so that the last change of several is not left untold while nothing follows it,
    /// as when the next request waits for the rate limit.
    pub(crate) fn tell_held_back(&self) {
        let mut inner = self.inner();
        let tags: Vec<_> = std::mem::take(&mut inner.changed).into_iter().collect();
        let status_is_old = std::mem::take(&mut inner.status_is_old);
        drop(inner);
        if !tags.is_empty() {
            (self.listener)(SyncSignal::Data(tags));
        }
        if status_is_old {
            (self.listener)(SyncSignal::Status);
        }
    }

    /// A round of reads ended, well or with what stands in its way. Whatever was held back is told now.
    pub(crate) fn settled(&self, trouble: Option<Freshness>) {
        let mut inner = self.inner();
        inner.progress = None;
        inner.trouble = trouble;
        inner.status_told = None;
        inner.status_is_old = false;
        inner.change_told = None;
        drop(inner);
        self.tell_held_back();
        (self.listener)(SyncSignal::Status);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an error means for everything else that is to be read; `None` when only this part is concerned.
pub(super) fn trouble(error: &SyncError) -> Option<Freshness> {
    match error {
        SyncError::Api(ApiError::Unreachable(_)) => Some(Freshness::Offline),
        // A page in place of an answer, with a status of success: nothing that Planning Center sends.
        SyncError::Api(
            ApiError::ServiceDown { status: ..400 } | ApiError::NotPlanningCenter | ApiError::Certificate,
        ) => Some(Freshness::NetworkSignIn),
        SyncError::Api(ApiError::ServiceDown { .. }) => Some(Freshness::ServiceDown),
        SyncError::Api(ApiError::RateLimited { .. }) => Some(Freshness::CatchingUp),
        SyncError::Api(
            ApiError::SignInRequired | ApiError::Unauthorized | ApiError::Revoked | ApiError::Token(_),
        ) => Some(Freshness::SignInNeeded),
        SyncError::Store(StoreError::DiskFull) => Some(Freshness::DiskFull),
        SyncError::Store(StoreError::NotWritable) => Some(Freshness::NotWritable),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::ManualClock;

    fn state() -> (Arc<ManualClock>, SyncState, Arc<Mutex<Vec<SyncSignal>>>) {
        let clock = Arc::new(ManualClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let state = SyncState::new(clock.clone(), move |signal| listener.lock().unwrap().push(signal));
        (clock, state, told)
    }

    #[test]
    fn a_burst_of_changes_is_told_once_and_the_rest_when_the_round_ends() {
        let (clock, state, told) = state();
        for _ in 0..50 {
            state.changed(&[DataTag::People]);
        }
        assert_eq!(told.lock().unwrap().len(), 1);
        clock.advance(BETWEEN_CHANGES);
        state.changed(&[DataTag::Plan]);
        assert_eq!(told.lock().unwrap()[1], SyncSignal::Data(vec![DataTag::People, DataTag::Plan]));
        state.changed(&[DataTag::Plans]);
        state.settled(None);
        assert_eq!(told.lock().unwrap()[2..], [SyncSignal::Data(vec![DataTag::Plans]), SyncSignal::Status]);
    }

    #[test]
    fn offline_is_told_until_a_round_ends_well() {
        let (_, state, _) = state();
        state.settled(Some(Freshness::Offline));
        assert_eq!((state.trouble(), state.is_confirmed()), (Some(Freshness::Offline), false));
        state.answered();
        state.settled(None);
        assert_eq!((state.trouble(), state.is_confirmed()), (None, true));
    }

    #[test]
    fn each_kind_of_trouble_has_its_own_line() {
        let cases: [(SyncError, Option<Freshness>); 9] = [
            (ApiError::Unreachable(pco_client::Unreachable::Connect).into(), Some(Freshness::Offline)),
            (ApiError::ServiceDown { status: 503 }.into(), Some(Freshness::ServiceDown)),
            (ApiError::ServiceDown { status: 200 }.into(), Some(Freshness::NetworkSignIn)),
            (ApiError::NotPlanningCenter.into(), Some(Freshness::NetworkSignIn)),
            (ApiError::SignInRequired.into(), Some(Freshness::SignInNeeded)),
            (StoreError::DiskFull.into(), Some(Freshness::DiskFull)),
            (StoreError::NotWritable.into(), Some(Freshness::NotWritable)),
            (ApiError::Forbidden.into(), None),
            (SyncError::CountDiffers, None),
        ];
        for (error, expected) in cases {
            assert_eq!(trouble(&error), expected, "{error}");
        }
    }

    #[test]
    fn the_last_change_of_several_is_told_too() {
        let (_, state, told) = state();
        state.changed(&[DataTag::Plan]);
        state.changed(&[DataTag::Plan]);
        assert_eq!(told.lock().unwrap().len(), 1);
        state.tell_held_back();
        state.tell_held_back();
        assert_eq!(told.lock().unwrap()[1..], [SyncSignal::Data(vec![DataTag::Plan])]);
    }

    #[test]
    fn the_last_step_of_the_bar_is_told_too() {
        let (_, state, told) = state();
        for done in 1..=3 {
            state.progress(Progress {
                label: "People".into(),
                done,
                total: Some(3),
                seconds_left: None,
                seconds_in_all: None,
            });
        }
        state.tell_held_back();
        state.tell_held_back();
        assert_eq!(told.lock().unwrap()[..], [SyncSignal::Status, SyncSignal::Status]);
    }
}
