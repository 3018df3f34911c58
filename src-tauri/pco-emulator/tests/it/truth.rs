//! The invented church holds together.

use std::collections::{HashMap, HashSet};

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pco_emulator::{Church, EmulatorConfig, Limit};
use serde_json::Value;

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

fn count(plan: &Value, name: &str) -> usize {
    usize::try_from(plan["attributes"][name].as_u64().unwrap()).unwrap()
}

async fn plans(story: &Story) -> Vec<(String, Value)> {
    let mut plans = Vec::new();
    for service_type in story.walk("services/v2/service_types").await {
        let base = format!("services/v2/service_types/{}/plans", text(&service_type["id"]));
        plans.extend(
            story.walk(&base).await.into_iter().map(|plan| (format!("{base}/{}", text(&plan["id"])), plan)),
        );
    }
    plans
}

/// Of each service type the next plans, the last one, the last with a communion, and those without a day.
async fn plans_of_every_kind(story: &Story) -> Vec<(String, Value)> {
    let mut plans = Vec::new();
    for service_type in story.walk("services/v2/service_types").await {
        let base = format!("services/v2/service_types/{}/plans", text(&service_type["id"]));
        for chosen in [
            "filter=future&order=sort_date&per_page=2",
            "filter=past&order=-sort_date&per_page=1",
            "filter=after,before&after=2026-11-01&before=2026-11-08",
            "filter=no_dates",
        ] {
            let found = story.get(&format!("{base}?{chosen}")).await["data"].take();
            let found = found.as_array().unwrap().iter().cloned();
            plans.extend(found.map(|plan| (format!("{base}/{}", text(&plan["id"])), plan)));
        }
    }
    plans
}

#[tokio::test]
async fn the_counters_of_a_plan_agree_with_its_rows() {
    let story = Story::with(patient()).await;
    let people: HashSet<String> =
        story.walk("services/v2/people").await.iter().map(|person| text(&person["id"])).collect();
    let plans = plans_of_every_kind(&story).await;
    assert!(plans.iter().any(|(_, plan)| plan["attributes"]["dates"] == "No dates"));
    assert!(plans.iter().any(|(_, plan)| count(plan, "needed_positions_count") > 0));
    for (path, plan) in plans {
        let items = story.walk(&format!("{path}/items")).await;
        assert_eq!(items.len(), count(&plan, "items_count"), "{path}");
        let length: u64 = items
            .iter()
            .filter(|item| item["attributes"]["service_position"] == "during")
            .map(|item| item["attributes"]["length"].as_u64().unwrap())
            .sum();
        assert_eq!(Some(length), plan["attributes"]["total_length"].as_u64(), "{path}");
        let members = story.walk(&format!("{path}/team_members")).await;
        assert_eq!(members.len(), count(&plan, "plan_people_count"), "{path}");
        for member in &members {
            assert!(people.contains(&text(&member["relationships"]["person"]["data"]["id"])), "{path}");
            let declined = member["attributes"]["status"] == "D";
            assert_eq!(declined, member["attributes"]["decline_reason"].is_string());
            let draft = member["attributes"]["prepare_notification"] == true;
            assert_eq!(draft, member["attributes"]["notification_sent_at"].is_null());
        }
        let needed = story.walk(&format!("{path}/needed_positions")).await;
        assert_eq!(
            needed.iter().map(|needed| count(needed, "quantity")).sum::<usize>(),
            count(&plan, "needed_positions_count"),
            "{path}"
        );
        assert_eq!(
            story.walk(&format!("{path}/notes")).await.len(),
            count(&plan, "plan_notes_count"),
            "{path}"
        );
        let times = story.walk(&format!("{path}/plan_times")).await;
        let of = |kind: &str| times.iter().filter(|time| time["attributes"]["time_type"] == kind).count();
        assert_eq!(of("service"), count(&plan, "service_time_count"));
        assert_eq!(of("rehearsal"), count(&plan, "rehearsal_time_count"));
        assert_eq!(of("other"), count(&plan, "other_time_count"));
    }
}

