//! The OAuth rules of Planning Center, which follow Doorkeeper's: authorization requests, codes, tokens, revocation.

pub(crate) mod form;
pub(crate) mod pages;
mod tokens;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

use crate::config::Rotation;
pub(crate) use tokens::AccessRefusal;
use tokens::Grant;

/// Seconds until an unused code is void.
const CODE_LIFE: i64 = 600;
/// Seconds until an unused refresh token is void: 90 days.
const REFRESH_TOKEN_LIFE: i64 = 90 * 86_400;
/// What an application may ask for.
const SCOPES: &[&str] = &[
    "people",
    "services",
    "calendar",
    "check_ins",
    "giving",
    "groups",
    "publishing",
    "registrations",
    "resources",
    "openid",
];

/// Parameters by name, the first of each.
pub(crate) type Parameters = HashMap<String, String>;

/// The authorization server of one registered Public application.
pub(crate) struct OAuth {
    pub(crate) client_id: String,
    pub(crate) redirect_uris: Vec<String>,
    rotation: Rotation,
    /// Seconds.
    access_token_life: i64,
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    pub(crate) tokens_issued: u64,
    pub(crate) refreshes: u64,
    pub(crate) revocations: u64,
}

#[expect(clippy::struct_field_names, reason = "code_challenge is the name in RFC 7636")]
struct Code {
    redirect_uri: String,
    code_challenge: String,
    scope: String,
    issued_at: i64,
    used: bool,
}

/// An authorization request that may be shown to the person.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    redirect_uri: Url,
    /// The same address, byte by byte as registered.
    registered: String,
    pub(crate) scope: String,
    code_challenge: String,
    state: Option<String>,
}

/// Why an authorization request is refused.
#[derive(Debug)]
pub(crate) enum AuthorizationRefusal {
    /// The redirect address cannot be trusted or the request is hopeless: a page for the person, no redirect.
    Page(&'static str),
    /// The redirect address, with the error in its query.
    Redirect(Url),
}

/// An error of the token or revocation endpoint (RFC 6749 section 5.2).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TokenError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

/// A token answer (RFC 6749 section 5.1).
#[derive(Debug, Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    scope: String,
    created_at: i64,
}

impl OAuth {
    pub(crate) fn new(
        client_id: String,
        redirect_uris: Vec<String>,
        rotation: Rotation,
        access_token_life: u64,
    ) -> Self {
        Self {
            client_id,
            redirect_uris,
            rotation,
            access_token_life: i64::try_from(access_token_life).unwrap_or(i64::MAX / 2),
            codes: HashMap::new(),
            grants: Vec::new(),
            tokens_issued: 0,
            refreshes: 0,
            revocations: 0,
        }
    }

    /// Checks an authorization request: what cannot be redirected first, then what can.
    pub(crate) fn check(
        &self,
        parameters: &Parameters,
    ) -> Result<AuthorizationRequest, AuthorizationRefusal> {
        use AuthorizationRefusal::Page;
        let given = |name: &str| parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
        if given("client_id") != Some(self.client_id.as_str()) {
            return Err(Page(INVALID_CLIENT));
        }
        let redirect_uri =
            given("redirect_uri").filter(|wanted| self.redirect_uris.iter().any(|known| known == wanted));
        let Some((registered, redirect_uri)) =
            redirect_uri.and_then(|address| Some((address, Url::parse(address).ok()?)))
        else {
            return Err(Page(
                "The requested redirect URI is malformed or doesn't match client redirect URI.",
            ));
        };
        let scope = given("scope").unwrap_or_default();
        if scope.is_empty() || !scope.split_whitespace().all(|scope| SCOPES.contains(&scope)) {
            return Err(Page("The requested scope is invalid, unknown, or malformed."));
        }
        let request = AuthorizationRequest {
            redirect_uri,
            registered: registered.to_owned(),
            scope: scope.split_whitespace().collect::<Vec<_>>().join(" "),
            code_challenge: given("code_challenge").unwrap_or_default().to_owned(),
            state: given("state").map(str::to_owned),
        };
        let refused =
            |error, description| Err(AuthorizationRefusal::Redirect(request.error(error, description)));
        match (given("response_type"), given("code_challenge_method")) {
            (None, _) => refused("invalid_request", "Missing required parameter: response_type."),
            (Some("code"), Some("S256")) if is_challenge(&request.code_challenge) => Ok(request),
            (Some("code"), _) if request.code_challenge.is_empty() => {
                refused("invalid_request", "Code challenge is required.")
            }
            (Some("code"), Some("S256")) => refused(
                "invalid_request",
                "The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.",
            ),
            (Some("code"), _) => {
                refused("invalid_code_challenge_method", "The code_challenge_method must be S256.")
            }
            (Some(_), _) => refused(
                "unsupported_response_type",
                "The authorization server does not support this response type.",
            ),
        }
    }

