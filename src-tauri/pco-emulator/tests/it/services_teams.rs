//! Service types, folders, teams, positions and who serves in them.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

#[tokio::test]
async fn three_service_types_lie_in_two_folders() {
    let story = Story::begin().await;
    let folders = story.get("services/v2/folders?include=service_types&order=name").await;
    let names: Vec<String> = folders["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|folder| text(&folder["attributes"]["name"]))
        .collect();
    assert_eq!(names, ["Midweek", "Weekend"]);
    assert_eq!(folders["included"].as_array().unwrap().len(), 3);
    assert_eq!(story.get("services/v2/service_types?filter=no_parent").await["data"], json!([]));
    let weekend = text(&folders["data"][1]["id"]);
    let inside =
        story.get(&format!("services/v2/service_types?where[parent_id]={weekend}&order=sequence")).await;
    assert_eq!(inside["data"].as_array().unwrap().len(), 2);
    assert_eq!(
        ids(&inside["data"]),
        ids(&story.get(&format!("services/v2/folders/{weekend}/service_types")).await["data"])
    );
}

#[tokio::test]
async fn a_team_brings_its_people_positions_leaders_and_assignments() {
    let story = Story::begin().await;
    let include = "people,person_team_position_assignments,service_types,team_leaders,team_positions";
    let page = story.get(&format!("services/v2/teams?where[name]=band&include={include}")).await;
    let band = &page["data"][0];
    let related = |name: &str| ids(&band["relationships"][name]["data"]).len();
    assert_eq!(related("team_positions"), 7);
    assert_eq!(related("service_types"), 1);
    assert!(related("people") > 7 && related("person_team_position_assignments") >= related("people"));
    assert!((1..=2).contains(&related("team_leaders")));
    let id = text(&band["id"]);
    let leader = story.get(&format!("services/v2/teams/{id}/team_leaders?include=people,team")).await;
    let person = text(&leader["data"][0]["relationships"]["person"]["data"]["id"]);
    let people = ids(&story.get(&format!("services/v2/teams/{id}/people?per_page=100")).await["data"]);
    assert!(people.contains(&person));
    let own =
        story.get(&format!("services/v2/people/{person}/team_leaders?filter=not_archived,not_deleted")).await;
    assert!(ids(&own["data"]).contains(&text(&leader["data"][0]["id"])));
}

#[tokio::test]
async fn assignments_say_how_often_somebody_would_like_to_serve() {
    let story = Story::begin().await;
    let teams = story.walk("services/v2/teams").await;
    let mut preferences: HashSet<String> = HashSet::new();
    for team in &teams {
        let path = format!("services/v2/teams/{}/person_team_position_assignments", text(&team["id"]));
        for assignment in story.walk(&format!("{path}?include=person,team_position&order=last_name")).await {
            let preference = text(&assignment["attributes"]["schedule_preference"]);
            let weeks = assignment["attributes"]["preferred_weeks"].as_array().unwrap();
            assert_eq!(preference == "Choose Weeks", !weeks.is_empty());
            assert!(weeks.iter().all(Value::is_string));
            preferences.insert(preference);
        }
    }
    assert!(preferences.len() > 3, "{preferences:?}");
}

#[tokio::test]
async fn a_team_that_was_given_up_is_archived_and_nobody_is_asked_for_it() {
    let story = Story::begin().await;
    let choir = &story.get("services/v2/teams?where[name]=choir").await["data"][0];
    assert!(choir["attributes"]["archived_at"].is_string());
    let id = text(&choir["id"]);
    let sunday = story.sunday().await;
    assert!(story.walk(&format!("{sunday}/team_members?where[team_id]={id}")).await.is_empty());
    let people = story.get(&format!("services/v2/teams/{id}/people")).await;
    let person = text(&people["data"][0]["id"]);
    let path = format!("services/v2/people/{person}/person_team_position_assignments?include=team_position");
    let all = story.walk(&path).await.len();
    let current = story.walk(&format!("{path}&filter=not_archived")).await.len();
    assert_eq!(all, current + 1);
}

#[tokio::test]
async fn usual_times_can_be_preferred() {
    let story = Story::begin().await;
    let types = story
        .get("services/v2/service_types?where[name]=sunday+morning&include=time_preference_options")
        .await;
    let words: Vec<String> = types["included"]
        .as_array()
        .unwrap()
        .iter()
        .map(|option| text(&option["attributes"]["description"]))
        .collect();
    assert_eq!(words, ["Sunday 9:00am", "Sunday 11:00am"]);
}

#[tokio::test]
async fn every_link_of_the_organization_leads_somewhere() {
    let story = Story::begin().await;
    let organization = story.get("services/v2").await;
    for (edge, address) in organization["data"]["links"].as_object().unwrap() {
        let path = address.as_str().unwrap().strip_prefix(story.emulator.url().as_str()).unwrap().to_owned();
        let answer = story.get(&format!("{path}?per_page=1")).await;
        let first = if answer["data"].is_array() { &answer["data"][0] } else { &answer["data"] };
        assert!(first["id"].is_string(), "{edge}");
    }
}

#[tokio::test]
async fn e_mail_addresses_are_an_edge_and_an_include_but_no_attribute() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let person = story.get(&format!("services/v2/people/{daniel}?include=emails,team_leaders")).await;
    assert!(person["data"]["attributes"].get("email").is_none());
    let emails = story.get(&format!("services/v2/people/{daniel}/emails")).await;
    assert_eq!(ids(&emails["data"]), ids(&person["data"]["relationships"]["emails"]["data"]));
}

#[tokio::test]
async fn what_belongs_to_oneself_is_there_for_oneself_alone() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let other = story.get(&format!("services/v2/people/{daniel}")).await;
    let me = story.get("services/v2/me").await;
    for name in ["me_tab", "plans_tab", "onboardings", "can_view_all_people"] {
        assert!(other["data"]["attributes"].get(name).is_none(), "{name}");
        assert!(me["data"]["attributes"].get(name).is_some(), "{name}");
    }
}
