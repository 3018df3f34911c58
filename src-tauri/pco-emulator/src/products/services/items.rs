//! Services: the order of service, with the notes and times of its items.

use super::attachments::ATTACHMENT;
use super::item_parts::{CUSTOM_SLIDE, ITEM_ASSIGNMENT};
use super::media::MEDIA;
use super::notes::ITEM_NOTE_CATEGORY;
use super::songs::{ARRANGEMENT, KEY, SONG, abbreviated};
use super::writing::{
    CREATE_CUSTOM_SLIDE, CREATE_ITEM_ASSIGNMENT, CREATE_ITEM_NOTE, DELETE_ITEM, DELETE_ITEM_NOTE, PATCH_ITEM,
    PATCH_ITEM_NOTE,
};
use crate::church::Church;
use crate::church::services::rows::Attachable;
use crate::church::table::Id;
use crate::jsonapi::resource::{Resource, attribute, edge_to_many, edge_to_one, to_one};
use crate::jsonapi::value::Value;

pub(super) static ITEM: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.item(id).created_at.into()),
        attribute("custom_arrangement_sequence", |church, id| {
            let sequence = church.item(id).custom_arrangement_sequence.as_ref();
            sequence.map(|labels| Value::List(labels.iter().map(Into::into).collect())).into()
        }),
        attribute("custom_arrangement_sequence_full", |church, id| {
            let sequence = church.item(id).custom_arrangement_sequence.iter().flatten();
            Value::List(sequence.map(Into::into).collect())
        }),
        attribute("custom_arrangement_sequence_short", |church, id| {
            let sequence = church.item(id).custom_arrangement_sequence.iter().flatten();
            Value::List(sequence.map(|label| abbreviated(label).into()).collect())
        }),
        attribute("description", |church, id| church.item(id).description.as_ref().into()),
        attribute("html_details", |church, id| church.item(id).html_details.as_ref().into()),
        attribute("item_type", |church, id| church.item(id).item_type.into()),
        attribute("key_name", |church, id| {
            church.item(id).key.map(|key| &church.church.keys[key].starting_key).into()
        }),
        attribute("length", |church, id| church.item(id).length.into()),
        attribute("sequence", |church, id| {
            let items = &church.contents(church.item(id).plan).items;
            items.iter().position(|item| item.id == id).map(|place| place + 1).into()
        }),
        attribute("service_position", |church, id| church.item(id).service_position.into()),
        attribute("title", |church, id| (&church.item(id).title).into()),
        attribute("updated_at", |church, id| church.item(id).updated_at.into()),
    ],
    relationships: &[
        // In a template it belongs to no plan.
        to_one("plan", "Plan", |church, id| {
            let plan = Church::plan_of_item(id);
            Some(plan).filter(|plan| church.plans[*plan].template.is_none()).into_iter().collect()
        }),
        to_one("song", "Song", |church, id| church.item(id).song.into_iter().collect()),
        to_one("arrangement", "Arrangement", |church, id| church.item(id).arrangement.into_iter().collect()),
        to_one("key", "Key", |church, id| church.item(id).key.into_iter().collect()),
        to_one("selected_layout", "Layout", |_, _| Vec::new()),
        to_one("selected_background", "Attachment", |church, id| {
            church.background_of(id).into_iter().collect()
        }),
    ],
    edges: &[
        edge_to_many("attachments", &ATTACHMENT, |church, id| {
            let item = church.item(id);
            let song = item.song.into_iter().map(Attachable::Song);
            let arrangement = item.arrangement.into_iter().map(Attachable::Arrangement);
            let key = item.key.into_iter().map(Attachable::Key);
            let media = item.media.into_iter().map(Attachable::Media);
            song.chain(arrangement).chain(key).chain(media).flat_map(|on| church.attachments_of(on)).collect()
        }),
        edge_to_one("arrangement", &ARRANGEMENT, |church, id| {
            church.item(id).arrangement.into_iter().collect()
        }),
        edge_to_many("custom_slides", &CUSTOM_SLIDE, |church, id| church.custom_slides_of(id))
            .created(CREATE_CUSTOM_SLIDE),
        edge_to_many("item_assignments", &ITEM_ASSIGNMENT, |church, id| church.item_assignments_of(id))
            .created(CREATE_ITEM_ASSIGNMENT),
        edge_to_many("item_notes", &ITEM_NOTE, |church, id| church.item_notes_of(id))
            .created(CREATE_ITEM_NOTE),
        edge_to_many("item_times", &ITEM_TIME, |church, id| church.item_times_of(id)),
        edge_to_one("key", &KEY, |church, id| church.item(id).key.into_iter().collect()),
        edge_to_many("media", &MEDIA, |church, id| church.item(id).media.into_iter().collect()),
        edge_to_one("selected_attachment", &ATTACHMENT, |church, id| {
            church.selected_attachment_of(id).into_iter().collect()
        }),
        edge_to_one("selected_background", &ATTACHMENT, |church, id| {
            church.background_of(id).into_iter().collect()
        }),
        edge_to_one("song", &SONG, |church, id| church.item(id).song.into_iter().collect()),
    ],
    includes: &[
        "arrangement",
        "item_assignments",
        "item_notes",
        "item_times",
        "key",
        "media",
        "selected_attachment",
        "song",
    ],
    patch: Some(PATCH_ITEM),
    delete: Some(DELETE_ITEM),
    ..Resource::new("Item", item_path)
};

pub(super) fn item_path(church: &Church, id: Id) -> String {
    format!("{}/items/{id}", super::plan_path(church, Church::plan_of_item(id)))
}

static ITEM_NOTE: Resource = Resource {
    attributes: &[
        attribute("category_name", |church, id| {
            church.item_note_categories[church.item_note(id).category].name.into()
        }),
        attribute("content", |church, id| (&church.item_note(id).content).into()),
        attribute("created_at", |church, id| church.item_note(id).created_at.into()),
        attribute("updated_at", |church, id| church.item_note(id).updated_at.into()),
    ],
    relationships: &[
        to_one("item_note_category", "ItemNoteCategory", |church, id| vec![church.item_note(id).category]),
        to_one("item", "Item", |church, id| vec![church.item_note(id).item]),
    ],
    edges: &[edge_to_one("item_note_category", &ITEM_NOTE_CATEGORY, |church, id| {
        vec![church.item_note(id).category]
    })],
    includes: &["item_note_category"],
    patch: Some(PATCH_ITEM_NOTE),
    delete: Some(DELETE_ITEM_NOTE),
    ..Resource::new("ItemNote", |church, id| {
        format!("{}/item_notes/{id}", item_path(church, church.item_note(id).item))
    })
};

pub(super) static ITEM_TIME: Resource = Resource {
    attributes: &[
        attribute("exclude", |church, id| church.item_time(id).exclude.into()),
        attribute("length", |church, id| {
            let time = church.item_time(id);
            (church.item(time.item).length + time.length_offset).into()
        }),
        attribute("length_offset", |church, id| church.item_time(id).length_offset.into()),
        attribute("live_end_at", |church, id| church.item_time(id).live_end_at.into()),
        attribute("live_start_at", |church, id| church.item_time(id).live_start_at.into()),
    ],
    relationships: &[
        to_one("item", "Item", |church, id| vec![church.item_time(id).item]),
        to_one("plan_time", "PlanTime", |church, id| vec![church.item_time(id).plan_time]),
        to_one("plan", "Plan", |church, id| vec![church.item(church.item_time(id).item).plan]),
    ],
    ..Resource::new("ItemTime", |church, id| {
        format!("{}/item_times/{id}", item_path(church, church.item_time(id).item))
    })
};
