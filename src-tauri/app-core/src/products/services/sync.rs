//! What is fetched of Services, and how old it may become; the list of plans.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use pco_client::{ApiError, Page, Product, Query};

use super::dates::{SERVED_AGE, first_times_of_served, is_served, is_younger};
use super::due::Due;
use super::frame::fetch_frame;
use super::insides::{count, forget_inside};
use super::records::{
    Item, Membership, NeededPosition, Plan, PlanDetails, PlanNote, ServiceType, Team, TeamMember,
};
use super::resources;
use super::songs::{SONGS, Song};
use crate::error::Chain;
use crate::event::DataTag;
use crate::products::{Job, church};
use crate::store::{AnswerTags, Batch, PartCoverage, PartState, Reader, Record, StoreError};
use crate::sync::{Before, GOES_ON_WITHIN, SyncContext, SyncError, Told};

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
/// Where there are more service types than this, all their plans are listed less often, so that they ask for no more in an hour.
const LISTS_EACH_TIME: u32 = 50;
/// Plans without a date take a request of their own, and are few: so they are asked for less often, and whenever a plan
/// left the others …
const UNDATED_AGE: Duration = Duration::from_hours(1);
/// … and when somebody presses Refresh, unless they were asked for a short while ago.
const FORCED_UNDATED_AGE: Duration = Duration::from_mins(15);

/// Has the next reading of the list ask for plans without a date as well: there may be others than are known.
pub(super) fn doubt_undated(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.set_part(UNDATED, &PartState::default())
}

/// Reads the list of plans of every service type. There is no list over all of them (PCO behaviour). A service type
/// that is gone, not for this person, or of which nothing can be read, leaves the others as they are.
pub(super) async fn fetch_plans(context: &SyncContext) -> Result<(), SyncError> {
    if context.store.read(|reader| reader.part(FRAME))?.as_of.is_none() {
        // Without the service types there would be no plans, and nobody to say why.
        fetch_frame(context).await?;
    }
    let now = context.clock.now();
    let (service_types, calendar, list, undated) = context.store.read(|reader| {
        let (list, undated) = (reader.part(PLANS)?, reader.part(UNDATED)?);
        Ok((reader.all::<ServiceType>()?, church::calendar(reader)?, list, undated))
    })?;
    let undated_age = if context.forced_age.is_some() { FORCED_UNDATED_AGE } else { UNDATED_AGE };
    let is_undated_due = undated.as_of.is_none_or(|as_of| !is_younger(as_of, now, undated_age));
    let (today, refused_before, before) = (calendar.date(now), &list.refused, &list);
    let is_first_reading = list.as_of.is_none();
    let (all, each) = (count(service_types.len()), if is_undated_due { 2 } else { 1 });
    let mut lists = stream::iter(service_types.into_iter().map(|service_type| {
        // Of one that this person might not see nothing is stored.
        let is_undated_wanted = is_undated_due || refused_before.contains(&service_type.name);
        async move {
            match kept_list(context, &service_type, today) {
                Ok(Some(tags)) if is_first_reading => {
                    let read_at = tags.read_at();
                    (Ok(Told::Unchanged(tags)), service_type, read_at)
                }
                Ok(_) => {
                    let is_first = is_first_reading;
                    let list = ask_plans(context, &service_type, today, is_undated_wanted, is_first).await;
                    let read_at =
                        list.as_ref().ok().and_then(Told::reading).map_or(now, |reading| reading.at);
                    (list, service_type, read_at)
                }
                Err(error) => (Err(error.into()), service_type, now),
            }
        }
    }))
    .buffer_unordered(LISTS_AT_ONCE);
    let (mut done, mut kept, mut as_of) = (0, BTreeSet::new(), now);
    let (mut refused, mut unread, mut has_answer) = (BTreeSet::new(), BTreeSet::new(), false);
    while let Some((list, service_type, read_at)) = lists.next().await {
        as_of = as_of.min(read_at);
        has_answer |= list.as_ref().err().is_none_or(SyncError::is_out_of_reach);
        match list {
            Ok(plans) => {
                kept.insert(service_type.id.clone());
                // Nobody else writes plans; one that has come to another service type since takes the tags of both away.
                if matches!(plans, Told::New(_)) {
                    keep_one_of_the_lists(context, service_type.id, plans, before.clone()).await?;
                }
            }
            Err(SyncError::Api(ApiError::Forbidden)) => drop(refused.insert(service_type.name)),
            Err(SyncError::Api(ApiError::NotFound)) => {}
            // One of several that cannot be read keeps nobody from seeing the others.
            Err(error)
                if error.may_be_alone()
                    && !context.client.is_resting(context.lane)
                    && (has_answer || done + 1 < all) =>
            {
                tracing::warn!(cause = %Chain(&error), "a list of plans could not be read");
                kept.insert(service_type.id);
                unread.insert(service_type.name);
            }
            Err(error) => return Err(error),
        }
        done += 1;
        context.tell_progress("Service types", done, Some(all), Some((all - done) * each))?;
    }
    drop(lists);
    let has_unread = !unread.is_empty();
    context
        .keep(move |batch| {
            for service_type in batch.reader().owners::<Plan>()? {
                // A plan that is in another service type now is that one's already.
                if !kept.contains(&service_type) {
                    keep_list(batch, &service_type, &Told::nothing(now))?;
                }
            }
            let total = Some(batch.reader().count::<Plan>()?);
            let [refused, unread] = [&refused, &unread].map(|names| names.iter().cloned().collect());
            batch.set_part(PLANS, &PartState { refused, unread, ..complete(as_of, total) })?;
            if is_undated_due && !has_unread {
                batch.set_part(UNDATED, &complete(as_of, None))?;
            }
            Ok(())
        })
        .await
}

