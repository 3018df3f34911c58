//! Requests to serve: as the planner sees them and as the person asked does.

use std::collections::HashSet;

use pco_emulator::{EmulatorConfig, Limit, Mutation};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

/// Every plan of the service type of this name from today on.
async fn plans_ahead(story: &Story, name: &str) -> Vec<String> {
    let service_type = story.emulator.service_type_id(name).unwrap();
    let plans = format!("services/v2/service_types/{service_type}/plans");
    let found = story.walk(&format!("{plans}?filter=future&order=sort_date&fields[Plan]=title")).await;
    found.iter().map(|plan| format!("{plans}/{}", text(&plan["id"]))).collect()
}

#[tokio::test]
async fn requests_are_confirmed_silent_declined_with_reasons_or_not_yet_sent() {
    let story = Story::with(patient()).await;
    let mut kinds: HashSet<&str> = HashSet::new();
    let mut reasons = HashSet::new();
    for plan in plans_ahead(&story, "Sunday Morning").await {
        for member in story.walk(&format!("{plan}/team_members")).await {
            let attributes = &member["attributes"];
            let draft = attributes["prepare_notification"] == true;
            kinds.insert(match (attributes["status"].as_str().unwrap(), draft) {
                ("C", false) => "confirmed",
                ("U", false) => "silent",
                ("D", false) => "declined",
                ("U", true) => "not sent",
                other => panic!("{other:?}"),
            });
            reasons.extend(attributes["decline_reason"].as_str().map(str::to_owned));
            assert_eq!(draft, attributes["notification_prepared_at"].is_string());
            assert_eq!(draft, attributes["notification_sent_at"].is_null());
        }
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert!(reasons.len() > 2, "{reasons:?}");
}

#[tokio::test]
async fn filters_and_the_team_pick_members_and_declined_ones_stay_without_them() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let members = story.walk(&format!("{sunday}/team_members")).await;
    let status =
        |status: &str| members.iter().filter(|member| member["attributes"]["status"] == status).count();
    let count = async |query: &str| story.walk(&format!("{sunday}/team_members?{query}")).await.len();
    let declined = text(&members[0]["id"]);
    let refusal = Mutation::SetStatus { team_member_id: declined, status: "D".into(), reason: None };
    let confirmed = status("C") - usize::from(members[0]["attributes"]["status"] == "C");
    let refused = status("D") + usize::from(members[0]["attributes"]["status"] != "D");
    story.emulator.mutate(refusal).unwrap();
    assert_eq!(count("filter=confirmed").await, confirmed);
    assert_eq!(count("filter=not_declined").await, members.len() - refused);
    assert_eq!(count("").await, members.len());
    let team = text(&members[0]["relationships"]["team"]["data"]["id"]);
    let of_team = story.walk(&format!("{sunday}/team_members?where[team_id]={team}")).await;
    assert!(of_team.iter().all(|member| text(&member["relationships"]["team"]["data"]["id"]) == team));
    assert!(of_team.len() < members.len());
}

#[tokio::test]
async fn split_teams_serve_at_one_time_and_may_take_only_one_of_two() {
    let story = Story::with(patient()).await;
    let (mut single, mut partial) = (0, 0);
    for plan in plans_ahead(&story, "Kids Church").await {
        for member in story.walk(&format!("{plan}/team_members?include=declined_plan_times")).await {
            let times = ids(&member["relationships"]["times"]["data"]);
            let declined = ids(&member["relationships"]["declined_plan_times"]["data"]);
            let split = member["attributes"]["can_accept_partial"] == true;
            single += usize::from(split && times.len() == 1);
            if member["attributes"]["status"] == "D" {
                assert_eq!(declined, times);
            } else if !declined.is_empty() {
                assert!(split && declined.len() < times.len());
                partial += 1;
                let id = text(&member["id"]);
                let person = text(&member["relationships"]["person"]["data"]["id"]);
                let path = format!("services/v2/people/{person}/plan_people/{id}/plan_person_times");
                let answers = story.walk(&path).await;
                let statuses: HashSet<String> =
                    answers.iter().map(|answer| text(&answer["attributes"]["status"])).collect();
                assert_eq!(statuses, HashSet::from(["C".to_owned(), "D".to_owned()]));
            }
        }
    }
    assert!(single > 0 && partial > 0, "{single} {partial}");
}

#[tokio::test]
async fn this_sunday_the_drummer_is_asked_for_the_children_too() {
    for seed in 1..4 {
        let story = Story::with(EmulatorConfig { seed, ..patient() }).await;
        let daniel = story.emulator.person_id("Daniel Kim").unwrap();
        let schedules =
            story.walk(&format!("services/v2/people/{daniel}/schedules?include=plan_times")).await;
        let this_sunday: Vec<&Value> = schedules
            .iter()
            .filter(|schedule| text(&schedule["attributes"]["sort_date"]).starts_with("2026-11-22"))
            .collect();
        let mut teams: Vec<String> =
            this_sunday.iter().map(|schedule| text(&schedule["attributes"]["team_name"])).collect();
        teams.sort();
        assert_eq!(teams, ["Band", "Kids Rooms"]);
    }
}

