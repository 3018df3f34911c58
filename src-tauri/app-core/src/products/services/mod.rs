//! Services: every service type's plans of the near weeks, with times, order, team, open places and notes.

mod dates;
mod due;
mod finding;
mod frame;
mod insides;
mod order;
mod queries;
mod records;
mod resources;
mod schedule;
mod songs;
mod sync;
mod team;
pub mod views;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

pub(crate) use finding::{
    PlanFinder, about_song, about_team, song_coverage, song_hits, team_coverage, team_hits,
};
pub(crate) use insides::fetch_plan;
pub(crate) use queries::{get_plan, plan_is_older_than, schedule_of, team_names_of};
#[cfg(test)]
pub(crate) use records::{Item, Membership};
pub(crate) use records::{Plan, Team};
pub(crate) use schedule::{list_plans, schedule_coverage};
pub(crate) use songs::Song;
pub(crate) use sync::PLANS;

use super::{Job, Product};
use crate::event::DataTag;
use crate::store::{Batch, Reader, StoreError};
use crate::sync::{SyncContext, SyncError};

/// The product.
pub struct Services;

static JOBS: [Job; 6] = [
    Job {
        part: sync::FRAME,
        label: "Teams",
        order: 0,
        max_age: Duration::from_hours(1),
        tags: &[DataTag::Plans, DataTag::People],
    },
    Job {
        part: sync::PLANS,
        label: "Plans",
        order: 1,
        max_age: Duration::from_mins(10),
        tags: &[DataTag::Plans],
    },
    Job {
        part: sync::THIS_WEEK,
        label: "This Sunday",
        order: 2,
        max_age: Duration::from_mins(10),
        tags: &[DataTag::Plans, DataTag::Plan],
    },
    // What is due of these is for each plan to say, and mostly nothing is.
    Job {
        part: sync::NEXT_WEEKS,
        label: "Coming weeks",
        order: 4,
        max_age: Duration::from_mins(10),
        tags: &[DataTag::Plans, DataTag::Plan],
    },
    Job {
        part: songs::SONGS,
        label: "Songs",
        order: 5,
        max_age: Duration::from_hours(6),
        tags: &[DataTag::Songs],
    },
    Job {
        part: sync::PAST_WEEKS,
        label: "Past weeks",
        order: 6,
        max_age: Duration::from_mins(10),
        tags: &[DataTag::Plans, DataTag::Plan],
    },
];

#[async_trait]
impl Product for Services {
    fn name(&self) -> &'static str {
        "Services"
    }

    fn jobs(&self) -> &'static [Job] {
        &JOBS
    }

    fn max_age(&self, job: &Job, reader: &Reader<'_>, now: Timestamp) -> Result<Duration, StoreError> {
        sync::max_age(job, reader, now)
    }

    fn requests_left(&self, reader: &Reader<'_>) -> Result<Option<u32>, StoreError> {
        sync::requests_left(reader)
    }

    async fn run(&self, job: &'static Job, context: &SyncContext) -> Result<(), SyncError> {
        match job.part {
            sync::FRAME => frame::fetch_frame(context).await,
            sync::PLANS => sync::fetch_plans(context).await,
            songs::SONGS => songs::fetch(context).await,
            _ => insides::fetch_weeks(context, job).await,
        }
    }

    fn purge(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        sync::purge(batch)
    }
}
