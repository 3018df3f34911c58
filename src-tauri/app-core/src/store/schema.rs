//! Tables and their migrations. A migration that has shipped is never edited; a new one is added at the end.

use rusqlite::Connection;

use super::StoreError;

/// One step from version *n* to *n + 1*; the database's `user_version` tells how many have run.
pub(super) const MIGRATIONS: &[&str] = &[
    // Rows of every product in one table: `owner` is what a row belongs to (a plan's id), `person` whom it is
    // about, `walk` the number of the walk that last saw it, so that a finished walk can drop what it did not see.
    "CREATE TABLE record (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        owner TEXT NOT NULL,
        person TEXT NOT NULL,
        sort TEXT NOT NULL,
        walk INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    );
    CREATE INDEX record_by_owner ON record (kind, owner, sort, id);
    CREATE INDEX record_by_person ON record (kind, person) WHERE person <> '';
    CREATE TABLE search (
        sort TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (kind, sort, id)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX search_by_id ON search (kind, id);
    CREATE TABLE part (
        name TEXT NOT NULL PRIMARY KEY,
        body TEXT NOT NULL
    ) WITHOUT ROWID;",
    // How many rows there are of each kind: to count a hundred thousand takes longer than to show fifty of them.
    // What a row is found by begins with what it is ordered by, and people are read again for their households' names.
    "CREATE TABLE tally (
        kind TEXT NOT NULL PRIMARY KEY,
        rows INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO tally SELECT kind, count(*) FROM record GROUP BY kind;
    CREATE TRIGGER record_added AFTER INSERT ON record BEGIN
        INSERT INTO tally VALUES (new.kind, 1) ON CONFLICT (kind) DO UPDATE SET rows = rows + 1;
    END;
    CREATE TRIGGER record_removed AFTER DELETE ON record BEGIN
        UPDATE tally SET rows = rows - 1 WHERE kind = old.kind;
    END;
    UPDATE search SET text = sort || char(9) || text;
    UPDATE part SET body = json_remove(body, '$.walked_at') WHERE name = 'people';",
    // What a row is found by is read as a whole at each start, so it holds nothing twice: `rest` is the text after what
    // it is ordered by. It names the record by its rowid, which stays the same since this file is never vacuumed: one
    // page less to read for each record that is shown.
    "ALTER TABLE search RENAME TO search_before;
    CREATE TABLE search (
        kind TEXT NOT NULL,
        sort TEXT NOT NULL,
        record INTEGER NOT NULL,
        rest TEXT NOT NULL,
        PRIMARY KEY (kind, sort, record)
    ) WITHOUT ROWID;
    INSERT INTO search
        SELECT kind, before.sort, record.rowid, substr(text, length(before.sort) + 1)
        FROM search_before AS before JOIN record USING (kind, id)
        ORDER BY kind, before.sort, record.rowid;
    DROP TABLE search_before;
    CREATE UNIQUE INDEX search_by_record ON search (record);",
    // The last rowid that was given to a record. SQLite gives the last one again once its row is gone; what a search has
    // found meanwhile would then name another record. Declaring it AUTOINCREMENT does the same, but only for a new table:
    // a hundred thousand people would be written again for it. A kind's edition is another number after each change of a
    // row of it; that of a store begun anew is not one of the store before. A plan belongs to its service type, of which a
    // church may have hundreds.
    "CREATE TABLE given (rowid_given INTEGER NOT NULL);
    INSERT INTO given SELECT coalesce(max(rowid), 0) FROM record;
    ALTER TABLE tally ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
    DROP TRIGGER record_added;
    DROP TRIGGER record_removed;
    CREATE TRIGGER record_added AFTER INSERT ON record BEGIN
        UPDATE given SET rowid_given = max(rowid_given, new.rowid);
        INSERT INTO tally VALUES (new.kind, 1, random() / 2)
            ON CONFLICT (kind) DO UPDATE SET rows = rows + 1, edition = edition + 1;
    END;
    CREATE TRIGGER record_changed AFTER UPDATE OF body ON record BEGIN
        UPDATE tally SET edition = edition + 1 WHERE kind = new.kind;
    END;
    CREATE TRIGGER record_removed AFTER DELETE ON record BEGIN
        UPDATE tally SET rows = rows - 1, edition = edition + 1 WHERE kind = old.kind;
    END;
    UPDATE record SET owner = coalesce(json_extract(body, '$.service_type_id'), '') WHERE kind = 'plan';",
    // When a row is, in seconds since 1970, for the kinds that are found by it: plans, by their first time. One without a time
    // comes after all others.
    "ALTER TABLE record ADD COLUMN at INTEGER;
    UPDATE record SET at = coalesce(
        (SELECT min(unixepoch(json_extract(value, '$.starts_at'))) FROM json_each(body, '$.times')
            WHERE json_extract(value, '$.kind') = 'Service'),
        (SELECT min(unixepoch(json_extract(value, '$.starts_at'))) FROM json_each(body, '$.times')),
        253402207199
    ) WHERE kind = 'plan';
    CREATE INDEX record_by_time ON record (kind, at) WHERE at IS NOT NULL;",
    // The tags of the answers that rows are made of: those of one owner, or, with the empty one, all rows of the kind. They
    // go with the first change of such a row, from wherever it comes; which walk saw a row last is none.
    "CREATE TABLE answer (
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        tags TEXT NOT NULL,
        PRIMARY KEY (kind, owner)
    ) WITHOUT ROWID;
    CREATE TRIGGER answer_outdated_by_new AFTER INSERT ON record BEGIN
        DELETE FROM answer WHERE kind = new.kind AND owner IN ('', new.owner);
    END;
    CREATE TRIGGER answer_outdated_by_other AFTER UPDATE OF kind, id, owner, person, sort, body, at ON record BEGIN
        DELETE FROM answer WHERE kind = old.kind AND owner IN ('', old.owner);
        DELETE FROM answer WHERE kind = new.kind AND owner IN ('', new.owner);
    END;
    CREATE TRIGGER answer_outdated_by_removal AFTER DELETE ON record BEGIN
        DELETE FROM answer WHERE kind = old.kind AND owner IN ('', old.owner);
    END;",
    // An item is found by its song, as a row is by the person whom it is about.
    "UPDATE record SET person = json_extract(body, '$.song_id')
        WHERE kind = 'item' AND json_extract(body, '$.song_id') IS NOT NULL;",
];

