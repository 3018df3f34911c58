//! Short lists, read to their end, page by page. A list of which nothing is here yet keeps the pages that came until their
//! rows are kept, so that a first reading that is cut off, as by the end of the program, goes on after the last of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use pco_client::{ApiError, Page, PageTag, Query, Walk, WalkOutcome};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::listing::total_count;
use super::{SyncContext, SyncError};
use crate::error::Chain;
use crate::store::{Batch, Record, StoreError};

/// A first reading that was cut off goes on within this time; after it everything is asked for anew.
pub(crate) const GOES_ON_WITHIN: Duration = Duration::from_hours(1);

/// One list, read to its end.
pub(crate) struct List<T> {
    pub(crate) rows: Vec<T>,
    /// `None` when a page came without one.
    pub(super) tags: Option<Vec<PageTag>>,
    pub(super) total: Option<u32>,
    pub(crate) reading: Reading,
}

/// When lists were read, and which of them have pages that are kept as yet.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Reading {
    /// When the first page was asked for.
    pub(crate) at: Timestamp,
    lists: Vec<String>,
}

/// A page of a list of several.
#[derive(Serialize, Deserialize)]
struct ReadPage {
    id: String,
    list: String,
    offset: u32,
    asked_at: Timestamp,
    page: Box<RawValue>,
}

impl ReadPage {
    fn new(query: &Query, page: &Page, asked_at: Timestamp) -> Result<Self, StoreError> {
        let (list, offset) = (query.target(), page.offset);
        let page = to_raw_value(page).map_err(|error| StoreError::record(Self::KIND, &error))?;
        Ok(Self { id: format!("{offset} {list}"), list, offset, asked_at, page })
    }

    /// What claims to be of a time that has not come is of a clock that was wrong.
    fn is_young(&self, now: Timestamp) -> bool {
        Duration::try_from(now.duration_since(self.asked_at)).is_ok_and(|age| age < GOES_ON_WITHIN)
    }
}

impl Record for ReadPage {
    const KIND: &'static str = "page";

    fn id(&self) -> &str {
        &self.id
    }

    fn owner(&self) -> &str {
        &self.list
    }

    fn sort(&self) -> String {
        format!("{:010}", self.offset)
    }
}

impl Reading {
    /// Of a list whose pages are kept.
    fn first(query: &Query, at: Timestamp) -> Self {
        Self { at, lists: vec![query.target()] }
    }

    /// A reading without pages to be kept.
    pub(super) fn of(at: Timestamp) -> Self {
        Self { at, lists: Vec::new() }
    }

    /// Adds lists that were read for the same rows.
    pub(super) fn add(&mut self, other: Self) {
        self.at = self.at.min(other.at);
        self.lists.extend(other.lists);
    }

    /// To be called where what the lists tell is kept, or not wanted any more: their pages need not be any longer.
    pub(crate) fn end(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        self.lists.iter().try_for_each(|list| batch.remove_owned::<ReadPage>(list))
    }
}

impl SyncContext {
    /// All pages of a short list. The list is refused when its count does not agree, so that what is kept instead
    /// of the old rows is never less than the whole.
    pub async fn all(&self, query: &Query) -> Result<Vec<Page>, SyncError> {
        Ok(self.read(query, |page| Ok(vec![page])).await?.rows)
    }

    /// The same, made into rows page by page.
    pub(crate) async fn read<T>(
        &self,
        query: &Query,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let reading = Reading::of(self.clock.now());
        self.read_to_end(self.client.walk(self.lane, query), query, reading, None, parse).await
    }

