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

fn window(period: u64) -> Duration {
    seconds(period) + seconds(period) / MARGIN_PART
}

/// A request that is answered at once.
fn answered(log: &mut SendLog, now: Duration) {
    log.record(now);
    log.end(now);
}

/// Sends as early as the log allows and tells when.
fn send(log: &mut SendLog, now: Duration, lane: Lane) -> Duration {
    let moment = log.ready_at(now, lane).unwrap();
    answered(log, moment);
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
    assert_eq!(log.ready_at(seconds(6), Lane::Person), Some(seconds(5) + window(20)));
}

#[test]
fn background_work_leaves_a_fifth_while_somebody_is_there() {
    let mut log = SendLog::default();
    for _ in 0..80 {
        assert_eq!(send(&mut log, seconds(1), Lane::Background), seconds(1));
    }
    assert!(log.ready_at(seconds(1), Lane::Background) > Some(seconds(1)));
    assert_eq!(log.ready_at(seconds(1), Lane::Screen), Some(seconds(1)));
    log.set_attended(false);
    assert_eq!(log.ready_at(seconds(1), Lane::Background), Some(seconds(1)));
}

#[test]
fn after_its_first_burst_background_work_goes_evenly_as_fast_as_the_limit_allows() {
    let mut log = SendLog::default();
    let mut sends = vec![seconds(0)];
    while sends.len() <= 1_000 {
        let now = *sends.last().unwrap();
        sends.push(send(&mut log, now, Lane::Background));
    }
    let gaps = sends[200..].windows(2).map(|pair| pair[1].checked_sub(pair[0]).unwrap());
    assert!(gaps.clone().all(|gap| gap <= Duration::from_millis(203)), "{:?}", gaps.max());
    assert!(sends[1_000] <= seconds(180).mul_f64(1.15), "{:?}", sends[1_000]);
}

#[test]
fn with_nobody_there_a_thousand_requests_take_hardly_longer_than_they_must() {
    let mut log = SendLog::default();
    log.set_attended(false);
    let last = (0..1_000).fold(seconds(0), |now, _| send(&mut log, now, Lane::Background));
    assert!(last <= seconds(180).mul_f64(1.02), "{last:?}");
}

#[test]
fn the_time_that_is_left_is_the_time_it_takes() {
    for attended in [true, false] {
        let mut log = SendLog::default();
        log.set_attended(attended);
        assert_eq!(log.time_for(seconds(100), 80), Duration::ZERO, "a burst waits for nothing");
        let told = log.time_for(seconds(100), 500);
        let last = (0..500).fold(seconds(100), |now, _| send(&mut log, now, Lane::Background));
        let taken = last.checked_sub(seconds(100)).unwrap();
        assert!(told.abs_diff(taken) <= window(20), "{told:?} told, {taken:?} taken");
    }
}

#[test]
fn what_is_under_way_takes_room_until_its_answer_and_counts_from_then_on() {
    let mut log = log(2, seconds(20));
    log.record(seconds(0));
    log.record(seconds(0));
    assert_eq!(log.ready_at(seconds(90), Lane::Person), None, "only an answer can make room");
    log.end(seconds(3));
    log.end(seconds(4));
    assert_eq!(log.ready_at(seconds(5), Lane::Person), Some(seconds(3) + window(20)));
}

#[test]
fn a_restart_goes_on_at_the_pace_of_the_run_before() {
    let mut before = log(75, seconds(20));
    for second in 60..70 {
        answered(&mut before, seconds(second));
    }
    let pace = before.pace(seconds(70));
    assert_eq!(pace, Pace { limit: 75, period: seconds(20), spent: 10 });
    let mut after = SendLog::default();
    after.resume(seconds(7_200), pace, seconds(5));
    for _ in 0..65 {
        assert_eq!(send(&mut after, seconds(7_200), Lane::Person), seconds(7_200));
    }
    assert_eq!(after.ready_at(seconds(7_200), Lane::Person), Some(seconds(7_195) + window(20)));
    after.resume(seconds(7_200), Pace { limit: 1, ..pace }, seconds(0));
    assert_eq!(after.limit, 75, "a run that has sent something knows better");
}

#[test]
fn every_lane_moves_under_the_smallest_limit() {
    for lane in [Lane::Person, Lane::Screen, Lane::Background] {
        let mut log = log(1, seconds(20));
        assert_eq!(send(&mut log, seconds(0), lane), seconds(0));
        assert_eq!(send(&mut log, seconds(0), lane), window(20));
    }
}

#[test]
fn a_falling_limit_holds_from_the_next_request_on() {
    let mut log = SendLog::default();
    for second in 0..30 {
        answered(&mut log, Duration::from_millis(second * 100));
    }
    log.observe(seconds(0), seconds(3), &headers(10, 20, 1));
    // Twenty of the thirty have to leave the window, and one more to make room. Nobody else was seen.
    let alone = seconds(20) + seconds(20) / MARGIN_PART_ALONE;
    assert_eq!(log.ready_at(seconds(3), Lane::Person), Some(seconds(2) + alone));
}

