//! How fast requests were sent, kept so that the next run of the program does not begin with a burst.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{Client, Pace};
use serde::{Deserialize, Serialize};

use crate::ports::Clock;
use crate::store::{Reader, Record, Store, StoreError};

/// The one row of its kind.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SpentPace {
    limit: u32,
    period: Duration,
    spent: u32,
    at: Timestamp,
}

impl SpentPace {
    pub(super) fn new(pace: Pace, at: Timestamp) -> Self {
        Self { limit: pace.limit, period: pace.period, spent: pace.spent, at }
    }
}

impl Record for SpentPace {
    const KIND: &'static str = "pace";

    fn id(&self) -> &'static str {
        "spent"
    }
}

/// Lets a client go on at the pace at which the last run stopped.
pub(crate) fn resume(client: &Client, store: &Store, clock: &dyn Clock) -> Result<(), StoreError> {
    if let Some(pace) = store.read(|reader| reader.get::<SpentPace>("spent"))? {
        let SpentPace { limit, period, spent, at } = pace;
        // A clock that was set back: as if it had been just now.
        let ago = Duration::try_from(clock.now().duration_since(at)).unwrap_or_default();
        client.gate().resume(Pace { limit, period, spent }, ago);
    }
    Ok(())
}

/// When something was last kept, of whatever part.
pub(crate) fn last_kept(reader: &Reader<'_>) -> Result<Option<Timestamp>, StoreError> {
    Ok(reader.get::<SpentPace>("spent")?.map(|pace| pace.at))
}
