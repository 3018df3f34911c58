//! What Planning Center grants: tokens that can be renewed, and what it takes to end them there.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{AccessToken, OAuthClient, RefreshToken, TokenSet};

use super::account::Account;
use super::record::SessionRecord;

/// What a person waits for at most when signing out without a network.
pub(super) const REVOKE_PATIENCE: Duration = Duration::from_secs(5);

/// The tokens of a sign-in that can be renewed, and the application they were granted to, which alone may renew and end
/// them.
pub(super) struct Grant {
    pub(super) access: AccessToken,
    pub(super) refresh: RefreshToken,
    pub(super) oauth: OAuthClient,
    pub(super) life: Duration,
    pub(super) issued_at: Option<Timestamp>,
}

/// What it takes to end a sign-in at Planning Center.
pub(super) struct Revocable {
    pub(super) refresh: RefreshToken,
    pub(super) oauth: OAuthClient,
}

/// Planning Center granted a sign-in that would end with its first access token. It never should.
#[derive(Debug, thiserror::Error)]
#[error("no refresh token was granted")]
pub(super) struct NotRenewable;

impl Grant {
    /// What `oauth` was granted.
    pub(super) fn new(tokens: TokenSet, oauth: OAuthClient) -> Result<Self, NotRenewable> {
        let TokenSet { access, refresh, expires_in, created_at, .. } = tokens;
        let refresh = refresh.ok_or(NotRenewable)?;
        Ok(Self { access, refresh, oauth, life: expires_in, issued_at: created_at })
    }

    /// The record that follows a record of this generation.
    pub(super) fn record(&self, account: Account, generation: u64, now: Timestamp) -> SessionRecord {
        SessionRecord {
            account,
            refresh: self.refresh.clone(),
            client_id: self.oauth.client_id().clone(),
            origin: self.oauth.origin(),
            issued_at: self.issued_at.unwrap_or(now),
            generation: generation.saturating_add(1),
        }
    }
}

impl From<Grant> for Revocable {
    fn from(grant: Grant) -> Self {
        Self { refresh: grant.refresh, oauth: grant.oauth }
    }
}

impl Revocable {
    /// Asks Planning Center to end the sign-in; says whether it confirmed within five seconds.
    pub(super) async fn revoke(self) -> bool {
        match tokio::time::timeout(REVOKE_PATIENCE, self.oauth.revoke(&self.refresh)).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::info!(%error, "Planning Center did not confirm the end of a sign-in");
                false
            }
            Err(_) => false,
        }
    }
}
