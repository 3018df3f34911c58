//! The searches for people: `where` names that look at several attributes at once.

use crate::church::Church;
use crate::church::people::rows::PhoneNumber;
use crate::church::table::Id;
use crate::jsonapi::resource::{Condition, condition, counted, id_condition};
use crate::jsonapi::view::View;

pub(super) const PERSON_CONDITIONS: &[Condition] = &[
    id_condition(),
    condition("primary_campus_id", |church, id, wanted| {
        church.people[id].campus.is_some_and(|campus| campus.to_string() == wanted)
    }),
    condition("search_name", name_matches),
    condition("search_name_or_email", |church, id, wanted| {
        name_matches(church, id, wanted) || email_matches(church, id, wanted)
    }),
    condition("search_name_or_email_or_phone_number", |church, id, wanted| {
        name_matches(church, id, wanted)
            || email_matches(church, id, wanted)
            || matching_phone_numbers(church, id, wanted) > 0
    }),
    // A person is listed once for each number that matches, however alike the numbers are.
    counted("search_phone_number", matching_phone_numbers),
    condition("search_phone_number_e164", |church, id, wanted| {
        numbers_of(church, id).any(|number| number.e164().is_some_and(|number| number == wanted.trim()))
    }),
];

/// Every word of the search begins a word of one of the person's names.
fn name_matches(church: &View<'_>, id: Id, wanted: &str) -> bool {
    let person = &church.people[id];
    let names = [
        Some(&person.first_name),
        person.given_name.as_ref(),
        person.nickname.as_ref(),
        Some(&person.last_name),
    ];
    let names = names.into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>().join(" ");
    let mut wanted = wanted.split_whitespace().map(str::to_lowercase).peekable();
    wanted.peek().is_some()
        && wanted.all(|part| names.starts_with(&part) || names.contains(&format!(" {part}")))
}

fn email_matches(church: &View<'_>, id: Id, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let emails = church.emails.ids_owned_by(id, |row| row.person);
    !wanted.is_empty()
        && emails.into_iter().any(|email| church.emails[email].address.to_lowercase().starts_with(&wanted))
}

/// How many of a person's numbers are found. Fragments in any format find a number.
fn matching_phone_numbers(church: &View<'_>, id: Id, wanted: &str) -> usize {
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let letters = wanted.chars().any(char::is_alphabetic);
    if letters || digits.len() < 3 {
        return 0;
    }
    numbers_of(church, id).filter(|number| number.digits().contains(&digits)).count()
}

fn numbers_of(church: &Church, person: Id) -> impl Iterator<Item = &PhoneNumber> {
    let numbers = church.phone_numbers.ids_owned_by(person, |row| row.person);
    numbers.into_iter().map(|number| &church.phone_numbers[number])
}
