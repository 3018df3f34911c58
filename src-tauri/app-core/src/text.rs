//! Folding of names and numbers, so that they are found as people type them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::markup;

/// Lower case, without accents, apostrophes, invisible marks and doubled spaces: `Seán Ó Dálaigh` → `sean o dalaigh`.
/// Dashes of all lengths are one, and digits of all scripts. Letters of other scripts keep their base form.
#[must_use]
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Before they are taken apart too: an accent that stands alone becomes a space and a mark.
    for character in text.chars().filter(|character| !is_apostrophe(*character)).nfkd() {
        match character {
            '.' | ',' => {}
            character
                if is_combining_mark(character) || is_apostrophe(character) || is_invisible(character) => {}
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
            'þ' | 'Þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            // Persian and Arabic keyboards differ in these, and habits in the last letter of a name.
            'ی' | 'ى' => folded.push('ي'),
            'ک' => folded.push('ك'),
            character if is_dash(character) => folded.push('-'),
            character if character.is_whitespace() || character.is_control() => {
                if !folded.ends_with(' ') && !folded.is_empty() {
                    folded.push(' ');
                }
            }
            character => match digit(character) {
                Some(digit) => folded.push(digit),
                None => folded.extend(character.to_lowercase().filter(|lower| !is_combining_mark(*lower))),
            },
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Apostrophes as they are typed, and letters that look like one: nobody types them alike.
fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '‛' | '`' | '´' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | '׳')
}

/// Marks of direction, joiners, soft hyphens, and the stroke that lengthens an Arabic word: pasted along, never typed.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Hyphens and dashes, minus and the Hebrew maqaf.
fn is_dash(character: char) -> bool {
    matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{5be}')
}

/// A decimal digit of any script in use for phone numbers, as an ASCII one. Full-width ones are that already when they are
/// decomposed.
fn digit(character: char) -> Option<char> {
    // The zeros of Arabic, Persian, N’Ko, and of the scripts of India, Thailand, Laos, Tibet, Myanmar and Cambodia. The
    // nine others follow each (Unicode, general category Nd).
    const ZEROS: [u32; 18] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
        0xf20, 0x1040, 0x1090, 0x17e0,
    ];
    if character.is_ascii() {
        return Some(character).filter(char::is_ascii_digit);
    }
    let code = u32::from(character);
    let value = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// The digits of a phone number in any format and script: `(555) 010-0199` → `5550100199`.
#[must_use]
pub(crate) fn digits(text: &str) -> String {
    text.nfkd().filter_map(digit).collect()
}

/// The digits of a number without what only some callers dial before it: the nought of one's own country and the two of
/// another's. So it is found however it is kept. The first digits of a number may be all there are yet, and stay.
fn dialled(number: &str) -> String {
    const SHORTEST: usize = 7;
    let all = digits(&number.replace("(0)", ""));
    if all.len() < SHORTEST { all } else { all.trim_start_matches('0').to_owned() }
}

/// The folded words of a search, each to be found on its own; a phone number in any format becomes one word of digits.
#[must_use]
pub(crate) fn search_words(search: &str) -> Vec<String> {
    let folded = fold(search);
    let number = dialled(&folded);
    // A stroke between fewer digits is that of `24/7`.
    let separators = if number.len() < 6 { " ()+-" } else { " ()+-/" };
    let is_separator = |character| separators.contains(character);
    if !number.is_empty()
        && folded.chars().all(|character| character.is_ascii_digit() || is_separator(character))
    {
        return vec![number];
    }
    folded.split(' ').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
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

/// Like [`join_words`]; of many only the first ones by name.
pub(crate) fn join_some(words: &[String]) -> String {
    const MOST: usize = 5;
    match words {
        few if few.len() <= MOST => join_words(few),
        many => {
            let (named, others) = many.split_at(MOST - 1);
            format!("{} and {} others", named.join(", "), others.len())
        }
    }
}

/// A number that is the same for the same text on every computer and in every version, and hardly ever for another text
/// (FNV-1a).
pub(crate) fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// `12000` → `12,000`.
pub(crate) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_many_words_only_the_first_are_told() {
        let words = |count: u32| (1..=count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(join_some(&words(5)), "1, 2, 3, 4 and 5");
        assert_eq!(join_some(&words(6)), "1, 2, 3, 4 and 2 others");
    }

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
            ("ΠΑΥΛΟΣ Παύλος", "παυλοσ παυλοσ"),
            ("Kaʻahumanu O´Neill", "kaahumanu oneill"),
            ("Anne–Marie Ben־David", "anne-marie ben-david"),
            ("\u{202a}Soft\u{ad}hyphen\u{202c}", "softhyphen"),
            ("محـــمد", "محمد"),
            ("علی رضا\u{200c}یی", "علي رضايي"),
            ("١٢ Psalm १००", "12 psalm 100"),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }

    #[test]
    fn reads_phone_numbers_in_any_format() {
        for typed in ["0199", "(555) 010-0199", "555.010.0199", "+1 555 010 0199"] {
            assert!("15550100199".ends_with(&search_words(typed).concat()), "{typed}");
        }
        for typed in [
            "(555) 010-0199\t",
            "555–010–0199",
            "555\u{202f}010\u{2009}0199",
            "\u{202a}+1 (555) 010‑0199\u{202c}",
            "（５５５）０１０−０１９９",
            "٥٥٥ ٠١٠ ٠١٩٩",
            "۵۵۵۰۱۰۰۱۹۹",
            "५५५-०१०-०१९९",
            "555/0100199",
        ] {
            let words = search_words(typed);
            assert!(words.len() == 1 && "15550100199".ends_with(&words[0]), "{typed}: {words:?}");
        }
        for typed in
            ["020 7946 0000", "(020) 7946 0000", "0044 20 7946 0000", "+44 (0)20 7946 0000", "020 7946"]
        {
            assert!("442079460000".contains(&search_words(typed)[0]), "{typed}");
        }
        assert_eq!(search_words("0199"), ["0199"]);
        assert_eq!(digits("٠٥٠ ١٢٣ ٤٥٦٧"), "0501234567");
        assert_eq!(search_words("24/7"), ["24/7"]);
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

    #[test]
    fn large_numbers_are_easy_to_read() {
        assert_eq!([0, 152, 1000, 1_234_567].map(grouped), ["0", "152", "1,000", "1,234,567"]);
    }
}
