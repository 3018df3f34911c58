//! A church of five hundred service types: all of them are there, told of on the way, and no answer grows with them that a
//! person waits for.

use std::cell::RefCell;
use std::collections::BTreeMap;

use app_core::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, WeekView};
use app_core::search::views::{SearchKind, SearchRequest};
use app_core::status::{AppStatus, Progress};
use app_core::views::Coverage;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use pco_emulator::{Church, EmulatorConfig};

use crate::harness::{Story, TODAY};

/// How many plans a service type has that meets on this day of the week: from ninety days back to sixty-one ahead:
/// the last day is asked for whole, which takes one more.
fn planned(weekday: &str) -> usize {
    let today: Date = TODAY.parse().unwrap();
    let wanted = if weekday == "Sun" { Weekday::Sunday } else { Weekday::Wednesday };
    (-90..=61).filter(|days| today.saturating_add(days.days()).weekday() == wanted).count()
}

fn week_of<'a>(listing: &'a PlanListing, starts: &str) -> &'a WeekView {
    listing.weeks.iter().find(|week| week.starts == starts).unwrap()
}

/// The plans that are told of a week; what is in them is read meanwhile.
fn plan_ids(week: &WeekView) -> Vec<&str> {
    week.plans.iter().map(|plan| plan.id.as_str()).collect()
}

// Half of the work is the emulator's: it is to have a processor beside the program, where there are two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_service_types_are_told_of_on_the_way_and_none_is_missing() {
    let config = EmulatorConfig { church: Church::Huge, people: Some(150), ..EmulatorConfig::default() };
    let story = Story::with(config).await;
    story.sign_in().await;

    let told: RefCell<Vec<(Progress, u32)>> = RefCell::default();
    story
        .until(|AppStatus { progress, plans, coverage, .. }| {
            let Some(progress) = progress else { return false };
            if progress.label == "Service types" {
                let is_partial = matches!(coverage, Coverage::Partial { .. } | Coverage::NotLoaded);
                assert!(is_partial, "{progress:?}: {coverage:?}");
                told.borrow_mut().push((progress.clone(), *plans));
            }
            progress.label == "This Sunday"
        })
        .await;
    let told = told.into_inner();
    assert!(told.iter().all(|(progress, _)| progress.total == Some(500) && progress.seconds_left.is_some()));
    assert!(
        told.iter().all(|(progress, _)| progress.seconds_in_all.is_none()),
        "of plans that nobody knows of"
    );
    assert!(told.is_sorted_by_key(|(progress, _)| progress.done), "{told:?}");
    assert!(told.iter().any(|(progress, plans)| progress.done < 400 && *plans > 0), "{told:?}");

    let listing = story.plans();
    let told = |week: &&WeekView| week.plans.len() == week.total as usize;
    let (told, rest): (Vec<_>, Vec<_>) = listing.weeks.iter().partition(told);
    assert_eq!(told.iter().map(|week| &*week.label).collect::<Vec<_>>(), ["This week"]);
    assert!(rest.iter().all(|week| week.plans.is_empty() && week.total > 0));
    let past = rest.iter().find(|week| week.past).unwrap();
    let request = ListPlansRequest { weeks: vec![past.starts.clone()], plan_id: None };
    let with_past = story.app.list_plans(&request).unwrap();
    let asked = week_of(&with_past, &past.starts);
    assert_eq!(asked.plans.len(), past.total as usize);
    assert_eq!(plan_ids(week_of(&with_past, &told[0].starts)), plan_ids(told[0]), "as before");
    let request = ListPlansRequest { weeks: Vec::new(), plan_id: Some(asked.plans[0].id.clone()) };
    let with_past = story.app.list_plans(&request).unwrap();
    assert_eq!(plan_ids(week_of(&with_past, &past.starts)), plan_ids(asked));

    let weeks = listing.weeks.iter().map(|week| week.starts.clone()).collect();
    let listing = story.app.list_plans(&ListPlansRequest { weeks, plan_id: None }).unwrap();
    let mut by_service_type: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for plan in listing.weeks.iter().flat_map(|week| &week.plans) {
        by_service_type.entry(&plan.service_type).or_default().push(&plan.weekday);
    }
    assert_eq!(by_service_type.len(), 500);
    for (service_type, days) in &by_service_type {
        assert_eq!(days.len(), planned(days[0]), "{service_type}");
    }
    let dated: usize = by_service_type.values().map(Vec::len).sum();
    assert_eq!((listing.undated.len(), listing.total as usize), (2, dated + 2));

    let request = SearchRequest { search: "whitecliff seniors 25 nov".to_owned(), within: None };
    let found = story.app.search(&request).unwrap();
    let plans = found.groups.iter().find(|group| group.kind == SearchKind::Plan).unwrap();
    let titles: Vec<&str> = plans.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles, ["Wed 25 Nov · Whitecliff Seniors’ Fellowship"]);
    let plan = story.app.get_plan(&GetPlanRequest { plan_id: plans.hits[0].id.clone() }).unwrap();
    let neighbours = [plan.previous_plan_id, plan.next_plan_id].map(|id| {
        let plan = story.app.get_plan(&GetPlanRequest { plan_id: id.unwrap() }).unwrap();
        (plan.service_type, plan.date)
    });
    let expected = ["Wednesday, 18 November", "Wednesday, 2 December"];
    assert_eq!(
        neighbours,
        expected.map(|date| ("Whitecliff Seniors’ Fellowship".to_owned(), date.to_owned()))
    );

    let first = story.app.first_view();
    assert!(serde_json::to_vec(&first).unwrap().len() <= 20_000, "what the page paints first");
    assert_eq!(first.plans.unwrap().total, listing.total);
}
