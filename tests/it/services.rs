//! Services: this Sunday first, counts that agree, times on the church's clock.

use std::time::Duration;

use app_core::products::people::views::GetPersonRequest;
use app_core::products::services::views::{GetPlanRequest, ItemKind, PlanView};
use app_core::status::{AppStatus, Freshness};
use app_core::views::{Coverage, StatusKind};
use pco_emulator::{Fault, FaultKind, Mutation};

use crate::harness::{Story, fault};

fn this_sunday(story: &Story) -> PlanView {
    let listing = story.plans();
    let plan = listing
        .weeks
        .iter()
        .flat_map(|week| &week.plans)
        .find(|plan| plan.service_type == "Sunday Morning" && plan.date.contains("22"))
        .unwrap_or_else(|| panic!("no Sunday Morning on the 22nd: {:?}", listing.weeks));
    story.app.get_plan(&GetPlanRequest { plan_id: plan.id.clone() }).unwrap()
}

#[tokio::test]
async fn the_schedule_holds_every_service_type_by_week() {
    let story = Story::signed_in().await;
    let listing = story.plans();
    assert_eq!(listing.coverage, Coverage::Complete);
    let this_week = listing.weeks.iter().find(|week| week.label == "This week").unwrap();
    assert!(this_week.plans.iter().any(|plan| plan.weekday == "Sun" && plan.day == "22"));
    assert!(
        listing.weeks.iter().any(|week| week.past)
            && listing.weeks.iter().any(|week| week.label == "Next week")
    );
    let types: std::collections::BTreeSet<_> =
        listing.weeks.iter().flat_map(|week| &week.plans).map(|plan| plan.service_type.as_str()).collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), ["Kids Church", "Midweek Prayer", "Sunday Morning"]);
    assert!(
        listing.weeks.iter().flat_map(|week| &week.plans).all(|plan| plan.counts.is_some()),
        "all insides are read"
    );
    assert!(!listing.undated.is_empty(), "the plan without a time is not lost");
    assert!(listing.next_plan_id.is_some());
}

#[tokio::test]
async fn a_plan_shows_times_order_people_and_open_places() {
    let story = Story::signed_in().await;
    let plan = this_sunday(&story);
    assert_eq!(plan.coverage, Coverage::Complete);
    assert_eq!(plan.times_line, "9:00 and 11:00 am");
    assert_eq!(plan.service_times, ["9:00", "11:00"]);
    let service = plan.order.iter().find(|section| section.heading == "Service").unwrap();
    let first = service.items.iter().find(|item| item.kind != ItemKind::Header).unwrap();
    assert_eq!(first.clocks, ["9:00", "11:00"], "the service begins when it begins");
    assert!(plan.order.iter().flat_map(|section| &section.items).any(|item| item.key.is_some()));
    assert!(plan.order.iter().flat_map(|section| &section.items).any(|item| !item.notes.is_empty()));
    let prayers = service.items.iter().find(|item| item.title == "Prayers of the people").unwrap();
    assert_eq!(
        prayers.description,
        ["Led from the aisle.", "Please keep to the four petitions."],
        "what was written with formatting is read"
    );
    assert!(!plan.notes.is_empty());
    let people = plan.teams.iter().flat_map(|team| &team.positions).flat_map(|position| &position.people);
    let confirmed = people.clone().filter(|member| member.status.kind == StatusKind::Confirmed).count();
    let declined = people.clone().filter(|member| member.status.kind == StatusKind::Declined).count();
    let counts = plan.counts.unwrap();
    assert_eq!((confirmed, declined), (counts.confirmed as usize, counts.declined as usize));
    assert!(people.clone().all(|member| member.person_id.is_some()), "everybody on a plan can be opened");
    let needed: u32 = plan
        .teams
        .iter()
        .flat_map(|team| &team.positions)
        .flat_map(|position| &position.needed)
        .map(|needed| needed.quantity)
        .sum();
    assert_eq!(needed, counts.needed);
    assert!(plan.previous_plan_id.is_some() && plan.next_plan_id.is_some());
}

