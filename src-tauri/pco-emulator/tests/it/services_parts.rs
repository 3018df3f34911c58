//! What hangs on songs, items, times and files in Services: tags, media, slides, templates, calls of split teams.

use pco_emulator::{Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

fn linked(type_name: &str, id: &str) -> Value {
    json!({ "data": { "type": type_name, "id": id } })
}

async fn item_called(story: &Story, plan: &str, title: &str) -> String {
    let items = story.walk(&format!("{plan}/items")).await;
    let item = items.iter().find(|item| item["attributes"]["title"] == title).unwrap();
    format!("{plan}/items/{}", text(&item["id"]))
}

#[tokio::test]
async fn tags_are_replaced_all_at_once_and_come_from_the_groups_for_such_things() {
    let story = Story::begin().await;
    let song = story.get("services/v2/songs?where[title]=silent+night").await;
    let song = format!("services/v2/songs/{}", text(&song["data"][0]["id"]));
    assert_eq!(story.get(&format!("{song}/tags")).await["data"][0]["attributes"]["name"], "Carol");
    let groups = story.get("services/v2/tag_groups?filter=song&include=tags").await;
    assert_eq!(groups["meta"]["total_count"], 1);
    let known = groups["included"].as_array().unwrap();
    let hymn = known.iter().find(|tag| tag["attributes"]["name"] == "Hymn").unwrap();
    let body = |tag: &Value| {
        json!({ "data": { "type": "TagAssignment", "attributes": {}, "relationships": { "tags": {
            "data": [{ "type": "Tag", "id": tag["id"] }] } } } })
    };
    let path = format!("{song}/assign_tags");
    assert_eq!(story.put(Method::POST, &path, &body(hymn)).await.0, StatusCode::NO_CONTENT);
    let tags = story.get(&format!("{song}/tags")).await;
    assert_eq!(ids(&tags["data"]), [text(&hymn["id"])]);
    let tempo = story.get("services/v2/tag_groups?filter=arrangement&include=tags").await;
    let (status, document) = story.put(Method::POST, &path, &body(&tempo["included"][0])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{document}");
    let none = json!({ "data": { "relationships": { "tags": { "data": [] } } } });
    assert_eq!(story.put(Method::POST, &path, &none).await.0, StatusCode::NO_CONTENT);
    assert_eq!(story.get(&format!("{song}/tags")).await["meta"]["total_count"], 0);
}

#[tokio::test]
async fn media_are_made_archived_brought_back_and_taken_out_of_plans() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let countdown = item_called(&story, &plan, "Countdown").await;
    let item = story.get(&format!("{countdown}?include=media,selected_attachment")).await;
    let media = &item["data"]["relationships"]["media"]["data"][0]["id"];
    let path = format!("services/v2/media/{}", text(media));
    let file = item["data"]["relationships"]["selected_attachment"]["data"]["id"].clone();
    assert_eq!(story.get(&format!("{path}/attachments")).await["data"][0]["id"], file);
    let schedules = story.walk(&format!("{path}/media_schedules")).await;
    assert!(
        schedules
            .iter()
            .any(|row| plan.ends_with(row["relationships"]["plan"]["data"]["id"].as_str().unwrap()))
    );
    let shown = |filter: &'static str| {
        let story = &story;
        async move { ids(&Value::Array(story.walk(&format!("services/v2/media?filter={filter}")).await)) }
    };
    assert!(shown("countdown,not_archived").await.contains(&text(media)));
    assert_eq!(story.put(Method::POST, &format!("{path}/archive"), &Value::Null).await.0, StatusCode::OK);
    assert!(shown("archived").await.contains(&text(media)));
    let later =
        json!({ "data": { "type": "MediaArchive", "attributes": { "time": "2031-01-20T00:00:00Z" } } });
    assert_eq!(story.put(Method::POST, &format!("{path}/archive"), &later).await.0, StatusCode::OK);
    assert!(shown("not_archived").await.contains(&text(media)), "not before its time");
    assert_eq!(story.put(Method::POST, &format!("{path}/unarchive"), &Value::Null).await.0, StatusCode::OK);
    story.deleted(&path).await;
    assert_eq!(story.get(&format!("{countdown}/media")).await["meta"]["total_count"], 0);
    let wrong = json!({ "title": "Loop", "media_type": "hologram" });
    assert_eq!(story.refused("services/v2/media", wrong).await["source"]["parameter"], "media_type");
    let made = story.created("services/v2/media", json!({ "title": "Loop", "media_type": "video" })).await;
    assert_eq!(made["attributes"]["media_type_name"], "Video");
}

