//! T16: a script that got into the page calls every command with whatever it likes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{LONGEST, SEED, Tally, note, row, scale};
use crate::harness::{Connections, Desktop, Emulator, Keychain, Window, opened, story_within};

const CALLS: &str = include_str!("payloads.js");
/// How many calls are made between two looks at the program.
const AT_ONCE: usize = 25;
/// What the log says when some code of the program gave up.
const PANIC: &str = "the program made a mistake";
/// These take no request and do what they do whatever comes with them: steps of the sign-in, a whole church opened and
/// closed, the end of the sign-in. They are called less often, and that end comes last.
const STEPS: [&str; 5] =
    ["open_browser_again", "cancel_sign_in", "confirm_account", "refuse_account", "refresh"];
const PRACTICE: [&str; 2] = ["start_practice", "leave_practice"];
const SIGN_OUT: &str = "sign_out";

#[tokio::test]
async fn every_command_with_bad_requests() {
    story_within(LONGEST, Keychain::Unlocked, async |desktop| {
        desktop.set("NARTHEX_LOG", "info");
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        let program = desktop.program_pid().unwrap();
        let before = files_of_others(desktop);
        let connections = Connections::watch(program);

        let seldom = [&STEPS[..], &PRACTICE, &[SIGN_OUT]].concat();
        let others: Vec<&str> =
            narthex::commands::NAMES.iter().copied().filter(|name| !seldom.contains(name)).collect();
        let all = scale().of(2_000, 10_000, 100_000);
        let few = all / 40;
        let mut fuzz = Fuzz { window: &window, seed: SEED, tally: Tally::default() };
        fuzz.call(&others, all - 3 * few).await;
        fuzz.call(&STEPS, few).await;
        fuzz.call(&PRACTICE, few / 2).await;
        fuzz.call(narthex::commands::NAMES, few / 2).await;
        fuzz.call(&[SIGN_OUT], 4).await;
        fuzz.call(&others, few).await;
        let mut tally = fuzz.tally;

        let reached = connections.stop();
        let emulator_at: SocketAddr = emulator.authority().parse().unwrap();
        let elsewhere: Vec<_> = reached.places.iter().filter(|place| **place != emulator_at).collect();
        assert!(elsewhere.is_empty(), "reached {elsewhere:?}");
        for address in opened(desktop) {
            assert!(address.starts_with(emulator.address()), "opened {address}");
        }
        let after = files_of_others(desktop);
        assert_eq!(after, before, "a file outside of the program's folders changed");
        assert!(!Path::new("/tmp/made-by-a-payload").exists());
        tally.failed += desktop.said().matches(PANIC).count();
        tally.failed += usize::from(desktop.program_pid() != Some(program));
        // Wherever all this has led to, there is a way back to the beginning.
        for command in ["leave_practice", "cancel_sign_in", SIGN_OUT] {
            window.run_with("window.__TAURI__.core.invoke(...arguments)", vec![json!(command)]).await;
        }
        window.run("location.reload()").await;
        window.sees("#entry-page h1", "Welcome").await;
        row("T16", "requests that fit no command", "0 panics, 0 calls unanswered, 0 files, 0 hosts", tally);
        note(&format!("T16: looked at its connections {} times", reached.looks));
    })
    .await;
}

struct Fuzz<'a> {
    window: &'a Window<'a>,
    seed: u64,
    tally: Tally,
}

impl Fuzz<'_> {
    async fn call(&mut self, names: &[&str], count: usize) {
        let mut left = count;
        while left > 0 {
            let many = left.min(AT_ONCE);
            let faults = self.window.run_with(CALLS, vec![json!(names), json!(many), json!(self.seed)]).await;
            let Value::Array(faults) = faults else { panic!("no list of faults: {faults}") };
            for fault in &faults {
                eprintln!("{fault}");
            }
            self.tally.tried += many;
            self.tally.failed += faults.len();
            self.seed += 1;
            left -= many;
        }
    }
}

/// Every file in the home folder and beside it that is not the program's own, with how long it is.
fn files_of_others(desktop: &Desktop) -> BTreeMap<PathBuf, usize> {
    let files = desktop.files().into_iter();
    files.filter(|(path, _)| !is_of_the_program(path)).map(|(path, content)| (path, content.len())).collect()
}

/// Its own folders; and where the keychain, the graphics driver, the browser and those who watch write by themselves.
fn is_of_the_program(file: &Path) -> bool {
    const FOLDERS: [&str; 5] = ["org.narthex.desktop", "keyrings", "mesa_shader_cache", "browser", "logs"];
    file.components().any(|part| FOLDERS.iter().any(|folder| part.as_os_str() == *folder))
}
