//! Keychains that are missing, locked, silent, or fail at any one of their calls; and items that somebody has touched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app_core::ports::{SecretBytes, SecretError, SecretItem, SecretKey, SecretStore};
use app_core::session::views::SessionView;
use app_core::testing::{MemoryStore, Mood};
use async_trait::async_trait;
use pco_emulator::Rotation;

use crate::ground::{Ground, Run};
use crate::table::{Table, Tally};

pub(crate) async fn run(table: &mut Table) {
    let until_closed = "signed in until the program closes, and told so";
    table.row("F30", "no keychain", until_closed, without(&Mood::Absent).await);
    table.row("F31 locked", "a locked keychain", until_closed, without(&Mood::Locked).await);
    table.row(
        "F31 silent",
        "a keychain that never answers",
        until_closed,
        without(&Mood::Silent(Duration::ZERO)).await,
    );
    let (calls, tally) = nth_call_fails().await;
    let injected = format!("each of {calls} keychain calls fails once");
    table.row("F32", &injected, "what is said to be kept is kept", tally);
    table.row(
        "F33",
        "the item edited, deleted, another's, cut",
        "signed out, told, nothing deleted",
        touched().await,
    );
}

async fn without(mood: &Mood) -> Tally {
    let ground = Ground::new(Rotation::Strict).await;
    ground.secrets.set_mood(mood.clone());
    let mut tally = Tally::default();
    for _ in 0..5 {
        let run = ground.signed_in().await;
        let told = matches!(
            run.session.status(),
            SessionView::SignedIn { remembered: false, notice: Some(_), needs_sign_in: false, .. }
        );
        ground.emulator.expire_access_tokens();
        let renewed = run.ask().await.is_ok();
        let nothing_on_disk = std::fs::read_dir(ground.folder()).unwrap().next().is_none();
        tally.count(told && renewed && nothing_on_disk);
    }
    tally
}

/// Fails the n-th call, for every n, until a whole life of a sign-in makes fewer calls than that.
async fn nth_call_fails() -> (usize, Tally) {
    let mut tally = Tally::default();
    for nth in 1.. {
        let ground = Ground::new(Rotation::Grace).await;
        let failing =
            Arc::new(FailingOnce { store: Arc::clone(&ground.secrets), nth, calls: AtomicUsize::new(0) });
        let run = ground.start_with(Arc::clone(&failing) as _).await;
        run.sign_in(&ground.emulator).await;
        let mut used = run.ask().await.is_ok();
        for _ in 0..2 {
            ground.emulator.expire_access_tokens();
            used &= run.ask().await.is_ok();
        }
        if failing.calls.load(Ordering::SeqCst) < nth {
            return (nth - 1, tally);
        }
        run.session.let_go();
        let again = ground.start().await;
        let is_kept = again.session.account().is_some() && again.ask().await.is_ok();
        tally.count(used && (is_kept || !is_said_to_be_kept(&run)));
    }
    unreachable!("a life has a last call")
}

fn is_said_to_be_kept(run: &Run) -> bool {
    matches!(run.session.status(), SessionView::SignedIn { remembered: true, .. })
}

struct FailingOnce {
    store: Arc<MemoryStore>,
    nth: usize,
    calls: AtomicUsize,
}

impl FailingOnce {
    fn call(&self) -> Result<(), SecretError> {
        if self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            return Err(SecretError::Failed("told to fail".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl SecretStore for FailingOnce {
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError> {
        self.call()?;
        self.store.read(key).await
    }

    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError> {
        self.call()?;
        self.store.write(key, value).await
    }

    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError> {
        self.call()?;
        self.store.delete(key).await
    }
}

async fn touched() -> Tally {
    let mut tally = Tally::default();
    let edits: [fn(&str) -> String; 8] = [
        |_| String::new(),
        |text| text[..text.len() / 2].to_owned(),
        |text| text.replace("\"generation\"", "\"degeneration\""),
        |text| text.replace("\"person_id\":\"", "\"person_id\":\"9"),
        |text| text.replace("\"organization_id\":\"", "\"organization_id\":\"../"),
        |text| text.replace("http://127.0.0.1", "https://evil.example"),
        |text| format!("{text}{text}"),
        |_| "null".to_owned(),
    ];
    for edit in edits {
        let ground = Ground::new(Rotation::Strict).await;
        ground.signed_in().await;
        let key = ground.secrets.items().into_iter().find(|key| key.item == SecretItem::Session).unwrap();
        let text = String::from_utf8(ground.secrets.item(&key).unwrap().expose().to_vec()).unwrap();
        ground.secrets.put(key.clone(), SecretBytes::new(edit(&text).into_bytes()));
        let requests = ground.emulator.counters().requests;
        let run = ground.start().await;
        let out = matches!(run.session.status(), SessionView::SignedOut { .. });
        let nothing_sent = ground.emulator.counters().requests == requests;
        tally.count(out && nothing_sent && ground.secrets.item(&key).is_some());
    }
    tally
}
