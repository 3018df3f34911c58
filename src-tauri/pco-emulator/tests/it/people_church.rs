//! St. Brigid’s people: what a front desk would believe, and what a client stumbles over.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use pco_emulator::{Church, EmulatorConfig, Limit, PeopleRight, Rights, ServicesRight};
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

fn with<'a>(records: &'a [Value], attribute: &str, value: &str) -> Vec<&'a Value> {
    records.iter().filter(|record| record["attributes"][attribute] == value).collect()
}

fn related<'a>(record: &'a Value, name: &str) -> &'a str {
    record["relationships"][name]["data"]["id"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn families_have_children_two_last_names_and_sometimes_two_homes() {
    let story = Story::with(patient()).await;
    let people = story.walk("people/v2/people?include=households").await;
    let households = story.walk("people/v2/households").await;
    let of = |household: &Value| -> Vec<Value> {
        let members = ids(&household["relationships"]["people"]["data"]);
        people.iter().filter(|person| members.contains(&text(&person["id"]))).cloned().collect()
    };
    assert!(households.iter().any(|household| {
        let last: HashSet<String> =
            of(household).iter().map(|person| text(&person["attributes"]["last_name"])).collect();
        last.len() > 1 && of(household).iter().any(|person| person["attributes"]["child"] == true)
    }));
    let two_homes: Vec<&Value> = people
        .iter()
        .filter(|person| person["relationships"]["households"]["data"].as_array().unwrap().len() == 2)
        .collect();
    assert!(!two_homes.is_empty() && two_homes.iter().all(|person| person["attributes"]["child"] == true));
    let child = text(&two_homes[0]["id"]);
    let memberships = story.walk(&format!("people/v2/people/{child}/household_memberships")).await;
    assert_eq!(memberships.len(), 2);
    assert!(
        memberships
            .iter()
            .all(|membership| membership["attributes"]["household_role"] == "child_or_dependent")
    );
}

#[tokio::test]
async fn couples_share_their_wedding_day_and_children_have_schools() {
    let story = Story::with(patient()).await;
    let people = story.walk("people/v2/people?include=marital_status,school,name_suffix").await;
    let mut weddings: BTreeMap<String, usize> = BTreeMap::new();
    for person in &people {
        if let Some(day) = person["attributes"]["anniversary"].as_str() {
            *weddings.entry(day.to_owned()).or_default() += 1;
        }
        let grade = person["attributes"]["grade"].as_i64();
        assert_eq!(grade.is_some(), !related(person, "school").is_empty(), "{person}");
        assert_eq!(grade.is_some(), person["attributes"]["school_type"].is_string());
        if let Some(grade) = grade {
            // The school year of November 2026 ends in 2027.
            assert_eq!(person["attributes"]["graduation_year"], 2027 + 12 - grade);
        }
    }
    assert!(weddings.len() > 10 && weddings.values().all(|spouses| spouses % 2 == 0), "{weddings:?}");
    let walter = with(&people, "first_name", "Walter")[0];
    assert_eq!(walter["attributes"]["name"], "Walter Thompson Sr.");
}

#[tokio::test]
async fn phone_numbers_are_shown_as_typed_and_in_the_forms_of_the_world() {
    let story = Story::with(patient()).await;
    let numbers = story.walk("people/v2/phone_numbers?fields[PhoneNumber]=number,e164,international,national,country_code,formatted_number,location,primary,person").await;
    let american = with(&numbers, "number", "(555) 010-0199")[0];
    assert_eq!(american["attributes"]["e164"], "+15550100199");
    assert_eq!(american["attributes"]["international"], "+1 555-010-0199");
    assert_eq!(american["attributes"]["national"], "(555) 010-0199");
    assert_eq!(american["attributes"]["formatted_number"], "(555) 010-0199");
    assert_eq!(american["attributes"]["country_code"], "US");
    let dotted = with(&numbers, "number", "555.010.0170")[0];
    assert_eq!(dotted["attributes"]["national"], "(555) 010-0170");
    let british = with(&numbers, "number", "+44 20 7946 0958")[0];
    assert_eq!(british["attributes"]["e164"], "+442079460958");
    assert_eq!(british["attributes"]["country_code"], Value::Null);
    let mut by_person: BTreeMap<&str, usize> = BTreeMap::new();
    for number in &numbers {
        *by_person.entry(related(number, "person")).or_default() += 1;
    }
    assert!(by_person.values().any(|count| *count == 3), "somebody has three");
    assert!(by_person.len() < story.emulator.people_count() - 30, "many have none");
    for query in ["where[search_phone_number]=0958", "where[search_phone_number_e164]=%2B442079460958"] {
        let found = story.get(&format!("people/v2/people?{query}")).await;
        assert_eq!(found["data"][0]["attributes"]["name"], "Catriona MacDonald", "{query}");
    }
}

#[tokio::test]
async fn homes_lie_in_more_than_one_town_and_students_have_two() {
    let story = Story::with(patient()).await;
    let addresses = story.walk("people/v2/addresses").await;
    let towns: BTreeSet<String> =
        with(&addresses, "location", "Home").iter().map(|home| text(&home["attributes"]["city"])).collect();
    assert!(towns.len() >= 2, "{towns:?}");
    for school in with(&addresses, "location", "School") {
        assert_eq!(school["attributes"]["primary"], false);
    }
    assert!(!with(&addresses, "location", "School").is_empty());
}

#[tokio::test]
async fn custom_fields_stand_in_tabs_and_hold_what_their_kind_allows() {
    let story = Story::with(patient()).await;
    let tabs = story.get("people/v2/tabs?include=field_definitions,field_options").await;
    assert!(tabs["data"].as_array().unwrap().len() >= 3);
    let shown = story.walk("people/v2/field_definitions").await;
    let all = story.walk("people/v2/field_definitions?filter=include_deleted&include=field_options").await;
    assert_eq!(shown.len() + 1, all.len(), "one was deleted");
    let kinds: BTreeSet<String> =
        all.iter().map(|definition| text(&definition["attributes"]["data_type"])).collect();
    for kind in ["boolean", "checkboxes", "date", "file", "number", "select", "string", "text"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let options = story.get("people/v2/field_data?include=field_option,field_definition&per_page=100").await;
    assert!(options["included"].as_array().unwrap().iter().any(|record| record["type"] == "FieldOption"));
    let data = story.walk("people/v2/field_data").await;
    assert!(data.len() > 150, "{}", data.len());
    for datum in &data {
        assert!(datum["attributes"]["value"].is_string());
        let id = related(datum, "field_definition");
        let definition = all.iter().find(|definition| definition["id"] == id).unwrap();
        let value = text(&datum["attributes"]["value"]);
        match definition["attributes"]["data_type"].as_str().unwrap() {
            "boolean" => assert!(value == "true" || value == "false"),
            "date" => assert!(value.parse::<jiff::civil::Date>().is_ok()),
            "number" => assert!(value.parse::<i64>().is_ok()),
            "file" => assert_eq!(datum["attributes"]["file_name"], value),
            _ => assert!(!value.is_empty()),
        }
        assert_eq!(definition["attributes"]["data_type"] == "file", datum["attributes"]["file"].is_string());
    }
    let deleted = all.iter().find(|definition| definition["attributes"]["deleted_at"].is_string()).unwrap();
    let orphans =
        data.iter().filter(|datum| related(datum, "field_definition") == text(&deleted["id"])).count();
    assert!(orphans > 0, "old data still refers to a deleted field");
    let path = format!("people/v2/field_data?where[field_definition_id]={}", text(&deleted["id"]));
    assert_eq!(story.walk(&path).await.len(), orphans);
}

#[tokio::test]
async fn notes_are_seen_by_those_with_whom_their_category_is_shared() {
    let story = Story::with(patient()).await;
    let everything = story.walk("people/v2/notes").await;
    let categories = story.walk("people/v2/note_categories").await;
    let used: BTreeSet<u64> =
        everything.iter().map(|note| note["attributes"]["note_category_id"].as_u64().unwrap()).collect();
    assert!(used.len() >= 3);
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    story.emulator.sign_in_as(&daniel).unwrap();
    let mut seen = Vec::new();
    for people in [PeopleRight::Viewer, PeopleRight::Editor, PeopleRight::Manager] {
        let rights = Rights { organization_administrator: false, people, services: ServicesRight::None };
        story.emulator.grant(&daniel, rights).unwrap();
        let notes = story.walk("people/v2/notes").await;
        let names = story.walk("people/v2/note_categories").await.len();
        let lists = story.walk("people/v2/lists").await.len();
        seen.push((notes.len(), names, lists));
        if people == PeopleRight::Viewer {
            let hidden = everything.iter().find(|note| !notes.contains(note)).unwrap();
            let single = story.ask(&format!("people/v2/notes/{}", text(&hidden["id"]))).await;
            assert_eq!(single.status(), StatusCode::NOT_FOUND);
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    assert_eq!((seen[2].0, seen[2].1), (everything.len(), categories.len()));
}

#[tokio::test]
async fn a_list_holds_whoever_answered_to_it_when_it_was_last_run() {
    let story = Story::with(patient()).await;
    for list in story.walk("people/v2/lists").await {
        let path = format!("people/v2/lists/{}", text(&list["id"]));
        let results = story.walk(&format!("{path}/list_results?include=person")).await;
        let people = story.walk(&format!("{path}/people?include=emails,phone_numbers")).await;
        assert_eq!(list["attributes"]["total_people"], results.len());
        let mut from_results: Vec<&str> = results.iter().map(|result| related(result, "person")).collect();
        from_results.sort_unstable();
        assert_eq!(from_results, ids(&Value::Array(people.clone())));
        for person in &people {
            assert!(text(&person["attributes"]["created_at"]) < text(&list["attributes"]["refreshed_at"]));
        }
        let rules = story.get(&format!("{path}?include=rules.conditions")).await;
        assert!(rules["included"].as_array().unwrap().iter().any(|record| record["type"] == "Condition"));
    }
    let lists = story.walk("people/v2/lists").await;
    assert!(lists.iter().filter(|list| list["attributes"]["total_people"].as_u64() > Some(3)).count() >= 4);
    let starred = story.walk("people/v2/lists?filter=starred").await;
    assert!(!starred.is_empty() && starred.len() < lists.len());
}

#[tokio::test]
async fn workflow_cards_stand_in_a_step_until_they_are_done() {
    let story = Story::with(patient()).await;
    let mut stages: BTreeSet<String> = BTreeSet::new();
    for workflow in story.walk("people/v2/workflows").await {
        let path = format!("people/v2/workflows/{}", text(&workflow["id"]));
        let steps = ids(&Value::Array(story.walk(&format!("{path}/steps")).await));
        let cards = story.walk(&format!("{path}/cards")).await;
        let count = |stage: &str| with(&cards, "stage", stage).len();
        assert_eq!(workflow["attributes"]["total_cards_count"], cards.len());
        assert_eq!(workflow["attributes"]["completed_card_count"], count("completed"));
        assert_eq!(workflow["attributes"]["total_ready_card_count"], count("ready"));
        assert_eq!(
            workflow["attributes"]["total_ready_and_snoozed_card_count"],
            count("ready") + count("snoozed")
        );
        assert_eq!(workflow["attributes"]["total_steps_count"], steps.len());
        for card in &cards {
            let stage = text(&card["attributes"]["stage"]);
            let step = related(card, "current_step");
            assert_eq!(stage == "completed", step.is_empty());
            assert!(step.is_empty() || steps.iter().any(|known| known == step));
            assert_eq!(card["attributes"]["completed_at"].is_string(), stage == "completed");
            if !related(card, "assignee").is_empty() {
                assert_eq!(card["relationships"]["assignee"]["data"]["type"], "Assignee");
            }
            stages.insert(stage);
        }
    }
    assert!(stages.contains("ready") && stages.contains("completed"), "{stages:?}");
}

#[tokio::test]
async fn archived_workflows_are_left_out_since_the_version_that_hides_them() {
    let story = Story::with(patient()).await;
    let shown = story.walk("people/v2/workflows").await;
    assert!(shown.iter().all(|workflow| workflow["attributes"]["archived_at"].is_null()));
    let archived = story.walk("people/v2/workflows?filter=archived").await;
    assert_eq!(archived.len(), 1);
    let before = story
        .client
        .get(story.address("people/v2/workflows"))
        .bearer_auth(&story.access_token)
        .header("x-pco-api-version", "2024-09-12")
        .send()
        .await
        .unwrap();
    let before: Value = before.json().await.unwrap();
    assert_eq!(before["meta"]["total_count"], shown.len() + 1);
}

#[tokio::test]
async fn the_inactive_have_a_day_and_a_reason_and_nobody_else_has() {
    let story = Story::with(patient()).await;
    let people = story.walk("people/v2/people?include=inactive_reason").await;
    assert!(with(&people, "status", "inactive").len() >= 2);
    for person in &people {
        let inactive = person["attributes"]["status"] == "inactive";
        assert_eq!(inactive, person["attributes"]["inactivated_at"].is_string());
        assert_eq!(inactive, !related(person, "inactive_reason").is_empty());
    }
    let active = story.get("people/v2/people?where[status]=active").await;
    assert_eq!(active["meta"]["total_count"], with(&people, "status", "active").len());
}

#[tokio::test]
async fn merged_people_are_gone_and_the_chain_of_mergers_ends_with_somebody() {
    let story = Story::with(patient()).await;
    let mergers = story.walk("people/v2/person_mergers?order=created_at").await;
    let mut longest = 0;
    for merger in &mergers {
        let mut removed = merger["attributes"]["person_to_remove_id"].as_u64().unwrap();
        let mut hops = 0;
        while story.ask(&format!("people/v2/people/{removed}")).await.status() == StatusCode::NOT_FOUND {
            let found =
                story.get(&format!("people/v2/person_mergers?where[person_to_remove_id]={removed}")).await;
            assert_eq!(found["meta"]["total_count"], 1);
            removed = found["data"][0]["attributes"]["person_to_keep_id"].as_u64().unwrap();
            hops += 1;
        }
        longest = longest.max(hops);
    }
    assert_eq!(longest, 2, "one record was merged twice over");
    let newest = text(&mergers.last().unwrap()["attributes"]["created_at"]);
    assert!(newest.as_str() > "2026-10-20", "the last merger is recent: {newest}");
}

#[tokio::test]
async fn birthdays_of_the_next_thirty_days_come_nearest_first_and_are_fifteen_at_most() {
    let story = Story::with(patient()).await;
    let near = ids(&story.get("people/v2/birthday_people").await["data"]);
    assert!((1..=15).contains(&near.len()));
    let mut days = Vec::new();
    for person in &near {
        let person = story.get(&format!("people/v2/people/{person}")).await;
        days.push(text(&person["data"]["attributes"]["birthdate"])[5..].to_owned());
    }
    let turn = |day: &String| (day.as_str() < "11-20", day.clone());
    assert!(days.windows(2).all(|pair| turn(&pair[0]) <= turn(&pair[1])), "{days:?}");
    assert!(days.iter().all(|day| day.as_str() >= "11-20" || day.as_str() <= "12-20"));
}

#[tokio::test]
async fn people_are_selected_by_flags_that_stay_hidden() {
    let story = Story::with(patient()).await;
    let count = |query: &'static str| {
        let story = &story;
        async move {
            story.get(&format!("people/v2/people?{query}")).await["meta"]["total_count"].as_u64().unwrap()
        }
    };
    let everybody = story.emulator.people_count() as u64;
    assert_eq!(count("where[site_administrator]=true").await, 1);
    assert_eq!(count("where[site_administrator]=false").await, everybody - 1);
    assert_eq!(count("where[people_permissions]=manager").await, 2);
    assert_eq!(count("filter=organization_admins").await, 1);
    assert_eq!(count("filter=admins").await, 2);
    let ordered = story.get("people/v2/people?order=-people_permissions&per_page=1").await;
    assert!(text(&ordered["data"][0]["attributes"]["people_permissions"]).starts_with("CNRY-PII-"));
}

#[tokio::test]
async fn background_checks_answer_the_organization_administrator_alone_and_only_with_canaries() {
    let story = Story::with(patient()).await;
    let checks = story.get("people/v2/background_checks").await;
    let record = checks["data"][0]["attributes"].as_object().unwrap();
    assert!(record.values().all(|value| text(value).starts_with("CNRY-PII-background_check")));
    let pastor = story.emulator.person_id("Heike Brandt").unwrap();
    story.emulator.sign_in_as(&pastor).unwrap();
    assert_eq!(story.ask("people/v2/background_checks").await.status(), StatusCode::FORBIDDEN);
    story.get("people/v2/people").await;
}

#[tokio::test]
async fn a_person_without_a_portrait_has_initials() {
    let story = Story::with(patient()).await;
    let people = story.walk("people/v2/people?fields[Person]=name,avatar").await;
    let without =
        people.iter().find(|person| text(&person["attributes"]["avatar"]).contains("/initials/")).unwrap();
    let address = format!("{}?g=224x224%23", text(&without["attributes"]["avatar"]));
    let picture = reqwest::get(address).await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.bytes().await.unwrap()[16..20], [0, 0, 0, 224]);
}

#[tokio::test]
async fn larger_churches_have_the_same_things_in_proportion() {
    let story = Story::with(EmulatorConfig { church: Church::Large, ..patient() }).await;
    let total = |path: &'static str| {
        let story = &story;
        async move {
            story.get(&format!("people/v2/{path}?per_page=1")).await["meta"]["total_count"].as_u64().unwrap()
        }
    };
    let people = total("people").await;
    for (path, least, most) in [
        ("emails", 40, 110),
        ("phone_numbers", 40, 110),
        ("addresses", 40, 110),
        ("households", 25, 70),
        ("field_data", 80, 400),
        ("notes", 20, 90),
        ("social_profiles", 1, 10),
    ] {
        let count = total(path).await * 100 / people;
        assert!((least..=most).contains(&count), "{path}: {count} for a hundred people");
    }
    assert!(total("person_mergers").await > 50);
}