/// Keeps the plans of a service type while those of others are still read: where there are hundreds, nobody waits for the
/// last one to see the first, and none is asked for again after a crash.
async fn keep_one_of_the_lists(
    context: &SyncContext,
    service_type_id: String,
    plans: Told<Plan>,
    mut so_far: PartState,
) -> Result<(), SyncError> {
    if so_far.as_of.is_none() {
        so_far.coverage = PartCoverage::Partial;
    }
    context
        .keep(move |batch| {
            keep_list(batch, &service_type_id, &plans)?;
            Ok(batch.set_part(PLANS, &so_far)?)
        })
        .await?;
    context.state.changed(&[DataTag::Plans]);
    Ok(())
}

/// Keeps the plans of a service type in place of those that are stored of it. What the list tells of a plan that was not
/// known before is a reason to look inside of it, however lately what is inside of the others was read.
fn keep_list(batch: &Batch<'_>, service_type_id: &str, told: &Told<Plan>) -> Result<(), SyncError> {
    if let Told::New(plans) = told {
        let kept: BTreeSet<&str> = plans.rows.iter().map(|plan| plan.id.as_str()).collect();
        let stored = batch.reader().owned::<Plan>(service_type_id)?;
        for plan in stored.iter().filter(|plan| !kept.contains(plan.id.as_str())) {
            forget_inside(batch, &plan.id)?;
        }
        let known: BTreeMap<_, _> = stored.iter().map(|plan| (&plan.id, &plan.marks)).collect();
        if plans.rows.iter().any(|plan| known.get(&plan.id) != Some(&&plan.marks)) {
            for part in [THIS_WEEK, NEXT_WEEKS, PAST_WEEKS] {
                let state = batch.reader().part(part)?;
                batch.set_part(part, &PartState { is_doubted: true, ..state })?;
            }
        }
    }
    told.keep_owned(service_type_id, batch)
}

/// The tags of a service type's plans, where all of them were read so lately that a first reading that was cut off goes on
/// from them.
fn kept_list(
    context: &SyncContext,
    service_type: &ServiceType,
    today: Date,
) -> Result<Option<AnswerTags>, StoreError> {
    let tags = context.store.read(|reader| reader.answer_tags(Plan::KIND, &service_type.id))?;
    let (now, queries) = (context.clock.now(), plan_queries(service_type, today));
    Ok(tags.filter(|tags| queries.iter().all(|query| tags.is_younger(query, now, GOES_ON_WITHIN))))
}

/// Asks for a service type's plans. Those without a date, if they are not wanted, are those that are stored.
async fn ask_plans(
    context: &SyncContext,
    service_type: &ServiceType,
    today: Date,
    is_undated_wanted: bool,
    is_first: bool,
) -> Result<Told<Plan>, SyncError> {
    let queries = plan_queries(service_type, today);
    let rows = |page: Page| {
        let plans = page.document.data.iter();
        plans.map(|row| resources::plan(row, &page.document.included, &service_type.id)).collect()
    };
    let known = context.store.read(|reader| reader.answer_tags(Plan::KIND, &service_type.id))?;
    let before = if is_first && known.is_none() { Before::Nothing } else { Before::Rows(known) };
    let (dated, undated) = queries.split_at(1);
    let wanted = if is_undated_wanted { &queries } else { dated };
    let mut told = context.ask(wanted, before, rows).await?;
    if let Told::New(new) = &mut told
        && !is_undated_wanted
    {
        let there: BTreeSet<String> = new.rows.iter().map(|plan| plan.id.clone()).collect();
        let stored = context.store.read(|reader| reader.owned::<Plan>(&service_type.id))?;
        let others = stored.into_iter().filter(|plan| !there.contains(&plan.id));
        let (mut others, lost): (Vec<Plan>, Vec<Plan>) = others.partition(|plan| plan.times.is_empty());
        // A plan that left the list is gone, too old, or without a date now.
        if !lost.is_empty()
            && let Told::New(undated) = context.ask(undated, Before::Rows(None), rows).await?
        {
            others = undated.rows.into_iter().filter(|plan| !there.contains(&plan.id)).collect();
        }
        new.rows.extend(others);
    }
    Ok(told)
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

/// What was told, or `None` when this person may not see it.
pub(super) fn allowed<T>(told: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
    match told {
        Ok(told) => Ok(Some(told)),
        Err(SyncError::Api(ApiError::Forbidden)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many requests it takes to read what was never read; `None` while nobody knows which plans there are.
pub(super) fn requests_left(reader: &Reader<'_>) -> Result<Option<u32>, StoreError> {
    let (plans, songs) = (reader.part(PLANS)?, reader.part(SONGS)?);
    if plans.coverage == PartCoverage::NoRight {
        return Ok(Some(0));
    }
    // How many songs there are is not known before; mostly they take as few.
    let songs = if songs.as_of.is_none() { 2 } else { 0 };
    let unread = reader.count::<Plan>()?.saturating_sub(reader.count::<PlanDetails>()?);
    Ok(plans.as_of.map(|_| unread.saturating_mul(Due::All.requests()).saturating_add(songs)))
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
