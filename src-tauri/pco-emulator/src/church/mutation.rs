//! Changes that somebody else at the church makes while the program looks on.

mod people;
mod plans;
mod songs;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Church;
use super::people::rows::{Person, PersonMerger};
use super::table::Id;

/// One change to the church. In JSON: `{"change": "add_person", "first_name": …}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mutation {
    /// A new active person, without contact details.
    AddPerson {
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
    },
    /// Removes a person with their contact details, household place and requests to serve.
    DeletePerson {
        /// The person's id.
        person_id: String,
    },
    /// Marks a person as inactive.
    InactivatePerson {
        /// The person's id.
        person_id: String,
    },
    /// Puts a person into a household, out of any other.
    MovePerson {
        /// The person's id.
        person_id: String,
        /// The household's id.
        household_id: String,
    },
    /// Gives a person an e-mail address. The person's `updated_at` moves with every contact.
    AddEmail {
        /// The person's id.
        person_id: String,
        /// The address.
        address: String,
    },
    /// Changes an e-mail address.
    ChangeEmail {
        /// The id of the `Email`.
        email_id: String,
        /// The new address.
        address: String,
    },
    /// Removes an e-mail address.
    DeleteEmail {
        /// The id of the `Email`.
        email_id: String,
    },
    /// Gives a person a phone number.
    AddPhoneNumber {
        /// The person's id.
        person_id: String,
        /// The number, as typed by the church.
        number: String,
    },
    /// Changes a phone number.
    ChangePhoneNumber {
        /// The id of the `PhoneNumber`.
        phone_number_id: String,
        /// The new number.
        number: String,
    },
    /// Removes a phone number.
    DeletePhoneNumber {
        /// The id of the `PhoneNumber`.
        phone_number_id: String,
    },
    /// Merges one person's record into another: the removed id answers 404 and stands in `person_mergers`; contacts,
    /// households and places in teams go over to the one that is kept.
    MergePeople {
        /// The id that stays.
        keep_person_id: String,
        /// The id that goes.
        remove_person_id: String,
    },
    /// Changes a person's first and last name.
    RenamePerson {
        /// The person's id.
        person_id: String,
        /// The new first name.
        first_name: String,
        /// The new last name.
        last_name: String,
    },
    /// Answers a request to serve.
    SetStatus {
        /// The id of the `PlanPerson`.
        team_member_id: String,
        /// `C`, `U` or `D`.
        status: String,
        /// The reason for declining.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Moves an item within its order of service.
    MoveItem {
        /// The item's id.
        item_id: String,
        /// Its new place, counted from 1.
        sequence: usize,
    },
    /// Adds an item at the end of an order of service.
    AddItem {
        /// The plan's id.
        plan_id: String,
        /// What it is called.
        title: String,
        /// How long it is, in seconds.
        #[serde(default)]
        length: i64,
    },
    /// Calls an item something else.
    RenameItem {
        /// The item's id.
        item_id: String,
        /// Its new title.
        title: String,
    },
    /// Removes an item with its notes and times.
    DeleteItem {
        /// The item's id.
        item_id: String,
    },
    /// Asks somebody to serve in a whole plan. Whoever was not on the team joins it.
    AddTeamMember {
        /// The plan's id.
        plan_id: String,
        /// The person's id.
        person_id: String,
        /// The id of the `TeamPosition`.
        team_position_id: String,
    },
    /// Puts somebody into another position; their answer no longer holds.
    MoveTeamMember {
        /// The id of the `PlanPerson`.
        team_member_id: String,
        /// The id of the `TeamPosition`.
        team_position_id: String,
    },
    /// Takes somebody out of a plan.
    RemoveTeamMember {
        /// The id of the `PlanPerson`.
        team_member_id: String,
    },
    /// Makes a service type without teams or plans.
    AddServiceType {
        /// What it is called.
        name: String,
    },
    /// Makes an empty plan without a date, as a new one is before somebody gives it times.
    AddUndatedPlan {
        /// The id of the service type.
        service_type_id: String,
    },
    /// Makes an empty plan with the usual times.
    AddPlan {
        /// The id of the service type.
        service_type_id: String,
        /// The day of its services.
        date: Date,
        /// What it is called, if anything.
        #[serde(default)]
        title: Option<String>,
    },
    /// Calls a plan something else, or nothing.
    RenamePlan {
        /// The plan's id.
        plan_id: String,
        /// Its new title.
        title: Option<String>,
    },
    /// Moves a plan with all its times to another day.
    ReschedulePlan {
        /// The plan's id.
        plan_id: String,
        /// The new day of its services.
        date: Date,
    },
    /// Moves one time of a plan. The plan's own `updated_at` moves only when the plan's day does.
    RescheduleTime {
        /// The id of the `PlanTime`.
        plan_time_id: String,
        /// When it begins now.
        starts_at: Timestamp,
        /// When it ends now.
        ends_at: Timestamp,
    },
    /// Removes a plan with everything below it.
    DeletePlan {
        /// The plan's id.
        plan_id: String,
    },
    /// Puts a song without an arrangement into the book.
    AddSong {
        /// What it is called.
        title: String,
    },
    /// Removes a song.
    DeleteSong {
        /// The song's id.
        song_id: String,
    },
    /// Calls a song something else.
    RenameSong {
        /// The song's id.
        song_id: String,
        /// Its new title.
        title: String,
    },
}

