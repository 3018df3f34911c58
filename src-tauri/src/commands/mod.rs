//! Everything the page may call. The table below is the one list of commands: from it come Tauri's handler, the names
//! that the permission test compares with the grants, and the TypeScript declarations.

mod app;
mod bindings;
mod people;
mod search;
mod services;
mod session;

pub use bindings::bindings;

use std::convert::identity;

use app_core::error::ErrorView;
use app_core::products::people::views::{GetPersonRequest, ListPeopleRequest, PeopleListing, PersonView};
use app_core::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, PlanView};
use app_core::search::views::{SearchRequest, SearchView};
use app_core::session::views::{FinishSignInByHandRequest, SessionView, StartSignInRequest};
use app_core::status::{
    OpenOutsideRequest, SaveSettingsRequest, SetActiveRequest, SetPausedRequest, SettingsView, SignedOutView,
};
use tauri::ipc::Invoke;
use tauri::{Runtime, State};

use crate::shell::Shell;

/// The page's first command hands its event channel over, and has no place in the table: a channel is not a request.
const SUBSCRIBE: &str = "subscribe";

macro_rules! command_table {
    (@request) => { () };
    (@request $request:ty) => { $request };
    ($($module:ident :: $name:ident ( $($request:ty)? ) -> $answer:ty;)+) => {
        /// The name of every command.
        pub const NAMES: &[&str] = &[SUBSCRIBE, $(stringify!($name)),+];

        /// Answers the page's calls. Which of them the page may make is for the capability file to say.
        pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![app::subscribe, $($module::$name),+]
        }

        fn declare(declarations: &mut bindings::Declarations) {
            $(declarations.command::<command_table!(@request $($request)?), $answer>(stringify!($name));)+
        }

        // A row that does not fit its command does not compile.
        $(const _: () = {
            async fn row(shell: State<'_, Shell>, $(request: $request)?) -> Result<$answer, ErrorView> {
                $module::$name(shell, $(identity::<$request>(request))?).await
            }
            let _ = row;
        };)+
    };
}

command_table! {
    session::start_sign_in(StartSignInRequest) -> SessionView;
    session::open_browser_again() -> ();
    session::finish_sign_in_by_hand(FinishSignInByHandRequest) -> SessionView;
    session::cancel_sign_in() -> SessionView;
    session::confirm_account() -> SessionView;
    session::refuse_account() -> SessionView;
    session::sign_out() -> SignedOutView;
    session::start_practice() -> SessionView;
    session::leave_practice() -> SessionView;
    people::list_people(ListPeopleRequest) -> PeopleListing;
    people::get_person(GetPersonRequest) -> PersonView;
    search::search(SearchRequest) -> SearchView;
    services::list_plans(ListPlansRequest) -> PlanListing;
    services::get_plan(GetPlanRequest) -> PlanView;
    app::refresh() -> ();
    app::set_paused(SetPausedRequest) -> ();
    app::set_active(SetActiveRequest) -> ();
    app::settings() -> SettingsView;
    app::save_settings(SaveSettingsRequest) -> SettingsView;
    app::open_outside(OpenOutsideRequest) -> ();
}
