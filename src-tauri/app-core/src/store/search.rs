//! The search blocks of all kinds: loaded from the store once, and from then on kept with every write.

use std::collections::BTreeMap;
use std::sync::{Mutex, TryLockError};

use super::index::Changes;
use super::{Record, RowId, SearchIndex, Store, StoreError, loading, lock};

/// So many changes are merged at once, though nobody searches.
const MANY: usize = 5_000;

/// The blocks by kind.
#[derive(Default)]
pub struct SearchBlocks(BTreeMap<String, SearchIndex>);

/// One change of what a row is found by.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SearchChange {
    /// The row's new text, or `None` when it is gone.
    Row(&'static str, RowId, Option<String>),
    /// Every row of the kind is gone.
    Cleared(&'static str),
}

/// The blocks and what is still to be worked into them.
#[derive(Default)]
pub(super) struct Search {
    /// `None` until somebody searches. Locked before a connection, never by who holds one.
    blocks: Mutex<Option<SearchBlocks>>,
    /// `None` while there are no blocks to bring up to date. Locked last of all.
    changes: Mutex<Option<Vec<SearchChange>>>,
}

impl SearchBlocks {
    /// The block of one kind.
    #[must_use]
    pub fn of<R: Record>(&self) -> &SearchIndex {
        const EMPTY: &SearchIndex = &SearchIndex::new();
        self.0.get(R::KIND).unwrap_or(EMPTY)
    }

    /// Adds entries of a kind, which come after those that are there. A kind without entries has no block.
    pub(super) fn append(&mut self, kind: String, later: SearchIndex) {
        if !later.is_empty() {
            self.0.entry(kind).or_default().append(later);
        }
    }

    /// Adds what comes after all that is there.
    pub(super) fn append_all(&mut self, later: Self) {
        later.0.into_iter().for_each(|(kind, index)| self.append(kind, index));
    }

    fn merge(&mut self, changes: Vec<SearchChange>) {
        let mut by_kind: BTreeMap<&'static str, Changes> = BTreeMap::new();
        for change in changes {
            match change {
                SearchChange::Row(kind, row, text) => {
                    drop(by_kind.entry(kind).or_default().insert(row, text));
                }
                SearchChange::Cleared(kind) => {
                    by_kind.remove(kind);
                    self.0.remove(kind);
                }
            }
        }
        for (kind, changes) in by_kind {
            self.0.entry(kind.to_owned()).or_default().merge(&changes);
        }
    }
}

impl Store {
    /// Runs `work` on the search blocks, which are read first if they are not there. To be called by nobody who reads or
    /// writes.
    pub fn search<T>(&self, work: impl FnOnce(&SearchBlocks) -> T) -> Result<T, StoreError> {
        self.search.with(|| self.load_search(), work)
    }

    /// Runs `work` on the search blocks if they are at hand.
    pub fn search_if_ready<T>(&self, work: impl FnOnce(&SearchBlocks) -> T) -> Option<T> {
        self.search.with_ready(work)
    }

    /// Lets go of the search blocks, because another run of the program has written.
    pub fn forget_search(&self) {
        self.search.forget();
    }

    /// Reads the search blocks over connections of their own, so that an answer from the store does not wait for them.
    fn load_search(&self) -> Result<SearchBlocks, StoreError> {
        // Who has one connection alone, or none any more, gets no other.
        let alone = lock(&self.reader).is_none();
        match self.files.as_ref().filter(|_| !alone).map(loading::read_in_halves) {
            Some(Ok(blocks)) => Ok(blocks),
            _ => self.read(|reader| loading::read_all(reader.transaction)),
        }
    }
}

impl Search {
    /// Runs `work` on blocks that are up to date; `load` reads them if there are none.
    pub(super) fn with<T>(
        &self,
        load: impl FnOnce() -> Result<SearchBlocks, StoreError>,
        work: impl FnOnce(&SearchBlocks) -> T,
    ) -> Result<T, StoreError> {
        let mut blocks = lock(&self.blocks);
        if blocks.is_none() {
            // From here on changes are noted: what is written while the blocks are read may be missing in them.
            *lock(&self.changes) = Some(Vec::new());
            *blocks = Some(load().inspect_err(|_| *lock(&self.changes) = None)?);
        }
        let blocks = blocks.get_or_insert_default();
        blocks.merge(self.take_changes());
        Ok(work(blocks))
    }

    /// Runs `work` on the blocks if they are there and nobody else has them.
    pub(super) fn with_ready<T>(&self, work: impl FnOnce(&SearchBlocks) -> T) -> Option<T> {
        let mut blocks = match self.blocks.try_lock() {
            Ok(blocks) => blocks,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let blocks = blocks.as_mut()?;
        blocks.merge(self.take_changes());
        Some(work(blocks))
    }

    /// Notes what a transaction changed. Called in the order of the transactions.
    pub(super) fn note(&self, changed: Vec<SearchChange>) {
        if let Some(changes) = lock(&self.changes).as_mut() {
            changes.extend(changed);
        }
    }

    /// Works many changes in. Called by who holds no connection.
    pub(super) fn merge_many(&self) {
        if lock(&self.changes).as_ref().is_some_and(|changes| changes.len() >= MANY) {
            self.with_ready(|_| ());
        }
    }

    /// Lets go of everything: what is stored has become another.
    pub(super) fn forget(&self) {
        let mut blocks = lock(&self.blocks);
        *lock(&self.changes) = None;
        *blocks = None;
    }

    fn take_changes(&self) -> Vec<SearchChange> {
        lock(&self.changes).as_mut().map(std::mem::take).unwrap_or_default()
    }
}
