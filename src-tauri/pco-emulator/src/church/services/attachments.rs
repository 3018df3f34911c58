//! Names the files that hang on plans, songs and service types.

use std::borrow::Cow;

use jiff::SignedDuration;

use super::rows::{Attachable, Attachment, Kind, Zoom};
use crate::church::Church;
use crate::church::table::Id;
use crate::random::Random;

const ATTACHMENT_STREAM: u64 = 61;
const PDF: &str = "application/pdf";
const MP3: &str = "audio/mpeg";
const MP4: &str = "video/mp4";
const JPEG: &str = "image/jpeg";
const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Files of a plan expire some days after it: so older plans have none left.
const DAYS_KEPT: i64 = 15;

impl Church {
    pub(in crate::church) fn add_attachments(&mut self) {
        for song in self.songs.ids() {
            let title = self.songs[song].title.clone();
            for arrangement in self.arrangements_of(song) {
                let name = format!("{title} – {}.pdf", self.arrangements[arrangement].name);
                self.attach(Attachable::Arrangement(arrangement), Cow::Owned(name), PDF);
                for key in self.keys_of(arrangement) {
                    let name = format!("{title} – Chord chart in {}.pdf", self.keys[key].starting_key);
                    self.attach(Attachable::Key(key), Cow::Owned(name), PDF);
                }
            }
            self.attach(Attachable::Song(song), Cow::Owned(format!("{title} – Organ.mp3")), MP3);
        }
        for service_type in self.service_types.ids() {
            match self.service_types[service_type].kind {
                Kind::Sunday => self.add_sunday_files(service_type),
                Kind::Kids => {
                    self.attach(
                        Attachable::ServiceType(service_type),
                        Cow::Borrowed("Room rotas.xlsx"),
                        SHEET,
                    );
                }
                Kind::Midweek => {}
            }
        }
        for media in self.media.ids() {
            let row = &self.media[media];
            let runs = row.length.is_some();
            let name = format!("{}.{}", row.title, if runs { "mp4" } else { "jpg" });
            self.attach(Attachable::Media(media), Cow::Owned(name), if runs { MP4 } else { JPEG });
        }
        self.add_zooms();
    }

    /// The office reads its first charts on a tablet.
    fn add_zooms(&mut self) {
        let person = self.planner();
        let charts = self.attachments.iter().filter(|(_, row)| matches!(row.attachable, Attachable::Key(_)));
        for attachment in charts.map(|(id, _)| id).take(3).collect::<Vec<_>>() {
            let id = self.zooms.next_id(91_003);
            let row = Zoom {
                attachment,
                person,
                aspect_ratio: 0.75,
                zoom_level: 1.25,
                x_offset: 0.1,
                y_offset: 0.05,
            };
            self.zooms.push(id, row);
        }
    }

    fn add_sunday_files(&mut self, service_type: Id) {
        self.attach(Attachable::ServiceType(service_type), Cow::Borrowed("Stage plan.pdf"), PDF);
        for plan in self.plans_of(service_type) {
            let Some(day) = self.plans[plan].day else { continue };
            if !(-DAYS_KEPT..=7).contains(&i64::from((day - self.today).get_days())) {
                continue;
            }
            for (name, content_type) in [("Bulletin", PDF), ("Walk-in music", MP3)] {
                let ending = if content_type == PDF { "pdf" } else { "mp3" };
                let name = format!("{name} {day}.{ending}");
                self.attach(Attachable::Plan(plan), Cow::Owned(name), content_type);
            }
        }
    }

    fn attach(&mut self, attachable: Attachable, filename: Cow<'static, str>, content_type: &'static str) {
        let id = self.attachments.next_id(130_400_007);
        let mut random = Random::new(self.seed, ATTACHMENT_STREAM, id);
        let file_size = random.between(40_000, if content_type == MP3 { 9_000_000 } else { 600_000 });
        let since = match attachable {
            Attachable::ServiceType(id) => self.service_types[id].created_at,
            Attachable::Plan(id) => self.plans[id].created_at,
            Attachable::Song(id) => self.songs[id].created_at,
            Attachable::Arrangement(id) => self.arrangements[id].created_at,
            Attachable::Key(id) => self.keys[id].created_at,
            Attachable::Media(id) => self.media[id].created_at,
        };
        let created_at = since + SignedDuration::from_hours(random.between(1, 200));
        self.attachments.push(id, Attachment { attachable, filename, content_type, file_size, created_at });
    }

    /// Takes away the files that hang on something, and how people have them lie.
    pub(super) fn delete_attachments(&mut self, on: impl Fn(Attachable) -> bool) {
        self.attachments.retain(|_, row| !on(row.attachable));
        let attachments = &self.attachments;
        self.zooms.retain(|_, zoom| attachments.contains(zoom.attachment));
    }

    /// The files that hang on one thing.
    pub(crate) fn attachments_of(&self, attachable: Attachable) -> Vec<Id> {
        let attachments = self.attachments.iter().filter(|(_, row)| row.attachable == attachable);
        attachments.map(|(id, _)| id).collect()
    }

    /// The files of a plan and of everything sung in it.
    pub(crate) fn all_attachments_of(&self, plan: Id) -> Vec<Id> {
        let mut sources = vec![Attachable::Plan(plan)];
        for item in &self.contents(plan).items {
            sources.extend(item.song.map(Attachable::Song));
            sources.extend(item.arrangement.map(Attachable::Arrangement));
            sources.extend(item.key.map(Attachable::Key));
            sources.extend(item.media.map(Attachable::Media));
        }
        let attachments = self.attachments.iter().filter(|(_, row)| sources.contains(&row.attachable));
        attachments.map(|(id, _)| id).collect()
    }
}