#[test]
fn another_program_of_the_same_person_takes_room() {
    let mut log = SendLog::default();
    answered(&mut log, seconds(10));
    log.observe(seconds(10), seconds(11), &headers(100, 20, 61));
    for _ in 0..39 {
        assert_eq!(send(&mut log, seconds(11), Lane::Person), seconds(11));
    }
    assert!(log.ready_at(seconds(11), Lane::Person) > Some(seconds(11)));
}

#[test]
fn the_same_surplus_is_not_counted_twice() {
    let mut log = SendLog::default();
    for count in 61..65 {
        answered(&mut log, seconds(10));
        log.observe(seconds(10), seconds(11), &headers(100, 20, count));
    }
    assert_eq!(log.counted.len(), 64);
}

#[test]
fn a_late_answer_is_not_taken_for_another_program() {
    let mut log = SendLog::default();
    for _ in 0..100 {
        answered(&mut log, seconds(0));
    }
    log.observe(seconds(0), seconds(50), &headers(100, 20, 100));
    assert_eq!(log.counted.len(), 100);
    assert_eq!(log.ready_at(seconds(50), Lane::Person), Some(seconds(50)));
}

#[test]
fn a_count_beyond_the_limit_blocks_for_one_period_and_no_longer() {
    let mut log = SendLog::default();
    answered(&mut log, seconds(1));
    log.observe(seconds(1), seconds(1), &headers(10, 20, 4_000_000_000));
    assert_eq!(log.ready_at(seconds(1), Lane::Person), Some(seconds(1) + window(20)));
}

#[test]
fn a_pause_holds_every_lane_and_is_never_shortened() {
    let mut log = SendLog::default();
    log.pause(seconds(10), seconds(19));
    log.pause(seconds(11), seconds(1));
    for lane in [Lane::Person, Lane::Screen, Lane::Background] {
        assert_eq!(log.ready_at(seconds(12), lane), Some(seconds(29)));
    }
    assert_eq!(log.ready_at(seconds(30), Lane::Person), Some(seconds(30)));
}

#[test]
fn old_sends_are_forgotten() {
    let mut log = SendLog::default();
    for second in 0..10_000 {
        answered(&mut log, seconds(second));
    }
    assert!(log.counted.len() < 150, "{}", log.counted.len());
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
            let moment = send(&mut log, now, Lane::Person);
            if moment > now {
                let before = moment.checked_sub(Duration::from_nanos(1)).unwrap();
                let full = sends.iter().filter(|&&sent| sent + window(5) > before).count();
                prop_assert_eq!(full, limit as usize);
            }
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
            let next = log.ready_at(now, Lane::Person).unwrap();
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
        answered(&mut log, Duration::ZERO);
        log.observe(Duration::ZERO, Duration::ZERO, &headers(limit, 20, foreign + 1));
        let mut own = 1;
        while log.ready_at(Duration::ZERO, Lane::Person) == Some(Duration::ZERO) {
            answered(&mut log, Duration::ZERO);
            own += 1;
        }
        prop_assert_eq!(own + foreign, limit);
    }

    /// However long requests and answers take on their way, the server never counts too many.
    #[test]
    fn slow_ways_never_bring_too_many_into_one_period(
        limit in 2_u32..30,
        attended in any::<bool>(),
        ways in prop::collection::vec((0_u64..3_000, 0_u64..3_000, any_lane()), 1..200),
    ) {
        let mut log = log(limit, seconds(5));
        log.set_attended(attended);
        let (mut now, mut counted, mut under_way) = (seconds(0), Vec::new(), Vec::new());
        for (there, back, lane) in ways {
            let moment = loop {
                under_way.sort_unstable();
                let ready = log.ready_at(now, lane);
                // An answer that comes before the log is ready may change what it says.
                match under_way.first().copied().filter(|answer| ready.is_none_or(|ready| *answer <= ready)) {
                    Some(answer) => {
                        under_way.remove(0);
                        now = now.max(answer);
                        log.end(now);
                    }
                    None => break ready.unwrap(),
                }
            };
            now = moment;
            log.record(now);
            counted.push(now + Duration::from_millis(there));
            under_way.push(now + Duration::from_millis(there + back));
        }
        counted.sort_unstable();
        prop_assert!(densest(&counted, seconds(5)) <= limit as usize);
    }

    /// Whoever clicks while the background does all it may is answered within a second, a whole plan at a time.
    #[test]
    fn a_click_waits_less_than_a_second(clicks in prop::collection::vec(3_000_u64..20_000, 1..20)) {
        let mut log = SendLog::default();
        let mut now = seconds(0);
        for gap in clicks {
            let click = now + Duration::from_millis(gap);
            while let Some(next) = log.ready_at(now, Lane::Background).filter(|next| *next < click) {
                now = next;
                answered(&mut log, now);
            }
            now = click;
            for _ in 0..4 {
                now = send(&mut log, now, Lane::Screen);
            }
            prop_assert!(now <= click + seconds(1), "{:?}", now.checked_sub(click));
        }
    }
}
