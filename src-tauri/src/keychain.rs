//! The system's keychain behind [`SecretStore`].
//!
//! A keychain can be missing, locked, or silent for ever, and some crash when they are asked twice at once. So one plain
//! thread speaks to it, one call at a time, and every caller waits for a bounded time. There is no fall-back to a file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use app_core::ports::{SecretBytes, SecretError, SecretKey, SecretStore};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyring_core::{CredentialStore, Entry, Error};
use pco_client::CUSTOM_SCHEME;
use tokio::sync::oneshot;
use url::Url;
use zeroize::Zeroizing;

/// How long a caller waits. A person may be typing the keychain's password meanwhile.
const LIMIT: Duration = Duration::from_secs(20);

/// No call is under way.
const IDLE: u64 = 0;

/// The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.
pub struct KeychainStore {
    service: String,
    /// Stands behind the account in the names of the items; empty for Planning Center itself.
    server: String,
    jobs: mpsc::Sender<Job>,
    calls: Arc<Calls>,
}

impl KeychainStore {
    /// Starts the keychain's thread. Entries are named after `data_dir` if there is one, so that two runs with folders
    /// of their own never meet, and after the test server in Planning Center's place if there is one. Nothing is asked
    /// of the keychain yet.
    pub fn start(data_dir: Option<&Path>, test_server: Option<&Url>) -> std::io::Result<Self> {
        let server = test_server.map(|origin| format!("@{}", origin.authority())).unwrap_or_default();
        Self::with(run_name(data_dir), server, open)
    }

    fn with<F>(service: String, server: String, open: F) -> std::io::Result<Self>
    where
        F: Fn() -> Result<Arc<CredentialStore>, Error> + Send + 'static,
    {
        let (jobs, queue) = mpsc::channel();
        let calls = Arc::new(Calls::default());
        let counted = Arc::clone(&calls);
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || serve(&queue, &counted, &open))?;
        Ok(Self { service, server, jobs, calls })
    }

    async fn ask(&self, key: &SecretKey, act: Act) -> Result<Option<SecretBytes>, SecretError> {
        if self.calls.is_hanging() {
            return Err(SecretError::Silent);
        }
        let (answer, waiting) = oneshot::channel();
        let job = Job { service: self.service.clone(), user: user_name(key, &self.server), act, answer };
        if self.jobs.send(job).is_err() {
            return Err(SecretError::Failed("the keychain's thread has ended".to_owned()));
        }
        match tokio::time::timeout(LIMIT, waiting).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(SecretError::Failed("the keychain's thread has ended".to_owned())),
            Err(_) => {
                self.calls.mark_hanging();
                Err(SecretError::Silent)
            }
        }
    }
}

#[async_trait]
impl SecretStore for KeychainStore {
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError> {
        self.ask(key, Act::Read).await
    }

    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError> {
        self.ask(key, Act::Write(value)).await.map(drop)
    }

    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError> {
        self.ask(key, Act::Delete).await.map(drop)
    }
}

struct Job {
    service: String,
    user: String,
    act: Act,
    answer: oneshot::Sender<Result<Option<SecretBytes>, SecretError>>,
}

enum Act {
    Read,
    Write(SecretBytes),
    Delete,
}

/// Numbers the calls, so that callers can tell whether the one under way is the one that already proved silent.
#[derive(Default)]
struct Calls {
    current: AtomicU64,
    silent: AtomicU64,
}

impl Calls {
    fn is_hanging(&self) -> bool {
        let current = self.current.load(Ordering::SeqCst);
        current != IDLE && current == self.silent.load(Ordering::SeqCst)
    }

