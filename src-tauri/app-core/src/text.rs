//! Folding of names and numbers, so that they are found as people type them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::markup;

/// Lower case, without accents, apostrophes and doubled spaces: `Seán Ó Dálaigh` → `sean o dalaigh`.
/// Letters of other scripts keep their base form.
#[must_use]
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)) {
        match character {
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '.' | ',' => {}
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
            'þ' | 'Þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            character if character.is_whitespace() || character.is_control() => {
                if !folded.ends_with(' ') && !folded.is_empty() {
                    folded.push(' ');
                }
            }
            character => folded.extend(character.to_lowercase().filter(|lower| !is_combining_mark(*lower))),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The digits of a phone number in any format, full-width ones included: `(555) 010-0199` → `5550100199`.
#[must_use]
pub(crate) fn digits(text: &str) -> String {
    text.nfkd()
        .filter_map(|character| character.to_digit(10))
        .filter_map(|digit| char::from_digit(digit, 10))
        .collect()
}

/// The folded words of a search, each to be found on its own; a phone number in any format becomes one word of digits.
#[must_use]
pub(crate) fn search_words(search: &str) -> Vec<String> {
    let looks_like_phone = search.chars().any(|character| character.is_ascii_digit())
        && search
            .chars()
            .all(|character| character.is_ascii_digit() || " ()+-./\u{a0}\u{2011}".contains(character));
    if looks_like_phone {
        return vec![digits(search)];
    }
    fold(search).split(' ').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// Free text as paragraphs: blank lines and line ends separate, surrounding space is dropped. Notes that were written with
/// formatting arrive as HTML; of that the words stay.
#[must_use]
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let text = markup::without_markup(text);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub(crate) fn join_words(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A number that is the same for the same text on every computer and in every version, and hardly ever for another text
/// (FNV-1a).
pub(crate) fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_names_of_many_origins() {
        for (name, folded) in [
            ("Seán Ó Dálaigh", "sean o dalaigh"),
            ("Tomás O’Neill", "tomas oneill"),
            ("Zoë  Lindqvist ", "zoe lindqvist"),
            ("Łukasz Żółć", "lukasz zołc".replace('ł', "l").as_str()),
            ("Jürgen Weiß", "jurgen weiss"),
            ("Søren Kjær", "soren kjaer"),
            ("İbrahim Işık", "ibrahim isik"),
            ("김하나", "김하나".nfkd().collect::<String>().as_str()),
            ("王小明", "王小明"),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }

    #[test]
    fn reads_phone_numbers_in_any_format() {
        for typed in ["0199", "(555) 010-0199", "555.010.0199", "+1 555 010 0199"] {
            assert!("15550100199".ends_with(&search_words(typed).concat()), "{typed}");
        }
        assert_eq!(search_words("Psalm 100"), ["psalm", "100"]);
        assert!(search_words("   ").is_empty());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,40}") {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_folded_name_holds_no_line_end(name in "(?s).{0,40}") {
            prop_assert!(!fold(&name).contains(['\n', '\r', '\t']));
        }
    }
}
