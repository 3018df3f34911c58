//! Offers open positions to those who serve in them, to sign up by themselves.
//!
//! A sheet belongs to one person and one open position, and so does its id: the person's number before the position's.

use super::rows::NeededPosition;
use crate::church::Church;
use crate::church::table::Id;

/// Above every id of a needed position or a service type.
const BELOW_PERSON: Id = 1_000_000_000;
/// How far ahead people can sign up.
const DAYS_OPEN: i64 = 42;

/// The person for whom a sign-up or a sheet is there.
pub(crate) fn person_of(signup: Id) -> Id {
    signup / BELOW_PERSON
}

/// The service type of an available sign-up, or the needed position of a sheet.
pub(crate) fn subject_of(signup: Id) -> Id {
    signup % BELOW_PERSON
}

impl Church {
    /// One for each service type in which a person serves.
    pub(crate) fn available_signups_of(&self, person: Id) -> Vec<Id> {
        let mut service_types: Vec<Id> = self
            .positions_held_by(person)
            .into_iter()
            .map(|(team, _)| self.teams[team].service_type)
            .collect();
        service_types.sort_unstable();
        service_types.dedup();
        service_types.into_iter().map(|service_type| person * BELOW_PERSON + service_type).collect()
    }

    /// The sheets of an available sign-up: open positions that the person holds, on plans that do not have them yet.
    pub(crate) fn signup_sheets_of(&self, signup: Id) -> Vec<Id> {
        let person = person_of(signup);
        let held = self.positions_held_by(person);
        let mut sheets = Vec::new();
        for plan in self.plans_of(subject_of(signup)) {
            let days_ahead = self.plans[plan].day.map(|day| i64::from((day - self.today).get_days()));
            if !days_ahead.is_some_and(|days| (0..=DAYS_OPEN).contains(&days)) {
                continue;
            }
            let contents = self.contents(plan);
            if contents.team_members.iter().any(|entry| entry.person == person) {
                continue;
            }
            let holds = |needed: &&NeededPosition| {
                held.iter().any(|(team, position)| {
                    *team == needed.team && self.team_positions[*position].name == needed.position
                })
            };
            let needed = contents.needed_positions.iter().filter(holds);
            sheets.extend(needed.map(|needed| person * BELOW_PERSON + needed.id));
        }
        sheets
    }

    /// Team and position of everything a person serves in, without teams that were given up.
    fn positions_held_by(&self, person: Id) -> Vec<(Id, Id)> {
        let positions = self.assignments_of(person).into_iter().map(|id| self.assignments[id].team_position);
        let held = positions.map(|position| (self.team_positions[position].team, position));
        let serves = |team: Id| {
            let team = &self.teams[team];
            team.archived_at.is_none() && team.deleted_at.is_none()
        };
        held.filter(|(team, _)| serves(*team)).collect()
    }
}
