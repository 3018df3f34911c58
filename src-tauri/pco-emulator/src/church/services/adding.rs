//! Adds rows to a plan that is there already, and takes them away, so that what hangs together stays together.

use std::sync::OnceLock;

use super::contents::{
    Contents, FIRST_CUSTOM_SLIDE, FIRST_ITEM, FIRST_ITEM_ASSIGNMENT, FIRST_ITEM_NOTE, FIRST_ITEM_TIME,
    FIRST_NEEDED_POSITION, FIRST_PLAN_NOTE, FIRST_PLAN_PERSON, FIRST_SPLIT_TEAM, ROWS_PER_PLAN, row_id,
};
use super::plans::{FIRST_TIME, TIMES_PER_PLAN};
use super::rows::{
    CustomSlide, Item, ItemAssignment, ItemNote, ItemTime, NeededPosition, Plan, PlanNote, PlanPerson,
    PlanTime, TimeType,
};
use super::split_teams::SplitTeamRehearsalAssignment;
use crate::church::Church;
use crate::church::table::Id;

/// Rows added later get their ids from here on.
const FIRST_ADDED: usize = 500;

impl Church {
    /// An empty plan without times.
    pub(crate) fn add_empty_plan(&mut self, service_type: Id) -> Id {
        let now = self.now();
        let mut plan = Plan::new(service_type, self.plans.len() as u64, now);
        plan.contents = OnceLock::from(Box::<Contents>::default());
        self.push_plan(plan)
    }

    /// Adds a row to a plan under a new id. None when the plan is gone, or full.
    fn add_row<T>(
        &mut self,
        plan: Id,
        first: Id,
        make: impl FnOnce(Id) -> T,
        place: impl FnOnce(&mut Contents, T),
    ) -> Option<Id> {
        let ordinal = self.plans.get(plan)?.ordinal;
        let contents = self.contents_mut(plan)?;
        let number = FIRST_ADDED + contents.added;
        if number as u64 >= ROWS_PER_PLAN {
            return None;
        }
        contents.added += 1;
        let id = row_id(first, ordinal, number);
        place(contents, make(id));
        Some(id)
    }

    /// Puts an item into the order of service: before the one at `place`, counted from 0, or at the end.
    pub(crate) fn insert_item(&mut self, item: Item, place: Option<usize>) -> Option<Id> {
        let plan = item.plan;
        let services: Vec<Id> = self.plans.get(plan)?.services().map(|time| time.id).collect();
        let id = self.add_row(
            plan,
            FIRST_ITEM,
            |id| Item { id, ..item },
            |contents, item| {
                let place = place.unwrap_or(contents.items.len()).min(contents.items.len());
                contents.items.insert(place, item);
            },
        )?;
        for service in services {
            self.add_item_time(plan, id, service)?;
        }
        Some(id)
    }

    fn add_item_time(&mut self, plan: Id, item: Id, plan_time: Id) -> Option<Id> {
        let time = |id| ItemTime {
            id,
            item,
            plan_time,
            exclude: false,
            length_offset: 0,
            live_start_at: None,
            live_end_at: None,
        };
        self.add_row(plan, FIRST_ITEM_TIME, time, |contents, time| contents.item_times.push(time))
    }

    /// Takes an item out of its plan, with its notes and times.
    pub(crate) fn remove_item(&mut self, item: Id) {
        let plan = self.item(item).plan;
        let current = self.live(plan).current;
        if current.is_some_and(|time| self.item_time(time).item == item)
            && let Some(plan) = self.plans.get_mut(plan)
        {
            plan.live.get_or_insert_default().current = None;
        }
        if let Some(contents) = self.contents_mut(plan) {
            contents.items.retain(|row| row.id != item);
            contents.item_notes.retain(|row| row.item != item);
            contents.item_times.retain(|row| row.item != item);
            contents.custom_slides.retain(|row| row.item != item);
            contents.item_assignments.retain(|row| row.item != item);
        }
    }

    pub(crate) fn add_custom_slide(&mut self, slide: CustomSlide) -> Option<Id> {
        let plan = Self::plan_of_item(slide.item);
        let slide = |id| CustomSlide { id, ..slide };
        self.add_row(plan, FIRST_CUSTOM_SLIDE, slide, |contents, slide| contents.custom_slides.push(slide))
    }

    pub(crate) fn add_item_assignment(&mut self, assignment: ItemAssignment) -> Option<Id> {
        let plan = Self::plan_of_item(assignment.item);
        let assignment = |id| ItemAssignment { id, ..assignment };
        self.add_row(plan, FIRST_ITEM_ASSIGNMENT, assignment, |contents, row| {
            contents.item_assignments.push(row);
        })
    }

