//! What the practice church plans is as varied as what a real one does.

use std::collections::HashSet;

use pco_emulator::{EmulatorConfig, Limit};

use crate::harness::{Story, config, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

#[tokio::test]
async fn some_plans_have_no_title_and_some_no_time_and_one_neither() {
    let story = Story::with(patient()).await;
    let plans = story.walk("services/v2/plans").await;
    let kinds: HashSet<(bool, bool)> = plans
        .iter()
        .map(|plan| (plan["attributes"]["title"].is_string(), plan["attributes"]["dates"] != "No dates"))
        .collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
}

#[tokio::test]
async fn a_series_record_is_there_only_where_somebody_added_artwork() {
    let story = Story::with(patient()).await;
    let plans = story.walk("services/v2/plans?include=series").await;
    let titled = plans.iter().filter(|plan| plan["attributes"]["series_title"].is_string());
    let with_record: HashSet<bool> =
        titled.map(|plan| plan["relationships"]["series"]["data"].is_object()).collect();
    assert_eq!(with_record.len(), 2);
    let series = &story.walk("services/v2/series").await[0];
    assert_eq!(series["attributes"]["has_artwork"], true);
    let plans = story.walk(&format!("services/v2/series/{}/plans", text(&series["id"]))).await;
    assert!(plans.iter().all(|plan| plan["attributes"]["series_title"] == series["attributes"]["title"]));
}

#[tokio::test]
async fn the_clocks_change_within_the_weeks_that_are_planned() {
    let story = Story::with(patient()).await;
    let sundays = story.sunday().await.rsplit_once('/').unwrap().0.to_owned();
    let path = format!("{sundays}?filter=after,before&after=2026-10-20&before=2027-01-20&include=plan_times");
    let page = story.get(&format!("{path}&order=sort_date&per_page=100")).await;
    let hours: HashSet<String> = page["included"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|time| time["attributes"]["time_type"] == "service")
        .map(|time| text(&time["attributes"]["starts_at"])[11..13].to_owned())
        .collect();
    assert_eq!(hours, HashSet::from(["13", "14", "15", "16"].map(str::to_owned)));
    for plan in page["data"].as_array().unwrap() {
        assert!(text(&plan["attributes"]["sort_date"]).ends_with("T09:00:00Z"));
    }
}

#[tokio::test]
async fn requests_are_sent_and_plans_made_in_the_offices_name_whoever_looks() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let schedules = story.get("services/v2/me/schedules").await;
    assert_eq!(schedules["data"][0]["attributes"]["responds_to_name"], "Ruth Adeyemi");
}
