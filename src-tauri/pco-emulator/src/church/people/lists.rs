//! Lists: a question about people, and the answer as it was when somebody last asked.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use super::rows::{Person, Share};
use crate::church::Church;
use crate::church::table::{Id, Text};
use crate::random::Random;

const LIST_STREAM: u64 = 18;

pub(crate) struct ListCategory {
    pub(crate) name: Text,
    pub(crate) created_at: Timestamp,
}

pub(crate) struct List {
    pub(crate) name: Text,
    pub(crate) description: Option<Text>,
    /// The name was made from the rules: nobody wrote one.
    pub(crate) auto_generated_name: bool,
    pub(crate) category: Option<Id>,
    pub(crate) campus: Option<Id>,
    pub(crate) rule: Rule,
    pub(crate) share: Share,
    pub(crate) starred: bool,
    /// When its people were last written to a list of Mailchimp; None for a list that never was.
    pub(crate) mailchimp_synced_at: Option<Timestamp>,
    pub(crate) auto_refresh: bool,
    pub(crate) created_by: Id,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) refreshed_at: Timestamp,
}

pub(crate) struct ListResult {
    pub(crate) list: Id,
    pub(crate) person: Id,
    pub(crate) created_at: Timestamp,
}

/// Whom a list asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Members,
    Volunteers,
    BirthdayThisMonth,
    ParentsOfSmallChildren,
    WithoutPhoneNumber,
    Youth,
    NewThisYear,
}

impl Rule {
    /// How the condition is written on the wire: class, comparison, settings, words.
    pub(crate) fn condition(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Members => ("Person", "is", "Member", "Membership is Member"),
            Self::Volunteers => ("Services::Team", "is_on", "any", "Is on any team"),
            Self::BirthdayThisMonth => ("Person", "in", "this_month", "Birthday is this month"),
            Self::ParentsOfSmallChildren => {
                ("Household", "has_child_under", "5", "Has a child under 5 in the household")
            }
            Self::WithoutPhoneNumber => ("PhoneNumber", "does_not_exist", "", "Has no phone number"),
            Self::Youth => ("Person", "between", "12,17", "Age is between 12 and 17"),
            Self::NewThisYear => ("Person", "since", "this_year", "Was created this year"),
        }
    }
}

