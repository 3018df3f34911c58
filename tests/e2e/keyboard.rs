//! Ways through the window for whoever has no mouse.

use serde_json::json;
use thirtyfour::Key;

use crate::harness::{Keychain, Window, story};

/// Which pane has the focus, or which element outside of them.
const WHERE: &str = "return document.activeElement.closest('#rail, #list, #detail, #freshness')?.id
    ?? document.activeElement.id";

#[tokio::test]
async fn f6_goes_round_the_panes_and_passes_over_those_that_are_not_there() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#freshness-words", "complete: ").await;
        window.sees("#plan", "Order of service").await;
        window.becomes(WHERE, json!("detail")).await;
        goes_round(&window, &["freshness", "rail", "list", "detail"]).await;

        window.press(Key::Control + ",").await;
        window.sees("#settings-page", "Keyboard").await;
        window.becomes(WHERE, json!("detail")).await;
        goes_round(&window, &["freshness", "rail", "detail"]).await;

        // One column: the list takes turns with the plan.
        window.resize(390, 800).await;
        window.press(Key::Control + "1").await;
        window.becomes(WHERE, json!("list")).await;
        window.sees("#schedule-list", "Sunday Morning").await;
        goes_round(&window, &["freshness", "rail", "list"]).await;
        window.press(Key::Enter).await;
        window.becomes(WHERE, json!("detail")).await;
        goes_round(&window, &["freshness", "rail", "detail"]).await;
    })
    .await;
}

#[tokio::test]
async fn the_skip_link_shows_itself_and_leads_past_the_frame() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &[]).await;
        window.sees("#entry-page h1", "Welcome").await;
        skips_to(&window, "Welcome").await;

        window.click("#practice").await;
        window.sees("#plan", "Order of service").await;
        window.press(Key::F6).await;
        window.press(Key::F6).await;
        skips_to(&window, "Sunday Morning").await;

        window.press(Key::Control + "2").await;
        window.sees("#people-list", "Adeyemi").await;
        skips_to(&window, "People").await;
    })
    .await;
}

async fn goes_round(window: &Window<'_>, panes: &[&str]) {
    for pane in panes.iter().chain(panes) {
        window.press(Key::F6).await;
        window.becomes(WHERE, json!(pane)).await;
    }
}

/// Goes back to the very first stop, and from there to the heading with these words.
async fn skips_to(window: &Window<'_>, heading: &str) {
    const ON_SCREEN: &str = "const { top, bottom } = document.getElementById('skip').getBoundingClientRect();
        return top >= 0 && bottom > 0";
    assert_eq!(window.run(ON_SCREEN).await, json!(false), "it stays out of the way");
    for _ in 0..20 {
        if window.run(WHERE).await == json!("skip") {
            break;
        }
        window.press(Key::Shift + Key::Tab).await;
    }
    window.becomes(WHERE, json!("skip")).await;
    assert_eq!(window.run(ON_SCREEN).await, json!(true));
    window.press(Key::Enter).await;
    window.becomes("return document.activeElement.textContent", json!(heading)).await;
}
