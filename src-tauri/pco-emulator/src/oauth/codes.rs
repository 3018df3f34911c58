//! Authorization codes: given out once, exchanged once, within ten minutes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::application::Credentials;
use super::authorization_request::AuthorizationRequest;
use super::tokens::{Issued, Owner, secret};
use super::{OAuth, Parameters, TokenError, given};
use crate::church::table::Id;

/// Seconds until an unused code is void.
const CODE_LIFE: i64 = 600;

#[expect(clippy::struct_field_names, reason = "code_challenge is the name in RFC 7636")]
pub(super) struct Code {
    pub(super) owner: Owner,
    redirect_uri: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
    issued_at: i64,
    used: bool,
}

impl OAuth {
    /// The person clicked Allow: the redirect address with a fresh code.
    pub(crate) fn allow(&mut self, request: &AuthorizationRequest, person: Id, now: i64) -> Url {
        let code = secret();
        let owner = Owner { client_id: request.client_id.clone(), person, scope: request.scope.clone() };
        self.codes.insert(
            code.clone(),
            Code {
                owner,
                redirect_uri: request.registered.clone(),
                code_challenge: request.code_challenge.clone(),
                nonce: request.nonce.clone(),
                issued_at: now,
                used: false,
            },
        );
        request.answer(&[("code", &code)])
    }

    /// Exchanges a code for the first pair of tokens; the checks come in Doorkeeper's order.
    pub(super) fn exchange(
        &mut self,
        parameters: &Parameters,
        credentials: Option<&Credentials>,
        now: i64,
    ) -> Result<Issued, TokenError> {
        let given = |name: &'static str| given(parameters, name).ok_or(name);
        let text = given("code").map_err(TokenError::missing)?;
        let code = self.codes.get(text);
        let verifier = given("code_verifier");
        if code.is_some_and(|code| code.code_challenge.is_some()) {
            verifier.map_err(TokenError::missing)?;
        }
        let redirect_uri = given("redirect_uri").map_err(TokenError::missing)?;
        let application = self.authenticate(credentials).ok_or_else(TokenError::invalid_client)?;
        let valid = code.is_some_and(|code| {
            code.owner.client_id == application.id
                && !code.used
                && now.saturating_sub(code.issued_at) <= CODE_LIFE
                && code.redirect_uri == redirect_uri
                && code.code_challenge == verifier.ok().map(challenge_of)
        });
        let code = self.codes.get_mut(text).filter(|_| valid).ok_or_else(TokenError::invalid_grant)?;
        code.used = true;
        let (owner, nonce) = (code.owner.clone(), code.nonce.clone());
        Ok(Issued { nonce, ..self.issue(owner, None, now) })
    }
}

/// The S256 challenge of a verifier. One that RFC 7636 section 4.1 does not allow has a challenge that nobody sends.
fn challenge_of(verifier: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let valid = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    if valid { URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::challenge_of;

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b() {
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(challenge_of("too-short"), "");
        assert_eq!(challenge_of(&"a".repeat(129)), "");
        assert_eq!(challenge_of(&"ä".repeat(30)), "");
    }
}
