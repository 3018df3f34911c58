//! The arithmetic of pacing: a sliding log of send times.

use std::collections::VecDeque;
use std::time::Duration;

use http::HeaderMap;

use super::{KEPT_IN_FLIGHT, Lane, MAX_IN_FLIGHT};

/// One part in so many is added to the period, 250 ms to the usual one: what another program of the same person spends is
/// known only from the answers after it.
const MARGIN_PART: u32 = 80;
/// And so little while the limit is ours alone, 40 ms: twice as much as two clocks part in a period that are both being set
/// (RFC 5905 lets a clock gain or lose 500 millionths for it). A request's time on its way needs no margin, since it counts
/// from its answer on, whether the server's window is fixed or slides.
const MARGIN_PART_ALONE: u32 = 500;
/// How much longer than a window a send is remembered: no answer takes longer.
const MEMORY: Duration = Duration::from_mins(1);
const LARGEST_LIMIT: u32 = 10_000;
const LONGEST_PERIOD: Duration = Duration::from_hours(1);
const USUAL_LIMIT: u32 = 100;
const USUAL_PERIOD: Duration = Duration::from_secs(20);
/// So many windows long it is believed that nobody else, or that somebody, spends of the same limit.
const BELIEVED_WINDOWS: u32 = 2;
/// Background work leaves one part in so many of the limit to the other lanes: a fifth, since one click may ask for much,
/// and at the least a twentieth.
const KEPT_PARTS: [u32; 2] = [5, 20];

/// How fast requests may be sent, and what of it is spent: handed from one run of the program to the next, so that a
/// restart does not begin with a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests that the server allows in a period.
    pub limit: u32,
    /// The period.
    pub period: Duration,
    /// Requests within the last period.
    pub spent: u32,
}

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
            limit: number("x-pco-api-request-rate-limit").filter(|limit| (1..=LARGEST_LIMIT).contains(limit)),
            period: number("x-pco-api-request-rate-period")
                .map(|seconds| Duration::from_secs(seconds.into()))
                .filter(|period| (Duration::from_secs(1)..=LONGEST_PERIOD).contains(period)),
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
    /// When each request was surely counted: at its answer, since nobody knows how long it was on its way.
    counted: VecDeque<Duration>,
    /// Requests sent whose answers have not come.
    under_way: usize,
    last_sent: Option<Duration>,
    paused_until: Duration,
    /// Until then the whole limit is taken for ours …
    alone_until: Duration,
    /// … and until then it is not: another program of the same person was seen.
    shared_until: Duration,
}

