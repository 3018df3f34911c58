//! Services: the order of service, its notes, and the song book.

use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Resource, attribute, edge_to_many, edge_to_one, to_many, to_one};
use crate::jsonapi::value::Value;

pub(super) static ITEM: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plans[church.item(id).plan].created_at.into()),
        attribute("custom_arrangement_sequence", |_, _| Value::Null),
        attribute("custom_arrangement_sequence_full", |_, _| Value::List(Vec::new())),
        attribute("custom_arrangement_sequence_short", |_, _| Value::List(Vec::new())),
        attribute("description", |church, id| church.item(id).description.as_ref().into()),
        attribute("html_details", |church, id| church.item(id).html_details.as_ref().into()),
        attribute("item_type", |church, id| church.item(id).item_type.into()),
        attribute("key_name", |church, id| {
            church.item(id).key.map(|key| church.keys[key].starting_key).into()
        }),
        attribute("length", |church, id| church.item(id).length.into()),
        attribute("sequence", |church, id| {
            let items = &church.contents(church.item(id).plan).items;
            items.iter().position(|item| item.id == id).map(|place| place + 1).into()
        }),
        attribute("service_position", |church, id| church.item(id).service_position.into()),
        attribute("title", |church, id| (&church.item(id).title).into()),
        attribute("updated_at", |church, id| church.plans[church.item(id).plan].updated_at.into()),
    ],
    relationships: &[
        to_one("plan", "Plan", |church, id| vec![church.item(id).plan]),
        to_one("song", "Song", |church, id| church.item(id).song.into_iter().collect()),
        to_one("arrangement", "Arrangement", |church, id| church.item(id).arrangement.into_iter().collect()),
        to_one("key", "Key", |church, id| church.item(id).key.into_iter().collect()),
        to_one("selected_layout", "Layout", |_, _| Vec::new()),
        to_one("selected_background", "Attachment", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_one("arrangement", &ARRANGEMENT, |church, id| {
            church.item(id).arrangement.into_iter().collect()
        }),
        edge_to_many("item_notes", &ITEM_NOTE, |church, id| church.item_notes_of(id)),
        edge_to_many("item_times", &ITEM_TIME, |church, id| church.item_times_of(id)),
        edge_to_one("key", &KEY, |church, id| church.item(id).key.into_iter().collect()),
        edge_to_one("song", &SONG, |church, id| church.item(id).song.into_iter().collect()),
    ],
    includes: &["arrangement", "item_notes", "item_times", "key", "song"],
    ..Resource::new("Item", item_path)
};

fn item_path(church: &Church, id: Id) -> String {
    let plan = church.item(id).plan;
    format!("/services/v2/service_types/{}/plans/{plan}/items/{id}", church.plans[plan].service_type)
}

static ITEM_NOTE: Resource = Resource {
    attributes: &[
        attribute("category_name", |church, id| {
            church.item_note_categories[church.item_note(id).category].name.into()
        }),
        attribute("content", |church, id| (&church.item_note(id).content).into()),
        attribute("created_at", |church, id| {
            church.plans[church.item(church.item_note(id).item).plan].created_at.into()
        }),
        attribute("updated_at", |church, id| {
            church.plans[church.item(church.item_note(id).item).plan].updated_at.into()
        }),
    ],
    relationships: &[
        to_one("item_note_category", "ItemNoteCategory", |church, id| vec![church.item_note(id).category]),
        to_one("item", "Item", |church, id| vec![church.item_note(id).item]),
    ],
    edges: &[edge_to_one("item_note_category", &ITEM_NOTE_CATEGORY, |church, id| {
        vec![church.item_note(id).category]
    })],
    includes: &["item_note_category"],
    ..Resource::new("ItemNote", |church, id| {
        format!("{}/item_notes/{id}", item_path(church, church.item_note(id).item))
    })
};

static ITEM_TIME: Resource = Resource {
    attributes: &[
        attribute("exclude", |church, id| church.item_time(id).exclude.into()),
        attribute("length", |church, id| {
            let time = church.item_time(id);
            (church.item(time.item).length + time.length_offset).into()
        }),
        attribute("length_offset", |church, id| church.item_time(id).length_offset.into()),
        attribute("live_end_at", |_, _| Value::Null),
        attribute("live_start_at", |_, _| Value::Null),
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

pub(super) static ITEM_NOTE_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.item_note_categories[id].created_at.into()),
        attribute("deleted_at", |_, _| Value::Null),
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
        attribute("updated_at", |church, id| church.plan_note(id).created_at.into()).indexed(),
    ],
    relationships: &[
        to_one("created_by", "Person", |church, id| vec![church.plan_note(id).created_by]),
        to_one("plan_note_category", "PlanNoteCategory", |church, id| vec![church.plan_note(id).category]),
        to_many("teams", "Team", |_, _| Vec::new()),
    ],
    edges: &[edge_to_one("plan_note_category", &PLAN_NOTE_CATEGORY, |church, id| {
        vec![church.plan_note(id).category]
    })],
    includes: &["plan_note_category"],
    ..Resource::new("PlanNote", |church, id| {
        let plan = church.plan_note(id).plan;
        format!("/services/v2/service_types/{}/plans/{plan}/notes/{id}", church.plans[plan].service_type)
    })
};

