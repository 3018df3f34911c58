//! What is fetched of Services: the frame, the plans of the near weeks, and each plan's inside.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use pco_client::{ApiError, Page, Product, Query};

use super::dates::{SERVED_AGE, distance, is_served, is_this_week, is_younger};
use super::records::{
    Item, Membership, NeededPosition, Plan, PlanDetails, PlanNote, ServiceType, Team, TeamMember,
};
use super::{resources, team};
use crate::event::DataTag;
use crate::products::{Job, church};
use crate::status::Progress;
use crate::store::{Batch, PartCoverage, PartState, Reader, StoreError};
use crate::sync::{SyncContext, SyncError};

/// Service types and teams.
pub(super) const FRAME: &str = "services.frame";
/// The list of plans.
pub(crate) const PLANS: &str = "services.plans";
/// The inside of the plans of the next days.
pub(super) const THIS_WEEK: &str = "services.this_week";
/// The inside of all other plans.
pub(super) const OTHER_WEEKS: &str = "services.other_weeks";

/// Plans are kept from this many days back …
const DAYS_BACK: i32 = 30;
/// … to this many ahead.
const DAYS_AHEAD: i32 = 60;
/// Plans whose inside is read at the same time, four requests each.
const PLANS_AT_ONCE: usize = 4;
/// Service types whose plans are listed at the same time, two requests each.
const LISTS_AT_ONCE: usize = 8;

/// Reads the church, the service types and the teams. Teams may be kept from a person who may see plans.
pub(super) async fn fetch_frame(context: &SyncContext) -> Result<(), SyncError> {
    let service_types = Query::new(Product::Services, "service_types")
        .fields("ServiceType", resources::SERVICE_TYPE)
        .per_page(100);
    let teams = Query::new(Product::Services, "teams")
        .include(&["people", "team_positions"])
        .fields("Team", resources::TEAM)
        .fields("TeamPosition", resources::TEAM_POSITION)
        // Only the linkage is wanted; a sparse fieldset cannot be empty.
        .fields("Person", &["first_name"])
        .per_page(100);
    let ((), service_types, teams) = futures::try_join!(
        church::fetch(context, Product::Services),
        context.all(&service_types),
        allowed(context, &teams),
    )?;
    let now = context.clock.now();
    context
        .keep(move |batch| {
            keep_service_types(batch, &service_types)?;
            keep_teams(batch, teams.as_deref().unwrap_or_default())?;
            Ok(batch.set_part(FRAME, &complete(now, None))?)
        })
        .await
}

fn keep_service_types(batch: &Batch<'_>, pages: &[Page]) -> Result<(), SyncError> {
    batch.clear::<ServiceType>()?;
    for resource in records(pages) {
        if let Some(service_type) = resources::service_type(resource)? {
            batch.put(&service_type, 0)?;
        }
    }
    Ok(())
}

fn keep_teams(batch: &Batch<'_>, pages: &[Page]) -> Result<(), SyncError> {
    batch.clear::<Team>()?;
    batch.clear::<Membership>()?;
    for page in pages {
        for resource in &page.document.data {
            let Some((team, people)) = resources::team(resource, &page.document.included)? else { continue };
            for person_id in people {
                let id = format!("{}/{person_id}", team.id);
                batch.put(&Membership { id, team_id: team.id.clone(), person_id }, 0)?;
            }
            batch.put(&team, 0)?;
        }
    }
    Ok(())
}

/// Reads the list of plans of every service type. There is no list over all of them (PCO behaviour). A service type
/// that is gone, or not for this person, leaves the others as they are.
pub(super) async fn fetch_plans(context: &SyncContext) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(FRAME))?.as_of.is_none() {
        // Without the service types there would be no plans, and nobody to say why.
        fetch_frame(context).await?;
    }
    let (service_types, calendar) =
        context.store.read(|reader| Ok((reader.all::<ServiceType>()?, church::calendar(reader)?)))?;
    let now = context.clock.now();
    let today = calendar.date(now);
    let total = u32::try_from(service_types.len()).ok();
    let (mut plans, mut refused) = (Vec::new(), Vec::new());
    let mut lists = stream::iter(service_types.into_iter().map(|service_type| async move {
        (plans_of(context, &service_type, today).await, service_type.name)
    }))
    .buffer_unordered(LISTS_AT_ONCE);
    let mut done = 0;
    while let Some((list, name)) = lists.next().await {
        match list {
            Ok(found) => plans.extend(found),
            Err(SyncError::Api(ApiError::Forbidden)) => refused.push(name),
            Err(SyncError::Api(ApiError::NotFound)) => {}
            Err(error) => return Err(error),
        }
        done += 1;
        let label = "Service types".to_owned();
        context.state.progress(Progress { label, done, total, seconds_left: None });
    }
    drop(lists);
    context.keep(move |batch| keep_plans(batch, &plans, refused.clone(), now)).await
}

