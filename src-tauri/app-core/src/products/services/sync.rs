//! What is fetched of Services: the frame and the list of plans.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use pco_client::{ApiError, Page, Product, Query};

use super::dates::{SERVED_AGE, first_times_of_served, is_served, is_younger};
use super::insides::{count, forget_inside};
use super::records::{
    Item, Membership, NeededPosition, Plan, PlanDetails, PlanNote, ServiceType, Team, TeamMember,
};
use super::resources;
use super::songs::Song;
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
/// The inside of the plans after those.
pub(super) const NEXT_WEEKS: &str = "services.next_weeks";
/// The inside of the plans that have been.
pub(super) const PAST_WEEKS: &str = "services.past_weeks";
/// When plans without a date were read.
const UNDATED: &str = "services.undated";

/// Plans are kept from this many days back …
const DAYS_BACK: i32 = 90;
/// … to this many ahead.
const DAYS_AHEAD: i32 = 60;
/// Service types whose plans are listed at the same time.
const LISTS_AT_ONCE: usize = 8;
/// So many of them are kept together: where there are hundreds, nobody waits for the last one to see the first.
const LISTS_KEPT_AT_ONCE: usize = 25;
/// Where there are more service types than this, all their plans are listed less often, so that they ask for no more in an hour.
const LISTS_EACH_TIME: u32 = 50;
/// Plans without a date take a request of their own, and are few: so they are asked for less often, and whenever a plan
/// left the others …
const UNDATED_AGE: Duration = Duration::from_hours(1);
/// … and when somebody presses Refresh, unless they were asked for a short while ago.
const FORCED_UNDATED_AGE: Duration = Duration::from_mins(15);

/// Reads the church, the service types and the teams. Teams may be kept from a person who may see plans.
pub(super) async fn fetch_frame(context: &SyncContext) -> Result<(), SyncError> {
    let service_types = Query::new(Product::Services, "service_types")
        .fields("ServiceType", resources::SERVICE_TYPE)
        .per_page(100)
        .conditional();
    let teams = Query::new(Product::Services, "teams")
        .include(&["people", "team_positions"])
        .fields("Team", resources::TEAM)
        .fields("TeamPosition", resources::TEAM_POSITION)
        // Only the linkage is wanted; a sparse fieldset cannot be empty.
        .fields("Person", &["first_name"])
        .per_page(100)
        .conditional();
    let is_known = context.store.read(|reader| reader.part(FRAME))?.as_of.is_some();
    let church = async {
        // Whoever presses Refresh does not wait for another time zone.
        if is_known && context.forced_age.is_some() {
            return Ok(());
        }
        church::fetch(context, Product::Services).await
    };
    let ((), service_types, teams) =
        futures::try_join!(church, context.all(&service_types), allowed(context, &teams),)?;
    let now = context.clock.now();
    context
        .keep(move |batch| {
            keep_service_types(batch, &service_types)?;
            keep_teams(batch, teams.as_deref().unwrap_or_default())?;
            let refused = if teams.is_none() { vec!["teams".to_owned()] } else { Vec::new() };
            Ok(batch.set_part(FRAME, &PartState { refused, ..complete(now, None) })?)
        })
        .await
}

fn keep_service_types(batch: &Batch<'_>, pages: &[Page]) -> Result<(), SyncError> {
    let known: BTreeSet<String> = batch.reader().ids::<ServiceType>()?.into_iter().collect();
    let mut service_types = Vec::new();
    for resource in records(pages) {
        service_types.extend(resources::service_type(resource)?);
    }
    if !service_types.iter().all(|service_type| known.contains(&service_type.id)) {
        doubt_undated(batch)?;
    }
    Ok(batch.replace_all(&service_types)?)
}

/// Has the next reading of the list ask for plans without a date as well: there may be others than are known.
pub(super) fn doubt_undated(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.set_part(UNDATED, &PartState::default())
}

