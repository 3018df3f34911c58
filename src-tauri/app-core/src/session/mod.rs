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
//! | `lock` | one owner at a time among runs of the program |
//! | `restoring` | the start: who was signed in last |
//! | `account` | who it is, and who it was last |
//! | `identity` | asking Planning Center whose a new sign-in is |

mod account;
mod arrival;
#[cfg(test)]
mod canned;
mod grant;
mod identity;
mod keeping;
mod lock;
mod record;
mod renewal;
mod restoring;
mod sign_in;
mod standing;
mod tokens;
pub mod views;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use pco_client::{AuthorizationRequest, Client, ClientConfig, ClientId, Connections, OAuthClient, RateGate};
use tokio::task::AbortHandle;
use url::Url;

pub use account::{Account, AccountId};

use self::grant::{Grant, Revocable};
use self::lock::Ownership;
use self::sign_in::{ATTEMPT_LIFE, AttemptNumber, Granted};
use self::standing::Standing;
use self::tokens::TokenKeeper;
use self::views::{RedirectChoice, SessionView};
use crate::error::{AppError, Chain, ErrorCode};
use crate::ports::{Clock, Host, SecretBytes, SecretError, SecretItem, SecretStore};
use crate::products;

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
    /// To the API alone: a token that is renewed over a connection which died unnoticed might be lost.
    connections: Mutex<Connections>,
    host: Arc<dyn Host>,
    secrets: Arc<dyn SecretStore>,
    folder: Option<PathBuf>,
    standing: Arc<Standing>,
    /// Held as long as an account is open, so that only this run renews, saves and ends its sign-in.
    ownership: Ownership,
    keeper: TokenKeeper,
    /// One pace for everybody who signs in: Planning Center counts per person and per application.
    gate: Arc<RateGate>,
    /// The application that new attempts sign in to. A sign-in that exists keeps the one it was granted to.
    oauth: Mutex<Option<OAuthClient>>,
}

/// What the person agreed to keep, not saved yet.
pub struct Agreed {
    number: AttemptNumber,
    granted: Granted,
}

impl Agreed {
    /// Whose sign-in it is.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.granted.account.id
    }
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
    /// The account that is signed in came back. Nobody needs to be asked: [`Session::agree`] comes next.
    SameAccount,
}