    fn mark_hanging(&self) {
        self.silent.store(self.current.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

fn serve(queue: &mpsc::Receiver<Job>, calls: &Calls, open: &dyn Fn() -> Result<Arc<CredentialStore>, Error>) {
    let mut store = None;
    let mut number = IDLE;
    for job in queue {
        // Nobody waits any more: a value written now would surprise whoever was told that it was not.
        if job.answer.is_closed() {
            continue;
        }
        number += 1;
        calls.current.store(number, Ordering::SeqCst);
        let answer = carry_out(&job, &mut store, open);
        calls.current.store(IDLE, Ordering::SeqCst);
        let _nobody_waits_any_more = job.answer.send(answer);
    }
}

/// A store that worked before may have lost its service, so a failure on it is tried once more on a new one.
fn carry_out(
    job: &Job,
    store: &mut Option<Arc<CredentialStore>>,
    open: &dyn Fn() -> Result<Arc<CredentialStore>, Error>,
) -> Result<Option<SecretBytes>, SecretError> {
    loop {
        let reused = store.is_some();
        let current = if let Some(current) = store {
            Arc::clone(current)
        } else {
            let opened = open().map_err(|error| {
                tracing::warn!(%error, "no keychain");
                SecretError::Absent
            })?;
            Arc::clone(store.insert(opened))
        };
        let answer = perform(job, &*current);
        if matches!(answer, Err(Error::PlatformFailure(_))) {
            *store = None;
            if reused {
                continue;
            }
        }
        return answer.map_err(explain);
    }
}

fn perform(job: &Job, store: &CredentialStore) -> Result<Option<SecretBytes>, Error> {
    let entry = entry(store, &job.service, &job.user)?;
    match &job.act {
        Act::Read => match entry.get_secret() {
            Ok(text) => decode(&Zeroizing::new(text)).map(Some),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
        Act::Write(value) => {
            // KDE Wallet holds nothing but UTF-8.
            let text = Zeroizing::new(STANDARD.encode(value.expose()));
            entry.set_secret(text.as_bytes()).map(|()| None)
        }
        Act::Delete => match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

fn entry(store: &CredentialStore, service: &str, user: &str) -> Result<Entry, Error> {
    let modifiers = MODIFIERS.iter().copied().collect::<HashMap<_, _>>();
    store.build(service, user, (!modifiers.is_empty()).then_some(&modifiers))
}

/// What the item is called in the keychain's own window.
#[cfg(all(target_os = "linux", not(test)))]
const MODIFIERS: [(&str, &str); 1] = [("label", "Narthex")];
/// The item must not roam to the person's other computers.
#[cfg(all(target_os = "windows", not(test)))]
const MODIFIERS: [(&str, &str); 1] = [("persistence", "Local")];
#[cfg(any(test, not(any(target_os = "linux", target_os = "windows"))))]
const MODIFIERS: [(&str, &str); 0] = [];

fn decode(text: &[u8]) -> Result<SecretBytes, Error> {
    STANDARD
        .decode(text)
        .map(SecretBytes::new)
        .map_err(|_| Error::BadStoreFormat("the item is not base64 text".to_owned()))
}

/// Sorted by type: the texts differ between platforms and languages.
fn explain(error: Error) -> SecretError {
    match error {
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::NoDefaultStore => SecretError::Absent,
        Error::TooLong(..) => SecretError::TooLarge,
        // These carry what the item holds.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Failed("the item cannot be read".to_owned())
        }
        Error::Ambiguous(items) => SecretError::Failed(format!("{} items have the same name", items.len())),
        other => SecretError::Failed(other.to_string()),
    }
}

/// `session:123-456`, at a test server `session:123-456@127.0.0.1:4010`.
fn user_name(key: &SecretKey, server: &str) -> String {
    format!("{}:{}{server}", key.item.name(), key.account)
}

/// What this run is called among others: a run with a folder of its own has a name of its own.
pub(crate) fn run_name(data_dir: Option<&Path>) -> String {
    match data_dir {
        None => CUSTOM_SCHEME.to_owned(),
        // A letter first, which D-Bus wants of every part of a name.
        Some(folder) => format!("{CUSTOM_SCHEME}.run{:016x}", hash(folder.as_os_str().as_encoded_bytes())),
    }
}

/// FNV-1a, 64 bits: the same for ever, which the standard library's hash does not promise.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(target_os = "linux")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NoDefaultStore)
}

#[cfg(test)]
#[path = "keychain_tests.rs"]
mod tests;
