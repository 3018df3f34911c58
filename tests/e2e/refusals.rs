//! People who change their minds, and accounts that may not see everything.

use serde_json::json;

use crate::harness::{Browser, Emulator, Keychain, Window, story};

#[tokio::test]
async fn deny_in_the_browser_leads_back_to_welcome_with_words() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let browser = Browser::trusting(desktop, emulator.address());
        let window = Window::open_for(desktop, &emulator).await;
        window.click("#sign-in").await;
        browser.page().await.click("#deny").await;
        let page = window.sees("#entry-page", "Sign-in was cancelled in the browser").await;
        assert!(page.contains("Welcome") && page.contains("Nothing was saved"), "{page}");
        assert!(window.shows("#sign-in").await, "one can start again");
    })
    .await;
}

#[tokio::test]
async fn a_closed_browser_leaves_every_way_on_open() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let browser = Browser::trusting(desktop, emulator.address());
        let window = Window::open_for(desktop, &emulator).await;
        window.click("#sign-in").await;
        browser.page().await.sees("#allow", "Allow").await;
        browser.close().await;
        let panel = window.sees("#entry-page", "Waiting for Planning Center").await;
        for way in ["Open again", "Copy link", "Paste the return link", "Cancel"] {
            assert!(panel.contains(way), "{way} is missing: {panel}");
        }

        window.click("#open-again").await;
        browser.page().await.sees("#allow", "Allow").await;
        browser.close().await;
        window.click("#cancel-sign-in").await;
        window.sees("#entry-page h1", "Welcome").await;
        window.sees("#sign-in", "Sign in").await;
    })
    .await;
}

#[tokio::test]
async fn an_account_without_services_sees_people_and_is_told_what_it_lacks() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        emulator.control("role", &json!({ "role": "no_services" })).await;
        let window = Window::open_for(desktop, &emulator).await;
        window.enter(&emulator).await;
        window.sees("#schedule-list", "Your account may not see this").await;
        window.click("#nav-people").await;
        window.sees("#people-list", "Ruth Adeyemi").await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_erases_what_was_kept_and_says_so() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        assert!(desktop.keychain_items("service", "org.narthex.desktop").contains("session:"));
        assert!(desktop.store_bytes() > 500_000);
        window.click("#nav-settings").await;
        window.click("#sign-out").await;
        window.sees("dialog", "Sign out and erase?").await;
        window.click("#confirm-sign-out").await;
        let report = window.sees("#sign-out-report", "Planning Center has ended this sign-in.").await;
        assert!(report.contains("The keychain no longer holds anything of Narthex."), "{report}");
        assert!(report.contains("People and schedules are erased from this computer."), "{report}");
        let items = desktop.keychain_items("service", "org.narthex.desktop");
        assert!(!items.contains("session:") && !items.contains("cache-key:"), "{items}");
        assert_eq!(desktop.store_bytes(), 0);
        window.click("dialog .primary").await;
        window.sees("#entry-page h1", "Welcome").await;
    })
    .await;
}
