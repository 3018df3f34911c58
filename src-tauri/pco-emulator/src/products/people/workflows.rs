//! `Workflow`, its steps, its categories and with whom it is shared.

use std::collections::BTreeSet;

use super::person::PERSON;
use super::workflow_cards::WORKFLOW_CARD;
use super::writing::steps::{CREATE_STEP, DELETE_STEP, DELETE_WORKFLOW, PATCH_STEP, PATCH_WORKFLOW};
use super::writing::workflows::{CREATE_CARD, CREATE_SHARE, DELETE_SHARE, PATCH_SHARE};
use crate::church::Church;
use crate::church::people::workflows::Stage;
use crate::church::rights::Viewer;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, edge_to_many, edge_to_one, filter, id_condition, standing, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

/// Since this version archived workflows are left out unless asked for.
const ARCHIVED_HIDDEN: &str = "2025-03-20";

pub(super) static WORKFLOW: Resource = Resource {
    attributes: &[
        attribute("archived_at", |church, id| church.workflows[id].archived_at.into()).indexed(),
        attribute("campus_id", |church, id| church.workflows[id].campus.into()).indexed(),
        attribute("completed_card_count", |church, id| {
            count(church, id, |card| is(church, card, Stage::Completed))
        }),
        attribute("created_at", |church, id| church.workflows[id].created_at.into()).indexed(),
        attribute("deleted_at", |church, id| church.workflows[id].deleted_at.into()).indexed(),
        attribute("my_due_soon_card_count", |church, id| {
            let soon = church.now() + jiff::SignedDuration::from_hours(48);
            let due = |card| church.card_due(card).is_some_and(|due| due > church.now() && due < soon);
            count(church, id, |card| is_mine(church, card) && due(card))
        })
        .on_request(),
        attribute("my_overdue_card_count", |church, id| {
            count(church, id, |card| is_mine(church, card) && church.card_overdue(card))
        })
        .on_request(),
        attribute("my_ready_card_count", |church, id| count(church, id, |card| is_mine(church, card)))
            .ordered(),
        attribute("name", |church, id| (&church.workflows[id].name).into()).indexed(),
        attribute("recently_viewed", |_, _| Value::Flag(false)),
        attribute("total_cards_count", |church, id| count(church, id, |_| true)),
        attribute("total_overdue_card_count", |church, id| {
            count(church, id, |card| church.card_overdue(card))
        })
        .ordered(),
        attribute("total_ready_and_snoozed_card_count", |church, id| {
            count(church, id, |card| is(church, card, Stage::Ready) || is(church, card, Stage::Snoozed))
        }),
        attribute("total_ready_card_count", |church, id| {
            count(church, id, |card| is(church, card, Stage::Ready))
        })
        .ordered(),
        attribute("total_steps_count", |church, id| church.steps_of(id).len().into()),
        attribute("total_unassigned_card_count", |church, id| {
            count(church, id, |card| {
                is(church, card, Stage::Ready) && church.workflow_cards[card].assignee.is_none()
            })
        })
        .ordered(),
        attribute("total_unassigned_steps_count", |church, id| {
            let steps = church.steps_of(id).into_iter();
            steps.filter(|step| church.workflow_steps[*step].default_assignee.is_none()).count().into()
        }),
        attribute("updated_at", |church, id| church.workflows[id].updated_at.into()).indexed(),
        attribute("workflow_category_id", |church, id| church.workflows[id].category.into()).indexed(),
    ],
    relationships: &[
        to_one("workflow_category", "WorkflowCategory", |church, id| {
            church.workflows[id].category.into_iter().collect()
        }),
        to_one("campus", "Campus", |church, id| church.workflows[id].campus.into_iter().collect()),
    ],
    edges: &[
        edge_to_many("cards", &WORKFLOW_CARD, |church, id| church.cards_of(id)).created(CREATE_CARD),
        edge_to_one("category", &WORKFLOW_CATEGORY, |church, id| {
            church.workflows[id].category.into_iter().collect()
        }),
        edge_to_many("shared_people", &PERSON, |church, id| {
            let granted = church.granted_rights.iter().filter(|(person, rights)| {
                church.people.contains(**person)
                    && church.is_workflow_shared_with(id, **person, rights.people)
            });
            granted.map(|(person, _)| *person).collect()
        }),
        edge_to_many("shares", &WORKFLOW_SHARE, |church, id| church.shares_of(id)).created(CREATE_SHARE),
        edge_to_many("steps", &WORKFLOW_STEP, |church, id| church.steps_of(id)).created(CREATE_STEP),
    ],
    includes: &["category", "shares", "steps"],
    patch: Some(PATCH_WORKFLOW),
    delete: Some(DELETE_WORKFLOW),
    conditions: &[id_condition()],
    orders: &[
        Order {
            name: "campus_name",
            key: |church, id| church.workflows[id].campus.map(|campus| &church.campuses[campus].name).into(),
            drops_null: false,
        },
        Order {
            name: "workflow_category_name",
            key: |church, id| {
                church.workflows[id]
                    .category
                    .map(|category| &church.workflow_categories[category].name)
                    .into()
            },
            drops_null: false,
        },
    ],
    ..Resource::new("Workflow", |_, id| format!("/people/v2/workflows/{id}"))
};

