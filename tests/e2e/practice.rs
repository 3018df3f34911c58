//! The practice church: how a newcomer first sees the program.

use serde_json::json;
use thirtyfour::Key;

use crate::harness::{Keychain, Window, opened, story, until};

/// Which element has the focus.
const FOCUSED: &str = "return document.activeElement.id";

#[tokio::test]
async fn the_practice_church_opens_on_this_weeks_plans_and_can_be_left() {
    story(Keychain::Unlocked, async |desktop| {
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#practice-banner", "Practice church").await;
        window.sees("#freshness-words", "complete: ").await;
        window.sees("#schedule-list", "This week").await;
        window.sees("#plan", "Order of service").await;
        window.sees("#plan", "Team").await;
        window.click("#practice-banner button").await;
        window.sees("#entry-page h1", "Welcome").await;
        window.sees_no("#practice-banner").await;

        window.click("#practice").await;
        window.sees("#practice-banner", "Practice church").await;
        window.click("#nav-people").await;
        window.write("#people-search", "Adeyemi").await;
        window.sees("#people-list", "Ruth Adeyemi").await;
        window.close().await;

        assert!(opened(desktop).is_empty(), "no browser is needed for it");
        assert!(!desktop.keychain_items("service", "org.narthex.desktop").contains("session:"));
        for (path, content) in desktop.files() {
            assert!(!String::from_utf8_lossy(&content).contains("Adeyemi"), "kept: {}", path.display());
        }
    })
    .await;
}

#[tokio::test]
async fn the_next_plan_opens_beside_the_schedule_as_soon_as_there_is_room() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#plan", "Order of service").await;
        window.resize(390, 800).await;
        window.click("#nav-people").await;
        window.click("#nav-schedule").await;
        window.sees("#schedule-list", "This week").await;
        window.becomes("return location.hash", json!("#/schedule")).await;

        window.resize(1280, 800).await;
        window.sees("#plan", "Order of service").await;
    })
    .await;
}

#[tokio::test]
async fn the_keyboard_alone_finds_a_person_and_goes_back_to_the_schedule() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#freshness-words", "complete: ").await;
        window.sees("#plan", "Order of service").await;

        window.press("/").await;
        window.becomes(FOCUSED, json!("people-search")).await;
        window.press("kim").await;
        let kims = ["Daniel Kim", "Hana Kim", "Ji-woo Kim", "Seo-jun Kim"];
        until("all of that name are found", async || {
            (window.texts("#people-list [data-id] .name").await == kims).then_some(())
        })
        .await;
        window.press(Key::Down).await;
        window.press(Key::Down).await;
        window.press(Key::Enter).await;
        window.sees("#person-card h1", "Hana Kim").await;
        window.becomes("return document.activeElement.innerText", json!("Hana Kim")).await;

        window.press(Key::Escape).await;
        window.becomes(FOCUSED, json!("people-list")).await;
        window.press(Key::Control + "1").await;
        window.sees("#schedule-list", "This week").await;
        window.sees("#plan", "Order of service").await;
        window.becomes("return document.activeElement.matches('#plan h1')", json!(true)).await;
        window.sees_no("#person-card").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_stays_within_its_policy_on_every_screen() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &["--practice"]).await;
        window
            .run(
                "window.violations = [];
                 addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));",
            )
            .await;
        window.sees("#freshness-words", "complete: ").await;
        window.sees("#plan", "Order of service").await;
        window.click("#nav-people").await;
        window.write("#people-search", "Adeyemi").await;
        until("only those of that name are listed", async || {
            let names = window.texts("#people-list [data-id] .name").await;
            (!names.is_empty() && names.iter().all(|name| name.contains("Adeyemi"))).then_some(())
        })
        .await;
        window.click("#people-list [data-id]").await;
        window.sees("#person-card h1", "Adeyemi").await;
        window.click("#nav-settings").await;
        window.sees("#settings-page", "Leave practice").await;
        window.click("#open-help").await;
        window.sees("dialog", "Keyboard shortcuts").await;
        let sheets = window.run("return [...document.styleSheets].filter((sheet) => sheet.cssRules.length === 0).length");
        assert_eq!(sheets.await, json!(0), "every style sheet was let in");
        assert_eq!(window.run("return violations").await, json!([]));

        // And what is against the policy does not happen, and is heard of.
        window
            .run(
                "const script = document.createElement('script');
                 script.textContent = 'window.ran = true';
                 document.body.append(script);
                 fetch('http://127.0.0.1:9/').catch(() => {});",
            )
            .await;
        window.becomes("return violations.length >= 2 && [...violations].sort()", json!(["connect-src", "script-src-elem"])).await;
        assert_eq!(window.run("return window.ran ?? null").await, json!(null));
    })
    .await;
}
