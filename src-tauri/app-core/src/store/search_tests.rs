use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::OpenFlags;
use serde::{Deserialize, Serialize};

use super::tests::{Note, ids, key, note, open};
use super::*;

fn found(store: &Store, word: &str) -> Vec<String> {
    let found = store.search(|blocks| blocks.of::<Note>().best(&[word.to_owned()], 9)).unwrap();
    ids(store, &found)
}

fn count(reader: &Reader<'_>) -> Result<u32, StoreError> {
    reader.count::<Note>()
}

#[test]
fn what_is_written_after_the_search_was_loaded_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    store.write(|batch| batch.put(&note("1", "", "hildegard"), 1)).unwrap();
    assert_eq!(found(&store, "hild"), ["1"]);
    store.write(|batch| batch.put(&note("2", "", "hilda"), 1)).unwrap();
    assert_eq!(found(&store, "hild"), ["2", "1"]);
    store.write(|batch| batch.put(&note("2", "", "mathilda"), 1)).unwrap();
    assert_eq!(found(&store, "hild"), ["1", "2"]);
    store.write(|batch| batch.remove::<Note>("1")).unwrap();
    assert_eq!(found(&store, "hild"), ["2"]);
    store.rebuild().unwrap();
    assert!(found(&store, "hild").is_empty());
}

#[test]
fn what_a_failed_transaction_would_have_changed_is_not_found() {
    let store = Store::in_memory().unwrap();
    assert!(found(&store, "lost").is_empty());
    let failed = store.write(|batch| {
        batch.put(&note("1", "", "lost"), 1)?;
        Err::<(), _>(StoreError::DiskFull)
    });
    assert!(failed.is_err());
    assert!(found(&store, "lost").is_empty());
}

#[test]
fn everybody_is_listed_in_order_before_the_search_is_loaded() {
    let store = Store::in_memory().unwrap();
    store
        .write(|batch| ["c", "a", "b"].iter().try_for_each(|text| batch.put(&note(text, "", text), 1)))
        .unwrap();
    assert!(store.search_if_ready(|_| ()).is_none());
    let rows = store.read(|reader| reader.in_order::<Note>(1, 2)).unwrap();
    assert_eq!(ids(&store, &rows), ["b", "c"]);
}

#[test]
fn a_search_that_is_read_in_halves_is_whole_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    // Some of the same name, so that the middle falls among them.
    let notes = |number: u32| note(&number.to_string(), "", &format!("{}\t{number}", number * 7919 % 101));
    store.write(|batch| (0..5_000).try_for_each(|number| batch.put(&notes(number), 1))).unwrap();
    assert!(store.read(|reader| loading::middle(reader.transaction)).unwrap().is_some());
    let halves = store.search(|blocks| blocks.of::<Note>().clone()).unwrap();
    let whole = store.read(|reader| loading::read_all(reader.transaction)).unwrap();
    assert_eq!((halves.len(), &halves), (5_000, whole.of::<Note>()));
}

#[test]
fn the_middle_of_what_is_searched_is_found_however_much_is_not() {
    for others in [0, 25_000, 500_000] {
        let store = Store::in_memory().unwrap();
        let text = |number: u32| note(&number.to_string(), "", &format!("{:05}", number * 7919 % 5_000));
        let put = |numbers: Range<u32>| {
            store.write(|batch| numbers.clone().try_for_each(|number| batch.put(&text(number), 1))).unwrap();
        };
        put(0..4_900);
        // As if so many records had come between that are not searched.
        lock(&store.writer).execute("UPDATE given SET rowid_given = rowid_given + ?1", [others]).unwrap();
        put(4_900..5_000);
        let middle = store.read(|reader| loading::middle(reader.transaction)).unwrap().unwrap();
        assert!((1_500..3_500).contains(&middle.parse::<u32>().unwrap()), "{others} others: {middle}");
    }
}

