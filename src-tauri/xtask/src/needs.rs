//! What each job needs of the machine, and how it is looked for.
//!
//! The thing itself is looked for, never a package: a developer who built WebKitGTK by hand is
//! left alone.

use crate::program::{self, Program};

/// The jobs that ask something of the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Build,
    Test,
    Types,
    Icons,
    Peers,
}

/// One thing the machine must have.
pub(crate) struct Need {
    /// What it is for, in plain words.
    pub(crate) purpose: &'static str,
    /// The packages that bring it; the first one the system knows is installed.
    pub(crate) packages: &'static [&'static str],
    found_by: FoundBy,
}

enum FoundBy {
    /// Any one of these on the search path.
    AnyProgram(&'static [&'static str]),
    /// A library with headers, as pkg-config sees it.
    Library(&'static str),
    /// A command that succeeds.
    Success(&'static [&'static str]),
}

impl Need {
    /// Whether the machine has it now.
    pub(crate) fn is_met(&self) -> bool {
        match self.found_by {
            FoundBy::AnyProgram(names) => names.iter().any(|name| program::find(name).is_some()),
            FoundBy::Library(module) => Program::new("pkg-config").args(["--exists", module]).succeeds(),
            FoundBy::Success(command) => Program::new(command[0]).args(&command[1..]).succeeds(),
        }
    }
}

/// What `job` needs on this operating system.
pub(crate) fn of(job: Job) -> Vec<&'static Need> {
    let (build, types, test, python) = if cfg!(target_os = "linux") {
        (LINUX_BUILD, LINUX_TYPES, LINUX_TEST, LINUX_PYTHON)
    } else if cfg!(windows) {
        (WINDOWS_BUILD, WINDOWS_TYPES, &[][..], WINDOWS_PYTHON)
    } else {
        (MACOS_BUILD, MACOS_TYPES, &[][..], MACOS_PYTHON)
    };
    let lists: &[&'static [Need]] = match job {
        Job::Build => &[build],
        Job::Test => &[build, types, test],
        Job::Types => &[types],
        Job::Icons => &[ICONS],
        Job::Peers => &[python],
    };
    lists.iter().copied().flatten().collect()
}

const fn any_of(
    names: &'static [&'static str],
    packages: &'static [&'static str],
    purpose: &'static str,
) -> Need {
    Need { purpose, packages, found_by: FoundBy::AnyProgram(names) }
}

