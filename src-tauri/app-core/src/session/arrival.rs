//! From the browser's return to a saved sign-in: exchange, whose it is, confirmation, keychain, note on disk.

use pco_client::{AuthorizationCode, AuthorizationRequest};

use super::sign_in::{AttemptNumber, Granted, Identified, Reception};
use super::tokens::{Grant, Kept};
use super::views::Words;
use super::{Account, AccountId, Received, Session, account, identity, keeping};
use crate::error::{AppError, Chain, ErrorCode};
use crate::ports::SecretItem;
use crate::words;

impl Session {
    /// Acts on a link from anywhere.
    pub(super) async fn take_in(&self, link: &str, by_hand: bool) -> Received {
        let now = self.standing.now();
        match self.standing.change(|sign_in| sign_in.receive(link, by_hand, now)) {
            Reception::Ignored(reason) => {
                tracing::info!(reason, "a return link was not the awaited one");
                Received::Ignored(reason)
            }
            Reception::Ended => {
                self.host.raise();
                Received::Ended
            }
            Reception::Exchange { number, request, code } => {
                self.host.raise();
                self.finish(number, *request, code).await
            }
        }
    }

    async fn finish(
        &self,
        number: AttemptNumber,
        request: AuthorizationRequest,
        code: AuthorizationCode,
    ) -> Received {
        let granted = match self.identify(request, code).await {
            Ok(granted) => granted,
            Err(error) => {
                tracing::warn!(cause = %Chain(&error), "sign-in was not finished");
                let notice = words::sign_in_unfinished(error.code).words();
                self.standing.change(|sign_in| sign_in.failed(number, notice));
                return Received::Ended;
            }
        };
        match self.standing.change(|sign_in| sign_in.identified(number, granted)) {
            Identified::Confirm => Received::Confirm,
            Identified::SameAccount(granted) => {
                self.save(number, granted).await.map_or(Received::Ended, Received::SignedIn)
            }
            Identified::Stale(grant) => {
                self.keeper.revoke(&grant.refresh).await;
                Received::Ended
            }
        }
    }

    /// Exchanges the code and asks whose the tokens are. They are ended again if that cannot be told.
    async fn identify(
        &self,
        request: AuthorizationRequest,
        code: AuthorizationCode,
    ) -> Result<Granted, AppError> {
        let oauth = self.keeper.oauth().ok_or(ErrorCode::ClientIdMissing)?;
        let since = self.standing.now();
        let tokens = oauth.exchange(request, code).await?;
        let grant =
            Grant::try_from(tokens).map_err(|error| AppError::because(&words::SIGN_IN_REJECTED, error))?;
        match identity::look_up(&self.config, &grant.access).await {
            Ok(account) => Ok(Granted { grant, since, account }),
            Err(error) => {
                self.keeper.revoke(&grant.refresh).await;
                Err(error)
            }
        }
    }

    /// Saves and signs in. `None` when the person signed out meanwhile.
    pub(super) async fn save(&self, number: AttemptNumber, granted: Granted) -> Option<Account> {
        let Granted { grant, since, account } = granted;
        let before = self.account().filter(|before| before.id != account.id);
        if let Some(before) = before {
            self.leave(&before).await;
        }
        let notice = match self.keeper.install(account.clone(), grant, since).await {
            Kept::Saved => self.note(&account.id),
            Kept::MemoryOnly(error) => {
                tracing::warn!(%error, "the sign-in lasts until the program closes");
                Some(words::not_remembered(&error).words())
            }
        };
        let remembered = self.remembered();
        let signed_in =
            self.standing.change(|sign_in| sign_in.complete(number, account.clone(), remembered, notice));
        if signed_in {
            tracing::info!(account = %account.id, remembered, "signed in");
            return Some(account);
        }
        if let Some(refresh) = self.keeper.forget().await {
            self.keeper.revoke(&refresh).await;
        }
        self.clear_keychain(&account.id, remembered).await;
        None
    }

    /// Ends the sign-in of an account that another one takes the place of. Its stored data and their key
    /// stay.
    async fn leave(&self, account: &Account) {
        if let Some(refresh) = self.keeper.forget().await {
            self.keeper.revoke(&refresh).await;
        }
        if let Err(error) = self.secrets.delete(&keeping::key(&account.id, SecretItem::Session)).await {
            tracing::warn!(account = %account.id, %error, "the keychain item of the account left stays");
        }
    }

    /// Notes on disk who is signed in, and says so when that fails: the next start would not know.
    fn note(&self, account: &AccountId) -> Option<Words> {
        let folder = self.folder.as_ref()?;
        let error = account::write_note(folder, account).err()?;
        tracing::warn!(%error, "the account could not be noted");
        Some(words::NOT_NOTED.words())
    }
}
