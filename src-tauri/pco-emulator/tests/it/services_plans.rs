//! Plans: where they answer, which filters pick them, and what they count.

use pco_emulator::{EmulatorConfig, Limit, Mutation, Rights, ServicesRight};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

/// The path of the plans of Sunday mornings.
async fn sundays(story: &Story) -> String {
    story.sunday().await.rsplit_once('/').unwrap().0.to_owned()
}

fn days(plans: &[Value]) -> Vec<String> {
    plans.iter().map(|plan| text(&plan["attributes"]["sort_date"])[..10].to_owned()).collect()
}

#[tokio::test]
async fn plans_reach_from_a_year_back_to_four_months_ahead() {
    let story = Story::with(patient()).await;
    let plans = story.walk(&format!("{}?order=sort_date", sundays(&story).await)).await;
    let days = days(&plans);
    assert_eq!(days.len(), 71);
    assert_eq!((days[0].as_str(), days[70].as_str()), ("2025-11-16", "2027-03-21"));
}

#[tokio::test]
async fn future_holds_todays_plan_all_day_and_past_everything_before_it() {
    let on_sunday = EmulatorConfig { today: Some(jiff::civil::date(2026, 11, 22)), ..patient() };
    let story = Story::with(on_sunday).await;
    let plans = sundays(&story).await;
    let future = story.walk(&format!("{plans}?filter=future&order=sort_date")).await;
    assert_eq!(days(&future)[0], "2026-11-22");
    let past = story.walk(&format!("{plans}?filter=past&order=-sort_date")).await;
    assert_eq!(days(&past)[0], "2026-11-15");
}

#[tokio::test]
async fn after_and_before_take_dates_and_moments() {
    let story = Story::begin().await;
    let plans = sundays(&story).await;
    let between = format!("{plans}?filter=after,before&after=2026-11-22&before=2026-12-06&order=sort_date");
    assert_eq!(days(&story.walk(&between).await), ["2026-11-22", "2026-11-29", "2026-12-06"]);
    // The second service on the 22nd starts at 16:00 UTC, the first time of the 29th's plan on the 27th at midnight.
    let moments = format!(
        "{plans}?filter=after,before&after=2026-11-22T16:00:00Z&before=2026-11-27T00:00:00Z&order=sort_date"
    );
    assert_eq!(days(&story.walk(&moments).await), ["2026-11-22", "2026-11-29"]);
}

#[tokio::test]
async fn ordering_by_date_drops_plans_without_times_and_no_dates_finds_them() {
    let story = Story::begin().await;
    let plans = sundays(&story).await;
    let count = async |query: &str| {
        story.get(&format!("{plans}?per_page=1{query}")).await["meta"]["total_count"].as_u64().unwrap()
    };
    assert_eq!(count("").await, count("&order=sort_date").await + 1);
    let idea = &story.get(&format!("{plans}?filter=no_dates")).await["data"][0];
    assert_eq!(idea["attributes"]["dates"], "No dates");
    assert_eq!(idea["attributes"]["short_dates"], "No dates");
    assert_eq!(idea["attributes"]["service_time_count"], 0);
}

#[tokio::test]
async fn without_an_order_plans_come_by_id_which_is_not_their_date() {
    let story = Story::begin().await;
    let plans = story.walk(&sundays(&story).await).await;
    let ids: Vec<u64> = plans.iter().map(|plan| text(&plan["id"]).parse().unwrap()).collect();
    assert!(ids.is_sorted());
    assert!(!days(&plans).is_sorted());
}

#[tokio::test]
async fn neighbours_lead_through_the_plans_in_time() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plan = story.get(&sunday).await;
    let next = story.get(&format!("{sunday}/next_plan")).await;
    assert_eq!(next["data"]["id"], plan["data"]["relationships"]["next_plan"]["data"]["id"]);
    assert_eq!(next["data"]["attributes"]["short_dates"], "Nov 29");
    let back = story.get(&format!("{sunday}/next_plan/previous_plan")).await;
    assert_eq!(back["data"]["id"], plan["data"]["id"]);
}

#[tokio::test]
async fn a_deleted_plan_is_found_among_the_unscoped_ones_alone() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let id = sunday.rsplit('/').next().unwrap().to_owned();
    story.emulator.mutate(Mutation::DeletePlan { plan_id: id.clone() }).unwrap();
    assert_eq!(story.ask(&sunday).await.status(), StatusCode::NOT_FOUND);
    let plans = sundays(&story).await;
    assert!(!ids(&json!(story.walk(&plans).await)).contains(&id));
    let service_type = plans.rsplit_once('/').unwrap().0;
    let deleted = story.get(&format!("{service_type}/unscoped_plans?filter=deleted")).await;
    assert_eq!(ids(&deleted["data"]), [id]);
    assert_eq!(story.get(&format!("{service_type}/unscoped_plans")).await["meta"]["total_count"], 72);
}

