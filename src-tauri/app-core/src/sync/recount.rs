//! Where two counts differ: finds, in a few questions, the rows that left a long list without a trace.
//!
//! Planning Center tells what changed, but not what is gone. Its count tells that something is. The list is parted in
//! the middle and one half counted, until the part that differs fits on a page.

use jiff::Timestamp;

/// Questions after which reading everything anew is the better way.
const PATIENCE: usize = 200;

/// Compares what is stored with what Planning Center counts, range by range.
#[derive(Debug)]
pub(crate) struct Recount {
    /// The `created_at` of every stored row, in order.
    stored: Vec<Timestamp>,
    /// Ranges whose counts differ.
    ranges: Vec<Counted>,
    /// The range that was parted, and its first half, whose count was asked for.
    asked: Option<(Counted, Range)>,
    /// Rows that fit on a page.
    page: u32,
    questions: usize,
    is_given_up: bool,
}

/// Rows created from `since` on and before `until`; without a bound, all on that side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl Range {
    /// Whether a row created then belongs to it.
    pub(crate) fn holds(self, created: Timestamp) -> bool {
        self.since.is_none_or(|since| created >= since) && self.until.is_none_or(|until| created < until)
    }
}

#[derive(Clone, Copy, Debug)]
struct Counted {
    range: Range,
    /// Planning Center's count.
    rows: u32,
}

/// What to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// How many rows are there?
    Count(Range),
    /// Which rows are there? They fit on a page.
    Rows(Range),
}

impl Recount {
    /// `stored` is the `created_at` of every stored row, in order; `total` is Planning Center's count of all.
    pub(crate) fn new(stored: Vec<Timestamp>, total: u32, page: u32) -> Self {
        let everything = Counted { range: Range { since: None, until: None }, rows: total };
        let mut recount =
            Self { stored, ranges: Vec::new(), asked: None, page, questions: 0, is_given_up: false };
        recount.suspect(everything);
        recount
    }

    /// The next question; `None` when every range was settled, or when there are too many to settle.
    pub(crate) fn ask(&mut self) -> Option<Question> {
        let suspect = self.ranges.pop()?;
        self.questions += 1;
        if suspect.rows <= self.page {
            return Some(Question::Rows(suspect.range));
        }
        let Some(middle) = self.middle(suspect.range).filter(|_| self.questions <= PATIENCE) else {
            self.ranges.clear();
            self.is_given_up = true;
            return None;
        };
        let first_half = Range { until: Some(middle), ..suspect.range };
        self.asked = Some((suspect, first_half));
        Some(Question::Count(first_half))
    }

    /// The answer to a [`Question::Count`].
    pub(crate) fn counted(&mut self, rows: u32) {
        let Some((whole, first_half)) = self.asked.take() else { return };
        let second_half = Range { since: first_half.until, ..whole.range };
        self.suspect(Counted { range: first_half, rows });
        self.suspect(Counted { range: second_half, rows: whole.rows.saturating_sub(rows) });
    }

    /// Whether too much differs to be found in this way.
    pub(crate) fn is_given_up(&self) -> bool {
        self.is_given_up
    }

    fn suspect(&mut self, counted: Counted) {
        if self.stored_in(counted.range).len() != counted.rows as usize {
            self.ranges.push(counted);
        }
    }

    fn stored_in(&self, range: Range) -> &[Timestamp] {
        let place = |bound: Timestamp| self.stored.partition_point(|created| *created < bound);
        let from = range.since.map_or(0, place);
        let to = range.until.map_or(self.stored.len(), place);
        self.stored.get(from..to).unwrap_or_default()
    }

    /// A `created_at` that parts the stored rows of a range in two; `None` when they are all of one second.
    fn middle(&self, range: Range) -> Option<Timestamp> {
        let stored = self.stored_in(range);
        let first = *stored.first()?;
        let later = stored.partition_point(|created| *created <= first);
        stored.get((stored.len() / 2).max(later)).copied()
    }
}
