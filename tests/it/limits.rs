//! What Planning Center lets through: a limit that changes while people are read, and one that the run before has used up.

use std::path::Path;
use std::time::Duration;

use app_core::views::Coverage;
use jiff::Timestamp;
use pco_emulator::{EmulatorConfig, Fault, FaultKind, Limit, Role};

use crate::harness::{Story, fault};

/// Forty pages.
const PEOPLE: u32 = 4_000;
/// A tenth of the usual period, so that nobody waits for long.
const PERIOD: Duration = Duration::from_secs(2);
/// The requests for people before which the limit becomes another one.
const DROP: usize = 12;
const RISE: usize = 30;
/// Requests that are under way at most while somebody is at the window.
const UNDER_WAY: usize = 4;

#[tokio::test]
async fn a_limit_that_drops_and_rises_in_mid_walk_is_kept_to_from_the_next_answer_on() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let story = reading(log.path(), limit(100)).await;
    story.emulator.add_fault(new_limit(DROP, 10));
    story.emulator.add_fault(new_limit(RISE, 75));
    story.sign_in().await;

    let status = story.settled().await;
    assert_eq!(story.people("").coverage, Coverage::Complete);
    assert_eq!(status.people as usize, story.emulator.person_ids().len());
    assert!(story.emulator.faults().is_empty(), "both changes came in mid-walk");

    let answers = answers(log.path());
    let pages = (0..answers.len()).filter(|number| answers[*number].is_page);
    let pages: Vec<_> = pages.collect();
    // What was under way when the limit dropped could not know of it; whatever follows the first answer after it does.
    let (dropped, rose) = (pages[DROP - 1], pages[RISE - 1]);
    let refused: Vec<_> = (0..answers.len()).filter(|number| answers[*number].status == 429).collect();
    assert!(refused.iter().all(|number| (dropped..dropped + UNDER_WAY).contains(number)), "{refused:?}");
    assert!(most_within(&answers[dropped + UNDER_WAY..rose], PERIOD) <= 10);
    assert!(most_within(&answers[rose..], PERIOD) > 10, "the rise was noticed");
}

#[tokio::test]
async fn a_restart_waits_for_what_the_run_before_has_used_up() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let story = reading(log.path(), Limit { count: 10, seconds: 4 }).await;
    story.sign_in().await;
    // A burst uses up all but a fifth, which is for whoever clicks.
    story.until(|_| answers(log.path()).len() >= 8).await;
    let (before, story) = (answers(log.path()).len(), story.restarted().await);

    story.until(|status| status.people >= 700).await;
    let answers = answers(log.path());
    assert!(answers.len() > before + 4, "the second run goes on when there is room");
    assert!(most_within(&answers, Duration::from_secs(4)) <= 10, "both runs together");
    assert_eq!(story.emulator.counters().rate_limited, 0);
}

/// A church of which only people are read, with a limit.
async fn reading(log: &Path, limit: Limit) -> Story {
    let config = EmulatorConfig {
        people: Some(PEOPLE),
        access_log: Some(log.to_owned()),
        ..EmulatorConfig::default()
    };
    let story = Story::with(config).await;
    story.emulator.set_role(Role::NoServices);
    story.emulator.set_rate_limit(limit);
    story
}

fn limit(count: u32) -> Limit {
    Limit { count, seconds: u32::try_from(PERIOD.as_secs()).unwrap() }
}

/// Another limit from this request for people on, counted from one.
fn new_limit(from: usize, count: u32) -> Fault {
    let kind = FaultKind::Limit { rate_limit: limit(count) };
    Fault { skip: u32::try_from(from - 1).unwrap(), times: Some(1), ..fault("/people/v2/people", kind) }
}

/// One answer to a request that is counted, as the server wrote it down.
#[derive(Debug)]
struct Answer {
    at: Timestamp,
    status: u64,
    is_page: bool,
}

fn answers(log: &Path) -> Vec<Answer> {
    let log = std::fs::read_to_string(log).unwrap();
    let entries = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    entries
        .filter(|entry| entry["path"].as_str().is_some_and(|path| path.contains("/v2")))
        .map(|entry| Answer {
            at: entry["at"].as_str().unwrap().parse().unwrap(),
            status: entry["status"].as_u64().unwrap(),
            is_page: entry["path"] == "/people/v2/people",
        })
        .collect()
}

/// The most answers that came in any stretch of this length.
fn most_within(answers: &[Answer], length: Duration) -> usize {
    let within = |from: Timestamp, to: Timestamp| to.duration_since(from).unsigned_abs() < length;
    (0..answers.len())
        .map(|first| {
            answers[first..].iter().take_while(|answer| within(answers[first].at, answer.at)).count()
        })
        .max()
        .unwrap_or_default()
}
