//! Lists that are kept whole, asked for again only if they have become others than those that the stored rows were made of.

use futures::future::try_join_all;
use pco_client::{Page, PageTag, Query, WalkOutcome};

use super::listing::total_count;
use super::{SyncContext, SyncError};
use crate::store::{AnswerTags, Batch, Record};

/// What Planning Center told of lists.
pub(crate) enum Told<T> {
    /// They are those that the stored rows were made of, which had these tags.
    Unchanged(AnswerTags),
    /// All that is in them, and what to ask by the next time, where Planning Center tells.
    New(Vec<T>, Option<AnswerTags>),
}

/// One list, read to its end.
struct List<T> {
    rows: Vec<T>,
    /// `None` when a page came without one.
    tags: Option<Vec<PageTag>>,
    total: Option<u32>,
}

impl SyncContext {
    /// Asks for short lists that make up the same rows, of each whether it is still the `known` one. Where one of them is
    /// not, all are read, and made into rows page by page. As with [`all`](Self::all), a list whose count does not agree is
    /// refused.
    pub(crate) async fn ask<T>(
        &self,
        queries: &[Query],
        known: Option<AnswerTags>,
        parse: impl Fn(&Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<Told<T>, SyncError> {
        let now = self.clock.now();
        let known_pages = |query| known.as_ref().map_or(&[][..], |known| known.pages_of(query, now));
        let lists = queries.iter().map(|query| self.list_unless(query, known_pages(query), &parse));
        let lists = try_join_all(lists).await?;
        if let Some(known) = &known
            && lists.iter().all(Option::is_none)
        {
            return Ok(Told::Unchanged(known.clone()));
        }
        let (mut rows, mut tags) = (Vec::new(), Some(AnswerTags::of(now)));
        for (query, list) in queries.iter().zip(lists) {
            let list = match list {
                Some(list) => Some(list),
                None => self.list_unless(query, &[], &parse).await?,
            };
            let Some(list) = list else { continue };
            rows.extend(list.rows);
            tags = tags.zip(list.tags).map(|(mut tags, pages)| {
                tags.push(query, pages, list.total);
                tags
            });
        }
        Ok(Told::New(rows, tags))
    }

    /// Asks for the first page of a list that is never read whole, unless it is the `known` one.
    pub(crate) async fn ask_first_page(
        &self,
        query: &Query,
        known: Option<AnswerTags>,
    ) -> Result<Told<Page>, SyncError> {
        let now = self.clock.now();
        let known_page = known.as_ref().and_then(|known| known.pages_of(query, now).first());
        let page = self.client.page_unless(self.lane, query, 0, known_page).await?;
        Ok(match (page, known) {
            (None, Some(known)) => Told::Unchanged(known),
            (page, _) => {
                let tags = page.as_ref().and_then(|page| {
                    let mut tags = AnswerTags::of(now);
                    tags.push(query, vec![page.tag.clone()?], total_count(page));
                    Some(tags)
                });
                Told::New(page.into_iter().collect(), tags)
            }
        })
    }

    /// A list, or `None` when all its pages are the known ones.
    async fn list_unless<T>(
        &self,
        query: &Query,
        known: &[PageTag],
        parse: impl Fn(&Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<Option<List<T>>, SyncError> {
        let mut walk = self.client.walk(self.lane, query);
        if walk.is_still(known).await? {
            return Ok(None);
        }
        let mut list = List { rows: Vec::new(), tags: Some(Vec::new()), total: None };
        while let Some(page) = walk.next().await? {
            list.rows.extend(parse(&page)?);
            list.total = total_count(&page);
            list.tags = list.tags.zip(page.tag).map(|(mut tags, tag)| {
                tags.push(tag);
                tags
            });
        }
        match walk.outcome() {
            WalkOutcome::Complete { .. } => Ok(Some(list)),
            WalkOutcome::Incomplete { .. } => Err(SyncError::CountDiffers),
        }
    }
}

impl<T> Told<T> {
    /// Refuses "unchanged" where the stored rows are no longer those that were asked about, because somebody has changed
    /// them meanwhile.
    pub(crate) fn check(&self, kind: &str, owner: &str, batch: &Batch<'_>) -> Result<(), SyncError> {
        match self {
            Self::Unchanged(tags) if batch.reader().answer_tags(kind, owner)?.as_ref() != Some(tags) => {
                Err(SyncError::CountDiffers)
            }
            _ => Ok(()),
        }
    }
}

impl<R: Record> Told<R> {
    /// Makes all rows of a kind what was told.
    pub(crate) fn keep_all(&self, batch: &Batch<'_>) -> Result<(), SyncError> {
        self.check(R::KIND, "", batch)?;
        let Self::New(rows, tags) = self else { return Ok(()) };
        batch.replace_all(rows)?;
        Ok(batch.set_answer_tags(R::KIND, "", tags.as_ref())?)
    }

    /// Makes the rows of one owner what was told.
    pub(crate) fn keep_owned(&self, owner: &str, batch: &Batch<'_>) -> Result<(), SyncError> {
        self.check(R::KIND, owner, batch)?;
        let Self::New(rows, tags) = self else { return Ok(()) };
        batch.replace_owned(owner, rows)?;
        Ok(batch.set_answer_tags(R::KIND, owner, tags.as_ref())?)
    }
}
