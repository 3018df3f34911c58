//! The whole of it, once: sign in, see people, open a plan, and see both again without a network.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Browser, Emulator, Keychain, Window, story, within};
use crate::walk::{Church, confirm_and_go_on, open_the_plan};

/// Counts the frames in which this week is in the list, and those in which it has gone again; and how often Pause was written anew
/// though it said the same: whoever presses it then presses nothing.
const WATCH_THIS_WEEK: &str = "globalThis.watched = { seen: 0, gone: 0, rewritten: 0 };
    const pause = document.getElementById('pause');
    let words = pause.textContent;
    new MutationObserver(() => {
      if (pause.textContent === words) watched.rewritten += 1;
      words = pause.textContent;
    }).observe(pause, { childList: true });
    const look = () => {
      const there = document.querySelector('#schedule-list')?.innerText.includes('This week');
      if (there) watched.seen += 1;
      else if (watched.seen > 0) watched.gone += 1;
      requestAnimationFrame(look);
    };
    look()";

#[tokio::test]
async fn somebody_signs_in_finds_a_person_opens_a_plan_and_sees_both_again_offline() {
    story(Keychain::Unlocked, async |desktop| {
        let church = Church::start(desktop).await;
        let browser = Browser::trusting(desktop, church.address());
        let window = church.window(desktop).await;
        window.click("#sign-in").await;
        window.sees("#entry-page", "Waiting for Planning Center").await;
        let consent = browser.page().await;
        consent.sees("h1", "St. Brigid").await;
        consent.click("#allow").await;
        desktop.hears("a sign-in link arrived").await;
        confirm_and_go_on(desktop, church, window).await;
    })
    .await;
}

#[tokio::test]
async fn this_sunday_is_there_long_before_planning_centers_limit_lets_everything_through() {
    story(Keychain::Unlocked, async |desktop| {
        let emulator = Emulator::limited(desktop, "100/20");
        let window = Window::open_for(desktop, &emulator).await;
        window.enter(&emulator).await;
        window.run(WATCH_THIS_WEEK).await;
        within(Duration::from_secs(5), "this week is on the screen", async || {
            window.text("#schedule-list").await.filter(|weeks| weeks.contains("This week"))
        })
        .await;
        open_the_plan(&window).await;
        window.sees("#schedule-list", "Earlier weeks").await;
        let watched = window.run("return [watched.seen > 0, watched.gone, watched.rewritten]").await;
        assert_eq!(watched, json!([true, 0, 0]), "this week was seen, gone again, and Pause rewritten");
        let freshness = window.text("#freshness-words").await.unwrap();
        assert!(!freshness.contains("complete: "), "the limit was not reached: {freshness}");
        window.click("#nav-people").await;
        window.sees("#people-list", "Ruth Adeyemi").await;
    })
    .await;
}
