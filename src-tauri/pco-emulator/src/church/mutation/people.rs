//! Changes to people's contacts, households and standing.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{MutationError, found};
use crate::church::Church;
use crate::church::people::rows::{Email, PhoneNumber};
use crate::church::table::Id;

impl Church {
    pub(super) fn inactivate_person(&mut self, person: Id) -> Result<Id, MutationError> {
        let now = self.now();
        let row = found("person", self.people.get_mut(person))?;
        row.inactivated_at = Some(now);
        row.updated_at = now;
        Ok(person)
    }

    /// Leaves all households for one. The person's own record does not move.
    pub(super) fn move_person(&mut self, person: Id, household: Id) -> Result<Id, MutationError> {
        let left = found("person", self.people.get(person))?.households.clone();
        found("household", self.households.get(household))?;
        if left.as_slice() == [household] {
            return Ok(person);
        }
        self.household_memberships.retain(|_, row| row.person != person);
        if let Some(row) = self.people.get_mut(person) {
            row.households.clear();
        }
        for home in left {
            self.leave_household(home, person);
        }
        let now = self.now();
        self.join_household(household, person);
        if let Some(row) = self.households.get_mut(household) {
            row.updated_at = now;
        }
        Ok(person)
    }

    /// The first contact of a kind is the primary one.
    pub(super) fn give_email(&mut self, person: Id, address: String) -> Result<Id, MutationError> {
        let now = self.touch_person(person)?;
        let primary = self.emails.ids_owned_by(person, |row| row.person).is_empty();
        Ok(self.emails.add(Email {
            person,
            address: Cow::Owned(address),
            location: Cow::Borrowed("Home"),
            primary,
            blocked: false,
            created_at: now,
            updated_at: now,
        }))
    }

    pub(super) fn change_email(&mut self, email: Id, address: String) -> Result<Id, MutationError> {
        let person = found("e-mail", self.emails.get(email))?.person;
        let now = self.touch_person(person)?;
        let row = found("e-mail", self.emails.get_mut(email))?;
        row.address = Cow::Owned(address);
        row.updated_at = now;
        Ok(email)
    }

    pub(super) fn delete_email(&mut self, email: Id) -> Result<Id, MutationError> {
        let row = found("e-mail", self.emails.remove(email))?;
        self.touch_person(row.person)?;
        Ok(email)
    }

    /// The first contact of a kind is the primary one.
    pub(super) fn give_phone_number(&mut self, person: Id, number: String) -> Result<Id, MutationError> {
        let now = self.touch_person(person)?;
        let primary = self.phone_numbers.ids_owned_by(person, |row| row.person).is_empty();
        Ok(self.phone_numbers.add(PhoneNumber {
            person,
            number: Cow::Owned(number),
            carrier: None,
            location: Cow::Borrowed("Mobile"),
            primary,
            created_at: now,
            updated_at: now,
        }))
    }

    pub(super) fn change_phone_number(&mut self, id: Id, number: String) -> Result<Id, MutationError> {
        let person = found("phone number", self.phone_numbers.get(id))?.person;
        let now = self.touch_person(person)?;
        let row = found("phone number", self.phone_numbers.get_mut(id))?;
        row.number = Cow::Owned(number);
        row.updated_at = now;
        Ok(id)
    }

    pub(super) fn delete_phone_number(&mut self, id: Id) -> Result<Id, MutationError> {
        let row = found("phone number", self.phone_numbers.remove(id))?;
        self.touch_person(row.person)?;
        Ok(id)
    }

    /// A person's record moves with their contacts.
    fn touch_person(&mut self, person: Id) -> Result<Timestamp, MutationError> {
        let now = self.now();
        found("person", self.people.get_mut(person))?.updated_at = now;
        Ok(now)
    }
}
