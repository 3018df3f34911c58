//! What clients write in Services, and which `updated_at` moves.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, ids, text};

/// Sends a body of attributes; the answer's status and document.
async fn send(story: &Story, method: Method, path: &str, attributes: Value) -> (StatusCode, Value) {
    let body = json!({ "data": { "attributes": attributes } });
    send_body(story, method, path, &body).await
}

async fn send_body(story: &Story, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = story.client.request(method, story.address(path)).bearer_auth(&story.access_token);
    let response = request.json(body).send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

async fn create(story: &Story, path: &str, attributes: Value) -> Value {
    let (status, document) = send(story, Method::POST, path, attributes).await;
    assert_eq!(status, StatusCode::CREATED, "{path}: {document}");
    document["data"].clone()
}

async fn patch(story: &Story, path: &str, attributes: Value) -> Value {
    let (status, document) = send(story, Method::PATCH, path, attributes).await;
    assert_eq!(status, StatusCode::OK, "{path}: {document}");
    document["data"].clone()
}

async fn delete(story: &Story, path: &str) {
    let request = story.client.delete(story.address(path)).bearer_auth(&story.access_token);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::NO_CONTENT, "{path}");
    assert_eq!(story.ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
}

/// The one problem of a 422, by parameter.
async fn problem(story: &Story, path: &str, attributes: Value) -> String {
    let (status, document) = send(story, Method::POST, path, attributes).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {document}");
    text(&document["errors"][0]["source"]["parameter"])
}

async fn updated_at(story: &Story, path: &str) -> String {
    text(&story.get(path).await["data"]["attributes"]["updated_at"])
}

async fn band(story: &Story) -> String {
    text(&story.get("services/v2/teams?where[name]=band").await["data"][0]["id"])
}

#[tokio::test]
async fn a_plan_is_made_without_a_date_and_gets_one_from_its_first_time() {
    let story = Story::begin().await;
    let plans = story.sunday().await.rsplit_once('/').unwrap().0.to_owned();
    let (status, document) = send(&story, Method::POST, &plans, json!({ "sort_date": "2026-12-24" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(document["errors"][0]["detail"], "sort_date cannot be assigned");
    let plan = create(&story, &plans, json!({ "title": "Midnight", "series_title": "Christmas" })).await;
    assert_eq!(plan["attributes"]["dates"], "No dates");
    assert_eq!(plan["attributes"]["items_count"], 0);
    let path = format!("{plans}/{}", text(&plan["id"]));
    let times = json!({ "starts_at": "2026-12-25T04:30:00Z", "ends_at": "2026-12-25T05:30:00Z", "time_type": "service" });
    let time = create(&story, &format!("{path}/plan_times"), times).await;
    let attributes = story.get(&path).await["data"]["attributes"].take();
    assert_eq!(attributes["dates"], "December 24, 2026", "where the church is");
    assert_eq!(attributes["sort_date"], "2026-12-24T23:30:00Z");
    let time = format!("{path}/plan_times/{}", text(&time["id"]));
    let later = json!({ "starts_at": "2026-12-25T15:00:00Z", "ends_at": "2026-12-25T16:00:00Z" });
    patch(&story, &time, later).await;
    assert_eq!(story.get(&path).await["data"]["attributes"]["short_dates"], "Dec 25");
    delete(&story, &time).await;
    assert_eq!(story.get(&path).await["data"]["attributes"]["dates"], "No dates");
    let wrong = json!({ "starts_at": "2026-12-25T16:00:00Z", "ends_at": "2026-12-25T15:00:00Z" });
    assert_eq!(problem(&story, &format!("{path}/plan_times"), wrong).await, "ends_at");
    delete(&story, &path).await;
}

#[tokio::test]
async fn a_plan_over_two_days_names_both() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let monday = json!({ "starts_at": "2026-11-23T23:00:00Z", "ends_at": "2026-11-24T00:00:00Z" });
    create(&story, &format!("{sunday}/plan_times"), monday).await;
    let attributes = story.get(&sunday).await["data"]["attributes"].take();
    assert_eq!(attributes["dates"], "November 22 & 23, 2026");
    assert_eq!(attributes["short_dates"], "Nov 22 & 23");
    assert_eq!((&attributes["multi_day"], &attributes["service_time_count"]), (&json!(true), &json!(3)));
    let items = story.get(&format!("{sunday}/items?include=item_times&per_page=100")).await;
    assert_eq!(ids(&items["data"][0]["relationships"]["item_times"]["data"]).len(), 3);
}

#[tokio::test]
async fn a_new_title_moves_the_plan_and_only_editors_write_it() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = updated_at(&story, &sunday).await;
    let plan = patch(&story, &sunday, json!({ "title": "Christ the King", "series_title": "" })).await;
    assert_eq!(plan["attributes"]["title"], "Christ the King");
    assert_eq!(plan["attributes"]["series_title"], Value::Null);
    assert!(text(&plan["attributes"]["updated_at"]) > before);
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let rights = pco_emulator::Rights {
        services: pco_emulator::ServicesRight::Scheduler,
        ..pco_emulator::Rights::default()
    };
    story.emulator.grant(&daniel, rights).unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let (status, _) = send(&story, Method::PATCH, &sunday, json!({ "title": "Mine" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn somebody_is_asked_with_a_draft_in_the_team_and_position_named() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let before = updated_at(&story, &sunday).await;
    let kayode = story.emulator.person_id("Kayode Adeyemi").unwrap();
    let team = band(&story).await;
    let members = format!("{sunday}/team_members");
    let asked = json!({
        "person_id": kayode, "team_id": team, "team_position_name": "Drums", "status": "U", "prepare_notification": true
    });
    let member = create(&story, &members, asked).await;
    assert_eq!(member["attributes"]["name"], "Kayode Adeyemi");
    assert_eq!(
        ids(&member["relationships"]["times"]["data"]).len(),
        4,
        "rehearsal, call time and both services"
    );
    assert_eq!(updated_at(&story, &sunday).await, before, "the plan stays as it was");
    let schedules = format!("services/v2/people/{kayode}/schedules");
    assert!(story.walk(&schedules).await.is_empty(), "a draft is not seen");
    let path = format!("{members}/{}", text(&member["id"]));
    patch(&story, &path, json!({ "prepare_notification": false })).await;
    assert_eq!(story.walk(&schedules).await.len(), 1);
    delete(&story, &path).await;
    assert!(story.walk(&schedules).await.is_empty());
    assert_eq!(problem(&story, &members, json!({ "person_id": "1", "team_id": team })).await, "person");
    assert_eq!(problem(&story, &members, json!({ "person_id": kayode, "team_id": "1" })).await, "team");
    let again = create(&story, &members, json!({ "person_id": kayode, "team_id": team })).await;
    assert_ne!(again["id"], member["id"], "ids are not given out twice");
}

#[tokio::test]
async fn without_a_team_somebody_lands_in_the_alphabetically_first_one() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let kayode = story.emulator.person_id("Kayode Adeyemi").unwrap();
    let wish = json!({ "person_id": kayode, "team_position_name": "Juggler" });
    let member = create(&story, &format!("{sunday}/team_members"), wish).await;
    assert_eq!(text(&member["relationships"]["team"]["data"]["id"]), band(&story).await);
    assert_eq!(member["attributes"]["team_position_name"], "Juggler");
}

#[tokio::test]
async fn a_status_change_moves_the_entry_but_not_the_plan() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let member =
        story.get(&format!("{sunday}/team_members?filter=confirmed&per_page=1")).await["data"][0].take();
    let path = format!("{sunday}/team_members/{}", text(&member["id"]));
    let plan = updated_at(&story, &sunday).await;
    let changed = patch(&story, &path, json!({ "status": "Declined", "decline_reason": "Flu" })).await;
    assert_eq!(changed["attributes"]["status"], "D");
    assert_eq!(changed["attributes"]["decline_reason"], "Flu");
    let moved = text(&changed["attributes"]["updated_at"]);
    assert!(moved > text(&member["attributes"]["updated_at"]));
    assert_eq!(text(&changed["attributes"]["status_updated_at"]), moved);
    assert_eq!(updated_at(&story, &sunday).await, plan);
    let back = patch(&story, &path, json!({ "status": "C" })).await;
    assert_eq!(back["attributes"]["decline_reason"], Value::Null);
    let leaders = patch(&story, &path, json!({ "responds_to_id": "0" })).await;
    assert_eq!(leaders["relationships"]["responds_to"]["data"]["id"], "0", "all leaders of the team");
}

#[tokio::test]
async fn an_open_position_is_wanted_changed_and_filled() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let path = format!("{sunday}/needed_positions");
    let count =
        async || story.get(&sunday).await["data"]["attributes"]["needed_positions_count"].as_u64().unwrap();
    let before = count().await;
    let wish = json!({ "team_id": band(&story).await, "team_position_name": "Keys", "quantity": 2 });
    let needed = create(&story, &path, wish).await;
    assert_eq!(needed["attributes"]["scheduled_to"], "plan");
    assert_eq!(count().await, before + 2);
    let own = format!("{path}/{}", text(&needed["id"]));
    patch(&story, &own, json!({ "quantity": 1 })).await;
    assert_eq!(count().await, before + 1);
    delete(&story, &own).await;
    assert_eq!(problem(&story, &path, json!({ "team_position_name": "Keys" })).await, "team");
}

#[tokio::test]
async fn songs_come_into_the_order_by_their_id_and_headers_by_their_type() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let items = format!("{sunday}/items");
    let count = story.walk(&items).await.len();
    let song = story.get("services/v2/songs?where[title]=amazing+grace").await["data"][0].take();
    let item = create(&story, &items, json!({ "song_id": song["id"], "sequence": 2 })).await;
    assert_eq!(item["attributes"]["title"], "Amazing Grace");
    assert_eq!(item["attributes"]["item_type"], "song");
    assert_eq!(item["attributes"]["sequence"], 2);
    assert!(item["attributes"]["key_name"].is_string() && item["attributes"]["length"].as_u64() > Some(100));
    let header = create(
        &story,
        &items,
        json!({ "title": "After", "item_type": "header", "service_position": "post" }),
    )
    .await;
    assert_eq!(header["attributes"]["item_type"], "header");
    assert_eq!(story.walk(&items).await.len(), count + 2);
    assert_eq!(problem(&story, &items, json!({ "title": "Film", "item_type": "media" })).await, "item_type");
    assert_eq!(problem(&story, &items, json!({ "length": 5 })).await, "title");
    assert_eq!(problem(&story, &items, json!({ "song_id": "1" })).await, "song");
    let path = format!("{items}/{}", text(&item["id"]));
    let changed = patch(&story, &path, json!({ "html_details": "<p>Softly</p>", "length": 200 })).await;
    assert_eq!(changed["attributes"]["html_details"], "<p>Softly</p>");
    let (status, refused) = send(&story, Method::PATCH, &path, json!({ "item_type": "header" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused["errors"][0]["detail"], "item_type cannot be assigned");
    delete(&story, &path).await;
}

#[tokio::test]
async fn notes_need_their_category_and_keep_it() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let service_type = sunday.rsplit_once("/plans").unwrap().0;
    let item = text(&story.get(&format!("{sunday}/items?per_page=1")).await["data"][0]["id"]);
    for (edge, categories, category) in [
        (format!("items/{item}/item_notes"), "item_note_categories", "item_note_category"),
        ("notes".to_owned(), "plan_note_categories", "plan_note_category"),
    ] {
        let path = format!("{sunday}/{edge}");
        assert_eq!(problem(&story, &path, json!({ "content": "Hello" })).await, category);
        let known = text(&story.get(&format!("{service_type}/{categories}")).await["data"][0]["id"]);
        let related = json!({ "data": { "attributes": { "content": "Hello" }, "relationships": {
            category: { "data": { "type": "Category", "id": known } }
        } } });
        let (status, note) = send_body(&story, Method::POST, &path, &related).await;
        assert_eq!(status, StatusCode::CREATED, "{note}");
        let own = format!("{path}/{}", text(&note["data"]["id"]));
        let changed = patch(&story, &own, json!({ "content": "Goodbye" })).await;
        assert_eq!(changed["attributes"]["content"], "Goodbye");
        assert!(changed["attributes"]["category_name"].is_string());
        delete(&story, &own).await;
    }
}

#[tokio::test]
async fn a_song_is_made_renamed_and_deleted_with_what_hangs_on_it() {
    let story = Story::begin().await;
    assert_eq!(problem(&story, "services/v2/songs", json!({ "author": "Nobody" })).await, "title");
    let song =
        create(&story, "services/v2/songs", json!({ "title": "Morning", "ccli_number": 9_999_999 })).await;
    assert_eq!(song["attributes"]["ccli_number"], 9_999_999);
    let path = format!("services/v2/songs/{}", text(&song["id"]));
    let found = story.get("services/v2/songs?where[ccli_number]=9999999").await;
    assert_eq!(found["data"][0]["id"], song["id"]);
    patch(&story, &path, json!({ "title": "Evening", "hidden": true })).await;
    let arrangements = format!("{path}/arrangements");
    let first = story.get(&arrangements).await["data"][0].take();
    assert_eq!(first["attributes"]["name"], "Default Arrangement");
    let own = format!("{arrangements}/{}", text(&first["id"]));
    let changed = patch(&story, &own, json!({ "bpm": 72.5, "sequence": ["Verse 1", "Chorus 1"] })).await;
    assert_eq!(changed["attributes"]["bpm"], 72.5);
    assert_eq!(changed["attributes"]["sequence_short"], json!(["V1", "C1"]));
    let key = create(&story, &format!("{own}/keys"), json!({ "starting_key": "F#m" })).await;
    assert_eq!(
        (&key["attributes"]["ending_key"], &key["attributes"]["starting_minor"]),
        (&json!("F#m"), &json!(true))
    );
    assert_eq!(problem(&story, &format!("{own}/keys"), json!({ "starting_key": "H" })).await, "starting_key");
    delete(&story, &path).await;
}

#[tokio::test]
async fn what_a_deleted_song_was_called_stays_in_the_plans() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let items = story.get(&format!("{sunday}/items?include=song&per_page=100")).await;
    let sung = items["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["relationships"]["song"]["data"].is_object());
    let sung = sung.unwrap();
    delete(&story, &format!("services/v2/songs/{}", text(&sung["relationships"]["song"]["data"]["id"])))
        .await;
    let left = story.get(&format!("{sunday}/items/{}?include=song", text(&sung["id"]))).await;
    assert_eq!(left["data"]["attributes"]["title"], sung["attributes"]["title"]);
    assert_eq!(left["data"]["relationships"]["song"]["data"], Value::Null);
}

#[tokio::test]
async fn one_blocks_out_ones_own_days_and_a_repetition_falls_until_its_end() {
    let story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let path = format!("services/v2/people/{daniel}/blockouts");
    let wish = json!({
        "reason": "Choir", "starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-02T02:00:00Z",
        "repeat_frequency": "every_2", "repeat_period": "weekly", "repeat_until": "2026-12-31"
    });
    let blockout = create(&story, &path, wish).await;
    assert_eq!(blockout["attributes"]["starts_at"], "2026-12-02T00:00:00Z");
    let own = format!("{path}/{}", text(&blockout["id"]));
    let dates = story.walk(&format!("{own}/blockout_dates")).await;
    let starts: Vec<String> = dates.iter().map(|date| text(&date["attributes"]["starts_at"])).collect();
    assert_eq!(starts, ["2026-12-01T19:00:00Z", "2026-12-15T19:00:00Z", "2026-12-29T19:00:00Z"]);
    patch(&story, &own, json!({ "repeat_frequency": "no_repeat" })).await;
    assert_eq!(story.walk(&format!("{own}/blockout_dates")).await.len(), 1);
    delete(&story, &own).await;
    let colleague = story.emulator.person_id("Ji-woo Kim").unwrap();
    let (status, _) =
        send(&story, Method::POST, &format!("services/v2/people/{colleague}/blockouts"), json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_place_on_a_team_is_given_and_taken() {
    let story = Story::begin().await;
    let kayode = story.emulator.person_id("Kayode Adeyemi").unwrap();
    let service_type = story.emulator.service_type_id("Sunday Morning").unwrap();
    let positions = format!("services/v2/service_types/{service_type}/team_positions");
    let position = text(&story.get(&positions).await["data"][0]["id"]);
    let path = format!("{positions}/{position}/person_team_position_assignments");
    let wish =
        json!({ "person_id": kayode, "schedule_preference": "Choose Weeks", "preferred_weeks": ["1", "3"] });
    let assignment = create(&story, &path, wish).await;
    assert_eq!(assignment["attributes"]["preferred_weeks"], json!(["1", "3"]));
    let of_person = format!("services/v2/people/{kayode}/person_team_position_assignments");
    assert_eq!(ids(&json!(story.walk(&of_person).await)), [text(&assignment["id"])]);
    let own = format!("{path}/{}", text(&assignment["id"]));
    let changed = patch(&story, &own, json!({ "schedule_preference": "Once a month" })).await;
    assert_eq!(changed["attributes"]["preferred_weeks"], json!([]));
    delete(&story, &own).await;
    assert!(story.walk(&of_person).await.is_empty());
}

#[tokio::test]
async fn live_steps_only_for_whoever_has_control() {
    let story = Story::begin().await;
    let live = format!("{}/live", story.sunday().await);
    let act = async |action: &str| send(&story, Method::POST, &format!("{live}/{action}"), json!({})).await.0;
    assert_eq!(act("go_to_next_item").await, StatusCode::OK);
    assert_eq!(story.ask(&format!("{live}/current_item_time")).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(act("toggle_control").await, StatusCode::OK);
    let controller = story.get(&format!("{live}/controller")).await;
    assert_eq!(controller["data"]["id"], story.get("services/v2/me").await["data"]["id"]);
    assert_eq!(story.get(&live).await["data"]["attributes"]["can_control"], true);
    act("go_to_next_item").await;
    let first = story.get(&format!("{live}/current_item_time")).await;
    assert!(first["data"]["attributes"]["live_start_at"].is_string());
    act("go_to_next_item").await;
    assert_ne!(story.get(&format!("{live}/current_item_time")).await["data"]["id"], first["data"]["id"]);
    act("go_to_previous_item").await;
    assert_eq!(story.get(&format!("{live}/current_item_time")).await["data"]["id"], first["data"]["id"]);
    act("toggle_control").await;
    assert_eq!(story.ask(&format!("{live}/controller")).await.status(), StatusCode::NOT_FOUND);
}