#[tokio::test]
async fn plan_dates_are_local_with_a_false_z_and_plan_times_are_utc() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plan = story.get(&sunday).await;
    assert_eq!(plan["data"]["attributes"]["sort_date"], "2026-11-22T09:00:00Z");
    assert_eq!(plan["data"]["attributes"]["last_time_at"], "2026-11-22T11:00:00Z");
    assert_eq!(plan["data"]["attributes"]["dates"], "November 22, 2026");
    let times = story.walk(&format!("{sunday}/plan_times")).await;
    let starts: Vec<String> = times.iter().map(|time| text(&time["attributes"]["starts_at"])).collect();
    assert_eq!(
        starts,
        ["2026-11-20T00:00:00Z", "2026-11-22T12:45:00Z", "2026-11-22T14:00:00Z", "2026-11-22T16:00:00Z"]
    );
}

#[tokio::test]
async fn services_keep_their_hour_when_the_clocks_change() {
    let story = Story::begin().await;
    let zone = TimeZone::get("America/New_York").unwrap();
    let sunday = story.sunday().await;
    let plans = sunday.rsplit_once('/').unwrap().0;
    for plan in story.walk(&format!("{plans}?filter=past&include=plan_times")).await {
        let path = format!("{plans}/{}/plan_times?where[time_type]=service", text(&plan["id"]));
        for time in story.walk(&path).await {
            let starts_at: Timestamp = text(&time["attributes"]["starts_at"]).parse().unwrap();
            assert!([9, 11].contains(&starts_at.to_zoned(zone.clone()).hour()));
        }
    }
}

#[tokio::test]
async fn this_sunday_daniel_kim_plays_the_drums() {
    for seed in 1..6 {
        let story = Story::with(EmulatorConfig { seed, ..config() }).await;
        let members = story.walk(&format!("{}/team_members", story.sunday().await)).await;
        let drummer =
            members.iter().find(|member| member["attributes"]["team_position_name"] == "Drums").unwrap();
        assert_eq!(drummer["attributes"]["name"], "Daniel Kim");
        assert_eq!(drummer["attributes"]["status"], "C");
    }
}

#[tokio::test]
async fn households_and_their_members_agree() {
    let story = Story::begin().await;
    let people = story.walk("people/v2/people?include=households").await;
    let mut members: HashMap<String, HashSet<String>> = HashMap::new();
    for person in &people {
        for household in ids(&person["relationships"]["households"]["data"]) {
            members.entry(household).or_default().insert(text(&person["id"]));
        }
    }
    let households = story.walk("people/v2/households").await;
    assert_eq!(households.len(), members.len());
    for household in households {
        let id = text(&household["id"]);
        let people: HashSet<String> =
            ids(&household["relationships"]["people"]["data"]).into_iter().collect();
        assert_eq!(people, members[&id]);
        assert_eq!(people.len(), count(&household, "member_count"));
        assert!(people.contains(&text(&household["relationships"]["primary_contact"]["data"]["id"])));
        let memberships = story.get(&format!("people/v2/households/{id}/household_memberships")).await;
        assert_eq!(ids(&memberships["data"]).len(), people.len());
    }
}

#[tokio::test]
async fn the_small_church_has_what_a_real_one_has() {
    let story = Story::begin().await;
    let people = story.walk("people/v2/people").await;
    assert_eq!(people.len(), 150);
    let any = |test: &dyn Fn(&Value) -> bool| people.iter().any(|person| test(&person["attributes"]));
    assert!(any(&|person| person["birthdate"]
        .as_str()
        .is_some_and(|birthdate| birthdate.starts_with("1885-"))));
    assert!(any(&|person| person["status"] == "inactive"));
    assert!(any(&|person| person["child"] == true && person["grade"].is_i64()));
    assert!(any(&|person| person["nickname"].is_string()));
    assert!(any(&|person| text(&person["name"])
        .chars()
        .any(|letter| ('\u{590}'..'\u{780}').contains(&letter))));
    assert!(any(&|person| text(&person["name"])
        .chars()
        .any(|letter| ('\u{4e00}'..'\u{a000}').contains(&letter))));
    let pictures = people
        .iter()
        .filter(|person| text(&person["attributes"]["avatar"]).contains("/uploads/person/"))
        .count();
    assert!((30..70).contains(&pictures), "{pictures}");
    let services = plans(&story).await;
    assert!(services.iter().any(|(_, plan)| plan["attributes"]["title"].is_null()));
    assert!(services.iter().any(|(_, plan)| plan["attributes"]["dates"] == "No dates"));
    let dates: HashSet<String> =
        services.iter().map(|(_, plan)| text(&plan["attributes"]["sort_date"])).collect();
    assert!(
        dates.iter().any(|date| date.as_str() < "2026-09-21")
            && dates.iter().any(|date| date.as_str() > "2027-03-20")
    );
}

