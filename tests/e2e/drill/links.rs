//! T1, T2: return links that nobody asked for, by every way on which a link reaches the running program.

use serde_json::json;
use url::Url;

use super::callbacks::{Known, generated, written};
use super::{LONGEST, SEED, Tally, row, scale};
use crate::harness::{Bus, Desktop, Emulator, Keychain, Window, http, opened, story_within, until};

pub(super) const NONE: &str = "0 taken, 0 exchanges";
pub(super) const INJECTED: &str = "hostile links";
/// What the program says of a link that it does not take.
pub(super) const REFUSED: &str = "a return link was not the awaited one";
const UNAWAITED: &str = "a return link came while nobody signs in";
/// How many links are pasted between two looks at the page.
const PASTED_AT_ONCE: usize = 250;

/// A sign-in that waits, with what a forger may know of it.
pub(super) struct Waiting<'desktop> {
    emulator: Emulator,
    window: Window<'desktop>,
    answer: String,
    /// How many have come to their end before it.
    ended: u64,
}

impl<'desktop> Waiting<'desktop> {
    pub(super) async fn begin(desktop: &'desktop Desktop) -> Self {
        // What is refused is counted in the log, and read again and again.
        desktop.set("NARTHEX_LOG", "info");
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        let asked = window.begin_sign_in().await;
        let answer = emulator.decide(&asked, "allow").await;
        Self { emulator, window, answer, ended: 0 }
    }

    /// The account at the end of this sign-in is refused, and another sign-in waits.
    pub(super) async fn begin_again(&mut self) {
        // What will be kept, and where, is told a moment later than the rest, and may move the button away from a click.
        until("the account is refused", async || {
            self.window.click_if_there("#refuse-account").await;
            self.window.text("#entry-page h1").await.filter(|heading| heading == "Welcome")
        })
        .await;
        self.answer = self.emulator.decide(&self.window.begin_sign_in().await, "allow").await;
        self.ended += 1;
    }

    /// All that a forger may know, and more.
    pub(super) fn known(&self) -> Known {
        Known::of(&Url::parse(&self.answer).unwrap(), &Url::parse(self.emulator.address()).unwrap())
    }

    /// The 64 links written by hand and as many of the 10,000 from the grammar as are asked for.
    pub(super) fn hostile(&self, generate: usize) -> Vec<String> {
        let known = self.known();
        [written(&known), generated(&known, generate, SEED)].concat()
    }

    pub(super) async fn still_waits(&self) -> bool {
        self.window.texts("#entry-page").await.concat().contains("Waiting for Planning Center")
    }

    /// Nothing was exchanged for it so far, and the true answer ends it well.
    pub(super) async fn ends_well(&self, tally: &mut Tally) {
        tally.failed += usize::from(self.emulator.exchanges().await != (self.ended, self.ended));
        self.window.hand_over(&self.answer).await;
        self.window.sees("#entry-page", "Is that you?").await;
        assert_eq!(self.emulator.exchanges().await, (self.ended + 1, self.ended + 1));
    }
}

/// Waits until the program has refused so many links, and tells how many of them it has not.
pub(super) async fn not_refused(desktop: &Desktop, words: &str, links: usize) -> usize {
    until(&format!("{links} links are refused"), async || {
        (desktop.said().matches(words).count() >= links).then_some(())
    })
    .await;
    desktop.said().matches(words).count().abs_diff(links)
}

/// Those that can be an argument at all: no string of the system's holds a NUL.
pub(super) fn as_arguments(links: Vec<String>) -> Vec<String> {
    links.into_iter().filter(|link| !link.contains('\0')).collect()
}

/// How many of these the program takes for a link to itself.
pub(super) fn of_our_scheme(links: &[String]) -> usize {
    links.iter().filter(|link| pco_client::looks_like_callback(link)).count()
}

#[tokio::test]
async fn hostile_links_by_the_session_bus() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        let waiting = Waiting::begin(desktop).await;
        let links = as_arguments(waiting.hostile(scale().of(300, 10_000, 10_000)));
        let bus = Bus::join(desktop).await;
        let mut tally = Tally::default();
        for link in &links {
            tally.count(bus.hand_over(link).await.is_ok());
        }
        tally.failed += not_refused(desktop, REFUSED, of_our_scheme(&links)).await;
        tally.failed += usize::from(!waiting.still_waits().await);
        waiting.ends_well(&mut tally).await;
        row("T1 session bus", INJECTED, NONE, tally);
    })
    .await;
}

