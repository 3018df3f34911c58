//! A program that is told "not modified" nearly all the time, through changes, restarts and lost rights, knows in the end what
//! one knows that has read everything anew.

use std::collections::BTreeSet;
use std::time::Duration;

use app_core::products::services::views::{GetPlanRequest, ListPlansRequest, PlanListing, PlanRow, PlanView};
use app_core::search::views::{SearchKind, SearchRequest, SearchScope};
use app_core::status::Freshness;
use jiff::civil::date;
use pco_emulator::{Fault, FaultKind, Mutation, Role};

use crate::harness::{Story, fault};

/// Numbers that are the same for the same seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

fn schedule(story: &Story) -> PlanListing {
    let weeks = story.plans().weeks.iter().map(|week| week.starts.clone()).collect();
    story.app.list_plans(&ListPlansRequest { weeks, plan_id: None }).unwrap()
}

fn rows(listing: &PlanListing) -> impl Iterator<Item = &PlanRow> {
    listing.weeks.iter().flat_map(|week| &week.plans).chain(&listing.undated)
}

fn open(story: &Story, plan_id: &str) -> PlanView {
    let view = story.app.get_plan(&GetPlanRequest { plan_id: plan_id.to_owned() }).unwrap();
    PlanView { as_of: None, ..view }
}

/// The plans of this week that are still to come: what is in them is read with every forced refresh.
fn near(story: &Story) -> Vec<String> {
    let listing = schedule(story);
    let week = listing.weeks.into_iter().filter(|week| week.label == "This week").flat_map(|week| week.plans);
    // A story begins on a Friday.
    week.filter(|plan| ["Fri", "Sat", "Sun"].contains(&plan.weekday.as_str())).map(|plan| plan.id).collect()
}

/// All that a person can see of it, without when it was read, a line each.
fn everything(story: &Story) -> BTreeSet<String> {
    let found = |search: &str, within| {
        story.app.search(&SearchRequest { search: search.to_owned(), within }).unwrap().groups
    };
    let teams = found("a", None).into_iter().filter(|group| group.kind == SearchKind::Team);
    let teams: Vec<_> = teams.flat_map(|group| group.hits).collect();
    assert!(!teams.is_empty());
    let mut lines: BTreeSet<String> = rows(&schedule(story)).map(|plan| format!("{plan:?}")).collect();
    lines.extend(near(story).iter().map(|plan_id| format!("{:?}", open(story, plan_id))));
    lines.extend(story.people("").items.iter().map(|person| format!("{person:?}")));
    lines.extend(teams.into_iter().map(|team| {
        let people = found("", Some(SearchScope { kind: SearchKind::Team, id: team.id.clone() }));
        format!("{team:?}: {people:?}")
    }));
    lines
}

/// Something that somebody else does at the church.
fn change(story: &Story, chance: &mut Chance) -> Mutation {
    let listing = schedule(story);
    let plans: Vec<&PlanRow> = rows(&listing).collect();
    let near = near(story);
    let day =
        date(2026, 11, 22).saturating_add(jiff::Span::new().days(i64::try_from(chance.below(12)).unwrap()));
    let service_type_id =
        || story.emulator.service_type_id(&plans[0].service_type).expect("a service type that was there");
    let near_plan = (!near.is_empty()).then(|| chance.one(&near));
    match (chance.below(11), near_plan) {
        (0, Some(plan_id)) => Mutation::AddItem { plan_id, title: "Blessing".to_owned(), length: 60 },
        (1, Some(plan_id)) => {
            Mutation::RenamePlan { plan_id, title: Some(format!("No. {}", chance.below(99))) }
        }
        (2, Some(plan_id)) => {
            let items = open(story, &plan_id).order.into_iter().flat_map(|section| section.items);
            let item_id = items.map(|item| item.id).next().unwrap_or_default();
            Mutation::RenameItem { item_id, title: format!("No. {}", chance.below(3)) }
        }
        (3 | 4, Some(plan_id)) => {
            let (from, to) = chance.one(&[("C", "D"), ("D", "C"), ("U", "C")]);
            let team_member_id =
                story.emulator.team_member_ids(&plan_id, from).first().cloned().unwrap_or_default();
            Mutation::SetStatus { team_member_id, status: to.to_owned(), reason: None }
        }
        (5, _) => Mutation::ReschedulePlan { plan_id: chance.one(&plans).id.clone(), date: day },
        (6, _) => Mutation::AddPlan { service_type_id: service_type_id(), date: day, title: None },
        (7, _) => Mutation::AddUndatedPlan { service_type_id: service_type_id() },
        (8, _) => Mutation::DeletePlan { plan_id: chance.one(&plans).id.clone() },
        (9, _) => Mutation::DeletePerson { person_id: story.somebody_else() },
        _ => Mutation::AddPerson { first_name: "Zenobia".to_owned(), last_name: "Quist".to_owned() },
    }
}

async fn knows_in_the_end_what_is_there(seed: u64) {
    let (mut story, mut chance) = (Story::signed_in().await, Chance(seed));
    for _ in 0..6 {
        for _ in 0..chance.below(3) {
            // What the program has not heard of may be gone already.
            drop(story.emulator.mutate(change(&story, &mut chance)));
        }
        if chance.below(2) == 0 {
            let kind = FaultKind::Change { change: change(&story, &mut chance) };
            let skip = u32::try_from(chance.below(9)).unwrap();
            story.emulator.add_fault(Fault { skip, times: Some(1), ..fault("/services", kind) });
        }
        // Two days altogether: of a plan that has been, answers are not asked for again before a week is over.
        let minutes = chance.one(&[1, 3, 11, 61, 300]);
        story.clock.advance(Duration::from_mins(minutes));
        match chance.below(4) {
            0 => {
                story = story.restarted().await;
                story.until(|status| status.freshness == Freshness::Fresh && status.progress.is_none()).await;
            }
            1 if chance.below(3) == 0 => {
                story.emulator.set_role(Role::NoServices);
                story.refreshed().await;
                story.emulator.set_role(Role::Granted);
                story.clock.advance(Duration::from_hours(1));
                drop(story.refreshed().await);
            }
            _ => drop(story.refreshed().await),
        }
    }
    story.emulator.clear_faults();
    for _ in 0..2 {
        story.clock.advance(Duration::from_mins(61));
        story.refreshed().await;
    }
    let statuses = story.emulator.counters().statuses;
    assert!(statuses[&304] > 30, "seed {seed}: hardly anything was unchanged: {statuses:?}");
    let known = everything(&story);

    story.app.sign_out().await.unwrap();
    story.sign_in().await;
    story.settled().await;
    let anew = everything(&story);
    let (only_known, only_anew): (Vec<_>, Vec<_>) =
        (known.difference(&anew).collect(), anew.difference(&known).collect());
    assert_eq!(only_known, only_anew, "seed {seed}");
}

#[tokio::test]
async fn what_was_called_unchanged_is_what_reading_everything_anew_finds() {
    for seed in [4, 11] {
        knows_in_the_end_what_is_there(0x9E37_79B9_7F4A_7C15 ^ seed).await;
    }
}
