//! Chromium as the person's browser: the desktop starts it, and the story looks over its shoulder.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::desktop::Desktop;
use super::http;
use super::page::Page;
use super::process::Running;
use super::until;

/// What the desktop runs for a web address: it notes the address, and starts Chromium unless the story plays the
/// browser itself.
pub(super) fn script(desktop: &Desktop) -> String {
    let (profile, port) = (desktop.browser_profile(), desktop.debugging_port);
    let profile = profile.display();
    format!(
        "#!/bin/sh\n\
         echo \"$1\" >> {profile}/addresses\n\
         test -e {profile}/Default || exit 0\n\
         echo $$ >> {profile}/processes\n\
         exec chromium --user-data-dir={profile} --remote-debugging-port={port} --no-sandbox --no-first-run \\\n\
         --no-default-browser-check --disable-background-networking --password-store=basic --disable-gpu \"$1\" \\\n\
         >> {profile}/chromium.log 2>&1\n"
    )
}

/// The person's browser.
pub(crate) struct Browser<'desktop> {
    desktop: &'desktop Desktop,
}

impl<'desktop> Browser<'desktop> {
    /// A Chromium that will start for the first web address.
    pub(crate) fn new(desktop: &'desktop Desktop) -> Self {
        fs::create_dir(desktop.browser_profile().join("Default")).unwrap();
        Self { desktop }
    }

    /// One that opens our links from pages of `origin` without asking.
    pub(crate) fn trusting(desktop: &'desktop Desktop, origin: &str) -> Self {
        let browser = Self::new(desktop);
        let preferences = json!({
            "protocol_handler": { "allowed_origin_protocol_pairs": { origin: { "org.narthex.desktop": true } } }
        });
        let file = desktop.browser_profile().join("Default/Preferences");
        fs::write(file, preferences.to_string()).unwrap();
        browser
    }

    /// The page that the desktop has opened.
    pub(crate) async fn page(&self) -> Page {
        let debugging = format!("127.0.0.1:{}", self.desktop.debugging_port);
        until("the browser has opened", async || {
            let answer = http::ask(&debugging, "GET", "/json/version", &[], "").await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
        let port = http::free_port();
        let driver = Running::start(
            self.desktop.command("chromedriver").arg(format!("--port={port}")),
            &self.desktop.log("chromedriver"),
        );
        self.desktop.keep_running(driver);
        let capabilities = json!({ "goog:chromeOptions": { "debuggerAddress": debugging } });
        let page = Page::open("browser", port, capabilities).await;
        self.desktop.keep_in_sight(&page);
        page
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn close(&self) {
        end(self.desktop);
        let debugging = format!("127.0.0.1:{}", self.desktop.debugging_port);
        until("the browser is gone", async || {
            http::ask(&debugging, "GET", "/json/version", &[], "").await.is_err().then_some(())
        })
        .await;
    }
}

/// The web addresses that the desktop was asked to open.
pub(crate) fn opened(desktop: &Desktop) -> Vec<String> {
    let addresses = fs::read_to_string(desktop.browser_profile().join("addresses")).unwrap_or_default();
    addresses.lines().map(str::to_owned).collect()
}

/// Ends every browser of this desktop. The desktop starts them apart from us, so they are known by their profile.
pub(super) fn end(desktop: &Desktop) {
    let profile = desktop.browser_profile();
    let processes = fs::read_to_string(profile.join("processes")).unwrap_or_default();
    for number in processes.lines() {
        let command_line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let ours = String::from_utf8_lossy(&command_line).contains(&*profile.to_string_lossy());
        if let Some(process) = number.parse().ok().and_then(Pid::from_raw).filter(|_| ours) {
            let _already_ended = kill_process(process, Signal::KILL);
        }
    }
}
