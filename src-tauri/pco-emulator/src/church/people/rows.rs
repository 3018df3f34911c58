//! What the rows of the People product hold. Descriptions in `products::people` say how they look on the wire.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::church::table::{Id, Text};

pub(crate) struct Campus {
    pub(crate) name: Text,
    pub(crate) street: Text,
    pub(crate) city: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) created_at: Timestamp,
}

/// When a campus meets.
pub(crate) struct ServiceTime {
    pub(crate) campus: Id,
    pub(crate) day: &'static str,
    /// Minutes since midnight.
    pub(crate) start_time: i64,
    pub(crate) description: &'static str,
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
    pub(crate) name_prefix: Option<Id>,
    pub(crate) name_suffix: Option<Id>,
    pub(crate) gender: Option<Gender>,
    /// A year of 1885 means that only the day is known.
    pub(crate) birthdate: Option<Date>,
    pub(crate) anniversary: Option<Date>,
    pub(crate) marital_status: Option<Id>,
    pub(crate) child: bool,
    /// −1 before kindergarten, 0 in kindergarten, then 1 to 12.
    pub(crate) grade: Option<i64>,
    pub(crate) graduation_year: Option<i64>,
    pub(crate) school: Option<Id>,
    pub(crate) membership: Option<Text>,
    pub(crate) inactivated_at: Option<Timestamp>,
    pub(crate) inactive_reason: Option<Id>,
    /// The number under which the church's old program knew the person.
    pub(crate) remote_id: Option<i64>,
    pub(crate) households: Vec<Id>,
    pub(crate) campus: Option<Id>,
    pub(crate) has_avatar: bool,
    pub(crate) site_administrator: bool,
    /// None for the church's import.
    pub(crate) created_by: Option<Id>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Person {
    /// An active adult of whom nothing but the name is known.
    pub(crate) fn new(first_name: Text, last_name: Text, created_at: Timestamp) -> Self {
        Self {
            first_name,
            given_name: None,
            middle_name: None,
            nickname: None,
            last_name,
            name_prefix: None,
            name_suffix: None,
            gender: None,
            birthdate: None,
            anniversary: None,
            marital_status: None,
            child: false,
            grade: None,
            graduation_year: None,
            school: None,
            membership: None,
            inactivated_at: None,
            inactive_reason: None,
            remote_id: None,
            households: Vec::new(),
            campus: None,
            has_avatar: false,
            site_administrator: false,
            created_by: None,
            created_at,
            updated_at: created_at,
        }
    }

    /// The name as shown, without prefix and suffix: the nickname in place of the first name where there is one.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.nickname.as_ref().unwrap_or(&self.first_name), self.last_name).trim().to_owned()
    }

    pub(crate) fn active(&self) -> bool {
        self.inactivated_at.is_none()
    }
}

#[derive(Clone)]
pub(crate) struct Email {
    pub(crate) person: Id,
    pub(crate) address: Text,
    pub(crate) location: Text,
    pub(crate) primary: bool,
    pub(crate) blocked: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone)]
pub(crate) struct PhoneNumber {
    pub(crate) person: Id,
    /// As typed by the church.
    pub(crate) number: Text,
    pub(crate) carrier: Option<Text>,
    pub(crate) location: Text,
    pub(crate) primary: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl PhoneNumber {
    /// The digits with their country code: `15550100199`. Numbers of ten digits are American.
    pub(crate) fn digits(&self) -> String {
        let mut digits: String = self.number.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 10 && !self.number.trim_start().starts_with('+') {
            digits.insert(0, '1');
        }
        digits
    }

    /// The ten digits after the country code 1; None for a number from elsewhere or an incomplete one.
    pub(crate) fn american(&self) -> Option<String> {
        self.digits().strip_prefix('1').filter(|national| national.len() == 10).map(str::to_owned)
    }

    /// `+15550100199`; None for a number that is neither American nor typed with its country code.
    pub(crate) fn e164(&self) -> Option<String> {
        let abroad = self.number.trim_start().starts_with('+');
        (abroad || self.american().is_some()).then(|| format!("+{}", self.digits()))
    }

    /// `(555) 010-0199`, or as typed.
    pub(crate) fn national(&self) -> String {
        self.american().map_or_else(
            || self.number.to_string(),
            |digits| format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..]),
        )
    }

    /// `+1 555-010-0199`, or as typed.
    pub(crate) fn international(&self) -> String {
        self.american().map_or_else(
            || self.number.to_string(),
            |digits| format!("+1 {}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]),
        )
    }
}

#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) person: Id,
    pub(crate) street_line_1: Text,
    pub(crate) street_line_2: Option<Text>,
    pub(crate) city: Text,
    pub(crate) state: Text,
    pub(crate) zip: Text,
    pub(crate) country_code: Text,
    pub(crate) location: Text,
    pub(crate) primary: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) struct SocialProfile {
    pub(crate) person: Id,
    pub(crate) site: Text,
    pub(crate) url: Text,
    pub(crate) verified: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
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

/// One of the values a church offers for marital status, prefix, suffix, inactive reason or membership.
pub(crate) struct Choice {
    pub(crate) value: Text,
}

pub(crate) struct SchoolOption {
    pub(crate) value: Text,
    pub(crate) beginning_grade: i64,
    pub(crate) ending_grade: i64,
    pub(crate) school_types: &'static [&'static str],
}

pub(crate) struct Tab {
    pub(crate) name: Text,
    pub(crate) slug: Text,
    pub(crate) sequence: i64,
}

#[derive(Clone)]
pub(crate) struct FieldDefinition {
    pub(crate) tab: Id,
    pub(crate) name: Text,
    pub(crate) slug: Text,
    pub(crate) data_type: Text,
    pub(crate) config: Option<Text>,
    pub(crate) sequence: i64,
    pub(crate) deleted_at: Option<Timestamp>,
}

#[derive(Clone)]
pub(crate) struct FieldOption {
    pub(crate) field_definition: Id,
    pub(crate) value: Text,
    pub(crate) sequence: i64,
}

pub(crate) struct FieldDatum {
    pub(crate) person: Id,
    pub(crate) field_definition: Id,
    /// The file's name where the field takes files.
    pub(crate) value: Text,
}

pub(crate) struct NoteCategory {
    pub(crate) name: Text,
    pub(crate) locked: bool,
    /// Who sees its notes.
    pub(crate) share: Share,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Somebody who is told of every new note in a category.
pub(crate) struct NoteCategorySubscription {
    pub(crate) category: Id,
    pub(crate) person: Id,
    pub(crate) created_at: Timestamp,
}

/// With whom a list, a workflow or a category of notes is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Viewers,
    Editors,
    Managers,
}

#[derive(Clone)]
pub(crate) struct Note {
    pub(crate) person: Id,
    pub(crate) category: Id,
    pub(crate) text: Text,
    pub(crate) display_date: Timestamp,
    pub(crate) created_by: Id,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
