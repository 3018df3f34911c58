//! The palette: people, plans, songs and teams are found together, and each tells how complete it is.

use std::time::Duration;

use app_core::error::ErrorCode;
use app_core::search::views::{SearchHit, SearchKind, SearchRequest, SearchScope, SearchView};
use app_core::views::Coverage;
use pco_emulator::{FaultKind, Mutation};

use crate::harness::{Story, fault};

fn search(story: &Story, typed: &str) -> SearchView {
    story.app.search(&SearchRequest { search: typed.to_owned(), within: None }).unwrap()
}

fn within(story: &Story, kind: SearchKind, hit: &SearchHit, typed: &str) -> SearchView {
    let within = Some(SearchScope { kind, id: hit.id.clone() });
    story.app.search(&SearchRequest { search: typed.to_owned(), within }).unwrap()
}

fn hits(view: &SearchView, kind: SearchKind) -> &[SearchHit] {
    view.groups.iter().find(|group| group.kind == kind).map(|group| group.hits.as_slice()).unwrap_or_default()
}

fn titles(view: &SearchView, kind: SearchKind) -> Vec<&str> {
    hits(view, kind).iter().map(|hit| hit.title.as_str()).collect()
}

#[tokio::test]
async fn one_search_finds_people_plans_songs_and_teams() {
    let story = Story::signed_in().await;
    assert!(titles(&search(&story, "daniel kim"), SearchKind::Person)[0].starts_with("Daniel Kim"));
    assert_eq!(titles(&search(&story, "amaz"), SearchKind::Song), ["Amazing Grace"]);
    assert!(titles(&search(&story, "band"), SearchKind::Team).contains(&"Band"));
    assert_eq!(
        titles(&search(&story, "sunday morning 22 nov"), SearchKind::Plan),
        ["Sun Nov 22 · Sunday Morning"]
    );
    let everything = search(&story, "a");
    assert!(
        everything.groups.iter().all(|group| group.coverage == Coverage::Complete && !group.hits.is_empty())
    );
    assert!(everything.groups.iter().all(|group| group.hits.len() <= 8), "a palette, not a list");
    assert!(search(&story, "nobody of that name").groups.iter().all(|group| group.hits.is_empty()));
}

#[tokio::test]
async fn before_anything_is_typed_the_next_plans_are_there() {
    let story = Story::signed_in().await;
    let view = search(&story, " ");
    assert_eq!(view.groups.len(), 1);
    assert_eq!(hits(&view, SearchKind::Plan)[0].title, "Sun Nov 22 · Sunday Morning");
}

#[tokio::test]
async fn a_household_finds_everybody_in_it() {
    let story = Story::signed_in().await;
    let hits = search(&story, "kim household");
    let found = titles(&hits, SearchKind::Person);
    assert!(found.iter().any(|name| name.starts_with("Daniel Kim")), "{found:?}");
    assert!(hits.groups[0].hits[0].line.contains("Kim Household"), "what it was found by is told: {hits:?}");
}

#[tokio::test]
async fn a_song_leads_to_its_plans_and_a_team_to_its_people() {
    let story = Story::signed_in().await;
    let used = story.plans().next_plan_id.unwrap();
    let plan = story
        .app
        .get_plan(&app_core::products::services::views::GetPlanRequest { plan_id: used.clone() })
        .unwrap();
    let item = plan.order.iter().flat_map(|section| &section.items).find(|item| item.key.is_some()).unwrap();
    let found = search(&story, &item.title);
    let song = &hits(&found, SearchKind::Song)[0];
    let song_view = within(&story, SearchKind::Song, song, "");
    assert_eq!(song_view.about.as_ref().unwrap().title, song.title);
    assert!(hits(&song_view, SearchKind::Plan).iter().any(|hit| hit.id == used));
    assert!(hits(&within(&story, SearchKind::Song, song, "no such plan"), SearchKind::Plan).is_empty());

    let found = search(&story, "band");
    let team = hits(&found, SearchKind::Team).iter().find(|team| team.title == "Band").unwrap();
    let team_view = within(&story, SearchKind::Team, team, "");
    let members = hits(&team_view, SearchKind::Person);
    assert!(members.iter().any(|member| member.title.starts_with("Daniel Kim")), "{members:?}");
    assert!(team.line.contains(&format!("{} people", members.len())), "{}", team.line);
    assert_eq!(titles(&within(&story, SearchKind::Team, team, "daniel"), SearchKind::Person).len(), 1);
}

#[tokio::test]
async fn what_the_sync_writes_is_found_at_once() {
    let story = Story::signed_in().await;
    assert!(hits(&search(&story, "zenobia"), SearchKind::Person).is_empty());
    story
        .emulator
        .mutate(Mutation::AddPerson { first_name: "Zenobia".into(), last_name: "Quist".into() })
        .unwrap();
    story.clock.advance(Duration::from_mins(30));
    story.refreshed().await;
    assert_eq!(titles(&search(&story, "zenobia"), SearchKind::Person), ["Zenobia Quist"]);
    let restarted = story.restarted().await;
    assert_eq!(titles(&search(&restarted, "zenobia"), SearchKind::Person), ["Zenobia Quist"]);
}

#[tokio::test]
async fn an_unchanged_song_book_costs_one_request() {
    let story = Story::signed_in().await;
    let asked = |story: &Story| story.emulator.counters().paths["GET /services/v2/songs"];
    let before = asked(&story);
    story.refreshed().await;
    assert_eq!(asked(&story) - before, 0, "it is fresh for an hour");
    story.clock.advance(Duration::from_hours(2));
    story.refreshed().await;
    assert_eq!(asked(&story) - before, 1);
    // What was sung since is told by nobody: a day later every song is read.
    story.clock.advance(Duration::from_hours(24));
    story.refreshed().await;
    assert_eq!(asked(&story) - before, 3);
}

#[tokio::test]
async fn songs_that_may_not_be_seen_are_told_as_such_and_leave_the_plans() {
    let story = Story::signed_in().await;
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"You do not have access to this resource"}]}"#;
    let refusal = FaultKind::Body { status: 403, text: forbidden.into() };
    story.emulator.add_fault(fault("/services/v2/songs", refusal));
    story.clock.advance(Duration::from_hours(2));
    story.refreshed().await;
    let view = search(&story, "amazing");
    let songs = view.groups.iter().find(|group| group.kind == SearchKind::Song).unwrap();
    assert!(songs.hits.is_empty());
    assert!(matches!(&songs.coverage, Coverage::NoRight { right, .. } if right == "access to songs"));
    assert!(!story.plans().weeks.is_empty());
}

#[tokio::test]
async fn an_endless_search_and_a_strange_scope_are_refused() {
    let story = Story::signed_in().await;
    let ask = |search: String, within| story.app.search(&SearchRequest { search, within }).unwrap_err().code;
    assert_eq!(ask("x".repeat(5000), None), ErrorCode::InvalidInput);
    let scope = |kind| Some(SearchScope { kind, id: "0".to_owned() });
    assert_eq!(ask(String::new(), scope(SearchKind::Person)), ErrorCode::InvalidInput);
    assert_eq!(ask(String::new(), scope(SearchKind::Song)), ErrorCode::NotFound);
    assert_eq!(ask(String::new(), scope(SearchKind::Team)), ErrorCode::NotFound);
}
