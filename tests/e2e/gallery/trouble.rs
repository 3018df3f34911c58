//! What may stand between the church and the screen, one trouble at a time.

use serde_json::json;

use crate::Album;
use crate::harness::{Desktop, Emulator, SmallDisk, Window};

pub(crate) async fn offline(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    drop(emulator);
    window.refresh_until("Offline").await;
    album.take("offline", &window).await;
    window.click("#nav-people").await;
    window.sees("#people-list", "Adeyemi").await;
    album.take("offline-people", &window).await;
}

pub(crate) async fn not_loaded(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    let address = window.begin_sign_in().await;
    window.hand_over(&emulator.decide(&address, "allow").await).await;
    window.sees("#entry-page", "Is that you?").await;
    emulator.fault("/", json!({ "kind": "reset" })).await;
    window.click("#confirm-account").await;
    window.sees("#schedule-list", "Not loaded yet").await;
    window.sees("#freshness-words", "Offline").await;
    album.take("not-loaded", &window).await;
    window.click("#nav-people").await;
    window.sees("#list", "Not loaded yet").await;
    album.take("not-loaded-people", &window).await;
}

pub(crate) async fn answers(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    for (fault, words, name) in [
        (json!({ "kind": "html_200" }), "This network asks", "network-sign-in"),
        (json!({ "kind": "status", "status": 503 }), "not answering", "service-down"),
    ] {
        emulator.fault("/", fault).await;
        window.refresh_until(words).await;
        album.take(name, &window).await;
    }
    emulator.fault("/people/v2/people", json!({ "kind": "total_count", "n": 170 })).await;
    window.click("#nav-people").await;
    window.refresh_until("not complete").await;
    window.sees("#list .note", "changed while it was read").await;
    album.take("people-count-differs", &window).await;
}

pub(crate) async fn signed_out(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    emulator.control("revoke", &json!({})).await;
    window.refresh_until("Signed out").await;
    album.take("signed-out-by-planning-center", &window).await;
}

pub(crate) async fn no_right(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    emulator.control("role", &json!({ "role": "no_services" })).await;
    let window = Window::open_for(desktop, &emulator).await;
    window.enter(&emulator).await;
    window.sees("#schedule-list", "Your account may not see this").await;
    window.sees("#freshness-words", "no right to see the rest").await;
    album.take("no-right-to-services", &window).await;

    emulator.control("role", &json!({ "role": "no_people" })).await;
    window.refresh_until("access to People").await;
    window.click("#nav-people").await;
    window.sees("#list", "Your account may not see this").await;
    album.take("no-right-to-people", &window).await;
}

pub(crate) async fn full_disk(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    // Four megabytes of it are the reserve.
    let mut disk = match SmallDisk::new(desktop, "6m") {
        Ok(disk) => disk,
        Err(why) => return eprintln!("NOT PICTURED: this computer lets nobody make a small disk: {why}"),
    };
    let window = Window::open_on(&mut disk, desktop, &emulator.options()).await;
    window.enter(&emulator).await;
    window.sees("#freshness-words", "Nothing new can be saved").await;
    window.sees("#schedule-list", "This week").await;
    album.take("full-disk", &window).await;
}

pub(crate) async fn set_aside(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.close().await;
    std::fs::write(desktop.store_folder().join("store.db"), [7; 4096]).unwrap();
    let window = Window::open_for(desktop, &emulator).await;
    window.sees(".toast", "set aside").await;
    window.sees("#freshness-words", "complete: ").await;
    album.take("store-set-aside", &window).await;
}