async fn plans_of(
    context: &SyncContext,
    service_type: &ServiceType,
    today: Date,
) -> Result<Vec<Plan>, SyncError> {
    let [dated, undated] = plan_queries(service_type, today);
    let (dated, undated) = futures::try_join!(context.all(&dated), context.all(&undated))?;
    let mut plans = Vec::new();
    for page in dated.iter().chain(&undated) {
        for resource in &page.document.data {
            plans.push(resources::plan(resource, &page.document.included, &service_type.id)?);
        }
    }
    Ok(plans)
}

/// The plans of the window, and those without any time, which `order=sort_date` may drop (PCO behaviour).
fn plan_queries(service_type: &ServiceType, today: Date) -> [Query; 2] {
    let plans = || {
        Query::new(Product::Services, format!("service_types/{}/plans", service_type.id))
            .include(&["plan_times"])
            .fields("Plan", resources::PLAN)
            .fields("PlanTime", resources::PLAN_TIME)
            .per_page(100)
    };
    [
        plans()
            .filter("after,before")
            .param("after", today.saturating_sub(DAYS_BACK.days()).to_string())
            // A day more, since the last day is to be whole.
            .param("before", today.saturating_add((DAYS_AHEAD + 1).days()).to_string())
            .order("sort_date"),
        plans().filter("no_dates"),
    ]
}

fn keep_plans(
    batch: &Batch<'_>,
    plans: &[Plan],
    refused: Vec<String>,
    now: Timestamp,
) -> Result<(), SyncError> {
    let kept: BTreeSet<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
    for gone in batch.reader().ids::<Plan>()?.iter().filter(|id| !kept.contains(id.as_str())) {
        forget_inside(batch, gone)?;
    }
    batch.clear::<Plan>()?;
    plans.iter().try_for_each(|plan| batch.put(plan, 0))?;
    let state = PartState { refused, ..complete(now, u32::try_from(kept.len()).ok()) };
    Ok(batch.set_part(PLANS, &state)?)
}

/// Reads the inside of this week's plans, or of all others, nearest first. Plans read lately are not read again,
/// so that work cut short goes on where it was.
pub(super) async fn fetch_weeks(context: &SyncContext, job: &'static Job) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(PLANS))?.as_of.is_none() {
        fetch_plans(context).await?;
    }
    let (now, limit) = (context.clock.now(), context.age_limit(job.max_age));
    let served_limit = context.age_limit(SERVED_AGE);
    let (plans, fresh) = context.store.read(|reader| {
        let calendar = church::calendar(reader)?;
        let today = calendar.date(now);
        let mut plans = reader.all::<Plan>()?;
        plans.retain(|plan| is_this_week(&calendar, plan, today) == (job.part == THIS_WEEK));
        plans.sort_by_key(|plan| (distance(&calendar, plan, today), plan.id.clone()));
        let served: BTreeSet<&str> =
            plans.iter().filter(|plan| is_served(plan, now)).map(|plan| plan.id.as_str()).collect();
        let limit_of = |id: &str| if served.contains(id) { served_limit.min(limit) } else { limit };
        let fresh: BTreeSet<String> = reader
            .all::<PlanDetails>()?
            .into_iter()
            .filter(|details| is_younger(details.as_of, now, limit_of(&details.plan_id)))
            .map(|details| details.plan_id)
            .collect();
        Ok((plans, fresh))
    })?;
    let total = u32::try_from(plans.len()).unwrap_or(u32::MAX);
    let due: Vec<_> = plans.into_iter().filter(|plan| !fresh.contains(&plan.id)).collect();
    let mut done = total - u32::try_from(due.len()).unwrap_or(total);
    let progress =
        |done| Progress { label: job.label.to_owned(), done, total: Some(total), seconds_left: None };
    context.state.progress(progress(done));
    let mut reads = stream::iter(due.into_iter().map(|plan| {
        let context = context.clone();
        async move { fetch_plan(&context, &plan).await }
    }))
    .buffer_unordered(PLANS_AT_ONCE);
    let mut is_list_old = false;
    while let Some(read) = reads.next().await {
        match read {
            // Deleted since the list was read, or kept from this person: the list will tell.
            Err(error) if error.is_out_of_reach() => is_list_old = true,
            read => read?,
        }
        done += 1;
        context.state.progress(progress(done));
    }
    if is_list_old {
        fetch_plans(context).await?;
    }
    let (part, now) = (job.part, context.clock.now());
    context.keep(move |batch| Ok(batch.set_part(part, &complete(now, Some(total)))?)).await
}

