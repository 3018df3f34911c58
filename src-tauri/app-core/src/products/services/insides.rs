//! The inside of plans: people, open places, order and notes. What is read again, and how much of it.
//!
//! Planning Center has no request for what changed inside of plans, and a plan's `updated_at` need not move when somebody
//! answers. So the team is read by the clock, more often the nearer the plan is; all of it when the list of plans tells of
//! another one, when it is old, when its services are near, and when the plan is on the screen.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use pco_client::{ApiError, Page, Product, Query};

use super::dates::{SERVED_AGE, Stretch, distance, is_near, is_served, is_younger, stretch};
use super::records::{Item, NeededPosition, Plan, PlanDetails, PlanNote, TeamMember};
use super::sync::{NEXT_WEEKS, PLANS, THIS_WEEK, allowed, complete, doubt_undated, fetch_plans, records};
use super::{resources, team};
use crate::event::DataTag;
use crate::products::{Job, church};
use crate::status::Progress;
use crate::store::{Batch, StoreError};
use crate::sync::{SyncContext, SyncError};

/// Plans whose inside is read at the same time, up to four requests each.
const PLANS_AT_ONCE: usize = 4;
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
enum Due {
    All,
    Team,
}

impl Due {
    /// Requests that it takes, unless lists are long.
    fn requests(self) -> u32 {
        match self {
            Self::All => 4,
            Self::Team => 1,
        }
    }
}

/// When something was asked for, and when the answer came.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Timestamp,
    answered_at: Timestamp,
}

