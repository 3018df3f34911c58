//! From the browser's return to a saved sign-in: exchange, whose it is, confirmation, keychain, note on disk.

use pco_client::{AuthorizationCode, AuthorizationRequest};

use super::grant::{Grant, Revocable};
use super::sign_in::{AttemptNumber, Granted, Identified, Reception};
use super::tokens::Kept;
use super::views::Words;
use super::{Account, AccountId, Agreed, Received, Session, account, identity, keeping};
use crate::error::{AppError, Chain, ErrorCode};
use crate::event::AppEvent;
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
            Reception::Late => {
                tracing::info!("a return link came while nobody signs in");
                let Words { message, hint } = words::SIGN_IN_TIMED_OUT.words();
                self.host.send(AppEvent::Notice { message, hint });
                Received::Ignored("late")
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
            Identified::SameAccount => Received::SameAccount,
            Identified::Stale(grant) => {
                self.give_back(grant).await;
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
        let oauth = self.oauth().ok_or(ErrorCode::ClientIdMissing)?;
        let since = self.standing.now();
        let tokens = oauth.exchange(request, code).await?;
        let grant =
            Grant::new(tokens, oauth).map_err(|error| AppError::because(&words::SIGN_IN_REJECTED, error))?;
        match identity::look_up(self.connections(), &grant.access).await {
            Ok(account) => Ok(Granted { grant, since, account }),
            Err(error) => {
                self.give_back(grant).await;
                Err(error)
            }
        }
    }

    /// Saves what the person agreed to, and signs in. The sign-in of another account ends with it; that account's stored
    /// data and their key stay until somebody signs out.
    ///
    /// # Errors
    /// [`ErrorCode::SignInRequired`] when the person signed out meanwhile, and [`ErrorCode::OpenElsewhere`] when another
    /// run of the program signed in meanwhile: then nothing was saved.
    pub async fn save(&self, agreed: Agreed) -> Result<Account, AppError> {
        let Agreed { number, granted: Granted { grant, since, account } } = agreed;
        if !self.may_save(&account.id, &grant).await {
            self.standing.change(|sign_in| sign_in.failed(number, words::OPEN_ELSEWHERE.words()));
            self.give_back(grant).await;
            return Err(ErrorCode::OpenElsewhere.into());
        }
        let before = match self.account().filter(|before| before.id != account.id) {
            Some(before) => self.leave(&before).await,
            None => None,
        };
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
        let unwanted = if signed_in {
            tracing::info!(account = %account.id, remembered, "signed in");
            before
        } else {
            self.clear_keychain(&account.id).await;
            let unwanted = self.keeper.forget().await;
            self.end_connections();
            unwanted
        };
        if let Some(unwanted) = unwanted {
            unwanted.revoke().await;
        }
        if signed_in { Ok(account) } else { Err(ErrorCode::SignInRequired.into()) }
    }

    /// Makes this run the owner of what is saved. A keychain that cannot even be read leaves no trace of the account on
    /// disk: nothing will be saved then.
    async fn may_save(&self, account: &AccountId, grant: &Grant) -> bool {
        let saved = keeping::read_record(self.secrets.as_ref(), account, &grant.oauth.origin()).await;
        saved.is_err() || self.ownership.claim()
    }

    /// Forgets the sign-in of an account that another one takes the place of, and hands out what is to be revoked.
    async fn leave(&self, account: &Account) -> Option<Revocable> {
        let left = self.keeper.forget().await;
        self.end_connections();
        if let Err(error) = self.secrets.delete(&keeping::key(&account.id, SecretItem::Session)).await {
            tracing::warn!(account = %account.id, %error, "the keychain item of the account left stays");
        }
        left
    }

    /// Notes on disk who is signed in, and says so when that fails: the next start would not know.
    fn note(&self, account: &AccountId) -> Option<Words> {
        let folder = self.folder.as_ref()?;
        let error = account::write_note(folder, account).err()?;
        tracing::warn!(%error, "the account could not be noted");
        Some(words::NOT_NOTED.words())
    }
}
