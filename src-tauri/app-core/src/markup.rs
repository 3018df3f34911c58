//! Notes that were written with formatting arrive as HTML. They are shown as text, so only their words are kept.

/// Tags that end a line.
const BLOCKS: [&str; 12] = ["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "blockquote"];
/// Tags within a line.
const INLINE: [&str; 12] = ["b", "strong", "i", "em", "u", "s", "span", "a", "font", "sub", "sup", "code"];
/// Tags whose content is not meant to be read.
const UNREAD: [&str; 2] = ["script", "style"];

/// Room for `&#x0010FFFF;`.
const LONGEST_REFERENCE: usize = 12;

/// Takes the tags away that an editor writes, and reads its character references. Anything else that merely looks like
/// markup (`a < b`, `<3`, `Tom & Ann`) stays as it is. What comes out is text, to be shown as text.
#[must_use]
pub fn without_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    // Behind the last `>` no tag ends. Looking for one there from each `<` would take a long note for ever.
    let behind_tags = text.len() - text.rfind('>').map_or(0, |last| last + 1);
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.len() > behind_tags
            && let Some((kind, name)) = tag(rest)
            && let Some((_, after)) = rest.split_once('>')
        {
            if BLOCKS.contains(&name) {
                plain.push('\n');
            }
            let is_unread = kind == Kind::Opening && UNREAD.contains(&name);
            rest = if is_unread { after_closing(name, after) } else { after };
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

#[derive(PartialEq)]
enum Kind {
    Opening,
    Closing,
}

/// The known tag that begins at the start of `text`.
fn tag(text: &str) -> Option<(Kind, &'static str)> {
    let inside = text.strip_prefix('<')?;
    let (kind, inside) =
        inside.strip_prefix('/').map_or((Kind::Opening, inside), |inside| (Kind::Closing, inside));
    let name = &inside[..inside.find(|character: char| !character.is_ascii_alphanumeric())?];
    let known = [&BLOCKS[..], &INLINE[..], &UNREAD[..]].into_iter().flatten();
    known.copied().find(|known| known.eq_ignore_ascii_case(name)).map(|name| (kind, name))
}

/// What stands behind the closing tag; nothing when there is none.
fn after_closing<'a>(name: &'static str, text: &'a str) -> &'a str {
    text.match_indices("</")
        .map(|(at, _)| &text[at..])
        .find(|rest| tag(rest) == Some((Kind::Closing, name)))
        .and_then(|closing| closing.split_once('>'))
        .map_or("", |(_, after)| after)
}

/// The character reference at the start of `text`, and what stands behind it.
fn reference(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('&')?;
    let end = text.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';')?;
    let (name, after) = (&text[..end], &text[end + 1..]);
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
            ("a<script>if (x</b>y) {}</SCRIPT\n>b", "ab"),
            ("a</script>b</style>c", "abc"),
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

    /// A megabyte of signs that each begin something which never ends: a reader that looks for the end from each of
    /// them is at it for minutes.
    #[test]
    fn a_long_note_is_read_in_one_go() {
        for piece in ["<", "&", "<b", "<script></script>"] {
            let note = piece.repeat(1024 * 1024 / piece.len());
            assert!(without_markup(&note).len() <= note.len(), "{piece}");
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
