//! The frame, the settings, and what leads outside.

use app_core::error::ErrorView;
use app_core::event::AppEvent;
use app_core::status::{AppStatus, OpenOutsideRequest, SaveSettingsRequest, SettingsView};
use tauri::State;
use tauri::ipc::Channel;

use crate::shell::Shell;

/// Sends events to the page's channel from now on.
#[tauri::command]
pub(super) async fn subscribe(shell: State<'_, Shell>, channel: Channel<AppEvent>) -> Result<(), ErrorView> {
    shell.subscribe(channel);
    Ok(())
}

/// The frame around the screens.
#[tauri::command]
pub(super) async fn app_status(shell: State<'_, Shell>) -> Result<AppStatus, ErrorView> {
    Ok(shell.current().app_status())
}

/// Reads everything again.
#[tauri::command]
pub(super) async fn refresh(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.current().refresh();
    Ok(())
}

/// What the settings screen shows.
#[tauri::command]
pub(super) async fn settings(shell: State<'_, Shell>) -> Result<SettingsView, ErrorView> {
    Ok(shell.settings())
}

/// Changes the settings.
#[tauri::command]
pub(super) async fn save_settings(
    shell: State<'_, Shell>,
    request: SaveSettingsRequest,
) -> Result<SettingsView, ErrorView> {
    shell.save_settings(&request)
}

/// Opens a telephone, mail or Planning Center address outside.
#[tauri::command]
pub(super) async fn open_outside(
    shell: State<'_, Shell>,
    request: OpenOutsideRequest,
) -> Result<(), ErrorView> {
    shell.current().open_outside(&request.url).map_err(|error| error.view())
}
