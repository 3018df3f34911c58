//! Rows of one kind, in ascending order of id: the order in which Planning Center lists by default.

use std::borrow::Cow;
use std::ops::Index;

/// What a row holds as text: most of it is written in this crate.
pub(crate) type Text = Cow<'static, str>;
/// A record's number. Planning Center writes it as a string of digits.
pub(crate) type Id = u64;

/// The rows of one kind.
pub(crate) struct Table<T> {
    rows: Vec<(Id, T)>,
    /// How many rows, from the first on, are in ascending order of owner; those added later are in none.
    owned: usize,
    /// Distance between neighbouring ids as generated, so that a look-up guesses the place before it searches.
    step: Id,
}

impl<T> Table<T> {
    /// An empty table whose ids will ascend by `step`.
    pub(crate) fn new(step: Id) -> Self {
        Self { rows: Vec::new(), owned: 0, step }
    }

    /// Adds a row, while the church is made: rows that have an owner are pushed in ascending order of owner.
    ///
    /// # Panics
    /// When `id` is not above all earlier ones; ids are given out by this crate in ascending order.
    pub(crate) fn push(&mut self, id: Id, row: T) {
        assert!(self.rows.last().is_none_or(|(last, _)| *last < id), "ids ascend");
        self.rows.push((id, row));
        self.owned = self.rows.len();
    }

    /// Adds a row to a church that is there already: its owner may be any. The answer is its id.
    pub(crate) fn add(&mut self, row: T) -> Id {
        let id = self.next_id(1);
        self.rows.push((id, row));
        id
    }

    /// The next free id; `first` for an empty table.
    pub(crate) fn next_id(&self, first: Id) -> Id {
        self.rows.last().map_or(first, |(last, _)| last + self.step)
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        Some(&self.rows[self.place(id)?].1)
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        let place = self.place(id)?;
        Some(&mut self.rows[place].1)
    }

    pub(crate) fn remove(&mut self, id: Id) -> Option<T> {
        let place = self.place(id)?;
        self.owned -= usize::from(place < self.owned);
        Some(self.rows.remove(place).1)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(Id, &T) -> bool) {
        let (mut place, owned) = (0, self.owned);
        self.rows.retain(|(id, row)| {
            let kept = keep(*id, row);
            self.owned -= usize::from(!kept && place < owned);
            place += 1;
            kept
        });
    }

    pub(crate) fn contains(&self, id: Id) -> bool {
        self.place(id).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn ids(&self) -> Vec<Id> {
        self.rows.iter().map(|(id, _)| *id).collect()
    }

    /// Up to `count` ids from the `start`-th row on.
    pub(crate) fn ids_from(&self, start: usize, count: usize) -> Vec<Id> {
        self.rows.iter().skip(start).take(count).map(|(id, _)| *id).collect()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Id, &T)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Id, &mut T)> {
        self.rows.iter_mut().map(|(id, row)| (*id, row))
    }

    /// The ids of the rows that belong to `owner`, for rows that were pushed in ascending order of owner.
    pub(crate) fn ids_owned_by(&self, owner: Id, owner_of: impl Fn(&T) -> Id) -> Vec<Id> {
        let (pushed, added) = self.rows.split_at(self.owned);
        let start = pushed.partition_point(|(_, row)| owner_of(row) < owner);
        let pushed = pushed[start..].iter().take_while(|(_, row)| owner_of(row) == owner);
        let added = added.iter().filter(|(_, row)| owner_of(row) == owner);
        pushed.chain(added).map(|(id, _)| *id).collect()
    }

    fn place(&self, id: Id) -> Option<usize> {
        let first = self.rows.first()?.0;
        let guess = usize::try_from(id.checked_sub(first)? / self.step).ok()?;
        if self.rows.get(guess).is_some_and(|(found, _)| *found == id) {
            return Some(guess);
        }
        self.rows.binary_search_by_key(&id, |(found, _)| *found).ok()
    }
}

impl<T> Index<Id> for Table<T> {
    type Output = T;

    /// The row of an id that was taken from this table, or from a row that refers to it, under the same lock.
    fn index(&self, id: Id) -> &T {
        self.get(id).expect("an id found in the church has its row")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Table;

    #[test]
    fn rows_are_found_before_and_after_one_is_removed() {
        let mut table = Table::new(7);
        for number in 0..50_u64 {
            table.push(1_000 + number * 7, number);
        }
        assert_eq!(table.get(1_070), Some(&10));
        assert_eq!(table.get(1_071), None);
        assert_eq!(table.get(5), None);
        assert_eq!(table.remove(1_000), Some(0));
        assert_eq!(table.get(1_000), None);
        assert_eq!(table[1_070], 10);
        assert_eq!(table.next_id(0), 1_350);
    }

    #[test]
    fn the_rows_of_an_owner_stand_together() {
        let mut table = Table::new(1);
        for (id, owner) in [(1, 10), (2, 10), (3, 12), (4, 13)] {
            table.push(id, owner);
        }
        assert_eq!(table.ids_owned_by(10, |owner| *owner), [1, 2]);
        assert!(table.ids_owned_by(11, |owner| *owner).is_empty());
        assert_eq!(table.ids_owned_by(13, |owner| *owner), [4]);
    }

    #[test]
    fn a_row_added_later_belongs_to_its_owner_too() {
        let mut table = Table::new(1);
        for (id, owner) in [(1, 10), (2, 10), (3, 12)] {
            table.push(id, owner);
        }
        assert_eq!(table.add(10), 4);
        assert_eq!(table.add(11), 5);
        assert_eq!(table.ids_owned_by(10, |owner| *owner), [1, 2, 4]);
        assert_eq!(table.ids_owned_by(11, |owner| *owner), [5]);
        table.remove(2);
        assert_eq!(table.ids_owned_by(12, |owner| *owner), [3]);
        table.retain(|id, _| id != 1);
        assert_eq!(table.ids_owned_by(10, |owner| *owner), [4]);
        assert_eq!(table.ids_owned_by(12, |owner| *owner), [3]);
        assert_eq!(table.ids(), [3, 4, 5]);
    }
}
