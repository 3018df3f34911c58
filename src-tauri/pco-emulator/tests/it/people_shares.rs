//! What was sent to people, and what is shared with them.

use pco_emulator::{PeopleRight, Rights};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

#[tokio::test]
async fn ones_messages_are_those_received_unless_those_sent_are_asked_for() {
    let story = Story::begin().await;
    let all = story.walk("people/v2/messages?include=to,message_group").await;
    let message = &all[0];
    let (to, from) =
        (&message["relationships"]["to"]["data"]["id"], &message["relationships"]["from"]["data"]["id"]);
    let received = story.walk(&format!("people/v2/people/{}/messages", text(to))).await;
    assert!(received.iter().all(|message| message["relationships"]["to"]["data"]["id"] == *to));
    assert!(ids(&Value::Array(received)).contains(&text(&message["id"])));
    let of_sender = format!("people/v2/people/{}/messages", text(from));
    assert!(story.walk(&of_sender).await.is_empty(), "the office writes, and is not written to");
    let sent = story.walk(&format!("{of_sender}?filter=sent")).await;
    let by_hand = all.iter().filter(|message| message["relationships"]["from"]["data"]["id"] == *from);
    assert_eq!(ids(&Value::Array(sent)), by_hand.map(|message| text(&message["id"])).collect::<Vec<_>>());
    let unread = story.walk(&format!("{of_sender}?filter=sent,unread")).await;
    assert!(!unread.is_empty() && unread.iter().all(|message| message["attributes"]["read_at"].is_null()));
    let groups = story.walk("people/v2/message_groups").await;
    let counts = groups.iter().map(|group| group["attributes"]["message_count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), all.len() as u64);
    let newest =
        story.walk("people/v2/messages?filter=created_after&created_after=2026-11-14T00:00:00Z").await;
    assert!(!newest.is_empty() && newest.len() < all.len());
}

#[tokio::test]
async fn a_workflow_is_seen_by_the_group_or_the_person_it_is_shared_with() {
    let story = Story::begin().await;
    let workflows = story.get("people/v2/workflows?where[name]=baptism").await;
    let path = format!("people/v2/workflows/{}", text(&workflows["data"][0]["id"]));
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    story.emulator.grant(&daniel, Rights { people: PeopleRight::Viewer, ..Rights::default() }).unwrap();
    let shares = format!("{path}/shares");
    let both = json!({ "group": "Viewer", "person_id": daniel, "permission": "view" });
    assert_eq!(story.refused(&shares, both).await["source"]["parameter"], "base");
    let share = story.created(&shares, json!({ "person_id": daniel, "permission": "view" })).await;
    let own = format!("{shares}/{}", text(&share["id"]));
    let changed = story.patched(&own, json!({ "permission": "manage" })).await;
    assert_eq!(changed["attributes"]["permission"], "manage");
    let his = story.walk(&format!("people/v2/people/{daniel}/workflow_shares")).await;
    assert_eq!(ids(&Value::Array(his)), [text(&share["id"])]);
    let staff = story.get("people/v2/me").await["data"]["id"].take();
    story.emulator.sign_in_as(&daniel).unwrap();
    assert_eq!(story.ask(&path).await.status(), StatusCode::OK);
    story.emulator.sign_in_as(staff.as_str().unwrap()).unwrap();
    story.deleted(&own).await;
    story.emulator.sign_in_as(&daniel).unwrap();
    assert_eq!(story.ask(&path).await.status(), StatusCode::NOT_FOUND, "it is shared with editors");
}

#[tokio::test]
async fn a_star_is_taken_away_and_a_list_is_written_to_mailchimp() {
    let story = Story::begin().await;
    let lists = story.walk("people/v2/lists").await;
    let starred = lists.iter().find(|list| list["attributes"]["starred"] == true).unwrap();
    let path = format!("people/v2/lists/{}", text(&starred["id"]));
    story.deleted(&format!("{path}/star")).await;
    assert_eq!(story.get(&path).await["data"]["attributes"]["starred"], false);
    let never = lists.last().unwrap();
    let path = format!("people/v2/lists/{}", text(&never["id"]));
    assert!(story.get(&path).await["data"]["links"]["mailchimp_sync_status"].is_null());
    let synced = story.put(Method::POST, &format!("{path}/mailchimp_sync"), &Value::Null).await;
    assert_eq!(synced.0, StatusCode::NO_CONTENT);
    let status = story.get(&format!("{path}/mailchimp_sync_status")).await;
    assert!(status["data"]["attributes"]["completed_at"].is_string());
}

#[tokio::test]
async fn whoever_is_told_of_notes_is_told_as_such() {
    let story = Story::begin().await;
    let categories = story.walk("people/v2/note_categories?include=subscribers,subscriptions").await;
    let newcomers = categories.iter().find(|row| row["attributes"]["name"] == "Newcomers").unwrap();
    let me = story.get("people/v2/me").await["data"]["id"].take();
    assert_eq!(newcomers["relationships"]["subscribers"]["data"][0]["id"], me);
    let general = categories.iter().find(|row| row["attributes"]["name"] == "General").unwrap();
    assert_eq!(general["relationships"]["subscriptions"]["data"], json!([]));
    let notices = format!("people/v2/people/{}/platform_notifications", me.as_str().unwrap());
    assert_eq!(story.get(&notices).await["meta"]["total_count"], 1);
    let other = story.emulator.person_id("Daniel Kim").unwrap();
    let others = story.get(&format!("people/v2/people/{other}/platform_notifications")).await;
    assert_eq!(others["meta"]["total_count"], 0, "nobody sees what others are told");
}

#[tokio::test]
async fn the_cards_of_a_step_are_counted_for_each_who_has_some() {
    let story = Story::begin().await;
    let workflow = story.get("people/v2/workflows").await["data"][0]["id"].take();
    let path = format!("people/v2/workflows/{}", workflow.as_str().unwrap());
    let cards = story.walk(&format!("{path}/cards")).await;
    for step in story.walk(&format!("{path}/steps")).await {
        let id = text(&step["id"]);
        for summary in story.walk(&format!("{path}/steps/{id}/assignee_summaries")).await {
            let person = &summary["relationships"]["person"]["data"]["id"];
            let count = |stage: &str| {
                let here =
                    cards.iter().filter(|card| card["relationships"]["current_step"]["data"]["id"] == id);
                let theirs = here.filter(|card| card["relationships"]["assignee"]["data"]["id"] == *person);
                theirs.filter(|card| card["attributes"]["stage"] == stage).count()
            };
            assert_eq!(summary["attributes"]["ready_count"], count("ready"));
            assert_eq!(summary["attributes"]["snoozed_count"], count("snoozed"));
        }
    }
}