fn keep_teams(batch: &Batch<'_>, pages: &[Page]) -> Result<(), SyncError> {
    let (mut teams, mut memberships) = (Vec::new(), Vec::new());
    for page in pages {
        for resource in &page.document.data {
            let Some((team, people)) = resources::team(resource, &page.document.included)? else { continue };
            memberships.extend(people.into_iter().map(|person_id| {
                let id = format!("{}/{person_id}", team.id);
                Membership { id, team_id: team.id.clone(), person_id }
            }));
            teams.push(team);
        }
    }
    batch.replace_all(&teams)?;
    Ok(batch.replace_all(&memberships)?)
}

/// Reads the list of plans of every service type. There is no list over all of them (PCO behaviour). A service type
/// that is gone, or not for this person, leaves the others as they are.
pub(super) async fn fetch_plans(context: &SyncContext) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(FRAME))?.as_of.is_none() {
        // Without the service types there would be no plans, and nobody to say why.
        fetch_frame(context).await?;
    }
    let now = context.clock.now();
    let (service_types, known, calendar, list, undated) = context.store.read(|reader| {
        let plans = reader.all::<Plan>()?;
        let (list, undated) = (reader.part(PLANS)?, reader.part(UNDATED)?);
        Ok((reader.all::<ServiceType>()?, plans, church::calendar(reader)?, list, undated))
    })?;
    let undated_age = if context.forced_age.is_some() { FORCED_UNDATED_AGE } else { UNDATED_AGE };
    let is_undated_due = undated.as_of.is_none_or(|as_of| !is_younger(as_of, now, undated_age));
    let (today, refused_before, before) = (calendar.date(now), &list.refused, &list);
    let (all, each) = (count(service_types.len()), if is_undated_due { 2 } else { 1 });
    let mut lists = stream::iter(service_types.into_iter().map(|service_type| {
        let known = known.iter().filter(|plan| plan.service_type_id == service_type.id);
        let (undated, dated) = known.partition(|plan| plan.times.is_empty());
        let was_refused = refused_before.contains(&service_type.name);
        let known = Known { dated, undated: (!is_undated_due).then_some(undated), was_refused };
        async move { (plans_of(context, &service_type, today, known).await, service_type) }
    }))
    .buffer_unordered(LISTS_AT_ONCE);
    let (mut done, mut read, mut listed, mut refused) = (0, Vec::new(), BTreeSet::new(), Vec::new());
    while let Some((list, service_type)) = lists.next().await {
        match list {
            Ok(plans) => {
                listed.insert(service_type.id.clone());
                read.push((service_type.id, plans));
            }
            Err(SyncError::Api(ApiError::Forbidden)) => refused.push(service_type.name),
            Err(SyncError::Api(ApiError::NotFound)) => {}
            Err(error) => return Err(error),
        }
        done += 1;
        let seconds_left = Some(context.seconds_for((all - done) * each));
        let label = "Service types".to_owned();
        context.state.progress(Progress { label, done, total: Some(all), seconds_left });
        if read.len() == LISTS_KEPT_AT_ONCE {
            let (read, mut so_far) = (std::mem::take(&mut read), before.clone());
            if so_far.as_of.is_none() {
                so_far.coverage = PartCoverage::Partial;
            }
            context
                .keep(move |batch| {
                    read.iter()
                        .try_for_each(|(service_type, plans)| keep_list(batch, service_type, plans))?;
                    Ok(batch.set_part(PLANS, &so_far)?)
                })
                .await?;
            context.state.changed(&[DataTag::Plans]);
        }
    }
    drop(lists);
    let not_listed: Vec<String> = known
        .into_iter()
        .filter(|plan| !listed.contains(&plan.service_type_id))
        .map(|plan| plan.id)
        .collect();
    context
        .keep(move |batch| {
            read.iter().try_for_each(|(service_type, plans)| keep_list(batch, service_type, plans))?;
            for id in &not_listed {
                let plan = batch.reader().get::<Plan>(id)?;
                // Unless it is in another service type now.
                if plan.is_some_and(|plan| !listed.contains(&plan.service_type_id)) {
                    forget_inside(batch, id)?;
                    batch.remove::<Plan>(id)?;
                }
            }
            let total = Some(batch.reader().count::<Plan>()?);
            batch.set_part(PLANS, &PartState { refused: refused.clone(), ..complete(now, total) })?;
            if is_undated_due {
                batch.set_part(UNDATED, &complete(now, None))?;
            }
            Ok(())
        })
        .await
}

