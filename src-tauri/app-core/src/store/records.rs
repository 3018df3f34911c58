//! Typed rows: what a record is, and how it is put, found and swept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, ToSql, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::index::order_len;
use super::search::SearchChange;
use super::{PartState, StoreError};

/// Something a product keeps. Written as JSON; the methods name the columns it is found by.
pub trait Record: Serialize + DeserializeOwned {
    /// The name of this kind of row, stable for ever.
    const KIND: &'static str;

    /// The row's id within its kind.
    fn id(&self) -> &str;

    /// What the row belongs to; empty for rows that stand alone.
    fn owner(&self) -> &str {
        Default::default()
    }

    /// The person, or the song, that the row is about, by the id; empty if none.
    fn about(&self) -> &str {
        Default::default()
    }

    /// Orders rows of the same owner.
    fn sort(&self) -> String {
        String::new()
    }

    /// When it is, for a kind that is found by its time.
    fn at(&self) -> Option<Timestamp> {
        None
    }

    /// Folded text to find the row by, in parts between tabs, the first of which orders what is found; `None` for a
    /// kind that is not searched.
    fn search_text(&self) -> Option<String> {
        None
    }
}

/// The rows of a kind about one person or song. Ordered by a plain `id`, all of the kind would be gone through, which is in that order.
pub(super) const ABOUT: &str =
    "SELECT body FROM record WHERE kind = ?1 AND person = ?2 AND person <> '' ORDER BY +id";

/// The rows of a kind within some times.
pub(super) const WITHIN: &str =
    "SELECT body FROM record WHERE kind = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, rowid";

/// Where a record stands in the store. Nothing else ever stands there, even when it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowId(pub(crate) i64);

