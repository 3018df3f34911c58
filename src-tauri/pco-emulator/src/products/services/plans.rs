//! Services: plans and their series, and who has worked on a plan.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::attachments::{ATTACHMENT, ATTACHMENT_FILTERS};
use super::items::ITEM;
use super::live::LIVE;
use super::notes::{PLAN_NOTE, PLAN_NOTE_FILTERS};
use super::plan_times::PLAN_TIME;
use super::schedules::SCHEDULE;
use super::team_members::{ATTENDANCE, NEEDED_POSITION, PLAN_PERSON, TEAM_MEMBER_FILTERS, attendances_of};
use super::teams::TEAM;
use super::writing::{
    CREATE_ITEM, CREATE_NEEDED_POSITION, CREATE_PLAN_NOTE, CREATE_PLAN_PERSON, CREATE_PLAN_TIME, DELETE_PLAN,
    ITEM_REORDER, PATCH_PLAN,
};
use super::{Bound, dates, days, local, sort_date};
use crate::avatar;
use crate::church::Church;
use crate::church::rights::ServicesRight;
use crate::church::services::rows::{Attachable, TimeType};
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, edge_to_many, edge_to_one, filter, id_condition, level, to_many,
    to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::{Access, View};

pub(super) const PLAN_FILTERS: &[Filter] = &[
    filter("after", |church, id, query| {
        let mut times = church.plans[id].times.iter();
        Bound::of(query, "after")
            .is_none_or(|after| times.any(|time| after.is_reached_by(church, time.starts_at)))
    }),
    filter("before", |church, id, query| {
        let mut times = church.plans[id].times.iter();
        Bound::of(query, "before")
            .is_none_or(|before| times.any(|time| before.is_not_passed_by(church, time.starts_at)))
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

/// Of `plans`, those that the viewer may see: a Scheduled Viewer sees those with a request of their own.
pub(super) fn visible(view: &View<'_>, mut plans: Vec<Id>) -> Vec<Id> {
    if view.viewer.rights.services < ServicesRight::Viewer {
        plans.retain(|plan| {
            let mut entries = view.contents(*plan).team_members.iter();
            entries.any(|entry| view.is_me(entry.person) && entry.is_shown())
        });
    }
    plans
}

pub(super) static PLAN: Resource = Resource {
    attributes: &[
        attribute("can_view_order", |_, _| Value::Flag(true)),
        attribute("created_at", |church, id| church.plans[id].created_at.into()).indexed(),
        attribute("dates", |church, id| dates(church, &church.plans[id], false)),
        attribute("files_expire_at", |church, id| {
            Value::FalseUtc(last_local_time(church, id).saturating_add(SignedDuration::from_hours(360)))
        }),
        attribute("items_count", |church, id| church.contents(id).items.len().into()),
        attribute("last_time_at", |church, id| Value::FalseUtc(last_local_time(church, id))),
        attribute("multi_day", |church, id| (days(church, &church.plans[id]).len() > 1).into()),
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
        attribute("public", |church, id| church.plans[id].public.into()),
        attribute("rehearsable", |church, id| {
            (church.plans[id].times_of(TimeType::Rehearsal).count() > 0).into()
        }),
        attribute("rehearsal_time_count", |church, id| {
            church.plans[id].times_of(TimeType::Rehearsal).count().into()
        }),
        attribute("reminders_disabled", |church, id| church.plans[id].reminders_disabled.into()),
        attribute("series_title", |church, id| church.plans[id].series_title.as_ref().into()).queried(),
        attribute("service_time_count", |church, id| church.plans[id].services().count().into()),
        attribute("short_dates", |church, id| dates(church, &church.plans[id], true)),
        attribute("sort_date", |church, id| {
            // Without a time it is always now: it moves with every look.
            Value::FalseUtc(sort_date(church, id).unwrap_or_else(|| local(church, church.now())))
        }),
        attribute("title", |church, id| church.plans[id].title.as_ref().into()).indexed(),
        attribute("total_length", |church, id| {
            let items = church.contents(id).items.iter().filter(|item| item.service_position == "during");
            Value::Integer(items.map(|item| item.length).sum())
        }),
        attribute("updated_at", |church, id| church.plans[id].updated_at.into()).indexed(),
    ],
    levels: &[level(Access::SCHEDULER, &["reminders_disabled"])],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| vec![church.plans[id].service_type]),
        to_one("previous_plan", "Plan", |church, id| church.neighbour(id, -1).into_iter().collect()),
        to_one("next_plan", "Plan", |church, id| church.neighbour(id, 1).into_iter().collect()),
        to_many("attachment_types", "AttachmentType", |_, _| Vec::new()),
        to_one("series", "Series", |church, id| church.plans[id].series.into_iter().collect()),
        to_one("created_by", "Person", |church, _| vec![church.planner()]),
        to_one("updated_by", "Person", |church, _| vec![church.planner()]),
        to_one("linked_publishing_episode", "LinkedPublishingEpisode", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_many("all_attachments", &ATTACHMENT, |church, id| church.all_attachments_of(id))
            .filtered(ATTACHMENT_FILTERS),
        edge_to_many("attachments", &ATTACHMENT, |church, id| church.attachments_of(Attachable::Plan(id))),
        edge_to_many("attendances", &ATTENDANCE, attendances_of),
        edge_to_many("contributors", &CONTRIBUTOR, contributors_of),
        edge_to_many("items", &ITEM, |church, id| {
            church.contents(id).items.iter().map(|row| row.id).collect()
        })
        .created(CREATE_ITEM),
        edge_to_one("live", &LIVE, |_, id| vec![id]),
        edge_to_many("my_schedules", &SCHEDULE, |church, id| {
            let entries = church.contents(id).team_members.iter();
            entries
                .filter(|entry| church.is_me(entry.person) && entry.is_shown())
                .map(|entry| entry.id)
                .collect()
        }),
        edge_to_many("needed_positions", &NEEDED_POSITION, |church, id| {
            church.contents(id).needed_positions.iter().map(|row| row.id).collect()
        })
        .created(CREATE_NEEDED_POSITION),
        edge_to_one("next_plan", &PLAN, |church, id| church.neighbour(id, 1).into_iter().collect()),
        edge_to_many("notes", &PLAN_NOTE, |church, id| {
            church.contents(id).notes.iter().map(|row| row.id).collect()
        })
        .filtered(PLAN_NOTE_FILTERS)
        .created(CREATE_PLAN_NOTE),
        edge_to_many("plan_times", &PLAN_TIME, |church, id| {
            church.plans[id].times.iter().map(|time| time.id).collect()
        })
        .created(CREATE_PLAN_TIME),
        edge_to_one("previous_plan", &PLAN, |church, id| church.neighbour(id, -1).into_iter().collect()),
        edge_to_one("series", &SERIES, |church, id| church.plans[id].series.into_iter().collect()),
        edge_to_many("signup_teams", &TEAM, |church, id| {
            let needed = church.contents(id).needed_positions.iter().map(|needed| needed.team);
            needed.collect::<BTreeSet<_>>().into_iter().collect()
        }),
        edge_to_many("team_members", &PLAN_PERSON, |church, id| {
            church.contents(id).team_members.iter().map(|row| row.id).collect()
        })
        .filtered(TEAM_MEMBER_FILTERS)
        .created(CREATE_PLAN_PERSON),
    ],
    includes: &["contributors", "my_schedules", "plan_times", "series"],
    conditions: &[id_condition()],
    // Plans without times have no date to sort by and fall out of the list.
    orders: &[Order {
        name: "sort_date",
        key: |church, id| sort_date(church, id).map_or(Value::Null, Value::FalseUtc),
        drops_null: true,
    }],
    patch: Some(PATCH_PLAN),
    delete: Some(DELETE_PLAN),
    actions: &[ITEM_REORDER],
    ..Resource::new("Plan", super::plan_path)
};

pub(super) static SERIES: Resource = Resource {
    attributes: &[
        attribute("artwork_content_type", |_, _| "image/png".into()),
        attribute("artwork_file_name", |_, _| "artwork.png".into()),
        attribute("artwork_file_size", |_, _| Value::Integer(48_220)),
        attribute("artwork_for_dashboard", |_, _| Value::Null),
        attribute("artwork_for_mobile", |_, _| Value::Null),
        attribute("artwork_for_plan", |_, _| Value::Null),
        attribute("artwork_original", |_, _| Value::Null),
        attribute("created_at", |church, id| church.series[id].created_at.into()).ordered(),
        attribute("has_artwork", |_, _| Value::Flag(true)),
        attribute("title", |church, id| (&church.series[id].title).into()).queried(),
        attribute("updated_at", |church, id| church.series[id].created_at.into()),
    ],
    edges: &[edge_to_many("plans", &PLAN, |view, id| {
        let plans = view.all_plans().into_iter().filter(|plan| view.plans[*plan].series == Some(id));
        visible(view, plans.collect())
    })
    .filtered(PLAN_FILTERS)],
    ..Resource::new("Series", |_, id| format!("/services/v2/series/{id}"))
};

fn last_local_time(church: &Church, plan: Id) -> DateTime {
    let last = church.plans[plan].times.iter().map(|time| time.starts_at).max();
    local(church, last.unwrap_or_else(|| church.now()))
}

/// Room for the people who worked on one plan.
const CONTRIBUTORS_PER_PLAN: Id = 100;

/// Who made the plan, and then who leads the teams that serve on it.
fn people_who_contributed(church: &Church, plan: Id) -> Vec<Id> {
    let mut people = vec![church.planner()];
    for team in church.teams_of(church.plans[plan].service_type) {
        let leaders = church.team_leaders.ids_owned_by(team, |row| row.team);
        people.extend(leaders.into_iter().map(|leader| church.team_leaders[leader].person));
    }
    people.dedup();
    people.truncate(usize::try_from(CONTRIBUTORS_PER_PLAN).unwrap_or(0));
    people
}

fn contributors_of(view: &View<'_>, plan: Id) -> Vec<Id> {
    let count = people_who_contributed(view, plan).len() as u64;
    (0..count).map(|place| plan * CONTRIBUTORS_PER_PLAN + place).collect()
}

/// The plan and the person of a contributor.
fn contributor(church: &Church, id: Id) -> (Id, Id) {
    let plan = id / CONTRIBUTORS_PER_PLAN;
    let place = usize::try_from(id % CONTRIBUTORS_PER_PLAN).unwrap_or(0);
    (plan, people_who_contributed(church, plan).get(place).copied().unwrap_or(church.staff))
}

static CONTRIBUTOR: Resource = Resource {
    attributes: &[
        attribute("contributable_action", |_, id| {
            if id % CONTRIBUTORS_PER_PLAN == 0 { "created" } else { "updated" }.into()
        }),
        attribute("contributable_category", |_, id| {
            if id % CONTRIBUTORS_PER_PLAN == 0 { "plan" } else { "people" }.into()
        }),
        attribute("contributable_type", |_, id| {
            if id % CONTRIBUTORS_PER_PLAN == 0 { "Plan" } else { "PlanPerson" }.into()
        }),
        attribute("created_at", |church, id| church.plans[contributor(church, id).0].created_at.into())
            .ordered(),
        attribute("full_name", |church, id| church.people[contributor(church, id).1].name().into()),
        attribute("photo_thumbnail_url", |church, id| {
            avatar::address_or_placeholder(church, contributor(church, id).1)
        }),
        attribute("updated_at", |church, id| church.plans[contributor(church, id).0].updated_at.into())
            .ordered(),
    ],
    relationships: &[
        to_one("plan", "Plan", |church, id| vec![contributor(church, id).0]),
        to_one("person", "Person", |church, id| vec![contributor(church, id).1]),
    ],
    ..Resource::new("Contributor", |church, id| {
        let plan = contributor(church, id).0;
        format!("{}/contributors/{id}", (PLAN.path)(church, plan))
    })
};