impl Asked {
    /// Whether what was read at `as_of` was asked for later than this. What claims to be of a time that has not come was
    /// read by a clock that has been set right since.
    fn is_older_than(self, as_of: Timestamp) -> bool {
        self.at < as_of && as_of <= self.answered_at
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
type DuePlan = (String, Due, Option<Timestamp>);

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

/// Reads the inside of the plans of one stretch of time, nearest first, as far as it is due; so work cut short goes on
/// where it was.
pub(super) async fn fetch_weeks(context: &SyncContext, job: &'static Job) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(PLANS))?.as_of.is_none() {
        fetch_plans(context).await?;
    }
    let now = context.clock.now();
    let wanted = match job.part {
        THIS_WEEK => Stretch::ThisWeek,
        NEXT_WEEKS => Stretch::Ahead,
        _ => Stretch::Past,
    };
    let (total, due) = context.store.read(|reader| {
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
    })?;
    let (total, mut done) = (count(total), count(total - due.len()));
    let mut requests: u32 = due.iter().map(|(_, what, _)| what.requests()).sum();
    let mut reads = stream::iter(
        due.into_iter()
            .map(|(plan_id, what, _)| async move { (fetch_due(context, &plan_id, what).await, what) }),
    )
    .buffer_unordered(PLANS_AT_ONCE);
    let progress = |done, requests| {
        let seconds_left = Some(context.seconds_for(requests));
        Progress { label: job.label.to_owned(), done, total: Some(total), seconds_left }
    };
    if done < total {
        context.state.progress(progress(done, requests));
    }
    let (mut is_list_old, mut failure) = (false, None);
    while let Some((read, what)) = reads.next().await {
        match read {
            // Deleted since the list was read, or kept from this person: the list will tell.
            Err(error) if error.is_out_of_reach() => is_list_old = true,
            // One plan that cannot be read keeps nobody from seeing the others.
            Err(error) if error.may_be_alone() => failure = failure.or(Some(error)),
            read => read?,
        }
        done += 1;
        requests = requests.saturating_sub(what.requests());
        context.state.progress(progress(done, requests));
    }
    if is_list_old {
        context.keep(|batch| Ok(doubt_undated(batch)?)).await?;
        fetch_plans(context).await?;
    }
    if let Some(down @ SyncError::Api(ApiError::ServiceDown { .. })) = failure {
        return Err(down);
    }
    let (part, now) = (job.part, context.clock.now());
    context.keep(move |batch| Ok(batch.set_part(part, &complete(now, Some(total)))?)).await?;
    failure.map_or(Ok(()), Err)
}

/// Reads what is due of a plan, unless it was forgotten since.
async fn fetch_due(context: &SyncContext, plan_id: &str, what: Due) -> Result<(), SyncError> {
    let Some(plan) = context.store.read(|reader| reader.get::<Plan>(plan_id))? else { return Ok(()) };
    match what {
        Due::All => fetch_plan(context, &plan).await,
        Due::Team => fetch_team(context, &plan).await,
    }
}

/// Reads one plan's people, open places, order and notes, and keeps them together. What the person's rights do not
/// reach is noted; anything else that fails leaves the old rows as they are.
pub(crate) async fn fetch_plan(context: &SyncContext, plan: &Plan) -> Result<(), SyncError> {
    let asked_at = context.clock.now();
    let below = |edge| below(plan, edge, asked_at);
    let (members, needed, items, notes) = (
        team_query(plan, asked_at),
        below("needed_positions")
            .include(&["time", "team"])
            .fields("NeededPosition", resources::NEEDED_POSITION)
            .fields("PlanTime", resources::PLAN_TIME)
            .fields("Team", &["name"]),
        below("items")
            .include(&["arrangement", "item_notes", "item_times"])
            .fields("Item", resources::ITEM)
            .fields("ItemNote", resources::NOTE)
            .fields("ItemTime", resources::ITEM_TIME)
            .fields("Arrangement", resources::ARRANGEMENT),
        below("notes").fields("PlanNote", resources::NOTE),
    );
    let inside = futures::try_join!(
        allowed(context, &members),
        allowed(context, &needed),
        allowed(context, &items),
        allowed(context, &notes),
    );
    if inside.as_ref().is_err_and(SyncError::is_out_of_reach) {
        // Of a plan without a date the list would not tell before long that it is gone.
        context.keep(|batch| Ok(doubt_undated(batch)?)).await?;
    }
    let (members, needed, items, notes) = inside?;
    let (plan, inside) = (plan.clone(), [members, needed, items, notes]);
    let asked = Asked { at: asked_at, answered_at: context.clock.now() };
    context.keep(move |batch| keep_inside(batch, &plan, asked, &inside)).await?;
    context.state.changed(&[DataTag::Plans, DataTag::Plan]);
    Ok(())
}

/// Reads who serves on one plan, and what they answered.
async fn fetch_team(context: &SyncContext, plan: &Plan) -> Result<(), SyncError> {
    let asked_at = context.clock.now();
    let Some(members) = allowed(context, &team_query(plan, asked_at)).await? else {
        return fetch_plan(context, plan).await;
    };
    let plan_id = plan.id.clone();
    let asked = Asked { at: asked_at, answered_at: context.clock.now() };
    context.keep(move |batch| keep_team(batch, &plan_id, asked, &members)).await?;
    context.state.changed(&[DataTag::Plans, DataTag::Plan]);
    Ok(())
}

/// A plan of this week is asked for again and again, and mostly nothing in it has changed.
fn below(plan: &Plan, edge: &str, now: Timestamp) -> Query {
    let path = format!("service_types/{}/plans/{}/{edge}", plan.service_type_id, plan.id);
    let query = Query::new(Product::Services, path).per_page(100);
    if is_near(plan, now) { query.conditional() } else { query }
}

fn team_query(plan: &Plan, now: Timestamp) -> Query {
    below(plan, "team_members", now).fields("PlanPerson", resources::PLAN_PERSON)
}

fn keep_team(batch: &Batch<'_>, plan_id: &str, asked: Asked, members: &[Page]) -> Result<(), SyncError> {
    let stored = batch.reader().get::<PlanDetails>(plan_id)?;
    let Some(mut details) = stored.filter(|stored| !asked.is_older_than(stored.newest())) else {
        // The plan was forgotten, or read again, while this answer was on its way.
        return Ok(());
    };
    let members = team_members(members, plan_id)?;
    batch.replace_owned(plan_id, &members)?;
    let needed = batch.reader().owned::<NeededPosition>(plan_id)?;
    details.counts = details.counts.map(|_| team::counts(&members, &needed));
    details.team_as_of = Some(asked.at);
    Ok(batch.put(&details, 0)?)
}

fn team_members(pages: &[Page], plan_id: &str) -> Result<Vec<TeamMember>, SyncError> {
    records(pages).map(|resource| resources::team_member(resource, plan_id)).collect()
}

fn keep_inside(
    batch: &Batch<'_>,
    plan: &Plan,
    asked: Asked,
    [members, needed, items, notes]: &[Option<Vec<Page>>; 4],
) -> Result<(), SyncError> {
    let plan_id = plan.id.as_str();
    let is_gone = batch.reader().get::<Plan>(plan_id)?.is_none();
    let stored = batch.reader().get::<PlanDetails>(plan_id)?;
    if is_gone || stored.is_some_and(|stored| asked.is_older_than(stored.newest())) {
        // The plan was forgotten, or read again, while this answer was on its way.
        return Ok(());
    }
    // What was not read is not counted: nobody knows of it.
    let is_counted = members.is_some() && needed.is_some();
    let mut refused = Vec::new();
    for (pages, what) in
        [(members, "the team"), (needed, "open places"), (items, "the order of service"), (notes, "notes")]
    {
        if pages.is_none() {
            refused.push(what.to_owned());
        }
    }
    let members = team_members(members.as_deref().unwrap_or_default(), plan_id)?;
    let needed = records(needed.as_deref().unwrap_or_default())
        .map(|resource| resources::needed_position(resource, plan_id))
        .collect::<Result<Vec<NeededPosition>, _>>()?;
    let mut order = Vec::new();
    for page in items.iter().flatten() {
        for resource in &page.document.data {
            order.push(resources::item(resource, &page.document.included, plan_id)?);
        }
    }
    let notes = records(notes.as_deref().unwrap_or_default())
        .filter_map(|resource| resources::plan_note(resource, plan_id).transpose())
        .collect::<Result<Vec<PlanNote>, _>>()?;
    batch.replace_owned(plan_id, &members)?;
    batch.replace_owned(plan_id, &needed)?;
    batch.replace_owned::<Item>(plan_id, &order)?;
    batch.replace_owned(plan_id, &notes)?;
    let counts = is_counted.then(|| team::counts(&members, &needed));
    let details = PlanDetails {
        plan_id: plan_id.to_owned(),
        as_of: asked.at,
        team_as_of: None,
        marks: Some(plan.marks.clone()),
        counts,
        refused,
    };
    Ok(batch.put(&details, 0)?)
}

/// Removes what is kept of a plan's inside.
pub(super) fn forget_inside(batch: &Batch<'_>, plan_id: &str) -> Result<(), StoreError> {
    batch.remove_owned::<PlanDetails>(plan_id)?;
    batch.remove_owned::<TeamMember>(plan_id)?;
    batch.remove_owned::<NeededPosition>(plan_id)?;
    batch.remove_owned::<Item>(plan_id)?;
    batch.remove_owned::<PlanNote>(plan_id)
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "insides_tests.rs"]
mod tests;
