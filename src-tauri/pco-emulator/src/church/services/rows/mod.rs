//! What the rows of schedules, orders of service and songs hold.

mod songs;
mod teams;

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::contents::Contents;
use crate::church::table::{Id, Text};

pub(crate) use songs::{Arrangement, Chart, Key, Song};
pub(crate) use teams::{
    Assignment, Blockout, LiveController, Period, Repeat, Team, TeamLeader, TeamPosition,
};

#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) name: Text,
    pub(crate) parent: Option<Id>,
    pub(crate) campus: Option<Id>,
    pub(crate) created_at: Timestamp,
}

/// How a service type's plans are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sunday morning: two services, a rehearsal, a call time.
    Sunday,
    /// Children's rooms beside the Sunday services.
    Kids,
    /// An evening in the week.
    Midweek,
}

#[derive(Clone)]
pub(crate) struct ServiceType {
    pub(crate) name: Text,
    pub(crate) kind: Kind,
    pub(crate) folder: Option<Id>,
    /// Its place in the church, counted from 1.
    pub(crate) sequence: usize,
    /// Every plan ever made, deleted ones included, by id.
    pub(crate) plans: Vec<Id>,
    pub(crate) frequency: Text,
    /// Whether the last plan is looked for at this service type or everywhere.
    pub(crate) last_plan_from: Text,
    pub(crate) comment_permissions: Text,
    pub(crate) scheduled_publish: bool,
    pub(crate) attachment_types_enabled: bool,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl ServiceType {
    /// One without plans, as Planning Center sets it up.
    pub(crate) fn new(name: Text, sequence: usize, created_at: Timestamp) -> Self {
        Self {
            kind: Kind::of(&name),
            name,
            folder: None,
            sequence,
            plans: Vec::new(),
            frequency: Text::Borrowed("Every 1 week"),
            last_plan_from: Text::Borrowed("organization"),
            comment_permissions: Text::Borrowed("Editor"),
            scheduled_publish: false,
            attachment_types_enabled: false,
            deleted_at: None,
            created_at,
            updated_at: created_at,
        }
    }
}

pub(crate) struct Plan {
    pub(crate) service_type: Id,
    /// Its place among all plans ever made: the ids of its rows follow from it.
    pub(crate) ordinal: u64,
    /// The day of its services; None for a plan without times.
    pub(crate) day: Option<Date>,
    pub(crate) title: Option<Text>,
    pub(crate) series: Option<Id>,
    pub(crate) series_title: Option<Text>,
    pub(crate) public: bool,
    pub(crate) reminders_disabled: bool,
    pub(crate) times: Vec<PlanTime>,
    /// How many times it ever had: the next one's id follows from it.
    pub(crate) times_made: u64,
    pub(crate) live: Option<Live>,
    /// The name of a template: something to make plans from, and no plan itself.
    pub(crate) template: Option<Text>,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Made when first looked at.
    pub(crate) contents: OnceLock<Box<Contents>>,
}

/// Services LIVE on one plan.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Live {
    /// Who has control.
    pub(crate) controller: Option<Id>,
    /// The item time that is running.
    pub(crate) current: Option<Id>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeType {
    Service,
    Rehearsal,
    Other,
}

impl TimeType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Rehearsal => "rehearsal",
            Self::Other => "other",
        }
    }
}

pub(crate) struct PlanTime {
    pub(crate) id: Id,
    pub(crate) time_type: TimeType,
    pub(crate) name: Option<Text>,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    /// Who is reminded how many days before; None: every team that takes part, one day before.
    pub(crate) team_reminders: Option<Vec<TeamReminder>>,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Copy)]
pub(crate) struct TeamReminder {
    pub(crate) team: Id,
    /// 0 to 7.
    pub(crate) days_before: u8,
}

pub(crate) struct Series {
    pub(crate) title: Text,
    pub(crate) created_at: Timestamp,
}

/// A category of notes, of a plan or of an item.
pub(crate) struct NoteCategory {
    pub(crate) service_type: Id,
    pub(crate) name: &'static str,
    pub(crate) sequence: usize,
    /// No longer offered, but still on old notes.
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// What a file hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attachable {
    ServiceType(Id),
    Plan(Id),
    Song(Id),
    Arrangement(Id),
    Key(Id),
    Media(Id),
}

/// A file, by name only.
pub(crate) struct Attachment {
    pub(crate) attachable: Attachable,
    pub(crate) filename: Text,
    pub(crate) content_type: &'static str,
    /// Bytes.
    pub(crate) file_size: i64,
    pub(crate) created_at: Timestamp,
}

