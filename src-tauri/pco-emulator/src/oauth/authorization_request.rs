//! `GET /oauth/authorize`: what an application asks a person for, checked in Doorkeeper's order.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::application::Application;
use super::error::{INVALID_CLIENT, INVALID_REQUEST, INVALID_SCOPE};
use super::tokens::secret;
use super::{OAuth, Parameters, SCOPES, given};

/// An authorization request that may be shown to the person.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client_id: String,
    redirect_uri: Url,
    /// The same address, byte by byte as registered.
    pub(super) registered: String,
    /// What is asked for, each scope once.
    pub(crate) scope: String,
    /// None only for an application that proves itself with a secret.
    pub(super) code_challenge: Option<String>,
    pub(super) nonce: Option<String>,
    state: Option<String>,
    pub(crate) prompt: Prompt,
}

/// Why an authorization request is refused.
#[derive(Debug)]
pub(crate) enum AuthorizationRefusal {
    /// The redirect address cannot be trusted or the request is hopeless: a page for the person, no redirect.
    Page(String),
    /// The redirect address, with the error in its query.
    Redirect(Url),
}

/// What the application wants the person to be shown (OpenID Connect Core 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// Nothing may be shown: without an earlier consent the answer is an error.
    pub(crate) none: bool,
    /// The person chooses who signs in: `login` or `select_account`.
    pub(crate) sign_in: bool,
}

impl Prompt {
    fn parse(text: &str) -> Option<Self> {
        let mut prompt = Self::default();
        for value in text.split_whitespace() {
            match value {
                "none" => prompt.none = true,
                "login" | "select_account" => prompt.sign_in = true,
                // The consent page is always shown.
                "consent" => {}
                _ => return None,
            }
        }
        let alone = text.split_whitespace().all(|value| value == "none");
        (!prompt.none || alone).then_some(prompt)
    }
}

impl OAuth {
    /// Checks an authorization request: what cannot be redirected first, then what can.
    pub(crate) fn check(
        &self,
        parameters: &Parameters,
    ) -> Result<AuthorizationRequest, AuthorizationRefusal> {
        let page = |reason: &str| AuthorizationRefusal::Page(reason.to_owned());
        let given = |name: &str| given(parameters, name);
        let client_id = given("client_id").ok_or_else(|| page("Missing required parameter: client_id."))?;
        let application = self.application(client_id).ok_or_else(|| page(INVALID_CLIENT))?;
        let (registered, redirect_uri) = given("redirect_uri")
            .filter(|wanted| self.redirect_uris.iter().any(|known| known == wanted))
            .and_then(|address| Some((address, Url::parse(address).ok()?)))
            .ok_or_else(|| {
                page("The requested redirect URI is malformed or doesn't match client redirect URI.")
            })?;
        let mut request = AuthorizationRequest {
            client_id: client_id.to_owned(),
            redirect_uri,
            registered: registered.to_owned(),
            scope: known_scopes(given("scope").unwrap_or_default()).ok_or_else(|| page(INVALID_SCOPE))?,
            code_challenge: given("code_challenge").map(str::to_owned),
            nonce: given("nonce").map(str::to_owned),
            state: given("state").map(str::to_owned),
            prompt: Prompt::default(),
        };
        let refused =
            |(error, description)| AuthorizationRefusal::Redirect(request.error(error, description));
        match given("response_type") {
            None => return Err(refused(("invalid_request", "Missing required parameter: response_type."))),
            Some("code") => {}
            Some(_) => {
                let description = "The authorization server does not support this response type.";
                return Err(refused(("unsupported_response_type", description)));
            }
        }
        check_challenge(application, request.code_challenge.as_deref(), given("code_challenge_method"))
            .map_err(refused)?;
        request.prompt = Prompt::parse(given("prompt").unwrap_or_default())
            .ok_or(("invalid_request", INVALID_REQUEST))
            .map_err(refused)?;
        Ok(request)
    }
}

impl AuthorizationRequest {
    /// The person clicked Deny.
    pub(crate) fn deny(&self) -> Url {
        self.error("access_denied", "The resource owner or authorization server denied the request.")
    }

    /// The same request under a state that the application never sent.
    pub(crate) fn forged(self) -> Self {
        Self { state: Some(secret()), ..self }
    }

    /// Nothing may be shown, and nobody has agreed yet.
    pub(crate) fn consent_required(&self) -> Url {
        self.error("consent_required", "The authorization server requires end-user consent")
    }

    fn error(&self, error: &str, description: &str) -> Url {
        self.answer(&[("error", error), ("error_description", description)])
    }

    pub(super) fn answer(&self, pairs: &[(&str, &str)]) -> Url {
        let mut address = self.redirect_uri.clone();
        address.query_pairs_mut().extend_pairs(pairs);
        if let Some(state) = &self.state {
            address.query_pairs_mut().append_pair("state", state);
        }
        address
    }
}

/// Each scope once, in the order given. None when there is none, or one that nobody knows.
fn known_scopes(text: &str) -> Option<String> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in text.split_whitespace() {
        if !SCOPES.contains(&scope) {
            return None;
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    (!scopes.is_empty()).then(|| scopes.join(" "))
}

/// A Public application must send an S256 challenge, any other may.
fn check_challenge(
    application: &Application,
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<(), (&'static str, &'static str)> {
    match (challenge, method) {
        (None, _) if application.is_public() => Err(("invalid_request", "Code challenge is required.")),
        (None, _) => Ok(()),
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Ok(()),
        (Some(_), Some("S256")) => Err(("invalid_request", INVALID_REQUEST)),
        (Some(_), _) => Err(("invalid_code_challenge_method", "The code_challenge_method must be S256.")),
    }
}

fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::{Prompt, known_scopes};

    #[test]
    fn scopes_are_kept_once_and_only_when_all_are_known() {
        assert_eq!(known_scopes(" people  services people ").as_deref(), Some("people services"));
        assert_eq!(known_scopes("people profile"), None);
        assert_eq!(known_scopes(""), None);
    }

    #[test]
    fn prompts_are_those_of_openid_connect() {
        let prompt = |none, sign_in| Some(Prompt { none, sign_in });
        assert_eq!(Prompt::parse(""), prompt(false, false));
        assert_eq!(Prompt::parse("consent"), prompt(false, false));
        assert_eq!(Prompt::parse("login consent"), prompt(false, true));
        assert_eq!(Prompt::parse("select_account"), prompt(false, true));
        assert_eq!(Prompt::parse("none"), prompt(true, false));
        assert_eq!(Prompt::parse("none login"), None);
        assert_eq!(Prompt::parse("register"), None);
    }
}
