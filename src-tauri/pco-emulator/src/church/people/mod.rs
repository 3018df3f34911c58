//! Makes the people: first the families written by hand, then as many more as the church's size asks for.

pub(crate) mod changes;
mod choices;
mod contacts;
pub(crate) mod fields;
pub(crate) mod lists;
pub(crate) mod messages;
mod notes;
pub(crate) mod rows;
pub(crate) mod workflows;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::families::{Individual, man, woman};
use super::table::{Id, Text};
use super::{Church, names, st_brigids};
use crate::random::Random;
pub(crate) use contacts::plain;
use rows::{Campus, Gender, Household, HouseholdMembership, Person, PersonMerger, ServiceTime};

/// Distance between the ids of two people.
pub(super) const STEP: Id = 7;
const FIRST_PERSON: Id = 60_214_003;
/// 13 June 2017, 15:00 UTC: when the church moved its old records over, four a second.
pub(super) const IMPORT: i64 = 1_497_366_000;
const IMPORTED_PER_SECOND: i64 = 4;
const FAMILY_STREAM: u64 = 11;
const PERSON_STREAM: u64 = 12;
const FURTHER_STREAM: u64 = 13;
const WEDDING_STREAM: u64 = 15;

/// A family about to be entered.
struct Entry<'a> {
    household: Text,
    house_number: u32,
    street: &'static str,
    people: &'a [Individual],
    /// Generated people carry their number in their e-mail address, because names repeat.
    generated: bool,
}

impl Church {
    pub(super) fn add_campuses(&mut self, count: usize) {
        for (index, site) in names::SITES.iter().take(count).enumerate() {
            let id = self.campuses.next_id(41_220);
            let (city, zip) = names::TOWNS[index % names::TOWNS.len()];
            self.campuses.push(
                id,
                Campus {
                    name: Cow::Borrowed(site),
                    street: Cow::Owned(format!("{} Chapel Hill", index + 1)),
                    city,
                    zip,
                    created_at: moment(IMPORT - 86_400),
                },
            );
            for (hour, description) in [(9, "Morning Prayer and Communion"), (11, "Family Service")] {
                let service_time = self.service_times.next_id(70_310);
                self.service_times.push(
                    service_time,
                    ServiceTime { campus: id, day: "sunday", start_time: hour * 60, description },
                );
            }
        }
    }

    /// Enters `count` people.
    pub(super) fn add_people(&mut self, count: usize) {
        for family in st_brigids::families() {
            let room = count - self.people.len();
            let people = &family.people[..family.people.len().min(room)];
            let household = Cow::Borrowed(family.household);
            self.enter(
                &Entry {
                    household,
                    house_number: family.house_number,
                    street: family.street,
                    people,
                    generated: false,
                },
                count,
            );
        }
        let mut number = 0;
        while self.people.len() < count {
            let mut random = Random::new(self.seed, FAMILY_STREAM, number);
            let mut people = invent_family(&mut random);
            people.truncate(count - self.people.len());
            let household = household_name(&people);
            let house_number = u32::try_from(random.below(180)).unwrap_or(0) + 1;
            let street = random.pick(names::STREETS);
            self.enter(&Entry { household, house_number, street, people: &people, generated: true }, count);
            number += 1;
        }
        self.add_second_homes();
        self.add_mergers();
    }

    /// Children who live in two homes: the Williams children are often with their grandparents.
    fn add_second_homes(&mut self) {
        let of = |church: &Self, name: &str| {
            church.households.iter().find(|(_, row)| row.name == name).map(|(id, _)| id)
        };
        let (Some(first), Some(second)) = (of(self, "Williams Household"), of(self, "Thompson Household"))
        else {
            return;
        };
        for child in self.households[first].people.clone() {
            if self.people[child].child {
                self.join_household(second, child);
            }
        }
    }

    fn enter(&mut self, entry: &Entry<'_>, count: usize) {
        if entry.people.is_empty() {
            return;
        }
        let household = self.households.next_id(5_100_004);
        let campus = Some(self.campuses.ids()[self.households.len() % self.campuses.len()]);
        let created_at = self.entered_at(self.people.len(), count);
        self.households.push(
            household,
            Household {
                name: entry.household.clone(),
                primary_contact: self.people.next_id(FIRST_PERSON),
                people: Vec::new(),
                created_at,
                updated_at: created_at,
            },
        );
        let wedding = self.wedding(entry.people);
        let mut members = Vec::with_capacity(entry.people.len());
        for (place, individual) in entry.people.iter().enumerate() {
            let id = self.people.next_id(FIRST_PERSON);
            let ordinal = self.people.len();
            let mut random = Random::new(self.seed, PERSON_STREAM, ordinal as u64);
            let created_at = self.entered_at(ordinal, count);
            let mut person = self.describe(individual, &mut random, created_at, campus);
            self.add_contacts(id, individual, entry, created_at, &mut random);
            self.describe_further(&mut person, individual, id, wedding.filter(|_| place < 2));
            if individual.site_administrator && self.staff == 0 {
                self.staff = id;
            }
            if let Some(rights) = individual.rights {
                self.granted_rights.insert(id, rights);
            }
            person.households.push(household);
            self.people.push(id, person);
            members.push(id);
            let membership = self.household_memberships.next_id(9_400_001);
            let pending = random.chance(3);
            self.household_memberships
                .push(membership, HouseholdMembership { household, person: id, pending });
        }
        if let Some(row) = self.households.get_mut(household) {
            row.people = members;
        }
    }

