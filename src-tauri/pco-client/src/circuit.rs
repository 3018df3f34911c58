//! Leaves a server alone for a while after calls have failed in a row.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::ApiError;
use crate::pacing::Lane;

/// Whole calls, each with its repetitions, that may end in [`ApiError::ServiceDown`] in a row.
const TOLERATED: u32 = 5;
const REST: Duration = Duration::from_secs(30);

/// Counts calls that found the service down. A person's action is always let through: somebody
/// pressed a button to see whether it works again.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failed: u32,
    open: Option<(Instant, u16)>,
}

impl Circuit {
    /// The status of the last failure while calls in `lane` shall not be made.
    pub(crate) fn open(&self, lane: Lane, now: Instant) -> Option<u16> {
        let (until, status) = self.state().open?;
        (lane != Lane::Person && now < until).then_some(status)
    }

    /// Notes how a call ended; only [`ApiError::ServiceDown`] counts as failed, and only an answer
    /// of the service itself as recovery.
    pub(crate) fn note(&self, error: Option<&ApiError>, now: Instant) {
        let mut state = self.state();
        match error {
            Some(ApiError::ServiceDown { status }) => {
                state.failed = state.failed.saturating_add(1);
                if state.failed >= TOLERATED {
                    state.open = Some((now + REST, *status));
                }
            }
            Some(
                ApiError::Unreachable(_)
                | ApiError::Certificate
                | ApiError::NotPlanningCenter
                | ApiError::SignInRequired
                | ApiError::Token(_)
                | ApiError::Address { .. },
            ) => {}
            _ => *state = State::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: ApiError = ApiError::ServiceDown { status: 503 };

    #[test]
    fn it_opens_after_five_failures_in_a_row_and_closes_after_thirty_seconds() {
        let circuit = Circuit::default();
        let start = Instant::now();
        for _ in 0..4 {
            circuit.note(Some(&DOWN), start);
        }
        assert_eq!(circuit.open(Lane::Background, start), None);
        circuit.note(Some(&DOWN), start);
        assert_eq!(circuit.open(Lane::Background, start), Some(503));
        assert_eq!(circuit.open(Lane::Screen, start + Duration::from_secs(29)), Some(503));
        assert_eq!(circuit.open(Lane::Person, start), None);
        assert_eq!(circuit.open(Lane::Background, start + REST), None);
    }

    #[test]
    fn one_failed_probe_opens_it_again_and_one_answer_closes_it() {
        let circuit = Circuit::default();
        let start = Instant::now();
        for _ in 0..5 {
            circuit.note(Some(&DOWN), start);
        }
        let later = start + REST;
        circuit.note(Some(&DOWN), later);
        assert_eq!(circuit.open(Lane::Screen, later), Some(503));
        circuit.note(Some(&ApiError::NotFound), later);
        assert_eq!(circuit.open(Lane::Screen, later), None);
    }

    #[test]
    fn calls_that_never_reached_the_service_neither_count_nor_heal() {
        let circuit = Circuit::default();
        let now = Instant::now();
        for _ in 0..4 {
            circuit.note(Some(&DOWN), now);
        }
        for error in [ApiError::NotPlanningCenter, ApiError::Certificate, ApiError::SignInRequired] {
            circuit.note(Some(&error), now);
        }
        assert_eq!(circuit.open(Lane::Screen, now), None);
        circuit.note(Some(&DOWN), now);
        assert_eq!(circuit.open(Lane::Screen, now), Some(503));
    }
}