#[tokio::test]
async fn a_late_refusal_is_there_after_a_refresh_with_its_reason() {
    let story = Story::signed_in().await;
    let plan = this_sunday(&story);
    let before = plan.counts.unwrap();
    let id = story.emulator.team_member_ids(&plan.id, "C")[0].clone();
    let refusal = Mutation::SetStatus {
        team_member_id: id,
        status: "D".into(),
        reason: Some("down with a cold".into()),
    };
    story.emulator.mutate(refusal).unwrap();
    story.refreshed().await;
    let plan = this_sunday(&story);
    let counts = plan.counts.unwrap();
    assert_eq!((counts.confirmed, counts.declined), (before.confirmed - 1, before.declined + 1));
    let remarks: Vec<_> = plan
        .teams
        .iter()
        .flat_map(|team| &team.positions)
        .flat_map(|position| &position.people)
        .filter_map(|member| member.status.remark.as_deref())
        .collect();
    assert!(remarks.contains(&"down with a cold"), "{remarks:?}");
}

#[tokio::test]
async fn a_deleted_plan_goes_with_everything_on_it() {
    let story = Story::signed_in().await;
    let plan = this_sunday(&story);
    story.emulator.mutate(Mutation::DeletePlan { plan_id: plan.id.clone() }).unwrap();
    story.refreshed().await;
    let error = story.app.get_plan(&GetPlanRequest { plan_id: plan.id }).unwrap_err();
    assert_eq!(error.code, app_core::error::ErrorCode::NotFound);
}

#[tokio::test]
async fn a_schedule_without_its_service_types_never_poses_as_empty() {
    let story = Story::new().await;
    // The teams cannot be read, and so the service types are not kept either.
    story.emulator.add_fault(fault("/services/v2/teams", FaultKind::TotalCount { n: 999 }));
    story.sign_in().await;
    story.until(|status| status.people > 100 && status.progress.is_none()).await;
    assert_eq!(story.plans().coverage, Coverage::NotLoaded);
    story.emulator.clear_faults();
    story.refreshed().await;
    assert_eq!(story.plans().coverage, Coverage::Complete);
}

#[tokio::test]
async fn a_team_that_may_not_be_seen_is_not_counted_as_nobody() {
    let story = Story::new().await;
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"You do not have access to this resource"}]}"#;
    let types = "/services/v2/service_types";
    story.sign_in().await;
    story.settled().await;
    let plan = this_sunday(&story);
    let members = story.emulator.path_of_plan(&plan.id).unwrap() + "/team_members";
    assert!(members.starts_with(types));
    story.emulator.add_fault(fault(&members, FaultKind::Body { status: 403, text: forbidden.into() }));
    story.refreshed().await;
    let plan = this_sunday(&story);
    assert_eq!(plan.counts, None);
    assert!(plan.missing.iter().any(|sentence| sentence.contains("the team")), "{:?}", plan.missing);
    assert!(!plan.order.is_empty(), "the rest is shown");
}

#[tokio::test]
async fn while_a_plan_waits_to_be_read_nothing_is_called_complete() {
    let story = Story::signed_in().await;
    let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
    let plans = story.plans().total;
    let added = Mutation::AddPlan {
        service_type_id: midweek.clone(),
        date: "2026-12-01".parse().unwrap(),
        title: Some("Advent Evening".into()),
    };
    story.emulator.mutate(added).unwrap();
    let insides = format!("/services/v2/service_types/{midweek}/plans/");
    story.emulator.add_fault(fault(&insides, FaultKind::Status { status: 500 }));
    let status = story.refreshed().await;
    assert_eq!(story.plans().total, plans + 1, "the list itself came through");
    let Coverage::Partial { loaded, total, reason } = status.coverage else {
        panic!("one plan is not read, and that is told: {:?}", status.coverage)
    };
    assert_eq!((loaded, total), (plans, Some(plans + 1)));
    assert_eq!(reason, "One plan has not been read in full yet.");
    story.emulator.clear_faults();
    assert_eq!(story.refreshed().await.coverage, Coverage::Complete);
}

