//! A network and a service that fail now and then: what is read through them ends up whole.

use std::time::Duration;

use app_core::products::services::views::{GetPlanRequest, OrderSection, WeekView};
use app_core::status::{AppStatus, Freshness};
use app_core::views::Coverage;
use pco_emulator::{Fault, FaultKind};

use crate::harness::{Story, fault};

/// Rounds of reads after which all must be here. A call that fails one time in ten is tried twice or more, so that two
/// rounds of three come to their end; that none of these does is one chance in many thousand.
const ROUNDS: usize = 10;
/// From one round to the next, so that what failed is tried again.
const BETWEEN: Duration = Duration::from_mins(10);
/// What a service in trouble answers with.
const ERRORS: [u16; 3] = [500, 502, 503];
/// After errors in a row the service is left alone for so long.
const REST: Duration = Duration::from_secs(30);

#[tokio::test]
async fn one_error_in_ten_answers_costs_time_and_nothing_else() {
    for status in ERRORS {
        is_read_through(some_errors(status, 0.1)).await;
    }
}

#[tokio::test]
async fn one_error_in_a_hundred_answers_is_noticed_by_nobody() {
    for status in ERRORS {
        let rounds = is_read_through(some_errors(status, 0.01)).await;
        assert_eq!(rounds, 0, "a request that failed once is made again at once");
    }
}

#[tokio::test]
async fn one_error_in_two_answers_is_told_and_what_is_missing_is_never_called_complete() {
    let church = Shown::of(&Story::signed_in().await);
    let story = Story::new().await;
    story.sign_in().await;
    let mut told = Vec::new();
    for status in ERRORS {
        story.emulator.add_fault(some_errors(status, 0.5));
        told.push(one_more_round(&story, &church).await.freshness);
        story.emulator.clear_faults();
    }
    assert!(told.contains(&Freshness::ServiceDown), "{told:?}");
    is_whole_after_the_errors(&story, &church).await;
}

#[tokio::test]
async fn one_error_in_two_answers_takes_nothing_away_that_was_read() {
    let story = Story::signed_in().await;
    let church = Shown::of(&story);
    let mut told = Vec::new();
    for status in ERRORS {
        story.emulator.add_fault(some_errors(status, 0.5));
        story.clock.advance(Duration::from_mins(70));
        told.push(one_more_round(&story, &church).await.freshness);
        assert_eq!(Shown::of(&story), church);
        story.emulator.clear_faults();
    }
    assert!(told.contains(&Freshness::ServiceDown), "{told:?}");
    is_whole_after_the_errors(&story, &church).await;
}

#[tokio::test]
async fn connections_that_are_gone_when_they_are_used_again_cost_nothing() {
    is_read_through(Fault { probability: Some(0.2), seed: 7, ..api(FaultKind::ResetOnReuse) }).await;
}

#[tokio::test]
async fn half_an_answer_now_and_then_is_asked_for_again() {
    is_read_through(Fault { probability: Some(0.1), seed: 7, ..api(FaultKind::HalfBody) }).await;
}

#[tokio::test]
async fn answers_that_come_in_drops_come_to_their_end() {
    is_read_through(Fault {
        probability: Some(0.2),
        seed: 7,
        ..api(FaultKind::Trickle { bytes: 2_000, ms: 1 })
    })
    .await;
}

/// A fault of everything but the sign-in, which tells how often it struck.
fn api(kind: FaultKind) -> Fault {
    Fault { method: Some("GET".to_owned()), times: Some(u32::MAX), ..fault("/", kind) }
}

/// The share of answers that are errors.
fn some_errors(status: u16, share: f64) -> Fault {
    Fault { probability: Some(share), seed: 7, ..api(FaultKind::Status { status }) }
}

/// Tells how many rounds it took after the first.
async fn is_read_through(fault: Fault) -> usize {
    let story = Story::new().await;
    story.sign_in().await;
    story.emulator.add_fault(fault);
    let mut status = story.settled().await;
    let mut rounds = 0;
    while !is_here(&status) && rounds < ROUNDS {
        story.clock.advance(BETWEEN);
        status = story.refreshed().await;
        rounds += 1;
    }
    let struck = story.emulator.faults().iter().map(|fault| u32::MAX - fault.times.unwrap()).sum::<u32>();
    assert!(struck > 0, "the fault fitted no request");
    assert_eq!(status.freshness, Freshness::Fresh);
    assert_eq!(status.coverage, Coverage::Complete);
    assert_eq!(story.people("").total as usize, story.emulator.person_ids().len());
    rounds
}

/// Whether everything is told to be here.
fn is_here(status: &AppStatus) -> bool {
    status.freshness == Freshness::Fresh && status.coverage == Coverage::Complete
}

/// What the screens show of a church, but for what comes of the time and the server's address.
#[derive(Debug, PartialEq)]
struct Shown {
    people: Vec<(String, String)>,
    plans: u32,
    weeks: Vec<WeekView>,
    order: Vec<OrderSection>,
}

impl Shown {
    fn of(story: &Story) -> Self {
        let (people, plans) = (named(story), story.plans());
        let next = story.app.get_plan(&GetPlanRequest { plan_id: plans.next_plan_id.unwrap() }).unwrap();
        Self { people, plans: plans.total, weeks: plans.weeks, order: next.order }
    }
}

/// Everybody's name, and the line below it.
fn named(story: &Story) -> Vec<(String, String)> {
    story.people("").items.into_iter().map(|row| (row.name, row.line)).collect()
}

/// Reads again, and looks at what is told then.
async fn one_more_round(story: &Story, church: &Shown) -> AppStatus {
    let status = story.refreshed().await;
    assert_nothing_is_missing_unsaid(story, church);
    status
}

fn assert_nothing_is_missing_unsaid(story: &Story, church: &Shown) {
    let (people, plans, status) = (story.people(""), story.plans(), story.app.app_status());
    if people.coverage == Coverage::Complete {
        assert_eq!(named(story), church.people);
    }
    if plans.coverage == Coverage::Complete {
        assert_eq!(plans.total, church.plans);
    }
    if is_here(&status) {
        assert_eq!(Shown::of(story), *church);
    }
}

async fn is_whole_after_the_errors(story: &Story, church: &Shown) {
    story.let_pass(REST).await;
    story.refreshed().await;
    story.until(is_here).await;
    assert_eq!(Shown::of(story), *church);
}
