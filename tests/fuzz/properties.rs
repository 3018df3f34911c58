//! What must hold for every input, whoever made it up: the fuzzer, or a test that tries its corpus again.

use std::sync::LazyLock;
use std::time::Duration;

use app_core::markup::without_markup;
use pco_client::{
    ApiError, AuthorizationRequest, AuthorizationResponse, ClientId, Document, PLANNING_CENTER, RedirectUri,
    ResourceId, retry_after as wait_asked_for,
};
use serde_json::Value;
use url::{Url, form_urlencoded};

/// One sign-in under way for each address that a browser may return to.
static REQUESTS: LazyLock<[AuthorizationRequest; 4]> = LazyLock::new(|| {
    let base = Url::parse(PLANNING_CENTER).expect("a URL");
    let client_id = ClientId::parse(&"0a".repeat(32)).expect("64 hex characters");
    RedirectUri::ALL.map(|redirect| AuthorizationRequest::new(&base, &client_id, redirect, &["people"]))
});

/// A link is taken only with the awaited state, once, at the awaited address. In the input, `STATE` stands for the
/// awaited state, which nobody can guess.
pub fn callback(bytes: &[u8]) {
    let Ok(template) = str::from_utf8(bytes) else { return };
    for request in REQUESTS.iter() {
        assert!(request.receive(template).is_err(), "taken without the awaited state");

        let state = parameter(request.url().query(), "state");
        let link = template.replace("STATE", &state[0]);
        let Ok(response) = request.receive(&link) else { continue };
        assert!(link.len() <= 4096 && link.bytes().all(|byte| byte.is_ascii_graphic()));
        let (address, query) = link.split_once('?').expect("an answer has a query");
        assert_eq!(address, request.redirect().as_str(), "taken at another address");
        assert_eq!(parameter(Some(query), "state"), state, "the state is there exactly once");
        let (codes, errors) = (parameter(Some(query), "code"), parameter(Some(query), "error"));
        let is_refusal = |word: &str| codes.is_empty() && errors == [word];
        match response {
            AuthorizationResponse::Granted(_) => {
                assert!(errors.is_empty());
                assert!(codes.len() == 1 && !codes[0].is_empty() && codes[0].is_ascii());
            }
            AuthorizationResponse::Denied => assert!(is_refusal("access_denied")),
            AuthorizationResponse::Failed(word) => assert!(is_refusal(word.as_str())),
        }
        for other in REQUESTS.iter().filter(|other| other.redirect() != request.redirect()) {
            assert!(other.receive(&link).is_err(), "taken by a sign-in that did not ask");
        }
    }
}

/// The values of a query parameter, read by the library that browsers' rules are written in.
fn parameter(query: Option<&str>, name: &str) -> Vec<String> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// A document holds exactly the records of its body; a fault is a place and repeats nothing of the body.
pub fn document(bytes: &[u8]) {
    let document = match Document::parse(bytes, "template") {
        Ok(document) => document,
        Err(ApiError::Decode { path, template }) => {
            assert_eq!(template, "template");
            let is_place = |byte: u8| byte.is_ascii_alphanumeric() || b"._[]? ".contains(&byte);
            assert!(path.len() <= 80 && path.bytes().all(is_place), "what a log may hold: {path:?}");
            return;
        }
        Err(other) => panic!("another fault than the body's: {other:?}"),
    };
    assert_eq!(document.single().is_ok(), document.data.len() == 1);
    // What is passed over may be nested deeper, or be worse spelt, than anything a value is built of.
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let body = body.as_object().expect("a document is an object");

    let data: Vec<&Value> = match &body["data"] {
        Value::Array(records) => records.iter().collect(),
        Value::Null => Vec::new(),
        record => vec![record],
    };
    let included: Vec<&Value> =
        body.get("included").and_then(Value::as_array).into_iter().flatten().collect();
    assert_eq!((document.data.len(), document.included.iter().count()), (data.len(), included.len()));
    for (record, wire) in
        document.data.iter().chain(document.included.iter()).zip(data.into_iter().chain(included))
    {
        assert_eq!(Some(record.resource_id()), resource_id(wire));
        for (name, linkage) in wire["relationships"].as_object().into_iter().flatten() {
            let wire = match &linkage["data"] {
                Value::Array(targets) => targets.iter().map(resource_id).collect(),
                target => vec![resource_id(target)],
            };
            let targets = record.to_many(name);
            assert!(targets.is_empty() || targets.iter().cloned().map(Some).eq(wire), "{name:?}");
            assert!(record.to_one(name).is_none_or(|target| targets == [target.clone()]));
        }
    }
    for record in document.included.iter() {
        let found = document.included.get(&record.resource_id()).expect("what was brought along is found");
        assert_eq!(found.resource_id(), record.resource_id());
    }

    let count = |name: &str| body.get("meta").and_then(|meta| meta.get(name)?.as_u64());
    assert_eq!((document.meta.total_count, document.meta.count), (count("total_count"), count("count")));
    let next = body.get("meta").and_then(|meta| meta.get("next")?.get("offset")?.as_u64());
    assert_eq!(document.meta.next_offset, next);
}

/// Type and id, where `wire` is an object that has both.
fn resource_id(wire: &Value) -> Option<ResourceId> {
    let wire = wire.as_object()?;
    let id = match wire.get("id")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(ResourceId { kind: wire.get("type")?.as_str()?.to_owned(), id })
}

/// Notes never grow, lose their markup and keep every word, whatever the words look like.
pub fn markup(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let plain = without_markup(text);
    assert!(plain.len() <= text.len(), "grown to {plain:?}");
    let controls = |text: &str| text.chars().filter(|&sign| sign.is_control() && sign != '\n').count();
    assert!(controls(&plain) <= controls(text), "control characters made in {plain:?}");

    let middle = text.floor_char_boundary(text.len() / 2);
    let (before, after) = text.split_at(middle);
    let (before_escaped, after_escaped) = (escape(before), escape(after));
    for (tag, end) in [
        ("", ""),
        ("<b>", ""),
        ("</EM >", ""),
        ("<br/>", "\n"),
        ("<a href='x' title=\"&lt;\">", ""),
        ("<script>if (a<b) c</script >", ""),
        ("</script>", ""),
    ] {
        let plain = without_markup(&format!("{before_escaped}{tag}{after_escaped}"));
        assert_eq!(plain, format!("{before}{end}{after}"), "around {tag:?}");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The wait that a server asks for is between one second and two minutes, and a number is taken at its word
/// within these. The first line is `Retry-After`, the second, if any, `Date`.
pub fn retry_after(bytes: &[u8]) {
    const LEAST: Duration = Duration::from_secs(1);
    const MOST: Duration = Duration::from_mins(2);

    let Ok(text) = str::from_utf8(bytes) else { return };
    let (asked, date) = text.split_once('\n').map_or((text, None), |(asked, date)| (asked, Some(date)));
    let wait = wait_asked_for(asked, date);
    assert!(wait.is_none_or(|wait| (LEAST..=MOST).contains(&wait)), "{wait:?}");

    if is_number(asked) {
        // More digits than a machine counts with mean a long wait as well.
        let seconds = asked.trim().parse().map_or(MOST, Duration::from_secs);
        assert_eq!(wait, Some(seconds.clamp(LEAST, MOST)));
    } else if date.is_none() {
        assert_eq!(wait, None, "no clock to measure by");
    }
    if let Some(date) = date.filter(|date| !is_number(date)) {
        let wait = wait_asked_for(date, Some(date));
        assert!(wait.is_none_or(|wait| wait == LEAST), "no time passes between a date and itself");
    }
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
