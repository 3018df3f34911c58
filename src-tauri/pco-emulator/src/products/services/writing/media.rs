//! Media: what editors write. A new one has no file yet.

use super::tags::TAG_MEDIA;
use super::{EDITOR, one_of, optional_text};
use crate::church::services::media::{MEDIA_TYPES, Media};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::resource::Record;
use crate::jsonapi::write::{Action, Create, Delete, Done, Patch, Problem, Refusal, Writer};
use crate::products::services::media::MEDIA;

const ASSIGNABLE: &[&str] = &["creator_name", "media_type", "themes", "title"];

pub(in crate::products::services) const CREATE_MEDIA: Create = Create {
    access: EDITOR,
    assignable: ASSIGNABLE,
    make: |writer, _, payload| {
        let now = writer.now();
        let empty = Media {
            title: Text::Owned(payload.required_text("title")?),
            media_type: media_type(payload)?.ok_or_else(|| Problem::new("media_type", "can't be blank"))?,
            creator_name: None,
            themes: Text::Borrowed(""),
            length: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
        };
        let media = changed(empty, payload)?;
        writer.repertoire_changed();
        Ok(writer.media.add(media))
    },
};

pub(in crate::products::services) const PATCH_MEDIA: Patch = Patch {
    access: EDITOR,
    assignable: ASSIGNABLE,
    change: |writer, id, payload| {
        let now = writer.now();
        let row = writer.media.get_mut(id).ok_or(Refusal::NotFound)?;
        *row = Media { updated_at: now, ..changed(row.clone(), payload)? };
        writer.repertoire_changed();
        Ok(())
    },
};

/// It goes with its files, and out of every plan.
pub(in crate::products::services) const DELETE_MEDIA: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.delete_media(id);
        Ok(())
    },
};

fn changed(mut media: Media, payload: &Payload) -> Result<Media, Problem> {
    if payload.text("title")? != Given::Nothing {
        media.title = Text::Owned(payload.required_text("title")?);
    }
    media.media_type = media_type(payload)?.unwrap_or(media.media_type);
    optional_text(payload, "creator_name")?.assign(&mut media.creator_name);
    media.themes = payload.text("themes")?.value().map_or(media.themes, Text::Owned);
    Ok(media)
}

fn media_type(payload: &Payload) -> Result<Option<&'static str>, Problem> {
    let known: Vec<&'static str> = MEDIA_TYPES.iter().map(|(name, _)| *name).collect();
    Ok(one_of(payload, "media_type", &known)?.value())
}

/// Archiving may name a `time`, which may lie ahead.
pub(in crate::products::services) const MEDIA_ACTIONS: &[Action] = &[
    Action {
        name: "archive",
        by_get: false,
        access: EDITOR,
        assignable: &["time"],
        run: |writer, id, payload| {
            let since = payload.moment("time")?.value().unwrap_or_else(|| writer.now());
            archive(writer, id, Some(since))
        },
    },
    TAG_MEDIA,
    Action {
        name: "unarchive",
        by_get: false,
        access: EDITOR,
        assignable: &[],
        run: |writer, id, _| archive(writer, id, None),
    },
];

fn archive(writer: &mut Writer<'_>, id: Id, since: Option<jiff::Timestamp>) -> Result<Done, Refusal> {
    let now = writer.now();
    let row = writer.media.get_mut(id).ok_or(Refusal::NotFound)?;
    (row.archived_at, row.updated_at) = (since, now);
    writer.repertoire_changed();
    Ok(Done::Shown(Record { resource: &MEDIA, id }))
}
