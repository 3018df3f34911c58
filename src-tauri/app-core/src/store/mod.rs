//! The encrypted store of one account: rows as typed records, what is known of each part, and the search block.
//!
//! One connection writes and one reads, so that an answer never waits for a sync. All SQL of the program is in
//! this folder. The file is SQLCipher with a raw 256-bit key; without a key the store lives in memory only.

mod files;
mod groups;
mod hits;
mod index;
mod loading;
mod parts;
mod records;
mod reserve;
mod rows;
mod schema;
mod search;
mod tags;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use self::files::{Connections, Files, close, memory};
use self::reserve::Reserve;
use self::search::{Search, SearchChange};

pub use index::{Found, SearchIndex};
pub use parts::{PartCoverage, PartState};
pub use records::{Batch, Reader, Record, RowId};
pub use search::SearchBlocks;
pub use tags::AnswerTags;

use crate::error::AppError;
use crate::ports::SecretBytes;
use crate::words;

/// One account's data.
pub struct Store {
    writer: Mutex<Connection>,
    /// `None` in memory, on a full disk and where another run writes: there the writer's connection serves both. Whoever
    /// locks both begins here.
    reader: Mutex<Option<Connection>>,
    files: Option<Files>,
    search: Search,
    /// Something could not be read as it was written: nothing is added any more, so that the next write begins anew.
    is_damaged: AtomicBool,
    /// Closed for good: what comes late finds no data, and must not begin the file anew.
    is_closed: AtomicBool,
}

/// A store that was opened, and whether what was there before had to be set aside.
pub struct Opened {
    /// The store, empty when it was rebuilt.
    pub store: Store,
    /// The old file could not be read with this key, or was damaged, and was set aside.
    pub rebuilt: bool,
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or quota is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder cannot be written.
    #[error("the data folder cannot be written")]
    NotWritable,
    /// The file is damaged or the key is not its key.
    #[error("the stored data cannot be read")]
    Unreadable,
    /// A record that this version wrote does not read back. The parser's own words would quote what is stored.
    #[error("a stored {kind} cannot be read ({category:?} at column {column})")]
    Record {
        /// The record's kind.
        kind: &'static str,
        /// In which way.
        category: serde_json::error::Category,
        /// Where.
        column: usize,
    },
    /// Somebody else holds the database, or there was no memory for the work. What is saved is as it was.
    #[error("the database is busy")]
    Busy(#[source] rusqlite::Error),
    /// Anything else the database says; its text holds no values.
    #[error("the database failed")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            // SQLite's general error stands for a page whose seal is broken (SQLCipher behaviour), and for tables that
            // are not there.
            Some(Code::NotADatabase | Code::DatabaseCorrupt | Code::Unknown) => Self::Unreadable,
            // With an I/O error too, what was written stays and nothing more can be: a quota, a share that is gone.
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied | Code::SystemIoFailure) => {
                Self::NotWritable
            }
            Some(
                Code::DatabaseBusy | Code::DatabaseLocked | Code::OutOfMemory | Code::OperationInterrupted,
            ) => Self::Busy(error),
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    pub(crate) fn record(kind: &'static str, error: &serde_json::Error) -> Self {
        Self::Record { kind, category: error.classify(), column: error.column() }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let sentence = match error {
            StoreError::DiskFull => &words::DISK_FULL,
            StoreError::NotWritable => &words::FOLDER_NOT_WRITABLE,
            StoreError::Busy(_) => &words::UNEXPECTED,
            _ => &words::STORE_UNREADABLE,
        };
        Self::because(sentence, error)
    }
}

