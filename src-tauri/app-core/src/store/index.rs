//! Search: what rows of one kind are found by, as one folded text block in memory, in name order.
//!
//! A substring scan of the whole block is faster than a full-text table and keeps the order of names.

use std::collections::BTreeMap;

use super::RowId;
use super::groups::Groups;
use super::hits::{Best, Hits};
use super::rows::{Rows, count};

/// Ends what an entry is ordered by, and each of its other parts.
const TAB: u8 = b'\t';

/// The block: one entry a record, ordered by what stands before the first tab of each, and then by the record's row.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    text: Rows,
    records: Vec<RowId>,
    groups: Groups,
}

/// What a search found: records, best first, and how many there are in all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The wanted stretch of records.
    pub rows: Vec<RowId>,
    /// How many match altogether.
    pub total: u32,
}

/// What became of records: the text of those that are there, `None` for those that are gone.
pub(super) type Changes = BTreeMap<RowId, Option<String>>;

impl SearchIndex {
    /// A block without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: Rows::new(), records: Vec::new(), groups: Groups::new() }
    }

    /// Adds an entry after those before it in order: what it is ordered by, and `rest`, which is nothing or begins with a
    /// tab. Both are folded and hold no line end.
    pub fn push(&mut self, record: RowId, order: &[u8], rest: &[u8]) {
        // 4 GiB of names: the rest stays out of the search rather than ending the program.
        if self.text.has_room_for(order.len() + rest.len()) {
            let entry = self.len();
            self.text.push([order, rest]);
            self.records.push(record);
            self.groups.push(entry, self.text.get(entry));
        }
    }

    /// Adds the entries of `other`, which come after those before them in order.
    pub(super) fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else if self.text.has_room_for(other.text.bytes.len()) {
            self.groups.append(other.groups, self.len());
            self.text.append(&other.text);
            self.records.extend_from_slice(&other.records);
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
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
            let rows = self.records.iter().skip(offset).take(limit).copied().collect();
            return Found { rows, total: count(self.len()) };
        }
        let mut hits = self.hits(words);
        let best = Best::of(&mut hits, offset.saturating_add(limit));
        let total = best.seen + hits.count_rest();
        Found { rows: self.records_at(best.in_order().skip(offset).take(limit)), total: count(total) }
    }

    /// The first of what [`find`](Self::find) finds, without counting the rest, which takes far less time.
    #[must_use]
    pub fn best(&self, words: &[String], limit: usize) -> Vec<RowId> {
        self.records_at(Best::of(&mut self.hits(words), limit).in_order().take(limit))
    }

    /// Brings the block up to date. What changed finds its new place in order; one pass, whatever the number of changes.
    pub(super) fn merge(&mut self, changes: &Changes) {
        let mut new: Vec<_> = changes
            .iter()
            .filter_map(|(record, text)| {
                let (order, rest) = in_order(text.as_ref()?.as_bytes());
                Some((order, *record, rest))
            })
            .collect();
        new.sort_unstable();
        let mut new = new.into_iter().peekable();
        let mut merged = Self {
            text: Rows::with_room(&self.text, new.len()),
            records: Vec::with_capacity(self.len() + new.len()),
            groups: Groups::new(),
        };
        for (entry, record) in self.records.iter().enumerate() {
            if changes.contains_key(record) {
                continue;
            }
            let (order, rest) = in_order(self.text.get(entry));
            while let Some((order, record, rest)) = new.next_if(|new| (new.0, new.1) < (order, *record)) {
                merged.push(record, order, rest);
            }
            merged.push(*record, order, rest);
        }
        for (order, record, rest) in new {
            merged.push(record, order, rest);
        }
        *self = merged;
    }

    fn hits<'a>(&'a self, words: &'a [String]) -> Hits<'a> {
        Hits::of(words, &self.text, &self.groups)
    }

    fn records_at(&self, entries: impl Iterator<Item = usize>) -> Vec<RowId> {
        entries.filter_map(|entry| self.records.get(entry)).copied().collect()
    }
}

/// The same entries, however they are grouped.
impl PartialEq for SearchIndex {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.records) == (&other.text, &other.records)
    }
}

/// How many bytes of a text are what it is ordered by.
pub(super) fn order_len(text: &[u8]) -> usize {
    memchr::memchr(TAB, text).unwrap_or(text.len())
}

