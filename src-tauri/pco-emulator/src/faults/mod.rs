//! Faults: what a server, a proxy or a café's network may do to a request.

mod answers;
mod distortions;
mod kind;

use serde::{Deserialize, Serialize};

pub use kind::FaultKind;

pub(crate) use answers::{instead, packed, repackaged};
pub(crate) use distortions::{distorted, to_distort};

use crate::random::Random;

const STREAM: u64 = 83;

/// One fault, waiting for requests that fit. In JSON: `{"path_prefix": "/people", "times": 2, "kind": "slow", "ms": 500}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The beginning of the path, for example `/people/v2/people` or `/oauth/token`; empty fits every path.
    #[serde(default)]
    pub path_prefix: String,
    /// A whole path; a segment in braces fits any segment: `/people/v2/people/{id}/emails`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The request method, when only one is meant.
    #[serde(default)]
    pub method: Option<String>,
    /// How many fitting requests it lets pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many requests it strikes; without a number, all until it is cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// The share of fitting requests that it strikes, from 0 to 1; without a number, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Decides which requests a probability strikes: the same seed strikes the same ones.
    #[serde(default)]
    pub seed: u64,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that strikes every request below `path_prefix` until it is cleared.
    #[must_use]
    pub fn new(path_prefix: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            path_prefix: path_prefix.into(),
            path: None,
            method: None,
            skip: 0,
            times: None,
            probability: None,
            seed: 0,
            kind,
        }
    }

    fn fits(&self, method: &str, path: &str, reused: bool) -> bool {
        self.times != Some(0)
            && path.starts_with(&self.path_prefix)
            && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|template| is_path_of(template, path))
            && (reused || self.kind != FaultKind::ResetOnReuse)
    }
}

fn is_path_of(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}

struct Waiting {
    fault: Fault,
    /// How often its probability was asked.
    rolls: u64,
}

/// The faults in waiting, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Waiting>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(Waiting { fault, rolls: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What is still in waiting, with what is left of skips and times.
    pub(crate) fn list(&self) -> Vec<&Fault> {
        self.0.iter().map(|waiting| &waiting.fault).collect()
    }

    /// The oldest fault that fits and does not let this request pass, with chance for what it leaves open.
    /// `reused` tells that the connection has carried a request before.
    pub(crate) fn strike(&mut self, method: &str, path: &str, reused: bool) -> Option<(FaultKind, Random)> {
        for place in 0..self.0.len() {
            let Waiting { fault, rolls } = &mut self.0[place];
            if !fault.fits(method, path, reused) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            *rolls += 1;
            let mut random = Random::new(fault.seed, STREAM, *rolls);
            if fault.probability.is_some_and(|share| random.share() >= share) {
                continue;
            }
            let kind = fault.kind.clone();
            if let Some(times) = &mut fault.times {
                *times -= 1;
                if *times == 0 {
                    self.0.remove(place);
                }
            }
            return Some((kind, random));
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{Fault, FaultKind, Faults};

    fn struck(faults: &mut Faults, method: &str, path: &str) -> bool {
        faults.strike(method, path, false).is_some()
    }

    #[test]
    fn a_fault_is_written_as_one_flat_object() {
        let fault: Fault =
            serde_json::from_str(r#"{"path_prefix":"/people","times":2,"kind":"slow","ms":500}"#).unwrap();
        assert_eq!(fault, Fault { times: Some(2), ..Fault::new("/people", FaultKind::Slow { ms: 500 }) });
        for (text, kind) in [
            (r#"{"kind":"html_200"}"#, FaultKind::Html200),
            (r#"{"kind":"reset"}"#, FaultKind::Reset),
            (r#"{"kind":"status","status":503}"#, FaultKind::Status { status: 503 }),
            (
                r#"{"kind":"rate_limited","retry_after":"19"}"#,
                FaultKind::RateLimited { retry_after: Some("19".to_owned()) },
            ),
            (r#"{"kind":"rate_limited"}"#, FaultKind::RateLimited { retry_after: None }),
            (r#"{"kind":"shifted_rows","rows":-3}"#, FaultKind::ShiftedRows { rows: -3 }),
        ] {
            let fault = serde_json::from_str::<Fault>(text).unwrap();
            assert_eq!(fault.kind, kind);
            let again = serde_json::from_str::<Fault>(&serde_json::to_string(&fault).unwrap()).unwrap();
            assert_eq!(again, fault);
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_says_and_only_where_it_fits() {
        let mut faults = Faults::default();
        faults.add(Fault {
            method: Some("GET".to_owned()),
            skip: 1,
            times: Some(2),
            ..Fault::new("/people", FaultKind::Reset)
        });
        assert!(!struck(&mut faults, "POST", "/people/v2"));
        assert!(!struck(&mut faults, "GET", "/services/v2"));
        assert!(!struck(&mut faults, "GET", "/people/v2"));
        assert!(struck(&mut faults, "GET", "/people/v2"));
        assert!(struck(&mut faults, "GET", "/people/v2"));
        assert!(!struck(&mut faults, "GET", "/people/v2"));
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_path_template_fits_whole_paths() {
        let mut faults = Faults::default();
        let path = Some("/people/v2/people/{id}/emails".to_owned());
        faults.add(Fault { path, ..Fault::new("", FaultKind::Reset) });
        assert!(struck(&mut faults, "GET", "/people/v2/people/7/emails"));
        for other in
            ["/people/v2/people/7", "/people/v2/people/7/emails/1", "/people/v2/people/7/phone_numbers"]
        {
            assert!(!struck(&mut faults, "GET", other), "{other}");
        }
    }

    #[test]
    fn a_fault_that_passes_leaves_the_request_to_the_next_one() {
        let mut faults = Faults::default();
        faults.add(Fault { skip: 1, ..Fault::new("", FaultKind::Reset) });
        faults.add(Fault::new("", FaultKind::Close));
        assert_eq!(faults.strike("GET", "/", false).unwrap().0, FaultKind::Close);
        assert_eq!(faults.strike("GET", "/", false).unwrap().0, FaultKind::Reset);
    }

    #[test]
    fn a_reset_on_reuse_waits_for_a_used_connection() {
        let mut faults = Faults::default();
        faults.add(Fault::new("", FaultKind::ResetOnReuse));
        assert!(faults.strike("GET", "/", false).is_none());
        assert!(faults.strike("GET", "/", true).is_some());
    }

    proptest! {
        /// A probability strikes about its share, the same requests for the same seed, and at its ends none and all.
        #[test]
        fn a_probability_strikes_its_share(percent in 0_u32..=100, seed in any::<u64>()) {
            let strikes = || {
                let mut faults = Faults::default();
                let probability = Some(f64::from(percent) / 100.0);
                faults.add(Fault { probability, seed, ..Fault::new("", FaultKind::Reset) });
                (0..1_000).map(|_| struck(&mut faults, "GET", "/")).collect::<Vec<_>>()
            };
            let run = strikes();
            prop_assert_eq!(&run, &strikes());
            let struck = run.iter().filter(|struck| **struck).count();
            let wanted = 10 * percent as usize;
            if percent == 0 || percent == 100 {
                prop_assert_eq!(struck, wanted);
            }
            prop_assert!(struck.abs_diff(wanted) < 120, "{} of {}", struck, wanted);
        }
    }
}
