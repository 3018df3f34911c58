//! The inside of plans: people, open places, order and notes. How it is read and kept.

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use pco_client::{ApiError, Page, Product, Query};

use super::dates::is_near;
use super::due::{Due, due_of, requests_for};
use super::records::{Item, NeededPosition, Plan, PlanDetails, PlanNote, TeamMember};
use super::sync::{PLANS, allowed, complete, doubt_undated, fetch_plans};
use super::{resources, team};
use crate::event::DataTag;
use crate::products::Job;
use crate::store::{Batch, PartState, Record, StoreError};
use crate::sync::{Before, New, Reading, Several, SyncContext, SyncError, Told};
use crate::views::StatusCounts;

/// Plans whose inside is read at the same time, up to four requests each.
const PLANS_AT_ONCE: usize = 4;

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

/// Reads the inside of the plans of one stretch of time, nearest first, as far as it is due; so work cut short goes on
/// where it was.
pub(super) async fn fetch_weeks(context: &SyncContext, job: &'static Job) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(PLANS))?.as_of.is_none() {
        fetch_plans(context).await?;
    }
    let now = context.clock.now();
    let (total, due) = context.store.read(|reader| due_of(job, reader, now, context))?;
    let (total, mut done) = (count(total), count(total - due.len()));
    let mut requests = requests_for(&due);
    let mut reads = stream::iter(
        due.into_iter()
            .map(|(plan_id, what, _)| async move { (fetch_due(context, &plan_id, what).await, what) }),
    )
    .buffer_unordered(PLANS_AT_ONCE);
    if done < total {
        context.tell_progress(job.label, done, Some(total), Some(requests))?;
    }
    let (mut is_list_old, mut plans) = (false, Several::default());
    while let Some((read, what)) = reads.next().await {
        match read {
            // Deleted since the list was read, or kept from this person: the list will tell.
            Err(error) if error.is_out_of_reach() => is_list_old = true,
            read => plans.note(read)?,
        }
        done += 1;
        requests = requests.saturating_sub(what.requests());
        context.tell_progress(job.label, done, Some(total), Some(requests))?;
    }
    if is_list_old {
        context.keep(|batch| Ok(doubt_undated(batch)?)).await?;
        plans.note(fetch_plans(context).await)?;
    }
    let end = plans.end();
    if matches!(end, Err(SyncError::Api(ApiError::ServiceDown { .. }))) {
        return end;
    }
    // What failed is due again, after a restart as well.
    let state = PartState { is_doubted: end.is_err(), ..complete(context.clock.now(), Some(total)) };
    context.keep(move |batch| Ok(batch.set_part(job.part, &state)?)).await?;
    end
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
    let inside = futures::try_join!(
        ask_team(context, plan),
        ask_inside(context, plan, needed_query(plan), |page| {
            page.document.data.iter().map(|row| resources::needed_position(row, &plan.id)).collect()
        }),
        ask_inside(context, plan, items_query(plan), |page| {
            let row = |row| resources::item(row, &page.document.included, &plan.id);
            page.document.data.iter().map(row).collect()
        }),
        ask_inside(context, plan, below(plan, "notes").fields("PlanNote", resources::NOTE), |page| {
            let notes = page.document.data.iter();
            notes.filter_map(|row| resources::plan_note(row, &plan.id).transpose()).collect()
        }),
    );
    if inside.as_ref().is_err_and(SyncError::is_out_of_reach) {
        // Of a plan without a date the list would not tell before long that it is gone.
        context.keep(|batch| Ok(doubt_undated(batch)?)).await?;
    }
    let (members, needed, items, notes) = inside?;
    let (plan, inside) = (plan.clone(), Inside { members, needed, items, notes });
    let at = inside.readings().map(|reading| reading.at).fold(asked_at, Timestamp::min);
    let asked = Asked { at, answered_at: context.clock.now() };
    context.keep(move |batch| keep_inside(batch, &plan, asked, &inside)).await?;
    context.state.changed(&[DataTag::Plans, DataTag::Plan]);
    Ok(())
}

/// What was told of a plan's inside; `None` for what this person may not see.
struct Inside {
    members: Option<Told<TeamMember>>,
    needed: Option<Told<NeededPosition>>,
    items: Option<Told<Item>>,
    notes: Option<Told<PlanNote>>,
}

impl Inside {
    fn readings(&self) -> impl Iterator<Item = &Reading> {
        let readings = [
            self.members.as_ref().and_then(Told::reading),
            self.needed.as_ref().and_then(Told::reading),
            self.items.as_ref().and_then(Told::reading),
            self.notes.as_ref().and_then(Told::reading),
        ];
        readings.into_iter().flatten()
    }
}

/// Reads who serves on one plan, and what they answered.
async fn fetch_team(context: &SyncContext, plan: &Plan) -> Result<(), SyncError> {
    let asked_at = context.clock.now();
    let Some(members) = ask_team(context, plan).await? else {
        return fetch_plan(context, plan).await;
    };
    let plan_id = plan.id.clone();
    let asked = Asked { at: asked_at, answered_at: context.clock.now() };
    context.keep(move |batch| keep_team(batch, &plan_id, asked, &members)).await?;
    context.state.changed(&[DataTag::Plans, DataTag::Plan]);
    Ok(())
}

