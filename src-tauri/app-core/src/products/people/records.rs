//! What is kept of People. Nothing that no screen shows is asked for or kept.

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
    /// When Planning Center got to know of the person.
    #[serde(default)]
    pub(crate) created_at: Option<Timestamp>,
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
        let mut text = fold(&self.name);
        for name in
            [Some(&self.first_name), Some(&self.last_name), self.nickname.as_ref()].into_iter().flatten()
        {
            let name = fold(name);
            if !name.is_empty() && !text.contains(&name) {
                text.push(' ');
                text.push_str(&name);
            }
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

impl Record for Household {
    const KIND: &'static str = "household";

    fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::SearchIndex;
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
            emails: vec![Email { address: "Daniel.Kim@example.org".into(), ..Email::default() }],
            ..Person::default()
        }
    }

    #[test]
    fn is_found_by_everything_a_front_desk_types() {
        let mut index = SearchIndex::default();
        index.push("1", &person().search_text().unwrap());
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
        ] {
            assert_eq!(index.find(&search_words(typed), 0, 9).total, 1, "{typed}");
        }
        assert_eq!(index.find(&search_words("0198"), 0, 9).total, 0);
    }

    #[test]
    fn is_ordered_by_last_name() {
        assert_eq!(person().sort(), "kim daniel");
    }
}
