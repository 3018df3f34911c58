//! Tokens: how they are issued, rotated, used, expired and revoked.

use serde::Serialize;

use super::application::Credentials;
use super::{OAuth, Parameters, TokenError, given};
use crate::church::table::Id;
use crate::config::Rotation;
use crate::hex::hex;

/// Seconds until an unused refresh token is void: 90 days.
const REFRESH_TOKEN_LIFE: i64 = 90 * 86_400;

/// Who agreed to what, for which application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) client_id: String,
    pub(super) person: Id,
    pub(super) scope: String,
}

/// One row of Doorkeeper's table: a pair of tokens that live and die together.
pub(super) struct Grant {
    owner: Owner,
    access_token: String,
    refresh_token: String,
    /// The refresh token this pair came from, until this pair's access token is first used (grace mode only).
    previous_refresh_token: Option<String>,
    created_at: i64,
    expires_at: i64,
    revoked: bool,
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
    /// Who signed in, when `openid` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// A token answer and what an identity token needs to be made for it.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) response: TokenResponse,
    pub(crate) client_id: String,
    pub(crate) person: Id,
    pub(crate) nonce: Option<String>,
}

impl TokenResponse {
    pub(crate) fn with_id_token(self, id_token: Option<String>) -> Self {
        Self { id_token, ..self }
    }
}

impl Issued {
    /// Whether the application wants to know who signed in.
    pub(crate) fn names_the_person(&self) -> bool {
        has_scope(&self.response.scope, "openid")
    }
}

/// A living access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// Who signed in.
    pub(crate) person: Id,
    scope: String,
}

impl Access {
    /// Whether the person agreed to this.
    pub(crate) fn allows(&self, scope: &str) -> bool {
        has_scope(&self.scope, scope)
    }
}

/// Why an access token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessRefusal {
    Unknown,
    Expired,
    Revoked,
}

/// 32 bytes from the operating system, as 64 hexadecimal digits.
pub(super) fn secret() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    hex(&bytes)
}

fn has_scope(granted: &str, wanted: &str) -> bool {
    granted.split(' ').any(|known| known == wanted)
}

