//! The power goes: of what was not yet made sure of on disk, any part may be missing. What is there afterwards is a
//! state that once was, with whole writes only.

use super::tests::{key, note, texts};
use super::*;

const WRITES: usize = 6;
const IN_A_WRITE: usize = 5;
/// The least that a disk writes at once, in bytes.
const SECTOR: usize = 512;

/// The files of a store in the middle of its work: the database, and the log of all that was written.
fn at_work() -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    for write in 0..WRITES {
        let ids = write * IN_A_WRITE..(write + 1) * IN_A_WRITE;
        let put = |batch: &Batch<'_>| {
            ids.clone().try_for_each(|id| batch.put(&note(&id.to_string(), "", &"x".repeat(200)), 1))
        };
        store.write(put).unwrap();
    }
    let read = |name| std::fs::read(folder.path().join(name)).unwrap();
    (read("store.db"), read("store.db-wal"))
}

/// How many rows a start finds after the power is back.
fn found(database: &[u8], log: &[u8]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("store.db"), database).unwrap();
    std::fs::write(folder.path().join("store.db-wal"), log).unwrap();
    let Opened { store, rebuilt } = Store::open(folder.path(), &key(1)).unwrap();
    assert!(!rebuilt, "what is saved was set aside");
    store.check().unwrap();
    let found = texts(&store).len();
    assert!(found.is_multiple_of(IN_A_WRITE), "{found} rows are no whole writes");
    found
}

#[test]
fn a_log_that_ends_anywhere_leaves_the_writes_before_it() {
    let (database, log) = at_work();
    let mut before = 0;
    for length in (0..log.len()).step_by(SECTOR * 3).chain([log.len()]) {
        let found = found(&database, &log[..length]);
        assert!(found >= before, "{found} rows with {length} bytes, {before} with fewer");
        before = found;
    }
    assert_eq!(before, WRITES * IN_A_WRITE);
}

#[test]
fn a_hole_anywhere_in_the_log_leaves_the_writes_before_it() {
    let (database, log) = at_work();
    let mut all = 0;
    for sector in (0..log.len() / SECTOR).step_by(3) {
        let mut log = log.clone();
        log[sector * SECTOR..(sector + 1) * SECTOR].fill(0);
        all += usize::from(found(&database, &log) == WRITES * IN_A_WRITE);
    }
    assert_eq!(all, 0, "a hole that nobody noticed");
}
