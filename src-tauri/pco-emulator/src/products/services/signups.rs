//! Services: open positions for which people can sign up by themselves.

use super::writing::SIGNUP_SHEET_ACTIONS;
use super::{dates, local, sort_date};
use crate::avatar;
use crate::church::Church;
use crate::church::services::rows::{NeededPosition, PlanTime, TimeType};
use crate::church::services::signups::{person_of, subject_of};
use crate::church::table::Id;
use crate::jsonapi::resource::{Resource, attribute, edge_to_many, to_one};
use crate::jsonapi::value::Value;

pub(super) static AVAILABLE_SIGNUP: Resource = Resource {
    attributes: &[
        attribute("organization_name", |church, _| church.name.into()),
        attribute("planning_center_url", |_, id| {
            format!("https://services.planningcenteronline.com/signups/{}", subject_of(id)).into()
        }),
        attribute("service_type_name", |church, id| (&church.service_types[subject_of(id)].name).into()),
        attribute("signups_available", |church, id| (!church.signup_sheets_of(id).is_empty()).into()),
    ],
    relationships: &[
        to_one("organization", "Organization", |church, _| vec![church.organization_id]),
        to_one("person", "Person", |_, id| vec![person_of(id)]),
        to_one("service_type", "ServiceType", |_, id| vec![subject_of(id)]),
    ],
    edges: &[edge_to_many("signup_sheets", &SIGNUP_SHEET, |church, id| church.signup_sheets_of(id))],
    includes: &["signup_sheets"],
    person: |_, id| Some(person_of(id)),
    ..Resource::new("AvailableSignup", |_, id| {
        format!("/services/v2/people/{}/available_signups/{id}", person_of(id))
    })
};

static SIGNUP_SHEET: Resource = Resource {
    attributes: &[
        attribute("display_times", |church, id| {
            let times = times(church, needed(church, id)).into_iter();
            let times = times.map(|time| local(church, time.starts_at).strftime("%-I:%M%P").to_string());
            times.collect::<Vec<_>>().join(" & ").into()
        }),
        attribute("group_key", |church, id| {
            let needed = needed(church, id);
            format!("{}-{}", needed.plan, needed.team).into()
        }),
        attribute("position_name", |church, id| (&needed(church, id).position).into()),
        attribute("sort_date", |church, id| {
            sort_date(church, needed(church, id).plan).map_or(Value::Null, Value::FalseUtc)
        }),
        attribute("sort_index", |church, id| church.teams[needed(church, id).team].sequence.into()),
        attribute("team_name", |church, id| (&church.teams[needed(church, id).team].name).into()),
        attribute("title", |church, id| dates(church, &church.plans[needed(church, id).plan], false)),
    ],
    relationships: &[
        to_one("plan", "Plan", |church, id| vec![needed(church, id).plan]),
        to_one("team_position", "TeamPosition", |church, id| {
            let needed = needed(church, id);
            let positions = church.positions_of(needed.team).into_iter();
            positions.filter(|position| church.team_positions[*position].name == needed.position).collect()
        }),
        to_one("team", "Team", |church, id| vec![needed(church, id).team]),
    ],
    edges: &[
        edge_to_many("scheduled_people", &SCHEDULED_PERSON, |church, id| {
            let needed = needed(church, id);
            let entries = church.contents(needed.plan).team_members.iter();
            entries.filter(|entry| entry.team == needed.team).map(|entry| entry.id).collect()
        }),
        edge_to_many("signup_sheet_metadata", &SIGNUP_SHEET_METADATA, |church, id| {
            times(church, needed(church, id)).into_iter().map(|time| time.id).collect()
        }),
    ],
    includes: &["scheduled_people", "signup_sheet_metadata"],
    person: |_, id| Some(person_of(id)),
    actions: SIGNUP_SHEET_ACTIONS,
    ..Resource::new("SignupSheet", |church, id| {
        let person = person_of(id);
        let service_type = church.plans[needed(church, id).plan].service_type;
        let signups = church.available_signups_of(person).into_iter();
        let signup = signups.filter(|signup| subject_of(*signup) == service_type).max().unwrap_or(0);
        format!("/services/v2/people/{person}/available_signups/{signup}/signup_sheets/{id}")
    })
};

fn needed(church: &Church, sheet: Id) -> &NeededPosition {
    church.needed_position(subject_of(sheet))
}

/// The services for which a position is open.
fn times<'a>(church: &'a Church, needed: &NeededPosition) -> Vec<&'a PlanTime> {
    let services = church.plans[needed.plan].times_of(TimeType::Service);
    services.filter(|time| needed.time.is_none_or(|only| only == time.id)).collect()
}

/// Who is on the team already; it shares its id with the entry in the team.
static SCHEDULED_PERSON: Resource = Resource {
    attributes: &[
        attribute("full_name", |church, id| church.people[church.plan_person(id).person].name().into()),
        attribute("status", |church, id| church.plan_person(id).answer.letter().into()),
        attribute("thumbnail", |church, id| {
            avatar::address_or_placeholder(church, church.plan_person(id).person)
        }),
    ],
    ..Resource::new("ScheduledPerson", |church, id| {
        format!("/services/v2/people/{}", church.plan_person(id).person)
    })
};

/// A time for which a sheet is open; it shares its id with the time.
static SIGNUP_SHEET_METADATA: Resource = Resource {
    attributes: &[
        attribute("conflicts", |_, _| Value::List(Vec::new())),
        attribute("ends_at", |church, id| church.plan_time(id).ends_at.into()),
        attribute("starts_at", |church, id| church.plan_time(id).starts_at.into()),
        attribute("time_name", |church, id| church.plan_time(id).name.as_ref().into()),
        attribute("time_type", |church, id| church.plan_time(id).time_type.as_str().into()),
    ],
    relationships: &[to_one("plan_time", "PlanTime", |_, id| vec![id])],
    ..Resource::new("SignupSheetMetadata", |church, id| {
        let plan = Church::plan_of_time(id);
        format!("/services/v2/service_types/{}/plans/{plan}/plan_times/{id}", church.plans[plan].service_type)
    })
};
