use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    id: String,
    owner: String,
    person: String,
    pub(super) text: String,
}

impl Record for Note {
    const KIND: &'static str = "note";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.owner
    }

    fn about(&self) -> &str {
        &self.person
    }

    fn sort(&self) -> String {
        self.text.clone()
    }

    fn search_text(&self) -> Option<String> {
        Some(self.text.clone())
    }
}

const CANARY: &str = "hildegard of the house";

pub(super) fn note(id: &str, owner: &str, text: &str) -> Note {
    Note { id: id.into(), owner: owner.into(), person: format!("p{id}"), text: text.into() }
}

pub(super) fn key(byte: u8) -> SecretBytes {
    SecretBytes::new(vec![byte; 32])
}

pub(super) fn open(folder: &Path, byte: u8) -> Opened {
    Store::open(folder, &key(byte)).unwrap()
}

fn names(store: &Store) -> SearchIndex {
    store.search(|blocks| blocks.of::<Note>().clone()).unwrap()
}

pub(super) fn ids(store: &Store, rows: &[RowId]) -> Vec<String> {
    let id = |row: &RowId| Ok(store.read(|reader| reader.at::<Note>(*row))?.unwrap().id);
    rows.iter().map(id).collect::<Result<_, StoreError>>().unwrap()
}

pub(super) fn all_notes(reader: &Reader<'_>) -> Result<Vec<Note>, StoreError> {
    reader.all()
}

pub(super) fn texts(store: &Store) -> Vec<String> {
    store.read(|reader| Ok(reader.all::<Note>()?.into_iter().map(|note| note.text).collect())).unwrap()
}

#[test]
fn rows_come_back_by_id_owner_and_person() {
    let store = Store::in_memory().unwrap();
    store
        .write(|batch| {
            for note in [note("1", "a", "second"), note("2", "a", "first"), note("3", "b", "third")] {
                batch.put(&note, 1)?;
            }
            Ok(())
        })
        .unwrap();
    store
        .read(|reader| {
            assert_eq!(reader.get::<Note>("3")?.unwrap().text, "third");
            assert!(reader.get::<Note>("4")?.is_none());
            let owned: Vec<_> = reader.owned::<Note>("a")?.into_iter().map(|note| note.text).collect();
            assert_eq!(owned, ["first", "second"]);
            assert_eq!(reader.about::<Note>("p2")?.len(), 1);
            assert_eq!(reader.about::<Note>("")?.len(), 0, "rows about nobody are not about somebody");
            assert_eq!(reader.count::<Note>()?, 3);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_failed_transaction_keeps_nothing_of_itself_and_all_of_what_was() {
    let store = Store::in_memory().unwrap();
    store.write(|batch| batch.put(&note("1", "", "kept"), 1)).unwrap();
    let failed = store.write(|batch| {
        batch.clear::<Note>()?;
        batch.put(&note("2", "", "lost"), 1)?;
        Err::<(), _>(StoreError::Unreadable)
    });
    assert!(failed.is_err());
    assert_eq!(texts(&store), ["kept"]);
}

#[test]
fn a_finished_walk_sweeps_what_it_did_not_see_out_of_rows_and_search() {
    let store = Store::in_memory().unwrap();
    store
        .write(|batch| {
            batch.put(&note("1", "", "old"), 1)?;
            batch.put(&note("2", "", "seen"), 1)?;
            batch.put(&note("2", "", "seen again"), 2)?;
            assert_eq!((batch.mark::<Note>("1")?, batch.mark::<Note>("2")?), (Some(1), Some(2)));
            batch.sweep::<Note>(2)
        })
        .unwrap();
    assert_eq!(texts(&store), ["seen again"]);
    let index = names(&store);
    assert_eq!(index.len(), 1, "a row that was put twice stands in the search once");
    assert_eq!(ids(&store, &index.find(&["again".into()], 0, 9).rows), ["2"]);
}

#[test]
fn parts_are_kept_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let state = PartState {
        walk: 3,
        unfinished: Some(crate::sync::Walk::new("2026-11-20T10:00:00Z".parse().unwrap(), 3)),
        total: Some(152),
        as_of: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        coverage: PartCoverage::Partial,
        ..PartState::default()
    };
    open(folder.path(), 1).store.write(|batch| batch.set_part("people", &state)).unwrap();
    let store = open(folder.path(), 1).store;
    assert_eq!(store.read(|reader| reader.part("people")).unwrap(), state);
    assert_eq!(store.read(|reader| reader.part("unknown")).unwrap(), PartState::default());
}

#[test]
fn nothing_readable_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(folder.path(), 7);
    opened.store.write(|batch| batch.put(&note("1", CANARY, CANARY), 1)).unwrap();
    assert!(opened.store.size() > 0);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"));
        assert!(memchr::memmem::find(&bytes, CANARY.as_bytes()).is_none());
        assert!(memchr::memmem::find(&bytes, b"CREATE TABLE").is_none());
    }
}

