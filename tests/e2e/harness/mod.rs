//! A world of its own for each story: home folder, session bus, keychain, browser, emulator and program. Everything in
//! it ends with it.

mod browser;
mod bus;
mod connections;
mod desktop;
mod emulator;
pub(crate) mod http;
mod keychain;
mod observer;
mod openers;
mod page;
mod process;
mod small_disk;
mod tap;
mod wanted;
mod window;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use tokio::sync::Mutex;

pub(crate) use browser::{Browser, opened};
pub(crate) use bus::Bus;
pub(crate) use connections::Connections;
pub(crate) use desktop::{Desktop, WITH_CORE, contains, is_store};
pub(crate) use emulator::Emulator;
pub(crate) use keychain::Keychain;
pub(crate) use observer::Observer;
pub(crate) use process::{Running, memory_of, started_by};
pub(crate) use small_disk::SmallDisk;
pub(crate) use tap::Tap;
pub(crate) use wanted::Wanted;
pub(crate) use window::Window;

/// What has not come true by then will not.
const PATIENCE: Duration = Duration::from_secs(20);
/// A story that lasts longer stands still.
const LONGEST: Duration = Duration::from_mins(1);
/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(20);

/// One display has one focus, and the return addresses have fixed ports: the stories of one process take turns.
static TURN: Mutex<()> = Mutex::const_new(());

/// Tells one story in a world of its own. If it goes wrong, what the window showed and what the program said is kept
/// under `target/e2e-failures`.
pub(crate) async fn story(keychain: Keychain, tell: impl AsyncFnOnce(&Desktop)) {
    story_within(LONGEST, keychain, tell).await;
}

/// The same with a limit of its own.
pub(crate) async fn story_within(longest: Duration, keychain: Keychain, tell: impl AsyncFnOnce(&Desktop)) {
    let _turn = TURN.lock().await;
    let desktop = Desktop::new(keychain).await;
    let told = tokio::time::timeout(longest, AssertUnwindSafe(tell(&desktop)).catch_unwind()).await;
    if let Ok(Ok(())) = told {
        return;
    }
    desktop.keep_evidence(&failures_folder()).await;
    match told {
        Ok(Err(panic)) => resume_unwind(panic),
        _ => panic!("the story did not end within {longest:?}"),
    }
}

/// Looks again and again until there is something to see. Panics when patience ends.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same with a patience of its own.
pub(crate) async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            eprintln!("{:>6} ms  {what}", start.elapsed().as_millis());
            return found;
        }
        assert!(start.elapsed() < patience, "not within {patience:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// The program under test: cargo names it to tests, and puts it above the examples.
pub(crate) fn program() -> PathBuf {
    option_env!("CARGO_BIN_EXE_narthex").map_or_else(|| beside_us("narthex"), PathBuf::from)
}

/// The program as people have it, if whoever runs the tests has built it.
#[allow(clippy::disallowed_methods, reason = "the command that runs the tests names the program here")]
pub(crate) fn unsteered_program() -> Option<PathBuf> {
    std::env::var_os("NARTHEX_UNSTEERED_BIN").map(PathBuf::from)
}

#[allow(clippy::disallowed_methods, reason = "the command that runs the tests names the program here")]
fn emulator_program() -> PathBuf {
    std::env::var_os("NARTHEX_EMULATOR_BIN").map_or_else(|| beside_us("pco-emulator"), PathBuf::from)
}

/// A program that lies where cargo puts programs, one folder above tests and examples.
fn beside_us(name: &str) -> PathBuf {
    let us = std::env::current_exe().expect("a running program has a path");
    us.parent().and_then(Path::parent).expect("cargo runs programs inside its target folder").join(name)
}

fn failures_folder() -> PathBuf {
    let story = std::thread::current().name().unwrap_or("story").replace("::", "-");
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/e2e-failures").join(story)
}
