//! What the church's rows on people hold. Descriptions in `products` say how they look on the wire.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

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
