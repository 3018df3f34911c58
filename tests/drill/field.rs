//! Where processes share a sign-in: a ground whose keychain is on disk.

use std::path::PathBuf;
use std::process::Stdio;

use app_core::ports::{SecretItem, SecretKey};
use pco_emulator::Rotation;
use tokio::process::Command;
use url::Url;

use crate::ground::Ground;

/// Where a process that somebody may kill does its work.
#[derive(clap::Args)]
pub(crate) struct Place {
    #[arg(long)]
    pub(crate) base: Url,
    #[arg(long)]
    pub(crate) client_id: String,
    #[arg(long)]
    pub(crate) folder: PathBuf,
    #[arg(long)]
    pub(crate) keychain: PathBuf,
}

/// A ground whose keychain is on disk, and somebody signed in.
pub(crate) struct Field {
    pub(crate) ground: Ground,
}

impl Field {
    pub(crate) async fn new(rotation: Rotation) -> Self {
        Self::at(Ground::new(rotation).await).await
    }

    /// The same on another ground.
    pub(crate) async fn at(ground: Ground) -> Self {
        let field = Self { ground };
        field.sign_in().await;
        field
    }

    /// Signs in within this process and lays the keychain's items down where the children find them.
    async fn sign_in(&self) {
        self.ground.signed_in().await;
        for key in self.ground.secrets.items() {
            let item = self.ground.secrets.item(&key).unwrap();
            std::fs::write(self.item(&key), item.expose()).unwrap();
        }
    }

    fn item(&self, key: &SecretKey) -> std::path::PathBuf {
        self.ground.keychain().join(format!("{}.{}", key.account, key.item.name()))
    }

    /// How many renewals the keychain knows of.
    pub(crate) fn generation(&self) -> u64 {
        let key =
            self.ground.secrets.items().into_iter().find(|key| key.item == SecretItem::Session).unwrap();
        let record: serde_json::Value =
            serde_json::from_slice(&std::fs::read(self.item(&key)).unwrap()).unwrap();
        record["generation"].as_u64().unwrap()
    }

    /// A run that makes so many requests at once and may end at a step of the keychain.
    pub(crate) fn child(&self, callers: usize, last_step: Option<usize>) -> Command {
        let mut command = self.process("child");
        command.args(["--callers", &callers.to_string()]);
        command.args(last_step.into_iter().flat_map(|step| ["--last-step".to_owned(), step.to_string()]));
        command.stdout(Stdio::piped());
        command
    }

    /// This program in another role, told where it is to play it.
    pub(crate) fn process(&self, role: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([role, "--base", self.ground.emulator.url().as_str()]);
        command.args(["--client-id", self.ground.emulator.client_id()]);
        command.arg("--folder").arg(self.ground.folder()).arg("--keychain").arg(self.ground.keychain());
        command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Lets a run come to its end and hands back what it said.
    pub(crate) async fn let_run(&self, callers: usize) -> String {
        let output = self.child(callers, None).output().await.unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
