//! Plans and the notes on them: what editors write.

use super::{EDITOR, full, optional_text};
use crate::church::services::rows::PlanNote;
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

/// A new plan has no times: its date cannot be assigned.
pub(in crate::products::services) const CREATE_PLAN: Create = Create {
    access: EDITOR,
    assignable: &["public", "series_id", "series_title", "title"],
    make: |writer, service_type, payload| {
        check_series(writer, payload)?;
        let plan = writer.add_empty_plan(service_type);
        assign(writer, plan, payload)?;
        Ok(plan)
    },
};

pub(in crate::products::services) const PATCH_PLAN: Patch = Patch {
    access: EDITOR,
    assignable: &["public", "reminders_disabled", "series_id", "series_title", "title"],
    change: assign,
};

pub(in crate::products::services) const DELETE_PLAN: Delete = Delete {
    access: EDITOR,
    remove: |writer, plan| writer.delete_plan(plan).map(|_| ()).ok_or(Refusal::NotFound),
};

fn check_series(writer: &Writer<'_>, payload: &Payload) -> Result<(), Problem> {
    match payload.related("series")? {
        Given::Value(series) if !writer.series.ids().contains(&series) => Err(Problem::must_exist("series")),
        _ => Ok(()),
    }
}

fn assign(writer: &mut Writer<'_>, plan: Id, payload: &Payload) -> Result<(), Refusal> {
    check_series(writer, payload)?;
    let series = payload.related("series")?;
    let named = match &series {
        Given::Value(series) => Some(writer.series[*series].title.clone()),
        Given::Null | Given::Nothing => None,
    };
    let title = optional_text(payload, "title")?;
    let series_title = optional_text(payload, "series_title")?;
    let public = payload.flag("public")?.value();
    let reminders_disabled = payload.flag("reminders_disabled")?.value();
    let row = writer.plans.get_mut(plan).ok_or(Refusal::NotFound)?;
    title.assign(&mut row.title);
    series.assign(&mut row.series);
    row.series_title = named.or(row.series_title.take());
    series_title.assign(&mut row.series_title);
    row.public = public.unwrap_or(row.public);
    row.reminders_disabled = reminders_disabled.unwrap_or(row.reminders_disabled);
    writer.touch_plan(plan);
    Ok(())
}

pub(in crate::products::services) const CREATE_PLAN_NOTE: Create = Create {
    access: EDITOR,
    assignable: &["content", "plan_note_category_id"],
    make: |writer, plan, payload| {
        let service_type = writer.plans[plan].service_type;
        let category = payload.related("plan_note_category")?.value().filter(|category| {
            let row = writer.plan_note_categories.get(*category);
            row.is_some_and(|row| row.service_type == service_type && row.deleted_at.is_none())
        });
        let category = category.ok_or_else(|| Problem::must_exist("plan_note_category"))?;
        let content = Text::Owned(payload.required_text("content")?);
        let (now, created_by) = (writer.now(), writer.viewer.person);
        let note = PlanNote { id: 0, plan, category, content, created_by, created_at: now, updated_at: now };
        writer.add_plan_note(note).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_PLAN_NOTE: Patch = Patch {
    access: EDITOR,
    assignable: &["content"],
    change: |writer, id, payload| {
        let content = payload.required_text("content")?;
        let now = writer.now();
        let note = writer.plan_note_mut(id).ok_or(Refusal::NotFound)?;
        (note.content, note.updated_at) = (Text::Owned(content), now);
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_PLAN_NOTE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let plan = writer.plan_note(id).plan;
        if let Some(contents) = writer.contents_mut(plan) {
            contents.notes.retain(|note| note.id != id);
        }
        Ok(())
    },
};
