//! A person's desktop: home folder, session bus, window manager, and which program opens which links.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::keychain::Keychain;
use super::openers::Openers;
use super::page::Page;
use super::process::{Running, mortal, say};
use super::{PATIENCE, PAUSE, http, program, until};

/// The scheme of our links.
pub(super) const SCHEME: &str = "org.narthex.desktop";
/// The bus name by which a second start finds the first.
pub(super) const PROGRAM_ON_BUS: &str = "org.narthex.desktop.SingleInstance";

/// As large a core as the system allows.
pub(crate) const WITH_CORE: &str = "ulimit -c \"$(ulimit -H -c)\" && exec \"$0\" \"$@\"";

/// So many lines of the program's log are told of a story that went wrong; the file has all of them.
const LAST_WORDS: usize = 20;

const BUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/session-bus.conf");

/// A desktop. Everything that was started on it ends with it.
pub(crate) struct Desktop {
    pub(super) keychain: RefCell<Option<Running>>,
    running: RefCell<Vec<Running>>,
    pages: RefCell<Vec<Page>>,
    /// What the program finds in its environment besides, as `NAME=value`.
    environment: RefCell<Vec<String>>,
    pub(super) debugging_port: u16,
    _window_manager: Running,
    _bus: Running,
    root: TempDir,
}

impl Desktop {
    pub(super) async fn new(keychain: Keychain) -> Self {
        let root = tempfile::Builder::new().prefix("narthex-").tempdir().unwrap();
        for folder in ["home", "run", "tmp", "logs", "browser"] {
            fs::DirBuilder::new().mode(0o700).create(root.path().join(folder)).unwrap();
        }
        let socket = root.path().join("run/bus");
        let bus = Running::start(
            clean(root.path(), "dbus-daemon")
                .args(["--nofork", "--config-file", BUS, "--address"])
                .arg(bus_address(root.path())),
            &root.path().join("logs/bus.log"),
        );
        until("the session bus listens", async || socket.exists().then_some(())).await;
        let window_manager = Running::start(
            clean(root.path(), "openbox").arg("--sm-disable"),
            &root.path().join("logs/openbox.log"),
        );
        until("a window manager is at work", async || manages_windows(root.path()).then_some(())).await;
        let desktop = Self {
            keychain: RefCell::default(),
            running: RefCell::default(),
            pages: RefCell::default(),
            environment: RefCell::default(),
            debugging_port: http::free_port(),
            _window_manager: window_manager,
            _bus: bus,
            root,
        };
        desktop.install_browser();
        desktop.switch_keychain(keychain).await;
        desktop
    }

    /// A command on this desktop, knowing nothing of the computer's own.
    pub(crate) fn command(&self, name: &str) -> Command {
        clean(self.root.path(), name)
    }

