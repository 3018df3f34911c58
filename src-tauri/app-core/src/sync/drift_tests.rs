//! Walk, changes and recount against a model of a list that moves under them, in virtual time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::changes::unsure_of;
use super::recount::{Question, Range, Recount};
use super::walk::{Ask, Sizes, Told, Verdict, Walk};
use crate::store::{PartCoverage, PartState};

const SIZES: Sizes = Sizes { page: 3, window: 9 };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    created: Timestamp,
    updated: i64,
}

/// Planning Center, as far as a list is concerned.
#[derive(Debug)]
struct Server {
    rows: BTreeMap<u32, Row>,
    now: i64,
    last_id: u32,
    /// Rows of one second come in another order each time.
    shuffles_ties: bool,
    requests: u32,
}

/// What somebody does at the church.
#[derive(Clone, Copy, Debug)]
enum Event {
    Adds,
    Deletes(usize),
    Changes(usize),
    TimePasses,
    /// A request under way reaches the server.
    Serve(usize),
    /// An answer arrives.
    Deliver(usize),
}

/// The program's store.
#[derive(Debug, Default)]
struct Cache {
    rows: BTreeMap<u32, (Row, u32)>,
    state: PartState,
}

struct UnderWay {
    ask: Ask,
    answer: Option<Page>,
}

struct Page {
    rows: Vec<(u32, Row)>,
    total: u32,
    has_next: bool,
}

/// `SplitMix64`'s way from one number to one that looks like chance. An order that comes again after some requests would
/// let every walk that takes as many miss the same rows.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A moment of the model, in which nothing happens for a minute from one to the next: so the overlap is two of them.
fn at(moment: i64) -> Timestamp {
    Timestamp::from_second(moment * 60).unwrap()
}

impl Server {
    fn new(created: &[u8], shuffles_ties: bool) -> Self {
        let rows = (1..).zip(created).map(|(id, second)| {
            let updated = i64::from(*second);
            (id, Row { created: at(updated), updated })
        });
        let last_id = u32::try_from(created.len()).unwrap();
        Self { rows: rows.collect(), now: 300, last_id, shuffles_ties, requests: 0 }
    }

    fn happen(&mut self, event: Event) {
        let nth =
            |rows: &BTreeMap<u32, Row>, number: usize| rows.keys().nth(number % rows.len().max(1)).copied();
        match event {
            Event::Adds => {
                self.last_id += 1;
                self.rows.insert(self.last_id, Row { created: at(self.now), updated: self.now });
            }
            Event::Deletes(number) => {
                // The first one is whoever asks.
                if let Some(id) = nth(&self.rows, number).filter(|id| *id > 1) {
                    self.rows.remove(&id);
                }
            }
            Event::Changes(number) => {
                if let Some(row) = nth(&self.rows, number).and_then(|id| self.rows.get_mut(&id)) {
                    row.updated = self.now;
                }
            }
            Event::TimePasses => self.now += 1,
            Event::Serve(_) | Event::Deliver(_) => {}
        }
    }

    fn range(&self, range: Range) -> Vec<(u32, Row)> {
        let rows = self.rows.iter().map(|(id, row)| (*id, *row));
        rows.filter(|(_, row)| range.holds(row.created)).collect()
    }

    fn page(&mut self, range: Range, offset: u32) -> Page {
        self.requests += 1;
        let mut rows = self.range(range);
        let turn = if self.shuffles_ties { self.requests } else { 0 };
        rows.sort_by_key(|(id, row)| (row.created, mixed(u64::from(*id) << 32 | u64::from(turn))));
        let total = u32::try_from(rows.len()).unwrap();
        let (from, to) = (offset.min(total), (offset + SIZES.page).min(total));
        Page { rows: rows[from as usize..to as usize].to_vec(), total, has_next: to < total }
    }

    fn newest(&self) -> i64 {
        self.rows.values().map(|row| row.updated).max().unwrap()
    }
}

impl Cache {
    fn keep(&mut self, rows: &[(u32, Row)], mark: u32) -> u32 {
        let mut fresh = 0;
        for (id, row) in rows {
            let old = self.rows.get(id).map(|(_, mark)| *mark);
            fresh += u32::from(old.is_none_or(|old| old < mark));
            self.rows.insert(*id, (*row, old.map_or(mark, |old| old.max(mark))));
        }
        fresh
    }

    fn agrees_with(&self, server: &Server) -> bool {
        let mine = self.rows.iter().map(|(id, (row, _))| (id, row));
        mine.eq(server.rows.iter())
    }
}

