//! What somebody else at the church changes, and which `updated_at` it moves (5.2, 5.3).

use jiff::civil::date;
use pco_emulator::Mutation;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

/// The attribute of the record at `path`.
async fn told(story: &Story, path: &str, attribute: &str) -> Value {
    story.get(path).await["data"]["attributes"][attribute].clone()
}

fn id_of(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

async fn first_id(story: &Story, path: &str) -> String {
    ids(&story.get(path).await["data"])[0].clone()
}

/// Does what a person at the church does, over HTTP, and gives the id it answers.
async fn change(story: &Story, change: Value) -> String {
    let response = story.client.post(story.address("_emulator/mutate")).json(&change).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{change}");
    text(&response.json::<Value>().await.unwrap()["id"])
}

#[tokio::test]
async fn a_plan_is_renamed_and_its_record_moves() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = told(&story, &sunday, "updated_at").await;
    let id =
        change(&story, json!({ "change": "rename_plan", "plan_id": id_of(&sunday), "title": "Harvest" }))
            .await;
    assert_eq!(id, id_of(&sunday));
    assert_eq!(told(&story, &sunday, "title").await, "Harvest");
    assert!(text(&told(&story, &sunday, "updated_at").await) > text(&before));
    let newest = story.get("services/v2/service_types?per_page=1").await;
    let path = format!("services/v2/service_types/{}/plans", text(&newest["data"][0]["id"]));
    let newest = story.get(&format!("{path}?order=-updated_at&per_page=1")).await;
    assert_eq!(ids(&newest["data"]), [id], "an incremental read finds it");
}

#[tokio::test]
async fn a_rescheduled_plan_takes_its_times_along_and_keeps_their_hours() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = story.get(&format!("{sunday}/plan_times")).await;
    let members = story.get(&format!("{sunday}/team_members?per_page=100")).await["data"].clone();
    // Two weeks later the clocks are the same; the sort date is the church's own time.
    let day = date(2026, 12, 6);
    change(&story, json!({ "change": "reschedule_plan", "plan_id": id_of(&sunday), "date": day })).await;
    let after = story.get(&format!("{sunday}/plan_times")).await;
    assert_eq!(ids(&before["data"]), ids(&after["data"]));
    for (was, is) in before["data"].as_array().unwrap().iter().zip(after["data"].as_array().unwrap()) {
        let (was, is) = (text(&was["attributes"]["starts_at"]), text(&is["attributes"]["starts_at"]));
        assert_eq!(was[10..], is[10..], "the hour");
        assert_ne!(was[..10], is[..10], "the day");
    }
    assert!(text(&told(&story, &sunday, "sort_date").await).starts_with("2026-12-06T"));
    let still = story.get(&format!("{sunday}/team_members?per_page=100")).await["data"].clone();
    assert_eq!(ids(&members), ids(&still), "who was asked stays asked");
}

#[tokio::test]
async fn a_time_that_moves_within_its_day_leaves_the_plan_as_it_was() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = told(&story, &sunday, "updated_at").await;
    let times = story.get(&format!("{sunday}/plan_times")).await;
    let service = times["data"].as_array().unwrap().iter();
    let service = service.clone().find(|time| time["attributes"]["time_type"] == "service").unwrap();
    let starts_at = text(&service["attributes"]["starts_at"]).replace("T14:00", "T14:30");
    let moved = json!({
        "change": "reschedule_time", "plan_time_id": service["id"],
        "starts_at": starts_at, "ends_at": service["attributes"]["ends_at"],
    });
    change(&story, moved.clone()).await;
    let times = story.get(&format!("{sunday}/plan_times")).await;
    let again = times["data"].as_array().unwrap().iter().find(|time| time["id"] == service["id"]).unwrap();
    assert_eq!(text(&again["attributes"]["starts_at"]), starts_at);
    assert_eq!(told(&story, &sunday, "updated_at").await, before);
    let mut backwards = moved;
    backwards["ends_at"] = json!("2020-01-01T00:00:00Z");
    let response =
        story.client.post(story.address("_emulator/mutate")).json(&backwards).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_plan_is_made_with_its_usual_times_and_nothing_in_it() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plans = sunday.rsplit_once('/').unwrap().0.to_owned();
    let service_type_id = plans.split('/').nth(3).unwrap();
    let before = story.get(&format!("{plans}?per_page=1")).await["meta"]["total_count"].as_u64().unwrap();
    let made = json!({
        "change": "add_plan", "service_type_id": service_type_id, "date": "2027-05-02", "title": "Far away",
    });
    let id = change(&story, made).await;
    assert_eq!(story.get(&format!("{plans}?per_page=1")).await["meta"]["total_count"], before + 1);
    let plan = format!("{plans}/{id}");
    assert_eq!(told(&story, &plan, "title").await, "Far away");
    assert!(text(&told(&story, &plan, "sort_date").await).starts_with("2027-05-02T09:00"));
    assert_eq!(story.get(&format!("{plan}/plan_times")).await["data"].as_array().unwrap().len(), 4);
    for empty in ["items", "team_members", "needed_positions"] {
        assert_eq!(story.get(&format!("{plan}/{empty}")).await["meta"]["total_count"], 0, "{empty}");
    }
}

