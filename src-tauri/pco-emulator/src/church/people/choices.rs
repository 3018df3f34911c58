//! The values the church offers where a person is described by choosing: marital status, prefix, school and so on.

use std::borrow::Cow;

use super::rows::{Choice, SchoolOption};
use crate::church::Church;
use crate::church::table::{Id, Table};

const MARITAL_STATUSES: &[&str] = &["Single", "Engaged", "Married", "Separated", "Divorced", "Widowed"];
const NAME_PREFIXES: &[&str] = &["Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Rev."];
const NAME_SUFFIXES: &[&str] = &["Jr.", "Sr.", "II", "III", "Ph.D.", "M.D."];
const INACTIVE_REASONS: &[&str] =
    &["Moved away", "Attends another church", "Asked to be removed", "No contact", "Deceased"];
const MEMBERSHIP_TYPES: &[&str] = &["Member", "Regular Attender", "Visitor", "Former Member"];

/// Name, first and last grade, types.
type School = (&'static str, i64, i64, &'static [&'static str]);

const SCHOOLS: &[School] = &[
    ("Marlow Bay Elementary School", -1, 5, &["elementary"]),
    ("Easterly Elementary School", -1, 5, &["elementary"]),
    ("Little Harbor Middle School", 6, 8, &["middle"]),
    ("Marlow Bay High School", 9, 12, &["high"]),
    ("Taught at home", -1, 12, &["elementary", "middle", "high"]),
];

impl Church {
    pub(in crate::church) fn add_choices(&mut self) {
        add(&mut self.marital_statuses, 1_510_021, MARITAL_STATUSES);
        add(&mut self.name_prefixes, 1_620_007, NAME_PREFIXES);
        add(&mut self.name_suffixes, 1_630_009, NAME_SUFFIXES);
        add(&mut self.inactive_reasons, 1_740_013, INACTIVE_REASONS);
        add(&mut self.membership_types, 1_850_003, MEMBERSHIP_TYPES);
        for (name, beginning_grade, ending_grade, school_types) in SCHOOLS.iter().copied() {
            let id = self.school_options.next_id(1_960_031);
            let value = Cow::Borrowed(name);
            self.school_options.push(id, SchoolOption { value, beginning_grade, ending_grade, school_types });
        }
    }

    /// The school a child of some grade goes to; two in three of the small ones to the first.
    pub(super) fn school_for(&self, grade: i64, lot: u64) -> Option<Id> {
        let fitting: Vec<Id> = self
            .school_options
            .iter()
            .filter(|(_, school)| (school.beginning_grade..=school.ending_grade).contains(&grade))
            .map(|(id, _)| id)
            .collect();
        let place = match lot {
            0..60 => 0,
            60..90 => fitting.len().saturating_sub(2),
            _ => fitting.len().saturating_sub(1),
        };
        fitting.get(place).copied()
    }
}

/// The choice of that name.
pub(super) fn choice(table: &Table<Choice>, value: &str) -> Option<Id> {
    table.iter().find(|(_, choice)| choice.value == value).map(|(id, _)| id)
}

fn add(table: &mut Table<Choice>, first: Id, values: &[&'static str]) {
    for value in values.iter().copied() {
        let id = table.next_id(first);
        table.push(id, Choice { value: Cow::Borrowed(value) });
    }
}
