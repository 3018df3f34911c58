//! Workflows: what is to be done for a person, step by step, one card for each.

use std::borrow::Cow;

use jiff::{Timestamp, ToSpan};

use super::moment;
use super::rows::Share;
use crate::church::Church;
use crate::church::rights::PeopleRight;
use crate::church::table::{Id, Text};
use crate::random::Random;

const WORKFLOW_STREAM: u64 = 19;
const DAY: i64 = 86_400;

pub(crate) struct WorkflowCategory {
    pub(crate) name: Text,
    pub(crate) created_at: Timestamp,
}

#[derive(Clone)]
pub(crate) struct Workflow {
    pub(crate) name: Text,
    pub(crate) category: Option<Id>,
    pub(crate) campus: Option<Id>,
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone)]
pub(crate) struct WorkflowStep {
    pub(crate) workflow: Id,
    pub(crate) name: Text,
    pub(crate) sequence: i64,
    pub(crate) description: Option<Text>,
    pub(crate) expected_response_time_in_days: Option<i64>,
    pub(crate) default_assignee: Option<Id>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) struct WorkflowCard {
    pub(crate) workflow: Id,
    pub(crate) person: Id,
    /// None once it is completed.
    pub(crate) step: Option<Id>,
    pub(crate) assignee: Option<Id>,
    /// Stays with the same person from step to step.
    pub(crate) sticky_assignment: bool,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) removed_at: Option<Timestamp>,
    pub(crate) snooze_until: Option<Timestamp>,
    pub(crate) moved_to_step_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// With whom a workflow is shared: with everybody from a level on, or with one person.
pub(crate) struct WorkflowShare {
    pub(crate) workflow: Id,
    pub(crate) group: Option<PeopleRight>,
    pub(crate) person: Option<Id>,
    /// `view`, `manage_cards` or `manage`.
    pub(crate) permission: &'static str,
}

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Ready,
    Snoozed,
    Completed,
    Removed,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Snoozed => "snoozed",
            Self::Completed => "completed",
            Self::Removed => "removed",
        }
    }
}

/// Something that happened to a card, or that somebody wrote on it.
pub(crate) struct CardActivity {
    pub(crate) card: Id,
    pub(crate) step: Option<Id>,
    pub(crate) kind: &'static str,
    pub(crate) comment: Text,
    pub(crate) person: Id,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct CardNote {
    pub(crate) card: Id,
    pub(crate) note: Text,
    pub(crate) created_at: Timestamp,
}

/// Name, category, steps with the days each may take, one in how many adults has a card.
type Written = (&'static str, Option<&'static str>, &'static [(&'static str, i64)], u64);

const WORKFLOWS: &[Written] = &[
    (
        "Welcoming newcomers",
        Some("Welcome"),
        &[("Write a card", 3), ("Ring and say hello", 7), ("Invite to the newcomers’ lunch", 14)],
        9,
    ),
    (
        "Baptism",
        Some("Sacraments"),
        &[("Meet with the family", 14), ("Book a Sunday", 7), ("Rehearse", 30)],
        28,
    ),
    (
        "Joining a team",
        None,
        &[("Talk about gifts", 7), ("Safeguarding training", 30), ("First Sunday beside somebody", 21)],
        14,
    ),
    ("Harvest supper 2023", None, &[("Ask to bake", 7)], 40),
];

impl Church {
    pub(in crate::church) fn add_workflows(&mut self) {
        let made = self.start_of_today() - (500 * 24).hours();
        for name in ["Welcome", "Sacraments"] {
            let id = self.workflow_categories.next_id(55_019);
            self.workflow_categories
                .push(id, WorkflowCategory { name: Cow::Borrowed(name), created_at: made });
        }
        let assignees = self.assignees();
        for (number, (name, category, steps, one_in)) in (0..).zip(WORKFLOWS.iter().copied()) {
            let category = category.and_then(|category| {
                self.workflow_categories.iter().find(|(_, row)| row.name == category).map(|(id, _)| id)
            });
            let archived_at = name.contains("2023").then(|| made + (60 * 24).hours());
            let workflow = self.workflows.next_id(340_011);
            self.workflows.push(
                workflow,
                Workflow {
                    name: Cow::Borrowed(name),
                    category,
                    campus: None,
                    archived_at,
                    deleted_at: None,
                    created_at: made,
                    updated_at: archived_at.unwrap_or(made),
                },
            );
            let share = if number == 1 { Share::Editors } else { Share::Viewers };
            self.share_workflow(workflow, Some(share.least()), None, "manage_cards");
            // Whoever sees to most of the cards may change the steps, too.
            if let Some(person) = assignees.get(1).filter(|_| number == 0) {
                self.share_workflow(workflow, None, Some(*person), "manage");
            }
            for ((step, days), sequence) in steps.iter().zip(0_i64..) {
                let id = self.workflow_steps.next_id(980_021);
                let place = usize::try_from(number).unwrap_or(0) + usize::try_from(sequence).unwrap_or(0);
                self.workflow_steps.push(
                    id,
                    WorkflowStep {
                        workflow,
                        name: Cow::Borrowed(step),
                        sequence,
                        description: None,
                        expected_response_time_in_days: Some(*days),
                        // The last step is everybody's.
                        default_assignee: assignees
                            .get(place % assignees.len().max(1))
                            .copied()
                            .filter(|_| sequence < 2),
                        created_at: made,
                        updated_at: made,
                    },
                );
            }
            self.add_cards(workflow, one_in, archived_at.is_some());
        }
    }

