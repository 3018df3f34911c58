//! Stores of older and newer versions of the program: nothing that was saved is lost or misread.

use jiff::SignedDuration;
use rusqlite::OpenFlags;

use super::tests::{Note, key, note, open, texts};
use super::*;
use crate::products::services::{Item, Plan};

#[test]
fn a_store_of_a_newer_program_is_set_aside_not_misread() {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(folder.path(), 1);
    opened.store.write(|batch| batch.put(&note("1", "", "newer"), 1)).unwrap();
    lock(&opened.store.writer).pragma_update(None, "user_version", 999).unwrap();
    drop(opened);
    let old = open(folder.path(), 1);
    assert!(old.rebuilt && texts(&old.store).is_empty());
    drop(old);
    // And the newer program still has everything.
    let saved = folder.path().join("store.db");
    std::fs::rename(folder.path().join("store.set-aside"), &saved).unwrap();
    let files = Files::new(folder.path(), &key(1));
    let connection = files.connect(&saved, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let count: u32 = connection.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn a_store_of_every_older_version_is_brought_up_to_date_with_its_rows() {
    for version in 1..=schema::MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), &key(1));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let old = files.connect(&folder.path().join("store.db"), flags).unwrap();
        schema::MIGRATIONS[..version].iter().for_each(|migration| old.execute_batch(migration).unwrap());
        old.pragma_update(None, "user_version", u32::try_from(version).unwrap()).unwrap();
        let written_then = r#"INSERT INTO record (kind, id, owner, person, sort, walk, body)
            VALUES ('note', '1', 'a', 'p1', 'kept', 3, '{"id":"1","owner":"a","person":"p1","text":"kept"}')"#;
        old.execute_batch(written_then).unwrap();
        drop(old);
        let Opened { store, rebuilt } = open(folder.path(), 1);
        assert!(!rebuilt, "version {version}");
        assert_eq!(texts(&store), ["kept"], "version {version}");
        assert_eq!(store.read(|reader| reader.about::<Note>("p1")).unwrap().len(), 1);
        store.write(|batch| batch.put(&note("2", "a", "new"), 4)).unwrap();
        store.check().unwrap();
    }
}

#[test]
fn a_migration_that_fails_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), 1).store.write(|batch| batch.put(&note("1", "", "kept"), 1)).unwrap();
    let mut connection = Files::new(folder.path(), &key(1))
        .connect(&folder.path().join("store.db"), OpenFlags::SQLITE_OPEN_READ_WRITE)
        .unwrap();
    // From the beginning it finds the tables there already.
    connection.pragma_update(None, "user_version", 0).unwrap();
    assert!(schema::migrate(&mut connection).is_err());
    connection.pragma_update(None, "user_version", u32::try_from(schema::MIGRATIONS.len()).unwrap()).unwrap();
    drop(connection);
    let Opened { store, rebuilt } = open(folder.path(), 1);
    assert_eq!((texts(&store), rebuilt), (vec!["kept".to_owned()], false));
}

#[test]
fn a_plan_of_an_older_version_is_found_by_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path(), &key(1));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let old = files.connect(&folder.path().join("store.db"), flags).unwrap();
    schema::MIGRATIONS[..4].iter().for_each(|migration| old.execute_batch(migration).unwrap());
    old.pragma_update(None, "user_version", 4).unwrap();
    let time = |kind: &str, starts_at: &str| {
        format!(
            r#"{{"id":"1","kind":"{kind}","name":null,"starts_at":"{starts_at}","ends_at":null,"team_ids":[]}}"#
        )
    };
    let (rehearsal, service) =
        (time("Rehearsal", "2026-11-19T23:00:00Z"), time("Service", "2026-11-22T14:00:00Z"));
    let plans = [
        ("served", format!("{rehearsal},{service}"), "2026-11-22T14:00:00Z"),
        ("rehearsed", rehearsal.clone(), "2026-11-19T23:00:00Z"),
        ("undated", String::new(), "9999-12-30T21:59:59Z"),
    ];
    for (id, times, _) in &plans {
        let body = format!(
            r#"{{"id":"{id}","service_type_id":"1","title":null,"series":null,"total_length":0,"url":null,"times":[{times}]}}"#
        );
        old.execute(
            "INSERT INTO record (kind, id, owner, person, sort, walk, body) VALUES ('plan', ?1, '1', '', '', 0, ?2)",
            [id, body.as_str()],
        )
        .unwrap();
    }
    drop(old);
    let store = open(folder.path(), 1).store;
    for (id, _, at) in plans {
        let plan: Plan = store.read(|reader| reader.get(id)).unwrap().unwrap();
        assert_eq!(plan.at(), Some(at.parse().unwrap()), "{id}, as it is written today");
        let at = plan.at().unwrap();
        let found =
            store.read(|reader| reader.within::<Plan>(at..at + SignedDuration::from_secs(1))).unwrap();
        assert_eq!(found.iter().map(Record::id).collect::<Vec<_>>(), [id], "as it was brought over");
    }
}

#[test]
fn an_item_of_an_older_version_is_found_by_its_song() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path(), &key(1));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let old = files.connect(&folder.path().join("store.db"), flags).unwrap();
    schema::MIGRATIONS[..6].iter().for_each(|migration| old.execute_batch(migration).unwrap());
    old.pragma_update(None, "user_version", 6).unwrap();
    let sung = Item { id: "1".into(), plan_id: "7".into(), song_id: Some("5".into()), ..Item::default() };
    let said = Item { id: "2".into(), song_id: None, ..sung.clone() };
    for item in [&sung, &said] {
        old.execute(
            "INSERT INTO record (kind, id, owner, person, sort, walk, body) VALUES ('item', ?1, '7', '', '', 0, ?2)",
            [&item.id, &serde_json::to_string(item).unwrap()],
        )
        .unwrap();
    }
    drop(old);
    let store = open(folder.path(), 1).store;
    let found = store.read(|reader| reader.about::<Item>("5")).unwrap();
    assert_eq!(found.iter().map(Record::id).collect::<Vec<_>>(), ["1"]);
}
