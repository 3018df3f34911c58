//! The whole of it, once: sign in, see people, open a plan, and see both again without a network.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan as _;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::harness::{Browser, Desktop, Emulator, Keychain, Tap, Window, is_store, story, within};

/// Where the emulator's church is.
const CHURCH_TIME: &str = "America/New_York";
/// What the program has on the disk is on the screen by then, counted from the page's own start.
const AT_ONCE: f64 = 3_000.0;

#[tokio::test]
async fn somebody_signs_in_finds_a_person_opens_a_plan_and_sees_both_again_offline() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::start(desktop);
        let tap = Tap::on(emulator.authority()).await;
        let (address, client_id) = (tap.address().to_owned(), emulator.client_id().to_owned());
        let arguments = ["--pco-url", &address, "--client-id", &client_id];
        let browser = Browser::trusting(desktop, tap.address());

        let window = Window::open(desktop, &arguments).await;
        window.click("#sign-in").await;
        window.sees("#entry-page", "Waiting for Planning Center").await;
        let consent = browser.page().await;
        consent.sees("h1", "St. Brigid").await;
        consent.click("#allow").await;
        let confirm = window.sees("#entry-page", "Is that you?").await;
        assert!(confirm.contains("Ruth Adeyemi") && confirm.contains("St. Brigid"), "{confirm}");
        assert_keeps_quiet(&window, &tap).await;
        window.click("#confirm-account").await;

        let people = emulator.count("/people/v2/people").await;
        window.sees("#freshness-words", &format!("complete: {people} people")).await;
        find_the_person(&window).await;
        open_the_plan(&window).await;
        assert_keeps_quiet(&window, &tap).await;
        window.close().await;

        let secrets = tap.secrets();
        drop((tap, emulator));
        let window = Window::open(desktop, &arguments).await;
        let moment = within(Duration::from_secs(10), "what was saved is shown", async || {
            let rows =
                window.run("return document.querySelectorAll('.plan-row').length && performance.now()").await;
            rows.as_f64().filter(|moment| *moment > 0.0)
        })
        .await;
        assert!(moment < AT_ONCE, "what was saved was shown only after {moment} ms");
        let freshness = window.sees("#freshness-words", "Offline").await;
        assert!(freshness.contains("saved data from ") && freshness.contains("complete: "), "{freshness}");
        find_the_person(&window).await;
        open_the_plan(&window).await;
        window.close().await;

        let item = session_item(desktop);
        assert_nothing_lies_open(desktop, &secrets, &item);
    })
    .await;
}

#[tokio::test]
async fn this_sunday_is_there_long_before_planning_centers_limit_lets_everything_through() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::limited(desktop, "100/20");
        let window = Window::open_for(desktop, &emulator).await;
        let address = window.begin_sign_in().await;
        window.hand_over(&emulator.decide(&address, "allow").await).await;
        window.click("#confirm-account").await;
        within(Duration::from_secs(5), "this week is on the screen", async || {
            window.text("#schedule-list").await.filter(|weeks| weeks.contains("This week"))
        })
        .await;
        open_the_plan(&window).await;
        let freshness = window.text("#freshness-words").await.unwrap();
        assert!(!freshness.contains("complete: "), "the limit was not reached: {freshness}");
        window.click("#nav-people").await;
        window.sees("#people-list", "Ruth Adeyemi").await;
    })
    .await;
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
async fn open_the_plan(window: &Window<'_>) {
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
    assert!(log.contains("Narthex starts") && log.contains("a sign-in link arrived"), "{log}");
}

fn contains(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}