/// A transaction that writes.
pub struct Batch<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    search_changes: RefCell<Vec<SearchChange>>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self { transaction, search_changes: RefCell::default() }
    }

    /// What became another to search for.
    pub(super) fn into_search_changes(self) -> Vec<SearchChange> {
        self.search_changes.into_inner()
    }

    /// Reads inside the transaction.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.transaction)
    }

    /// Puts a row, replacing the one with the same id, and marks it as seen by `walk`.
    pub fn put<R: Record>(&self, record: &R, walk: u32) -> Result<(), StoreError> {
        let body = encode(record)?;
        let row = self
            .transaction
            .prepare_cached(
                "INSERT INTO record (rowid, kind, id, owner, person, sort, walk, body, at)
                 VALUES ((SELECT rowid_given + 1 FROM given), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (kind, id) DO UPDATE SET
                     owner = excluded.owner, person = excluded.person, sort = excluded.sort,
                     walk = excluded.walk, body = excluded.body, at = excluded.at
                 RETURNING rowid",
            )?
            .query_row(
                params![
                    R::KIND,
                    record.id(),
                    record.owner(),
                    record.about(),
                    record.sort(),
                    walk,
                    body,
                    record.at().map(Timestamp::as_second),
                ],
                |row| row.get(0).map(RowId),
            )?;
        record.search_text().map_or(Ok(()), |text| self.put_search_text::<R>(row, text))
    }

    fn put_search_text<R: Record>(&self, row: RowId, text: String) -> Result<(), StoreError> {
        let (order, rest) = text.split_at(order_len(text.as_bytes()));
        let changed = self
            .transaction
            .prepare_cached(
                "INSERT INTO search (kind, sort, record, rest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (record) DO UPDATE SET sort = excluded.sort, rest = excluded.rest
                 WHERE sort <> excluded.sort OR rest <> excluded.rest",
            )?
            .execute(params![R::KIND, order, row.0, rest])?;
        if changed > 0 {
            self.changed(SearchChange::Row(R::KIND, row, Some(text)));
        }
        Ok(())
    }

    fn changed(&self, change: SearchChange) {
        self.search_changes.borrow_mut().push(change);
    }

    /// Replaces all rows of a kind. Where they are these already, nothing is written.
    pub fn replace_all<R: Record>(&self, records: &[R]) -> Result<(), StoreError> {
        if self.holds_just(records, "kind = ?1", params![R::KIND])? {
            return Ok(());
        }
        self.clear::<R>()?;
        records.iter().try_for_each(|record| self.put(record, 0))
    }

    /// Replaces all rows of one owner, of a kind that is not searched. Where they are these already, nothing is written.
    pub fn replace_owned<R: Record>(&self, owner: &str, records: &[R]) -> Result<(), StoreError> {
        if self.holds_just(records, "kind = ?1 AND owner = ?2", params![R::KIND, owner])? {
            return Ok(());
        }
        self.remove_owned::<R>(owner)?;
        records.iter().try_for_each(|record| self.put(record, 0))
    }

    /// Whether the rows that `place` selects are exactly what would be written of these records.
    fn holds_just<R: Record>(
        &self,
        records: &[R],
        place: &str,
        arguments: &[&dyn ToSql],
    ) -> Result<bool, StoreError> {
        let mut wanted: HashMap<&str, &R> = records.iter().map(|record| (record.id(), record)).collect();
        let sql = format!("SELECT id, owner, person, sort, body FROM record WHERE {place}");
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let mut rows = statement.query(arguments)?;
        while let Some(row) = rows.next()? {
            let is = |column, text: &str| Ok::<_, StoreError>(row.get_ref(column)?.as_str() == Ok(text));
            let Some(record) = wanted.remove(row.get_ref(0)?.as_str().unwrap_or_default()) else {
                return Ok(false);
            };
            let is_same = is(1, record.owner())?
                && is(2, record.about())?
                && is(3, &record.sort())?
                && is(4, &encode(record)?)?;
            if !is_same {
                return Ok(false);
            }
        }
        Ok(wanted.is_empty())
    }

    /// Removes all rows of one owner, of a kind that is not searched.
    pub fn remove_owned<R: Record>(&self, owner: &str) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM record WHERE kind = ?1 AND owner = ?2")?
            .execute(params![R::KIND, owner])?;
        self.forget_answer_tags(R::KIND, owner)
    }

    /// The mark on a row; `None` when there is no such row.
    pub fn mark<R: Record>(&self, id: &str) -> Result<Option<u32>, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT walk FROM record WHERE kind = ?1 AND id = ?2")?
            .query_row(params![R::KIND, id], |row| row.get(0))
            .optional()?)
    }

    /// Gives rows with one mark another.
    pub fn mark_again<R: Record>(&self, from: u32, to: u32) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE record SET walk = ?3 WHERE kind = ?1 AND walk = ?2")?
            .execute(params![R::KIND, from, to])?;
        Ok(())
    }

    /// Removes the rows with a mark below `first`: those that a walk did not see.
    pub fn sweep<R: Record>(&self, first: u32) -> Result<(), StoreError> {
        let gone = self
            .transaction
            .prepare_cached("SELECT id FROM record WHERE kind = ?1 AND walk < ?2")?
            .query_map(params![R::KIND, first], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        gone.iter().try_for_each(|id| self.remove::<R>(id))
    }

    /// Removes a row, if there is one.
    pub fn remove<R: Record>(&self, id: &str) -> Result<(), StoreError> {
        let row = self
            .transaction
            .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2 RETURNING rowid")?
            .query_row(params![R::KIND, id], |row| row.get(0).map(RowId))
            .optional()?;
        let Some(row) = row else { return Ok(()) };
        let changed =
            self.transaction.prepare_cached("DELETE FROM search WHERE record = ?1")?.execute([row.0])?;
        if changed > 0 {
            self.changed(SearchChange::Row(R::KIND, row, None));
        }
        Ok(())
    }

    /// Removes every row of a kind.
    pub fn clear<R: Record>(&self) -> Result<(), StoreError> {
        self.transaction.execute("DELETE FROM record WHERE kind = ?1", [R::KIND])?;
        if self.transaction.execute("DELETE FROM search WHERE kind = ?1", [R::KIND])? > 0 {
            self.changed(SearchChange::Cleared(R::KIND));
        }
        self.transaction.execute("DELETE FROM answer WHERE kind = ?1", [R::KIND])?;
        Ok(())
    }

    /// Notes what is known of a part.
    pub fn set_part(&self, name: &str, state: &PartState) -> Result<(), StoreError> {
        let body = serde_json::to_string(state).map_err(|error| StoreError::record("part", &error))?;
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO part (name, body) VALUES (?1, ?2)")?
            .execute(params![name, body])?;
        Ok(())
    }
}

