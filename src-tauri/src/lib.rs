//! The shell: the only code that knows of windows, keychains, the command line and the operating system. It builds the
//! core's [`App`](app_core::App), mounts the command table, and carries links and events to and fro.
//!
//! | Module | Story |
//! |---|---|
//! | `options`, `settings`, `paths`, `logging`, `process` | how the program is started and where it writes |
//! | `shell` | which church is on show |
//! | `commands` | what the page may call |
//! | `window`, `host`, `avatar` | the window, the desktop around it, the photos in it |
//! | `first_run` | what a second start does where the first does not answer |
//! | `deep_link`, `loopback` | how the browser comes back |
//! | `keychain`, `clock` | the core's seams to the computer |
//! | `practice` | the practice church |

pub mod avatar;
pub mod clock;
pub mod commands;
pub mod deep_link;
mod first_run;
pub mod host;
pub mod keychain;
pub mod logging;
pub mod loopback;
pub mod options;
pub mod paths;
pub mod practice;
pub mod process;
pub mod settings;
pub mod shell;
pub mod window;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use app_core::AppConfig;
use app_core::event::AppEvent;
use app_core::session::views::RedirectChoice;
use app_core::status::ClientIdSource;
use tauri::async_runtime::spawn;
use tauri::utils::config::AppDirectoriesOverride;
use tauri::{Builder, Context, Manager, RunEvent, Runtime, WindowEvent};
use url::Url;

use crate::clock::SleepAwareClock;
use crate::host::{Page, TauriHost};
use crate::keychain::KeychainStore;
use crate::logging::LogFile;
use crate::options::Options;
use crate::paths::Paths;
use crate::settings::{Opened, Settings};
use crate::shell::{Parts, Shell};

/// Runs the program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    process::harden();
    process::give_back_memory();
    let options = Options::from_process();
    let log = logging::start();
    match start(&options, &log) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(%error, "Narthex cannot start");
            ExitCode::from(2)
        }
    }
}

/// The program's configuration, pages and grants, for any runtime.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "inside of Tauri's macro, on the way out of a failed start")]
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

fn start(options: &Options, log: &LogFile) -> Result<ExitCode, Box<dyn Error>> {
    if !window::has_display() {
        return Err(
            "there is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set".into()
        );
    }
    let data_dir = options.data_dir.as_deref().map(paths::absolute).transpose()?;
    let first_run = first_run::Waiting::begin();
    // A second start ends here, having handed its link over. Nothing before this line touches a disk or a keychain.
    #[cfg(target_os = "linux")]
    if first_run::hand_over(&keychain::run_name(data_dir.as_deref()))? {
        return Ok(ExitCode::SUCCESS);
    }
    let mut context = context();
    context.config_mut().app.app_directories_override = data_dir.clone().map(AppDirectoriesOverride::Root);
    // The plugin finds a run that began in this very moment, and elsewhere than on Linux every one before it.
    let app = builder(data_dir.as_deref()).build(context).map_err(first_run::explain)?;
    first_run.end();
    compose(&app, options, data_dir.as_deref(), log)?;
    // Returns, other than `run`, so that everything is put away on the way out.
    let code = app.run_return(|handle, event| {
        if matches!(event, RunEvent::Exit)
            && let Some(shell) = handle.try_state::<Shell>()
        {
            shell.end();
        }
    });
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// A second start hands over to the run that has its name. A run with a folder of its own has one of its own on D-Bus;
/// elsewhere than on Linux the plugin knows one name for all.
fn builder(data_dir: Option<&Path>) -> Builder<tauri::Wry> {
    let single_instance = tauri_plugin_single_instance::Builder::new()
        .callback(|app, arguments, _| {
            if let Some(shell) = app.try_state::<Shell>() {
                shell.raise();
            }
            deep_link::take_from(app, &arguments);
        })
        .dbus_id(keychain::run_name(data_dir));
    Builder::default()
        .plugin(single_instance.build())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::remembered()).build())
        .register_asynchronous_uri_scheme_protocol(avatar::SCHEME, |context, request, responder| {
            avatar::answer(&context, &request, responder);
        })
        .on_window_event(|window, event| {
            if let WindowEvent::Focused(focused) = event
                && let Some(shell) = window.try_state::<Shell>()
            {
                shell.set_focused(*focused);
            }
        })
        .invoke_handler(commands::handler())
}

fn compose<R: Runtime>(
    app: &tauri::App<R>,
    options: &Options,
    data_dir: Option<&Path>,
    log: &LogFile,
) -> Result<(), Box<dyn Error>> {
    let paths = Paths::prepare(app, options.pco_url.as_ref())?;
    log.open_in(&paths.log);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), practice = options.practice, "Narthex starts");

    let (settings, opened) = Settings::open(&paths.config, options.client_id.clone());
    let page = Arc::new(Page::default());
    let shell = Shell::new(Parts {
        config: app_config(options, &paths),
        window: Arc::new(TauriHost::new(app.handle().clone(), Arc::clone(&page))),
        page,
        secrets: Arc::new(KeychainStore::start(data_dir, options.pco_url.as_ref())?),
        clock: Arc::new(SleepAwareClock::default()),
        settings,
        notices: notices(opened),
        prepare: {
            let handle = app.handle().clone();
            Box::new(move || deep_link::register(&handle))
        },
    })?;
    app.manage(shell);
    // Keychain and store are opened while the window is made: the page has most of its own start before it asks.
    let (handle, practice) = (app.handle().clone(), options.practice);
    let link = options.link().map(str::to_owned);
    spawn(async move {
        handle.state::<Shell>().start(practice).await;
        if let Some(link) = link {
            deep_link::hand_over(&handle, link);
        }
    });
    window::open(app, &paths.web)?;
    deep_link::listen(app.handle());
    Ok(())
}

fn app_config(options: &Options, paths: &Paths) -> AppConfig {
    AppConfig {
        base: options.pco_url.clone().unwrap_or_else(planning_center),
        client_id: None,
        client_id_source: ClientIdSource::Missing,
        redirect: RedirectChoice::CustomScheme,
        folder: Some(paths.data.clone()),
        practice: false,
        test_server: options.pco_url.as_ref().map(Url::to_string),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        user_agent: user_agent(),
    }
}

fn planning_center() -> Url {
    Url::parse(pco_client::PLANNING_CENTER).expect("Planning Center's address is written as a valid URL")
}

/// Name, version, and where its makers can be reached, as Planning Center asks for.
#[must_use]
pub fn user_agent() -> String {
    concat!("Narthex/", env!("CARGO_PKG_VERSION"), " (", env!("CARGO_PKG_REPOSITORY"), ")").to_owned()
}

fn notices(opened: Opened) -> Vec<AppEvent> {
    match opened {
        Opened::Well => Vec::new(),
        Opened::SetAside => vec![AppEvent::Notice {
            message: "The settings could not be read and start afresh.".to_owned(),
            hint: Some("Check the client ID in Settings.".to_owned()),
        }],
    }
}
