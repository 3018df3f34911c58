//! Answers for the People screens, from the store alone.

use jiff::Timestamp;
use jiff::civil::Date;

use super::PART;
use super::records::{Household, Person};
use super::views::{
    ContactKind, ContactView, GetPersonRequest, HouseholdView, ListPeopleRequest, PeopleListing, PersonRow,
    PersonView,
};
use crate::error::AppError;
use crate::outside::is_plain_mail_address;
use crate::photo;
use crate::products::{church, coverage, services};
use crate::store::{Found, PartCoverage, Reader, SearchBlocks, StoreError};
use crate::text::{digits, search_words};
use crate::time::Calendar;
use crate::views::Face;
use crate::words;

/// A person's page in Planning Center.
const PERSON_PAGE: &str = "https://people.planningcenteronline.com/people/AC";

/// Rows of one answer at the most.
const MAX_ROWS: u32 = 200;
/// A longer search is a mistake, such as a whole pasted letter.
const MAX_SEARCH: usize = 200;

/// What is wanted of the list of people.
pub(crate) struct PeopleSearch {
    words: Vec<String>,
    offset: u32,
    limit: u32,
}

impl PeopleSearch {
    pub(crate) fn new(request: &ListPeopleRequest) -> Result<Self, AppError> {
        if request.search.chars().count() > MAX_SEARCH {
            return Err(AppError::invalid_input("That is too long to search for."));
        }
        Ok(Self {
            words: search_words(&request.search),
            offset: request.offset,
            limit: request.limit.clamp(1, MAX_ROWS),
        })
    }

    pub(crate) fn finds_everybody(&self) -> bool {
        self.words.is_empty()
    }

    pub(crate) fn find(&self, blocks: &SearchBlocks) -> Found {
        blocks.of::<Person>().find(&self.words, self.offset as usize, self.limit as usize)
    }
}

/// What was `found`, or everybody, with what each row shows.
pub(crate) fn list_people(
    reader: &Reader<'_>,
    found: Option<Found>,
    now: Timestamp,
    search: &PeopleSearch,
) -> Result<PeopleListing, AppError> {
    let everybody = reader.count::<Person>()?;
    let found = match found {
        Some(found) => found,
        None => Found { rows: reader.in_order::<Person>(search.offset, search.limit)?, total: everybody },
    };
    let mut items = Vec::with_capacity(found.rows.len());
    for place in found.rows {
        // Who went since they were found is left out; the page asks again on the next change.
        if let Some(person) = reader.at::<Person>(place)? {
            items.push(row(reader, &person, &search.words)?);
        }
    }
    let state = reader.part(PART)?;
    Ok(PeopleListing {
        items,
        offset: search.offset,
        total: found.total,
        as_of: state
            .as_of
            .map(|as_of| church::calendar(reader).map(|calendar| calendar.as_of(as_of, now)))
            .transpose()?,
        coverage: coverage(&state, everybody, "People"),
    })
}

pub(crate) fn get_person(
    reader: &Reader<'_>,
    now: Timestamp,
    request: &GetPersonRequest,
) -> Result<PersonView, AppError> {
    let Some(person) = reader.get::<Person>(&request.person_id)? else {
        return Err(AppError::new(&words::NOT_FOUND));
    };
    let calendar = church::calendar(reader)?;
    let today = calendar.date(now);
    let state = reader.part(PART)?;
    let schedule = services::schedule_of(reader, &calendar, &person.id, now)?;
    let mut missing = schedule.missing;
    if person.is_unread {
        missing.insert(0, "What Planning Center last told of this person could not be read.".to_owned());
    }
    let (households, is_somebody_missing) = households(reader, &person)?;
    // Once everybody is here, whoever is named and not stored is gone from Planning Center.
    if is_somebody_missing && state.coverage != PartCoverage::Complete {
        missing.push("Not everybody of the household is on this computer.".to_owned());
    }
    if !calendar.zone_known() {
        missing.push("The church’s time zone is not known yet, so times are shown in UTC.".to_owned());
    }
    Ok(PersonView {
        headline: headline(&person),
        face: face(&person),
        contacts: contacts(&person),
        birthday: person.birthdate.map(|date| birthday(&calendar, date, today)),
        households,
        teams: schedule.teams,
        serving: schedule.serving,
        last_served: schedule.last_served,
        missing,
        planning_center_url: format!("{PERSON_PAGE}{}", person.id),
        as_of: state.as_of.map(|as_of| calendar.as_of(as_of, now)),
        coverage: coverage(&state, reader.count::<Person>()?, "People"),
        name: display_name(&person),
        id: person.id,
    })
}