/// Reads one plan's people, open places, order and notes, and keeps them together. What the person's rights do not
/// reach is noted; anything else that fails leaves the old rows as they are.
pub(crate) async fn fetch_plan(context: &SyncContext, plan: &Plan) -> Result<(), SyncError> {
    let below = |edge: &str| {
        let path = format!("service_types/{}/plans/{}/{edge}", plan.service_type_id, plan.id);
        Query::new(Product::Services, path).per_page(100)
    };
    let (members, needed, items, notes) = (
        below("team_members").fields("PlanPerson", resources::PLAN_PERSON),
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
    let asked_at = context.clock.now();
    let (members, needed, items, notes) = futures::try_join!(
        allowed(context, &members),
        allowed(context, &needed),
        allowed(context, &items),
        allowed(context, &notes),
    )?;
    let (plan_id, inside) = (plan.id.clone(), [members, needed, items, notes]);
    context.keep(move |batch| keep_inside(batch, &plan_id, asked_at, &inside)).await?;
    context.state.changed(&[DataTag::Plans, DataTag::Plan]);
    Ok(())
}

/// The pages, or `None` when this person may not see them.
async fn allowed(context: &SyncContext, query: &Query) -> Result<Option<Vec<Page>>, SyncError> {
    match context.all(query).await {
        Ok(pages) => Ok(Some(pages)),
        Err(SyncError::Api(ApiError::Forbidden)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn keep_inside(
    batch: &Batch<'_>,
    plan_id: &str,
    asked_at: Timestamp,
    [members, needed, items, notes]: &[Option<Vec<Page>>; 4],
) -> Result<(), SyncError> {
    let is_gone = batch.reader().get::<Plan>(plan_id)?.is_none();
    let stored = batch.reader().get::<PlanDetails>(plan_id)?;
    if is_gone || stored.is_some_and(|stored| stored.as_of > asked_at) {
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
    let members = records(members.as_deref().unwrap_or_default())
        .map(|resource| resources::team_member(resource, plan_id))
        .collect::<Result<Vec<TeamMember>, _>>()?;
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
    Ok(batch.put(&PlanDetails { plan_id: plan_id.to_owned(), as_of: asked_at, counts, refused }, 0)?)
}

/// Removes everything of Services.
pub(super) fn purge(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.clear::<ServiceType>()?;
    batch.clear::<Team>()?;
    batch.clear::<Membership>()?;
    batch.clear::<Plan>()?;
    batch.clear::<PlanDetails>()?;
    batch.clear::<TeamMember>()?;
    batch.clear::<NeededPosition>()?;
    batch.clear::<Item>()?;
    batch.clear::<PlanNote>()
}

fn forget_inside(batch: &Batch<'_>, plan_id: &str) -> Result<(), StoreError> {
    batch.remove_owned::<PlanDetails>(plan_id)?;
    batch.remove_owned::<TeamMember>(plan_id)?;
    batch.remove_owned::<NeededPosition>(plan_id)?;
    batch.remove_owned::<Item>(plan_id)?;
    batch.remove_owned::<PlanNote>(plan_id)
}

fn records(pages: &[Page]) -> impl Iterator<Item = &pco_client::Resource> {
    pages.iter().flat_map(|page| &page.document.data)
}

fn complete(now: Timestamp, total: Option<u32>) -> PartState {
    PartState { total, as_of: Some(now), coverage: PartCoverage::Complete, ..PartState::default() }
}

/// How old a part may become: the inside of this week's plans less while one of them is served.
pub(super) fn max_age(job: &Job, reader: &Reader<'_>, now: Timestamp) -> Result<Duration, StoreError> {
    let is_service_day =
        job.part == THIS_WEEK && reader.all::<Plan>()?.iter().any(|plan| is_served(plan, now));
    Ok(if is_service_day { SERVED_AGE } else { job.max_age })
}
