//! What is shown and played: countdowns, films, and the pictures behind the words of songs.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::repertoire::season_of;
use super::rows::{Attachable, Kind};
use super::tags::Tagged;
use crate::church::Church;
use crate::church::table::{Id, Text};

#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "media_type is the attribute’s name")]
pub(crate) struct Media {
    pub(crate) title: Text,
    /// One of `MEDIA_TYPES`.
    pub(crate) media_type: &'static str,
    pub(crate) creator_name: Option<Text>,
    pub(crate) themes: Text,
    /// Seconds, of what runs.
    pub(crate) length: Option<i64>,
    /// It may lie ahead.
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Every type of media there is, each with the words people read.
pub(crate) const MEDIA_TYPES: &[(&str, &str)] = &[
    ("audio", "Audio"),
    ("background_audio", "Background Audio"),
    ("background_image", "Background Image"),
    ("background_video", "Background Video"),
    ("countdown", "Countdown"),
    ("curriculum", "Curriculum"),
    ("document", "Document"),
    ("drama", "Drama"),
    ("image", "Image"),
    ("powerpoint", "PowerPoint"),
    ("song_video", "Song Video"),
    ("video", "Video"),
];

/// Title, type, theme, seconds, given up.
type Written = (&'static str, &'static str, &'static str, Option<i64>, bool);

const MEDIA: &[Written] = &[
    ("Five minutes, harbour at dawn", "countdown", "", Some(300), false),
    ("Five minutes, sand timer", "countdown", "", Some(300), true),
    ("Welcome to St. Brigid’s", "video", "", Some(75), false),
    ("Hills in the morning", "background_image", "", None, false),
    ("Candles", "background_image", "Advent", None, false),
    ("Bare branches", "background_image", "Lent", None, false),
    ("Lilies", "background_image", "Easter", None, false),
];

impl Church {
    pub(in crate::church) fn add_media(&mut self) {
        for (number, (title, media_type, themes, length, given_up)) in (0..).zip(MEDIA.iter().copied()) {
            let created_at = self.opened_at() + SignedDuration::from_hours(24 * (30 + 7 * number));
            let archived_at = given_up.then(|| self.moment(self.day(-300), 15, 0));
            let row = Media {
                title: Cow::Borrowed(title),
                media_type,
                creator_name: Some(Cow::Borrowed("St. Brigid’s Production")),
                themes: Cow::Borrowed(themes),
                length,
                archived_at,
                created_at,
                updated_at: archived_at.unwrap_or(created_at),
            };
            let id = self.media.next_id(5_310_009);
            self.media.push(id, row);
        }
    }

    /// Takes a medium away with its files and tags; plans show nothing in its place.
    pub(crate) fn delete_media(&mut self, media: Id) {
        self.delete_attachments(|on| on == Attachable::Media(media));
        self.tagged.remove(&Tagged::Media(media));
        self.media.remove(media);
        self.repertoire_changed();
        for item in self.made_items().filter(|item| item.media == Some(media)) {
            item.media = None;
        }
    }

    /// The medium of a type that the church uses where no season asks for another.
    pub(super) fn usual_media(&self, media_type: &str) -> Option<Id> {
        let mut usable = self.media.iter().filter(|(_, row)| row.archived_at.is_none());
        usable.find(|(_, row)| row.media_type == media_type && row.themes.is_empty()).map(|(id, _)| id)
    }

    /// The file that stands behind the words of an item: on Sundays songs have the picture of their season.
    pub(crate) fn background_of(&self, item: Id) -> Option<Id> {
        let row = self.item(item);
        let plan = &self.plans[row.plan];
        if row.song.is_none() || self.service_types[plan.service_type].kind != Kind::Sunday {
            return None;
        }
        let season = season_of(plan);
        let kept = self.media.iter().filter(|(_, row)| row.archived_at.is_none());
        let mut pictures = kept.filter(|(_, row)| row.media_type == "background_image");
        let seasonal = pictures.find(|(_, row)| !season.is_empty() && row.themes == season);
        let picture = seasonal.map(|(id, _)| id).or_else(|| self.usual_media("background_image"))?;
        self.attachments_of(Attachable::Media(picture)).first().copied()
    }

    /// The file that an item shows: the film of a medium, the chart in the key of a song.
    pub(crate) fn selected_attachment_of(&self, item: Id) -> Option<Id> {
        let row = self.item(item);
        let shown = row.media.map(Attachable::Media).or(row.key.map(Attachable::Key))?;
        self.attachments_of(shown).first().copied()
    }
}
