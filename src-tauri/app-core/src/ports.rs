//! Everything the core needs from its surroundings, on one page. Each seam has two real uses: the program and the tests.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use pco_client::RedirectUri;
use secrecy::{ExposeSecret, SecretSlice};
use url::Url;

use crate::event::AppEvent;
use crate::session::views::RedirectChoice;

/// The desktop around the core. It grows only when the core needs another act from it.
pub trait Host: Send + Sync {
    /// Opens an address in the system's browser, telephone or mail program.
    fn open_link(&self, url: &Url) -> Result<(), HostError>;
    /// Gets ready to receive the browser's return and tells the address it will come back to.
    /// Whatever arrives there is handed to `App::receive_link`.
    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError>;
    /// Hands an event to the page. Never blocks.
    fn send(&self, event: AppEvent);
    /// Brings the window to the front.
    fn raise(&self);
}

/// A redirect address that is being listened on. Dropping it stops the listening.
pub struct ReturnPath {
    /// The address in use.
    pub redirect: RedirectUri,
    /// What keeps the receiving end open.
    pub receiver: Box<dyn Any + Send + Sync>,
}

/// Why the desktop could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// No program took the address.
    #[error("nothing opened the address")]
    NothingOpened,
    /// All registered local ports are in use by other programs.
    #[error("no registered local port is free")]
    NoPortFree,
}

/// The system's keychain. One call at a time; each call ends within bounded time.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Reads an item; `None` where there is none.
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError>;
    /// Writes an item, replacing what was there.
    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError>;
    /// Removes an item; removing what is not there is no error.
    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError>;
}

/// Names one keychain item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretKey {
    /// Whose item it is.
    pub account: String,
    /// Which of the account's two items.
    pub item: SecretItem,
}

/// The two items an account keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretItem {
    /// One JSON record of at most 1,200 bytes with the refresh token.
    Session,
    /// The 32 random bytes that encrypt the account's store.
    CacheKey,
}

impl SecretItem {
    /// The item's name in the keychain.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::CacheKey => "cache-key",
        }
    }
}

/// Bytes from or for the keychain; overwritten when dropped, printed as `[hidden]`.
pub struct SecretBytes(SecretSlice<u8>);

impl SecretBytes {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(SecretSlice::from(bytes))
    }

    /// Shows the bytes to the one place that needs them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl Clone for SecretBytes {
    fn clone(&self) -> Self {
        Self::new(self.expose().to_vec())
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[hidden]")
    }
}

/// Why the keychain did not do what was asked. Each needs another sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no keychain service.
    #[error("no keychain service")]
    Absent,
    /// The keychain is locked, or its prompt was dismissed.
    #[error("the keychain is locked")]
    Locked,
    /// The keychain did not answer in time.
    #[error("the keychain did not answer")]
    Silent,
    /// The value is larger than the smallest keychain takes; none was asked.
    #[error("too large for a keychain item")]
    TooLarge,
    /// The keychain answered with something else; the text is for the log and holds no value.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// Time, passed in so that tests can move it.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Time since some fixed moment, counting sleep of the computer, never going back.
    fn monotonic(&self) -> Duration;
}
