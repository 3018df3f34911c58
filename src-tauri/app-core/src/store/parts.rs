//! What is known of each part of the data: where its walk stands, how complete it is and how old.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sync::Walk;

/// State of one part, such as `people` or one plan. Written in the same transaction as the rows it speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartState {
    /// The highest mark on rows; a walk marks the rows that it sees.
    pub walk: u32,
    /// What an unfinished walk has still to read; `None` when none is in progress.
    #[serde(default)]
    pub unfinished: Option<Walk>,
    /// A walk saw everything, and rows with a lower mark than this are still to be removed.
    #[serde(default)]
    pub unswept: Option<u32>,
    /// When a walk last saw everything.
    #[serde(default)]
    pub walked_at: Option<Timestamp>,
    /// Planning Center's own time up to which every change was seen.
    #[serde(default)]
    pub changed_until: Option<Timestamp>,
    /// Planning Center's count when it was last asked.
    pub total: Option<u32>,
    /// When the part was last read to its end.
    pub as_of: Option<Timestamp>,
    /// How complete it is.
    pub coverage: PartCoverage,
    /// Reads in a row whose count did not agree.
    #[serde(default)]
    pub recounts: u32,
    /// What of it the person's rights do not reach, in words; the rest is here.
    #[serde(default)]
    pub refused: Vec<String>,
    /// What of it could not be read the last time, in words; what was stored of that stays.
    #[serde(default)]
    pub unread: Vec<String>,
    /// Something of it was not read, or is told to be another one by now: it is due, however old the rest is.
    #[serde(default)]
    pub is_doubted: bool,
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
