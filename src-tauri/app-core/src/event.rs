//! What the core tells the page without being asked. Events carry facts, never secrets and never rows.

use serde::Serialize;
use ts_rs::TS;

use crate::session::views::{SessionView, Words};
use crate::status::AppStatus;

/// Something changed. The page asks again for what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AppEvent {
    /// The session moved on.
    SessionChanged {
        /// Where it stands now.
        session: SessionView,
    },
    /// Stored data changed.
    DataChanged {
        /// What the change made stale.
        tags: Vec<DataTag>,
    },
    /// Freshness or progress changed.
    StatusChanged {
        /// The frame's new content.
        status: AppStatus,
    },
    /// Something to say once.
    Notice {
        /// What happened.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
}

/// What an answer is made of, so that the page knows when to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DataTag {
    /// `list_people` and `get_person`.
    People,
    /// `list_plans`.
    Plans,
    /// `get_plan` and the dates on a person's card.
    Plan,
    /// Songs in `search`.
    Songs,
}

impl From<Words> for AppEvent {
    fn from(words: Words) -> Self {
        Self::Notice { message: words.message, hint: words.hint }
    }
}
