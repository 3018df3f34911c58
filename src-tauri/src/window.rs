//! The one window, and what may be shown in it: the program's own page, and nothing else.

#[cfg(target_os = "linux")]
mod drawing;

use std::path::Path;

use tauri::webview::NewWindowResponse;
use tauri::{Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;
use url::Url;

/// The window's label, which the capability file names.
pub const LABEL: &str = "main";

/// Whether a window can be opened at all. Without a display, the window library ends the process in its own way.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "where the display is, only the environment knows")]
pub fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// What of the window's looks is the same after a restart. It is never hidden or without its frame.
#[must_use]
pub fn remembered() -> StateFlags {
    StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED
}

/// Opens the window. `web` is where the web view keeps what it must keep.
pub fn open<R: Runtime, M: Manager<R>>(manager: &M, web: &Path) -> tauri::Result<WebviewWindow<R>> {
    let mut window = WebviewWindowBuilder::new(manager, LABEL, WebviewUrl::default());
    if cfg!(target_os = "linux") {
        window = window.proxy_url(nowhere());
    }
    let window = window
        .title("Narthex")
        .inner_size(1280.0, 800.0)
        .min_inner_size(320.0, 360.0)
        .data_directory(web.to_owned())
        .general_autofill_enabled(false)
        .initialization_script(include_str!("../../ui/opening.js"))
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    #[cfg(target_os = "linux")]
    drawing::suit_the_computer(&window)?;
    Ok(window)
}

/// The page needs no network. A content policy keeps WebKitGTK from loading anything, though not from looking up a host
/// and connecting to it ahead of a load, which tells that host something. So all that it tries goes through a proxy at the
/// port for discarding (RFC 863), where nobody listens.
fn nowhere() -> Url {
    Url::parse("http://127.0.0.1:9").expect("the address is written as a valid URL")
}

/// Tauri serves the page under a scheme of its own, on Windows under a host of its own.
fn is_own_page(url: &Url) -> bool {
    let own_origin = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    own_origin
        && url.port().is_none()
        && url.username().is_empty()
        && matches!(url.path(), "" | "/" | "/index.html")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_may_be_navigated_to() {
        for own in [
            "tauri://localhost",
            "tauri://localhost/",
            "tauri://localhost/index.html",
            "tauri://localhost/#/people/7",
        ] {
            assert!(is_own_page(&Url::parse(own).unwrap()), "{own}");
        }
        let others = [
            "https://example.com/",
            "https://api.planningcenteronline.com/",
            "http://127.0.0.1:8127/oauth/callback?code=a",
            "http://localhost/",
            "http://tauri.localhost.example.com/",
            "https://tauri.localhost/",
            "tauri://example.com/",
            "tauri://localhost.example.com/",
            "tauri://localhost:81/",
            "tauri://user@localhost/",
            "tauri://localhost/other.html",
            "tauri://localhost/ipc.js",
            "avatar://localhost/1",
            "ipc://localhost/subscribe",
            "file:///etc/passwd",
            "data:text/html,hello",
            "blob:tauri://localhost/1",
            "javascript:alert(1)",
            "about:blank",
            "org.narthex.desktop:/oauth/callback?code=a",
            "mailto:someone@example.com",
        ];
        for other in others {
            assert!(!is_own_page(&Url::parse(other).unwrap()), "{other}");
        }
        assert_eq!(is_own_page(&Url::parse("http://tauri.localhost/").unwrap()), cfg!(windows));
    }
}