#[tokio::test]
async fn items_come_move_change_and_go_while_the_plan_stays_as_it_was() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = told(&story, &sunday, "updated_at").await;
    let items = format!("{sunday}/items");
    let all = ids(&story.get(&format!("{items}?per_page=100")).await["data"]);
    let added = json!({ "change": "add_item", "plan_id": id_of(&sunday), "title": "A word", "length": 90 });
    let id = change(&story, added).await;
    let item = format!("{items}/{id}");
    assert_eq!(told(&story, &item, "sequence").await, all.len() + 1);
    assert_eq!(told(&story, &item, "length").await, 90);
    change(&story, json!({ "change": "move_item", "item_id": id, "sequence": 1 })).await;
    change(&story, json!({ "change": "rename_item", "item_id": id, "title": "A longer word" })).await;
    let first = story.get(&format!("{items}?per_page=1")).await["data"][0].clone();
    assert_eq!((text(&first["id"]), &first["attributes"]["title"]), (id.clone(), &json!("A longer word")));
    change(&story, json!({ "change": "delete_item", "item_id": id })).await;
    assert_eq!(story.ask(&item).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ids(&story.get(&format!("{items}?per_page=100")).await["data"]), all);
    assert_eq!(told(&story, &sunday, "updated_at").await, before);
}

#[tokio::test]
async fn somebody_is_asked_moved_and_taken_out_while_the_plan_stays_as_it_was() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = told(&story, &sunday, "updated_at").await;
    let teams = format!("services/v2/service_types/{}/teams", sunday.split('/').nth(3).unwrap());
    let team = first_id(&story, &teams).await;
    let positions = story.get(&format!("services/v2/teams/{team}/team_positions")).await;
    let positions = ids(&positions["data"]);
    let newcomer = Mutation::AddPerson { first_name: "Ada".to_owned(), last_name: "Quill".to_owned() };
    let person = story.emulator.mutate(newcomer).unwrap();
    let asked = json!({
        "change": "add_team_member", "plan_id": id_of(&sunday), "person_id": person, "team_position_id": positions[0],
    });
    let id = change(&story, asked).await;
    let member = format!("{sunday}/team_members/{id}");
    let record = story.get(&member).await["data"].clone();
    assert_eq!(
        (&record["attributes"]["name"], &record["attributes"]["status"]),
        (&json!("Ada Quill"), &json!("U"))
    );
    let schedules = story.get(&format!("services/v2/people/{person}/schedules")).await;
    assert_eq!(ids(&schedules["data"]), std::slice::from_ref(&id), "they see it among their own");
    change(&story, json!({ "change": "set_status", "team_member_id": id, "status": "C" })).await;
    let to = json!({ "change": "move_team_member", "team_member_id": id, "team_position_id": positions[1] });
    change(&story, to).await;
    assert_eq!(told(&story, &member, "status").await, "U", "another question wants another answer");
    change(&story, json!({ "change": "remove_team_member", "team_member_id": id })).await;
    assert_eq!(story.ask(&member).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(told(&story, &sunday, "updated_at").await, before);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let story = Story::begin().await;
    for wrong in [
        json!({ "change": "rename_plan", "plan_id": "1", "title": null }),
        json!({ "change": "reschedule_time", "plan_time_id": "1", "starts_at": "2026-11-22T14:00:00Z", "ends_at": "2026-11-22T15:00:00Z" }),
        json!({ "change": "add_item", "plan_id": "71299999", "title": "x" }),
        json!({ "change": "delete_item", "item_id": "1040000999" }),
        json!({ "change": "move_item", "item_id": "18446744073709551615", "sequence": 1 }),
        json!({ "change": "remove_team_member", "team_member_id": "x" }),
        json!({ "change": "add_team_member", "plan_id": "1", "person_id": "1", "team_position_id": "1" }),
        json!({ "change": "add_plan", "service_type_id": "1", "date": "2026-11-22" }),
        json!({ "change": "add_plan", "service_type_id": "1", "date": "2026-13-40" }),
        json!({ "change": "explode" }),
        json!({ "change": "rename_plan", "plan_id": "1", "title": "x", "colour": "red" }),
    ] {
        let response =
            story.client.post(story.address("_emulator/mutate")).json(&wrong).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(response.json::<Value>().await.unwrap()["error"].is_string());
    }
    story.get("people/v2/me").await;
}

/// The e-mail addresses of a person, as `(id, address)`.
async fn emails(story: &Story, person: &str) -> Vec<(String, String)> {
    let found = story.get(&format!("people/v2/people/{person}/emails")).await;
    let rows = found["data"].as_array().unwrap().iter();
    rows.map(|row| (text(&row["id"]), text(&row["attributes"]["address"]))).collect()
}