    /// Makes a person a member of one more household. The answer is the membership.
    pub(crate) fn join_household(&mut self, household: Id, person: Id) -> Option<Id> {
        self.households.get_mut(household)?.people.push(person);
        self.people.get_mut(person)?.households.push(household);
        Some(self.household_memberships.add(HouseholdMembership { household, person, pending: false }))
    }

    /// Whether this is one of those who never fail the church.
    pub(super) fn is_steady(person: Id) -> bool {
        let place =
            person.checked_sub(FIRST_PERSON).and_then(|distance| usize::try_from(distance / STEP).ok());
        let mut individuals = st_brigids::families().flat_map(|family| family.people);
        place.and_then(|place| individuals.nth(place)).is_some_and(|individual| individual.steady)
    }

    /// Four in ten came with the import; the others one by one until yesterday.
    fn entered_at(&self, ordinal: usize, count: usize) -> Timestamp {
        let (ordinal, count) = (i64::try_from(ordinal).unwrap_or(0), i64::try_from(count).unwrap_or(1));
        let imported = count * 2 / 5;
        if ordinal < imported {
            return moment(IMPORT + ordinal / IMPORTED_PER_SECOND);
        }
        let opened = IMPORT + 7 * 86_400;
        let until = self.start_of_today().as_second() - 86_400;
        moment(opened + (until - opened).max(0) * (ordinal - imported) / (count - imported).max(1))
    }

    fn describe(
        &self,
        individual: &Individual,
        random: &mut Random,
        created_at: Timestamp,
        campus: Option<Id>,
    ) -> Person {
        let child = individual.age < 18;
        let birthdate = self.birthdate(individual, random);
        let until = self.start_of_today().as_second() - 3_600;
        let updated_at =
            moment(created_at.as_second() + random.between(0, (until - created_at.as_second()).max(0)));
        let left = individual.inactive || (!child && random.chance(3) && individual.serves.is_empty());
        Person {
            given_name: individual.given_name.map(Cow::Borrowed),
            middle_name: individual.middle_name.map(Cow::Borrowed),
            nickname: individual.nickname.map(Cow::Borrowed),
            gender: individual.gender,
            birthdate,
            child,
            grade: (4..=17).contains(&individual.age).then(|| i64::from(individual.age) - 5),
            membership: match random.below(10) {
                0..5 => Some(Cow::Borrowed("Member")),
                5..8 => Some(Cow::Borrowed("Regular Attender")),
                8 => Some(Cow::Borrowed("Visitor")),
                _ => None,
            },
            inactivated_at: (left && !individual.site_administrator).then_some(updated_at),
            campus: campus.filter(|_| !random.chance(8)),
            has_avatar: random.chance(33) || individual.site_administrator,
            site_administrator: individual.site_administrator,
            updated_at,
            ..Person::new(
                Cow::Borrowed(individual.first_name),
                Cow::Borrowed(individual.last_name),
                created_at,
            )
        }
    }

    fn birthdate(&self, individual: &Individual, random: &mut Random) -> Option<Date> {
        let (month, day) =
            (i8::try_from(random.between(1, 12)).ok()?, i8::try_from(random.between(1, 28)).ok()?);
        let known = individual.age < 18 || individual.year_unknown || random.chance(85);
        let birthday_passed = (month, day) <= (self.today.month(), self.today.day());
        let year = self.today.year() - i16::from(individual.age) - i16::from(!birthday_passed);
        Date::new(if individual.year_unknown { 1885 } else { year }, month, day).ok().filter(|_| known)
    }

    /// Records that were once entered twice: their old ids answer 404 and are found here. Some were merged twice over.
    fn add_mergers(&mut self) {
        let kept: Vec<Id> = self.people.iter().map(|(id, _)| id).skip(4).step_by(70).collect();
        let today = self.start_of_today().as_second();
        let count = i64::try_from(kept.len()).unwrap_or(0);
        let apart = (3_000 / count.max(1)).clamp(1, 30);
        for (person, later) in kept.into_iter().zip((0..count).rev()) {
            let days_ago = 10 + apart * later;
            let chain = [(person + 2, person + 4, 9), (person + 4, person, 0)];
            for (person_to_remove, person_to_keep, hours_before) in
                chain.into_iter().skip(usize::from(later % 3 != 0))
            {
                let created_at = moment(today - 86_400 * days_ago - 3_600 * hours_before);
                let id = self.person_mergers.next_id(640_011);
                self.person_mergers.push(id, PersonMerger { person_to_keep, person_to_remove, created_at });
            }
        }
    }

