//! The rate limit, as arithmetic: so many requests in a period, per token; refused requests count.
//!
//! Planning Center does not say whether its period is a window that opens with the first request or slides along
//! with the clock. Both are here, because a program has to live with either.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::config::{Limit, RateWindow};

/// What the limit says of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Requests in this period, this one and those of other programs included.
    pub(crate) count: u32,
    pub(crate) limit: Limit,
    /// Whole seconds to wait, when the request is refused.
    pub(crate) retry_after: Option<u64>,
}

/// One limit, and what each token has spent of it.
pub(crate) struct RateGate {
    limit: Limit,
    window: RateWindow,
    /// Full seconds that pass in one real second.
    time_scale: f64,
    /// Requests that another program of the same person makes in every period, evenly spread.
    eaten: u32,
    /// The moments of each token's requests in the present period, oldest first.
    spent: HashMap<String, VecDeque<Duration>>,
}

impl RateGate {
    pub(crate) fn new(limit: Limit, window: RateWindow, time_scale: f64) -> Self {
        let time_scale = if time_scale.is_finite() && time_scale > 0.0 { time_scale } else { 1.0 };
        Self { limit, window, time_scale, eaten: 0, spent: HashMap::new() }
    }

    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    pub(crate) fn window(&self) -> RateWindow {
        self.window
    }

    pub(crate) fn eaten(&self) -> u32 {
        self.eaten
    }

    /// Holds from the next request on; what was spent stays spent.
    pub(crate) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    pub(crate) fn set_window(&mut self, window: RateWindow) {
        self.window = window;
    }

    pub(crate) fn set_eaten(&mut self, eaten: u32) {
        self.eaten = eaten;
    }

