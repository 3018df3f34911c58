//! The keeper of the tokens: hands out an access token that is good, and renews it so that neither a crash,
//! nor a second program, nor a keychain that refuses loses the sign-in.
//!
//! A renewal runs in this order, and one at a time: look into the keychain, ask Planning Center, write the keychain,
//! read it back, and only then hand out the new access token. Among runs of the program only the owner renews.

mod renew;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use pco_client::{AccessToken, AccessTokens, OAuthClient, RefreshToken, TokenError};
use tokio::sync::Mutex as AsyncMutex;

use super::account::{Account, AccountId};
use super::grant::{Grant, REVOKE_PATIENCE, Revocable};
use super::record::SessionRecord;
use super::renewal::{BackOff, Lease, Step, next_step};
use super::standing::Standing;
use super::{Moment, keeping};
use crate::ports::{Clock, Host, SecretError, SecretStore};

/// Keeps the tokens of whoever is signed in. Cheap to clone.
#[derive(Clone)]
pub(super) struct TokenKeeper(Arc<Inner>);

struct Inner {
    host: Arc<dyn Host>,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    standing: Arc<Standing>,
    held: Mutex<Option<Held>>,
    /// Held over awaits on purpose: whoever comes while a renewal is under way has to wait for its end and
    /// take what it brought, since a refresh token is good for one use.
    flight: Arc<AsyncMutex<()>>,
}

/// What is known of one account's tokens.
struct Held {
    account: Account,
    refresh: RefreshToken,
    oauth: OAuthClient,
    access: Option<(AccessToken, Lease)>,
    generation: u64,
    keeping: Keeping,
    /// Planning Center refused the refresh token, and no other was found.
    ended: bool,
    back_off: BackOff,
}

/// Whether the keychain holds the account's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    /// It holds the current one.
    Saved,
    /// It should, and could not be written at the last renewal.
    Unsaved,
    /// The account lives until the program closes, or is being signed out.
    MemoryOnly,
}

/// How a sign-in ended up in the keychain.
pub(super) enum Kept {
    /// It is there.
    Saved,
    /// It is not, and lives in memory only.
    MemoryOnly(SecretError),
}

impl TokenKeeper {
    pub(super) fn new(
        host: Arc<dyn Host>,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        standing: Arc<Standing>,
    ) -> Self {
        Self(Arc::new(Inner {
            host,
            secrets,
            clock,
            standing,
            held: Mutex::new(None),
            flight: Arc::default(),
        }))
    }

    /// The tokens of this account alone: whoever holds them gets none once another account is signed in.
    pub(super) fn tokens_of(&self, account: AccountId) -> AccountTokens {
        AccountTokens { keeper: self.clone(), account }
    }

    /// Takes over what an earlier run left in the keychain. `oauth` is the application it was granted to.
    pub(super) fn restore(&self, record: SessionRecord, oauth: OAuthClient) {
        *lock(&self.0.held) = Some(Held {
            account: record.account,
            refresh: record.refresh,
            oauth,
            access: None,
            generation: record.generation,
            keeping: Keeping::Saved,
            ended: false,
            back_off: BackOff::default(),
        });
    }

    /// Saves and takes over the tokens of a new sign-in, asked for at `since`. It runs to its end even if the
    /// caller gives up.
    pub(super) async fn install(&self, account: Account, grant: Grant, since: Moment) -> Kept {
        let inner = Arc::clone(&self.0);
        let saved = tokio::spawn(async move { inner.install(account, grant, since).await }).await;
        saved.unwrap_or_else(|error| Kept::MemoryOnly(SecretError::Failed(error.to_string())))
    }

    /// Whether the account is kept in the keychain rather than until the program closes.
    pub(super) fn remembers(&self) -> bool {
        lock(&self.0.held).as_ref().is_some_and(|held| held.keeping != Keeping::MemoryOnly)
    }

    /// Writes the keychain no more: the person signs out. A renewal under way ends in memory.
    pub(super) fn keep_no_longer(&self) {
        if let Some(held) = lock(&self.0.held).as_mut() {
            held.keeping = Keeping::MemoryOnly;
        }
    }

    /// Forgets the tokens and hands out what is to be revoked. A renewal under way is waited for, but not for
    /// long; when it ends later, it finds itself unwanted and cleans up.
    pub(super) async fn forget(&self) -> Option<Revocable> {
        let _flight = tokio::time::timeout(REVOKE_PATIENCE, self.0.flight.lock()).await;
        let held = lock(&self.0.held).take().filter(|held| !held.ended)?;
        Some(Revocable { refresh: held.refresh, oauth: held.oauth })
    }