pub(super) static PLAN_NOTE_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.plan_note_categories[id].created_at.into()),
        attribute("deleted_at", |_, _| Value::Null),
        attribute("name", |church, id| church.plan_note_categories[id].name.into()),
        attribute("sequence", |church, id| church.plan_note_categories[id].sequence.into()),
        attribute("updated_at", |church, id| church.plan_note_categories[id].created_at.into()),
    ],
    relationships: &[to_one("service_type", "ServiceType", |church, id| {
        vec![church.plan_note_categories[id].service_type]
    })],
    ..Resource::new("PlanNoteCategory", |church, id| {
        format!(
            "/services/v2/service_types/{}/plan_note_categories/{id}",
            church.plan_note_categories[id].service_type
        )
    })
};

/// A song carries no relationships at all, as recorded.
pub(super) static SONG: Resource = Resource {
    attributes: &[
        attribute("admin", |_, _| "Public Domain".into()),
        attribute("author", |_, _| "Traditional".into()).queried(),
        attribute("ccli_number", |_, _| Value::Null).queried(),
        attribute("copyright", |_, _| "Public Domain".into()),
        attribute("created_at", |church, id| church.songs[id].created_at.into()).ordered(),
        attribute("hidden", |church, id| church.songs[id].hidden.into()).queried(),
        attribute("last_scheduled_at", |_, _| Value::Null).ordered(),
        attribute("last_scheduled_short_dates", |_, _| Value::Null),
        attribute("notes", |_, _| Value::Null),
        attribute("themes", |church, id| church.songs[id].themes.into()).queried(),
        attribute("title", |church, id| church.songs[id].title.into()).indexed(),
        attribute("updated_at", |church, id| church.songs[id].created_at.into()).ordered(),
    ],
    edges: &[edge_to_many("arrangements", &ARRANGEMENT, |church, id| {
        church.arrangements.ids_owned_by(id, |row| row.song)
    })],
    ..Resource::new("Song", |_, id| format!("/services/v2/songs/{id}"))
};

static ARRANGEMENT: Resource = Resource {
    attributes: &[
        attribute("archived_at", |_, _| Value::Null),
        attribute("bpm", |church, id| Value::Number(church.arrangements[id].beats_per_minute)),
        attribute("chord_chart", |_, _| Value::Null),
        attribute("chord_chart_key", |_, _| Value::Null),
        attribute("created_at", |church, id| church.arrangements[id].created_at.into()),
        attribute("has_chord_chart", |_, _| Value::Flag(false)),
        attribute("has_chords", |_, _| Value::Flag(false)),
        attribute("length", |church, id| church.arrangements[id].length.into()),
        attribute("lyrics", |_, _| Value::Null),
        attribute("lyrics_enabled", |_, _| Value::Flag(false)),
        attribute("meter", |church, id| church.arrangements[id].meter.into()),
        attribute("name", |church, id| church.arrangements[id].name.into()),
        attribute("notes", |_, _| Value::Null),
        attribute("sequence", |_, _| Value::List(vec!["Verse 1".into(), "Verse 2".into(), "Verse 3".into()])),
        attribute("sequence_short", |_, _| Value::List(vec!["V1".into(), "V2".into(), "V3".into()])),
        attribute("updated_at", |church, id| church.arrangements[id].created_at.into()),
    ],
    relationships: &[
        to_one("updated_by", "Person", |church, _| vec![church.staff]),
        to_one("created_by", "Person", |church, _| vec![church.staff]),
        to_one("song", "Song", |church, id| vec![church.arrangements[id].song]),
    ],
    edges: &[edge_to_many("keys", &KEY, |church, id| church.keys.ids_owned_by(id, |row| row.arrangement))],
    includes: &["keys"],
    ..Resource::new("Arrangement", |church, id| {
        format!("/services/v2/songs/{}/arrangements/{id}", church.arrangements[id].song)
    })
};

static KEY: Resource = Resource {
    attributes: &[
        attribute("alternate_keys", |_, _| Value::Null),
        attribute("created_at", |church, id| church.keys[id].created_at.into()).ordered(),
        attribute("ending_key", |church, id| church.keys[id].starting_key.into()),
        attribute("ending_minor", |_, _| Value::Flag(false)),
        attribute("name", |church, id| church.keys[id].starting_key.into()),
        attribute("starting_key", |church, id| church.keys[id].starting_key.into()),
        attribute("starting_minor", |_, _| Value::Flag(false)),
        attribute("updated_at", |church, id| church.keys[id].created_at.into()).ordered(),
    ],
    relationships: &[to_one("arrangement", "Arrangement", |church, id| vec![church.keys[id].arrangement])],
    ..Resource::new("Key", |church, id| {
        let arrangement = church.keys[id].arrangement;
        format!(
            "/services/v2/songs/{}/arrangements/{arrangement}/keys/{id}",
            church.arrangements[arrangement].song
        )
    })
};