/// A transaction that reads.
pub struct Reader<'a> {
    pub(super) transaction: &'a Transaction<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self { transaction }
    }

    /// One row by its id.
    pub fn get<R: Record>(&self, id: &str) -> Result<Option<R>, StoreError> {
        self.transaction
            .prepare_cached("SELECT body FROM record WHERE kind = ?1 AND id = ?2")?
            .query_row(params![R::KIND, id], |row| row.get::<_, String>(0))
            .optional()?
            .map(|body| decode(&body))
            .transpose()
    }

    /// The record that stands at `row`, if it is of this kind.
    pub fn at<R: Record>(&self, row: RowId) -> Result<Option<R>, StoreError> {
        self.transaction
            .prepare_cached("SELECT body FROM record WHERE rowid = ?1 AND kind = ?2")?
            .query_row(params![row.0, R::KIND], |row| row.get::<_, String>(0))
            .optional()?
            .map(|body| decode(&body))
            .transpose()
    }

    /// All rows of a kind, by owner and order.
    pub fn all<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        self.list("SELECT body FROM record WHERE kind = ?1 ORDER BY owner, sort, id", params![R::KIND])
    }

    /// The rows of one owner in their order.
    pub fn owned<R: Record>(&self, owner: &str) -> Result<Vec<R>, StoreError> {
        self.list(
            "SELECT body FROM record WHERE kind = ?1 AND owner = ?2 ORDER BY sort, id",
            params![R::KIND, owner],
        )
    }

    /// The rows of a kind that are within these times, to the second, in order of them.
    pub fn within<R: Record>(&self, times: Range<Timestamp>) -> Result<Vec<R>, StoreError> {
        self.list(WITHIN, params![R::KIND, times.start.as_second(), times.end.as_second()])
    }

    /// How many rows of a kind are within these times, to the second.
    pub fn count_within<R: Record>(&self, times: Range<Timestamp>) -> Result<u32, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT count(*) FROM record WHERE kind = ?1 AND at >= ?2 AND at < ?3")?
            .query_row(params![R::KIND, times.start.as_second(), times.end.as_second()], |row| row.get(0))?)
    }

    /// When the first row of a kind is that is not before `from`, to the second.
    pub fn first_at<R: Record>(&self, from: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let first: Option<i64> = self
            .transaction
            .prepare_cached("SELECT min(at) FROM record WHERE kind = ?1 AND at >= ?2")?
            .query_row(params![R::KIND, from.as_second()], |row| row.get(0))?;
        Ok(first.and_then(|second| Timestamp::from_second(second).ok()))
    }

    /// The rows about one person or song.
    pub fn about<R: Record>(&self, id: &str) -> Result<Vec<R>, StoreError> {
        self.list(ABOUT, params![R::KIND, id])
    }

    /// The ids of all rows of a kind.
    pub fn ids<R: Record>(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.transaction.prepare_cached("SELECT id FROM record WHERE kind = ?1")?;
        let ids = statement.query_map([R::KIND], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// To whom the rows of a kind belong.
    pub fn owners<R: Record>(&self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.transaction.prepare_cached("SELECT DISTINCT owner FROM record WHERE kind = ?1")?;
        let owners = statement.query_map([R::KIND], |row| row.get(0))?;
        Ok(owners.collect::<Result<_, _>>()?)
    }

    /// How many rows of a kind there are.
    pub fn count<R: Record>(&self) -> Result<u32, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT rows FROM tally WHERE kind = ?1")?
            .query_row([R::KIND], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }

    /// A number that is another one after each change of a row of a kind.
    pub fn edition<R: Record>(&self) -> Result<i64, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT edition FROM tally WHERE kind = ?1")?
            .query_row([R::KIND], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }

    /// Hands every row of a kind to `work`, one at a time.
    pub fn each<R: Record>(&self, mut work: impl FnMut(R)) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached("SELECT body FROM record WHERE kind = ?1")?;
        let mut rows = statement.query([R::KIND])?;
        while let Some(row) = rows.next()? {
            work(decode(row.get_ref(0)?.as_str().unwrap_or_default())?);
        }
        Ok(())
    }

    /// What is known of a part; the empty state if nothing is.
    pub fn part(&self, name: &str) -> Result<PartState, StoreError> {
        self.transaction
            .prepare_cached("SELECT body FROM part WHERE name = ?1")?
            .query_row([name], |row| row.get::<_, String>(0))
            .optional()?
            .map_or(Ok(PartState::default()), |body| {
                serde_json::from_str(&body).map_err(|error| StoreError::record("part", &error))
            })
    }

    /// A stretch of a kind that is searched, in the order of its search.
    pub fn in_order<R: Record>(&self, offset: u32, limit: u32) -> Result<Vec<RowId>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT record FROM search WHERE kind = ?1 ORDER BY sort, record LIMIT ?3 OFFSET ?2",
        )?;
        let rows = statement.query_map(params![R::KIND, offset, limit], |row| row.get(0).map(RowId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn list<R: Record>(&self, sql: &str, arguments: impl rusqlite::Params) -> Result<Vec<R>, StoreError> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query(arguments)?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(decode(&row.get::<_, String>(0)?)?);
        }
        Ok(records)
    }
}

fn encode<R: Record>(record: &R) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| StoreError::record(R::KIND, &error))
}

fn decode<R: Record>(body: &str) -> Result<R, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::record(R::KIND, &error))
}
