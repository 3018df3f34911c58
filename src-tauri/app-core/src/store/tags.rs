//! Which of Planning Center's answers rows were made of, so that it can be asked whether these are its answers still.
//!
//! The tags of answers are kept in the transaction that makes rows just what the answers told. With every change of one of
//! these rows, whoever makes it, the database itself takes them away (`schema.rs`). So where there are tags, the rows are
//! what the answers were.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{PageTag, Query};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Batch, Reader, StoreError};

/// What was read so long ago is read in whole again: nothing is believed for ever.
const BELIEVED_FOR: Duration = Duration::from_hours(7 * 24);

/// The tags of all answers that some rows were made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerTags {
    read_at: Timestamp,
    lists: Vec<ListTags>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ListTags {
    asked: String,
    pages: Vec<PageTag>,
    total: Option<u32>,
}

impl AnswerTags {
    /// No answers yet, of those that were asked for then.
    #[must_use]
    pub fn of(read_at: Timestamp) -> Self {
        Self { read_at, lists: Vec::new() }
    }

    /// When all of them were read in whole.
    #[must_use]
    pub fn read_at(&self) -> Timestamp {
        self.read_at
    }

    /// Adds the pages of one list, and how many records the whole of it has.
    pub fn push(&mut self, query: &Query, pages: Vec<PageTag>, total: Option<u32>) {
        self.lists.push(ListTags { asked: asked(query), pages, total });
    }

    /// The pages that this list had; none where it was asked for in other words, by another version of the program, or too
    /// long ago.
    #[must_use]
    pub fn pages_of(&self, query: &Query, now: Timestamp) -> &[PageTag] {
        self.list(query, now).map_or(&[], |list| &list.pages)
    }

    /// How many records this list had.
    #[must_use]
    pub fn total_of(&self, query: &Query, now: Timestamp) -> Option<u32> {
        self.list(query, now)?.total
    }

    /// Whether this list was read in whole since then, in the very same words.
    #[must_use]
    pub fn is_younger(&self, query: &Query, now: Timestamp, limit: Duration) -> bool {
        now.duration_since(self.read_at).unsigned_abs() < limit && self.list(query, now).is_some()
    }

    fn list(&self, query: &Query, now: Timestamp) -> Option<&ListTags> {
        if now.duration_since(self.read_at).unsigned_abs() >= BELIEVED_FOR {
            return None;
        }
        let asked = asked(query);
        self.lists.iter().find(|list| list.asked == asked)
    }
}

/// Another version of the program may make other rows of the same answer.
fn asked(query: &Query) -> String {
    format!("{} {}", env!("CARGO_PKG_VERSION"), query.target())
}

impl Reader<'_> {
    /// The tags of what the rows of a kind were made of: those of one owner, or, with the empty one, all of them. Tags that
    /// another version wrote in another way are none.
    pub fn answer_tags(&self, kind: &str, owner: &str) -> Result<Option<AnswerTags>, StoreError> {
        let tags = self
            .transaction
            .prepare_cached("SELECT tags FROM answer WHERE kind = ?1 AND owner = ?2")?
            .query_row([kind, owner], |row| row.get::<_, String>(0))
            .optional()?;
        Ok(tags.and_then(|tags| serde_json::from_str(&tags).ok()))
    }
}

