//! The real [`Clock`]: its monotonic time goes on while the computer sleeps.

use std::time::Duration;

use app_core::ports::Clock;
use jiff::Timestamp;

/// The computer's clocks. A laptop closed for the night has aged its tokens and its data in the morning.
#[derive(Default)]
pub struct SleepAwareClock {
    #[cfg(not(target_os = "linux"))]
    pace: std::sync::Mutex<Pace>,
}

impl Clock for SleepAwareClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[cfg(target_os = "linux")]
    fn monotonic(&self) -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::new(
            u64::try_from(time.tv_sec).unwrap_or_default(),
            u32::try_from(time.tv_nsec).unwrap_or_default(),
        )
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    fn monotonic(&self) -> Duration {
        let mut pace = self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        pace.advance(std::time::Instant::now(), std::time::SystemTime::now())
    }
}

/// Counts time from two clocks: `Instant` may stand still during sleep, the wall clock may be set back. Whichever says
/// that more time has passed is believed.
#[cfg(any(test, not(target_os = "linux")))]
struct Pace {
    instant: std::time::Instant,
    wall: std::time::SystemTime,
    passed: Duration,
}

#[cfg(any(test, not(target_os = "linux")))]
impl Default for Pace {
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    fn default() -> Self {
        Self {
            instant: std::time::Instant::now(),
            wall: std::time::SystemTime::now(),
            passed: Duration::ZERO,
        }
    }
}

#[cfg(any(test, not(target_os = "linux")))]
impl Pace {
    fn advance(&mut self, instant: std::time::Instant, wall: std::time::SystemTime) -> Duration {
        let awake = instant.saturating_duration_since(self.instant);
        let shown = wall.duration_since(self.wall).unwrap_or_default();
        self.passed += awake.max(shown);
        self.instant = self.instant.max(instant);
        self.wall = wall;
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monotonic_time_does_not_go_back() {
        let clock = SleepAwareClock::default();
        let earlier = clock.monotonic();
        assert!(clock.monotonic() >= earlier);
    }

    #[test]
    fn sleep_counts_and_a_wall_clock_set_back_does_not() {
        let mut pace = Pace::default();
        let (instant, wall) = (pace.instant, pace.wall);
        let minute = Duration::from_mins(1);
        assert_eq!(pace.advance(instant + minute, wall + minute), minute);
        let hour = Duration::from_hours(1);
        assert_eq!(pace.advance(instant + minute, wall + minute + hour), minute + hour);
        assert_eq!(pace.advance(instant + 2 * minute, wall), 2 * minute + hour);
    }
}