    /// Staff, and those who may write people.
    fn assignees(&self) -> Vec<Id> {
        let granted =
            self.granted_rights.iter().filter(|(_, rights)| rights.people >= Share::Editors.least());
        std::iter::once(self.staff)
            .chain(granted.map(|(person, _)| *person))
            .filter(|person| *person != 0)
            .collect()
    }

    fn add_cards(&mut self, workflow: Id, one_in: u64, over: bool) {
        let steps = self.steps_of(workflow);
        let today = self.start_of_today().as_second();
        for person in self.people.ids() {
            let mut random = Random::new(self.seed, WORKFLOW_STREAM, person ^ (workflow << 32));
            if self.people[person].child || !self.people[person].active() || random.below(one_in) != 0 {
                continue;
            }
            let began = today - DAY * random.between(1, 45) - if over { 440 * DAY } else { 0 };
            let began = moment(began.max(self.people[person].created_at.as_second()));
            let place = random.index(steps.len() + 1);
            let step = if over { None } else { steps.get(place).copied() };
            let moved = moment(random.between(began.as_second(), (today - 3_600).max(began.as_second())));
            let moved = if over { moment(began.as_second() + 20 * DAY) } else { moved };
            let snoozed = step.is_some() && random.chance(15);
            let id = self.workflow_cards.next_id(61_000_017);
            self.workflow_cards.push(
                id,
                WorkflowCard {
                    workflow,
                    person,
                    step,
                    assignee: step.and_then(|step| self.workflow_steps[step].default_assignee),
                    sticky_assignment: false,
                    completed_at: step.is_none().then_some(moved),
                    removed_at: None,
                    snooze_until: snoozed.then(|| moment(today + 5 * DAY)),
                    moved_to_step_at: moved,
                    created_at: began,
                    updated_at: moved,
                },
            );
            self.note_activity(id, "workflow_card_created", "Card added", began);
            if step.is_none() {
                self.note_activity(id, "workflow_card_completed", "Card completed", moved);
            } else if random.chance(30) {
                let id_of_note = self.workflow_card_notes.next_id(5_200_009);
                let note = Cow::Borrowed(random.pick(&[
                    "Left a message.",
                    "Will be back after the holidays.",
                    "Met on Sunday.",
                ]));
                self.workflow_card_notes.push(id_of_note, CardNote { card: id, note, created_at: moved });
            }
        }
    }

    fn share_workflow(
        &mut self,
        workflow: Id,
        group: Option<PeopleRight>,
        person: Option<Id>,
        permission: &'static str,
    ) {
        let id = self.workflow_shares.next_id(510_007);
        self.workflow_shares.push(id, WorkflowShare { workflow, group, person, permission });
    }

    pub(crate) fn shares_of(&self, workflow: Id) -> Vec<Id> {
        self.workflow_shares.ids_owned_by(workflow, |row| row.workflow)
    }

    /// Whether somebody of this level sees a workflow.
    pub(crate) fn is_workflow_shared_with(&self, workflow: Id, person: Id, right: PeopleRight) -> bool {
        self.shares_of(workflow).into_iter().map(|id| &self.workflow_shares[id]).any(|share| {
            let in_group = |least| least != PeopleRight::None && right >= least;
            share.person == Some(person) || share.group.is_some_and(in_group)
        })
    }

    /// A workflow's steps in their order.
    pub(crate) fn steps_of(&self, workflow: Id) -> Vec<Id> {
        let mut steps = self.workflow_steps.ids_owned_by(workflow, |row| row.workflow);
        steps.sort_by_key(|step| self.workflow_steps[*step].sequence);
        steps
    }

    /// A workflow's cards, those that were removed left out.
    pub(crate) fn cards_of(&self, workflow: Id) -> Vec<Id> {
        let cards = self.workflow_cards.ids_owned_by(workflow, |row| row.workflow);
        cards.into_iter().filter(|card| self.workflow_cards[*card].removed_at.is_none()).collect()
    }

    pub(crate) fn stage(&self, card: Id) -> Stage {
        let row = &self.workflow_cards[card];
        if row.removed_at.is_some() {
            Stage::Removed
        } else if row.completed_at.is_some() {
            Stage::Completed
        } else if row.snooze_until.is_some_and(|until| until > self.now()) {
            Stage::Snoozed
        } else {
            Stage::Ready
        }
    }

    /// When a card should have left its step; None where no time is set or it is done.
    pub(crate) fn card_due(&self, card: Id) -> Option<Timestamp> {
        let row = &self.workflow_cards[card];
        let days = self.workflow_steps[row.step?].expected_response_time_in_days?;
        row.moved_to_step_at.checked_add((days * 24).hours()).ok()
    }

    pub(crate) fn card_overdue(&self, card: Id) -> bool {
        self.stage(card) == Stage::Ready && self.card_due(card).is_some_and(|due| due < self.now())
    }

    fn note_activity(&mut self, card: Id, kind: &'static str, comment: &'static str, at: Timestamp) {
        let id = self.workflow_activities.next_id(93_000_001);
        let row = self.activity(card, kind, comment, self.staff, at);
        self.workflow_activities.push(id, row);
    }

    /// Writes down what somebody did with a card.
    pub(crate) fn record_activity(
        &mut self,
        card: Id,
        kind: &'static str,
        comment: &'static str,
        person: Id,
        at: Timestamp,
    ) {
        let row = self.activity(card, kind, comment, person, at);
        self.workflow_activities.add(row);
    }

    fn activity(
        &self,
        card: Id,
        kind: &'static str,
        comment: &'static str,
        person: Id,
        created_at: Timestamp,
    ) -> CardActivity {
        let step = self.workflow_cards.get(card).and_then(|row| row.step);
        CardActivity { card, step, kind, comment: Cow::Borrowed(comment), person, created_at }
    }
}