    /// Counts a request made at `now`, a time since some fixed start.
    pub(crate) fn admit(&mut self, key: &str, now: Duration) -> Verdict {
        let now = Duration::try_from_secs_f64(now.as_secs_f64() * self.time_scale).unwrap_or(Duration::MAX);
        let period = Duration::from_secs(u64::from(self.limit.seconds));
        let over = |moment: Duration| now.saturating_sub(moment) >= period;
        let moments = self.spent.entry(key.to_owned()).or_default();
        match self.window {
            RateWindow::Fixed if moments.front().is_some_and(|opened| over(*opened)) => moments.clear(),
            RateWindow::Fixed => {}
            RateWindow::Sliding => drop(moments.drain(..moments.partition_point(|moment| over(*moment)))),
        }
        moments.push_back(now);
        let others = match self.window {
            RateWindow::Sliding => self.eaten,
            RateWindow::Fixed => {
                let elapsed = now.saturating_sub(moments.front().copied().unwrap_or(now));
                let share = u128::from(self.eaten) * elapsed.as_millis() / period.as_millis().max(1);
                u32::try_from(share).unwrap_or(self.eaten)
            }
        };
        let own = moments.len();
        let count = u32::try_from(own).unwrap_or(u32::MAX).saturating_add(others);
        let free = self.limit.count.saturating_sub(others) as usize;
        let refused = own > free;
        let waits_for = match self.window {
            RateWindow::Fixed => moments.front(),
            // The newest request that has to leave the period before another one finds room.
            RateWindow::Sliding => moments.get(own.saturating_sub(free.max(1))),
        };
        let left = period.saturating_sub(now.saturating_sub(waits_for.copied().unwrap_or(now)));
        Verdict {
            count,
            limit: self.limit,
            retry_after: refused.then(|| left.as_secs() + u64::from(left.subsec_nanos() > 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::RateGate;
    use crate::config::{Limit, RateWindow};

    const LIMIT: Limit = Limit { count: 100, seconds: 20 };

    fn fixed(limit: Limit) -> RateGate {
        RateGate::new(limit, RateWindow::Fixed, 1.0)
    }

    fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn the_hundred_and_first_request_waits_for_the_window_to_end() {
        let mut gate = fixed(LIMIT);
        for count in 1..=100 {
            let verdict = gate.admit("token", milliseconds(900));
            assert_eq!((verdict.count, verdict.retry_after), (count, None));
        }
        let verdict = gate.admit("token", milliseconds(2_100));
        assert_eq!((verdict.count, verdict.retry_after), (101, Some(19)));
        assert_eq!(gate.admit("token", milliseconds(20_899)).retry_after, Some(1));
        assert_eq!(gate.admit("token", milliseconds(20_900)).count, 1);
        assert_eq!(gate.admit("other", milliseconds(2_100)).count, 1);
    }

    #[test]
    fn in_a_sliding_window_each_request_frees_its_own_place() {
        let mut gate = RateGate::new(Limit { count: 2, seconds: 20 }, RateWindow::Sliding, 1.0);
        gate.admit("token", milliseconds(0));
        gate.admit("token", milliseconds(5_000));
        assert_eq!(gate.admit("token", milliseconds(20_000)).count, 2);
        // Two of the last twenty seconds are spent, and the refused request takes a place as well.
        assert_eq!(gate.admit("token", milliseconds(21_000)).retry_after, Some(19));
    }

    #[test]
    fn a_scaled_clock_shortens_the_period_but_not_the_number_told() {
        let mut gate = RateGate::new(Limit { count: 1, seconds: 20 }, RateWindow::Fixed, 10.0);
        gate.admit("token", Duration::ZERO);
        assert_eq!(gate.admit("token", Duration::from_secs(1)).retry_after, Some(10));
        assert_eq!(gate.admit("token", Duration::from_secs(2)).retry_after, None);
    }

    #[test]
    fn a_limit_that_drops_in_mid_flight_holds_at_once_for_what_was_spent() {
        let mut gate = fixed(LIMIT);
        for _ in 0..40 {
            gate.admit("token", Duration::ZERO);
        }
        gate.set_limit(Limit { count: 10, seconds: 20 });
        let verdict = gate.admit("token", Duration::from_secs(4));
        assert_eq!((verdict.count, verdict.limit.count, verdict.retry_after), (41, 10, Some(16)));
        gate.set_limit(Limit { count: 75, seconds: 20 });
        assert_eq!(gate.admit("token", Duration::from_secs(4)).retry_after, None);
    }

    #[test]
    fn another_program_eats_its_share_as_the_period_passes() {
        let mut gate = fixed(LIMIT);
        gate.set_eaten(50);
        assert_eq!(gate.admit("token", Duration::ZERO).count, 1);
        assert_eq!(gate.admit("token", Duration::from_secs(10)).count, 2 + 25);
        let mut gate = RateGate::new(LIMIT, RateWindow::Sliding, 1.0);
        gate.set_eaten(50);
        let refused = (0..60).filter(|_| gate.admit("token", Duration::ZERO).retry_after.is_some()).count();
        assert_eq!(refused, 10);
    }

    /// A run of requests: milliseconds between them.
    fn steps() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::vec(0_u64..3_000, 1..300)
    }

    fn windows() -> impl Strategy<Value = RateWindow> {
        prop_oneof![Just(RateWindow::Fixed), Just(RateWindow::Sliding)]
    }

    proptest! {
        /// Whoever waits as told is not refused again, and no period admits more than the limit allows.
        #[test]
        fn waiting_as_told_is_enough(
            window in windows(), limit in 1_u32..50, eaten in 0_u32..50, seconds in 1_u32..30, steps in steps(),
        ) {
            let eaten = eaten % limit;
            let mut gate = RateGate::new(Limit { count: limit, seconds }, window, 1.0);
            gate.set_eaten(eaten);
            let period = Duration::from_secs(u64::from(seconds));
            let mut now = Duration::ZERO;
            let mut admitted: Vec<Duration> = Vec::new();
            for step in steps {
                now += milliseconds(step);
                if let Some(wait) = gate.admit("token", now).retry_after {
                    prop_assert!(wait >= 1 && wait <= u64::from(seconds));
                    now += Duration::from_secs(wait);
                    prop_assert_eq!(gate.admit("token", now).retry_after, None);
                }
                admitted.push(now);
                let recent = admitted.iter().filter(|moment| now.saturating_sub(**moment) < period).count();
                let most = match window {
                    // Any period may lie across two windows.
                    RateWindow::Fixed => 2 * limit,
                    RateWindow::Sliding => limit - eaten,
                };
                prop_assert!(recent <= most as usize);
            }
        }

        /// A request is refused exactly when the count told with it is above the limit told with it.
        #[test]
        fn the_numbers_told_agree_with_the_verdict(
            window in windows(), limit in 1_u32..20, eaten in 0_u32..30, steps in steps(),
        ) {
            let mut gate = RateGate::new(Limit { count: limit, seconds: 20 }, window, 1.0);
            gate.set_eaten(eaten);
            let mut now = Duration::ZERO;
            for step in steps {
                now += milliseconds(step);
                let verdict = gate.admit("token", now);
                prop_assert_eq!(verdict.retry_after.is_some(), verdict.count > verdict.limit.count);
            }
        }

        /// Refused requests count: whoever hammers sees the count rise with every call.
        #[test]
        fn hammering_raises_the_count(window in windows(), calls in 1_u32..200) {
            let mut gate = RateGate::new(Limit { count: 5, seconds: 20 }, window, 1.0);
            for call in 1..=calls {
                prop_assert_eq!(gate.admit("token", Duration::from_secs(3)).count, call);
            }
        }

        /// K times faster is the same as K times the time between requests.
        #[test]
        fn scaling_time_is_scaling_the_steps(window in windows(), steps in steps(), scale in 1_u32..20) {
            let mut plain = RateGate::new(Limit { count: 7, seconds: 20 }, window, 1.0);
            let mut scaled = RateGate::new(Limit { count: 7, seconds: 20 }, window, f64::from(scale));
            let mut now = Duration::ZERO;
            for step in steps {
                now += milliseconds(step);
                let (plain, scaled) = (plain.admit("token", now * scale), scaled.admit("token", now));
                prop_assert_eq!(plain.count, scaled.count);
            }
        }
    }
}
