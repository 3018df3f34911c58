//! Writes a plan's order of service and its notes.

use std::borrow::Cow;

use super::contents::{
    Contents, FIRST_CUSTOM_SLIDE, FIRST_ITEM, FIRST_ITEM_ASSIGNMENT, FIRST_ITEM_NOTE, FIRST_ITEM_TIME,
    FIRST_PLAN_NOTE, row_id,
};
use super::repertoire::season_of;
use super::rows::{
    Assignable, CustomSlide, Item, ItemAssignment, ItemNote, ItemTime, Kind, Plan, PlanNote, TimeType,
};
use crate::church::Church;
use crate::church::table::{Id, Text};
use crate::random::Random;

const ORDER_STREAM: u64 = 41;
/// Seconds.
const SERMON: i64 = 1_500;

const READINGS: &[&str] = &[
    "Psalm 121",
    "Psalm 46",
    "Isaiah 40:1–11",
    "Isaiah 55:6–13",
    "Mark 4:35–41",
    "Luke 10:25–37",
    "Luke 15:11–32",
    "John 1:1–14",
    "John 15:1–11",
    "Romans 8:31–39",
    "Philippians 2:1–11",
    "Ephesians 3:14–21",
    "1 John 4:7–21",
    "Ruth 1:1–18",
    "Micah 6:6–8",
];
const PRAYER_FOCUSES: &[&str] = &[
    "Our neighbours",
    "The sick and those who care for them",
    "Schools and teachers",
    "Peace",
    "The city",
    "New families",
];

struct Writer<'a> {
    church: &'a Church,
    plan_id: Id,
    plan: &'a Plan,
    /// The theme of its season's songs.
    season: &'static str,
    contents: &'a mut Contents,
    random: Random,
    position: &'static str,
    used_songs: Vec<Id>,
    /// The item that the last of several services leaves out.
    left_out: Option<Id>,
}

impl Church {
    pub(super) fn write_order_of_service(&self, plan_id: Id, contents: &mut Contents) {
        let plan = &self.plans[plan_id];
        let random = Random::new(self.seed, ORDER_STREAM, plan.ordinal);
        let mut writer = Writer {
            church: self,
            plan_id,
            plan,
            season: season_of(plan),
            contents,
            random,
            position: "pre",
            used_songs: Vec::new(),
            left_out: None,
        };
        match self.service_types[plan.service_type].kind {
            kind if plan.day.is_none() && plan.template.is_none() => writer.idea(kind),
            Kind::Sunday => writer.sunday(plan.day.is_some_and(|day| day.day() <= 7)),
            Kind::Kids => writer.kids(),
            Kind::Midweek => writer.midweek(),
        }
        writer.give_times_to_items();
    }
}

