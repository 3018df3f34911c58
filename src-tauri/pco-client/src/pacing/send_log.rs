//! The arithmetic of pacing: a sliding log of send times.

use std::collections::VecDeque;
use std::time::Duration;

use http::HeaderMap;

use super::{KEPT_IN_FLIGHT, Lane, MAX_IN_FLIGHT};

/// Added to the period, so that the log is safe whether the server's window is fixed or slides.
const MARGIN: Duration = Duration::from_millis(250);
/// How much longer than a window a send is remembered: no answer takes longer.
const MEMORY: Duration = Duration::from_mins(1);
const USUAL_LIMIT: u32 = 100;
const USUAL_PERIOD: Duration = Duration::from_secs(20);
/// Background work leaves one part in so many of the limit to the other lanes.
const KEPT_PART: u32 = 5;

/// What an answer tells of the server's own counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RateHeaders {
    pub(crate) limit: Option<u32>,
    pub(crate) period: Option<Duration>,
    /// Requests counted in the current period, this one included.
    pub(crate) count: Option<u32>,
}

impl RateHeaders {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let number = |name: &str| leading_number(headers.get(name)?.to_str().ok()?);
        Self {
            limit: number("x-pco-api-request-rate-limit").filter(|limit| (1..=10_000).contains(limit)),
            period: number("x-pco-api-request-rate-period")
                .filter(|seconds| (1..=3600).contains(seconds))
                .map(|seconds| Duration::from_secs(seconds.into())),
            count: number("x-pco-api-request-rate-count"),
        }
    }
}

/// The period is sent as `20` and as `20 seconds`.
fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// When requests were sent. All times count from one origin and never go back.
#[derive(Debug)]
pub(crate) struct SendLog {
    limit: u32,
    period: Duration,
    attended: bool,
    sent: VecDeque<Duration>,
    paused_until: Duration,
}

impl Default for SendLog {
    fn default() -> Self {
        Self {
            limit: USUAL_LIMIT,
            period: USUAL_PERIOD,
            attended: true,
            sent: VecDeque::new(),
            paused_until: Duration::ZERO,
        }
    }
}

impl SendLog {
    pub(crate) fn set_attended(&mut self, attended: bool) {
        self.attended = attended;
    }

    /// Requests of all lanes that may be under way when `lane` starts one more.
    pub(crate) fn places(&self, lane: Lane) -> usize {
        match lane {
            Lane::Background if self.attended => MAX_IN_FLIGHT - KEPT_IN_FLIGHT,
            _ => MAX_IN_FLIGHT,
        }
    }

    /// The earliest moment, not before `now`, at which `lane` may send.
    pub(crate) fn ready_at(&self, now: Duration, lane: Lane) -> Duration {
        let earliest = now.max(self.paused_until);
        let share = self.share(lane);
        // The send that has to leave the window before one more fits into the share.
        let Some(index) = self.sent.len().checked_sub(share) else {
            return earliest;
        };
        earliest.max(self.sent[index] + self.window())
    }

    /// Notes a send at `now`.
    pub(crate) fn record(&mut self, now: Duration) {
        self.forget(now);
        self.sent.push_back(now);
    }

    /// Learns from the answer at `now` to a request sent at `sent_at`.
    pub(crate) fn observe(&mut self, sent_at: Duration, now: Duration, headers: &RateHeaders) {
        self.limit = headers.limit.unwrap_or(self.limit);
        self.period = headers.period.unwrap_or(self.period);
        let Some(count) = headers.count else {
            return;
        };
        // Our own sends the server can have counted. A surplus is another program of the same
        // person, or our own run before this one: it takes room like a send of ours.
        let window_start = sent_at.saturating_sub(self.window());
        let own = self.sent.iter().filter(|&&sent| sent >= window_start).count();
        let counted = usize::try_from(count.min(self.limit)).unwrap_or(usize::MAX);
        for _ in own..counted {
            self.record(now);
        }
    }

    /// Sends nothing until `wait` has passed.
    pub(crate) fn pause(&mut self, now: Duration, wait: Duration) {
        self.paused_until = self.paused_until.max(now + wait);
    }

    fn share(&self, lane: Lane) -> usize {
        let kept = match lane {
            Lane::Background if self.attended => self.limit / KEPT_PART,
            _ => 0,
        };
        usize::try_from(self.limit - kept).unwrap_or(usize::MAX).max(1)
    }

    fn window(&self) -> Duration {
        self.period + MARGIN
    }

    fn forget(&mut self, now: Duration) {
        let horizon = now.saturating_sub(self.window() + MEMORY);
        while self.sent.front().is_some_and(|&sent| sent < horizon) {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "send_log_tests.rs"]
mod tests;
