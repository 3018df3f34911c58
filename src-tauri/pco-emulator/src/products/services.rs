//! The Services product, version 2018-11-01: the organization, folders, service types, plans and their times.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::services_scheduling::{NEEDED_POSITION, PERSON, PLAN_PERSON, SCHEDULE, TEAM, TEAM_POSITION};
use super::services_songs::{ITEM, ITEM_NOTE_CATEGORY, PLAN_NOTE, PLAN_NOTE_CATEGORY, SONG};
use super::services_writing::ITEM_REORDER;
use crate::church::rows::{Plan, TimeType};
use crate::church::table::Id;
use crate::church::{Church, TIME_ZONE};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{
    Condition, Filter, Order, Product, Resource, attribute, condition, edge_to_many, edge_to_one, filter,
    id_condition, to_many, to_one,
};
use crate::jsonapi::value::{Value, canary};
use crate::jsonapi::view::{Access, View};

pub(crate) static PRODUCT: Product = Product {
    name: "services",
    root: &ORGANIZATION,
    access: Access::Everybody,
    versions: &["2018-08-01", "2018-11-01"],
};

static ORGANIZATION: Resource = Resource {
    attributes: &[
        attribute("allow_mp3_download", |_, _| Value::Flag(true)),
        attribute("calendar_starts_on_sunday", |_, _| Value::Flag(true)),
        attribute("ccli", |_, _| Value::Null),
        attribute("created_at", |church, _| {
            church.campuses.iter().next().map(|(_, campus)| campus.created_at).into()
        }),
        attribute("date_format", |_, _| Value::Integer(1)),
        attribute("file_storage_exceeded", |_, _| Value::Flag(false)),
        attribute("legacy_id", |_, _| Value::Null),
        attribute("music_stand_enabled", |_, _| Value::Flag(true)),
        attribute("name", |church, _| church.name.into()),
        attribute("owner_name", |church, _| church.people[church.staff].name().into()),
        attribute("people_allowed", |_, _| Value::Integer(100_000)),
        attribute("people_remaining", |church, _| (100_000_usize).saturating_sub(church.people.len()).into()),
        attribute("projector_enabled", |_, _| Value::Flag(true)),
        attribute("required_to_set_download_permission", |_, _| "editor".into()),
        attribute("secret", |_, id| canary("secret", id)).forbidden(),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
        attribute("twenty_four_hour_time", |_, _| Value::Flag(false)),
        attribute("updated_at", |church, _| church.start_of_today().into()),
    ],
    edges: &[
        edge_to_many("folders", &FOLDER, |church, _| church.folders.ids()),
        edge_to_one("me", &PERSON, |view, _| vec![view.viewer.person]),
        edge_to_many("people", &PERSON, |church, _| church.people.ids()),
        edge_to_many("plans", &PLAN, |church, _| church.plans.ids()).filtered(PLAN_FILTERS),
        edge_to_many("series", &SERIES, |church, _| church.series.ids()),
        edge_to_many("service_types", &SERVICE_TYPE, |church, _| church.service_types.ids())
            .filtered(SERVICE_TYPE_FILTERS),
        edge_to_many("songs", &SONG, |church, _| church.songs.ids()),
        edge_to_many("teams", &TEAM, |church, _| church.teams.ids()),
    ],
    ..Resource::new("Organization", |_, _| "/services/v2".to_owned())
};

const SERVICE_TYPE_FILTERS: &[Filter] =
    &[filter("no_parent", |church, id, _| church.service_types[id].folder.is_none())];

static FOLDER: Resource = Resource {
    attributes: &[
        attribute("container", |_, _| Value::Null),
        attribute("created_at", |church, id| church.folders[id].created_at.into()),
        attribute("name", |church, id| (&church.folders[id].name).into()).ordered(),
        attribute("updated_at", |church, id| church.folders[id].created_at.into()),
    ],
    relationships: &[
        to_many("ancestors", "Folder", |church, id| church.folders[id].parent.into_iter().collect()),
        to_one("parent", "Folder", |church, id| church.folders[id].parent.into_iter().collect()),
        to_one("campus", "Campus", |church, id| church.folders[id].campus.into_iter().collect()),
    ],
    edges: &[
        edge_to_many("folders", &FOLDER, |church, id| {
            church
                .folders
                .iter()
                .filter(|(_, folder)| folder.parent == Some(id))
                .map(|(child, _)| child)
                .collect()
        }),
        edge_to_many("service_types", &SERVICE_TYPE, |church, id| {
            church
                .service_types
                .iter()
                .filter(|(_, row)| row.folder == Some(id))
                .map(|(child, _)| child)
                .collect()
        }),
    ],
    includes: &["service_types"],
    conditions: &[condition("parent_id", |church, id, wanted| {
        church.folders[id].parent.is_some_and(|parent| parent.to_string() == wanted)
    })],
    ..Resource::new("Folder", |_, id| format!("/services/v2/folders/{id}"))
};