/// The person's first phone that can be called, for the Plan screen.
pub(crate) fn phones_of(
    reader: &Reader<'_>,
    person_id: &str,
) -> Result<Option<(String, String)>, StoreError> {
    Ok(reader.get::<Person>(person_id)?.and_then(|person| {
        person.phones.iter().find_map(|phone| {
            tel(phone.e164.as_deref(), &phone.number).map(|href| (phone.number.clone(), href))
        })
    }))
}

/// The circle of somebody on a plan; who is not among the people stored has initials.
pub(crate) fn face_of(reader: &Reader<'_>, person_id: &str, name: &str) -> Result<Face, StoreError> {
    Ok(reader.get::<Person>(person_id)?.map_or_else(|| Face::new(person_id, name), |person| face(&person)))
}

fn face(person: &Person) -> Face {
    let key = person.photo.as_deref().map(|source| photo::key_of_person(&person.id, source));
    Face { photo: key.map(|key| photo::address(&key)), ..Face::new(&person.id, &person.name) }
}

pub(super) fn row(reader: &Reader<'_>, person: &Person, words: &[String]) -> Result<PersonRow, StoreError> {
    let matched = words.iter().find_map(|word| found_in(person, word));
    let contact = matched
        .or_else(|| person.phones.first().map(|phone| phone.number.clone()))
        .unwrap_or_else(|| "no phone".to_owned());
    let mut parts = vec![contact];
    let teams = services::team_names_of(reader, &person.id)?;
    if teams.is_empty() {
        parts.extend(person.membership.clone());
    } else {
        parts.push(teams.join(", "));
    }
    Ok(PersonRow {
        id: person.id.clone(),
        name: display_name(person),
        line: parts.join(" · "),
        face: face(person),
        inactive: person.inactive,
    })
}

/// The phone, e-mail or household that a search word was found in, when it was not found in the name.
fn found_in(person: &Person, word: &str) -> Option<String> {
    if crate::text::fold(&display_name(person)).contains(word) {
        return None;
    }
    let phone = person.phones.iter().find(|phone| {
        digits(&phone.number).contains(word)
            || phone.e164.as_deref().is_some_and(|e164| digits(e164).contains(word))
    });
    let email = || person.emails.iter().find(|email| crate::text::fold(&email.address).contains(word));
    let household = || person.household_names.values().find(|name| crate::text::fold(name).contains(word));
    phone
        .map(|phone| phone.number.clone())
        .or_else(|| email().map(|email| email.address.clone()))
        .or_else(|| household().cloned())
}

/// The name with the nickname where the name does not hold it: `Robert Lee (Bob)`.
fn display_name(person: &Person) -> String {
    match &person.nickname {
        Some(nickname) if !person.name.contains(nickname.as_str()) => format!("{} ({nickname})", person.name),
        _ => person.name.clone(),
    }
}

fn headline(person: &Person) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(person.membership.clone());
    if person.child {
        words.push("Child".to_owned());
    }
    words.extend(person.campus.clone());
    if person.inactive {
        words.push("Inactive in Planning Center".to_owned());
    }
    words.join(" · ")
}

fn contacts(person: &Person) -> Vec<ContactView> {
    let phones = person.phones.iter().map(|phone| ContactView {
        kind: ContactKind::Phone,
        label: phone.label.clone(),
        lines: vec![phone.number.clone()],
        href: tel(phone.e164.as_deref(), &phone.number),
        primary: phone.primary,
    });
    let emails = person.emails.iter().map(|email| ContactView {
        kind: ContactKind::Email,
        label: email.label.clone(),
        lines: vec![email.address.clone()],
        href: mailto(&email.address),
        primary: email.primary,
    });
    let addresses = person.addresses.iter().map(|address| ContactView {
        kind: ContactKind::Address,
        label: address.label.clone(),
        lines: address.lines.clone(),
        href: None,
        primary: address.primary,
    });
    phones.chain(emails).chain(addresses).collect()
}

/// RFC 3966: the global form where it is known, else the local digits. Extensions and letters are not dialled.
fn tel(e164: Option<&str>, number: &str) -> Option<String> {
    if let Some(e164) =
        e164.filter(|e164| e164.starts_with('+') && e164[1..].chars().all(|digit| digit.is_ascii_digit()))
    {
        return Some(format!("tel:{e164}"));
    }
    if number.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits = digits(number);
    (3..=15)
        .contains(&digits.len())
        .then(|| format!("tel:{}{digits}", if number.trim().starts_with('+') { "+" } else { "" }))
}

/// RFC 6068, for addresses without anything that would add a header or a second recipient.
fn mailto(address: &str) -> Option<String> {
    is_plain_mail_address(address).then(|| format!("mailto:{address}"))
}

