//! What the rows of teams hold: who serves in them, who leads, and when people cannot serve.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::church::table::{Id, Text};

#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own")]
pub(crate) struct Team {
    pub(crate) name: Text,
    pub(crate) service_type: Id,
    /// People are asked for single services rather than for the whole plan.
    pub(crate) split: bool,
    pub(crate) rehearses: bool,
    pub(crate) sequence: usize,
    /// Its people are put on it by hand rather than found by their tags.
    pub(crate) assigned_directly: bool,
    pub(crate) secure: bool,
    pub(crate) stage_color: Text,
    pub(crate) stage_variant: Option<Text>,
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

impl Team {
    /// One without positions, as Planning Center sets it up.
    pub(crate) fn new(name: Text, service_type: Id, sequence: usize, created_at: Timestamp) -> Self {
        Self {
            name,
            service_type,
            split: false,
            rehearses: false,
            sequence,
            assigned_directly: false,
            secure: false,
            stage_color: Text::Borrowed("#6d9ac4"),
            stage_variant: None,
            archived_at: None,
            deleted_at: None,
            created_at,
        }
    }
}

pub(crate) struct TeamPosition {
    pub(crate) name: Text,
    pub(crate) team: Id,
    pub(crate) sequence: usize,
    /// How many of it a plan wants.
    pub(crate) wanted: usize,
}

/// A person who serves in a position of a team.
#[derive(Clone)]
pub(crate) struct Assignment {
    pub(crate) person: Id,
    pub(crate) team_position: Id,
    pub(crate) schedule_preference: Text,
    /// Weeks of the month, where the preference is to choose them.
    pub(crate) preferred_weeks: Vec<u8>,
    /// Usual times of the service type, where the team is asked for single ones.
    pub(crate) time_preference_options: Vec<Id>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Who leads a team, and which answers reach them by e-mail.
pub(crate) struct TeamLeader {
    pub(crate) person: Id,
    pub(crate) team: Id,
    pub(crate) hears_of_accepts: bool,
    pub(crate) hears_of_declines: bool,
    pub(crate) hears_of_blockouts: bool,
}

/// Somebody who may step through plans with Services LIVE although their rights do not let them.
pub(crate) struct LiveController {
    pub(crate) service_type: Id,
    pub(crate) person: Id,
    pub(crate) created_at: Timestamp,
}

/// When somebody cannot serve, once or again and again. Times are the wall clock of `TIME_ZONE`.
#[derive(Clone)]
pub(crate) struct Blockout {
    pub(crate) person: Id,
    pub(crate) reason: Text,
    pub(crate) starts_at: DateTime,
    pub(crate) ends_at: DateTime,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) share: bool,
    /// Days that a repetition leaves out.
    pub(crate) exceptions: Vec<Date>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// Every so many periods: 1 to 8.
    pub(crate) every: u8,
    pub(crate) period: Period,
    pub(crate) until: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Daily,
    Weekly,
    /// The same day of the month.
    Monthly,
    /// The same week of the month, counted from 1, and the same day of the week.
    MonthlyByWeek(i8),
    Yearly,
}
