//! What every screen shares: how complete an answer is, how old it is, and how a person's face is drawn.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::text::fingerprint;

/// How much of what Planning Center holds an answer contains. A failure never shrinks a list: it only changes this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Coverage {
    /// Everything was read and the count agreed.
    Complete,
    /// Some of it is here; `total` is Planning Center's own count where it told one.
    Partial {
        /// Records on this computer.
        loaded: u32,
        /// Records Planning Center says there are.
        total: Option<u32>,
        /// Why the rest is missing, as a sentence.
        reason: String,
    },
    /// Nothing has been read yet.
    NotLoaded,
    /// The person's rights in Planning Center do not reach this.
    NoRight {
        /// The right that is missing, in Planning Center's words.
        right: String,
        /// Whom to ask, as a sentence.
        hint: String,
    },
}

/// When an answer's data was last agreed with Planning Center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AsOf {
    /// The instant, RFC 3339 in UTC.
    pub instant: String,
    /// The same in the church's zone, short: `07:12` today, `Sat 22:14` this week, `14 Nov 22:14` before.
    pub label: String,
}

/// The circle that stands for a person where there is no photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Face {
    /// One or two letters.
    pub initials: String,
    /// Which of the seven quiet tints, 0 to 6, chosen from the person's id.
    pub tint: u8,
    /// Address of the photo in the program's own `avatar:` scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub photo: Option<String>,
}

/// How a scheduled person answered. Each kind has its own shape, word and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StatusKind {
    /// `C` in Planning Center.
    Confirmed,
    /// `U`: asked, and has not answered yet.
    Waiting,
    /// `D`.
    Declined,
    /// Listed on the plan, but the request has not been sent yet.
    NotSent,
    /// A status this version does not know; shown as Planning Center words it.
    Other,
}

/// A status with the words that stand beside its shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// Chooses shape and colour.
    pub kind: StatusKind,
    /// Short words for a pill: `Confirmed`, `Silent 4 days`, `Declined`.
    pub label: String,
    /// A longer remark, such as the reason for declining.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub remark: Option<String>,
}

/// How many people of a plan stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusCounts {
    /// People and positions confirmed.
    pub confirmed: u32,
    /// Not answered yet, including requests that were not sent.
    pub waiting: u32,
    /// Declined.
    pub declined: u32,
    /// Open places, summed over needed positions.
    pub needed: u32,
}

/// The scripts whose letters join: Arabic with its supplements, Syriac, N'Ko.
const CURSIVE: [RangeInclusive<char>; 3] =
    ['\u{600}'..='\u{7ff}', '\u{860}'..='\u{8ff}', '\u{fb50}'..='\u{feff}'];

impl Face {
    /// The circle of a person with this id and name.
    #[must_use]
    pub fn new(id: &str, name: &str) -> Self {
        let words: Vec<&str> =
            name.split_whitespace().filter(|word| word.starts_with(char::is_alphanumeric)).collect();
        let initials = match words.as_slice() {
            [] => "?".to_owned(),
            [only] => first_letter(only),
            [first, .., last] => unjoined(&first_letter(first), &first_letter(last)),
        };
        let tint = u8::try_from(fingerprint(id) % 7).unwrap_or_default();
        Self { initials, tint, photo: None }
    }
}

/// Two initials side by side. Letters of a cursive script would join into what looks like a word, or like another
/// letter: a zero-width non-joiner keeps them apart (Unicode, "Cursive Joining").
fn unjoined(first: &str, last: &str) -> String {
    let joins =
        |letters: &str| letters.chars().any(|letter| CURSIVE.iter().any(|script| script.contains(&letter)));
    let between = if joins(first) && joins(last) { "\u{200c}" } else { "" };
    format!("{first}{between}{last}")
}

fn first_letter(word: &str) -> String {
    word.chars().take(1).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_initials_of_many_kinds_of_names() {
        for (name, initials) in [
            ("Daniel Kim", "DK"),
            ("Noor Al-Hashimi", "NA"),
            ("Seán Ó Dálaigh", "SD"),
            ("Madonna", "M"),
            ("Ji-woo “Jay” Kim", "JK"),
            ("王小明", "王"),
            ("محمد علي", "م\u{200c}ع"),
            ("דוד לוי", "דל"),
            ("محمد Lee", "مL"),
            ("", "?"),
            ("(unknown)", "?"),
        ] {
            assert_eq!(Face::new("1", name).initials, initials, "{name}");
        }
    }

    #[test]
    fn keeps_a_persons_tint_within_the_seven() {
        assert!((0..1000).all(|id| Face::new(&id.to_string(), "A").tint < 7));
        assert_eq!(Face::new("12345", "A").tint, Face::new("12345", "B").tint);
    }
}
