//! `Note`, `NoteCategory` and with whom a category is shared.

use super::person::{PERSON, still_there};
use super::writing::choices::PATCH_NOTE_CATEGORY;
use super::writing::records::{DELETE_NOTE, DELETE_NOTE_CATEGORY, PATCH_NOTE};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, edge_to_many, edge_to_one, filter, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) static NOTE: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.notes[id].created_at.into()).ordered(),
        attribute("created_by_id", |church, id| church.notes[id].created_by.into()),
        attribute("display_date", |church, id| church.notes[id].display_date.into()).ordered(),
        attribute("note", |church, id| (&church.notes[id].text).into()).indexed(),
        attribute("note_category_id", |church, id| church.notes[id].category.into()).indexed(),
        attribute("organization_id", |church, _| church.organization_id.into()),
        attribute("person_id", |church, id| church.notes[id].person.into()),
        attribute("updated_at", |church, id| church.notes[id].updated_at.into()).ordered(),
    ],
    relationships: &[
        to_one("note_category", "NoteCategory", |church, id| vec![church.notes[id].category]),
        to_one("organization", "Organization", |church, _| vec![church.organization_id]),
        to_one("person", "Person", |church, id| vec![church.notes[id].person]),
        to_one("created_by", "Person", |church, id| vec![church.notes[id].created_by]),
    ],
    edges: &[
        edge_to_one("category", &NOTE_CATEGORY, |church, id| vec![church.notes[id].category]),
        edge_to_one("created_by", &PERSON, |church, id| still_there(church, church.notes[id].created_by)),
        edge_to_one("person", &PERSON, |church, id| vec![church.notes[id].person]),
    ],
    includes: &["category", "created_by", "person"],
    patch: Some(PATCH_NOTE),
    delete: Some(DELETE_NOTE),
    orders: &[Order { name: "id", key: |_, id| Value::from(id), drops_null: false }],
    ..Resource::new("Note", |_, id| format!("/people/v2/notes/{id}"))
};

pub(super) static NOTE_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.note_categories[id].created_at.into()).indexed(),
        attribute("locked", |church, id| church.note_categories[id].locked.into()).indexed(),
        attribute("name", |church, id| (&church.note_categories[id].name).into()).indexed(),
        attribute("organization_id", |church, _| church.organization_id.into()).indexed(),
        attribute("updated_at", |church, id| church.note_categories[id].updated_at.into()).indexed(),
    ],
    relationships: &[to_one("organization", "Organization", |church, _| vec![church.organization_id])],
    edges: &[
        edge_to_many("shares", &NOTE_CATEGORY_SHARE, |_, id| vec![id]),
        edge_to_many("subscribers", &PERSON, |church, id| {
            let subscriptions = subscriptions_to(church, id).into_iter();
            subscriptions.map(|row| church.note_category_subscriptions[row].person).collect()
        }),
        edge_to_many("subscriptions", &NOTE_CATEGORY_SUBSCRIPTION, |church, id| subscriptions_to(church, id)),
    ],
    includes: &["shares", "subscribers", "subscriptions"],
    patch: Some(PATCH_NOTE_CATEGORY),
    delete: Some(DELETE_NOTE_CATEGORY),
    ..Resource::new("NoteCategory", |_, id| format!("/people/v2/note_categories/{id}"))
};

pub(super) static NOTE_CATEGORY_SUBSCRIPTION: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.note_category_subscriptions[id].created_at.into())
            .indexed(),
        attribute("updated_at", |church, id| church.note_category_subscriptions[id].created_at.into())
            .indexed(),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.note_category_subscriptions[id].person]),
        to_one("note_category", "NoteCategory", |church, id| {
            vec![church.note_category_subscriptions[id].category]
        }),
    ],
    ..Resource::new("NoteCategorySubscription", |_, id| {
        format!("/people/v2/note_category_subscriptions/{id}")
    })
};

fn subscriptions_to(church: &Church, category: Id) -> Vec<Id> {
    church.note_category_subscriptions.ids_owned_by(category, |row| row.category)
}

pub(super) const NOTE_CATEGORY_FILTERS: &[Filter] =
    &[filter("view_creatable", |church, id, _| may_read_category(church, id))];

/// A category has one share, which has the category's number.
static NOTE_CATEGORY_SHARE: Resource = Resource {
    attributes: &[
        attribute("group", |church, id| church.note_categories[id].share.least().name().into()),
        attribute("permission", |_, _| "view_create".into()),
        attribute("person_id", |_, _| Value::Null),
    ],
    edges: &[edge_to_one("person", &PERSON, |_, _| Vec::new())],
    includes: &["person"],
    ..Resource::new("NoteCategoryShare", |_, id| format!("/people/v2/note_categories/{id}/shares/{id}"))
};

/// The notes that are shared with whoever asks.
pub(super) fn readable(church: &View<'_>, notes: Vec<Id>) -> Vec<Id> {
    notes.into_iter().filter(|note| may_read_category(church, church.notes[*note].category)).collect()
}

pub(super) fn readable_categories(church: &View<'_>) -> Vec<Id> {
    church.note_categories.ids().into_iter().filter(|category| may_read_category(church, *category)).collect()
}

fn may_read_category(church: &View<'_>, category: Id) -> bool {
    church.viewer.rights.people >= church.note_categories[category].share.least()
}
