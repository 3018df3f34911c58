//! The rows below a plan, made when the plan is first looked at. Their ids tell which plan they belong to.

use super::plans::{FIRST_PLAN, STEP};
use super::rows::{
    CustomSlide, Item, ItemAssignment, ItemNote, ItemTime, NeededPosition, PlanNote, PlanPerson,
};
use super::split_teams::SplitTeamRehearsalAssignment;
use crate::church::Church;
use crate::church::table::Id;

/// Room for the rows of one kind below one plan.
pub(super) const ROWS_PER_PLAN: Id = 1_000;
pub(super) const FIRST_ITEM: Id = 1_040_000_000;
pub(super) const FIRST_ITEM_NOTE: Id = 3_020_000_000;
pub(super) const FIRST_ITEM_TIME: Id = 4_030_000_000;
pub(super) const FIRST_PLAN_PERSON: Id = 2_310_000_000;
pub(super) const FIRST_NEEDED_POSITION: Id = 410_000_000;
pub(super) const FIRST_PLAN_NOTE: Id = 520_000_000;
pub(super) const FIRST_CUSTOM_SLIDE: Id = 5_110_000_000;
pub(super) const FIRST_ITEM_ASSIGNMENT: Id = 6_050_000_000;
pub(super) const FIRST_SPLIT_TEAM: Id = 7_070_000_000;

/// Room for the answers of one entry in a team, one for each of its times.
const TIMES_PER_PLAN_PERSON: Id = 10;

/// Everything below one plan.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) items: Vec<Item>,
    pub(crate) item_notes: Vec<ItemNote>,
    pub(crate) item_times: Vec<ItemTime>,
    pub(crate) custom_slides: Vec<CustomSlide>,
    pub(crate) item_assignments: Vec<ItemAssignment>,
    pub(crate) team_members: Vec<PlanPerson>,
    pub(crate) needed_positions: Vec<NeededPosition>,
    pub(crate) notes: Vec<PlanNote>,
    pub(crate) split_teams: Vec<SplitTeamRehearsalAssignment>,
    /// How many rows were added since the plan was made: their ids are never given out again.
    pub(super) added: usize,
}

/// The id of the `place`-th row of a kind below the plan with this ordinal.
pub(super) fn row_id(first: Id, ordinal: u64, place: usize) -> Id {
    first + ordinal * ROWS_PER_PLAN + place as u64
}

fn plan_of(first: Id, row: Id) -> Id {
    FIRST_PLAN + (row - first) / ROWS_PER_PLAN * STEP
}

fn found<T>(row: Option<&T>) -> &T {
    row.expect("an id found in the church has its row")
}

impl PlanPerson {
    /// The ids of the answers to its times, in their order.
    pub(crate) fn time_ids(&self) -> impl Iterator<Item = Id> + use<> {
        let first = self.id * TIMES_PER_PLAN_PERSON;
        (0..self.times.len() as u64).map(move |place| first + place)
    }
}

impl Church {
    /// The rows below a plan.
    pub(crate) fn contents(&self, plan: Id) -> &Contents {
        let row = &self.plans[plan];
        row.contents.get_or_init(|| {
            let mut contents = Box::new(Contents::default());
            self.write_order_of_service(plan, &mut contents);
            self.schedule_people(plan, &mut contents);
            self.call_split_teams(plan, &mut contents);
            contents
        })
    }

    /// The rows below a plan, to be changed. None when there is no such plan.
    pub(crate) fn contents_mut(&mut self, plan: Id) -> Option<&mut Contents> {
        self.plans.get(plan)?;
        self.contents(plan);
        self.plans.get_mut(plan)?.contents.get_mut().map(Box::as_mut)
    }

    pub(crate) fn item(&self, id: Id) -> &Item {
        found(self.contents(plan_of(FIRST_ITEM, id)).items.iter().find(|row| row.id == id))
    }

    pub(crate) fn item_note(&self, id: Id) -> &ItemNote {
        found(self.contents(plan_of(FIRST_ITEM_NOTE, id)).item_notes.iter().find(|row| row.id == id))
    }

    pub(crate) fn item_notes_of(&self, item: Id) -> Vec<Id> {
        let notes = &self.contents(plan_of(FIRST_ITEM, item)).item_notes;
        notes.iter().filter(|note| note.item == item).map(|note| note.id).collect()
    }

    pub(crate) fn item_time(&self, id: Id) -> &ItemTime {
        found(self.contents(plan_of(FIRST_ITEM_TIME, id)).item_times.iter().find(|row| row.id == id))
    }

    pub(crate) fn item_times_of(&self, item: Id) -> Vec<Id> {
        let times = &self.contents(plan_of(FIRST_ITEM, item)).item_times;
        times.iter().filter(|time| time.item == item).map(|time| time.id).collect()
    }

    pub(crate) fn custom_slide(&self, id: Id) -> &CustomSlide {
        let slides = &self.contents(plan_of(FIRST_CUSTOM_SLIDE, id)).custom_slides;
        found(slides.iter().find(|row| row.id == id))
    }

    pub(crate) fn custom_slide_mut(&mut self, id: Id) -> Option<&mut CustomSlide> {
        let contents = self.contents_mut(plan_of(FIRST_CUSTOM_SLIDE, id))?;
        contents.custom_slides.iter_mut().find(|row| row.id == id)
    }

    /// The slides of an item in their order.
    pub(crate) fn custom_slides_of(&self, item: Id) -> Vec<Id> {
        let slides = self.contents(Self::plan_of_item(item)).custom_slides.iter();
        let mut slides: Vec<_> =
            slides.filter(|row| row.item == item).map(|row| (row.order, row.id)).collect();
        slides.sort_unstable();
        slides.into_iter().map(|(_, id)| id).collect()
    }

