//! Saves a picture of every screen and state of the real window: light and dark, wide, narrow, and magnified.
//!
//! `xvfb-run --server-args="-screen 0 1400x1000x24" cargo run --features e2e --example gallery -- FOLDER`, after
//! `cargo build --workspace`.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[allow(dead_code, unused_imports, reason = "the window tests use the rest")]
mod harness;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use harness::{Desktop, Emulator, Keychain, Window, story};

/// Names and inner sizes. Magnified to 200 %, a window of 1280 × 960 has this much room.
const SIZES: [(&str, u32, u32); 3] = [("narrow", 390, 800), ("magnified", 640, 480), ("wide", 1280, 800)];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("the folder for the pictures is given");
    fs::create_dir_all(&folder).unwrap();
    for theme in ["light", "dark"] {
        story(Keychain::Unlocked, async |desktop| {
            if theme == "dark" {
                desktop.prefer_dark();
            }
            let album = Album { folder: &folder, theme };
            before_signing_in(desktop, &album).await;
            own_church(desktop, &album).await;
        })
        .await;
        story(Keychain::Absent, async |desktop| {
            if theme == "dark" {
                desktop.prefer_dark();
            }
            without_rights(desktop, &Album { folder: &folder, theme }).await;
        })
        .await;
    }
}

/// Where the pictures of one theme go.
struct Album<'a> {
    folder: &'a Path,
    theme: &'a str,
}

impl Album<'_> {
    async fn take(&self, name: &str, window: &Window<'_>) {
        for (size, width, height) in SIZES {
            window.resize(width, height).await;
            let file = self.folder.join(format!("{name}-{}-{size}.png", self.theme));
            window.portrait(&file).await;
        }
    }
}

async fn before_signing_in(desktop: &Desktop, album: &Album<'_>) {
    let window = Window::open(desktop, &[]).await;
    window.sees("#entry-page .steps", "8129").await;
    album.take("set-up", &window).await;
    window.write("#client-id", "too-short").await;
    window.click("#save-client-id").await;
    window.sees("#client-id-wrong", "0 to 9").await;
    album.take("set-up-wrong", &window).await;
    window.click("#practice").await;
    window.sees("#freshness-words", "complete: ").await;
    window.sees("#plan", "Order of service").await;
    album.take("practice", &window).await;
    window.close().await;
}

async fn own_church(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sees("#sign-in", "Sign in").await;
    album.take("welcome", &window).await;
    let address = window.begin_sign_in().await;
    window.sees("#entry-page", "Waiting for Planning Center").await;
    album.take("waiting", &window).await;
    window.hand_over("not a return link").await;
    window.sees("#entry-page .note", "does not belong").await;
    album.take("waiting-wrong-link", &window).await;
    window.hand_over(&emulator.decide(&address, "allow").await).await;
    window.sees("#entry-page", "Is that you?").await;
    album.take("confirm", &window).await;

    for collection in ["/services/v2/service_types", "/people/v2/people"] {
        emulator
            .control("faults", &json!({ "path_prefix": collection, "times": 1, "kind": "slow", "ms": 4_000 }))
            .await;
    }
    window.click("#confirm-account").await;
    window.sees("#schedule-list", "Loading").await;
    album.take("schedule-loading", &window).await;
    window.click("#nav-people").await;
    album.take("people-loading", &window).await;
    window.sees("#freshness-words", "complete: ").await;

    window.sees("#people-list", "Adeyemi").await;
    album.take("people", &window).await;
    window.write("#people-search", "kim").await;
    window.sees("#people-list", "Daniel Kim").await;
    album.take("search", &window).await;
    window.click("#people-list [data-id]").await;
    window.sees("#person-card h1", "Daniel Kim").await;
    album.take("person", &window).await;
    window.click("#nav-people").await;
    window.write("#people-search", "zzz").await;
    window.sees("#list", "Nobody found").await;
    album.take("search-empty", &window).await;

    // Where there is room for one pane only, the list comes first.
    window.resize(390, 800).await;
    window.click("#nav-schedule").await;
    window.sees("#schedule-list", "This week").await;
    album.take("schedule", &window).await;
    window.click(".week li:nth-child(2) .plan-row").await;
    window.sees("#plan", "Order of service").await;
    album.take("plan", &window).await;
    window.click("#open-help").await;
    window.sees("dialog", "Keyboard shortcuts").await;
    album.take("help", &window).await;
    window.click("dialog .buttons button").await;
    window.click("#nav-settings").await;
    window.sees("#settings-page", "Sign out and erase").await;
    album.take("settings", &window).await;
    window.click("#sign-out").await;
    window.sees("dialog", "Sign out and erase?").await;
    album.take("sign-out", &window).await;
    window.click("dialog .buttons button").await;

    emulator.control("revoke", &json!({})).await;
    window.click("#nav-schedule").await;
    window.refresh_until("Signed out").await;
    album.take("signed-out-by-planning-center", &window).await;
    drop(emulator);
    window.close().await;
}

async fn without_rights(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    emulator.control("role", &json!({ "role": "no_services" })).await;
    let window = Window::open_for(desktop, &emulator).await;
    let address = window.begin_sign_in().await;
    window.hand_over(&emulator.decide(&address, "allow").await).await;
    window.click("#confirm-account").await;
    window.sees("#schedule-list", "Your account may not see this").await;
    album.take("no-right", &window).await;
    drop(emulator);
    window.click("#nav-people").await;
    window.refresh_until("Offline").await;
    album.take("offline", &window).await;
    window.close().await;
}
