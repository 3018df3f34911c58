//! The session: who is signed in, how they got in, and the tokens that keep them in.
//!
//! | Module | Story |
//! |---|---|
//! | `sign_in` | the states of a sign-in, without any I/O |
//! | `arrival` | from the browser's return to a saved sign-in |
//! | `standing` | that machine, shared and told to the page |
//! | `tokens` | the keeper of the tokens and the order of a renewal |
//! | `renewal` | its rules, without any I/O |
//! | `record`, `keeping` | what the keychain holds, and how it is written so that it counts |
//! | `lock` | one renewal at a time among programs |
//! | `account` | who it is, and who it was last |
//! | `identity`, `photo` | asking Planning Center whose a new sign-in is |

mod account;
mod arrival;
#[cfg(test)]
mod canned;
mod identity;
mod keeping;
mod lock;
mod photo;
mod record;
mod renewal;
mod sign_in;
mod standing;
mod tokens;
pub mod views;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use pco_client::{AuthorizationRequest, Client, ClientConfig, ClientId, OAuthClient, RateGate};
use tokio::task::AbortHandle;
use url::Url;

pub use account::{Account, AccountId};

use self::sign_in::{ATTEMPT_LIFE, AttemptNumber};
use self::standing::Standing;
use self::tokens::TokenKeeper;
use self::views::{RedirectChoice, SessionView, Words};
use crate::error::{AppError, ErrorCode};
use crate::ports::{Clock, Host, SecretBytes, SecretError, SecretItem, SecretStore};
use crate::{products, words};

/// Bytes of the key that encrypts an account's store.
const CACHE_KEY_BYTES: usize = 32;

/// What a session needs to know once and for all.
pub struct SessionConfig {
    /// Planning Center's origin, or the practice church's.
    pub base: Url,
    /// `name/version (contact)`.
    pub user_agent: String,
    /// Whether this is the practice church.
    pub practice: bool,
}

/// One session. Its methods may be called from any task, at any time, in any order.
pub struct Session {
    config: SessionConfig,
    host: Arc<dyn Host>,
    secrets: Arc<dyn SecretStore>,
    folder: Option<PathBuf>,
    standing: Arc<Standing>,
    keeper: TokenKeeper,
    client: Client,
    client_id: Mutex<Option<ClientId>>,
}

/// What a return link led to.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// It was not the awaited answer; nothing changed. The word says why and holds nothing of the link.
    Ignored(&'static str),
    /// The attempt is over; [`Session::status`] says why.
    Ended,
    /// The person is asked whether this is the right account.
    Confirm,
    /// The account that was signed in before is signed in again.
    SignedIn(Account),
}

/// What signing out came to. On this computer it always succeeds, but for a keychain that cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutReport {
    /// Planning Center confirmed that the sign-in has ended.
    pub revoked: bool,
    /// Nothing of the account is left in the keychain.
    pub keychain_cleared: bool,
}

impl Session {
    /// Sets a session up; nothing is read, sent or shown.
    ///
    /// `folder` is where accounts have their folders, and the note of who was signed in last. Without one
    /// nothing touches the disk.
    ///
    /// # Errors
    /// [`ErrorCode::Unexpected`] for a base that is neither https nor a loopback address.
    pub fn new(
        config: SessionConfig,
        host: Arc<dyn Host>,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        folder: Option<PathBuf>,
    ) -> Result<Arc<Self>, AppError> {
        let standing = Arc::new(Standing::new(Arc::clone(&host), Arc::clone(&clock), config.practice));
        let keeper = TokenKeeper::new(
            Arc::clone(&host),
            Arc::clone(&secrets),
            clock,
            Arc::clone(&standing),
            folder.clone(),
        );
        let client = Client::new(ClientConfig {
            base: config.base.clone(),
            user_agent: config.user_agent.clone(),
            tokens: Arc::new(keeper.clone()),
            gate: Arc::new(RateGate::new()),
        })?;
        let client_id = Mutex::default();
        Ok(Arc::new(Self { config, host, secrets, folder, standing, keeper, client, client_id }))
    }

    /// Looks for the account signed in last: on disk for its id, in the keychain for its sign-in. No network.
    /// What cannot be read is left as it is and told in words.
    pub async fn restore(&self, client_id: Option<ClientId>) -> Option<Account> {
        self.set_client_id(client_id);
        let (record, notice) = match self.find_record().await {
            Ok(record) => (record, None),
            Err(notice) => (None, Some(notice)),
        };
        let account = record.as_ref().map(|record| record.account.clone());
        if self.account().is_none()
            && let Some(record) = record
        {
            self.keeper.restore(record);
        }
        self.standing.change(|sign_in| sign_in.restored(account, notice));
        self.account()
    }