#[tokio::test]
async fn hostile_links_pasted() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        const PASTE: &str = "const [links] = arguments, { invoke } = window.__TAURI__.core;
            return (async () => {
              const refused = [];
              for (const link of links) {
                const session = await invoke('finish_sign_in_by_hand', { request: { link } }).catch(String);
                refused.push(session.state === 'waiting' && session.notice !== null);
              }
              return refused;
            })()";
        let waiting = Waiting::begin(desktop).await;
        let mut links = waiting.hostile(scale().of(300, 10_000, 10_000));
        // Space around a paste is forgiven, and may have been all that was wrong with it.
        links.retain(|link| link.trim() == link);
        let mut tally = Tally::default();
        for links in links.chunks(PASTED_AT_ONCE) {
            let refused = waiting.window.run_with(PASTE, vec![json!(links)]).await;
            let refused = refused.as_array().unwrap();
            assert_eq!(refused.len(), links.len());
            for refused in refused {
                tally.count(*refused == json!(true));
            }
        }
        waiting.ends_well(&mut tally).await;
        row("T1 paste box", INJECTED, NONE, tally);
    })
    .await;
}

#[tokio::test]
async fn hostile_links_by_the_local_address() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        let mut waiting = Waiting::begin(desktop).await;
        let before = opened(desktop).len();
        waiting.window.click("#another-way").await;
        let asked = until("the browser was asked for", async || opened(desktop).get(before).cloned()).await;
        waiting.answer = waiting.emulator.decide(&asked, "allow").await;
        let origin = Url::parse(&waiting.answer).unwrap().origin().ascii_serialization();
        let authority = origin.trim_start_matches("http://");
        let mut tally = Tally::default();
        for link in waiting.hostile(scale().of(300, 10_000, 10_000)) {
            let target = link.strip_prefix(&origin).unwrap_or(&link);
            let answered = http::ask_carelessly(authority, target).await;
            tally.count(answered.is_ok_and(|answered| !answered.contains("Back to Narthex")));
        }
        tally.failed += usize::from(!waiting.still_waits().await);
        tally.failed += usize::from(waiting.emulator.exchanges().await != (0, 0));
        let target = waiting.answer.strip_prefix(&origin).unwrap();
        assert!(http::ask_carelessly(authority, target).await.unwrap().contains("Back to Narthex"));
        waiting.window.sees("#entry-page", "Is that you?").await;
        row("T1 local address, window", INJECTED, NONE, tally);
    })
    .await;
}

#[tokio::test]
async fn hostile_links_before_every_real_one() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        const BEFORE_EACH: usize = 100;
        let rounds = scale().of(2, 10, 200);
        let mut waiting = Waiting::begin(desktop).await;
        let bus = Bus::join(desktop).await;
        let mut tally = Tally::default();
        for round in 0..rounds {
            if round > 0 {
                waiting.begin_again().await;
            }
            for link in as_arguments(generated(&waiting.known(), BEFORE_EACH, SEED + round as u64)) {
                bus.hand_over(&link).await.unwrap();
            }
            bus.hand_over(&waiting.answer).await.unwrap();
            waiting.window.sees("#entry-page", "Is that you?").await;
            tally.count(waiting.emulator.exchanges().await.0 == round as u64 + 1);
        }
        row("T2 session bus", "100 forgeries before each answer", "0 sign-ins harmed", tally);
    })
    .await;
}

/// Every link starts a program of its own, in which no sign-in waits.
#[tokio::test]
async fn hostile_links_that_start_the_program() {
    story_within(LONGEST, Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        let known = Known {
            address: "org.narthex.desktop:/oauth/callback".to_owned(),
            state: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned(),
            code: "0123456789abcdef".repeat(4),
            issuer: emulator.address().to_owned(),
        };
        let all = as_arguments([written(&known), generated(&known, 1_000, SEED)].concat());
        let links = all.iter().filter(|link| pco_client::looks_like_callback(link));
        let mut tally = Tally::default();
        for link in links.take(scale().of(2, 20, 100)) {
            let before = desktop.said().matches(UNAWAITED).count();
            let program = desktop.start_program(&[&emulator.options()[..], &[link]].concat());
            tally.failed += not_refused(desktop, UNAWAITED, before + 1).await;
            tally.count(emulator.exchanges().await == (0, 0));
            drop(program);
            until("the program has ended", async || desktop.program_pid().is_none().then_some(())).await;
        }
        row("T1 cold start", "hostile links", NONE, tally);
    })
    .await;
}