impl Batch<'_> {
    /// Notes what the rows of a kind, of one owner or all of them, were made of; to be called behind the last change of one
    /// of them. `None` where nobody can tell.
    pub fn set_answer_tags(
        &self,
        kind: &str,
        owner: &str,
        tags: Option<&AnswerTags>,
    ) -> Result<(), StoreError> {
        let Some(tags) = tags else { return self.forget_answer_tags(kind, owner) };
        let tags = serde_json::to_string(tags).map_err(|error| StoreError::record("answer", &error))?;
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO answer (kind, owner, tags) VALUES (?1, ?2, ?3)")?
            .execute(params![kind, owner, tags])?;
        Ok(())
    }

    /// Where there were no rows to be changed, nothing else takes the tags away.
    pub(super) fn forget_answer_tags(&self, kind: &str, owner: &str) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM answer WHERE kind = ?1 AND owner = ?2")?
            .execute([kind, owner])?;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use pco_client::Product;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::super::{Record, Store};
    use super::*;

    /// A row of one kind or, if it is `B`, of another.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Row<const B: bool> {
        id: String,
        owner: String,
        text: String,
    }

    impl<const B: bool> Record for Row<B> {
        const KIND: &'static str = if B { "b" } else { "a" };

        fn id(&self) -> &str {
            &self.id
        }

        fn owner(&self) -> &str {
            &self.owner
        }

        fn search_text(&self) -> Option<String> {
            B.then(|| self.text.clone())
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Put(Row<false>, u32),
        Remove(String),
        RemoveOwned(String),
        ReplaceOwned(String, Vec<String>, String),
        ReplaceAll(Vec<Row<false>>),
        Clear,
        Sweep(u32),
        MarkAgain(u32, u32),
        /// From now on the rows of this owner have tags.
        Tag(String),
    }

    fn tags(number: i64) -> AnswerTags {
        AnswerTags::of(Timestamp::from_second(number).unwrap())
    }

    fn one_of(texts: &[&str]) -> impl Strategy<Value = String> + use<> {
        prop::sample::select(texts.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    fn row() -> impl Strategy<Value = Row<false>> {
        (one_of(&["1", "2", "3", "4"]), one_of(&["", "x", "y"]), one_of(&["old", "new"]))
            .prop_map(|(id, owner, text)| Row { id, owner, text })
    }

    fn step() -> impl Strategy<Value = Step> {
        let owner = || one_of(&["x", "y"]);
        let ids = || prop::collection::vec(one_of(&["1", "2", "3", "4"]), 0..3);
        prop_oneof![
            6 => (row(), 0..3_u32).prop_map(|(row, walk)| Step::Put(row, walk)),
            2 => one_of(&["1", "2", "3", "4"]).prop_map(Step::Remove),
            1 => owner().prop_map(Step::RemoveOwned),
            4 => (owner(), ids(), one_of(&["old", "new"]))
                .prop_map(|(owner, ids, text)| Step::ReplaceOwned(owner, ids, text)),
            1 => prop::collection::vec(row(), 0..3).prop_map(Step::ReplaceAll),
            1 => Just(Step::Clear),
            1 => (0..3_u32).prop_map(Step::Sweep),
            1 => (0..3_u32, 0..3_u32).prop_map(|(from, to)| Step::MarkAgain(from, to)),
            6 => one_of(&["", "x", "y"]).prop_map(Step::Tag),
        ]
    }

    fn take<const B: bool>(step: &Step, number: i64, batch: &Batch<'_>) -> Result<(), StoreError> {
        let as_kind = |row: &Row<false>| Row::<B> {
            id: row.id.clone(),
            owner: row.owner.clone(),
            text: row.text.clone(),
        };
        match step {
            Step::Put(row, walk) => batch.put(&as_kind(row), *walk),
            Step::Remove(id) => batch.remove::<Row<B>>(id),
            Step::RemoveOwned(owner) => batch.remove_owned::<Row<B>>(owner),
            Step::ReplaceOwned(owner, ids, text) => {
                let row = |id: &String| Row::<B> { id: id.clone(), owner: owner.clone(), text: text.clone() };
                batch.replace_owned(owner, &ids.iter().map(row).collect::<Vec<_>>())
            }
            Step::ReplaceAll(rows) => batch.replace_all(&rows.iter().map(as_kind).collect::<Vec<_>>()),
            Step::Clear => batch.clear::<Row<B>>(),
            Step::Sweep(first) => batch.sweep::<Row<B>>(*first),
            Step::MarkAgain(from, to) => batch.mark_again::<Row<B>>(*from, *to),
            Step::Tag(owner) => batch.set_answer_tags(Row::<B>::KIND, owner, Some(&tags(number))),
        }
    }

    /// The rows that tags of this owner stand for.
    fn rows<const B: bool>(reader: &Reader<'_>, owner: &str) -> Vec<Row<B>> {
        let mut rows = reader.all::<Row<B>>().unwrap();
        rows.retain(|row| owner.is_empty() || row.owner == owner);
        rows.sort();
        rows
    }

    proptest! {
        /// Whatever is written, by whatever way, in how many transactions, kept or given up: where there are tags, the rows
        /// are those that were there when the tags were set.
        #[test]
        fn where_there_are_tags_the_rows_are_what_they_were(
            rounds in prop::collection::vec((prop::collection::vec(step(), 1..6), any::<bool>()), 1..12),
        ) {
            let store = Store::in_memory().unwrap();
            let mut set: BTreeMap<(i64, String), Vec<Row<false>>> = BTreeMap::new();
            let mut number = 0;
            for (steps, is_kept) in rounds {
                let mut set_now = BTreeMap::new();
                let written = store.write(|batch| {
                    set_now.clear();
                    for step in &steps {
                        number += 1;
                        take::<false>(step, number, batch)?;
                        if let Step::Tag(owner) = step {
                            set_now.insert((number, owner.clone()), rows(&batch.reader(), owner));
                        }
                    }
                    if is_kept { Ok(()) } else { Err(StoreError::Unreadable) }
                });
                prop_assert_eq!(written.is_ok(), is_kept);
                if is_kept {
                    set.append(&mut set_now);
                }
                for owner in ["", "x", "y"] {
                    let Some(found) = store.read(|reader| reader.answer_tags("a", owner)).unwrap() else { continue };
                    let key = (found.read_at.as_second(), owner.to_owned());
                    let now = store.read(|reader| Ok(rows::<false>(reader, owner))).unwrap();
                    prop_assert_eq!(Some(&now), set.get(&key), "{:?}", owner);
                }
            }
        }

        /// Other kinds have tags of their own, and what is searched is no exception.
        #[test]
        fn what_befalls_one_kind_leaves_another_as_it_is(steps in prop::collection::vec(step(), 1..8)) {
            let store = Store::in_memory().unwrap();
            let write = |step: &Step, number| store.write(|batch| take::<true>(step, number, batch)).unwrap();
            store.write(|batch| batch.set_answer_tags("a", "x", Some(&tags(7)))).unwrap();
            for (number, step) in steps.iter().enumerate() {
                write(step, i64::try_from(number).unwrap());
            }
            prop_assert_eq!(store.read(|reader| reader.answer_tags("a", "x")).unwrap(), Some(tags(7)));
            write(&Step::Tag("x".to_owned()), 99);
            write(&Step::Put(Row { id: "9".into(), owner: "x".into(), text: "new".into() }, 0), 100);
            prop_assert_eq!(store.read(|reader| reader.answer_tags("b", "x")).unwrap(), None);
        }
    }

    #[test]
    fn tags_stay_while_the_rows_are_written_as_they_are() {
        let store = Store::in_memory().unwrap();
        let rows =
            ["1", "2"].map(|id| Row::<false> { id: id.into(), owner: "x".into(), text: String::new() });
        let known = || store.read(|reader| reader.answer_tags("a", "x")).unwrap();
        store
            .write(|batch| {
                batch.replace_owned("x", &rows)?;
                batch.set_answer_tags("a", "x", Some(&tags(1)))
            })
            .unwrap();
        store
            .write(|batch| {
                batch.replace_owned("x", &rows)?;
                batch.mark_again::<Row<false>>(0, 5)?;
                batch.put(&Row::<false> { owner: "y".into(), id: "3".into(), text: String::new() }, 0)
            })
            .unwrap();
        assert_eq!(known(), Some(tags(1)));
        store.write(|batch| batch.replace_owned("x", &rows[..1])).unwrap();
        assert_eq!(known(), None);
    }

    #[test]
    fn tags_of_nothing_go_with_whatever_would_have_been_removed() {
        let store = Store::in_memory().unwrap();
        let set =
            |owner: &str| store.write(|batch| batch.set_answer_tags("a", owner, Some(&tags(1)))).unwrap();
        let known = |owner: &str| store.read(|reader| reader.answer_tags("a", owner)).unwrap();
        set("x");
        store.write(|batch| batch.remove_owned::<Row<false>>("x")).unwrap();
        assert_eq!(known("x"), None);
        set("");
        set("y");
        store
            .write(|batch| {
                batch.clear::<Row<false>>()?;
                Ok(())
            })
            .unwrap();
        assert_eq!((known(""), known("y")), (None, None));
    }

    #[test]
    fn tags_answer_for_the_very_same_request_and_for_a_week() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let query = |day: &str| Query::new(Product::Services, "service_types/1/plans").param("after", day);
        let mut tags = AnswerTags::of(at("2026-11-20T12:00:00Z"));
        tags.push(&query("2026-08-22"), Vec::new(), Some(3));
        let total = |day, now| tags.total_of(&query(day), at(now));
        assert_eq!(total("2026-08-22", "2026-11-27T11:59:59Z"), Some(3));
        assert_eq!(total("2026-08-22", "2026-11-27T12:00:00Z"), None);
        assert_eq!(total("2026-08-22", "2026-11-13T12:00:00Z"), None, "of a time that has not come");
        assert_eq!(total("2026-08-23", "2026-11-20T12:00:00Z"), None);
        assert_eq!(
            tags.total_of(&query("2026-08-22").include(&["plan_times"]), at("2026-11-20T12:00:00Z")),
            None
        );
    }
}
