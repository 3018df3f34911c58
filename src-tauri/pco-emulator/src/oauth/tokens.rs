//! Tokens: how they are issued, rotated, used, expired and revoked.

use super::{OAuth, Parameters, REFRESH_TOKEN_LIFE, TokenError, TokenResponse, required};
use crate::config::Rotation;
use crate::hex::hex;

/// One row of Doorkeeper's table: a pair of tokens that live and die together.
pub(super) struct Grant {
    access_token: String,
    refresh_token: String,
    /// The refresh token this pair came from, until this pair's access token is first used (grace mode only).
    previous_refresh_token: Option<String>,
    scope: String,
    created_at: i64,
    expires_at: i64,
    revoked: bool,
}

/// A living access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) scope: String,
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

impl OAuth {
    pub(super) fn issue(
        &mut self,
        scope: String,
        previous_refresh_token: Option<String>,
        now: i64,
    ) -> TokenResponse {
        let (access_token, refresh_token) = (secret(), secret());
        self.tokens_issued += 1;
        self.grants.push(Grant {
            access_token: access_token.clone(),
            refresh_token: refresh_token.clone(),
            previous_refresh_token,
            scope: scope.clone(),
            created_at: now,
            expires_at: now.saturating_add(self.access_token_life),
            revoked: false,
        });
        TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: self.access_token_life,
            refresh_token,
            scope,
            created_at: now,
        }
    }

    pub(super) fn refresh(&mut self, parameters: &Parameters, now: i64) -> Result<TokenResponse, TokenError> {
        self.authenticate_client(parameters)?;
        let token = required(parameters, "refresh_token")?;
        let rotation = self.rotation;
        let Some(grant) = self.grants.iter_mut().find(|grant| grant.refresh_token == token) else {
            return Err(TokenError::invalid_grant());
        };
        if grant.revoked || now.saturating_sub(grant.created_at) > REFRESH_TOKEN_LIFE {
            return Err(TokenError::invalid_grant());
        }
        let granted = grant.scope.clone();
        let scope = parameters.get("scope").filter(|scope| !scope.is_empty()).unwrap_or(&granted).clone();
        if !scope.split_whitespace().all(|wanted| granted.split(' ').any(|known| known == wanted)) {
            return Err(TokenError::new(
                400,
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed.",
            ));
        }
        let previous = match rotation {
            Rotation::Grace => Some(token.to_owned()),
            Rotation::Strict => {
                grant.revoked = true;
                None
            }
        };
        self.refreshes += 1;
        Ok(self.issue(scope, previous, now))
    }

    /// An access token is presented. Its first use ends the grace of the refresh token it came from.
    pub(crate) fn present(&mut self, access_token: &str, now: i64) -> Result<Access, AccessRefusal> {
        let Some(grant) = self.grants.iter_mut().find(|grant| grant.access_token == access_token) else {
            return Err(AccessRefusal::Unknown);
        };
        if grant.revoked {
            return Err(AccessRefusal::Revoked);
        }
        if now >= grant.expires_at {
            return Err(AccessRefusal::Expired);
        }
        let scope = grant.scope.clone();
        if let Some(previous) = grant.previous_refresh_token.take() {
            for old in self.grants.iter_mut().filter(|grant| grant.refresh_token == previous) {
                old.revoked = true;
            }
        }
        Ok(Access { scope })
    }

    /// `POST /oauth/revoke` (RFC 7009): unknown tokens are no error, another client's are.
    pub(crate) fn revoke(
        &mut self,
        parameters: &Parameters,
        has_authorization_header: bool,
    ) -> Result<(), TokenError> {
        if has_authorization_header && parameters.contains_key("client_id") {
            return Err(TokenError::new(
                400,
                "invalid_request",
                "The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.",
            ));
        }
        let token = parameters.get("token").cloned().unwrap_or_default();
        let found =
            self.grants.iter_mut().find(|grant| grant.refresh_token == token || grant.access_token == token);
        let Some(grant) = found else { return Ok(()) };
        if parameters.get("client_id") != Some(&self.client_id) {
            return Err(TokenError::new(
                403,
                "unauthorized_client",
                "You are not authorized to revoke this token",
            ));
        }
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{OAuth, Parameters, TokenResponse};
    use super::AccessRefusal;
    use crate::config::Rotation;

    fn server(rotation: Rotation) -> (OAuth, TokenResponse) {
        let mut oauth = OAuth::new(
            "a".repeat(64),
            vec!["http://127.0.0.1:8127/oauth/callback".to_owned()],
            rotation,
            7_200,
        );
        let pair = oauth.issue("people services".to_owned(), None, 0);
        (oauth, pair)
    }

    fn refresh(oauth: &mut OAuth, token: &str, now: i64) -> Result<TokenResponse, &'static str> {
        let pairs =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &"a".repeat(64))];
        let parameters: Parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        oauth.token(&parameters, now).map_err(|refusal| refusal.error)
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
