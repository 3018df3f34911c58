//! Faults: what a server, a proxy or a café's network may do to a request.

use serde::{Deserialize, Serialize};

/// One fault, waiting for requests that fit. In JSON: `{"path_prefix": "/people", "times": 2, "kind": "slow", "ms": 500}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The beginning of the path, for example `/people/v2/people` or `/oauth/token`; empty fits every path.
    #[serde(default)]
    pub path_prefix: String,
    /// The request method, when only one is meant.
    #[serde(default)]
    pub method: Option<String>,
    /// How many fitting requests it lets pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many requests it strikes; without a number, all until it is cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What a fault does to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers with an error: 500 in JSON, others (403, 502, 503, 504) as an HTML page from in front of the service.
    Status {
        /// The status code.
        status: u16,
    },
    /// Answers 200 with the sign-in page of a captive portal.
    #[serde(rename = "html_200")]
    Html200,
    /// Closes the connection without doing anything.
    Reset,
    /// Does what was asked, then closes the connection without an answer.
    AnswerLost,
    /// Does what was asked and cuts the answer's body in half.
    Truncate,
    /// Answers late.
    Slow {
        /// Milliseconds to wait.
        ms: u64,
    },
    /// Answers 429.
    RateLimited {
        /// The `Retry-After` header as sent: seconds, a date, nonsense; None leaves it out.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Lies about `meta.total_count`.
    TotalCount {
        /// The number to claim.
        n: usize,
    },
    /// Answers with this status and body, as `application/json`.
    Body {
        /// The status code.
        status: u16,
        /// The body.
        text: String,
    },
}

/// The faults in waiting, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault that fits, counted as used once.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        let place = self.0.iter().position(|fault| {
            let method_fits = fault.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
            method_fits && path.starts_with(&fault.path_prefix) && fault.times != Some(0)
        })?;
        let fault = &mut self.0[place];
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let kind = fault.kind.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(place);
            }
        }
        Some(kind)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Fault, FaultKind, Faults};

    #[test]
    fn a_fault_is_written_as_one_flat_object() {
        let fault: Fault =
            serde_json::from_str(r#"{"path_prefix":"/people","times":2,"kind":"slow","ms":500}"#).unwrap();
        assert_eq!(fault.kind, FaultKind::Slow { ms: 500 });
        for (text, kind) in [
            (r#"{"kind":"html_200"}"#, FaultKind::Html200),
            (r#"{"kind":"reset"}"#, FaultKind::Reset),
            (r#"{"kind":"status","status":503}"#, FaultKind::Status { status: 503 }),
            (
                r#"{"kind":"rate_limited","retry_after":"19"}"#,
                FaultKind::RateLimited { retry_after: Some("19".to_owned()) },
            ),
        ] {
            assert_eq!(serde_json::from_str::<Fault>(text).unwrap().kind, kind);
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_says_and_only_where_it_fits() {
        let mut faults = Faults::default();
        let method = Some("GET".to_owned());
        faults.add(Fault {
            path_prefix: "/people".to_owned(),
            method,
            skip: 1,
            times: Some(2),
            kind: FaultKind::Reset,
        });
        assert_eq!(faults.strike("POST", "/people/v2"), None);
        assert_eq!(faults.strike("GET", "/services/v2"), None);
        assert_eq!(faults.strike("GET", "/people/v2"), None);
        assert_eq!(faults.strike("GET", "/people/v2"), Some(FaultKind::Reset));
        assert_eq!(faults.strike("GET", "/people/v2"), Some(FaultKind::Reset));
        assert_eq!(faults.strike("GET", "/people/v2"), None);
    }
}
