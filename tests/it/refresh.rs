//! What a refresh costs, and what it finds: few requests when nothing is new, and no change that stays hidden for long.

use std::collections::BTreeMap;
use std::time::Duration;

use app_core::event::AppEvent;
use app_core::ports::Clock;
use app_core::products::services::views::{GetPlanRequest, PlanListing, PlanRow, PlanView};
use app_core::status::{AppStatus, Freshness, Progress};
use app_core::views::Coverage;
use jiff::SignedDuration;
use pco_emulator::{EmulatorConfig, Fault, FaultKind, Mutation, Role};

use crate::harness::{Story, fault};

const LISTS: &str = "GET /services/v2/service_types/{id}/plans";
const TEAM: &str = "GET /services/v2/service_types/{id}/plans/{id}/team_members";
const HOUSEHOLDS: &str = "GET /people/v2/households";
const ITEMS: &str = "GET /services/v2/service_types/{id}/plans/{id}/items";

/// How often each path was asked for while this happened.
async fn asked_during(story: &Story, what: impl Future) -> BTreeMap<String, u64> {
    let before = story.emulator.counters().paths;
    what.await;
    let after = story.emulator.counters().paths.into_iter();
    let difference = after.map(|(path, count)| {
        let count = count - before.get(&path).copied().unwrap_or_default();
        (path, count)
    });
    difference.filter(|(_, count)| *count > 0).collect()
}

fn rows(listing: &PlanListing) -> impl Iterator<Item = &PlanRow> {
    listing.weeks.iter().flat_map(|week| &week.plans).chain(&listing.undated)
}

/// A Sunday two weeks ahead.
fn far_sunday(story: &Story) -> PlanRow {
    let listing = story.plans();
    let found =
        rows(&listing).find(|plan| plan.service_type == "Sunday Morning" && plan.date.contains("December 6"));
    found.expect("a Sunday Morning on the 6th of December").clone()
}

fn open(story: &Story, plan: &PlanRow) -> PlanView {
    story.app.get_plan(&GetPlanRequest { plan_id: plan.id.clone() }).unwrap()
}

#[tokio::test]
async fn a_refresh_that_finds_nothing_new_asks_ten_questions() {
    let story = Story::signed_in().await;
    story.clock.advance(Duration::from_mins(11));
    let asked = asked_during(&story, story.refreshed()).await;
    assert!(asked.values().sum::<u64>() <= 10, "{asked:?}");
    assert!(
        asked.get(TEAM).is_some_and(|teams| *teams > 0),
        "this week's answers tell of themselves nowhere"
    );
    assert_eq!(asked.get(ITEMS), None);
}

/// How many answers said only that nothing had changed.
fn unchanged(story: &Story) -> u64 {
    story.emulator.counters().statuses.get(&304).copied().unwrap_or_default()
}

