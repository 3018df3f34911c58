//! Groups of tags, and what bears them: people, songs, arrangements, media and positions.

use std::borrow::Cow;

use crate::church::table::{Id, Text};
use crate::church::{Church, names};

pub(crate) struct TagGroup {
    pub(crate) name: Text,
    /// `person`, `song`, `arrangement` or `media`.
    pub(crate) tags_for: &'static str,
    pub(crate) required: bool,
    pub(crate) allow_multiple_selections: bool,
    /// The folder of service types for which the group is meant; None for all of them.
    pub(crate) folder: Option<Id>,
}

pub(crate) struct Tag {
    pub(crate) name: Text,
    pub(crate) group: Id,
}

/// What a tag hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tagged {
    Person(Id),
    Song(Id),
    Arrangement(Id),
    Media(Id),
    TeamPosition(Id),
}

impl Tagged {
    /// The groups that it takes its tags from.
    pub(crate) fn group(self) -> &'static str {
        match self {
            Self::Person(_) | Self::TeamPosition(_) => "person",
            Self::Song(_) => "song",
            Self::Arrangement(_) => "arrangement",
            Self::Media(_) => "media",
        }
    }
}

/// Name, what for, required, several at once, tags.
type Written = (&'static str, &'static str, bool, bool, &'static [&'static str]);

const GROUPS: &[Written] = &[
    ("Musicianship", "person", false, true, &[READS_MUSIC, PLAYS_BY_EAR, SINGS_HARMONY]),
    ("Kind of song", "song", true, false, &[HYMN, CAROL]),
    ("Tempo", "arrangement", false, false, &[SLOW, WALKING, LIVELY]),
    ("Season", "media", false, true, &["Advent", "Lent", "Easter"]),
];
const READS_MUSIC: &str = "Reads music";
const PLAYS_BY_EAR: &str = "Plays by ear";
const SINGS_HARMONY: &str = "Sings harmony";
const HYMN: &str = "Hymn";
const CAROL: &str = "Carol";
const SLOW: &str = "Slow";
const WALKING: &str = "Walking pace";
const LIVELY: &str = "Lively";

/// What a church sorts by its further sites, where a tag is what happens there.
const GROUPS_OF_A_SITE: &[(&str, &str)] =
    &[("Helps at", "person"), ("Sung at", "song"), ("Shown at", "media")];

/// What whoever holds a position can do, as the band of the first service type knows it.
const SKILLS: &[(&str, &str)] = &[
    ("Keys", READS_MUSIC),
    ("Bass", PLAYS_BY_EAR),
    ("Acoustic Guitar", PLAYS_BY_EAR),
    ("Vocals", SINGS_HARMONY),
];

impl Church {
    pub(in crate::church) fn add_tags(&mut self) {
        let weekend = self.folders.ids().first().copied();
        for (name, tags_for, required, allow_multiple_selections, tags) in GROUPS.iter().copied() {
            // Only weekend services have a band.
            let folder = weekend.filter(|_| tags_for == "person");
            let name = Cow::Borrowed(name);
            let group = TagGroup { name, tags_for, required, allow_multiple_selections, folder };
            self.add_tag_group(group, tags);
        }
        for site in names::SITES.iter().take(self.campuses.len()).skip(1) {
            for (what, tags_for) in GROUPS_OF_A_SITE {
                let name = Cow::Owned(format!("{what} {site}"));
                let (required, allow_multiple_selections, folder) = (false, true, None);
                let group = TagGroup { name, tags_for, required, allow_multiple_selections, folder };
                self.add_tag_group(group, names::GATHERINGS);
            }
        }
        for song in self.songs.ids() {
            let carol = ["Advent", "Christmas"].contains(&self.songs[song].themes.as_ref());
            self.tag(Tagged::Song(song), if carol { CAROL } else { HYMN });
        }
        for arrangement in self.arrangements.ids() {
            let beats = self.arrangements[arrangement].beats_per_minute.unwrap_or_default();
            let tempo = match beats {
                beats if beats < 76.0 => SLOW,
                beats if beats < 108.0 => WALKING,
                _ => LIVELY,
            };
            self.tag(Tagged::Arrangement(arrangement), tempo);
        }
        for media in self.media.ids() {
            let theme = self.media[media].themes.clone();
            self.tag(Tagged::Media(media), &theme);
        }
        let first = self.service_types.ids().first().copied();
        let teams = first.map(|service_type| self.teams_of(service_type)).unwrap_or_default();
        let band = teams.into_iter().filter(|team| self.teams[*team].name == "Band");
        for position in band.flat_map(|team| self.positions_of(team)).collect::<Vec<_>>() {
            let name = self.team_positions[position].name.clone();
            let Some((_, skill)) = SKILLS.iter().find(|(known, _)| *known == name) else { continue };
            self.tag(Tagged::TeamPosition(position), skill);
            for assignment in self.assignments_to(position) {
                self.tag(Tagged::Person(self.assignments[assignment].person), skill);
            }
        }
    }

    fn add_tag_group(&mut self, row: TagGroup, tags: &[&'static str]) {
        let group = self.tag_groups.next_id(710_003);
        self.tag_groups.push(group, row);
        for name in tags {
            let tag = self.tags.next_id(3_140_007);
            self.tags.push(tag, Tag { name: Cow::Borrowed(name), group });
        }
    }

    /// Hangs the tag of that name on something, once; nothing happens where there is no such tag.
    fn tag(&mut self, tagged: Tagged, name: &str) {
        let Some((tag, _)) = self.tags.iter().find(|(_, tag)| tag.name == name) else { return };
        let tags = self.tagged.entry(tagged).or_default();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }

    /// The tags that something bears.
    pub(crate) fn tags_on(&self, tagged: Tagged) -> Vec<Id> {
        self.tagged.get(&tagged).cloned().unwrap_or_default()
    }

    /// The tags of a group.
    pub(crate) fn tags_of(&self, group: Id) -> Vec<Id> {
        self.tags.ids_owned_by(group, |tag| tag.group)
    }
}
