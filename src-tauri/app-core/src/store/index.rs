//! Search: all names, addresses and phone numbers as one folded text block in memory, in name order.
//!
//! A substring scan of the whole block is faster than a full-text table and keeps the order of names.

use std::collections::BTreeSet;

use memchr::memmem::Finder;

/// Ends an entry. Folded text never holds it.
const END: u8 = b'\n';

/// The block: one entry a record, in name order.
#[derive(Debug, Default)]
pub struct SearchIndex {
    text: Vec<u8>,
    /// Where each entry begins in `text`.
    starts: Vec<u32>,
    ids: Vec<Box<str>>,
}

/// What a search found: ids, best first, and how many there are in all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found<'a> {
    /// The wanted stretch of ids.
    pub ids: Vec<&'a str>,
    /// How many match altogether.
    pub total: u32,
}

impl SearchIndex {
    /// Adds an entry after those before it in name order. `text` is folded and holds no line end.
    pub fn push(&mut self, id: &str, text: &str) {
        let Ok(start) = u32::try_from(self.text.len()) else {
            // 4 GiB of names: the rest stays out of the search rather than ending the program.
            return;
        };
        self.starts.push(start);
        self.ids.push(id.into());
        self.text.extend(text.bytes().filter(|byte| *byte != END));
        self.text.push(END);
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Entries that contain every one of the folded `words`: those in which each of them begins a word
    /// before the others, and otherwise in name order. No word finds everything.
    #[must_use]
    pub fn find(&self, words: &[String], offset: usize, limit: usize) -> Found<'_> {
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else {
            let ids = self.ids.iter().skip(offset).take(limit).map(AsRef::as_ref).collect();
            return Found { ids, total: count(self.ids.len()) };
        };
        let finder = Finder::new(longest.as_bytes());
        let mut beginnings = BTreeSet::new();
        let mut others = Vec::new();
        let mut from = 0;
        while let Some(hit) = self.text.get(from..).and_then(|rest| finder.find(rest)) {
            let entry = self.entry_at(from + hit);
            let text = self.entry(entry);
            if words.iter().all(|word| memchr::memmem::find(text, word.as_bytes()).is_some()) {
                if words.iter().all(|word| begins_a_word(text, word.as_bytes())) {
                    beginnings.insert(entry);
                } else {
                    others.push(entry);
                }
            }
            from = self.end_of(entry);
        }
        let total = beginnings.len() + others.len();
        let ids = beginnings
            .into_iter()
            .chain(others)
            .skip(offset)
            .take(limit)
            .filter_map(|entry| self.ids.get(entry).map(AsRef::as_ref))
            .collect();
        Found { ids, total: count(total) }
    }

    fn entry_at(&self, position: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= position).saturating_sub(1)
    }

    fn end_of(&self, entry: usize) -> usize {
        self.starts.get(entry + 1).map_or(self.text.len(), |start| *start as usize)
    }

    fn entry(&self, entry: usize) -> &[u8] {
        let start = self.starts.get(entry).map_or(0, |start| *start as usize);
        self.text.get(start..self.end_of(entry)).unwrap_or_default()
    }
}

fn begins_a_word(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find_iter(text, word).any(|position| {
        position == 0 || text.get(position - 1).is_some_and(|before| matches!(before, b' ' | b'\t'))
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn index() -> SearchIndex {
        let mut index = SearchIndex::default();
        for (id, text) in [
            ("1", "abigail adeyemi\t5550100142"),
            ("2", "daniel kim dan\t5550100199 15550100199"),
            ("3", "ji-woo kim\t5550100199"),
            ("4", "bogdana nowak\tdan@example.org"),
        ] {
            index.push(id, text);
        }
        index
    }

    fn find(words: &[&str]) -> Vec<String> {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        index().find(&words, 0, 50).ids.into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn finds_everybody_in_order_without_words() {
        assert_eq!(find(&[]), ["1", "2", "3", "4"]);
    }

    #[test]
    fn finds_both_people_who_share_a_phone_once_each() {
        assert_eq!(find(&["0199"]), ["2", "3"]);
    }

    #[test]
    fn puts_beginnings_of_words_before_middles() {
        assert_eq!(find(&["dan"]), ["2", "4"]);
        assert_eq!(find(&["a"]), ["1", "2", "4"], "an entry is found once however often it matches");
    }

    #[test]
    fn wants_every_word() {
        assert_eq!(find(&["kim", "ji"]), ["3"]);
        assert!(find(&["kim", "nowak"]).is_empty());
    }

    #[test]
    fn counts_beyond_the_wanted_stretch() {
        let index = index();
        let found = index.find(&["kim".into()], 1, 1);
        assert_eq!((found.ids, found.total), (vec!["3"], 2));
    }

    #[test]
    fn never_matches_across_entries() {
        assert!(find(&["0142 dan"]).is_empty());
        assert!(find(&["0142daniel"]).is_empty());
    }
}