#[tokio::test]
async fn pressing_refresh_is_told_before_anything_was_answered() {
    let story = Story::signed_in().await;
    story.emulator.add_fault(fault("/", FaultKind::Slow { ms: 500 }));
    story.clock.advance(Duration::from_mins(1));
    story.app.refresh();
    let is_told = |told: &Progress| told.label == "Asking Planning Center" && told.total.is_none();
    story.until(|status| status.progress.as_ref().is_some_and(is_told)).await;
    story.settled().await;
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let story = Story::signed_in().await;
    assert_eq!(unchanged(&story), 0);
    let schedule = || rows(&story.plans()).cloned().collect::<Vec<_>>();
    let before = schedule();
    story.clock.advance(Duration::from_mins(11));
    let asked = asked_during(&story, story.refreshed()).await;
    let same = asked.values().sum::<u64>() - asked[HOUSEHOLDS];
    assert_eq!(unchanged(&story), same, "{asked:?}");
    let as_of = story.app.app_status().as_of.unwrap();
    assert_eq!(as_of.instant, story.clock.now().to_string(), "what is unchanged is of now");
    assert_eq!(schedule(), before);

    let sunday = before.iter().find(|plan| plan.date.contains("November 22")).unwrap();
    let team_member_id = story.emulator.team_member_ids(&sunday.id, "C")[0].clone();
    let answer = Mutation::SetStatus { team_member_id, status: "D".into(), reason: None };
    story.emulator.mutate(answer).unwrap();
    assert_eq!(asked_during(&story, story.refreshed()).await, asked);
    assert_eq!(unchanged(&story), 2 * same - 1, "one team's answer is another");
    let after = schedule().into_iter().find(|plan| plan.id == sunday.id).unwrap();
    assert_eq!(after.counts.unwrap().declined, sunday.counts.unwrap().declined + 1);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_to_the_next_run_of_the_program_either() {
    let story = Story::signed_in().await;
    let before = (story.plans(), story.people("").items);
    story.clock.advance(Duration::from_mins(11));
    let (asked_before, now) = (story.emulator.counters().paths, story.clock.now().to_string());
    let story = story.restarted().await;
    story
        .until(|AppStatus { progress, as_of, .. }| {
            progress.is_none() && as_of.as_ref().is_some_and(|as_of| as_of.instant == now)
        })
        .await;
    let mut asked = story.emulator.counters().paths;
    for (path, count) in asked_before {
        *asked.entry(path).or_default() -= count;
    }
    assert!(asked[LISTS] > 0 && asked[TEAM] > 0, "{asked:?}");
    let whole =
        [HOUSEHOLDS, "GET /services/v2", "POST /oauth/token"].map(|path| asked[path]).iter().sum::<u64>();
    assert_eq!(unchanged(&story), asked.values().sum::<u64>() - whole, "{asked:?}");
    assert_eq!(story.people("").items, before.1);
    let now = story.plans();
    assert_eq!((now.weeks, now.undated), (before.0.weeks, before.0.undated));
}

#[tokio::test]
async fn what_was_answered_before_a_right_was_taken_away_is_asked_for_anew() {
    let story = Story::signed_in().await;
    story.emulator.set_role(Role::NoServices);
    story.refreshed().await;
    assert!(rows(&story.plans()).next().is_none());
    story.emulator.set_role(Role::Granted);
    let told = unchanged(&story);
    story.clock.advance(Duration::from_hours(1));
    story.refreshed().await;
    assert!(rows(&story.plans()).next().is_some());
    assert_eq!(unchanged(&story), told + 1, "only the people who changed last were read meanwhile");
}

#[tokio::test]
async fn what_one_sign_in_was_answered_ends_with_it() {
    let story = Story::signed_in().await;
    story.refreshed().await;
    let told = unchanged(&story);
    assert!(told > 0);
    story.app.sign_out().await.unwrap();
    story.sign_in().await;
    story.settled().await;
    assert_eq!(unchanged(&story), told);
}

#[tokio::test]
async fn a_server_that_calls_unchanged_what_nobody_has_leaves_everything_as_it_is() {
    let mut story = Story::signed_in().await;
    let (plans, people) = (story.plans(), story.people(""));
    for product in ["/people", "/services"] {
        story.emulator.add_fault(fault(product, FaultKind::Status { status: 304 }));
    }
    story.clock.advance(Duration::from_hours(2));
    story = story.restarted().await;
    story.until(|status| status.freshness == Freshness::NetworkSignIn).await;
    assert_eq!((story.plans(), story.people("")), (plans, people));
}

/// How often it was told that something is read for the first time.
fn loadings_told(story: &Story) -> usize {
    let is_loading = |event: &AppEvent| matches!(event, AppEvent::StatusChanged { status } if status.freshness == Freshness::Loading);
    story.host.record().events().iter().filter(|event| is_loading(event)).count()
}

#[tokio::test]
async fn what_the_list_tells_of_a_far_plan_has_all_of_it_read_again() {
    let story = Story::signed_in().await;
    let plan = far_sunday(&story);
    let added = Mutation::AddItem { plan_id: plan.id.clone(), title: "Blessing".to_owned(), length: 60 };
    story.emulator.mutate(added).unwrap();
    let told_before = loadings_told(&story);
    // Longer than how seldom progress is told.
    let path = story.emulator.path_of_plan(&plan.id).unwrap() + "/items";
    story.emulator.add_fault(fault(&path, FaultKind::Slow { ms: 700 }));
    let asked = asked_during(&story, story.refreshed()).await;
    assert_eq!(asked.get(ITEMS), Some(&1), "{asked:?}");
    assert_eq!(loadings_told(&story), told_before, "all of it has been here before");
    let items = open(&story, &plan).order.into_iter().flat_map(|section| section.items);
    assert!(items.into_iter().any(|item| item.title == "Blessing"));
}

#[tokio::test]
async fn what_the_list_does_not_tell_of_a_plan_is_read_when_the_plan_is_on_the_screen() {
    let story = Story::signed_in().await;
    let plan = far_sunday(&story);
    let item = open(&story, &plan).order.into_iter().flat_map(|section| section.items).next().unwrap();
    let renamed = Mutation::RenameItem { item_id: item.id, title: "Another word".to_owned() };
    story.emulator.mutate(renamed).unwrap();
    story.refreshed().await;
    let shown =
        || open(&story, &plan).order.into_iter().flat_map(|section| section.items).next().unwrap().title;
    story.until(|_| shown() == "Another word").await;
}

#[tokio::test]
async fn an_answer_for_a_far_plan_is_there_within_the_hour() {
    let story = Story::signed_in().await;
    let plan = far_sunday(&story);
    let before = plan.counts.unwrap();
    let team_member_id = story.emulator.team_member_ids(&plan.id, "C")[0].clone();
    let answer = Mutation::SetStatus { team_member_id, status: "D".into(), reason: None };
    story.emulator.mutate(answer).unwrap();
    story.clock.advance(Duration::from_hours(1));
    story.refreshed().await;
    assert_eq!(far_sunday(&story).counts.unwrap().declined, before.declined + 1);
}

#[tokio::test]
async fn a_plan_that_is_new_without_a_date_is_there_within_the_hour() {
    let mut story = Story::signed_in().await;
    let plan_id = undated_plan(&story, "Midweek Prayer");
    let mut asked = story.emulator.counters().paths[LISTS];
    // Of the service type whose plans without a date have become others, those with one are read again as well.
    for (minutes, requests, is_there) in [(50, 3, false), (11, 7, true)] {
        story.clock.advance(Duration::from_mins(minutes));
        // A start reads what is due, and nothing more.
        story = story.restarted().await;
        story.until(|status| status.freshness == Freshness::Fresh && status.progress.is_none()).await;
        assert_eq!(story.emulator.counters().paths[LISTS] - asked, requests, "after {minutes} minutes more");
        assert_eq!(lists_undated(&story, &plan_id), is_there);
        asked += requests;
    }
}

#[tokio::test]
async fn refresh_asks_for_plans_without_a_date_a_quarter_of_an_hour_after_they_were_read() {
    let story = Story::signed_in().await;
    let plan_id = undated_plan(&story, "Midweek Prayer");
    // Of the service type whose plans without a date have become others, those with one are read again as well.
    for (minutes, requests, is_there) in [(13, 3, false), (1, 7, true)] {
        story.clock.advance(Duration::from_mins(minutes));
        let asked = asked_during(&story, story.refreshed()).await;
        assert_eq!((asked[LISTS], lists_undated(&story, &plan_id)), (requests, is_there));
    }
}

#[tokio::test]
async fn plans_without_a_date_come_with_a_service_type_that_is_new_or_no_longer_kept_from_this_person() {
    let story = Story::new().await;
    let hidden = undated_plan(&story, "Midweek Prayer");
    let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"You do not have access to this resource"}]}"#;
    let path = format!("/services/v2/service_types/{midweek}/plans");
    story.emulator.add_fault(fault(&path, FaultKind::Body { status: 403, text: forbidden.into() }));
    story.sign_in().await;
    story.settled().await;
    assert!(!lists_undated(&story, &hidden));

    story.emulator.clear_faults();
    story.refreshed().await;
    assert!(lists_undated(&story, &hidden));

    story.emulator.mutate(Mutation::AddServiceType { name: "Vigil".to_owned() }).unwrap();
    let new = undated_plan(&story, "Vigil");
    story.refreshed().await;
    assert!(lists_undated(&story, &new));
}