/// One walk; the events happen meanwhile. Tells whether everything was seen.
fn walk(server: &mut Server, cache: &mut Cache, events: &mut impl Iterator<Item = Event>) -> bool {
    let until = server.newest();
    cache.state.changed_until = Some(at(until));
    let mut walk = Walk::cut(SIZES, at(until), cache.state.walk);
    let mut under_way: Vec<UnderWay> = Vec::new();
    while !walk.is_over() {
        while under_way.len() < 8
            && let Some(ask) = walk.ask(&under_way.iter().map(|page| page.ask.clone()).collect::<Vec<_>>())
        {
            under_way.push(UnderWay { ask, answer: None });
        }
        match events.next().unwrap_or(Event::Deliver(0)) {
            Event::Serve(number) => {
                let count = under_way.len();
                let page = &mut under_way[number % count];
                page.answer.get_or_insert_with(|| {
                    server.page(Range { since: page.ask.since, until: Some(page.ask.until) }, page.ask.offset)
                });
            }
            Event::Deliver(number) => {
                let UnderWay { ask, answer } = under_way.swap_remove(number % under_way.len());
                let range = Range { since: ask.since, until: Some(ask.until) };
                let page = answer.unwrap_or_else(|| server.page(range, ask.offset));
                if walk.wants(&ask) {
                    deliver(&mut walk, cache, &ask, &page);
                }
            }
            other => server.happen(other),
        }
    }
    cache.state.walk = walk.last_mark();
    if walk.is_whole() {
        cache.state.unswept = Some(walk.first_mark());
    } else {
        cache.state.coverage = PartCoverage::CountDiffers;
    }
    walk.is_whole()
}

fn deliver(walk: &mut Walk, cache: &mut Cache, ask: &Ask, page: &Page) {
    let told = Told {
        total: Some(page.total),
        rows: u32::try_from(page.rows.len()).unwrap(),
        fresh: cache.keep(&page.rows, ask.mark),
        next: page.has_next.then_some(ask.offset + SIZES.page),
        last: page.rows.iter().map(|(_, row)| row.created).max(),
    };
    match walk.take(ask, &told) {
        Verdict::Counts => {}
        Verdict::Moved(from) => {
            let unseen = walk.first_mark() - 1;
            cache.rows.values_mut().filter(|(_, mark)| *mark == from).for_each(|(_, mark)| *mark = unseen);
        }
        Verdict::TooDeep { .. } => panic!("no offset is that deep"),
    }
}

/// Reads changes and recounts; tells whether the counts agree in the end.
fn changes(server: &mut Server, cache: &mut Cache, events: &mut impl Iterator<Item = Event>) -> bool {
    let (since, asked_at) = (unsure_of(&cache.state).unwrap(), server.now);
    let changed: Vec<_> =
        server.rows.iter().filter(|(_, row)| at(row.updated) >= since).map(|(id, row)| (*id, *row)).collect();
    let total = u32::try_from(server.rows.len()).unwrap();
    cache.keep(&changed, cache.state.walk);
    let unswept = cache.state.unswept.take().unwrap_or(0);
    cache.rows.retain(|_, (_, mark)| *mark >= unswept);
    cache.state.changed_until =
        cache.state.changed_until.max(changed.iter().map(|(_, row)| at(row.updated)).max());
    let agrees = recounted(server, cache, total, events);
    cache.state.as_of = Some(at(asked_at));
    cache.state.coverage = if agrees { PartCoverage::Complete } else { PartCoverage::CountDiffers };
    agrees
}

fn recounted(
    server: &mut Server,
    cache: &mut Cache,
    total: u32,
    events: &mut impl Iterator<Item = Event>,
) -> bool {
    let mut stored: Vec<_> = cache.rows.values().map(|(row, _)| row.created).collect();
    stored.sort_unstable();
    let mut recount = Recount::new(stored, total, SIZES.page);
    while let Some(question) = recount.ask() {
        events.next().into_iter().for_each(|event| server.happen(event));
        match question {
            Question::Count(range) => recount.counted(u32::try_from(server.range(range).len()).unwrap()),
            Question::Rows(range) => {
                let page = server.page(range, 0);
                if page.has_next {
                    return false;
                }
                cache.keep(&page.rows, cache.state.walk);
                cache.rows.retain(|id, (row, _)| {
                    !range.holds(row.created) || page.rows.iter().any(|(there, _)| there == id)
                });
            }
        }
    }
    !recount.is_given_up() && cache.rows.len() == total as usize
}

/// A schedule of events from a seed: drawing one number is much quicker than drawing each event.
struct Schedule {
    state: u64,
    left: u32,
}

