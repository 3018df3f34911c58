//! A second start ends once the first has taken its arguments. A first one that hangs, or another program that has taken
//! our name, would keep it waiting for ever and without a word, or answer with one that nobody understands.

use std::error::Error;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// How long the first run may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// What keeps a second start from being one.
const NOT_TAKEN_IN: &str = "another Narthex is running and does not answer, or another program has taken its name. End that one, or log out and \
     in again; then start Narthex once more";

/// What the bus says of a name that nobody has.
#[cfg(target_os = "linux")]
const NOBODY: [&str; 2] =
    ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"];

/// What it says when whoever was called has left without an answer.
#[cfg(target_os = "linux")]
const LEFT: &str = "org.freedesktop.DBus.Error.NoReply";

/// The waiting of a start for the run that may be there before it.
pub(crate) struct Waiting(Sender<()>);

impl Waiting {
    /// Begins to count. If nobody ends it in time, the program says why and ends.
    pub(crate) fn begin() -> Self {
        let (ended, waiting) = mpsc::channel();
        thread::spawn(move || {
            if waiting.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                give_up();
            }
        });
        Self(ended)
    }

    /// This run is the first.
    pub(crate) fn end(self) {
        let Self(_ended) = self;
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the main thread waits inside of a library and cannot return; nothing has been opened yet"
)]
fn give_up() {
    tracing::error!(error = NOT_TAKEN_IN, "Narthex cannot start");
    std::process::exit(2);
}

/// Hands this start's arguments to the run that has this name on the session bus, in the way of the single-instance plugin,
/// and tells whether there is such a run. Without a bus there is none that could be found.
///
/// The plugin would do it too, but inside of the window system, and ends the process there and then: now and then that
/// tears a library's lock away from under one of its threads, and a start that has done its work dies of it.
///
/// # Errors
/// Whoever has our name refuses the arguments.
#[cfg(target_os = "linux")]
pub(crate) fn hand_over(name: &str) -> Result<bool, Box<dyn Error>> {
    let Ok(bus) = zbus::blocking::Connection::session() else { return Ok(false) };
    let name = format!("{name}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let arguments: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let folder = std::env::current_dir().unwrap_or_default();
    let arguments = (arguments, folder.to_string_lossy().into_owned());
    let interface = Some("org.SingleInstance.DBus");
    let call =
        || bus.call_method(Some(name.as_str()), path.as_str(), interface, "ExecuteCallback", &arguments);
    let answer = match call() {
        // The first run ended meanwhile. Whoever has the name now is asked, if there is anybody.
        Err(zbus::Error::MethodError(error, _, _)) if error.as_str() == LEFT => call(),
        answer => answer,
    };
    match answer {
        Ok(_) => Ok(true),
        Err(zbus::Error::MethodError(error, _, _)) if NOBODY.contains(&error.as_str()) => Ok(false),
        Err(_) => Err(NOT_TAKEN_IN.into()),
    }
}

/// Puts into words that whoever has our name has refused our arguments; their own words stay with them. Other errors are
/// left as they are.
pub(crate) fn explain(error: tauri::Error) -> Box<dyn Error> {
    match error {
        tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance" => NOT_TAKEN_IN.into(),
        error => error.into(),
    }
}
