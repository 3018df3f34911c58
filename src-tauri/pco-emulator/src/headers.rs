//! The headers that come with every answer, as recorded from the live service.

use crate::answer::{Answer, Asked};
use crate::config::Limit;

/// From the front, with whatever comes from behind it.
const OF_EVERY_ANSWER: [(&str, &str); 2] =
    [("server", "nginx"), ("strict-transport-security", "max-age=31536000; includeSubDomains")];

/// From the applications that answer in JSON.
const OF_DATA: [(&str, &str); 12] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS"),
    (
        "access-control-allow-headers",
        "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Origin, X-Requested-With, X-CSRF-Token, X-PCO-API-Version, X-PCO-API-Log-Level, X-PCO-API-Tracer-Class, X-PCO-API-Tracer-Secret",
    ),
    ("access-control-expose-headers", "ETag, Link, X-PCO-API-Auth-Method"),
    ("referrer-policy", "no-referrer-when-downgrade"),
    ("vary", "Accept, Accept-Encoding, Origin"),
    ("x-content-type-options", "nosniff"),
    ("x-download-options", "noopen"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-xss-protection", "1; mode=block"),
];

/// How much of the limit is spent, and who asked in the words of `X-PCO-API-Auth-Method`. A 404 does not tell how it
/// was processed.
pub(crate) fn of_api(answer: Answer, method: &'static str, limit: Limit, count: u32) -> Answer {
    let mut answer = of_limit(answer, limit, limit.seconds.to_string(), count);
    if answer.status == 404 {
        answer.headers.retain(|(name, _)| *name != "x-pco-api-processed-as-version");
        return answer;
    }
    answer.with("x-pco-api-processor", "ENG_2.2.2").with("x-pco-api-auth-method", method)
}

/// What the gate in front of the products tells of the limit: its period comes with a unit.
pub(crate) fn of_gate(answer: Answer, limit: Limit, count: u32) -> Answer {
    of_limit(answer, limit, format!("{} seconds", limit.seconds), count)
}

fn of_limit(answer: Answer, limit: Limit, period: String, count: u32) -> Answer {
    answer
        .with("x-pco-api-request-rate-limit", limit.count.to_string())
        .with("x-pco-api-request-rate-period", period)
        .with("x-pco-api-request-rate-count", count.to_string())
}

/// The answer with all that the service adds to it. What the answer says itself stays.
pub(crate) fn complete(asked: &Asked, answer: Answer, request_id: String, seconds: f64) -> Answer {
    let of_api = !asked.path.starts_with("/oauth/") && !asked.path.starts_with("/_avatars/");
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let is_read = matches!(asked.method.as_str(), "GET" | "HEAD");
    let mut answer = answer.with("x-request-id", request_id).with("x-runtime", format!("{seconds:.6}"));
    if of_api && !is_page && !is_read && answer.status < 300 {
        answer = answer.with("set-cookie", format!("request_method={}; path=/; secure", asked.method));
    }
    let data: &[_] = if of_api && !is_page { &OF_DATA } else { &[] };
    for (name, value) in OF_EVERY_ANSWER.iter().chain(data) {
        if answer.header(name).is_none() {
            answer = answer.with(name, *value);
        }
    }
    answer
}
