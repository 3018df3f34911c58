#![allow(clippy::unwrap_used)]

use super::*;

const JSON: &str = "application/vnd.api+json; charset=utf-8";
const HTML: &str = "text/html";

fn answer(status: u16, kind: &str, headers: &[(&'static str, &str)], body: &str) -> Answer {
    let mut map = HeaderMap::new();
    if !kind.is_empty() {
        map.insert(CONTENT_TYPE, kind.parse().unwrap());
    }
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Answer { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.into() }
}

fn cause(status: u16, kind: &str, body: &str) -> Cause {
    interpret(&answer(status, kind, &[], body), "/people/v2/me").unwrap_err()
}

fn error(status: u16, kind: &str, body: &str) -> ApiError {
    cause(status, kind, body).into_error()
}

fn detail(text: &str) -> String {
    format!(r#"{{"errors":[{{"code":"unauthorized","status":"401","detail":"{text}"}}]}}"#)
}

#[test]
fn documents_are_read_from_either_json_type_and_nothing_is_a_document_too() {
    let body = r#"{"data":[{"type":"Person","id":"1"}]}"#;
    for kind in [JSON, "application/json", "Application/JSON;charset=utf-8"] {
        let document = interpret(&answer(200, kind, &[], body), "").unwrap();
        assert_eq!(document.data.len(), 1, "{kind}");
    }
    assert!(interpret(&answer(204, "", &[], ""), "").unwrap().data.is_empty());
    assert_eq!(interpret(&answer(201, JSON, &[], body), "").unwrap().data.len(), 1);
}

#[test]
fn somebody_elses_answer_is_recognised() {
    for (status, kind) in [
        (200, HTML),
        (200, ""),
        (200, "text/plain"),
        (302, HTML),
        (302, ""),
        (302, JSON),
        (511, HTML),
        (401, HTML),
        (407, HTML),
    ] {
        let error = error(status, kind, "{}");
        assert!(matches!(error, ApiError::NotPlanningCenter), "{status} {kind}: {error:?}");
    }
}

#[test]
fn an_html_refusal_is_no_verdict() {
    for status in [400, 403, 404, 422] {
        let error = error(status, HTML, "<html>");
        assert!(matches!(error, ApiError::ServiceDown { status: found } if found == status), "{error:?}");
    }
}

#[test]
fn refusals_in_json_are_told_apart() {
    assert!(matches!(error(403, JSON, "{}"), ApiError::Forbidden));
    assert!(matches!(error(404, JSON, "{}"), ApiError::NotFound));
    assert!(matches!(error(403, JSON, "not json"), ApiError::Forbidden));
    let hint = |word: &str| cause(401, JSON, &detail(&format!("Error Code Hint: ({word})")));
    assert!(matches!(hint("BABOON"), Cause::Unauthorized(Hint::Expired)));
    assert!(matches!(hint("TRASH_PANDA").into_error(), ApiError::NoProductAccess));
    assert!(matches!(hint("PELICAN").into_error(), ApiError::ScopeMissing));
    assert!(matches!(hint("CAPUCHIN").into_error(), ApiError::Revoked));
    assert!(matches!(cause(401, JSON, "{}"), Cause::Unauthorized(Hint::Expired)));
}

#[test]
fn an_invalid_request_keeps_machine_words_and_drops_sentences() {
    let body = r#"{"errors":[{"status":"422","code":"unprocessable_entity","detail":"Ann must exist","source":{"parameter":"person"}},{"code":"second"}]}"#;
    let ApiError::Invalid { status, code, parameter } = error(422, JSON, body) else { panic!() };
    assert_eq!(
        (status, code.as_deref(), parameter.as_deref()),
        (422, Some("unprocessable_entity"), Some("person"))
    );
    let body = r#"{"errors":[{"code":"Ann has no mail","source":{"parameter":null}}]}"#;
    let ApiError::Invalid { code, parameter, .. } = error(400, JSON, body) else { panic!() };
    assert_eq!((code, parameter), (None, None));
}

#[test]
fn server_errors_keep_their_status_in_any_form() {
    for (status, kind) in [(500, JSON), (502, HTML), (503, ""), (504, HTML)] {
        let cause = cause(status, kind, "<html>");
        assert!(
            matches!(cause, Cause::ServerError { status: found, retry_after: None } if found == status),
            "{cause:?}"
        );
    }
}

#[test]
fn an_unreadable_success_may_be_tried_again() {
    for body in ["", "{", "[]", r#"{"errors":[]}"#] {
        assert!(matches!(cause(200, JSON, body), Cause::Malformed(ApiError::Decode { .. })), "{body}");
    }
}

#[test]
fn the_wait_after_429_is_read_in_every_form_and_bounded() {
    let wait = |headers: &[(&'static str, &str)]| {
        let answer = answer(429, JSON, headers, "{}");
        match interpret(&answer, "").unwrap_err() {
            Cause::Throttled { retry_after } => retry_after.as_secs(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(wait(&[("retry-after", "19")]), 19);
    assert_eq!(wait(&[("retry-after", " 7 ")]), 7);
    assert_eq!(wait(&[("retry-after", "0")]), 1);
    assert_eq!(wait(&[("retry-after", "3600")]), 120);
    assert_eq!(wait(&[]), 20);
    assert_eq!(wait(&[("retry-after", "soon")]), 20);
    assert_eq!(wait(&[("retry-after", "99999999999999999999")]), 120, "more than 64 bits hold");
    for unreadable in ["-5", "+5", ""] {
        assert_eq!(wait(&[("retry-after", unreadable)]), 20, "{unreadable}");
    }
    let until_date =
        |retry_after: &str| wait(&[("retry-after", retry_after), ("date", "Fri, 20 Nov 2026 12:00:00 GMT")]);
    assert_eq!(until_date("Fri, 20 Nov 2026 12:00:30 GMT"), 30);
    assert_eq!(until_date("Fri, 20 Nov 2026 12:00:00 GMT"), 1);
    assert_eq!(until_date("Fri, 20 Nov 2026 11:00:00 GMT"), 1);
    assert_eq!(until_date("Sat, 21 Nov 2026 12:00:00 GMT"), 120);
    assert_eq!(wait(&[("retry-after", "Fri, 20 Nov 2026 12:00:30 GMT")]), 20, "no clock to measure by");
}
