//! Running a list, and moving cards through a workflow.

use std::borrow::Cow;

use jiff::ToSpan;

use super::super::workflow_cards::WORKFLOW_CARD;
use super::super::workflows::NO_ACCESS;
use super::EDITOR;
use crate::church::people::workflows::{CardNote, Stage, WorkflowCard, WorkflowShare};
use crate::church::rights::PeopleRight;
use crate::church::table::Id;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::resource::Record;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Create, Delete, Done, Patch, Problem, Refusal, Writer};

/// Recorded for `GET` too, with nothing in the answer.
pub(in super::super) const LIST_ACTIONS: &[Action] = &[
    Action {
        name: "mailchimp_sync",
        by_get: false,
        access: EDITOR,
        assignable: &[],
        run: |writer, list, _| {
            let now = writer.now();
            writer.lists.get_mut(list).ok_or(Refusal::NotFound)?.mailchimp_synced_at = Some(now);
            Ok(Done::Nothing)
        },
    },
    Action {
        name: "run",
        by_get: true,
        access: Access::People(PeopleRight::Viewer),
        assignable: &[],
        run: |writer, list, _| {
            writer.run_list(list).ok_or(Refusal::NotFound)?;
            Ok(Done::Nothing)
        },
    },
];

pub(in super::super) const DELETE_STAR: Delete = Delete {
    access: Access::People(PeopleRight::Viewer),
    remove: |writer, list| {
        writer.lists.get_mut(list).ok_or(Refusal::NotFound)?.starred = false;
        Ok(())
    },
};

const PERMISSIONS: &[&str] = &["view", "manage_cards", "manage"];
const GROUPS: &[(&str, PeopleRight)] = &[
    (NO_ACCESS, PeopleRight::None),
    ("Viewer", PeopleRight::Viewer),
    ("Editor", PeopleRight::Editor),
    ("Manager", PeopleRight::Manager),
];

/// A share is with a group or with a person.
pub(in super::super) const CREATE_SHARE: Create = Create {
    access: EDITOR,
    assignable: &["group", "permission", "person_id"],
    make: |writer, workflow, payload| {
        let person = payload.related("person")?.value();
        if person.is_some_and(|person| !writer.people.contains(person)) {
            return Err(Problem::must_exist("person").into());
        }
        let (group, permission) = (group(payload)?, permission(payload)?);
        if group.is_some() == person.is_some() {
            return Err(Problem::new("base", "must name either a group or a person").into());
        }
        let permission = permission.ok_or_else(|| Problem::new("permission", "can't be blank"))?;
        Ok(writer.workflow_shares.add(WorkflowShare { workflow, group, person, permission }))
    },
};

pub(in super::super) const PATCH_SHARE: Patch = Patch {
    access: EDITOR,
    assignable: &["group", "permission"],
    change: |writer, id, payload| {
        let (group, permission) = (group(payload)?, permission(payload)?);
        let row = writer.workflow_shares.get_mut(id).ok_or(Refusal::NotFound)?;
        if row.person.is_some() && group.is_some() {
            return Err(Problem::new("base", "must name either a group or a person").into());
        }
        row.group = group.or(row.group);
        row.permission = permission.unwrap_or(row.permission);
        Ok(())
    },
};

pub(in super::super) const DELETE_SHARE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| writer.workflow_shares.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

fn group(payload: &Payload) -> Result<Option<PeopleRight>, Problem> {
    let group = payload.text("group")?.try_map(|name| {
        let known = GROUPS.iter().find(|(known, _)| *known == name);
        known.map(|(_, right)| *right).ok_or_else(|| Problem::new("group", "is not included in the list"))
    })?;
    Ok(group.value())
}

fn permission(payload: &Payload) -> Result<Option<&'static str>, Problem> {
    let permission = payload.text("permission")?.try_map(|name| {
        let known = PERMISSIONS.iter().copied().find(|known| *known == name);
        known.ok_or_else(|| Problem::new("permission", "is not included in the list"))
    })?;
    Ok(permission.value())
}

pub(in super::super) const CREATE_CARD: Create = Create {
    access: EDITOR,
    assignable: &["assignee_id", "person_id", "sticky_assignment"],
    make: |writer, workflow, payload| {
        let known = |person: &Id| writer.people.contains(*person);
        let person = payload.related("person")?.value().filter(known);
        let person = person.ok_or(Problem::must_exist("person"))?;
        let assignee = payload.related("assignee")?.value();
        if assignee.is_some_and(|assignee| !known(&assignee)) {
            return Err(Problem::must_exist("assignee").into());
        }
        let sticky_assignment = payload.flag("sticky_assignment")?.value().unwrap_or(false);
        let (now, step) = (writer.now(), writer.steps_of(workflow).first().copied());
        let assignee = assignee.or_else(|| writer.workflow_steps[step?].default_assignee);
        let card = writer.workflow_cards.add(WorkflowCard {
            workflow,
            person,
            step,
            assignee,
            sticky_assignment,
            completed_at: step.is_none().then_some(now),
            removed_at: None,
            snooze_until: None,
            moved_to_step_at: now,
            created_at: now,
            updated_at: now,
        });
        record(writer, card, "workflow_card_created", "Card added");
        Ok(card)
    },
};