#[tokio::test]
async fn one_service_type_out_of_reach_leaves_the_others() {
    let story = Story::signed_in().await;
    let all = story.plans();
    let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"You do not have access to this resource"}]}"#;
    let path = format!("/services/v2/service_types/{midweek}/plans");
    story.emulator.add_fault(fault(&path, FaultKind::Body { status: 403, text: forbidden.into() }));
    story.refreshed().await;
    let rest = story.plans();
    assert!(rest.total > 0 && rest.total < all.total, "{} of {}", rest.total, all.total);
    let Coverage::Partial { reason, .. } = rest.coverage else { panic!("{:?}", rest.coverage) };
    assert!(reason.contains("Midweek Prayer"), "{reason}");
}

/// A list of plans that cannot be had, in whichever way, leaves everything else as it is: the plans of the others with their
/// insides, and what is stored of its own.
#[tokio::test]
async fn one_service_type_whose_list_cannot_be_read_keeps_nobody_from_seeing_the_others() {
    for kind in [FaultKind::TotalCount { n: 999 }, FaultKind::WrongTypes, FaultKind::Status { status: 500 }] {
        let story = Story::new().await;
        let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
        let list = Some(format!("/services/v2/service_types/{midweek}/plans"));
        let failing = || Fault { path: list.clone(), ..fault("", kind.clone()) };
        let rows = || story.plans().weeks.into_iter().flat_map(|week| week.plans).collect::<Vec<_>>();
        let is_told = |status: &AppStatus| match &status.coverage {
            Coverage::Partial { reason, .. } => {
                reason == "Midweek Prayer could not be read. Narthex asks again." && status.progress.is_none()
            }
            _ => false,
        };
        story.emulator.add_fault(failing());
        story.sign_in().await;
        story.until(is_told).await;
        assert_eq!(story.people("").coverage, Coverage::Complete, "{kind:?}");
        assert!(!rows().is_empty(), "{kind:?}");
        assert!(rows().iter().all(|plan| plan.service_type != "Midweek Prayer" && plan.counts.is_some()));

        story.emulator.clear_faults();
        story.refreshed().await;
        story.until(|status| status.coverage == Coverage::Complete).await;
        let all = rows();
        assert!(all.iter().any(|plan| plan.service_type == "Midweek Prayer"));
        story.emulator.add_fault(failing());
        story.refreshed().await;
        story.until(is_told).await;
        assert_eq!(rows(), all, "{kind:?}: what is stored of it stays");
    }
}

/// What is inside of the other plans was read just before: that keeps nobody waiting for what is inside of these.
#[tokio::test]
async fn plans_of_a_list_that_comes_late_are_read_at_once() {
    let past_plan = {
        let story = Story::signed_in().await;
        let weeks = story.plans().weeks;
        let mut past = weeks.iter().filter(|week| week.past).flat_map(|week| &week.plans);
        let sunday = past.find(|plan| plan.service_type != "Midweek Prayer").unwrap();
        story.emulator.path_of_plan(&sunday.id).unwrap()
    };
    let story = Story::new().await;
    let midweek = story.emulator.service_type_id("Midweek Prayer").unwrap();
    let list = Some(format!("/services/v2/service_types/{midweek}/plans"));
    story.emulator.add_fault(Fault { path: list, ..fault("", FaultKind::Status { status: 500 }) });
    story.emulator.add_fault(fault(&(past_plan + "/items"), FaultKind::WrongTypes));
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Unreadable && status.progress.is_none()).await;

    story.emulator.clear_faults();
    // Past weeks are tried again by then, and lists are not asked for by themselves.
    story.let_pass(Duration::from_secs(61)).await;
    story.until(|status| status.freshness == Freshness::Fresh && status.progress.is_none()).await;
    story.app.refresh();
    story.until(|status| status.coverage == Coverage::Complete).await;
}

