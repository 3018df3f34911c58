//! Says when people cannot serve, and on which days a repeated block-out falls.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use super::rows::{Blockout, Period, Repeat};
use crate::church::Church;
use crate::church::table::Id;
use crate::random::Random;

const BLOCKOUT_STREAM: u64 = 62;
/// Room for the dates of one block-out.
const DATES_PER_BLOCKOUT: Id = 1_000;
const TRIPS: &[&str] = &[
    "Family holiday",
    "Work trip",
    "At my sister’s",
    "Hospital appointment",
    "University open day",
    "",
    "Moving house",
];
const HABITS: &[&str] = &["Night shift", "With the other parent", "Visiting Grandma", "Football", "On call"];

/// One day or stretch that a block-out covers.
pub(crate) struct BlockoutDate {
    pub(crate) starts_at: DateTime,
    pub(crate) ends_at: DateTime,
}

impl Church {
    /// One in four of those who serve is away at some time; one in twelve again and again.
    pub(in crate::church) fn add_blockouts(&mut self) {
        let mut people: Vec<Id> = self.assignments.iter().map(|(_, row)| row.person).collect();
        people.sort_unstable();
        people.dedup();
        for person in people {
            let mut random = Random::new(self.seed, BLOCKOUT_STREAM, person);
            if random.chance(25) && !Self::is_steady(person) {
                self.add_trip(person, &mut random);
            }
            if random.chance(8) && !Self::is_steady(person) {
                self.add_habit(person, &mut random);
            }
        }
    }

    fn add_trip(&mut self, person: Id, random: &mut Random) {
        let first = self.day(random.between(-60, 90));
        let last = first.saturating_add(random.between(0, 12).days());
        let reason = random.pick(TRIPS);
        self.block_out(person, reason, first.at(0, 0, 0, 0), last.at(23, 59, 59, 0), None, random);
    }

    fn add_habit(&mut self, person: Id, random: &mut Random) {
        let first = self.day(random.between(-120, -10));
        let every = u8::try_from(random.between(1, 4)).unwrap_or(1);
        let period = match random.below(8) {
            0..3 => Period::Weekly,
            3 => Period::Daily,
            4 => Period::Yearly,
            5 => Period::Monthly,
            _ => Period::MonthlyByWeek(((first.day() - 1) / 7 + 1).min(4)),
        };
        let until = random.chance(50).then(|| self.day(random.between(60, 300)));
        let repeat = Some(Repeat { every, period, until });
        let (from, to) = if random.chance(50) { ((0, 0), (23, 59)) } else { ((7, 0), (13, 0)) };
        let reason = random.pick(HABITS);
        self.block_out(
            person,
            reason,
            first.at(from.0, from.1, 0, 0),
            first.at(to.0, to.1, 0, 0),
            repeat,
            random,
        );
    }

    fn block_out(
        &mut self,
        person: Id,
        reason: &'static str,
        starts_at: DateTime,
        ends_at: DateTime,
        repeat: Option<Repeat>,
        random: &mut Random,
    ) {
        let id = self.blockouts.next_id(7_900_013);
        let written =
            self.moment(starts_at.date(), 12, 0) - SignedDuration::from_hours(24 * random.between(7, 60));
        let created_at =
            written.min(self.start_of_today() - SignedDuration::from_hours(random.between(1, 90)));
        let exceptions = if repeat.is_some() {
            nth_date(starts_at, repeat, 2).into_iter().map(DateTime::date).collect()
        } else {
            Vec::new()
        };
        let row = Blockout {
            person,
            reason: Cow::Borrowed(reason),
            starts_at,
            ends_at,
            repeat,
            share: random.chance(80),
            exceptions,
            created_at,
            updated_at: created_at,
        };
        self.blockouts.push(id, row);
    }

    pub(crate) fn blockouts_of(&self, person: Id) -> Vec<Id> {
        self.blockouts.iter().filter(|(_, row)| row.person == person).map(|(id, _)| id).collect()
    }

