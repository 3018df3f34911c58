//! When plans are: which days they belong to, and how often that makes them worth reading.

use std::ops::Range;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::records::Plan;
use crate::time::Calendar;

/// What counts as this week: today and the seven days after it, so that the coming Sunday is always among them.
const THIS_WEEK_DAYS: i32 = 7;
/// From so long before its first service on, until its last one is over, people answer and orders change by the minute.
const SERVICE_DAY: Duration = Duration::from_hours(3);
/// How old a plan's inside may become while it is served.
pub(super) const SERVED_AGE: Duration = Duration::from_mins(2);
/// How long a service goes on when nobody says when it ends.
const USUAL_SERVICE: Duration = Duration::from_hours(2);

/// The church's date of a plan's first service.
pub(super) fn date_of(calendar: &Calendar, plan: &Plan) -> Option<Date> {
    plan.main_times().first().map(|time| calendar.date(time.starts_at))
}

/// The church's date of a plan's last service: until then it lies ahead.
pub(super) fn last_date_of(calendar: &Calendar, plan: &Plan) -> Option<Date> {
    plan.main_times().last().map(|time| calendar.date(time.starts_at))
}

/// Where a plan lies from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    ThisWeek,
    /// After that, or without a date.
    Ahead,
    Past,
}

pub(super) fn stretch(calendar: &Calendar, plan: &Plan, today: Date) -> Stretch {
    let end = today.saturating_add(THIS_WEEK_DAYS.days());
    let dates = plan.main_times().into_iter().map(|time| calendar.date(time.starts_at));
    if dates.clone().any(|date| (today..=end).contains(&date)) {
        return Stretch::ThisWeek;
    }
    if dates.max().is_some_and(|last| last < today) { Stretch::Past } else { Stretch::Ahead }
}

/// Whether a plan's services begin soon, or are going on.
pub(super) fn is_served(plan: &Plan, now: Timestamp) -> bool {
    plan.main_times().iter().any(|time| {
        let begins = time.starts_at.checked_sub(SERVICE_DAY).unwrap_or(Timestamp::MIN);
        let ends = time.ends_at.or_else(|| time.starts_at.checked_add(USUAL_SERVICE).ok());
        (begins..=ends.unwrap_or(Timestamp::MAX)).contains(&now)
    })
}

/// The first times of the plans that may be served: one that goes on for days began before today.
pub(super) fn first_times_of_served(now: Timestamp) -> Range<Timestamp> {
    const LONGEST: SignedDuration = SignedDuration::from_hours(14 * 24);
    let begins = now.checked_sub(LONGEST).unwrap_or(Timestamp::MIN);
    begins..now.checked_add(SERVICE_DAY + Duration::from_secs(1)).unwrap_or(Timestamp::MAX)
}

/// Whether a plan may belong to this week in whatever zone the church is.
pub(super) fn is_near(plan: &Plan, now: Timestamp) -> bool {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    plan.main_times().iter().any(|time| {
        let ahead = time.starts_at.duration_since(now);
        -DAY < ahead && ahead < DAY * (THIS_WEEK_DAYS + 1)
    })
}

/// Days from today, plans to come before those that have been, those without a date last.
pub(super) fn distance(calendar: &Calendar, plan: &Plan, today: Date) -> (bool, i32) {
    match last_date_of(calendar, plan).map(|date| (date - today).get_days()) {
        Some(days) => (days < 0, days.abs()),
        None => (true, i32::MAX),
    }
}

/// Whether something read at `as_of` is younger than `limit`.
pub(super) fn is_younger(as_of: Timestamp, now: Timestamp, limit: Duration) -> bool {
    now.duration_since(as_of).unsigned_abs() < limit
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::records::{PlanTime, TimeKind};
    use super::*;

    fn plan(starts_at: &str, ends_at: Option<&str>) -> Plan {
        let time = PlanTime {
            id: "1".to_owned(),
            kind: TimeKind::Service,
            name: None,
            starts_at: starts_at.parse().unwrap(),
            ends_at: ends_at.map(|ends_at| ends_at.parse().unwrap()),
            team_ids: Vec::new(),
        };
        Plan { times: vec![time], ..Plan::default() }
    }

    #[test]
    fn a_plan_is_served_from_three_hours_before_its_service_until_its_end() {
        let plans =
            [plan("2026-11-22T15:00:00Z", Some("2026-11-22T16:30:00Z")), plan("2026-11-22T15:00:00Z", None)];
        let table = [
            ("2026-11-22T11:59:59Z", [false, false]),
            ("2026-11-22T12:00:00Z", [true, true]),
            ("2026-11-22T16:30:00Z", [true, true]),
            ("2026-11-22T16:30:01Z", [false, true]),
            ("2026-11-22T17:00:01Z", [false, false]),
            ("2026-11-21T15:00:00Z", [false, false]),
        ];
        for (now, expected) in table {
            let now = now.parse().unwrap();
            assert_eq!(plans.each_ref().map(|plan| is_served(plan, now)), expected, "{now}");
        }
    }

    #[test]
    fn this_week_is_near_in_every_zone() {
        let (plan, table) = (
            plan("2026-11-22T15:00:00Z", None),
            [
                ("2026-11-14T15:00:00Z", false),
                ("2026-11-14T15:00:01Z", true),
                ("2026-11-23T14:59:59Z", true),
                ("2026-11-23T15:00:00Z", false),
            ],
        );
        for (now, expected) in table {
            assert_eq!(is_near(&plan, now.parse().unwrap()), expected, "{now}");
        }
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"] {
            let calendar = Calendar::new(zone, false, "");
            for hours in 0..14 * 24 {
                let now = "2026-11-13T11:30:00Z".parse::<Timestamp>().unwrap() + hours.hours();
                let is_this_week = stretch(&calendar, &plan, calendar.date(now)) == Stretch::ThisWeek;
                assert!(is_near(&plan, now) || !is_this_week, "{zone} {now}");
            }
        }
    }
}
