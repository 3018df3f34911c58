//! Short lists, read to their end. The pages of one that has several are kept until what they tell is kept, so that a
//! reading that is cut off, as by the end of the program, goes on after the last page that came.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{Page, PageTag, Query, Walk, WalkOutcome};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::listing::total_count;
use super::{SyncContext, SyncError};
use crate::store::{Batch, Record, StoreError};

/// A reading that was cut off goes on within this time; after it everything is asked for anew.
pub(crate) const GOES_ON_WITHIN: Duration = Duration::from_hours(1);

/// One list, read to its end.
pub(crate) struct List<T> {
    pub(crate) rows: Vec<T>,
    /// `None` when a page came without one.
    pub(super) tags: Option<Vec<PageTag>>,
    pub(super) total: Option<u32>,
    pub(crate) reading: Reading,
}

/// When lists were read, and that their pages are kept as yet.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Reading {
    /// When the page was asked for that is the oldest.
    pub(crate) at: Timestamp,
    lists: Vec<String>,
}

/// A page of a list of several.
#[derive(Serialize, Deserialize)]
struct ReadPage {
    id: String,
    list: String,
    offset: u32,
    read_at: Timestamp,
    page: Box<RawValue>,
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

    fn at(&self) -> Option<Timestamp> {
        Some(self.read_at)
    }
}

impl Reading {
    /// Nothing was asked for, as nothing is there.
    pub(super) fn at(at: Timestamp) -> Self {
        Self { at, lists: Vec::new() }
    }

    /// Adds lists that were read for the same rows.
    pub(crate) fn add(&mut self, other: Self) {
        self.at = self.at.min(other.at);
        self.lists.extend(other.lists);
    }

    /// To be called where what the lists tell is kept: their pages need not be any longer.
    pub(crate) fn end(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        self.lists.iter().try_for_each(|list| batch.remove_owned::<ReadPage>(list))
    }
}

impl SyncContext {
    /// Reads a short list, and makes its pages into rows one by one. The list is refused when its count does not agree, so
    /// that what is kept instead of the old rows is never less than the whole.
    pub(crate) async fn all<T>(
        &self,
        query: &Query,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let known = self.known_pages(query)?;
        self.read_on(self.client.walk(self.lane, query), query, known, parse).await
    }

    /// The same, or `None` when all its pages are those with the tags.
    pub(super) async fn all_unless<T>(
        &self,
        query: &Query,
        tags: &[PageTag],
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<Option<List<T>>, SyncError> {
        let known = self.known_pages(query)?;
        let mut walk = self.client.walk(self.lane, query);
        // Half of it was read already because it had become another one.
        if known.is_empty() && walk.is_still(tags).await? {
            return Ok(None);
        }
        self.read_on(walk, query, known, parse).await.map(Some)
    }

    /// The pages of a list that were read before, from its start on; none when one of them is too old.
    fn known_pages(&self, query: &Query) -> Result<Vec<(Timestamp, Page)>, StoreError> {
        let now = self.clock.now();
        let stored: Vec<ReadPage> = self.store.read(|reader| reader.owned(&query.target()))?;
        if stored.iter().any(|page| !is_young(page.read_at, now)) {
            return Ok(Vec::new());
        }
        let (mut known, mut next) = (Vec::new(), Some(0));
        for stored in stored {
            // What another version wrote in another way is not known.
            let Ok(page) = serde_json::from_str::<Page>(stored.page.get()) else { break };
            if next != Some(page.offset) {
                break;
            }
            next = page.next;
            known.push((stored.read_at, page));
        }
        Ok(known)
    }

    /// Goes on after the pages that are known, if the list has not moved since.
    async fn read_on<T>(
        &self,
        mut walk: Walk,
        query: &Query,
        known: Vec<(Timestamp, Page)>,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        if let Some((begun, _)) = known.first() {
            let (begun, end) = (*begun, known.last().map(|(_, page)| page.offset));
            walk.go_on_after(known.into_iter().map(|(_, page)| page).collect());
            match self.read_to_end(walk, query, begun, end, &parse).await {
                Err(SyncError::CountDiffers) => walk = self.client.walk(self.lane, query),
                read => return read,
            }
        }
        self.read_to_end(walk, query, self.clock.now(), None, &parse).await
    }

    async fn read_to_end<T>(
        &self,
        mut walk: Walk,
        query: &Query,
        begun: Timestamp,
        known_to: Option<u32>,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<List<T>, SyncError> {
        let reading = Reading { at: begun, lists: vec![query.target()] };
        let mut list = List { rows: Vec::new(), tags: Some(Vec::new()), total: None, reading };
        while let Some(mut page) = walk.next().await? {
            let is_one_of_several = page.offset > 0 || page.next.is_some();
            let is_new = known_to.is_none_or(|end| page.offset > end);
            let kept =
                if is_one_of_several && is_new { Some(self.read_page_of(query, &page)?) } else { None };
            list.total = total_count(&page);
            list.tags = list.tags.zip(page.tag.take()).map(|(mut tags, tag)| {
                tags.push(tag);
                tags
            });
            list.rows.extend(parse(page)?);
            // One that makes no sense is asked for again.
            if let Some(page) = kept {
                self.keep(move |batch| {
                    if page.offset == 0 {
                        batch.remove_owned::<ReadPage>(&page.list)?;
                    }
                    Ok(batch.put(&page, 0)?)
                })
                .await?;
            }
        }
        match walk.outcome() {
            WalkOutcome::Complete { .. } => Ok(list),
            WalkOutcome::Incomplete { .. } => {
                self.keep(move |batch| Ok(list.reading.end(batch)?)).await?;
                Err(SyncError::CountDiffers)
            }
        }
    }

    fn read_page_of(&self, query: &Query, page: &Page) -> Result<ReadPage, StoreError> {
        let (list, offset) = (query.target(), page.offset);
        let page = to_raw_value(page).map_err(|error| StoreError::record(ReadPage::KIND, &error))?;
        Ok(ReadPage { id: format!("{offset} {list}"), list, offset, read_at: self.clock.now(), page })
    }

    /// Removes pages after which no reading goes on any more.
    pub(super) async fn forget_old_pages(&self) -> Result<(), SyncError> {
        let now = self.clock.now();
        let oldest = self.store.read(|reader| reader.first_at::<ReadPage>(Timestamp::MIN))?;
        if oldest.is_none_or(|oldest| is_young(oldest, now)) {
            return Ok(());
        }
        self.keep(move |batch| {
            let pages: Vec<ReadPage> = batch.reader().all()?;
            let old = pages.iter().filter(|page| !is_young(page.read_at, now));
            Ok(old.map(|page| &page.id).try_for_each(|id| batch.remove::<ReadPage>(id))?)
        })
        .await
    }
}

/// Removes the pages of all lists, whatever became of their readings.
pub(super) fn forget_all_pages(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.clear::<ReadPage>()
}

fn is_young(read_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(read_at).unsigned_abs() < GOES_ON_WITHIN
}
