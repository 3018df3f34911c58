//! The order of service and its notes: what editors write.

use super::{EDITOR, full, one_of, optional_text};
use crate::church::services::rows::{Item, ItemNote};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Action, Create, Delete, Done, Patch, Problem, Refusal, Writer};

const PATCHABLE: &[&str] = &[
    "arrangement_id",
    "custom_arrangement_sequence",
    "description",
    "html_details",
    "key_id",
    "length",
    "selected_layout_id",
    "service_position",
    "song_id",
    "title",
];
const CREATABLE: &[&str] = &[
    "arrangement_id",
    "custom_arrangement_sequence",
    "description",
    "html_details",
    "item_type",
    "key_id",
    "length",
    "selected_layout_id",
    "sequence",
    "service_position",
    "song_id",
    "title",
];

/// A song comes from its id, a header by its type; everything else is an item.
pub(in crate::products::services) const CREATE_ITEM: Create = Create {
    access: EDITOR,
    assignable: CREATABLE,
    make: |writer, plan, payload| {
        let header = one_of(payload, "item_type", &["header", "item"])?.value() == Some("header");
        let now = writer.now();
        let empty = Item {
            id: 0,
            plan,
            item_type: if header { "header" } else { "item" },
            title: Text::Borrowed(""),
            length: 0,
            service_position: "during",
            description: None,
            html_details: None,
            song: None,
            arrangement: None,
            key: None,
            media: None,
            custom_arrangement_sequence: None,
            created_at: now,
            updated_at: now,
        };
        let item = changed(writer, empty, payload)?;
        if item.title.trim().is_empty() {
            return Err(Problem::new("title", "can't be blank").into());
        }
        let place = payload
            .integer("sequence")?
            .value()
            .map(|sequence| usize::try_from(sequence).unwrap_or(0).saturating_sub(1));
        writer.insert_item(item, place).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_ITEM: Patch = Patch {
    access: EDITOR,
    assignable: PATCHABLE,
    change: |writer, id, payload| {
        let item = changed(writer, writer.item(id).clone(), payload)?;
        let now = writer.now();
        let row = writer.item_mut(id).ok_or(Refusal::NotFound)?;
        *row = Item { updated_at: now, ..item };
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_ITEM: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.remove_item(id);
        Ok(())
    },
};

/// The item as the body wants it. A song brings its title, and its first arrangement and key.
fn changed(writer: &Writer<'_>, mut item: Item, payload: &Payload) -> Result<Item, Refusal> {
    match payload.related("song")? {
        Given::Value(song) => {
            let row = writer.songs.get(song).ok_or_else(|| Problem::must_exist("song"))?;
            (item.item_type, item.title) = ("song", row.title.clone());
            item.song = Some(song);
            item.arrangement = writer.arrangements_of(song).first().copied();
            item.key = item.arrangement.and_then(|arrangement| writer.keys_of(arrangement).first().copied());
            item.length = item.arrangement.map_or(item.length, |id| writer.arrangements[id].length);
        }
        Given::Null if item.song.is_some() => {
            item.item_type = "item";
            (item.song, item.arrangement, item.key) = (None, None, None);
        }
        Given::Null | Given::Nothing => {}
    }
    let arrangement = payload.related("arrangement")?;
    let fits = |id: Id| writer.arrangements.get(id).is_some_and(|row| Some(row.song) == item.song);
    if matches!(arrangement, Given::Value(id) if !fits(id)) {
        return Err(Problem::must_exist("arrangement").into());
    }
    arrangement.assign(&mut item.arrangement);
    let key = payload.related("key")?;
    let fits = |id: Id| writer.keys.get(id).is_some_and(|row| Some(row.arrangement) == item.arrangement);
    if matches!(key, Given::Value(id) if !fits(id)) {
        return Err(Problem::must_exist("key").into());
    }
    key.assign(&mut item.key);
    // Layouts are gone from Planning Center: none can be chosen.
    if matches!(payload.related("selected_layout")?, Given::Value(_)) {
        return Err(Problem::must_exist("selected_layout").into());
    }
    item.title = payload.text("title")?.value().map_or(item.title, Text::Owned);
    item.length = payload.integer("length")?.value().unwrap_or(item.length).max(0);
    let position = one_of(payload, "service_position", &["pre", "during", "post"])?;
    item.service_position = position.value().unwrap_or(item.service_position);
    optional_text(payload, "description")?.assign(&mut item.description);
    optional_text(payload, "html_details")?.assign(&mut item.html_details);
    let sequence = payload.texts("custom_arrangement_sequence")?;
    sequence
        .map(|labels| labels.into_iter().map(Text::Owned).collect())
        .assign(&mut item.custom_arrangement_sequence);
    Ok(item)
}

/// The category belongs to the note for good.
pub(in crate::products::services) const CREATE_ITEM_NOTE: Create = Create {
    access: EDITOR,
    assignable: &["content", "item_note_category_id"],
    make: |writer, item, payload| {
        let plan = writer.item(item).plan;
        let service_type = writer.plans[plan].service_type;
        let category = payload.related("item_note_category")?.value().filter(|category| {
            writer.item_note_categories.get(*category).is_some_and(|row| row.service_type == service_type)
        });
        let category = category.ok_or_else(|| Problem::must_exist("item_note_category"))?;
        let content = Text::Owned(payload.required_text("content")?);
        let now = writer.now();
        let note = ItemNote { id: 0, item, category, content, created_at: now, updated_at: now };
        writer.add_item_note(plan, note).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_ITEM_NOTE: Patch = Patch {
    access: EDITOR,
    assignable: &["content"],
    change: |writer, id, payload| {
        let content = payload.required_text("content")?;
        let now = writer.now();
        let note = writer.item_note_mut(id).ok_or(Refusal::NotFound)?;
        (note.content, note.updated_at) = (Text::Owned(content), now);
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_ITEM_NOTE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let plan = writer.item(writer.item_note(id).item).plan;
        if let Some(contents) = writer.contents_mut(plan) {
            contents.item_notes.retain(|note| note.id != id);
        }
        Ok(())
    },
};

/// The items of a plan in the order of their ids in `sequence`.
pub(in crate::products::services) const ITEM_REORDER: Action = Action {
    name: "item_reorder",
    by_get: false,
    access: EDITOR,
    assignable: &["sequence"],
    run: |writer, plan, payload| {
        let order = payload.ids("sequence")?.value().unwrap_or_default();
        if !writer.reorder_items(plan, &order) {
            return Err(Problem::new("sequence", "must name every item once").into());
        }
        Ok(Done::Nothing)
    },
};
