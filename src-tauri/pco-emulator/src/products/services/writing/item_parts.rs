//! What hangs on items, files and times beside notes: slides, who sees to what, zooms, calls of split teams.

use super::{EDITOR, full, optional_text};
use crate::church::Church;
use crate::church::services::rows::{Assignable, CustomSlide, ItemAssignment, Zoom};
use crate::church::services::split_teams::SplitTeamRehearsalAssignment;
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::Payload;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const SLIDE: &[&str] = &["body", "enabled", "label", "order"];

/// A new slide comes last unless the body says otherwise.
pub(in crate::products::services) const CREATE_CUSTOM_SLIDE: Create = Create {
    access: EDITOR,
    assignable: SLIDE,
    make: |writer, item, payload| {
        let slides = writer.custom_slides_of(item).len();
        let slide = CustomSlide {
            id: 0,
            item,
            label: optional_text(payload, "label")?.value(),
            body: payload.text("body")?.value().map(Text::Owned).unwrap_or_default(),
            order: payload.integer("order")?.value().unwrap_or(i64::try_from(slides).unwrap_or(0) + 1),
            enabled: payload.flag("enabled")?.value().unwrap_or(true),
        };
        writer.add_custom_slide(slide).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_CUSTOM_SLIDE: Patch = Patch {
    access: EDITOR,
    assignable: SLIDE,
    change: |writer, id, payload| {
        let (label, body) = (optional_text(payload, "label")?, payload.text("body")?.value());
        let (order, enabled) = (payload.integer("order")?.value(), payload.flag("enabled")?.value());
        let slide = writer.custom_slide_mut(id).ok_or(Refusal::NotFound)?;
        label.assign(&mut slide.label);
        slide.body = body.map_or_else(|| slide.body.clone(), Text::Owned);
        slide.order = order.unwrap_or(slide.order);
        slide.enabled = enabled.unwrap_or(slide.enabled);
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_CUSTOM_SLIDE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let plan = Church::plan_of_item(writer.custom_slide(id).item);
        if let Some(contents) = writer.contents_mut(plan) {
            contents.custom_slides.retain(|slide| slide.id != id);
        }
        Ok(())
    },
};

/// A person, or a position of a team that serves in the plan, once each.
pub(in crate::products::services) const CREATE_ITEM_ASSIGNMENT: Create = Create {
    access: EDITOR,
    assignable: &["assignable_id", "assignable_type"],
    make: |writer, item, payload| {
        let id = payload.related("assignable")?.value();
        let type_name = match payload.related_type("assignable") {
            Some(type_name) => Some(type_name.to_owned()),
            None => payload.text("assignable_type")?.value(),
        };
        let service_type = writer.plans[Church::plan_of_item(item)].service_type;
        let serves = |position: Id| {
            let team = writer.team_positions.get(position).map(|row| row.team);
            team.is_some_and(|team| writer.teams[team].service_type == service_type)
        };
        let assignable = match (type_name.as_deref(), id) {
            (Some("Person"), Some(person)) if writer.people.contains(person) => Assignable::Person(person),
            (Some("TeamPosition"), Some(position)) if serves(position) => Assignable::TeamPosition(position),
            _ => return Err(Problem::must_exist("assignable").into()),
        };
        let mut known = writer.item_assignments_of(item).into_iter();
        if known.any(|known| writer.item_assignment(known).assignable == assignable) {
            return Err(Problem::new("assignable", "has already been taken").into());
        }
        writer.add_item_assignment(ItemAssignment { id: 0, item, assignable }).ok_or_else(full)
    },
};

pub(in crate::products::services) const DELETE_ITEM_ASSIGNMENT: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let plan = Church::plan_of_item(writer.item_assignment(id).item);
        if let Some(contents) = writer.contents_mut(plan) {
            contents.item_assignments.retain(|row| row.id != id);
        }
        Ok(())
    },
};

