//! Computers whose keychain is missing or locked.

use std::time::Duration;

use crate::harness::{Emulator, Keychain, Window, story, within};

#[tokio::test]
async fn without_a_keychain_one_is_signed_in_until_the_program_closes_and_nothing_is_kept() {
    story(Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        window.sees("#session-notice", "until Narthex closes").await;
        window.sees("#schedule-list", "Sunday Morning").await;
        assert_eq!(desktop.store_bytes(), 0, "no database is on the disk");
        window.close().await;

        let window = Window::open_for(desktop, &emulator).await;
        window.sees("#sign-in", "Sign in").await;
    })
    .await;
}

#[tokio::test]
async fn with_a_locked_keychain_one_is_told_within_bounds() {
    story(Keychain::Locked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.enter(&emulator).await;
        within(Duration::from_secs(25), "the keychain's state is told", async || {
            window.text("#session-notice").await.filter(|notice| notice.contains("until Narthex closes"))
        })
        .await;
        window.sees("#freshness-words", "complete: ").await;
        assert_eq!(desktop.store_bytes(), 0, "no database is on the disk");
    })
    .await;
}

#[tokio::test]
async fn a_keychain_that_is_locked_at_the_next_start_loses_nothing() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        window.close().await;
        let kept = desktop.store_bytes();

        desktop.switch_keychain(Keychain::Locked).await;
        let window = Window::open_for(desktop, &emulator).await;
        within(Duration::from_secs(25), "the keychain's state is told", async || {
            window
                .text("#entry-page")
                .await
                .filter(|page| page.contains("Your sign-in is saved in the keychain"))
        })
        .await;
        window.close().await;
        assert_eq!(desktop.store_bytes(), kept);

        desktop.switch_keychain(Keychain::Unlocked).await;
        let window = Window::open_for(desktop, &emulator).await;
        window.sees("#freshness-words", "complete: ").await;
    })
    .await;
}