#[tokio::test]
async fn a_scheduled_viewer_sees_the_plans_with_a_request_of_their_own() {
    let story = Story::with(patient()).await;
    let sunday = story.sunday().await;
    let plans = sundays(&story).await;
    let all = story.get(&format!("{plans}?per_page=1")).await["meta"]["total_count"].as_u64().unwrap();
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let rights = Rights { services: ServicesRight::ScheduledViewer, ..Rights::default() };
    story.emulator.grant(&daniel, rights).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let own = story.get(&format!("{plans}?per_page=1")).await["meta"]["total_count"].as_u64().unwrap();
    assert!(own > 0 && own < all, "{own} of {all}");
    let plan = story.get(&sunday).await;
    assert_eq!(plan["data"]["attributes"]["permissions"], "Scheduled Viewer");
    assert!(plan["data"]["attributes"].get("reminders_disabled").is_none());
}

#[tokio::test]
async fn times_name_their_teams_and_split_teams_stand_at_the_services() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let service_type = sunday.rsplit_once("/plans").unwrap().0;
    let teams = story.walk(&format!("{service_type}/teams")).await;
    let named = |record: &Value| -> Vec<String> {
        let assigned = ids(&record["relationships"]["assigned_teams"]["data"]);
        let named = teams.iter().filter(|team| assigned.contains(&text(&team["id"])));
        named.map(|team| text(&team["attributes"]["name"])).collect()
    };
    for time in story.walk(&format!("{sunday}/plan_times")).await {
        let expected: &[&str] =
            if time["attributes"]["time_type"] == "service" { &["Welcome"] } else { &["Band", "Production"] };
        assert_eq!(named(&time), expected);
        let reminders = time["attributes"]["team_reminders"].as_array().unwrap();
        assert_eq!(reminders.len(), expected.len());
        assert!(reminders.iter().all(|reminder| reminder["team_id"].is_string() && reminder["value"] == 1));
    }
    let services = story.walk(&format!("{sunday}/plan_times?where[time_type]=service")).await;
    assert_eq!(services.len(), 2);
    let named = story.get(&format!("{service_type}/plan_times?filter=named,future&order=starts_at")).await;
    assert!(named["data"].as_array().unwrap().iter().all(|time| time["attributes"]["name"].is_string()));
}

#[tokio::test]
async fn notes_can_be_asked_for_by_team() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let notes = story.walk(&format!("{sunday}/notes?include=plan_note_category")).await;
    let band = notes.iter().find(|note| note["attributes"]["category_name"] == "Band").unwrap();
    let team = text(&band["relationships"]["teams"]["data"][0]["id"]);
    let of_team = story.walk(&format!("{sunday}/notes?filter=team&team_id={team}")).await;
    assert_eq!(of_team.len(), 1);
    assert_eq!(of_team[0]["id"], band["id"]);
    assert!(notes.len() > 1);
}

#[tokio::test]
async fn a_category_that_was_given_up_is_marked_as_deleted() {
    let story = Story::begin().await;
    let service_type = sundays(&story).await.replace("/plans", "");
    let categories = story.walk(&format!("{service_type}/plan_note_categories")).await;
    let deleted: Vec<String> = categories
        .iter()
        .filter(|category| category["attributes"]["deleted_at"].is_string())
        .map(|category| text(&category["attributes"]["name"]))
        .collect();
    assert_eq!(deleted, ["Flowers"]);
}

#[tokio::test]
async fn live_is_404_where_nothing_runs_and_nobody_has_control() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let live = story.get(&format!("{sunday}/live?include=items,current_item_time")).await;
    assert_eq!(live["data"]["id"], sunday.rsplit('/').next().unwrap());
    assert_eq!(live["data"]["attributes"]["can_control"], false);
    for edge in ["controller", "current_item_time"] {
        assert_eq!(
            story.ask(&format!("{sunday}/live/{edge}")).await.status(),
            StatusCode::NOT_FOUND,
            "{edge}"
        );
        assert_eq!(live["data"]["links"][edge], Value::Null);
    }
    let next = story.get(&format!("{sunday}/live/next_item_time")).await;
    let first = text(&next["data"]["relationships"]["item"]["data"]["id"]);
    let items = story.get(&format!("{sunday}/items")).await;
    assert_eq!(first, text(&items["data"][0]["id"]));
}

#[tokio::test]
async fn a_plan_tells_who_worked_on_it() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let contributors = story.walk(&format!("{sunday}/contributors")).await;
    assert_eq!(contributors[0]["attributes"]["full_name"], "Ruth Adeyemi");
    assert_eq!(contributors[0]["attributes"]["contributable_action"], "created");
    assert!(contributors.len() > 2);
}

#[tokio::test]
async fn files_of_a_plan_and_of_what_is_sung_are_told_by_name() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let own = story.walk(&format!("{sunday}/attachments")).await;
    assert_eq!(own.len(), 2);
    let all = story.walk(&format!("{sunday}/all_attachments")).await;
    assert!(all.len() > own.len());
    let keys =
        story.walk(&format!("{sunday}/all_attachments?filter=attachable_type&attachable_type=Key")).await;
    assert!(!keys.is_empty() && keys.iter().all(|file| file["attributes"]["attachable_type"] == "Key"));
    let sounds = story.walk(&format!("{sunday}/all_attachments?filter=extensions&extensions=mp3")).await;
    assert!(!sounds.is_empty() && sounds.iter().all(|file| file["attributes"]["filetype"] == "mp3"));
    let address = text(&own[0]["links"]["self"]);
    let path = address.strip_prefix(story.emulator.url().as_str()).unwrap();
    assert_eq!(story.get(path).await["data"]["id"], own[0]["id"]);
}
