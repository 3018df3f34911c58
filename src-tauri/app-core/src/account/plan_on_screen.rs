//! The plan on the screen: answered from the store, and read again when what is stored of it is no longer fresh.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pco_client::Lane;

use super::{OpenAccount, context, lock};
use crate::error::{AppError, Chain};
use crate::products::services::views::{GetPlanRequest, PlanView};
use crate::products::services::{self, Plan};
use crate::sync::SyncError;

/// A plan on the screen is read again when it is older than this.
const VISIBLE_AGE: Duration = Duration::from_mins(2);
/// After Refresh was pressed, the plan on the screen is read again when it is older than this.
const REFRESHED_AGE: Duration = Duration::from_secs(5);
/// A plan that alone could not be read is not asked for again so soon by looking at it: every change of any data makes the
/// page look again, and asking would never end.
const LEFT_ALONE_FOR: SignedDuration = SignedDuration::from_mins(2);

/// What is known of reading single plans.
#[derive(Default)]
pub(super) struct PlanReads {
    /// Ids of the plans that are being read.
    in_flight: Mutex<BTreeSet<String>>,
    /// The plan that was asked for last.
    on_screen: Mutex<Option<String>>,
    /// The plan that could not be read last, and since when.
    failed: Mutex<Option<(String, Timestamp)>>,
}

impl PlanReads {
    fn has_just_failed(&self, plan_id: &str, now: Timestamp) -> bool {
        let last = lock(&self.failed);
        last.as_ref().is_some_and(|(id, at)| id == plan_id && now.duration_since(*at).abs() < LEFT_ALONE_FOR)
    }
}

impl OpenAccount {
    /// Answers from the store, and reads the plan again in the background when it is no longer fresh.
    pub(crate) fn get_plan(&self, request: &GetPlanRequest) -> Result<PlanView, AppError> {
        let now = self.clock.now();
        let (view, due) = self.answer(|reader| {
            let due = services::plan_is_older_than(reader, &request.plan_id, now, VISIBLE_AGE)?;
            Ok((services::get_plan(reader, now, request)?, due))
        })?;
        *lock(&self.plan_reads.on_screen) = Some(view.id.clone());
        if let Some(plan) = due.filter(|plan| !self.plan_reads.has_just_failed(&plan.id, now)) {
            self.read_plan(plan);
        }
        Ok(view)
    }

    /// Reads the plan on the screen again, unless that was done a moment ago.
    pub(super) fn refresh_plan(&self) {
        let Some(plan_id) = lock(&self.plan_reads.on_screen).clone() else { return };
        let due = self.read(|reader| {
            Ok(services::plan_is_older_than(reader, &plan_id, self.clock.now(), REFRESHED_AGE)?)
        });
        if let Ok(Some(plan)) = due {
            self.read_plan(plan);
        }
    }

    /// Reads a plan, unless that is under way, or another run of the program keeps the data current.
    fn read_plan(&self, plan: Plan) {
        if self.is_looking_on() || !lock(&self.plan_reads.in_flight).insert(plan.id.clone()) {
            return;
        }
        let context = context(&self.client, &self.store, &self.clock, &self.state, Lane::Screen);
        let (reads, wake) = (Arc::clone(&self.plan_reads), Arc::clone(&self.wake));
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let read = services::fetch_plan(&context, &plan).await;
            let has_failed = read.as_ref().is_err_and(SyncError::may_be_alone);
            *lock(&reads.failed) = has_failed.then(|| (plan.id.clone(), context.clock.now()));
            if let Err(error) = read {
                // The screen keeps what it shows; the round that this starts meets the same trouble and tells it.
                tracing::warn!(cause = %Chain(&error), "the plan on the screen could not be read");
                wake.notify_one();
            }
            context.state.tell_held_back();
            lock(&reads.in_flight).remove(&plan.id);
        });
    }
}