impl OAuth {
    pub(super) fn issue(&mut self, owner: Owner, previous_refresh_token: Option<String>, now: i64) -> Issued {
        let (access_token, refresh_token) = (secret(), secret());
        self.tokens_issued += 1;
        let Owner { client_id, person, scope } = owner.clone();
        self.grants.push(Grant {
            owner,
            access_token: access_token.clone(),
            refresh_token: refresh_token.clone(),
            previous_refresh_token,
            created_at: now,
            expires_at: now.saturating_add(self.access_token_life),
            revoked: false,
        });
        let response = TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: self.access_token_life,
            refresh_token,
            scope,
            created_at: now,
            id_token: None,
        };
        Issued { response, client_id, person, nonce: None }
    }

    /// Turns a refresh token into the next pair; the checks come in Doorkeeper's order.
    pub(super) fn refresh(
        &mut self,
        parameters: &Parameters,
        credentials: Option<&Credentials>,
        now: i64,
    ) -> Result<Issued, TokenError> {
        let token = given(parameters, "refresh_token").ok_or_else(|| TokenError::missing("refresh_token"))?;
        let living = |grant: &Grant| {
            grant.refresh_token == token
                && !grant.revoked
                && now.saturating_sub(grant.created_at) <= REFRESH_TOKEN_LIFE
        };
        let index = self.grants.iter().position(living).ok_or_else(TokenError::invalid_grant)?;
        let application = self.authenticate(credentials).ok_or_else(TokenError::invalid_client)?;
        let mut owner = self.grants[index].owner.clone();
        if owner.client_id != application.id {
            return Err(TokenError::invalid_grant());
        }
        if let Some(narrower) = given(parameters, "scope") {
            if !narrower.split_whitespace().all(|wanted| has_scope(&owner.scope, wanted)) {
                return Err(TokenError::invalid_scope());
            }
            narrower.clone_into(&mut owner.scope);
        }
        let previous = match self.rotation {
            Rotation::Grace => Some(token.to_owned()),
            Rotation::Strict => {
                self.grants[index].revoked = true;
                None
            }
        };
        self.refreshes += 1;
        Ok(self.issue(owner, previous, now))
    }

    /// An access token is presented. Its first use, even too late, ends the grace of the refresh token it came from.
    pub(crate) fn present(&mut self, access_token: &str, now: i64) -> Result<Access, AccessRefusal> {
        let Some(grant) = self.grants.iter_mut().find(|grant| grant.access_token == access_token) else {
            return Err(AccessRefusal::Unknown);
        };
        let verdict = if grant.revoked {
            Err(AccessRefusal::Revoked)
        } else if now >= grant.expires_at {
            Err(AccessRefusal::Expired)
        } else {
            Ok(Access { person: grant.owner.person, scope: grant.owner.scope.clone() })
        };
        if let Some(previous) = grant.previous_refresh_token.take() {
            for old in self.grants.iter_mut().filter(|grant| grant.refresh_token == previous) {
                old.revoked = true;
            }
        }
        verdict
    }

    /// `POST /oauth/revoke` (RFC 7009): unknown tokens are no error, another application's are. Which of the two
    /// tokens of a pair is named does not matter: they die together.
    pub(crate) fn revoke(
        &mut self,
        parameters: &Parameters,
        credentials: Option<&Credentials>,
    ) -> Result<(), TokenError> {
        let token = given(parameters, "token").unwrap_or_default();
        let named = |grant: &Grant| grant.refresh_token == token || grant.access_token == token;
        let Some(index) = self.grants.iter().position(named) else { return Ok(()) };
        let application = self.authenticate(credentials);
        if application.is_none_or(|application| application.id != self.grants[index].owner.client_id) {
            return Err(TokenError::may_not_revoke());
        }
        let grant = &mut self.grants[index];
        self.revocations += u64::from(!grant.revoked);
        grant.revoked = true;
        Ok(())
    }

    /// Every access token is past its time; refresh tokens stay good.
    pub(crate) fn expire_access_tokens(&mut self) {
        for grant in &mut self.grants {
            grant.expires_at = i64::MIN;
        }
    }

    /// Every pair is revoked.
    pub(crate) fn revoke_all(&mut self) {
        for grant in &mut self.grants {
            grant.revoked = true;
        }
    }

    /// Somebody else stands behind every code and token given out so far.
    pub(crate) fn hand_over(&mut self, person: Id) {
        let of_codes = self.codes.values_mut().map(|code| &mut code.owner);
        for owner in of_codes.chain(self.grants.iter_mut().map(|grant| &mut grant.owner)) {
            owner.person = person;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Application, Credentials, OAuth, Parameters, TokenResponse};
    use super::{AccessRefusal, Owner};
    use crate::config::Rotation;

    fn server(rotation: Rotation) -> (OAuth, TokenResponse) {
        let applications = vec![Application::public("a".repeat(64))];
        let redirect_uris = vec!["http://127.0.0.1:8127/oauth/callback".to_owned()];
        let mut oauth = OAuth::new(applications, redirect_uris, rotation, 7_200);
        let scope = "people services".to_owned();
        let pair = oauth.issue(Owner { client_id: "a".repeat(64), person: 1, scope }, None, 0);
        (oauth, pair.response)
    }

    fn refresh(oauth: &mut OAuth, token: &str, now: i64) -> Result<TokenResponse, &'static str> {
        let pairs =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &"a".repeat(64))];
        let parameters: Parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let credentials = Credentials::find(None, &parameters);
        let issued = oauth.token(&parameters, credentials.as_ref(), now);
        issued.map(|issued| issued.response).map_err(|refusal| refusal.error)
    }

    #[test]
    fn strict_rotation_ends_the_old_pair_at_once() {
        let (mut oauth, first) = server(Rotation::Strict);
        let second = refresh(&mut oauth, &first.refresh_token, 10).unwrap();
        assert_eq!(refresh(&mut oauth, &first.refresh_token, 11).unwrap_err(), "invalid_grant");
        assert_eq!(oauth.present(&first.access_token, 11), Err(AccessRefusal::Revoked));
        assert!(oauth.present(&second.access_token, 11).is_ok());
        assert_eq!(oauth.refreshes, 1);
    }

    #[test]
    fn grace_lasts_until_the_new_access_token_is_used() {
        let (mut oauth, first) = server(Rotation::Grace);
        let lost = refresh(&mut oauth, &first.refresh_token, 10).unwrap();
        let second = refresh(&mut oauth, &first.refresh_token, 11).unwrap();
        assert!(oauth.present(&first.access_token, 12).is_ok());
        oauth.present(&second.access_token, 13).unwrap();
        assert_eq!(oauth.present(&first.access_token, 14), Err(AccessRefusal::Revoked));
        assert_eq!(refresh(&mut oauth, &first.refresh_token, 14).unwrap_err(), "invalid_grant");
        assert!(oauth.present(&lost.access_token, 15).is_ok());
    }

    #[test]
    fn grace_ends_even_when_the_new_access_token_comes_too_late() {
        let (mut oauth, first) = server(Rotation::Grace);
        let second = refresh(&mut oauth, &first.refresh_token, 10).unwrap();
        assert_eq!(oauth.present(&second.access_token, 7_210), Err(AccessRefusal::Expired));
        assert_eq!(refresh(&mut oauth, &first.refresh_token, 7_211).unwrap_err(), "invalid_grant");
        assert!(refresh(&mut oauth, &second.refresh_token, 7_211).is_ok());
    }

    #[test]
    fn access_tokens_live_two_hours_and_refresh_tokens_ninety_days() {
        let (mut oauth, pair) = server(Rotation::Grace);
        assert!(oauth.present(&pair.access_token, 7_199).is_ok());
        assert_eq!(oauth.present(&pair.access_token, 7_200), Err(AccessRefusal::Expired));
        assert!(refresh(&mut oauth, &pair.refresh_token, 90 * 86_400).is_ok());
        assert_eq!(refresh(&mut oauth, &pair.refresh_token, 90 * 86_400 + 1).unwrap_err(), "invalid_grant");
    }

    #[test]
    fn expiry_and_revocation_by_hand() {
        let (mut oauth, pair) = server(Rotation::Strict);
        oauth.expire_access_tokens();
        assert_eq!(oauth.present(&pair.access_token, 1), Err(AccessRefusal::Expired));
        oauth.revoke_all();
        assert_eq!(oauth.present(&pair.access_token, 1), Err(AccessRefusal::Revoked));
        assert_eq!(refresh(&mut oauth, &pair.refresh_token, 1).unwrap_err(), "invalid_grant");
    }
}
