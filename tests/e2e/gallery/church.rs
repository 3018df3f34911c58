//! A church's screens, from the first row on its way to signing out.

use std::time::Duration;

use crate::Album;
use crate::harness::{Desktop, Emulator, Tap, Window, within};

/// What the lists of five hundred service types may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) async fn loading(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let tap = Tap::on(emulator.authority()).await;
    let options = ["--pco-url", tap.address(), "--client-id", emulator.client_id()];
    let window = Window::open(desktop, &options).await;
    let address = window.begin_sign_in().await;
    window.hand_over(&emulator.decide(&address, "allow").await).await;
    window.sees("#entry-page", "Is that you?").await;

    tap.shut("/v2/");
    window.click("#confirm-account").await;
    window.sees("#schedule-list", "Loading for the first time").await;
    album.take("schedule-loading", &window).await;
    window.click("#nav-people").await;
    window.sees("#list", "Loading for the first time").await;
    album.take("people-loading", &window).await;

    tap.shut("/team_members");
    window.click("#nav-schedule").await;
    window.click(".week li:nth-child(2) .plan-row").await;
    window.sees("#plan", "Loading for the first time").await;
    album.take("plan-loading", &window).await;
    tap.shut("offset=100");
    window.click("#nav-people").await;
    window.sees("#list .note", "148 of 150 people loaded").await;
    album.take("people-partial", &window).await;
    window.click("#people-list [data-id]").await;
    window.sees("#person-card", "may be missing here").await;
    album.take("person-partial", &window).await;
    tap.open();
    window.sees("#freshness-words", "complete: ").await;
}

pub(crate) async fn people(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.click("#nav-people").await;
    window.sees("#people-list", "Adeyemi").await;
    album.take("people", &window).await;
    window.write("#people-search", "kim").await;
    window.sees("#people-list", "Daniel Kim").await;
    album.take("search", &window).await;
    window.write("#people-search", "zzz").await;
    window.sees("#list", "Nobody found").await;
    album.take("search-empty", &window).await;
    window.write("#people-search", "daniel kim").await;
    window.sees("#people-list", "Daniel Kim").await;
    window.click("#people-list [data-id]").await;
    window.sees("#person-card h1", "Daniel Kim").await;
    album.take("person", &window).await;
}

/// The palette: before anything is typed, with something of every kind, and in a song.
pub(crate) async fn palette(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.click("#open-palette").await;
    window.sees("#palette-list", "Sunday Morning").await;
    album.take("palette", &window).await;
    window.write("#palette-field", "a").await;
    window.sees("#palette-list", "Songs").await;
    album.take("palette-found", &window).await;
    window.write("#palette-field", "amazing").await;
    window.sees("#palette-list", "Amazing Grace").await;
    window.click("#palette-list [data-id]").await;
    window.sees("#palette-about", "Amazing Grace").await;
    album.take("palette-song", &window).await;
    window.click("#palette-back").await;
    window.write("#palette-field", "zzz").await;
    window.sees("#palette-notes", "Nothing found").await;
    album.take("palette-empty", &window).await;
}

/// Pictures the schedule with no plan open: where there is room for one pane only, the list comes first.
async fn take_list(name: &str, window: &Window<'_>, album: &Album<'_>) {
    album.make_small(window).await;
    window.click("#nav-people").await;
    window.click("#nav-schedule").await;
    window.sees("#schedule-list", "This week").await;
    album.take(name, window).await;
}

pub(crate) async fn schedule(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    take_list("schedule", &window, album).await;
    window.click(".week li:nth-child(2) .plan-row").await;
    window.sees("#plan", "Order of service").await;
    album.take("plan", &window).await;
    window.click("#open-help").await;
    window.sees("dialog", "Keyboard shortcuts").await;
    album.take("help", &window).await;
}

/// A church of five hundred service types, while the inside of its plans is read.
pub(crate) async fn hundreds(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::with_hundreds(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.enter(&emulator).await;
    window.sees("#freshness-words", "Service types").await;
    window.sees("#schedule-list", "Sunday Morning").await;
    // What stands still can be pictured.
    window.click("#pause").await;
    window.sees("#freshness-words", "Paused").await;
    album.take("hundreds-arriving", &window).await;
    window.click("#pause").await;
    within(PATIENCE, "the schedule is here", async || {
        window.text("#freshness-words").await.filter(|line| line.contains("This Sunday"))
    })
    .await;
    window.click("#pause").await;
    window.sees("#freshness-words", "Paused").await;
    album.take("hundreds", &window).await;
    take_list("hundreds-schedule", &window, album).await;
    window.click("#open-palette").await;
    window.write("#palette-field", "whitecliff").await;
    window.sees("#palette-list", "Whitecliff").await;
    album.take("hundreds-palette", &window).await;
}

/// What most churches have somewhere: a plan without a day, names from right to left, a sermon with an outline.
pub(crate) async fn unusual(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    album.make_small(&window).await;
    window.click("#nav-people").await;
    window.click("#nav-schedule").await;
    window.sees("#schedule-list", "This week").await;
    window
        .run("document.querySelector('#schedule-list > .week:last-child').scrollIntoView({ block: 'end' })")
        .await;
    window.sees("#schedule-list", "No date yet").await;
    album.take("schedule-undated", &window).await;
    window.click("#schedule-list > .week:last-child li:last-child .plan-row").await;
    window.sees("#plan", "Order of service").await;
    album.take("plan-undated", &window).await;
    window.click("#nav-people").await;
    window.write("#people-search", "حداد").await;
    window.sees("#people-list", "يوسف").await;
    album.take("search-right-to-left", &window).await;
    window.click("#people-list [data-id]").await;
    window.sees("#person-card h1", "حداد").await;
    album.take("person-right-to-left", &window).await;
    window.click("#nav-schedule").await;
    window.click(".week li:nth-child(2) .plan-row").await;
    window.sees("#plan", "Sermon").await;
    window.run("document.querySelectorAll('#plan .items .header')[2].scrollIntoView()").await;
    album.take("plan-middle", &window).await;
    window.run("document.querySelector('#plan').lastElementChild.scrollIntoView({ block: 'end' })").await;
    album.take("plan-end", &window).await;
}

pub(crate) async fn settings(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.click("#nav-settings").await;
    window.sees("#settings-page", "Sign out and erase").await;
    album.take("settings", &window).await;
    window.click("#sign-out").await;
    window.sees("dialog", "Sign out and erase?").await;
    album.take("sign-out", &window).await;
    window.click("#confirm-sign-out").await;
    window.sees("#sign-out-report", "erased from this computer").await;
    album.take("sign-out-report", &window).await;
}