    pub(crate) fn item_assignment(&self, id: Id) -> &ItemAssignment {
        let assignments = &self.contents(plan_of(FIRST_ITEM_ASSIGNMENT, id)).item_assignments;
        found(assignments.iter().find(|row| row.id == id))
    }

    pub(crate) fn item_assignments_of(&self, item: Id) -> Vec<Id> {
        let assignments = &self.contents(Self::plan_of_item(item)).item_assignments;
        assignments.iter().filter(|row| row.item == item).map(|row| row.id).collect()
    }

    pub(crate) fn split_team(&self, id: Id) -> &SplitTeamRehearsalAssignment {
        let rows = &self.contents(plan_of(FIRST_SPLIT_TEAM, id)).split_teams;
        found(rows.iter().find(|row| row.id == id))
    }

    pub(crate) fn split_team_mut(&mut self, id: Id) -> Option<&mut SplitTeamRehearsalAssignment> {
        let contents = self.contents_mut(plan_of(FIRST_SPLIT_TEAM, id))?;
        contents.split_teams.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn plan_person(&self, id: Id) -> &PlanPerson {
        found(self.contents(plan_of(FIRST_PLAN_PERSON, id)).team_members.iter().find(|row| row.id == id))
    }

    pub(crate) fn plan_person_mut(&mut self, id: Id) -> Option<&mut PlanPerson> {
        let contents = self.contents_mut(Self::plan_of_plan_person(id)?)?;
        contents.team_members.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn item_mut(&mut self, id: Id) -> Option<&mut Item> {
        let contents = self.contents_mut(plan_of(FIRST_ITEM, id))?;
        contents.items.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn item_note_mut(&mut self, id: Id) -> Option<&mut ItemNote> {
        let contents = self.contents_mut(plan_of(FIRST_ITEM_NOTE, id))?;
        contents.item_notes.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn item_time_mut(&mut self, id: Id) -> Option<&mut ItemTime> {
        let contents = self.contents_mut(plan_of(FIRST_ITEM_TIME, id))?;
        contents.item_times.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn plan_note_mut(&mut self, id: Id) -> Option<&mut PlanNote> {
        let contents = self.contents_mut(plan_of(FIRST_PLAN_NOTE, id))?;
        contents.notes.iter_mut().find(|row| row.id == id)
    }

    pub(crate) fn needed_position_mut(&mut self, id: Id) -> Option<&mut NeededPosition> {
        let contents = self.contents_mut(plan_of(FIRST_NEEDED_POSITION, id))?;
        contents.needed_positions.iter_mut().find(|row| row.id == id)
    }

    /// Puts a plan's items in another order. False, and nothing done, unless `order` names each of them once.
    pub(crate) fn reorder_items(&mut self, plan: Id, order: &[Id]) -> bool {
        let Some(contents) = self.contents_mut(plan) else { return false };
        let place = |item: &Item| order.iter().position(|id| *id == item.id);
        if order.len() != contents.items.len() || !contents.items.iter().all(|item| place(item).is_some()) {
            return false;
        }
        contents.items.sort_by_key(place);
        true
    }

    /// The entry in a team and the time that the answer for one time belongs to.
    pub(crate) fn plan_person_time(&self, id: Id) -> (&PlanPerson, Id) {
        let entry = self.plan_person(id / TIMES_PER_PLAN_PERSON);
        let place = usize::try_from(id % TIMES_PER_PLAN_PERSON).unwrap_or(0);
        (entry, *found(entry.times.get(place)))
    }

    pub(crate) fn needed_position(&self, id: Id) -> &NeededPosition {
        found(
            self.contents(plan_of(FIRST_NEEDED_POSITION, id))
                .needed_positions
                .iter()
                .find(|row| row.id == id),
        )
    }

    pub(crate) fn plan_note(&self, id: Id) -> &PlanNote {
        found(self.contents(plan_of(FIRST_PLAN_NOTE, id)).notes.iter().find(|row| row.id == id))
    }

    /// The plan below which an item stands, whether or not anybody has looked at it.
    pub(crate) fn plan_of_item(item: Id) -> Id {
        plan_of(FIRST_ITEM, item)
    }

    /// The plan below which an item would stand, if the id can belong to one.
    pub(in crate::church) fn plan_of_any_item(item: Id) -> Option<Id> {
        (FIRST_ITEM..FIRST_PLAN_PERSON).contains(&item).then(|| Self::plan_of_item(item))
    }

    pub(in crate::church) fn plan_of_plan_person(plan_person: Id) -> Option<Id> {
        (FIRST_PLAN_PERSON..FIRST_ITEM_NOTE)
            .contains(&plan_person)
            .then(|| plan_of(FIRST_PLAN_PERSON, plan_person))
    }

    /// Every entry of a person in a team of some plan, by plan.
    pub(crate) fn plan_people_of(&self, person: Id) -> Vec<Id> {
        let assignments = self.assignments_of(person).into_iter();
        let service_types: Vec<Id> = assignments
            .map(|id| self.team_positions[self.assignments[id].team_position].team)
            .map(|team| self.teams[team].service_type)
            .collect();
        // Somebody may stand in for a team they are not on: that is only where a plan was already looked at.
        let plans = self.plans.iter().filter(|(_, plan)| {
            plan.deleted_at.is_none()
                && (service_types.contains(&plan.service_type) || plan.contents.get().is_some())
        });
        let entries = plans.flat_map(|(plan, _)| &self.contents(plan).team_members);
        entries.filter(|entry| entry.person == person).map(|entry| entry.id).collect()
    }
}
