//! A renewal, from the look into the keychain to the tokens that were saved in it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use pco_client::{AccessToken, OAuthClient, TokenError};
use tokio::sync::OwnedMutexGuard;

use super::{Held, Inner, Keeping};
use crate::ports::{SecretError, SecretItem};
use crate::session::account::AccountId;
use crate::session::grant::{Grant, Revocable};
use crate::session::record::SessionRecord;
use crate::session::renewal::{Age, BackOff, Lease, Reaction, Tried, reaction};
use crate::session::{Moment, keeping};
use crate::words;

/// A keychain that took nothing at a renewal is asked again this often.
const SAVE_AGAIN: Duration = Duration::from_mins(1);

/// Which record of the keychain is worth taking over.
#[derive(Clone, Copy)]
enum Adopt {
    /// One with more renewals behind it.
    Newer,
    /// Any other one: ours was refused.
    Other,
}

impl Inner {
    /// Buys new tokens. Called with the flight lock held, which ends with it.
    pub(super) async fn renew(
        self: &Arc<Self>,
        account: &AccountId,
        _flight: OwnedMutexGuard<()>,
    ) -> Result<AccessToken, TokenError> {
        let known = self.with(account, |held| (held.oauth.clone(), held.keeping));
        let (oauth, keeping) = known.ok_or(TokenError::SignInRequired)?;
        if keeping == Keeping::MemoryOnly {
            return self.renew_with(&oauth, account, false).await;
        }
        self.adopt_from_keychain(&oauth, account, Adopt::Newer).await;
        self.renew_with(&oauth, account, true).await
    }

    /// The token at hand was revoked. If another program has renewed the sign-in, which happens where the disk has no
    /// locks, that is why, and its record leads on; otherwise the sign-in is over. Called with the flight lock held,
    /// which ends with it.
    pub(super) async fn renew_if_replaced(
        self: &Arc<Self>,
        account: &AccountId,
        _flight: OwnedMutexGuard<()>,
    ) -> Option<AccessToken> {
        let (oauth, keeping) = self.with(account, |held| {
            held.access = None;
            (held.oauth.clone(), held.keeping)
        })?;
        if keeping != Keeping::MemoryOnly && self.adopt_from_keychain(&oauth, account, Adopt::Newer).await {
            return self.renew_with(&oauth, account, true).await.ok();
        }
        self.end(account);
        None
    }

    async fn renew_with(
        self: &Arc<Self>,
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
                    self.with(account, |held| held.back_off.failed(trouble, now, chance()));
                    return self.without_renewal(account, trouble.into());
                }
            }
        }
    }

    /// Saves what Planning Center handed out, and only then hands it on.
    pub(super) async fn accept(
        self: &Arc<Self>,
        account: &AccountId,
        grant: Grant,
        since: Moment,
    ) -> Result<AccessToken, TokenError> {
        let next = self.with(account, |held| {
            (grant.record(held.account.clone(), held.generation, self.clock.now()), held.keeping)
        });
        let Some((record, before)) = next else { return discard(grant).await };
        let saved = match before {
            Keeping::MemoryOnly => Ok(Keeping::MemoryOnly),
            Keeping::Saved | Keeping::Unsaved => {
                let saved = keeping::insist_on_record(self.secrets.as_ref(), &record).await;
                saved.map(|()| Keeping::Saved)
            }
        };
        let after = *saved.as_ref().unwrap_or(&Keeping::Unsaved);
        let still_kept = self.with(account, |held| {
            held.refresh = record.refresh.clone();
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
        tracing::debug!(%account, generation = record.generation, "sign-in renewed");
        match saved {
            Ok(_) if before == Keeping::Unsaved => self.tell_saved(account),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%account, %error, "the renewed sign-in is not in the keychain");
                if before == Keeping::Saved {
                    self.tell_unsaved(account, &error);
                }
                if error != SecretError::TooLarge {
                    tokio::spawn(save_later(Arc::downgrade(self), record));
                }
            }
        }
        Ok(grant.access)
    }

    /// Tries once more to save a record that the keychain did not take. Says whether to try again.
    async fn save_again(&self, record: &SessionRecord) -> bool {
        let _flight = self.flight.lock().await;
        let account = &record.account.id;
        let is_wanted = |held: &mut Held| {
            held.keeping == Keeping::Unsaved && held.generation == record.generation && !held.ended
        };
        if self.with(account, is_wanted) != Some(true) {
            return false;
        }
        if let Err(error) = keeping::write_record(self.secrets.as_ref(), record).await {
            tracing::debug!(%account, %error, "the renewed sign-in is still not in the keychain");
            return true;
        }
        let is_wanted = self.with(account, |held| {
            let is_wanted = is_wanted(held);
            if is_wanted {
                held.keeping = Keeping::Saved;
            }
            is_wanted
        });
        if is_wanted == Some(true) {
            self.tell_saved(account);
        } else if let Err(error) = self.secrets.delete(&keeping::key(account, SecretItem::Session)).await {
            // Signed out while the keychain was being written.
            tracing::warn!(%account, %error, "the keychain item of a sign-in that ended stays");
        }
        false
    }

    /// Warns that a renewed sign-in is not in the keychain.
    fn tell_unsaved(&self, account: &AccountId, cause: &SecretError) {
        let notice = words::renewal_not_saved(cause).words();
        self.standing.change(|sign_in| sign_in.saved(account, false, Some(notice.clone())));
        self.host.send(notice.into());
    }

    /// Takes the warning back.
    fn tell_saved(&self, account: &AccountId) {
        self.standing.change(|sign_in| sign_in.saved(account, true, None));
    }

    /// The sign-in is over. What is stored stays; later callers are told so without asking anybody.
    pub(super) fn end(&self, account: &AccountId) -> TokenError {
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
}

/// Tries once a minute to save a record that the keychain did not take, until it does or the record is out of date.
async fn save_later(keeper: Weak<Inner>, record: SessionRecord) {
    loop {
        tokio::time::sleep(SAVE_AGAIN).await;
        match keeper.upgrade() {
            Some(keeper) if keeper.save_again(&record).await => {}
            _ => return,
        }
    }
}

/// A number from 0 to 1. Where the system has no random bytes, waits are not cut.
fn chance() -> f64 {
    getrandom::u32().map_or(0.0, |bits| f64::from(bits) / f64::from(u32::MAX))
}

/// Tokens that nobody wants any longer are ended, as far as the network lets us.
async fn discard(grant: Grant) -> Result<AccessToken, TokenError> {
    Revocable::from(grant).revoke().await;
    Err(TokenError::SignInRequired)
}
