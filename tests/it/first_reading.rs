//! The first reading: what comes first, and how it goes on when it was cut off.

use std::time::Duration;

use app_core::error::ErrorCode;
use app_core::products::people::views::ListPeopleRequest;
use app_core::products::services::views::GetPlanRequest;
use app_core::search::views::{SearchKind, SearchRequest};
use app_core::status::{Freshness, Progress};
use app_core::store::Record;
use app_core::views::Coverage;
use jiff::civil::Date;
use pco_emulator::{Church, EmulatorConfig, Fault, FaultKind, Limit, Mutation, Role};
use serde::{Deserialize, Serialize};

use crate::harness::{NOW, Story, TODAY, fault};

const LISTS: &str = "GET /services/v2/service_types/{id}/plans";
const SERVICE_TYPES: &str = "GET /services/v2/service_types";
const TEAMS: &str = "GET /services/v2/teams";
const SONGS: &str = "GET /services/v2/songs";

#[tokio::test]
async fn the_first_reading_begins_with_what_is_wanted_first() {
    // After a hundred people, service types, teams and the list of plans.
    let story = cut_off_at(Fault { skip: 1, ..fault("/people/v2/people", FaultKind::Reset) }).await;
    assert_eq!(story.people("").total, 100);
    // The seven days from today on, which is a Friday.
    assert_eq!(weeks_begun(&story), ["This week", "Next week"], "before everybody");

    let story = cut_off_at(fault("/services/v2/songs", FaultKind::Reset)).await;
    assert_eq!(story.people("").coverage, Coverage::Complete, "before songs");
    let mut coming = story.plans().weeks;
    coming.retain(|week| !week.past);
    let coming: Vec<String> = coming.into_iter().map(|week| week.label).collect();
    assert!(coming.len() > 4, "{coming:?}");
    assert_eq!(weeks_begun(&story), coming, "the coming weeks, and none of the past");
}

/// A first reading that comes so far and no further.
async fn cut_off_at(fault: Fault) -> Story {
    let story = Story::new().await;
    story.emulator.add_fault(fault);
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Offline).await;
    story
}

#[tokio::test]
async fn a_first_reading_of_the_lists_goes_on_after_a_restart_from_those_that_are_kept() {
    let config = EmulatorConfig { church: Church::Large, people: Some(150), ..EmulatorConfig::default() };
    let story = Story::with(config).await;
    // Two requests for each of twenty-five service types; of twenty of them the answers come.
    let lists = Some("/services/v2/service_types/{id}/plans".to_owned());
    story.emulator.add_fault(Fault { path: lists, skip: 40, ..fault("", FaultKind::Reset) });
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Offline).await;

    // What is in them is nothing to wait for.
    story.emulator.clear_faults();
    let items = Some("/services/v2/service_types/{id}/plans/{id}/items".to_owned());
    story.emulator.add_fault(Fault { path: items, ..fault("", FaultKind::Reset) });
    let (kept, before) = (story.plans().total, story.emulator.counters().paths[LISTS]);
    story.clock.advance(Duration::from_mins(5));
    let story = story.restarted().await;
    story.until(|status| status.plans > kept && status.freshness == Freshness::Offline).await;
    let as_of = story.store().read(|reader| reader.part("services.plans")).unwrap().as_of;
    assert_eq!(as_of, Some(NOW.parse().unwrap()), "as old as the oldest of them");
    let asked = story.emulator.counters().paths[LISTS] - before;
    assert!((10..=18).contains(&asked), "{asked} requests");
    let coming = story.plans().weeks.into_iter().find(|week| week.label == "Next week").unwrap();
    assert_eq!(coming.total, 25, "a plan of each");
}

/// The weeks with plans whose inside is here.
fn weeks_begun(story: &Story) -> Vec<String> {
    let mut weeks = story.plans().weeks;
    weeks.retain(|week| week.plans.iter().any(|plan| plan.counts.is_some()));
    weeks.into_iter().map(|week| week.label).collect()
}

/// A row of the store, of which only the number counts.
#[derive(Serialize, Deserialize)]
struct Row<const KIND: char> {
    id: String,
}

impl<const KIND: char> Record for Row<KIND> {
    const KIND: &'static str = match KIND {
        't' => "team",
        's' => "song",
        _ => "page",
    };

    fn id(&self) -> &str {
        &self.id
    }
}

type Team = Row<'t'>;
type Song = Row<'s'>;
type ReadPage = Row<'p'>;

fn stored<R: Record>(story: &Story) -> usize {
    story.store().read(|reader| Ok(reader.ids::<R>()?.len())).unwrap()
}

fn pages(rows: usize) -> u64 {
    u64::try_from(rows.div_ceil(100)).unwrap()
}

/// How often the path was asked for so far.
fn asked(story: &Story, path: &str) -> u64 {
    story.emulator.counters().paths.get(path).copied().unwrap_or_default()
}

