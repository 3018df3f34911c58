//! Services: teams, positions, people, and who is asked to serve on which plan.

use super::services::{PLAN, PLAN_TIME, local, sort_date};
use super::services_writing::{PATCH_PLAN_PERSON, SCHEDULE_ACTIONS};
use crate::avatar;
use crate::church::rights::ServicesRight;
use crate::church::rows::{Answer, PlanPerson};
use crate::church::table::Id;
use crate::church::{Church, TIME_ZONE};
use crate::jsonapi::resource::{
    Filter, Level, Order, Resource, attribute, condition, edge_to_many, edge_to_one, filter, level, standing,
    to_many, to_one,
};
use crate::jsonapi::value::{Value, canary};
use crate::jsonapi::view::{Access, View};

pub(super) static TEAM: Resource = Resource {
    attributes: &[
        attribute("archived_at", |_, _| Value::Null),
        attribute("assigned_directly", |_, _| Value::Flag(false)),
        attribute("created_at", |church, id| church.teams[id].created_at.into()).ordered(),
        attribute("default_prepare_notifications", |_, _| Value::Flag(true)),
        attribute("default_status", |_, _| "U".into()),
        attribute("deleted_at", |_, _| Value::Null),
        attribute("last_plan_from", |_, _| "organization".into()),
        attribute("name", |church, id| church.teams[id].name.into()).indexed(),
        attribute("rehearsal_team", |church, id| church.teams[id].rehearses.into()),
        attribute("schedule_to", |church, id| if church.teams[id].split { "time" } else { "plan" }.into()),
        attribute("secure_team", |_, _| Value::Flag(false)),
        attribute("sequence", |church, id| church.teams[id].sequence.into()),
        attribute("stage_color", |_, _| "#6d9ac4".into()),
        attribute("stage_variant", |_, _| Value::Null),
        attribute("updated_at", |church, id| church.teams[id].created_at.into()).ordered(),
        attribute("viewers_see", |_, _| Value::Integer(0)),
    ],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| vec![church.teams[id].service_type]),
        to_one("default_responds_to", "Person", |church, _| vec![church.staff]),
        to_many("service_types", "ServiceType", |church, id| vec![church.teams[id].service_type]),
    ],
    edges: &[
        edge_to_many("people", &PERSON, |church, id| {
            let mut people: Vec<Id> = church.teams[id].members.iter().map(|(person, _)| *person).collect();
            people.sort_unstable();
            people.dedup();
            people
        }),
        edge_to_many("team_positions", &TEAM_POSITION, |church, id| {
            church.team_positions.ids_owned_by(id, |row| row.team)
        }),
    ],
    includes: &["people", "team_positions"],
    ..Resource::new("Team", |_, id| format!("/services/v2/teams/{id}"))
};

pub(super) static TEAM_POSITION: Resource = Resource {
    attributes: &[
        attribute("name", |church, id| church.team_positions[id].name.into()).ordered(),
        attribute("negative_tag_groups", |_, _| Value::List(Vec::new())),
        attribute("sequence", |church, id| church.team_positions[id].sequence.into()),
        attribute("tag_groups", |_, _| Value::List(Vec::new())),
        attribute("tags", |_, _| Value::List(Vec::new())),
    ],
    relationships: &[to_one("team", "Team", |church, id| vec![church.team_positions[id].team])],
    edges: &[edge_to_one("team", &TEAM, |church, id| vec![church.team_positions[id].team])],
    includes: &["team"],
    ..Resource::new("TeamPosition", |church, id| {
        let service_type = church.teams[church.team_positions[id].team].service_type;
        format!("/services/v2/service_types/{service_type}/team_positions/{id}")
    })
};

