//! How data gets in: walks that are counted, jobs that are due, and what the freshness line says of both.

mod context;
mod refresher;
mod state;

pub use context::{PagesOf, SyncContext};
pub use refresher::Refresher;
pub use state::{SyncSignal, SyncState};

use pco_client::ApiError;

use crate::store::StoreError;

/// Why a part could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Planning Center, or the way to it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A short list moved while it was read; it is read again later, and the old rows stay until then.
    #[error("the count did not agree")]
    CountDiffers,
    /// The work was given up because the account was closed.
    #[error("the account was closed")]
    Closed,
}

impl SyncError {
    /// Whether the person's rights are the cause: waiting and trying again would not help.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Api(ApiError::NoProductAccess | ApiError::ScopeMissing | ApiError::Forbidden))
    }
}
