//! The first answer of a start: all that the page paints first, so that it paints once.

use serde::Serialize;
use ts_rs::TS;

use super::App;
use crate::error::{AppError, Chain};
use crate::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, PlanView};
use crate::session::views::SessionView;
use crate::status::AppStatus;

/// Plans of the schedule at the most: more than a screen shows, and little to wait for in a church of hundreds of service types.
const PLANS: usize = 40;

/// Answer of `subscribe`. The schedule and its next plan are how the program opens; both come from the store alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FirstView {
    /// Where sign-in stands.
    pub session: SessionView,
    /// What the frame shows.
    pub status: AppStatus,
    /// The schedule, as `list_plans` answers but for the weeks that have been and what comes after the first forty plans, which
    /// the page asks for next; `null` when nobody is signed in, or when it has to be asked for again to
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
            SessionView::SignedIn { .. } => at_hand(self.list_plans(&ListPlansRequest::default())),
            _ => None,
        };
        if let Some(plans) = &mut plans {
            keep_first(plans);
        }
        let next = plans.as_ref().and_then(|plans| plans.next_plan_id.clone());
        let plan = next.and_then(|plan_id| at_hand(self.get_plan(&GetPlanRequest { plan_id })));
        FirstView { session, status: self.app_status(), plans, plan }
    }
}

/// Keeps the plans that a screen begins with. How many there are altogether stays told.
fn keep_first(plans: &mut PlanListing) {
    plans.weeks.retain(|week| !week.past);
    let mut room = PLANS;
    for rows in plans.weeks.iter_mut().map(|week| &mut week.plans).chain([&mut plans.undated]) {
        rows.truncate(room);
        room -= rows.len();
    }
    plans.weeks.retain(|week| !week.plans.is_empty());
}

fn at_hand<T>(answer: Result<T, AppError>) -> Option<T> {
    answer.inspect_err(|error| tracing::warn!(cause = %Chain(error), "not in the first view")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::services::views::{PlanRow, WeekView};
    use crate::views::Coverage;

    fn week(past: bool, plans: usize) -> WeekView {
        let row = PlanRow {
            id: String::new(),
            weekday: String::new(),
            day: String::new(),
            date: String::new(),
            service_type: String::new(),
            title: None,
            times: String::new(),
            counts: None,
        };
        WeekView { label: String::new(), starts: String::new(), past, total: 0, plans: vec![row; plans] }
    }

    #[test]
    fn a_church_of_hundreds_of_service_types_is_begun_with_as_few_plans_as_any() {
        let listing = |weeks: Vec<WeekView>, undated: usize| {
            let mut listing = PlanListing {
                total: 999,
                undated: week(false, undated).plans,
                weeks,
                next_plan_id: None,
                as_of: None,
                coverage: Coverage::Complete,
            };
            keep_first(&mut listing);
            assert_eq!(listing.total, 999);
            let weeks: Vec<_> = listing.weeks.iter().map(|week| week.plans.len()).collect();
            (weeks, listing.undated.len())
        };
        assert_eq!(listing(vec![week(true, 500), week(false, 500), week(false, 500)], 3), (vec![40], 0));
        assert_eq!(listing(vec![week(true, 3), week(false, 3), week(false, 48)], 2), (vec![3, 37], 0));
        assert_eq!(listing(vec![week(false, 3), week(false, 3)], 2), (vec![3, 3], 2));
    }
}
