//! What a job works with: the client, the store, the clock, and the two walks.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use pco_client::{ApiError, Client, Lane, Page, Query, WalkOutcome};

use super::{SyncError, SyncState};
use crate::event::DataTag;
use crate::ports::Clock;
use crate::products::Job;
use crate::status::Progress;
use crate::store::{Batch, Cursor, PartCoverage, PartState, Store, StoreError};

/// A window is left for the next one before offsets become deep: PCO throttles those from 30,000 on.
const WINDOW: u32 = 10_000;

/// Handed to every job.
#[derive(Clone)]
pub struct SyncContext {
    /// The signed-in client.
    pub client: Client,
    /// The account's store.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How urgent the requests are.
    pub lane: Lane,
    /// Where progress is told.
    pub state: Arc<SyncState>,
    /// A person asked for fresh data: what is older than this is read again.
    pub forced_age: Option<Duration>,
}

/// A long list that is walked through in windows of `created_at` and kept page by page.
pub struct Listing {
    /// The part's name.
    pub part: &'static str,
    /// What the progress bar says.
    pub label: &'static str,
    /// What each kept page makes stale.
    pub tags: &'static [DataTag],
    /// The request for rows created from an instant on, in ascending order of `created_at`.
    pub query: fn(since: Option<Timestamp>) -> Query,
    /// Keeps a page's rows, marked with the walk's number; tells the last row's `created_at`.
    pub keep: fn(page: &Page, walk: u32, batch: &Batch<'_>) -> Result<Option<Timestamp>, SyncError>,
    /// How many rows a walk has seen.
    pub seen: fn(walk: u32, batch: &Batch<'_>) -> Result<u32, StoreError>,
    /// Removes what a complete walk did not see.
    pub sweep: fn(walk: u32, batch: &Batch<'_>) -> Result<(), StoreError>,
}

impl SyncContext {
    /// How old a part may be before it is read again.
    #[must_use]
    pub fn age_limit(&self, job: &Job) -> Duration {
        self.forced_age.map_or(job.max_age, |age| age.min(job.max_age))
    }

    /// Walks from where the last walk stopped to the end. Each page and the place in the walk are kept in one
    /// transaction, so that a walk cut short goes on with the page it was at. Rows are counted at the end;
    /// only a walk whose count agrees removes rows it did not see.
    pub async fn walk(&self, listing: &'static Listing) -> Result<(), SyncError> {
        let mut state = self.store.read(|reader| reader.part(listing.part))?;
        if state.cursor.is_none() {
            state.walk = state.walk.wrapping_add(1);
            state.cursor = Some(Cursor::default());
            state.total = None;
            state.has_shrunk = false;
        }
        while let Some(cursor) = state.cursor.clone() {
            let page = self.client.page(self.lane, &(listing.query)(cursor.since), cursor.offset).await?;
            let (next, seen) =
                self.keep(move |batch| keep_page(listing, state.clone(), &cursor, &page, batch)).await?;
            let progress = Progress { label: listing.label.to_owned(), done: seen, total: next.total };
            state = next;
            self.state.progress(progress);
            self.state.changed(listing.tags);
        }
        self.finish(listing, state).await
    }

    async fn finish(&self, listing: &'static Listing, mut state: PartState) -> Result<(), SyncError> {
        let walk = state.walk;
        let seen = self.keep(move |batch| Ok((listing.seen)(walk, batch)?)).await?;
        if state.total.is_some_and(|total| total != seen) {
            // Rows may have come or gone during the walk: what counts is how many there are now.
            let page = self.client.page(self.lane, &(listing.query)(None).per_page(1), 0).await?;
            state.total = total_count(&page).or(state.total);
        }
        let complete = !state.has_shrunk && state.total.is_none_or(|total| total == seen);
        state.coverage = if complete { PartCoverage::Complete } else { PartCoverage::CountDiffers };
        state.recounts = if complete { 0 } else { state.recounts.saturating_add(1) };
        state.as_of = Some(self.clock.now());
        tracing::info!(part = listing.part, seen, complete, "walk finished");
        self.keep(move |batch| {
            if complete {
                (listing.sweep)(walk, batch)?;
            }
            Ok(batch.set_part(listing.part, &state)?)
        })
        .await?;
        self.state.changed(listing.tags);
        Ok(())
    }

    /// All pages of a short list. The list is refused when its count does not agree, so that what is kept instead
    /// of the old rows is never less than the whole.
    pub async fn all(&self, query: &Query) -> Result<Vec<Page>, SyncError> {
        let mut pages = Vec::new();
        let mut walk = self.client.walk(self.lane, query);
        while let Some(page) = walk.next().await? {
            pages.push(page);
        }
        match walk.outcome() {
            WalkOutcome::Complete { .. } => Ok(pages),
            WalkOutcome::Incomplete { .. } => Err(SyncError::CountDiffers),
        }
    }

    /// Runs `work` in one transaction, away from the threads that answer the page; twice, should the first find no room.
    pub async fn keep<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Batch<'_>) -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || {
            let mut failure = None;
            let kept = store.write(|batch| {
                work(batch).map_err(|error| match error {
                    SyncError::Store(error) => error,
                    other => {
                        failure = Some(other);
                        StoreError::Unreadable
                    }
                })
            });
            match (kept, failure) {
                (_, Some(error)) => Err(error),
                (kept, None) => Ok(kept?),
            }
        })
        .await
        .map_err(|_| SyncError::Closed)?
    }
}