#[tokio::test]
async fn a_plan_without_a_date_that_was_deleted_goes_as_soon_as_somebody_looks_at_it() {
    let story = Story::new().await;
    let plan_id = undated_plan(&story, "Midweek Prayer");
    story.sign_in().await;
    story.settled().await;
    assert!(lists_undated(&story, &plan_id));
    story.emulator.mutate(Mutation::DeletePlan { plan_id: plan_id.clone() }).unwrap();
    story.clock.advance(Duration::from_mins(3));
    story.app.get_plan(&GetPlanRequest { plan_id: plan_id.clone() }).unwrap();
    story.until(|_| !lists_undated(&story, &plan_id)).await;
}

#[tokio::test]
async fn a_plan_that_is_listed_and_not_found_is_not_asked_for_at_every_look() {
    let story = Story::new().await;
    let [lost, other] = [(); 2].map(|()| undated_plan(&story, "Midweek Prayer"));
    story.sign_in().await;
    story.settled().await;
    let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
    let path = format!("/services/v2/service_types/{midweek}/plans/{lost}/");
    let gone = r#"{"errors":[{"status":"404","title":"Not Found"}]}"#;
    let not_found = fault(&path, FaultKind::Body { status: 404, text: gone.into() });
    story.emulator.add_fault(Fault { times: Some(u32::MAX), ..not_found });
    story.clock.advance(Duration::from_mins(3));
    let look = |id: &str| story.app.get_plan(&GetPlanRequest { plan_id: id.to_owned() }).unwrap();
    let asked = || u32::MAX - story.emulator.faults()[0].times.unwrap();
    let lists = story.emulator.counters().paths[LISTS];

    look(&lost);
    // Being sought in the list is the last that comes of it.
    story.until(|_| story.emulator.counters().paths[LISTS] >= lists + 6).await;
    story.settled().await;
    let before = asked();
    assert!(before > 0, "the first look asks");
    look(&lost);
    let earlier = look(&other).as_of;
    story.until(|_| look(&other).as_of != earlier).await;
    assert_eq!(asked(), before, "the second one does not");
    story.clock.advance(Duration::from_mins(3));
    look(&lost);
    story.until(|_| asked() > before).await;
}