    /// As [`AccessTokens::bearer`], for this account.
    async fn bearer(
        &self,
        account: &AccountId,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, TokenError> {
        if let Some(answer) = self.0.answer(account, refused) {
            return answer;
        }
        let flight = Arc::clone(&self.0.flight).lock_owned().await;
        if let Some(answer) = self.0.answer(account, refused) {
            return answer;
        }
        // In a task of its own: a caller who gives up must not cut a renewal off between Planning Center's
        // answer and the keychain.
        let (inner, account) = (Arc::clone(&self.0), account.clone());
        tokio::spawn(async move { inner.renew(&account, flight).await })
            .await
            .map_err(|error| TokenError::Other(Box::new(error)))?
    }

    /// As [`AccessTokens::revoked`], for this account.
    async fn revoked(&self, account: &AccountId, token: &AccessToken) -> Option<AccessToken> {
        // A renewal under way is what makes the difference, so it is waited for.
        let flight = Arc::clone(&self.0.flight).lock_owned().await;
        let at_hand =
            self.0.with(account, |held| held.access.as_ref().map(|(at_hand, _)| at_hand.clone()))?;
        if let Some(newer) = at_hand.filter(|at_hand| at_hand != token) {
            return Some(newer);
        }
        let (inner, account) = (Arc::clone(&self.0), account.clone());
        tokio::spawn(async move { inner.renew_if_replaced(&account, flight).await }).await.ok()?
    }
}

/// Tokens for one account. While another one is signed in, or none, there are none.
pub(super) struct AccountTokens {
    keeper: TokenKeeper,
    account: AccountId,
}

#[async_trait]
impl AccessTokens for AccountTokens {
    async fn bearer(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        self.keeper.bearer(&self.account, refused).await
    }

    async fn revoked(&self, token: &AccessToken) -> Option<AccessToken> {
        self.keeper.revoked(&self.account, token).await
    }
}

impl Inner {
    /// The answer that needs no renewal; a refused token that is still the one at hand is put away.
    fn answer(
        &self,
        account: &AccountId,
        refused: Option<&AccessToken>,
    ) -> Option<Result<AccessToken, TokenError>> {
        let now = self.now();
        let mut held = lock(&self.held);
        let Some(held) = held.as_mut().filter(|held| held.account.id == *account) else {
            return Some(Err(TokenError::SignInRequired));
        };
        held.access.take_if(|(token, _)| Some(&*token) == refused);
        let age = held.access.as_ref().map(|(_, lease)| lease.age(now));
        match next_step(held.ended, age, &held.back_off, now) {
            Step::Use => held.access.as_ref().map(|(token, _)| Ok(token.clone())),
            Step::Renew => None,
            Step::Fail(trouble) => Some(Err(trouble.into())),
            Step::SignIn => Some(Err(TokenError::SignInRequired)),
        }
    }

    async fn install(&self, account: Account, grant: Grant, since: Moment) -> Kept {
        let _flight = self.flight.lock().await;
        let in_memory = self.with(&account.id, |held| held.generation).unwrap_or(0);
        let saved = self.save_first(&account, &grant, in_memory).await;
        let (generation, keeping, kept) = match saved {
            Ok(generation) => (generation, Keeping::Saved, Kept::Saved),
            Err(error) => (in_memory, Keeping::MemoryOnly, Kept::MemoryOnly(error)),
        };
        *lock(&self.held) = Some(Held {
            account,
            refresh: grant.refresh,
            oauth: grant.oauth,
            access: Some((grant.access, Lease { since, life: grant.life })),
            generation,
            keeping,
            ended: false,
            back_off: BackOff::default(),
        });
        kept
    }

    /// Writes the first record of a sign-in, which goes on counting from what is known.
    async fn save_first(&self, account: &Account, grant: &Grant, in_memory: u64) -> Result<u64, SecretError> {
        let secrets = self.secrets.as_ref();
        let in_keychain = keeping::read_record(secrets, &account.id, &grant.oauth.origin()).await?;
        let last = in_keychain.map_or(0, |record| record.generation).max(in_memory);
        let record = grant.record(account.clone(), last, self.clock.now());
        keeping::write_record(secrets, &record).await?;
        Ok(record.generation)
    }

    /// Acts on what is held, if it is still this account's.
    fn with<R>(&self, account: &AccountId, act: impl FnOnce(&mut Held) -> R) -> Option<R> {
        lock(&self.held).as_mut().filter(|held| held.account.id == *account).map(act)
    }

    fn now(&self) -> Moment {
        Moment::of(self.clock.as_ref())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
