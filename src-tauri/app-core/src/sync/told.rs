//! Lists that are kept whole, asked for again only if they have become others than those that the stored rows were made of.

use futures::future::try_join_all;
use jiff::Timestamp;
use pco_client::{Page, Query};

use super::listing::total_count;
use super::pages::Reading;
use super::{SyncContext, SyncError};
use crate::store::{AnswerTags, Batch, Record};

/// What Planning Center told of lists.
pub(crate) enum Told<T> {
    /// They are those that the stored rows were made of, which had these tags.
    Unchanged(AnswerTags),
    New(New<T>),
}

/// All that is in lists.
pub(crate) struct New<T> {
    pub(crate) rows: Vec<T>,
    /// What to ask by the next time, where Planning Center tells.
    pub(crate) tags: Option<AnswerTags>,
    pub(crate) reading: Reading,
}

/// What is here of lists before they are asked for.
pub(crate) enum Before {
    /// Nothing, unless an attempt to read them was cut off.
    Nothing,
    /// Their rows, which these answers were made into where that is known.
    Rows(Option<AnswerTags>),
}

impl SyncContext {
    /// Asks for short lists that make up the same rows, of each whether it is still the known one. Where one of them is
    /// not, all are read, and made into rows page by page. As with [`all`](Self::all), a list whose count does not agree is
    /// refused.
    pub(crate) async fn ask<T>(
        &self,
        queries: &[Query],
        before: Before,
        parse: impl Fn(Page) -> Result<Vec<T>, SyncError>,
    ) -> Result<Told<T>, SyncError> {
        let now = self.clock.now();
        let lists = match &before {
            Before::Nothing => {
                let lists = try_join_all(queries.iter().map(|query| self.read_first(query, &parse))).await?;
                lists.into_iter().map(Some).collect()
            }
            Before::Rows(known) => {
                let tags = |query| known.as_ref().map_or(&[][..], |known| known.pages_of(query, now));
                let lists = queries.iter().map(|query| self.read_unless(query, tags(query), &parse));
                let lists: Vec<_> = try_join_all(lists).await?;
                if let Some(known) = known
                    && lists.iter().all(Option::is_none)
                {
                    return Ok(Told::Unchanged(known.clone()));
                }
                lists
            }
        };
        let (mut rows, mut reading, mut told) = (Vec::new(), Reading::of(now), Some(Vec::new()));
        for (query, list) in queries.iter().zip(lists) {
            let list = match list {
                Some(list) => list,
                None => self.read(query, &parse).await?,
            };
            rows.extend(list.rows);
            reading.add(list.reading);
            told = told.zip(list.tags).map(|(mut told, pages)| {
                told.push((query, pages, list.total));
                told
            });
        }
        let tags = told.map(|lists| {
            let mut tags = AnswerTags::of(reading.at);
            for (query, pages, total) in lists {
                tags.push(query, pages, total);
            }
            tags
        });
        Ok(Told::New(New { rows, tags, reading }))
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
                Told::New(New { rows: page.into_iter().collect(), tags, reading: Reading::of(now) })
            }
        })
    }
}

impl<T> Told<T> {
    /// That there is nothing, which nobody has to ask.
    pub(crate) fn nothing(at: Timestamp) -> Self {
        Self::New(New { rows: Vec::new(), tags: None, reading: Reading::of(at) })
    }

    /// When and how it was read, if it is new.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Unchanged(_) => None,
            Self::New(new) => Some(&new.reading),
        }
    }

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
        let Self::New(new) = self else { return Ok(()) };
        batch.replace_all(&new.rows)?;
        new.reading.end(batch)?;
        Ok(batch.set_answer_tags(R::KIND, "", new.tags.as_ref())?)
    }

    /// Makes the rows of one owner what was told.
    pub(crate) fn keep_owned(&self, owner: &str, batch: &Batch<'_>) -> Result<(), SyncError> {
        self.check(R::KIND, owner, batch)?;
        let Self::New(new) = self else { return Ok(()) };
        batch.replace_owned(owner, &new.rows)?;
        new.reading.end(batch)?;
        Ok(batch.set_answer_tags(R::KIND, owner, new.tags.as_ref())?)
    }
}