#[test]
fn a_row_is_read_as_what_stands_there_only() {
    #[derive(Serialize, Deserialize)]
    struct Other;
    impl Record for Other {
        const KIND: &'static str = "other";

        fn id(&self) -> &'static str {
            "1"
        }
    }
    let store = Store::in_memory().unwrap();
    store.write(|batch| batch.put(&note("1", "", "hilda"), 1)).unwrap();
    let row = store.search(|blocks| blocks.of::<Note>().best(&[], 1)[0]).unwrap();
    assert!(store.read(|reader| reader.at::<Other>(row)).unwrap().is_none());
    store.write(|batch| batch.remove::<Note>("1")).unwrap();
    assert!(store.read(|reader| reader.at::<Note>(row)).unwrap().is_none());
}

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let old = Files::new(folder.path(), &key(1)).connect(&folder.path().join("store.db"), flags).unwrap();
    old.execute_batch(schema::MIGRATIONS[0]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(
        "INSERT INTO record VALUES ('note', '1', '', '', 'kim daniel', 1, '{\"id\":\"1\",\"owner\":\"\",\"person\":\"\",\"text\":\"x\"}');
         INSERT INTO search VALUES ('kim daniel', 'note', '1', 'daniel kim');
         INSERT INTO part VALUES ('people', '{\"walk\":3,\"walked_at\":\"2026-11-20T10:00:00Z\",\"total\":1,\"as_of\":null,\"coverage\":\"Complete\"}');",
    )
    .unwrap();
    drop(old);
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    let people = store.read(|reader| reader.part("people")).unwrap();
    assert_eq!((people.walk, people.walked_at), (3, None), "everybody is read again");
    assert_eq!(store.read(count).unwrap(), 1);
    assert_eq!(found(&store, "dan"), ["1"]);
    store.write(|batch| batch.put(&note("2", "", "kim bella"), 1)).unwrap();
    assert_eq!(found(&store, "kim"), ["2", "1"], "in the order of last names");
}

/// What a transaction does with one note.
#[derive(Clone, Debug)]
enum Act {
    Put(String, String),
    Remove(String),
    Clear,
}

fn act() -> impl Strategy<Value = Act> {
    let id = "[0-9]";
    prop_oneof![
        6 => (id, "[ab]{0,2}(\t[ab]{1,2})?").prop_map(|(id, text)| Act::Put(id, text)),
        3 => id.prop_map(Act::Remove),
        1 => Just(Act::Clear),
    ]
}

proptest! {
    #[test]
    fn the_search_and_the_count_follow_every_write(
        transactions in vec((vec(act(), 1..6), any::<bool>()), 1..6),
    ) {
        let store = Store::in_memory().unwrap();
        let block = || store.search(|blocks| blocks.of::<Note>().clone()).unwrap();
        for (acts, is_searched) in transactions {
            store.write(|batch| {
                acts.iter().try_for_each(|act| match act {
                    Act::Put(id, text) => batch.put(&note(id, "", text), 1),
                    Act::Remove(id) => batch.remove::<Note>(id),
                    Act::Clear => batch.clear::<Note>(),
                })
            }).unwrap();
            if is_searched {
                block();
            }
        }
        let (kept, counted) = (block(), store.read(count).unwrap());
        store.forget_search();
        prop_assert_eq!(&kept, &block());
        prop_assert_eq!(counted as usize, kept.len());
    }
}

#[test]
fn where_a_record_stood_no_other_ever_stands() {
    let folder = tempfile::tempdir().unwrap();
    let found = |store: &Store, text: &str| {
        store.search(|blocks| blocks.of::<Note>().best(&[text.to_owned()], 9)).unwrap()
    };
    let there = |store: &Store, row: RowId| store.read(|reader| reader.at::<Note>(row)).unwrap();
    let gone = {
        let store = open(folder.path(), 1).store;
        store.write(|batch| ["1", "2"].iter().try_for_each(|id| batch.put(&note(id, "", "old"), 1))).unwrap();
        let mut gone = found(&store, "old");
        store
            .write(|batch| {
                batch.remove::<Note>("2")?;
                batch.put(&note("3", "", "removed"), 1)
            })
            .unwrap();
        gone.retain(|row| there(&store, *row).is_none());
        gone.extend(found(&store, "removed"));
        store.write(|batch| batch.replace_all(&[note("4", "", "replaced")])).unwrap();
        gone.extend(found(&store, "replaced"));
        store.write(|batch| batch.replace_all::<Note>(&[])).unwrap();
        gone
    };
    assert_eq!(gone.len(), 3, "what was removed, and twice what was replaced");
    let store = open(folder.path(), 1).store;
    store.write(|batch| (10..19).try_for_each(|id| batch.put(&note(&id.to_string(), "", "new"), 1))).unwrap();
    assert_eq!(found(&store, "new").len(), 9);
    assert!(gone.iter().all(|row| there(&store, *row).is_none()), "{gone:?}");
}
