//! The rules of token renewal, without tokens, network or waiting: when a token is due, what a failure
//! means, and when to try again.

use std::time::Duration;

use pco_client::{OAuthError, TokenCallEnd, TokenError};

use super::Moment;

/// Between attempts while Planning Center is out of reach: 2, 4, 8 … 60 s, each cut by up to a quarter, so that a whole
/// church's programs do not come back in the same second.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
const LARGEST_CUT: f64 = 0.25;

/// Clocks are set by hand or by the network; a smaller difference says nothing about a token.
const CLOCK_JUMP_SECONDS: u64 = 60;

/// How long an access token may be used, counted on this computer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    /// Taken before the token was asked for, so that the way to us never lengthens its life.
    pub(super) since: Moment,
    /// The life that the server told.
    pub(super) life: Duration,
}

/// Where an access token stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Nothing to do.
    Young,
    /// Still good, and time to renew: 80 % of its life are over, or the wall clock jumped.
    Due,
    /// No longer good.
    Over,
}

impl Lease {
    /// Where the token stands at `now`.
    pub(super) fn age(&self, now: Moment) -> Age {
        let used = now.monotonic.saturating_sub(self.since.monotonic);
        if used >= self.life {
            return Age::Over;
        }
        let passed_on_the_wall = now.wall.duration_since(self.since.wall).as_secs();
        let passed = i64::try_from(used.as_secs()).unwrap_or(i64::MAX);
        let clock_jumped = passed_on_the_wall.abs_diff(passed) > CLOCK_JUMP_SECONDS;
        if clock_jumped || used >= self.life / 5 * 4 {
            return Age::Due;
        }
        Age::Young
    }
}

/// What to do for somebody who wants a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Hand out the token at hand.
    Use,
    /// Buy a new one first.
    Renew,
    /// Say why there is none; nobody is asked.
    Fail(Trouble),
    /// Only signing in again helps; nobody is asked.
    SignIn,
}

/// Decides for one caller. `age` is none where no token is at hand, or only the one just refused.
pub(super) fn next_step(ended: bool, age: Option<Age>, back_off: &BackOff, now: Moment) -> Step {
    if ended {
        return Step::SignIn;
    }
    match (age, back_off.trouble_until(now)) {
        (Some(Age::Young), _) | (Some(Age::Due), Some(_)) => Step::Use,
        (_, None) => Step::Renew,
        (_, Some(trouble)) => Step::Fail(trouble),
    }
}

/// Why the last attempt came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody answered.
    Offline,
    /// Planning Center answered, with nothing to use.
    ServiceDown {
        /// HTTP status.
        status: u16,
    },
    /// No safe connection.
    Certificate,
}

impl Trouble {
    fn of(error: &OAuthError) -> Self {
        match error {
            OAuthError::Unreachable(_) => Self::Offline,
            OAuthError::Certificate => Self::Certificate,
            OAuthError::ServerDown { status } => Self::ServiceDown { status: *status },
            // A success that cannot be read.
            _ => Self::ServiceDown { status: 200 },
        }
    }
}

impl From<Trouble> for TokenError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Offline => Self::Offline,
            Trouble::ServiceDown { status } => Self::ServiceDown { status },
            Trouble::Certificate => Self::Certificate,
        }
    }
}

/// Remembers failures in a row, and when the next attempt may be made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BackOff {
    failures: u32,
    last: Option<(Trouble, Duration)>,
}

impl BackOff {
    /// Counts one more failure, met at `now`. `chance`, from 0 to 1, says how much of the wait is cut.
    pub(super) fn failed(&mut self, trouble: Trouble, now: Moment, chance: f64) {
        let full = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_WAIT);
        let wait = full.mul_f64(1.0 - LARGEST_CUT * chance.clamp(0.0, 1.0));
        self.failures = self.failures.saturating_add(1);
        self.last = Some((trouble, now.monotonic.saturating_add(wait)));
    }

    /// The last trouble while it is too early to try again.
    pub(super) fn trouble_until(&self, now: Moment) -> Option<Trouble> {
        let (trouble, until) = self.last?;
        (now.monotonic < until).then_some(trouble)
    }
}

