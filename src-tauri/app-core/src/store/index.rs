//! Search: what rows of one kind are found by, as one folded text block in memory, in name order.
//!
//! A substring scan of the whole block is faster than a full-text table and keeps the order of names.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

/// Ends an entry. Folded text never holds it.
const END: u8 = b'\n';
/// Ends what an entry is ordered by, and each of its other parts.
pub(super) const TAB: char = '\t';

/// The block: one entry a record, ordered by what stands before the first tab of each, and then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchIndex {
    text: Rows,
    ids: Rows,
}

/// What a search found: ids, best first, and how many there are in all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The wanted stretch of ids.
    pub ids: Vec<String>,
    /// How many match altogether.
    pub total: u32,
}

/// What became of records: the text of those that are there, `None` for those that are gone.
pub(super) type Changes = BTreeMap<String, Option<String>>;

impl SearchIndex {
    /// A block without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: Rows::new(), ids: Rows::new() }
    }

    /// Adds an entry after those before it in order. `text` is folded and holds no line end.
    pub fn push(&mut self, id: &str, text: &str) {
        // 4 GiB of names: the rest stays out of the search rather than ending the program.
        if self.text.has_room_for(text) && self.ids.has_room_for(id) {
            self.text.push(text);
            self.ids.push(id);
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entries that contain every one of the folded `words`: those in which each of them begins a word
    /// before the others, and otherwise in name order. No word finds everything.
    #[must_use]
    pub fn find(&self, words: &[String], offset: usize, limit: usize) -> Found {
        if words.is_empty() {
            let ids = (0..self.len()).skip(offset).take(limit).map(|entry| self.id(entry)).collect();
            return Found { ids, total: count(self.len()) };
        }
        let (mut beginnings, mut others) = (Vec::new(), Vec::new());
        for hit in self.hits(words) {
            if hit.begins { &mut beginnings } else { &mut others }.push(hit.entry);
        }
        let total = count(beginnings.len() + others.len());
        let wanted = beginnings.into_iter().chain(others).skip(offset).take(limit);
        Found { ids: wanted.map(|entry| self.id(entry)).collect(), total }
    }

    /// The first of what [`find`](Self::find) finds, without counting the rest, which takes far less time.
    #[must_use]
    pub fn best(&self, words: &[String], limit: usize) -> Vec<String> {
        let (mut beginnings, mut others) = (Vec::new(), Vec::new());
        let mut hits = self.hits(words);
        while beginnings.len() < limit
            && let Some(hit) = hits.next()
        {
            if hit.begins {
                beginnings.push(hit.entry);
            } else if others.len() < limit {
                others.push(hit.entry);
            }
        }
        beginnings.into_iter().chain(others).take(limit).map(|entry| self.id(entry)).collect()
    }

    /// Brings the block up to date. What changed finds its new place in order; one pass, whatever the number of changes.
    pub(super) fn merge(&mut self, changes: &Changes) {
        let mut new: Vec<(&str, &str)> =
            changes.iter().filter_map(|(id, text)| Some((text.as_deref()?, id.as_str()))).collect();
        new.sort_unstable_by_key(|(text, id)| (order_of(text.as_bytes()), *id));
        let mut new = new.into_iter().peekable();
        let mut merged =
            Self { text: Rows::with_room(&self.text, new.len()), ids: Rows::with_room(&self.ids, new.len()) };
        for entry in 0..self.len() {
            let (text, id) = (self.text.get(entry), self.ids.get(entry));
            let (text, id) =
                (str::from_utf8(text).unwrap_or_default(), str::from_utf8(id).unwrap_or_default());
            if changes.contains_key(id) {
                continue;
            }
            let place = (order_of(text.as_bytes()), id);
            while let Some((text, id)) = new.next_if(|(text, id)| (order_of(text.as_bytes()), *id) < place) {
                merged.push(id, text);
            }
            merged.push(id, text);
        }
        for (text, id) in new {
            merged.push(id, text);
        }
        *self = merged;
    }

    fn hits<'a>(&'a self, words: &'a [String]) -> Hits<'a> {
        let mut words: Vec<_> = words.iter().map(|word| Finder::new(word.as_bytes())).collect();
        // The longest word is the rarest, as a rule.
        words.sort_by_key(|word| std::cmp::Reverse(word.needle().len()));
        Hits { text: &self.text, words, entry: 0 }
    }

    fn id(&self, entry: usize) -> String {
        String::from_utf8_lossy(self.ids.get(entry)).into_owned()
    }
}

/// An entry that holds every word.
struct Hit {
    entry: usize,
    /// Whether each of the words begins a word of the entry.
    begins: bool,
}

/// The entries that hold every word, in order.
struct Hits<'a> {
    text: &'a Rows,
    words: Vec<Finder<'a>>,
    /// The next entry to look at.
    entry: usize,
}

