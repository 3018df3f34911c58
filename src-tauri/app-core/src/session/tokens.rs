//! The keeper of the tokens: hands out an access token that is good, and renews it so that neither a crash,
//! nor a second program, nor a keychain that refuses loses the sign-in.
//!
//! A renewal runs in this order, and one at a time: lock among tasks, lock among programs, look into the
//! keychain, ask Planning Center, write the keychain, read it back, and only then hand out the new access
//! token.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use pco_client::{AccessToken, AccessTokens, OAuthClient, RefreshToken, TokenError, TokenSet};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::account::{Account, AccountId};
use super::lock::AccountLock;
use super::record::SessionRecord;
use super::renewal::{Age, BackOff, Lease, Reaction, Step, Tried, next_step, reaction};
use super::standing::Standing;
use super::{Moment, keeping};
use crate::event::AppEvent;
use crate::ports::{Clock, Host, SecretError, SecretItem, SecretStore};
use crate::words;

/// What a person waits for at most when signing out without a network.
const REVOKE_PATIENCE: Duration = Duration::from_secs(5);

/// Keeps the tokens of whoever is signed in. Cheap to clone.
#[derive(Clone)]
pub(super) struct TokenKeeper(Arc<Inner>);

struct Inner {
    host: Arc<dyn Host>,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    standing: Arc<Standing>,
    folder: Option<PathBuf>,
    held: Mutex<Option<Held>>,
    /// Held over awaits on purpose: whoever comes while a renewal is under way has to wait for its end and
    /// take what it brought, since a refresh token is good for one use.
    flight: Arc<AsyncMutex<()>>,
}

/// The tokens of a sign-in that can be renewed, and the application they were granted to, which alone may renew and end
/// them.
pub(super) struct Grant {
    pub(super) access: AccessToken,
    pub(super) refresh: RefreshToken,
    oauth: OAuthClient,
    life: Duration,
    issued_at: Option<Timestamp>,
}

/// What it takes to end a sign-in at Planning Center.
pub(super) struct Revocable {
    refresh: RefreshToken,
    oauth: OAuthClient,
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

