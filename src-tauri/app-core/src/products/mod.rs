//! The register of Planning Center's products. A product is one folder here and one line in [`ALL`].

pub(crate) mod church;
pub mod people;
pub mod services;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::event::DataTag;
use crate::store::{Batch, PartCoverage, PartState, Reader, StoreError};
use crate::sync::{SyncContext, SyncError};
use crate::text::join_some;
use crate::views::Coverage;

/// A product: what it fetches, and how it is forgotten.
#[async_trait]
pub trait Product: Send + Sync {
    /// The name a person knows it by; also its OAuth scope when written small.
    fn name(&self) -> &'static str;

    /// What it fetches.
    fn jobs(&self) -> &'static [Job];

    /// How old a part may become before it is fetched again; on some days less than the job says.
    fn max_age(&self, job: &Job, _reader: &Reader<'_>, _now: Timestamp) -> Result<Duration, StoreError> {
        Ok(job.max_age)
    }

    /// Shows something before any job is done, while nothing of the product was ever read. What fails here fails again
    /// in the jobs, which tell it.
    async fn open(&self, _context: &SyncContext) -> Result<(), SyncError> {
        Ok(())
    }

    /// How many requests it takes to read what was never read; `None` while nobody can tell.
    fn requests_left(&self, reader: &Reader<'_>) -> Result<Option<u32>, StoreError>;

    /// Does one of its jobs.
    async fn run(&self, job: &'static Job, context: &SyncContext) -> Result<(), SyncError>;

    /// Removes all its rows, because the person's rights no longer reach it.
    fn purge(&self, batch: &Batch<'_>) -> Result<(), StoreError>;
}

/// One part of a product's data that is fetched as a whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Job {
    /// Name of the part whose state tells how old it is.
    pub part: &'static str,
    /// What the progress bar says.
    pub label: &'static str,
    /// Lower comes first: this Sunday before the whole membership, that before the far weeks.
    pub order: u8,
    /// How old it may become before it is fetched again.
    pub max_age: Duration,
    /// What a change of it makes stale.
    pub tags: &'static [DataTag],
}

/// Every product. Sign-in asks for these scopes; the refresher fetches, the store keeps and purges them.
pub static ALL: &[&dyn Product] = &[&people::People, &services::Services];

/// How many requests it takes to read what was never read of any product; `None` while nobody can tell.
pub(crate) fn requests_left(reader: &Reader<'_>) -> Result<Option<u32>, StoreError> {
    ALL.iter().try_fold(Some(0_u32), |sum, product| {
        Ok(sum.zip(product.requests_left(reader)?).map(|(sum, left)| sum.saturating_add(left)))
    })
}

/// The OAuth scopes of all products.
#[must_use]
pub fn scopes() -> Vec<String> {
    ALL.iter().map(|product| product.name().to_lowercase()).collect()
}

/// What a part lacks that was read to its end, in sentences.
fn shortcomings(state: &PartState) -> String {
    let mut sentences = Vec::new();
    if !state.unread.is_empty() {
        sentences.push(format!("{} could not be read. Narthex asks again.", join_some(&state.unread)));
    }
    if !state.refused.is_empty() {
        sentences.push(format!("Your rights in Planning Center do not reach {}.", join_some(&state.refused)));
    }
    sentences.join(" ")
}

/// How complete a part is, in words that name the product.
pub(crate) fn coverage(state: &PartState, loaded: u32, product: &str) -> Coverage {
    match state.coverage {
        PartCoverage::Complete => match shortcomings(state) {
            reason if reason.is_empty() => Coverage::Complete,
            reason => Coverage::Partial { loaded, total: None, reason },
        },
        PartCoverage::NotLoaded => Coverage::NotLoaded,
        PartCoverage::Partial => Coverage::Partial {
            loaded,
            total: state.total,
            reason: "The rest is still being read.".to_owned(),
        },
        PartCoverage::CountDiffers => Coverage::Partial {
            loaded,
            total: state.total,
            reason: "The list changed while it was read. It will be read again.".to_owned(),
        },
        PartCoverage::NoRight => Coverage::NoRight {
            right: format!("access to {product}"),
            hint: format!("Ask whoever looks after Planning Center at your church for access to {product}."),
        },
    }
}
