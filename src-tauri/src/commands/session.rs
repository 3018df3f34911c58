//! Signing in and out, and the practice church.

use app_core::error::ErrorView;
use app_core::session::views::{FinishSignInByHandRequest, SessionView, StartSignInRequest};
use app_core::status::SignedOutView;
use tauri::State;

use crate::shell::Shell;

/// Begins an attempt and opens the browser.
#[tauri::command]
pub(super) async fn start_sign_in(
    shell: State<'_, Shell>,
    request: StartSignInRequest,
) -> Result<SessionView, ErrorView> {
    shell.current().start_sign_in(request).await.map_err(|error| error.view())
}

/// Opens the browser once more for the attempt under way.
#[tauri::command]
pub(super) async fn open_browser_again(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.current().open_browser_again().map_err(|error| error.view())
}

/// Takes the return address that the person pasted.
#[tauri::command]
pub(super) async fn finish_sign_in_by_hand(
    shell: State<'_, Shell>,
    request: FinishSignInByHandRequest,
) -> Result<SessionView, ErrorView> {
    shell.current().finish_sign_in_by_hand(request).await.map_err(|error| error.view())
}

/// Gives the attempt up.
#[tauri::command]
pub(super) async fn cancel_sign_in(shell: State<'_, Shell>) -> Result<SessionView, ErrorView> {
    Ok(shell.current().cancel_sign_in().await)
}

/// The person says that this is the right account.
#[tauri::command]
pub(super) async fn confirm_account(shell: State<'_, Shell>) -> Result<SessionView, ErrorView> {
    shell.current().confirm_account().await.map_err(|error| error.view())
}

/// The person says that this is somebody else's account.
#[tauri::command]
pub(super) async fn refuse_account(shell: State<'_, Shell>) -> Result<SessionView, ErrorView> {
    Ok(shell.current().refuse_account().await)
}

/// Ends the sign-in and forgets what was stored.
#[tauri::command]
pub(super) async fn sign_out(shell: State<'_, Shell>) -> Result<SignedOutView, ErrorView> {
    shell.current().sign_out().await.map_err(|error| error.view())
}

/// Opens the practice church.
#[tauri::command]
pub(super) async fn start_practice(shell: State<'_, Shell>) -> Result<SessionView, ErrorView> {
    shell.start_practice().await
}

/// Goes back to the real church.
#[tauri::command]
pub(super) async fn leave_practice(shell: State<'_, Shell>) -> Result<SessionView, ErrorView> {
    Ok(shell.leave_practice().await)
}
