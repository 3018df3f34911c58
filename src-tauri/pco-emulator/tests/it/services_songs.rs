//! Orders of service and the song book.

use std::collections::HashSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

#[tokio::test]
async fn items_come_in_order_with_lengths_in_seconds_and_keys() {
    let story = Story::begin().await;
    let page =
        story.get(&format!("{}/items?include=song,arrangement,key&per_page=100", story.sunday().await)).await;
    let items = page["data"].as_array().unwrap();
    let sequence: Vec<u64> =
        items.iter().map(|item| item["attributes"]["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequence, (1..=items.len() as u64).collect::<Vec<_>>());
    let types: HashSet<String> = items.iter().map(|item| text(&item["attributes"]["item_type"])).collect();
    assert_eq!(types, HashSet::from(["song", "header", "media", "item"].map(str::to_owned)));
    for item in items {
        let song = item["attributes"]["item_type"] == "song";
        assert_eq!(song, item["attributes"]["key_name"].is_string());
        assert_eq!(song, item["relationships"]["song"]["data"].is_object());
        assert!(item["attributes"].get("song_id").is_none());
    }
    assert!(page["meta"].get("can_order_by").is_none() && page["meta"].get("can_query_by").is_none());
}

#[tokio::test]
async fn details_are_plain_html_or_missing() {
    let story = Story::begin().await;
    let items = story.walk(&format!("{}/items?include=item_notes", story.sunday().await)).await;
    let some = |name: &str, sign: &str| {
        items.iter().any(|item| item["attributes"][name].as_str().is_some_and(|words| words.contains(sign)))
    };
    assert!(some("html_details", "<ol>") && some("description", "\u{2019}"));
    assert!(items.iter().any(|item| item["attributes"]["description"].is_null()));
    let own = items.iter().find(|item| item["attributes"]["custom_arrangement_sequence"].is_array()).unwrap();
    assert_eq!(own["attributes"]["custom_arrangement_sequence"], json!(["Verse 1", "Verse 2", "Verse 1"]));
    assert_eq!(own["attributes"]["custom_arrangement_sequence_short"], json!(["V1", "V2", "V1"]));
    let path = format!("{}/items/{}/item_notes", story.sunday().await, text(&own["id"]));
    let notes = story.walk(&path).await;
    assert!(notes.iter().any(|note| text(&note["attributes"]["content"]).contains("<b>four</b>")));
}

#[tokio::test]
async fn every_item_has_a_time_at_every_service_and_one_is_left_out_of_the_last() {
    let story = Story::begin().await;
    let page = story.get(&format!("{}/items?include=item_times&per_page=100", story.sunday().await)).await;
    for item in page["data"].as_array().unwrap() {
        assert_eq!(ids(&item["relationships"]["item_times"]["data"]).len(), 2);
    }
    let times = page["included"].as_array().unwrap();
    assert_eq!(times.iter().filter(|time| time["attributes"]["exclude"] == true).count(), 1);
    for time in times {
        let item = &time["relationships"]["item"]["data"]["id"];
        let item = page["data"].as_array().unwrap().iter().find(|row| row["id"] == *item).unwrap();
        let length = item["attributes"]["length"].as_i64().unwrap();
        let offset = time["attributes"]["length_offset"].as_i64().unwrap();
        assert_eq!(time["attributes"]["length"].as_i64().unwrap(), length + offset);
    }
    assert!(times.iter().any(|time| time["attributes"]["length_offset"] == -120));
}

#[tokio::test]
async fn a_song_tells_when_it_was_last_sung_and_where_it_stands_in_plans() {
    let story = Story::begin().await;
    let songs = story.walk("services/v2/songs?order=-last_scheduled_at").await;
    let sung = songs.iter().find(|song| song["attributes"]["last_scheduled_at"].is_string()).unwrap();
    assert!(sung.get("relationships").is_none(), "songs carry none");
    let path = format!("services/v2/songs/{}", text(&sung["id"]));
    let schedules = story.walk(&format!("{path}/song_schedules?order=plan_sort_date")).await;
    let dates: Vec<String> =
        schedules.iter().map(|schedule| text(&schedule["attributes"]["plan_sort_date"])).collect();
    assert!(dates.is_sorted() && dates.len() > 3);
    let latest = story.walk(&format!("{path}/song_schedules?filter=most_recent")).await;
    assert_eq!(latest.len(), 1);
    let short = text(&sung["attributes"]["last_scheduled_short_dates"]);
    let plan_dates = text(&latest[0]["attributes"]["plan_dates"]);
    assert_eq!(short.split(' ').nth(1), plan_dates.split([' ', ',']).nth(1));
    assert_eq!(story.walk(&format!("{path}/song_schedules?filter=three_most_recent")).await.len(), 3);
    let service_type = text(&latest[0]["relationships"]["service_type"]["data"]["id"]);
    let item = story.get(&format!("{path}/last_scheduled_item?service_type={service_type}")).await;
    assert_eq!(item["data"]["id"], latest[0]["id"]);
    for unclear in ["", "?service_type=7"] {
        let response = story.ask(&format!("{path}/last_scheduled_item{unclear}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{unclear}");
    }
    let upcoming = story.walk(&format!("{path}/song_schedules?filter=most_recent_with_upcoming")).await.len();
    let ahead = story.walk(&format!("{path}/song_schedules?filter=after&after=2026-11-21")).await.len();
    assert_eq!(upcoming, ahead + 1);
}

#[tokio::test]
async fn arrangements_have_keys_and_their_sections_are_a_single_document() {
    let story = Story::begin().await;
    let song = &story.get("services/v2/songs?where[title]=amazing+grace").await["data"][0];
    assert_eq!(song["attributes"]["title"], "Amazing Grace");
    let path = format!("services/v2/songs/{}/arrangements", text(&song["id"]));
    let arrangements = story.get(&format!("{path}?include=keys,sections")).await;
    let arrangement = &arrangements["data"][0];
    assert!(arrangement["attributes"]["bpm"].is_f64() && arrangement["attributes"]["length"].is_u64());
    let sections = story.get(&format!("{path}/{}/sections", text(&arrangement["id"]))).await;
    assert_eq!(sections["data"]["type"], "ArrangementSections");
    assert!(!sections["data"]["attributes"]["sections"].as_array().unwrap().is_empty());
    let keys = story.walk(&format!("{path}/{}/keys", text(&arrangement["id"]))).await;
    assert!(keys.iter().all(|key| key["attributes"]["starting_key"].is_string()));
}

#[tokio::test]
async fn hidden_songs_are_in_the_book_but_in_no_plan_ahead() {
    let story = Story::begin().await;
    let hidden = story.get("services/v2/songs?where[hidden]=true").await;
    assert_eq!(hidden["data"].as_array().unwrap().len(), 1);
    let id = text(&hidden["data"][0]["id"]);
    assert_eq!(story.get(&format!("services/v2/songs/{id}/song_schedules")).await["data"], json!([]));
    assert_eq!(hidden["data"][0]["attributes"]["last_scheduled_at"], Value::Null);
}
