//! Which stretches of a search block can hold a word at all. Most searches are for something that few people have in their
//! names, and pass most of the block by without a look.

/// Entries of a group: few enough that a rare word is in few groups, many enough that a group's mark is short beside it.
const ENTRIES: usize = 64;
/// Bits of a group's marks, as a power of two. A seventh of them is set where people have names, mail and numbers.
const BITS: u32 = 12;
/// The same, in words of 64 bits.
const WORDS: usize = 1 << (BITS - 6);

/// Three bytes in a row, as the bit that stands for them; some share one.
#[derive(Clone, Copy)]
pub(super) struct Triple(u16);

/// The block's entries in groups, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups(Vec<Group>);

#[derive(Clone, Debug)]
struct Group {
    /// Its first entry.
    first: usize,
    /// Every triple that occurs in one of its entries.
    marks: [u64; WORDS],
}

impl Triple {
    fn word_and_bit(self) -> (usize, u64) {
        (usize::from(self.0 >> 6) % WORDS, 1 << (self.0 & 63))
    }
}

/// The triples of a text.
pub(super) fn triples(text: &[u8]) -> impl Iterator<Item = Triple> {
    text.array_windows().map(|[first, second, third]| {
        // Fibonacci hashing: the upper bits of the product depend on all of the three.
        let product = u32::from_le_bytes([*first, *second, *third, 0]).wrapping_mul(0x9E37_79B1);
        Triple((product >> (32 - BITS)) as u16)
    })
}

impl Group {
    fn may_hold(&self, triples: &[Triple]) -> bool {
        triples.iter().all(|triple| {
            let (word, bit) = triple.word_and_bit();
            self.marks[word] & bit != 0
        })
    }
}

impl Groups {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes what the next entry holds.
    pub(super) fn push(&mut self, entry: usize, text: &[u8]) {
        if self.0.last().is_none_or(|group| entry - group.first >= ENTRIES) {
            self.0.push(Group { first: entry, marks: [0; WORDS] });
        }
        let Some(group) = self.0.last_mut() else { return };
        for triple in triples(text) {
            let (word, bit) = triple.word_and_bit();
            group.marks[word] |= bit;
        }
    }

    /// Adds the groups of a block that comes behind so many `entries`.
    pub(super) fn append(&mut self, mut later: Self, entries: usize) {
        later.0.iter_mut().for_each(|group| group.first += entries);
        self.0.append(&mut later.0);
    }

    /// The next stretch of entries, from one of them on, that may hold all these triples, out of so many `entries`: where it
    /// begins, and where it ends.
    pub(super) fn next_with(
        &self,
        triples: &[Triple],
        from: usize,
        entries: usize,
    ) -> Option<(usize, usize)> {
        if from >= entries {
            return None;
        }
        if triples.is_empty() {
            return Some((from, entries));
        }
        // The group that holds the entry.
        let current = self.0.partition_point(|group| group.first <= from).saturating_sub(1);
        let mut groups = self.0.get(current..)?.iter();
        let first = groups.find(|group| group.may_hold(triples))?;
        let end = groups.find(|group| !group.may_hold(triples)).map_or(entries, |group| group.first);
        Some((first.first.max(from), end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_looks_only_where_its_word_can_be() {
        let mut groups = Groups::new();
        for entry in 0..200 {
            groups.push(entry, if entry == 100 { b"zoe" } else { b"anna" });
        }
        let next = |word: &[u8], from| groups.next_with(&triples(word).collect::<Vec<_>>(), from, 200);
        assert_eq!(next(b"zoe", 0), Some((64, 128)));
        assert_eq!(next(b"zoe", 100), Some((100, 128)));
        assert_eq!(next(b"zoe", 128), None);
        assert_eq!(next(b"anna", 1), Some((1, 200)));
        assert_eq!(next(b"anna", 200), None);
        assert_eq!(next(b"zo", 5), Some((5, 200)), "two letters may be anywhere");
    }
}
