//! `/oauth/…` over HTTP: the rules are in `oauth`, here they meet forms, pages and headers.

use serde_json::json;

use crate::answer::{Answer, Asked, no_such_route};
use crate::church::table::Id;
use crate::config::Consent;
use crate::oauth::form::{self, Malformed};
use crate::oauth::identity::{self, Audience, Claims};
use crate::oauth::{
    AccessRefusal, AuthorizationRefusal, AuthorizationRequest, Credentials, Issued, Parameters, TokenError,
    TokenResponse, pages,
};
use crate::server::Shared;

/// `GET /oauth/authorize` shows the sign-in or the consent page or redirects; `POST` takes the person's decision.
pub(crate) fn authorize(shared: &Shared, asked: &Asked) -> Answer {
    let posted = asked.method == "POST";
    let parameters = match asked.method.as_str() {
        "GET" | "HEAD" => form::from_query(&asked.query),
        "POST" => body_parameters(asked),
        _ => return no_such_route(),
    };
    let checked = match &parameters {
        Ok(parameters) => shared.oauth().check(parameters).map(|request| (parameters, request)),
        Err(Malformed) => Err(AuthorizationRefusal::Page(TokenError::malformed().description)),
    };
    let (parameters, request) = match checked {
        Ok(checked) => checked,
        Err(AuthorizationRefusal::Page(reason)) => return page(400, pages::refusal(&reason)),
        Err(AuthorizationRefusal::Redirect(address)) => return Answer::found(address.as_str()),
    };
    let decision = parameters.get("decision").map(String::as_str).filter(|_| posted);
    let address = match (shared.consent(), decision) {
        (Consent::Auto, _) | (Consent::Ask, Some("allow")) => {
            let person = chosen_person(shared, parameters);
            shared.oauth().allow(&request, person, shared.clock.now())
        }
        (Consent::Forge, _) => {
            let person = chosen_person(shared, parameters);
            shared.oauth().allow(&request.forged(), person, shared.clock.now())
        }
        (Consent::Deny, _) | (Consent::Ask, Some(_)) => request.deny(),
        (Consent::Ask, None) if request.prompt.none => request.consent_required(),
        (Consent::Ask, None) => return ask(shared, parameters, &request),
    };
    Answer::found(address.as_str())
}

/// Who is at the browser: the person chosen on the sign-in page, or else the church's own staff member, who is
/// taken to be signed in already.
fn chosen_person(shared: &Shared, parameters: &Parameters) -> Id {
    let church = shared.church();
    let chosen = parameters.get(pages::PERSON).and_then(|id| id.parse().ok());
    chosen.filter(|id| church.people.contains(*id)).unwrap_or(church.staff)
}

fn ask(shared: &Shared, parameters: &Parameters, request: &AuthorizationRequest) -> Answer {
    let person = chosen_person(shared, parameters);
    let church = shared.church();
    let choosing = request.prompt.sign_in && !parameters.contains_key(pages::PERSON);
    let html = match church.account(person).filter(|_| !choosing) {
        Some(account) => pages::consent(church.name, &account, &request.scope, parameters),
        None => pages::sign_in(church.name, &church.accounts(), parameters),
    };
    page(200, html)
}

/// `POST /oauth/token`.
pub(crate) fn token(shared: &Shared, asked: &Asked) -> Answer {
    if asked.method != "POST" {
        return no_such_route();
    }
    let issued = body_parameters(asked).map_err(|Malformed| TokenError::malformed()).and_then(|parameters| {
        let credentials = Credentials::find(asked.header("authorization"), &parameters);
        shared.oauth().token(&parameters, credentials.as_ref(), shared.clock.now())
    });
    match issued {
        Ok(issued) => no_store(Answer::json(200, &json!(with_identity(shared, issued)))),
        Err(refusal) => token_error(&refusal),
    }
}

