//! One contract for every keychain: the one in memory, and the system's own. The system's runs in a session bus of its
//! own with a keyring of its own, so the person's is never touched.

use std::path::Path;
use std::process::Command;

use app_core::ports::{SecretBytes, SecretError, SecretItem, SecretKey, SecretStore};
use app_core::testing::MemoryStore;
use narthex::keychain::KeychainStore;

#[tokio::test]
async fn the_keychain_in_memory_keeps_the_contract() {
    keeps_the_contract(&MemoryStore::new()).await;
}

#[test]
fn the_systems_keychain_keeps_the_contract() {
    let unlock = "printf password | gnome-keyring-daemon --unlock --components=secrets";
    run_inside(unlock, "keychain::inside_an_unlocked_session");
}

#[test]
fn a_locked_keychain_says_so() {
    let start = "gnome-keyring-daemon --start --components=secrets";
    run_inside(start, "keychain::inside_a_locked_session");
}

#[test]
fn a_session_without_a_bus_has_no_keychain() {
    let leave = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus";
    run_inside(leave, "keychain::inside_a_session_without_a_bus");
}

#[tokio::test]
#[ignore = "started by `the_systems_keychain_keeps_the_contract`"]
async fn inside_an_unlocked_session() {
    let keychain = KeychainStore::start(Some(Path::new("/contract")), None).unwrap();
    keeps_the_contract(&keychain).await;
    // Another folder's entries have other names.
    let first = key("12-34", SecretItem::Session);
    keychain.write(&first, SecretBytes::new(vec![1])).await.unwrap();
    let other = KeychainStore::start(Some(Path::new("/other")), None).unwrap();
    assert!(other.read(&first).await.unwrap().is_none());
    // And so have a test server's.
    let server = "http://127.0.0.1:4010".parse().unwrap();
    let other = KeychainStore::start(Some(Path::new("/contract")), Some(&server)).unwrap();
    assert!(other.read(&first).await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "started by `a_locked_keychain_says_so`"]
async fn inside_a_locked_session() {
    let keychain = KeychainStore::start(None, None).unwrap();
    let written = keychain.write(&key("12-34", SecretItem::Session), SecretBytes::new(vec![1])).await;
    assert_eq!(written, Err(SecretError::Locked));
}

#[tokio::test]
#[ignore = "started by `a_session_without_a_bus_has_no_keychain`"]
async fn inside_a_session_without_a_bus() {
    let keychain = KeychainStore::start(None, None).unwrap();
    let key = key("12-34", SecretItem::Session);
    assert_eq!(keychain.read(&key).await.unwrap_err(), SecretError::Absent);
    assert_eq!(keychain.delete(&key).await, Err(SecretError::Absent));
}

async fn keeps_the_contract(store: &dyn SecretStore) {
    let session = key("12-34", SecretItem::Session);
    let cache_key = key("12-34", SecretItem::CacheKey);
    let other_account = key("12-35", SecretItem::Session);
    for key in [&session, &cache_key, &other_account] {
        assert!(store.read(key).await.unwrap().is_none());
        store.delete(key).await.unwrap();
    }
    let record = vec![b'{'; 1_200];
    let random: Vec<u8> = (0..32).map(|byte| byte * 8).collect();
    store.write(&session, SecretBytes::new(record.clone())).await.unwrap();
    store.write(&cache_key, SecretBytes::new(random.clone())).await.unwrap();
    assert_eq!(store.read(&session).await.unwrap().unwrap().expose(), record);
    assert_eq!(store.read(&cache_key).await.unwrap().unwrap().expose(), random);
    assert!(store.read(&other_account).await.unwrap().is_none());
    store.write(&session, SecretBytes::new(Vec::new())).await.unwrap();
    assert!(store.read(&session).await.unwrap().unwrap().expose().is_empty());
    store.delete(&session).await.unwrap();
    store.delete(&session).await.unwrap();
    assert!(store.read(&session).await.unwrap().is_none());
    assert_eq!(store.read(&cache_key).await.unwrap().unwrap().expose(), random);
    store.delete(&cache_key).await.unwrap();
}

fn key(account: &str, item: SecretItem) -> SecretKey {
    SecretKey { account: account.to_owned(), item }
}

/// Runs one ignored test of this file in a session bus of its own, after `prepare` has run there.
fn run_inside(prepare: &str, test: &str) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script = format!("{prepare} || exit 3; exec \"$0\" --exact {test} --ignored --test-threads=1");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("dbus-run-session is there: `cargo xtask test` installs what these tests need");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
