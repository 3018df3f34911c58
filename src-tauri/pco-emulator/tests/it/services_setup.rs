//! How clients set up services: folders, service types, teams, positions, and how charts and reminders are set.

use pco_emulator::{Rights, ServicesRight};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};
use crate::writing::data;

const TYPES: &str = "services/v2/service_types";

#[tokio::test]
async fn a_service_type_is_set_up_with_a_team_and_positions_and_serves_at_once() {
    let story = Story::begin().await;
    let folder = story.created("services/v2/folders", json!({ "name": "Summer" })).await;
    let folder = text(&folder["id"]);
    let made = story.created(TYPES, json!({ "name": "Lakeside Vespers", "parent_id": folder })).await;
    assert_eq!(made["relationships"]["parent"]["data"]["id"], folder);
    let service_type = format!("{TYPES}/{}", text(&made["id"]));
    let within = story.walk(&format!("services/v2/folders/{folder}/service_types")).await;
    assert_eq!(ids(&Value::Array(within)), [text(&made["id"])]);
    let team = story
        .created(&format!("{service_type}/teams"), json!({ "name": "Boats", "schedule_to": "time" }))
        .await;
    assert_eq!(team["attributes"]["schedule_to"], "time");
    let positions = format!("{service_type}/teams/{}/team_positions", text(&team["id"]));
    let rower = story.created(&positions, json!({ "name": "Rower" })).await;
    assert_eq!(
        story.refused(&positions, json!({ "name": "Rower" })).await["detail"],
        "has already been taken"
    );
    assert_eq!(rower["relationships"]["team"]["data"]["id"], team["id"]);
    let plan = story.created(&format!("{service_type}/plans"), json!({ "title": "First" })).await;
    let plan = format!("{service_type}/plans/{}", text(&plan["id"]));
    let time = json!({ "starts_at": "2026-12-06T22:00:00Z", "ends_at": "2026-12-06T23:00:00Z", "time_type": "service" });
    story.created(&format!("{plan}/plan_times"), time).await;
    let hannah = story.emulator.person_id("Hannah Goldberg").unwrap();
    let asked = json!({ "person_id": hannah, "team_id": team["id"], "team_position_name": "Rower" });
    let entry = story.created(&format!("{plan}/team_members"), asked).await;
    assert_eq!(entry["attributes"]["team_position_name"], "Rower");

    let changed = json!({ "name": "Vespers by the Lake", "frequency": "Every 2 weeks", "parent_id": null });
    let changed = story.patched(&service_type, changed).await;
    assert_eq!(changed["attributes"]["frequency"], "Every 2 weeks");
    assert!(changed["relationships"]["parent"]["data"].is_null());
    let places =
        format!("{service_type}/team_positions/{}/person_team_position_assignments", text(&rower["id"]));
    let place = story.created(&places, json!({ "person_id": hannah })).await;
    story.deleted(&service_type).await;
    let of_hannah = format!("services/v2/people/{hannah}/person_team_position_assignments");
    let held = async |filter: &str| ids(&Value::Array(story.walk(&format!("{of_hannah}{filter}")).await));
    assert!(held("").await.contains(&text(&place["id"])));
    assert!(!held("?filter=not_deleted").await.contains(&text(&place["id"])));
    let signups = story.walk(&format!("services/v2/people/{hannah}/available_signups")).await;
    assert!(signups.iter().all(|signup| signup["relationships"]["service_type"]["data"]["id"] != made["id"]));
    let gone = text(&team["id"]);
    assert!(!ids(&Value::Array(story.walk("services/v2/teams").await)).contains(&gone));
    assert!(
        !ids(&Value::Array(story.walk("services/v2/plans").await))
            .contains(&plan.split('/').next_back().unwrap().to_owned())
    );
}

#[tokio::test]
async fn folders_lie_in_folders_but_not_in_themselves_and_leave_what_was_in_them() {
    let story = Story::begin().await;
    let folders = story.walk("services/v2/folders").await;
    let weekend = folders.iter().find(|folder| folder["attributes"]["name"] == "Weekend").unwrap();
    let outer = text(&weekend["id"]);
    let inner = story.created("services/v2/folders", json!({ "name": "Winter", "parent_id": outer })).await;
    let inner = text(&inner["id"]);
    let path = format!("services/v2/folders/{outer}");
    let (status, document) = story.put(Method::PATCH, &path, &data(&json!({ "parent_id": inner }))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{document}");
    let sunday = story.sunday().await.split("/plans").next().unwrap().to_owned();
    story.patched(&sunday, json!({ "parent_id": inner })).await;
    story.deleted(&format!("services/v2/folders/{inner}")).await;
    assert_eq!(story.get(&sunday).await["data"]["relationships"]["parent"]["data"]["id"], outer);
}

#[tokio::test]
async fn only_administrators_set_services_up() {
    let story = Story::begin().await;
    let sunday = story.sunday().await.split("/plans").next().unwrap().to_owned();
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let editor = Rights { services: ServicesRight::Editor, ..Rights::default() };
    story.emulator.grant(&daniel, editor).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    for (method, path) in [
        (Method::POST, TYPES.to_owned()),
        (Method::PATCH, sunday.clone()),
        (Method::DELETE, sunday.clone()),
        (Method::POST, format!("{sunday}/teams")),
        (Method::POST, "services/v2/folders".to_owned()),
    ] {
        let (status, _) = story.put(method.clone(), &path, &data(&json!({ "name": "X" }))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

#[tokio::test]
async fn a_chart_is_printed_as_somebody_set_it() {
    let story = Story::begin().await;
    let song = story.get("services/v2/songs?where[title]=amazing+grace").await["data"][0]["id"].take();
    let path = format!("services/v2/songs/{}/arrangements", text(&song));
    let own = format!("{path}/{}", text(&story.get(&path).await["data"][0]["id"]));
    let set = json!({ "chord_chart_columns": 2, "chord_chart_font_size": 18, "chord_chart_key": "F#m",
        "lyrics_enabled": true, "print_margin": "0.25in", "print_orientation": "Landscape", "print_page_size": "A4" });
    let changed = story.patched(&own, set.clone()).await;
    for (name, value) in set.as_object().unwrap() {
        assert_eq!(&changed["attributes"][name], value, "{name}");
    }
    for wrong in [json!({ "chord_chart_font_size": 9 }), json!({ "print_page_size": "Napkin" })] {
        let (status, _) = story.put(Method::PATCH, &own, &data(&wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_team_is_reminded_as_many_days_before_as_somebody_said() {
    let story = Story::begin().await;
    let plan = story.sunday().await;
    let time = story.walk(&format!("{plan}/plan_times")).await[0].clone();
    let team = text(&time["attributes"]["team_reminders"][0]["team_id"]);
    let own = format!("{plan}/plan_times/{}", text(&time["id"]));
    let reminders = json!([{ "team_id": team, "value": 3 }]);
    let changed = story.patched(&own, json!({ "team_reminders": reminders })).await;
    assert_eq!(changed["attributes"]["team_reminders"], reminders);
    for wrong in
        [json!([{ "team_id": team, "value": 8 }]), json!([{ "team_id": "7", "value": 1 }]), json!([3])]
    {
        let body = data(&json!({ "team_reminders": wrong }));
        assert_eq!(
            story.put(Method::PATCH, &own, &body).await.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
}
