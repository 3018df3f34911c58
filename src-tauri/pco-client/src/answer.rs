//! From a complete HTTP answer to a document or a cause. Pure, so that every odd answer can be
//! tried without a network.

use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::document::Document;
use crate::error::ApiError;
use crate::retry::{Cause, Hint};
use crate::transport::Answer;

const RETRY_AFTER_ABSENT: Duration = Duration::from_secs(20);
const RETRY_AFTER_LEAST: Duration = Duration::from_secs(1);
const RETRY_AFTER_MOST: Duration = Duration::from_mins(2);

/// Sorts an answer. `template` names the request in errors.
pub(crate) fn interpret(answer: &Answer, template: &str) -> Result<Document, Cause> {
    let status = answer.status;
    if status == StatusCode::NO_CONTENT {
        return Ok(Document::default());
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = wait_asked_for(&answer.headers).unwrap_or(RETRY_AFTER_ABSENT);
        return Err(Cause::Throttled { retry_after });
    }
    if status.is_server_error() && status != StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
        return Err(Cause::ServerError {
            status: status.as_u16(),
            retry_after: wait_asked_for(&answer.headers),
        });
    }
    if !is_json(&answer.headers) {
        return Err(Cause::Final(foreign(status)));
    }
    if status.is_success() {
        return Document::parse(&answer.body, template).map_err(Cause::Malformed);
    }
    Err(refusal(status, &answer.body))
}

/// Whether the answer claims to be JSON of any kind.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.eq_ignore_ascii_case("application/vnd.api+json")
}

/// What a page in place of JSON means: Planning Center's outer layers answer 403 and 404 in HTML,
/// which is no verdict on a permission or a record; anything else is somebody on the way.
fn foreign(status: StatusCode) -> ApiError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => ApiError::NotPlanningCenter,
        status if status.is_client_error() => ApiError::ServiceDown { status: status.as_u16() },
        _ => ApiError::NotPlanningCenter,
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> Cause {
    // A refusal is a refusal even when its reasons cannot be read.
    let first = serde_json::from_slice::<WireErrors>(body).unwrap_or_default().first.unwrap_or_default();
    Cause::Final(match status {
        StatusCode::UNAUTHORIZED => {
            return Cause::Unauthorized(Hint::parse(first.detail.as_deref().unwrap_or_default()));
        }
        StatusCode::FORBIDDEN => ApiError::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => ApiError::NotFound,
        status if status.is_client_error() => ApiError::Invalid {
            status: status.as_u16(),
            code: first.code.filter(|word| is_machine_word(word)),
            parameter: first.source.and_then(|source| source.parameter).filter(|word| is_machine_word(word)),
        },
        _ => ApiError::NotPlanningCenter,
    })
}

/// Only such words may reach a log.
fn is_machine_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']'))
}

fn wait_asked_for(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    retry_after(text(RETRY_AFTER)?, text(DATE))
}

/// The wait that `Retry-After` asks for, in seconds or as an HTTP date (RFC 9110 section 10.2.3), bounded to 1–120 s.
/// A date is measured on the server's own clock, its `Date` header, since ours may be wrong. `None` when it cannot be
/// read.
#[must_use]
pub fn retry_after(asked: &str, date: Option<&str>) -> Option<Duration> {
    let asked = asked.trim();
    let is_number = !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number {
        // More digits than fit mean a long wait as well.
        asked.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        let server_now = http_date(date?)?;
        let until = http_date(asked)?;
        Duration::try_from(until.duration_since(server_now)).unwrap_or_default()
    };
    Some(wait.clamp(RETRY_AFTER_LEAST, RETRY_AFTER_MOST))
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[derive(Default, Deserialize)]
struct WireErrors {
    #[serde(default, rename = "errors", deserialize_with = "first")]
    first: Option<WireError>,
}

#[derive(Default, Deserialize)]
struct WireError {
    code: Option<String>,
    detail: Option<String>,
    source: Option<WireSource>,
}

#[derive(Deserialize)]
struct WireSource {
    parameter: Option<String>,
}

/// The first of a list, and nothing built of the others: there may be millions.
fn first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<WireError>, D::Error> {
    struct First;

    impl<'de> Visitor<'de> for First {
        type Value = Option<WireError>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of errors")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut errors: A) -> Result<Self::Value, A::Error> {
            let first = errors.next_element()?;
            while errors.next_element::<IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }

    deserializer.deserialize_seq(First)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
