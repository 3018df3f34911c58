#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn log(limit: u32, period: Duration) -> SendLog {
    SendLog { limit, period, ..SendLog::default() }
}

fn headers(limit: u32, period: u64, count: u32) -> RateHeaders {
    RateHeaders { limit: Some(limit), period: Some(seconds(period)), count: Some(count) }
}

/// Sends as early as the log allows and tells when.
fn send(log: &mut SendLog, now: Duration, lane: Lane) -> Duration {
    let moment = log.ready_at(now, lane);
    log.record(moment);
    moment
}

/// The most sends in any half-open window of `period` that ends with a send.
fn densest(sends: &[Duration], period: Duration) -> usize {
    (0..sends.len())
        .map(|last| sends[..=last].iter().filter(|&&sent| sent + period > sends[last]).count())
        .max()
        .unwrap_or(0)
}

fn any_lane() -> impl Strategy<Value = Lane> {
    prop::sample::select(vec![Lane::Person, Lane::Screen, Lane::Background])
}

#[test]
fn the_first_hundred_leave_at_once_and_the_next_after_the_period() {
    let mut log = SendLog::default();
    for _ in 0..100 {
        assert_eq!(send(&mut log, seconds(5), Lane::Person), seconds(5));
    }
    assert_eq!(log.ready_at(seconds(6), Lane::Person), seconds(25) + MARGIN);
}

#[test]
fn background_work_leaves_a_fifth_while_somebody_is_there() {
    let mut log = SendLog::default();
    for _ in 0..80 {
        assert_eq!(send(&mut log, seconds(1), Lane::Background), seconds(1));
    }
    assert!(log.ready_at(seconds(1), Lane::Background) > seconds(1));
    assert_eq!(log.ready_at(seconds(1), Lane::Screen), seconds(1));
    log.set_attended(false);
    assert_eq!(log.ready_at(seconds(1), Lane::Background), seconds(1));
}

#[test]
fn every_lane_moves_under_the_smallest_limit() {
    for lane in [Lane::Person, Lane::Screen, Lane::Background] {
        let mut log = log(1, seconds(20));
        assert_eq!(send(&mut log, seconds(0), lane), seconds(0));
        assert_eq!(send(&mut log, seconds(0), lane), seconds(20) + MARGIN);
    }
}

#[test]
fn a_falling_limit_holds_from_the_next_request_on() {
    let mut log = SendLog::default();
    for second in 0..30 {
        log.record(Duration::from_millis(second * 100));
    }
    log.observe(seconds(0), seconds(3), &headers(10, 20, 1));
    // Twenty of the thirty have to leave the window, and one more to make room.
    assert_eq!(log.ready_at(seconds(3), Lane::Person), seconds(22) + MARGIN);
}

#[test]
fn another_program_of_the_same_person_takes_room() {
    let mut log = SendLog::default();
    log.record(seconds(10));
    log.observe(seconds(10), seconds(11), &headers(100, 20, 61));
    for _ in 0..39 {
        assert_eq!(send(&mut log, seconds(11), Lane::Person), seconds(11));
    }
    assert!(log.ready_at(seconds(11), Lane::Person) > seconds(11));
}

#[test]
fn the_same_surplus_is_not_counted_twice() {
    let mut log = SendLog::default();
    for count in 61..65 {
        log.record(seconds(10));
        log.observe(seconds(10), seconds(11), &headers(100, 20, count));
    }
    assert_eq!(log.sent.len(), 64);
}

#[test]
fn a_late_answer_is_not_taken_for_another_program() {
    let mut log = SendLog::default();
    for _ in 0..100 {
        log.record(seconds(0));
    }
    log.observe(seconds(0), seconds(50), &headers(100, 20, 100));
    assert_eq!(log.sent.len(), 100);
    assert_eq!(log.ready_at(seconds(50), Lane::Person), seconds(50));
}

#[test]
fn a_count_beyond_the_limit_blocks_for_one_period_and_no_longer() {
    let mut log = SendLog::default();
    log.record(seconds(1));
    log.observe(seconds(1), seconds(1), &headers(10, 20, 4_000_000_000));
    assert_eq!(log.ready_at(seconds(1), Lane::Person), seconds(21) + MARGIN);
}