impl Default for SendLog {
    fn default() -> Self {
        Self {
            limit: USUAL_LIMIT,
            period: USUAL_PERIOD,
            attended: true,
            counted: VecDeque::new(),
            under_way: 0,
            last_sent: None,
            paused_until: Duration::ZERO,
            alone_until: Duration::ZERO,
            shared_until: Duration::ZERO,
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

    /// The earliest moment, not before `now`, at which `lane` may send; `None` while only an answer can make room.
    pub(crate) fn ready_at(&self, now: Duration, lane: Lane) -> Option<Duration> {
        let room = now.max(self.paused_until).max(self.room_at(self.limit, self.window(now))?);
        // The first after a pause goes alone, and the last of the limit go one by one unless it is ours alone: another
        // program may have spent them, as the next answer tells.
        let is_first = self.counted.back().is_some_and(|answered| *answered < self.paused_until);
        let is_last = now >= self.alone_until && self.is_nearly_spent(now);
        if self.under_way > 0 && (is_first || is_last) {
            return None;
        }
        if lane != Lane::Background || !self.attended {
            return Some(room);
        }
        // A burst at first, which leaves a fifth to whoever clicks; and a few places are always free, or will be within
        // their share of the window. Both are the limit's own rate in a shorter window.
        let share = |part| self.limit - self.limit / part;
        let mut room = room;
        for share in KEPT_PARTS.map(share) {
            room = room.max(self.room_at(share, self.window(now) / self.limit * share)?);
        }
        // After that evenly, so that a place is free every now and then and not all of them once in a period.
        let even = self.last_sent.map_or(room, |sent| sent + self.window(now) / self.limit);
        let horizon = room.saturating_sub(self.window(now) * 2);
        let recent = self.counted.iter().rev().take_while(|counted| **counted >= horizon).count();
        let burst = number(share(KEPT_PARTS[0]));
        Some(if recent + self.under_way < burst { room } else { room.max(even) })
    }

    /// Notes a send at `now`.
    pub(crate) fn record(&mut self, now: Duration) {
        self.under_way += 1;
        self.last_sent = Some(now);
    }

    /// Notes that a request was answered, or given up, at `now`.
    pub(crate) fn end(&mut self, now: Duration) {
        self.under_way = self.under_way.saturating_sub(1);
        self.count(now);
    }

    /// Learns from the answer at `now` to a request sent at `sent_at`, which has ended.
    pub(crate) fn observe(&mut self, sent_at: Duration, now: Duration, headers: &RateHeaders) {
        self.limit = headers.limit.unwrap_or(self.limit);
        self.period = headers.period.unwrap_or(self.period);
        let Some(count) = headers.count else {
            return;
        };
        // Our own requests that the server can have counted and not forgotten. A surplus is another program of the same
        // person, or our own run before this one: it takes room like a request of ours.
        let window_start = sent_at.saturating_sub(self.period);
        let own = self.counted.iter().filter(|&&counted| counted >= window_start).count() + self.under_way;
        let counted = number(count.min(self.limit));
        for _ in own..counted {
            self.count(now);
        }
        if own < counted {
            self.shares(now);
        } else if self.under_way == 0 && now >= self.shared_until && self.is_nearly_spent(now) {
            // The request that the server counted last was answered too, so all that others spent is known.
            self.alone_until = now + self.window(now) * BELIEVED_WINDOWS;
        }
    }

    /// Sends nothing until `wait` has passed.
    pub(crate) fn pause(&mut self, now: Duration, wait: Duration) {
        self.paused_until = self.paused_until.max(now + wait);
        self.shares(self.paused_until);
    }

    /// Takes note of another program.
    fn shares(&mut self, now: Duration) {
        self.alone_until = Duration::ZERO;
        self.shared_until = now + self.window(now) * BELIEVED_WINDOWS;
    }

    /// Whether no more is left of the limit than may be under way at once.
    fn is_nearly_spent(&self, now: Duration) -> bool {
        let horizon = now.saturating_sub(self.window(now));
        let recent = self.counted.iter().rev().take_while(|counted| **counted >= horizon).count();
        recent + self.under_way + MAX_IN_FLIGHT >= number(self.limit)
    }

    /// How long so many background requests wait for their turns altogether.
    pub(crate) fn time_for(&self, now: Duration, requests: u32) -> Duration {
        let kept = if self.attended { self.limit / KEPT_PARTS[0] } else { 0 };
        let free = (self.limit - kept).saturating_sub(self.pace(now).spent);
        (self.window(now) / self.limit).saturating_mul(requests.saturating_sub(free))
    }

    /// What a later run has to know.
    pub(crate) fn pace(&self, now: Duration) -> Pace {
        let horizon = now.saturating_sub(self.window(now));
        let counted = self.counted.iter().filter(|counted| **counted > horizon).count() + self.under_way;
        Pace { limit: self.limit, period: self.period, spent: u32::try_from(counted).unwrap_or(u32::MAX) }
    }

    /// Goes on where an earlier run stopped so long ago. All that it sent counts as sent in its last moment.
    pub(crate) fn resume(&mut self, now: Duration, pace: Pace, ago: Duration) {
        if self.last_sent.is_some() {
            return;
        }
        self.limit = pace.limit.clamp(1, LARGEST_LIMIT);
        self.period = pace.period.clamp(Duration::from_secs(1), LONGEST_PERIOD);
        for _ in 0..pace.spent.min(self.limit) {
            self.count(now.saturating_sub(ago));
        }
    }

    /// When fewer than `share` requests lie within `window`.
    fn room_at(&self, share: u32, window: Duration) -> Option<Duration> {
        let share = number(share).max(1);
        if self.under_way >= share {
            return None;
        }
        // The request that has to leave the window before one more fits into the share.
        let index = (self.counted.len() + self.under_way).checked_sub(share);
        Some(
            index
                .and_then(|index| self.counted.get(index))
                .map_or(Duration::ZERO, |counted| *counted + window),
        )
    }

    fn count(&mut self, now: Duration) {
        self.forget(now);
        self.counted.push_back(now);
    }

    fn window(&self, now: Duration) -> Duration {
        let part = if now < self.alone_until { MARGIN_PART_ALONE } else { MARGIN_PART };
        self.period + self.period / part
    }

    fn forget(&mut self, now: Duration) {
        let horizon = now.saturating_sub(self.window(now) * 2 + MEMORY);
        while self.counted.front().is_some_and(|&counted| counted < horizon) {
            self.counted.pop_front();
        }
    }
}

fn number(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[path = "send_log_tests.rs"]
mod tests;
