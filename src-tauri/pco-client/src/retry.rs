//! Which failures are worth a second attempt, sorted by cause, and how long to wait before it.

use std::time::Duration;

use crate::error::{ApiError, Unreachable};
use crate::transport::Failure;

/// Attempts in all, the first included.
const ATTEMPTS: u32 = 3;
const BACK_OFF_BASE: Duration = Duration::from_millis(300);
/// Longest wait that a call is worth; a server that asks for more is left alone instead.
const BACK_OFF_CAP: Duration = Duration::from_secs(20);

/// Why one attempt brought no document.
#[derive(Debug)]
pub(crate) enum Cause {
    /// Nobody answered.
    Unreachable(Unreachable),
    /// 429. The gate is paused by whoever saw it.
    Throttled { retry_after: Duration },
    /// 5xx.
    ServerError { status: u16, retry_after: Option<Duration> },
    /// A success that could not be read.
    Malformed(ApiError),
    /// 401.
    Unauthorized(Hint),
    /// Nothing that a repetition could change.
    Final(ApiError),
}

/// The word that Planning Center puts into a 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// `BABOON`, or none that we know: the token may have expired.
    Expired,
    /// `TRASH_PANDA`.
    NoProductAccess,
    /// `PELICAN`.
    ScopeMissing,
    /// `CAPUCHIN`, or the person, church or application is gone.
    Revoked,
}

impl Hint {
    /// Reads the hint at the end of `Error Code Hint: (BABOON)`.
    pub(crate) fn parse(detail: &str) -> Self {
        let word =
            detail.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(word, _)| word);
        match word {
            "TRASH_PANDA" => Self::NoProductAccess,
            "PELICAN" => Self::ScopeMissing,
            "CAPUCHIN" | "CHINCHILLA" | "FLAMINGO" | "LEMMING" => Self::Revoked,
            _ => Self::Expired,
        }
    }
}

impl Cause {
    /// What the caller is told when this cause was the last.
    pub(crate) fn into_error(self) -> ApiError {
        match self {
            Self::Unreachable(kind) => ApiError::Unreachable(kind),
            Self::Throttled { retry_after } => ApiError::RateLimited { retry_after },
            Self::ServerError { status, .. } => ApiError::ServiceDown { status },
            Self::Unauthorized(Hint::Expired) => ApiError::Unauthorized,
            Self::Unauthorized(Hint::NoProductAccess) => ApiError::NoProductAccess,
            Self::Unauthorized(Hint::ScopeMissing) => ApiError::ScopeMissing,
            Self::Unauthorized(Hint::Revoked) => ApiError::Revoked,
            Self::Malformed(error) | Self::Final(error) => error,
        }
    }

    /// Sorts a failure of the wire. `template` names the request in errors.
    pub(crate) fn of_failure(failure: Failure, template: &str) -> Self {
        match failure {
            Failure::Unreachable(kind) => Self::Unreachable(kind),
            Failure::Certificate => Self::Final(ApiError::Certificate),
            Failure::TooLarge => Self::Final(ApiError::TooLarge { template: template.to_owned() }),
        }
    }
}

/// The attempts of one call.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    failed: u32,
    malformed: u32,
}