#[tokio::test]
async fn slides_keep_their_order_and_items_tell_who_sees_to_them() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let item = item_called(&story, &plan, "Welcome and notices").await;
    let slides = format!("{item}/custom_slides");
    let labels = async |story: &Story| -> Vec<String> {
        story.walk(&slides).await.iter().map(|slide| text(&slide["attributes"]["label"])).collect()
    };
    assert_eq!(labels(&story).await, ["Welcome", "Lunch"]);
    let slide = story.created(&slides, json!({ "label": "First", "body": "Good morning", "order": 0 })).await;
    assert_eq!(labels(&story).await, ["First", "Welcome", "Lunch"]);
    let own = format!("{slides}/{}", text(&slide["id"]));
    assert_eq!(story.patched(&own, json!({ "enabled": false })).await["attributes"]["enabled"], false);
    story.deleted(&own).await;

    let assignments = format!("{item}/item_assignments");
    let ruth = story.emulator.person_id("Ruth Adeyemi").unwrap();
    let body = json!({ "data": { "relationships": { "assignable": linked("Person", &ruth) } } });
    let (status, made) = story.put(Method::POST, &assignments, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(made["data"]["attributes"]["assignable_type"], "Person");
    assert_eq!(made["data"]["relationships"]["assignable"], linked("Person", &ruth));
    let twice = story.put(Method::POST, &assignments, &body).await;
    assert_eq!(twice.0, StatusCode::UNPROCESSABLE_ENTITY);
    story.deleted(&format!("{assignments}/{}", text(&made["data"]["id"]))).await;
}

#[tokio::test]
async fn a_split_team_is_called_to_a_time_and_whoever_is_asked_then_comes_to_it() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let times = story.walk(&format!("{plan}/plan_times")).await;
    let call = times.iter().find(|time| time["attributes"]["name"] == "Call time").unwrap();
    let call = text(&call["id"]);
    let teams = story.walk(&format!("{}/teams", plan.split("/plans").next().unwrap())).await;
    let welcome = teams.iter().find(|team| team["attributes"]["name"] == "Welcome").unwrap();
    let welcome = text(&welcome["id"]);
    let options =
        story.walk(&format!("{}/time_preference_options", plan.split("/plans").next().unwrap())).await;
    let body = json!({ "data": { "relationships": { "team": linked("Team", &welcome), "time_preference_options": {
        "data": [{ "type": "TimePreferenceOption", "id": options[0]["id"] }] } } } });
    let path = format!("{plan}/plan_times/{call}/split_team_rehearsal_assignments");
    let (status, made) = story.put(Method::POST, &path, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let time = story.get(&format!("{plan}/plan_times/{call}")).await;
    let assigned = &time["data"]["relationships"]["assigned_teams"]["data"];
    assert!(ids(assigned).contains(&welcome));
    let hannah = story.emulator.person_id("Hannah Goldberg").unwrap();
    let asked = json!({ "person_id": hannah, "team_id": welcome, "team_position_name": "Usher" });
    let entry = story.created(&format!("{plan}/team_members"), asked).await;
    assert!(ids(&entry["relationships"]["times"]["data"]).contains(&call));
    assert_eq!(story.put(Method::POST, &path, &body).await.0, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let own = format!("{path}/{}", text(&made["data"]["id"]));
    let special = story.patched(&own, json!({ "schedule_special_service_times": true })).await;
    assert_eq!(special["attributes"]["schedule_special_service_times"], true);
    story.deleted(&own).await;
}

#[tokio::test]
async fn a_template_has_items_and_notes_and_is_in_no_list_of_plans() {
    let story = Story::begin().await;
    let service_type = story.sunday().await.split("/plans").next().unwrap().to_owned();
    let templates = story.get(&format!("{service_type}/plan_templates")).await;
    let template = text(&templates["data"][0]["id"]);
    let path = format!("{service_type}/plan_templates/{template}");
    let items = story.walk(&format!("{path}/items")).await;
    assert_eq!(templates["data"][0]["attributes"]["item_count"], items.len());
    assert!(
        items.iter().all(|item| item["relationships"]["song"]["data"].is_null()),
        "songs are chosen later"
    );
    assert!(text(&items[0]["links"]["self"]).contains("/plan_templates/"));
    assert!(!story.walk(&format!("{path}/notes")).await.is_empty());
    for list in
        ["services/v2/plans", &format!("{service_type}/plans"), &format!("{service_type}/unscoped_plans")]
    {
        assert!(!ids(&Value::Array(story.walk(list).await)).contains(&template), "{list}");
    }
    let order: Vec<String> = items.iter().rev().map(|item| text(&item["id"])).collect();
    let body = json!({ "data": { "type": "PlanItemReorder", "attributes": { "sequence": order } } });
    let reordered = story.put(Method::POST, &format!("{path}/item_reorder"), &body).await;
    assert_eq!(reordered.0, StatusCode::NO_CONTENT);
    assert_eq!(ids(&Value::Array(story.walk(&format!("{path}/items")).await)), order);
}

#[tokio::test]
async fn a_live_controller_runs_plans_without_being_a_scheduler() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let controllers = story.get(&format!("{}/live_controllers", plan.split("/plans").next().unwrap())).await;
    let controller = text(&controllers["data"][0]["relationships"]["person"]["data"]["id"]);
    let viewer = Rights { services: ServicesRight::Viewer, ..Rights::default() };
    let toggle = async |person: &str| {
        story.emulator.grant(person, viewer).unwrap();
        story.emulator.sign_in_as(person).unwrap();
        story.put(Method::POST, &format!("{plan}/live/toggle_control"), &Value::Null).await.0
    };
    assert_eq!(toggle(&controller).await, StatusCode::OK);
    let other = story.emulator.person_id("Hannah Goldberg").unwrap();
    assert_eq!(toggle(&other).await, StatusCode::FORBIDDEN);
    assert_eq!(story.get(&format!("{plan}/live")).await["data"]["attributes"]["can_take_control"], false);
}

