//! Services: who is asked to serve on a plan, for which times, who is still needed, and who came.

use jiff::SignedDuration;

use super::people::PERSON;
use super::plan_times::PLAN_TIME;
use super::plans::PLAN;
use super::teams::TEAM;
use super::writing::{DELETE_NEEDED_POSITION, DELETE_PLAN_PERSON, PATCH_NEEDED_POSITION, PATCH_PLAN_PERSON};
use crate::avatar;
use crate::church::services::rows::{Answer, Kind, TimeType};
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Resource, attribute, condition, edge_to_many, edge_to_one, filter, to_many, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) const TEAM_MEMBER_FILTERS: &[Filter] = &[
    filter("confirmed", |church, id, _| church.plan_person(id).answer == Answer::Confirmed),
    filter("not_archived", |church, id, _| church.people[church.plan_person(id).person].active()),
    filter("not_declined", |church, id, _| church.plan_person(id).answer != Answer::Declined),
    filter("not_deleted", |_, _, _| true),
];

pub(super) static PLAN_PERSON: Resource = Resource {
    attributes: &[
        attribute("can_accept_partial", |church, id| church.teams[church.plan_person(id).team].split.into()),
        attribute("created_at", |church, id| church.plan_person(id).created_at.into()),
        attribute("decline_reason", |church, id| church.plan_person(id).decline_reason.as_ref().into()),
        attribute("name", |church, id| church.people[church.plan_person(id).person].name().into()),
        attribute("notes", |church, id| church.plan_person(id).notes.as_ref().into()),
        attribute("notification_changed_at", |_, _| Value::Null),
        attribute("notification_changed_by_name", |_, _| Value::Null),
        attribute("notification_prepared_at", |church, id| {
            let entry = church.plan_person(id);
            entry.prepared_only.then_some(entry.created_at).into()
        }),
        attribute("notification_read_at", |church, id| church.plan_person(id).read_at.into()),
        attribute("notification_sender_name", |church, id| {
            church.plan_person(id).sent_at.map(|_| church.people[church.planner()].name()).into()
        }),
        attribute("notification_sent_at", |church, id| church.plan_person(id).sent_at.into()),
        attribute("photo_thumbnail", |church, id| {
            avatar::address_or_placeholder(church, church.plan_person(id).person)
        }),
        attribute("prepare_notification", |church, id| church.plan_person(id).prepared_only.into()),
        attribute("scheduled_by_is_eligible_for_responds_to", |_, _| Value::Flag(true)).on_request(),
        attribute("scheduled_by_name", |church, _| church.people[church.planner()].name().into())
            .on_request(),
        attribute("status", |church, id| church.plan_person(id).answer.letter().into()),
        attribute("status_updated_at", |church, id| church.plan_person(id).answered_at.into()),
        attribute("team_position_name", |church, id| (&church.plan_person(id).position).into()),
        attribute("updated_at", |church, id| church.plan_person(id).updated_at.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.plan_person(id).person]),
        to_one("plan", "Plan", |church, id| vec![church.plan_person(id).plan]),
        to_one("scheduled_by", "Person", |church, _| vec![church.planner()]),
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plans[church.plan_person(id).plan].service_type]
        }),
        to_one("team", "Team", |church, id| vec![church.plan_person(id).team]),
        to_one("responds_to", "Person", responds_to),
        to_many("times", "PlanTime", |church, id| church.plan_person(id).times.clone()),
        to_many("service_times", "PlanTime", |church, id| {
            let times = church.plan_person(id).times.iter();
            times.copied().filter(|time| church.plan_time(*time).time_type == TimeType::Service).collect()
        }),
        to_many("time_preference_options", "TimePreferenceOption", |church, id| {
            let entry = church.plan_person(id);
            if !church.teams[entry.team].split {
                return Vec::new();
            }
            entry.times.iter().filter_map(|time| church.time_preference_option_at(*time)).collect()
        }),
    ],
    edges: &[
        edge_to_many("declined_plan_times", &PLAN_TIME, declined_times),
        edge_to_one("person", &PERSON, |church, id| vec![church.plan_person(id).person]),
        edge_to_one("plan", &PLAN, |church, id| vec![church.plan_person(id).plan]),
        edge_to_many("plan_person_times", &PLAN_PERSON_TIME, |church, id| {
            church.plan_person(id).time_ids().collect()
        }),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| church.plan_person(id).times.clone()),
        edge_to_one("team", &TEAM, |church, id| vec![church.plan_person(id).team]),
    ],
    includes: &["declined_plan_times", "person", "plan", "team"],
    conditions: &[condition("team_id", |church, id, wanted| {
        church.plan_person(id).team.to_string() == wanted
    })],
    person: |church, id| Some(church.plan_person(id).person),
    patch: Some(PATCH_PLAN_PERSON),
    delete: Some(DELETE_PLAN_PERSON),
    ..Resource::new("PlanPerson", |church, id| {
        format!("/services/v2/people/{}/plan_people/{id}", church.plan_person(id).person)
    })
};

