//! The encrypted store of one account: rows as typed records, what is known of each part, and the search block.
//!
//! One connection writes and one reads, so that an answer never waits for a sync. All SQL of the program is in
//! this folder. The file is SQLCipher with a raw 256-bit key; without a key the store lives in memory only.

mod index;
mod parts;
mod records;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

pub use index::{Found, SearchIndex};
pub use parts::{Cursor, PartCoverage, PartState};
pub use records::{Batch, Reader, Record};

use crate::error::AppError;
use crate::ports::SecretBytes;
use crate::words;

/// The file's name inside the account's folder.
const FILE: &str = "store.db";

/// One account's data.
pub struct Store {
    writer: Mutex<Connection>,
    /// `None` in memory and on a full disk, where the writer's connection serves both.
    reader: Option<Mutex<Connection>>,
    file: Option<(PathBuf, SecretBytes)>,
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
    /// Anything else the database says; its text holds no values.
    #[error("the database failed")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Self::Unreadable,
            // With an I/O error too, what was written stays and nothing more can be: a quota, a share that is gone.
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied | Code::SystemIoFailure) => {
                Self::NotWritable
            }
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    fn record(kind: &'static str, error: &serde_json::Error) -> Self {
        Self::Record { kind, category: error.classify(), column: error.column() }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let sentence = match error {
            StoreError::DiskFull => &words::DISK_FULL,
            StoreError::NotWritable => &words::FOLDER_NOT_WRITABLE,
            _ => &words::STORE_UNREADABLE,
        };
        Self::because(sentence, error)
    }
}

impl Store {
    /// A store that is gone when the program ends: for the practice church, and when no keychain holds a key.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self {
            writer: Mutex::new(memory()?),
            reader: None,
            file: None,
            is_closed: AtomicBool::new(false),
        })
    }

    /// Opens the store in `folder` with `key`. A file that this key does not open, or that is damaged, is set
    /// aside and a new one begun; nothing is deleted but an older file that was set aside before.
    pub fn open(folder: &Path, key: &SecretBytes) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(folder).map_err(|_| StoreError::NotWritable)?;
        let file = folder.join(FILE);
        match Self::open_file(&file, key) {
            Ok(store) => Ok(Opened { store, rebuilt: false }),
            Err(StoreError::Unreadable) => {
                set_aside(&file)?;
                Ok(Opened { store: Self::open_file(&file, key)?, rebuilt: true })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens what another run of the program keeps in `folder`, to read it only: nothing is written, set aside or brought
    /// to another version.
    pub fn open_to_read(folder: &Path, key: &SecretBytes) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let reader = connect(&file, key, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        schema::configure(&reader)?;
        schema::check(&reader)?;
        Ok(Self {
            writer: Mutex::new(reader),
            reader: None,
            file: Some((file, key.clone())),
            is_closed: AtomicBool::new(false),
        })
    }

    /// A number that is another one after each change by another connection.
    pub fn version(&self) -> Result<i64, StoreError> {
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    fn open_file(file: &Path, key: &SecretBytes) -> Result<Self, StoreError> {
        let (writer, reader) = match open_pair(file, key) {
            Ok((writer, reader)) => (writer, Some(reader)),
            // Two connections need a file between them. Without room for that, one alone still reads what is saved, and
            // writes as soon as there is room again.
            Err(StoreError::DiskFull | StoreError::NotWritable) if file.exists() => {
                (open_alone(file, key)?, None)
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            writer: Mutex::new(writer),
            reader: reader.map(Mutex::new),
            file: Some((file.to_owned(), key.clone())),
            is_closed: AtomicBool::new(false),
        })
    }

    /// Whether the data outlives the program.
    #[must_use]
    pub fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// Sets the stored data aside, because it cannot be read, and begins anew.
    pub fn rebuild(&self) -> Result<(), StoreError> {
        let Some((file, key)) = &self.file else {
            *lock(&self.writer) = memory()?;
            return Ok(());
        };
        let (mut writer, mut reader) = (lock(&self.writer), self.reader.as_ref().map(lock));
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::NotWritable);
        }
        close(&mut writer)?;
        reader.as_mut().map_or(Ok(()), |reader| close(reader))?;
        set_aside(file)?;
        let (new_writer, new_reader) = open_pair(file, key)?;
        *writer = new_writer;
        if let Some(reader) = &mut reader {
            **reader = new_reader;
        }
        Ok(())
    }

    /// Runs `work` in one transaction: all of it is kept, or, on an error, none of it.
    pub fn write<T>(&self, work: impl FnOnce(&Batch<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = lock(&self.writer);
        let transaction = connection.transaction()?;
        let result = work(&Batch::new(&transaction))?;
        transaction.commit()?;
        Ok(result)
    }

    /// Reads a consistent state.
    pub fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        let transaction = connection.transaction()?;
        work(&Reader::new(&transaction))
    }

    /// Bytes on disk, the write-ahead log included; 0 in memory.
    #[must_use]
    pub fn size(&self) -> u64 {
        let Some((file, _)) = &self.file else { return 0 };
        companions(file).iter().filter_map(|path| path.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    /// Closes the store, so that its log is worked into the file; what still holds it finds it empty.
    pub fn close(&self) -> Result<(), StoreError> {
        self.is_closed.store(true, Ordering::Release);
        let connections = [self.reader.as_ref(), Some(&self.writer)];
        connections.into_iter().flatten().try_for_each(|connection| close(&mut lock(connection)))
    }

    /// Closes the store and removes its files. Without its key the data is unreadable already.
    pub fn erase(&self) -> Result<(), StoreError> {
        self.close()?;
        let Some((file, _)) = &self.file else { return Ok(()) };
        for path in companions(file).into_iter().chain([aside(file)]) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::NotWritable);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    schema::configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// The connection that writes, and the one that reads.
fn open_pair(file: &Path, key: &SecretBytes) -> Result<(Connection, Connection), StoreError> {
    let mut writer = connect(file, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    schema::configure(&writer)?;
    schema::migrate(&mut writer)?;
    let reader = connect(file, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    schema::configure(&reader)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok((writer, reader))
}

/// A connection that keeps the table of its log to itself, in memory.
fn open_alone(file: &Path, key: &SecretBytes) -> Result<Connection, StoreError> {
    let mut connection = connect(file, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    schema::configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Lets go of the file; what still holds the connection finds an empty database without tables.
fn close(connection: &mut Connection) -> Result<(), StoreError> {
    let old = std::mem::replace(connection, Connection::open_in_memory()?);
    Ok(old.close().map_err(|(_, error)| error)?)
}

fn connect(file: &Path, key: &SecretBytes, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let hex = Zeroizing::new(key.expose().iter().fold(String::with_capacity(64), |mut hex, byte| {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }));
    // The key is random already: a raw key skips the stretching that a passphrase needs (SQLCipher, "raw key").
    connection.execute_batch(&Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", hex.as_str())))?;
    Ok(connection)
}

/// The database file and those that are kept beside it.
fn companions(file: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm", "-journal"]
        .iter()
        .map(|suffix| {
            let mut name = file.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        })
        .collect()
}

fn aside(file: &Path) -> PathBuf {
    file.with_extension("set-aside")
}

fn set_aside(file: &Path) -> Result<(), StoreError> {
    std::fs::rename(file, aside(file)).map_err(|_| StoreError::NotWritable)?;
    for companion in companions(file).into_iter().skip(1) {
        match std::fs::remove_file(&companion) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::NotWritable);
            }
            _ => {}
        }
    }
    Ok(())
}

/// A panic while holding the lock leaves no half-written row: the transaction was rolled back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
