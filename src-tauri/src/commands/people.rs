//! People.

use app_core::error::ErrorView;
use app_core::products::people::views::{GetPersonRequest, ListPeopleRequest, PeopleListing, PersonView};
use tauri::State;

use crate::shell::Shell;

/// People by name, nickname, e-mail address or phone number.
#[tauri::command]
pub(super) async fn list_people(
    shell: State<'_, Shell>,
    request: ListPeopleRequest,
) -> Result<PeopleListing, ErrorView> {
    shell.current().list_people(&request).map_err(|error| error.view())
}

/// One person's card.
#[tauri::command]
pub(super) async fn get_person(
    shell: State<'_, Shell>,
    request: GetPersonRequest,
) -> Result<PersonView, ErrorView> {
    shell.current().get_person(&request).map_err(|error| error.view())
}
