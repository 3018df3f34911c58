//! Answers that take the place of the right one, and answers whose envelope is wrong.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::FaultKind;
use crate::answer::{Answer, bad_request, error, front_page, too_many_requests, unauthorized};
use crate::api::INTERNAL;
use crate::config::Limit;
use crate::encoding;

const CAPTIVE_PORTAL: &str = "<!doctype html><title>Free Wi-Fi</title><h1>Welcome to the café</h1><form action=\"http://192.0.2.1/login\"><button>Connect</button></form>";

/// The answer of a fault that leaves undone what was asked. None for the other kinds.
pub(crate) fn instead(kind: &FaultKind, limit: Limit, now: Timestamp) -> Option<Answer> {
    let answer = match kind {
        FaultKind::Reset | FaultKind::Close | FaultKind::ResetOnReuse => Answer::html(502, ""),
        FaultKind::Status { status: 500 } => error(500, "Internal Server Error", INTERNAL),
        FaultKind::Status { status } => front_page(*status, title(*status)),
        FaultKind::Unavailable { retry_after } => {
            front_page(503, title(503)).with("retry-after", retry_after)
        }
        FaultKind::Unauthorized { hint } => unauthorized(hint.as_deref()),
        FaultKind::RateLimited { retry_after } => {
            let refusal = too_many_requests(limit.count + 1, limit.count, limit.seconds);
            match retry_after {
                Some(retry_after) => refusal.with("retry-after", retry_after),
                None => refusal,
            }
        }
        FaultKind::RateLimitedUntil { seconds } => {
            too_many_requests(limit.count + 1, limit.count, limit.seconds)
                .with("retry-after", http_date(now, *seconds))
        }
        FaultKind::VersionSunset => bad_request(
            "unsupported_version_error",
            "The requested API version is not supported",
            Some("X-PCO-API-Version"),
        ),
        FaultKind::Html200 => Answer::html(200, CAPTIVE_PORTAL),
        FaultKind::Redirect { status, location } => {
            Answer { status: *status, ..Answer::html(302, "") }.with("location", location)
        }
        FaultKind::Body { status, text } => {
            Answer::new(*status, "application/json; charset=utf-8", text.clone())
        }
        FaultKind::Deep { levels } => {
            let body = format!("{{\"data\":{}{}}}", "[".repeat(*levels), "]".repeat(*levels));
            Answer::new(200, "application/vnd.api+json; charset=utf-8", body)
        }
        _ => return None,
    };
    Some(answer)
}

/// The right answer in a wrong envelope, before it is compressed.
pub(crate) fn repackaged(kind: &FaultKind, mut answer: Answer, now: Timestamp) -> Answer {
    match kind {
        FaultKind::ContentType { content_type } => {
            answer.headers.retain(|(name, _)| *name != "content-type");
            answer.with("content-type", content_type)
        }
        FaultKind::DateSkew { seconds } => answer.with("date", http_date(now, *seconds)),
        FaultKind::HalfBody => {
            answer.body.truncate(answer.body.len() / 2);
            answer
        }
        _ => answer,
    }
}

/// Compresses the answer if the client wants that, or if the fault does.
pub(crate) fn packed(kind: Option<&FaultKind>, accepted: Option<&str>, answer: Answer) -> Answer {
    match kind {
        Some(FaultKind::Padding { .. }) => answer,
        Some(FaultKind::GzipBomb { .. }) => encoding::compressed(answer),
        Some(FaultKind::HalfGzip) => {
            let mut answer = encoding::compressed(answer);
            answer.body.truncate(answer.body.len() / 2);
            answer
        }
        _ if accepted.is_some_and(encoding::accepts_gzip) => encoding::compressed(answer),
        _ => answer,
    }
}

fn title(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

fn http_date(now: Timestamp, seconds: i64) -> String {
    let moment = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).unwrap_or_default()
}
