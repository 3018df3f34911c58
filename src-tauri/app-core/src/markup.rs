//! Notes that were written with formatting arrive as HTML. They are shown as text, so only their words are kept.

/// Tags that end a line.
const BLOCKS: [&str; 12] = ["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "blockquote"];
/// Tags within a line.
const INLINE: [&str; 12] = ["b", "strong", "i", "em", "u", "s", "span", "a", "font", "sub", "sup", "code"];
/// Tags whose content is not meant to be read.
const UNREAD: [&str; 2] = ["script", "style"];

/// Takes the tags away that an editor writes, and reads its character references. Anything else that merely looks like
/// markup (`a < b`, `<3`, `Tom & Ann`) stays as it is. What comes out is text, to be shown as text.
pub(crate) fn without_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, after)) = tag(rest) {
            if BLOCKS.contains(&name.as_str()) {
                plain.push('\n');
            }
            rest = if UNREAD.contains(&name.as_str()) { after_closing(&name, after) } else { after };
        } else if let Some((character, after)) = reference(rest) {
            plain.push(character);
            rest = after;
        } else {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain + rest
}

/// The known tag at the start of `text`, and what stands behind it.
fn tag(text: &str) -> Option<(String, &str)> {
    let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let end = inside.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let name = inside[..end].to_ascii_lowercase();
    let is_known = [&BLOCKS[..], &INLINE[..], &UNREAD[..]].iter().any(|known| known.contains(&name.as_str()));
    is_known.then_some((name, after))
}

/// What stands behind the closing tag; nothing when there is none.
fn after_closing<'a>(name: &str, text: &'a str) -> &'a str {
    let closing = format!("</{name}>");
    text.to_ascii_lowercase().find(&closing).map_or("", |at| &text[at + closing.len()..])
}

/// The character reference at the start of `text`, and what stands behind it.
fn reference(text: &str) -> Option<(char, &str)> {
    let (name, after) = text.strip_prefix('&')?.split_once(';')?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| !character.is_control())?
        }
    };
    Some((character, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::without_markup;

    #[test]
    fn the_words_of_a_formatted_note_stay() {
        for (note, words) in [
            ("Drums count in <b>four</b>, bass &amp; keys wait", "Drums count in four, bass & keys wait"),
            ("<p>One</p><p>Two<br/>Three</p>", "\nOne\n\nTwo\nThree\n"),
            ("<a href=\"https://x.example\">here</a>", "here"),
            ("<STRONG class='x'>Loud</STRONG>", "Loud"),
            ("caf&#233;&#xe9;&nbsp;&quot;x&quot;", "caféé\u{a0}\"x\""),
            ("a<script>alert(1)</script>b<style>p{}</style>", "ab"),
            ("a<script>never closed", "a"),
        ] {
            assert_eq!(without_markup(note), words, "{note}");
        }
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        for text in [
            "a < b > c",
            "<3 you all",
            "Tom & Ann; Jo",
            "R&D",
            "&bogus; &#0; &#x110000;",
            "<unknown>",
            "<",
            "&",
            "",
        ] {
            assert_eq!(without_markup(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_none_grows(text in "(?s)[<>&;#a-z/ é\\n]{0,60}") {
            prop_assert!(without_markup(&text).len() <= text.len());
        }

        #[test]
        fn text_without_its_signs_is_left_alone(text in "[^<&]{0,60}") {
            prop_assert_eq!(without_markup(&text), text);
        }
    }
}
