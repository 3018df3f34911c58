//! Services: the song book, and when its songs were sung.

use super::attachments::ATTACHMENT;
use super::items::ITEM;
use super::tags::TAG;
use super::writing::{
    ARRANGEMENT_ACTIONS, CREATE_ARRANGEMENT, CREATE_KEY, DELETE_ARRANGEMENT, DELETE_KEY, DELETE_SONG,
    PATCH_ARRANGEMENT, PATCH_KEY, PATCH_SONG, SONG_ACTIONS,
};
use super::{Bound, dates, local};
use crate::church::Church;
use crate::church::services::rows::Attachable;
use crate::church::services::tags::Tagged;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, edge_to_many, edge_to_one, filter, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

/// A song carries no relationships at all, as recorded.
pub(super) static SONG: Resource = Resource {
    attributes: &[
        attribute("admin", |church, id| church.songs[id].admin.as_ref().into()),
        attribute("author", |church, id| church.songs[id].author.as_ref().into()).queried(),
        attribute("ccli_number", |church, id| church.songs[id].ccli_number.into()).queried(),
        attribute("copyright", |church, id| church.songs[id].copyright.as_ref().into()),
        attribute("created_at", |church, id| church.songs[id].created_at.into()).ordered(),
        attribute("hidden", |church, id| church.songs[id].hidden.into()).queried(),
        attribute("last_scheduled_at", |church, id| {
            church.last_scheduled(id).map(|(starts_at, _)| starts_at).into()
        })
        .ordered(),
        attribute("last_scheduled_short_dates", |church, id| {
            let last = church.last_scheduled(id);
            last.map_or(Value::Null, |(_, item)| {
                dates(church, &church.plans[Church::plan_of_item(item)], true)
            })
        }),
        attribute("notes", |_, _| Value::Null),
        attribute("themes", |church, id| (&church.songs[id].themes).into()).queried(),
        attribute("title", |church, id| (&church.songs[id].title).into()).indexed(),
        attribute("updated_at", |church, id| church.songs[id].updated_at.into()).ordered(),
    ],
    edges: &[
        edge_to_many("arrangements", &ARRANGEMENT, |church, id| church.arrangements_of(id))
            .created(CREATE_ARRANGEMENT),
        edge_to_many("attachments", &ATTACHMENT, |church, id| church.attachments_of(Attachable::Song(id))),
        // It requires a service type; what it answers without one is not documented: here it is not found.
        edge_to_one("last_scheduled_item", &ITEM, |church, id| {
            church.past_items_with_song(id).map(|(_, item)| item).collect()
        })
        .meant_by(|view, item, query| {
            let service_type = view.plans[Church::plan_of_item(item)].service_type;
            query.argument("service_type").is_some_and(|wanted| wanted == service_type.to_string())
        }),
        edge_to_many("song_schedules", &SONG_SCHEDULE, |church, id| church.items_with_song(id))
            .filtered(SONG_SCHEDULE_FILTERS),
        edge_to_many("tags", &TAG, |church, id| church.tags_on(Tagged::Song(id))),
    ],
    actions: SONG_ACTIONS,
    patch: Some(PATCH_SONG),
    delete: Some(DELETE_SONG),
    ..Resource::new("Song", |_, id| format!("/services/v2/songs/{id}"))
};