#[tokio::test]
async fn everybody_keeps_their_own_zoom_of_a_chart() {
    let story = Story::begin().await;
    let chart = text(&story.get("services/v2/attachments?per_page=1").await["data"][0]["id"]);
    let path = format!("services/v2/attachments/{chart}/zooms");
    let zoom = story.created(&path, json!({ "aspect_ratio": 1.333_333, "zoom_level": 2.5 })).await;
    assert_eq!(zoom["attributes"]["aspect_ratio"], 1.333);
    assert_eq!(
        story.refused(&path, json!({ "aspect_ratio": 1, "zoom_level": 9 })).await["source"]["parameter"],
        "zoom_level"
    );
    let own = format!("{path}/{}", text(&zoom["id"]));
    assert_eq!(story.patched(&own, json!({ "x_offset": 0.25 })).await["attributes"]["x_offset"], 0.25);
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let administrator = Rights { services: ServicesRight::Administrator, ..Rights::default() };
    story.emulator.grant(&daniel, administrator).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    assert_eq!(story.put(Method::DELETE, &own, &Value::Null).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn people_are_found_by_the_times_they_prefer() {
    let story = Story::begin().await;
    let service_type = story.sunday().await.split("/plans").next().unwrap().to_owned();
    let option = story.get(&format!("{service_type}/time_preference_options")).await["data"][0]["id"].take();
    let positions = story.walk(&format!("{service_type}/team_positions")).await;
    let usher = positions.iter().find(|position| position["attributes"]["name"] == "Usher").unwrap();
    let path =
        format!("{service_type}/team_positions/{}/person_team_position_assignments", text(&usher["id"]));
    let assignments = story.walk(&path).await;
    let own = format!("{path}/{}", text(&assignments[0]["id"]));
    let changed = story.patched(&own, json!({ "time_preference_option_ids": [option] })).await;
    assert_eq!(changed["relationships"]["time_preference_options"]["data"][0]["id"], option);
    let option = text(&option);
    let found = async |wish: &str| {
        let filter = format!("{path}?filter=time_preference_options&time_preference_option_ids[]={wish}");
        ids(&Value::Array(story.walk(&filter).await))
    };
    assert_eq!(found(&option).await, [text(&assignments[0]["id"])]);
    assert_eq!(found("none").await.len(), assignments.len() - 1);
}

#[tokio::test]
async fn an_arrangement_and_a_key_go_and_plans_keep_the_song() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let items = story.walk(&format!("{plan}/items")).await;
    let sung = items.iter().find(|item| item["attributes"]["item_type"] == "song").unwrap();
    let related = |name: &str| text(&sung["relationships"][name]["data"]["id"]);
    let arrangement =
        format!("services/v2/songs/{}/arrangements/{}", related("song"), related("arrangement"));
    let item = format!("{plan}/items/{}", text(&sung["id"]));
    story.deleted(&format!("{arrangement}/keys/{}", related("key"))).await;
    let without_key = story.get(&item).await["data"]["relationships"].take();
    assert!(without_key["key"]["data"].is_null());
    assert_eq!(without_key["arrangement"]["data"]["id"], related("arrangement"));
    story.deleted(&arrangement).await;
    let bare = story.get(&item).await["data"]["relationships"].take();
    assert!(bare["arrangement"]["data"].is_null());
    assert_eq!(bare["song"]["data"]["id"], related("song"));
}
