//! Services: the times of a plan.

use jiff::Timestamp;

use super::teams::TEAM;
use super::writing::{
    CREATE_SPLIT_TEAM, DELETE_PLAN_TIME, DELETE_SPLIT_TEAM, PATCH_PLAN_TIME, PATCH_SPLIT_TEAM,
};
use crate::church::Church;
use crate::church::services::rows::{TeamReminder, TimeType};
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Resource, attribute, edge_to_many, edge_to_one, filter, to_many, to_one,
};
use crate::jsonapi::value::Value;

pub(super) const PLAN_TIME_FILTERS: &[Filter] = &[
    filter("future", |church, id, _| church.plan_time(id).starts_at >= church.start_of_today()),
    filter("named", |church, id, _| church.plan_time(id).name.is_some()),
    filter("not_deleted", |_, _, _| true),
    filter("past", |church, id, _| church.plan_time(id).starts_at < church.start_of_today()),
];

pub(super) static PLAN_TIME: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plans[Church::plan_of_time(id)].created_at.into()),
        attribute("ends_at", |church, id| church.plan_time(id).ends_at.into()),
        attribute("live_ends_at", |church, id| live_ends(church, id).1.into()),
        attribute("live_starts_at", |church, id| live_ends(church, id).0.into()),
        attribute("name", |church, id| church.plan_time(id).name.as_ref().into()),
        attribute("recorded", |_, _| Value::Flag(false)),
        attribute("starts_at", |church, id| church.plan_time(id).starts_at.into()).ordered(),
        attribute("team_reminders", |church, id| {
            let usual = || teams_at(church, id).into_iter().map(|team| TeamReminder { team, days_before: 1 });
            let reminders = church.plan_time(id).team_reminders.clone().unwrap_or_else(|| usual().collect());
            let written = reminders.into_iter().map(|reminder| {
                serde_json::json!({ "team_id": reminder.team.to_string(), "value": reminder.days_before })
            });
            Value::Json(written.collect())
        }),
        attribute("time_type", |church, id| church.plan_time(id).time_type.as_str().into()).queried(),
        attribute("updated_at", |church, id| church.plan_time(id).updated_at.into()),
    ],
    relationships: &[
        to_many("assigned_teams", "Team", |church, id| teams_at(church, id)),
        to_many("assigned_positions", "TeamPosition", |_, _| Vec::new()),
    ],
    edges: &[edge_to_many("split_team_rehearsal_assignments", &SPLIT_TEAM, |church, id| {
        church.split_teams_at(id)
    })
    .created(CREATE_SPLIT_TEAM)],
    includes: &["split_team_rehearsal_assignments"],
    patch: Some(PATCH_PLAN_TIME),
    delete: Some(DELETE_PLAN_TIME),
    ..Resource::new("PlanTime", |church, id| {
        let plan = Church::plan_of_time(id);
        format!("/services/v2/service_types/{}/plans/{plan}/plan_times/{id}", church.plans[plan].service_type)
    })
};

/// Whom of a split team a rehearsal or a call time is for.
static SPLIT_TEAM: Resource = Resource {
    attributes: &[attribute("schedule_special_service_times", |church, id| {
        church.split_team(id).schedule_special_service_times.into()
    })],
    relationships: &[
        to_one("team", "Team", |church, id| vec![church.split_team(id).team]),
        to_many("time_preference_options", "TimePreferenceOption", |church, id| {
            church.split_team(id).time_preference_options.clone()
        }),
    ],
    edges: &[edge_to_one("team", &TEAM, |church, id| vec![church.split_team(id).team])],
    patch: Some(PATCH_SPLIT_TEAM),
    delete: Some(DELETE_SPLIT_TEAM),
    ..Resource::new("SplitTeamRehearsalAssignment", |church, id| {
        let time = church.split_team(id).plan_time;
        format!("{}/split_team_rehearsal_assignments/{id}", (PLAN_TIME.path)(church, time))
    })
};

/// The teams of a time: whoever rehearses at rehearsals, split teams at services and where they are called to.
fn teams_at(church: &Church, time: Id) -> Vec<Id> {
    let service = church.plan_time(time).time_type == TimeType::Service;
    let called = if service { Vec::new() } else { church.split_teams_at(time) };
    let teams = church.teams_of(church.plans[Church::plan_of_time(time)].service_type).into_iter();
    teams
        .filter(|team_id| {
            let team = &church.teams[*team_id];
            let called = || called.iter().any(|id| church.split_team(*id).team == *team_id);
            team.archived_at.is_none() && if service { team.split } else { team.rehearses || called() }
        })
        .collect()
}

/// When this time was run with Services LIVE.
fn live_ends(church: &Church, time: Id) -> (Option<Timestamp>, Option<Timestamp>) {
    let plan = &church.plans[Church::plan_of_time(time)];
    let Some(contents) = plan.contents.get() else { return (None, None) };
    let items = || contents.item_times.iter().filter(|row| row.plan_time == time);
    (items().filter_map(|row| row.live_start_at).min(), items().filter_map(|row| row.live_end_at).max())
}
