//! Changes to plans: their days and names, their order of service, and who serves.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{MutationError, found};
use crate::church::Church;
use crate::church::services::rows::{Answer, Assignment, Item, Plan, PlanPerson, ServiceType};
use crate::church::table::Id;

impl Church {
    fn living_plan(&mut self, plan: Id) -> Result<&mut Plan, MutationError> {
        found("plan", self.plans.get_mut(plan).filter(|row| row.deleted_at.is_none()))
    }

    pub(super) fn rename_plan(&mut self, plan: Id, title: Option<String>) -> Result<Id, MutationError> {
        let now = self.now();
        let row = self.living_plan(plan)?;
        row.title = title.map(Cow::Owned);
        row.updated_at = now;
        Ok(plan)
    }

    /// Every time moves by the same number of days and keeps its hour.
    pub(super) fn reschedule_plan(&mut self, plan: Id, date: Date) -> Result<Id, MutationError> {
        let (now, zone) = (self.now(), self.zone.clone());
        self.contents_mut(plan);
        let row = self.living_plan(plan)?;
        let days = date - found("day of that plan", row.day)?;
        let moved = |moment: Timestamp| {
            let clock = zone.to_datetime(moment).saturating_add(days);
            zone.to_ambiguous_timestamp(clock).compatible().unwrap_or(moment)
        };
        for time in &mut row.times {
            time.starts_at = moved(time.starts_at);
            time.ends_at = moved(time.ends_at);
            time.updated_at = now;
        }
        row.day = Some(date);
        row.updated_at = now;
        Ok(plan)
    }

    /// The plan's own record moves only when its dates read otherwise.
    pub(super) fn reschedule_time(
        &mut self,
        time: Id,
        starts_at: Timestamp,
        ends_at: Timestamp,
    ) -> Result<Id, MutationError> {
        if ends_at < starts_at {
            return Err(MutationError::EndsBeforeStart);
        }
        let (now, zone) = (self.now(), self.zone.clone());
        let has_it = |plan: &Plan| plan.times.iter().any(|row| row.id == time);
        let plan = self.plans.iter().find(|(_, plan)| has_it(plan)).map(|(id, _)| id);
        let plan = found("plan time", plan)?;
        self.contents_mut(plan);
        let plan = self.living_plan(plan)?;
        for row in plan.times.iter_mut().filter(|row| row.id == time) {
            (row.starts_at, row.ends_at, row.updated_at) = (starts_at, ends_at, now);
        }
        let day = plan.first_time().map(|first| zone.to_datetime(first.starts_at).date());
        if day != plan.day {
            plan.day = day;
            plan.updated_at = now;
        }
        Ok(time)
    }

    pub(super) fn add_bare_service_type(&mut self, name: String) -> Id {
        let last = self.service_types.iter().map(|(_, row)| row.sequence).max().unwrap_or(0);
        let row = ServiceType::new(Cow::Owned(name), last + 1, self.now());
        self.service_types.add(row)
    }

    pub(super) fn add_undated_plan(&mut self, service_type: Id) -> Result<Id, MutationError> {
        found("service type", self.service_types.get(service_type))?;
        Ok(self.add_empty_plan(service_type))
    }

    pub(super) fn add_plan(
        &mut self,
        service_type: Id,
        date: Date,
        title: Option<String>,
    ) -> Result<Id, MutationError> {
        found("service type", self.plan_another(service_type, date, title))
    }

    pub(super) fn cancel_plan(&mut self, plan: Id) -> Result<Id, MutationError> {
        found("plan", self.delete_plan(plan))
    }

    pub(super) fn add_item(&mut self, plan: Id, title: String, length: i64) -> Result<Id, MutationError> {
        let now = self.now();
        self.living_plan(plan)?;
        let item = Item {
            id: 0,
            plan,
            item_type: "item",
            title: Cow::Owned(title),
            length,
            service_position: "during",
            description: None,
            html_details: None,
            song: None,
            arrangement: None,
            key: None,
            media: None,
            custom_arrangement_sequence: None,
            created_at: now,
            updated_at: now,
        };
        self.insert_item(item, None).ok_or(MutationError::Full("item"))
    }

    pub(super) fn rename_item(&mut self, item: Id, title: String) -> Result<Id, MutationError> {
        let now = self.now();
        let items = self.items_around(item)?;
        let row = found("item", items.iter_mut().find(|row| row.id == item))?;
        row.title = Cow::Owned(title);
        row.updated_at = now;
        Ok(item)
    }

