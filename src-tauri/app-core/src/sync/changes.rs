//! What changed in a long list since it was read, and which of its rows are gone.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{ApiError, Page};

use super::listing::{Listing, Merged, total_count, within};
use super::recount::{Question, Range, Recount};
use super::walk::PAGE;
use super::{New, SyncContext, SyncError, Told};
use crate::store::{AnswerTags, Batch, PartCoverage, PartState};

/// How far Planning Center's own clocks may differ, and how long a change may take until it is to be seen.
const OVERLAP: Duration = Duration::from_mins(2);
const SECOND: Duration = Duration::from_secs(1);
/// Rows in the answer that tells what changed last: few, since mostly nothing did.
const NEWEST: u8 = 25;

/// From when on there may be changes that were not seen, when the last one that was is of `until` and all were read at
/// `read_at`. What was read long enough after the last change is not asked for again: after an import that is everybody.
pub(crate) fn unsure_since(until: Timestamp, read_at: Option<Timestamp>) -> Timestamp {
    let is_settled = read_at.is_some_and(|read_at| {
        Duration::try_from(read_at.duration_since(until)).is_ok_and(|after| after >= OVERLAP)
    });
    // Planning Center tells whole seconds, and all of that second were seen.
    let since = if is_settled { until.checked_add(SECOND) } else { until.checked_sub(OVERLAP) };
    since.unwrap_or(until)
}

/// From when on there may be changes of a list that were not seen; `None` while it was never walked through.
pub(super) fn unsure_of(state: &PartState) -> Option<Timestamp> {
    // Whoever came in the very second before which a walk reads is not among those that it saw, though they are long here.
    let is_followed = state.coverage == PartCoverage::Complete && state.unswept.is_none();
    state.changed_until.map(|until| unsure_since(until, state.as_of.filter(|_| is_followed)))
}

/// What changed in a list.
struct Changed {
    pages: Vec<Page>,
    /// How many rows it has now.
    total: Option<u32>,
    /// What to ask for those rows by that changed last, when they are all of these pages.
    tags: Option<AnswerTags>,
}

impl SyncContext {
    /// Reads what changed since everything was seen, and looks for rows that are gone when the count tells of some.
    pub(super) async fn changes(&self, listing: &'static Listing) -> Result<(), SyncError> {
        let state = self.store.read(|reader| reader.part(listing.part))?;
        let Some(since) = unsure_of(&state) else { return Ok(()) };
        let asked_at = self.clock.now();
        let Changed { pages, total, tags } = self.changed_since(listing, since).await?;
        let mut stored = self
            .keep(move |batch| {
                let mut state = batch.reader().part(listing.part)?;
                for (number, page) in pages.iter().enumerate() {
                    let kept = (listing.keep)(page, state.walk, batch)?;
                    // What changes while further pages are read may be missing on this one.
                    if number == 0 {
                        state.changed_until = state.changed_until.max(kept.updated);
                    }
                }
                if let Some(first_mark) = state.unswept.take() {
                    (listing.sweep)(first_mark, batch)?;
                }
                batch.set_part(listing.part, &state)?;
                if tags.is_some() {
                    batch.set_answer_tags(listing.kind, "", tags.as_ref())?;
                }
                Ok((listing.count)(&batch.reader())?)
            })
            .await?;
        if let Some(merged) = listing.merged.as_ref().filter(|_| total.is_some_and(|total| stored > total)) {
            stored = self.forget_merged(listing, merged, since).await?;
        }
        let agrees = match total {
            Some(0) => false,
            Some(total) if stored != total => self.recount(listing, total).await?,
            _ => true,
        };
        let state = self.keep(move |batch| settle(listing, agrees, total, Some(asked_at), batch)).await?;
        tracing::info!(part = listing.part, total, agrees, "changes read");
        self.tell(listing, &state)
    }