/// Settings of every connection, after the key.
pub(super) fn configure(connection: &Connection) -> Result<(), StoreError> {
    // Nothing readable may reach a temporary file, and deleted rows are overwritten.
    connection.execute_batch(
        "PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA secure_delete = ON;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA busy_timeout = 5000;",
    )?;
    Ok(())
}

/// Refuses a database of another version than this program's.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version as usize == MIGRATIONS.len() { Ok(()) } else { Err(StoreError::Unreadable) }
}

/// Brings the database to the newest version. A database of a newer program is reported as unreadable.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version as usize > MIGRATIONS.len() {
        return Err(StoreError::Unreadable);
    }
    for (next, migration) in (1_u32..).zip(MIGRATIONS).skip(version as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Copies every table of the attached database `saved`, which is left out if it is of another version.
pub(super) fn copy(connection: &Connection) -> Result<(), StoreError> {
    let version: u32 = connection.pragma_query_value(Some("saved"), "user_version", |row| row.get(0))?;
    if version as usize == MIGRATIONS.len() {
        connection.execute_batch(
            "INSERT INTO record (rowid, kind, id, owner, person, sort, walk, body, at)
                 SELECT rowid, kind, id, owner, person, sort, walk, body, at FROM saved.record;
             INSERT INTO search SELECT * FROM saved.search;
             INSERT INTO part SELECT * FROM saved.part;
             INSERT INTO answer SELECT * FROM saved.answer;",
        )?;
    }
    Ok(connection.execute_batch("DETACH DATABASE saved")?)
}