pub(super) static ARRANGEMENT: Resource = Resource {
    attributes: &[
        attribute("archived_at", |_, _| Value::Null),
        attribute("bpm", |church, id| church.arrangements[id].beats_per_minute.map(Value::Number).into()),
        attribute("chord_chart", |church, id| church.arrangements[id].chord_chart.as_ref().into()),
        attribute("chord_chart_chord_color", |church, id| church.arrangements[id].chart.chord_color.into()),
        attribute("chord_chart_columns", |church, id| church.arrangements[id].chart.columns.into()),
        attribute("chord_chart_font", |church, id| (&church.arrangements[id].chart.font).into()),
        attribute("chord_chart_font_size", |church, id| church.arrangements[id].chart.font_size.into()),
        attribute("chord_chart_key", |church, id| church.arrangements[id].chart.key.as_ref().into()),
        attribute("created_at", |church, id| church.arrangements[id].created_at.into()),
        attribute("has_chord_chart", |church, id| church.arrangements[id].chord_chart.is_some().into()),
        attribute("has_chords", |_, _| Value::Flag(false)),
        attribute("length", |church, id| church.arrangements[id].length.into()),
        attribute("lyrics", |_, _| Value::Null),
        attribute("lyrics_enabled", |church, id| church.arrangements[id].chart.lyrics_enabled.into()),
        attribute("meter", |church, id| church.arrangements[id].meter.as_ref().into()),
        attribute("name", |church, id| (&church.arrangements[id].name).into()),
        attribute("notes", |church, id| church.arrangements[id].notes.as_ref().into()),
        attribute("number_chart_enabled", |church, id| church.arrangements[id].chart.numbers_enabled.into()),
        attribute("numeral_chart_enabled", |church, id| {
            church.arrangements[id].chart.numerals_enabled.into()
        }),
        attribute("print_margin", |church, id| (&church.arrangements[id].chart.print_margin).into()),
        attribute("print_orientation", |church, id| {
            (&church.arrangements[id].chart.print_orientation).into()
        }),
        attribute("print_page_size", |church, id| (&church.arrangements[id].chart.print_page_size).into()),
        attribute("sequence", |church, id| labels(church, id, Value::from)),
        attribute("sequence_full", |church, id| labels(church, id, Value::from)),
        attribute("sequence_short", |church, id| labels(church, id, |label| abbreviated(label).into())),
        attribute("updated_at", |church, id| church.arrangements[id].updated_at.into()),
    ],
    relationships: &[
        to_one("updated_by", "Person", |church, _| vec![church.planner()]),
        to_one("created_by", "Person", |church, _| vec![church.planner()]),
        to_one("song", "Song", |church, id| vec![church.arrangements[id].song]),
    ],
    edges: &[
        edge_to_many("attachments", &ATTACHMENT, |church, id| {
            church.attachments_of(Attachable::Arrangement(id))
        }),
        edge_to_many("keys", &KEY, |church, id| church.keys_of(id)).created(CREATE_KEY),
        edge_to_one("sections", &ARRANGEMENT_SECTIONS, |_, id| vec![id]),
        edge_to_many("tags", &TAG, |church, id| church.tags_on(Tagged::Arrangement(id))),
    ],
    actions: ARRANGEMENT_ACTIONS,
    includes: &["keys", "sections"],
    patch: Some(PATCH_ARRANGEMENT),
    delete: Some(DELETE_ARRANGEMENT),
    ..Resource::new("Arrangement", |church, id| {
        format!("/services/v2/songs/{}/arrangements/{id}", church.arrangements[id].song)
    })
};

/// The sections of an arrangement: one document, though its name says several.
static ARRANGEMENT_SECTIONS: Resource = Resource {
    attributes: &[attribute("sections", |church, id| {
        let mut known: Vec<&str> = Vec::new();
        for label in &church.arrangements[id].sequence {
            if !known.contains(&label.as_ref()) {
                known.push(label);
            }
        }
        // Titles only: there are no words to show.
        let sections =
            known.iter().map(|label| serde_json::json!({ "label": label, "lyrics": "", "breaks_at": null }));
        Value::Json(sections.collect())
    })],
    ..Resource::new("ArrangementSections", |church, id| {
        format!("/services/v2/songs/{}/arrangements/{id}/sections", church.arrangements[id].song)
    })
};

pub(super) static KEY: Resource = Resource {
    attributes: &[
        attribute("alternate_keys", |_, _| Value::Null),
        attribute("created_at", |church, id| church.keys[id].created_at.into()).ordered(),
        attribute("ending_key", |church, id| (&church.keys[id].ending_key).into()),
        attribute("ending_minor", |church, id| church.keys[id].ending_key.ends_with('m').into()),
        attribute("name", |church, id| {
            let key = &church.church.keys[id];
            key.name.as_ref().unwrap_or(&key.starting_key).into()
        }),
        attribute("starting_key", |church, id| (&church.keys[id].starting_key).into()),
        attribute("starting_minor", |church, id| church.keys[id].starting_key.ends_with('m').into()),
        attribute("updated_at", |church, id| church.keys[id].updated_at.into()).ordered(),
    ],
    relationships: &[to_one("arrangement", "Arrangement", |church, id| vec![church.keys[id].arrangement])],
    edges: &[edge_to_many("attachments", &ATTACHMENT, |church, id| {
        church.attachments_of(Attachable::Key(id))
    })],
    patch: Some(PATCH_KEY),
    delete: Some(DELETE_KEY),
    ..Resource::new("Key", |church, id| {
        let arrangement = church.keys[id].arrangement;
        format!(
            "/services/v2/songs/{}/arrangements/{arrangement}/keys/{id}",
            church.arrangements[arrangement].song
        )
    })
};

