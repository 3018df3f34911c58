//! When a request may leave: never more than the server's limit in any of its periods, a person's
//! action before the visible screen before background work.
//!
//! The numbers are the server's own, read from every answer. [`SendLog`] holds the arithmetic and
//! takes the time as a parameter; [`RateGate`] adds waiting.

mod send_log;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

pub use send_log::Pace;
pub(crate) use send_log::RateHeaders;
use send_log::SendLog;

/// Requests under way at once, over all lanes: enough to spend the usual limit in its period while an answer takes a second.
/// More would only make each other wait, and a request takes room from its answer on.
const MAX_IN_FLIGHT: usize = 6;
/// Of these, places that background work leaves free while somebody is at the screen.
const KEPT_IN_FLIGHT: usize = 2;
/// Time that the log knows before the gate was made, for what an earlier run sent.
const BEFORE: Duration = Duration::from_hours(2);

/// On whose behalf a request is made. A waiting earlier lane always goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// A person's action that waits for its answer.
    Person,
    /// What the visible screen shows.
    Screen,
    /// Everything else.
    Background,
}

/// The gate that every API request of one sign-in passes. Share one per account: Planning Center
/// counts per person.
#[derive(Debug)]
pub struct RateGate {
    origin: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    log: SendLog,
    in_flight: usize,
    /// How long a request takes from its leave to its end, of late.
    usual_time: Duration,
    /// Background work waits until it is let go on.
    is_background_held: bool,
    next_ticket: u64,
    /// Who waits, in the order in which they go. Only the first can be next, so only the first is ever woken.
    waiting: BTreeMap<(Lane, u64), Arc<Notify>>,
}

impl State {
    /// Learns how long a request took. One that was out of the ordinary counts little.
    fn note_time(&mut self, taken: Duration) {
        self.usual_time = match self.usual_time {
            Duration::ZERO => taken,
            usual => (usual * 7 + taken) / 8,
        };
    }

    fn wake_first(&self) {
        if let Some(changed) = self.waiting.values().next() {
            changed.notify_one();
        }
    }
}

impl Default for RateGate {
    fn default() -> Self {
        Self::new()
    }
}

impl RateGate {
    /// A gate with Planning Center's usual limit, 100 in 20 s, until an answer tells another.
    #[must_use]
    pub fn new() -> Self {
        Self { origin: Instant::now(), state: Mutex::default() }
    }

    /// Whether somebody is at the screen. Then background work goes evenly after a first burst that leaves a fifth of
    /// the limit, and leaves two of the six places, so that a click is answered within a second. With nobody there
    /// it goes in bursts, which is as fast as can be. True at first.
    pub fn set_attended(&self, attended: bool) {
        let mut state = self.state();
        state.log.set_attended(attended);
        state.wake_first();
    }

    /// Lets background work wait until this is called with `false`; what somebody asks for goes on.
    pub fn hold_background(&self, hold: bool) {
        let mut state = self.state();
        state.is_background_held = hold;
        state.wake_first();
    }

    /// Whether background work waits until it is let go on.
    #[must_use]
    pub fn is_background_held(&self) -> bool {
        self.state().is_background_held
    }

    /// How long so many background requests take altogether: what the limit makes them wait, or what answers take, as many
    /// at once as may be under way, whichever is longer.
    #[must_use]
    pub fn time_for(&self, requests: u32) -> Duration {
        let state = self.state();
        let at_once = u32::try_from(state.log.places(Lane::Background)).unwrap_or(u32::MAX);
        let answers = state.usual_time.saturating_mul(requests) / at_once;
        state.log.time_for(self.now(), requests).max(answers)
    }

    /// What a later run has to know, so that it does not begin with a burst.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let state = self.state();
        state.log.pace(self.now())
    }

    /// Goes on where an earlier run stopped so long ago; without effect once something was sent.
    pub fn resume(&self, pace: Pace, ago: Duration) {
        let mut state = self.state();
        let now = self.now();
        state.log.resume(now, pace, ago);
    }

    /// Waits for leave to send. The permit is held until the answer is read.
    pub(crate) async fn acquire(self: &Arc<Self>, lane: Lane) -> Permit {
        let ticket = Ticket::draw(self, lane);
        loop {
            match self.turn(&ticket) {
                Turn::Now(permit) => return permit,
                // A change between looking and waiting is kept by the notification until it is waited for.
                Turn::At(moment) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(moment) => {}
                        () = ticket.changed.notified() => {}
                    }
                }
                Turn::Later => ticket.changed.notified().await,
            }
        }
    }

    fn turn(self: &Arc<Self>, ticket: &Ticket) -> Turn {
        let mut state = self.state();
        let now = self.now();
        let places = state.log.places(ticket.lane);
        if ticket.lane == Lane::Background && state.is_background_held {
            return Turn::Later;
        }
        let first = state.waiting.keys().next();
        if first != Some(&(ticket.lane, ticket.number)) || state.in_flight >= places {
            return Turn::Later;
        }
        let Some(ready) = state.log.ready_at(now, ticket.lane) else { return Turn::Later };
        if ready > now {
            return Turn::At(self.origin + ready.saturating_sub(BEFORE));
        }
        state.log.record(now);
        state.in_flight += 1;
        Turn::Now(Permit { gate: Arc::clone(self), sent_at: now, is_answered: false })
    }

    /// Read only while the state is locked, so that the log stays in order.
    fn now(&self) -> Duration {
        self.origin.elapsed() + BEFORE
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is complete before the lock is let go, so a panic elsewhere harms nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Turn {
    Now(Permit),
    At(Instant),
    Later,
}

/// A place in the queue, given up when dropped.
struct Ticket<'a> {
    gate: &'a RateGate,
    lane: Lane,
    number: u64,
    changed: Arc<Notify>,
}

impl<'a> Ticket<'a> {
    fn draw(gate: &'a RateGate, lane: Lane) -> Self {
        let mut state = gate.state();
        let number = state.next_ticket;
        state.next_ticket += 1;
        let changed = Arc::new(Notify::new());
        state.waiting.insert((lane, number), Arc::clone(&changed));
        Self { gate, lane, number, changed }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.waiting.remove(&(self.lane, self.number));
        state.wake_first();
    }
}

/// Leave to send one request, and one of the places in flight.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Arc<RateGate>,
    sent_at: Duration,
    is_answered: bool,
}

impl Permit {
    /// Learns limit, period and count from the answer to this request.
    pub(crate) fn observe(&mut self, headers: &RateHeaders) {
        let mut state = self.gate.state();
        let now = self.gate.now();
        if !std::mem::replace(&mut self.is_answered, true) {
            state.log.end(now);
        }
        state.log.observe(self.sent_at, now, headers);
        state.wake_first();
    }

    /// Holds back every request for as long as the server asked.
    pub(crate) fn pause(&self, wait: Duration) {
        let mut state = self.gate.state();
        let now = self.gate.now();
        state.log.pause(now, wait);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        let now = self.gate.now();
        if !self.is_answered {
            // Nobody knows whether it was counted, so it counts.
            state.log.end(now);
        }
        state.note_time(now.saturating_sub(self.sent_at));
        state.in_flight -= 1;
        state.wake_first();
    }
}

#[cfg(test)]
#[path = "pacing/gate_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "pacing/neighbour_tests.rs"]
mod neighbour_tests;
