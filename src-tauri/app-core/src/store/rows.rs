//! Many short texts in one piece of memory, as the search block keeps them.

/// Ends a row. Folded text never holds it.
const END: u8 = b'\n';

/// Many short texts one after the other, each with its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) bytes: Vec<u8>,
    /// Where each row begins.
    starts: Vec<u32>,
}

impl Rows {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), starts: Vec::new() }
    }

    /// Empty, with room for as much as `like` and some more.
    pub(super) fn with_room(like: &Self, more: usize) -> Self {
        let each = like.bytes.len() / like.len().max(1) + 1;
        Self {
            bytes: Vec::with_capacity(like.bytes.len() + more * each),
            starts: Vec::with_capacity(like.len() + more),
        }
    }

    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        u32::try_from(self.bytes.len() + bytes).is_ok()
    }

    /// Adds a row that is told in two pieces.
    pub(super) fn push(&mut self, pieces: [&[u8]; 2]) {
        self.starts.push(count(self.bytes.len()));
        for mut rest in pieces {
            while let Some(end) = memchr::memchr(END, rest) {
                self.bytes.extend_from_slice(&rest[..end]);
                rest = &rest[end + 1..];
            }
            self.bytes.extend_from_slice(rest);
        }
        self.bytes.push(END);
    }

    /// Adds the rows of `other` behind its own.
    pub(super) fn append(&mut self, other: &Self) {
        let before = self.bytes.len();
        self.starts.extend(other.starts.iter().map(|start| count(before + *start as usize)));
        self.bytes.extend_from_slice(&other.bytes);
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn start(&self, row: usize) -> usize {
        self.starts.get(row).map_or(self.bytes.len(), |start| *start as usize)
    }

    /// A row without its end.
    pub(super) fn get(&self, row: usize) -> &[u8] {
        self.bytes.get(self.start(row)..self.start(row + 1).saturating_sub(1)).unwrap_or_default()
    }

    /// The row at `position`, which is not before row `from`. Looks near `from` first.
    pub(super) fn row_at(&self, from: usize, position: usize) -> usize {
        let mut reach = 1;
        while from + reach < self.len() && self.start(from + reach) <= position {
            reach *= 2;
        }
        let near = self.starts.get(from + reach / 2..(from + reach).min(self.len())).unwrap_or_default();
        (from + reach / 2 + near.partition_point(|start| *start as usize <= position)).saturating_sub(1)
    }
}

/// A number as it is told; what has no room in it is told as the largest.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
