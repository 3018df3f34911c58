#![allow(clippy::unwrap_used)]

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::*;

fn gate(limit: u32) -> Arc<RateGate> {
    let gate = Arc::new(RateGate::new());
    gate.state().log.observe(
        Duration::ZERO,
        Duration::ZERO,
        &RateHeaders { limit: Some(limit), ..RateHeaders::default() },
    );
    gate
}

/// Lets every other task run as far as it can without time passing.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

/// Takes permits one after another and gives each back at once.
async fn send(gate: &Arc<RateGate>, lane: Lane, times: usize) {
    for _ in 0..times {
        drop(gate.acquire(lane).await);
    }
}

#[tokio::test(start_paused = true)]
async fn three_hundred_requests_take_two_more_periods_and_never_exceed_the_limit() {
    let gate = gate(100);
    let start = Instant::now();
    let sends = join_all((0..300).map(|_| async {
        let permit = gate.acquire(Lane::Person).await;
        permit.sent_at
    }))
    .await;
    assert_eq!(start.elapsed().as_millis() / 100, 405, "two periods of 20.25 s");
    let mut sends = sends;
    sends.sort();
    for window in sends.windows(101) {
        assert!(window[100] > window[0] + Duration::from_secs(20));
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_before_those_who_waited_longer() {
    let gate = gate(5);
    send(&gate, Lane::Person, 5).await;
    let (order, mut arrived) = mpsc::unbounded_channel();
    for lane in [Lane::Background, Lane::Screen, Lane::Background, Lane::Person] {
        let (gate, order) = (Arc::clone(&gate), order.clone());
        tokio::spawn(async move {
            let _permit = gate.acquire(lane).await;
            order.send(lane).unwrap();
        });
        settle().await;
    }
    drop(order);
    let mut lanes = Vec::new();
    while let Some(lane) = arrived.recv().await {
        lanes.push(lane);
    }
    assert_eq!(lanes, [Lane::Person, Lane::Screen, Lane::Background, Lane::Background]);
}

#[tokio::test(start_paused = true)]
async fn within_a_lane_the_first_to_come_is_the_first_to_go() {
    let gate = gate(1);
    send(&gate, Lane::Screen, 1).await;
    let (order, mut arrived) = mpsc::unbounded_channel();
    for number in 0..4 {
        let (gate, order) = (Arc::clone(&gate), order.clone());
        tokio::spawn(async move {
            let _permit = gate.acquire(Lane::Screen).await;
            order.send(number).unwrap();
        });
        settle().await;
    }
    for expected in 0..4 {
        assert_eq!(arrived.recv().await, Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn six_are_under_way_at_most_and_background_leaves_two_places() {
    let gate = gate(100);
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(gate.acquire(Lane::Background).await);
    }
    assert!(is_waiting(&gate, Lane::Background).await);
    for _ in 0..2 {
        held.push(gate.acquire(Lane::Screen).await);
    }
    assert!(is_waiting(&gate, Lane::Person).await);
    held.pop();
    assert!(!is_waiting(&gate, Lane::Person).await);
}

#[tokio::test(start_paused = true)]
async fn with_nobody_there_background_takes_everything() {
    let gate = gate(100);
    gate.set_attended(false);
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(gate.acquire(Lane::Background).await);
    }
    assert!(is_waiting(&gate, Lane::Background).await);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_leaves_the_queue() {
    let gate = gate(1);
    send(&gate, Lane::Person, 1).await;
    assert!(is_waiting(&gate, Lane::Person).await);
    assert!(gate.state().waiting.is_empty());
    send(&gate, Lane::Background, 1).await;
}

#[tokio::test(start_paused = true)]
async fn the_time_that_is_left_is_that_of_slow_answers_too() {
    for (attended, at_once) in [(true, 4), (false, 6)] {
        let gate = gate(100);
        gate.set_attended(attended);
        let answered_in = async |seconds: u64| {
            let permit = gate.acquire(Lane::Background).await;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            drop(permit);
        };
        answered_in(3).await;
        let told = gate.time_for(240);
        let start = Instant::now();
        let reads = futures::stream::iter(0..240).map(|_| answered_in(3)).buffer_unordered(8);
        reads.collect::<Vec<_>>().await;
        assert_eq!((told, start.elapsed()), (Duration::from_secs(240 / at_once * 3), told));
        // One that hangs does not make hours of it.
        answered_in(60).await;
        assert!(gate.time_for(240) < told * 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everybody_back_for_its_time() {
    let gate = gate(100);
    let start = Instant::now();
    gate.acquire(Lane::Background).await.pause(Duration::from_secs(19));
    send(&gate, Lane::Person, 1).await;
    assert_eq!(start.elapsed().as_secs(), 19);
}

#[tokio::test(start_paused = true)]
async fn held_background_work_waits_while_a_person_is_served_and_then_goes_on() {
    let gate = gate(100);
    gate.hold_background(true);
    let waiting = tokio::spawn({
        let gate = Arc::clone(&gate);
        async move { send(&gate, Lane::Background, 3).await }
    });
    settle().await;
    assert!(!waiting.is_finished() && gate.is_background_held());
    assert!(!is_waiting(&gate, Lane::Person).await);
    assert!(!waiting.is_finished());
    gate.hold_background(false);
    waiting.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_raised_limit_wakes_those_who_wait() {
    let gate = gate(1);
    let mut permit = gate.acquire(Lane::Person).await;
    let start = Instant::now();
    let waiting = tokio::spawn({
        let gate = Arc::clone(&gate);
        async move { send(&gate, Lane::Person, 1).await }
    });
    settle().await;
    permit.observe(&RateHeaders { limit: Some(2), ..RateHeaders::default() });
    waiting.await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Whether a request in `lane` has to wait; it is withdrawn again.
async fn is_waiting(gate: &Arc<RateGate>, lane: Lane) -> bool {
    tokio::select! {
        biased;
        _permit = gate.acquire(lane) => false,
        () = settle() => true,
    }
}
