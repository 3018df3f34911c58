//! What is kept of Services.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Record;
use crate::text::fold;
use crate::views::StatusCounts;

/// A kind of service, such as `Sunday Morning`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ServiceType {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) sequence: i64,
}

/// A team of a service type, with its members and its positions in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) sequence: i64,
    pub(crate) service_type_id: Option<String>,
    pub(crate) positions: Vec<String>,
}

/// One person in one team.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) person_id: String,
}

/// A plan as the list of plans tells of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) id: String,
    pub(crate) service_type_id: String,
    pub(crate) title: Option<String>,
    pub(crate) series: Option<String>,
    pub(crate) total_length: u32,
    pub(crate) url: Option<String>,
    pub(crate) times: Vec<PlanTime>,
    #[serde(default)]
    pub(crate) marks: PlanMarks,
}

/// What the list of plans tells of a plan's inside: when one of these is another, so is the inside. Not every change
/// shows here: the answers of a team do not, nor do the words of an item or a note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanMarks {
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) people: Option<u32>,
    pub(crate) open_places: Option<u32>,
    pub(crate) items: Option<u32>,
    pub(crate) notes: Option<u32>,
    /// Of all items together, in seconds.
    pub(crate) length: u32,
}

/// A time of a plan, in UTC.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlanTime {
    pub(crate) id: String,
    pub(crate) kind: TimeKind,
    pub(crate) name: Option<String>,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) team_ids: Vec<String>,
}

/// What a time is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TimeKind {
    Service,
    Rehearsal,
    Other,
}

/// What has been read of one plan's inside, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlanDetails {
    pub(crate) plan_id: String,
    /// When all of it was read.
    pub(crate) as_of: Timestamp,
    /// When its team was read again since.
    #[serde(default)]
    pub(crate) team_as_of: Option<Timestamp>,
    /// What the list told of the plan before all of it was read.
    #[serde(default)]
    pub(crate) marks: Option<PlanMarks>,
    /// None when the person's rights do not reach the team or the open places.
    pub(crate) counts: Option<StatusCounts>,
    /// Parts that the person's rights do not reach, in words.
    pub(crate) refused: Vec<String>,
}

/// A person scheduled on a plan. The same person may appear once for each position.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TeamMember {
    pub(crate) id: String,
    pub(crate) plan_id: String,
    pub(crate) person_id: String,
    pub(crate) team_id: Option<String>,
    pub(crate) name: String,
    pub(crate) position: String,
    /// `C`, `U`, `D`, or what else Planning Center may say.
    pub(crate) status: String,
    pub(crate) decline_reason: Option<String>,
    /// The request is drafted but has not been sent; the person does not see it yet.
    pub(crate) is_draft: bool,
    pub(crate) asked_at: Option<Timestamp>,
    /// The services the person serves at; empty for all.
    pub(crate) service_time_ids: Vec<String>,
}

/// Open places on a position.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NeededPosition {
    pub(crate) id: String,
    pub(crate) plan_id: String,
    pub(crate) team_id: Option<String>,
    pub(crate) position: String,
    pub(crate) quantity: u32,
    pub(crate) time_id: Option<String>,
}

/// An item of the order of service.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) plan_id: String,
    pub(crate) sequence: i64,
    /// `song`, `header`, `media`, `item`.
    pub(crate) kind: String,
    /// `pre`, `during`, `post`.
    pub(crate) position: String,
    pub(crate) title: String,
    /// Seconds.
    pub(crate) length: u32,
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) song_id: Option<String>,
    pub(crate) arrangement: Option<String>,
    /// Plain words.
    pub(crate) description: String,
    /// More words, written with formatting: HTML.
    #[serde(default)]
    pub(crate) details: String,
    pub(crate) notes: Vec<Note>,
    pub(crate) times: Vec<ItemTime>,
}

/// How an item differs at one of the plan's times.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ItemTime {
    pub(crate) plan_time_id: String,
    pub(crate) exclude: bool,
    /// Seconds longer (or shorter) than the item's length.
    pub(crate) length_offset: i64,
}

/// A note in its category.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) category: String,
    pub(crate) content: String,
}

/// A note to the whole plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PlanNote {
    pub(crate) id: String,
    pub(crate) plan_id: String,
    pub(crate) note: Note,
}

impl Plan {
    /// Where a plan without a time stands among the others: after all of them, a second before the last there is.
    pub(crate) const UNDATED: Timestamp = Timestamp::constant(253_402_207_199, 0);

    /// The services' times in order; every time when the plan has no service.
    pub(crate) fn main_times(&self) -> Vec<&PlanTime> {
        let services: Vec<_> = self.times.iter().filter(|time| time.kind == TimeKind::Service).collect();
        if services.is_empty() { self.times.iter().collect() } else { services }
    }
}

impl PlanDetails {
    /// When what is oldest of them was read, of what is read by the clock.
    pub(crate) fn oldest(&self) -> Timestamp {
        self.team_as_of.unwrap_or(self.as_of)
    }

    /// When something of them was read last.
    pub(crate) fn newest(&self) -> Timestamp {
        self.as_of.max(self.team_as_of.unwrap_or(self.as_of))
    }
}

impl Record for ServiceType {
    const KIND: &'static str = "service_type";

    fn id(&self) -> &str {
        &self.id
    }

    fn sort(&self) -> String {
        order(self.sequence)
    }
}

impl Record for Team {
    const KIND: &'static str = "team";

    fn id(&self) -> &str {
        &self.id
    }

    /// By its own name and by what people do in it.
    fn search_text(&self) -> Option<String> {
        let names = std::iter::once(&self.name).chain(&self.positions);
        Some(names.map(|name| fold(name)).collect::<Vec<_>>().join("\t"))
    }

    fn sort(&self) -> String {
        order(self.sequence)
    }
}

impl Record for Membership {
    const KIND: &'static str = "membership";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.team_id
    }

    fn about(&self) -> &str {
        &self.person_id
    }
}

impl Record for Plan {
    const KIND: &'static str = "plan";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.service_type_id
    }

    fn at(&self) -> Option<Timestamp> {
        Some(self.main_times().first().map_or(Self::UNDATED, |time| time.starts_at))
    }
}

impl Record for PlanDetails {
    const KIND: &'static str = "plan_details";

    fn id(&self) -> &str {
        &self.plan_id
    }

    fn owner(&self) -> &str {
        &self.plan_id
    }
}

impl Record for TeamMember {
    const KIND: &'static str = "team_member";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.plan_id
    }

    fn about(&self) -> &str {
        &self.person_id
    }

    fn sort(&self) -> String {
        fold(&self.name)
    }
}

impl Record for NeededPosition {
    const KIND: &'static str = "needed_position";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.plan_id
    }
}

impl Record for Item {
    const KIND: &'static str = "item";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.plan_id
    }

    fn about(&self) -> &str {
        self.song_id.as_deref().unwrap_or_default()
    }

    fn sort(&self) -> String {
        order(self.sequence)
    }
}

impl Record for PlanNote {
    const KIND: &'static str = "plan_note";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.plan_id
    }
}

/// A number as text that sorts like it.
fn order(sequence: i64) -> String {
    format!("{:020}", sequence.saturating_add(1_000_000_000).max(0))
}