static SERVICE_TYPE: Resource = Resource {
    attributes: &[
        attribute("archived_at", |_, _| Value::Null),
        attribute("attachment_types_enabled", |_, _| Value::Flag(false)),
        attribute("background_check_permissions", |_, _| "inherit".into()).forbidden(),
        attribute("comment_permissions", |_, _| "Editor".into()),
        attribute("created_at", |church, id| church.service_types[id].created_at.into()),
        attribute("custom_item_types", |_, _| Value::List(Vec::new())),
        attribute("deleted_at", |_, _| Value::Null),
        attribute("frequency", |_, _| "Every 1 week".into()),
        attribute("last_plan_from", |_, _| "organization".into()),
        attribute("name", |church, id| (&church.service_types[id].name).into()).indexed(),
        attribute("permissions", |view, _| view.viewer.rights.services.name().into()),
        attribute("scheduled_publish", |_, _| Value::Flag(false)),
        attribute("sequence", |church, id| church.service_types[id].sequence.into()).ordered(),
        attribute("standard_item_types", |_, _| {
            Value::Json(
                serde_json::json!([{"name": "Header", "color": "#eaebeb"}, {"name": "Song", "color": "#e8f6df"}, {"name": "Media", "color": "#e6e2fd"}]),
            )
        }),
        attribute("updated_at", |church, id| church.service_types[id].created_at.into()),
    ],
    relationships: &[to_one("parent", "Folder", |church, id| {
        church.service_types[id].folder.into_iter().collect()
    })],
    edges: &[
        edge_to_many("item_note_categories", &ITEM_NOTE_CATEGORY, |church, id| {
            church.item_note_categories.ids_owned_by(id, |row| row.service_type)
        }),
        edge_to_many("plan_note_categories", &PLAN_NOTE_CATEGORY, |church, id| {
            church.plan_note_categories.ids_owned_by(id, |row| row.service_type)
        }),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| {
            church.plans_of(id).into_iter().flat_map(|plan| times_of(church, plan)).collect()
        })
        .filtered(PLAN_TIME_FILTERS),
        edge_to_many("plans", &PLAN, |church, id| church.plans_of(id)).filtered(PLAN_FILTERS),
        edge_to_many("team_positions", &TEAM_POSITION, |church, id| {
            let teams = church.teams.ids_owned_by(id, |row| row.service_type);
            teams
                .into_iter()
                .flat_map(|team| church.team_positions.ids_owned_by(team, |row| row.team))
                .collect()
        }),
        edge_to_many("teams", &TEAM, |church, id| church.teams.ids_owned_by(id, |row| row.service_type)),
    ],
    conditions: &[
        id_condition(),
        condition("parent_id", |church, id, wanted| {
            church.service_types[id].folder.is_some_and(|parent| parent.to_string() == wanted)
        }),
    ],
    ..Resource::new("ServiceType", |_, id| format!("/services/v2/service_types/{id}"))
};

const PLAN_FILTERS: &[Filter] = &[
    filter("after", |church, id, query| {
        day_argument(query, "after").is_none_or(|after| local_days(church, id).any(|day| day >= after))
    }),
    filter("before", |church, id, query| {
        day_argument(query, "before").is_none_or(|before| local_days(church, id).any(|day| day <= before))
    }),
    // A plan of today stays in the future all day.
    filter("future", |church, id, _| {
        church.plans[id].times.iter().any(|time| time.starts_at >= church.start_of_today())
    }),
    filter("no_dates", |church, id, _| church.plans[id].times.is_empty()),
    filter("past", |church, id, _| {
        let times = &church.plans[id].times;
        !times.is_empty() && times.iter().all(|time| time.starts_at < church.start_of_today())
    }),
];

const PLAN_TIME_FILTERS: &[Filter] = &[
    filter("future", |church, id, _| church.plan_time(id).starts_at >= church.start_of_today()),
    filter("named", |church, id, _| church.plan_time(id).name.is_some()),
    filter("not_deleted", |_, _, _| true),
    filter("past", |church, id, _| church.plan_time(id).starts_at < church.start_of_today()),
];

