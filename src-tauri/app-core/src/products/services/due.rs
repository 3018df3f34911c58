//! What of the insides of plans is due.
//!
//! Planning Center has no request for what changed inside of plans, and a plan's `updated_at` need not move when somebody
//! answers. So the team is read by the clock, more often the nearer the plan is; all of it when the list of plans tells of
//! another one, when it is old, when its services are near, and when the plan is on the screen.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::dates::{SERVED_AGE, Stretch, distance, is_served, is_younger, stretch};
use super::records::{Plan, PlanDetails};
use super::sync::{NEXT_WEEKS, THIS_WEEK};
use crate::products::{Job, church};
use crate::store::{Reader, StoreError};
use crate::sync::SyncContext;

/// So many plans of a stretch are read again at once because of their age alone, the oldest first. Only where hundreds of
/// service types have one each week are there more: the rest of the limit is for whoever else uses it.
const AGED_EACH_TIME: usize = 50;

/// How old the parts of a plan's inside may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ages {
    team: Duration,
    all: Duration,
}

/// What of a plan's inside is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    All,
    Team,
}

impl Due {
    /// Requests that it takes, unless lists are long.
    pub(super) fn requests(self) -> u32 {
        match self {
            Self::All => 4,
            Self::Team => 1,
        }
    }
}

/// How old the inside of a plan may become. A person's wish for fresh data reaches this week's teams.
fn ages(plan: &Plan, stretch: Stretch, now: Timestamp, context: &SyncContext) -> Ages {
    const MINUTE: Duration = Duration::from_mins(1);
    const DAY: Duration = Duration::from_hours(24);
    match stretch {
        Stretch::ThisWeek if is_served(plan, now) => {
            let age = context.age_limit(SERVED_AGE);
            Ages { team: age, all: age }
        }
        Stretch::ThisWeek => Ages { team: context.age_limit(10 * MINUTE), all: 60 * MINUTE },
        Stretch::Ahead => Ages { team: 60 * MINUTE, all: DAY / 2 },
        Stretch::Past => Ages { team: 7 * DAY, all: 7 * DAY },
    }
}

fn due(plan: &Plan, details: Option<&PlanDetails>, ages: Ages, now: Timestamp) -> Option<Due> {
    let Some(details) = details else { return Some(Due::All) };
    if details.marks.as_ref() != Some(&plan.marks) || !is_younger(details.as_of, now, ages.all) {
        return Some(Due::All);
    }
    let team_as_of = details.team_as_of.unwrap_or(details.as_of);
    if is_younger(team_as_of, now, ages.team) {
        return None;
    }
    // Where the team was not for this person, only another look at everything tells whether it is now.
    Some(if details.counts.is_some() { Due::Team } else { Due::All })
}

/// The id of a plan that is due, what of it, and how old that is if nothing but its age makes it due.
pub(super) type DuePlan = (String, Due, Option<Timestamp>);

/// Leaves out plans that only their age makes due, but for as many of the oldest as are read at once.
fn without_most_aged(due: Vec<DuePlan>) -> Vec<DuePlan> {
    let (mut aged, mut due): (Vec<_>, Vec<_>) = due.into_iter().partition(|(.., as_of)| as_of.is_some());
    if aged.len() > AGED_EACH_TIME {
        aged.sort_by_key(|(.., as_of)| *as_of);
        aged.truncate(AGED_EACH_TIME);
    }
    due.append(&mut aged);
    due
}

/// How many plans there are in the job's stretch of time, and which of them are due, the nearest first.
pub(super) fn due_of(
    job: &Job,
    reader: &Reader<'_>,
    now: Timestamp,
    context: &SyncContext,
) -> Result<(usize, Vec<DuePlan>), StoreError> {
    let wanted = match job.part {
        THIS_WEEK => Stretch::ThisWeek,
        NEXT_WEEKS => Stretch::Ahead,
        _ => Stretch::Past,
    };
    let calendar = church::calendar(reader)?;
    let today = calendar.date(now);
    let mut nearest_first = BTreeSet::new();
    reader.each(|plan: Plan| {
        if stretch(&calendar, &plan, today) == wanted {
            nearest_first.insert((distance(&calendar, &plan, today), plan.id));
        }
    })?;
    let mut due = Vec::new();
    for (_, plan_id) in &nearest_first {
        let Some(plan) = reader.get::<Plan>(plan_id)? else { continue };
        let details = reader.get::<PlanDetails>(plan_id)?;
        let limits = ages(&plan, wanted, now, context);
        let Some(what) = self::due(&plan, details.as_ref(), limits, now) else { continue };
        let aged = details.filter(|details| details.marks.as_ref() == Some(&plan.marks));
        due.push((plan.id, what, aged.as_ref().map(PlanDetails::oldest)));
    }
    Ok((nearest_first.len(), without_most_aged(due)))
}

/// How many requests these plans take.
pub(super) fn requests_for(due: &[DuePlan]) -> u32 {
    due.iter().map(|(_, what, _)| what.requests()).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "due_tests.rs"]
pub(super) mod tests;
