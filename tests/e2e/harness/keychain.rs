//! The desktop's keychain: which kind it has, and what is in it.

use std::io::Write as _;
use std::process::Stdio;

use super::desktop::{Desktop, SCHEME};
use super::process::Running;
use super::until;

const ON_BUS: &str = "org.freedesktop.secrets";
const PASSWORD: &[u8] = b"correct horse";

/// What keychain the desktop has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keychain {
    /// It is open, as after the person has logged in.
    Unlocked,
    /// It is there, and nobody has typed its password.
    Locked,
    /// There is none.
    Absent,
}

impl Desktop {
    /// Ends the keychain that is there and starts another kind in its place, with the same items in it.
    pub(crate) async fn switch_keychain(&self, keychain: Keychain) {
        let had_one = self.keychain.take().is_some();
        if had_one {
            until("the keychain is gone", async || self.pid_on_bus(ON_BUS).is_none().then_some(())).await;
        }
        if keychain == Keychain::Absent {
            return;
        }
        let unlocked = keychain == Keychain::Unlocked;
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped());
        if unlocked {
            command.arg("--unlock");
        }
        let mut running = Running::start(&mut command, &self.log("keychain"));
        let mut stdin = running.child().stdin.take().unwrap();
        if unlocked {
            stdin.write_all(PASSWORD).unwrap();
        }
        drop(stdin);
        self.keychain.replace(Some(running));
        until("the keychain is there", async || self.pid_on_bus(ON_BUS).map(drop)).await;
    }

    /// What `secret-tool` finds in the keychain of this attribute and value: everything it says, secrets included.
    pub(crate) fn keychain_items(&self, attribute: &str, value: &str) -> String {
        let output =
            self.command("secret-tool").args(["search", "--all", "--unlock", attribute, value]).output();
        let output = output.unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// The key of that database, from the keychain.
    pub(crate) fn cache_key(&self) -> Vec<u8> {
        use base64::Engine as _;
        let items = self.keychain_items("service", SCHEME);
        let mut secrets = items.lines().filter_map(|line| line.strip_prefix("secret = "));
        let decode = |secret| base64::engine::general_purpose::STANDARD.decode(secret).ok();
        // The other item is a record many times as long.
        secrets
            .find_map(|secret| decode(secret).filter(|key| key.len() == 32))
            .expect("the key is in the keychain")
    }
}