    /// The ids of the dates that a block-out falls on: from its start to a year from today.
    pub(crate) fn blockout_dates_of(&self, blockout: Id) -> Vec<Id> {
        let row = &self.blockouts[blockout];
        let horizon = self.day(365);
        let mut dates = Vec::new();
        for index in 0..DATES_PER_BLOCKOUT {
            let Some(start) = nth_date(row.starts_at, row.repeat, index) else { break };
            let last = row.repeat.and_then(|repeat| repeat.until).unwrap_or(horizon).min(horizon);
            if index > 0 && start.date() > last {
                break;
            }
            if !row.exceptions.contains(&start.date()) {
                dates.push(blockout * DATES_PER_BLOCKOUT + index);
            }
        }
        dates
    }

    /// The moment of a time on the church's wall clock.
    pub(crate) fn in_utc(&self, local: DateTime) -> Timestamp {
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The block-out of one of its dates.
    pub(crate) fn blockout_of_date(date: Id) -> Id {
        date / DATES_PER_BLOCKOUT
    }

    pub(crate) fn blockout_date(&self, date: Id) -> BlockoutDate {
        let row = &self.blockouts[Self::blockout_of_date(date)];
        let starts_at =
            nth_date(row.starts_at, row.repeat, date % DATES_PER_BLOCKOUT).unwrap_or(row.starts_at);
        let length = row.starts_at.duration_until(row.ends_at);
        BlockoutDate { starts_at, ends_at: starts_at.saturating_add(length) }
    }
}

/// The start of the `index`-th time, counted from 0. None where there is none.
fn nth_date(starts_at: DateTime, repeat: Option<Repeat>, index: Id) -> Option<DateTime> {
    if index == 0 {
        return Some(starts_at);
    }
    let repeat = repeat?;
    let count = i64::try_from(index).ok()? * i64::from(repeat.every);
    let (day, time) = (starts_at.date(), starts_at.time());
    let later = |span: Span| Some(day.checked_add(span).ok()?.to_datetime(time));
    match repeat.period {
        Period::Daily => later(count.days()),
        Period::Weekly => later(count.weeks()),
        Period::Monthly => later(count.months()),
        Period::Yearly => later(count.years()),
        Period::MonthlyByWeek(week) => by_week(day, week, count).map(|date| at(date, time)),
    }
}

/// The same day of the week in the `week`-th week, `months` later.
fn by_week(day: Date, week: i8, months: i64) -> Option<Date> {
    day.first_of_month().checked_add(months.months()).ok()?.nth_weekday_of_month(week, day.weekday()).ok()
}

fn at(day: Date, time: Time) -> DateTime {
    day.to_datetime(time)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::nth_date;
    use crate::church::services::rows::{Period, Repeat};

    fn starts(period: Period, every: u8) -> Vec<DateTime> {
        let repeat = Some(Repeat { every, period, until: None });
        (0..3).filter_map(|index| nth_date(date(2026, 1, 31).at(7, 0, 0, 0), repeat, index)).collect()
    }

    #[test]
    fn a_repetition_keeps_its_day_and_its_hour() {
        let at_seven = |month, day| date(2026, month, day).at(7, 0, 0, 0);
        assert_eq!(starts(Period::Daily, 1), [at_seven(1, 31), at_seven(2, 1), at_seven(2, 2)]);
        assert_eq!(starts(Period::Weekly, 2), [at_seven(1, 31), at_seven(2, 14), at_seven(2, 28)]);
        assert_eq!(starts(Period::Monthly, 1), [at_seven(1, 31), at_seven(2, 28), at_seven(3, 31)]);
        assert_eq!(starts(Period::MonthlyByWeek(1), 1), [at_seven(1, 31), at_seven(2, 7), at_seven(3, 7)]);
    }

    #[test]
    fn what_does_not_repeat_falls_once() {
        assert_eq!(nth_date(date(2026, 1, 31).at(7, 0, 0, 0), None, 1), None);
    }
}
