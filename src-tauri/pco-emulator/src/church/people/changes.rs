//! What changes in the lives of people once the church stands, and the traces it leaves.

use jiff::Timestamp;

use super::rows::{Address, Email, PhoneNumber};
use crate::church::Church;
use crate::church::table::{Id, Table, Text};

/// A way to reach a person, one of which is the primary one.
pub(crate) trait Contact {
    fn person(&self) -> Id;
    fn primary(&self) -> bool;
    fn set_primary(&mut self, primary: bool, now: Timestamp);
}

macro_rules! contact {
    ($row:ty) => {
        impl Contact for $row {
            fn person(&self) -> Id {
                self.person
            }

            fn primary(&self) -> bool {
                self.primary
            }

            fn set_primary(&mut self, primary: bool, now: Timestamp) {
                self.primary = primary;
                self.updated_at = now;
            }
        }
    };
}

contact!(Email);
contact!(PhoneNumber);
contact!(Address);

/// Among several, exactly one is primary: the chosen one, or the one that was, or else the first.
pub(crate) fn keep_one_primary<T: Contact>(
    table: &mut Table<T>,
    person: Id,
    chosen: Option<Id>,
    now: Timestamp,
) {
    let contacts = table.ids_owned_by(person, T::person);
    let former = contacts.iter().copied().find(|contact| table[*contact].primary());
    let primary = chosen.or(former).or(contacts.first().copied());
    for contact in contacts {
        if let Some(row) = table.get_mut(contact).filter(|row| row.primary() != (primary == Some(contact))) {
            row.set_primary(primary == Some(contact), now);
        }
    }
}

impl Church {
    /// A person's `updated_at` moves, as it does when one of their contacts changes.
    pub(crate) fn touch(&mut self, person: Id) {
        let now = self.now();
        if let Some(row) = self.people.get_mut(person) {
            row.updated_at = now;
        }
    }

    /// Takes a person out of a household: the next member becomes the contact; a household without members goes.
    pub(crate) fn leave_household(&mut self, household: Id, person: Id) {
        self.household_memberships.retain(|_, row| row.household != household || row.person != person);
        if let Some(row) = self.people.get_mut(person) {
            row.households.retain(|home| *home != household);
        }
        let Some(row) = self.households.get_mut(household) else { return };
        row.people.retain(|member| *member != person);
        match row.people.first() {
            Some(first) if row.primary_contact == person => row.primary_contact = *first,
            Some(_) => {}
            None => {
                self.households.remove(household);
            }
        }
    }

    /// Gives one person what is known about another who is about to be merged into them: contacts and fields that
    /// they have not, notes, places in workflows and households.
    pub(in crate::church) fn absorb(&mut self, keep: Id, remove: Id) {
        let now = self.now();
        for id in self.emails.ids_owned_by(remove, |row| row.person) {
            let known = self.emails.ids_owned_by(keep, |row| row.person);
            let row = Email { person: keep, primary: false, ..self.emails[id].clone() };
            if !known.iter().any(|known| self.emails[*known].address.eq_ignore_ascii_case(&row.address)) {
                self.emails.add(row);
            }
        }
        for id in self.phone_numbers.ids_owned_by(remove, |row| row.person) {
            let known = self.phone_numbers.ids_owned_by(keep, |row| row.person);
            let row = PhoneNumber { person: keep, primary: false, ..self.phone_numbers[id].clone() };
            if !known.iter().any(|known| self.phone_numbers[*known].digits() == row.digits()) {
                self.phone_numbers.add(row);
            }
        }
        for id in self.addresses.ids_owned_by(remove, |row| row.person) {
            let known = self.addresses.ids_owned_by(keep, |row| row.person);
            let row = Address { person: keep, primary: false, ..self.addresses[id].clone() };
            if !known.iter().any(|known| self.addresses[*known].street_line_1 == row.street_line_1) {
                self.addresses.add(row);
            }
        }
        keep_one_primary(&mut self.emails, keep, None, now);
        keep_one_primary(&mut self.phone_numbers, keep, None, now);
        keep_one_primary(&mut self.addresses, keep, None, now);
        for id in self.notes.ids_owned_by(remove, |row| row.person) {
            let row = super::rows::Note { person: keep, ..self.notes[id].clone() };
            self.notes.add(row);
        }
        for id in self.field_data.ids_owned_by(remove, |row| row.person) {
            let (definition, value) =
                (self.field_data[id].field_definition, self.field_data[id].value.clone());
            let known = self.field_data.ids_owned_by(keep, |row| row.person);
            if !known.iter().any(|known| self.field_data[*known].field_definition == definition) {
                self.field_data.add(super::rows::FieldDatum {
                    person: keep,
                    field_definition: definition,
                    value,
                });
            }
        }
        for (_, card) in self.workflow_cards.iter_mut().filter(|(_, card)| card.person == remove) {
            card.person = keep;
        }
        let homes = self.people.get(remove).map(|row| row.households.clone()).unwrap_or_default();
        for home in homes {
            if !self.people[keep].households.contains(&home) {
                self.join_household(home, keep);
            }
        }
        self.touch(keep);
    }

    /// Removes what is known about a person besides their name and contacts.
    pub(in crate::church) fn forget(&mut self, person: Id) {
        self.social_profiles.retain(|_, row| row.person != person);
        self.field_data.retain(|_, row| row.person != person);
        self.notes.retain(|_, row| row.person != person);
        self.list_results.retain(|_, row| row.person != person);
        self.note_category_subscriptions.retain(|_, row| row.person != person);
        self.workflow_shares.retain(|_, row| row.person != Some(person));
        self.forget_messages(person);
        let cards: Vec<Id> = self
            .workflow_cards
            .iter()
            .filter(|(_, card)| card.person == person)
            .map(|(card, _)| card)
            .collect();
        self.workflow_cards.retain(|_, row| row.person != person);
        self.workflow_activities.retain(|_, row| !cards.contains(&row.card));
        self.workflow_card_notes.retain(|_, row| !cards.contains(&row.card));
        self.unassign(person);
    }

    /// Nobody refers to a person who is gone.
    fn unassign(&mut self, person: Id) {
        for (_, card) in self.workflow_cards.iter_mut().filter(|(_, card)| card.assignee == Some(person)) {
            card.assignee = None;
        }
        for (_, step) in self.workflow_steps.iter_mut() {
            step.default_assignee = step.default_assignee.filter(|assignee| *assignee != person);
        }
        for (_, row) in self.people.iter_mut() {
            row.created_by = row.created_by.filter(|creator| *creator != person);
        }
        self.granted_rights.remove(&person);
    }

    /// Adds one more value to choose from.
    pub(crate) fn offer_field_option(&mut self, field_definition: Id, value: Text, sequence: i64) -> Id {
        self.field_options.add(super::rows::FieldOption { field_definition, value, sequence })
    }
}