/// What to do after a failed renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Ask once more with the same refresh token: the answer was lost, not the grant.
    Repeat,
    /// Look into the keychain: another process may hold the living token.
    LookAgain,
    /// The sign-in is over.
    End,
    /// Keep everything and try later.
    Later(Trouble),
}

/// What has already been tried within one renewal. Both allow for one more attempt only, so a renewal
/// ends after four calls at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tried {
    /// The call with this refresh token was repeated after a lost answer.
    pub(super) repeated: bool,
    /// The keychain was looked into after a refusal.
    pub(super) looked_again: bool,
}

/// Sorts a failed renewal by its cause.
pub(super) fn reaction(error: &OAuthError, tried: Tried) -> Reaction {
    match error.end() {
        TokenCallEnd::Refused if tried.looked_again => Reaction::End,
        TokenCallEnd::Refused => Reaction::LookAgain,
        TokenCallEnd::Unknown if !tried.repeated => Reaction::Repeat,
        TokenCallEnd::Unknown | TokenCallEnd::NotPerformed => Reaction::Later(Trouble::of(error)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use pco_client::Unreachable;
    use proptest::prelude::*;

    use super::*;

    const LIFE: Duration = Duration::from_hours(2);
    const OFFLINE: OAuthError = OAuthError::Unreachable(Unreachable::Connect);
    const LOST: OAuthError = OAuthError::Unreachable(Unreachable::Timeout);

    fn moment(seconds: u64) -> Moment {
        let wall = Timestamp::from_second(1_795_000_000).unwrap() + Duration::from_secs(seconds);
        Moment { wall, monotonic: Duration::from_secs(seconds) }
    }

    fn lease() -> Lease {
        Lease { since: moment(100), life: LIFE }
    }

    #[test]
    fn a_token_is_young_then_due_then_over() {
        for (seconds, age) in [
            (100, Age::Young),
            (100 + 5759, Age::Young),
            (100 + 5760, Age::Due),
            (100 + 7199, Age::Due),
            (100 + 7200, Age::Over),
            (1_000_000, Age::Over),
        ] {
            assert_eq!(lease().age(moment(seconds)), age, "{seconds}");
        }
    }

    #[test]
    fn a_jump_of_the_wall_clock_asks_for_a_check_and_ends_nothing() {
        for (seconds, age) in
            [(60, Age::Young), (-60, Age::Young), (61, Age::Due), (-61, Age::Due), (86_400, Age::Due)]
        {
            let mut now = moment(200);
            now.wall += SignedDuration::from_secs(seconds);
            assert_eq!(lease().age(now), age, "{seconds}");
        }
        let mut now = moment(7300);
        now.wall = moment(200).wall;
        assert_eq!(lease().age(now), Age::Over, "a stopped wall clock lengthens no life");
    }

    #[test]
    fn each_failure_has_its_reaction() {
        let refused = OAuthError::InvalidGrant;
        let (fresh, repeated) = (Tried::default(), Tried { repeated: true, looked_again: false });
        let looked = Tried { repeated: false, looked_again: true };
        for (error, tried, expected) in [
            (&refused, fresh, Reaction::LookAgain),
            (&refused, repeated, Reaction::LookAgain),
            (&refused, looked, Reaction::End),
            (&LOST, fresh, Reaction::Repeat),
            (&LOST, repeated, Reaction::Later(Trouble::Offline)),
            (&OAuthError::Unreadable, fresh, Reaction::Repeat),
            (&OAuthError::Unreadable, repeated, Reaction::Later(Trouble::ServiceDown { status: 200 })),
            (&OFFLINE, fresh, Reaction::Later(Trouble::Offline)),
            (&OAuthError::Certificate, fresh, Reaction::Later(Trouble::Certificate)),
            (
                &OAuthError::ServerDown { status: 429 },
                fresh,
                Reaction::Later(Trouble::ServiceDown { status: 429 }),
            ),
            (&OAuthError::ServerDown { status: 503 }, fresh, Reaction::Repeat),
            (
                &OAuthError::ServerDown { status: 503 },
                repeated,
                Reaction::Later(Trouble::ServiceDown { status: 503 }),
            ),
        ] {
            assert_eq!(reaction(error, tried), expected, "{error} after {tried:?}");
        }
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        let mut back_off = BackOff::default();
        let mut now = moment(0);
        for seconds in [2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(back_off.trouble_until(now), None);
            back_off.failed(Trouble::Offline, now, 0.0);
            now.monotonic += Duration::from_secs(seconds - 1);
            assert_eq!(back_off.trouble_until(now), Some(Trouble::Offline));
            now.monotonic += Duration::from_secs(1);
        }
        for _ in 0..100 {
            back_off.failed(Trouble::Offline, now, 0.0);
        }
    }

    #[test]
    fn a_wait_is_cut_by_a_quarter_at_most() {
        for (chance, seconds) in [(0.0, 2.0), (0.5, 1.75), (1.0, 1.5), (7.0, 1.5)] {
            let mut back_off = BackOff::default();
            back_off.failed(Trouble::Offline, moment(0), chance);
            let mut now = moment(0);
            now.monotonic = Duration::from_secs_f64(seconds - 0.001);
            assert_eq!(back_off.trouble_until(now), Some(Trouble::Offline), "{chance}");
            now.monotonic += Duration::from_millis(1);
            assert_eq!(back_off.trouble_until(now), None, "{chance}");
        }
    }

    fn errors() -> impl Strategy<Value = OAuthError> {
        prop_oneof![
            Just(OAuthError::InvalidGrant),
            Just(OFFLINE),
            Just(LOST),
            Just(OAuthError::Unreadable),
            Just(OAuthError::Certificate),
            (100_u16..600).prop_map(|status| OAuthError::ServerDown { status }),
        ]
    }

    proptest! {
        #[test]
        fn a_renewal_ends_within_four_calls(failures in prop::collection::vec(errors(), 8)) {
            let mut tried = Tried::default();
            let mut calls = 0;
            for error in &failures {
                calls += 1;
                match reaction(error, tried) {
                    Reaction::Repeat => tried.repeated = true,
                    // Another token was found: its own call may be repeated once.
                    Reaction::LookAgain => tried = Tried { repeated: false, looked_again: true },
                    Reaction::End | Reaction::Later(_) => break,
                }
            }
            prop_assert!(calls <= 4);
        }

        #[test]
        fn only_a_refusal_ends_a_sign_in(error in errors(), repeated: bool, looked_again: bool) {
            let ends = reaction(&error, Tried { repeated, looked_again }) == Reaction::End;
            prop_assert_eq!(ends, looked_again && error == OAuthError::InvalidGrant);
        }

        #[test]
        fn no_token_is_used_past_its_life_nor_after_the_end(
            seconds in 0_u64..20_000, jump in -100_000_i64..100_000, failures in 0_u32..5, ended: bool,
        ) {
            let mut now = moment(seconds);
            let mut back_off = BackOff::default();
            for _ in 0..failures {
                back_off.failed(Trouble::Offline, now, 1.0);
            }
            now.wall += SignedDuration::from_secs(jump);
            let age = lease().age(now);
            let step = next_step(ended, Some(age), &back_off, now);
            if step == Step::Use {
                prop_assert!(!ended && seconds < 100 + 7200);
            }
            if step == Step::Renew {
                prop_assert!(!ended && failures == 0);
            }
            prop_assert_eq!(step == Step::SignIn, ended);
            // Without a token nothing is handed out.
            prop_assert_ne!(next_step(ended, None, &back_off, now), Step::Use);
        }
    }
}
