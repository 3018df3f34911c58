//! Saves a picture of every screen and state of the real window: light and dark, wide, narrow, and magnified.
//!
//! `xvfb-run --server-args="-screen 0 1400x1000x24 -noreset" cargo run --features e2e --example gallery -- FOLDER`, after
//! `cargo build --workspace --features narthex/e2e`. A word after the folder takes only the scenes that have it in their
//! names.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[allow(dead_code, unused_imports, reason = "the window tests use the rest")]
#[path = "../harness/mod.rs"]
mod harness;

mod church;
mod sign_in;
mod trouble;

use std::path::PathBuf;
use std::time::Duration;

use harness::{Desktop, Keychain, Window, story_within};

/// How the desktop is set up, and in which inner sizes the window is pictured there.
struct Look {
    name: &'static str,
    is_dark: bool,
    /// Everything is shown at 200 %: a window of 1280 × 960 has as much room as one of half as much.
    is_magnified: bool,
    sizes: &'static [(&'static str, u32, u32)],
}

/// Pictures take the time they take; a scene that stands still ends all the same.
const LONGEST: Duration = Duration::from_mins(5);

const SIZES: &[(&str, u32, u32)] = &[("narrow", 390, 800), ("wide", 1280, 800)];
const LOOKS: [Look; 3] = [
    Look { name: "light", is_dark: false, is_magnified: false, sizes: SIZES },
    Look { name: "dark", is_dark: true, is_magnified: false, sizes: SIZES },
    Look { name: "light", is_dark: false, is_magnified: true, sizes: &[("magnified", 640, 480)] },
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder for the pictures is given"));
    let only = arguments.next().unwrap_or_default();
    std::fs::create_dir_all(&folder).unwrap();
    for look in &LOOKS {
        let album = Album { folder: &folder, look, only: &only };
        album.scene("set up", Keychain::Absent, sign_in::set_up).await;
        album.scene("way in", Keychain::Unlocked, sign_in::way_in).await;
        album.scene("no browser", Keychain::Absent, sign_in::no_browser).await;
        album.scene("no keychain", Keychain::Absent, sign_in::no_keychain).await;
        album.scene("keychain at start", Keychain::Unlocked, sign_in::keychain_at_start).await;
        album.scene("loading", Keychain::Absent, church::loading).await;
        album.scene("people", Keychain::Absent, church::people).await;
        album.scene("palette", Keychain::Unlocked, church::palette).await;
        album.scene("schedule", Keychain::Unlocked, church::schedule).await;
        album.scene("hundreds", Keychain::Unlocked, church::hundreds).await;
        album.scene("unusual", Keychain::Unlocked, church::unusual).await;
        album.scene("settings", Keychain::Unlocked, church::settings).await;
        album.scene("offline", Keychain::Unlocked, trouble::offline).await;
        album.scene("not loaded", Keychain::Unlocked, trouble::not_loaded).await;
        album.scene("answers", Keychain::Unlocked, trouble::answers).await;
        album.scene("signed out", Keychain::Unlocked, trouble::signed_out).await;
        album.scene("no right", Keychain::Unlocked, trouble::no_right).await;
        album.scene("full disk", Keychain::Unlocked, trouble::full_disk).await;
        album.scene("set aside", Keychain::Unlocked, trouble::set_aside).await;
    }
}

/// Where the pictures of one look go.
struct Album<'a> {
    folder: &'a std::path::Path,
    look: &'a Look,
    only: &'a str,
}

impl Album<'_> {
    async fn scene(&self, name: &str, keychain: Keychain, play: impl AsyncFnOnce(&Desktop, &Album<'_>)) {
        if !name.contains(self.only) {
            return;
        }
        story_within(LONGEST, keychain, async |desktop| {
            if self.look.is_dark {
                desktop.prefer_dark();
            }
            if self.look.is_magnified {
                desktop.magnify();
            }
            play(desktop, self).await;
        })
        .await;
    }

    /// Pictures the window in every size. The last is the widest, so that it has all panes when the scene goes on.
    async fn take(&self, name: &str, window: &Window<'_>) {
        for (size, width, height) in self.look.sizes {
            window.resize(*width, *height).await;
            window.portrait(&self.folder.join(format!("{name}-{}-{size}.png", self.look.name))).await;
        }
    }

    /// The smallest of the sizes, in which the list comes before what is in it.
    async fn make_small(&self, window: &Window<'_>) {
        let (_, width, height) = self.look.sizes[0];
        window.resize(width, height).await;
    }
}
