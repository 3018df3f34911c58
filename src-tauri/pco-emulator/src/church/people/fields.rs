//! The fields a church has added to a person's record, in tabs, and what people have in them.

use std::borrow::Cow;

use jiff::ToSpan;

use super::rows::{FieldDatum, FieldDefinition, FieldOption, Tab};
use super::{IMPORT, moment};
use crate::church::Church;
use crate::church::table::{Id, Text};
use crate::random::Random;

const FIELD_STREAM: u64 = 16;

/// One field as written by hand.
struct Field {
    name: &'static str,
    data_type: &'static str,
    options: &'static [&'static str],
    /// For whom it is filled in.
    whose: Whose,
    /// In how many of a hundred cases.
    chance: u64,
    deleted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Members,
    Adults,
    Children,
}

const fn field(name: &'static str, data_type: &'static str, whose: Whose, chance: u64) -> Field {
    Field { name, data_type, options: &[], whose, chance, deleted: false }
}

impl Field {
    const fn options(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }

    const fn deleted(mut self) -> Self {
        self.deleted = true;
        self
    }
}

const TABS: &[(&str, &[Field])] = &[
    (
        "Faith Journey",
        &[
            field("Baptism date", "date", Whose::Members, 55),
            field("Confirmed", "boolean", Whose::Members, 40),
            field("Newcomers’ lunch", "date", Whose::Adults, 20),
            field("How they found us", "select", Whose::Adults, 35).options(&[
                "A friend",
                "Walked past",
                "The website",
                "Christmas services",
                "Grew up here",
            ]),
        ],
    ),
    (
        "Serving",
        &[
            field("Skills", "checkboxes", Whose::Adults, 30).options(&[
                "Baking",
                "Carpentry",
                "First aid",
                "Driving the minibus",
                "Sound and lights",
                "Sign language",
            ]),
            field("T-shirt size", "select", Whose::Adults, 25).options(&["S", "M", "L", "XL"]),
            field("Safeguarding training", "date", Whose::Adults, 22),
            field("Signed covenant", "file", Whose::Members, 10),
            field("Hours a month", "number", Whose::Adults, 8),
        ],
    ),
    (
        "Children",
        &[
            field("Photos allowed", "boolean", Whose::Children, 85),
            field("May go home alone", "boolean", Whose::Children, 30),
            field("Picked up by", "text", Whose::Children, 25),
            field("Bus route", "string", Whose::Children, 20).deleted(),
        ],
    ),
];

impl Church {
    pub(in crate::church) fn add_fields(&mut self) {
        for (tab_name, fields) in TABS {
            let tab = self.tabs.next_id(94_021);
            let sequence = i64::try_from(self.tabs.len()).unwrap_or(0) + 1;
            self.tabs.push(tab, Tab { name: Cow::Borrowed(tab_name), slug: slug(tab_name), sequence });
            for (field, sequence) in fields.iter().zip(1..) {
                let id = self.field_definitions.next_id(331_007);
                let deleted_at = field.deleted.then(|| self.start_of_today() - (200 * 24).hours());
                self.field_definitions.push(
                    id,
                    FieldDefinition {
                        tab,
                        name: Cow::Borrowed(field.name),
                        slug: slug(field.name),
                        data_type: Cow::Borrowed(field.data_type),
                        config: None,
                        sequence,
                        deleted_at,
                    },
                );
                for (value, sequence) in field.options.iter().zip(1..) {
                    self.add_field_option(id, Cow::Borrowed(value), sequence);
                }
            }
        }
        self.fill_in_fields();
    }

    pub(crate) fn add_field_option(&mut self, field_definition: Id, value: Text, sequence: i64) -> Id {
        let id = self.field_options.next_id(701_003);
        self.field_options.push(id, FieldOption { field_definition, value, sequence });
        id
    }

    pub(crate) fn add_field_datum(&mut self, person: Id, field_definition: Id, value: Text) -> Id {
        let id = self.field_data.next_id(48_000_011);
        self.field_data.push(id, FieldDatum { person, field_definition, value });
        id
    }

    fn fill_in_fields(&mut self) {
        let fields: Vec<&Field> = TABS.iter().flat_map(|(_, fields)| fields.iter()).collect();
        let definitions: Vec<(Id, &Field)> = self.field_definitions.ids().into_iter().zip(fields).collect();
        for person in self.people.ids() {
            let mut random = Random::new(self.seed, FIELD_STREAM, person);
            let row = &self.people[person];
            let member = row.membership.as_deref() == Some("Member");
            let (child, active) = (row.child, row.active());
            for (definition, field) in &definitions {
                let concerned = match field.whose {
                    Whose::Members => member,
                    Whose::Adults => !child && active,
                    Whose::Children => child,
                };
                if concerned && random.chance(field.chance) {
                    for value in self.value(field, &mut random) {
                        self.add_field_datum(person, *definition, value);
                    }
                }
            }
        }
    }

    /// One value, or one for every box that is ticked.
    fn value(&self, field: &Field, random: &mut Random) -> Vec<Text> {
        let value = match field.data_type {
            "date" => {
                let first = moment(IMPORT).to_zoned(self.zone.clone()).date();
                let days = i64::from((self.today - first).get_days()).max(1);
                self.day(-random.between(1, days)).to_string()
            }
            "boolean" => (random.chance(80)).to_string(),
            "number" => random.between(2, 12).to_string(),
            "file" => "covenant.png".to_owned(),
            "checkboxes" => {
                let first = random.index(field.options.len());
                let second = random.index(field.options.len());
                let mut ticked = vec![Cow::Borrowed(field.options[first])];
                ticked.extend((first != second).then(|| Cow::Borrowed(field.options[second])));
                return ticked;
            }
            "text" => {
                return vec![Cow::Borrowed(random.pick(&[
                    "Grandmother",
                    "Either parent",
                    "Older brother or sister",
                ]))];
            }
            "string" => {
                return vec![Cow::Borrowed(random.pick(&["Harbor", "Station", "Mill"]))];
            }
            _ => return vec![Cow::Borrowed(random.pick(field.options))],
        };
        vec![Cow::Owned(value)]
    }
}

/// `baptism_date` for `Baptism date`.
pub(crate) fn slug(name: &str) -> Text {
    let mut slug = String::with_capacity(name.len());
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            ' ' | '-' | '_' if !slug.ends_with('_') => slug.push('_'),
            _ => {}
        }
    }
    Cow::Owned(slug)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_plain() {
        assert_eq!(slug("Newcomers’ lunch"), "newcomers_lunch");
        assert_eq!(slug("T-shirt  size"), "t_shirt_size");
    }
}