pub(super) static PERSON: Resource = Resource {
    attributes: &[
        attribute("access_media_attachments", |_, _| Value::Flag(true)).own(),
        attribute("access_plan_attachments", |_, _| Value::Flag(true)).own(),
        attribute("access_song_attachments", |_, _| Value::Flag(true)).own(),
        attribute("anniversary", |church, id| church.people[id].anniversary.into()),
        attribute("archived", |_, _| Value::Flag(false)),
        attribute("archived_at", |church, id| church.people[id].inactivated_at.into()),
        attribute("assigned_to_rehearsal_team", |_, _| Value::Flag(false)).queried(),
        attribute("birthdate", |church, id| church.people[id].birthdate.into()),
        attribute("created_at", |church, id| church.people[id].created_at.into()).ordered(),
        attribute("facebook_id", |_, _| Value::Null),
        attribute("first_name", |church, id| (&church.people[id].first_name).into()).ordered(),
        attribute("full_name", |church, id| church.people[id].name().into()),
        attribute("given_name", |church, id| church.people[id].given_name.as_ref().into()),
        attribute("ical_code", |_, id| canary("ical_code", id)).forbidden(),
        attribute("last_name", |church, id| (&church.people[id].last_name).into()).ordered(),
        attribute("legacy_id", |_, _| Value::Null).queried(),
        attribute("logged_in_at", |church, id| {
            if church.is_me(id) { church.start_of_today().into() } else { Value::Null }
        }),
        attribute("max_permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("max_plan_permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("media_permissions", |_, _| "Editor".into()).own(),
        attribute("middle_name", |church, id| church.people[id].middle_name.as_ref().into()),
        attribute("name_prefix", |_, _| Value::Null),
        attribute("name_suffix", |_, _| Value::Null),
        attribute("nickname", |church, id| church.people[id].nickname.as_ref().into()),
        attribute("passed_background_check", |_, id| canary("passed_background_check", id)).forbidden(),
        attribute("permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("photo_thumbnail_url", |church, id| avatar::address_or_placeholder(church, id)),
        attribute("photo_url", |church, id| avatar::address_or_placeholder(church, id)),
        attribute("site_administrator", |church, id| church.is_administrator(id).into()).own(),
        attribute("song_permissions", |_, _| "Editor".into()).own(),
        attribute("status", |church, id| {
            if church.people[id].active() { "active" } else { "inactive" }.into()
        }),
        attribute("updated_at", |church, id| church.people[id].updated_at.into()).ordered(),
    ],
    levels: PERSON_LEVELS,
    relationships: &[to_one("current_folder", "Folder", |_, _| Vec::new())],
    edges: &[
        // Others' entries are for administrators, though their block-outs are not hidden.
        edge_to_many("plan_people", &PLAN_PERSON, |church, id| church.plan_people_of(id))
            .followed_by(Access::ServicesOrSelf(ServicesRight::Administrator))
            .read_only(),
        edge_to_many("schedules", &SCHEDULE, schedules_of).filtered(SCHEDULE_FILTERS),
    ],
    person: |_, id| Some(id),
    ..Resource::new("Person", |_, id| format!("/services/v2/people/{id}"))
};

const PERSON_LEVELS: &[Level] = &[
    level(
        Access::VIEWER_OR_SELF,
        &[
            "anniversary",
            "birthdate",
            "facebook_id",
            "full_name",
            "given_name",
            "max_permissions",
            "max_plan_permissions",
            "media_permissions",
            "middle_name",
            "nickname",
            "permissions",
            "song_permissions",
            "status",
        ],
    ),
    level(Access::SCHEDULER, &["archived", "logged_in_at", "passed_background_check", "site_administrator"]),
    level(
        Access::SCHEDULER_OR_SELF,
        &["access_media_attachments", "access_plan_attachments", "access_song_attachments", "ical_code"],
    ),
];

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
            church.plan_person(id).sent_at.map(|_| church.people[church.staff].name()).into()
        }),
        attribute("notification_sent_at", |church, id| church.plan_person(id).sent_at.into()),
        attribute("photo_thumbnail", |church, id| {
            avatar::address_or_placeholder(church, church.plan_person(id).person)
        }),
        attribute("prepare_notification", |church, id| church.plan_person(id).prepared_only.into()),
        attribute("scheduled_by_name", |church, _| church.people[church.staff].name().into()).on_request(),
        attribute("status", |church, id| church.plan_person(id).answer.letter().into()),
        attribute("status_updated_at", |church, id| church.plan_person(id).answered_at.into()),
        attribute("team_position_name", |church, id| church.plan_person(id).position.into()),
        attribute("updated_at", |church, id| church.plan_person(id).updated_at.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.plan_person(id).person]),
        to_one("plan", "Plan", |church, id| vec![church.plan_person(id).plan]),
        to_one("scheduled_by", "Person", |church, _| vec![church.staff]),
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plans[church.plan_person(id).plan].service_type]
        }),
        to_one("team", "Team", |church, id| vec![church.plan_person(id).team]),
        to_one("responds_to", "Person", |church, _| vec![church.staff]),
        to_many("times", "PlanTime", |church, id| church.plan_person(id).times.clone()),
        to_many("service_times", "PlanTime", |church, id| {
            let times = church.plan_person(id).times.iter();
            times
                .copied()
                .filter(|time| church.plan_time(*time).time_type == crate::church::rows::TimeType::Service)
                .collect()
        }),
        to_many("time_preference_options", "TimePreferenceOption", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_many("declined_plan_times", &PLAN_TIME, declined_times),
        edge_to_one("person", &PERSON, |church, id| vec![church.plan_person(id).person]),
        edge_to_one("plan", &PLAN, |church, id| vec![church.plan_person(id).plan]),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| church.plan_person(id).times.clone()),
        edge_to_one("team", &TEAM, |church, id| vec![church.plan_person(id).team]),
    ],
    includes: &["declined_plan_times", "person", "plan", "team"],
    conditions: &[condition("team_id", |church, id, wanted| {
        church.plan_person(id).team.to_string() == wanted
    })],
    person: |church, id| Some(church.plan_person(id).person),
    patch: Some(PATCH_PLAN_PERSON),
    ..Resource::new("PlanPerson", |church, id| {
        format!("/services/v2/people/{}/plan_people/{id}", church.plan_person(id).person)
    })
};