/// Keeps a page and the place after it; tells the new state and how many rows the walk has seen.
fn keep_page(
    listing: &Listing,
    mut state: PartState,
    cursor: &Cursor,
    page: &Page,
    batch: &Batch<'_>,
) -> Result<(PartState, u32), SyncError> {
    let total = total_count(page);
    if *cursor == Cursor::default() {
        state.total = total;
    }
    // A row that left the part already walked moves the next page's first row out of sight, while the count agrees.
    state.has_shrunk |= total.zip(cursor.total).is_some_and(|(now, before)| now < before);
    let last = (listing.keep)(page, state.walk, batch)?;
    state.cursor = next_cursor(&Cursor { total, ..cursor.clone() }, page.next, last)?;
    if state.as_of.is_none() {
        state.coverage = PartCoverage::Partial;
    }
    let seen = (listing.seen)(state.walk, batch)?;
    // The cursor of the end is kept with the verdict on the whole walk, so that a crash in between walks again.
    if state.cursor.is_some() {
        batch.set_part(listing.part, &state)?;
    }
    Ok((state, seen))
}

fn total_count(page: &Page) -> Option<u32> {
    page.document.meta.total_count.and_then(|total| u32::try_from(total).ok())
}

/// The place of the next page: further in this window, or the first of a new window that begins with the last row.
fn next_cursor(
    cursor: &Cursor,
    next_offset: Option<u32>,
    last: Option<Timestamp>,
) -> Result<Option<Cursor>, SyncError> {
    let Some(offset) = next_offset else { return Ok(None) };
    if offset < WINDOW {
        return Ok(Some(Cursor { offset, ..cursor.clone() }));
    }
    match last {
        Some(last) if cursor.since.is_none_or(|since| last > since) => {
            Ok(Some(Cursor { since: Some(last), ..Cursor::default() }))
        }
        // More rows in one second than a window holds: go deeper instead of going round.
        _ if offset < pco_client::DEEP_OFFSET => Ok(Some(Cursor { offset, ..cursor.clone() })),
        _ => Err(ApiError::DeepOffset { offset }.into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn a_window_ends_before_offsets_become_deep() {
        let first = Cursor::default();
        assert_eq!(next_cursor(&first, Some(100), at(5)).unwrap().unwrap().offset, 100);
        let next = next_cursor(&first, Some(WINDOW), at(5)).unwrap().unwrap();
        assert_eq!(next, Cursor { since: at(5), offset: 0, total: None });
        assert_eq!(next_cursor(&next, None, at(9)).unwrap(), None);
    }

    #[test]
    fn many_rows_of_one_second_are_walked_inside_the_window() {
        let window = Cursor { since: at(5), offset: WINDOW - 100, total: None };
        assert_eq!(next_cursor(&window, Some(WINDOW), at(5)).unwrap().unwrap().offset, WINDOW);
        assert!(next_cursor(&window, Some(pco_client::DEEP_OFFSET), at(5)).is_err());
    }
}
