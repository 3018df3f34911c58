//! Makes the people: first the families written by hand, then as many more as the church's size asks for.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::families::{Individual, Phones, man, woman};
use super::rows::{
    Address, Campus, Email, Gender, Household, HouseholdMembership, Person, PersonMerger, PhoneNumber, Text,
};
use super::table::Id;
use super::{Church, names, st_brigids};
use crate::random::Random;

/// Distance between the ids of two people.
pub(super) const STEP: Id = 7;
const FIRST_PERSON: Id = 60_214_003;
/// 13 June 2017, 15:00 UTC: when the church moved its old records over, four a second.
const IMPORT: i64 = 1_497_366_000;
const IMPORTED_PER_SECOND: i64 = 4;
const FAMILY_STREAM: u64 = 11;
const PERSON_STREAM: u64 = 12;
/// Numbers written by hand stay below this one.
const FIRST_GENERATED_NUMBER: u32 = 100_200;

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
            let street = format!("{} Chapel Hill", index + 1);
            self.campuses.push(
                id,
                Campus {
                    name: Cow::Borrowed(site),
                    street: Cow::Owned(street),
                    created_at: moment(IMPORT - 86_400),
                },
            );
        }
    }

    /// Enters `count` people.
    pub(super) fn add_people(&mut self, count: usize) {
        for family in st_brigids::FAMILIES {
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
        self.add_mergers();
    }

    fn enter(&mut self, entry: &Entry<'_>, count: usize) {
        if entry.people.is_empty() {
            return;
        }
        let household = self.households.next_id(5_100_004);
        let campus = Some(self.campuses.ids()[self.households.len() % self.campuses.len()]);
        let mut members = Vec::with_capacity(entry.people.len());
        for individual in entry.people {
            let id = self.people.next_id(FIRST_PERSON);
            let ordinal = self.people.len();
            let mut random = Random::new(self.seed, PERSON_STREAM, ordinal as u64);
            let created_at = self.entered_at(ordinal, count);
            let person = self.describe(individual, &mut random, created_at, household, campus);
            self.add_contacts(id, individual, entry, created_at, &mut random);
            if individual.site_administrator && self.staff == 0 {
                self.staff = id;
            }
            self.people.push(id, person);
            let pending = random.chance(3);
            let membership = self.household_memberships.next_id(9_400_001);
            self.household_memberships
                .push(membership, HouseholdMembership { household, person: id, pending });
            members.push(id);
        }
        let created_at = self.people[members[0]].created_at;
        let name = entry.household.clone();
        self.households.push(
            household,
            Household {
                name,
                primary_contact: members[0],
                people: members,
                created_at,
                updated_at: created_at,
            },
        );
    }

    /// Whether this is one of those who never fail the church.
    pub(super) fn is_steady(person: Id) -> bool {
        let place =
            person.checked_sub(FIRST_PERSON).and_then(|distance| usize::try_from(distance / STEP).ok());
        let mut individuals = st_brigids::FAMILIES.iter().flat_map(|family| family.people);
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
        household: Id,
        campus: Option<Id>,
    ) -> Person {
        let child = individual.age < 18;
        let birthdate = self.birthdate(individual, random);
        let until = self.start_of_today().as_second() - 3_600;
        let updated_at =
            moment(created_at.as_second() + random.between(0, (until - created_at.as_second()).max(0)));
        let left = individual.inactive || (!child && random.chance(3) && individual.serves.is_empty());
        Person {
            first_name: Cow::Borrowed(individual.first_name),
            given_name: individual.given_name.map(Cow::Borrowed),
            middle_name: individual.middle_name.map(Cow::Borrowed),
            nickname: individual.nickname.map(Cow::Borrowed),
            last_name: Cow::Borrowed(individual.last_name),
            gender: individual.gender,
            birthdate,
            anniversary: None,
            child,
            grade: (4..=17).contains(&individual.age).then(|| i64::from(individual.age) - 5),
            membership: match random.below(10) {
                0..5 => Some("Member"),
                5..8 => Some("Regular Attender"),
                8 => Some("Visitor"),
                _ => None,
            },
            inactivated_at: (left && !individual.site_administrator).then_some(updated_at),
            household: Some(household),
            campus: campus.filter(|_| !random.chance(8)),
            has_avatar: random.chance(33) || individual.site_administrator,
            site_administrator: individual.site_administrator,
            created_at,
            updated_at,
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

    fn add_contacts(
        &mut self,
        person: Id,
        individual: &Individual,
        entry: &Entry<'_>,
        created_at: Timestamp,
        random: &mut Random,
    ) {
        if individual.age >= 18 || (individual.age >= 14 && random.chance(50)) {
            let number = if entry.generated { self.people.len().to_string() } else { String::new() };
            let local_part = individual.mail.map_or_else(|| local_part(individual), str::to_owned);
            for (domain, location) in [("example.org", "Home"), ("work.example.org", "Work")] {
                let primary = location == "Home";
                if primary && random.chance(93) || !primary && random.chance(12) {
                    let id = self.emails.next_id(31_000_007);
                    let address = format!("{local_part}{number}@{domain}").into_boxed_str();
                    self.emails.push(id, Email { person, address, location, primary, created_at });
                }
            }
        }
        match individual.phones {
            Phones::Given(numbers) => {
                for (index, (subscriber, location)) in numbers.iter().enumerate() {
                    self.add_phone_number(person, *subscriber, location, index == 0, created_at);
                }
            }
            Phones::Usual if individual.age >= 16 && random.chance(92) => {
                let taken = u32::try_from(self.phone_numbers.len()).unwrap_or(0);
                self.add_phone_number(
                    person,
                    FIRST_GENERATED_NUMBER + taken % 800_000,
                    "Mobile",
                    true,
                    created_at,
                );
            }
            Phones::Usual | Phones::None => {}
        }
        if individual.age >= 18 && random.chance(90) {
            let (city, zip) = names::TOWNS[self.households.len() % names::TOWNS.len()];
            let id = self.addresses.next_id(22_000_003);
            let street_line_2 = random.chance(12).then_some("Apartment 2");
            self.addresses.push(
                id,
                Address {
                    person,
                    house_number: entry.house_number,
                    street: entry.street,
                    street_line_2,
                    city,
                    zip,
                    created_at,
                },
            );
        }
    }

    pub(super) fn add_phone_number(
        &mut self,
        person: Id,
        subscriber: u32,
        location: &'static str,
        primary: bool,
        created_at: Timestamp,
    ) {
        let id = self.phone_numbers.next_id(27_000_011);
        self.phone_numbers.push(id, PhoneNumber { person, subscriber, location, primary, created_at });
    }

    /// Two records that were once entered twice: their old ids answer 404 and are found here.
    fn add_mergers(&mut self) {
        let kept: Vec<Id> = self.people.iter().map(|(id, _)| id).skip(4).step_by(9).take(2).collect();
        for (index, person_to_keep) in kept.into_iter().enumerate() {
            let id = self.person_mergers.next_id(640_011);
            let created_at = moment(
                self.start_of_today().as_second() - 86_400 * (40 - 30 * i64::try_from(index).unwrap_or(0)),
            );
            self.person_mergers
                .push(id, PersonMerger { person_to_keep, person_to_remove: person_to_keep + 2, created_at });
        }
    }
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

/// `first.last` in plain letters.
fn local_part(individual: &Individual) -> String {
    let first = plain(individual.first_name);
    let last = plain(individual.last_name);
    if first.is_empty() || last.is_empty() { format!("{first}{last}mail") } else { format!("{first}.{last}") }
}

fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'a'..='z' | '-' => Some(letter),
            'á' | 'à' | 'ã' | 'å' | 'ä' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'í' | 'ì' | 'ï' => Some('i'),
            'ó' | 'ò' | 'ö' | 'õ' | 'ø' => Some('o'),
            'ú' | 'ü' | 'ù' => Some('u'),
            'ç' => Some('c'),
            'ñ' => Some('n'),
            ' ' => Some('-'),
            _ => None,
        })
        .collect()
}
