//! Makes teams and positions, and says who serves where and who leads.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::rows::{Assignable, Assignment, Kind, Team, TeamLeader, TeamPosition};
use super::tags::Tagged;
use crate::church::table::Id;
use crate::church::{Church, st_brigids};
use crate::random::Random;

const TEAM_STREAM: u64 = 31;
const PREFERENCE_STREAM: u64 = 32;

struct TeamPattern {
    name: &'static str,
    split: bool,
    rehearses: bool,
    /// The team was given up some time ago.
    archived: bool,
    /// Positions, and how many people each wants on one plan.
    positions: &'static [(&'static str, usize)],
}

const PLAIN: TeamPattern =
    TeamPattern { name: "", split: false, rehearses: false, archived: false, positions: &[] };
const BAND: TeamPattern = TeamPattern {
    name: "Band",
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
    ..PLAIN
};
const PRODUCTION: TeamPattern = TeamPattern {
    name: "Production",
    rehearses: true,
    positions: &[("Front of House", 1), ("Slides", 1), ("Camera", 2), ("Lighting", 1), ("Livestream", 1)],
    ..PLAIN
};
const WELCOME: TeamPattern = TeamPattern {
    name: "Welcome",
    split: true,
    positions: &[("Greeter", 2), ("Usher", 2), ("Coffee", 2), ("Parking", 2)],
    ..PLAIN
};
const PRAYER: TeamPattern = TeamPattern { name: "Prayer", positions: &[("Prayer Minister", 2)], ..PLAIN };
const CHOIR: TeamPattern =
    TeamPattern { name: "Choir", archived: true, positions: &[("Soprano", 2), ("Tenor", 2)], ..PLAIN };
const KIDS_ROOMS: TeamPattern = TeamPattern {
    name: "Kids Rooms",
    split: true,
    positions: &[("Nursery", 2), ("Toddlers", 2), ("Grades K–2", 2), (OLDER_CHILDREN, 2)],
    ..PLAIN
};
const CHECK_IN_DESK: TeamPattern = TeamPattern { name: "Check-In Desk", positions: &[("Desk", 2)], ..PLAIN };
const PRAYER_EVENING: TeamPattern =
    TeamPattern { name: "Prayer", positions: &[("Host", 1), ("Prayer Minister", 2)], ..PLAIN };
const SMALL_BAND: TeamPattern =
    TeamPattern { name: "Band", positions: &[("Acoustic Guitar", 1), ("Vocals", 1)], ..PLAIN };

/// Where the first drummer helps as well: now and then on the Sunday of a turn at the drums.
pub(super) const OLDER_CHILDREN: &str = "Grades 3–5";

impl Kind {
    fn teams(self) -> &'static [TeamPattern] {
        const SUNDAY: &[TeamPattern] = &[BAND, PRODUCTION, WELCOME, PRAYER, CHOIR];
        const KIDS: &[TeamPattern] = &[KIDS_ROOMS, CHECK_IN_DESK];
        const MIDWEEK: &[TeamPattern] = &[PRAYER_EVENING, SMALL_BAND];
        match self {
            Self::Sunday => SUNDAY,
            Self::Kids => KIDS,
            Self::Midweek => MIDWEEK,
        }
    }
}

impl Church {
    pub(super) fn add_teams(&mut self, service_type: Id, kind: Kind) {
        let created_at = self.service_types[service_type].created_at;
        for (place, pattern) in kind.teams().iter().enumerate() {
            let id = self.teams.next_id(4_410_003);
            for (place, (name, wanted)) in pattern.positions.iter().enumerate() {
                let position = self.team_positions.next_id(12_300_001);
                let row = TeamPosition {
                    name: Cow::Borrowed(name),
                    team: id,
                    sequence: place + 1,
                    wanted: *wanted,
                };
                self.team_positions.push(position, row);
                for person in self.roster(service_type, position, name, *wanted) {
                    self.assign(person, position, created_at);
                }
            }
            let archived_at = pattern.archived.then(|| self.moment(self.day(-400), 10, 0));
            let TeamPattern { name, split, rehearses, .. } = *pattern;
            let empty = Team::new(Cow::Borrowed(name), service_type, place + 1, created_at);
            let row = Team { split, rehearses, archived_at, ..empty };
            self.teams.push(id, row);
            self.add_leaders(id);
        }
    }

