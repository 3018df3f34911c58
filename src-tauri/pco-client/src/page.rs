//! From page to page, to the last one, and whether what was seen is everything.
//!
//! Offset paging drifts when records come or go during a walk. Repeated records are dropped, and
//! at the end the count is compared with the server's.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::document::{Document, ResourceId};
use crate::error::ApiError;
use crate::pacing::Lane;
use crate::query::Query;
use crate::tag::EntityTag;

/// The first offset that is never asked for: Planning Center throttles pages that deep. Walk long
/// collections in windows, such as on `created_at`, each from offset 0.
pub const DEEP_OFFSET: u32 = 30_000;

/// One page of a collection. It can be written down, and read again as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page {
    /// The page's records and what came along.
    pub document: Document,
    /// Where it starts.
    pub offset: u32,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<u32>,
    /// What the page was; `None` where the server does not tell.
    pub tag: Option<PageTag>,
}

/// One page of a collection, by its place and its tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageTag {
    pub(crate) offset: u32,
    pub(crate) tag: EntityTag,
}

/// A walk over a collection. Call [`next`](Self::next) until it brings `None`, then ask for the
/// [`outcome`](Self::outcome).
#[derive(Debug)]
pub struct Walk {
    client: Client,
    lane: Lane,
    query: Query,
    /// Offset of the page to read next; `None` after the last one.
    next: Option<u32>,
    /// That page and those after it, as far as they were read already.
    at_hand: VecDeque<Page>,
    seen: HashSet<ResourceId>,
    total: Option<u64>,
    has_shrunk: bool,
}

/// Whether a walk brought everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalkOutcome {
    /// The last page was read and the count agrees, as far as the server tells one.
    Complete {
        /// Records in the collection.
        total: u64,
    },
    /// The walk stopped early, or records moved while it went on.
    Incomplete {
        /// Different records seen.
        seen: u64,
        /// Records in the collection, as the server last told.
        total: Option<u64>,
    },
}

impl Page {
    pub(crate) fn new(
        document: Document,
        offset: u32,
        tag: Option<EntityTag>,
        query: &Query,
    ) -> Result<Self, ApiError> {
        if document.data.is_empty() && document.meta.total_count.is_none() {
            // Planning Center says of an empty collection that its count is 0. Whatever else answers without records must
            // not pass for one that has none.
            return Err(ApiError::Decode { path: "meta.total_count".to_owned(), template: query.template() });
        }
        let broken = || ApiError::BrokenPaging { template: query.template(), offset };
        let next = match document.meta.next_offset {
            None => None,
            Some(_) if document.data.is_empty() => return Err(broken()),
            Some(next) => Some(u32::try_from(next).ok().filter(|&next| next > offset).ok_or_else(broken)?),
        };
        Ok(Self { document, offset, next, tag: tag.map(|tag| PageTag { offset, tag }) })
    }
}

impl Walk {
    pub(crate) fn new(client: Client, lane: Lane, query: Query) -> Self {
        Self {
            client,
            lane,
            query,
            next: Some(0),
            at_hand: VecDeque::new(),
            seen: HashSet::new(),
            total: None,
            has_shrunk: false,
        }
    }

    /// Whether the collection is as it was when these were all its pages. To be asked before anything is read; a first
    /// page that has become another one is not asked for a second time.
    ///
    /// # Errors
    /// As [`Client::page`].
    pub async fn is_still(&mut self, known: &[PageTag]) -> Result<bool, ApiError> {
        for tag in known {
            let page = self.client.page_unless(self.lane, &self.query, tag.offset, Some(tag)).await?;
            if page.is_some() {
                self.at_hand.extend(page.filter(|page| page.offset == 0));
                return Ok(false);
            }
        }
        Ok(!known.is_empty())
    }

    /// Hands these pages of the collection out in place of asking for them, as far as they follow each other from its start:
    /// somebody read them a while ago. To be called before anything is read.
    pub fn go_on_after(&mut self, pages: Vec<Page>) {
        self.at_hand = pages.into();
    }

    /// The next page, without records that an earlier page of this walk had; `None` after the last.
    ///
    /// # Errors
    /// As [`Client::page`]. The walk stays where it is, so a further call tries the same page again.
    pub async fn next(&mut self) -> Result<Option<Page>, ApiError> {
        let Some(offset) = self.next else {
            return Ok(None);
        };
        let mut page = match self.at_hand.pop_front() {
            Some(page) if page.offset == offset => page,
            _ => {
                self.at_hand.clear();
                self.client.page(self.lane, &self.query, offset).await?
            }
        };
        self.admit(&mut page);
        Ok(Some(page))
    }

    /// Whether everything was seen, judged on what has been read so far.
    #[must_use]
    pub fn outcome(&self) -> WalkOutcome {
        let seen = self.seen.len() as u64;
        let total = self.total.unwrap_or(seen);
        // A record that left may have let another slip through unseen while the count agrees.
        if self.next.is_none() && seen == total && !self.has_shrunk {
            WalkOutcome::Complete { total }
        } else {
            WalkOutcome::Incomplete { seen, total: self.total }
        }
    }

    fn admit(&mut self, page: &mut Page) {
        page.document.data.retain(|record| self.seen.insert(record.resource_id()));
        if let Some(total) = page.document.meta.total_count {
            self.has_shrunk |= self.total.is_some_and(|before| total < before);
            self.total = Some(total);
        }
        self.next = page.next;
    }
}
