//! How data gets in: walks that are counted, jobs that are due, and what the freshness line says of both.

mod changes;
mod context;
mod listing;
mod pace;
mod pages;
mod recount;
mod refresher;
mod several;
mod state;
mod told;
mod walk;

pub(crate) use changes::unsure_since;
pub use context::SyncContext;
pub(crate) use listing::{Kept, Listing, Merged, total_count};
pub(crate) use pace::{last_kept, resume};
pub(crate) use pages::{GOES_ON_WITHIN, List, Reading};
pub(crate) use recount::Range;
pub use refresher::Refresher;
pub(crate) use several::Several;
pub use state::{SyncSignal, SyncState};
pub(crate) use told::{Before, New, Told};
pub use walk::Walk;

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
    /// Some of several lists or records were answered with errors, and the others are here.
    #[error("a part of it was answered with errors")]
    InPart,
    /// The work was given up because the account was closed.
    #[error("the account was closed")]
    Closed,
}

impl SyncError {
    /// Whether the person has no right to the product, or to a part that it cannot do without: what is stored of it
    /// goes, and trying again soon would not help. A missing scope is none: signing in again mends it.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Api(ApiError::NoProductAccess | ApiError::Forbidden))
    }

    /// Whether the record that was asked for is not there, or not for this person.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Api(ApiError::NotFound | ApiError::Forbidden))
    }

    /// Whether it may be this one record or list alone that cannot be read, so that others are still worth asking for. When the
    /// whole service is down, the client soon stops asking by itself.
    #[must_use]
    pub fn may_be_alone(&self) -> bool {
        match self {
            Self::CountDiffers | Self::InPart => true,
            Self::Api(error) => matches!(
                error,
                ApiError::NotFound
                    | ApiError::Forbidden
                    | ApiError::Invalid { .. }
                    | ApiError::ServiceDown { status: 500.. }
                    | ApiError::Decode { .. }
                    | ApiError::TooLarge { .. }
                    | ApiError::DeepOffset { .. }
                    | ApiError::BrokenPaging { .. }
            ),
            Self::Store(_) | Self::Closed => false,
        }
    }

    /// Whether the stored data itself cannot be read, so that only reading everything anew helps.
    #[must_use]
    pub fn is_unreadable_store(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unreadable | StoreError::Record { .. } | StoreError::Database(_))
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod drift_tests;
