//! What a person is told of the sign-in when it does not go the usual way. Waiting, a denial, a missing or locked keychain
//! and a missing right have their own stories.

use serde_json::json;

use crate::harness::{Bus, Emulator, Keychain, Window, opened, story, until};

#[tokio::test]
async fn a_browser_that_does_not_open_is_told_with_the_link_to_copy() {
    story(Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        desktop.remove_openers();
        let window = Window::open_for(desktop, &emulator).await;
        window.click("#sign-in").await;
        let note = window.sees("#entry-page .note", "The browser could not be opened").await;
        assert!(note.contains("Copy the link"), "{note}");
        window.sees("#copy-link", "Copy link").await;
        window.sees("#entry-page", "Waiting for Planning Center").await;
    })
    .await;
}

#[tokio::test]
async fn a_link_that_came_late_and_a_sign_in_that_failed_are_told_and_one_can_start_again() {
    story(Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        let bus = Bus::join(desktop).await;
        let window = Window::open_for(desktop, &emulator).await;

        let late = emulator.decide(&window.begin_sign_in().await, "allow").await;
        window.click("#cancel-sign-in").await;
        window.sees("#entry-page h1", "Welcome").await;
        bus.hand_over(&late).await.unwrap();
        window.sees(".toast", "This sign-in is no longer valid; it ends after ten minutes.").await;

        let refused = json!({ "kind": "body", "status": 400, "text": "{\"error\":\"invalid_grant\"}" });
        emulator.fault("/oauth/token", refused).await;
        let answer = emulator.decide(&window.begin_sign_in().await, "allow").await;
        bus.hand_over(&answer).await.unwrap();
        let page = window.sees("#entry-page", "Sign-in could not be completed safely").await;
        assert!(page.contains("Welcome") && page.contains("Nothing was saved"), "{page}");
        emulator.mend().await;

        let forbidden =
            json!({ "kind": "body", "status": 403, "text": "{\"errors\":[{\"status\":\"403\"}]}" });
        emulator.fault("/people/v2/me", forbidden).await;
        let answer = emulator.decide(&window.begin_sign_in().await, "allow").await;
        bus.hand_over(&answer).await.unwrap();
        let page = window.sees("#entry-page", "no access to People").await;
        assert!(page.contains("Ask a Planning Center administrator"), "{page}");

        emulator.mend().await;
        let answer = emulator.decide(&window.begin_sign_in().await, "allow").await;
        bus.hand_over(&answer).await.unwrap();
        window.sees("#entry-page", "Is that you?").await;
    })
    .await;
}

#[tokio::test]
async fn who_is_signed_out_by_planning_center_is_told_and_still_sees_what_was_saved() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        emulator.control("revoke", &json!({})).await;
        window.refresh_until("Signed out by Planning Center").await;
        let bar = window.sees("#sign-in-bar", "Planning Center has ended your sign-in.").await;
        assert!(bar.contains("Your saved data is still here."), "{bar}");
        window.sees("#schedule-list", "Sunday Morning").await;

        // One click leads back in, and nothing was lost on the way.
        let before = opened(desktop).len();
        window.click("#sign-in-again").await;
        let asked = until("the browser was asked for", async || opened(desktop).get(before).cloned()).await;
        window.hand_over(&emulator.decide(&asked, "allow").await).await;
        window.sees("#schedule-list", "Sunday Morning").await;
        window.sees_no("#sign-in-bar").await;
    })
    .await;
}