pub(super) static PLAN: Resource = Resource {
    attributes: &[
        attribute("can_view_order", |_, _| Value::Flag(true)),
        attribute("created_at", |church, id| church.plans[id].created_at.into()).indexed(),
        attribute("dates", |church, id| {
            church.plans[id]
                .day
                .map_or_else(|| "No dates".to_owned(), |day| day.strftime("%B %-d, %Y").to_string())
                .into()
        }),
        attribute("files_expire_at", |church, id| {
            Value::FalseUtc(last_local_time(church, id).saturating_add(jiff::SignedDuration::from_hours(360)))
        }),
        attribute("items_count", |church, id| church.contents(id).items.len().into()),
        attribute("last_time_at", |church, id| Value::FalseUtc(last_local_time(church, id))),
        attribute("multi_day", |_, _| Value::Flag(false)),
        attribute("needed_positions_count", |church, id| {
            church.contents(id).needed_positions.iter().map(|needed| needed.quantity).sum::<usize>().into()
        }),
        attribute("other_time_count", |church, id| church.plans[id].times_of(TimeType::Other).count().into()),
        attribute("permissions", |view, _| view.viewer.rights.services.name().into()),
        attribute("plan_notes_count", |church, id| church.contents(id).notes.len().into()),
        attribute("plan_people_count", |church, id| church.contents(id).team_members.len().into()),
        attribute("planning_center_url", |_, id| {
            format!("https://services.planningcenteronline.com/plans/{id}").into()
        }),
        attribute("prefers_order_view", |_, _| Value::Flag(true)),
        attribute("public", |_, _| Value::Flag(false)),
        attribute("rehearsable", |church, id| {
            (church.plans[id].times_of(TimeType::Rehearsal).count() > 0).into()
        }),
        attribute("rehearsal_time_count", |church, id| {
            church.plans[id].times_of(TimeType::Rehearsal).count().into()
        }),
        attribute("reminders_disabled", |_, _| Value::Flag(false)),
        attribute("series_title", |church, id| church.plans[id].series_title.as_ref().into()).queried(),
        attribute("service_time_count", |church, id| {
            church.plans[id].times_of(TimeType::Service).count().into()
        }),
        attribute("short_dates", |church, id| {
            church.plans[id]
                .day
                .map_or_else(|| "No dates".to_owned(), |day| day.strftime("%b %-d").to_string())
                .into()
        }),
        attribute("sort_date", |church, id| {
            Value::FalseUtc(sort_date(church, id).unwrap_or_else(|| church.today.at(12, 0, 0, 0)))
        }),
        attribute("title", |church, id| church.plans[id].title.as_ref().into()).indexed(),
        attribute("total_length", |church, id| {
            let items = church.contents(id).items.iter().filter(|item| item.service_position == "during");
            Value::Integer(items.map(|item| item.length).sum())
        }),
        attribute("updated_at", |church, id| church.plans[id].updated_at.into()).indexed(),
    ],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| vec![church.plans[id].service_type]),
        to_one("previous_plan", "Plan", |church, id| church.neighbour(id, -1).into_iter().collect()),
        to_one("next_plan", "Plan", |church, id| church.neighbour(id, 1).into_iter().collect()),
        to_many("attachment_types", "AttachmentType", |_, _| Vec::new()),
        to_one("series", "Series", |church, id| church.plans[id].series.into_iter().collect()),
        to_one("created_by", "Person", |church, _| vec![church.staff]),
        to_one("updated_by", "Person", |church, _| vec![church.staff]),
        to_one("linked_publishing_episode", "LinkedPublishingEpisode", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_many("items", &ITEM, |church, id| {
            church.contents(id).items.iter().map(|row| row.id).collect()
        }),
        edge_to_many("my_schedules", &SCHEDULE, |church, id| {
            let entries = church.contents(id).team_members.iter();
            entries
                .filter(|entry| church.is_me(entry.person) && !entry.prepared_only)
                .map(|entry| entry.id)
                .collect()
        }),
        edge_to_many("needed_positions", &NEEDED_POSITION, |church, id| {
            church.contents(id).needed_positions.iter().map(|row| row.id).collect()
        }),
        edge_to_one("next_plan", &PLAN, |church, id| church.neighbour(id, 1).into_iter().collect()),
        edge_to_many("notes", &PLAN_NOTE, |church, id| {
            church.contents(id).notes.iter().map(|row| row.id).collect()
        }),
        edge_to_many("plan_times", &PLAN_TIME, times_of),
        edge_to_one("previous_plan", &PLAN, |church, id| church.neighbour(id, -1).into_iter().collect()),
        edge_to_one("series", &SERIES, |church, id| church.plans[id].series.into_iter().collect()),
        edge_to_many("team_members", &PLAN_PERSON, |church, id| {
            church.contents(id).team_members.iter().map(|row| row.id).collect()
        })
        .filtered(super::services_scheduling::TEAM_MEMBER_FILTERS),
    ],
    includes: &["my_schedules", "plan_times", "series"],
    conditions: PLAN_CONDITIONS,
    // Plans without times have no date to sort by and fall out of the list.
    orders: &[Order {
        name: "sort_date",
        key: |church, id| sort_date(church, id).map_or(Value::Null, Value::FalseUtc),
        drops_null: true,
    }],
    actions: &[ITEM_REORDER],
    ..Resource::new("Plan", |church, id| {
        format!("/services/v2/service_types/{}/plans/{id}", church.plans[id].service_type)
    })
};

