//! A network and a service that fail now and then: what is read through them ends up whole.

use std::time::Duration;

use app_core::status::Freshness;
use app_core::views::Coverage;
use pco_emulator::{Fault, FaultKind};

use crate::harness::{Story, fault};

/// Rounds of reads after which all must be here. A call that fails one time in ten is tried twice or more, so that two
/// rounds of three come to their end; that none of these does is one chance in many thousand.
const ROUNDS: usize = 10;
/// From one round to the next, so that what failed is tried again.
const BETWEEN: Duration = Duration::from_mins(10);

#[tokio::test]
async fn one_error_in_ten_answers_costs_time_and_nothing_else() {
    for status in [500, 502, 503] {
        is_read_through(Fault { probability: Some(0.1), seed: 7, ..api(FaultKind::Status { status }) }).await;
    }
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

async fn is_read_through(fault: Fault) {
    let story = Story::new().await;
    story.sign_in().await;
    story.emulator.add_fault(fault);
    let mut status = story.settled().await;
    for _ in 0..ROUNDS {
        if status.freshness == Freshness::Fresh {
            break;
        }
        story.clock.advance(BETWEEN);
        status = story.refreshed().await;
    }
    let struck = story.emulator.faults().iter().map(|fault| u32::MAX - fault.times.unwrap()).sum::<u32>();
    assert!(struck > 0, "the fault fitted no request");
    assert_eq!(status.freshness, Freshness::Fresh);
    assert_eq!(status.coverage, Coverage::Complete);
    assert_eq!(story.people("").total as usize, story.emulator.person_ids().len());
}
