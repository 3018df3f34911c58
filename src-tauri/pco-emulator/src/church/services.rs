//! Makes folders, service types, teams, positions, and says who serves where.

use std::borrow::Cow;

use super::rows::{Folder, Kind, NoteCategory, ServiceType, Team, TeamPosition};
use super::table::Id;
use super::{Church, names, st_brigids};
use crate::random::Random;

const TEAM_STREAM: u64 = 31;

struct TeamPattern {
    name: &'static str,
    split: bool,
    rehearses: bool,
    /// Positions, and how many people each wants on one plan.
    positions: &'static [(&'static str, usize)],
}

const BAND: TeamPattern = TeamPattern {
    name: "Band",
    split: false,
    rehearses: true,
    positions: &[
        ("Worship Leader", 1),
        ("Drums", 1),
        ("Bass", 1),
        ("Keys", 1),
        ("Electric Guitar", 1),
        ("Acoustic Guitar", 1),
        ("Vocals", 2),
    ],
};
const PRODUCTION: TeamPattern = TeamPattern {
    name: "Production",
    split: false,
    rehearses: true,
    positions: &[("Front of House", 1), ("Slides", 1), ("Camera", 2), ("Lighting", 1), ("Livestream", 1)],
};
const WELCOME: TeamPattern = TeamPattern {
    name: "Welcome",
    split: true,
    rehearses: false,
    positions: &[("Greeter", 2), ("Usher", 2), ("Coffee", 2), ("Parking", 2)],
};
const PRAYER: TeamPattern =
    TeamPattern { name: "Prayer", split: false, rehearses: false, positions: &[("Prayer Minister", 2)] };
const KIDS_ROOMS: TeamPattern = TeamPattern {
    name: "Kids Rooms",
    split: true,
    rehearses: false,
    positions: &[("Nursery", 2), ("Toddlers", 2), ("Grades K–2", 2), ("Grades 3–5", 2)],
};
const CHECK_IN_DESK: TeamPattern =
    TeamPattern { name: "Check-In Desk", split: false, rehearses: false, positions: &[("Desk", 2)] };
const PRAYER_EVENING: TeamPattern = TeamPattern {
    name: "Prayer",
    split: false,
    rehearses: false,
    positions: &[("Host", 1), ("Prayer Minister", 2)],
};
const SMALL_BAND: TeamPattern = TeamPattern {
    name: "Band",
    split: false,
    rehearses: false,
    positions: &[("Acoustic Guitar", 1), ("Vocals", 1)],
};

impl Kind {
    fn of(gathering: &str) -> Self {
        match gathering {
            "Kids Church" | "Toddlers and Carers" | "Bible School" => Self::Kids,
            "Sunday Morning" | "Sunday Evening" | "Early Communion" | "Family Service"
            | "Spanish Service" | "Korean Service" | "Choir Evensong" => Self::Sunday,
            _ => Self::Midweek,
        }
    }

    fn teams(self) -> &'static [TeamPattern] {
        const SUNDAY: &[TeamPattern] = &[BAND, PRODUCTION, WELCOME, PRAYER];
        const KIDS: &[TeamPattern] = &[KIDS_ROOMS, CHECK_IN_DESK];
        const MIDWEEK: &[TeamPattern] = &[PRAYER_EVENING, SMALL_BAND];
        match self {
            Self::Sunday => SUNDAY,
            Self::Kids => KIDS,
            Self::Midweek => MIDWEEK,
        }
    }

    fn item_note_categories(self) -> &'static [&'static str] {
        match self {
            Self::Sunday => &["Audio", "Slides", "Lighting", "Band"],
            Self::Kids => &["Leaders", "Materials"],
            Self::Midweek => &["Host"],
        }
    }

    fn plan_note_categories(self) -> &'static [&'static str] {
        match self {
            Self::Sunday => &["Band", "Production", "Welcome", "Announcements"],
            Self::Kids => &["Leaders", "Allergies and Care"],
            Self::Midweek => &["Prayer Focus"],
        }
    }
}

