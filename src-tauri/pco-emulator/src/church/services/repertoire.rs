//! What the church can sing, and which plans have which song and which medium: found once, and anew after the song book
//! or the media have changed.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::Timestamp;

use super::calendar;
use super::contents::Contents;
use super::rows::{Item, Plan};
use crate::church::Church;
use crate::church::table::{Id, Text};

/// Themes that belong to one season alone.
const SEASONAL: &[&str] = &["Advent", "Christmas", "Lent", "Easter"];

/// What is known about the song book as it stands.
#[derive(Default)]
pub(crate) struct Repertoire {
    playable: OnceLock<Vec<Playable>>,
    to_come: OnceLock<ItemsToCome>,
}

/// The items that plans which nobody has looked at will have.
#[derive(Default)]
struct ItemsToCome {
    by_song: HashMap<Id, Vec<Id>>,
    by_media: HashMap<Id, Vec<Id>>,
}

/// A song that can be put into a plan: it is not hidden, and has an arrangement with a key.
pub(super) struct Playable {
    pub(super) song: Id,
    pub(super) theme: Text,
    created_at: Timestamp,
    /// Those that have keys, each with its keys.
    pub(super) arrangements: Vec<(Id, Vec<Id>)>,
}

impl Playable {
    /// Whether the church would choose this song for a plan of that [season](season_of): it was in the book, and it is no
    /// other season's.
    pub(super) fn suits(&self, plan: &Plan, season: &str) -> bool {
        self.created_at <= plan.created_at
            && (!SEASONAL.contains(&self.theme.as_ref()) || self.theme == season)
    }
}

impl Church {
    /// To be called after every change of a song, an arrangement, a key or a medium.
    pub(crate) fn repertoire_changed(&mut self) {
        self.repertoire = Repertoire::default();
    }

    /// The songs that can be put into plans, by id.
    pub(super) fn playable_songs(&self) -> &[Playable] {
        self.repertoire.playable.get_or_init(|| {
            let songs = self.songs.iter().filter(|(_, song)| !song.hidden).map(|(id, row)| {
                let arrangements = self.arrangements_of(id).into_iter();
                let arrangements = arrangements.map(|arrangement| (arrangement, self.keys_of(arrangement)));
                let arrangements = arrangements.filter(|(_, keys)| !keys.is_empty()).collect();
                Playable { song: id, theme: row.themes.clone(), created_at: row.created_at, arrangements }
            });
            songs.filter(|song| !song.arrangements.is_empty()).collect()
        })
    }

    /// The items in which a song stands, by the time of their plans.
    pub(crate) fn items_with_song(&self, song: Id) -> Vec<Id> {
        self.places_of(song).into_iter().map(|(_, item)| item).collect()
    }

    /// The items in which a song stood in plans that have begun, the newest first, with the times of their plans.
    pub(crate) fn past_items_with_song(&self, song: Id) -> impl Iterator<Item = (Timestamp, Id)> {
        let now = self.now();
        self.places_of(song).into_iter().rev().filter(move |(starts_at, _)| *starts_at <= now)
    }

    /// The item in which a song last stood in a plan that has begun, and when that was.
    pub(crate) fn last_scheduled(&self, song: Id) -> Option<(Timestamp, Id)> {
        self.past_items_with_song(song).next()
    }

    /// The items that show a medium, by the time of their plans.
    pub(crate) fn items_with_media(&self, media: Id) -> Vec<Id> {
        let to_come = self.items_to_come().by_media.get(&media);
        let places = self.places(|item| item.media == Some(media), to_come);
        places.into_iter().map(|(_, item)| item).collect()
    }

    /// The items in which a song stands, with the times of their plans.
    fn places_of(&self, song: Id) -> Vec<(Timestamp, Id)> {
        self.places(|item| item.song == Some(song), self.items_to_come().by_song.get(&song))
    }

