//! The computer's clock, read in one place, and the one that tests can set.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// The present, as the computer has it.
#[expect(
    clippy::disallowed_methods,
    reason = "the emulator is a server of its own: it has no caller whose clock it could use"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The clock of codes and tokens: the computer's, set ahead by as much as a test wants.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Seconds.
    ahead: AtomicI64,
}

impl Clock {
    /// Seconds since the start of 1970.
    pub(crate) fn now(&self) -> i64 {
        now().as_second().saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets time pass at once; what is more than a clock can show is left out.
    pub(crate) fn advance(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let later = |ahead: i64| Some(ahead.saturating_add(seconds));
        // The closure always gives a value, so that this cannot fail.
        let _ = self.ahead.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
    }
}
