//! How long the window is in which a crash can lose a sign-in: from the server's commit of a renewal to the moment its
//! record has been read back from a real keyring. Measured in a process with a session bus of its own.

use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app_core::ports::{SecretBytes, SecretError, SecretItem, SecretKey, SecretStore};
use async_trait::async_trait;
use narthex::keychain::KeychainStore;
use pco_emulator::Rotation;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::Scale;
use crate::ground::Ground;
use crate::table::{Table, Tally};

/// A keyring that has not come up by then never does.
const PATIENCE: Duration = Duration::from_secs(20);
/// How exactly the server's commit is seen.
const BETWEEN_LOOKS: Duration = Duration::from_micros(100);
const PASSWORD: &[u8] = b"of the drill's own keyring";

const BUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/session-bus.conf");

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let root = tempfile::tempdir().unwrap();
    let renewals = scale.of(200, 500, 2_000);
    let mut bus = Command::new("dbus-run-session");
    bus.args(["--config-file", BUS]).arg("--").arg(std::env::current_exe().unwrap()).args([
        "keyring",
        "--renewals",
        &renewals.to_string(),
    ]);
    // Nothing of whoever runs the drill: neither their keyring nor their bus.
    bus.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    bus.env("HOME", root.path()).env("XDG_RUNTIME_DIR", root.path());
    let output = bus.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).output().await;
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let numbers: Vec<usize> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [tried, failed, half, most, longest] = numbers[..] else {
        return Table::note("F4 window: not tried, for want of dbus-run-session and gnome-keyring-daemon");
    };
    table.row("F4 window", "renewals with a real keyring", "saved, read back", Tally { tried, failed });
    let milliseconds = |micros: usize| format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100);
    let [half, most, longest] = [half, most, longest].map(milliseconds);
    Table::note(&format!("F4 window: p50 {half}, p99 {most}, longest {longest}; the mark is a p99 of 50 ms"));
}

/// What the process on the bus of its own is told.
#[derive(clap::Args)]
pub(crate) struct Keyring {
    #[arg(long)]
    renewals: usize,
}

impl Keyring {
    /// Renews a sign-in so often, and prints tried, failed, and the median, 99th percentile and longest window in
    /// microseconds.
    pub(crate) async fn run(self) -> ExitCode {
        let ground = Arc::new(Ground::new(Rotation::Strict).await);
        let Some((_keyring, store)) = unlocked(&ground.folder()).await else { return ExitCode::FAILURE };
        let store = Arc::new(Watched { store, read_last: Mutex::default() });
        let run = ground.start_with(Arc::clone(&store) as _).await;
        run.sign_in(&ground.emulator).await;
        let (mut tally, mut windows) = (Tally::default(), Vec::new());
        for _ in 0..self.renewals {
            ground.emulator.expire_access_tokens();
            let server = Arc::clone(&ground);
            let before = server.emulator.counters().refreshes;
            let commit = tokio::task::spawn_blocking(move || moment_of_commit(&server, before));
            let answered = run.ask().await.is_ok();
            let window = commit.await.unwrap().zip(store.read_last());
            windows.extend(window.map(|(commit, kept)| kept.saturating_duration_since(commit).as_micros()));
            tally.count(answered && window.is_some() && run.session.remembered());
        }
        windows.sort_unstable();
        let at =
            |percent: usize| windows.get((windows.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        let [half, most, longest] = [50, 99, 100].map(|percent| at(percent).unwrap_or_default());
        println!("{} {} {half} {most} {longest}", tally.tried, tally.failed);
        ExitCode::SUCCESS
    }
}

/// When the server had made one more renewal than `before`, seen from inside its own process.
fn moment_of_commit(ground: &Ground, before: u64) -> Option<Instant> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if ground.emulator.counters().refreshes > before {
            return Some(Instant::now());
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    None
}

/// A keyring of its own, unlocked, and the program's way to it. The keyring ends with the first.
async fn unlocked(folder: &Path) -> Option<(Child, KeychainStore)> {
    let mut keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets", "--unlock"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    keyring.stdin.take()?.write_all(PASSWORD).await.ok()?;
    let store = KeychainStore::start(Some(folder), None).ok()?;
    let nothing = SecretKey { account: "1-1".to_owned(), item: SecretItem::Session };
    let began = Instant::now();
    while store.read(&nothing).await.is_err() {
        if began.elapsed() > PATIENCE {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Some((keyring, store))
}

/// The keychain, and when it was read last.
struct Watched {
    store: KeychainStore,
    read_last: Mutex<Option<Instant>>,
}

impl Watched {
    fn read_last(&self) -> Option<Instant> {
        *self.read_last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for Watched {
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError> {
        let read = self.store.read(key).await;
        *self.read_last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        read
    }

    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError> {
        self.store.write(key, value).await
    }

    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError> {
        self.store.delete(key).await
    }
}
