//! The queue and the names, over keyring's own mock store and stores that fail or never answer.

#![allow(clippy::unwrap_used)]

use std::any::Any;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use app_core::ports::SecretItem;
use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::mock;

use super::*;

fn key() -> SecretKey {
    SecretKey { account: "12-34".to_owned(), item: SecretItem::Session }
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

fn broken() -> Error {
    Error::PlatformFailure("the service went away".into())
}

#[tokio::test]
async fn a_value_comes_back_and_goes_away() {
    let vault = mock::Store::new().unwrap();
    let shared = Arc::clone(&vault);
    let keychain =
        KeychainStore::with("service".to_owned(), String::new(), move || Ok(shared.clone())).unwrap();
    assert_eq!(keychain.read(&key()).await.unwrap().map(|_| ()), None);
    keychain.delete(&key()).await.unwrap();
    keychain.write(&key(), bytes("first")).await.unwrap();
    keychain.write(&key(), SecretBytes::new(vec![0, 255, 7])).await.unwrap();
    assert_eq!(keychain.read(&key()).await.unwrap().unwrap().expose(), [0, 255, 7]);
    let raw = vault.build("service", "session:12-34", None).unwrap().get_secret().unwrap();
    assert_eq!(raw, b"AP8H");
    keychain.delete(&key()).await.unwrap();
    assert!(keychain.read(&key()).await.unwrap().is_none());
}

#[tokio::test]
async fn an_item_of_another_hand_is_told_without_its_content() {
    let vault = mock::Store::new().unwrap();
    vault.build("service", "session:12-34", None).unwrap().set_secret(b"not base64!").unwrap();
    let keychain =
        KeychainStore::with("service".to_owned(), String::new(), move || Ok(vault.clone())).unwrap();
    let SecretError::Failed(text) = keychain.read(&key()).await.unwrap_err() else {
        panic!("the item was understood");
    };
    assert!(!text.contains("not base64!"));
}

#[tokio::test]
async fn a_keychain_that_appears_later_is_found() {
    let there = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&there);
    let vault = mock::Store::new().unwrap();
    let open = move || -> Result<Arc<CredentialStore>, Error> {
        if seen.load(Ordering::SeqCst) { Ok(vault.clone()) } else { Err(broken()) }
    };
    let keychain = KeychainStore::with("service".to_owned(), String::new(), open).unwrap();
    assert_eq!(keychain.read(&key()).await.unwrap_err(), SecretError::Absent);
    there.store(true, Ordering::SeqCst);
    assert!(keychain.read(&key()).await.unwrap().is_none());
}

#[test]
fn errors_are_sorted_by_type() {
    assert_eq!(explain(Error::NoStorageAccess("x".into())), SecretError::Locked);
    assert_eq!(explain(Error::NoDefaultStore), SecretError::Absent);
    assert!(matches!(explain(broken()), SecretError::Failed(_)));
    let SecretError::Failed(text) = explain(Error::BadEncoding(b"hidden".to_vec())) else {
        panic!("sorted wrongly");
    };
    assert!(!text.contains("hidden"));
}

#[test]
fn entries_of_two_folders_never_share_a_name() {
    assert_eq!(run_name(None), "org.narthex.desktop");
    let one = run_name(Some(Path::new("/home/a/one")));
    assert_eq!(one, run_name(Some(Path::new("/home/a/one"))));
    assert_ne!(one, run_name(Some(Path::new("/home/a/two"))));
    assert!(one.starts_with("org.narthex.desktop.run"));
    // Published value of FNV-1a for "a": stored names depend on it.
    assert_eq!(hash(b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(user_name(&key(), ""), "session:12-34");
    assert_eq!(user_name(&key(), "@127.0.0.1:4010"), "session:12-34@127.0.0.1:4010");
}

#[tokio::test]
async fn a_store_that_lost_its_service_is_opened_again() {
    let opened = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&opened);
    let open = move || -> Result<Arc<CredentialStore>, Error> {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(Odd::new(Manner::WorksOnce))
    };
    let keychain = KeychainStore::with("service".to_owned(), String::new(), open).unwrap();
    keychain.write(&key(), bytes("a")).await.unwrap();
    keychain.write(&key(), bytes("b")).await.unwrap();
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_silent_keychain_holds_up_one_caller_and_no_more() {
    let (wake, sleeping) = mpsc::channel();
    let odd = Odd::new(Manner::Silent(Mutex::new(sleeping)));
    let written = Arc::clone(&odd.0);
    let keychain = KeychainStore::with("service".to_owned(), String::new(), move || Ok(odd.clone())).unwrap();
    let began = tokio::time::Instant::now();
    let key = key();
    let first = async { keychain.write(&key, bytes("first")).await };
    let second = async {
        // Time stands still until the first call has reached the store.
        while written.calls.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        keychain.write(&key, bytes("second")).await
    };
    assert_eq!(tokio::join!(first, second), (Err(SecretError::Silent), Err(SecretError::Silent)));
    assert_eq!(began.elapsed(), LIMIT);
    assert_eq!(keychain.write(&key, bytes("third")).await, Err(SecretError::Silent));
    assert_eq!(began.elapsed(), LIMIT);

    // Awake again, it carries out what was already handed over, and none of what its callers gave up.
    tokio::time::resume();
    drop(wake);
    while keychain.calls.is_hanging() {
        tokio::task::yield_now().await;
    }
    keychain.write(&key, bytes("fourth")).await.unwrap();
    assert_eq!(*written.written.lock().unwrap(), [STANDARD.encode("first"), STANDARD.encode("fourth")]);
}

/// A store with bad manners.
struct Odd(Arc<Behaviour>);

struct Behaviour {
    manner: Manner,
    calls: AtomicUsize,
    written: Mutex<Vec<String>>,
}

enum Manner {
    /// Answers when the other end is dropped.
    Silent(Mutex<mpsc::Receiver<()>>),
    /// Fails from the second call on.
    WorksOnce,
}

impl Odd {
    fn new(manner: Manner) -> Arc<Self> {
        Arc::new(Self(Arc::new(Behaviour { manner, calls: AtomicUsize::new(0), written: Mutex::default() })))
    }
}

impl CredentialStoreApi for Odd {
    fn vendor(&self) -> String {
        "odd".to_owned()
    }

    fn id(&self) -> String {
        "odd".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry, Error> {
        Ok(Entry::new_with_credential(Arc::new(OddItem(Arc::clone(&self.0)))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("odd")
    }
}

struct OddItem(Arc<Behaviour>);

impl CredentialApi for OddItem {
    fn set_secret(&self, secret: &[u8]) -> Result<(), Error> {
        let earlier = self.0.calls.fetch_add(1, Ordering::SeqCst);
        match &self.0.manner {
            Manner::Silent(sleeping) => drop(sleeping.lock().unwrap().recv()),
            Manner::WorksOnce if earlier > 0 => return Err(broken()),
            Manner::WorksOnce => {}
        }
        self.0.written.lock().unwrap().push(String::from_utf8(secret.to_vec()).unwrap());
        Ok(())
    }

    fn get_secret(&self) -> Result<Vec<u8>, Error> {
        Err(Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<(), Error> {
        Err(Error::NoEntry)
    }

    fn get_credential(&self) -> Result<Option<Arc<keyring_core::Credential>>, Error> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("odd")
    }
}
