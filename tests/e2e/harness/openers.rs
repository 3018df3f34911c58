//! The programs that a desktop opens addresses with, replaced by ones that only note what they were asked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::desktop::Desktop;

/// Every one that our program could turn to.
const NAMES: [&str; 6] = ["xdg-open", "gio", "kde-open", "kde-open5", "kde-open6", "gnome-open"];

/// What they note.
pub(crate) struct Openers(PathBuf);

impl Openers {
    pub(super) fn install(desktop: &Desktop, folder: &Path) -> Self {
        fs::create_dir(folder).unwrap();
        let notes = folder.join("asked");
        let script = format!("#!/bin/sh\nprintf '%s\\0' \"$*\" >> {}\n", notes.display());
        for name in NAMES {
            let opener = folder.join(name);
            fs::write(&opener, &script).unwrap();
            fs::set_permissions(&opener, fs::Permissions::from_mode(0o700)).unwrap();
        }
        desktop.set("PATH", &format!("{}:/usr/bin:/bin", folder.display()));
        Self(notes)
    }

    /// Everything that any of them was asked to open.
    pub(crate) fn asked(&self) -> Vec<String> {
        let notes = fs::read_to_string(&self.0).unwrap_or_default();
        notes.split_terminator('\0').map(str::to_owned).collect()
    }
}
