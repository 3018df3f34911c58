//! How the church's services are set up: folders, service types, teams and positions. Administrators write these.

use super::{one_of, optional_text};
use crate::church::rights::ServicesRight;
use crate::church::services::rows::{Folder, ServiceType, Team, TeamPosition};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const ADMINISTRATOR: Access = Access::Services(ServicesRight::Administrator);

const FOLDER: &[&str] = &["campus_id", "name", "parent_id"];

pub(in crate::products::services) const CREATE_FOLDER: Create = Create {
    access: ADMINISTRATOR,
    assignable: FOLDER,
    make: |writer, _, payload| {
        let name = Text::Owned(payload.required_text("name")?);
        let empty = Folder { name, parent: None, campus: None, created_at: writer.now() };
        let folder = changed_folder(writer, empty, None, payload)?;
        Ok(writer.folders.add(folder))
    },
};

pub(in crate::products::services) const PATCH_FOLDER: Patch = Patch {
    access: ADMINISTRATOR,
    assignable: FOLDER,
    change: |writer, id, payload| {
        let folder = writer.folders.get(id).ok_or(Refusal::NotFound)?.clone();
        let folder = changed_folder(writer, folder, Some(id), payload)?;
        *writer.folders.get_mut(id).ok_or(Refusal::NotFound)? = folder;
        Ok(())
    },
};

/// What is in it goes to where the folder was.
pub(in crate::products::services) const DELETE_FOLDER: Delete = Delete {
    access: ADMINISTRATOR,
    remove: |writer, id| {
        let above = writer.folders.remove(id).ok_or(Refusal::NotFound)?.parent;
        for (_, folder) in writer.folders.iter_mut().filter(|(_, folder)| folder.parent == Some(id)) {
            folder.parent = above;
        }
        for (_, row) in writer.service_types.iter_mut().filter(|(_, row)| row.folder == Some(id)) {
            row.folder = above;
        }
        for (_, group) in writer.tag_groups.iter_mut().filter(|(_, group)| group.folder == Some(id)) {
            group.folder = above;
        }
        Ok(())
    },
};

fn changed_folder(
    writer: &Writer<'_>,
    mut folder: Folder,
    id: Option<Id>,
    payload: &Payload,
) -> Result<Folder, Problem> {
    folder.name = name(payload)?.unwrap_or(folder.name);
    let parent = payload.related("parent")?;
    if matches!(parent, Given::Value(parent) if !writer.folders.contains(parent) || writer.lies_in(parent, id))
    {
        return Err(Problem::must_exist("parent"));
    }
    let campus = payload.related("campus")?;
    if matches!(campus, Given::Value(campus) if !writer.campuses.contains(campus)) {
        return Err(Problem::must_exist("campus"));
    }
    parent.assign(&mut folder.parent);
    campus.assign(&mut folder.campus);
    Ok(folder)
}

const SERVICE_TYPE: &[&str] = &[
    "attachment_types_enabled",
    "comment_permissions",
    "frequency",
    "last_plan_from",
    "name",
    "parent_id",
    "scheduled_publish",
    "sequence",
];

/// A new service type has neither teams nor plans.
pub(in crate::products::services) const CREATE_SERVICE_TYPE: Create = Create {
    access: ADMINISTRATOR,
    assignable: SERVICE_TYPE,
    make: |writer, _, payload| {
        let name = Text::Owned(payload.required_text("name")?);
        let last = writer.service_types.iter().map(|(_, row)| row.sequence).max().unwrap_or(0);
        let empty = ServiceType::new(name, last + 1, writer.now());
        let row = changed_service_type(writer, empty, payload)?;
        Ok(writer.service_types.add(row))
    },
};

pub(in crate::products::services) const PATCH_SERVICE_TYPE: Patch = Patch {
    access: ADMINISTRATOR,
    assignable: SERVICE_TYPE,
    change: |writer, id, payload| {
        let row = writer.service_types.get(id).ok_or(Refusal::NotFound)?.clone();
        let (row, now) = (changed_service_type(writer, row, payload)?, writer.now());
        *writer.service_types.get_mut(id).ok_or(Refusal::NotFound)? = ServiceType { updated_at: now, ..row };
        Ok(())
    },
};