    /// The wanted items of plans that have a time, the oldest first, with the first times of the plans: those of plans
    /// that somebody has looked at, and those `to_come` that still are.
    fn places(&self, wanted: impl Fn(&Item) -> bool, to_come: Option<&Vec<Id>>) -> Vec<(Timestamp, Id)> {
        let made = self.plans.iter().filter_map(|(id, plan)| Some((id, plan.contents.get()?)));
        let items = made.flat_map(|(plan, contents)| {
            let items = contents.items.iter().filter(|item| wanted(item));
            items.map(move |item| (plan, item.id))
        });
        let to_come = to_come.into_iter().flatten().map(|item| (Self::plan_of_item(*item), *item));
        let to_come = to_come.filter(|(plan, _)| self.plans[*plan].contents.get().is_none());
        let timed = |(plan, item)| {
            let plan_row = self.plans.get(plan).filter(|row| row.deleted_at.is_none())?;
            Some(((plan_row.first_time()?.starts_at, plan), item))
        };
        let mut places: Vec<_> = items.chain(to_come).filter_map(timed).collect();
        places.sort_by_key(|(place, _)| *place);
        places.into_iter().map(|((starts_at, _), item)| (starts_at, item)).collect()
    }

    /// What the plans that nobody has looked at will have, found without keeping them: a huge church’s would fill a
    /// computer. What later is made of one of them is the same.
    fn items_to_come(&self) -> &ItemsToCome {
        self.repertoire.to_come.get_or_init(|| {
            let mut found = ItemsToCome::default();
            for (plan, _) in self.plans.iter().filter(|(_, plan)| plan.contents.get().is_none()) {
                let mut contents = Contents::default();
                self.write_order_of_service(plan, &mut contents);
                for item in contents.items {
                    if let Some(song) = item.song {
                        found.by_song.entry(song).or_default().push(item.id);
                    }
                    if let Some(media) = item.media {
                        found.by_media.entry(media).or_default().push(item.id);
                    }
                }
            }
            found
        })
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

    fn church() -> Church {
        Church::new(&EmulatorConfig { today: Some(date(2026, 11, 20)), ..EmulatorConfig::default() })
    }

    #[test]
    fn a_song_stands_where_a_look_into_every_plan_finds_it() {
        let church = church();
        let songs = church.songs.ids();
        let found: Vec<_> =
            songs.iter().map(|song| (church.items_with_song(*song), church.last_scheduled(*song))).collect();
        let plans = church.all_plans().into_iter();
        let mut plans: Vec<_> =
            plans.filter_map(|plan| Some((church.plans[plan].first_time()?.starts_at, plan))).collect();
        plans.sort_unstable();
        for (song, (items, last)) in songs.into_iter().zip(found) {
            let places: Vec<_> = plans
                .iter()
                .flat_map(|(at, plan)| church.contents(*plan).items.iter().map(move |item| (*at, item)))
                .filter(|(_, item)| item.song == Some(song))
                .map(|(at, item)| (at, item.id))
                .collect();
            assert_eq!(items, places.iter().map(|(_, item)| *item).collect::<Vec<_>>());
            let begun = places.into_iter().rfind(|(at, _)| *at <= church.now());
            assert_eq!(last, begun, "{}", church.songs[song].title);
            assert_eq!(items, church.items_with_song(song), "the same after every plan was looked at");
        }
    }

    #[test]
    fn the_search_for_a_song_makes_no_plan() {
        let church = church();
        for song in church.songs.ids() {
            church.last_scheduled(song);
        }
        assert!(church.plans.iter().all(|(_, plan)| plan.contents.get().is_none()));
    }

    #[test]
    fn a_hidden_song_will_be_in_no_plan_that_is_still_to_be_made() {
        let mut church = church();
        let song = church.songs.ids().into_iter().max_by_key(|song| church.items_with_song(*song).len());
        let song = song.expect("a church that sings");
        assert!(!church.items_with_song(song).is_empty());
        church.songs.get_mut(song).expect("a song of the book").hidden = true;
        church.repertoire_changed();
        assert!(church.items_with_song(song).is_empty());
    }
}