impl Church {
    /// Makes `count` service types: the three of every church first, at its first site.
    pub(super) fn add_service_types(&mut self, count: usize) {
        let created_at =
            self.campuses.iter().next().map_or(self.start_of_today(), |(_, campus)| campus.created_at);
        let sites = self.campuses.ids();
        let weekend = self.add_folder(Cow::Borrowed("Weekend"), None);
        let midweek = self.add_folder(Cow::Borrowed("Midweek"), None);
        let site_folders: Vec<Id> = sites
            .iter()
            .skip(1)
            .map(|campus| self.add_folder(self.campuses[*campus].name.clone(), Some(*campus)))
            .collect();

        let first_site = names::GATHERINGS.iter().take(3).map(|gathering| (0, *gathering));
        let others = names::GATHERINGS.iter().enumerate().flat_map(|(number, gathering)| {
            (0..sites.len()).filter(move |site| *site > 0 || number >= 3).map(move |site| (site, *gathering))
        });
        let gatherings: Vec<(usize, &'static str)> = first_site.chain(others).take(count).collect();
        for (sequence, (site, gathering)) in gatherings.into_iter().enumerate() {
            let kind = Kind::of(gathering);
            let folder = match (site.checked_sub(1), kind) {
                (Some(other), _) => site_folders[other],
                (None, Kind::Midweek) => midweek,
                (None, _) => weekend,
            };
            let name = if site == 0 {
                Cow::Borrowed(gathering)
            } else {
                Cow::Owned(format!("{} {gathering}", names::SITES[site]))
            };
            let id = self.service_types.next_id(1_120_004);
            self.service_types.push(
                id,
                ServiceType { name, kind, folder: Some(folder), sequence: sequence + 1, created_at },
            );
            self.add_teams(id, kind);
            for (sequence, name) in kind.item_note_categories().iter().enumerate() {
                let category = self.item_note_categories.next_id(2_640_001);
                self.item_note_categories.push(
                    category,
                    NoteCategory { service_type: id, name, sequence: sequence + 1, created_at },
                );
            }
            for (sequence, name) in kind.plan_note_categories().iter().enumerate() {
                let category = self.plan_note_categories.next_id(1_730_001);
                self.plan_note_categories.push(
                    category,
                    NoteCategory { service_type: id, name, sequence: sequence + 1, created_at },
                );
            }
        }
    }

    fn add_folder(&mut self, name: Cow<'static, str>, campus: Option<Id>) -> Id {
        let created_at =
            self.campuses.iter().next().map_or(self.start_of_today(), |(_, campus)| campus.created_at);
        let id = self.folders.next_id(310_202);
        self.folders.push(id, Folder { name, parent: None, campus, created_at });
        id
    }

    fn add_teams(&mut self, service_type: Id, kind: Kind) {
        let created_at = self.service_types[service_type].created_at;
        for (sequence, pattern) in kind.teams().iter().enumerate() {
            let id = self.teams.next_id(4_410_003);
            let mut members = Vec::new();
            for (place, (name, wanted)) in pattern.positions.iter().enumerate() {
                let position = self.team_positions.next_id(12_300_001);
                self.team_positions
                    .push(position, TeamPosition { name, team: id, sequence: place + 1, wanted: *wanted });
                let roster = self.roster(service_type, position, name, *wanted);
                members.extend(roster.into_iter().map(|person| (person, position)));
            }
            let TeamPattern { name, split, rehearses, .. } = *pattern;
            self.teams.push(
                id,
                Team { name, service_type, split, rehearses, sequence: sequence + 1, members, created_at },
            );
        }
    }

    /// Who serves in a position: those known for it at the first site, then others until there are three for each place.
    fn roster(&self, service_type: Id, position: Id, name: &str, wanted: usize) -> Vec<Id> {
        let number = self.service_types.len() - 1;
        let mut roster = if number < 3 { self.known_for(name) } else { Vec::new() };
        let mut random = Random::new(self.seed, TEAM_STREAM, service_type ^ (position << 20));
        let window = self.people.len().clamp(1, 400);
        let start = if number < 3 { 0 } else { number * 197 % (self.people.len() - window + 1) };
        let first = self.people.ids_from(start, window);
        for _ in 0..window {
            if roster.len() >= wanted * 3 {
                break;
            }
            let id = first[random.index(first.len())];
            let person = &self.people[id];
            if person.active() && !person.child && !roster.contains(&id) {
                roster.push(id);
            }
        }
        roster
    }

    fn known_for(&self, position: &str) -> Vec<Id> {
        let individuals = st_brigids::FAMILIES.iter().flat_map(|family| family.people);
        self.people
            .iter()
            .zip(individuals)
            .filter(|((_, person), individual)| individual.serves.contains(&position) && person.active())
            .map(|((id, _), _)| id)
            .collect()
    }
}