#[tokio::test]
async fn a_plan_that_makes_no_sense_is_not_asked_for_at_every_look() {
    for kind in [FaultKind::TotalCount { n: 999 }, FaultKind::WrongTypes] {
        let story = Story::signed_in().await;
        let (plan, listing) = (far_sunday(&story), story.plans());
        let other = rows(&listing).find(|other| other.id != plan.id).unwrap();
        let items = story.emulator.path_of_plan(&plan.id).unwrap() + "/items";
        story.emulator.add_fault(Fault { times: Some(u32::MAX), ..fault(&items, kind.clone()) });
        let asked = || u32::MAX - story.emulator.faults()[0].times.unwrap();
        story.clock.advance(Duration::from_mins(3));
        let lists = story.emulator.counters().paths[LISTS];

        open(&story, &plan);
        // The round of reads that comes of it makes the page look again.
        story.until(|_| story.emulator.counters().paths[LISTS] >= lists + 3).await;
        story.settled().await;
        let before = asked();
        assert!(before > 0, "the first look asks");
        open(&story, &plan);
        let earlier = open(&story, other).as_of;
        story.until(|_| open(&story, other).as_of != earlier).await;
        assert_eq!(asked(), before, "{kind:?}: the second one does not");
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_and_is_set_right_stops_no_reading() {
    let story = Story::signed_in().await;
    let plan = far_sunday(&story);
    let before = plan.counts.unwrap();
    // All that is stored is of tomorrow now.
    story.clock.jump(SignedDuration::from_hours(-24));
    let team_member_id = story.emulator.team_member_ids(&plan.id, "C")[0].clone();
    let answer = Mutation::SetStatus { team_member_id, status: "D".into(), reason: None };
    story.emulator.mutate(answer).unwrap();
    story.refreshed().await;
    assert_eq!(far_sunday(&story).counts.unwrap().declined, before.declined + 1);
    let asked = asked_during(&story, story.refreshed()).await;
    assert_eq!(asked.get(ITEMS), None, "what was just read is not read again: {asked:?}");
}

#[tokio::test]
async fn how_the_church_writes_dates_is_read_again_with_everybody() {
    let story = Story::signed_in().await;
    for (days, requests) in [(1, None), (8, Some(&1)), (1, None)] {
        story.clock.advance(Duration::from_hours(24 * days));
        let asked = asked_during(&story, story.refreshed()).await;
        assert_eq!(asked.get("GET /people/v2"), requests, "{days} days later: {asked:?}");
    }
}

/// Makes a plan without a date in Planning Center.
fn undated_plan(story: &Story, service_type: &str) -> String {
    let service_type_id = story.emulator.service_type_id(service_type).unwrap();
    story.emulator.mutate(Mutation::AddUndatedPlan { service_type_id }).unwrap()
}

fn lists_undated(story: &Story, plan_id: &str) -> bool {
    story.plans().undated.iter().any(|plan| plan.id == plan_id)
}

#[tokio::test]
async fn paused_reading_rests_while_what_is_opened_is_read_and_refresh_goes_on() {
    let story = Story::signed_in().await;
    story.app.set_paused(true);
    assert!(story.app.app_status().paused);
    let plan = far_sunday(&story);
    let team_member_id = story.emulator.team_member_ids(&plan.id, "C")[0].clone();
    let answer = Mutation::SetStatus { team_member_id, status: "D".into(), reason: None };
    story.emulator.mutate(answer).unwrap();
    story.clock.advance(Duration::from_mins(3));
    let declined = || open(&story, &plan).counts.unwrap().declined;
    story.until(|_| declined() == plan.counts.unwrap().declined + 1).await;
    story.refreshed().await;
    assert!(!story.app.app_status().paused);
}

#[tokio::test]
async fn whoever_signs_in_next_knows_of_no_pause() {
    let story = Story::signed_in().await;
    story.app.set_paused(true);
    story.app.sign_out().await.unwrap();
    assert!(!story.app.app_status().paused);
    story.app.set_paused(true);
    story.sign_in().await;
    assert!(!story.app.app_status().paused);
    story.settled().await;
}

#[tokio::test]
async fn a_long_read_lets_through_what_is_more_urgent_and_goes_on() {
    let story = Story::with(EmulatorConfig { people: Some(1_950), ..EmulatorConfig::default() }).await;
    story.emulator.add_fault(fault("/people/v2/people", FaultKind::Slow { ms: 700 }));
    story.sign_in().await;
    story.until(|status| status.people > 100).await;
    let lists = || story.emulator.counters().paths[LISTS];
    let before = lists();
    // The list of plans is due again, and most people are still to come.
    story.clock.advance(Duration::from_mins(10));
    story.until(|_| lists() > before).await;
    let status = story.app.app_status();
    assert!(status.people < 1_950, "everybody was read before: {status:?}");
    story.emulator.clear_faults();
    story.until(|status| status.coverage == Coverage::Complete).await;
    assert_eq!(story.people("").total, 1_950);
    let asked = story.emulator.counters().paths["GET /people/v2/people"];
    assert!(asked <= 20 + 2 + 8, "what was read is not read again: {asked} requests");
}

#[tokio::test]
async fn the_past_reaches_back_three_months() {
    let story = Story::signed_in().await;
    let listing = story.plans();
    let past = listing.weeks.iter().filter(|week| week.past).count();
    assert!(past >= 12, "{past} weeks");
    assert!(rows(&listing).all(|plan| plan.counts.is_some()), "all insides are read");
}