/// How somebody has a page lie on their screen.
#[derive(Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "zoom_level is the attribute’s name")]
pub(crate) struct Zoom {
    pub(crate) attachment: Id,
    pub(crate) person: Id,
    /// Width by height of the screen.
    pub(crate) aspect_ratio: f64,
    /// From 1 to 5.
    pub(crate) zoom_level: f64,
    /// A share of the page's width.
    pub(crate) x_offset: f64,
    /// A share of the page's height.
    pub(crate) y_offset: f64,
}

#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "item_type is the attribute’s name")]
pub(crate) struct Item {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) item_type: &'static str,
    pub(crate) title: Text,
    /// Seconds.
    pub(crate) length: i64,
    pub(crate) service_position: &'static str,
    pub(crate) description: Option<Text>,
    pub(crate) html_details: Option<Text>,
    pub(crate) song: Option<Id>,
    pub(crate) arrangement: Option<Id>,
    pub(crate) key: Option<Id>,
    /// What is shown or played.
    pub(crate) media: Option<Id>,
    /// Labels of sections, where this plan sings them in another order than the arrangement.
    pub(crate) custom_arrangement_sequence: Option<Vec<Text>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) struct ItemNote {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) category: Id,
    pub(crate) content: Text,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Text for a screen.
pub(crate) struct CustomSlide {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) label: Option<Text>,
    pub(crate) body: Text,
    /// Its place among the slides of its item, counted from 1.
    pub(crate) order: i64,
    pub(crate) enabled: bool,
}

/// Who sees to an item.
#[derive(Clone, Copy)]
pub(crate) struct ItemAssignment {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) assignable: Assignable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignable {
    Person(Id),
    /// Whoever serves in it.
    TeamPosition(Id),
}

/// An item at one of the plan's services.
pub(crate) struct ItemTime {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) plan_time: Id,
    pub(crate) exclude: bool,
    /// Seconds longer or shorter than the item.
    pub(crate) length_offset: i64,
    pub(crate) live_start_at: Option<Timestamp>,
    pub(crate) live_end_at: Option<Timestamp>,
}

pub(crate) struct PlanNote {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) category: Id,
    pub(crate) content: Text,
    pub(crate) created_by: Id,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Confirmed,
    Unconfirmed,
    Declined,
}

impl Answer {
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::Confirmed => "C",
            Self::Unconfirmed => "U",
            Self::Declined => "D",
        }
    }

    /// Letter or word, as writes accept it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "c" | "confirmed" => Some(Self::Confirmed),
            "u" | "unconfirmed" => Some(Self::Unconfirmed),
            "d" | "declined" => Some(Self::Declined),
            _ => None,
        }
    }
}

/// One person in one position of one plan.
#[derive(Clone)]
pub(crate) struct PlanPerson {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) person: Id,
    pub(crate) team: Id,
    pub(crate) position: Text,
    pub(crate) answer: Answer,
    pub(crate) decline_reason: Option<Text>,
    pub(crate) notes: Option<Text>,
    /// The request is written but not sent: the person does not see it yet.
    pub(crate) prepared_only: bool,
    /// What the person is asked for.
    pub(crate) times: Vec<Id>,
    /// Those of `times` that the person declined while accepting others.
    pub(crate) declined_times: Vec<Id>,
    /// Who hears of the answer; None for all leaders of the team.
    pub(crate) responds_to: Option<Id>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl PlanPerson {
    /// A request that is drafted and not yet sent.
    pub(crate) fn asked(plan: Id, person: Id, team: Id, position: Text, now: Timestamp) -> Self {
        Self {
            id: 0,
            plan,
            person,
            team,
            position,
            answer: Answer::Unconfirmed,
            decline_reason: None,
            notes: None,
            prepared_only: true,
            times: Vec::new(),
            declined_times: Vec::new(),
            responds_to: None,
            sent_at: None,
            read_at: None,
            answered_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether the person asked sees it: confirmed, or at least no draft.
    pub(crate) fn is_shown(&self) -> bool {
        self.answer == Answer::Confirmed || !self.prepared_only
    }

    /// The answer for one of its times.
    pub(crate) fn answer_for(&self, time: Id) -> Answer {
        if self.declined_times.contains(&time) { Answer::Declined } else { self.answer }
    }
}

pub(crate) struct NeededPosition {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) team: Id,
    pub(crate) position: Text,
    pub(crate) quantity: usize,
    /// None when wanted for the whole plan.
    pub(crate) time: Option<Id>,
    /// The usual time for which it is wanted.
    pub(crate) time_preference_option: Option<Id>,
}
