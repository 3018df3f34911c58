//! What the Schedule and Plan screens show. All times are the church's own, already in words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::{AsOf, Coverage, Face, StatusCounts, StatusView};

/// Request of `list_plans`.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPlansRequest {
    /// The Mondays (`YYYY-MM-DD`) of weeks whose plans are wanted in any case.
    pub weeks: Vec<String>,
    /// A plan whose week is wanted in any case.
    pub plan_id: Option<String>,
}

/// The stored plans of every service type, by week. Where there are thousands, those of the first weeks from today on, and of the
/// weeks that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanListing {
    /// Weeks from Monday to Sunday, oldest first; weeks without a plan are left out.
    pub weeks: Vec<WeekView>,
    /// Plans that have no time yet.
    pub undated: Vec<PlanRow>,
    /// The plan to show first: the next one from today on.
    pub next_plan_id: Option<String>,
    /// How many plans there are altogether.
    pub total: u32,
    /// When the data was last agreed with Planning Center.
    pub as_of: Option<AsOf>,
    /// How complete it is.
    pub coverage: Coverage,
}

/// The plans of one week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WeekView {
    /// `This week`, `Next week`, `In two weeks`, `Last week`, or `7 to 13 December`.
    pub label: String,
    /// The week's Monday, `YYYY-MM-DD`.
    pub starts: String,
    /// Whether the whole week lies before today.
    pub past: bool,
    /// How many plans it has.
    pub total: u32,
    /// The plans in order of their first time; fewer than there are where they have to be asked for.
    pub plans: Vec<PlanRow>,
}

/// One row of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanRow {
    /// The plan's id.
    pub id: String,
    /// `Sun`; empty for a plan without a time.
    pub weekday: String,
    /// `22`; empty for a plan without a time.
    pub day: String,
    /// `Sunday, 22 November`, for a screen reader.
    pub date: String,
    /// The service type's name.
    pub service_type: String,
    /// The plan's title or series, if it has one.
    pub title: Option<String>,
    /// `9:00 and 11:00`, or `no time yet`.
    pub times: String,
    /// Who stands where; none until the plan's people have been read.
    pub counts: Option<StatusCounts>,
}

/// Request of `get_plan`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetPlanRequest {
    /// The plan's id.
    pub plan_id: String,
}

/// A plan with everything on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The plan's id.
    pub id: String,
    /// The service type's name: the page title.
    pub service_type: String,
    /// The plan's own title, if it has one.
    pub title: Option<String>,
    /// The series, if it has one.
    pub series: Option<String>,
    /// `Sunday, 22 November`, or `No date yet`.
    pub date: String,
    /// `9:00 and 11:00`.
    pub times_line: String,
    /// Every time of the plan: services, rehearsals and others.
    pub times: Vec<PlanTimeView>,
    /// Clock times of the services, in the order of each item's `clocks`.
    pub service_times: Vec<String>,
    /// Who stands where; none until the plan's people have been read, or when they may not be.
    pub counts: Option<StatusCounts>,
    /// The order of service.
    pub order: Vec<OrderSection>,
    /// `1 h 12 min`, of the service itself.
    pub total_length: String,
    /// The people, by team and position.
    pub teams: Vec<TeamView>,
    /// The plan's notes.
    pub notes: Vec<NoteView>,
    /// What could not be shown and why, a sentence each.
    pub missing: Vec<String>,
    /// The plan before this one in the same service type.
    pub previous_plan_id: Option<String>,
    /// The plan after it.
    pub next_plan_id: Option<String>,
    /// The plan's page in Planning Center.
    pub planning_center_url: String,
    /// When the data was last agreed with Planning Center.
    pub as_of: Option<AsOf>,
    /// How complete it is; `notLoaded` while the plan's parts have not been read.
    pub coverage: Coverage,
}

/// What a plan time is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PlanTimeKind {
    /// A service.
    Service,
    /// A rehearsal.
    Rehearsal,
    /// Anything else, such as a call time.
    Other,
}

/// One time of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanTimeView {
    /// Service, rehearsal or other.
    pub kind: PlanTimeKind,
    /// The time's name, or its kind in words.
    pub name: String,
    /// `Thu 19 Nov`.
    pub day: String,
    /// `7:30 pm to 9:00 pm`.
    pub clock: String,
    /// Teams that are expected, empty for all.
    pub teams: Vec<String>,
}

/// A part of the order of service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderSection {
    /// `Before the service`, `Service`, `After the service`.
    pub heading: String,
    /// The items in order.
    pub items: Vec<ItemView>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ItemKind {
    /// A song.
    Song,
    /// A heading inside the order.
    Header,
    /// A video, image or other medium.
    Media,
    /// Anything else.
    Item,
}

/// One item of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// The item's id.
    pub id: String,
    /// Song, header, media or item.
    pub kind: ItemKind,
    /// The title.
    pub title: String,
    /// When it begins at each service, in the order of `service_times`; empty for headers; an entry is empty where the item is left out of that service.
    pub clocks: Vec<String>,
    /// `3:00`; none when it has no length.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub length: Option<String>,
    /// The key of a song, `D` or `E♭`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
    /// The arrangement of a song.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub arrangement: Option<String>,
    /// What is written under the title, as plain paragraphs.
    pub description: Vec<String>,
    /// Notes to the item by category.
    pub notes: Vec<NoteView>,
}

/// A note with its category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    /// `Person`, `Audio`, `General` …
    pub category: String,
    /// The text, as plain paragraphs.
    pub paragraphs: Vec<String>,
}

/// A team on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TeamView {
    /// The team's name.
    pub name: String,
    /// Positions in the team's order, each with people and open places.
    pub positions: Vec<PositionView>,
}

/// A position on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PositionView {
    /// The position's name.
    pub name: String,
    /// People scheduled on it.
    pub people: Vec<TeamMemberView>,
    /// Open places.
    pub needed: Vec<NeededView>,
}

/// A person on a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TeamMemberView {
    /// The person's id where the person can be opened.
    pub person_id: Option<String>,
    /// The name.
    pub name: String,
    /// The person's circle.
    pub face: Face,
    /// How the person answered.
    pub status: StatusView,
    /// Which services, where the person does not serve at all of them: `9:00 only`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub times: Option<String>,
    /// A phone to call, for `open_outside`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<PhoneView>,
}

/// A phone number that can be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneView {
    /// As the church writes it.
    pub text: String,
    /// `tel:` address for `open_outside`.
    pub href: String,
}

/// Open places on a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NeededView {
    /// How many.
    pub quantity: u32,
    /// Which service, where the place is tied to one: `9:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time: Option<String>,
}
