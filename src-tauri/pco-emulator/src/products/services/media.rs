//! Services: what is shown and played, and when.

use super::attachments::ATTACHMENT;
use super::tags::TAG;
use super::writing::{DELETE_MEDIA, MEDIA_ACTIONS, PATCH_MEDIA};
use super::{dates, local};
use crate::church::Church;
use crate::church::services::media::MEDIA_TYPES;
use crate::church::services::rows::{Attachable, Attachment};
use crate::church::services::tags::Tagged;
use crate::church::table::Id;
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_many, filter, id_condition, to_one};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) const MEDIA_FILTERS: &[Filter] = &[
    filter("archived", |view, id, _| is_archived(view, id)),
    filter("audio", |view, id, _| view.media[id].media_type == "audio"),
    filter("background_audio", |view, id, _| view.media[id].media_type == "background_audio"),
    filter("background_image", |view, id, _| view.media[id].media_type == "background_image"),
    filter("background_video", |view, id, _| view.media[id].media_type == "background_video"),
    filter("countdown", |view, id, _| view.media[id].media_type == "countdown"),
    filter("curriculum", |view, id, _| view.media[id].media_type == "curriculum"),
    filter("document", |view, id, _| view.media[id].media_type == "document"),
    filter("drama", |view, id, _| view.media[id].media_type == "drama"),
    filter("image", |view, id, _| view.media[id].media_type == "image"),
    filter("not_archived", |view, id, _| !is_archived(view, id)),
    filter("powerpoint", |view, id, _| view.media[id].media_type == "powerpoint"),
    filter("song_video", |view, id, _| view.media[id].media_type == "song_video"),
    filter("video", |view, id, _| view.media[id].media_type == "video"),
];

/// Media can be archived for a time that is still to come.
fn is_archived(view: &View<'_>, media: Id) -> bool {
    view.media[media].archived_at.is_some_and(|since| since <= view.now())
}

/// Thumbnail and preview are the file itself.
pub(super) static MEDIA: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.media[id].created_at.into()).ordered(),
        attribute("creator_name", |church, id| church.media[id].creator_name.as_ref().into()).queried(),
        attribute("image_url", |_, _| Value::Null),
        attribute("length", |church, id| church.media[id].length.into()),
        attribute("media_type", |church, id| church.media[id].media_type.into()),
        attribute("media_type_name", |church, id| {
            let known = MEDIA_TYPES.iter().find(|(name, _)| *name == church.media[id].media_type);
            known.map(|(_, words)| *words).into()
        }),
        attribute("preview_content_type", |church, id| file(church, id).map(|file| file.content_type).into()),
        attribute("preview_file_name", |church, id| file(church, id).map(|file| &file.filename).into()),
        attribute("preview_file_size", |church, id| file(church, id).map(|file| file.file_size).into()),
        attribute("preview_updated_at", |church, id| file(church, id).map(|file| file.created_at).into()),
        attribute("preview_url", |_, _| Value::Null),
        attribute("themes", |church, id| (&church.media[id].themes).into()).queried(),
        attribute("thumbnail_content_type", |church, id| {
            file(church, id).map(|file| file.content_type).into()
        }),
        attribute("thumbnail_file_name", |church, id| file(church, id).map(|file| &file.filename).into()),
        attribute("thumbnail_file_size", |church, id| file(church, id).map(|file| file.file_size).into()),
        attribute("thumbnail_updated_at", |church, id| file(church, id).map(|file| file.created_at).into()),
        attribute("thumbnail_url", |_, _| Value::Null),
        attribute("title", |church, id| (&church.media[id].title).into()).indexed(),
        attribute("updated_at", |church, id| church.media[id].updated_at.into()).ordered(),
    ],
    edges: &[
        edge_to_many("attachments", &ATTACHMENT, |church, id| church.attachments_of(Attachable::Media(id))),
        edge_to_many("media_schedules", &MEDIA_SCHEDULE, |church, id| church.items_with_media(id)),
        edge_to_many("tags", &TAG, |church, id| church.tags_on(Tagged::Media(id))),
    ],
    includes: &["attachments"],
    conditions: &[id_condition()],
    patch: Some(PATCH_MEDIA),
    delete: Some(DELETE_MEDIA),
    actions: MEDIA_ACTIONS,
    ..Resource::new("Media", |_, id| format!("/services/v2/media/{id}"))
};

fn file<'a>(view: &View<'a>, media: Id) -> Option<&'a Attachment> {
    let files = view.attachments_of(Attachable::Media(media));
    files.first().map(|file| &view.church.attachments[*file])
}

/// A medium in a plan; it shares its id with the item.
static MEDIA_SCHEDULE: Resource = Resource {
    attributes: &[
        attribute("plan_dates", |church, id| dates(church, &church.plans[Church::plan_of_item(id)], false)),
        attribute("plan_short_dates", |church, id| {
            dates(church, &church.plans[Church::plan_of_item(id)], true)
        }),
        attribute("plan_sort_date", |church, id| {
            let first = church.plans[Church::plan_of_item(id)].first_time();
            first.map_or(Value::Null, |time| Value::FalseUtc(local(church, time.starts_at)))
        }),
        attribute("service_type_name", |view, id| {
            let service_type = view.plans[Church::plan_of_item(id)].service_type;
            (&view.church.service_types[service_type].name).into()
        }),
    ],
    relationships: &[
        to_one("plan", "Plan", |_, id| vec![Church::plan_of_item(id)]),
        to_one("service_type", "ServiceType", |church, id| {
            vec![church.plans[Church::plan_of_item(id)].service_type]
        }),
    ],
    ..Resource::new("MediaSchedule", |church, id| {
        format!("/services/v2/media/{}/media_schedules/{id}", church.item(id).media.unwrap_or(0))
    })
};
