//! Services: what may be written, and by whom. Each write moves the `updated_at` that it moves in Planning Center.

mod answers;
mod item_parts;
mod items;
mod live;
mod media;
mod people;
mod plan_times;
mod plans;
mod setup;
mod songs;
mod tags;
mod team_members;

pub(super) use answers::{SCHEDULE_ACTIONS, SIGNUP_SHEET_ACTIONS};
pub(super) use item_parts::{
    CREATE_CUSTOM_SLIDE, CREATE_ITEM_ASSIGNMENT, CREATE_SPLIT_TEAM, CREATE_ZOOM, DELETE_CUSTOM_SLIDE,
    DELETE_ITEM_ASSIGNMENT, DELETE_SPLIT_TEAM, DELETE_ZOOM, PATCH_CUSTOM_SLIDE, PATCH_SPLIT_TEAM, PATCH_ZOOM,
};
pub(super) use items::{
    CREATE_ITEM, CREATE_ITEM_NOTE, DELETE_ITEM, DELETE_ITEM_NOTE, ITEM_REORDER, PATCH_ITEM, PATCH_ITEM_NOTE,
};
pub(super) use live::LIVE_ACTIONS;
pub(super) use media::{CREATE_MEDIA, DELETE_MEDIA, MEDIA_ACTIONS, PATCH_MEDIA};
pub(super) use people::{
    CREATE_ASSIGNMENT, CREATE_BLOCKOUT, DELETE_ASSIGNMENT, DELETE_BLOCKOUT, PATCH_ASSIGNMENT, PATCH_BLOCKOUT,
};
pub(super) use plan_times::{CREATE_PLAN_TIME, DELETE_PLAN_TIME, PATCH_PLAN_TIME};
pub(super) use plans::{
    CREATE_PLAN, CREATE_PLAN_NOTE, DELETE_PLAN, DELETE_PLAN_NOTE, PATCH_PLAN, PATCH_PLAN_NOTE,
};
pub(super) use setup::{
    CREATE_FOLDER, CREATE_SERVICE_TYPE, CREATE_TEAM, CREATE_TEAM_POSITION, DELETE_FOLDER,
    DELETE_SERVICE_TYPE, PATCH_FOLDER, PATCH_SERVICE_TYPE,
};
pub(super) use songs::{
    CREATE_ARRANGEMENT, CREATE_KEY, CREATE_SONG, DELETE_ARRANGEMENT, DELETE_KEY, DELETE_SONG,
    PATCH_ARRANGEMENT, PATCH_KEY, PATCH_SONG,
};
pub(super) use tags::{ARRANGEMENT_ACTIONS, PERSON_ACTIONS, SONG_ACTIONS};
pub(super) use team_members::{
    CREATE_NEEDED_POSITION, CREATE_PLAN_PERSON, DELETE_NEEDED_POSITION, DELETE_PLAN_PERSON,
    PATCH_NEEDED_POSITION, PATCH_PLAN_PERSON,
};

use crate::church::rights::ServicesRight;
use crate::church::table::Text;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Problem, Refusal};

/// Who writes plans and songs.
const EDITOR: Access = Access::Services(ServicesRight::Editor);

/// A plan takes a limited number of rows.
fn full() -> Refusal {
    Problem::new("base", "This plan is full").into()
}

/// A text that may be emptied: blank is as good as null.
fn optional_text(payload: &Payload, name: &'static str) -> Result<Given<Text>, Problem> {
    let text = payload.text(name)?;
    Ok(match text {
        Given::Value(text) if text.is_empty() => Given::Null,
        text => text.map(Text::Owned),
    })
}

/// One of a list of words.
fn one_of(
    payload: &Payload,
    name: &'static str,
    known: &[&'static str],
) -> Result<Given<&'static str>, Problem> {
    payload.text(name)?.try_map(|text| {
        let found = known.iter().copied().find(|known| *known == text);
        found.ok_or_else(|| Problem::new(name, "is not included in the list"))
    })
}
