//! The decisions of a walk through a long list: which page to ask for next, what an answer means, when everything was
//! seen. No I/O and no clock, so that a test can try it against every way in which a list may move.
//!
//! The list is cut into windows of `created_at`, and the pages of a window are read in any order, several at a time.
//! Rows never get an older `created_at`, so that below the walk's end rows may go but none may come. A row that goes
//! moves those behind it, and one of them may slip past the pages; the window's count tells of it then, and the window
//! is read again. What is created or changed after the walk began is for the reader of changes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Records on a page.
pub(crate) const PAGE: u32 = 100;
/// Windows that are read at the same time.
const WINDOWS_AT_ONCE: usize = 3;
/// How often a window is read before the list is given up as one that does not hold still, or lies.
const TRIES: u32 = 4;

/// How a list is cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Records on a page.
    pub(crate) page: u32,
    /// Rows after which a window ends: few, so that little is read again when rows moved, and far below the depth
    /// from which Planning Center throttles offsets.
    pub(crate) window: u32,
}

impl Sizes {
    /// The offsets of pages from one row to another.
    fn pages(self, from: u32, to: u32) -> impl Iterator<Item = u32> {
        (from..to).step_by(self.page as usize)
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self { page: PAGE, window: 2_000 }
    }
}

/// A walk in progress: what is still missing of it. Kept with the rows, so that it goes on after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// Rows created from here on are not looked at.
    until: Timestamp,
    /// Rows with a lower mark were not seen by this walk.
    first_mark: u32,
    /// The mark of the window begun last.
    last_mark: u32,
    /// Windows with pages that are missing, in order.
    windows: Vec<Window>,
    /// Rows in the windows that are whole.
    seen: u32,
    /// The list did not hold still, and the walk was given up.
    is_given_up: bool,
    #[serde(skip)]
    sizes: Sizes,
}

/// Rows from one `created_at` to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    /// What rows seen in this window are marked with.
    mark: u32,
    since: Option<Timestamp>,
    until: Timestamp,
    /// Where the window after this one begins, once that is known.
    next: Option<Timestamp>,
    /// Offsets from here on belong to the window after this one.
    end: u32,
    /// How many rows there are from `since` until `until`, as the first answer told.
    total: Option<u32>,
    /// Offsets of the pages that have not come; `None` before the first answer.
    missing: Option<BTreeSet<u32>>,
    /// Different rows that came.
    seen: u32,
    tries: u32,
}

/// A page to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Tells the window, and which reading of it.
    pub(crate) mark: u32,
    /// Rows created from here on …
    pub(crate) since: Option<Timestamp>,
    /// … and before this.
    pub(crate) until: Timestamp,
    /// Rows to pass over.
    pub(crate) offset: u32,
}

/// What a page told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many rows there are from `since` until `until`.
    pub(crate) total: Option<u32>,
    /// Rows on the page.
    pub(crate) rows: u32,
    /// Of these, rows that did not have the window's mark before.
    pub(crate) fresh: u32,
    /// Where the page after it begins.
    pub(crate) next: Option<u32>,
    /// The last row's `created_at`.
    pub(crate) last: Option<Timestamp>,
}

/// What to do with rows that were marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They count.
    Counts,
    /// The window moved while it was read: rows with this mark count as not seen.
    Moved(u32),
    /// More rows of one second than offsets reach.
    TooDeep {
        /// The offset that would be asked for.
        offset: u32,
    },
}

impl Walk {
    /// A walk through what was created before `until`. Its marks follow `last_mark`.
    pub(crate) fn new(until: Timestamp, last_mark: u32) -> Self {
        Self::cut(Sizes::default(), until, last_mark)
    }

    pub(super) fn cut(sizes: Sizes, until: Timestamp, last_mark: u32) -> Self {
        let first_mark = last_mark.saturating_add(1);
        Self {
            until,
            first_mark,
            last_mark: first_mark,
            windows: vec![Window::new(first_mark, None, until, sizes)],
            seen: 0,
            is_given_up: false,
            sizes,
        }
    }

    /// The lowest mark of rows that this walk saw.
    pub(crate) fn first_mark(&self) -> u32 {
        self.first_mark
    }

    /// The highest mark given so far.
    pub(crate) fn last_mark(&self) -> u32 {
        self.last_mark
    }

    /// Rows seen so far.
    pub(crate) fn seen(&self) -> u32 {
        self.windows.iter().fold(self.seen, |seen, window| seen.saturating_add(window.seen))
    }

    /// Whether no page is missing any more.
    pub(crate) fn is_over(&self) -> bool {
        self.windows.is_empty()
    }