/// Why a change could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MutationError {
    /// The named record does not exist.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// A status other than C, U or D.
    #[error("a status is C, U or D")]
    UnknownStatus,
    /// A time that would end before it starts.
    #[error("a time ends after its start")]
    EndsBeforeStart,
    /// The plan has as many rows of that kind as the emulator has numbers for.
    #[error("there is no room for another {0}")]
    Full(&'static str),
}

impl Church {
    /// Makes a change; the answer is the id of the record that was changed.
    pub(crate) fn mutate(&mut self, mutation: Mutation) -> Result<Id, MutationError> {
        match mutation {
            Mutation::AddPerson { first_name, last_name } => Ok(self.add_person(first_name, last_name)),
            Mutation::DeletePerson { person_id } => self.delete_person(parse(&person_id)?),
            Mutation::MergePeople { keep_person_id, remove_person_id } => {
                self.merge_people(parse(&keep_person_id)?, parse(&remove_person_id)?)
            }
            Mutation::RenamePerson { person_id, first_name, last_name } => {
                self.rename_person(parse(&person_id)?, first_name, last_name)
            }
            Mutation::InactivatePerson { person_id } => self.inactivate_person(parse(&person_id)?),
            Mutation::MovePerson { person_id, household_id } => {
                self.move_person(parse(&person_id)?, parse(&household_id)?)
            }
            Mutation::AddEmail { person_id, address } => self.give_email(parse(&person_id)?, address),
            Mutation::ChangeEmail { email_id, address } => self.change_email(parse(&email_id)?, address),
            Mutation::DeleteEmail { email_id } => self.delete_email(parse(&email_id)?),
            Mutation::AddPhoneNumber { person_id, number } => {
                self.give_phone_number(parse(&person_id)?, number)
            }
            Mutation::ChangePhoneNumber { phone_number_id, number } => {
                self.change_phone_number(parse(&phone_number_id)?, number)
            }
            Mutation::DeletePhoneNumber { phone_number_id } => {
                self.delete_phone_number(parse(&phone_number_id)?)
            }
            Mutation::SetStatus { team_member_id, status, reason } => {
                self.set_status(parse(&team_member_id)?, &status, reason)
            }
            Mutation::AddTeamMember { plan_id, person_id, team_position_id } => {
                self.add_team_member(parse(&plan_id)?, parse(&person_id)?, parse(&team_position_id)?)
            }
            Mutation::MoveTeamMember { team_member_id, team_position_id } => {
                self.move_team_member(parse(&team_member_id)?, parse(&team_position_id)?)
            }
            Mutation::RemoveTeamMember { team_member_id } => self.remove_team_member(parse(&team_member_id)?),
            Mutation::AddItem { plan_id, title, length } => self.add_item(parse(&plan_id)?, title, length),
            Mutation::RenameItem { item_id, title } => self.rename_item(parse(&item_id)?, title),
            Mutation::MoveItem { item_id, sequence } => self.move_item(parse(&item_id)?, sequence),
            Mutation::DeleteItem { item_id } => self.delete_item(parse(&item_id)?),
            Mutation::AddServiceType { name } => Ok(self.add_bare_service_type(name)),
            Mutation::AddUndatedPlan { service_type_id } => self.add_undated_plan(parse(&service_type_id)?),
            Mutation::AddPlan { service_type_id, date, title } => {
                self.add_plan(parse(&service_type_id)?, date, title)
            }
            Mutation::RenamePlan { plan_id, title } => self.rename_plan(parse(&plan_id)?, title),
            Mutation::ReschedulePlan { plan_id, date } => self.reschedule_plan(parse(&plan_id)?, date),
            Mutation::RescheduleTime { plan_time_id, starts_at, ends_at } => {
                self.reschedule_time(parse(&plan_time_id)?, starts_at, ends_at)
            }
            Mutation::DeletePlan { plan_id } => self.cancel_plan(parse(&plan_id)?),
            Mutation::AddSong { title } => Ok(self.add_song(title)),
            Mutation::DeleteSong { song_id } => self.remove_song(parse(&song_id)?),
            Mutation::RenameSong { song_id, title } => self.rename_song(parse(&song_id)?, title),
        }
    }

