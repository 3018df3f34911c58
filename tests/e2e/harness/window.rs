//! The program's window.

use std::ops::Deref;
use std::path::Path;

use app_core::ports::SecretBytes;
use app_core::store::{Batch, Store, StoreError};
use serde_json::json;

use super::browser;
use super::desktop::Desktop;
use super::emulator::Emulator;
use super::page::Page;
use super::process::{Running, say};
use super::small_disk::SmallDisk;
use super::{http, program, until};

/// A running program and its page.
pub(crate) struct Window<'desktop> {
    desktop: &'desktop Desktop,
    page: Page,
}

impl<'desktop> Window<'desktop> {
    /// Starts the program with these arguments.
    pub(crate) async fn open(desktop: &'desktop Desktop, arguments: &[&str]) -> Self {
        Self::start(desktop, program().to_str().unwrap(), arguments).await
    }

    /// Starts the program for this emulator's church.
    pub(crate) async fn open_for(desktop: &'desktop Desktop, emulator: &Emulator) -> Self {
        Self::open(desktop, &emulator.options()).await
    }

    /// Starts the program with these arguments and all that it writes on this disk.
    pub(crate) async fn open_on(
        disk: &mut SmallDisk,
        desktop: &'desktop Desktop,
        arguments: &[&str],
    ) -> Self {
        let starting = disk.starting(&program());
        let (binary, inside) = starting.split_first().unwrap();
        let folder = disk.folder().to_str().unwrap();
        let inside = inside.iter().map(String::as_str).chain(["--data-dir", folder]);
        let arguments: Vec<&str> = inside.chain(arguments.iter().copied()).collect();
        Self::start(desktop, binary, &arguments).await
    }

    /// Opens a link as the desktop does, which starts the program.
    pub(crate) async fn open_by_link(desktop: &'desktop Desktop, link: &str) -> Self {
        // The driver watches over the program that it starts itself, so that one has to stay.
        Self::start(desktop, "/bin/sh", &["-c", "xdg-open \"$0\" && exec tail -f /dev/null", link]).await
    }

    /// Starts any program that opens a window.
    pub(crate) async fn open_program(desktop: &'desktop Desktop, program: &Path, arguments: &[&str]) -> Self {
        Self::start(desktop, program.to_str().unwrap(), arguments).await
    }

    /// Starts the program without a network, over a church that was read and then changed through the store's own door: to
    /// read as much from Planning Center would take hours at its pace.
    pub(crate) async fn open_over(
        desktop: &'desktop Desktop,
        change: impl FnMut(&Batch<'_>) -> Result<(), StoreError>,
    ) -> Self {
        let emulator = Emulator::start(desktop);
        let window = Self::open_for(desktop, &emulator).await;
        window.sign_in(&emulator).await;
        window.close().await;
        let key = SecretBytes::new(desktop.cache_key());
        let store = Store::open(&desktop.store_folder(), &key).unwrap().store;
        store.write(change).unwrap();
        store.close().unwrap();

        let options = emulator.options().map(str::to_owned);
        drop(emulator);
        Self::open(desktop, &options.each_ref().map(String::as_str)).await
    }

    /// Ends the program behind the window, whatever it is doing.
    pub(crate) async fn end(self) {
        self.desktop.lose_sight_of(&self.page);
        self.page.quit().await;
    }

    /// Begins to sign in, and tells the address that the browser was asked to open. No browser does.
    pub(crate) async fn begin_sign_in(&self) -> String {
        let before = browser::opened(self.desktop).len();
        self.click("#sign-in").await;
        until("the browser was asked for", async || browser::opened(self.desktop).get(before).cloned()).await
    }

    /// Signs in, with the return address carried over by hand, and waits until everything is here.
    pub(crate) async fn sign_in(&self, emulator: &Emulator) {
        self.enter(emulator).await;
        self.sees("#freshness-words", "complete: ").await;
    }

    /// Signs in, and waits for nothing after it.
    pub(crate) async fn enter(&self, emulator: &Emulator) {
        let address = self.begin_sign_in().await;
        self.hand_over(&emulator.decide(&address, "allow").await).await;
        self.click("#confirm-account").await;
    }

    /// Pastes a return address into the waiting panel.
    pub(crate) async fn hand_over(&self, return_address: &str) {
        if !self.shows("#return-link").await {
            self.click("#paste-link").await;
        }
        self.write("#return-link", return_address).await;
        self.click("#finish-by-hand").await;
    }

    /// Presses Refresh until the freshness line has these words: just after a reading it has nothing to ask for yet.
    pub(crate) async fn refresh_until(&self, words: &str) {
        until(&format!("the freshness line says “{words}”"), async || {
            self.click("#refresh").await;
            self.text("#freshness-words").await.filter(|line| line.contains(words))
        })
        .await;
    }

    /// Closes the window with the keys for it, and waits until the program has ended.
    pub(crate) async fn close(self) {
        until("the window is in front", async || {
            let find = ["search", "--onlyvisible", "--name", "^Narthex$", "windowactivate", "--sync"];
            let found = self.desktop.command("xdotool").args(find).output().unwrap();
            found.status.success().then_some(())
        })
        .await;
        self.desktop.lose_sight_of(&self.page);
        say(self.desktop.command("xdotool").args(["key", "alt+F4"]));
        until("the program has ended", async || self.desktop.program_pid().is_none().then_some(())).await;
    }

    async fn start(desktop: &'desktop Desktop, binary: &str, arguments: &[&str]) -> Self {
        let port = http::free_port();
        let mut driver = desktop.command("WebKitWebDriver");
        driver
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Everything the program could ever write to its log.
            .env("NARTHEX_LOG", "trace");
        desktop.keep_running(Running::start(&mut driver, &desktop.log("program")));
        let environment = desktop.environment();
        let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
        let arguments = [&environment[..], &[binary], arguments].concat();
        let options = json!({ "webkitgtk:browserOptions": { "binary": "/usr/bin/env", "args": arguments } });
        let page = Page::open("window", port, options).await;
        desktop.keep_in_sight(&page);
        Self { desktop, page }
    }
}

impl Deref for Window<'_> {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}