pub(super) static NEEDED_POSITION: Resource = Resource {
    attributes: &[
        attribute("quantity", |church, id| church.needed_position(id).quantity.into()),
        attribute("scheduled_to", |church, id| {
            if church.needed_position(id).time.is_some() { "time" } else { "plan" }.into()
        }),
        attribute("team_position_name", |church, id| church.needed_position(id).position.into()),
    ],
    relationships: &[
        to_one("team", "Team", |church, id| vec![church.needed_position(id).team]),
        to_one("plan", "Plan", |church, id| vec![church.needed_position(id).plan]),
        to_one("time", "PlanTime", |church, id| church.needed_position(id).time.into_iter().collect()),
        to_one("time_preference_option", "TimePreferenceOption", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_one("team", &TEAM, |church, id| vec![church.needed_position(id).team]),
        edge_to_one("time", &PLAN_TIME, |church, id| church.needed_position(id).time.into_iter().collect()),
    ],
    includes: &["team", "time"],
    conditions: &[condition("team_id", |church, id, wanted| {
        church.needed_position(id).team.to_string() == wanted
    })],
    ..Resource::new("NeededPosition", |church, id| {
        let plan = church.needed_position(id).plan;
        format!(
            "/services/v2/service_types/{}/plans/{plan}/needed_positions/{id}",
            church.plans[plan].service_type
        )
    })
};

const SCHEDULE_FILTERS: &[Filter] = &[
    filter("after", |church, id, query| {
        let after =
            query.argument("after").and_then(|after| after.get(..10)).and_then(|day| day.parse().ok());
        after.is_none_or(|after| first_day(church, id) >= Some(after))
    }),
    filter("all", |_, _, _| true),
    filter("before", |church, id, query| {
        let before =
            query.argument("before").and_then(|before| before.get(..10)).and_then(|day| day.parse().ok());
        before.is_none_or(|before| first_day(church, id) <= Some(before))
    }),
    filter("future", |church, id, _| first_day(church, id) >= Some(church.today)),
    filter("not_across_organizations", |_, _, _| true),
    filter("past", |church, id, _| first_day(church, id) < Some(church.today)),
    filter("with_declined", |_, _, _| true),
    standing(
        |church, id, _| first_day(church, id) >= Some(church.today),
        &["after", "all", "before", "future", "past"],
    ),
    standing(|church, id, _| church.plan_person(id).answer != Answer::Declined, &["with_declined"]),
];

/// A person's own view of an entry in a team; the two share their id.
pub(super) static SCHEDULE: Resource = Resource {
    attributes: &[
        attribute("can_accept_partial", |church, id| church.teams[church.plan_person(id).team].split.into()),
        attribute("can_accept_partial_one_time", |_, _| Value::Flag(false)),
        attribute("can_rehearse", |church, id| church.teams[church.plan_person(id).team].rehearses.into()),
        attribute("dates", |church, id| plan_day(church, id, "%B %-d, %Y")),
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
        attribute("responds_to_name", |church, _| church.people[church.staff].name().into()),
        attribute("service_type_name", |church, id| {
            (&church.service_types[church.plans[church.plan_person(id).plan].service_type].name).into()
        }),
        attribute("short_dates", |church, id| plan_day(church, id, "%b %-d")),
        attribute("sort_date", |church, id| {
            sort_date(church, church.plan_person(id).plan).map_or(Value::Null, Value::FalseUtc)
        }),
        attribute("status", |church, id| church.plan_person(id).answer.letter().into()),
        attribute("team_name", |church, id| church.teams[church.plan_person(id).team].name.into()),
        attribute("team_position_name", |church, id| church.plan_person(id).position.into()),
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
        to_one("responds_to_person", "Person", |church, _| vec![church.staff]),
        to_many("times", "PlanTime", |church, id| church.plan_person(id).times.clone()),
    ],
    edges: &[
        edge_to_many("declined_plan_times", &PLAN_TIME, declined_times),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| church.plan_person(id).times.clone()),
        edge_to_one("respond_to", &PERSON, |church, _| vec![church.staff]),
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
fn schedules_of(church: &View<'_>, person: Id) -> Vec<Id> {
    church.plan_people_of(person).into_iter().filter(|id| !church.plan_person(*id).prepared_only).collect()
}

fn declined_times(church: &View<'_>, id: Id) -> Vec<Id> {
    let entry = church.plan_person(id);
    if entry.answer == Answer::Declined { entry.times.clone() } else { Vec::new() }
}

fn first_time(church: &Church, entry: &PlanPerson) -> Value<'static> {
    let times = entry.times.iter().map(|time| church.plan_time(*time).starts_at);
    times.min().into()
}

fn first_day(church: &Church, id: Id) -> Option<jiff::civil::Date> {
    church.plans[church.plan_person(id).plan].day
}

fn plan_day(church: &Church, id: Id, format: &str) -> Value<'static> {
    church.plans[church.plan_person(id).plan]
        .day
        .map_or_else(|| "No dates".to_owned(), |day| day.strftime(format).to_string())
        .into()
}
