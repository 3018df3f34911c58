//! What older versions of the API answer differently.

use reqwest::Response;
use serde_json::Value;

use crate::harness::Story;

async fn ask(story: &Story, version: &str, path: &str) -> Response {
    let request = story.client.get(story.address(path)).bearer_auth(&story.access_token);
    request.header("x-pco-api-version", version).send().await.unwrap()
}

async fn get(story: &Story, version: &str, path: &str) -> Value {
    ask(story, version, path).await.json().await.unwrap()
}

#[tokio::test]
async fn gender_was_one_letter_before_july_2022() {
    let story = Story::begin().await;
    for (version, expected) in [("2022-07-13", 1), ("2022-07-14", 4)] {
        let people = get(&story, version, "people/v2/people?fields[Person]=gender&per_page=100").await;
        let genders = people["data"].as_array().unwrap().iter();
        let shortest =
            genders.filter_map(|person| person["attributes"]["gender"].as_str()).map(str::len).min();
        assert_eq!(shortest, Some(expected), "{version}");
    }
}

#[tokio::test]
async fn attributes_are_missing_from_versions_before_their_own() {
    let story = Story::begin().await;
    for (path, name, since, before) in [
        ("people/v2/campuses", "time_zone", "2019-01-14", "2019-01-13"),
        ("people/v2/people?per_page=1", "school_type", "2020-07-22", "2020-07-21"),
    ] {
        for (version, expected) in [(since, true), (before, false)] {
            let page = get(&story, version, path).await;
            assert_eq!(page["data"][0]["attributes"].get(name).is_some(), expected, "{name} in {version}");
        }
    }
}

#[tokio::test]
async fn the_newest_version_up_to_the_date_answers_and_says_so() {
    let story = Story::begin().await;
    for (wanted, processed) in [
        ("2018-08-01", "2018-08-01"),
        ("2025-07-16", "2025-07-02"),
        ("2099-01-01", "2025-11-10"),
        ("LATEST", "2025-11-10"),
    ] {
        let answer = ask(&story, wanted, "people/v2").await;
        assert_eq!(answer.headers()["x-pco-api-processed-as-version"], processed, "{wanted}");
    }
}