impl Store {
    /// A store that is gone when the program ends: for the practice church, and when no keychain holds a key.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::new(Connections { writer: memory()?, reader: None }, None))
    }

    /// What is saved in `folder`, in memory: for a folder where nothing can be written.
    pub fn copy_in_memory(folder: &Path, key: &SecretBytes) -> Result<Self, StoreError> {
        let writer = Files::new(folder, key).copied()?;
        Ok(Self::new(Connections { writer, reader: None }, None))
    }

    /// Opens the store in `folder` with `key`. A file that this key does not open, or that is damaged, is set
    /// aside and a new one begun; nothing is deleted but an older file that was set aside before.
    pub fn open(folder: &Path, key: &SecretBytes) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(folder).map_err(|_| StoreError::NotWritable)?;
        let files = Files::new(folder, key);
        let (connections, rebuilt) = match files.open() {
            Err(StoreError::Unreadable) => {
                files.set_aside()?;
                (files.open()?, true)
            }
            opened => (opened?, false),
        };
        Ok(Opened { store: Self::new(connections, Some(files)), rebuilt })
    }

    /// Opens what another run of the program keeps in `folder`, to read it only: nothing is written, set aside or brought
    /// to another version.
    pub fn open_to_read(folder: &Path, key: &SecretBytes) -> Result<Self, StoreError> {
        let files = Files::new(folder, key);
        let writer = files.open_to_read()?;
        Ok(Self::new(Connections { writer, reader: None }, Some(files)))
    }

    /// A number that is another one after each change by another connection.
    pub fn version(&self) -> Result<i64, StoreError> {
        self.with_reader(|connection| {
            Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
        })
    }

    fn new(connections: Connections, files: Option<Files>) -> Self {
        Self {
            writer: Mutex::new(connections.writer),
            reader: Mutex::new(connections.reader),
            files,
            search: Search::default(),
            is_damaged: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Whether the data outlives the program.
    #[must_use]
    pub fn is_on_disk(&self) -> bool {
        self.files.is_some()
    }

    /// Sets the stored data aside, because it cannot be read, and begins anew.
    pub fn rebuild(&self) -> Result<(), StoreError> {
        let rebuilt = self.begin_anew();
        self.search.forget();
        rebuilt
    }

    fn begin_anew(&self) -> Result<(), StoreError> {
        let (mut reader, mut writer) = (lock(&self.reader), lock(&self.writer));
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::NotWritable);
        }
        let Some(files) = &self.files else {
            *writer = memory()?;
            self.is_damaged.store(false, Ordering::Release);
            return Ok(());
        };
        close(&mut writer)?;
        reader.take().map_or(Ok(()), |mut reader| close(&mut reader))?;
        files.set_aside()?;
        let new = files.open()?;
        (*writer, *reader) = (new.writer, new.reader);
        self.is_damaged.store(false, Ordering::Release);
        Ok(())
    }

    /// Runs `work` in one transaction: all of it is kept, or, on an error, none of it. When the disk is full, the reserve
    /// is given up for it and `work` runs a second time; what comes after it is refused until the reserve stands again.
    pub fn write<T>(
        &self,
        mut work: impl FnMut(&Batch<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = self.write_alone(&mut work);
        self.search.merge_many();
        result
    }

    fn write_alone<T>(
        &self,
        work: &mut impl FnMut(&Batch<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = lock(&self.writer);
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::NotWritable);
        }
        if self.is_damaged.load(Ordering::Acquire) {
            return Err(StoreError::Unreadable);
        }
        let result = match &self.files {
            Some(files) => with_reserve(&files.reserve, &mut connection, work),
            None => transact(&mut connection, work),
        };
        let (result, changed) = result?;
        // While the connection is held, so that of two changes of a row the later one is noted last.
        self.search.note(changed);
        Ok(result)
    }

    /// Reads a consistent state.
    pub fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with_reader(|connection| {
            let transaction = connection.transaction()?;
            work(&Reader::new(&transaction))
        })
    }

    fn with_reader<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut reader = lock(&self.reader);
        match reader.as_mut() {
            Some(reader) => work(reader),
            None => work(&mut lock(&self.writer)),
        }
    }

    /// Looks at every page on disk, which takes a second or more for a large church; writes wait meanwhile. What is
    /// found is [remembered](Self::distrust).
    pub fn check(&self) -> Result<(), StoreError> {
        // The seals are looked at in the file itself. Where the power went while the log was worked into it, a page there
        // may be torn that is whole in the log. Where that cannot be done now, the log itself is read by the other check.
        let is_worked_in = self.work_in().unwrap_or(false);
        let checks = ["PRAGMA cipher_integrity_check", "PRAGMA quick_check(1)"];
        let checked = checks
            .into_iter()
            .skip(usize::from(!is_worked_in))
            .try_for_each(|pragma| self.finds_nothing(pragma));
        if matches!(checked, Err(StoreError::Unreadable)) {
            self.distrust();
        }
        checked
    }

    /// Works the log into the file, as far as nobody reads an older state; tells whether that was all of it.
    fn work_in(&self) -> Result<bool, StoreError> {
        let connection = lock(&self.writer);
        let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |row| row.get(0))?;
        Ok(!is_busy)
    }

    /// Whether a check answers with no fault. The check of the seals says nothing then, that of the order says `ok`.
    fn finds_nothing(&self, pragma: &str) -> Result<(), StoreError> {
        let connection = lock(&self.writer);
        if self.is_closed.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut statement = connection.prepare(pragma)?;
        let mut faults = statement.query([])?;
        while let Some(fault) = faults.next()? {
            let fault: String = fault.get(0)?;
            if fault != "ok" {
                tracing::error!(fault, "the stored data is damaged");
                return Err(StoreError::Unreadable);
            }
        }
        Ok(())
    }

    /// Something could not be read as it was written. Reads go on as far as they come; every write fails until the
    /// store is [rebuilt](Self::rebuild).
    pub fn distrust(&self) {
        self.is_damaged.store(true, Ordering::Release);
    }

    /// Makes the reserve ahead of the first write, which would have to wait for it. Where there is no room, that write
    /// tells.
    pub fn make_reserve(&self) {
        let _writer = lock(&self.writer);
        if let Some(files) = self.files.as_ref().filter(|_| !self.is_closed.load(Ordering::Acquire)) {
            drop(files.reserve.make());
        }
    }

    /// Bytes on disk, the write-ahead log and the reserve included; 0 in memory.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.as_ref().map_or(0, Files::size)
    }

    /// Closes the store, so that its log is worked into the file; what still holds it finds it empty.
    pub fn close(&self) -> Result<(), StoreError> {
        self.is_closed.store(true, Ordering::Release);
        let (mut reader, mut writer) = (lock(&self.reader), lock(&self.writer));
        reader.take().map_or(Ok(()), |mut reader| close(&mut reader))?;
        close(&mut writer)?;
        drop((reader, writer));
        self.search.forget();
        Ok(())
    }

    /// Closes the store and removes its files. Without its key the data is unreadable already.
    pub fn erase(&self) -> Result<(), StoreError> {
        self.close()?;
        self.files.as_ref().map_or(Ok(()), Files::remove)
    }
}