#[test]
fn a_wrong_key_sets_the_file_aside_and_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), 1).store.write(|batch| batch.put(&note("1", "", "mine"), 1)).unwrap();
    let other = open(folder.path(), 2);
    assert!(other.rebuilt);
    assert!(texts(&other.store).is_empty());
    drop(other);
    std::fs::rename(folder.path().join("store.set-aside"), folder.path().join("store.db")).unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.path().join(format!("store.db{suffix}")));
    }
    let back = open(folder.path(), 1);
    assert!(!back.rebuilt);
    assert_eq!(texts(&back.store), ["mine"]);
}

#[test]
fn a_damaged_file_is_set_aside() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 5] = [
        ("nothing left", Vec::clear),
        ("garbage", |bytes| bytes.fill(0x5a)),
        ("truncated in the first page", |bytes| bytes.truncate(100)),
        ("a plain SQLite file", |bytes| bytes[..16].copy_from_slice(b"SQLite format 3\0")),
        ("one bit of the first page", |bytes| bytes[200] ^= 1),
    ];
    for (name, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), 1));
        let file = folder.path().join("store.db");
        let mut bytes = std::fs::read(&file).unwrap();
        damage(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
        assert!(open(folder.path(), 1).rebuilt, "{name}");
        assert!(!open(folder.path(), 1).rebuilt, "{name}: the new file is sound");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, b"x").unwrap();
    assert!(matches!(Store::open(&file.join("account"), &key(1)), Err(StoreError::NotWritable)));
}

#[test]
fn a_full_disk_is_told_and_what_was_there_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).store;
    store.write(|batch| batch.put(&note("1", "", "kept"), 1)).unwrap();
    // SQLite answers a full page budget exactly as it answers a full disk.
    let pages: i64 = lock(&store.writer).pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    lock(&store.writer).pragma_update(None, "max_page_count", pages).unwrap();
    let full = store.write(|batch| batch.put(&note("2", "", &"x".repeat(100_000)), 1));
    assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
    assert_eq!(texts(&store), ["kept"]);
}

#[test]
fn erasing_leaves_no_file_and_no_row() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), 9);
    let store = open(folder.path(), 1).store;
    store.write(|batch| batch.put(&note("1", "", CANARY), 1)).unwrap();
    store.erase().unwrap();
    let left: BTreeSet<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(store.search(|_| ()).is_err(), "what still holds the store finds nothing");
    assert!(store.rebuild().is_err(), "and cannot bring it back");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_store_that_cannot_be_read_is_begun_anew_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).store;
    store.write(|batch| batch.put(&note("1", "", "old"), 1)).unwrap();
    store.rebuild().unwrap();
    assert!(texts(&store).is_empty());
    store.write(|batch| batch.put(&note("2", "", "new"), 1)).unwrap();
    assert_eq!(texts(&store), ["new"]);
    drop(store);
    assert_eq!(texts(&open(folder.path(), 1).store), ["new"], "with the same key");
}