pub(super) const WORKFLOW_FILTERS: &[Filter] = &[
    filter("archived", |church, id, _| church.workflows[id].archived_at.is_some()),
    filter("has_my_cards", |church, id, _| {
        church
            .cards_of(id)
            .into_iter()
            .any(|card| church.workflow_cards[card].assignee == Some(church.viewer.person))
    }),
    filter("manage_cards_allowed", |church, id, _| {
        let Viewer { person, rights } = church.viewer;
        church.is_workflow_shared_with(id, person, rights.people)
    }),
    filter("not_archived", |church, id, _| church.workflows[id].archived_at.is_none()),
    filter("only_deleted", |church, id, _| church.workflows[id].deleted_at.is_some()),
    filter("recently_viewed", |_, _, _| false),
    filter("unassigned", |church, id, _| church.workflows[id].category.is_none()),
    filter("with_deleted", |_, _, _| true),
    filter("with_recoverable", |_, _, _| true),
    filter("with_steps", |church, id, _| !church.steps_of(id).is_empty()),
    standing(
        |church, id, _| church.workflows[id].deleted_at.is_none(),
        &["only_deleted", "with_deleted", "with_recoverable"],
    ),
    standing(
        |church, id, _| church.version < ARCHIVED_HIDDEN || church.workflows[id].archived_at.is_none(),
        &["archived"],
    ),
];

static WORKFLOW_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.workflow_categories[id].created_at.into()),
        attribute("name", |church, id| (&church.workflow_categories[id].name).into()),
        attribute("updated_at", |church, id| church.workflow_categories[id].created_at.into()),
    ],
    // It has no address but that of a workflow's category.
    ..Resource::new("WorkflowCategory", |church, id| {
        let mut workflows = church.workflows.iter();
        let workflow = workflows.find(|(_, workflow)| workflow.category == Some(id)).map_or(0, |(id, _)| id);
        format!("/people/v2/workflows/{workflow}/category")
    })
};

/// With everybody of a level, or with one person.
pub(super) static WORKFLOW_SHARE: Resource = Resource {
    attributes: &[
        attribute("group", |church, id| {
            church.workflow_shares[id].group.map(|group| group.name().unwrap_or(NO_ACCESS)).into()
        }),
        attribute("permission", |church, id| church.workflow_shares[id].permission.into()).queried(),
        attribute("person_id", |church, id| church.workflow_shares[id].person.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| church.workflow_shares[id].person.into_iter().collect()),
        to_one("workflow", "Workflow", |church, id| vec![church.workflow_shares[id].workflow]),
    ],
    edges: &[edge_to_one("person", &PERSON, |church, id| {
        church.workflow_shares[id].person.into_iter().collect()
    })],
    includes: &["person"],
    patch: Some(PATCH_SHARE),
    delete: Some(DELETE_SHARE),
    ..Resource::new("WorkflowShare", |church, id| {
        format!("/people/v2/workflows/{}/shares/{id}", church.workflow_shares[id].workflow)
    })
};

/// A group that a share takes the access from.
pub(super) const NO_ACCESS: &str = "No Access";

