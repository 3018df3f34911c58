//! When people cannot serve.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use pco_emulator::{EmulatorConfig, Limit};
use serde_json::Value;

use crate::harness::{Story, config, ids, text};

/// Everybody's block-outs, with the paths where they stand.
async fn blockouts(story: &Story) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for person in story.walk("services/v2/people?fields[Person]=first_name").await {
        let path = format!("services/v2/people/{}/blockouts", text(&person["id"]));
        found.extend(
            story.walk(&path).await.into_iter().map(|row| (format!("{path}/{}", text(&row["id"])), row)),
        );
    }
    found
}

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

#[tokio::test]
async fn some_are_away_once_and_some_again_and_again() {
    let story = Story::with(patient()).await;
    let (mut once, mut again) = (0, 0);
    for (path, blockout) in blockouts(&story).await {
        let attributes = &blockout["attributes"];
        let dates = story.walk(&format!("{path}/blockout_dates")).await;
        if attributes["repeat_frequency"] == "no_repeat" {
            assert_eq!(dates.len(), 1, "{path}");
            assert!(attributes["repeat_period"].is_null());
            once += 1;
        } else {
            assert!(text(&attributes["repeat_frequency"]).starts_with("every_"));
            assert!(attributes["repeat_period"].is_string());
            again += 1;
        }
        assert_eq!(attributes["time_zone"], "America/New_York");
    }
    assert!(once > 5 && again > 1, "{once} {again}");
}

#[tokio::test]
async fn dates_tell_the_wall_clock_and_the_moment_up_to_a_year_ahead() {
    let story = Story::with(patient()).await;
    let zone = TimeZone::get("America/New_York").unwrap();
    let mut across_the_clock_change = false;
    for (path, _) in blockouts(&story).await {
        let dates = story.walk(&format!("{path}/blockout_dates")).await;
        let mut offsets = Vec::new();
        for date in &dates {
            let local: DateTime =
                text(&date["attributes"]["starts_at"]).trim_end_matches('Z').parse().unwrap();
            let moment: Timestamp = text(&date["attributes"]["starts_at_utc"]).parse().unwrap();
            assert_eq!(zone.to_datetime(moment), local, "{path}");
            assert!(text(&date["attributes"]["starts_at"]).as_str() < "2027-11-21");
            offsets.push(zone.to_offset(moment));
        }
        offsets.dedup();
        across_the_clock_change |= offsets.len() > 1;
    }
    assert!(across_the_clock_change);
}

#[tokio::test]
async fn a_repetition_leaves_its_exceptions_out() {
    let story = Story::with(patient()).await;
    let mut checked = 0;
    for (path, _) in blockouts(&story).await {
        for exception in story.walk(&format!("{path}/blockout_exceptions")).await {
            let day = text(&exception["attributes"]["date"]);
            let dates = story.walk(&format!("{path}/blockout_dates")).await;
            assert!(
                dates.iter().all(|date| !text(&date["attributes"]["starts_at"]).starts_with(&day)),
                "{path}"
            );
            checked += 1;
        }
    }
    assert!(checked > 0);
}

#[tokio::test]
async fn past_and_future_share_them_out() {
    let story = Story::with(patient()).await;
    let mut sums = (0, 0);
    for (path, blockout) in blockouts(&story).await {
        let person = path.rsplit_once('/').unwrap().0;
        let future = ids(&story.get(&format!("{person}?filter=future&per_page=100")).await["data"]);
        let past = ids(&story.get(&format!("{person}?filter=past&per_page=100")).await["data"]);
        let id = text(&blockout["id"]);
        assert!(future.contains(&id) != past.contains(&id), "{path}");
        sums = (sums.0 + future.len(), sums.1 + past.len());
    }
    assert!(sums.0 > 0 && sums.1 > 0, "{sums:?}");
}
