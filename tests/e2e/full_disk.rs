//! A disk that takes no more: it is said, nothing goes, and with room again the reading goes on.

use crate::harness::{Emulator, Keychain, SmallDisk, Window, story};

#[tokio::test]
async fn a_full_disk_is_told_loses_nothing_and_with_room_again_everything_is_saved() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        // Four megabytes of it are the reserve.
        let mut disk = match SmallDisk::new(desktop, "6m") {
            Ok(disk) => disk,
            Err(why) => return eprintln!("NOT TRIED: this computer lets nobody make a small disk: {why}"),
        };
        let window = Window::open_on(&mut disk, desktop, &emulator.options()).await;
        window.enter(&emulator).await;
        window.sees("#freshness-words", FULL).await;
        window.sees("#schedule-list", "This week").await;

        disk.resize(desktop, "64m");
        window.refresh_until("Updated").await;
        shows_everybody(&window).await;
        window.close().await;

        // What is shown after a start on a full disk, with nobody to ask, is what was saved.
        disk.fill(desktop);
        let options = emulator.options().map(str::to_owned);
        drop(emulator);
        let options = options.each_ref().map(String::as_str);
        let window = Window::open_on(&mut disk, desktop, &options).await;
        shows_everybody(&window).await;
        window.sees("#freshness-words", "Offline").await;
    })
    .await;
}

/// The fact, and what to do.
const FULL: &str = "Nothing new can be saved: make room on the disk, then refresh";

async fn shows_everybody(window: &Window<'_>) {
    window.sees("#freshness-words", "complete: 150 people").await;
    window.click("#nav-people").await;
    window.sees("#people-list", "Ruth Adeyemi").await;
    window.click("#nav-schedule").await;
    window.sees("#plan", "Order of service").await;
}