/// What signing out on this computer came to, and what is still to be ended at Planning Center.
pub struct Forgotten {
    /// No keychain holds anything of the program's accounts.
    pub keychain_cleared: bool,
    /// Whether the accounts' folders are gone.
    pub folders: io::Result<()>,
    sign_in: Option<Revocable>,
    unconfirmed: Option<Revocable>,
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
        let standing = Arc::new(Standing::new(
            Arc::clone(&host),
            Arc::clone(&clock),
            config.practice,
            folder.as_ref().map(|folder| folder.display().to_string()),
        ));
        let keeper = TokenKeeper::new(Arc::clone(&host), Arc::clone(&secrets), clock, Arc::clone(&standing));
        let (gate, oauth) = (Arc::new(RateGate::new()), Mutex::default());
        let ownership = Ownership::new(folder.clone());
        let connections = Connections::to(config.base.clone(), &config.user_agent)?;
        Ok(Arc::new(Self {
            config,
            connections: Mutex::new(connections),
            host,
            secrets,
            folder,
            standing,
            ownership,
            keeper,
            gate,
            oauth,
        }))
    }

    /// Tells the page who is signed in, now that what is stored of them can be read.
    pub fn opened(&self) {
        self.standing.change(sign_in::SignIn::opened);
    }

    /// Sets the client id that new attempts sign in with. An attempt that still waits with another one is given up; who
    /// is signed in stays so.
    pub fn set_client_id(&self, client_id: Option<ClientId>) {
        let before = self.oauth();
        let before = before.as_ref().map(OAuthClient::client_id);
        if before.is_some() && before != client_id.as_ref() {
            self.standing.change(sign_in::SignIn::give_up_request);
        }
        let oauth = client_id.and_then(|client_id| self.oauth_for(client_id));
        let can_sign_in = oauth.is_some();
        *self.oauth.lock().unwrap_or_else(PoisonError::into_inner) = oauth;
        self.standing.set_can_sign_in(can_sign_in);
    }

    /// Speaks to Planning Center for this account alone: once another one is signed in, it asks nothing any more and
    /// answers [`ApiError::SignInRequired`](pco_client::ApiError::SignInRequired).
    #[must_use]
    pub fn client_for(&self, account: &AccountId) -> Client {
        Client::new(ClientConfig {
            connections: self.connections(),
            tokens: Arc::new(self.keeper.tokens_of(account.clone())),
            gate: Arc::clone(&self.gate),
        })
    }

    fn connections(&self) -> Connections {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives up the connections of a sign-in that is over: in their buffers are its tokens.
    fn end_connections(&self) {
        match Connections::to(self.config.base.clone(), &self.config.user_agent) {
            Ok(fresh) => *self.connections.lock().unwrap_or_else(PoisonError::into_inner) = fresh,
            Err(error) => tracing::error!(cause = %Chain(&error), "connections could not be given up"),
        }
    }

    /// Gives back what was granted and is not kept, as far as Planning Center can be reached.
    async fn give_back(&self, grant: Grant) {
        self.end_connections();
        Revocable::from(grant).revoke().await;
    }

    /// Whether somebody is at the window: then background reads leave room for what that person asks for.
    pub fn set_attended(&self, attended: bool) {
        self.gate.set_attended(attended);
    }

    /// Lets background reads wait until this is called with `false`.
    pub fn set_paused(&self, paused: bool) {
        self.gate.hold_background(paused);
    }

    /// Whether background reads wait.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.gate.is_background_held()
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

    /// The picture of whoever is signed in or asked to confirm, as JPEG, by the account's id.
    #[must_use]
    pub fn photo(&self, account: &str) -> Option<Arc<[u8]>> {
        self.standing.change(|sign_in| sign_in.photo(account))
    }

    /// Whether the account is kept beyond this run: in the keychain, and so with a store on disk.
    #[must_use]
    pub fn remembered(&self) -> bool {
        self.keeper.remembers() || self.is_looking_on()
    }

    /// Lets the next run of the program take over what is saved: this one ends.
    pub fn let_go(&self) {
        self.ownership.release();
    }

    /// Begins a sign-in in place of any other, and opens the browser. A browser that does not open is told in
    /// the view; the link can be copied.
    ///
    /// # Errors
    /// [`ErrorCode::OpenElsewhere`] while another run of the program owns what is saved;
    /// [`ErrorCode::ClientIdMissing`]; [`ErrorCode::BrowserUnavailable`] when no return address is free.
    pub async fn start(&self, choice: RedirectChoice) -> Result<(), AppError> {
        if self.is_open_elsewhere() {
            return Err(ErrorCode::OpenElsewhere.into());
        }
        if self.standing.change(|sign_in| sign_in.is_saving()) {
            return Ok(());
        }
        // First of all, so that the attempt's return address is free again.
        if let Some(grant) = self.standing.change(sign_in::SignIn::void_attempt) {
            self.give_back(grant).await;
        }
        let oauth = self.oauth().ok_or(ErrorCode::ClientIdMissing)?;
        let return_path = self.host.prepare_return(choice)?;
        let scopes = products::scopes();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let request =
            AuthorizationRequest::new(&self.config.base, oauth.client_id(), return_path.redirect, &scopes);

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

    /// Gives an attempt up; what was granted already is given back. What the person agreed to goes on.
    pub async fn cancel(&self) {
        if let Some(grant) = self.standing.change(sign_in::SignIn::cancel) {
            self.give_back(grant).await;
        }
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

    /// The person says that this is the right account. [`Session::save`] comes next.
    ///
    /// # Errors
    /// [`ErrorCode::SignInTimedOut`] when nothing waits for a confirmation.
    pub fn agree(&self) -> Result<Agreed, AppError> {
        let (number, granted) =
            self.standing.change(sign_in::SignIn::agree).ok_or(ErrorCode::SignInTimedOut)?;
        Ok(Agreed { number, granted })
    }

    /// The person says that this is the wrong account: what was granted is ended again, as far as possible.
    pub async fn refuse(&self) {
        if let Some(grant) = self.standing.change(sign_in::SignIn::refuse) {
            self.give_back(grant).await;
        }
    }

    /// The key of the account's store: read, or made and saved by the owner when there is none. `None` when nobody is
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
        if self.is_looking_on() {
            return Ok(None);
        }
        let mut bytes = vec![0; CACHE_KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| SecretError::Failed(error.to_string()))?;
        let key = SecretBytes::new(bytes);
        keeping::write(self.secrets.as_ref(), &name, &key).await?;
        Ok(Some(key))
    }

    /// Signs out on this computer: what would let the next start sign in goes first, then everything that was kept of
    /// this account and of those before it. Waits for no network but, for at most five seconds, the end of a renewal.
    pub async fn forget(&self) -> Forgotten {
        let account = self.account();
        let unconfirmed = self.standing.change(sign_in::SignIn::sign_out).map(Revocable::from);
        self.keeper.keep_no_longer();
        let mut accounts: BTreeSet<_> = account.map(|account| account.id).into_iter().collect();
        let mut folders = Ok(());
        if let Some(folder) = &self.folder {
            if let Err(error) = account::remove_note(folder) {
                tracing::warn!(%error, "the note of the last account stays");
            }
            match account::known_accounts(folder) {
                Ok(known) => accounts.extend(known),
                Err(error) => folders = Err(error),
            }
        }
        let mut keychain_cleared = true;
        for account in &accounts {
            keychain_cleared &= self.clear_keychain(account).await;
        }
        if let Some(folder) = &self.folder {
            folders = folders.and(account::remove_folders(folder, &accounts));
        }
        let sign_in = self.keeper.forget().await;
        self.end_connections();
        // Last: until here another run would have found what is about to go.
        self.ownership.release_and_remove();
        Forgotten { keychain_cleared, folders, sign_in, unconfirmed }
    }

    /// Ends at Planning Center what was forgotten here; says whether it confirmed within five seconds.
    pub async fn end(&self, forgotten: Forgotten) -> bool {
        let Forgotten { sign_in, unconfirmed, .. } = forgotten;
        let end = async |revocable: Option<Revocable>| match revocable {
            Some(revocable) => revocable.revoke().await,
            None => false,
        };
        tokio::join!(end(sign_in), end(unconfirmed)).0
    }

    fn oauth(&self) -> Option<OAuthClient> {
        self.oauth.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn oauth_for(&self, client_id: ClientId) -> Option<OAuthClient> {
        OAuthClient::new(self.config.base.clone(), client_id, &self.config.user_agent)
            .inspect_err(|error| tracing::error!(%error, "signing in is not possible"))
            .ok()
    }

    /// Removes both items of an account. Where there is no keychain at all, there is nothing in it.
    async fn clear_keychain(&self, account: &AccountId) -> bool {
        let mut cleared = true;
        for item in [SecretItem::Session, SecretItem::CacheKey] {
            match self.secrets.delete(&keeping::key(account, item)).await {
                Ok(()) | Err(SecretError::Absent) => {}
                Err(error) => {
                    tracing::warn!(%account, %error, item = item.name(), "a keychain item stays");
                    cleared = false;
                }
            }
        }
        cleared
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