#[tokio::test]
async fn pictures_are_small_pngs_that_need_no_token() {
    let story = Story::begin().await;
    let me = story.get("people/v2/me").await;
    let picture = reqwest::get(text(&me["data"]["attributes"]["avatar"])).await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let id = text(&me["data"]["id"]);
    let guessed =
        reqwest::get(story.address(&format!("_avatars/uploads/person/{id}-1/avatar.1.png"))).await.unwrap();
    assert_eq!(guessed.status(), 404);
}

#[tokio::test]
async fn the_same_seed_and_day_give_the_same_bytes() {
    let paths = [
        "people/v2/people?per_page=100&include=emails,phone_numbers,addresses,households",
        // Only a plan without times changes from moment to moment.
        "services/v2/plans?filter=future&per_page=100",
    ];
    let mut bodies = Vec::new();
    for seed in [7, 7, 8] {
        let story = Story::with(EmulatorConfig { seed, ..patient() }).await;
        let mut body = String::new();
        for path in paths {
            body += &story.ask(path).await.text().await.unwrap().replace(story.emulator.url().as_str(), "/");
        }
        let sunday = story.sunday().await;
        for edge in ["items", "team_members", "needed_positions", "notes"] {
            body += &story.get(&format!("{sunday}/{edge}?per_page=100")).await["data"]
                .to_string()
                .replace(story.emulator.url().as_str(), "/");
        }
        bodies.push(body);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_ne!(bodies[0], bodies[2]);
}

#[tokio::test]
async fn there_is_a_coming_sunday_on_every_day_of_the_year() {
    let mut day = date(2026, 1, 1);
    while day.year() == 2026 {
        let story = Story::with(EmulatorConfig { today: Some(day), people: Some(40), ..config() }).await;
        let plan = story.get(&story.sunday().await).await;
        let sunday = text(&plan["data"]["attributes"]["sort_date"]);
        let days = (sunday[..10].parse::<jiff::civil::Date>().unwrap() - day).get_days();
        assert!((0..7).contains(&days), "{day}: {sunday}");
        day = day.saturating_add(29.days());
    }
}

#[tokio::test]
async fn larger_churches_have_the_promised_sizes() {
    let sizes = [(Church::Large, 12_000, 25, 1_700, 150), (Church::Huge, 100_000, 500, 35_000, 1_000)];
    for (church, people, service_types, plans, tags) in sizes {
        let story = Story::with(EmulatorConfig { church, ..patient() }).await;
        assert_eq!(story.emulator.people_count(), people);
        let types = story.get("services/v2/service_types?per_page=1").await;
        assert_eq!(types["meta"]["total_count"], service_types);
        let page = story.get("services/v2/plans?per_page=100&offset=300").await;
        assert_eq!(page["meta"]["count"], 100);
        assert!(page["meta"]["total_count"].as_u64().unwrap() >= plans);
        let groups = story.get("services/v2/tag_groups?include=tags&per_page=100").await;
        let there = groups["included"].as_array().unwrap().len();
        assert!((tags..2 * tags).contains(&there), "{there} tags");
    }
    let story = Story::with(EmulatorConfig { people: Some(311), ..patient() }).await;
    assert_eq!(story.walk("people/v2/people").await.len(), 311);
}
