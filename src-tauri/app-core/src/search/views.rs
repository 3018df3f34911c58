//! What the palette shows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::{Coverage, Face};

/// Request of `search`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchRequest {
    /// Parts of names, titles, dates, numbers; empty finds the next plans, or everything of `within`.
    pub search: String,
    /// Only what belongs to this: the plans that have a song, or the people of a team.
    pub within: Option<SearchScope>,
}

/// A song or a team to look into.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchScope {
    /// Song or team.
    pub kind: SearchKind,
    /// Its id.
    pub id: String,
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SearchKind {
    /// A person.
    Person,
    /// A plan.
    Plan,
    /// A song.
    Song,
    /// A team.
    Team,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchView {
    /// The song or team that is looked into.
    pub about: Option<AboutView>,
    /// What was found of each kind, with how complete that kind is; kinds that were not searched are left out.
    pub groups: Vec<SearchGroup>,
}

/// A song or a team, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AboutView {
    /// Title or name.
    pub title: String,
    /// What is known of it, a few words each.
    pub facts: Vec<String>,
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchGroup {
    /// Of which kind.
    pub kind: SearchKind,
    /// The best, best first.
    pub hits: Vec<SearchHit>,
    /// How complete the kind is on this computer.
    pub coverage: Coverage,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Its id within its kind.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Second line.
    pub line: String,
    /// A person's circle.
    pub face: Option<Face>,
}
