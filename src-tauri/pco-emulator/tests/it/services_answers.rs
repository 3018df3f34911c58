//! Accepting and declining: whole, by time, with a reason; and signing up.

use pco_emulator::{EmulatorConfig, Limit};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

async fn act(story: &Story, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let request = story.client.post(story.address(path)).bearer_auth(&story.access_token);
    let request = if let Some(body) = body { request.json(&body) } else { request };
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

/// A request of somebody that is ahead, sent, and fits; signed in as that person, at their own address.
async fn request(story: &Story, fits: impl Fn(&Value) -> bool) -> (String, Value) {
    for name in ["Kids Church", "Sunday Morning"] {
        let service_type = story.emulator.service_type_id(name).unwrap();
        let plans = format!("services/v2/service_types/{service_type}/plans");
        for plan in story.walk(&format!("{plans}?filter=future&order=sort_date")).await {
            for member in story.walk(&format!("{plans}/{}/team_members", text(&plan["id"]))).await {
                if member["attributes"]["prepare_notification"] == false && fits(&member) {
                    let person = text(&member["relationships"]["person"]["data"]["id"]);
                    story.emulator.sign_in_as(&person).unwrap();
                    let path = format!("services/v2/people/{person}/schedules/{}", text(&member["id"]));
                    return (path, member);
                }
            }
        }
    }
    panic!("no request fits");
}

fn split_over_two(member: &Value) -> bool {
    let times = ids(&member["relationships"]["times"]["data"]).len();
    member["attributes"]["can_accept_partial"] == true && times == 2
}

#[tokio::test]
async fn a_whole_acceptance_needs_no_body_and_moves_the_entry() {
    let story = Story::with(patient()).await;
    let (path, member) = request(&story, |member| member["attributes"]["status"] == "U").await;
    let (status, schedule) = act(&story, &format!("{path}/accept"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(schedule["data"]["attributes"]["status"], "C");
    let person = text(&member["relationships"]["person"]["data"]["id"]);
    let entry = story.get(&format!("services/v2/people/{person}/plan_people/{}", text(&member["id"]))).await;
    let attributes = &entry["data"]["attributes"];
    assert!(text(&attributes["updated_at"]) > text(&member["attributes"]["updated_at"]));
    assert_eq!(attributes["status_updated_at"], attributes["updated_at"]);
    assert!(attributes["notification_read_at"].is_string(), "who answers has read");
}

#[tokio::test]
async fn a_split_team_can_be_accepted_for_one_of_two_times() {
    let story = Story::with(patient()).await;
    let (path, member) = request(&story, split_over_two).await;
    let times = ids(&member["relationships"]["times"]["data"]);
    let partly = |declined: &[String]| {
        let declined: Vec<Value> =
            declined.iter().map(|id| json!({ "type": "PlanTime", "id": id })).collect();
        Some(json!({ "data": {
            "type": "ScheduleAccept",
            "attributes": { "reason": "Only early" },
            "relationships": { "declined_plan_times": { "data": declined } }
        } }))
    };
    let accept = format!("{path}/accept");
    let (status, schedule) = act(&story, &accept, partly(&times[..1])).await;
    assert_eq!(status, StatusCode::OK, "{schedule}");
    assert_eq!(schedule["data"]["attributes"]["status"], "C");
    assert_eq!(schedule["data"]["attributes"]["decline_reason"], "Only early");
    assert_eq!(ids(&story.get(&format!("{path}/declined_plan_times")).await["data"]), times[..1]);
    let (_, schedule) = act(&story, &accept, None).await;
    assert_eq!(schedule["data"]["attributes"]["decline_reason"], Value::Null);
    assert!(story.walk(&format!("{path}/declined_plan_times")).await.is_empty(), "all of it now");
    let (status, _) = act(&story, &accept, partly(&["1".to_owned()])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, schedule) = act(&story, &accept, partly(&times)).await;
    assert_eq!(schedule["data"]["attributes"]["status"], "D", "none of the times is no");
}

#[tokio::test]
async fn a_whole_team_cannot_be_accepted_in_part() {
    let story = Story::with(patient()).await;
    let (path, member) = request(&story, |member| member["attributes"]["can_accept_partial"] == false).await;
    let time = text(&member["relationships"]["times"]["data"][0]["id"]);
    let part = json!({ "data": { "relationships": {
        "declined_plan_times": { "data": [{ "type": "PlanTime", "id": time }] }
    } } });
    let (status, refused) = act(&story, &format!("{path}/accept"), Some(part)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused["errors"][0]["source"]["parameter"], "declined_plan_times");
}

#[tokio::test]
async fn a_refusal_takes_a_reason_that_may_be_empty_and_leaves_ones_schedule() {
    let story = Story::with(patient()).await;
    let (path, _) = request(&story, |member| member["attributes"]["status"] == "C").await;
    let reason = |reason: &str| Some(json!({ "data": { "attributes": { "reason": reason } } }));
    let (status, schedule) = act(&story, &format!("{path}/decline"), reason("Away")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(schedule["data"]["attributes"]["decline_reason"], "Away");
    let (schedules, id) = path.rsplit_once('/').unwrap();
    assert!(!ids(&json!(story.walk(schedules).await)).contains(&id.to_owned()));
    let (_, schedule) = act(&story, &format!("{path}/decline"), reason("")).await;
    assert_eq!(schedule["data"]["attributes"]["status"], "D");
}

#[tokio::test]
async fn whoever_signs_up_is_confirmed_and_the_position_no_longer_open() {
    let story = Story::with(patient()).await;
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let people = story.walk("services/v2/people?fields[Person]=first_name").await;
    for person in people.iter().filter(|person| person["id"] != ruth.as_str()) {
        let signups = format!("services/v2/people/{}/available_signups", text(&person["id"]));
        let open = story.walk(&signups).await;
        let Some(open) = open.iter().find(|signup| signup["attributes"]["signups_available"] == true) else {
            continue;
        };
        let sheets = format!("{signups}/{}/signup_sheets", text(&open["id"]));
        let sheet = story.get(&sheets).await["data"][0].take();
        let plan = format!("services/v2/plans/{}", text(&sheet["relationships"]["plan"]["data"]["id"]));
        let before = story.get(&plan).await["data"]["attributes"]["needed_positions_count"].as_u64().unwrap();
        let path = format!("{sheets}/{}/accept", text(&sheet["id"]));
        assert_eq!(act(&story, &path, None).await.0, StatusCode::FORBIDDEN, "for oneself only");
        story.emulator.sign_in_as(&text(&person["id"])).unwrap();
        assert_eq!(act(&story, &path, None).await.0, StatusCode::NO_CONTENT);
        story.emulator.sign_in_as(&ruth).unwrap();
        let after = story.get(&plan).await["data"]["attributes"]["needed_positions_count"].as_u64().unwrap();
        assert_eq!(after, before - 1);
        let members = story.walk(&format!("{plan}/team_members?filter=confirmed")).await;
        assert!(members.iter().any(|member| member["relationships"]["person"]["data"]["id"] == person["id"]));
        return;
    }
    panic!("nobody can sign up for anything");
}