#[tokio::test]
async fn contacts_come_change_and_go_and_the_person_moves_with_each() {
    let story = Story::begin().await;
    let person = story.emulator.person_id("Ji-woo Kim").unwrap();
    let path = format!("people/v2/people/{person}");
    let others = emails(&story, &person).await.len();
    let mut before = text(&told(&story, &path, "updated_at").await);
    let added = json!({ "change": "add_email", "person_id": person, "address": "jiwoo@stbrigids.example" });
    let id = change(&story, added).await;
    let mut moved = text(&told(&story, &path, "updated_at").await);
    assert!(moved > before, "added");
    assert_eq!(emails(&story, &person).await.len(), others + 1);
    before = moved;
    change(&story, json!({ "change": "change_email", "email_id": id, "address": "jk@stbrigids.example" }))
        .await;
    assert!(emails(&story, &person).await.contains(&(id.clone(), "jk@stbrigids.example".to_owned())));
    moved = text(&told(&story, &path, "updated_at").await);
    assert!(moved >= before, "changed");
    change(&story, json!({ "change": "delete_email", "email_id": id })).await;
    assert_eq!(emails(&story, &person).await.len(), others);
    let number = json!({ "change": "add_phone_number", "person_id": person, "number": "(555) 010-7777" });
    let id = change(&story, number).await;
    change(
        &story,
        json!({ "change": "change_phone_number", "phone_number_id": id, "number": "555-010-8888" }),
    )
    .await;
    let numbers = story.get(&format!("{path}/phone_numbers")).await.to_string();
    assert!(numbers.contains("555-010-8888") && !numbers.contains("010-7777"));
    change(&story, json!({ "change": "delete_phone_number", "phone_number_id": id })).await;
    assert!(!story.get(&format!("{path}/phone_numbers")).await.to_string().contains("555-010-8888"));
}

#[tokio::test]
async fn an_incremental_read_finds_whose_contacts_changed() {
    let story = Story::begin().await;
    let person = story.emulator.person_id("Ji-woo Kim").unwrap();
    let newest = story.get("people/v2/people?order=-updated_at&per_page=1").await;
    let since = text(&newest["data"][0]["attributes"]["updated_at"]);
    change(&story, json!({ "change": "add_email", "person_id": person, "address": "a@b.example" })).await;
    let path = format!("people/v2/people?where[updated_at][gt]={since}");
    assert_eq!(ids(&story.get(&path).await["data"]), [person]);
}

#[tokio::test]
async fn somebody_becomes_inactive() {
    let story = Story::begin().await;
    let person = story.emulator.person_id("Ji-woo Kim").unwrap();
    change(&story, json!({ "change": "inactivate_person", "person_id": person })).await;
    let path = format!("people/v2/people/{person}");
    assert_eq!(told(&story, &path, "status").await, "inactive");
    assert!(told(&story, &path, "inactivated_at").await.is_string());
}

#[tokio::test]
async fn somebody_moves_to_another_household_and_their_own_record_stays() {
    let story = Story::begin().await;
    let person = story.emulator.person_id("Ji-woo Kim").unwrap();
    let path = format!("people/v2/people/{person}");
    let before = told(&story, &path, "updated_at").await;
    let home = first_id(&story, &format!("{path}/households")).await;
    let all = ids(&story.get("people/v2/households?per_page=100").await["data"]);
    let other = all.into_iter().find(|id| *id != home).unwrap();
    let count =
        told(&story, &format!("people/v2/households/{other}"), "member_count").await.as_u64().unwrap();
    change(&story, json!({ "change": "move_person", "person_id": person, "household_id": other })).await;
    assert_eq!(ids(&story.get(&format!("{path}/households")).await["data"]), std::slice::from_ref(&other));
    let left = story.get(&format!("people/v2/households/{home}/people")).await;
    assert!(!ids(&left["data"]).contains(&person));
    let path_there = format!("people/v2/households/{other}");
    assert_eq!(told(&story, &path_there, "member_count").await, count + 1);
    assert_eq!(told(&story, &path, "updated_at").await, before);
}

#[tokio::test]
async fn a_merge_hands_over_places_in_teams() {
    let story = Story::begin().await;
    let keep = story
        .emulator
        .mutate(Mutation::AddPerson { first_name: "Daniel".to_owned(), last_name: "Kim-Lee".to_owned() })
        .unwrap();
    let remove = story.emulator.person_id("Daniel Kim").unwrap();
    let schedules = story.get(&format!("services/v2/people/{remove}/schedules?per_page=100")).await;
    assert!(!schedules["data"].as_array().unwrap().is_empty(), "a person with ties");
    let merge = json!({ "change": "merge_people", "keep_person_id": keep, "remove_person_id": remove });
    let trace = change(&story, merge.clone()).await;

    assert_eq!(story.ask(&format!("people/v2/people/{remove}")).await.status(), StatusCode::NOT_FOUND);
    let traced = story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={remove}")).await;
    assert_eq!(ids(&traced["data"]), [trace]);
    let now = story.get(&format!("services/v2/people/{keep}/schedules?per_page=100")).await;
    assert_eq!(ids(&now["data"]), ids(&schedules["data"]));
    let again = story.client.post(story.address("_emulator/mutate")).json(&merge).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
}
