//! A long list that is kept whole: walked through once, then followed by what changed, and recounted.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use pco_client::{ApiError, Page, Query, Resource};
use tokio::task::JoinSet;

use super::recount::Range;
use super::walk::{Ask, PAGE, Told, Verdict};
use super::{SyncContext, SyncError, Walk};
use crate::event::DataTag;
use crate::store::{Batch, PartCoverage, PartState, Reader, StoreError};

/// Pages of a walk that are asked for at the same time; the client's gate says how many of them are let through.
const PAGES_AT_ONCE: usize = 8;
/// Everything is read again after this, for what nobody tells: rows whose `updated_at` did not move. Ids alone would take
/// as many requests, and would only tell who is gone, which the counts do.
const WALK_AGAIN_AFTER: Duration = Duration::from_hours(7 * 24);
/// Recounts in a row that did not come out before everything is read again …
const TRUSTED_RECOUNTS: u32 = 3;
/// … unless that was done so lately: then it is the count that is wrong, and no walk would mend it.
const TRUSTED_WALK: Duration = Duration::from_hours(1);

/// A long list: how it is asked for and kept. It is never empty, as people are not: whoever asks is one of them.
pub(crate) struct Listing {
    /// The part's name.
    pub part: &'static str,
    /// The kind of its records.
    pub kind: &'static str,
    /// What the progress bar says.
    pub label: &'static str,
    /// What each kept page makes stale.
    pub tags: &'static [DataTag],
    /// The request for all rows with everything that is kept of them.
    pub query: fn() -> Query,
    /// The request for as little of them as can be, when only their number is wanted.
    pub bare: fn() -> Query,
    /// Keeps a row's record and what came along, unless the stored one has a higher mark already.
    pub keep: fn(page: &Page, mark: u32, batch: &Batch<'_>) -> Result<Kept, SyncError>,
    /// How many rows are stored.
    pub count: fn(reader: &Reader<'_>) -> Result<u32, StoreError>,
    /// The `created_at` of every stored row, in order.
    pub created: fn(reader: &Reader<'_>) -> Result<Vec<Timestamp>, StoreError>,
    /// Lets rows with one mark have another.
    pub mark_again: fn(from: u32, to: u32, batch: &Batch<'_>) -> Result<(), StoreError>,
    /// When Planning Center says that a row last changed.
    pub updated_at: fn(row: &Resource) -> Result<Option<Timestamp>, SyncError>,
    /// How to learn which rows went into others, where Planning Center tells.
    pub merged: Option<Merged>,
    /// Removes rows with a mark below the first of a walk that saw everything.
    pub sweep: fn(first_mark: u32, batch: &Batch<'_>) -> Result<(), StoreError>,
    /// Removes the rows of a range of `created_at` that are not on the page that holds all of that range.
    pub keep_only: fn(range: Range, page: &Page, batch: &Batch<'_>) -> Result<(), SyncError>,
}

/// Where Planning Center tells which rows of a list went into others.
pub(crate) struct Merged {
    /// The request for what was merged since then.
    pub query: fn(since: Timestamp) -> Query,
    /// Removes the rows that an answer to it says are gone.
    pub forget: fn(page: &Page, batch: &Batch<'_>) -> Result<(), SyncError>,
}

/// What came of keeping a page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// Rows that did not have the mark before.
    pub fresh: u32,
    /// The latest `created_at` on the page.
    pub created: Option<Timestamp>,
    /// The latest `updated_at` on the page.
    pub updated: Option<Timestamp>,
}

impl Listing {
    pub(super) fn rows(&self, range: Range) -> Query {
        within((self.query)().order("created_at").per_page(100), range)
    }

    /// How many requests a first reading takes that stands so; `None` while nobody can tell.
    pub(crate) fn requests_left(state: &PartState) -> Option<u32> {
        match (&state.unfinished, state.total) {
            (Some(walk), Some(total)) => Some(requests_left(walk, total)),
            _ => (state.as_of.is_some() || state.coverage == PartCoverage::NoRight).then_some(0),
        }
    }

    /// Whether everything is about to be read anew.
    pub(crate) fn begins_anew(state: &PartState, now: Timestamp) -> bool {
        state.unfinished.is_none() && Self::is_walk_due(state, now)
    }

    fn is_walk_due(state: &PartState, now: Timestamp) -> bool {
        let is_older_than =
            |age| state.walked_at.is_none_or(|walked| now.duration_since(walked).unsigned_abs() >= age);
        state.unfinished.is_some()
            || is_older_than(WALK_AGAIN_AFTER)
            || state.changed_until.is_none()
            || (state.recounts >= TRUSTED_RECOUNTS && is_older_than(TRUSTED_WALK))
    }
}

impl SyncContext {
    /// Brings a long list up to date: by its changes, or by a walk through all of it where those do not reach.
    pub(crate) async fn follow(&self, listing: &'static Listing) -> Result<(), SyncError> {
        let state = self.store.read(|reader| reader.part(listing.part))?;
        if Listing::is_walk_due(&state, self.clock.now()) && !self.walk(listing).await? {
            return Ok(());
        }
        self.changes(listing).await
    }

    /// Shows the rows that changed last, and with them the moment up to which a walk reads: what comes later is a
    /// change. Nothing when a walk is under way.
    pub(crate) async fn begin_walk(&self, listing: &'static Listing) -> Result<(), SyncError> {
        let state = self.store.read(|reader| reader.part(listing.part))?;
        if state.unfinished.is_some() {
            return Ok(());
        }
        let query = (listing.query)().order("-updated_at").per_page(100);
        let page = self.client.page(self.lane, &query, 0).await?;
        let total = total_count(&page);
        let state = self.keep(move |batch| keep_newest(listing, &page, total, batch)).await?;
        self.tell(listing, &state)
    }

    /// Walks to the end from where the last walk stopped, with several pages under way. A page and what is still
    /// missing are kept in one transaction. Tells whether everything was seen; only then rows are removed, with the
    /// reading of changes.
    async fn walk(&self, listing: &'static Listing) -> Result<bool, SyncError> {
        self.begin_walk(listing).await?;
        let state = self.store.read(|reader| reader.part(listing.part))?;
        let Some(mut walk) = state.unfinished else { return Ok(true) };
        let mut reads = JoinSet::new();
        let mut under_way: Vec<Ask> = Vec::new();
        while !walk.is_over() {
            while under_way.len() < PAGES_AT_ONCE
                && let Some(ask) = walk.ask(&under_way)
            {
                under_way.push(ask.clone());
                reads.spawn(self.clone().read_page(listing, ask));
            }
            let Some(read) = reads.join_next().await else { break };
            let (ask, page) = read.map_err(|_| SyncError::Closed)??;
            under_way.retain(|other| *other != ask);
            if !walk.wants(&ask) {
                continue;
            }
            let now = self.clock.now();
            let state =
                self.keep(move |batch| keep_page(listing, walk.clone(), &ask, &page, now, batch)).await?;
            self.tell(listing, &state)?;
            let Some(next) = state.unfinished else {
                return Ok(state.recounts == 0);
            };
            walk = next;
        }
        Ok(false)
    }

    async fn read_page(self, listing: &'static Listing, ask: Ask) -> Result<(Ask, Arc<Page>), SyncError> {
        let range = Range { since: ask.since, until: Some(ask.until) };
        let page = self.client.page(self.lane, &listing.rows(range), ask.offset).await?;
        Ok((ask, Arc::new(page)))
    }

    /// Tells how far a walk is, and what it has changed.
    pub(super) fn tell(&self, listing: &Listing, state: &PartState) -> Result<(), SyncError> {
        if let Some(walk) = &state.unfinished {
            let total = state.total;
            let requests = total.map(|total| requests_left(walk, total));
            // The first walk comes after those who changed last, and whoever is here is told of elsewhere as well.
            let here = if state.as_of.is_none() { self.store.read(listing.count)? } else { 0 };
            // Windows share the rows of one second.
            let done = walk.seen().max(here).min(total.unwrap_or(u32::MAX));
            self.tell_progress(listing.label, done, total, requests)?;
        }
        self.state.changed(listing.tags);
        Ok(())
    }
}

/// Pages that are still to come.
fn requests_left(walk: &Walk, total: u32) -> u32 {
    total.saturating_sub(walk.seen()).div_ceil(PAGE)
}

/// Keeps the rows that changed last, and where a walk ends that begins now.
fn keep_newest(
    listing: &Listing,
    page: &Page,
    total: Option<u32>,
    batch: &Batch<'_>,
) -> Result<PartState, SyncError> {
    let mut state = batch.reader().part(listing.part)?;
    let kept = (listing.keep)(page, state.walk, batch)?;
    state.total = total;
    state.coverage = first_coverage(&state);
    // Rows that do not say when they changed, or none at all: nothing to rely on.
    let newest = kept.updated.ok_or(SyncError::CountDiffers)?;
    let walk = Walk::new(newest, state.walk);
    state.walk = walk.last_mark();
    state.changed_until = Some(newest);
    state.unfinished = Some(walk);
    batch.set_part(listing.part, &state)?;
    Ok(state)
}

/// Keeps a page and what the walk has still to read after it.
fn keep_page(
    listing: &Listing,
    mut walk: Walk,
    ask: &Ask,
    page: &Page,
    now: Timestamp,
    batch: &Batch<'_>,
) -> Result<PartState, SyncError> {
    let kept = (listing.keep)(page, ask.mark, batch)?;
    let told = Told {
        total: total_count(page),
        rows: u32::try_from(page.document.data.len()).unwrap_or(u32::MAX),
        fresh: kept.fresh,
        next: page.next,
        last: kept.created,
    };
    match walk.take(ask, &told) {
        Verdict::Counts => {}
        Verdict::Moved(mark) => (listing.mark_again)(mark, walk.first_mark().saturating_sub(1), batch)?,
        Verdict::TooDeep { offset } => return Err(ApiError::DeepOffset { offset }.into()),
    }
    let mut state = batch.reader().part(listing.part)?;
    state.walk = walk.last_mark();
    state.coverage = first_coverage(&state);
    if walk.is_over() {
        tracing::info!(part = listing.part, seen = walk.seen(), whole = walk.is_whole(), "walk finished");
        state.unfinished = None;
        if walk.is_whole() {
            // Not before what came since the walk began is here as well: it has older marks, or none.
            state.unswept = Some(walk.first_mark());
            (state.walked_at, state.recounts) = (Some(now), 0);
        } else {
            state.as_of = Some(now);
            state.coverage = PartCoverage::CountDiffers;
            state.recounts = state.recounts.saturating_add(1);
        }
    } else {
        state.unfinished = Some(walk);
    }
    batch.set_part(listing.part, &state)?;
    Ok(state)
}

/// While a list is read for the first time it is there in part; one that was whole before stays what it was.
fn first_coverage(state: &PartState) -> PartCoverage {
    if state.as_of.is_none() { PartCoverage::Partial } else { state.coverage }
}

pub(super) fn within(query: Query, range: Range) -> Query {
    let bounds = [("gte", range.since), ("lt", range.until)];
    bounds.into_iter().fold(query, |query, (operator, bound)| match bound {
        Some(bound) => query.where_op("created_at", operator, bound.to_string()),
        None => query,
    })
}

pub(crate) fn total_count(page: &Page) -> Option<u32> {
    page.document.meta.total_count.and_then(|total| u32::try_from(total).ok())
}