    /// The name as People shows it: with the suffix. Empty for somebody who is gone.
    pub(crate) fn full_name(&self, person: Id) -> String {
        let Some(row) = self.people.get(person) else { return String::new() };
        let suffix = row.name_suffix.and_then(|suffix| self.name_suffixes.get(suffix));
        suffix.map_or_else(|| row.name(), |suffix| format!("{} {}", row.name(), suffix.value))
    }

    /// The day a couple married; None for those who are none, or do not say.
    fn wedding(&self, people: &[Individual]) -> Option<Wedding> {
        let [first, second, ..] = people else { return None };
        let younger = first.age.min(second.age);
        if younger < 20 || first.age.abs_diff(second.age) > 15 {
            return None;
        }
        let mut random = Random::new(self.seed, WEDDING_STREAM, self.people.len() as u64);
        let years = random.between(1, i64::from(younger) - 19);
        let day = self.day(-years * 365 - random.between(0, 364));
        Some(Wedding { day: Some(day).filter(|_| random.chance(70)) })
    }

    /// What a church comes to know later: who is married to whom, which school, which old number.
    fn describe_further(
        &self,
        person: &mut Person,
        individual: &Individual,
        id: Id,
        wedding: Option<Wedding>,
    ) {
        let mut random = Random::new(self.seed, FURTHER_STREAM, id);
        let grown = !person.child;
        person.anniversary = wedding.and_then(|wedding| wedding.day);
        let marital_status = match individual.age {
            _ if wedding.is_some() => Some("Married"),
            18..30 => Some("Single"),
            30..65 => random.pick(&[Some("Single"), Some("Divorced"), None]),
            65.. => random.pick(&[Some("Widowed"), Some("Single"), Some("Widowed")]),
            _ => None,
        };
        person.marital_status =
            marital_status.and_then(|value| choices::choice(&self.marital_statuses, value));
        let prefix = individual.prefix.or(Some("Dr.").filter(|_| grown && random.chance(3)));
        person.name_prefix = prefix.and_then(|value| choices::choice(&self.name_prefixes, value));
        person.name_suffix = individual.suffix.and_then(|value| choices::choice(&self.name_suffixes, value));
        let this_school_year = i64::from(self.today.year()) + i64::from(self.today.month() >= 7);
        person.graduation_year = person.grade.map(|grade| this_school_year + 12 - grade);
        let lot = random.below(100);
        person.school = person.grade.and_then(|grade| self.school_for(grade, lot));
        let reason = random.pick(&["Moved away", "Attends another church", "No contact", "Moved away"]);
        let reason = individual.inactive_reason.unwrap_or(reason);
        person.inactive_reason =
            person.inactivated_at.and_then(|_| choices::choice(&self.inactive_reasons, reason));
        let imported = person.created_at.as_second() < IMPORT + 86_400;
        person.remote_id = imported.then(|| i64::try_from((id - FIRST_PERSON) / STEP).unwrap_or(0) + 1_001);
        person.created_by = Some(self.staff).filter(|staff| !imported && *staff != 0);
    }
}

/// A couple; the day where it is known.
#[derive(Clone, Copy)]
struct Wedding {
    day: Option<Date>,
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn invent_family(random: &mut Random) -> Vec<Individual> {
    let last_name = random.pick(names::FAMILIES);
    let other_last_name = if random.chance(15) { random.pick(names::FAMILIES) } else { last_name };
    let age = u8::try_from(random.between(22, 84)).unwrap_or(40);
    let couple = random.chance(65);
    let children = if age > 55 || !(couple || random.chance(25)) { 0 } else { random.below(4) };
    let mut people = vec![if random.chance(50) {
        woman(random.pick(names::WOMEN), last_name, age)
    } else {
        man(random.pick(names::MEN), last_name, age)
    }];
    if couple {
        let first_is_woman = people[0].gender == Some(Gender::Female);
        let age = age.saturating_add_signed(i8::try_from(random.between(-3, 3)).unwrap_or(0));
        people.push(if first_is_woman {
            man(random.pick(names::MEN), other_last_name, age)
        } else {
            woman(random.pick(names::WOMEN), other_last_name, age)
        });
    }
    for _ in 0..children {
        let age = u8::try_from(random.between(0, i64::from(age).min(38) - 21)).unwrap_or(0);
        people.push(if random.chance(50) {
            woman(random.pick(names::WOMEN), last_name, age)
        } else {
            man(random.pick(names::MEN), last_name, age)
        });
    }
    people
}

fn household_name(people: &[Individual]) -> Text {
    let first = people.first().map_or("", |person| person.last_name);
    let other = people.get(1).map(|person| person.last_name).filter(|name| *name != first);
    Cow::Owned(
        other.map_or_else(|| format!("{first} Household"), |other| format!("{first} and {other} Household")),
    )
}
