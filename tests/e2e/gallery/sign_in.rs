//! Before the church: a copy that knows none, the way in, and what may stand in it.

use std::time::Duration;

use crate::Album;
use crate::harness::{Desktop, Emulator, Keychain, Tap, Window, within};

pub(crate) async fn set_up(desktop: &Desktop, album: &Album<'_>) {
    let window = Window::open(desktop, &[]).await;
    window.sees("#entry-page .steps", "8129").await;
    album.take("set-up", &window).await;
    window.write("#client-id", "too-short").await;
    window.click("#save-client-id").await;
    window.sees("#client-id-wrong", "0 to 9").await;
    album.take("set-up-wrong", &window).await;
    window.click("#practice").await;
    window.sees("#freshness-words", "complete: ").await;
    album.take("practice", &window).await;
}

pub(crate) async fn way_in(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let tap = Tap::on(emulator.authority()).await;
    let options = ["--pco-url", tap.address(), "--client-id", emulator.client_id()];
    let window = Window::open(desktop, &options).await;
    window.sees("#sign-in", "Sign in").await;
    album.take("welcome", &window).await;

    let address = window.begin_sign_in().await;
    window.sees("#entry-page", "Waiting for Planning Center").await;
    album.take("waiting", &window).await;
    window.hand_over("not a return link").await;
    window.sees("#return-link-wrong", "does not belong").await;
    album.take("waiting-wrong-link", &window).await;
    window.hand_over(&emulator.decide(&address, "deny").await).await;
    window.sees("#entry-page .note", "cancelled").await;
    album.take("denied", &window).await;

    let address = window.begin_sign_in().await;
    tap.shut("/oauth/token");
    window.hand_over(&emulator.decide(&address, "allow").await).await;
    window.sees("#entry-page", "Finishing").await;
    album.take("finishing", &window).await;
    tap.open();
    window.sees("#entry-page", "Is that you?").await;
    album.take("confirm", &window).await;
}

pub(crate) async fn no_browser(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    desktop.remove_openers();
    let window = Window::open_for(desktop, &emulator).await;
    window.click("#sign-in").await;
    window.sees("#entry-page .note", "could not be opened").await;
    album.take("browser-not-opened", &window).await;
}

pub(crate) async fn no_keychain(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.sees("#session-notice", "until Narthex closes").await;
    album.take("no-keychain", &window).await;
}

pub(crate) async fn keychain_at_start(desktop: &Desktop, album: &Album<'_>) {
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.close().await;
    for (keychain, name) in [(Keychain::Locked, "keychain-locked"), (Keychain::Absent, "keychain-missing")] {
        desktop.switch_keychain(keychain).await;
        let window = Window::open_for(desktop, &emulator).await;
        // As long as the keychain is given to answer.
        within(Duration::from_secs(25), name, async || {
            window.text("#entry-page .note").await.filter(|note| note.contains("saved in the keychain"))
        })
        .await;
        album.take(name, &window).await;
        window.close().await;
    }
}
