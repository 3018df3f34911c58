//! What follows the return from the browser, whichever way that went: people arrive, one of them is found, this Sunday's
//! plan is opened, and both are seen again without a network.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan as _;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::harness::{Desktop, Emulator, Tap, Window, contains, is_store, within};

/// Where the emulator's church is.
const CHURCH_TIME: &str = "America/New_York";
/// That there is no network is told by then, in milliseconds from the page's own start.
const TOLD_OFFLINE: f64 = 5_000.0;
/// How long both are looked for, so that a late moment can be told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Planning Center with a tap in the line to it.
pub(crate) struct Church {
    emulator: Emulator,
    tap: Tap,
}

impl Church {
    /// Starts it, and waits until it is ready.
    pub(crate) async fn start(desktop: &Desktop) -> Self {
        let emulator = Emulator::start(desktop);
        let tap = Tap::on(emulator.authority()).await;
        Self { emulator, tap }
    }

    /// Starts the program for it.
    pub(crate) async fn window<'desktop>(&self, desktop: &'desktop Desktop) -> Window<'desktop> {
        Window::open(desktop, &self.options()).await
    }

    /// What the program is started with so that this is its Planning Center.
    pub(crate) fn options(&self) -> [&str; 4] {
        ["--pco-url", self.address(), "--client-id", self.emulator.client_id()]
    }

    /// `http://127.0.0.1:<port>`, where the tap is.
    pub(crate) fn address(&self) -> &str {
        self.tap.address()
    }

    /// Every secret that was sent and answered.
    pub(crate) fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Lets every access token that was given out expire.
    pub(crate) async fn expire_access_tokens(&self) {
        self.emulator.control("expire-access-tokens", &json!({})).await;
    }

    /// Allows at this address, and tells where the browser is sent then.
    pub(crate) async fn allow(&self, authorization_address: &str) -> String {
        self.emulator.decide(authorization_address, "allow").await
    }
}

/// From the question whether the account is the right one to the end.
pub(crate) async fn confirm_and_go_on(desktop: &Desktop, church: Church, window: Window<'_>) {
    let confirm = window.sees("#entry-page", "Is that you?").await;
    assert!(confirm.contains("Ruth Adeyemi") && confirm.contains("St. Brigid"), "{confirm}");
    assert_keeps_quiet(&window, &church.tap).await;
    window.click("#confirm-account").await;

    let people = church.emulator.count("/people/v2/people").await;
    window.sees("#freshness-words", &format!("complete: {people} people")).await;
    find_the_person(&window).await;
    open_the_plan(&window).await;
    assert_keeps_quiet(&window, &church.tap).await;
    window.close().await;

    let secrets = church.tap.secrets();
    let (address, client_id) = (church.address().to_owned(), church.emulator.client_id().to_owned());
    drop(church);
    let window = Window::open(desktop, &["--pco-url", &address, "--client-id", &client_id]).await;
    assert_shows_what_was_saved(&window).await;
    find_the_person(&window).await;
    open_the_plan(&window).await;
    window.close().await;

    let item = session_item(desktop);
    assert_nothing_lies_open(desktop, &secrets, &item);
}

/// Without a network: the saved schedule is part of the first paint and its open plan came along, and the line below says that
/// it is saved.
async fn assert_shows_what_was_saved(window: &Window<'_>) {
    let [list, _plan, first_paint] =
        within(PATIENCE, "what was saved comes with the first answer", async || {
            let shown = window
                .run(
                    "const shown = ['#schedule-list .plan-row', '#plan .order tbody tr']
                   .every((part) => document.querySelector(part)?.checkVisibility());
                 const moments = ['first-plans', 'first-plan', 'first-contentful-paint']
                   .map((name) => performance.getEntriesByName(name)[0]?.startTime);
                 return shown && moments.every(Boolean) ? moments : null",
                )
                .await;
            serde_json::from_value::<[f64; 3]>(shown).ok()
        })
        .await;
    assert!(
        list < first_paint,
        "the list was in its place after {list} ms, and something was painted after {first_paint} ms"
    );
    eprintln!("{first_paint:>6.0} ms  from the page's start to its first paint, with the list in it");
    let (freshness, moment) = within(PATIENCE, "being offline is told", async || {
        let line = window.text("#freshness-words").await.filter(|line| line.contains("Offline"))?;
        Some((line, window.run("return performance.now()").await.as_f64()?))
    })
    .await;
    assert!(moment < TOLD_OFFLINE, "being offline was told only after {moment} ms");
    assert!(freshness.contains("saved data from ") && freshness.contains("complete: "), "{freshness}");
}