impl Retries {
    /// The wait before the next attempt, or `None` when there shall be none. `chance` is a random
    /// number from 0 to 1 that spreads the waits ("full jitter").
    pub(crate) fn after(&mut self, cause: &Cause, chance: f64) -> Option<Duration> {
        self.failed += 1;
        if self.failed >= ATTEMPTS {
            return None;
        }
        let back_off = BACK_OFF_BASE
            .saturating_mul(1 << (self.failed - 1))
            .min(BACK_OFF_CAP)
            .mul_f64(chance.clamp(0.0, 1.0));
        match cause {
            // The gate makes the next attempt wait, and everybody else with it.
            Cause::Throttled { .. } => Some(Duration::ZERO),
            Cause::Unreachable(Unreachable::Renewal) => None,
            Cause::Unreachable(_) => Some(back_off),
            Cause::ServerError { status: 500 | 502 | 503 | 504, retry_after } => {
                let wait = retry_after.map_or(back_off, |asked| asked.max(back_off));
                (wait <= BACK_OFF_CAP).then_some(wait)
            }
            Cause::Malformed(_) => {
                self.malformed += 1;
                (self.malformed == 1).then_some(back_off)
            }
            Cause::ServerError { .. } | Cause::Unauthorized(_) | Cause::Final(_) => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn malformed() -> Cause {
        Cause::Malformed(ApiError::NotPlanningCenter)
    }

    fn server_error(status: u16) -> Cause {
        Cause::ServerError { status, retry_after: None }
    }

    /// How often a read is attempted when it always fails in this way.
    fn attempts(cause: &Cause) -> u32 {
        let mut retries = Retries::default();
        let mut attempts = 1;
        while retries.after(cause, 0.5).is_some() {
            attempts += 1;
        }
        attempts
    }

    #[test]
    fn reads_are_repeated_by_cause() {
        let throttled = Cause::Throttled { retry_after: Duration::from_secs(19) };
        let table = [
            (Cause::Unreachable(Unreachable::Name), 3),
            (Cause::Unreachable(Unreachable::Connect), 3),
            (Cause::Unreachable(Unreachable::Timeout), 3),
            (Cause::Unreachable(Unreachable::Reset), 3),
            (Cause::Unreachable(Unreachable::Renewal), 1),
            (throttled, 3),
            (server_error(500), 3),
            (server_error(501), 1),
            (server_error(502), 3),
            (server_error(503), 3),
            (server_error(504), 3),
            (server_error(505), 1),
            (malformed(), 2),
            (Cause::Unauthorized(Hint::Expired), 1),
            (Cause::Unauthorized(Hint::NoProductAccess), 1),
            (Cause::Final(ApiError::Certificate), 1),
            (Cause::Final(ApiError::Forbidden), 1),
            (Cause::Final(ApiError::NotPlanningCenter), 1),
        ];
        for (cause, expected) in table {
            assert_eq!(attempts(&cause), expected, "{cause:?}");
        }
    }

    #[test]
    fn waits_double_and_are_spread_from_zero() {
        let cause = Cause::Unreachable(Unreachable::Connect);
        let mut retries = Retries::default();
        assert_eq!(retries.after(&cause, 1.0), Some(Duration::from_millis(300)));
        assert_eq!(retries.after(&cause, 1.0), Some(Duration::from_millis(600)));
        assert_eq!(Retries::default().after(&cause, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn a_server_may_ask_for_more_time_but_not_for_too_much() {
        let asking =
            |seconds| Cause::ServerError { status: 503, retry_after: Some(Duration::from_secs(seconds)) };
        let wait = |seconds| Retries::default().after(&asking(seconds), 0.5);
        assert_eq!(wait(7), Some(Duration::from_secs(7)));
        assert_eq!(wait(20), Some(Duration::from_secs(20)));
        assert_eq!(wait(21), None);
    }

    #[test]
    fn hints_are_read_from_the_end_of_the_detail() {
        let hint = |word: &str| {
            Hint::parse(&format!("This request could not be authenticated. Error Code Hint: ({word})"))
        };
        assert_eq!(hint("BABOON"), Hint::Expired);
        assert_eq!(hint("WEASEL"), Hint::Expired);
        assert_eq!(hint("TRASH_PANDA"), Hint::NoProductAccess);
        assert_eq!(hint("PELICAN"), Hint::ScopeMissing);
        for word in ["CAPUCHIN", "CHINCHILLA", "FLAMINGO", "LEMMING"] {
            assert_eq!(hint(word), Hint::Revoked, "{word}");
        }
        assert_eq!(Hint::parse(""), Hint::Expired);
        assert_eq!(Hint::parse("no hint ("), Hint::Expired);
    }
}