#[test]
fn a_pause_holds_every_lane_and_is_never_shortened() {
    let mut log = SendLog::default();
    log.pause(seconds(10), seconds(19));
    log.pause(seconds(11), seconds(1));
    for lane in [Lane::Person, Lane::Screen, Lane::Background] {
        assert_eq!(log.ready_at(seconds(12), lane), seconds(29));
    }
    assert_eq!(log.ready_at(seconds(30), Lane::Person), seconds(30));
}

#[test]
fn old_sends_are_forgotten() {
    let mut log = SendLog::default();
    for second in 0..10_000 {
        log.record(seconds(second));
    }
    assert!(log.sent.len() < 100, "{}", log.sent.len());
}

#[test]
fn headers_are_read_in_both_forms_and_nonsense_is_passed_over() {
    let read = |limit: &str, period: &str, count: &str| {
        let mut map = HeaderMap::new();
        map.insert("x-pco-api-request-rate-limit", limit.parse().unwrap());
        map.insert("x-pco-api-request-rate-period", period.parse().unwrap());
        map.insert("x-pco-api-request-rate-count", count.parse().unwrap());
        RateHeaders::read(&map)
    };
    assert_eq!(read("100", "20", "7"), headers(100, 20, 7));
    assert_eq!(read("75", "20 seconds", "118"), headers(75, 20, 118));
    assert_eq!(read("0", "0 seconds", "x"), RateHeaders::default());
    assert_eq!(read("-1", "", "99999999999"), RateHeaders::default());
    assert_eq!(RateHeaders::read(&HeaderMap::new()), RateHeaders::default());
}

proptest! {
    #[test]
    fn never_more_than_the_limit_in_any_period(
        limit in 1_u32..30,
        period in 1_u64..30,
        attended in any::<bool>(),
        asks in prop::collection::vec((0_u64..4000, any_lane()), 1..200),
    ) {
        let mut log = log(limit, seconds(period));
        log.set_attended(attended);
        let mut now = Duration::ZERO;
        let mut sends = Vec::new();
        for (gap, lane) in asks {
            now += Duration::from_millis(gap);
            now = send(&mut log, now, lane);
            sends.push(now);
        }
        prop_assert!(densest(&sends, seconds(period)) <= limit as usize);
    }

    #[test]
    fn a_person_never_waits_longer_than_needed(
        limit in 1_u32..30,
        gaps in prop::collection::vec(0_u64..2000, 1..150),
    ) {
        let mut log = log(limit, seconds(5));
        let mut now = Duration::ZERO;
        let mut sends: Vec<Duration> = Vec::new();
        for gap in gaps {
            now += Duration::from_millis(gap);
            let moment = log.ready_at(now, Lane::Person);
            if moment > now {
                let before = moment.checked_sub(Duration::from_nanos(1)).unwrap();
                let full = sends.iter().filter(|&&sent| sent + seconds(5) + MARGIN > before).count();
                prop_assert_eq!(full, limit as usize);
            }
            log.record(moment);
            sends.push(moment);
            now = moment;
        }
    }

    #[test]
    fn whatever_the_server_says_a_new_limit_is_kept_from_then_on(
        answers in prop::collection::vec((1_u32..40, 1_u64..25, 0_u32..80, 0_u64..3000, any_lane()), 1..120),
    ) {
        let mut log = SendLog::default();
        let mut now = Duration::ZERO;
        let mut sends = Vec::new();
        for (limit, period, count, gap, lane) in answers {
            now += Duration::from_millis(gap);
            now = send(&mut log, now, lane);
            sends.push(now);
            log.observe(now, now, &headers(limit, period, count));
            let next = log.ready_at(now, Lane::Person);
            let in_period = sends.iter().filter(|&&sent| sent + seconds(period) > next).count();
            prop_assert!(in_period < limit as usize, "{in_period} and one more, limit {limit}");
        }
    }

    #[test]
    fn two_programs_that_share_a_limit_stay_within_it_once_they_know(
        limit in 10_u32..40,
        foreign in 0_u32..40,
    ) {
        let foreign = foreign.min(limit - 1);
        let mut log = log(limit, seconds(20));
        log.record(Duration::ZERO);
        log.observe(Duration::ZERO, Duration::ZERO, &headers(limit, 20, foreign + 1));
        let mut own = 1;
        while log.ready_at(Duration::ZERO, Lane::Person) == Duration::ZERO {
            log.record(Duration::ZERO);
            own += 1;
        }
        prop_assert_eq!(own + foreign, limit);
    }
}
