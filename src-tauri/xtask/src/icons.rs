//! Draws every icon from `icons/narthex.svg`.

use std::path::{Path, PathBuf};

use crate::program::Program;
use crate::workspace;

/// The pictures that the bundles name, by file and width in pixels.
const PICTURES: [(&str, u32); 4] =
    [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];

/// The widths inside Windows' icon. Explorer asks for each of them at some scale.
const WINDOWS: [u32; 7] = [16, 24, 32, 48, 64, 128, 256];

/// The widths inside macOS' icon.
const MACOS: [u32; 6] = [16, 32, 128, 256, 512, 1024];

/// Draws the pictures and both containers into `icons/`.
pub(crate) fn draw() -> Result<(), String> {
    let folder = workspace::root().join("icons");
    for (name, width) in PICTURES {
        picture(width, &folder.join(name))?;
    }
    let scratch = workspace::target()?.join("icons");
    std::fs::create_dir_all(&scratch)
        .map_err(|error| format!("{} could not be made: {error}", scratch.display()))?;
    let sized = |width: u32| -> Result<PathBuf, String> {
        let path = scratch.join(format!("{width}.png"));
        picture(width, &path)?;
        Ok(path)
    };
    let windows: Vec<PathBuf> = WINDOWS.into_iter().map(sized).collect::<Result<_, _>>()?;
    let (last, smaller) = windows.split_last().expect("the list of widths is not empty");
    Program::new("icotool")
        .args(["--create", "--output"])
        .args([folder.join("icon.ico")])
        .args(smaller)
        .args([format!("--raw={}", last.display())])
        .run()?;
    let macos: Vec<PathBuf> = MACOS.into_iter().map(sized).collect::<Result<_, _>>()?;
    Program::new("png2icns").args([folder.join("icon.icns")]).args(macos).run()
}

fn picture(width: u32, to: &Path) -> Result<(), String> {
    let width = width.to_string();
    Program::new("rsvg-convert")
        .args(["--width", &width, "--height", &width, "--output"])
        .args([to])
        .args(["icons/narthex.svg"])
        .run()
}
