//! Sign-in links that the operating system passes: at the start, from a second start, or (macOS) as an event. Each is
//! handed to the core, which alone decides what it is worth. Nothing of a link is ever logged.

use app_core::LinkReception;
use pco_client::looks_like_callback;
use tauri::async_runtime::{spawn, spawn_blocking};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::shell::Shell;

/// Hands the link among a second start's arguments over, if there is one. Any program of the same person can pretend to
/// be such a start, so at most one link is taken from each.
pub fn take_from<R: Runtime>(app: &AppHandle<R>, arguments: &[String]) {
    if let Some(link) = arguments.iter().skip(1).find(|argument| looks_like_callback(argument)) {
        hand_over(app, link.clone());
    }
}

/// Hands a link over without waiting for what becomes of it.
pub fn hand_over<R: Runtime>(app: &AppHandle<R>, link: String) {
    tracing::info!(bytes = link.len(), "a sign-in link arrived");
    let app = app.clone();
    spawn(async move { receive(app, link).await });
}

/// Hands a link over and tells what became of it.
pub async fn receive<R: Runtime>(app: AppHandle<R>, link: String) -> LinkReception {
    match app.try_state::<Shell>() {
        Some(shell) => shell.receive_link(&link).await,
        // The program is still starting, so no sign-in can be under way.
        None => LinkReception::Ignored,
    }
}

/// Listens to the links that macOS delivers as events.
pub fn listen<R: Runtime>(app: &AppHandle<R>) {
    if !cfg!(target_os = "macos") {
        return;
    }
    let receiver = app.clone();
    app.deep_link().on_open_url(move |event| {
        let first = event.urls().into_iter().find(|url| looks_like_callback(url.as_str()));
        if let Some(link) = first {
            hand_over(&receiver, link.into());
        }
    });
}

/// Makes this very program the one that the desktop starts for our links. Installed packages bring a desktop file of
/// their own, which this would displace: so only a debug build and an `AppImage` do it.
pub fn register<R: Runtime>(app: &AppHandle<R>) {
    if !(cfg!(debug_assertions) || is_app_image(app)) || cfg!(target_os = "macos") {
        return;
    }
    let app = app.clone();
    // It runs programs of the desktop, which take their time.
    spawn_blocking(move || {
        if let Err(error) = app.deep_link().register_all() {
            tracing::warn!(%error, "links cannot be registered; the other ways of returning remain");
        }
        #[cfg(target_os = "linux")]
        if let Err(error) = desktop_entry::simplify(&app) {
            tracing::warn!(%error, "the registration of links could not be simplified");
        }
    });
}

#[cfg(target_os = "linux")]
fn is_app_image<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.env().appimage.is_some()
}

#[cfg(not(target_os = "linux"))]
fn is_app_image<R: Runtime>(_: &AppHandle<R>) -> bool {
    false
}

/// `xdg-open` before 1.2 takes the quotes around a program for part of its name, unless a desktop environment does the
/// work for it. The plugin always writes quotes.
#[cfg(target_os = "linux")]
mod desktop_entry {
    use std::{fs, io};

    use tauri::{AppHandle, Manager, Runtime};

    /// Takes the quotes away in the entry that the plugin wrote, where the program's path needs none.
    pub(super) fn simplify<R: Runtime>(app: &AppHandle<R>) -> io::Result<()> {
        let program = tauri::utils::platform::current_exe()?;
        let Some(name) = program.file_name() else {
            return Ok(());
        };
        let folder = app.path().data_dir().map_err(io::Error::other)?.join("applications");
        let file = folder.join(format!("{}-handler.desktop", name.to_string_lossy()));
        match simplified(&fs::read_to_string(&file)?) {
            Some(entry) => fs::write(file, entry),
            None => Ok(()),
        }
    }

    fn simplified(entry: &str) -> Option<String> {
        let line = entry.lines().find(|line| line.starts_with("Exec=\""))?;
        let (program, rest) = line.strip_prefix("Exec=\"")?.split_once('"')?;
        let needs_none =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'+');
        program.bytes().all(needs_none).then(|| entry.replace(line, &format!("Exec={program}{rest}")))
    }

    #[cfg(test)]
    mod tests {
        use super::simplified;

        #[test]
        fn quotes_go_where_the_path_needs_none() {
            let entry = "[Desktop Entry]\nExec=\"/opt/narthex-1.0/narthex\" %u\nTerminal=false\n";
            let wanted = "[Desktop Entry]\nExec=/opt/narthex-1.0/narthex %u\nTerminal=false\n";
            assert_eq!(simplified(entry).as_deref(), Some(wanted));
            assert_eq!(simplified(wanted), None);
            for path in
                ["/home/a b/narthex", "/home/a$b/narthex", "/home/a%b/narthex", "/home/ü/narthex", "/a;b"]
            {
                assert_eq!(simplified(&format!("Exec=\"{path}\" %u\n")), None, "{path}");
            }
        }
    }
}