impl Iterator for Schedule {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.left = self.left.checked_sub(1)?;
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let drawn = mixed(self.state);
        let which = usize::try_from((drawn >> 32) & 0xffff).unwrap();
        Some(match drawn % 16 {
            0 => Event::Adds,
            1 | 2 => Event::Deletes(which),
            3 => Event::Changes(which),
            4 => Event::TimePasses,
            5..=10 => Event::Serve(which),
            _ => Event::Deliver(which),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However a list moves while it is read, once it holds still the store has what the server has.
    #[test]
    fn the_store_ends_up_with_what_the_server_has(
        rows in 1_u8..40,
        seconds in 1_u8..40,
        shuffles_ties in any::<bool>(),
        (seed, events) in (any::<u64>(), 0_u32..100),
    ) {
        let created: Vec<u8> = (0..rows).map(|row| row.wrapping_mul(37) % seconds).collect();
        let (mut server, mut cache) = (Server::new(&created, shuffles_ties), Cache::default());
        let mut events = Schedule { state: seed, left: events };
        let mut agrees = false;
        for week in (0..300).map(|round| round % 3) {
            let is_quiet = events.left == 0;
            // Now and then everything is read again though nothing is missing, the last time too.
            let is_read_again = week == 2;
            agrees = (agrees && !is_read_again || walk(&mut server, &mut cache, &mut events))
                && changes(&mut server, &mut cache, &mut events);
            if is_quiet && agrees && is_read_again {
                break;
            }
            server.now += 1;
        }
        prop_assert!(cache.agrees_with(&server), "{cache:?}\n{server:?}");
    }
}

proptest! {
    /// What nobody touches is asked for once: a page each, and at most one more a window.
    #[test]
    fn a_list_that_holds_still_is_read_once(created in prop::collection::vec(0_u8..200, 1..90)) {
        let (mut server, mut cache) = (Server::new(&created, false), Cache::default());
        prop_assert!(walk(&mut server, &mut cache, &mut std::iter::empty()));
        let rows = u32::try_from(created.len()).unwrap();
        let pages = rows.div_ceil(SIZES.page) + rows.div_ceil(SIZES.window) * 2;
        prop_assert!(server.requests <= pages, "{} requests for {rows} rows", server.requests);
    }
}

#[test]
fn one_row_that_is_gone_from_many_is_found_in_a_few_questions() {
    let many: Vec<_> = (0..100_000).map(at).collect();
    let gone = 61_803;
    let mut recount = Recount::new(many, 99_999, 100);
    let mut questions = 0;
    while let Some(question) = recount.ask() {
        questions += 1;
        match question {
            Question::Count(range) => {
                let rows = (0..100_000).filter(|row| *row != gone && range.holds(at(*row))).count();
                recount.counted(u32::try_from(rows).unwrap());
            }
            Question::Rows(range) => assert!(range.holds(at(gone))),
        }
    }
    assert!(!recount.is_given_up());
    assert!(questions <= 12, "{questions} questions");
}

#[test]
fn a_list_that_never_holds_still_is_given_up_and_nothing_is_swept() {
    let mut walk = Walk::cut(SIZES, at(500), 0);
    let mut asked = 0;
    while let Some(ask) = walk.ask(&[]) {
        asked += 1;
        // Its count is another one each time.
        let told =
            Told { total: Some(900 + asked), rows: 3, fresh: 3, next: Some(ask.offset + 3), last: None };
        walk.take(&ask, &told);
        assert!(asked < 50, "it is asked for ever");
    }
    assert!(walk.is_over() && !walk.is_whole());
}

#[test]
fn a_count_that_the_pages_contradict_is_not_believed() {
    // Too few while another page follows, and too many at the end.
    for (total, next) in [(0, Some(3)), (3, Some(3)), (900, None)] {
        let mut walk = Walk::cut(SIZES, at(500), 0);
        while let Some(ask) = walk.ask(&[]) {
            walk.take(&ask, &Told { total: Some(total), rows: 3, fresh: 3, next, last: Some(at(7)) });
        }
        assert!(!walk.is_whole(), "{total} rows, then {next:?}");
    }
}

#[test]
fn a_walk_goes_on_after_a_crash_with_the_pages_that_were_missing() {
    let mut server = Server::new(&(0..8).collect::<Vec<u8>>(), false);
    let mut walk = Walk::cut(SIZES, at(500), 0);
    let mut cache = Cache::default();
    let ask = walk.ask(&[]).unwrap();
    let page = server.page(Range { since: None, until: Some(ask.until) }, 0);
    deliver(&mut walk, &mut cache, &ask, &page);
    let again: Walk = serde_json::from_str(&serde_json::to_string(&walk).unwrap()).unwrap();
    let first = again.ask(&[]).unwrap();
    let second = again.ask(std::slice::from_ref(&first)).unwrap();
    assert_eq!((first.offset, second.offset), (3, 6));
    assert_eq!(again.ask(&[first, second]), None);
    assert_eq!(again.seen(), 3);
}