    /// The same, or `None` when all its pages are those with the tags.
    pub(super) async fn read_unless<T>(
        &self,
        query: &Query,
        tags: &[PageTag],
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<Option<List<T>>, SyncError> {
        let (mut walk, reading) = (self.client.walk(self.lane, query), Reading::of(self.clock.now()));
        if walk.is_still(tags).await? {
            return Ok(None);
        }
        self.read_to_end(walk, query, reading, None, parse).await.map(Some)
    }

    /// The same for a list of which nothing is here: goes on after the pages that an earlier attempt has kept, if the last
    /// of them is what it was and the count agrees.
    pub(crate) async fn read_first<T>(
        &self,
        query: &Query,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let read = self.go_on(query, parse).await;
        if read.as_ref().is_err_and(SyncError::is_out_of_reach) {
            let reading = Reading::first(query, self.clock.now());
            self.keep(move |batch| Ok(reading.end(batch)?)).await?;
        }
        read
    }

    async fn go_on<T>(
        &self,
        query: &Query,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let mut walk = self.client.walk(self.lane, query);
        let (begun, known) = self.known_pages(query)?;
        // What came or went before the end of the last page has moved its rows.
        if let Some(tag) = known.last().and_then(|last| last.tag.clone())
            && walk.is_still(&[tag]).await?
        {
            let end = known.last().map(|last| last.offset);
            walk.go_on_after(known);
            match self.read_to_end(walk, query, Reading::first(query, begun), end, &parse).await {
                Err(SyncError::CountDiffers | SyncError::Api(ApiError::Decode { .. })) => {}
                read => return read,
            }
            walk = self.client.walk(self.lane, query);
        }
        let reading = Reading::first(query, self.clock.now());
        self.read_to_end(walk, query, reading, None, &parse).await
    }

    /// Keeps the pages behind `known_to` if it is a first reading and there are several.
    async fn read_to_end<T>(
        &self,
        mut walk: Walk,
        query: &Query,
        reading: Reading,
        known_to: Option<u32>,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let is_first = !reading.lists.is_empty();
        let mut list = List { rows: Vec::new(), tags: Some(Vec::new()), total: None, reading };
        loop {
            let asked_at = self.clock.now();
            let Some(mut page) = walk.next().await? else { break };
            let is_one_of_several = page.offset > 0 || page.next.is_some();
            let is_new = known_to.is_none_or(|end| page.offset > end);
            let to_keep = (is_first && is_one_of_several && is_new)
                .then(|| ReadPage::new(query, &page, asked_at))
                .transpose()?;
            list.total = total_count(&page);
            list.tags = list.tags.zip(page.tag.take()).map(|(mut tags, tag)| {
                tags.push(tag);
                tags
            });
            // One that makes no sense is not kept, and so asked for again.
            list.rows.extend(parse(page)?);
            if let Some(page) = to_keep {
                self.keep_page(page).await;
            }
        }
        match walk.outcome() {
            WalkOutcome::Complete { .. } => Ok(list),
            WalkOutcome::Incomplete { .. } => {
                if is_first {
                    self.keep(move |batch| Ok(list.reading.end(batch)?)).await?;
                }
                Err(SyncError::CountDiffers)
            }
        }
    }

    /// Where a page cannot be kept, its rows may be all the same, and else tell why they cannot.
    async fn keep_page(&self, page: ReadPage) {
        let kept = self.keep(move |batch| {
            if page.offset == 0 {
                batch.remove_owned::<ReadPage>(&page.list)?;
            }
            Ok(batch.put(&page, 0)?)
        });
        if let Err(error) = kept.await {
            tracing::warn!(cause = %Chain(&error), "a page could not be kept");
        }
    }

    /// The pages of a list that were read before, from its start on, and when the first one was asked for; none when one
    /// of them is too old.
    fn known_pages(&self, query: &Query) -> Result<(Timestamp, Vec<Page>), StoreError> {
        let now = self.clock.now();
        let stored: Vec<ReadPage> = self.store.read(|reader| reader.owned(&query.target()))?;
        let (mut known, mut next) = (Vec::new(), Some(0));
        let begun = stored.first().map_or(now, |page| page.asked_at);
        if !stored.iter().all(|page| page.is_young(now)) {
            return Ok((begun, known));
        }
        for stored in stored {
            // What another version wrote in another way is not known.
            let Ok(page) = serde_json::from_str::<Page>(stored.page.get()) else { break };
            if next != Some(page.offset) {
                break;
            }
            next = page.next;
            known.push(page);
        }
        Ok((begun, known))
    }

    /// Removes pages after which no reading goes on any more. That is no news of Planning Center's: it does not count as
    /// contact.
    pub(super) async fn forget_old_pages(&self) {
        let (store, now) = (Arc::clone(&self.store), self.clock.now());
        let forget = move || {
            let mut old = Vec::new();
            let note = |page: ReadPage| old.extend((!page.is_young(now)).then_some(page.id));
            store.read(|reader| reader.each(note))?;
            if old.is_empty() {
                return Ok(());
            }
            store.write(|batch| old.iter().try_for_each(|id| batch.remove::<ReadPage>(id)))
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(forget).await {
            let error: StoreError = error;
            tracing::warn!(cause = %Chain(&error), "old pages could not be removed");
        }
    }
}

/// Removes the pages of all lists, whatever became of their readings.
pub(super) fn forget_all_pages(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.clear::<ReadPage>()
}
