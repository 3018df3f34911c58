//! Workflows and their steps, as whoever sets them up writes them.

use std::borrow::Cow;

use super::EDITOR;
use crate::church::people::workflows::{Workflow, WorkflowShare, WorkflowStep};
use crate::church::rights::PeopleRight;
use crate::church::table::Id;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const WORKFLOW: &[&str] = &["campus_id", "name", "workflow_category_id"];

/// A new workflow is for everybody who writes people.
pub(in super::super) const CREATE_WORKFLOW: Create = Create {
    access: EDITOR,
    assignable: WORKFLOW,
    make: |writer, _, payload| {
        let now = writer.now();
        let empty = Workflow {
            name: Cow::Owned(payload.required_text("name")?),
            category: None,
            campus: None,
            archived_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
        };
        let row = changed_workflow(writer, empty, payload)?;
        let workflow = writer.workflows.add(row);
        let group = Some(PeopleRight::Editor);
        writer.workflow_shares.add(WorkflowShare { workflow, group, person: None, permission: "manage" });
        Ok(workflow)
    },
};

pub(in super::super) const PATCH_WORKFLOW: Patch = Patch {
    access: EDITOR,
    assignable: WORKFLOW,
    change: |writer, id, payload| {
        let row = writer.workflows.get(id).ok_or(Refusal::NotFound)?.clone();
        let (row, now) = (changed_workflow(writer, row, payload)?, writer.now());
        *writer.workflows.get_mut(id).ok_or(Refusal::NotFound)? = Workflow { updated_at: now, ..row };
        Ok(())
    },
};

/// It can be brought back for some time: so it is only marked.
pub(in super::super) const DELETE_WORKFLOW: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let now = writer.now();
        writer.workflows.get_mut(id).ok_or(Refusal::NotFound)?.deleted_at = Some(now);
        Ok(())
    },
};

fn changed_workflow(writer: &Writer<'_>, mut row: Workflow, payload: &Payload) -> Result<Workflow, Problem> {
    if payload.text("name")? != Given::Nothing {
        row.name = Cow::Owned(payload.required_text("name")?);
    }
    let campus = payload.related("campus")?;
    if matches!(campus, Given::Value(campus) if !writer.campuses.contains(campus)) {
        return Err(Problem::must_exist("campus"));
    }
    let category = payload.related("workflow_category")?;
    if matches!(category, Given::Value(category) if !writer.workflow_categories.contains(category)) {
        return Err(Problem::must_exist("workflow_category"));
    }
    campus.assign(&mut row.campus);
    category.assign(&mut row.category);
    Ok(row)
}

const STEP: &[&str] =
    &["default_assignee_id", "description", "expected_response_time_in_days", "name", "sequence"];

/// A new step comes last unless the body says otherwise.
pub(in super::super) const CREATE_STEP: Create = Create {
    access: EDITOR,
    assignable: STEP,
    make: |writer, workflow, payload| {
        let now = writer.now();
        let empty = WorkflowStep {
            workflow,
            name: Cow::Owned(payload.required_text("name")?),
            sequence: i64::try_from(writer.steps_of(workflow).len()).unwrap_or(0),
            description: None,
            expected_response_time_in_days: None,
            default_assignee: None,
            created_at: now,
            updated_at: now,
        };
        let step = changed_step(writer, empty, payload)?;
        Ok(writer.workflow_steps.add(step))
    },
};

pub(in super::super) const PATCH_STEP: Patch = Patch {
    access: EDITOR,
    assignable: STEP,
    change: |writer, id, payload| {
        let row = writer.workflow_steps.get(id).ok_or(Refusal::NotFound)?.clone();
        let (row, now) = (changed_step(writer, row, payload)?, writer.now());
        *writer.workflow_steps.get_mut(id).ok_or(Refusal::NotFound)? =
            WorkflowStep { updated_at: now, ..row };
        Ok(())
    },
};

/// Its cards go on to the next step, or are completed where it was the last.
pub(in super::super) const DELETE_STEP: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let workflow = writer.workflow_steps.get(id).ok_or(Refusal::NotFound)?.workflow;
        let steps = writer.steps_of(workflow).into_iter();
        let next: Option<Id> = steps.skip_while(|step| *step != id).nth(1);
        let now = writer.now();
        for (_, card) in writer.workflow_cards.iter_mut().filter(|(_, card)| card.step == Some(id)) {
            (card.step, card.moved_to_step_at, card.updated_at) = (next, now, now);
            card.completed_at = card.completed_at.or(next.is_none().then_some(now));
        }
        for (_, activity) in writer.workflow_activities.iter_mut() {
            activity.step = activity.step.filter(|step| *step != id);
        }
        writer.workflow_steps.remove(id);
        Ok(())
    },
};

fn changed_step(
    writer: &Writer<'_>,
    mut step: WorkflowStep,
    payload: &Payload,
) -> Result<WorkflowStep, Problem> {
    if payload.text("name")? != Given::Nothing {
        step.name = Cow::Owned(payload.required_text("name")?);
    }
    let assignee = payload.related("default_assignee")?;
    if matches!(assignee, Given::Value(person) if !writer.people.contains(person)) {
        return Err(Problem::must_exist("default_assignee"));
    }
    assignee.assign(&mut step.default_assignee);
    step.sequence = payload.integer("sequence")?.value().unwrap_or(step.sequence);
    payload.text("description")?.map(Cow::Owned).assign(&mut step.description);
    let days = payload.integer("expected_response_time_in_days")?;
    days.assign(&mut step.expected_response_time_in_days);
    Ok(step)
}