    pub(super) fn move_item(&mut self, item: Id, sequence: usize) -> Result<Id, MutationError> {
        let now = self.now();
        let items = self.items_around(item)?;
        let place = found("item", items.iter().position(|row| row.id == item))?;
        let mut row = items.remove(place);
        row.updated_at = now;
        let place = sequence.saturating_sub(1).min(items.len());
        items.insert(place, row);
        Ok(item)
    }

    pub(super) fn delete_item(&mut self, item: Id) -> Result<Id, MutationError> {
        let plan = found("item", Self::plan_of_any_item(item))?;
        let contents = found("item", self.contents_mut(plan))?;
        found("item", contents.items.iter().find(|row| row.id == item))?;
        self.remove_item(item);
        Ok(item)
    }

    fn items_around(&mut self, item: Id) -> Result<&mut Vec<Item>, MutationError> {
        let plan = found("item", Self::plan_of_any_item(item))?;
        Ok(&mut found("item", self.contents_mut(plan))?.items)
    }

    /// Asks somebody to serve in a position, in the whole plan. Whoever was not on the team joins it.
    pub(super) fn add_team_member(
        &mut self,
        plan: Id,
        person: Id,
        position: Id,
    ) -> Result<Id, MutationError> {
        let now = self.now();
        let times = self.living_plan(plan)?.services().map(|time| time.id).collect();
        found("person", self.people.get(person))?;
        let row = found("team position", self.team_positions.get(position))?;
        let (team, name) = (row.team, row.name.clone());
        self.assign_to(person, position);
        let entry = PlanPerson {
            times,
            prepared_only: false,
            sent_at: Some(now),
            ..PlanPerson::asked(plan, person, team, name, now)
        };
        self.add_plan_person(entry).ok_or(MutationError::Full("team member"))
    }

    /// Puts somebody into another position. What they answered no longer holds.
    pub(super) fn move_team_member(&mut self, id: Id, position: Id) -> Result<Id, MutationError> {
        let now = self.now();
        let row = found("team position", self.team_positions.get(position))?;
        let (team, name) = (row.team, row.name.clone());
        let entry = found("team member", self.plan_person_mut(id))?;
        (entry.team, entry.position, entry.updated_at) = (team, name, now);
        (entry.answer, entry.answered_at, entry.decline_reason) = (Answer::Unconfirmed, None, None);
        entry.declined_times.clear();
        let person = entry.person;
        self.assign_to(person, position);
        Ok(id)
    }

    pub(super) fn remove_team_member(&mut self, id: Id) -> Result<Id, MutationError> {
        let plan = found("team member", Self::plan_of_plan_person(id))?;
        let members = &mut found("team member", self.contents_mut(plan))?.team_members;
        let place = found("team member", members.iter().position(|entry| entry.id == id))?;
        members.remove(place);
        Ok(id)
    }

    fn assign_to(&mut self, person: Id, team_position: Id) {
        let assigned = self.assignments_to(team_position);
        if assigned.iter().any(|id| self.assignments[*id].person == person) {
            return;
        }
        let now = self.now();
        self.assignments.add(Assignment {
            person,
            team_position,
            schedule_preference: Cow::Borrowed("Every week"),
            preferred_weeks: Vec::new(),
            time_preference_options: Vec::new(),
            created_at: now,
            updated_at: now,
        });
    }

    pub(super) fn set_status(
        &mut self,
        id: Id,
        status: &str,
        reason: Option<String>,
    ) -> Result<Id, MutationError> {
        let answer = Answer::parse(status).ok_or(MutationError::UnknownStatus)?;
        found("team member", Self::plan_of_plan_person(id))?;
        let entered = self.enter_answer(id, answer, reason.map(Cow::Owned), Vec::new());
        found("team member", entered.then_some(id))
    }

    /// Entries and assignments go over to the record that is kept, unless it has the same.
    pub(super) fn hand_over_teams(&mut self, keep: Id, remove: Id) {
        for id in self.plan_people_of(remove) {
            let Some(plan) = Self::plan_of_plan_person(id) else { continue };
            let Some(contents) = self.contents_mut(plan) else { continue };
            let same = |one: &PlanPerson, other: &PlanPerson| {
                one.team == other.team && one.position == other.position
            };
            let kept: Vec<_> =
                contents.team_members.iter().filter(|entry| entry.person == keep).cloned().collect();
            for entry in contents.team_members.iter_mut().filter(|entry| entry.id == id) {
                if !kept.iter().any(|other| same(other, entry)) {
                    entry.person = keep;
                }
            }
        }
        for id in self.assignments_of(remove) {
            let position = self.assignments[id].team_position;
            self.assign_to(keep, position);
        }
    }
}
