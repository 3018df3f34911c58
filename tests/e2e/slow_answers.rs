//! A network on which every answer takes five seconds. Long before it is there, the page tells in words what it waits for.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Emulator, Keychain, Window, story, within};

/// What is waited for is told by then: a second, and what a busy computer and the look from outside may add.
const SOON: Duration = Duration::from_secs(2);

/// After this, whatever was read is read again by Refresh.
const OLD_ENOUGH: Duration = Duration::from_secs(10);

#[tokio::test]
async fn while_answers_take_five_seconds_the_page_says_within_one_what_it_waits_for() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        let back = emulator.decide(&window.begin_sign_in().await, "allow").await;
        let slow = json!({ "kind": "slow", "ms": 5_000 });

        emulator.fault("/", slow.clone()).await;
        window.hand_over(&back).await;
        says_soon(&window, "#entry-page", "Planning Center has answered. Narthex is making sure").await;
        window.click("#confirm-account").await;
        says_soon(&window, "#schedule-list", "The plans are on their way.").await;
        says_soon(&window, "#freshness-words", "Loading for the first time").await;
        window.click("#nav-people").await;
        says_soon(&window, "#list", "The people are on their way.").await;

        emulator.mend().await;
        window.sees("#freshness-words", "complete: ").await;
        emulator.fault("/", slow).await;
        // What was read within the last seconds is not asked for again.
        within(OLD_ENOUGH, "Refresh says what it does", async || {
            window.click("#refresh").await;
            window.text("#freshness-words").await.filter(|text| text.contains("Asking Planning Center"))
        })
        .await;
        says_soon(&window, "#people-list", "Adeyemi").await;
        says_soon(&window, "#freshness-words", "Updated").await;
    })
    .await;
}

async fn says_soon(window: &Window<'_>, css: &str, words: &str) {
    within(SOON, &format!("{css} says “{words}”"), async || {
        window.text(css).await.filter(|text| text.contains(words))
    })
    .await;
}