/// It can be brought back for some time: so it is only marked, and no list tells it or its plans any longer.
pub(in crate::products::services) const DELETE_SERVICE_TYPE: Delete = Delete {
    access: ADMINISTRATOR,
    remove: |writer, id| {
        let now = writer.now();
        for plan in writer.plans_of(id) {
            writer.delete_plan(plan);
        }
        for team in writer.teams_of(id) {
            if let Some(team) = writer.teams.get_mut(team) {
                team.deleted_at = Some(now);
            }
        }
        writer.service_types.get_mut(id).ok_or(Refusal::NotFound)?.deleted_at = Some(now);
        Ok(())
    },
};

fn changed_service_type(
    writer: &Writer<'_>,
    mut row: ServiceType,
    payload: &Payload,
) -> Result<ServiceType, Problem> {
    row.name = name(payload)?.unwrap_or(row.name);
    let parent = payload.related("parent")?;
    if matches!(parent, Given::Value(folder) if !writer.folders.contains(folder)) {
        return Err(Problem::must_exist("parent"));
    }
    parent.assign(&mut row.folder);
    let sequence = payload.integer("sequence")?.value().and_then(|place| usize::try_from(place).ok());
    row.sequence = sequence.unwrap_or(row.sequence);
    row.frequency = payload.text("frequency")?.value().map_or(row.frequency, Text::Owned);
    row.last_plan_from = payload.text("last_plan_from")?.value().map_or(row.last_plan_from, Text::Owned);
    row.comment_permissions =
        payload.text("comment_permissions")?.value().map_or(row.comment_permissions, Text::Owned);
    row.scheduled_publish = payload.flag("scheduled_publish")?.value().unwrap_or(row.scheduled_publish);
    row.attachment_types_enabled =
        payload.flag("attachment_types_enabled")?.value().unwrap_or(row.attachment_types_enabled);
    Ok(row)
}

/// A new team serves at the service type under which it is made.
pub(in crate::products::services) const CREATE_TEAM: Create = Create {
    access: ADMINISTRATOR,
    assignable: &[
        "archived_at",
        "assigned_directly",
        "name",
        "rehearsal_team",
        "schedule_to",
        "secure_team",
        "stage_color",
        "stage_variant",
    ],
    make: |writer, service_type, payload| {
        let last = writer.teams_of(service_type).into_iter().map(|team| writer.teams[team].sequence).max();
        let sequence = last.unwrap_or(0) + 1;
        let mut team =
            Team::new(Text::Owned(payload.required_text("name")?), service_type, sequence, writer.now());
        team.split = one_of(payload, "schedule_to", &["plan", "time"])?.value() == Some("time");
        team.rehearses = payload.flag("rehearsal_team")?.value().unwrap_or(false);
        team.assigned_directly = payload.flag("assigned_directly")?.value().unwrap_or(false);
        team.secure = payload.flag("secure_team")?.value().unwrap_or(false);
        team.stage_color = payload.text("stage_color")?.value().map_or(team.stage_color, Text::Owned);
        optional_text(payload, "stage_variant")?.assign(&mut team.stage_variant);
        payload.moment("archived_at")?.assign(&mut team.archived_at);
        Ok(writer.teams.add(team))
    },
};

/// Not documented, but known to work. A plan wants one of a new position.
pub(in crate::products::services) const CREATE_TEAM_POSITION: Create = Create {
    access: ADMINISTRATOR,
    assignable: &["name"],
    make: |writer, team, payload| {
        let name = payload.required_text("name")?;
        let positions = writer.positions_of(team);
        if positions.iter().any(|position| writer.team_positions[*position].name == name) {
            return Err(Problem::new("name", "has already been taken").into());
        }
        let sequence = positions.len() + 1;
        let name = Text::Owned(name);
        Ok(writer.team_positions.add(TeamPosition { name, team, sequence, wanted: 1 }))
    },
};

/// A name that the body gives, which then must not be blank.
fn name(payload: &Payload) -> Result<Option<Text>, Problem> {
    match payload.text("name")? {
        Given::Nothing => Ok(None),
        _ => Ok(Some(Text::Owned(payload.required_text("name")?))),
    }
}
