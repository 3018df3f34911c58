//! What staff write about people, in categories that not everybody may read.

use std::borrow::Cow;

use super::rows::{Note, NoteCategory, NoteCategorySubscription, Share};
use super::{IMPORT, moment};
use crate::church::Church;
use crate::church::rights::PeopleRight;
use crate::random::Random;

const NOTE_STREAM: u64 = 17;

const CATEGORIES: &[(&str, Share, &[&str])] = &[
    (
        "General",
        Share::Viewers,
        &[
            "Rang the office: prefers to be called after six in the evening.",
            "Moved house; new address entered.",
            "Would like the bulletin in large print.",
            "Brings the flowers at Easter and Harvest.",
            "Asked about the choir. Passed on to José.",
            "Happy to read in Spanish when needed.",
        ],
    ),
    (
        "Newcomers",
        Share::Viewers,
        &[
            "First visit with the children. Came for the family service.",
            "Came to the newcomers’ lunch and stayed to wash up.",
            "New to the area; knows nobody here yet. Introduced to the Abebes.",
        ],
    ),
    (
        "Pastoral care",
        Share::Managers,
        &[
            "Visited at home. Glad of company, would like another visit before Advent.",
            "In hospital until Friday; communion brought to the ward.",
            "Lost her brother in spring. A card was sent from all of us.",
            "Between jobs. Lunch club mentioned, no hurry.",
        ],
    ),
    (
        "Prayer requests",
        Share::Editors,
        &[
            "For a daughter’s exams.\r\nFor patience.",
            "For an operation next week.",
            "Thanks for a safe journey home.",
        ],
    ),
];

impl Church {
    /// Notes about some, by staff, since the import.
    pub(in crate::church) fn add_notes(&mut self) {
        let made = moment(IMPORT + 86_400);
        for (name, share, _) in CATEGORIES {
            let id = self.note_categories.next_id(210_017);
            self.note_categories.push(
                id,
                NoteCategory {
                    name: Cow::Borrowed(name),
                    locked: *name == "General",
                    share: *share,
                    created_at: made,
                    updated_at: made,
                },
            );
        }
        let categories = self.note_categories.ids();
        // The office hears of newcomers and of prayer requests.
        for category in categories.iter().copied().filter(|id| !self.note_categories[*id].locked) {
            let row = NoteCategorySubscription { category, person: self.staff, created_at: made };
            if self.note_categories[category].share != Share::Managers {
                let id = self.note_category_subscriptions.next_id(44_003);
                self.note_category_subscriptions.push(id, row);
            }
        }
        let today = self.start_of_today().as_second();
        for person in self.people.ids() {
            let mut random = Random::new(self.seed, NOTE_STREAM, person);
            let since = self.people[person].created_at.as_second();
            let count =
                if self.people[person].child || !random.chance(28) { 0 } else { random.between(1, 3) };
            for _ in 0..count {
                let place = random.index(CATEGORIES.len());
                let written = moment(random.between(since, (today - 7_200).max(since)));
                let id = self.notes.next_id(19_300_031);
                self.notes.push(
                    id,
                    Note {
                        person,
                        category: categories[place],
                        text: Cow::Borrowed(random.pick(CATEGORIES[place].2)),
                        display_date: written,
                        created_by: self.staff,
                        created_at: written,
                        updated_at: written,
                    },
                );
            }
        }
    }
}

impl Share {
    /// The lowest permission that takes part.
    pub(crate) fn least(self) -> PeopleRight {
        match self {
            Self::Viewers => PeopleRight::Viewer,
            Self::Editors => PeopleRight::Editor,
            Self::Managers => PeopleRight::Manager,
        }
    }
}
