//! How people are reached: e-mail addresses, phone numbers, homes, profiles elsewhere.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Entry;
use super::rows::{Address, Email, PhoneNumber, SocialProfile};
use crate::church::families::{Individual, Phones};
use crate::church::table::{Id, Text};
use crate::church::{Church, names};
use crate::random::Random;

/// Numbers written by hand stay below this one.
const FIRST_GENERATED_NUMBER: u32 = 100_200;
const CONTACT_STREAM: u64 = 14;

impl Church {
    pub(super) fn add_contacts(
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
                    let address = format!("{local_part}{number}@{domain}");
                    self.add_email(person, Cow::Owned(address), location, primary, created_at);
                }
            }
        }
        match individual.phones {
            Phones::Given(numbers) => {
                for (index, (subscriber, location)) in numbers.iter().enumerate() {
                    let number = Cow::Owned(american(*subscriber));
                    self.add_phone_number(person, number, location, index == 0, created_at);
                }
            }
            Phones::Typed(number, location) => {
                self.add_phone_number(person, Cow::Borrowed(number), location, true, created_at);
            }
            Phones::Usual if individual.age >= 16 && random.chance(92) => {
                let taken = u32::try_from(self.phone_numbers.len()).unwrap_or(0);
                let number = Cow::Owned(american(FIRST_GENERATED_NUMBER + taken % 800_000));
                self.add_phone_number(person, number, "Mobile", true, created_at);
            }
            Phones::Usual | Phones::None => {}
        }
        if individual.age >= 18 && random.chance(90) {
            let town = names::TOWNS[(self.households.len() - 1) % names::TOWNS.len()];
            let apartment = random.chance(12).then_some("Apartment 2");
            self.add_home(
                person,
                &format!("{} {}", entry.house_number, entry.street),
                apartment,
                town,
                created_at,
            );
        }
        self.add_further_contacts(person, individual, created_at);
    }

    /// What few have: a second address in term time, a profile elsewhere.
    fn add_further_contacts(&mut self, person: Id, individual: &Individual, created_at: Timestamp) {
        let mut random = Random::new(self.seed, CONTACT_STREAM, person);
        if (18..23).contains(&individual.age) && random.chance(40) {
            let town = ("Northcote", "00599");
            let id = self.add_home(person, "Westbrook College, Hall 4", None, town, created_at);
            if let Some(address) = self.addresses.get_mut(id) {
                address.location = Cow::Borrowed("School");
                address.primary = false;
            }
        }
        if (16..60).contains(&individual.age) && random.chance(9) {
            let site = random.pick(&["Facebook", "Instagram", "LinkedIn"]);
            let handle = local_part(individual);
            let id = self.social_profiles.next_id(8_800_017);
            self.social_profiles.push(
                id,
                SocialProfile {
                    person,
                    site: Cow::Borrowed(site),
                    url: Cow::Owned(format!("https://{}.example.com/{handle}", site.to_lowercase())),
                    verified: false,
                    created_at,
                    updated_at: created_at,
                },
            );
        }
    }

    /// Adds an e-mail address.
    pub(crate) fn add_email(
        &mut self,
        person: Id,
        address: Text,
        location: &'static str,
        primary: bool,
        created_at: Timestamp,
    ) -> Id {
        let id = self.emails.next_id(31_000_007);
        let location = Cow::Borrowed(location);
        self.emails.push(
            id,
            Email { person, address, location, primary, blocked: false, created_at, updated_at: created_at },
        );
        id
    }

    /// Adds a phone number as somebody typed it.
    pub(crate) fn add_phone_number(
        &mut self,
        person: Id,
        number: Text,
        location: &'static str,
        primary: bool,
        created_at: Timestamp,
    ) -> Id {
        let id = self.phone_numbers.next_id(27_000_011);
        let location = Cow::Borrowed(location);
        self.phone_numbers.push(
            id,
            PhoneNumber {
                person,
                number,
                carrier: None,
                location,
                primary,
                created_at,
                updated_at: created_at,
            },
        );
        id
    }

    fn add_home(
        &mut self,
        person: Id,
        street: &str,
        apartment: Option<&'static str>,
        (city, zip): (&'static str, &'static str),
        created_at: Timestamp,
    ) -> Id {
        let id = self.addresses.next_id(22_000_003);
        self.addresses.push(
            id,
            Address {
                person,
                street_line_1: Cow::Owned(street.to_owned()),
                street_line_2: apartment.map(Cow::Borrowed),
                city: Cow::Borrowed(city),
                state: Cow::Borrowed("NY"),
                zip: Cow::Borrowed(zip),
                country_code: Cow::Borrowed("US"),
                location: Cow::Borrowed("Home"),
                primary: true,
                created_at,
                updated_at: created_at,
            },
        );
        id
    }
}

/// The seven digits after the area code 555 as the church types them: `(555) 010-0199`.
fn american(subscriber: u32) -> String {
    format!("(555) {:03}-{:04}", subscriber / 10_000, subscriber % 10_000)
}

/// `first.last` in plain letters.
fn local_part(individual: &Individual) -> String {
    let first = plain(individual.first_name);
    let last = plain(individual.last_name);
    if first.is_empty() || last.is_empty() { format!("{first}{last}mail") } else { format!("{first}.{last}") }
}

/// A name in the letters a to z, without accents; what cannot be written so is left out.
pub(crate) fn plain(name: &str) -> String {
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
            'ł' => Some('l'),
            ' ' => Some('-'),
            _ => None,
        })
        .collect()
}
