//! Services: what hangs on an item beside its notes and times: slides, and who sees to it.

use super::items::item_path;
use super::writing::{DELETE_CUSTOM_SLIDE, DELETE_ITEM_ASSIGNMENT, PATCH_CUSTOM_SLIDE};
use crate::church::Church;
use crate::church::services::rows::Assignable;
use crate::church::table::Id;
use crate::jsonapi::resource::{Resource, attribute, to_one};

pub(super) static CUSTOM_SLIDE: Resource = Resource {
    attributes: &[
        attribute("body", |church, id| (&church.custom_slide(id).body).into()),
        attribute("enabled", |church, id| church.custom_slide(id).enabled.into()),
        attribute("label", |church, id| church.custom_slide(id).label.as_ref().into()),
        attribute("order", |church, id| church.custom_slide(id).order.into()),
    ],
    relationships: &[
        to_one("item", "Item", |church, id| vec![church.custom_slide(id).item]),
        to_one("attachment", "Attachment", |_, _| Vec::new()),
    ],
    patch: Some(PATCH_CUSTOM_SLIDE),
    delete: Some(DELETE_CUSTOM_SLIDE),
    ..Resource::new("CustomSlide", |church, id| {
        format!("{}/custom_slides/{id}", item_path(church, church.custom_slide(id).item))
    })
};

/// `assignable` is documented as of any type: its linkage names the one of two that it is of.
pub(super) static ITEM_ASSIGNMENT: Resource = Resource {
    attributes: &[attribute("assignable_type", |church, id| {
        match church.item_assignment(id).assignable {
            Assignable::Person(_) => "Person",
            Assignable::TeamPosition(_) => "TeamPosition",
        }
        .into()
    })],
    relationships: &[
        to_one("plan", "Plan", |church, id| vec![Church::plan_of_item(church.item_assignment(id).item)]),
        to_one("item", "Item", |church, id| vec![church.item_assignment(id).item]),
        to_one("assignable", "TeamPosition", |church, id| position(church, id).into_iter().collect())
            .or("Person", |church, id| person(church, id).into_iter().collect()),
    ],
    person,
    delete: Some(DELETE_ITEM_ASSIGNMENT),
    ..Resource::new("ItemAssignment", |church, id| {
        format!("{}/item_assignments/{id}", item_path(church, church.item_assignment(id).item))
    })
};

fn person(church: &Church, assignment: Id) -> Option<Id> {
    match church.item_assignment(assignment).assignable {
        Assignable::Person(person) => Some(person),
        Assignable::TeamPosition(_) => None,
    }
}

fn position(church: &Church, assignment: Id) -> Option<Id> {
    match church.item_assignment(assignment).assignable {
        Assignable::TeamPosition(position) => Some(position),
        Assignable::Person(_) => None,
    }
}