#[tokio::test]
async fn schedules_are_those_ahead_without_drafts_and_declined_ones_on_request() {
    let story = Story::with(patient()).await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let path = format!("services/v2/people/{daniel}/schedules");
    let count = async |query: &str| story.walk(&format!("{path}?{query}")).await.len();
    let ahead = count("").await;
    assert_eq!(count("filter=future").await, ahead);
    assert_eq!(count("filter=all").await, ahead + count("filter=past").await);
    assert!(count("filter=past").await > 5, "a year of them");
    let next = &story.walk(&format!("{path}?order=starts_at")).await[0];
    let id = text(&next["id"]);
    let refusal = Mutation::SetStatus { team_member_id: id.clone(), status: "D".into(), reason: None };
    story.emulator.mutate(refusal).unwrap();
    assert_eq!(count("").await, ahead - 1);
    assert_eq!(count("filter=future,with_declined").await, ahead);
    let entries = story.walk(&format!("services/v2/people/{daniel}/plan_people")).await;
    let drafts = entries.iter().filter(|entry| entry["attributes"]["prepare_notification"] == true).count();
    assert!(drafts > 0);
    assert_eq!(entries.len() - drafts, count("filter=all,with_declined").await);
    let plan = text(&next["relationships"]["plan"]["data"]["id"]);
    assert_eq!(
        ids(&json!(story.walk(&format!("{path}?filter=with_declined&where[plan_id]={plan}")).await)),
        [id]
    );
}

#[tokio::test]
async fn a_schedule_tells_all_it_shows_without_another_question() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let path =
        format!("services/v2/people/{daniel}/schedules?order=starts_at&include=plan_times&per_page=100");
    let page = story.get(&path).await;
    let drums = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|schedule| schedule["attributes"]["team_name"] == "Band");
    let attributes = &drums.unwrap()["attributes"];
    for (name, value) in [
        ("person_name", json!("Daniel Kim")),
        ("service_type_name", json!("Sunday Morning")),
        ("team_position_name", json!("Drums")),
        ("short_dates", json!("Nov 22")),
        ("sort_date", json!("2026-11-22T09:00:00Z")),
        ("organization_time_zone", json!("America/New_York")),
        ("organization_twenty_four_hour_time", json!(false)),
        ("responds_to_name", json!("Ruth Adeyemi")),
        ("status", json!("C")),
    ] {
        assert_eq!(attributes[name], value, "{name}");
    }
    assert!(!page["included"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn needed_positions_are_for_a_plan_or_for_one_of_its_times() {
    let story = Story::with(patient()).await;
    let mut kinds = HashSet::new();
    for plan in plans_ahead(&story, "Kids Church").await {
        let page = story.get(&format!("{plan}/needed_positions?include=team,time&per_page=100")).await;
        for needed in page["data"].as_array().unwrap() {
            let to = text(&needed["attributes"]["scheduled_to"]);
            assert_eq!(to == "time", needed["relationships"]["time"]["data"].is_object());
            assert!(needed["attributes"]["quantity"].as_u64().unwrap() > 0);
            kinds.insert(to);
        }
        assert_eq!(page["meta"]["can_query_by"], json!(["team_id"]));
    }
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}

#[tokio::test]
async fn who_came_is_known_where_helpers_check_in_and_the_plan_is_over() {
    let story = Story::begin().await;
    let service_type = story.emulator.service_type_id("Kids Church").unwrap();
    let plans = format!("services/v2/service_types/{service_type}/plans");
    let past = &story.get(&format!("{plans}?filter=past&order=-sort_date&per_page=1")).await["data"][0];
    let attendances = story.walk(&format!("{plans}/{}/attendances", text(&past["id"]))).await;
    assert!(!attendances.is_empty());
    for attendance in &attendances {
        assert!(attendance["attributes"]["checked_in_at"].is_string());
        assert!(attendance["relationships"]["plan_person"]["data"]["id"].is_string());
    }
    assert!(story.walk(&format!("{}/attendances", story.sunday().await)).await.is_empty());
}

#[tokio::test]
async fn open_positions_are_offered_to_those_who_serve_in_them() {
    let story = Story::with(patient()).await;
    let mut offered = 0;
    for person in story.walk("services/v2/people?fields[Person]=first_name").await {
        let path = format!("services/v2/people/{}/available_signups", text(&person["id"]));
        for signup in story.walk(&path).await {
            let sheets = story.walk(&format!("{path}/{}/signup_sheets", text(&signup["id"]))).await;
            assert_eq!(signup["attributes"]["signups_available"], !sheets.is_empty());
            for sheet in &sheets {
                assert!(sheet["attributes"]["position_name"].is_string());
                let address = text(&sheet["links"]["self"]);
                let sheet_path = address.strip_prefix(story.emulator.url().as_str()).unwrap();
                if offered == 0 {
                    let single = story
                        .get(&format!("{sheet_path}?include=scheduled_people,signup_sheet_metadata"))
                        .await;
                    assert_eq!(single["data"]["id"], sheet["id"]);
                }
                offered += 1;
            }
        }
    }
    assert!(offered > 0);
}

#[tokio::test]
async fn an_entry_of_another_person_does_not_answer_at_ones_own_address() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let schedules = story.get(&format!("services/v2/people/{daniel}/schedules")).await;
    let id = text(&schedules["data"][0]["id"]);
    let status = story.ask(&format!("services/v2/people/{ruth}/schedules/{id}")).await.status();
    assert_eq!(status, StatusCode::NOT_FOUND);
}
