//! Services.

use app_core::error::ErrorView;
use app_core::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, PlanView};
use tauri::State;

use crate::shell::Shell;

/// Plans, week by week.
#[tauri::command]
pub(super) async fn list_plans(
    shell: State<'_, Shell>,
    request: ListPlansRequest,
) -> Result<PlanListing, ErrorView> {
    shell.current().list_plans(&request).map_err(|error| error.view())
}

/// One plan with its order, people and open places.
#[tauri::command]
pub(super) async fn get_plan(
    shell: State<'_, Shell>,
    request: GetPlanRequest,
) -> Result<PlanView, ErrorView> {
    shell.current().get_plan(&request).map_err(|error| error.view())
}
