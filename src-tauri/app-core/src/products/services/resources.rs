//! Services as the wire has it (version 2018-11-01). Nearly every attribute may be missing or null.

use jiff::Timestamp;
use pco_client::{Included, Resource};
use serde::Deserialize;
use serde::de::Deserializer;

use super::records::{
    Item, ItemTime, NeededPosition, Note, Plan, PlanMarks, PlanNote, PlanTime, ServiceType, Team, TeamMember,
    TimeKind,
};
use crate::sync::SyncError;

/// Asked for with `fields[ServiceType]`.
pub(super) const SERVICE_TYPE: &[&str] = &["name", "sequence", "archived_at", "deleted_at"];
/// Asked for with `fields[Team]`. Relationships are named too, since a sparse fieldset covers them.
pub(super) const TEAM: &[&str] =
    &["name", "sequence", "archived_at", "deleted_at", "service_type", "people", "team_positions"];
/// Asked for with `fields[TeamPosition]`.
pub(super) const TEAM_POSITION: &[&str] = &["name", "sequence"];
/// Asked for with `fields[Plan]`.
pub(super) const PLAN: &[&str] = &[
    "title",
    "series_title",
    "total_length",
    "planning_center_url",
    "updated_at",
    "plan_people_count",
    "needed_positions_count",
    "items_count",
    "plan_notes_count",
    "service_type",
    "plan_times",
];
/// Asked for with `fields[PlanTime]`.
pub(super) const PLAN_TIME: &[&str] = &["name", "time_type", "starts_at", "ends_at", "assigned_teams"];
/// Asked for with `fields[PlanPerson]`.
pub(super) const PLAN_PERSON: &[&str] = &[
    "name",
    "status",
    "team_position_name",
    "decline_reason",
    "prepare_notification",
    "notification_sent_at",
    "created_at",
    "person",
    "team",
    "service_times",
];
/// Asked for with `fields[NeededPosition]`.
pub(super) const NEEDED_POSITION: &[&str] =
    &["quantity", "team_position_name", "scheduled_to", "team", "time"];
