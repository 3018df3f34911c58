//! Where codes, verifiers and tokens must not be found after a whole run, and where they are looked for.

use std::fs;

use crate::harness::{Desktop, Keychain, Observer, Tap, Wanted, Window, contains, story, until};
use crate::walk::Church;

/// How the Secret Service is spoken to, other than in plain text.
const ENCRYPTED: &str = "dh-ietf1024-sha256-aes128-cbc-pkcs7";
/// Shown on the page, so it is in the page's memory.
const SHOWN: &str = "narthex-shown-on-the-page-0123456789-abcdefgh";

#[tokio::test]
async fn no_secret_is_found_outside_of_the_program_after_a_whole_run() {
    story(Keychain::Unlocked, async |desktop| {
        let traffic = desktop.record_bus().await;
        let observer = Observer::start();
        let church = Church::start(desktop).await;
        desktop.install_program();
        let window = church.window(desktop).await;
        sign_in(desktop, &church, &window).await;
        renew(&church, &window).await;
        let started_with = observer.stop();

        let program = desktop.program_pid().unwrap();
        window.run(&format!("document.body.dataset.shown = '{SHOWN}'")).await;
        let secrets = Secrets::of(church.tap());
        secrets.assert_not_in_the_page(program);
        let held = secrets.count_in_the_program("signed in", program);
        assert!(held != Some(0), "the token in use is found");
        sign_out(&window).await;
        let secrets = Secrets::of(church.tap());
        secrets.assert_not_in_the_page(program);
        secrets.count_in_the_program("signed out", program);
        window.close().await;

        let (codes, others) = secrets.found_in(&started_with);
        assert!(codes > 0, "the second start was seen, with its link");
        assert_eq!(others, 0, "in arguments or environments");
        for (path, content) in desktop.files() {
            let (codes, others) = secrets.found_in(&content);
            assert_eq!(others, 0, "in {}", path.display());
            // The second start hands its link to the first one on the bus.
            assert!((codes > 0) == (path == traffic), "{codes} codes in {}", path.display());
        }
        assert!(contains(&fs::read(traffic).unwrap(), ENCRYPTED), "the keychain is spoken to in secret");
    })
    .await;
}

/// As the desktop does it: the browser's link starts the program a second time, and that hands it over.
async fn sign_in(desktop: &Desktop, church: &Church, window: &Window<'_>) {
    let address = window.begin_sign_in().await;
    desktop.open_link(&church.allow(&address).await);
    window.click("#confirm-account").await;
    window.sees("#freshness-words", "complete: ").await;
}

async fn renew(church: &Church, window: &Window<'_>) {
    let before = church.tap().grants();
    church.expire_access_tokens().await;
    until("the tokens are renewed", async || {
        window.click("#refresh").await;
        (church.tap().grants() > before).then_some(())
    })
    .await;
    window.sees("#freshness-words", "Updated").await;
}

async fn sign_out(window: &Window<'_>) {
    window.click("#nav-settings").await;
    window.click("#sign-out").await;
    window.click("#confirm-sign-out").await;
    window.sees("#sign-out-report", "Planning Center has ended this sign-in.").await;
    window.click("dialog .primary").await;
    window.sees("#entry-page h1", "Welcome").await;
}

/// Everything that ran through the line to Planning Center, and what shows that looking for it finds something.
struct Secrets {
    codes: Vec<String>,
    wanted: Wanted,
}

impl Secrets {
    fn of(tap: &Tap) -> Self {
        Self { codes: tap.codes(), wanted: Wanted::new(&[tap.secrets(), vec![SHOWN.to_owned()]].concat()) }
    }

    /// How many codes are in there, and how many verifiers and tokens.
    fn found_in(&self, bytes: &[u8]) -> (usize, usize) {
        self.count(&self.wanted.found_in(bytes))
    }

    /// The page's processes are those that the program has started.
    fn assert_not_in_the_page(&self, program: u32) {
        let mut shown = 0;
        for (process, name) in started_by(program) {
            let found = match self.wanted.found_in_process(process) {
                Ok(found) => found,
                Err(error) => return eprintln!("NOT TRIED: the memory of {name}: {error}"),
            };
            assert_eq!(self.count(&found), (0, 0), "in the memory of {name}");
            shown += found.len();
        }
        assert!(shown > 0, "what is on the page is found in its memory");
    }

    /// How many verifiers and tokens the program itself has in its memory, if the system lets us look.
    fn count_in_the_program(&self, when: &str, program: u32) -> Option<usize> {
        match self.wanted.found_in_process(program) {
            Ok(found) => {
                let (codes, others) = self.count(&found);
                eprintln!("{when}: {codes} codes, {others} verifiers and tokens in the program's own memory");
                Some(others)
            }
            Err(error) => {
                eprintln!("NOT TRIED: the program's own memory: {error}");
                None
            }
        }
    }

    fn count(&self, found: &[&str]) -> (usize, usize) {
        let secrets = found.iter().filter(|found| **found != SHOWN);
        let (codes, others): (Vec<&str>, Vec<&str>) =
            secrets.partition(|found| self.codes.iter().any(|code| code == *found));
        (codes.len(), others.len())
    }
}

/// The processes that a process has started, and those that they have, by number and name.
fn started_by(process: u32) -> Vec<(u32, String)> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().filter_map(Result::ok);
    let children: String =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect();
    let children: Vec<u32> = children.split_whitespace().map(|child| child.parse().unwrap()).collect();
    let named = |child| (child, fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default());
    children.into_iter().flat_map(|child| [vec![named(child)], started_by(child)].concat()).collect()
}