pub(super) static WORKFLOW_STEP: Resource = Resource {
    attributes: &[
        attribute("auto_snooze_days", |_, _| Value::Null),
        attribute("auto_snooze_interval", |_, _| "day".into()),
        attribute("auto_snooze_value", |_, _| Value::Null),
        attribute("created_at", |church, id| church.workflow_steps[id].created_at.into()).indexed(),
        attribute("default_assignee_id", |church, id| church.workflow_steps[id].default_assignee.into()),
        attribute("description", |church, id| church.workflow_steps[id].description.as_ref().into()),
        attribute("expected_response_time_in_days", |church, id| {
            church.workflow_steps[id].expected_response_time_in_days.into()
        }),
        attribute("my_ready_card_count", |church, id| {
            count(church, church.workflow_steps[id].workflow, |card| {
                church.workflow_cards[card].step == Some(id) && is_mine(church, card)
            })
        }),
        attribute("name", |church, id| (&church.workflow_steps[id].name).into()).indexed(),
        attribute("sequence", |church, id| church.workflow_steps[id].sequence.into()).ordered(),
        attribute("total_ready_card_count", |church, id| {
            count(church, church.workflow_steps[id].workflow, |card| {
                church.workflow_cards[card].step == Some(id) && is(church, card, Stage::Ready)
            })
        }),
        attribute("updated_at", |church, id| church.workflow_steps[id].updated_at.into()).indexed(),
    ],
    relationships: &[
        to_one("default_assignee", "Person", |church, id| {
            church.workflow_steps[id].default_assignee.into_iter().collect()
        }),
        to_one("workflow", "Workflow", |church, id| vec![church.workflow_steps[id].workflow]),
    ],
    edges: &[
        edge_to_many("assignee_summaries", &ASSIGNEE_SUMMARY, assignee_summaries_of),
        edge_to_one("default_assignee", &PERSON, |church, id| {
            church.workflow_steps[id].default_assignee.into_iter().collect()
        }),
    ],
    includes: &["default_assignee"],
    patch: Some(PATCH_STEP),
    delete: Some(DELETE_STEP),
    ..Resource::new("WorkflowStep", |church, id| {
        format!("/people/v2/workflows/{}/steps/{id}", church.workflow_steps[id].workflow)
    })
};

/// Above every id of a person.
const BELOW_STEP: Id = 1_000_000_000;

/// How many cards of a step are somebody's: its number tells the step and the person.
static ASSIGNEE_SUMMARY: Resource = Resource {
    attributes: &[
        attribute("ready_count", |church, id| assigned(church, id, Stage::Ready).into()),
        attribute("snoozed_count", |church, id| assigned(church, id, Stage::Snoozed).into()),
    ],
    relationships: &[
        to_one("person", "Person", |_, id| vec![id % BELOW_STEP]),
        to_one("step", "Step", |_, id| vec![id / BELOW_STEP]),
    ],
    edges: &[edge_to_one("person", &PERSON, |_, id| vec![id % BELOW_STEP])],
    includes: &["person"],
    ..Resource::new("WorkflowStepAssigneeSummary", |church, id| {
        format!("{}/assignee_summaries/{id}", (WORKFLOW_STEP.path)(church, id / BELOW_STEP))
    })
};

fn assignee_summaries_of(church: &View<'_>, step: Id) -> Vec<Id> {
    let cards = church.cards_of(church.workflow_steps[step].workflow).into_iter();
    let cards = cards.map(|card| &church.church.workflow_cards[card]).filter(|card| card.step == Some(step));
    let assignees: BTreeSet<Id> = cards.filter_map(|card| card.assignee).collect();
    assignees.into_iter().map(|person| step * BELOW_STEP + person).collect()
}

fn assigned(church: &Church, summary: Id, stage: Stage) -> usize {
    let (step, person) = (summary / BELOW_STEP, summary % BELOW_STEP);
    let cards = church.cards_of(church.workflow_steps[step].workflow).into_iter();
    let here = |card: &Id| {
        let row = &church.workflow_cards[*card];
        row.step == Some(step) && row.assignee == Some(person) && church.stage(*card) == stage
    };
    cards.filter(here).count()
}

/// The workflows that are shared with whoever asks.
pub(super) fn readable_workflows(church: &View<'_>) -> Vec<Id> {
    let Viewer { person, rights } = church.viewer;
    let workflows = church.workflows.ids().into_iter();
    workflows.filter(|id| church.is_workflow_shared_with(*id, person, rights.people)).collect()
}

fn count(church: &Church, workflow: Id, wanted: impl Fn(Id) -> bool) -> Value<'static> {
    church.cards_of(workflow).into_iter().filter(|card| wanted(*card)).count().into()
}

fn is(church: &Church, card: Id, stage: Stage) -> bool {
    church.stage(card) == stage
}

/// Ready, and for whoever asks to see to.
fn is_mine(church: &View<'_>, card: Id) -> bool {
    is(church, card, Stage::Ready) && church.workflow_cards[card].assignee == Some(church.viewer.person)
}
