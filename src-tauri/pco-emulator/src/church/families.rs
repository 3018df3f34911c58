//! How a family is written down in this crate, by hand or by the generator.

use super::people::rows::Gender::{self, Female, Male};
use super::rights::{PeopleRight, Rights, ServicesRight};

/// People who share a home.
pub(super) struct Family {
    pub(super) household: &'static str,
    pub(super) house_number: u32,
    pub(super) street: &'static str,
    pub(super) people: &'static [Individual],
}

/// One invented person as written by hand.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one plain fact about a person")]
pub(super) struct Individual {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) given_name: Option<&'static str>,
    pub(super) middle_name: Option<&'static str>,
    pub(super) nickname: Option<&'static str>,
    pub(super) gender: Option<Gender>,
    /// In whole years, today.
    pub(super) age: u8,
    pub(super) phones: Phones,
    /// The part of the e-mail address before the `@`, where it does not follow from the name.
    pub(super) mail: Option<&'static str>,
    /// Positions this person is known for.
    pub(super) serves: &'static [&'static str],
    /// Only the day of birth is known: the year is written as 1885.
    pub(super) year_unknown: bool,
    pub(super) inactive: bool,
    pub(super) inactive_reason: Option<&'static str>,
    pub(super) prefix: Option<&'static str>,
    pub(super) suffix: Option<&'static str>,
    /// Never missing where it is their turn, and never says no.
    pub(super) steady: bool,
    pub(super) site_administrator: bool,
    /// What the church has granted beyond what follows from serving.
    pub(super) rights: Option<Rights>,
}

/// The phone numbers of a person.
#[derive(Clone, Copy)]
pub(super) enum Phones {
    /// As usual: a mobile for most adults, none for children.
    Usual,
    None,
    /// These seven-digit numbers, with their locations.
    Given(&'static [(u32, &'static str)]),
    /// One number as somebody typed it, with its location.
    Typed(&'static str, &'static str),
}

pub(super) const fn family(
    household: &'static str,
    house_number: u32,
    street: &'static str,
    people: &'static [Individual],
) -> Family {
    Family { household, house_number, street, people }
}

pub(super) const fn woman(first_name: &'static str, last_name: &'static str, age: u8) -> Individual {
    Individual::new(first_name, last_name, Some(Female), age)
}

pub(super) const fn man(first_name: &'static str, last_name: &'static str, age: u8) -> Individual {
    Individual::new(first_name, last_name, Some(Male), age)
}

impl Individual {
    pub(super) const fn new(
        first_name: &'static str,
        last_name: &'static str,
        gender: Option<Gender>,
        age: u8,
    ) -> Self {
        Self {
            first_name,
            last_name,
            given_name: None,
            middle_name: None,
            nickname: None,
            gender,
            age,
            phones: Phones::Usual,
            mail: None,
            serves: &[],
            year_unknown: false,
            inactive: false,
            inactive_reason: None,
            prefix: None,
            suffix: None,
            steady: false,
            site_administrator: false,
            rights: None,
        }
    }

    pub(super) const fn called(mut self, nickname: &'static str) -> Self {
        self.nickname = Some(nickname);
        self
    }

    pub(super) const fn born(mut self, given_name: &'static str) -> Self {
        self.given_name = Some(given_name);
        self
    }

    pub(super) const fn middle(mut self, middle_name: &'static str) -> Self {
        self.middle_name = Some(middle_name);
        self
    }

    pub(super) const fn phones(mut self, phones: &'static [(u32, &'static str)]) -> Self {
        self.phones = Phones::Given(phones);
        self
    }

    pub(super) const fn typed_phone(mut self, number: &'static str, location: &'static str) -> Self {
        self.phones = Phones::Typed(number, location);
        self
    }

    pub(super) const fn without_phone(mut self) -> Self {
        self.phones = Phones::None;
        self
    }

    pub(super) const fn mail(mut self, local_part: &'static str) -> Self {
        self.mail = Some(local_part);
        self
    }

    pub(super) const fn serves(mut self, positions: &'static [&'static str]) -> Self {
        self.serves = positions;
        self
    }

    pub(super) const fn year_unknown(mut self) -> Self {
        self.year_unknown = true;
        self
    }

    pub(super) const fn inactive(mut self, reason: &'static str) -> Self {
        self.inactive = true;
        self.inactive_reason = Some(reason);
        self
    }

    pub(super) const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = Some(prefix);
        self
    }

    pub(super) const fn suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = Some(suffix);
        self
    }

    pub(super) const fn granted(mut self, people: PeopleRight, services: ServicesRight) -> Self {
        self.rights = Some(Rights { organization_administrator: false, people, services });
        self
    }

    pub(super) const fn steady(mut self) -> Self {
        self.steady = true;
        self
    }

    pub(super) const fn administrator(mut self) -> Self {
        self.site_administrator = true;
        self
    }
}