/// Asked for with `fields[Item]`.
pub(super) const ITEM: &[&str] = &[
    "title",
    "item_type",
    "service_position",
    "sequence",
    "length",
    "key_name",
    "description",
    "html_details",
    "song",
    "arrangement",
    "item_notes",
    "item_times",
];
/// Asked for with `fields[ItemNote]` and `fields[PlanNote]`.
pub(super) const NOTE: &[&str] = &["category_name", "content"];
/// Asked for with `fields[ItemTime]`.
pub(super) const ITEM_TIME: &[&str] = &["exclude", "length_offset", "plan_time"];
/// Asked for with `fields[Arrangement]`.
pub(super) const ARRANGEMENT: &[&str] = &["name"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct FrameAttributes {
    name: Option<String>,
    sequence: Option<i64>,
    archived_at: Option<String>,
    deleted_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlanAttributes {
    title: Option<String>,
    series_title: Option<String>,
    #[serde(deserialize_with = "seconds")]
    total_length: i64,
    planning_center_url: Option<String>,
    updated_at: Option<Timestamp>,
    plan_people_count: Option<u32>,
    needed_positions_count: Option<u32>,
    items_count: Option<u32>,
    plan_notes_count: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlanTimeAttributes {
    name: Option<String>,
    time_type: Option<String>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlanPersonAttributes {
    name: Option<String>,
    status: Option<String>,
    team_position_name: Option<String>,
    decline_reason: Option<String>,
    prepare_notification: Option<bool>,
    notification_sent_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NeededPositionAttributes {
    quantity: Option<u32>,
    team_position_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ItemAttributes {
    title: Option<String>,
    item_type: Option<String>,
    service_position: Option<String>,
    sequence: Option<i64>,
    #[serde(deserialize_with = "seconds")]
    length: i64,
    key_name: Option<String>,
    description: Option<String>,
    html_details: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NoteAttributes {
    category_name: Option<String>,
    content: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ItemTimeAttributes {
    exclude: Option<bool>,
    #[serde(deserialize_with = "seconds")]
    length_offset: i64,
}

/// A service type, unless it was archived or deleted.
pub(super) fn service_type(resource: &Resource) -> Result<Option<ServiceType>, SyncError> {
    let attributes: FrameAttributes = resource.attributes()?;
    if attributes.archived_at.is_some() || attributes.deleted_at.is_some() {
        return Ok(None);
    }
    Ok(Some(ServiceType {
        id: resource.id.clone(),
        name: attributes.name.unwrap_or_default(),
        sequence: attributes.sequence.unwrap_or_default(),
    }))
}

/// A team and its members' ids, unless it was archived or deleted.
pub(super) fn team(
    resource: &Resource,
    included: &Included,
) -> Result<Option<(Team, Vec<String>)>, SyncError> {
    let attributes: FrameAttributes = resource.attributes()?;
    if attributes.archived_at.is_some() || attributes.deleted_at.is_some() {
        return Ok(None);
    }
    let mut positions = Vec::new();
    for position in resource.to_many("team_positions").iter().filter_map(|position| included.get(position)) {
        let position: FrameAttributes = position.attributes()?;
        positions.push((position.sequence.unwrap_or(i64::MAX), position.name.unwrap_or_default()));
    }
    positions.sort();
    let team = Team {
        id: resource.id.clone(),
        name: attributes.name.unwrap_or_default(),
        sequence: attributes.sequence.unwrap_or_default(),
        service_type_id: resource.to_one("service_type").map(|target| target.id.clone()),
        positions: positions.into_iter().map(|(_, name)| name).collect(),
    };
    Ok(Some((team, ids(resource, "people"))))
}

/// A plan with its times.
pub(super) fn plan(
    resource: &Resource,
    included: &Included,
    service_type_id: &str,
) -> Result<Plan, SyncError> {
    let attributes: PlanAttributes = resource.attributes()?;
    let mut times = Vec::new();
    for time in resource.to_many("plan_times").iter().filter_map(|time| included.get(time)) {
        times.extend(plan_time(time)?);
    }
    times.sort_by_key(|time: &PlanTime| (time.starts_at, time.id.clone()));
    Ok(Plan {
        id: resource.id.clone(),
        service_type_id: service_type_id.to_owned(),
        title: text(attributes.title),
        series: text(attributes.series_title),
        total_length: length(attributes.total_length),
        url: text(attributes.planning_center_url),
        times,
        marks: PlanMarks {
            updated_at: attributes.updated_at,
            people: attributes.plan_people_count,
            open_places: attributes.needed_positions_count,
            items: attributes.items_count,
            notes: attributes.plan_notes_count,
            length: length(attributes.total_length),
        },
    })
}

fn plan_time(resource: &Resource) -> Result<Option<PlanTime>, SyncError> {
    let attributes: PlanTimeAttributes = resource.attributes()?;
    Ok(attributes.starts_at.map(|starts_at| PlanTime {
        id: resource.id.clone(),
        kind: match attributes.time_type.as_deref() {
            Some("service") => TimeKind::Service,
            Some("rehearsal") => TimeKind::Rehearsal,
            _ => TimeKind::Other,
        },
        name: text(attributes.name),
        starts_at,
        ends_at: attributes.ends_at,
        team_ids: ids(resource, "assigned_teams"),
    }))
}

/// A scheduled person.
pub(super) fn team_member(resource: &Resource, plan_id: &str) -> Result<TeamMember, SyncError> {
    let attributes: PlanPersonAttributes = resource.attributes()?;
    Ok(TeamMember {
        id: resource.id.clone(),
        plan_id: plan_id.to_owned(),
        person_id: resource.to_one("person").map(|target| target.id.clone()).unwrap_or_default(),
        team_id: resource.to_one("team").map(|target| target.id.clone()),
        name: attributes.name.unwrap_or_default(),
        position: attributes.team_position_name.unwrap_or_default(),
        status: attributes.status.unwrap_or_default(),
        decline_reason: text(attributes.decline_reason),
        is_draft: attributes.prepare_notification.unwrap_or(false)
            && attributes.notification_sent_at.is_none(),
        asked_at: attributes.notification_sent_at.or(attributes.created_at),
        service_time_ids: ids(resource, "service_times"),
    })
}

/// Open places.
pub(super) fn needed_position(resource: &Resource, plan_id: &str) -> Result<NeededPosition, SyncError> {
    let attributes: NeededPositionAttributes = resource.attributes()?;
    Ok(NeededPosition {
        id: resource.id.clone(),
        plan_id: plan_id.to_owned(),
        team_id: resource.to_one("team").map(|target| target.id.clone()),
        position: attributes.team_position_name.unwrap_or_default(),
        quantity: attributes.quantity.unwrap_or(1),
        time_id: resource.to_one("time").map(|target| target.id.clone()),
    })
}

/// An item with its notes.
pub(super) fn item(resource: &Resource, included: &Included, plan_id: &str) -> Result<Item, SyncError> {
    let attributes: ItemAttributes = resource.attributes()?;
    let mut notes = Vec::new();
    for target in resource.to_many("item_notes").iter().filter_map(|target| included.get(target)) {
        notes.extend(note(target)?);
    }
    let mut times = Vec::new();
    for target in resource.to_many("item_times").iter().filter_map(|target| included.get(target)) {
        let attributes: ItemTimeAttributes = target.attributes()?;
        if let Some(plan_time) = target.to_one("plan_time") {
            times.push(ItemTime {
                plan_time_id: plan_time.id.clone(),
                exclude: attributes.exclude.unwrap_or(false),
                length_offset: attributes.length_offset,
            });
        }
    }
    let arrangement = match resource.to_one("arrangement").and_then(|target| included.get(target)) {
        Some(arrangement) => text(arrangement.attributes::<FrameAttributes>()?.name),
        None => None,
    };
    Ok(Item {
        id: resource.id.clone(),
        plan_id: plan_id.to_owned(),
        sequence: attributes.sequence.unwrap_or_default(),
        kind: attributes.item_type.unwrap_or_default(),
        position: attributes.service_position.unwrap_or_default(),
        title: attributes.title.unwrap_or_default(),
        length: length(attributes.length),
        key: text(attributes.key_name),
        song_id: resource.to_one("song").map(|target| target.id.clone()),
        arrangement,
        description: attributes.description.unwrap_or_default(),
        details: attributes.html_details.unwrap_or_default(),
        notes,
        times,
    })
}

/// A note to the plan, unless it is empty.
pub(super) fn plan_note(resource: &Resource, plan_id: &str) -> Result<Option<PlanNote>, SyncError> {
    Ok(note(resource)?.map(|note| PlanNote { id: resource.id.clone(), plan_id: plan_id.to_owned(), note }))
}

fn note(resource: &Resource) -> Result<Option<Note>, SyncError> {
    let attributes: NoteAttributes = resource.attributes()?;
    Ok(text(attributes.content).map(|content| Note {
        category: text(attributes.category_name).unwrap_or_else(|| "Note".to_owned()),
        content,
    }))
}

fn ids(resource: &Resource, name: &str) -> Vec<String> {
    resource.to_many(name).iter().map(|target| target.id.clone()).collect()
}

fn text(value: Option<String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn length(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}

/// Whole seconds, from an integer, a fraction (seen on the wire) or nothing.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(deserializer)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "lengths are far below 2^53 and fractions are rounded on purpose"
    )]
    let rounded = |number: &serde_json::Number| number.as_f64().map(|seconds| seconds.round() as i64);
    Ok(number.and_then(|number| number.as_i64().or_else(|| rounded(&number))).unwrap_or_default())
}