    pub(crate) fn add_person(&mut self, first_name: String, last_name: String) -> Id {
        let now = self.now();
        let campus = self.campuses.iter().next().map(|(id, _)| id);
        self.people.add(Person { campus, ..Person::new(Cow::Owned(first_name), Cow::Owned(last_name), now) })
    }

    pub(crate) fn delete_person(&mut self, person: Id) -> Result<Id, MutationError> {
        let row = self.people.get(person).ok_or(MutationError::NotFound("person"))?;
        let households = row.households.clone();
        let plans: Vec<Id> =
            self.plan_people_of(person).into_iter().filter_map(Self::plan_of_plan_person).collect();
        for plan in plans {
            if let Some(contents) = self.contents_mut(plan) {
                contents.team_members.retain(|entry| entry.person != person);
            }
        }
        self.leave_teams(person);
        self.emails.retain(|_, row| row.person != person);
        self.phone_numbers.retain(|_, row| row.person != person);
        self.addresses.retain(|_, row| row.person != person);
        for household in households {
            self.leave_household(household, person);
        }
        self.forget(person);
        self.people.remove(person);
        Ok(person)
    }

    fn merge_people(&mut self, keep: Id, remove: Id) -> Result<Id, MutationError> {
        if !self.people.contains(keep) || keep == remove {
            return Err(MutationError::NotFound("person to keep"));
        }
        if self.people.contains(remove) {
            self.absorb(keep, remove);
            self.hand_over_teams(keep, remove);
        }
        self.delete_person(remove)?;
        let created_at = self.now();
        let merger = PersonMerger { person_to_keep: keep, person_to_remove: remove, created_at };
        Ok(self.person_mergers.add(merger))
    }

    fn rename_person(
        &mut self,
        person: Id,
        first_name: String,
        last_name: String,
    ) -> Result<Id, MutationError> {
        let now = self.now();
        let row = self.people.get_mut(person).ok_or(MutationError::NotFound("person"))?;
        row.first_name = Cow::Owned(first_name);
        row.last_name = Cow::Owned(last_name);
        row.updated_at = now;
        Ok(person)
    }
}

fn found<T>(name: &'static str, row: Option<T>) -> Result<T, MutationError> {
    row.ok_or(MutationError::NotFound(name))
}

fn parse(id: &str) -> Result<Id, MutationError> {
    id.parse().map_err(|_| MutationError::NotFound("such id"))
}
