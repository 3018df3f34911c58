//! `/oauth/…` over HTTP: the rules are in `oauth`, here they meet forms, pages and headers.

use serde_json::json;

use crate::answer::{Answer, Asked, no_such_route};
use crate::oauth::{AuthorizationRefusal, Parameters, TokenError, form, pages};
use crate::server::Shared;
use crate::{clock, config};

/// `GET /oauth/authorize` shows the consent page or redirects; `POST` takes the person's decision.
pub(crate) fn authorize(shared: &Shared, asked: &Asked) -> Answer {
    let posted = asked.method == "POST";
    let parameters = match asked.method.as_str() {
        "GET" | "HEAD" => form::from_query(&asked.query),
        "POST" => body_parameters(asked),
        _ => return no_such_route(),
    };
    let request = match shared.oauth().check(&parameters) {
        Ok(request) => request,
        Err(AuthorizationRefusal::Page(reason)) => return page(400, pages::refusal(reason)),
        Err(AuthorizationRefusal::Redirect(address)) => return Answer::see_other(address.as_str()),
    };
    let decision = parameters.get("decision").map(String::as_str).filter(|_| posted);
    match (shared.config.consent, decision) {
        (config::Consent::Auto, _) | (config::Consent::Ask, Some("allow")) => {
            Answer::see_other(shared.oauth().allow(&request, clock::now().as_second()).as_str())
        }
        (config::Consent::Deny, _) | (config::Consent::Ask, Some(_)) => {
            Answer::see_other(request.deny().as_str())
        }
        (config::Consent::Ask, None) => {
            let church = shared.church();
            let person = church.people[church.staff].name();
            let consent = pages::Consent {
                church: church.name,
                person: &person,
                scope: &request.scope,
                query: &asked.query,
            };
            page(200, pages::consent(&consent))
        }
    }
}

/// `POST /oauth/token`.
pub(crate) fn token(shared: &Shared, asked: &Asked) -> Answer {
    if asked.method != "POST" {
        return no_such_route();
    }
    match shared.oauth().token(&body_parameters(asked), clock::now().as_second()) {
        Ok(response) => no_store(Answer::json(200, &json!(response))),
        Err(refusal) => token_error(&refusal),
    }
}

/// `POST /oauth/revoke`.
pub(crate) fn revoke(shared: &Shared, asked: &Asked) -> Answer {
    if asked.method != "POST" {
        return no_such_route();
    }
    match shared.oauth().revoke(&body_parameters(asked), asked.header("authorization").is_some()) {
        Ok(()) => no_store(Answer::json(200, &json!({}))),
        Err(refusal) => token_error(&refusal),
    }
}

fn body_parameters(asked: &Asked) -> Parameters {
    form::from_body(asked.header("content-type").unwrap_or_default(), &asked.body)
}

fn token_error(refusal: &TokenError) -> Answer {
    let TokenError { status, error, description } = refusal;
    no_store(Answer::json(*status, &json!({ "error": error, "error_description": description }))).with(
        "www-authenticate",
        format!("Bearer realm=\"Planning Center\", error=\"{error}\", error_description=\"{description}\""),
    )
}

fn no_store(answer: Answer) -> Answer {
    answer.with("cache-control", "no-store").with("pragma", "no-cache")
}

fn page(status: u16, html: String) -> Answer {
    Answer::html(status, html).with("cache-control", "no-store").with("referrer-policy", "no-referrer").with(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    )
}