    /// Whether every row was seen; told when the walk is over.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_over() && !self.is_given_up
    }

    /// Whether an answer to `ask` is still wanted: not when its window was begun anew meanwhile.
    pub(crate) fn wants(&self, ask: &Ask) -> bool {
        self.windows.iter().any(|window| window.mark == ask.mark && window.lacks(ask.offset))
    }

    /// The next page to ask for besides those under way. First the page that tells where the next window begins, so
    /// that there is always something to ask for, then the oldest window's pages.
    pub(crate) fn ask(&self, under_way: &[Ask]) -> Option<Ask> {
        let is_free =
            |ask: &Ask| !under_way.iter().any(|other| (other.mark, other.offset) == (ask.mark, ask.offset));
        let ahead = self.windows.get(..WINDOWS_AT_ONCE).unwrap_or(&self.windows);
        let leading = ahead
            .iter()
            .filter_map(|window| window.leading_page(self.sizes).map(|offset| window.ask(offset)));
        let others = ahead.iter().flat_map(|window| window.missing_pages().map(|offset| window.ask(offset)));
        leading.chain(others).find(is_free)
    }

    /// Takes in an answer whose rows were marked with `ask.mark`.
    pub(crate) fn take(&mut self, ask: &Ask, told: &Told) -> Verdict {
        let Some(index) = self.windows.iter().position(|window| window.mark == ask.mark) else {
            return Verdict::Moved(ask.mark);
        };
        let window = &mut self.windows[index];
        window.seen = window.seen.saturating_add(told.fresh);
        let holds_still = window.admit(ask.offset, told, self.sizes);
        let next = window.opens_next(ask.offset, told, self.sizes);
        if let Some(offset) = window.too_deep() {
            return Verdict::TooDeep { offset };
        }
        let (is_read, is_whole) = (window.is_read(), window.is_whole());
        if let Some(since) = next {
            self.last_mark = self.last_mark.saturating_add(1);
            self.windows.push(Window::new(self.last_mark, Some(since), self.until, self.sizes));
        }
        if !holds_still {
            return self.again(index, true);
        }
        if is_whole {
            let window = self.windows.remove(index);
            self.seen = self.seen.saturating_add(window.seen);
        } else if is_read {
            // A row came twice and so another did not: rows of one second come in no certain order.
            return self.again(index, false);
        }
        Verdict::Counts
    }

    /// Reads a window again: between its own bounds, as soon as they are known. What came of it goes on counting
    /// only while bounds and rows are the same.
    fn again(&mut self, index: usize, has_moved: bool) -> Verdict {
        let window = &mut self.windows[index];
        window.tries += 1;
        if window.tries >= TRIES {
            self.windows.clear();
            self.is_given_up = true;
            return Verdict::Counts;
        }
        window.missing = None;
        let own_end = window.next.filter(|next| *next != window.until);
        if !has_moved && own_end.is_none() {
            return Verdict::Counts;
        }
        (window.until, window.end) = match window.next {
            Some(next) => (next, u32::MAX),
            None => (window.until, self.sizes.window),
        };
        self.last_mark = self.last_mark.saturating_add(1);
        let old = std::mem::replace(&mut window.mark, self.last_mark);
        (window.total, window.seen) = (None, 0);
        Verdict::Moved(old)
    }
}

impl Window {
    fn new(mark: u32, since: Option<Timestamp>, until: Timestamp, sizes: Sizes) -> Self {
        Self {
            mark,
            since,
            until,
            next: None,
            end: sizes.window,
            total: None,
            missing: None,
            seen: 0,
            tries: 0,
        }
    }

    fn ask(&self, offset: u32) -> Ask {
        Ask { mark: self.mark, since: self.since, until: self.until, offset }
    }

    fn lacks(&self, offset: u32) -> bool {
        self.missing.as_ref().map_or(offset == 0, |missing| missing.contains(&offset))
    }

    /// The page without which the walk cannot go on beyond this window.
    fn leading_page(&self, sizes: Sizes) -> Option<u32> {
        match &self.missing {
            None => Some(0),
            Some(missing) => self.end.checked_sub(sizes.page).filter(|last| missing.contains(last)),
        }
    }

    fn missing_pages(&self) -> impl Iterator<Item = u32> {
        self.missing.iter().flatten().copied()
    }

    /// Notes that a page came. False when it shows that rows moved.
    fn admit(&mut self, offset: u32, told: &Told, sizes: Sizes) -> bool {
        if self.missing.is_none() && self.total.is_none() {
            self.total = told.total;
        }
        let missing = self.missing.get_or_insert_default();
        missing.remove(&offset);
        match (told.next, self.total) {
            // The list ends here, whatever its count says.
            (None, _) => {
                missing.retain(|other| *other < offset);
            }
            (Some(_), Some(total)) if offset == 0 => {
                missing.extend(sizes.pages(sizes.page, total.min(self.end)));
            }
            (Some(_), Some(_)) => {}
            (Some(next), None) => missing.extend((next < self.end).then_some(next)),
        }
        let end = offset.saturating_add(told.rows);
        let fits = |total| if told.next.is_some() { total > end } else { total == end };
        told.total == self.total && self.total.is_none_or(fits)
    }

    /// Where the window after this one begins, if this is the page that tells. Rows of one second are not parted: a
    /// window of nothing else grows instead.
    fn opens_next(&mut self, offset: u32, told: &Told, sizes: Sizes) -> Option<Timestamp> {
        if offset.checked_add(sizes.page) != Some(self.end) || told.next.is_none() || self.next.is_some() {
            return None;
        }
        if let Some(last) = told.last.filter(|last| self.since.is_none_or(|since| *last > since)) {
            self.next = Some(last);
            return self.next;
        }
        let from = self.end;
        self.end = from.saturating_add(sizes.window);
        let to = self.total.map_or(from.saturating_add(1), |total| total.min(self.end));
        self.missing.get_or_insert_default().extend(sizes.pages(from, to));
        None
    }

    fn too_deep(&self) -> Option<u32> {
        self.missing.as_ref()?.last().copied().filter(|offset| *offset >= pco_client::DEEP_OFFSET)
    }

    fn is_read(&self) -> bool {
        self.missing.as_ref().is_some_and(BTreeSet::is_empty)
    }

    fn is_whole(&self) -> bool {
        self.is_read() && self.total.is_none_or(|total| self.seen >= total.min(self.end))
    }
}
