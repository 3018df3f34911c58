//! The song book: old hymns, by title only.

use super::Church;
use super::rows::{Arrangement, Key, Song};
use crate::random::Random;

const SONG_STREAM: u64 = 21;
const KEYS: &[&str] = &["A", "Bb", "C", "D", "Eb", "E", "F", "G"];
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

/// Themes that belong to one season alone.
pub(super) const SEASONAL: &[&str] = &["Advent", "Christmas", "Lent", "Easter"];

impl Church {
    pub(super) fn add_songs(&mut self) {
        let created_at =
            self.campuses.iter().next().map_or(self.start_of_today(), |(_, campus)| campus.created_at);
        for (number, (title, themes)) in SONGS.iter().enumerate() {
            let mut random = Random::new(self.seed, SONG_STREAM, number as u64);
            let song = self.songs.next_id(14_800_021);
            self.songs.push(song, Song { title, themes, hidden: *title == "Rock of Ages", created_at });
            for name in ["Default Arrangement", "Acoustic"].iter().take(1 + usize::from(random.chance(30))) {
                let arrangement = self.arrangements.next_id(16_100_003);
                let beats_per_minute = f64::from(u32::try_from(random.between(62, 128)).unwrap_or(80));
                let length = random.between(170, 330);
                self.arrangements.push(
                    arrangement,
                    Arrangement {
                        song,
                        name,
                        beats_per_minute,
                        meter: random.pick(METERS),
                        length,
                        created_at,
                    },
                );
                let first = random.index(KEYS.len());
                for starting_key in [KEYS[first], KEYS[(first + 3) % KEYS.len()]]
                    .iter()
                    .take(1 + usize::from(random.chance(50)))
                {
                    let key = self.keys.next_id(18_900_001);
                    self.keys.push(key, Key { arrangement, starting_key, created_at });
                }
            }
        }
    }
}
