//! Answers that were recorded from the real service, each by what it proves.

use std::collections::HashSet;

use jiff::Timestamp;
use pco_emulator::Mutation;
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

fn attribute(record: &Value, name: &str) -> String {
    text(&record["attributes"][name])
}

#[tokio::test]
async fn plan_times_are_true_utc_and_carry_their_reminders_as_pairs_of_team_and_days() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plan = story.get(&sunday).await;
    let times = story.walk(&format!("{sunday}/plan_times")).await;
    let service = times.iter().find(|time| time["attributes"]["time_type"] == "service").unwrap();
    let starts_at: Timestamp = attribute(service, "starts_at").parse().unwrap();
    let false_z: Timestamp = attribute(&plan["data"], "sort_date").parse().unwrap();
    let hours = (starts_at.as_second() - false_z.as_second()) / 3600;
    assert_eq!(hours, 5, "New York is five hours behind in November");
    for time in &times {
        for reminder in time["attributes"]["team_reminders"].as_array().unwrap() {
            assert!(reminder["team_id"].is_string(), "{reminder}");
            assert!((0..=7).contains(&reminder["value"].as_i64().unwrap()), "{reminder}");
        }
        assert!(time["relationships"]["assigned_teams"]["data"].is_array());
    }
}

#[tokio::test]
async fn a_plan_list_names_its_neighbours_in_the_order_of_time() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plans = sunday.rsplit_once('/').unwrap().0;
    let coming = story.get(&format!("{plans}?filter=future&order=sort_date&per_page=5")).await;
    for pair in coming["data"].as_array().unwrap().windows(2) {
        assert_eq!(
            pair[0]["relationships"]["next_plan"]["data"],
            json!({ "type": "Plan", "id": pair[1]["id"] })
        );
        assert_eq!(pair[1]["relationships"]["previous_plan"]["data"]["id"], pair[0]["id"]);
    }
}

#[tokio::test]
async fn plan_dates_come_in_words_long_and_short() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plan = story.get(&sunday).await["data"].take();
    assert_eq!(attribute(&plan, "dates"), "November 22, 2026");
    assert_eq!(attribute(&plan, "short_dates"), "Nov 22");
    assert_eq!(
        attribute(&plan, "planning_center_url"),
        format!("https://services.planningcenteronline.com/plans/{}", text(&plan["id"]))
    );
}

#[tokio::test]
async fn team_members_answer_with_letters_names_of_their_own_and_linked_times() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let times: HashSet<String> =
        ids(&story.get(&format!("{sunday}/plan_times")).await["data"]).into_iter().collect();
    let members = story.walk(&format!("{sunday}/team_members")).await;
    for member in &members {
        assert!(["C", "U", "D"].contains(&attribute(member, "status").as_str()));
        assert!(!attribute(member, "name").is_empty() && !attribute(member, "team_position_name").is_empty());
        assert!(attribute(member, "photo_thumbnail").contains("://"));
        let linked = &member["relationships"]["times"]["data"];
        assert!(ids(linked).iter().all(|time| times.contains(time)), "{linked}");
    }
    assert!(members.iter().any(|member| !ids(&member["relationships"]["times"]["data"]).is_empty()));
}

#[tokio::test]
async fn needed_positions_can_be_asked_for_by_team() {
    let story = Story::begin().await;
    let needed = format!("{}/needed_positions", story.sunday().await);
    let page = story.get(&needed).await;
    assert_eq!(page["meta"]["can_query_by"], json!(["team_id"]));
    let team = text(&page["data"][0]["relationships"]["team"]["data"]["id"]);
    let of_team = story.get(&format!("{needed}?where[team_id]={team}")).await;
    let expected = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|position| position["relationships"]["team"]["data"]["id"] == team.as_str())
        .count();
    assert_eq!(of_team["meta"]["total_count"], expected);
}

#[tokio::test]
async fn a_merger_names_who_stays_and_who_goes_and_the_one_gone_answers_404() {
    let story = Story::begin().await;
    let keep = story.emulator.person_id("Daniel Kim").unwrap();
    let (first_name, last_name) = ("Dan".to_owned(), "Kim".to_owned());
    let gone = story.emulator.mutate(Mutation::AddPerson { first_name, last_name }).unwrap();
    let nobody = story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={gone}")).await;
    assert_eq!((&nobody["data"], &nobody["meta"]["total_count"]), (&json!([]), &json!(0)));
    let merge = Mutation::MergePeople { keep_person_id: keep.clone(), remove_person_id: gone.clone() };
    story.emulator.mutate(merge).unwrap();
    assert_eq!(story.ask(&format!("people/v2/people/{gone}")).await.status().as_u16(), 404);
    let mergers = story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={gone}")).await;
    let merger = &mergers["data"][0];
    assert_eq!(mergers["meta"]["total_count"], 1);
    assert_eq!(merger["attributes"]["person_to_keep_id"], keep.parse::<u64>().unwrap());
    assert_eq!(merger["relationships"]["person_to_keep"]["data"], json!({ "type": "Person", "id": keep }));
}

#[tokio::test]
async fn a_boolean_condition_splits_the_people_in_two() {
    let story = Story::begin().await;
    let mut found = Vec::new();
    for child in [true, false] {
        let people = story.walk(&format!("people/v2/people?where[child]={child}")).await;
        assert!(people.iter().all(|person| person["attributes"]["child"] == child));
        found.push(people.len());
    }
    assert!(found.iter().all(|count| *count > 0));
    assert_eq!(found.iter().sum::<usize>(), story.emulator.people_count());
}

#[tokio::test]
async fn an_avatar_stands_at_an_address_that_changes_with_its_picture_and_needs_no_token() {
    let story = Story::begin().await;
    let people = story.get("people/v2/people?per_page=25").await;
    let addresses: HashSet<String> =
        people["data"].as_array().unwrap().iter().map(|person| attribute(person, "avatar")).collect();
    for address in addresses.iter().take(5) {
        let answer = story.client.get(address).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{address}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("image/"));
    }
    assert!(addresses.len() > 20, "hardly two people share a picture");
}