#[test]
fn an_unreadable_row_is_told_without_its_content() {
    let store = Store::in_memory().unwrap();
    store.write(|batch| batch.put(&note("1", "", "x"), 1)).unwrap();
    let damage = format!("UPDATE record SET body = '{{\"id\": \"{CANARY}\", \"owner\": 7}}'");
    lock(&store.writer).execute_batch(&damage).unwrap();
    let error = store.read(all_notes).unwrap_err();
    assert!(matches!(error, StoreError::Record { kind: "note", .. }));
    assert!(!crate::error::Chain(&error).to_string().contains(CANARY));
}

#[test]
fn a_closed_store_is_one_file_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).store;
    store.write(|batch| batch.put(&note("1", "", "kept"), 1)).unwrap();
    store.close().unwrap();
    let mut left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["store.db", "store.reserve"], "no log is left beside it");
    assert_eq!(texts(&open(folder.path(), 1).store), ["kept"]);
}

#[test]
fn a_folder_that_takes_no_writing_is_read_into_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).store;
    // One that goes leaves its row empty, in the copy as well.
    store
        .write(|batch| {
            batch.put(&note("0", "", "gone"), 1)?;
            batch.put(&note("1", "", "saved"), 1)?;
            batch.remove::<Note>("0")?;
            batch.set_answer_tags(Note::KIND, "", Some(&AnswerTags::of(jiff::Timestamp::UNIX_EPOCH)))
        })
        .unwrap();
    store.close().unwrap();
    let before = std::fs::read(folder.path().join("store.db")).unwrap();
    let copy = Store::copy_in_memory(folder.path(), &key(1)).unwrap();
    assert_eq!(texts(&copy), ["saved"]);
    assert_eq!(ids(&copy, &names(&copy).find(&["saved".into()], 0, 9).rows), ["1"]);
    let is_known = || copy.read(|reader| reader.answer_tags(Note::KIND, "")).unwrap().is_some();
    assert!(is_known(), "what its rows were made of");
    copy.write(|batch| batch.put(&note("2", "", "new"), 1)).unwrap();
    assert!(!is_known());
    assert_eq!((texts(&copy).len(), copy.is_on_disk()), (2, false));
    assert_eq!(std::fs::read(folder.path().join("store.db")).unwrap(), before);
    assert!(Store::copy_in_memory(folder.path(), &key(2)).is_err(), "with another key");
}

#[test]
fn a_full_disk_gives_up_the_reserve_for_what_is_being_saved() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).store;
    store.write(|batch| batch.put(&note("1", "", "kept"), 1)).unwrap();
    let reserve = folder.path().join("store.reserve");
    assert_eq!(reserve.metadata().unwrap().len(), 4 * 1024 * 1024);
    let mut tries = 0;
    store
        .write(|batch| {
            tries += 1;
            batch.put(&note("2", "", "kept too"), 1)?;
            if reserve.exists() { Err(StoreError::DiskFull) } else { Ok(()) }
        })
        .unwrap();
    assert_eq!((tries, texts(&store)), (2, vec!["kept".into(), "kept too".into()]));
    // What stands in the way of the reserve stands in the way of every write.
    std::fs::create_dir(&reserve).unwrap();
    assert!(store.write(|batch| batch.put(&note("3", "", "too much"), 1)).is_err());
    assert_eq!(texts(&store).len(), 2);
    std::fs::remove_dir(&reserve).unwrap();
    store.write(|batch| batch.put(&note("3", "", "kept again"), 1)).unwrap();
    assert!(reserve.exists());
}

#[test]
fn the_reserve_is_made_ahead_of_the_first_write_and_never_behind_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let reserve = folder.path().join("store.reserve");
    let store = open(folder.path(), 1).store;
    assert!(!reserve.exists(), "opening does not wait for it");
    store.make_reserve();
    assert_eq!(reserve.metadata().unwrap().len(), 4 * 1024 * 1024);
    store.erase().unwrap();
    store.make_reserve();
    assert!(!reserve.exists(), "the account is gone");
}

