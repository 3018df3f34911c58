//! Services: a person's own view of the requests to serve.

use jiff::Timestamp;

use super::people::PERSON;
use super::plan_times::PLAN_TIME;
use super::team_members::{declined_times, responds_to};
use super::teams::TEAM;
use super::writing::SCHEDULE_ACTIONS;
use super::{Bound, dates, local, sort_date};
use crate::church::people::rows::Person;
use crate::church::services::rows::{Answer, PlanPerson};
use crate::church::table::Id;
use crate::church::{Church, TIME_ZONE};
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, condition, edge_to_many, edge_to_one, filter, standing, to_many,
    to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) const SCHEDULE_FILTERS: &[Filter] = &[
    filter("after", |church, id, query| {
        let mut times = times(church, id);
        Bound::of(query, "after").is_none_or(|after| times.any(|time| after.is_reached_by(church, time)))
    }),
    filter("all", |_, _, _| true),
    filter("before", |church, id, query| {
        let mut times = times(church, id);
        Bound::of(query, "before")
            .is_none_or(|before| times.any(|time| before.is_not_passed_by(church, time)))
    }),
    filter("future", |church, id, _| is_ahead(church, id)),
    filter("not_across_organizations", |_, _, _| true),
    filter("past", |church, id, _| !is_ahead(church, id)),
    filter("with_declined", |_, _, _| true),
    standing(|church, id, _| is_ahead(church, id), &["after", "all", "before", "future", "past"]),
    standing(|church, id, _| church.plan_person(id).answer != Answer::Declined, &["with_declined"]),
];

/// A person's own view of an entry in a team; the two share their id.
pub(super) static SCHEDULE: Resource = Resource {
    attributes: &[
        attribute("can_accept_partial", |church, id| church.teams[church.plan_person(id).team].split.into()),
        attribute("can_accept_partial_one_time", |_, _| Value::Flag(false)),
        attribute("can_rehearse", |church, id| church.teams[church.plan_person(id).team].rehearses.into()),
        attribute("dates", |church, id| dates(church, &church.plans[church.plan_person(id).plan], false)),
        attribute("decline_reason", |church, id| church.plan_person(id).decline_reason.as_ref().into()),
        attribute("organization_name", |church, _| church.name.into()),
        attribute("organization_time_zone", |_, _| TIME_ZONE.into()),
        attribute("organization_twenty_four_hour_time", |_, _| Value::Flag(false)),
        attribute("person_name", |church, id| church.people[church.plan_person(id).person].name().into()),
        attribute("plan_visible", |_, _| Value::Flag(true)),
        attribute("plan_visible_to_me", |_, _| Value::Flag(true)),
        attribute("position_display_times", |church, id| {
            let times = church
                .plan_person(id)
                .times
                .iter()
                .map(|time| local(church, church.plan_time(*time).starts_at));
            times.map(|time| time.strftime("%-I:%M%P").to_string()).collect::<Vec<_>>().join(" & ").into()
        }),
        attribute("reschedule_declines", |_, _| Value::Null),
        attribute("responds_to_name", |church, id| {
            let person = church.plan_person(id).responds_to.and_then(|person| church.people.get(person));
            person.map(Person::name).into()
        }),
        attribute("service_type_name", |church, id| {
            (&church.service_types[church.plans[church.plan_person(id).plan].service_type].name).into()
        }),
        attribute("short_dates", |church, id| {
            dates(church, &church.plans[church.plan_person(id).plan], true)
        }),
        attribute("sort_date", |church, id| {
            sort_date(church, church.plan_person(id).plan).map_or(Value::Null, Value::FalseUtc)
        }),
        attribute("status", |church, id| church.plan_person(id).answer.letter().into()),
        attribute("team_name", |church, id| (&church.teams[church.plan_person(id).team].name).into()),
        attribute("team_position_name", |church, id| (&church.plan_person(id).position).into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.plan_person(id).person]),
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plans[church.plan_person(id).plan].service_type]
        }),
        to_one("organization", "Organization", |church, _| vec![church.organization_id]),
        to_one("plan_person", "PlanPerson", |_, id| vec![id]),
        to_one("plan", "Plan", |church, id| vec![church.plan_person(id).plan]),
        to_one("team", "Team", |church, id| vec![church.plan_person(id).team]),
        to_one("responds_to_person", "Person", responds_to),
        to_many("times", "PlanTime", |church, id| church.plan_person(id).times.clone()),
    ],
    edges: &[
        edge_to_many("declined_plan_times", &PLAN_TIME, declined_times),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| church.plan_person(id).times.clone()),
        edge_to_one("respond_to", &PERSON, |church, id| {
            church
                .plan_person(id)
                .responds_to
                .into_iter()
                .filter(|person| church.people.contains(*person))
                .collect()
        }),
        edge_to_one("team", &TEAM, |church, id| vec![church.plan_person(id).team]),
    ],
    includes: &["plan_times"],
    conditions: &[condition("plan_id", |church, id, wanted| {
        church.plan_person(id).plan.to_string() == wanted
    })],
    orders: &[Order {
        name: "starts_at",
        key: |church, id| first_time(church, church.plan_person(id)),
        drops_null: false,
    }],
    person: |church, id| Some(church.plan_person(id).person),
    actions: SCHEDULE_ACTIONS,
    ..Resource::new("Schedule", |church, id| {
        format!("/services/v2/people/{}/schedules/{id}", church.plan_person(id).person)
    })
};

/// Confirmed entries and those already sent: nobody sees a draft.
pub(super) fn schedules_of(church: &View<'_>, person: Id) -> Vec<Id> {
    church.plan_people_of(person).into_iter().filter(|id| church.plan_person(*id).is_shown()).collect()
}

fn first_time(church: &Church, entry: &PlanPerson) -> Value<'static> {
    let times = entry.times.iter().map(|time| church.plan_time(*time).starts_at);
    times.min().into()
}

/// When the times start that somebody is asked for.
fn times(church: &Church, id: Id) -> impl Iterator<Item = Timestamp> {
    church.plan_person(id).times.iter().map(|time| church.plan_time(*time).starts_at)
}

/// Whether something of it is still to come; today's stays ahead all day.
fn is_ahead(church: &Church, id: Id) -> bool {
    times(church, id).any(|starts_at| starts_at >= church.start_of_today())
}
