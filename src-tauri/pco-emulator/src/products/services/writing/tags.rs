//! Tags on people, songs, arrangements and media: all of them are replaced at once.

use super::EDITOR;
use crate::church::services::tags::Tagged;
use crate::jsonapi::payload::Payload;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Done, Problem, Refusal, Writer};

const fn assign_tags(
    access: Access,
    run: fn(&mut Writer<'_>, u64, &Payload) -> Result<Done, Refusal>,
) -> Action {
    Action { name: "assign_tags", by_get: false, access, assignable: &["tags"], run }
}

pub(in crate::products::services) const PERSON_ACTIONS: &[Action] =
    &[assign_tags(Access::SCHEDULER, |writer, id, payload| assign(writer, Tagged::Person(id), payload))];

pub(in crate::products::services) const SONG_ACTIONS: &[Action] =
    &[assign_tags(EDITOR, |writer, id, payload| assign(writer, Tagged::Song(id), payload))];

pub(in crate::products::services) const ARRANGEMENT_ACTIONS: &[Action] =
    &[assign_tags(EDITOR, |writer, id, payload| assign(writer, Tagged::Arrangement(id), payload))];

pub(super) const TAG_MEDIA: Action =
    assign_tags(EDITOR, |writer, id, payload| assign(writer, Tagged::Media(id), payload));

fn assign(writer: &mut Writer<'_>, tagged: Tagged, payload: &Payload) -> Result<Done, Refusal> {
    let mut tags = payload.ids("tags")?.value().unwrap_or_default();
    let fits = |tag: &u64| {
        let group = writer.tags.get(*tag).map(|tag| writer.tag_groups[tag.group].tags_for);
        group == Some(tagged.group())
    };
    if !tags.iter().all(fits) {
        return Err(Problem::must_exist("tags").into());
    }
    tags.sort_unstable();
    tags.dedup();
    writer.tagged.insert(tagged, tags);
    Ok(Done::Nothing)
}
