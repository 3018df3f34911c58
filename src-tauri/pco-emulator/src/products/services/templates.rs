//! Services: what plans are made from. A template keeps its items and notes as a plan does.

use std::collections::BTreeSet;

use super::items::ITEM;
use super::notes::PLAN_NOTE;
use super::team_members::{PLAN_PERSON, TEAM_MEMBER_FILTERS};
use super::writing::{CREATE_ITEM, ITEM_REORDER};
use crate::jsonapi::resource::{Resource, attribute, edge_to_many, to_one};
use crate::jsonapi::value::Value;

pub(super) static PLAN_TEMPLATE: Resource = Resource {
    attributes: &[
        attribute("can_view_order", |_, _| Value::Flag(true)),
        attribute("created_at", |church, id| church.plans[id].created_at.into()).ordered(),
        attribute("item_count", |church, id| church.contents(id).items.len().into()).ordered(),
        attribute("multi_day", |_, _| Value::Flag(false)),
        attribute("name", |church, id| church.plans[id].template.as_ref().into()).ordered(),
        attribute("note_count", |church, id| church.contents(id).notes.len().into()).ordered(),
        attribute("prefers_order_view", |_, _| Value::Flag(true)),
        attribute("rehearsable", |_, _| Value::Flag(false)),
        attribute("team_count", |church, id| {
            let members = church.contents(id).team_members.iter();
            members.map(|entry| entry.team).collect::<BTreeSet<_>>().len().into()
        })
        .ordered(),
        attribute("updated_at", |church, id| church.plans[id].updated_at.into()).ordered(),
    ],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| vec![church.plans[id].service_type]),
        to_one("created_by", "Person", |church, _| vec![church.planner()]),
        to_one("updated_by", "Person", |church, _| vec![church.planner()]),
    ],
    edges: &[
        edge_to_many("items", &ITEM, |church, id| {
            church.contents(id).items.iter().map(|row| row.id).collect()
        })
        .created(CREATE_ITEM),
        edge_to_many("notes", &PLAN_NOTE, |church, id| {
            church.contents(id).notes.iter().map(|row| row.id).collect()
        }),
        edge_to_many("team_members", &PLAN_PERSON, |church, id| {
            church.contents(id).team_members.iter().map(|row| row.id).collect()
        })
        .filtered(TEAM_MEMBER_FILTERS),
    ],
    actions: &[ITEM_REORDER],
    ..Resource::new("PlanTemplate", super::plan_path)
};