/// A song in a plan; it shares its id with the item.
static SONG_SCHEDULE: Resource = Resource {
    attributes: &[
        attribute("arrangement_name", |church, id| {
            church
                .item(id)
                .arrangement
                .map(|arrangement| &church.church.arrangements[arrangement].name)
                .into()
        }),
        attribute("key_name", |church, id| {
            church.item(id).key.map(|key| &church.church.keys[key].starting_key).into()
        }),
        attribute("plan_dates", |church, id| dates(church, &church.plans[church.item(id).plan], false)),
        attribute("plan_sort_date", scheduled_at),
        attribute("plan_visible", |_, _| Value::Flag(true)),
        attribute("service_type_name", |view, id| {
            (&view.church.service_types[view.plans[view.item(id).plan].service_type].name).into()
        }),
    ],
    relationships: &[
        to_one("arrangement", "Arrangement", |church, id| church.item(id).arrangement.into_iter().collect()),
        to_one("key", "Key", |church, id| church.item(id).key.into_iter().collect()),
        to_one("plan", "Plan", |church, id| vec![church.item(id).plan]),
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plans[church.item(id).plan].service_type]
        }),
        to_one("item", "Item", |_, id| vec![id]),
    ],
    orders: &[Order { name: "plan_sort_date", key: scheduled_at, drops_null: false }],
    ..Resource::new("SongSchedule", |church, id| {
        format!("/services/v2/songs/{}/song_schedules/{id}", church.item(id).song.unwrap_or(0))
    })
};

const SONG_SCHEDULE_FILTERS: &[Filter] = &[
    filter("after", |church, id, query| {
        let first = church.plans[Church::plan_of_item(id)].first_time().map(|time| time.starts_at);
        Bound::of(query, "after")
            .is_none_or(|after| first.is_some_and(|starts_at| after.is_reached_by(church, starts_at)))
    }),
    filter("before", |church, id, query| {
        let first = church.plans[Church::plan_of_item(id)].first_time().map(|time| time.starts_at);
        Bound::of(query, "before")
            .is_none_or(|before| first.is_some_and(|starts_at| before.is_not_passed_by(church, starts_at)))
    }),
    filter("most_recent", |church, id, _| places_back(church, id) == Some(0)),
    filter("most_recent_with_upcoming", |church, id, _| places_back(church, id).is_none_or(|back| back == 0)),
    filter("three_most_recent", |church, id, _| places_back(church, id).is_some_and(|back| back < 3)),
];

/// How many times a song was sung after this one and before now; None for what is still to come. Nobody asks for more
/// than the three most recent.
fn places_back(view: &View<'_>, item: Id) -> Option<usize> {
    let first = view.plans[Church::plan_of_item(item)].first_time();
    let begun = first.is_some_and(|time| time.starts_at <= view.now());
    let song = view.item(item).song.filter(|_| begun)?;
    let mut newest = view.past_items_with_song(song).take(3);
    Some(newest.position(|(_, known)| known == item).unwrap_or(usize::MAX))
}

/// On the church's wall clock.
fn scheduled_at<'a>(view: &'a View<'a>, item: Id) -> Value<'a> {
    let first = view.plans[Church::plan_of_item(item)].first_time();
    first.map_or(Value::Null, |time| Value::FalseUtc(local(view, time.starts_at)))
}

fn labels<'a>(church: &'a Church, arrangement: Id, written: fn(&'a str) -> Value<'a>) -> Value<'a> {
    Value::List(church.arrangements[arrangement].sequence.iter().map(|label| written(label)).collect())
}

/// `Verse 1` as musicians write it: `V1`.
pub(super) fn abbreviated(label: &str) -> String {
    let mut short: String = label.chars().take(1).collect();
    short.extend(label.chars().filter(char::is_ascii_digit));
    short
}