    /// What changed since then, and how many rows there are: mostly in one answer, when the rows that changed last reach
    /// back far enough, or are those that were kept last.
    async fn changed_since(&self, listing: &'static Listing, since: Timestamp) -> Result<Changed, SyncError> {
        let query = (listing.query)().order("-updated_at").per_page(NEWEST);
        let known = self.store.read(|reader| reader.answer_tags(listing.kind, ""))?;
        match self.ask_first_page(&query, known).await? {
            Told::Unchanged(tags) => {
                let total = tags.total_of(&query, self.clock.now());
                return Ok(Changed { pages: Vec::new(), total, tags: None });
            }
            Told::New(New { rows: newest, tags, .. }) => {
                let last = newest.last().and_then(|page| page.document.data.last());
                if let Some(last) = last
                    && (listing.updated_at)(last)?.is_some_and(|updated| updated < since)
                {
                    let total = newest.first().and_then(total_count);
                    return Ok(Changed { pages: newest, total, tags });
                }
            }
        }
        let changed = (listing.query)()
            .where_op("updated_at", "gte", since.to_string())
            .order("created_at")
            .per_page(100);
        let everything = Range { since: None, until: None };
        let (pages, total) = futures::join!(self.all(&changed), self.count(listing, everything));
        let total = total?;
        match pages {
            Err(SyncError::CountDiffers | SyncError::Api(ApiError::DeepOffset { .. })) => {
                // What was read before stays, and is not called whole.
                self.keep(move |batch| settle(listing, false, total, None, batch)).await?;
                Err(SyncError::CountDiffers)
            }
            pages => Ok(Changed { pages: pages?, total, tags: None }),
        }
    }

    /// Removes rows that went into others; tells how many are stored then. What is not for this person to ask is left to
    /// the recount.
    async fn forget_merged(
        &self,
        listing: &'static Listing,
        merged: &'static Merged,
        since: Timestamp,
    ) -> Result<u32, SyncError> {
        let pages = match self.all(&(merged.query)(since)).await {
            Err(error) if error.is_out_of_reach() => Vec::new(),
            pages => pages?,
        };
        self.keep(move |batch| {
            pages.iter().try_for_each(|page| (merged.forget)(page, batch))?;
            Ok((listing.count)(&batch.reader())?)
        })
        .await
    }

    /// Finds the ranges in which rows are gone and reads them again; tells whether the counts agree now.
    async fn recount(&self, listing: &'static Listing, total: u32) -> Result<bool, SyncError> {
        let stored = self.store.read(|reader| (listing.created)(reader))?;
        let mut recount = Recount::new(stored, total, PAGE);
        while let Some(question) = recount.ask() {
            match question {
                Question::Count(range) => match self.count(listing, range).await? {
                    Some(rows) => recount.counted(rows),
                    None => return Ok(false),
                },
                Question::Rows(range) => {
                    let page = self.client.page(self.lane, &listing.rows(range), 0).await?;
                    if total_count(&page).is_none_or(|total| total as usize != page.document.data.len()) {
                        return Ok(false);
                    }
                    self.keep(move |batch| {
                        let mark = batch.reader().part(listing.part)?.walk;
                        (listing.keep)(&page, mark, batch)?;
                        (listing.keep_only)(range, &page, batch)
                    })
                    .await?;
                }
            }
        }
        let stored = self.store.read(|reader| (listing.count)(reader))?;
        Ok(!recount.is_given_up() && stored == total)
    }

    async fn count(&self, listing: &'static Listing, range: Range) -> Result<Option<u32>, SyncError> {
        let page = self.client.page(self.lane, &within((listing.bare)().per_page(1), range), 0).await?;
        Ok(total_count(&page))
    }
}

/// Notes how the reading of changes ended.
fn settle(
    listing: &Listing,
    agrees: bool,
    total: Option<u32>,
    as_of: Option<Timestamp>,
    batch: &Batch<'_>,
) -> Result<PartState, SyncError> {
    let mut state = batch.reader().part(listing.part)?;
    state.total = total;
    state.as_of = as_of.or(state.as_of);
    state.coverage = if agrees { PartCoverage::Complete } else { PartCoverage::CountDiffers };
    state.recounts = if agrees { 0 } else { state.recounts.saturating_add(1) };
    batch.set_part(listing.part, &state)?;
    Ok(state)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_soon_after_the_last_change_is_asked_for_once_more() {
        let at = |clock: &str| -> Timestamp { format!("2026-11-20T{clock}Z").parse().unwrap() };
        let table = [
            (None, "11:58:00"),
            (Some("11:00:00"), "11:58:00"),
            (Some("12:01:59"), "11:58:00"),
            (Some("12:02:00"), "12:00:01"),
        ];
        for (read_at, since) in table {
            assert_eq!(unsure_since(at("12:00:00"), read_at.map(at)), at(since), "{read_at:?}");
        }
    }
}
