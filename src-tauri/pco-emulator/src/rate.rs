//! The rate limit, as arithmetic: a window opens with the first request and lasts one period; refused requests count.

use std::collections::HashMap;
use std::time::Duration;

use crate::config::Limit;

/// What the limit says of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Requests in this window, this one included.
    pub(crate) count: u32,
    pub(crate) limit: Limit,
    /// Whole seconds to wait, when the request is refused.
    pub(crate) retry_after: Option<u64>,
}

/// The open windows of one limit, by token.
pub(crate) struct RateGate {
    limit: Limit,
    /// Full seconds that pass in one real second.
    time_scale: f64,
    windows: HashMap<String, Window>,
}

#[derive(Clone, Copy)]
struct Window {
    opened: Duration,
    count: u32,
}

impl RateGate {
    pub(crate) fn new(limit: Limit, time_scale: f64) -> Self {
        let time_scale = if time_scale.is_finite() && time_scale > 0.0 { time_scale } else { 1.0 };
        Self { limit, time_scale, windows: HashMap::new() }
    }

    /// Counts a request made at `now`, a time since some fixed start.
    pub(crate) fn admit(&mut self, key: &str, now: Duration) -> Verdict {
        let now = Duration::try_from_secs_f64(now.as_secs_f64() * self.time_scale).unwrap_or(Duration::MAX);
        let period = Duration::from_secs(u64::from(self.limit.seconds));
        let window = self.windows.entry(key.to_owned()).or_insert(Window { opened: now, count: 0 });
        if now.saturating_sub(window.opened) >= period {
            *window = Window { opened: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        let left = period.saturating_sub(now.saturating_sub(window.opened));
        let refused = window.count > self.limit.count;
        Verdict {
            count: window.count,
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
    use crate::config::Limit;

    const LIMIT: Limit = Limit { count: 100, seconds: 20 };

    #[test]
    fn the_hundred_and_first_request_waits_for_the_window_to_end() {
        let mut gate = RateGate::new(LIMIT, 1.0);
        for count in 1..=100 {
            let verdict = gate.admit("token", Duration::from_millis(900));
            assert_eq!((verdict.count, verdict.retry_after), (count, None));
        }
        let verdict = gate.admit("token", Duration::from_millis(2_100));
        assert_eq!((verdict.count, verdict.retry_after), (101, Some(19)));
        assert_eq!(gate.admit("token", Duration::from_millis(20_899)).retry_after, Some(1));
        assert_eq!(gate.admit("token", Duration::from_millis(20_900)).count, 1);
        assert_eq!(gate.admit("other", Duration::from_millis(2_100)).count, 1);
    }

    #[test]
    fn a_scaled_clock_shortens_the_period_but_not_the_number_told() {
        let mut gate = RateGate::new(Limit { count: 1, seconds: 20 }, 10.0);
        gate.admit("token", Duration::ZERO);
        assert_eq!(gate.admit("token", Duration::from_secs(1)).retry_after, Some(10));
        assert_eq!(gate.admit("token", Duration::from_secs(2)).retry_after, None);
    }

    proptest! {
        /// Whoever waits as told is never refused for that reason, and no window admits more than the limit.
        #[test]
        fn waiting_as_told_is_enough(limit in 1_u32..50, seconds in 1_u32..30, steps in proptest::collection::vec(0_u64..3_000, 1..300)) {
            let mut gate = RateGate::new(Limit { count: limit, seconds }, 1.0);
            let mut now = Duration::ZERO;
            let mut admitted: Vec<Duration> = Vec::new();
            for step in steps {
                now += Duration::from_millis(step);
                let verdict = gate.admit("token", now);
                if let Some(wait) = verdict.retry_after {
                    prop_assert!(wait >= 1 && wait <= u64::from(seconds));
                    now += Duration::from_secs(wait);
                    prop_assert_eq!(gate.admit("token", now).retry_after, None);
                }
                admitted.push(now);
                let period = Duration::from_secs(u64::from(seconds));
                // A fixed window admits at most twice the limit in any period that lies across two windows.
                let recent = admitted.iter().filter(|moment| now.saturating_sub(**moment) < period).count();
                prop_assert!(recent <= 2 * limit as usize);
            }
        }
    }
}
