//! People of a very large church: whatever one does to the list, its rows are there at once.

use std::time::Duration;

use app_core::store::{Batch, Record, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::harness::{Keychain, Window, story, within};

/// People in the church.
const PEOPLE: u32 = 100_000;
/// Rows of the list in the page, at most.
const MOST_ROWS: u64 = 60;
/// A frame that takes longer than this is seen as a jerk, in milliseconds.
const SMOOTH: f64 = 50.0;

#[tokio::test]
async fn a_hundred_thousand_people_are_scrolled_jumped_through_and_searched_without_an_empty_row() {
    story(Keychain::Unlocked, async |desktop| {
        let window = Window::open_over(desktop, move_in).await;
        window.click("#nav-people").await;
        window.sees("#freshness-words", "100,000 people").await;
        let list = Watched::new(&window).await;
        list.shows("the beginning", "first === 1", async || {}).await;

        window.run("document.getElementById('people-list').focus()").await;
        list.shows("End", "last === 100000", async || window.press(Key::End).await).await;
        list.shows("Home", "first === 1", async || window.press(Key::Home).await).await;
        list.shows("a page down", "first > 5", async || {
            window.press(Key::PageDown).await;
            window.press(Key::PageDown).await;
        })
        .await;
        let middle = "document.getElementById('people-list').scrollTop = 50000 * 54";
        list.shows("the middle", "first === 50001", async || drop(window.run(middle).await)).await;
        list.shows("the scrollbar, dragged", "first > 60000 && first < 99000", async || {
            window.drag_scrollbar("#people-list", 50, 75).await;
        })
        .await;
        list.is_scrolled_through(&window).await;

        list.shows("a search", "found === 'Zuri Number099999'", async || {
            window.write("#people-search", "number099999").await;
        })
        .await;
        list.shows("no search", "count === '100,000' && first === 1", async || {
            window.write("#people-search", "").await;
        })
        .await;
        list.report().await;
        window.sees("#freshness-words", "Offline").await;
    })
    .await;
}

/// A person as the store keeps them, whatever that is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Person(Value);

impl Person {
    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn id(&self) -> &str {
        self.text("id")
    }

    fn sort(&self) -> String {
        format!("{} {}", self.text("last_name"), self.text("first_name")).to_lowercase()
    }

    fn search_text(&self) -> Option<String> {
        Some(self.text("name").to_lowercase())
    }
}

/// Adds as many people to the stored church as are missing.
fn move_in(batch: &Batch<'_>) -> Result<(), StoreError> {
    let like = batch.reader().all::<Person>()?.swap_remove(0);
    let mut part = batch.reader().part("people")?;
    for number in batch.reader().count::<Person>()?..PEOPLE {
        let mut person = like.clone();
        let last_name = format!("Number{number:06}");
        person.0["id"] = json!((900_000_000 + number).to_string());
        person.0["name"] = json!(format!("Zuri {last_name}"));
        person.0["first_name"] = json!("Zuri");
        person.0["last_name"] = json!(last_name);
        person.0["nickname"] = Value::Null;
        batch.put(&person, part.walk)?;
    }
    part.total = Some(PEOPLE);
    batch.set_part("people", &part)
}

/// The list, looked at in every frame.
struct Watched<'a> {
    window: &'a Window<'a>,
}

impl<'a> Watched<'a> {
    async fn new(window: &'a Window<'_>) -> Self {
        window.run(WATCH).await;
        Self { window }
    }

    /// Does something, and tells the time from the last key (or the last that the list was scrolled, where it was no key
    /// that did it) to the first frame in which the list shows what it must. The time is told, not judged: it is the
    /// debug build's, on a machine that may do other things.
    async fn shows(&self, what: &str, wanted: &str, act: impl AsyncFnOnce()) {
        self.window.run(&format!("watched.await(({{ first, last, found, count }}) => {wanted})")).await;
        act().await;
        let took = within(Duration::from_secs(5), what, async || {
            self.window.run("return watched.took").await.as_f64()
        })
        .await;
        eprintln!("{took:>6.0} ms  from the last input to all rows of {what}");
    }

    /// Scrolls on for a hundred frames, a few hundred rows in each.
    async fn is_scrolled_through(&self, window: &Window<'_>) {
        let report = window.run(SCROLL).await;
        let frames: Vec<f64> = serde_json::from_value(report).unwrap();
        let slow = frames.iter().filter(|took| **took > SMOOTH).count();
        let longest = frames.iter().copied().fold(0.0, f64::max);
        eprintln!(
            "while scrolling: {slow} of {} frames over {SMOOTH} ms, the longest {longest:.0} ms",
            frames.len()
        );
        self.shows("the place after scrolling", "first > 1", async || {}).await;
    }

    /// What no single step tells.
    async fn report(&self) {
        let rows = self.window.run("return watched.mostRows").await.as_u64().unwrap();
        eprintln!("at most {rows} rows in the page");
        assert!(rows <= MOST_ROWS, "{rows} rows in the page");
    }
}

/// Looks at the list in every frame: `took` is the time from the last input (or from being told what to wait for, where
/// there was none) to the first frame in which every pixel of the list shows a person and the wanted ones are there.
/// Scrolling counts as input only where no key has led to it.
const WATCH: &str = r"
const list = document.getElementById('people-list');
const watched = window.watched = { took: null, mostRows: 0, wanted: null, since: 0, byKey: false };
watched.await = (wanted) => Object.assign(watched, { took: null, wanted, since: performance.now(), byKey: false });
for (const key of ['keydown', 'input'])
  addEventListener(key, () => Object.assign(watched, { since: performance.now(), byKey: true }), true);
list.addEventListener('scroll', () => { if (!watched.byKey) watched.since = performance.now(); });
const look = () => {
  const rows = [...list.querySelectorAll('.person-row')];
  watched.mostRows = Math.max(watched.mostRows, rows.length);
  const { top, bottom } = list.getBoundingClientRect();
  const seen = rows
    .map((row) => ({ row, box: row.getBoundingClientRect() }))
    .filter(({ row, box }) => !row.hidden && box.bottom > top && box.top < bottom)
    .sort((a, b) => a.box.top - b.box.top);
  const filled = seen.reduce((sum, { box }) => sum + Math.min(box.bottom, bottom) - Math.max(box.top, top), 0);
  const whole = filled >= Math.min(bottom - top, list.firstElementChild.offsetHeight) - 1;
  const named = seen.every(({ row }) => row.dataset.id && row.querySelector('.name').textContent);
  if (whole && named && seen.length > 0 && watched.wanted) {
    const place = ({ row }) => Number(row.getAttribute('aria-posinset'));
    const facts = {
      first: place(seen[0]),
      last: place(seen.at(-1)),
      found: seen.length === 1 ? seen[0].row.querySelector('.name').textContent : null,
      count: document.querySelector('.found').textContent,
    };
    if (watched.wanted(facts)) Object.assign(watched, { took: performance.now() - watched.since, wanted: null });
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
";

/// Scrolls by 300 rows in each of 100 frames; returns how long each took.
const SCROLL: &str = r"
const list = document.getElementById('people-list');
list.scrollTop = 0;
return new Promise((done) => {
  const frames = [];
  let before = performance.now();
  const step = () => {
    const now = performance.now();
    frames.push(now - before);
    before = now;
    if (frames.length === 100) return done(frames);
    list.scrollTop += 300 * 54;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
});
";