    #[cfg(test)]
    pub(super) fn refresh(&self) -> &RefreshToken {
        &self.refresh
    }
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
        folder: Option<PathBuf>,
    ) -> Self {
        Self(Arc::new(Inner {
            host,
            secrets,
            clock,
            standing,
            folder,
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
        let _flight = self.0.flight.lock().await;
        let at_hand =
            self.0.with(account, |held| held.access.as_ref().map(|(at_hand, _)| at_hand.clone()))?;
        match at_hand {
            Some(newer) if newer != *token => Some(newer),
            _ => {
                self.0.end(account);
                None
            }
        }
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

    /// Buys new tokens. Called with the flight lock held, which ends with it.
    async fn renew(
        &self,
        account: &AccountId,
        _flight: OwnedMutexGuard<()>,
    ) -> Result<AccessToken, TokenError> {
        let known = self.with(account, |held| (held.oauth.clone(), held.keeping));
        let (oauth, keeping) = known.ok_or(TokenError::SignInRequired)?;
        if keeping == Keeping::MemoryOnly {
            return self.renew_with(&oauth, account, false).await;
        }
        let _account_lock = self.lock_account(account).await;
        self.adopt_from_keychain(&oauth, account, Adopt::Newer).await;
        self.renew_with(&oauth, account, true).await
    }

    async fn renew_with(
        &self,
        oauth: &OAuthClient,
        account: &AccountId,
        is_shared: bool,
    ) -> Result<AccessToken, TokenError> {
        let mut tried = Tried::default();
        loop {
            let refresh =
                self.with(account, |held| held.refresh.clone()).ok_or(TokenError::SignInRequired)?;
            let since = self.now();
            let error = match oauth.refresh(&refresh).await {
                // No new refresh token means that the old one stays good (RFC 6749 section 6).
                Ok(tokens) => {
                    let grant = Grant {
                        access: tokens.access,
                        refresh: tokens.refresh.unwrap_or(refresh),
                        oauth: oauth.clone(),
                        life: tokens.expires_in,
                        issued_at: tokens.created_at,
                    };
                    return self.accept(account, grant, since).await;
                }
                Err(error) => error,
            };
            tracing::info!(%account, %error, "the sign-in was not renewed");
            match reaction(&error, tried) {
                Reaction::Repeat => tried.repeated = true,
                Reaction::LookAgain => {
                    tried = Tried { repeated: false, looked_again: true };
                    if !is_shared || !self.adopt_from_keychain(oauth, account, Adopt::Other).await {
                        return Err(self.end(account));
                    }
                }
                Reaction::End => return Err(self.end(account)),
                Reaction::Later(trouble) => {
                    let now = self.now();
                    self.with(account, |held| held.back_off.failed(trouble, now));
                    return self.without_renewal(account, trouble.into());
                }
            }
        }
    }

    /// Saves what Planning Center handed out, and only then hands it on.
    async fn accept(
        &self,
        account: &AccountId,
        grant: Grant,
        since: Moment,
    ) -> Result<AccessToken, TokenError> {
        let next = self.with(account, |held| {
            (grant.record(held.account.clone(), held.generation, self.clock.now()), held.keeping)
        });
        let Some((record, before)) = next else { return discard(grant).await };
        let after = match before {
            Keeping::MemoryOnly => Keeping::MemoryOnly,
            Keeping::Saved | Keeping::Unsaved => {
                match keeping::insist_on_record(self.secrets.as_ref(), &record).await {
                    Ok(()) => Keeping::Saved,
                    Err(error) => {
                        tracing::warn!(%account, %error, "the renewed sign-in is not in the keychain");
                        Keeping::Unsaved
                    }
                }
            }
        };
        let still_kept = self.with(account, |held| {
            held.refresh = record.refresh;
            held.generation = record.generation;
            held.access = Some((grant.access.clone(), Lease { since, life: grant.life }));
            held.back_off = BackOff::default();
            let still_kept = held.keeping == before;
            if still_kept {
                held.keeping = after;
            }
            still_kept
        });
        if still_kept != Some(true) {
            // Signed out while the keychain was being written.
            if let Err(error) = self.secrets.delete(&keeping::key(account, SecretItem::Session)).await {
                tracing::warn!(%account, %error, "the keychain item of a sign-in that ended stays");
            }
            return if still_kept.is_none() { discard(grant).await } else { Ok(grant.access) };
        }
        self.tell_keeping(account, before, after);
        tracing::debug!(%account, generation = record.generation, "sign-in renewed");
        Ok(grant.access)
    }

    /// Warns once when a renewed sign-in is not in the keychain, and takes the warning back when it is.
    fn tell_keeping(&self, account: &AccountId, before: Keeping, after: Keeping) {
        match (before, after) {
            (Keeping::Saved, Keeping::Unsaved) => {
                let notice = words::RENEWAL_NOT_SAVED.words();
                self.standing.change(|sign_in| sign_in.saved(account, false, Some(notice.clone())));
                self.host.send(AppEvent::Notice { message: notice.message, hint: notice.hint });
            }
            (Keeping::Unsaved, Keeping::Saved) => {
                self.standing.change(|sign_in| sign_in.saved(account, true, None));
            }
            _ => {}
        }
    }

    /// The sign-in is over. What is stored stays; later callers are told so without asking anybody.
    fn end(&self, account: &AccountId) -> TokenError {
        self.with(account, |held| {
            held.ended = true;
            held.access = None;
        });
        tracing::info!(%account, "Planning Center no longer accepts the sign-in");
        self.standing.change(|sign_in| sign_in.need_sign_in(account));
        TokenError::SignInRequired
    }

    /// Renewal was not possible: what is at hand serves to the end of its life.
    fn without_renewal(&self, account: &AccountId, error: TokenError) -> Result<AccessToken, TokenError> {
        let now = self.now();
        let usable = self.with(account, |held| {
            let usable = held.access.as_ref().filter(|(_, lease)| lease.age(now) != Age::Over);
            usable.map(|(token, _)| token.clone())
        });
        usable.flatten().ok_or(error)
    }

    /// Takes over the keychain's record if it fits; says whether it did. A keychain that does not answer
    /// changes nothing: the token in memory may well be good.
    async fn adopt_from_keychain(&self, oauth: &OAuthClient, account: &AccountId, adopt: Adopt) -> bool {
        let record = match keeping::read_record(self.secrets.as_ref(), account, &oauth.origin()).await {
            Ok(Some(record)) => record,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(%account, %error, "renewing without a look into the keychain");
                return false;
            }
        };
        self.with(account, |held| {
            // A token is renewed by the application it was granted to, and after signing out nothing is taken up again.
            let is_ours = record.client_id == *oauth.client_id() && held.keeping != Keeping::MemoryOnly;
            let fits = is_ours
                && match adopt {
                Adopt::Newer => record.generation > held.generation,
                Adopt::Other => record.generation != held.generation && record.refresh != held.refresh,
            };
            if fits {
                tracing::info!(%account, generation = record.generation, "another program renewed the sign-in");
                held.refresh = record.refresh;
                held.generation = record.generation;
                held.keeping = Keeping::Saved;
            }
            fits
        })
        .unwrap_or(false)
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

    /// Writes the first record of a sign-in, which goes on counting from what is known. A keychain that cannot even be
    /// read leaves no trace of the account on disk.
    async fn save_first(&self, account: &Account, grant: &Grant, in_memory: u64) -> Result<u64, SecretError> {
        let secrets = self.secrets.as_ref();
        let origin = grant.oauth.origin();
        keeping::read_record(secrets, &account.id, &origin).await?;
        let _account_lock = self.lock_account(&account.id).await;
        let in_keychain = keeping::read_record(secrets, &account.id, &origin).await?;
        let last = in_keychain.map_or(0, |record| record.generation).max(in_memory);
        let record = grant.record(account.clone(), last, self.clock.now());
        keeping::write_record(secrets, &record).await?;
        Ok(record.generation)
    }

    async fn lock_account(&self, account: &AccountId) -> Option<AccountLock> {
        let folder = self.folder.as_ref()?.join(account.as_str());
        AccountLock::take(&folder).await
    }

    /// Acts on what is held, if it is still this account's.
    fn with<R>(&self, account: &AccountId, act: impl FnOnce(&mut Held) -> R) -> Option<R> {
        lock(&self.held).as_mut().filter(|held| held.account.id == *account).map(act)
    }

    fn now(&self) -> Moment {
        Moment::of(self.clock.as_ref())
    }
}

/// Which record of the keychain is worth taking over.
#[derive(Clone, Copy)]
enum Adopt {
    /// One with more renewals behind it.
    Newer,
    /// Any other one: ours was refused.
    Other,
}

impl Grant {
    /// The record that follows a record of this generation.
    fn record(&self, account: Account, generation: u64, now: Timestamp) -> SessionRecord {
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

/// Tokens that nobody wants any longer are ended, as far as the network lets us.
async fn discard(grant: Grant) -> Result<AccessToken, TokenError> {
    Revocable::from(grant).revoke().await;
    Err(TokenError::SignInRequired)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
