//! The song book: old hymns, by title only.

use std::borrow::Cow;

use jiff::SignedDuration;

use super::rows::{Arrangement, Attachable, Chart, Item, Key, Song};
use super::tags::Tagged;
use crate::church::Church;
use crate::church::table::Id;
use crate::random::Random;

const SONG_STREAM: u64 = 21;
const KEYS: &[&str] = &["A", "Bb", "C", "D", "Eb", "E", "F", "G"];
const SEQUENCES: &[&[&str]] = &[
    &["Verse 1", "Verse 2", "Verse 3"],
    &["Verse 1", "Chorus", "Verse 2", "Chorus", "Verse 3", "Chorus"],
    &["Verse 1", "Verse 2", "Instrumental", "Verse 3", "Verse 4"],
];
const METERS: &[&str] = &["4/4", "4/4", "3/4", "6/8"];

/// Title and theme.
const SONGS: &[(&str, &str)] = &[
    ("A Mighty Fortress Is Our God", "Trust"),
    ("Abide with Me", "Evening"),
    ("All Creatures of Our God and King", "Praise"),
    ("Amazing Grace", "Grace"),
    ("And Can It Be", "Grace"),
    ("Be Thou My Vision", "Commitment"),
    ("Blessed Assurance", "Assurance"),
    ("Christ the Lord Is Risen Today", "Easter"),
    ("Come, Thou Fount of Every Blessing", "Grace"),
    ("Come, Thou Long-Expected Jesus", "Advent"),
    ("Come, Ye Thankful People, Come", "Harvest"),
    ("Crown Him with Many Crowns", "Easter"),
    ("Fairest Lord Jesus", "Adoration"),
    ("For All the Saints", "Saints"),
    ("For the Beauty of the Earth", "Thanksgiving"),
    ("Hark! The Herald Angels Sing", "Christmas"),
    ("Holy, Holy, Holy", "Trinity"),
    ("I Know That My Redeemer Lives", "Easter"),
    ("Immortal, Invisible", "Praise"),
    ("It Is Well with My Soul", "Trust"),
    ("Joy to the World", "Christmas"),
    ("Joyful, Joyful, We Adore Thee", "Praise"),
    ("Just As I Am", "Commitment"),
    ("Let All Mortal Flesh Keep Silence", "Advent"),
    ("Love Divine, All Loves Excelling", "Love"),
    ("My Hope Is Built on Nothing Less", "Trust"),
    ("Nothing but the Blood", "Cross"),
    ("O Come, All Ye Faithful", "Christmas"),
    ("O Come, O Come, Emmanuel", "Advent"),
    ("O for a Thousand Tongues to Sing", "Praise"),
    ("O Sacred Head, Now Wounded", "Lent"),
    ("Praise to the Lord, the Almighty", "Praise"),
    ("Rock of Ages", "Cross"),
    ("Silent Night", "Christmas"),
    ("Take My Life and Let It Be", "Commitment"),
    ("This Is My Father’s World", "Creation"),
    ("To God Be the Glory", "Praise"),
    ("We Plough the Fields and Scatter", "Harvest"),
    ("Were You There", "Lent"),
    ("What a Friend We Have in Jesus", "Prayer"),
    ("When I Survey the Wondrous Cross", "Lent"),
    ("While Shepherds Watched Their Flocks", "Christmas"),
];

impl Church {
    pub(in crate::church) fn add_songs(&mut self) {
        let opened_at = self.opened_at();
        for (number, (title, themes)) in SONGS.iter().enumerate() {
            let mut random = Random::new(self.seed, SONG_STREAM, number as u64);
            let created_at = opened_at + SignedDuration::from_hours(24 * random.between(0, 700));
            let song = self.songs.next_id(14_800_021);
            let row = Song {
                title: Cow::Borrowed(title),
                author: Some(Cow::Borrowed("Traditional")),
                admin: None,
                copyright: Some(Cow::Borrowed("Public Domain")),
                ccli_number: None,
                themes: Cow::Borrowed(themes),
                hidden: *title == "Rock of Ages",
                created_at,
                updated_at: created_at,
            };
            self.songs.push(song, row);
            for name in ["Default Arrangement", "Acoustic"].iter().take(1 + usize::from(random.chance(30))) {
                self.add_arrangement(song, name, &mut random);
            }
        }
    }