/// Name, category, words, rule, who sees it, starred.
type Written = (&'static str, Option<&'static str>, Option<&'static str>, Rule, Share, bool);

const LISTS: &[Written] = &[
    ("Members", Some("Office"), Some("For the annual meeting"), Rule::Members, Share::Viewers, true),
    ("Everybody on a team", Some("Volunteers"), None, Rule::Volunteers, Share::Viewers, true),
    (
        "Birthdays this month",
        Some("Office"),
        Some("Cards go out on the first"),
        Rule::BirthdayThisMonth,
        Share::Viewers,
        false,
    ),
    (
        "Families with small children",
        Some("Children and youth"),
        None,
        Rule::ParentsOfSmallChildren,
        Share::Editors,
        false,
    ),
    (
        "No phone number",
        Some("Office"),
        Some("To ask for at the door"),
        Rule::WithoutPhoneNumber,
        Share::Editors,
        false,
    ),
    ("Youth", Some("Children and youth"), None, Rule::Youth, Share::Viewers, false),
    ("Was created this year", None, None, Rule::NewThisYear, Share::Managers, false),
];

impl Church {
    /// Lists that were last refreshed at some time in the last weeks, and are as old as that.
    pub(in crate::church) fn add_lists(&mut self) {
        let made = self.start_of_today() - (300 * 24).hours();
        for name in ["Office", "Volunteers", "Children and youth"] {
            let id = self.list_categories.next_id(33_102);
            self.list_categories.push(id, ListCategory { name: Cow::Borrowed(name), created_at: made });
        }
        let volunteers = self.volunteers();
        for (number, (name, category, description, rule, share, starred)) in (0..).zip(LISTS.iter().copied())
        {
            let mut random = Random::new(self.seed, LIST_STREAM, number);
            let category = category.and_then(|category| {
                self.list_categories.iter().find(|(_, row)| row.name == category).map(|(id, _)| id)
            });
            let id = self.lists.next_id(2_640_019);
            let refreshed_at = self.start_of_today() - random.between(1, 400).hours();
            let people = self.people_of(rule, &volunteers);
            let people = people.into_iter().filter(|person| self.people[*person].created_at < refreshed_at);
            for person in people.collect::<Vec<_>>() {
                self.add_list_result(id, person, refreshed_at);
            }
            let created_at = made + jiff::SignedDuration::from_hours(26 * i64::try_from(number).unwrap_or(0));
            self.lists.push(
                id,
                List {
                    name: Cow::Borrowed(name),
                    description: description.map(Cow::Borrowed),
                    auto_generated_name: category.is_none(),
                    category,
                    campus: None,
                    rule,
                    share,
                    starred,
                    mailchimp_synced_at: (rule == Rule::Members).then_some(refreshed_at),
                    auto_refresh: rule == Rule::BirthdayThisMonth,
                    created_by: self.staff,
                    created_at,
                    updated_at: refreshed_at,
                    refreshed_at,
                },
            );
        }
    }

    /// Asks a list's question again: those who still answer to it keep their place, others go and come.
    pub(crate) fn run_list(&mut self, list: Id) -> Option<Id> {
        let (rule, now) = (self.lists.get(list)?.rule, self.now());
        let people: BTreeSet<Id> = self.people_of(rule, &self.volunteers()).into_iter().collect();
        let known: BTreeSet<Id> = self
            .list_results
            .ids_owned_by(list, |row| row.list)
            .into_iter()
            .map(|result| self.list_results[result].person)
            .collect();
        self.list_results.retain(|_, row| row.list != list || people.contains(&row.person));
        for person in people.difference(&known) {
            self.list_results.add(ListResult { list, person: *person, created_at: now });
        }
        let row = self.lists.get_mut(list)?;
        row.refreshed_at = now;
        row.updated_at = now;
        Some(list)
    }

    fn add_list_result(&mut self, list: Id, person: Id, created_at: Timestamp) {
        let id = self.list_results.next_id(77_000_021);
        self.list_results.push(id, ListResult { list, person, created_at });
    }

    fn people_of(&self, rule: Rule, volunteers: &BTreeSet<Id>) -> Vec<Id> {
        let people = self.people.iter().filter(|(_, person)| person.active());
        people.filter(|(id, person)| self.answers(rule, *id, person, volunteers)).map(|(id, _)| id).collect()
    }

    fn answers(&self, rule: Rule, id: Id, person: &Person, volunteers: &BTreeSet<Id>) -> bool {
        match rule {
            Rule::Members => person.membership.as_deref() == Some("Member"),
            Rule::Volunteers => volunteers.contains(&id),
            Rule::BirthdayThisMonth => person.birthdate.is_some_and(|day| day.month() == self.today.month()),
            Rule::ParentsOfSmallChildren => {
                !person.child && person.households.iter().any(|household| self.has_small_child(*household))
            }
            Rule::WithoutPhoneNumber => {
                !person.child && self.phone_numbers.ids_owned_by(id, |row| row.person).is_empty()
            }
            Rule::Youth => self.age(person).is_some_and(|age| (12..=17).contains(&age)),
            Rule::NewThisYear => person.created_at.to_zoned(self.zone.clone()).year() == self.today.year(),
        }
    }

    fn has_small_child(&self, household: Id) -> bool {
        self.households[household]
            .people
            .iter()
            .any(|member| self.age(&self.people[*member]).is_some_and(|age| age < 5))
    }

    /// In whole years; None where the year of birth is not known.
    fn age(&self, person: &Person) -> Option<i16> {
        let birthdate = person.birthdate.filter(|day| day.year() > 1_885)?;
        let had_birthday = (birthdate.month(), birthdate.day()) <= (self.today.month(), self.today.day());
        Some(self.today.year() - birthdate.year() - i16::from(!had_birthday))
    }

    fn volunteers(&self) -> BTreeSet<Id> {
        self.assignments.iter().map(|(_, row)| row.person).collect()
    }
}
