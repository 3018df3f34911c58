//! The store's files: how they are begun, opened with the key, set aside and removed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use super::reserve::Reserve;
use super::{StoreError, schema};
use crate::ports::SecretBytes;

/// The database's name inside the account's folder.
pub(super) const FILE: &str = "store.db";

/// Bytes of one page, as SQLCipher lays them out: no database is shorter.
const PAGE: u64 = 4096;

/// One store's files and the key to them.
pub(super) struct Files {
    database: PathBuf,
    key: SecretBytes,
    /// Room kept for the last write.
    pub(super) reserve: Reserve,
}

/// The connections of an open store.
pub(super) struct Connections {
    pub(super) writer: Connection,
    /// `None` where two connections cannot be had: then the first one also reads.
    pub(super) reader: Option<Connection>,
}

impl Files {
    pub(super) fn new(folder: &Path, key: &SecretBytes) -> Self {
        let database = folder.join(FILE);
        Self { reserve: Reserve::new(database.with_extension("reserve")), database, key: key.clone() }
    }

    /// Opens the database, or begins one.
    pub(super) fn open(&self) -> Result<Connections, StoreError> {
        match self.database.metadata() {
            // SQLite would take so short a file for a new one, and say nothing of what is gone.
            Ok(metadata) if metadata.len() < PAGE => return Err(StoreError::Unreadable),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => self.begin()?,
            Err(_) => return Err(StoreError::NotWritable),
        }
        match self.open_pair() {
            // Two connections need a file between them. Without room for that, one alone still reads what is saved, and
            // writes as soon as there is room again.
            Err(StoreError::DiskFull | StoreError::NotWritable) => {
                Ok(Connections { writer: self.open_alone()?, reader: None })
            }
            opened => opened,
        }
    }

    /// A connection to what another run of the program writes.
    pub(super) fn open_to_read(&self) -> Result<Connection, StoreError> {
        let reader = self.connect(&self.database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        schema::configure(&reader)?;
        schema::check(&reader)?;
        Ok(reader)
    }

    /// Begins the database under another name, so that a file without content is always one that has lost it.
    fn begin(&self) -> Result<(), StoreError> {
        let new = self.database.with_extension("new");
        for path in companions(&self.database).into_iter().chain(companions(&new)) {
            remove(&path)?;
        }
        let mut connection =
            self.connect(&new, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        schema::migrate(&mut connection)?;
        connection.close().map_err(|(_, error)| error)?;
        std::fs::rename(&new, &self.database).map_err(|error| because(&error))
    }

    /// The connection that writes, and the one that reads.
    fn open_pair(&self) -> Result<Connections, StoreError> {
        let mut writer = self.connect(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::configure(&writer)?;
        schema::migrate(&mut writer)?;
        let reader = self.connect(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::configure(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Connections { writer, reader: Some(reader) })
    }

    /// A connection that keeps the table of its log to itself, in memory.
    fn open_alone(&self) -> Result<Connection, StoreError> {
        let mut connection = self.connect(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        schema::configure(&connection)?;
        schema::migrate(&mut connection)?;
        Ok(connection)
    }

    /// A database in memory with everything that is saved, for a folder where nothing can be written.
    pub(super) fn copied(&self) -> Result<Connection, StoreError> {
        let [database, log, ..] = companions(&self.database);
        // What a log holds would be missing from the copy.
        if !database.exists() || log.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return memory();
        }
        let mut address = url::Url::from_file_path(database).map_err(|()| StoreError::NotWritable)?;
        address.set_query(Some("immutable=1"));
        let connection = memory()?;
        let attach =
            Zeroizing::new(format!("ATTACH DATABASE ?1 AS saved KEY \"{}\"", self.raw_key().as_str()));
        connection.execute(&attach, [address.as_str()])?;
        schema::copy(&connection)?;
        Ok(connection)
    }

    pub(super) fn connect(&self, database: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
        let connection = Connection::open_with_flags(database, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection
            .execute_batch(&Zeroizing::new(format!("PRAGMA key = \"{}\";", self.raw_key().as_str())))?;
        Ok(connection)
    }

    /// The key as SQLCipher takes it. It is random already: a raw key skips the stretching that a passphrase needs.
    fn raw_key(&self) -> Zeroizing<String> {
        let mut key = Zeroizing::new(String::with_capacity(67));
        key.push_str("x'");
        for byte in self.key.expose() {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        key.push('\'');
        key
    }

    /// Moves a closed database out of the way of a new one. What was set aside before goes.
    pub(super) fn set_aside(&self) -> Result<(), StoreError> {
        std::fs::rename(&self.database, self.aside()).map_err(|error| because(&error))?;
        companions(&self.database).iter().try_for_each(|path| remove(path))
    }

    /// Removes every file of a closed store.
    pub(super) fn remove(&self) -> Result<(), StoreError> {
        self.reserve.spend();
        let [database, ..] = companions(&self.database);
        let beside = companions(&self.database).into_iter().skip(1);
        std::iter::once(database).chain(beside).chain([self.aside()]).try_for_each(|path| remove(&path))
    }

    /// Bytes on disk, the write-ahead log and the reserve included.
    pub(super) fn size(&self) -> u64 {
        let lengths = companions(&self.database).into_iter().filter_map(|path| path.metadata().ok());
        lengths.map(|metadata| metadata.len()).sum::<u64>() + self.reserve.size()
    }

    fn aside(&self) -> PathBuf {
        self.database.with_extension("set-aside")
    }
}

/// A database that is gone when the program ends.
pub(super) fn memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    schema::configure(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Lets go of the file; what still holds the connection finds an empty database without tables.
pub(super) fn close(connection: &mut Connection) -> Result<(), StoreError> {
    let old = std::mem::replace(connection, Connection::open_in_memory()?);
    Ok(old.close().map_err(|(_, error)| error)?)
}

/// What an error of the file system means for the store.
pub(super) fn because(error: &std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => StoreError::DiskFull,
        _ => StoreError::NotWritable,
    }
}

/// The database file and those that are kept beside it.
fn companions(database: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(because(&error)),
        _ => Ok(()),
    }
}
