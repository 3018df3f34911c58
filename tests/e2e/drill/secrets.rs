//! T8–T10, T12: where codes, verifiers and tokens must not be found after a whole run, and where they are looked for.

use std::fs;

use super::{Tally, row};
use crate::harness::{Desktop, Keychain, Observer, Tap, Wanted, Window, contains, started_by, story, until};
use crate::walk::Church;

/// How the Secret Service is spoken to, other than in plain text.
const ENCRYPTED: &str = "dh-ietf1024-sha256-aes128-cbc-pkcs7";
/// Shown on the page, so it is in the page's memory.
const SHOWN: &str = "narthex-shown-on-the-page-0123456789-abcdefgh";

#[tokio::test]
async fn no_secret_is_found_outside_of_the_program_after_a_whole_run() {
    story(Keychain::Unlocked, async |desktop| {
        let traffic = desktop.record_bus().await;
        let observer = Observer::start(desktop);
        let church = Church::start(desktop).await;
        desktop.install_program();
        let window = church.window(desktop).await;
        sign_in(desktop, &church, &window).await;
        renew(&church, &window).await;
        let seen = observer.stop();

        let program = desktop.program_pid().unwrap();
        window.run(&format!("document.body.dataset.shown = '{SHOWN}'")).await;
        let secrets = Secrets::of(church.tap());
        let mut searched = secrets.assert_not_in_the_page(program);
        let held = secrets.count_in_the_program("signed in", program);
        assert!(held != Some(0), "the token in use is found");
        sign_out(&window).await;
        let secrets = Secrets::of(church.tap());
        searched += secrets.assert_not_in_the_page(program);
        let left = secrets.count_in_the_program("signed out", program);
        assert!(left.is_none_or(|left| left == 0), "in the program's own memory after signing out");
        window.close().await;

        let (codes, others) = secrets.found_in(&seen.everything);
        assert!(codes > 0, "the second start was seen, with its link");
        assert_eq!(others, 0, "in arguments or environments");
        let files = desktop.files();
        for (path, content) in &files {
            let (codes, others) = secrets.found_in(content);
            assert_eq!(others, 0, "in {}", path.display());
            // The second start hands its link to the first one on the bus.
            assert!((codes > 0) == (*path == traffic), "{codes} codes in {}", path.display());
        }
        assert!(contains(&fs::read(traffic).unwrap(), ENCRYPTED), "the keychain is spoken to in secret");
        let none = "0 tokens, 0 verifiers";
        let found_none = |tried| Tally { tried, failed: 0 };
        if left.is_some() {
            row("T27 memory", "the program's own memory searched after signing out", none, found_none(1));
        }
        if searched > 0 {
            row(
                "T8",
                "memories of the page's processes searched",
                "0 tokens, 0 verifiers, 0 codes",
                found_none(searched),
            );
        }
        row("T9", "looks at all arguments and environments", none, found_none(seen.looks));
        row("T10", "files searched", none, found_none(files.len()));
        row("T12", "records of the session bus searched", none, found_none(1));
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
    /// Tells how many there are, and none if the system does not let us look.
    fn assert_not_in_the_page(&self, program: u32) -> usize {
        let mut shown = 0;
        let processes = started_by(program);
        for (process, name) in &processes {
            let found = match self.wanted.found_in_process(*process) {
                Ok(found) => found,
                Err(error) => {
                    eprintln!("NOT TRIED: the memory of {name}: {error}");
                    return 0;
                }
            };
            assert_eq!(self.count(&found), (0, 0), "in the memory of {name}");
            shown += found.len();
        }
        assert!(shown > 0, "what is on the page is found in its memory");
        processes.len()
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
