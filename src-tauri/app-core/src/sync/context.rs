//! What a job works with: the client, the store, and the clock.

use std::sync::Arc;
use std::time::Duration;

use pco_client::{Client, Lane};

use super::pace::SpentPace;
use super::{SyncError, SyncState};
use crate::ports::Clock;
use crate::products;
use crate::status::Progress;
use crate::store::{Batch, Store, StoreError};

/// Handed to every job.
#[derive(Clone)]
pub struct SyncContext {
    /// The signed-in client.
    pub client: Client,
    /// The account's store.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How urgent the requests are.
    pub lane: Lane,
    /// Where progress is told.
    pub state: Arc<SyncState>,
    /// A person asked for fresh data: what is older than this is read again.
    pub forced_age: Option<Duration>,
}

impl SyncContext {
    /// How old something may be before it is read again, when it may usually become so old.
    #[must_use]
    pub fn age_limit(&self, max_age: Duration) -> Duration {
        self.forced_age.map_or(max_age, |age| age.min(max_age))
    }

    /// Tells how far a read is that takes so many more requests, as far as that is known.
    pub(crate) fn tell_progress(
        &self,
        label: &str,
        done: u32,
        total: Option<u32>,
        requests: Option<u32>,
    ) -> Result<(), StoreError> {
        let seconds =
            |requests| u32::try_from(self.client.gate().time_for(requests).as_secs()).unwrap_or(u32::MAX);
        let never_read = self.store.read(products::requests_left)?;
        let in_all = never_read.map(|never_read| never_read.max(requests.unwrap_or_default()));
        self.state.progress(Progress {
            label: label.to_owned(),
            done,
            total,
            seconds_left: requests.map(seconds),
            seconds_in_all: in_all.map(seconds),
        });
        Ok(())
    }

    /// Runs `work` in one transaction, away from the threads that answer the page; twice, should the first find no room.
    /// How fast requests were sent is kept with it.
    pub async fn keep<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Batch<'_>) -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let store = Arc::clone(&self.store);
        let pace = SpentPace::new(self.client.gate().pace(), self.clock.now());
        tokio::task::spawn_blocking(move || {
            let mut failure = None;
            let kept = store.write(|batch| {
                batch.put(&pace, 0)?;
                work(batch).map_err(|error| match error {
                    SyncError::Store(error) => error,
                    other => {
                        failure = Some(other);
                        StoreError::Unreadable
                    }
                })
            });
            match (kept, failure) {
                (_, Some(error)) => Err(error),
                (kept, None) => Ok(kept?),
            }
        })
        .await
        .map_err(|_| SyncError::Closed)?
    }
}