/// Where the order of this Sunday's plan is read, in every small church.
async fn order_of_this_sunday() -> String {
    let story = Story::signed_in().await;
    story.emulator.path_of_plan(&this_sunday(&story).id).unwrap() + "/items"
}

/// A plan whose order cannot be had, in whichever way, leaves everything else as it is: the coming plans and everybody.
#[tokio::test]
async fn one_plan_that_cannot_be_read_keeps_nobody_from_seeing_the_others() {
    let path = order_of_this_sunday().await;
    for kind in [FaultKind::TotalCount { n: 999 }, FaultKind::WrongTypes, FaultKind::Status { status: 500 }] {
        let story = Story::new().await;
        story.emulator.add_fault(fault(&path, kind.clone()));
        story.sign_in().await;
        let unread = "One plan has not been read in full yet.";
        story
            .until(|status| match &status.coverage {
                Coverage::Partial { reason, .. } => reason == unread && status.progress.is_none(),
                _ => false,
            })
            .await;
        assert_eq!(story.people("").coverage, Coverage::Complete, "{kind:?}");
        assert_ne!(story.app.app_status().freshness, Freshness::Loading, "{kind:?}: all else was read");
        story.emulator.clear_faults();
        story.refreshed().await;
        story.until(|status| status.coverage == Coverage::Complete).await;
    }
}

#[tokio::test]
async fn a_plan_that_could_not_be_read_is_asked_for_by_the_next_run_of_the_program() {
    let path = order_of_this_sunday().await;
    let story = Story::new().await;
    story.emulator.add_fault(fault(&path, FaultKind::WrongTypes));
    story.sign_in().await;
    story.until(|status| status.freshness == Freshness::Unreadable && status.progress.is_none()).await;
    story.emulator.clear_faults();
    let story = story.restarted().await;
    story.until(|status| status.coverage == Coverage::Complete).await;
}

#[tokio::test]
async fn a_card_tells_that_dates_and_teams_may_be_missing() {
    let story = Story::new().await;
    let forbidden = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"You do not have access to this resource"}]}"#;
    let refusal = FaultKind::Body { status: 403, text: forbidden.into() };
    story.emulator.add_fault(fault("/services/v2/teams", refusal));
    let team = "/services/v2/service_types/{id}/plans/{id}/team_members".to_owned();
    story.emulator.add_fault(Fault { path: Some(team), ..fault("", FaultKind::TotalCount { n: 999 }) });
    story.sign_in().await;
    story.until(|status| status.people > 100 && status.plans > 0 && status.progress.is_none()).await;
    let person_id = story.people("daniel kim").items[0].id.clone();
    let missing =
        || story.app.get_person(&GetPersonRequest { person_id: person_id.clone() }).unwrap().missing;
    let [dates, teams] = missing().try_into().unwrap();
    assert!(dates.starts_with("Dates may be missing here.") && dates.contains("not been read"), "{dates}");
    assert!(teams.starts_with("Teams may be missing here.") && teams.contains("rights"), "{teams}");
    story.emulator.clear_faults();
    story.clock.advance(Duration::from_hours(2));
    story.refreshed().await;
    assert_eq!(missing(), Vec::<String>::new());
}

#[tokio::test]
async fn after_a_restart_only_the_plans_that_were_under_way_are_read_again() {
    const TEAM: &str = "GET /services/v2/service_types/{id}/plans/{id}/team_members";
    let story = Story::new().await;
    let team = TEAM.trim_start_matches("GET ").to_owned();
    story.emulator.add_fault(Fault { path: Some(team), ..fault("", FaultKind::Slow { ms: 20 }) });
    story.sign_in().await;
    let asked = |story: &Story| story.emulator.counters().paths.get(TEAM).copied().unwrap_or_default();
    story.until(|_| asked(&story) > 20).await;
    let story = story.restarted().await;
    story.until(|status| status.freshness == Freshness::Fresh && status.progress.is_none()).await;
    let plans = u64::from(story.plans().total);
    // Four plans at a time.
    assert!(asked(&story) <= plans + 4, "{} requests for the teams of {plans} plans", asked(&story));
}
