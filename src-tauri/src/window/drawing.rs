//! How the web view draws on Linux: with the graphics card where there is one, by itself where there is none.

use std::fs::OpenOptions;
use std::path::Path;

use tauri::{Runtime, WebviewWindow};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel shows the graphics cards that programs may draw with (Linux, "DRM render nodes").
const CARDS: &str = "/dev/dri";

/// Without a card WebKitGTK has one emulated, which compiles a program for each kind of shape before anything is seen: two
/// seconds of a processor at the start and 100 MB. It can draw without.
pub(super) fn suit_the_computer<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    if has_card(Path::new(CARDS)) {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether one of the cards can be drawn with. One that this person may not open is as good as none: WebKitGTK would fail with it.
fn has_card(cards: &Path) -> bool {
    let Ok(nodes) = cards.read_dir() else { return false };
    nodes
        .flatten()
        .filter(|node| node.file_name().as_encoded_bytes().starts_with(b"renderD"))
        .any(|node| OpenOptions::new().read(true).write(true).open(node.path()).is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_card_counts_that_can_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("missing")));
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        std::fs::create_dir(folder.path().join("renderD128")).unwrap();
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD129"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