    /// How often somebody would like to serve: most have said nothing in particular.
    fn assign(&mut self, person: Id, team_position: Id, opened_at: Timestamp) {
        let id = self.assignments.next_id(33_800_002);
        let mut random = Random::new(self.seed, PREFERENCE_STREAM, id);
        let (schedule_preference, preferred_weeks): (_, &[u8]) = match random.below(20) {
            0..12 => ("Every week", &[]),
            12..15 => ("Every other week", &[]),
            15 => ("Every 3rd week", &[]),
            16 => ("Once a month", &[]),
            17 => ("Twice a month", &[]),
            _ => ("Choose Weeks", if random.chance(50) { &[1, 3] } else { &[2, 4] }),
        };
        let created_at = opened_at + SignedDuration::from_hours(24 * random.between(1, 300));
        let row = Assignment {
            person,
            team_position,
            schedule_preference: Cow::Borrowed(schedule_preference),
            preferred_weeks: preferred_weeks.to_vec(),
            time_preference_options: Vec::new(),
            created_at,
            updated_at: created_at,
        };
        self.assignments.push(id, row);
    }

    /// The first to serve lead: two where a team is large.
    fn add_leaders(&mut self, team: Id) {
        let members = self.members_of(team);
        let count = if members.len() > 20 { 2 } else { 1 };
        for (place, person) in members.into_iter().take(count).enumerate() {
            let id = self.team_leaders.next_id(2_810_001);
            let row = TeamLeader {
                person,
                team,
                hears_of_accepts: place > 0,
                hears_of_declines: true,
                hears_of_blockouts: place == 0,
            };
            self.team_leaders.push(id, row);
        }
    }

    /// Who serves in a position: those known for it at the first site, then others until there are three for each place.
    fn roster(&self, service_type: Id, position: Id, name: &str, wanted: usize) -> Vec<Id> {
        let number = self.service_types.len() - 1;
        let mut roster = if number < 3 { self.known_for(name) } else { Vec::new() };
        if number < 3 && name == OLDER_CHILDREN {
            roster.extend(self.known_for("Drums").first());
        }
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
        let individuals = st_brigids::families().flat_map(|family| family.people);
        self.people
            .iter()
            .zip(individuals)
            .filter(|((_, person), individual)| individual.serves.contains(&position) && person.active())
            .map(|((id, _), _)| id)
            .collect()
    }

    /// The teams of a service type, in the church's order.
    pub(crate) fn teams_of(&self, service_type: Id) -> Vec<Id> {
        self.teams.ids_owned_by(service_type, |team| team.service_type)
    }

    pub(crate) fn positions_of(&self, team: Id) -> Vec<Id> {
        self.team_positions.ids_owned_by(team, |position| position.team)
    }

    /// Who serves in a position, first come first.
    pub(crate) fn assignments_to(&self, position: Id) -> Vec<Id> {
        self.assignments.ids_owned_by(position, |row| row.team_position)
    }

    /// Everybody on a team, once each, in order of position.
    pub(crate) fn members_of(&self, team: Id) -> Vec<Id> {
        let mut members = Vec::new();
        for position in self.positions_of(team) {
            for assignment in self.assignments_to(position) {
                let person = self.assignments[assignment].person;
                if !members.contains(&person) {
                    members.push(person);
                }
            }
        }
        members
    }

    /// The assignments of one person, by id.
    pub(crate) fn assignments_of(&self, person: Id) -> Vec<Id> {
        self.assignments.iter().filter(|(_, row)| row.person == person).map(|(id, _)| id).collect()
    }

    /// Takes a person off every team.
    pub(in crate::church) fn leave_teams(&mut self, person: Id) {
        self.assignments.retain(|_, row| row.person != person);
        self.team_leaders.retain(|_, row| row.person != person);
        self.blockouts.retain(|_, row| row.person != person);
        self.live_controllers.retain(|_, row| row.person != person);
        self.zooms.retain(|_, row| row.person != person);
        self.tagged.remove(&Tagged::Person(person));
        for contents in self.plans.iter_mut().filter_map(|(_, plan)| plan.contents.get_mut()) {
            contents.item_assignments.retain(|row| row.assignable != Assignable::Person(person));
        }
    }
}
