//! The first answer of a start: all that the page paints first, so that it paints once.

use serde::Serialize;
use ts_rs::TS;

use super::App;
use crate::error::{AppError, Chain};
use crate::products::services::views::{GetPlanRequest, PlanListing, PlanView};
use crate::session::views::SessionView;
use crate::status::AppStatus;

/// Answer of `subscribe`. The schedule and its next plan are how the program opens; both come from the store alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FirstView {
    /// Where sign-in stands.
    pub session: SessionView,
    /// What the frame shows.
    pub status: AppStatus,
    /// The schedule, as `list_plans` answers but for the weeks that have been, which the page folds away and asks for next;
    /// `null` when nobody is signed in, or when it has to be asked for again to
    /// learn why it cannot be had.
    pub plans: Option<PlanListing>,
    /// The plan that the schedule calls the next one, as `get_plan` answers.
    pub plan: Option<PlanView>,
}

impl App {
    /// What is painted first.
    #[must_use]
    pub fn first_view(&self) -> FirstView {
        let session = self.session_status();
        let mut plans = match session {
            SessionView::SignedIn { .. } => at_hand(self.list_plans()),
            _ => None,
        };
        if let Some(plans) = &mut plans {
            plans.weeks.retain(|week| !week.past);
        }
        let next = plans.as_ref().and_then(|plans| plans.next_plan_id.clone());
        let plan = next.and_then(|plan_id| at_hand(self.get_plan(&GetPlanRequest { plan_id })));
        FirstView { session, status: self.app_status(), plans, plan }
    }
}

fn at_hand<T>(answer: Result<T, AppError>) -> Option<T> {
    answer.inspect_err(|error| tracing::warn!(cause = %Chain(error), "not in the first view")).ok()
}