/// The answer, with the identity token in it that the application asked for.
fn with_identity(shared: &Shared, issued: Issued) -> TokenResponse {
    let claims = issued.names_the_person().then(|| Claims::of(&shared.church(), issued.person)).flatten();
    let audience = Audience {
        issuer: shared.base(),
        client_id: &issued.client_id,
        nonce: issued.nonce.as_deref(),
        now: shared.clock.now(),
    };
    let id_token = claims.map(|claims| claims.sign(&audience));
    issued.response.with_id_token(id_token)
}

/// `POST /oauth/revoke`.
pub(crate) fn revoke(shared: &Shared, asked: &Asked) -> Answer {
    if asked.method != "POST" {
        return no_such_route();
    }
    let authorization = asked.header("authorization");
    let outcome =
        body_parameters(asked).map_err(|Malformed| TokenError::malformed()).and_then(|parameters| {
            // Newer Doorkeepers take one proof or the other, not both.
            if authorization.is_some() && parameters.contains_key("client_id") {
                return Err(TokenError::malformed());
            }
            shared.oauth().revoke(&parameters, Credentials::find(authorization, &parameters).as_ref())
        });
    match outcome {
        Ok(()) => no_store(Answer::json(200, &json!({}))),
        Err(refusal) => token_error(&refusal),
    }
}

/// `GET /oauth/userinfo`: the claims of the person behind a token with `openid`. Refusals have no body.
pub(crate) fn userinfo(shared: &Shared, asked: &Asked) -> Answer {
    if !matches!(asked.method.as_str(), "GET" | "HEAD" | "POST") {
        return no_such_route();
    }
    let bearer = asked.header("authorization").and_then(|header| header.split_once(' '));
    let token =
        bearer.filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer")).map_or("", |(_, token)| token.trim());
    let presented = shared.oauth().present(token, shared.clock.now());
    let description = match &presented {
        Ok(access) if !access.allows("openid") => return Answer { status: 403, ..Answer::default() },
        Ok(access) => {
            if let Some(claims) = Claims::of(&shared.church(), access.person) {
                return no_store(Answer::json(200, &json!(claims)));
            }
            "The access token is invalid"
        }
        Err(AccessRefusal::Unknown) => "The access token is invalid",
        Err(AccessRefusal::Expired) => "The access token expired",
        Err(AccessRefusal::Revoked) => "The access token was revoked",
    };
    let refusal = Answer { status: 401, ..Answer::default() };
    refusal.with("www-authenticate", challenge("invalid_token", description))
}

/// `GET /.well-known/openid-configuration`.
pub(crate) fn discovery(shared: &Shared, asked: &Asked) -> Answer {
    published(asked, || identity::discovery(shared.base()))
}

/// `GET /oauth/discovery/keys`.
pub(crate) fn keys(asked: &Asked) -> Answer {
    published(asked, identity::keys)
}

fn published(asked: &Asked, document: impl FnOnce() -> serde_json::Value) -> Answer {
    if matches!(asked.method.as_str(), "GET" | "HEAD") {
        Answer::json(200, &document()).with("access-control-allow-origin", "*")
    } else {
        no_such_route()
    }
}

fn body_parameters(asked: &Asked) -> Result<Parameters, Malformed> {
    form::from_body(asked.header("content-type").unwrap_or_default(), &asked.body)
}

fn token_error(refusal: &TokenError) -> Answer {
    let TokenError { status, error, description } = refusal;
    no_store(Answer::json(*status, &json!({ "error": error, "error_description": description })))
        .with("www-authenticate", challenge(error, description))
}

fn challenge(error: &str, description: &str) -> String {
    format!("Bearer realm=\"Planning Center\", error=\"{error}\", error_description=\"{description}\"")
}

fn no_store(answer: Answer) -> Answer {
    answer.with("cache-control", "no-store").with("pragma", "no-cache")
}

/// No `form-action`: browsers hold the redirect after the form to it as well, and that goes to the application.
fn page(status: u16, html: String) -> Answer {
    Answer::html(status, html)
        .with("cache-control", "no-store")
        .with("referrer-policy", "no-referrer")
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with("content-security-policy", pages::content_security_policy())
}
