use super::super::records::PlanMarks;
use super::*;
use crate::views::StatusCounts;

const AGES: Ages = Ages { team: Duration::from_mins(10), all: Duration::from_hours(1) };

/// All of it was read at noon.
pub(crate) fn details(plan: &Plan) -> PlanDetails {
    PlanDetails {
        plan_id: plan.id.clone(),
        as_of: "2026-11-20T12:00:00Z".parse().unwrap(),
        team_as_of: None,
        marks: Some(plan.marks.clone()),
        counts: Some(StatusCounts::default()),
        refused: Vec::new(),
    }
}

fn due_at(plan: &Plan, details: &PlanDetails, now: &str) -> Option<Due> {
    due(plan, Some(details), AGES, now.parse().unwrap())
}

#[test]
fn the_team_is_read_by_the_clock_and_all_of_it_when_it_is_old() {
    let plan = Plan::default();
    let read = details(&plan);
    let table = [
        ("2026-11-20T12:09:59Z", None),
        ("2026-11-20T12:10:00Z", Some(Due::Team)),
        ("2026-11-20T13:00:00Z", Some(Due::All)),
    ];
    for (now, expected) in table {
        assert_eq!(due_at(&plan, &read, now), expected, "{now}");
    }
    let again = PlanDetails { team_as_of: Some("2026-11-20T12:15:00Z".parse().unwrap()), ..read };
    assert_eq!(due_at(&plan, &again, "2026-11-20T12:20:00Z"), None);
}

#[test]
fn all_of_it_is_read_when_the_list_tells_of_another_plan() {
    let plan = Plan::default();
    let marks = PlanMarks { items: Some(7), ..plan.marks.clone() };
    let other = Plan { marks, ..plan.clone() };
    assert_eq!(due_at(&other, &details(&plan), "2026-11-20T12:00:01Z"), Some(Due::All));
    assert_eq!(due(&plan, None, AGES, "2026-11-20T12:00:01Z".parse().unwrap()), Some(Due::All));
}

#[test]
fn of_hundreds_of_plans_of_the_same_age_the_oldest_are_read_and_all_that_have_changed() {
    let plan = |number: i64, is_aged: bool| {
        let as_of = Timestamp::from_second(1_000 - number).unwrap();
        (number.to_string(), Due::Team, is_aged.then_some(as_of))
    };
    let all = |numbers: std::ops::Range<i64>| numbers.map(|number| plan(number, number % 10 != 0));
    let ids = |plans: Vec<DuePlan>| plans.into_iter().map(|(plan_id, ..)| plan_id).collect::<Vec<_>>();
    let few = ids(without_most_aged(all(1..50).collect()));
    assert_eq!((few.len(), few[..5].join(" ")), (49, "10 20 30 40 1".to_owned()));
    let many = ids(without_most_aged(all(0..500).collect()));
    assert_eq!((many.len(), many[49..52].join(" ")), (50 + AGED_EACH_TIME, "490 499 498".to_owned()));
}

#[test]
fn a_team_that_was_not_for_this_person_is_asked_for_no_more_often() {
    let plan = Plan::default();
    let refused = PlanDetails { counts: None, ..details(&plan) };
    assert_eq!(due_at(&plan, &refused, "2026-11-20T12:05:00Z"), None);
    assert_eq!(due_at(&plan, &refused, "2026-11-20T12:10:00Z"), Some(Due::All));
}
