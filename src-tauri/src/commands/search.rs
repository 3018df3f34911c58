//! The palette.

use app_core::error::ErrorView;
use app_core::search::views::{SearchRequest, SearchView};
use tauri::State;

use crate::shell::Shell;

/// The best of people, plans, songs and teams for what is typed.
#[tauri::command]
pub(super) async fn search(shell: State<'_, Shell>, request: SearchRequest) -> Result<SearchView, ErrorView> {
    shell.current().search(&request).map_err(|error| error.view())
}