/// A church of five hundred service types, read as far as to their teams and no further.
async fn teams_read_with(fault: Option<Fault>) -> Story {
    let config = EmulatorConfig { church: Church::Huge, people: Some(150), ..EmulatorConfig::default() };
    let story = Story::with(config).await;
    if let Some(fault) = fault {
        story.emulator.add_fault(fault);
    }
    let lists = Some("/services/v2/service_types/{id}/plans".to_owned());
    story.emulator.add_fault(Fault { path: lists, ..self::fault("", FaultKind::Reset) });
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Offline).await;
    story
}

#[tokio::test]
async fn service_types_and_teams_go_on_after_a_restart_from_the_page_that_came_last() {
    let whole = teams_read_with(None).await;
    let [service_types, teams] = [SERVICE_TYPES, TEAMS].map(|path| asked(&whole, path));

    let cut = Fault { skip: 7, times: Some(3), ..fault("/services/v2/teams", FaultKind::Reset) };
    let story = teams_read_with(Some(cut)).await;
    let before = [SERVICE_TYPES, TEAMS].map(|path| asked(&story, path));
    story.clock.advance(Duration::from_mins(5));
    let story = story.restarted().await;
    let frame = || story.store().read(|reader| reader.part("services.frame")).unwrap();
    story.until(|status| status.freshness == Freshness::Offline && frame().as_of.is_some()).await;
    // One look at the last page that was kept of each.
    assert_eq!(asked(&story, TEAMS) - before[1], 1 + teams - 7);
    assert!(asked(&story, SERVICE_TYPES) - before[0] <= 1 + 1, "of {service_types} pages");
    assert_eq!(frame().as_of, Some(NOW.parse().unwrap()), "as old as the first of its pages");
    assert_eq!(stored::<ReadPage>(&story), 0, "once what they tell is kept");
    assert_eq!(stored::<Team>(&story), stored::<Team>(&whole));
}

/// More items than fit on a page.
const ITEMS: usize = 120;
/// Songs that are added to the church's own.
const MORE_SONGS: u32 = 400;

/// A song book of which two pages came before nothing answered any more.
async fn some_of_the_songs() -> Story {
    let story = Story::new().await;
    for number in 0..MORE_SONGS {
        story.emulator.mutate(Mutation::AddSong { title: format!("Evening Prayer {number}") }).unwrap();
    }
    // What changed last is asked for first.
    story.emulator.add_fault(Fault { skip: 1 + 2, ..fault("/services/v2/songs", FaultKind::Reset) });
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Offline).await;
    assert_eq!((stored::<ReadPage>(&story), stored::<Song>(&story)), (2, 0));
    story.emulator.clear_faults();
    story
}

/// Starts the program again so much later, and tells how many pages of songs it asks for until all is read.
async fn read_on(story: Story, later: Duration) -> (Story, u64) {
    let before = asked(&story, SONGS);
    story.clock.advance(later);
    let story = story.restarted().await;
    story.settled().await;
    let asked = asked(&story, SONGS) - before - 1;
    assert_eq!(stored::<ReadPage>(&story), 0);
    (story, asked)
}

fn finds_song(story: &Story, title: &str) -> bool {
    let found = story.app.search(&SearchRequest { search: title.to_owned(), within: None }).unwrap();
    let songs = found.groups.into_iter().filter(|group| group.kind == SearchKind::Song);
    songs.flat_map(|group| group.hits).any(|song| song.title == title)
}

#[tokio::test]
async fn songs_go_on_after_a_restart_and_what_changed_before_it_is_seen_when_they_are_read_next() {
    let story = some_of_the_songs().await;
    let first = story.emulator.song_ids().swap_remove(0);
    let title = "Morning Prayer".to_owned();
    story.emulator.mutate(Mutation::RenameSong { song_id: first, title: title.clone() }).unwrap();
    let (story, asked) = read_on(story, Duration::from_mins(59)).await;
    // One look at the last page tells that it is what it was.
    assert_eq!(asked, 1 + pages(stored::<Song>(&story)) - 2);
    assert!(finds_song(&story, "Evening Prayer 0") && finds_song(&story, "Evening Prayer 399"));
    let as_of = story.store().read(|reader| reader.part("services.songs")).unwrap().as_of;
    assert_eq!(as_of, Some(NOW.parse().unwrap()));
    assert!(!finds_song(&story, &title), "it stood on a page that was read before");

    story.clock.advance(Duration::from_hours(6));
    story.refreshed().await;
    assert!(finds_song(&story, &title));
}

#[tokio::test]
async fn songs_that_were_read_more_than_an_hour_ago_are_read_anew() {
    let (story, asked) = read_on(some_of_the_songs().await, Duration::from_mins(61)).await;
    assert_eq!(asked, pages(stored::<Song>(&story)));
}

