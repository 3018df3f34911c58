//! What tells that people came, went or grew older: `PersonMerger`, `BirthdayPeople`; and what other companies'
//! programs may not have, `BackgroundCheck`.

use jiff::ToSpan;
use jiff::civil::Date;

use super::person::PERSON;
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_one, filter, to_one};
use crate::jsonapi::value::canary;

pub(super) static PERSON_MERGER: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.person_mergers[id].created_at.into()).indexed(),
        attribute("person_to_keep_id", |church, id| church.person_mergers[id].person_to_keep.into())
            .queried(),
        attribute("person_to_remove_id", |church, id| church.person_mergers[id].person_to_remove.into())
            .queried(),
    ],
    relationships: &[
        to_one("person_to_keep", "Person", |church, id| vec![church.person_mergers[id].person_to_keep]),
        to_one("person_to_remove", "Person", |church, id| vec![church.person_mergers[id].person_to_remove]),
    ],
    ..Resource::new("PersonMerger", |_, id| format!("/people/v2/person_mergers/{id}"))
};

/// Has no attributes of its own; its number is the person's.
pub(super) static BIRTHDAY_PEOPLE: Resource =
    Resource::new("BirthdayPeople", |_, id| format!("/people/v2/birthday_people/{id}"));

const MOST_BIRTHDAYS: usize = 15;
const DAYS_AHEAD: i32 = 30;

/// The first fifteen who have a birthday in the next thirty days, the nearest first.
pub(super) fn birthday_people(church: &Church) -> Vec<Id> {
    let people = church.people.iter().filter(|(_, person)| person.active());
    let mut near: Vec<(i32, Id)> = people
        .filter_map(|(id, person)| Some((days_until(person.birthdate?, church.today)?, id)))
        .filter(|(days, _)| *days <= DAYS_AHEAD)
        .collect();
    near.sort_unstable();
    near.into_iter().take(MOST_BIRTHDAYS).map(|(_, id)| id).collect()
}

/// Days from today to the next time that day comes; 29 February is kept on the 28th where there is none.
fn days_until(birthdate: Date, today: Date) -> Option<i32> {
    let this_year = birthdate.checked_add((today.year() - birthdate.year()).years()).ok()?;
    let next = if this_year < today { this_year.checked_add(1.year()).ok()? } else { this_year };
    Some((next - today).get_days())
}

/// One for everybody who works with children; its number is the person's.
pub(super) static BACKGROUND_CHECK: Resource = Resource {
    attributes: &[
        attribute("completed_at", |_, id| canary("background_check-completed_at", id)).forbidden(),
        attribute("current", |_, id| canary("background_check-current", id)).forbidden(),
        attribute("expires_on", |_, id| canary("background_check-expires_on", id)).forbidden(),
        attribute("note", |_, id| canary("background_check-note", id)).forbidden(),
        attribute("report_url", |_, id| canary("background_check-report_url", id)).forbidden(),
        attribute("status", |_, id| canary("background_check-status", id)).forbidden(),
        attribute("status_updated_at", |_, id| canary("background_check-status_updated_at", id)).forbidden(),
    ],
    relationships: &[to_one("person", "Person", |_, id| vec![id])],
    edges: &[edge_to_one("person", &PERSON, |_, id| vec![id])],
    includes: &["person"],
    person: |_, id| Some(id),
    ..Resource::new("BackgroundCheck", |_, id| format!("/people/v2/background_checks/{id}"))
};

/// Every check here is complete, clear, and good for some time still: this is all that a filter gives away of it.
pub(super) const CHECK_FILTERS: &[Filter] = &[
    filter("awaiting_applicant", |_, _, _| false),
    filter("canceled", |_, _, _| false),
    filter("complete_clear", |_, _, _| true),
    filter("complete_not_clear", |_, _, _| false),
    filter("current", |_, _, _| true),
    filter("expired", |_, _, _| false),
    filter("expired_invitation", |_, _, _| false),
    filter("needs_review", |_, _, _| false),
    filter("not_expired", |_, _, _| true),
    filter("report_processing", |_, _, _| false),
];

/// Those who are checked: whoever serves on a team for children.
pub(super) fn checked_people(church: &Church) -> Vec<Id> {
    let with_children =
        |position: Id| church.teams[church.team_positions[position].team].name.contains("Kids");
    let assignments = church.assignments.iter().filter(|(_, row)| with_children(row.team_position));
    let mut people: Vec<Id> = assignments.map(|(_, row)| row.person).collect();
    people.sort_unstable();
    people.dedup();
    people
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::days_until;

    #[test]
    fn a_birthday_is_today_or_still_to_come() {
        let today = date(2026, 11, 20);
        assert_eq!(days_until(date(1982, 11, 20), today), Some(0));
        assert_eq!(days_until(date(1885, 12, 1), today), Some(11));
        assert_eq!(days_until(date(2015, 11, 19), today), Some(364));
        assert_eq!(days_until(date(2004, 2, 29), date(2026, 2, 1)), Some(27));
    }
}
