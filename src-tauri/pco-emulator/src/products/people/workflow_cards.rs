//! `WorkflowCard`, and what happened to it.

use super::person::PERSON;
use super::workflows::{WORKFLOW, WORKFLOW_STEP};
use super::writing::workflows::{CARD_ACTIONS, CREATE_CARD_NOTE, DELETE_CARD, PATCH_CARD};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, condition, edge_to_many, edge_to_one, filter, to_one,
};
use crate::jsonapi::value::Value;

pub(super) static WORKFLOW_CARD: Resource = Resource {
    attributes: &[
        attribute("calculated_due_at_in_days_ago", |church, id| {
            church
                .card_due(id)
                .map(|due| (church.now().as_second() - due.as_second()).div_euclid(86_400))
                .into()
        }),
        attribute("completed_at", |church, id| church.workflow_cards[id].completed_at.into()).ordered(),
        attribute("created_at", |church, id| church.workflow_cards[id].created_at.into()).ordered(),
        attribute("flagged_for_notification_at", |_, _| Value::Null).ordered(),
        attribute("moved_to_step_at", |church, id| church.workflow_cards[id].moved_to_step_at.into())
            .ordered(),
        attribute("overdue", |church, id| church.card_overdue(id).into()).queried(),
        attribute("removed_at", |church, id| church.workflow_cards[id].removed_at.into()).ordered(),
        attribute("snooze_until", |church, id| church.workflow_cards[id].snooze_until.into()),
        attribute("stage", |church, id| church.stage(id).as_str().into()).indexed(),
        attribute("sticky_assignment", |church, id| church.workflow_cards[id].sticky_assignment.into()),
        attribute("updated_at", |church, id| church.workflow_cards[id].updated_at.into()).ordered(),
    ],
    relationships: &[
        to_one("assignee", "Assignee", |church, id| assignee_of(church, id)),
        to_one("person", "Person", |church, id| vec![church.workflow_cards[id].person]),
        to_one("workflow", "Workflow", |church, id| vec![church.workflow_cards[id].workflow]),
        to_one("current_step", "WorkflowStep", |church, id| step_of(church, id)),
    ],
    edges: &[
        edge_to_many("activities", &ACTIVITY, |church, id| {
            church.workflow_activities.ids_owned_by(id, |row| row.card)
        }),
        edge_to_one("assignee", &PERSON, |church, id| assignee_of(church, id)),
        edge_to_one("current_step", &WORKFLOW_STEP, |church, id| step_of(church, id)),
        edge_to_many("notes", &CARD_NOTE, |church, id| {
            church.workflow_card_notes.ids_owned_by(id, |row| row.card)
        })
        .created(CREATE_CARD_NOTE),
        edge_to_one("person", &PERSON, |church, id| vec![church.workflow_cards[id].person]),
        edge_to_one("workflow", &WORKFLOW, |church, id| vec![church.workflow_cards[id].workflow]),
    ],
    includes: &["assignee", "current_step", "person", "workflow"],
    conditions: &[condition("assignee_id", |church, id, wanted| {
        church.workflow_cards[id].assignee.is_some_and(|assignee| assignee.to_string() == wanted)
    })],
    orders: &[
        Order {
            name: "first_name",
            key: |church, id| (&church.people[church.workflow_cards[id].person].first_name).into(),
            drops_null: false,
        },
        Order {
            name: "last_name",
            key: |church, id| (&church.people[church.workflow_cards[id].person].last_name).into(),
            drops_null: false,
        },
    ],
    actions: CARD_ACTIONS,
    patch: Some(PATCH_CARD),
    delete: Some(DELETE_CARD),
    ..Resource::new("WorkflowCard", |church, id| {
        format!("/people/v2/people/{}/workflow_cards/{id}", church.workflow_cards[id].person)
    })
};

pub(super) const CARD_FILTERS: &[Filter] =
    &[filter("assigned", |church, id, _| church.workflow_cards[id].assignee == Some(church.viewer.person))];

static ACTIVITY: Resource = Resource {
    attributes: &[
        attribute("comment", |church, id| (&church.workflow_activities[id].comment).into()),
        attribute("content", |church, id| (&church.workflow_activities[id].comment).into()),
        attribute("content_is_html", |_, _| Value::Flag(false)),
        attribute("created_at", |church, id| church.workflow_activities[id].created_at.into()).ordered(),
        attribute("person_name", |church, id| church.full_name(church.workflow_activities[id].person).into()),
        attribute("subject", |_, _| Value::Null),
        attribute("type", |church, id| church.workflow_activities[id].kind.into()),
    ],
    edges: &[
        edge_to_one("workflow_card", &WORKFLOW_CARD, |church, id| vec![church.workflow_activities[id].card]),
        edge_to_one("workflow_step", &WORKFLOW_STEP, |church, id| {
            church.workflow_activities[id].step.into_iter().collect()
        }),
    ],
    includes: &["workflow_card", "workflow_step"],
    ..Resource::new("WorkflowCardActivity", |church, id| {
        format!("{}/activities/{id}", (WORKFLOW_CARD.path)(church, church.workflow_activities[id].card))
    })
};

static CARD_NOTE: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.workflow_card_notes[id].created_at.into()).ordered(),
        attribute("note", |church, id| (&church.workflow_card_notes[id].note).into()),
    ],
    ..Resource::new("WorkflowCardNote", |church, id| {
        format!("{}/notes/{id}", (WORKFLOW_CARD.path)(church, church.workflow_card_notes[id].card))
    })
};

fn assignee_of(church: &Church, card: Id) -> Vec<Id> {
    church.workflow_cards[card].assignee.into_iter().collect()
}

fn step_of(church: &Church, card: Id) -> Vec<Id> {
    church.workflow_cards[card].step.into_iter().collect()
}
