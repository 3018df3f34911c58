//! The outward half of a sign-in: the address that is opened in the browser.

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::callback::{self, Awaited};
use super::{AuthorizationResponse, CallbackRefusal, ClientId, RedirectUri};

// Both 256 bits, the least that RFC 7636 section 7.1 recommends.
const STATE_BYTES: u32 = 32;

/// One attempt to sign in. It can be neither cloned nor printed, and an exchange consumes it, so
/// its PKCE verifier is sent at most once.
pub struct AuthorizationRequest {
    url: Url,
    redirect: RedirectUri,
    issuer: String,
    state: SecretString,
    verifier: SecretString,
}

impl AuthorizationRequest {
    /// A fresh attempt with new `state` and PKCE verifier, both of 32 random bytes. `base` is
    /// Planning Center's origin, such as [`PLANNING_CENTER`](crate::PLANNING_CENTER).
    #[must_use]
    pub fn new(base: &Url, client_id: &ClientId, redirect: RedirectUri, scopes: &[&str]) -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut endpoint = base.clone();
        endpoint.set_path("/oauth/authorize");
        let (url, state) = BasicClient::new(oauth2::ClientId::new(client_id.as_str().to_owned()))
            .set_auth_uri(AuthUrl::from_url(endpoint))
            .set_redirect_uri(redirect_url(redirect))
            .authorize_url(|| CsrfToken::new_random_len(STATE_BYTES))
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Self {
            url,
            redirect,
            issuer: base.origin().ascii_serialization(),
            state: state.into_secret().into(),
            verifier: verifier.into_secret().into(),
        }
    }

    /// The address to open in the person's browser.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Where the browser will come back to.
    #[must_use]
    pub fn redirect(&self) -> RedirectUri {
        self.redirect
    }

    /// Reads a link that claims to be the answer to this request. Changes nothing: after a refusal
    /// this request is still the one awaited.
    ///
    /// # Errors
    /// [`CallbackRefusal`] for anything but the exact answer, `state` included.
    pub fn receive(&self, link: &str) -> Result<AuthorizationResponse, CallbackRefusal> {
        callback::parse(
            link,
            &Awaited {
                address: &self.redirect.as_str(),
                issuer: &self.issuer,
                state: self.state.expose_secret(),
            },
        )
    }

    pub(super) fn into_verifier(self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.expose_secret().to_owned())
    }
}

pub(super) fn redirect_url(redirect: RedirectUri) -> RedirectUrl {
    RedirectUrl::from_url(redirect.url())
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AuthorizationRequest")
            .field("redirect", &self.redirect)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn request(redirect: RedirectUri) -> AuthorizationRequest {
        let client_id = ClientId::parse(&"0a".repeat(32)).unwrap();
        let base = Url::parse(crate::PLANNING_CENTER).unwrap();
        AuthorizationRequest::new(&base, &client_id, redirect, &["people", "services"])
    }

    fn parameters(request: &AuthorizationRequest) -> BTreeMap<String, String> {
        request.url().query_pairs().into_owned().collect()
    }

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b_comes_out() {
        let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(challenge.method().as_str(), "S256");
    }

    #[test]
    fn the_address_holds_what_a_public_client_sends_and_no_more() {
        for redirect in RedirectUri::ALL {
            let request = request(redirect);
            let url = request.url();
            assert_eq!(url.origin().ascii_serialization(), "https://api.planningcenteronline.com");
            assert_eq!(url.path(), "/oauth/authorize");
            let parameters = parameters(&request);
            assert_eq!(url.query_pairs().count(), parameters.len(), "a parameter is there twice");
            let names: Vec<_> = parameters.keys().map(String::as_str).collect();
            assert_eq!(
                names,
                [
                    "client_id",
                    "code_challenge",
                    "code_challenge_method",
                    "redirect_uri",
                    "response_type",
                    "scope",
                    "state"
                ]
            );
            assert_eq!(parameters["client_id"], "0a".repeat(32));
            assert_eq!(parameters["code_challenge_method"], "S256");
            assert_eq!(parameters["redirect_uri"], redirect.as_str());
            assert_eq!(parameters["response_type"], "code");
            assert_eq!(parameters["scope"], "people services");
        }
    }

    #[test]
    fn the_challenge_in_the_address_is_of_the_verifier_kept() {
        let request = request(RedirectUri::CustomScheme);
        let challenge = parameters(&request)["code_challenge"].clone();
        let verifier = request.into_verifier();
        assert_eq!(verifier.secret().len(), 43, "32 bytes in base64url");
        assert_eq!(PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(), challenge);
    }

    #[test]
    fn every_attempt_has_its_own_state_and_challenge() {
        let (first, second) = (request(RedirectUri::CustomScheme), request(RedirectUri::CustomScheme));
        for name in ["state", "code_challenge"] {
            assert_ne!(parameters(&first)[name], parameters(&second)[name]);
            assert_eq!(parameters(&first)[name].len(), 43, "32 bytes in base64url");
        }
    }

    #[test]
    fn printing_shows_neither_state_nor_verifier() {
        let request = request(RedirectUri::Loopback(8127));
        let printed = format!("{request:?}");
        assert!(!printed.contains(request.state.expose_secret()));
        assert!(!printed.contains(request.verifier.expose_secret()));
    }
}