pub(in super::super) const PATCH_CARD: Patch = Patch {
    access: EDITOR,
    assignable: &["assignee_id", "sticky_assignment"],
    change: |writer, card, payload| {
        let assignee = payload.related("assignee")?;
        if matches!(assignee, Given::Value(person) if !writer.people.contains(person)) {
            return Err(Problem::must_exist("assignee").into());
        }
        let (sticky, now) = (payload.flag("sticky_assignment")?.value(), writer.now());
        let row = writer.workflow_cards.get_mut(card).ok_or(Refusal::NotFound)?;
        assignee.assign(&mut row.assignee);
        row.sticky_assignment = sticky.unwrap_or(row.sticky_assignment);
        row.updated_at = now;
        Ok(())
    },
};

/// What somebody writes on a card.
pub(in super::super) const CREATE_CARD_NOTE: Create = Create {
    access: EDITOR,
    assignable: &["note"],
    make: |writer, card, payload| {
        let (note, created_at) = (Cow::Owned(payload.required_text("note")?), writer.now());
        Ok(writer.workflow_card_notes.add(CardNote { card, note, created_at }))
    },
};

pub(in super::super) const DELETE_CARD: Delete = Delete {
    access: EDITOR,
    remove: |writer, card| {
        writer.workflow_cards.remove(card).ok_or(Refusal::NotFound)?;
        writer.workflow_activities.retain(|_, row| row.card != card);
        writer.workflow_card_notes.retain(|_, row| row.card != card);
        Ok(())
    },
};

pub(in super::super) const CARD_ACTIONS: &[Action] = &[
    action("go_back", |writer, card, _| move_by(writer, card, -1, "Moved back")),
    action("promote", |writer, card, _| move_by(writer, card, 1, "Step completed")),
    action("remove", |writer, card, _| {
        let now = writer.now();
        change(writer, card, "Card removed", |row| row.removed_at = Some(now))
    }),
    action("restore", |writer, card, _| change(writer, card, "Card restored", |row| row.removed_at = None)),
    Action {
        assignable: &["note", "subject"],
        ..action("send_email", |writer, card, payload| {
            let subject = payload.required_text("subject")?;
            let note = payload.text("note")?.value().unwrap_or_default();
            let created_at = writer.now();
            let note = Cow::Owned(format!("{subject}\n{note}").trim_end().to_owned());
            writer.workflow_card_notes.add(CardNote { card, note, created_at });
            change(writer, card, "E-mail sent", |_| {})
        })
    },
    action("skip_step", |writer, card, _| move_by(writer, card, 1, "Step skipped")),
    Action {
        assignable: &["duration"],
        ..action("snooze", |writer, card, payload| {
            let days = payload.integer("duration")?.value().filter(|days| (1..=3_650).contains(days));
            let days = days.ok_or(Problem::new("duration", "must be greater than 0"))?;
            let until = writer.now() + (days * 24).hours();
            change(writer, card, "Card snoozed", |row| row.snooze_until = Some(until))
        })
    },
    action("unsnooze", |writer, card, _| {
        change(writer, card, "Card unsnoozed", |row| row.snooze_until = None)
    }),
];

const fn action(
    name: &'static str,
    run: fn(&mut Writer<'_>, Id, &Payload) -> Result<Done, Refusal>,
) -> Action {
    Action { name, by_get: false, access: EDITOR, assignable: &[], run }
}

fn change(
    writer: &mut Writer<'_>,
    card: Id,
    comment: &'static str,
    edit: impl FnOnce(&mut WorkflowCard),
) -> Result<Done, Refusal> {
    let now = writer.now();
    let row = writer.workflow_cards.get_mut(card).ok_or(Refusal::NotFound)?;
    edit(row);
    row.updated_at = now;
    record(writer, card, "workflow_card_updated", comment);
    Ok(Done::Shown(Record { resource: &WORKFLOW_CARD, id: card }))
}

/// One step on or back; past the last step the card is completed, and going back opens it again.
fn move_by(writer: &mut Writer<'_>, card: Id, by: isize, comment: &'static str) -> Result<Done, Refusal> {
    let row = writer.workflow_cards.get(card).ok_or(Refusal::NotFound)?;
    let steps = writer.steps_of(row.workflow);
    let place =
        row.step.and_then(|step| steps.iter().position(|known| *known == step)).unwrap_or(steps.len());
    let next = place.checked_add_signed(by).filter(|next| *next <= steps.len());
    let stage = writer.stage(card);
    let next = next.filter(|_| stage != Stage::Removed && (by < 0 || stage != Stage::Completed));
    let next = next.ok_or(Problem::new("base", "cannot be moved there"))?;
    let (now, step) = (writer.now(), steps.get(next).copied());
    let default_assignee = step.and_then(|step| writer.workflow_steps[step].default_assignee);
    change(writer, card, comment, |row| {
        row.step = step;
        row.completed_at = step.is_none().then_some(now);
        row.snooze_until = None;
        row.moved_to_step_at = now;
        if !row.sticky_assignment {
            row.assignee = default_assignee;
        }
    })
}

fn record(writer: &mut Writer<'_>, card: Id, kind: &'static str, comment: &'static str) {
    let now = writer.now();
    let person = writer.viewer.person;
    writer.record_activity(card, kind, comment, person, now);
}