    /// Makes the desktop one in which the person has chosen dark colours.
    pub(crate) fn prefer_dark(&self) {
        let folder = self.home().join(".config/gtk-3.0");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("settings.ini"), "[Settings]\ngtk-application-prefer-dark-theme=1\n").unwrap();
    }

    /// Makes the desktop one that shows everything at twice its size, as the displays' settings offer.
    pub(crate) fn magnify(&self) {
        self.set("GDK_SCALE", "2");
    }

    /// Takes every program away that could open an address.
    pub(crate) fn remove_openers(&self) {
        self.set("PATH", "/nowhere");
    }

    /// Puts programs that only note what they were asked for in the place of all that could open an address.
    pub(crate) fn record_openers(&self) -> Openers {
        Openers::install(self, &self.root.path().join("openers"))
    }

    /// Lets the program find this in its environment from its next start on.
    pub(crate) fn set(&self, name: &str, value: &str) {
        self.environment.borrow_mut().push(format!("{name}={value}"));
    }

    /// What the program finds in its environment besides, as `env` takes it.
    pub(super) fn environment(&self) -> Vec<String> {
        self.environment.borrow().clone()
    }

    /// Where the session bus is, as D-Bus writes addresses.
    pub(super) fn bus_address(&self) -> String {
        bus_address(self.root.path())
    }

    /// Installs the program as its packages do: with the desktop file from which its links are known before its first
    /// start.
    pub(crate) fn install_program(&self) {
        let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/linux/app.desktop");
        let entry: String = fs::read_to_string(template)
            .unwrap()
            .lines()
            .filter(|line| !line.contains("{{#") && !line.contains("{{/"))
            .map(|line| line.replace("{{exec}}", program().to_str().unwrap()) + "\n")
            .collect();
        fs::write(self.applications().join("narthex.desktop"), entry).unwrap();
        say(self.command("update-desktop-database").arg(self.applications()));
        assert_eq!(
            say(self.command("xdg-mime").args(["query", "default", &format!("x-scheme-handler/{SCHEME}")]))
                .trim(),
            "narthex.desktop"
        );
    }

    /// The process that has this name on the bus.
    pub(super) fn pid_on_bus(&self, name: &str) -> Option<u32> {
        let output = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply=literal",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
            ])
            .arg("org.freedesktop.DBus.GetConnectionUnixProcessID")
            .arg(format!("string:{name}"))
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).split_whitespace().last()?.parse().ok()
    }

    /// Writes everything that is said on the session bus into a file from now on, as it is said (libpcap), and tells which.
    pub(crate) async fn record_bus(&self) -> PathBuf {
        let record = self.log("bus-traffic");
        self.keep_running(Running::start(
            self.command("dbus-monitor").args(["--session", "--pcap"]),
            &record,
        ));
        until("the session bus is recorded", async || {
            self.pid_on_bus("org.example.Heard");
            contains(&fs::read(&record).unwrap(), "org.example.Heard").then_some(())
        })
        .await;
        record
    }

    /// Starts the program with these arguments, steered by nobody. It ends when dropped.
    pub(crate) fn start_program(&self, arguments: &[&str]) -> Running {
        let mut command = self.command("env");
        command.args(self.environment()).arg(program()).args(arguments).stdin(Stdio::null());
        Running::start(&mut command, &self.log("program"))
    }

    /// The same, allowed to leave as large a core as the system lets it.
    pub(crate) fn start_program_with_core(&self, arguments: &[&str]) -> Running {
        let mut command = self.command("sh");
        command.args(["-c", WITH_CORE]).arg(program()).args(arguments).stdin(Stdio::null());
        Running::start(&mut command, &self.log("program"))
    }

    /// How many windows of the program are on the display.
    pub(crate) fn windows(&self) -> usize {
        let search = ["search", "--onlyvisible", "--name", "^Narthex$"];
        let output = self.command("xdotool").args(search).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().count()
    }

    /// The running program's process.
    pub(crate) fn program_pid(&self) -> Option<u32> {
        self.pid_on_bus(PROGRAM_ON_BUS)
    }

    /// The person's home folder; settings, data and caches are in it.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Every file that the story has left behind, with what is in it. Without the browser's own: its history naturally
    /// has the address it was sent back to, whose code is used up, and no program of ours decides what it keeps.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() && entry.path() != self.browser_profile() {
                    folders.push(entry.path());
                } else if kind.is_file()
                    && let Ok(content) = fs::read(entry.path())
                {
                    files.push((entry.path(), content));
                }
            }
        }
        files
    }

    /// The settings that the program has saved.
    pub(crate) fn settings(&self) -> PathBuf {
        self.home().join(".config").join(SCHEME).join("settings.json")
    }

    /// How large the program's database is, with all that it keeps beside it.
    pub(crate) fn store_bytes(&self) -> usize {
        self.files().iter().filter(|(path, _)| is_store(path)).map(|(_, content)| content.len()).sum()
    }

    /// The folder of the only account's database.
    pub(crate) fn store_folder(&self) -> PathBuf {
        let (file, _) = self.files().into_iter().find(|(path, _)| is_store(path)).expect("there is a store");
        file.parent().unwrap().to_owned()
    }

    /// Opens a link as another program would.
    pub(crate) fn open_link(&self, link: &str) {
        say(self.command("xdg-open").arg(link));
    }

    /// Waits until the program has said this.
    pub(crate) async fn hears(&self, words: &str) {
        until(&format!("the program says “{words}”"), async || self.said().contains(words).then_some(()))
            .await;
    }

    /// What the program said on its standard error.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.log("program")).unwrap_or_default()
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.path().join("logs").join(name).with_extension("log")
    }

    pub(super) fn browser_profile(&self) -> PathBuf {
        self.root.path().join("browser")
    }

    pub(super) fn applications(&self) -> PathBuf {
        self.home().join(".local/share/applications")
    }

    pub(super) fn keep_running(&self, running: Running) {
        self.running.borrow_mut().push(running);
    }

    pub(super) fn keep_in_sight(&self, page: &Page) {
        self.pages.borrow_mut().push(page.clone());
    }

    pub(super) fn lose_sight_of(&self, page: &Page) {
        self.pages.borrow_mut().retain(|kept| !kept.is(page));
    }

    /// Saves what every page shows and what every program said.
    pub(super) async fn keep_evidence(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        let pages = self.pages.take();
        for (number, page) in pages.iter().enumerate() {
            let picture = folder.join(format!("page-{number}.png"));
            if let Err(error) = page.picture(&picture).await {
                eprintln!("no picture of page {number}: {error}");
            }
        }
        let files =
            self.files().into_iter().map(|(path, content)| format!("{} {}\n", content.len(), path.display()));
        fs::write(folder.join("files.txt"), files.collect::<String>()).unwrap();
        for log in fs::read_dir(self.root.path().join("logs")).unwrap().map(Result::unwrap) {
            fs::copy(log.path(), folder.join(log.file_name())).unwrap();
        }
        let said = self.said();
        let said: Vec<&str> = said.lines().collect();
        let last = said[said.len().saturating_sub(LAST_WORDS)..].join("\n");
        eprintln!("At last the program said:\n{last}\nAll of it is in {}", folder.display());
    }

    fn install_browser(&self) {
        let script = self.root.path().join("browser.sh");
        fs::write(&script, super::browser::script(self)).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        fs::create_dir_all(self.applications()).unwrap();
        fs::create_dir_all(self.home().join(".config")).unwrap();
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            script.display()
        );
        fs::write(self.applications().join("browser.desktop"), entry).unwrap();
        let defaults = "[Default Applications]\nx-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n";
        fs::write(self.home().join(".config/mimeapps.list"), defaults).unwrap();
    }
}

