//! The frame, the settings, and what leads outside.

use app_core::FirstView;
use app_core::error::ErrorView;
use app_core::event::AppEvent;
use app_core::status::{
    OpenOutsideRequest, SaveSettingsRequest, SetActiveRequest, SetPausedRequest, SettingsView,
};
use tauri::State;
use tauri::ipc::Channel;

use crate::shell::Shell;

/// Sends events to the page's channel from now on, and answers all that the page paints first.
#[tauri::command]
pub(super) async fn subscribe(
    shell: State<'_, Shell>,
    channel: Channel<AppEvent>,
) -> Result<FirstView, ErrorView> {
    Ok(shell.subscribe(channel).await)
}

/// Reads everything again.
#[tauri::command]
pub(super) async fn refresh(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.current().refresh();
    Ok(())
}

/// Lets reading rest, or go on.
#[tauri::command]
pub(super) async fn set_paused(shell: State<'_, Shell>, request: SetPausedRequest) -> Result<(), ErrorView> {
    shell.current().set_paused(request.paused);
    Ok(())
}

/// Whether somebody uses the page.
#[tauri::command]
pub(super) async fn set_active(shell: State<'_, Shell>, request: SetActiveRequest) -> Result<(), ErrorView> {
    shell.set_active(request.active);
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