    fn add_arrangement(&mut self, song: Id, name: &'static str, random: &mut Random) {
        let created_at = self.songs[song].created_at;
        let arrangement = self.arrangements.next_id(16_100_003);
        let row = Arrangement {
            song,
            name: Cow::Borrowed(name),
            beats_per_minute: Some(f64::from(u32::try_from(random.between(62, 128)).unwrap_or(80))),
            meter: Some(Cow::Borrowed(random.pick(METERS))),
            length: random.between(170, 330),
            notes: None,
            chord_chart: None,
            chart: Chart::USUAL,
            sequence: random.pick(SEQUENCES).iter().map(|label| Cow::Borrowed(*label)).collect(),
            created_at,
            updated_at: created_at,
        };
        self.arrangements.push(arrangement, row);
        let first = random.index(KEYS.len());
        let second = random.chance(50).then_some((first + 3) % KEYS.len());
        for start in [Some(first), second].into_iter().flatten() {
            let key = self.keys.next_id(18_900_001);
            // The last verse of some goes up a tone.
            let end = if random.chance(10) { (start + 1) % KEYS.len() } else { start };
            let row = Key {
                arrangement,
                name: None,
                starting_key: Cow::Borrowed(KEYS[start]),
                ending_key: Cow::Borrowed(KEYS[end]),
                created_at,
                updated_at: created_at,
            };
            self.keys.push(key, row);
        }
    }

    /// Takes a song out of the book with all that hangs on it; what it is called stays in the plans.
    pub(crate) fn delete_song(&mut self, song: Id) {
        for arrangement in self.arrangements_of(song) {
            self.delete_arrangement(arrangement);
        }
        self.delete_attachments(|on| on == Attachable::Song(song));
        self.tagged.remove(&Tagged::Song(song));
        self.songs.remove(song);
        self.repertoire_changed();
        for item in self.made_items().filter(|item| item.song == Some(song)) {
            (item.song, item.arrangement, item.key) = (None, None, None);
        }
    }

    /// Takes an arrangement away with its keys and files. Plans that have it keep the song.
    pub(crate) fn delete_arrangement(&mut self, arrangement: Id) {
        for key in self.keys_of(arrangement) {
            self.delete_key(key);
        }
        self.delete_attachments(|on| on == Attachable::Arrangement(arrangement));
        self.tagged.remove(&Tagged::Arrangement(arrangement));
        self.arrangements.remove(arrangement);
        self.repertoire_changed();
        for item in self.made_items().filter(|item| item.arrangement == Some(arrangement)) {
            (item.arrangement, item.key) = (None, None);
        }
    }

    /// Takes a key away with its files. Plans that have it keep the arrangement.
    pub(crate) fn delete_key(&mut self, key: Id) {
        self.delete_attachments(|on| on == Attachable::Key(key));
        self.keys.remove(key);
        self.repertoire_changed();
        for item in self.made_items().filter(|item| item.key == Some(key)) {
            item.key = None;
        }
    }

    /// The items of the plans that somebody has looked at: in the others, what is gone was not chosen.
    pub(super) fn made_items(&mut self) -> impl Iterator<Item = &mut Item> {
        let made = self.plans.iter_mut().filter_map(|(_, plan)| plan.contents.get_mut());
        made.flat_map(|contents| &mut contents.items)
    }

    pub(crate) fn arrangements_of(&self, song: Id) -> Vec<Id> {
        self.arrangements.ids_owned_by(song, |arrangement| arrangement.song)
    }

    pub(crate) fn keys_of(&self, arrangement: Id) -> Vec<Id> {
        self.keys.ids_owned_by(arrangement, |key| key.arrangement)
    }
}
