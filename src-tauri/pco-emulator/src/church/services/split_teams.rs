//! Who of a split team comes to a call time: those who serve at the services that it is set for.

use super::contents::{Contents, FIRST_SPLIT_TEAM, row_id};
use super::rows::TimeType;
use crate::church::Church;
use crate::church::table::Id;

/// A rehearsal or call time of a split team, with the usual services whose people come to it.
#[derive(Clone)]
pub(crate) struct SplitTeamRehearsalAssignment {
    pub(crate) id: Id,
    pub(crate) plan_time: Id,
    pub(crate) team: Id,
    pub(crate) time_preference_options: Vec<Id>,
    /// Whoever serves at a service that is no usual one comes as well.
    pub(crate) schedule_special_service_times: bool,
}

/// From so far ahead on, where nobody has been asked yet, the church calls split teams together before the first service.
const DAYS_AHEAD: i32 = 84;

impl Church {
    pub(super) fn call_split_teams(&self, plan_id: Id, contents: &mut Contents) {
        let plan = &self.plans[plan_id];
        if plan.day.is_none_or(|day| (day - self.today).get_days() <= DAYS_AHEAD) {
            return;
        }
        let Some(first) = self.time_preference_options_of(plan.service_type).first().copied() else { return };
        let teams = self.teams_of(plan.service_type).into_iter();
        for team in teams.filter(|team| self.teams[*team].split) {
            for time in plan.times_of(TimeType::Other) {
                let id = row_id(FIRST_SPLIT_TEAM, plan.ordinal, contents.split_teams.len());
                contents.split_teams.push(SplitTeamRehearsalAssignment {
                    id,
                    plan_time: time.id,
                    team,
                    time_preference_options: vec![first],
                    schedule_special_service_times: false,
                });
            }
        }
    }

    /// What is said about split teams at one time.
    pub(crate) fn split_teams_at(&self, plan_time: Id) -> Vec<Id> {
        let rows = self.contents(Self::plan_of_time(plan_time)).split_teams.iter();
        rows.filter(|row| row.plan_time == plan_time).map(|row| row.id).collect()
    }
}
