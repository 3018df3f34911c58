//! The song book: old hymns, by title only.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

use super::calendar;
use super::rows::{Arrangement, Attachable, Key, Plan, Song};
use crate::church::Church;
use crate::church::table::Id;
use crate::random::Random;

/// Into the past and into the future: more than a large church has.
const PLANS_SEARCHED: usize = 2_000;
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

/// Themes that belong to one season alone.
const SEASONAL: &[&str] = &["Advent", "Christmas", "Lent", "Easter"];

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
            self.keys.retain(|_, row| row.arrangement != arrangement);
            self.attachments.retain(|_, row| row.attachable != Attachable::Arrangement(arrangement));
        }
        self.arrangements.retain(|_, row| row.song != song);
        self.attachments.retain(|_, row| row.attachable != Attachable::Song(song));
        self.songs.remove(song);
        for plan in self.plans.ids() {
            // Where nobody looked yet, the song was not chosen.
            let contents = self.plans.get_mut(plan).and_then(|plan| plan.contents.get_mut());
            for item in contents.into_iter().flat_map(|contents| &mut contents.items) {
                if item.song == Some(song) {
                    (item.song, item.arrangement, item.key) = (None, None, None);
                }
            }
        }
    }

    pub(crate) fn arrangements_of(&self, song: Id) -> Vec<Id> {
        self.arrangements.ids_owned_by(song, |arrangement| arrangement.song)
    }

    pub(crate) fn keys_of(&self, arrangement: Id) -> Vec<Id> {
        self.keys.ids_owned_by(arrangement, |key| key.arrangement)
    }

    /// The arrangements in which a song can be put into a plan: those that have a key.
    pub(super) fn playable_arrangements(&self, song: Id) -> Vec<Id> {
        let arrangements = self.arrangements_of(song).into_iter();
        arrangements.filter(|arrangement| !self.keys_of(*arrangement).is_empty()).collect()
    }

    /// Whether the church would choose this song for that plan: it is in the book, it can be played, and no other
    /// season's.
    pub(super) fn suits(&self, song: Id, plan: &Plan) -> bool {
        let row = &self.songs[song];
        !row.hidden
            && row.created_at <= plan.created_at
            && (!SEASONAL.contains(&row.themes.as_ref()) || row.themes == season_of(plan))
            && !self.playable_arrangements(song).is_empty()
    }

    /// The items in which a song stands, by the day of their plans.
    pub(crate) fn items_with_song(&self, song: Id) -> Vec<Id> {
        let plans = self.plans_near_today(song).into_iter();
        plans.flat_map(|(_, plan)| self.items_with_song_in(plan, song)).collect()
    }

    /// The items in which a song stood in plans that have begun, the newest first, with the times of their plans.
    pub(crate) fn past_items_with_song(&self, song: Id) -> impl Iterator<Item = (Timestamp, Id)> {
        let now = self.now();
        // A heap, because the search soon ends: to sort the plans of a huge church for each song would take longer.
        let mut begun: BinaryHeap<(Timestamp, Id)> =
            self.timed_plans().filter(|(starts_at, _)| *starts_at <= now).collect();
        let newest_first = std::iter::from_fn(move || begun.pop());
        newest_first.filter(move |(_, plan)| self.may_have(*plan, song)).flat_map(move |(starts_at, plan)| {
            self.items_with_song_in(plan, song).into_iter().rev().map(move |item| (starts_at, item))
        })
    }

    /// The item in which a song last stood in a plan that has begun, and when that was.
    pub(crate) fn last_scheduled(&self, song: Id) -> Option<(Timestamp, Id)> {
        self.past_items_with_song(song).next()
    }

    fn items_with_song_in(&self, plan: Id, song: Id) -> Vec<Id> {
        let items = self.contents(plan).items.iter();
        items.filter(|item| item.song == Some(song)).map(|item| item.id).collect()
    }

    /// Whether it is worth making a plan to look for a song in it.
    fn may_have(&self, plan: Id, song: Id) -> bool {
        let plan = &self.plans[plan];
        plan.contents.get().is_some() || self.suits(song, plan)
    }

    /// The plans that may have a song, by their first time. Of a huge church they are those nearest to today:
    /// otherwise one look at a song would make them all.
    fn plans_near_today(&self, song: Id) -> Vec<(Timestamp, Id)> {
        let mut plans: Vec<_> = self.timed_plans().filter(|(_, plan)| self.may_have(*plan, song)).collect();
        plans.sort_unstable();
        let begun = plans.partition_point(|(starts_at, _)| *starts_at <= self.now());
        plans.truncate(begun + PLANS_SEARCHED);
        plans.drain(..begun.saturating_sub(PLANS_SEARCHED));
        plans
    }

    /// The plans that have a time, each with its first.
    fn timed_plans(&self) -> impl Iterator<Item = (Timestamp, Id)> {
        let plans = self.plans.iter().filter(|(_, plan)| plan.deleted_at.is_none());
        plans.filter_map(|(id, plan)| Some((plan.first_time()?.starts_at, id)))
    }
}

/// The theme of the songs of a plan's season; empty in ordinary time.
pub(super) fn season_of(plan: &Plan) -> &'static str {
    match plan.day.map_or("", |day| calendar::week_of(day).series) {
        "Waiting for the Light" => "Advent",
        "Christmastide" => "Christmas",
        "The Road to Jerusalem" => "Lent",
        "He Is Risen" => "Easter",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::church::Church;
    use crate::config::EmulatorConfig;

    #[test]
    fn a_song_was_last_sung_where_a_look_into_every_plan_finds_it() {
        let today = Some(date(2026, 11, 20));
        let church = Church::new(&EmulatorConfig { today, ..EmulatorConfig::default() });
        let songs = church.songs.ids();
        let found: Vec<_> = songs.iter().map(|song| church.last_scheduled(*song)).collect();
        let mut plans: Vec<_> = church
            .all_plans()
            .into_iter()
            .filter_map(|plan| Some((church.plans[plan].first_time()?.starts_at, plan)))
            .filter(|(starts_at, _)| *starts_at <= church.now())
            .collect();
        plans.sort_unstable();
        let sung_in = |plan, song| church.contents(plan).items.iter().rfind(|item| item.song == Some(song));
        for (song, found) in songs.into_iter().zip(found) {
            let mut newest_first = plans.iter().rev();
            let last = newest_first.find_map(|(at, plan)| Some((*at, sung_in(*plan, song)?.id)));
            assert_eq!(found, last, "{}", church.songs[song].title);
        }
    }

    #[test]
    fn the_search_for_a_song_makes_no_plan_of_another_season() {
        let church =
            Church::new(&EmulatorConfig { today: Some(date(2026, 11, 20)), ..EmulatorConfig::default() });
        for song in church.songs.ids() {
            church.last_scheduled(song);
        }
        let made = church.plans.iter().filter(|(_, plan)| plan.contents.get().is_some()).count();
        assert!(made < church.plans.len() / 2, "{made} of {}", church.plans.len());
    }
}