/// A text as what it is ordered by, and the rest.
fn in_order(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(order_len(text))
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option::weighted;
    use proptest::prelude::*;

    use super::*;

    fn push(index: &mut SearchIndex, record: RowId, text: &str) {
        let (order, rest) = in_order(text.as_bytes());
        index.push(record, order, rest);
    }

    fn index() -> SearchIndex {
        let mut index = SearchIndex::default();
        for (id, text) in [
            (1, "adeyemi abigail\t5550100142"),
            (2, "kim daniel\tdan\t5550100199\t15550100199"),
            (3, "kim ji-woo\t5550100199"),
            (4, "nowak bogdana\tdan@example.org"),
        ] {
            push(&mut index, RowId(id), text);
        }
        index
    }

    fn numbers(rows: &[RowId]) -> Vec<i64> {
        rows.iter().map(|row| row.0).collect()
    }

    fn find(words: &[&str]) -> Vec<i64> {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        numbers(&index().find(&words, 0, 50).rows)
    }

    #[test]
    fn finds_everybody_in_order_without_words() {
        assert_eq!(find(&[]), [1, 2, 3, 4]);
        assert_eq!(numbers(&index().best(&[], 2)), [1, 2]);
    }

    #[test]
    fn finds_both_people_who_share_a_phone_once_each() {
        assert_eq!(find(&["0199"]), [2, 3]);
    }

    #[test]
    fn puts_beginnings_of_words_before_middles() {
        assert_eq!(find(&["dan"]), [2, 4]);
        assert_eq!(find(&["a"]), [1, 2, 4], "an entry is found once however often it matches");
        assert_eq!(find(&["n"]), [4, 2]);
    }

    #[test]
    fn the_second_of_two_joined_names_is_a_beginning_too() {
        let mut index = SearchIndex::default();
        push(&mut index, RowId(1), "blackwood ann");
        push(&mut index, RowId(2), "smith-wood ann");
        assert_eq!(numbers(&index.find(&["wood".into()], 0, 9).rows), [2, 1]);
    }

    #[test]
    fn wants_every_word() {
        assert_eq!(find(&["kim", "ji"]), [3]);
        assert!(find(&["kim", "nowak"]).is_empty());
    }

    #[test]
    fn counts_beyond_the_wanted_stretch() {
        let found = index().find(&["kim".into()], 1, 1);
        assert_eq!((numbers(&found.rows), found.total), (vec![3], 2));
    }

    #[test]
    fn counts_what_comes_behind_the_wanted_stretch_too() {
        let found = index().find(&["0".into()], 0, 1);
        assert_eq!((numbers(&found.rows), found.total), (vec![1], 3));
        assert_eq!(index().find(&["5".into(), "k".into()], 0, 1).total, 2);
        assert_eq!(index().find(&["a".into()], 0, 0).total, 3);
    }

    #[test]
    fn never_matches_across_entries() {
        assert!(find(&["0142 kim"]).is_empty());
        assert!(find(&["0142kim"]).is_empty());
    }

    /// What is there, in order, as the store would load it.
    fn loaded(rows: &BTreeMap<RowId, String>) -> SearchIndex {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|(record, text)| (in_order(text.as_bytes()).0, **record));
        let mut index = SearchIndex::default();
        for (record, text) in rows {
            push(&mut index, *record, text);
        }
        index
    }

    fn row() -> impl Strategy<Value = RowId> {
        (0_i64..1000).prop_map(RowId)
    }

    /// Few letters, so that words meet often.
    const TEXT: &str = "[ab한]{0,4}( [ab한]{1,2})?(\t[ab1]{1,4}){0,2}";

    proptest! {
        #[test]
        fn what_is_merged_is_what_would_be_loaded(
            before in btree_map(row(), TEXT, 0..40),
            rounds in vec(btree_map(row(), weighted(0.7, TEXT), 0..12), 1..4),
        ) {
            let (mut rows, mut index) = (before.clone(), loaded(&before));
            for changes in rounds {
                index.merge(&changes);
                for (record, text) in changes {
                    match text {
                        Some(text) => rows.insert(record, text),
                        None => rows.remove(&record),
                    };
                }
                prop_assert_eq!(&index, &loaded(&rows));
            }
        }

        #[test]
        fn finds_what_a_look_at_every_entry_finds(
            rows in btree_map(row(), TEXT, 0..300),
            words in vec("[ab한1]{1,4}", 0..3),
            offset in 0_usize..5,
            limit in 0_usize..9,
        ) {
            let index = loaded(&rows);
            let begins = |text: &str, word: &str| text.split([' ', '\t']).any(|other| other.starts_with(word));
            let mut hits: Vec<(bool, &[u8], RowId)> = rows
                .iter()
                .filter(|(_, text)| words.iter().all(|word| text.contains(word.as_str())))
                .map(|(record, text)| {
                    let middle = !words.iter().all(|word| begins(text, word));
                    (middle, in_order(text.as_bytes()).0, *record)
                })
                .collect();
            hits.sort();
            let rows: Vec<RowId> = hits.iter().map(|(.., record)| *record).collect();
            let found = index.find(&words, offset, limit);
            prop_assert_eq!(found.total as usize, rows.len());
            prop_assert_eq!(found.rows, rows.iter().skip(offset).take(limit).copied().collect::<Vec<_>>());
            prop_assert_eq!(index.best(&words, limit), rows.into_iter().take(limit).collect::<Vec<_>>());
        }
    }
}
