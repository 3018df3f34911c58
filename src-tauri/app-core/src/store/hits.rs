//! Going through a search block in order for the entries that hold every word of a search.

use memchr::memmem::Finder;

use super::groups::{Groups, Triple, triples};
use super::rows::Rows;

/// An entry that holds every word.
pub(super) struct Hit {
    entry: usize,
    /// Whether each of the words begins a word of the entry.
    begins: bool,
}

/// The first hits of a search, as many as may be wanted.
pub(super) struct Best {
    beginnings: Vec<usize>,
    others: Vec<usize>,
    /// Hits that were looked at for it.
    pub(super) seen: usize,
}

impl Best {
    /// Takes hits until there are `wanted` that come before all others.
    pub(super) fn of(hits: &mut Hits<'_>, wanted: usize) -> Self {
        let mut best = Self { beginnings: Vec::new(), others: Vec::new(), seen: 0 };
        while best.beginnings.len() < wanted
            && let Some(hit) = hits.next()
        {
            best.seen += 1;
            if hit.begins {
                best.beginnings.push(hit.entry);
            } else if best.others.len() < wanted {
                best.others.push(hit.entry);
            }
        }
        best
    }

    pub(super) fn in_order(self) -> impl Iterator<Item = usize> {
        self.beginnings.into_iter().chain(self.others)
    }
}

/// The entries that hold every word, in order.
pub(super) struct Hits<'a> {
    text: &'a Rows,
    groups: &'a Groups,
    words: Vec<Finder<'a>>,
    triples: Vec<Triple>,
    /// The next entry to look at.
    entry: usize,
    /// Up to where the entries are worth a look, as far as it is known.
    until: usize,
}

impl<'a> Hits<'a> {
    pub(super) fn of(words: &'a [String], text: &'a Rows, groups: &'a Groups) -> Self {
        let triples = words.iter().flat_map(|word| triples(word.as_bytes())).collect();
        let mut words: Vec<_> = words.iter().map(|word| Finder::new(word.as_bytes())).collect();
        // The longest word is the rarest, as a rule.
        words.sort_by_key(|word| std::cmp::Reverse(word.needle().len()));
        Self { text, groups, words, triples, entry: 0, until: 0 }
    }

    /// The next entry that holds every word, and where in its text the first of them stands.
    fn next_place(&mut self) -> Option<(usize, usize)> {
        let Some(first) = self.words.first() else {
            let entry = self.entry;
            self.entry += 1;
            return (entry < self.text.len()).then_some((entry, 0));
        };
        loop {
            if self.entry >= self.until {
                (self.entry, self.until) =
                    self.groups.next_with(&self.triples, self.entry, self.text.len())?;
            }
            let (from, until) = (self.text.start(self.entry), self.text.start(self.until));
            let Some(position) = first.find(self.text.bytes.get(from..until)?) else {
                self.entry = self.until;
                continue;
            };
            let position = from + position;
            let entry = self.text.row_at(self.entry, position);
            self.entry = entry + 1;
            let others = self.words.get(1..).unwrap_or_default();
            if others.is_empty() || holds_all(self.text.get(entry), others) {
                return Some((entry, position - self.text.start(entry)));
            }
        }
    }

    /// How many hits are left. Which of them come first takes longer to tell.
    pub(super) fn count_rest(mut self) -> usize {
        std::iter::from_fn(|| self.next_place()).count()
    }
}

impl Iterator for Hits<'_> {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        let (entry, place) = self.next_place()?;
        let text = self.text.get(entry);
        let begins = self.words.iter().enumerate().all(|(index, word)| {
            // Nothing of the first word stands before its place.
            begins_a_word(text, word, if index == 0 { place } else { 0 })
        });
        Some(Hit { entry, begins })
    }
}

fn holds_all(text: &[u8], words: &[Finder<'_>]) -> bool {
    words.iter().all(|word| word.find(text).is_some())
}

/// Whether the word begins one of the text, at `from` or behind it.
fn begins_a_word(text: &[u8], word: &Finder<'_>, from: usize) -> bool {
    word.find_iter(text.get(from..).unwrap_or_default()).any(|position| {
        let before = (from + position).checked_sub(1).and_then(|before| text.get(before));
        before.is_none_or(|before| matches!(before, b' ' | b'\t' | b'-' | b'('))
    })
}
