//! What the People screens show.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::{AsOf, Coverage, Face, StatusView};

/// Request of `list_people`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPeopleRequest {
    /// Part of a name, a nickname, an e-mail address or a phone number; empty lists everybody.
    pub search: String,
    /// First row wanted, counted from 0.
    pub offset: u32,
    /// How many rows, 1 to 200.
    pub limit: u32,
}

/// One stretch of the people list, in name order; while searching, names that begin with the words come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleListing {
    /// The rows from `offset` on.
    pub items: Vec<PersonRow>,
    /// Position of the first row.
    pub offset: u32,
    /// How many people match altogether.
    pub total: u32,
    /// When the data was last agreed with Planning Center.
    pub as_of: Option<AsOf>,
    /// How complete it is.
    pub coverage: Coverage,
}

/// One row of the people list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// The person's id.
    pub id: String,
    /// The name as Planning Center writes it, with the nickname.
    pub name: String,
    /// Second line: phone (the one that matched, while searching by phone) and teams.
    pub line: String,
    /// The person's circle.
    pub face: Face,
    /// Whether Planning Center lists the person as inactive.
    pub inactive: bool,
}

/// Request of `get_person`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetPersonRequest {
    /// The person's id.
    pub person_id: String,
}

/// A person's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// The person's id.
    pub id: String,
    /// The name as Planning Center writes it.
    pub name: String,
    /// One line under the name: membership, campus, child or inactive.
    pub headline: String,
    /// The person's circle.
    pub face: Face,
    /// Phones, then e-mails, then addresses; the primary one first of each.
    pub contacts: Vec<ContactView>,
    /// `3 March · turns 41`; no age where the year is unknown.
    pub birthday: Option<String>,
    /// The households the person lives in.
    pub households: Vec<HouseholdView>,
    /// Teams, with the positions the person has been scheduled on.
    pub teams: Vec<PersonTeamView>,
    /// Dates from today on, soonest first.
    pub serving: Vec<ServingView>,
    /// The last date served in the stored weeks, such as `Sunday, 8 November`.
    pub last_served: Option<String>,
    /// What could not be shown and why, a sentence each.
    pub missing: Vec<String>,
    /// The person's page in Planning Center.
    pub planning_center_url: String,
    /// When the data was last agreed with Planning Center.
    pub as_of: Option<AsOf>,
    /// How complete it is.
    pub coverage: Coverage,
}

/// What kind of contact a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ContactKind {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A postal address.
    Address,
}

/// One way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    /// Phone, e-mail or address.
    pub kind: ContactKind,
    /// `Mobile`, `Work e-mail`, `Home address` …
    pub label: String,
    /// What to show, one entry a line.
    pub lines: Vec<String>,
    /// `tel:` or `mailto:` address for `open_outside`; none for a postal address or an unusable entry.
    pub href: Option<String>,
    /// Whether Planning Center marks it as the primary one.
    pub primary: bool,
}

/// A household and who else is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HouseholdView {
    /// The household's name.
    pub name: String,
    /// The other members, adults first.
    pub members: Vec<PersonRow>,
}

/// A team and what the person does in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonTeamView {
    /// The team's name.
    pub name: String,
    /// The service type it belongs to.
    pub service_type: String,
    /// Positions, empty when none is known.
    pub positions: Vec<String>,
}

/// A date on which the person is scheduled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServingView {
    /// The plan to open.
    pub plan_id: String,
    /// `Sun 22 Nov · Sunday Morning`.
    pub title: String,
    /// `Drums · 9:00 and 11:00`.
    pub line: String,
    /// How the person answered.
    pub status: StatusView,
}