impl Writer<'_> {
    /// What is written down before there is a day for it.
    fn idea(&mut self, kind: Kind) {
        self.position = "during";
        if kind == Kind::Sunday {
            self.say("item", "Which carols this year?", 0)
                .details("Bring two suggestions each. Candles: ask the fire officer first.");
        }
    }

    fn sunday(&mut self, communion: bool) {
        let title = self.plan.title.clone();
        self.say("media", "Countdown", 300)
            .play("countdown")
            .note(1, "Start five minutes before the hour, loop off");
        self.say("item", "Walk-in music", 600).details("Instrumental, quiet enough to talk over.");
        self.position = "during";
        self.say("header", "Gathering", 0);
        self.sing()
            .note(0, "Full band from the first bar")
            .note(3, "Drums count in <b>four</b>, bass &amp; keys wait for bar 5")
            .in_own_sequence(&["Verse 1", "Verse 2", "Verse 1"]);
        self.say("item", "Welcome and notices", 240)
            .details("Newcomers’ lunch is on the last Sunday of the month.")
            .slide("Welcome", "Welcome to St. Brigid’s")
            .slide("Lunch", "Newcomers’ lunch\non the last Sunday of the month")
            .note(2, "House lights up");
        self.say("item", "Birthday blessings", 90).not_at_the_last_service();
        self.sing();
        self.sing().note(3, "Last verse a cappella, all back in for the final line");
        self.say("header", "The Word", 0);
        let reading = self.random.pick(READINGS);
        self.say("item", &format!("Reading: {reading}"), 180).note(1, "Two pages on the slides");
        self.say("item", "Children leave for Kids Church", 60);
        let points = self.random.pick(&[
            "Where are we going?|Who goes with us?|What do we carry?",
            "What he saw|What she said|What we may do",
            "Then|Now|Always",
        ]);
        let outline = points.split('|').fold(String::new(), |list, point| list + "<li>" + point + "</li>");
        let topic = title.as_deref().unwrap_or("Title to come");
        let html = format!(
            "<p><strong>{topic}</strong> ({reading})</p><ol>{outline}</ol><p>Handheld microphone for the questions.</p>"
        );
        let sermon = title.map_or(Cow::Borrowed("Sermon"), |title| Cow::Owned(format!("Sermon: {title}")));
        self.say("item", &sermon, SERMON)
            .html(html)
            .note(0, "Headset, handheld as a spare")
            .note(2, "Stage only");
        self.say("header", "Response", 0);
        self.sing().note(2, "Slow fade to warm");
        self.say("item", "Prayers of the people", 300)
            .html("<p>Led from the aisle.<br>Please keep to the <em>four</em> petitions.</p>".to_owned())
            .slide("Response", "Lord, in your mercy,\nhear our prayer.")
            .seen_to_by("Prayer Minister");
        if communion {
            self.say("item", "Holy Communion", 720)
                .details("Two stations at the front,\r\none at the back for those who cannot walk far.");
            self.sing();
        }
        self.say("item", "Offering", 180);
        self.sing();
        self.say("item", "Benediction", 60);
        self.position = "post";
        self.say("item", "Walk-out music", 300);
        self.say("item", "Coffee in the hall", 0).details("Tea as well.");
        self.plan_note(0, "Rehearsal starts on the dot at seven; charts are in the folder.");
        self.plan_note(1, "Check the batteries of both headsets before the 9:00.");
        if self.random.chance(60) {
            self.plan_note(2, "The ramp at the side door is open. One usher stays there, please.");
        }
        if self.random.chance(50) {
            self.plan_note(3, "Harvest collection for the food pantry, boxes in the porch.");
        }
    }

    fn kids(&mut self) {
        self.say("item", "Check-in and free play", 600).note(0, "Two leaders at the door until ten past");
        self.position = "during";
        self.say("header", "Together", 0);
        self.sing();
        let story = self
            .plan
            .title
            .as_ref()
            .map_or(Cow::Borrowed("Story"), |title| Cow::Owned(format!("Story: {title}")));
        self.say("item", &story, 600).note(1, "Picture cards, blue box");
        self.say("header", "In rooms", 0);
        self.say("item", "Craft", 900).note(1, "Scissors stay with the leaders");
        self.say("item", "Snack", 300).details("Fruit only. Check the allergy list by the door.");
        self.say("item", "Prayer", 180);
        self.position = "post";
        self.say("item", "Collection by parents", 600).details("Tags must match.");
        self.plan_note(0, "Meet at 8:30 to pray together.");
        if self.random.chance(40) {
            self.plan_note(1, "Nuts are in the building today (reception upstairs): keep the door shut.");
        }
    }

    fn midweek(&mut self) {
        self.position = "during";
        self.sing();
        let reading = self.random.pick(READINGS);
        self.say("item", &format!("Reading: {reading}"), 180);
        let focus = self.random.pick(PRAYER_FOCUSES);
        self.say("item", &format!("Prayer: {focus}"), 1_200).note(0, "Candles out at the end");
        self.say("item", "Silence", 600).seen_to_by("Host");
        self.sing();
        self.say("item", "Blessing", 60);
        self.plan_note(0, focus);
    }

    fn say(&mut self, item_type: &'static str, title: &str, length: i64) -> &mut Self {
        self.push(Item {
            id: 0,
            plan: self.plan_id,
            item_type,
            title: Cow::Owned(title.to_owned()),
            length,
            service_position: self.position,
            description: None,
            html_details: None,
            song: None,
            arrangement: None,
            key: None,
            media: None,
            custom_arrangement_sequence: None,
            created_at: self.plan.created_at,
            updated_at: self.plan.updated_at,
        })
    }

    /// A song that suits the season and has not been sung yet in this plan.
    fn sing(&mut self) -> &mut Self {
        let church = self.church;
        let songs = church.playable_songs().iter();
        let songs =
            songs.filter(|song| !self.used_songs.contains(&song.song) && song.suits(self.plan, self.season));
        let (seasonal, other): (Vec<_>, Vec<_>) = songs.partition(|song| song.theme == self.season);
        let choices = if seasonal.is_empty() || self.random.chance(45) { other } else { seasonal };
        if choices.is_empty() || self.plan.template.is_some() {
            return self.say("item", "Hymn, to be chosen", 240);
        }
        let choice = self.random.pick(&choices);
        let song = choice.song;
        self.used_songs.push(song);
        let (arrangement, keys) = &choice.arrangements[self.random.index(choice.arrangements.len())];
        let (arrangement, key) = (*arrangement, self.random.pick(keys));
        self.push(Item {
            id: 0,
            plan: self.plan_id,
            item_type: "song",
            title: church.songs[song].title.clone(),
            length: church.arrangements[arrangement].length,
            service_position: self.position,
            description: None,
            html_details: None,
            song: Some(song),
            arrangement: Some(arrangement),
            key: Some(key),
            media: None,
            custom_arrangement_sequence: None,
            created_at: self.plan.created_at,
            updated_at: self.plan.updated_at,
        })
    }

    fn push(&mut self, item: Item) -> &mut Self {
        let id = row_id(FIRST_ITEM, self.plan.ordinal, self.contents.items.len());
        self.contents.items.push(Item { id, ..item });
        self
    }

    /// Plain words for the item just written.
    fn details(&mut self, description: &'static str) -> &mut Self {
        if let Some(item) = self.contents.items.last_mut() {
            item.description = Some(Cow::Borrowed(description));
        }
        self
    }

    fn html(&mut self, html: String) -> &mut Self {
        if let Some(item) = self.contents.items.last_mut() {
            item.html_details = Some(Cow::Owned(html));
        }
        self
    }

    /// The sections of the song just written, where this plan sings them in an order of its own.
    fn in_own_sequence(&mut self, labels: &[&'static str]) -> &mut Self {
        if let Some(item) = self.contents.items.last_mut().filter(|item| item.song.is_some()) {
            item.custom_arrangement_sequence =
                Some(labels.iter().map(|label| Text::Borrowed(label)).collect());
        }
        self
    }

    /// What is usually shown for the item just written.
    fn play(&mut self, media_type: &str) -> &mut Self {
        if let Some(item) = self.contents.items.last_mut() {
            item.media = self.church.usual_media(media_type);
        }
        self
    }

    /// One more slide for the item just written.
    fn slide(&mut self, label: &'static str, body: &'static str) -> &mut Self {
        let Some(item) = self.contents.items.last().map(|item| item.id) else { return self };
        let id = row_id(FIRST_CUSTOM_SLIDE, self.plan.ordinal, self.contents.custom_slides.len());
        let order = self.contents.custom_slides.iter().filter(|slide| slide.item == item).count() + 1;
        self.contents.custom_slides.push(CustomSlide {
            id,
            item,
            label: Some(Cow::Borrowed(label)),
            body: Cow::Borrowed(body),
            order: i64::try_from(order).unwrap_or(1),
            enabled: true,
        });
        self
    }

    /// Who sees to the item just written: a position of one of the service type's teams.
    fn seen_to_by(&mut self, position: &str) -> &mut Self {
        let church = self.church;
        let teams = church.teams_of(self.plan.service_type).into_iter();
        let mut positions = teams.flat_map(|team| church.positions_of(team));
        let found = positions.find(|id| church.team_positions[*id].name == position);
        if let (Some(found), Some(item)) = (found, self.contents.items.last().map(|item| item.id)) {
            let id = row_id(FIRST_ITEM_ASSIGNMENT, self.plan.ordinal, self.contents.item_assignments.len());
            let assignable = Assignable::TeamPosition(found);
            self.contents.item_assignments.push(ItemAssignment { id, item, assignable });
        }
        self
    }

    /// The item just written is left out of the last of several services.
    fn not_at_the_last_service(&mut self) -> &mut Self {
        self.left_out = self.contents.items.last().map(|item| item.id);
        self
    }

    /// One row for each item at each service: the last of several leaves something out, and its sermon is shorter.
    fn give_times_to_items(&mut self) {
        let services: Vec<Id> = self.plan.times_of(TimeType::Service).map(|time| time.id).collect();
        for item in &self.contents.items {
            for plan_time in &services {
                let last = services.len() > 1 && services.last() == Some(plan_time);
                let shorter = last && item.length >= SERMON;
                self.contents.item_times.push(ItemTime {
                    id: row_id(FIRST_ITEM_TIME, self.plan.ordinal, self.contents.item_times.len()),
                    item: item.id,
                    plan_time: *plan_time,
                    exclude: last && self.left_out == Some(item.id),
                    length_offset: if shorter { -120 } else { 0 },
                    live_start_at: None,
                    live_end_at: None,
                });
            }
        }
    }

    /// A note in the service type's `category`-th item note category.
    fn note(&mut self, category: usize, content: &'static str) -> &mut Self {
        let categories = self
            .church
            .item_note_categories
            .ids_owned_by(self.plan.service_type, |category| category.service_type);
        if let (Some(category), Some(item)) = (categories.get(category), self.contents.items.last()) {
            let id = row_id(FIRST_ITEM_NOTE, self.plan.ordinal, self.contents.item_notes.len());
            self.contents.item_notes.push(ItemNote {
                id,
                item: item.id,
                category: *category,
                content: Cow::Borrowed(content),
                created_at: self.plan.created_at,
                updated_at: self.plan.updated_at,
            });
        }
        self
    }

    fn plan_note(&mut self, category: usize, content: &'static str) {
        let categories = self
            .church
            .plan_note_categories
            .ids_owned_by(self.plan.service_type, |category| category.service_type);
        let Some(category) = categories.get(category) else { return };
        let id = row_id(FIRST_PLAN_NOTE, self.plan.ordinal, self.contents.notes.len());
        let content: Text = Cow::Borrowed(content);
        let note = PlanNote {
            id,
            plan: self.plan_id,
            category: *category,
            content,
            created_by: self.church.planner(),
            created_at: self.plan.created_at,
            updated_at: self.plan.created_at,
        };
        self.contents.notes.push(note);
    }
}