const fn library(module: &'static str, packages: &'static [&'static str], purpose: &'static str) -> Need {
    Need { purpose, packages, found_by: FoundBy::Library(module) }
}

/// OpenSSL's build scripts, and thereby the encrypted store, load these modules.
/// Debian's own small perl lacks them.
const PERL_MODULES: FoundBy =
    FoundBy::Success(&["perl", "-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-e", "1"]);

/// Debian's Python comes without the part that makes private environments.
const PYTHON: FoundBy = FoundBy::Success(&[PYTHON_PROGRAM, "-c", "import venv, ensurepip"]);

/// What Python is called on this system.
pub(crate) const PYTHON_PROGRAM: &str = if cfg!(windows) { "python" } else { "python3" };

const LINUX_BUILD: &[Need] = &[
    any_of(&["cc"], &["build-essential"], "compiles the encrypted store, written in C"),
    any_of(&["make"], &["build-essential"], "builds OpenSSL for the encrypted store"),
    Need {
        purpose: "configures OpenSSL for the encrypted store",
        packages: &["perl"],
        found_by: PERL_MODULES,
    },
    any_of(&["pkg-config"], &["pkg-config", "pkgconf"], "finds the libraries below"),
    library("gtk+-3.0", &["libgtk-3-dev"], "GTK, the window"),
    library("webkit2gtk-4.1", &["libwebkit2gtk-4.1-dev"], "WebKitGTK, which draws the pages"),
];

const LINUX_TYPES: &[Need] = &[
    any_of(&["node"], &["nodejs"], "runs the type checker over the pages"),
    any_of(&["npm"], &["npm"], "fetches the type checker"),
];

const LINUX_TEST: &[Need] = &[
    any_of(&["xvfb-run"], &["xvfb"], "a display without a screen, for the window tests"),
    any_of(&["xauth"], &["xauth"], "lets programs onto that display"),
    any_of(&["dbus-run-session"], &["dbus"], "a session bus for each window test"),
    any_of(&["gnome-keyring-daemon"], &["gnome-keyring"], "a keychain for the tests"),
    any_of(&["secret-tool"], &["libsecret-tools"], "looks into that keychain from outside"),
    any_of(&["WebKitWebDriver"], &["webkit2gtk-driver"], "drives Narthex's own window"),
    any_of(
        &["chromium", "chromium-browser", "google-chrome"],
        &["chromium", "chromium-browser"],
        "the browser of the sign-in tests",
    ),
    any_of(&["openbox"], &["openbox"], "closes windows as a person does, for the window tests"),
    any_of(&["xprop"], &["x11-utils"], "tells when that window manager is at work"),
    any_of(&["xdotool"], &["xdotool"], "presses the keys for that"),
    any_of(&["chromedriver"], &["chromium-driver", "chromium-chromedriver"], "drives that browser"),
    any_of(&["strace"], &["strace"], "lets the disk fail, for the tests of the store"),
    any_of(&["xdg-open"], &["xdg-utils"], "opens the browser, and Narthex from a link"),
    any_of(&["gio"], &["libglib2.0-bin"], "opens links as a desktop does"),
    any_of(
        &["update-desktop-database"],
        &["desktop-file-utils"],
        "tells the system which program takes our links",
    ),
];

const LINUX_PYTHON: &[Need] = &[Need {
    purpose: "Python, which runs the programs from PyPI",
    packages: &["python3-venv"],
    found_by: PYTHON,
}];

const MACOS_BUILD: &[Need] = &[
    any_of(&["cc"], &["xcode-select --install"], "Apple's command line tools, the compiler"),
    any_of(&["perl"], &["brew install perl"], "configures OpenSSL for the encrypted store"),
];

const MACOS_TYPES: &[Need] =
    &[any_of(&["npm"], &["brew install node"], "fetches and runs the type checker over the pages")];

const MACOS_PYTHON: &[Need] = &[Need {
    purpose: "Python, which runs the programs from PyPI",
    packages: &["brew install python"],
    found_by: PYTHON,
}];

const WINDOWS_BUILD: &[Need] = &[
    Need {
        purpose: "Strawberry Perl, which configures OpenSSL for the encrypted store",
        packages: &["winget install StrawberryPerl.StrawberryPerl"],
        found_by: PERL_MODULES,
    },
    any_of(
        &["nasm"],
        &["winget install NASM.NASM"],
        "the assembler of the TLS library; its folder must be on the PATH",
    ),
];

const WINDOWS_TYPES: &[Need] = &[any_of(
    &["npm"],
    &["winget install OpenJS.NodeJS.LTS"],
    "fetches and runs the type checker over the pages",
)];

const WINDOWS_PYTHON: &[Need] = &[Need {
    purpose: "Python, which runs the programs from PyPI",
    packages: &["winget install Python.Python.3.13"],
    found_by: PYTHON,
}];

const ICONS: &[Need] = &[
    any_of(&["rsvg-convert"], &["librsvg2-bin"], "draws the icon at each size"),
    any_of(&["icotool"], &["icoutils"], "packs the sizes for Windows"),
    any_of(&["png2icns"], &["icnsutils"], "packs the sizes for macOS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_machine_has_is_found_and_what_it_lacks_is_not() {
        assert!(any_of(&["no-such-program-here", "cargo"], &["x"], "either will do").is_met());
        assert!(!any_of(&["no-such-program-here"], &["x"], "nobody has it").is_met());
        assert!(!library("no-such-library-here", &["x"], "nobody has it").is_met());
    }

    #[test]
    fn tests_need_all_that_the_build_needs() {
        let test: Vec<_> = of(Job::Test).iter().map(|need| need.purpose).collect();
        assert!(of(Job::Build).iter().all(|need| test.contains(&need.purpose)));
    }
}
