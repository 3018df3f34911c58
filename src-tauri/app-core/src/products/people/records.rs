//! What is kept of People. Nothing that no screen shows is asked for or kept.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::store::Record;
use crate::text::{digits, fold};

/// A person and the ways to reach them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) nickname: Option<String>,
    pub(crate) membership: Option<String>,
    pub(crate) campus: Option<String>,
    pub(crate) child: bool,
    pub(crate) inactive: bool,
    pub(crate) birthdate: Option<Date>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) emails: Vec<Email>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) household_ids: Vec<String>,
    /// What those households are called, by id, as far as it is known: the person is found by it.
    #[serde(default)]
    pub(crate) household_names: BTreeMap<String, String>,
    /// Where Planning Center keeps their photo; none where it would draw initials.
    #[serde(default)]
    pub(crate) photo: Option<String>,
    /// When Planning Center got to know of the person.
    #[serde(default)]
    pub(crate) created_at: Option<Timestamp>,
    /// What was told last could not be read: the rest is of before, or missing.
    #[serde(default)]
    pub(crate) is_unread: bool,
}

/// A phone number as the church typed it, and in E.164 where Planning Center could tell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Phone {
    pub(crate) number: String,
    pub(crate) e164: Option<String>,
    pub(crate) label: String,
    pub(crate) primary: bool,
}

/// An e-mail address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Email {
    pub(crate) address: String,
    pub(crate) label: String,
    pub(crate) primary: bool,
}

/// A postal address, line by line.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) lines: Vec<String>,
    pub(crate) label: String,
    pub(crate) primary: bool,
}

/// A household and the ids of everybody in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Household {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) person_ids: Vec<String>,
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn id(&self) -> &str {
        &self.id
    }

    /// By last name, then first name, as a directory is ordered.
    fn sort(&self) -> String {
        fold(&format!("{} {}", self.last_name, self.first_name))
    }

    fn search_text(&self) -> Option<String> {
        let mut text = self.sort();
        for name in [Some(&self.name), self.nickname.as_ref()]
            .into_iter()
            .flatten()
            .chain(self.household_names.values())
        {
            add_words(&mut text, &fold(name));
        }
        for address in &self.emails {
            text.push('\t');
            text.push_str(&fold(&address.address));
        }
        for phone in &self.phones {
            let number = digits(&phone.number);
            // The international form finds a number typed with its country code.
            let international =
                phone.e164.as_deref().map(digits).filter(|international| international != &number);
            for form in [Some(number), international].into_iter().flatten() {
                text.push('\t');
                text.push_str(&form);
            }
        }
        Some(text)
    }
}

/// Adds the words that `text` does not hold as words.
fn add_words(text: &mut String, words: &str) {
    for word in words.split(' ') {
        if !text.split([' ', '\t']).any(|known| known == word) {
            text.push('\t');
            text.push_str(word);
        }
    }
}

impl Record for Household {
    const KIND: &'static str = "household";

    fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{RowId, SearchIndex};
    use crate::text::search_words;

    fn person() -> Person {
        Person {
            id: "1".into(),
            name: "Daniel Kim".into(),
            first_name: "Daniel".into(),
            last_name: "Kim".into(),
            nickname: Some("Dănuț".into()),
            phones: vec![Phone {
                number: "(555) 010-0199".into(),
                e164: Some("+15550100199".into()),
                ..Phone::default()
            }],
            household_names: BTreeMap::from([("7".into(), "Kim-Håkansson Household".into())]),
            emails: vec![Email { address: "Daniel.Kim@example.org".into(), ..Email::default() }],
            ..Person::default()
        }
    }

    fn index_of(person: &Person) -> SearchIndex {
        let mut index = SearchIndex::default();
        index.push(RowId(1), person.search_text().unwrap().as_bytes(), b"");
        index
    }

    #[test]
    fn is_found_by_everything_a_front_desk_types() {
        let index = index_of(&person());
        for typed in [
            "dan",
            "Kim Daniel",
            "danut",
            "KIM",
            "0199",
            "(555) 010-0199",
            "+1 555 010 0199",
            "daniel.kim@",
            "@example.org",
            "hakan",
            "kim household",
        ] {
            assert_eq!(index.find(&search_words(typed), 0, 9).total, 1, "{typed}");
        }
        assert_eq!(index.find(&search_words("0198"), 0, 9).total, 0);
    }

    /// Letters that fold in every way there is: accents, ligatures, joined syllables, right to left, marks of their own.
    const NAME: &str =
        "[a-zA-ZÀ-ÿĀ-žßœøłŁİı한글가-힣一-龥ぁ-んァ-ヶا-يא-ת\u{300}-\u{36f}\u{591}-\u{5c7}’ -]{1,16}";

    proptest! {
        #[test]
        fn every_part_of_a_name_finds_the_person(
            first_name in NAME,
            last_name in NAME,
            middle in NAME,
            from in 0_usize..48,
            length in 1_usize..12,
        ) {
            let name = format!("{first_name} {middle} {last_name}");
            let person = Person { name: name.clone(), first_name, last_name, ..Person::default() };
            let index = index_of(&person);
            let typed: String = name.chars().skip(from).take(length).collect();
            prop_assert_eq!(index.find(&search_words(&typed), 0, 9).total, 1, "{}", typed);
            let folded: String = fold(&name).chars().skip(from).take(length).collect();
            prop_assert_eq!(index.find(&search_words(&folded), 0, 9).total, 1, "{}", folded);
        }
    }

    #[test]
    fn is_ordered_by_last_name() {
        assert_eq!(person().sort(), "kim daniel");
    }
}