/// Planning Center writes 1885 for a birthday whose year nobody told.
fn birthday(calendar: &Calendar, date: Date, today: Date) -> String {
    let day = calendar.day_of_year(date);
    if date.year() <= 1885 || date > today {
        return day;
    }
    let had_it = (date.month(), date.day()) < (today.month(), today.day());
    let is_today = (date.month(), date.day()) == (today.month(), today.day());
    let years = i32::from(today.year()) - i32::from(date.year()) + i32::from(had_it);
    if is_today { format!("{day} · turns {years} today") } else { format!("{day} · turns {years}") }
}

/// The households with whoever else is in them; and whether some of those are not stored.
fn households(reader: &Reader<'_>, person: &Person) -> Result<(Vec<HouseholdView>, bool), StoreError> {
    let (mut views, mut is_somebody_missing) = (Vec::new(), false);
    for id in &person.household_ids {
        let Some(household) = reader.get::<Household>(id)? else { continue };
        let mut members = Vec::new();
        for id in household.person_ids.iter().filter(|id| **id != person.id) {
            let member = reader.get::<Person>(id)?;
            is_somebody_missing |= member.is_none();
            members.extend(member);
        }
        members.sort_by_key(|member| (member.child, member.birthdate));
        let members = members.iter().map(household_row).collect();
        views.push(HouseholdView { name: household.name, members });
    }
    Ok((views, is_somebody_missing))
}

fn household_row(member: &Person) -> PersonRow {
    let role = if member.child { "Child" } else { "Adult" };
    let words: Vec<String> = [Some(role.to_owned()), member.phones.first().map(|phone| phone.number.clone())]
        .into_iter()
        .flatten()
        .collect();
    PersonRow {
        id: member.id.clone(),
        name: display_name(member),
        line: words.join(" · "),
        face: face(member),
        inactive: member.inactive,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::{PartState, Store};

    #[test]
    fn a_birthday_without_a_year_has_no_age() {
        let (calendar, today) = (Calendar::new("UTC", false, "%d"), Date::constant(2026, 11, 20));
        assert_eq!(birthday(&calendar, Date::constant(1885, 3, 3), today), "3 March");
        assert_eq!(birthday(&calendar, Date::constant(1986, 3, 3), today), "3 March · turns 41");
        assert_eq!(birthday(&calendar, Date::constant(1986, 12, 3), today), "3 December · turns 40");
        assert_eq!(birthday(&calendar, Date::constant(1986, 11, 20), today), "20 November · turns 40 today");
        assert_eq!(birthday(&calendar, Date::constant(2030, 1, 1), today), "1 January");
    }

    #[test]
    fn a_card_tells_of_whoever_of_the_household_is_not_here() {
        let store = Store::in_memory().unwrap();
        let told = |people: &[&str]| {
            let home = || vec!["a".to_owned()];
            let request = GetPersonRequest { person_id: "1".to_owned() };
            let person_ids = vec!["1".to_owned(), "2".to_owned()];
            let home_of_both = Household { id: "a".to_owned(), person_ids, ..Household::default() };
            store
                .write(|batch| {
                    people.iter().try_for_each(|id| {
                        let id = (*id).to_owned();
                        batch.put(&Person { id, household_ids: home(), ..Person::default() }, 0)
                    })?;
                    batch.put(&home_of_both, 0)
                })
                .unwrap();
            let card = store.read(|reader| Ok(get_person(reader, Timestamp::UNIX_EPOCH, &request))).unwrap();
            card.unwrap().missing.iter().any(|sentence| sentence.contains("household"))
        };
        assert!(told(&["1"]));
        let everybody = PartState { coverage: PartCoverage::Complete, ..PartState::default() };
        store.write(|batch| batch.set_part(PART, &everybody)).unwrap();
        assert!(!told(&["1"]), "once everybody was read, the other one is gone");
        store.write(|batch| batch.set_part(PART, &PartState::default())).unwrap();
        assert!(!told(&["1", "2"]));
    }

    #[test]
    fn dials_only_what_is_a_number() {
        for (e164, number, href) in [
            (Some("+15550100199"), "(555) 010-0199", Some("tel:+15550100199")),
            (None, "(555) 010-0199", Some("tel:5550100199")),
            (None, "+44 20 7946 0000", Some("tel:+442079460000")),
            (None, "555-0100 ext. 3", None),
            (None, "12", None),
            (Some("+1;phone-context=evil"), "x", None),
        ] {
            assert_eq!(tel(e164, number).as_deref(), href, "{number}");
        }
    }

    #[test]
    fn writes_mail_only_to_one_plain_address() {
        assert_eq!(mailto("ann.o'neill+x@example.org").as_deref(), Some("mailto:ann.o'neill+x@example.org"));
        for address in ["a@b?cc=c@d", "a,b@c", "no-address", "a@b c", "a%0Ab@c", "@x"] {
            assert_eq!(mailto(address), None, "{address}");
        }
    }
}
