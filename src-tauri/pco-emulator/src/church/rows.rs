//! What the church's rows hold. Descriptions in `products` say how they look on the wire.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::contents::Contents;
use super::table::Id;

pub(crate) type Text = Cow<'static, str>;

pub(crate) struct Campus {
    pub(crate) name: Text,
    pub(crate) street: Text,
    pub(crate) created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gender {
    Female,
    Male,
}

#[derive(Clone)]
pub(crate) struct Person {
    /// The name in use.
    pub(crate) first_name: Text,
    /// The name in documents, where it differs.
    pub(crate) given_name: Option<Text>,
    pub(crate) middle_name: Option<Text>,
    pub(crate) nickname: Option<Text>,
    pub(crate) last_name: Text,
    pub(crate) gender: Option<Gender>,
    /// A year of 1885 means that only the day is known.
    pub(crate) birthdate: Option<Date>,
    pub(crate) anniversary: Option<Date>,
    pub(crate) child: bool,
    pub(crate) grade: Option<i64>,
    pub(crate) membership: Option<&'static str>,
    pub(crate) inactivated_at: Option<Timestamp>,
    pub(crate) household: Option<Id>,
    pub(crate) campus: Option<Id>,
    pub(crate) has_avatar: bool,
    pub(crate) site_administrator: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Person {
    /// The name as shown: the nickname in place of the first name where there is one.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.nickname.as_ref().unwrap_or(&self.first_name), self.last_name).trim().to_owned()
    }

    pub(crate) fn active(&self) -> bool {
        self.inactivated_at.is_none()
    }
}

pub(crate) struct Email {
    pub(crate) person: Id,
    pub(crate) address: Box<str>,
    pub(crate) location: &'static str,
    pub(crate) primary: bool,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct PhoneNumber {
    pub(crate) person: Id,
    /// The seven digits after the area code 555.
    pub(crate) subscriber: u32,
    pub(crate) location: &'static str,
    pub(crate) primary: bool,
    pub(crate) created_at: Timestamp,
}

impl PhoneNumber {
    /// All ten digits.
    pub(crate) fn digits(&self) -> String {
        format!("555{:07}", self.subscriber)
    }

    /// As typed by the church: `(555) 010-0199`.
    pub(crate) fn number(&self) -> String {
        format!("(555) {:03}-{:04}", self.subscriber / 10_000, self.subscriber % 10_000)
    }
}

pub(crate) struct Address {
    pub(crate) person: Id,
    pub(crate) house_number: u32,
    pub(crate) street: &'static str,
    pub(crate) street_line_2: Option<&'static str>,
    pub(crate) city: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct Household {
    pub(crate) name: Text,
    pub(crate) primary_contact: Id,
    pub(crate) people: Vec<Id>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) struct HouseholdMembership {
    pub(crate) household: Id,
    pub(crate) person: Id,
    pub(crate) pending: bool,
}

pub(crate) struct PersonMerger {
    pub(crate) person_to_keep: Id,
    pub(crate) person_to_remove: Id,
    pub(crate) created_at: Timestamp,
}

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

pub(crate) struct ServiceType {
    pub(crate) name: Text,
    pub(crate) kind: Kind,
    pub(crate) folder: Option<Id>,
    pub(crate) sequence: usize,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct Team {
    pub(crate) name: &'static str,
    pub(crate) service_type: Id,
    /// People are asked for single services rather than for the whole plan.
    pub(crate) split: bool,
    pub(crate) rehearses: bool,
    pub(crate) sequence: usize,
    /// Who serves on it, and in which position.
    pub(crate) members: Vec<(Id, Id)>,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct TeamPosition {
    pub(crate) name: &'static str,
    pub(crate) team: Id,
    pub(crate) sequence: usize,
    /// How many of it a plan wants.
    pub(crate) wanted: usize,
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
    pub(crate) times: Vec<PlanTime>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Made when first looked at.
    pub(crate) contents: OnceLock<Box<Contents>>,
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
    pub(crate) name: Option<&'static str>,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

pub(crate) struct Series {
    pub(crate) title: Text,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct Song {
    pub(crate) title: &'static str,
    pub(crate) themes: &'static str,
    pub(crate) hidden: bool,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct Arrangement {
    pub(crate) song: Id,
    pub(crate) name: &'static str,
    pub(crate) beats_per_minute: f64,
    pub(crate) meter: &'static str,
    /// Seconds.
    pub(crate) length: i64,
    pub(crate) created_at: Timestamp,
}

#[expect(clippy::struct_field_names, reason = "starting_key is the attribute’s name")]
pub(crate) struct Key {
    pub(crate) arrangement: Id,
    pub(crate) starting_key: &'static str,
    pub(crate) created_at: Timestamp,
}

/// A category of notes, of a plan or of an item.
pub(crate) struct NoteCategory {
    pub(crate) service_type: Id,
    pub(crate) name: &'static str,
    pub(crate) sequence: usize,
    pub(crate) created_at: Timestamp,
}

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
}

pub(crate) struct ItemNote {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) category: Id,
    pub(crate) content: Text,
}

/// How an item differs at one of the plan's services.
pub(crate) struct ItemTime {
    pub(crate) id: Id,
    pub(crate) item: Id,
    pub(crate) plan_time: Id,
    pub(crate) exclude: bool,
    /// Seconds longer or shorter than the item.
    pub(crate) length_offset: i64,
}

pub(crate) struct PlanNote {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) category: Id,
    pub(crate) content: Text,
    pub(crate) created_by: Id,
    pub(crate) created_at: Timestamp,
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
pub(crate) struct PlanPerson {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) person: Id,
    pub(crate) team: Id,
    pub(crate) position: &'static str,
    pub(crate) answer: Answer,
    pub(crate) decline_reason: Option<Text>,
    pub(crate) notes: Option<Text>,
    /// The request is written but not sent: the person does not see it yet.
    pub(crate) prepared_only: bool,
    pub(crate) times: Vec<Id>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) struct NeededPosition {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    pub(crate) team: Id,
    pub(crate) position: &'static str,
    pub(crate) quantity: usize,
    /// None when wanted for the whole plan.
    pub(crate) time: Option<Id>,
}