    pub(crate) fn add_split_team(&mut self, row: SplitTeamRehearsalAssignment) -> Option<Id> {
        let plan = Self::plan_of_time(row.plan_time);
        let row = |id| SplitTeamRehearsalAssignment { id, ..row };
        self.add_row(plan, FIRST_SPLIT_TEAM, row, |contents, row| contents.split_teams.push(row))
    }

    pub(crate) fn add_item_note(&mut self, plan: Id, note: ItemNote) -> Option<Id> {
        let note = |id| ItemNote { id, ..note };
        self.add_row(plan, FIRST_ITEM_NOTE, note, |contents, note| contents.item_notes.push(note))
    }

    pub(crate) fn add_plan_note(&mut self, note: PlanNote) -> Option<Id> {
        let plan = note.plan;
        let note = |id| PlanNote { id, ..note };
        self.add_row(plan, FIRST_PLAN_NOTE, note, |contents, note| contents.notes.push(note))
    }

    pub(crate) fn add_needed_position(&mut self, needed: NeededPosition) -> Option<Id> {
        let plan = needed.plan;
        let needed = |id| NeededPosition { id, ..needed };
        self.add_row(plan, FIRST_NEEDED_POSITION, needed, |contents, needed| {
            contents.needed_positions.push(needed);
        })
    }

    /// Asks somebody to serve. The plan itself stays as it was.
    pub(crate) fn add_plan_person(&mut self, entry: PlanPerson) -> Option<Id> {
        let plan = entry.plan;
        let entry = |id| PlanPerson { id, ..entry };
        self.add_row(plan, FIRST_PLAN_PERSON, entry, |contents, entry| contents.team_members.push(entry))
    }

    /// Something of a plan is new that Planning Center counts as a change of the plan.
    pub(crate) fn touch_plan(&mut self, plan: Id) {
        let now = self.now();
        if let Some(plan) = self.plans.get_mut(plan) {
            plan.updated_at = now;
        }
    }

    /// Gives a plan another time. Items and whole teams take part in a new service at once.
    pub(crate) fn add_plan_time(&mut self, plan: Id, time: PlanTime) -> Option<Id> {
        let items: Vec<Id> = self.contents_mut(plan)?.items.iter().map(|item| item.id).collect();
        let row = self.plans.get_mut(plan).filter(|row| row.times_made < TIMES_PER_PLAN)?;
        let id = FIRST_TIME + row.ordinal * TIMES_PER_PLAN + row.times_made;
        let service = time.time_type == TimeType::Service;
        row.times_made += 1;
        row.times.push(PlanTime { id, ..time });
        if service {
            for item in items {
                self.add_item_time(plan, item, id)?;
            }
            let whole: Vec<Id> =
                self.teams.iter().filter(|(_, team)| !team.split).map(|(team, _)| team).collect();
            for entry in self.contents_mut(plan).into_iter().flat_map(|contents| &mut contents.team_members) {
                if whole.contains(&entry.team) {
                    entry.times.push(id);
                }
            }
        }
        self.keep_times_in_order(plan);
        Some(id)
    }

    /// Takes a time from its plan, and from everything that refers to it.
    pub(crate) fn delete_plan_time(&mut self, time: Id) {
        let plan = Self::plan_of_time(time);
        if let Some(contents) = self.contents_mut(plan) {
            contents.item_times.retain(|row| row.plan_time != time);
            contents.needed_positions.retain(|row| row.time != Some(time));
            contents.split_teams.retain(|row| row.plan_time != time);
            for entry in &mut contents.team_members {
                entry.times.retain(|known| *known != time);
                entry.declined_times.retain(|known| *known != time);
            }
        }
        if let Some(row) = self.plans.get_mut(plan) {
            row.times.retain(|known| known.id != time);
            row.live = None;
        }
        self.keep_times_in_order(plan);
    }

    /// The first of a kind counts for a plan's date: so times stand in their order. A new date is a change of the plan.
    pub(crate) fn keep_times_in_order(&mut self, plan: Id) {
        let zone = self.zone.clone();
        let Some(row) = self.plans.get_mut(plan) else { return };
        row.times.sort_by_key(|time| time.starts_at);
        let day = row.first_time().map(|time| zone.to_datetime(time.starts_at).date());
        if day != row.day {
            row.day = day;
            self.touch_plan(plan);
        }
    }

    /// The time of a plan, to be changed.
    pub(crate) fn plan_time_mut(&mut self, time: Id) -> Option<&mut PlanTime> {
        let plan = Self::plan_of_time(time);
        // What was made from the old times stays as it is.
        self.contents_mut(plan)?;
        self.plans.get_mut(plan)?.times.iter_mut().find(|row| row.id == time)
    }
}