impl Iterator for Hits<'_> {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        let Some(first) = self.words.first() else {
            let entry = self.entry;
            self.entry += 1;
            return (entry < self.text.len()).then_some(Hit { entry, begins: true });
        };
        loop {
            let from = self.text.start(self.entry);
            let position = from + first.find(self.text.bytes.get(from..)?)?;
            let entry = self.text.row_at(self.entry, position);
            self.entry = entry + 1;
            let text = self.text.get(entry);
            if self.words.iter().skip(1).all(|word| word.find(text).is_some()) {
                let begins = self.words.iter().all(|word| begins_a_word(text, word));
                return Some(Hit { entry, begins });
            }
        }
    }
}

/// Many short texts one after the other, each with its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rows {
    bytes: Vec<u8>,
    /// Where each row begins.
    starts: Vec<u32>,
}

impl Rows {
    const fn new() -> Self {
        Self { bytes: Vec::new(), starts: Vec::new() }
    }

    /// Empty, with room for as much as `like` and some more.
    fn with_room(like: &Self, more: usize) -> Self {
        let each = like.bytes.len() / like.len().max(1) + 1;
        Self {
            bytes: Vec::with_capacity(like.bytes.len() + more * each),
            starts: Vec::with_capacity(like.len() + more),
        }
    }

    fn has_room_for(&self, row: &str) -> bool {
        u32::try_from(self.bytes.len() + row.len()).is_ok()
    }

    fn push(&mut self, row: &str) {
        self.starts.push(count(self.bytes.len()));
        self.bytes.extend(row.bytes().filter(|byte| *byte != END));
        self.bytes.push(END);
    }

    fn len(&self) -> usize {
        self.starts.len()
    }

    fn start(&self, row: usize) -> usize {
        self.starts.get(row).map_or(self.bytes.len(), |start| *start as usize)
    }

    /// A row without its end.
    fn get(&self, row: usize) -> &[u8] {
        self.bytes.get(self.start(row)..self.start(row + 1).saturating_sub(1)).unwrap_or_default()
    }

    /// The row at `position`, which is not before row `from`. Looks near `from` first.
    fn row_at(&self, from: usize, position: usize) -> usize {
        let mut reach = 1;
        while from + reach < self.len() && self.start(from + reach) <= position {
            reach *= 2;
        }
        let near = self.starts.get(from + reach / 2..(from + reach).min(self.len())).unwrap_or_default();
        (from + reach / 2 + near.partition_point(|start| *start as usize <= position)).saturating_sub(1)
    }
}

/// What an entry is ordered by.
pub(super) fn order_of(text: &[u8]) -> &[u8] {
    memchr::memchr(TAB as u8, text).map_or(text, |end| &text[..end])
}