    /// The person clicked Allow: the redirect address with a fresh code.
    pub(crate) fn allow(&mut self, request: &AuthorizationRequest, now: i64) -> Url {
        let code = tokens::secret();
        self.codes.insert(
            code.clone(),
            Code {
                redirect_uri: request.registered.clone(),
                code_challenge: request.code_challenge.clone(),
                scope: request.scope.clone(),
                issued_at: now,
                used: false,
            },
        );
        request.answer(&[("code", &code)])
    }

    /// `POST /oauth/token`.
    pub(crate) fn token(&mut self, parameters: &Parameters, now: i64) -> Result<TokenResponse, TokenError> {
        let grant_type = required(parameters, "grant_type")?;
        match grant_type {
            "authorization_code" => self.exchange(parameters, now),
            "refresh_token" => self.refresh(parameters, now),
            _ => Err(TokenError::new(
                400,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            )),
        }
    }

    /// A Public application names itself and has no secret to prove it with.
    fn authenticate_client(&self, parameters: &Parameters) -> Result<(), TokenError> {
        let named = parameters.get("client_id") == Some(&self.client_id);
        let secret = parameters.get("client_secret").is_some_and(|secret| !secret.is_empty());
        if named && !secret { Ok(()) } else { Err(TokenError::new(401, "invalid_client", INVALID_CLIENT)) }
    }

    fn exchange(&mut self, parameters: &Parameters, now: i64) -> Result<TokenResponse, TokenError> {
        self.authenticate_client(parameters)?;
        let code = required(parameters, "code")?;
        let redirect_uri = required(parameters, "redirect_uri")?;
        let verifier = required(parameters, "code_verifier")?;
        let Some(code) = self.codes.get_mut(code) else { return Err(TokenError::invalid_grant()) };
        let in_time = now.saturating_sub(code.issued_at) <= CODE_LIFE;
        if code.used
            || !in_time
            || code.redirect_uri != redirect_uri
            || challenge_of(verifier) != Some(code.code_challenge.clone())
        {
            return Err(TokenError::invalid_grant());
        }
        code.used = true;
        let scope = code.scope.clone();
        Ok(self.issue(scope, None, now))
    }
}

impl AuthorizationRequest {
    /// The person clicked Deny.
    pub(crate) fn deny(&self) -> Url {
        self.error("access_denied", "The resource owner or authorization server denied the request.")
    }

    fn error(&self, error: &str, description: &str) -> Url {
        self.answer(&[("error", error), ("error_description", description)])
    }

    fn answer(&self, pairs: &[(&str, &str)]) -> Url {
        let mut address = self.redirect_uri.clone();
        address.query_pairs_mut().extend_pairs(pairs);
        if let Some(state) = &self.state {
            address.query_pairs_mut().append_pair("state", state);
        }
        address
    }
}

impl TokenError {
    fn new(status: u16, error: &'static str, description: &str) -> Self {
        Self { status, error, description: description.to_owned() }
    }

    fn invalid_grant() -> Self {
        Self::new(
            400,
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization \
             request, or was issued to another client.",
        )
    }
}

const INVALID_CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.";

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, TokenError> {
    let value = parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
    value.ok_or_else(|| {
        TokenError::new(400, "invalid_request", &format!("Missing required parameter: {name}."))
    })
}

fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == 32)
}

/// RFC 7636 section 4.1: 43 to 128 unreserved characters.
fn challenge_of(verifier: &str) -> Option<String> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let valid = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    valid.then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)))
}

#[cfg(test)]
mod tests {
    use super::challenge_of;

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b() {
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge.as_deref(), Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert_eq!(challenge_of("too-short"), None);
        assert_eq!(challenge_of(&"a".repeat(129)), None);
        assert_eq!(challenge_of(&"ä".repeat(30)), None);
    }
}
