//! A window of Tauri's with one page and nothing behind it: what Narthex's own window is measured against.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement that cannot be made ends the run"
)]

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// As much as any page has: a heading and a few words.
const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Bare</title>\
    <h1>Nothing</h1><p>There is nothing else in this window.</p>";

fn main() {
    tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_, _| {
            let response = Response::builder().header("content-type", "text/html");
            response.body(PAGE.as_bytes().to_vec()).unwrap()
        })
        .setup(|app| {
            let page = WebviewUrl::CustomProtocol("bare://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "bare", page).title("Bare").inner_size(1280.0, 800.0).build()?;
            Ok(())
        })
        .run(narthex::context())
        .unwrap();
}
