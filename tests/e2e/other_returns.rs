//! The ways back from the browser when the usual one is barred.

use serde_json::json;

use crate::harness::{Browser, Emulator, Keychain, Window, story, until};
use crate::walk::{Church, confirm_and_go_on};

const NOT_AWAITED: &str =
    "org.narthex.desktop:/oauth/callback?code=0123456789abcdef0123456789abcdef&state=elsewhere";

#[tokio::test]
async fn the_browser_returns_through_an_address_of_this_computer() {
    story(Keychain::Unlocked, async |desktop| {
        let church = Church::start(desktop).await;
        // This browser has not been told to let the link through: it asks, and nobody answers.
        let browser = Browser::new(desktop);
        let window = church.window(desktop).await;
        window.click("#sign-in").await;
        let page = browser.page().await;
        page.click("#allow").await;
        window.sees("#entry-page", "Waiting for Planning Center").await;

        window.click("#another-way").await;
        window.sees("#another-way", "Use the usual way").await;
        page.go_to_tab("redirect_uri=http").await;
        page.click("#allow").await;
        page.sees("body", "close this").await;
        assert!(page.address().await.starts_with("http://127.0.0.1:812"));
        confirm_and_go_on(desktop, church, window).await;
    })
    .await;
}

#[tokio::test]
async fn the_return_link_is_carried_over_by_hand_and_only_the_right_one_counts() {
    story(Keychain::Unlocked, async |desktop| {
        let church = Church::start(desktop).await;
        let window = church.window(desktop).await;
        let address = window.begin_sign_in().await;
        let right = church.allow(&address).await;
        assert!(right.starts_with("org.narthex.desktop:/oauth/callback?code="));

        let wrong = ["hello", "https://example.com/", NOT_AWAITED, &right[..right.len() - 1]];
        for (number, link) in (1..).zip(wrong) {
            window.hand_over(link).await;
            until("the link is refused", async || {
                (desktop.said().matches("not the awaited one").count() == number).then_some(())
            })
            .await;
            window.sees("#return-link-wrong", "This link does not belong to this sign-in").await;
            window.sees("#entry-page", "Waiting for Planning Center").await;
        }
        window.hand_over(&right).await;
        window.sees("#entry-page", "Is that you?").await;
        window.click("#refuse-account").await;
        window.sees("#entry-page h1", "Welcome").await;
        assert!(
            !desktop.keychain_items("service", "org.narthex.desktop").contains("session:"),
            "nothing was kept"
        );

        let address = window.begin_sign_in().await;
        window.hand_over(&church.allow(&address).await).await;
        confirm_and_go_on(desktop, church, window).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_from_nowhere_changes_nothing_while_one_is_awaited() {
    story(Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        desktop.install_program();
        let window = Window::open_for(desktop, &emulator).await;
        let address = window.begin_sign_in().await;
        desktop.open_link(NOT_AWAITED);
        desktop.hears("a sign-in link arrived").await;
        window.sees("#entry-page", "Waiting for Planning Center").await;
        desktop.open_link(&emulator.decide(&address, "allow").await);
        window.sees("#entry-page", "Is that you?").await;
        window.becomes("return document.querySelector('.who img')?.naturalWidth > 0", json!(true)).await;
        assert!(!desktop.said().contains("elsewhere"), "the log has no part of a link");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_starts_the_program_finds_nothing_under_way_and_does_no_harm() {
    story(Keychain::Unlocked, async |desktop| {
        desktop.install_program();
        let window = Window::open_by_link(desktop, NOT_AWAITED).await;
        window.sees("#entry-page h1", "Welcome").await;
        desktop.hears("a sign-in link arrived").await;
        window.click("#practice").await;
        window.sees("#practice-banner", "Practice church").await;
        window.close().await;
    })
    .await;
}
