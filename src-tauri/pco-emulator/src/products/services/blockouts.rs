//! Services: when people cannot serve.

use super::writing::{DELETE_BLOCKOUT, PATCH_BLOCKOUT};
use crate::church::services::rows::{Blockout, Period};
use crate::church::table::Id;
use crate::church::{Church, TIME_ZONE};
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_many, filter, to_one};
use crate::jsonapi::value::Value;

pub(super) const BLOCKOUT_FILTERS: &[Filter] = &[
    filter("future", |church, id, _| is_ahead(church, id)),
    filter("past", |church, id, _| !is_ahead(church, id)),
];

/// Whether the block-out still covers something from today on.
fn is_ahead(church: &Church, id: Id) -> bool {
    let dates = church.blockout_dates_of(id);
    dates.last().is_some_and(|last| church.blockout_date(*last).ends_at.date() >= church.today)
}

pub(super) static BLOCKOUT: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.blockouts[id].created_at.into()),
        attribute("description", |church, id| description(&church.blockouts[id]).into()),
        attribute("ends_at", |church, id| church.in_utc(church.blockouts[id].ends_at).into()),
        attribute("group_identifier", |_, id| format!("{id:032x}").into()).queried(),
        attribute("organization_name", |church, _| church.name.into()),
        attribute("reason", |church, id| (&church.blockouts[id].reason).into()),
        attribute("repeat_frequency", |church, id| {
            let repeat = church.blockouts[id].repeat;
            repeat.map_or_else(|| "no_repeat".to_owned(), |repeat| format!("every_{}", repeat.every)).into()
        }),
        attribute("repeat_interval", |church, id| {
            church.blockouts[id].repeat.and_then(|repeat| interval(repeat.period)).into()
        }),
        attribute("repeat_period", |church, id| {
            church.blockouts[id].repeat.map(|repeat| period(repeat.period)).into()
        }),
        attribute("repeat_until", |church, id| {
            church.blockouts[id].repeat.and_then(|repeat| repeat.until).into()
        }),
        attribute("settings", |_, _| Value::Null),
        attribute("share", |church, id| church.blockouts[id].share.into()),
        attribute("starts_at", |church, id| church.in_utc(church.blockouts[id].starts_at).into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
        attribute("updated_at", |church, id| church.blockouts[id].updated_at.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.blockouts[id].person]),
        to_one("organization", "Organization", |church, _| vec![church.organization_id]),
    ],
    edges: &[
        edge_to_many("blockout_dates", &BLOCKOUT_DATE, |church, id| church.blockout_dates_of(id)),
        edge_to_many("blockout_exceptions", &BLOCKOUT_EXCEPTION, |church, id| {
            let count = church.blockouts[id].exceptions.len() as u64;
            (0..count).map(|place| id * EXCEPTIONS_PER_BLOCKOUT + place).collect()
        }),
    ],
    person: |church, id| Some(church.blockouts[id].person),
    patch: Some(PATCH_BLOCKOUT),
    delete: Some(DELETE_BLOCKOUT),
    ..Resource::new("Blockout", blockout_path)
};

fn blockout_path(church: &Church, id: Id) -> String {
    format!("/services/v2/people/{}/blockouts/{id}", church.blockouts[id].person)
}

/// A day that a block-out covers: on the wall clock, and in UTC.
static BLOCKOUT_DATE: Resource = Resource {
    attributes: &[
        attribute("ends_at", |church, id| Value::FalseUtc(church.blockout_date(id).ends_at)),
        attribute("ends_at_utc", |church, id| church.in_utc(church.blockout_date(id).ends_at).into()),
        attribute("group_identifier", |_, id| format!("{:032x}", Church::blockout_of_date(id)).into()),
        attribute("reason", |church, id| (&church.blockouts[Church::blockout_of_date(id)].reason).into()),
        attribute("share", |church, id| church.blockouts[Church::blockout_of_date(id)].share.into()),
        attribute("starts_at", |church, id| Value::FalseUtc(church.blockout_date(id).starts_at)),
        attribute("starts_at_utc", |church, id| church.in_utc(church.blockout_date(id).starts_at).into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.blockouts[Church::blockout_of_date(id)].person]),
        to_one("blockout", "Blockout", |_, id| vec![Church::blockout_of_date(id)]),
    ],
    person: |church, id| Some(church.blockouts[Church::blockout_of_date(id)].person),
    ..Resource::new("BlockoutDate", |church, id| {
        format!("{}/blockout_dates/{id}", blockout_path(church, Church::blockout_of_date(id)))
    })
};

/// Room for the days that one block-out leaves out.
const EXCEPTIONS_PER_BLOCKOUT: Id = 1_000;

/// A day that a repeated block-out leaves out.
static BLOCKOUT_EXCEPTION: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| {
            church.blockouts[id / EXCEPTIONS_PER_BLOCKOUT].created_at.into()
        }),
        attribute("date", |church, id| {
            let place = usize::try_from(id % EXCEPTIONS_PER_BLOCKOUT).unwrap_or(usize::MAX);
            church.blockouts[id / EXCEPTIONS_PER_BLOCKOUT].exceptions.get(place).copied().into()
        }),
        attribute("updated_at", |church, id| {
            church.blockouts[id / EXCEPTIONS_PER_BLOCKOUT].updated_at.into()
        }),
    ],
    relationships: &[to_one("blockout", "Blockout", |_, id| vec![id / EXCEPTIONS_PER_BLOCKOUT])],
    ..Resource::new("BlockoutException", |church, id| {
        format!("{}/blockout_exceptions/{id}", blockout_path(church, id / EXCEPTIONS_PER_BLOCKOUT))
    })
};

fn period(period: Period) -> &'static str {
    match period {
        Period::Daily => "daily",
        Period::Weekly => "weekly",
        Period::Monthly | Period::MonthlyByWeek(_) => "monthly",
        Period::Yearly => "yearly",
    }
}

fn interval(period: Period) -> Option<&'static str> {
    match period {
        Period::Daily | Period::Weekly | Period::Yearly => None,
        Period::Monthly => Some("exact_day_of_month"),
        Period::MonthlyByWeek(1) => Some("week_of_month_1"),
        Period::MonthlyByWeek(2) => Some("week_of_month_2"),
        Period::MonthlyByWeek(3) => Some("week_of_month_3"),
        Period::MonthlyByWeek(_) => Some("week_of_month_4"),
    }
}

/// In words: `Dec 24, 2026 to Dec 27, 2026`, and how it repeats.
fn description(blockout: &Blockout) -> String {
    let (first, last) = (blockout.starts_at.date(), blockout.ends_at.date());
    let mut words = first.strftime("%b %-d, %Y").to_string();
    if last != first {
        words = format!("{words} to {}", last.strftime("%b %-d, %Y"));
    }
    match blockout.repeat {
        None => words,
        Some(repeat) if repeat.every == 1 => format!("{words}, repeats {}", period(repeat.period)),
        Some(repeat) => format!("{words}, repeats {}, every {}", period(repeat.period), repeat.every),
    }
}
