//! T29: the program as people have it, started with every variable known to open a page to others.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;

use super::{Tally, row};
use crate::harness::{Desktop, Keychain, Running, http, program, story, unsteered_program, until};

/// Whoever is let in is so as soon as the window is there; it is looked at a little longer.
const LOOKS: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);
/// A driver gets hold of a program that lets it within a second or two.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// The variables by which WebKit lets its inspector in. GTK's own (`GTK_DEBUG`) opens nothing in this program.
const INSPECTORS: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];

/// The variables by which Tauri lets a driver in.
const AUTOMATION: [&str; 2] = ["TAURI_WEBVIEW_AUTOMATION", "TAURI_AUTOMATION"];

#[tokio::test]
async fn nobody_gets_hold_of_the_page_from_outside() {
    story(Keychain::Absent, async |desktop| {
        let Some(unsteered) = unsteered_program() else {
            return eprintln!("NOT TRIED: nobody has built the program as people have it");
        };
        let mut tally = Tally::default();
        for inspector in INSPECTORS {
            let address = format!("127.0.0.1:{}", http::free_port());
            let variable = format!("{inspector}={address}");
            // The build for the window tests lets it in: so this is the right door to try.
            assert!(is_inspected(desktop, &program(), &variable, &address).await, "{inspector}");
            tally.count(!is_inspected(desktop, &unsteered, &variable, &address).await);
        }
        assert!(is_driven(desktop, &program()).await);
        tally.count(!is_driven(desktop, &unsteered).await);
        row("T29", "variables that let an inspector or a driver in", "0 let in", tally);
    })
    .await;
}

/// Whether WebKit's inspector can be reached in this build of the program.
async fn is_inspected(desktop: &Desktop, program: &Path, variable: &str, address: &str) -> bool {
    let mut command = desktop.command("env");
    command.arg(variable).arg(program).stdin(Stdio::null());
    let _running = Running::start(&mut command, &desktop.log("program"));
    until("the window is there", async || (desktop.windows() == 1).then_some(())).await;
    for _ in 0..LOOKS {
        if TcpStream::connect(address).await.is_ok() {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

/// Whether WebKit's driver gets a session with this build of the program.
async fn is_driven(desktop: &Desktop, program: &Path) -> bool {
    let port = http::free_port();
    let authority = format!("127.0.0.1:{port}");
    let mut driver = desktop.command("WebKitWebDriver");
    driver.arg(format!("--port={port}"));
    for variable in AUTOMATION {
        driver.env(variable, "true");
    }
    let _driver = Running::start(&mut driver, &desktop.log("driver"));
    until("the driver is ready", async || http::ask(&authority, "GET", "/status", &[], "").await.ok()).await;
    let options = json!({ "webkitgtk:browserOptions": { "binary": program, "args": [] } });
    let body = json!({ "capabilities": { "alwaysMatch": options } }).to_string();
    let json = ["Content-Type: application/json"];
    let session = http::ask(&authority, "POST", "/session", &json, &body);
    matches!(tokio::time::timeout(LONG_ENOUGH, session).await, Ok(Ok(answer)) if answer.status == 200)
}
