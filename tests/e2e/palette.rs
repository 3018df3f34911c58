//! The palette, with the keyboard alone.

use serde_json::json;
use thirtyfour::Key;

use crate::harness::{Desktop, Emulator, Keychain, Window, story, until};

/// What a screen reader is told of the field: whether it has a list, and the words of the row it stands on.
const ACTIVE: &str = "const field = document.activeElement;
    const row = document.getElementById(field.getAttribute('aria-activedescendant'));
    return [field.id, field.getAttribute('role'), row?.getAttribute('role'), row?.getAttribute('aria-selected'),
        row?.querySelector('.top').textContent]";

const ASK_FOR_ZENOBIA: &str = "const field = document.getElementById('palette-field');
    field.value = 'zenobia';
    field.dispatchEvent(new Event('input', { bubbles: true }))";

#[tokio::test]
async fn the_palette_finds_and_opens_people_plans_songs_and_teams_without_a_mouse() {
    story(Keychain::Absent, async |desktop| {
        let window = practice_with_palette(desktop).await;
        window.sees("#palette-list", "Sunday Morning").await;
        window.write("#palette-field", "daniel kim").await;
        window.becomes(ACTIVE, json!(["palette-field", "combobox", "option", "true", "Daniel Kim"])).await;
        window.sees(".palette [role=status]", "1 person").await;
        window.press(Key::Enter).await;
        window.sees("#person-card h1", "Daniel Kim").await;
        window.sees_no("dialog.palette").await;

        // A team leads to its people, and from there back to what was typed.
        window.press(Key::Control + "k").await;
        window.write("#palette-field", "band").await;
        window.becomes(&title_of("team"), json!("Band")).await;
        stand_on(&window, "team").await;
        window.press(Key::Enter).await;
        window.sees("#palette-about", "Band").await;
        window.sees("#palette-list", "Daniel Kim").await;
        window.press(Key::Escape).await;
        window.becomes("return document.activeElement.value", json!("band")).await;

        // A song leads to the plans that have it.
        window.write("#palette-field", "traditional").await;
        window.sees("#palette-list", "Songs").await;
        stand_on(&window, "song").await;
        window.press(Key::Enter).await;
        window.sees("#palette-about", "Traditional").await;
        window.press(Key::Backspace).await;
        window.becomes("return document.activeElement.value", json!("traditional")).await;
        window.write("#palette-field", "midweek").await;
        window.sees("#palette-list", "Midweek Prayer").await;
        window.press(Key::Enter).await;
        window.sees("#plan h1", "Midweek Prayer").await;

        // Escape leaves everything as it was; so do the keys that opened it.
        window.press(Key::Control + "k").await;
        window.sees("#palette-list", "Sunday Morning").await;
        window.press(Key::Control + "k").await;
        window.sees_no("dialog.palette").await;
        window.press(Key::Control + "k").await;
        window.write("#palette-field", "zzzz").await;
        window.sees("#palette-notes", "Nothing found for “zzzz”.").await;
        window.press(Key::Escape).await;
        window.sees_no("dialog.palette").await;
        assert!(window.shows("#plan h1").await);
    })
    .await;
}

#[tokio::test]
async fn the_palette_closes_when_the_session_ends_and_shows_nobody_any_more() {
    story(Keychain::Absent, async |desktop| {
        let window = practice_with_palette(desktop).await;
        window.write("#palette-field", "daniel kim").await;
        window.sees("#palette-list", "Daniel Kim").await;

        // As another window does it, whose signing out this one hears of.
        window.run("window.__TAURI__.core.invoke('sign_out')").await;
        window.sees("#entry-page h1", "Welcome").await;
        window.sees_no("dialog[open]").await;
        window.sees_no("#palette-list").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_chosen_stays_chosen_when_more_is_found_meanwhile() {
    story(Keychain::Absent, async |desktop| {
        let emulator = Emulator::start(desktop);
        for number in 0..9 {
            add_person(&emulator, &format!("Zenobia {number}")).await;
        }
        let window = Window::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        window.press(Key::Control + "k").await;
        // At once: letter by letter each would be a question, whose answer begins at the first row again.
        window.run(ASK_FOR_ZENOBIA).await;
        window
            .becomes(ACTIVE, json!(["palette-field", "combobox", "option", "true", "Zenobia 0 Quist"]))
            .await;
        for _ in 0..3 {
            window.press(Key::Down).await;
        }
        let chosen = json!(["palette-field", "combobox", "option", "true", "Zenobia 3 Quist"]);
        window.becomes(ACTIVE, chosen.clone()).await;

        add_person(&emulator, "Zenobia").await;
        until("the newcomer is found as well", async || {
            window.run("window.__TAURI__.core.invoke('refresh')").await;
            window.text("#palette-list").await.filter(|found| found.contains("Zenobia Quist"))
        })
        .await;
        window.becomes(ACTIVE, chosen).await;
        window.press(Key::Enter).await;
        window.sees("#person-card h1", "Zenobia 3 Quist").await;
    })
    .await;
}

/// The practice church, with the palette over it.
async fn practice_with_palette(desktop: &Desktop) -> Window<'_> {
    let window = Window::open(desktop, &["--practice"]).await;
    window.sees("#freshness-words", "complete: ").await;
    window.press(Key::Control + "k").await;
    window
}

async fn add_person(emulator: &Emulator, first_name: &str) {
    let person = json!({ "change": "add_person", "first_name": first_name, "last_name": "Quist" });
    emulator.control("mutate", &person).await;
}

/// The words of the first row of a kind.
fn title_of(kind: &str) -> String {
    format!(
        "return document.querySelector('[aria-labelledby=palette-{kind}] [role=option] .top')?.textContent"
    )
}

/// Goes down to the first row of a kind.
async fn stand_on(window: &Window<'_>, kind: &str) {
    let is_there = format!(
        "return document.querySelector('[aria-labelledby=palette-{kind}] [role=option]')?.ariaSelected === 'true'"
    );
    for _ in 0..30 {
        if window.run(&is_there).await == json!(true) {
            return;
        }
        window.press(Key::Down).await;
    }
    panic!("no way down to the first {kind}");
}