async fn ask_team(context: &SyncContext, plan: &Plan) -> Result<Option<Told<TeamMember>>, SyncError> {
    let query = below(plan, "team_members").fields("PlanPerson", resources::PLAN_PERSON);
    ask_inside(context, plan, query, |page| {
        page.document.data.iter().map(|row| resources::team_member(row, &plan.id)).collect()
    })
    .await
}

/// Asks for one list inside of a plan. A plan of this week is asked for again and again, and mostly nothing in it has
/// changed; tags of all others would take more room than they save.
async fn ask_inside<R: Record>(
    context: &SyncContext,
    plan: &Plan,
    query: Query,
    parse: impl Fn(Page) -> Result<Vec<R>, SyncError>,
) -> Result<Option<Told<R>>, SyncError> {
    let is_asked_often = is_near(plan, context.clock.now());
    let before = context.store.read(|reader| {
        Ok(match reader.get::<PlanDetails>(&plan.id)? {
            None => Before::Nothing,
            Some(_) if !is_asked_often => Before::Rows(None),
            Some(_) => Before::Rows(reader.answer_tags(R::KIND, &plan.id)?),
        })
    })?;
    let told = allowed(context.ask(&[query], before, parse).await)?;
    Ok(told.map(|told| match told {
        Told::New(new) if !is_asked_often => Told::New(New { tags: None, ..new }),
        told => told,
    }))
}

fn below(plan: &Plan, edge: &str) -> Query {
    let path = format!("service_types/{}/plans/{}/{edge}", plan.service_type_id, plan.id);
    Query::new(Product::Services, path).per_page(100)
}

fn needed_query(plan: &Plan) -> Query {
    below(plan, "needed_positions")
        .include(&["time", "team"])
        .fields("NeededPosition", resources::NEEDED_POSITION)
        .fields("PlanTime", resources::PLAN_TIME)
        .fields("Team", &["name"])
}

fn items_query(plan: &Plan) -> Query {
    below(plan, "items")
        .include(&["arrangement", "item_notes", "item_times"])
        .fields("Item", resources::ITEM)
        .fields("ItemNote", resources::NOTE)
        .fields("ItemTime", resources::ITEM_TIME)
        .fields("Arrangement", resources::ARRANGEMENT)
}

fn keep_team(
    batch: &Batch<'_>,
    plan_id: &str,
    asked: Asked,
    members: &Told<TeamMember>,
) -> Result<(), SyncError> {
    let stored = batch.reader().get::<PlanDetails>(plan_id)?;
    let Some(mut details) = stored.filter(|stored| !asked.is_older_than(stored.newest())) else {
        // The plan was forgotten, or read again, while this answer was on its way.
        return Ok(());
    };
    members.keep_owned(plan_id, batch)?;
    details.counts = match details.counts {
        Some(_) => Some(counts(batch, plan_id)?),
        None => None,
    };
    details.team_as_of = Some(asked.at);
    Ok(batch.put(&details, 0)?)
}

fn counts(batch: &Batch<'_>, plan_id: &str) -> Result<StatusCounts, StoreError> {
    Ok(team::counts(&batch.reader().owned(plan_id)?, &batch.reader().owned(plan_id)?))
}

fn keep_inside(batch: &Batch<'_>, plan: &Plan, asked: Asked, inside: &Inside) -> Result<(), SyncError> {
    let plan_id = plan.id.as_str();
    let is_gone = batch.reader().get::<Plan>(plan_id)?.is_none();
    let stored = batch.reader().get::<PlanDetails>(plan_id)?;
    if is_gone || stored.is_some_and(|stored| asked.is_older_than(stored.newest())) {
        // The plan was forgotten, or read again, while this answer was on its way.
        return Ok(inside.readings().try_for_each(|reading| reading.end(batch))?);
    }
    let Inside { members, needed, items, notes } = inside;
    let refused: Vec<String> = [
        keep_or_remove(batch, plan_id, members.as_ref(), "the team")?,
        keep_or_remove(batch, plan_id, needed.as_ref(), "open places")?,
        keep_or_remove(batch, plan_id, items.as_ref(), "the order of service")?,
        keep_or_remove(batch, plan_id, notes.as_ref(), "notes")?,
    ]
    .into_iter()
    .flatten()
    .collect();
    // What was not read is not counted: nobody knows of it.
    let is_counted = members.is_some() && needed.is_some();
    let details = PlanDetails {
        plan_id: plan_id.to_owned(),
        as_of: asked.at,
        team_as_of: None,
        marks: Some(plan.marks.clone()),
        counts: if is_counted { Some(counts(batch, plan_id)?) } else { None },
        refused,
    };
    Ok(batch.put(&details, 0)?)
}

/// Keeps what was told of a part of a plan's inside. What this person may not see goes, and its name is the answer.
fn keep_or_remove<R: Record>(
    batch: &Batch<'_>,
    plan_id: &str,
    told: Option<&Told<R>>,
    name: &str,
) -> Result<Option<String>, SyncError> {
    if let Some(told) = told {
        told.keep_owned(plan_id, batch)?;
        return Ok(None);
    }
    batch.remove_owned::<R>(plan_id)?;
    Ok(Some(name.to_owned()))
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
