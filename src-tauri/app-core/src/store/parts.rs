//! What is known of each part of the data: where its walk stands, how complete it is and how old.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// State of one part, such as `people` or one plan. Written in the same transaction as the rows it speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartState {
    /// Number of the walk in progress or last finished; rows carry the number of the walk that saw them.
    pub walk: u32,
    /// Where an unfinished walk goes on; `None` when none is in progress.
    pub cursor: Option<Cursor>,
    /// Planning Center's count at the last walk.
    pub total: Option<u32>,
    /// When the part was last read to its end.
    pub as_of: Option<Timestamp>,
    /// How complete it is.
    pub coverage: PartCoverage,
    /// Rows left the list while it was walked, so that others may have slipped through unseen.
    #[serde(default)]
    pub has_shrunk: bool,
    /// Walks in a row whose count did not agree.
    #[serde(default)]
    pub recounts: u32,
    /// What of it the person's rights do not reach, in words; the rest is here.
    #[serde(default)]
    pub refused: Vec<String>,
}

/// A place in a walk: the window's first `created_at`, and the offset inside the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Rows created from here on; `None` from the first.
    pub since: Option<Timestamp>,
    /// Records of the window already taken.
    pub offset: u32,
    /// How many records the window had when it was last looked at.
    #[serde(default)]
    pub total: Option<u32>,
}

/// How complete a part is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartCoverage {
    /// Never read.
    #[default]
    NotLoaded,
    /// Being read for the first time.
    Partial,
    /// Read to the end, but the count did not agree.
    CountDiffers,
    /// Read to the end and the count agreed.
    Complete,
    /// Refused: the person's rights do not reach it.
    NoRight,
}