/// Everybody keeps their own.
pub(in crate::products::services) const CREATE_ZOOM: Create = Create {
    access: Access::Everybody,
    assignable: &["aspect_ratio", "x_offset", "y_offset", "zoom_level"],
    make: |writer, attachment, payload| {
        let ratio = payload.number("aspect_ratio")?.value();
        let ratio = ratio.ok_or_else(|| Problem::new("aspect_ratio", "can't be blank"))?;
        // Rounded to three places.
        let aspect_ratio = (ratio * 1_000.0).round() / 1_000.0;
        let person = writer.viewer.person;
        let empty = Zoom { attachment, person, aspect_ratio, zoom_level: 1.0, x_offset: 0.0, y_offset: 0.0 };
        let zoom = zoomed(empty, payload)?;
        Ok(writer.zooms.add(zoom))
    },
};

pub(in crate::products::services) const PATCH_ZOOM: Patch = Patch {
    access: Access::Myself,
    assignable: &["x_offset", "y_offset", "zoom_level"],
    change: |writer, id, payload| {
        let zoom = zoomed(writer.zooms[id], payload)?;
        *writer.zooms.get_mut(id).ok_or(Refusal::NotFound)? = zoom;
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_ZOOM: Delete = Delete {
    access: Access::Myself,
    remove: |writer, id| writer.zooms.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

fn zoomed(mut zoom: Zoom, payload: &Payload) -> Result<Zoom, Problem> {
    zoom.zoom_level = payload.number("zoom_level")?.value().unwrap_or(zoom.zoom_level);
    zoom.x_offset = payload.number("x_offset")?.value().unwrap_or(zoom.x_offset);
    zoom.y_offset = payload.number("y_offset")?.value().unwrap_or(zoom.y_offset);
    if (1.0..=5.0).contains(&zoom.zoom_level) {
        Ok(zoom)
    } else {
        Err(Problem::new("zoom_level", "must be between 1.0 and 5.0"))
    }
}

/// Which team comes, and for which usual services, is said with relationships.
const SPLIT_TEAM: &[&str] = &["schedule_special_service_times", "team_id", "time_preference_options"];

pub(in crate::products::services) const CREATE_SPLIT_TEAM: Create = Create {
    access: EDITOR,
    assignable: SPLIT_TEAM,
    make: |writer, plan_time, payload| {
        let service_type = writer.plans[Church::plan_of_time(plan_time)].service_type;
        let split = |team: &Id| {
            let row = writer.teams.get(*team);
            row.is_some_and(|row| row.split && row.service_type == service_type)
        };
        let team = payload.related("team")?.value().filter(split);
        let team = team.ok_or_else(|| Problem::must_exist("team"))?;
        let mut known = writer.split_teams_at(plan_time).into_iter();
        if known.any(|known| writer.split_team(known).team == team) {
            return Err(Problem::new("team", "has already been taken").into());
        }
        let row = SplitTeamRehearsalAssignment {
            id: 0,
            plan_time,
            team,
            time_preference_options: options(writer, service_type, payload)?.unwrap_or_default(),
            schedule_special_service_times: special(payload)?.unwrap_or(false),
        };
        writer.add_split_team(row).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_SPLIT_TEAM: Patch = Patch {
    access: EDITOR,
    assignable: &["schedule_special_service_times", "time_preference_options"],
    change: |writer, id, payload| {
        let service_type = writer.plans[Church::plan_of_time(writer.split_team(id).plan_time)].service_type;
        let (options, special) = (options(writer, service_type, payload)?, special(payload)?);
        let row = writer.split_team_mut(id).ok_or(Refusal::NotFound)?;
        row.time_preference_options = options.unwrap_or_else(|| row.time_preference_options.clone());
        row.schedule_special_service_times = special.unwrap_or(row.schedule_special_service_times);
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_SPLIT_TEAM: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let plan = Church::plan_of_time(writer.split_team(id).plan_time);
        if let Some(contents) = writer.contents_mut(plan) {
            contents.split_teams.retain(|row| row.id != id);
        }
        Ok(())
    },
};

fn special(payload: &Payload) -> Result<Option<bool>, Problem> {
    Ok(payload.flag("schedule_special_service_times")?.value())
}

fn options(writer: &Writer<'_>, service_type: Id, payload: &Payload) -> Result<Option<Vec<Id>>, Problem> {
    let options = payload.ids("time_preference_options")?.value();
    let known = writer.time_preference_options_of(service_type);
    if options.iter().flatten().all(|option| known.contains(option)) {
        Ok(options)
    } else {
        Err(Problem::must_exist("time_preference_options"))
    }
}
