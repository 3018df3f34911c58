//! Services: notes on a plan, and the categories of notes.

use super::writing::{DELETE_PLAN_NOTE, PATCH_PLAN_NOTE};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_one, filter, to_many, to_one};
use crate::jsonapi::value::Value;

pub(super) const PLAN_NOTE_FILTERS: &[Filter] = &[
    // Those meant for a team: the one of `team_id`, or else one on which the viewer serves.
    filter("team", |view, id, query| {
        let teams = teams_of(view, view.plan_note(id).category);
        match query.argument("team_id") {
            Some(wanted) => teams.iter().any(|team| team.to_string() == wanted),
            None => teams.iter().any(|team| view.members_of(*team).contains(&view.viewer.person)),
        }
    }),
];

/// The team for which a category is meant: the one of its name. None of them: for everybody.
fn teams_of(church: &Church, category: Id) -> Vec<Id> {
    let category = &church.plan_note_categories[category];
    let teams = church.teams_of(category.service_type).into_iter();
    teams.filter(|team| church.teams[*team].name == category.name).collect()
}

pub(super) static ITEM_NOTE_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.item_note_categories[id].created_at.into()),
        attribute("deleted_at", |church, id| church.item_note_categories[id].deleted_at.into()),
        attribute("frequently_used", |_, _| Value::Flag(true)),
        attribute("name", |church, id| church.item_note_categories[id].name.into()),
        attribute("sequence", |church, id| church.item_note_categories[id].sequence.into()),
        attribute("updated_at", |church, id| church.item_note_categories[id].created_at.into()),
    ],
    relationships: &[to_one("service_type", "ServiceType", |church, id| {
        vec![church.item_note_categories[id].service_type]
    })],
    ..Resource::new("ItemNoteCategory", |church, id| {
        format!(
            "/services/v2/service_types/{}/item_note_categories/{id}",
            church.item_note_categories[id].service_type
        )
    })
};

pub(super) static PLAN_NOTE: Resource = Resource {
    attributes: &[
        attribute("category_name", |church, id| {
            church.plan_note_categories[church.plan_note(id).category].name.into()
        }),
        attribute("content", |church, id| (&church.plan_note(id).content).into()),
        attribute("created_at", |church, id| church.plan_note(id).created_at.into()).indexed(),
        attribute("updated_at", |church, id| church.plan_note(id).updated_at.into()).indexed(),
    ],
    relationships: &[
        to_one("created_by", "Person", |church, id| vec![church.plan_note(id).created_by]),
        to_one("plan_note_category", "PlanNoteCategory", |church, id| vec![church.plan_note(id).category]),
        to_many("teams", "Team", |church, id| teams_of(church, church.plan_note(id).category)),
    ],
    edges: &[edge_to_one("plan_note_category", &PLAN_NOTE_CATEGORY, |church, id| {
        vec![church.plan_note(id).category]
    })],
    includes: &["plan_note_category"],
    patch: Some(PATCH_PLAN_NOTE),
    delete: Some(DELETE_PLAN_NOTE),
    ..Resource::new("PlanNote", |church, id| {
        format!("{}/notes/{id}", super::plan_path(church, church.plan_note(id).plan))
    })
};

pub(super) static PLAN_NOTE_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plan_note_categories[id].created_at.into()),
        attribute("deleted_at", |church, id| church.plan_note_categories[id].deleted_at.into()),
        attribute("name", |church, id| church.plan_note_categories[id].name.into()),
        attribute("sequence", |church, id| church.plan_note_categories[id].sequence.into()),
        attribute("updated_at", |church, id| church.plan_note_categories[id].created_at.into()),
    ],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plan_note_categories[id].service_type]
        }),
        to_many("teams", "Team", |church, id| teams_of(church, id)),
    ],
    ..Resource::new("PlanNoteCategory", |church, id| {
        format!(
            "/services/v2/service_types/{}/plan_note_categories/{id}",
            church.plan_note_categories[id].service_type
        )
    })
};