fn begins_a_word(text: &[u8], word: &Finder<'_>) -> bool {
    word.find_iter(text).any(|position| {
        position == 0 || text.get(position - 1).is_some_and(|before| matches!(before, b' ' | b'\t'))
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option::weighted;
    use proptest::prelude::*;

    use super::*;

    fn index() -> SearchIndex {
        let mut index = SearchIndex::default();
        for (id, text) in [
            ("1", "adeyemi abigail\t5550100142"),
            ("2", "kim daniel\tdan\t5550100199\t15550100199"),
            ("3", "kim ji-woo\t5550100199"),
            ("4", "nowak bogdana\tdan@example.org"),
        ] {
            index.push(id, text);
        }
        index
    }

    fn find(words: &[&str]) -> Vec<String> {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        index().find(&words, 0, 50).ids
    }

    #[test]
    fn finds_everybody_in_order_without_words() {
        assert_eq!(find(&[]), ["1", "2", "3", "4"]);
        assert_eq!(index().best(&[], 2), ["1", "2"]);
    }

    #[test]
    fn finds_both_people_who_share_a_phone_once_each() {
        assert_eq!(find(&["0199"]), ["2", "3"]);
    }

    #[test]
    fn puts_beginnings_of_words_before_middles() {
        assert_eq!(find(&["dan"]), ["2", "4"]);
        assert_eq!(find(&["a"]), ["1", "2", "4"], "an entry is found once however often it matches");
        assert_eq!(find(&["n"]), ["4", "2"]);
    }

    #[test]
    fn wants_every_word() {
        assert_eq!(find(&["kim", "ji"]), ["3"]);
        assert!(find(&["kim", "nowak"]).is_empty());
    }

    #[test]
    fn counts_beyond_the_wanted_stretch() {
        let found = index().find(&["kim".into()], 1, 1);
        assert_eq!((found.ids, found.total), (vec!["3".to_owned()], 2));
    }

    #[test]
    fn never_matches_across_entries() {
        assert!(find(&["0142 kim"]).is_empty());
        assert!(find(&["0142kim"]).is_empty());
    }

    /// What is there, in order, as the store would load it.
    fn loaded(rows: &BTreeMap<String, String>) -> SearchIndex {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|(id, text)| (order_of(text.as_bytes()).to_vec(), id.as_str()));
        let mut index = SearchIndex::default();
        for (id, text) in rows {
            index.push(id, text);
        }
        index
    }

    /// Few letters, so that words meet often.
    const TEXT: &str = "[ab한]{0,3}( [ab한]{1,2})?(\t[ab1]{1,3}){0,2}";

    proptest! {
        #[test]
        fn what_is_merged_is_what_would_be_loaded(
            before in btree_map("[0-9]{1,2}", TEXT, 0..40),
            rounds in vec(btree_map("[0-9]{1,2}", weighted(0.7, TEXT), 0..12), 1..4),
        ) {
            let (mut rows, mut index) = (before.clone(), loaded(&before));
            for changes in rounds {
                index.merge(&changes);
                for (id, text) in changes {
                    match text {
                        Some(text) => rows.insert(id, text),
                        None => rows.remove(&id),
                    };
                }
                prop_assert_eq!(&index, &loaded(&rows));
            }
        }

        #[test]
        fn finds_what_a_look_at_every_entry_finds(
            rows in btree_map("[0-9]{1,2}", TEXT, 0..40),
            words in vec("[ab한1]{1,2}", 0..3),
            offset in 0_usize..5,
            limit in 0_usize..9,
        ) {
            let index = loaded(&rows);
            let begins = |text: &str, word: &str| text.split([' ', '\t']).any(|other| other.starts_with(word));
            let mut hits: Vec<(bool, Vec<u8>, &String)> = rows
                .iter()
                .filter(|(_, text)| words.iter().all(|word| text.contains(word.as_str())))
                .map(|(id, text)| {
                    let middle = !words.iter().all(|word| begins(text, word));
                    (middle, order_of(text.as_bytes()).to_vec(), id)
                })
                .collect();
            hits.sort();
            let ids: Vec<String> = hits.iter().map(|(.., id)| (*id).clone()).collect();
            let found = index.find(&words, offset, limit);
            prop_assert_eq!(found.total as usize, ids.len());
            prop_assert_eq!(found.ids, ids.iter().skip(offset).take(limit).cloned().collect::<Vec<_>>());
            prop_assert_eq!(index.best(&words, limit), ids.into_iter().take(limit).collect::<Vec<_>>());
        }
    }
}