/// Keeps the plans of a service type in place of those that are stored of it.
fn keep_list(batch: &Batch<'_>, service_type_id: &str, plans: &[Plan]) -> Result<(), StoreError> {
    let kept: BTreeSet<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
    for stored in batch.reader().owned::<Plan>(service_type_id)? {
        if !kept.contains(stored.id.as_str()) {
            forget_inside(batch, &stored.id)?;
        }
    }
    batch.replace_owned(service_type_id, plans)
}

/// A service type's plans as they are stored.
struct Known<'a> {
    dated: Vec<&'a Plan>,
    /// Those without a date, while they need not be read again.
    undated: Option<Vec<&'a Plan>>,
    /// Nothing is stored of it: this person might not see it.
    was_refused: bool,
}

async fn plans_of(
    context: &SyncContext,
    service_type: &ServiceType,
    today: Date,
    known: Known<'_>,
) -> Result<Vec<Plan>, SyncError> {
    let read = async |query: &Query| {
        let mut plans = Vec::new();
        for page in context.all(query).await? {
            for resource in &page.document.data {
                plans.push(resources::plan(resource, &page.document.included, &service_type.id)?);
            }
        }
        Ok::<_, SyncError>(plans)
    };
    let [dated, undated] = plan_queries(service_type, today);
    let Some(known_undated) = known.undated else {
        let (dated, undated) = futures::try_join!(read(&dated), read(&undated))?;
        return Ok([dated, undated].concat());
    };
    let mut plans = read(&dated).await?;
    let there: BTreeSet<String> = plans.iter().map(|plan| plan.id.clone()).collect();
    // A plan that left the list is gone, too old, or without a date now.
    let has_lost_some = !known.dated.iter().all(|plan| there.contains(&plan.id));
    let undated = if known.was_refused || has_lost_some {
        read(&undated).await?
    } else {
        known_undated.into_iter().cloned().collect()
    };
    plans.extend(undated.into_iter().filter(|plan| !there.contains(&plan.id)));
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
            .conditional()
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

/// The pages, or `None` when this person may not see them.
pub(super) async fn allowed(context: &SyncContext, query: &Query) -> Result<Option<Vec<Page>>, SyncError> {
    match context.all(query).await {
        Ok(pages) => Ok(Some(pages)),
        Err(SyncError::Api(ApiError::Forbidden)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes everything of Services.
pub(super) fn purge(batch: &Batch<'_>) -> Result<(), StoreError> {
    doubt_undated(batch)?;
    batch.clear::<ServiceType>()?;
    batch.clear::<Team>()?;
    batch.clear::<Membership>()?;
    batch.clear::<Plan>()?;
    batch.clear::<PlanDetails>()?;
    batch.clear::<TeamMember>()?;
    batch.clear::<NeededPosition>()?;
    batch.clear::<Item>()?;
    batch.clear::<PlanNote>()?;
    batch.clear::<Song>()
}

pub(super) fn records(pages: &[Page]) -> impl Iterator<Item = &pco_client::Resource> {
    pages.iter().flat_map(|page| &page.document.data)
}

pub(super) fn complete(now: Timestamp, total: Option<u32>) -> PartState {
    PartState { total, as_of: Some(now), coverage: PartCoverage::Complete, ..PartState::default() }
}

/// How old a part may become: the inside of this week's plans less while one of them is served, and the lists of hundreds of
/// service types more.
pub(super) fn max_age(job: &Job, reader: &Reader<'_>, now: Timestamp) -> Result<Duration, StoreError> {
    Ok(match job.part {
        THIS_WEEK
            if reader.within::<Plan>(first_times_of_served(now))?.iter().any(|plan| is_served(plan, now)) =>
        {
            SERVED_AGE
        }
        PLANS => job.max_age * reader.count::<ServiceType>()?.div_ceil(LISTS_EACH_TIME).max(1),
        _ => job.max_age,
    })
}