impl Drop for Desktop {
    /// The browser's helpers write for a moment longer than it lives; what they write goes too.
    fn drop(&mut self) {
        super::browser::end(self);
        let profile = self.browser_profile();
        let end = Instant::now() + PATIENCE;
        while fs::remove_dir_all(&profile).is_err() && profile.exists() && Instant::now() < end {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Whether these words are in it.
pub(crate) fn contains(content: &[u8], words: &str) -> bool {
    content.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Whether this is the database or what it keeps beside it.
pub(crate) fn is_store(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("store.db"))
}

/// Whether a window manager has taken the display. A dead one leaves its mark on the root window; only a living one has
/// a window of its own that says the same (Extended Window Manager Hints, `_NET_SUPPORTING_WM_CHECK`).
fn manages_windows(root: &Path) -> bool {
    let mark = |window: &[&str]| {
        let output = clean(root, "xprop").args(window).arg("_NET_SUPPORTING_WM_CHECK").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.rsplit_once("# ").map(|(_, window)| window.trim().to_owned())
    };
    mark(&["-root"]).is_some_and(|window| mark(&["-id", &window]).as_deref() == Some(&*window))
}

fn bus_address(root: &Path) -> String {
    format!("unix:path={}", root.join("run/bus").display())
}

/// A command that sees the desktop in `root` and nothing else of this computer but its display.
#[allow(clippy::disallowed_methods, reason = "the display comes from whoever runs the tests")]
fn clean(root: &Path, name: &str) -> Command {
    let home = root.join("home");
    let mut command = mortal(name);
    command.env_clear();
    for kept in ["PATH", "DISPLAY", "XAUTHORITY"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
        .current_dir(&home)
        .env("LANG", "C.UTF-8")
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_STATE_HOME", home.join(".local/state"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_RUNTIME_DIR", root.join("run"))
        .env("TMPDIR", root.join("tmp"))
        .env("DBUS_SESSION_BUS_ADDRESS", bus_address(root))
        // Without the name of a desktop, xdg-open cannot start what has a quoted path.
        .env("XDG_CURRENT_DESKTOP", "GNOME")
        // There is no bus for it here, and looking for one takes time.
        .env("NO_AT_BRIDGE", "1")
        .env("HOME", home);
    command
}
