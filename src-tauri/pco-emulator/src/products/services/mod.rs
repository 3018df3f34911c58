//! The Services product, version 2018-11-01: the organization, and ways of telling time that its types share.

mod attachments;
mod blockouts;
mod item_parts;
mod items;
mod live;
mod media;
mod notes;
mod people;
mod plan_times;
mod plans;
mod schedules;
mod service_types;
mod signups;
mod songs;
mod tags;
mod team_members;
mod teams;
mod templates;
mod writing;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::church::services::rows::Plan;
use crate::church::table::Id;
use crate::church::{Church, TIME_ZONE};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{Product, Resource, attribute, edge_to_many, edge_to_one};
use crate::jsonapi::value::{Value, canary};
use crate::jsonapi::view::Access;

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
        attribute("created_at", |church, _| church.opened_at().into()),
        attribute("date_format", |_, _| Value::Integer(1)),
        attribute("file_storage_exceeded", |_, _| Value::Flag(false)),
        // Documented as booleans, sent as bytes.
        attribute("file_storage_extra_enabled", |_, _| Value::Flag(false)),
        attribute("file_storage_size", |_, _| Value::Integer(10_737_418_240)),
        attribute("file_storage_size_used", |church, _| {
            Value::Integer(church.attachments.iter().map(|(_, row)| row.file_size).sum())
        }),
        attribute("legacy_id", |_, _| Value::Null),
        attribute("music_stand_enabled", |_, _| Value::Flag(true)),
        attribute("name", |church, _| church.name.into()),
        attribute("owner_name", |church, _| church.people[church.planner()].name().into()),
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
        edge_to_many("attachments", &attachments::ATTACHMENT, |church, _| church.attachments.ids()),
        edge_to_many("folders", &service_types::FOLDER, |church, _| church.folders.ids())
            .created(writing::CREATE_FOLDER),
        edge_to_many("media", &media::MEDIA, |church, _| church.media.ids())
            .filtered(media::MEDIA_FILTERS)
            .created(writing::CREATE_MEDIA),
        edge_to_one("me", &people::PERSON, |view, _| vec![view.viewer.person]),
        edge_to_many("people", &people::PERSON, |view, _| people::visible(view)),
        edge_to_many("plans", &plans::PLAN, |view, _| plans::visible(view, view.all_plans()))
            .filtered(plans::PLAN_FILTERS),
        edge_to_many("series", &plans::SERIES, |church, _| church.series.ids()),
        edge_to_many("service_types", &service_types::SERVICE_TYPE, |church, _| church.kept_service_types())
            .filtered(service_types::SERVICE_TYPE_FILTERS)
            .created(writing::CREATE_SERVICE_TYPE),
        edge_to_many("songs", &songs::SONG, |church, _| church.songs.ids()).created(writing::CREATE_SONG),
        edge_to_many("tag_groups", &tags::TAG_GROUP, |church, _| church.tag_groups.ids())
            .filtered(tags::TAG_GROUP_FILTERS),
        edge_to_many("teams", &teams::TEAM, |church, _| {
            let kept = church.teams.iter().filter(|(_, team)| team.deleted_at.is_none());
            kept.map(|(id, _)| id).collect()
        })
        .filtered(teams::TEAM_FILTERS),
    ],
    ..Resource::new("Organization", |_, _| "/services/v2".to_owned())
};

/// Where a plan or a template is found.
fn plan_path(church: &Church, plan: Id) -> String {
    let row = &church.plans[plan];
    let kind = if row.template.is_some() { "plan_templates" } else { "plans" };
    format!("/services/v2/service_types/{}/{kind}/{plan}", row.service_type)
}

/// The wall clock of the church at a moment.
fn local(church: &Church, moment: Timestamp) -> DateTime {
    church.zone.to_datetime(moment)
}

/// The first time of a plan on the church's wall clock.
fn sort_date(church: &Church, plan: Id) -> Option<DateTime> {
    church.plans[plan].first_time().map(|time| local(church, time.starts_at))
}

/// The days of a plan's services, or of all its times where it has no service.
fn days(church: &Church, plan: &Plan) -> Vec<Date> {
    let services = plan.services().map(|time| local(church, time.starts_at).date());
    let mut days: Vec<Date> = services.collect();
    if days.is_empty() {
        days.extend(plan.times.iter().map(|time| local(church, time.starts_at).date()));
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// The days of a plan in words: `December 24 & 25, 2026`; short: `Dec 24 & 25`.
fn dates(church: &Church, plan: &Plan, short: bool) -> Value<'static> {
    let month = if short { "%b %-d" } else { "%B %-d" };
    let mut written = String::new();
    let mut last: Option<Date> = None;
    for day in days(church, plan) {
        let format = match last {
            Some(last) if last.first_of_month() == day.first_of_month() => "%-d",
            _ => month,
        };
        if last.is_some() {
            written.push_str(" & ");
        }
        written.push_str(&day.strftime(format).to_string());
        last = Some(day);
    }
    match last {
        None => "No dates".into(),
        Some(_) if short => written.into(),
        Some(last) => format!("{written}, {}", last.year()).into(),
    }
}

/// One end of a stretch of time, as `after=` and `before=` give it.
#[derive(Clone, Copy)]
enum Bound {
    /// A whole day of the church.
    Day(Date),
    Moment(Timestamp),
}

impl Bound {
    /// None where the parameter is missing or no date.
    fn of(query: &Query, name: &str) -> Option<Self> {
        let text = query.argument(name)?;
        let moment = text.parse().map(Self::Moment);
        moment.or_else(|_| text.parse().map(Self::Day)).ok()
    }

    fn is_reached_by(self, church: &Church, moment: Timestamp) -> bool {
        match self {
            Self::Day(day) => local(church, moment).date() >= day,
            Self::Moment(bound) => moment >= bound,
        }
    }

    fn is_not_passed_by(self, church: &Church, moment: Timestamp) -> bool {
        match self {
            Self::Day(day) => local(church, moment).date() <= day,
            Self::Moment(bound) => moment <= bound,
        }
    }
}