    /// Sets the client id in use. An attempt that was begun with another one is given up.
    pub fn set_client_id(&self, client_id: Option<ClientId>) {
        let before = self.client_id();
        if before.is_some() && before != client_id {
            self.cancel();
        }
        let oauth = client_id.clone().and_then(|client_id| {
            OAuthClient::new(self.config.base.clone(), client_id, &self.config.user_agent)
                .inspect_err(|error| tracing::error!(%error, "signing in is not possible"))
                .ok()
        });
        self.standing.set_can_sign_in(oauth.is_some());
        self.keeper.set_oauth(oauth);
        *self.client_id.lock().unwrap_or_else(PoisonError::into_inner) = client_id;
    }

    /// Speaks to Planning Center for whoever is signed in.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where the session stands.
    #[must_use]
    pub fn status(&self) -> SessionView {
        self.standing.view()
    }

    /// Who is signed in, also when Planning Center wants them to sign in again.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        self.standing.change(|sign_in| sign_in.account().cloned())
    }

    /// The picture of whoever is signed in or asked to confirm, as PNG, by the account's id.
    #[must_use]
    pub fn photo(&self, account: &str) -> Option<Arc<[u8]>> {
        self.standing.change(|sign_in| sign_in.photo(account))
    }

    /// Whether the account is kept beyond this run: in the keychain, and so with a store on disk.
    #[must_use]
    pub fn remembered(&self) -> bool {
        self.keeper.remembers()
    }

    /// Return links that were not the awaited answer, since the program started.
    #[must_use]
    pub fn refused_links(&self) -> u64 {
        self.standing.change(|sign_in| sign_in.refused_links())
    }

    /// Begins a sign-in in place of any other, and opens the browser. A browser that does not open is told in
    /// the view; the link can be copied.
    ///
    /// # Errors
    /// [`ErrorCode::ClientIdMissing`]; [`ErrorCode::BrowserUnavailable`] when no return address is free.
    pub async fn start(&self, choice: RedirectChoice) -> Result<(), AppError> {
        if self.standing.change(|sign_in| sign_in.is_saving()) {
            return Ok(());
        }
        // First of all, so that the attempt's return address is free again.
        if let Some(grant) = self.standing.change(sign_in::SignIn::void_attempt) {
            self.keeper.revoke(&grant.refresh).await;
        }
        let client_id = self.client_id().ok_or(ErrorCode::ClientIdMissing)?;
        let return_path = self.host.prepare_return(choice)?;
        let scopes = products::scopes();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let request = AuthorizationRequest::new(&self.config.base, &client_id, return_path.redirect, &scopes);

        let now = self.standing.now();
        let number = self.standing.change(|sign_in| sign_in.begin(request, choice, Some(return_path), now));
        let alarm = self.alarm(number);
        self.standing.change(|sign_in| sign_in.set_alarm(number, alarm));
        self.open_again()
    }

    /// Opens the browser once more for the attempt that waits. Does nothing when none does.
    ///
    /// # Errors
    /// None today: a browser that does not open is told in the view.
    pub fn open_again(&self) -> Result<(), AppError> {
        let Some(link) = self.standing.change(|sign_in| sign_in.link().cloned()) else { return Ok(()) };
        let opened = self.host.open_link(&link);
        if let Err(error) = &opened {
            tracing::warn!(%error, "the browser did not open");
        }
        self.standing.change(|sign_in| sign_in.browser_opened(opened.is_ok()));
        Ok(())
    }

    /// Gives an attempt up. One that waits for the person's confirmation is refused instead.
    pub fn cancel(&self) {
        self.standing.change(sign_in::SignIn::cancel);
    }

    /// Takes in a link from the operating system or the loopback address. Anything but the awaited answer
    /// changes nothing.
    pub async fn receive(&self, link: &str) -> Received {
        self.take_in(link, false).await
    }

    /// Takes in a link that a person pasted: space around it is forgiven, and one that does not fit is
    /// answered in the view.
    pub async fn receive_by_hand(&self, link: &str) -> Received {
        self.take_in(link, true).await
    }

    /// The person says that this is the right account: it is saved, and signed in.
    ///
    /// # Errors
    /// [`ErrorCode::SignInTimedOut`] when nothing waits for a confirmation.
    pub async fn confirm(&self) -> Result<Account, AppError> {
        let (number, granted) =
            self.standing.change(sign_in::SignIn::agree).ok_or(ErrorCode::SignInTimedOut)?;
        self.save(number, granted).await.ok_or_else(|| ErrorCode::SignInRequired.into())
    }

    /// The person says that this is the wrong account: what was granted is ended again, as far as possible.
    pub async fn refuse(&self) {
        if let Some(grant) = self.standing.change(sign_in::SignIn::refuse) {
            self.keeper.revoke(&grant.refresh).await;
        }
    }

    /// The key of the account's store: read, or made and saved when there is none. `None` when nobody is
    /// signed in or the account is not remembered; then nothing may be stored on disk.
    ///
    /// # Errors
    /// As the keychain's.
    pub async fn cache_key(&self) -> Result<Option<SecretBytes>, SecretError> {
        let Some(account) = self.account().filter(|_| self.remembered()) else { return Ok(None) };
        let name = keeping::key(&account.id, SecretItem::CacheKey);
        match self.secrets.read(&name).await? {
            Some(key) if key.expose().len() == CACHE_KEY_BYTES => return Ok(Some(key)),
            Some(_) => {
                tracing::warn!(account = %account.id, "the store's key has a wrong length and is replaced");
            }
            None => {}
        }
        let mut bytes = vec![0; CACHE_KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| SecretError::Failed(error.to_string()))?;
        let key = SecretBytes::new(bytes);
        keeping::write(self.secrets.as_ref(), &name, &key).await?;
        Ok(Some(key))
    }

    /// Signs out: ends the sign-in at Planning Center within five seconds if the network allows, and forgets
    /// it here in any case.
    pub async fn sign_out(&self) -> SignOutReport {
        let account = self.account();
        let was_remembered = self.remembered();
        let waiting = self.standing.change(sign_in::SignIn::sign_out);
        if let Some(grant) = waiting {
            self.keeper.revoke(&grant.refresh).await;
        }
        let revoked = match self.keeper.forget().await {
            Some(refresh) => self.keeper.revoke(&refresh).await,
            None => false,
        };
        let keychain_cleared = match &account {
            Some(account) => self.clear_keychain(&account.id, was_remembered).await,
            None => true,
        };
        if let Some(folder) = &self.folder
            && let Err(error) = account::remove_note(folder)
        {
            tracing::warn!(%error, "the note of the last account stays");
        }
        SignOutReport { revoked, keychain_cleared }
    }

    fn client_id(&self) -> Option<ClientId> {
        self.client_id.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn find_record(&self) -> Result<Option<record::SessionRecord>, Words> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let account = match account::read_note(folder) {
            Ok(Some(account)) => account,
            Ok(None) => return Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the note of the last account cannot be read");
                return Err(words::SAVED_SIGN_IN_UNREADABLE.words());
            }
        };
        match keeping::find_record(self.secrets.as_ref(), &account).await {
            Ok(keeping::Found::Record(record)) => Ok(Some(record)),
            Ok(keeping::Found::Nothing) => Err(words::SAVED_SIGN_IN_GONE.words()),
            Ok(keeping::Found::Unreadable) => Err(words::SAVED_SIGN_IN_UNREADABLE.words()),
            Err(error) => {
                tracing::warn!(%account, %error, "the saved sign-in cannot be fetched");
                Err(words::not_restored(&error).words())
            }
        }
    }

    async fn clear_keychain(&self, account: &AccountId, was_remembered: bool) -> bool {
        let mut cleared = true;
        for item in [SecretItem::Session, SecretItem::CacheKey] {
            if let Err(error) = self.secrets.delete(&keeping::key(account, item)).await {
                tracing::warn!(%account, %error, item = item.name(), "a keychain item stays");
                cleared = false;
            }
        }
        cleared || !was_remembered
    }

    /// Ends the attempt after its ten minutes even if nobody looks. Cancelled with the attempt.
    fn alarm(&self, number: AttemptNumber) -> EndOnDrop {
        let standing = Arc::downgrade(&self.standing);
        let alarm = tokio::spawn(async move {
            tokio::time::sleep(ATTEMPT_LIFE).await;
            if let Some(standing) = standing.upgrade() {
                standing.change(|sign_in| sign_in.alarm_rang(number));
            }
        });
        EndOnDrop(alarm.abort_handle())
    }
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
struct Moment {
    wall: Timestamp,
    monotonic: Duration,
}

impl Moment {
    fn of(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), monotonic: clock.monotonic() }
    }
}

/// Ends a task with its owner.
struct EndOnDrop(AbortHandle);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