/// What a transaction came to, and what it changed in the search.
type Written<T> = Result<(T, Vec<SearchChange>), StoreError>;

/// One transaction, and a second one over the reserve when the disk is full.
fn with_reserve<T>(
    reserve: &Reserve,
    connection: &mut Connection,
    work: &mut impl FnMut(&Batch<'_>) -> Result<T, StoreError>,
) -> Written<T> {
    reserve.make()?;
    match transact(connection, work) {
        Err(StoreError::DiskFull | StoreError::NotWritable) if reserve.spend() => {
            tracing::warn!("the disk takes no more; the reserve is given up for what was being saved");
            transact(connection, work).map_err(|error| match error {
                // SQLite says nothing of a quota or a limit on a file's length; the file system does.
                StoreError::NotWritable => reserve.make().err().unwrap_or(error),
                error => error,
            })
        }
        written => written,
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: &mut impl FnMut(&Batch<'_>) -> Result<T, StoreError>,
) -> Written<T> {
    let transaction = connection.transaction()?;
    let batch = Batch::new(&transaction);
    let result = work(&batch)?;
    let changed = batch.into_search_changes();
    transaction.commit()?;
    Ok((result, changed))
}

/// A panic while holding the lock leaves no half-written row: the transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod damage_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod power_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod search_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod version_tests;
