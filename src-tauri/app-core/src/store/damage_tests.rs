//! Damage of every kind: it is found, set aside and begun anew, and no row ever reads back as another.

use super::tests::{all_notes, key, note, texts};
use super::*;

const ROWS: usize = 60;

/// A small store of a few dozen pages, closed.
fn store_in(folder: &Path) -> Vec<u8> {
    let store = Store::open(folder, &key(1)).unwrap().store;
    store
        .write(|batch| {
            (0..ROWS).try_for_each(|id| batch.put(&note(&id.to_string(), "", &"x".repeat(300)), 1))
        })
        .unwrap();
    store.close().unwrap();
    std::fs::read(folder.join("store.db")).unwrap()
}

fn is_whole(store: &Store) -> Result<bool, StoreError> {
    let notes = store.read(all_notes)?;
    Ok(notes.len() == ROWS && notes.iter().all(|note| note.text == "x".repeat(300)))
}

/// Opens a damaged store as the program does; tells whether the damage was found.
fn is_found(folder: &Path) -> bool {
    let Opened { store, rebuilt } = Store::open(folder, &key(1)).unwrap();
    if rebuilt {
        return true;
    }
    let whole = is_whole(&store);
    assert!(!matches!(whole, Ok(false)), "rows are missing or changed, and nobody knows");
    let found = matches!(store.check(), Err(StoreError::Unreadable));
    if found {
        let refused = store.write(|batch| batch.put(&note("new", "", ""), 1));
        assert!(matches!(refused, Err(StoreError::Unreadable)), "nothing is added to what is damaged");
        store.rebuild().unwrap();
        store.write(|batch| batch.put(&note("new", "", "new"), 1)).unwrap();
        assert_eq!(texts(&store), ["new"]);
        store.check().unwrap();
    }
    found
}

#[test]
fn a_sound_store_passes_the_check() {
    let folder = tempfile::tempdir().unwrap();
    store_in(folder.path());
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    store.check().unwrap();
    assert!(is_whole(&store).unwrap());
    Store::in_memory().unwrap().check().unwrap();
}

#[test]
fn one_flipped_bit_is_found_in_whichever_page_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let sound = store_in(folder.path());
    let file = folder.path().join("store.db");
    let pages = sound.len() / 4096;
    assert!(pages > 15, "{pages} pages are too few to prove much");
    for page in 0..pages {
        let mut bytes = sound.clone();
        bytes[page * 4096 + page * 769 % 4096] ^= 1 << (page % 8);
        std::fs::write(&file, bytes).unwrap();
        assert!(is_found(folder.path()), "page {page} of {pages}");
    }
}

#[test]
fn a_file_cut_short_anywhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let sound = store_in(folder.path());
    let file = folder.path().join("store.db");
    for length in (0..sound.len()).step_by(4096).chain([1, 100, 4095, 4097, sound.len() - 1]) {
        std::fs::write(&file, &sound[..length]).unwrap();
        assert!(is_found(folder.path()), "{length} of {} bytes", sound.len());
    }
}

#[test]
fn what_the_program_reads_while_it_is_damaged_is_begun_anew_once() {
    let folder = tempfile::tempdir().unwrap();
    store_in(folder.path());
    let store = Store::open(folder.path(), &key(1)).unwrap().store;
    store.distrust();
    assert!(is_whole(&store).unwrap(), "reads go on as far as they come");
    assert!(matches!(store.write(|_| Ok(())), Err(StoreError::Unreadable)));
    store.rebuild().unwrap();
    store.write(|_| Ok(())).unwrap();
}

#[test]
fn a_store_whose_making_was_cut_short_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("store.new"), b"half").unwrap();
    std::fs::write(folder.path().join("store.new-journal"), b"half").unwrap();
    assert!(!Store::open(folder.path(), &key(1)).unwrap().rebuilt);
}