/// The answer to one of the times that somebody is asked for.
pub(super) static PLAN_PERSON_TIME: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plan_person_time(id).0.created_at.into()),
        attribute("status", |church, id| {
            let (entry, time) = church.plan_person_time(id);
            entry.answer_for(time).letter().into()
        }),
        attribute("updated_at", |church, id| church.plan_person_time(id).0.updated_at.into()).ordered(),
    ],
    relationships: &[
        to_one("plan_time", "PlanTime", |church, id| vec![church.plan_person_time(id).1]),
        to_one("plan", "Plan", |church, id| vec![church.plan_person_time(id).0.plan]),
        to_one("plan_person", "PlanPerson", |church, id| vec![church.plan_person_time(id).0.id]),
    ],
    person: |church, id| Some(church.plan_person_time(id).0.person),
    ..Resource::new("PlanPersonTime", |church, id| {
        let entry = church.plan_person_time(id).0;
        format!("/services/v2/people/{}/plan_people/{}/plan_person_times/{id}", entry.person, entry.id)
    })
};

pub(super) static NEEDED_POSITION: Resource = Resource {
    attributes: &[
        attribute("quantity", |church, id| church.needed_position(id).quantity.into()),
        attribute("scheduled_to", |church, id| {
            if church.needed_position(id).time.is_some() { "time" } else { "plan" }.into()
        }),
        attribute("team_position_name", |church, id| (&church.needed_position(id).position).into()),
    ],
    relationships: &[
        to_one("team", "Team", |church, id| vec![church.needed_position(id).team]),
        to_one("plan", "Plan", |church, id| vec![church.needed_position(id).plan]),
        to_one("time", "PlanTime", |church, id| church.needed_position(id).time.into_iter().collect()),
        to_one("time_preference_option", "TimePreferenceOption", |church, id| {
            church.needed_position(id).time_preference_option.into_iter().collect()
        }),
    ],
    edges: &[
        edge_to_one("team", &TEAM, |church, id| vec![church.needed_position(id).team]),
        edge_to_one("time", &PLAN_TIME, |church, id| church.needed_position(id).time.into_iter().collect()),
    ],
    includes: &["team", "time"],
    conditions: &[condition("team_id", |church, id, wanted| {
        church.needed_position(id).team.to_string() == wanted
    })],
    patch: Some(PATCH_NEEDED_POSITION),
    delete: Some(DELETE_NEEDED_POSITION),
    ..Resource::new("NeededPosition", |church, id| {
        let plan = church.needed_position(id).plan;
        format!(
            "/services/v2/service_types/{}/plans/{plan}/needed_positions/{id}",
            church.plans[plan].service_type
        )
    })
};

/// The times that somebody declined: all of them, or some while accepting others.
pub(super) fn declined_times(view: &View<'_>, id: Id) -> Vec<Id> {
    let entry = view.plan_person(id);
    let times = entry.times.iter().copied();
    times.filter(|time| entry.answer_for(*time) == Answer::Declined).collect()
}

/// Who hears of an answer; for all leaders of a team the id is 0.
pub(super) fn responds_to(view: &View<'_>, id: Id) -> Vec<Id> {
    vec![view.plan_person(id).responds_to.unwrap_or(0)]
}

/// Helpers of the children's rooms check in at the desk: so for plans that are over it is known who came.
pub(super) fn attendances_of(view: &View<'_>, plan: Id) -> Vec<Id> {
    let row = &view.plans[plan];
    let over = row.times.iter().all(|time| time.starts_at < view.now());
    if view.service_types[row.service_type].kind != Kind::Kids || !over {
        return Vec::new();
    }
    let entries = view.contents(plan).team_members.iter();
    let present = entries
        .flat_map(|entry| entry.time_ids().zip(&entry.times).map(move |(id, time)| (entry, id, *time)));
    present
        .filter(|(entry, _, time)| entry.answer_for(*time) == Answer::Confirmed)
        .map(|(_, id, _)| id)
        .collect()
}

/// That somebody came for one of their times; the two share their id.
pub(super) static ATTENDANCE: Resource = Resource {
    attributes: &[
        attribute("check_ins_event_id", |church, id| {
            let plan = church.plan_person_time(id).0.plan;
            church.plans[plan].service_type.to_string().into()
        }),
        attribute("check_ins_event_period_id", |church, id| {
            church.plan_person_time(id).0.plan.to_string().into()
        }),
        // Between twenty minutes and half an hour early.
        attribute("checked_in_at", |church, id| {
            let starts_at = church.plan_time(church.plan_person_time(id).1).starts_at;
            let early = i64::try_from(id % 10).unwrap_or(0) + 20;
            (starts_at - SignedDuration::from_mins(early)).into()
        }),
    ],
    relationships: &[
        to_one("plan_time", "PlanTime", |church, id| vec![church.plan_person_time(id).1]),
        to_one("plan_person", "PlanPerson", |church, id| vec![church.plan_person_time(id).0.id]),
    ],
    person: |church, id| Some(church.plan_person_time(id).0.person),
    ..Resource::new("Attendance", |church, id| {
        let plan = church.plan_person_time(id).0.plan;
        format!("{}/attendances/{id}", (PLAN.path)(church, plan))
    })
};