/// By the last four digits of a phone that two people share.
async fn find_the_person(window: &Window<'_>) {
    window.click("#nav-people").await;
    window.write("#people-search", "0199").await;
    window.sees("#people-list", "Daniel Kim").await;
    let mut found: Vec<String> = window.texts("#people-list [data-id] .name").await;
    found.sort();
    assert_eq!(found, ["Daniel Kim", "Ji-woo Kim"]);
    let row =
        window.run("return document.querySelector('#people-list [data-id]:not([hidden])').dataset.id").await;
    let daniel =
        window.sees(&format!("#people-list [data-id=\"{}\"]", row.as_str().unwrap()), "Daniel Kim").await;
    assert!(daniel.contains("Daniel"), "{daniel}");
    window.click("#people-list [data-id]").await;
    let card = window.sees("#person-card", "Daniel Kim").await;
    assert!(card.contains("0199"), "{card}");
}

/// This Sunday's, from the schedule.
#[allow(
    clippy::disallowed_methods,
    reason = "the program and the emulator outside live by the computer's clock"
)]
pub(crate) async fn open_the_plan(window: &Window<'_>) {
    let today = jiff::Zoned::now().with_time_zone(TimeZone::get(CHURCH_TIME).unwrap()).date();
    let sunday = (0..7).map(|days| today + days.days()).find(|day| day.weekday() == Weekday::Sunday).unwrap();
    window.click("#nav-schedule").await;
    let id = within(Duration::from_secs(5), "this Sunday's plan is in the schedule", async || {
        let script = format!(
            "return [...document.querySelectorAll('.week .plan-row')].find((row) =>
               row.querySelector('.day').textContent === '{}' && row.innerText.includes('Sunday Morning'))?.dataset.id ?? null",
            sunday.day()
        );
        window.run(&script).await.as_str().map(str::to_owned)
    })
    .await;
    window.click(&format!(".plan-row[data-id=\"{id}\"]")).await;
    let plan = window.sees(&format!("#plan[data-id=\"{id}\"]"), "Order of service").await;
    assert!(plan.contains("Sunday Morning"), "{plan}");
    let items = window.texts("#plan .order tbody tr").await;
    assert!(items.len() > 5, "the order of service: {items:?}");
    let team = window.text("#plan .beside").await.unwrap_or_default();
    assert!(team.contains("Daniel Kim"), "the team: {team}");
}

/// What the page holds, shown or not, is no secret.
async fn assert_keeps_quiet(window: &Window<'_>, tap: &Tap) {
    let page = window
        .run(
            "return document.documentElement.outerHTML + location.href + JSON.stringify({ ...localStorage }) \
             + JSON.stringify({ ...sessionStorage }) + document.cookie \
             + JSON.stringify([...document.querySelectorAll('input')].map((field) => field.value)) \
             + JSON.stringify(performance.getEntries().map((entry) => entry.name))",
        )
        .await;
    let page = page.as_str().unwrap();
    for secret in tap.secrets() {
        assert!(!page.contains(&secret), "the page holds a secret");
    }
}

/// The sign-in as it lies in the keychain.
fn session_item(desktop: &Desktop) -> String {
    let items = desktop.keychain_items("service", "org.narthex.desktop");
    assert!(items.contains("username = session:"), "{items}");
    let record = items
        .lines()
        .filter_map(|line| line.strip_prefix("secret = "))
        .filter_map(|secret| String::from_utf8(STANDARD.decode(secret).ok()?).ok())
        .find(|record| record.contains("refresh"));
    record.unwrap_or_else(|| panic!("no item has a refresh token"))
}

/// No secret and nobody's name is in any file, and the database is no readable one.
fn assert_nothing_lies_open(desktop: &Desktop, secrets: &[String], item: &str) {
    assert!(
        secrets.iter().any(|secret| item.contains(secret)),
        "the keychain's token is one that was issued"
    );
    let hidden = [secrets, &[STANDARD.encode(item)]].concat();
    let names = ["Daniel Kim", "Ji-woo", "Ruth Adeyemi", "010-0199"].map(str::to_owned);
    let files = desktop.files();
    for (path, content) in &files {
        for (number, secret) in hidden.iter().enumerate() {
            assert!(!contains(content, secret), "secret {number} is in {}", path.display());
        }
        if path.starts_with(desktop.home()) {
            for name in &names {
                assert!(!contains(content, name), "{name} is in {}", path.display());
            }
        }
    }
    let store: Vec<_> = files.iter().filter(|(path, _)| is_store(path)).collect();
    let size: usize = store.iter().map(|(_, content)| content.len()).sum();
    assert!(size > 500_000, "the church is in the store: {size} bytes");
    for (path, content) in store {
        assert!(!content.starts_with(b"SQLite format 3\0"), "{} is readable", path.display());
    }
    let log = desktop.said();
    assert!(log.contains("Narthex starts"), "{log}");
}