const PLAN_CONDITIONS: &[Condition] = &[id_condition()];

pub(super) static PLAN_TIME: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plans[Church::plan_of_time(id)].created_at.into()),
        attribute("ends_at", |church, id| church.plan_time(id).ends_at.into()),
        attribute("live_ends_at", |_, _| Value::Null),
        attribute("live_starts_at", |_, _| Value::Null),
        attribute("name", |church, id| church.plan_time(id).name.into()),
        attribute("recorded", |_, _| Value::Flag(false)),
        attribute("starts_at", |church, id| church.plan_time(id).starts_at.into()).ordered(),
        attribute("team_reminders", |_, _| Value::List(Vec::new())),
        attribute("time_type", |church, id| church.plan_time(id).time_type.as_str().into()).queried(),
        attribute("updated_at", |church, id| church.plans[Church::plan_of_time(id)].created_at.into()),
    ],
    relationships: &[to_many("assigned_teams", "Team", |church, id| {
        let time = church.plan_time(id);
        let teams = church
            .teams
            .ids_owned_by(church.plans[Church::plan_of_time(id)].service_type, |row| row.service_type);
        teams
            .into_iter()
            .filter(|team| time.time_type != TimeType::Service && church.teams[*team].rehearses)
            .collect()
    })],
    ..Resource::new("PlanTime", |church, id| {
        let plan = Church::plan_of_time(id);
        format!("/services/v2/service_types/{}/plans/{plan}/plan_times/{id}", church.plans[plan].service_type)
    })
};

pub(super) static SERIES: Resource = Resource {
    attributes: &[
        attribute("artwork_file_name", |_, _| "artwork.png".into()),
        attribute("artwork_for_plan", |_, _| Value::Null),
        attribute("created_at", |church, id| church.series[id].created_at.into()).ordered(),
        attribute("has_artwork", |_, _| Value::Flag(true)),
        attribute("title", |church, id| (&church.series[id].title).into()).queried(),
        attribute("updated_at", |church, id| church.series[id].created_at.into()),
    ],
    edges: &[edge_to_many("plans", &PLAN, |church, id| {
        church.plans.iter().filter(|(_, plan)| plan.series == Some(id)).map(|(plan, _)| plan).collect()
    })],
    ..Resource::new("Series", |_, id| format!("/services/v2/series/{id}"))
};

fn times_of(church: &View<'_>, plan: Id) -> Vec<Id> {
    church.plans[plan].times.iter().map(|time| time.id).collect()
}

/// The wall clock of the church at a moment.
pub(super) fn local(church: &Church, moment: Timestamp) -> DateTime {
    church.zone.to_datetime(moment)
}

pub(super) fn sort_date(church: &Church, plan: Id) -> Option<DateTime> {
    church.plans[plan].first_time().map(|time| local(church, time.starts_at))
}

fn last_local_time(church: &Church, plan: Id) -> DateTime {
    let last = church.plans[plan].times.iter().map(|time| time.starts_at).max();
    last.map_or_else(|| church.today.at(12, 0, 0, 0), |last| local(church, last))
}

fn local_days(church: &Church, plan: Id) -> impl Iterator<Item = Date> {
    let plan: &Plan = &church.plans[plan];
    plan.times.iter().map(|time| local(church, time.starts_at).date())
}

/// A day given as a date or as a full time stamp.
fn day_argument(query: &Query, name: &str) -> Option<Date> {
    query.argument(name)?.get(..10)?.parse().ok()
}