#[tokio::test]
async fn songs_of_which_one_went_and_one_came_meanwhile_are_read_anew() {
    let story = some_of_the_songs().await;
    let first = story.emulator.song_ids().swap_remove(0);
    story.emulator.mutate(Mutation::DeleteSong { song_id: first }).unwrap();
    // There are as many as before, and all but these two stand one place further up.
    story.emulator.mutate(Mutation::AddSong { title: "Morning Prayer".to_owned() }).unwrap();
    let (story, asked) = read_on(story, Duration::from_mins(5)).await;
    let songs = story.emulator.song_ids().len();
    assert_eq!((asked, stored::<Song>(&story)), (1 + pages(songs), songs));
    assert!(finds_song(&story, "Morning Prayer"));
    assert_eq!(story.app.app_status().freshness, Freshness::Fresh);
}

#[tokio::test]
async fn pages_that_nobody_goes_on_after_are_removed_within_the_hour() {
    let story = some_of_the_songs().await;
    story.emulator.add_fault(fault("/", FaultKind::Reset));
    story.clock.advance(Duration::from_mins(61));
    story.refreshed().await;
    assert_eq!(stored::<ReadPage>(&story), 0);
}

#[tokio::test]
async fn removing_them_is_no_contact_that_would_unlock_what_is_saved() {
    // A hundred people are here, and nothing was read to its end.
    let cut = Fault { skip: 7, ..fault("/services/v2/teams", FaultKind::Reset) };
    let story = teams_read_with(Some(cut)).await;
    story.emulator.add_fault(fault("/", FaultKind::Reset));
    story.clock.advance(Duration::from_hours(31 * 24));
    let story = story.restarted().await;
    story.refreshed().await;
    assert_eq!(stored::<ReadPage>(&story), 0);
    let request = ListPeopleRequest { search: String::new(), offset: 0, limit: 200 };
    assert_eq!(story.app.list_people(&request).unwrap_err().code, ErrorCode::Locked);
}

#[tokio::test]
async fn a_long_order_of_service_goes_on_after_a_restart() {
    let story = Story::new().await;
    let service_type_id = story.emulator.service_type_id("Sunday Morning").unwrap();
    let date = TODAY.parse::<Date>().unwrap().tomorrow().unwrap();
    let plan = Mutation::AddPlan { service_type_id: service_type_id.clone(), date, title: None };
    let plan_id = story.emulator.mutate(plan).unwrap();
    for number in 0..ITEMS {
        let title = format!("Reading {number}");
        story.emulator.mutate(Mutation::AddItem { plan_id: plan_id.clone(), title, length: 60 }).unwrap();
    }
    let path = format!("/services/v2/service_types/{service_type_id}/plans/{plan_id}/items");
    story.emulator.add_fault(Fault { skip: 1, ..fault(&path, FaultKind::Reset) });
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Offline).await;
    assert_eq!(stored::<ReadPage>(&story), 1);

    story.emulator.clear_faults();
    let counted = Fault { times: Some(u32::MAX), ..fault(&path, FaultKind::Slow { ms: 0 }) };
    story.emulator.add_fault(counted);
    let story = story.restarted().await;
    story.settled().await;
    let asked = u32::MAX - story.emulator.faults()[0].times.unwrap();
    assert_eq!(asked, 2, "one look at the first page, and the second");
    assert_eq!(stored::<ReadPage>(&story), 0);
    let plan = story.app.get_plan(&GetPlanRequest { plan_id }).unwrap();
    let items = plan.order.iter().map(|section| section.items.len()).sum::<usize>();
    assert_eq!(items, ITEMS);
}

#[tokio::test]
async fn pages_that_were_kept_go_with_the_right_to_see_them() {
    let story = some_of_the_songs().await;
    story.emulator.set_role(Role::NoServices);
    story.refreshed().await;
    assert_eq!(stored::<ReadPage>(&story), 0);
}

/// The limit that churches have.
const LIMIT: Limit = Limit { count: 100, seconds: 20 };

#[tokio::test]
async fn how_long_everything_takes_is_told_once_the_plans_are_known() {
    let whole = Story::signed_in().await.emulator.counters().requests;

    let story = Story::new().await;
    story.emulator.set_rate_limit(LIMIT);
    let items = Some("/services/v2/service_types/{id}/plans/{id}/items".to_owned());
    story.emulator.add_fault(Fault { path: items, ..fault("", FaultKind::Slow { ms: 700 }) });
    story.sign_in().await;
    let is_week = |told: &Progress| told.label == "This Sunday";
    let status = story.until(|status| status.progress.as_ref().is_some_and(is_week)).await;
    let week = status.progress.unwrap();
    let left = whole - story.emulator.counters().requests;
    let expected = u32::try_from(left).unwrap() * LIMIT.seconds / LIMIT.count;
    let in_all = week.seconds_in_all.unwrap();
    assert!(week.seconds_left.unwrap() < in_all);
    assert!((expected / 2..=expected * 3 / 2).contains(&in_all), "{in_all} s told, {expected} s expected");
}
