//! Requests and answers as the emulator's parts exchange them, and the bodies that errors have.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::jsonapi::write::Problem;

/// A request with its body read.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An answer before it is sent.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The path with ids taken out, for counting.
    pub(crate) template: String,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
            template: String::new(),
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// Sends a browser elsewhere.
    pub(crate) fn found(address: &str) -> Self {
        Self { status: 302, headers: vec![("location", address.to_owned())], ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn at(mut self, template: impl Into<String>) -> Self {
        self.template = template.into();
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The headers in the form the server wants; values that no header can carry are left out.
    pub(crate) fn header_map(&self) -> HeaderMap {
        let pairs = self.headers.iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        });
        pairs.collect()
    }
}

/// A JSON:API error answer.
pub(crate) fn error(status: u16, title: &str, detail: &str) -> Answer {
    Answer::json(
        status,
        &json!({ "errors": [{ "status": status.to_string(), "title": title, "detail": detail }] }),
    )
    .with("cache-control", "no-cache")
}

/// 401, with the animal that tells why where there is one.
pub(crate) fn unauthorized(hint: Option<&str>) -> Answer {
    let hint = hint.map_or_else(String::new, |hint| format!(" Error Code Hint: ({hint})"));
    let detail = format!("This request could not be authenticated.{hint}");
    Answer::json(401, &json!({ "errors": [{ "code": "unauthorized", "title": "Unauthorized", "status": "401", "detail": detail }] }))
        .with("cache-control", "no-cache")
}

pub(crate) fn not_found() -> Answer {
    error(404, "Not Found", "The resource you requested could not be found")
}

/// 400 with a code and what it is about.
pub(crate) fn bad_request(code: &str, detail: &str, parameter: Option<&str>) -> Answer {
    let mut error = json!({ "status": "400", "title": "Bad Request", "code": code, "detail": detail });
    if let Some(parameter) = parameter {
        error["source"] = json!({ "parameter": parameter });
    }
    Answer::json(400, &json!({ "errors": [error] })).with("cache-control", "no-cache")
}

/// 400: a write without `data`.
pub(crate) fn no_data() -> Answer {
    bad_request("invalid_resource_payload", "The payload given does not contain a 'data' key.", None)
}

/// 422: names that a write may not assign.
pub(crate) fn not_assignable(names: &[String]) -> Answer {
    let errors = names.iter().map(|name| {
        json!({ "status": "422", "title": "Forbidden Attribute", "detail": format!("{name} cannot be assigned") })
    });
    unprocessable(errors)
}

/// 422: values that the record cannot have.
pub(crate) fn invalid(problems: &[Problem]) -> Answer {
    let errors = problems.iter().map(|problem| {
        json!({ "status": "422", "title": "Validation Error", "detail": problem.detail, "source": { "parameter": problem.parameter } })
    });
    unprocessable(errors)
}

fn unprocessable(errors: impl Iterator<Item = Value>) -> Answer {
    let errors: Vec<Value> = errors.collect();
    Answer::json(422, &json!({ "errors": errors })).with("cache-control", "no-cache")
}

/// 429 in the form of 2026.
pub(crate) fn too_many_requests(count: u32, limit: u32, seconds: u32) -> Answer {
    let detail = format!("Rate limit exceeded: {count} of {limit} requests per {seconds} seconds");
    Answer::json(
        429,
        &json!({ "errors": [{ "code": "429", "title": "Too Many Requests", "detail": detail }] }),
    )
    .with("cache-control", "no-cache")
}

/// A page from in front of the service: no JSON, whatever the path.
pub(crate) fn front_page(status: u16, title: &str) -> Answer {
    Answer::html(
        status,
        format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        ),
    )
}

/// What Planning Center shows for a verb it does not route.
pub(crate) fn no_such_route() -> Answer {
    Answer::html(
        404,
        "<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>The page you were looking for doesn’t exist.</h1></body></html>",
    )
}