#[test]
fn a_store_that_is_only_busy_is_not_begun_anew() {
    use rusqlite::ffi;
    let is_begun_anew = |code| {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        crate::sync::SyncError::from(StoreError::from(error)).is_unreadable_store()
    };
    for code in [ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED, ffi::SQLITE_NOMEM, ffi::SQLITE_INTERRUPT] {
        assert!(!is_begun_anew(code), "{code}");
    }
    for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_ERROR, ffi::SQLITE_MISMATCH] {
        assert!(is_begun_anew(code), "{code}");
    }
}

#[test]
fn rows_that_are_there_as_they_are_wanted_are_left_alone() {
    /// A mark that only rows have which were not written again.
    const UNTOUCHED: u32 = 7;
    let store = Store::in_memory().unwrap();
    let (ann, bob, eve) = (note("1", "a", "ann"), note("2", "a", "bob"), note("3", "b", "eve"));
    let touched = |replace: &dyn Fn(&Batch<'_>) -> Result<(), StoreError>| {
        let mut touched = BTreeSet::new();
        store
            .write(|batch| {
                batch.clear::<Note>()?;
                [&ann, &bob, &eve].iter().try_for_each(|note| batch.put(*note, UNTOUCHED))?;
                replace(batch)?;
                touched.clear();
                for id in batch.reader().ids::<Note>()? {
                    if batch.mark::<Note>(&id)? != Some(UNTOUCHED) {
                        touched.insert(id);
                    }
                }
                Ok(())
            })
            .unwrap();
        touched.into_iter().collect::<String>()
    };
    let again = |id, owner, text| note(id, owner, text);
    let all = [again("3", "b", "eve"), again("1", "a", "ann"), again("2", "a", "bob")];
    assert_eq!(touched(&|batch| batch.replace_all(&all)), "");
    assert_eq!(touched(&|batch| batch.replace_owned("a", &all[1..])), "");
    assert_eq!(touched(&|batch| batch.replace_all(&all[1..])), "12", "one went");
    assert!(names(&store).best(&["eve".to_owned()], 9).is_empty());
    assert_eq!(touched(&|batch| batch.replace_owned("a", &all[2..])), "2", "one of the owner's went");
    let moved = [again("1", "a", "ann"), again("2", "b", "bob"), again("3", "b", "eve")];
    assert_eq!(touched(&|batch| batch.replace_all(&moved)), "123", "one has another owner");
    let renamed = [again("1", "a", "anna"), again("2", "a", "bob")];
    assert_eq!(touched(&|batch| batch.replace_owned("a", &renamed)), "12", "one has another text");
    assert_eq!(ids(&store, &names(&store).best(&["anna".to_owned()], 9)), ["1"]);
    let more = [again("4", "b", "kim"), again("3", "b", "eve")];
    assert_eq!(touched(&|batch| batch.replace_owned("b", &more)), "34", "one came");
    assert_eq!(touched(&|batch| batch.replace_owned::<Note>("c", &[])), "");
}

#[test]
fn what_is_about_one_person_is_not_looked_for_among_everybody() {
    let store = Store::in_memory().unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", records::ABOUT);
    let plan: String = lock(&store.writer).query_row(&sql, ["note", "p1"], |row| row.get("detail")).unwrap();
    assert!(plan.contains("record_by_person (kind=? AND person=?)"), "{plan}");
}

#[test]
fn what_is_within_some_times_is_not_looked_for_among_everything() {
    let store = Store::in_memory().unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", records::WITHIN);
    let plan: String = lock(&store.writer).query_row(&sql, ("plan", 1, 2), |row| row.get("detail")).unwrap();
    assert!(plan.contains("record_by_time (kind=? AND at>? AND at<?)"), "{plan}");
}
