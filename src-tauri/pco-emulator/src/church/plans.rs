//! Makes the plans of every service type, from ten weeks back to eighteen ahead, with their times.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::rows::{Kind, Plan, PlanTime, Series, TimeType};
use super::table::Id;
use super::{Church, calendar};

/// Distance between the ids of two plans.
pub(super) const STEP: Id = 13;
pub(super) const FIRST_PLAN: Id = 71_300_005;
const FIRST_TIME: Id = 180_000_001;
const TIMES_PER_PLAN: Id = 10;
const WEEKS_BACK: i64 = 10;
const WEEKS_AHEAD: i64 = 18;
/// Plans are made four at a time, the last of the four first: so the order of ids is not the order of days.
const BATCH: usize = 4;

/// One time of a kind of plan: days from the plan's day, from and until in minutes after midnight.
struct TimePattern {
    time_type: TimeType,
    name: Option<&'static str>,
    day: i64,
    from: i16,
    until: i16,
}

const fn time(
    time_type: TimeType,
    name: Option<&'static str>,
    day: i64,
    from: i16,
    until: i16,
) -> TimePattern {
    TimePattern { time_type, name, day, from, until }
}

const SUNDAY_TIMES: &[TimePattern] = &[
    time(TimeType::Rehearsal, Some("Rehearsal"), -3, 19 * 60, 21 * 60),
    time(TimeType::Other, Some("Call time"), 0, 7 * 60 + 45, 8 * 60 + 45),
    time(TimeType::Service, None, 0, 9 * 60, 10 * 60 + 15),
    time(TimeType::Service, None, 0, 11 * 60, 12 * 60 + 15),
];
const KIDS_TIMES: &[TimePattern] = &[
    time(TimeType::Service, None, 0, 9 * 60, 10 * 60 + 15),
    time(TimeType::Service, None, 0, 11 * 60, 12 * 60 + 15),
];
const MIDWEEK_TIMES: &[TimePattern] = &[time(TimeType::Service, None, 0, 19 * 60, 20 * 60 + 15)];

impl Kind {
    fn times(self) -> &'static [TimePattern] {
        match self {
            Self::Sunday => SUNDAY_TIMES,
            Self::Kids => KIDS_TIMES,
            Self::Midweek => MIDWEEK_TIMES,
        }
    }

    /// Days from Sunday.
    fn weekday(self) -> i64 {
        match self {
            Self::Sunday | Self::Kids => 0,
            Self::Midweek => 3,
        }
    }
}

impl Church {
    pub(super) fn add_plans(&mut self) {
        let mut offsets = HashMap::new();
        let service_types: Vec<(Id, Kind)> =
            self.service_types.iter().map(|(id, service_type)| (id, service_type.kind)).collect();
        for (number, (service_type, kind)) in service_types.into_iter().enumerate() {
            let sunday = calendar::sunday_of(self.today);
            let mut days: Vec<Date> = (-WEEKS_BACK..=WEEKS_AHEAD)
                .map(|week| sunday.saturating_add((7 * week + kind.weekday()).days()))
                .collect();
            days.chunks_mut(BATCH).for_each(<[Date]>::reverse);
            for (place, day) in days.iter().enumerate() {
                self.add_plan(service_type, kind, *day, place, &mut offsets);
            }
            if number == 0 {
                self.add_plan_without_times(service_type);
            }
        }
    }

    fn add_plan(
        &mut self,
        service_type: Id,
        kind: Kind,
        day: Date,
        place: usize,
        offsets: &mut HashMap<Date, Offset>,
    ) {
        let ordinal = self.plans.len() as u64;
        let week = calendar::week_of(day);
        let until = self.start_of_today().as_second() - 7_200;
        let started = self.day(-7 * WEEKS_BACK - 60);
        let created =
            self.moment(started, 16, 0).as_second() + i64::try_from(place / BATCH).unwrap_or(0) * 7 * 86_400;
        let created_at = Timestamp::from_second(created.min(until)).unwrap_or(Timestamp::UNIX_EPOCH);
        let updated = (self.moment(day, 10, 0).as_second() - 2 * 86_400).clamp(created_at.as_second(), until);
        // Midweek evenings have no series; one of the children's plans in eight has not been given its title yet.
        let (title, series_title) = match kind {
            Kind::Midweek => (None, None),
            Kind::Kids => {
                ((place % 8 != 3).then_some(Cow::Borrowed(week.title)), Some(Cow::Borrowed(week.series)))
            }
            Kind::Sunday => (Some(Cow::Borrowed(week.title)), Some(Cow::Borrowed(week.series))),
        };
        let series = series_title
            .as_ref()
            .filter(|_| kind == Kind::Sunday)
            .and_then(|_| self.series_named(week.series, created_at));
        let times = kind
            .times()
            .iter()
            .zip(0..)
            .map(|(pattern, index)| {
                let day = day.saturating_add(pattern.day.days());
                PlanTime {
                    id: FIRST_TIME + ordinal * TIMES_PER_PLAN + index,
                    time_type: pattern.time_type,
                    name: pattern.name,
                    starts_at: self.at(day, pattern.from, offsets),
                    ends_at: self.at(day, pattern.until, offsets),
                }
            })
            .collect();
        self.plans.push(
            FIRST_PLAN + ordinal * STEP,
            Plan {
                service_type,
                ordinal,
                day: Some(day),
                title,
                series,
                series_title,
                times,
                created_at,
                updated_at: Timestamp::from_second(updated).unwrap_or(created_at),
                contents: OnceLock::new(),
            },
        );
    }

    fn add_plan_without_times(&mut self, service_type: Id) {
        let ordinal = self.plans.len() as u64;
        let created_at = self.moment(self.day(-20), 14, 0);
        self.plans.push(
            FIRST_PLAN + ordinal * STEP,
            Plan {
                service_type,
                ordinal,
                day: None,
                title: Some(Cow::Borrowed("Carols by Candlelight (ideas)")),
                series: None,
                series_title: None,
                times: Vec::new(),
                created_at,
                updated_at: created_at,
                contents: OnceLock::new(),
            },
        );
    }

    /// A series record exists only once somebody has added artwork: here, for every other series.
    fn series_named(&mut self, title: &'static str, created_at: Timestamp) -> Option<Id> {
        if let Some((id, _)) = self.series.iter().find(|(_, series)| series.title == title) {
            return Some(id);
        }
        if title.len().is_multiple_of(2) {
            return None;
        }
        let id = self.series.next_id(880_004);
        self.series.push(id, Series { title: Cow::Borrowed(title), created_at });
        Some(id)
    }

    /// The moment of a wall-clock time by day. No clock here changes between seven in the morning and midnight, so
    /// one look into the time zone serves the whole day.
    fn at(&self, day: Date, minutes: i16, offsets: &mut HashMap<Date, Offset>) -> Timestamp {
        let offset = *offsets.entry(day).or_insert_with(|| self.zone.to_offset(self.moment(day, 12, 0)));
        let clock =
            day.at(i8::try_from(minutes / 60).unwrap_or(0), i8::try_from(minutes % 60).unwrap_or(0), 0, 0);
        offset.to_timestamp(clock).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The plan that a time belongs to.
    pub(crate) fn plan_of_time(time: Id) -> Id {
        FIRST_PLAN + (time - FIRST_TIME) / TIMES_PER_PLAN * STEP
    }

    pub(crate) fn plan_time(&self, id: Id) -> &PlanTime {
        let plan = &self.plans[Self::plan_of_time(id)];
        plan.times.iter().find(|time| time.id == id).expect("an id found in the church has its row")
    }

    /// The plans of a service type, by id.
    pub(crate) fn plans_of(&self, service_type: Id) -> Vec<Id> {
        self.plans.ids_owned_by(service_type, |plan| plan.service_type)
    }

    /// The plan before (`-1`) or after (`1`) this one in time, within its service type.
    pub(crate) fn neighbour(&self, plan: Id, step: isize) -> Option<Id> {
        self.plans[plan].day?;
        let mut dated: Vec<(Date, Id)> = self
            .plans_of(self.plans[plan].service_type)
            .into_iter()
            .filter_map(|id| Some((self.plans[id].day?, id)))
            .collect();
        dated.sort_unstable();
        let place = dated.iter().position(|(_, id)| *id == plan)?;
        Some(dated.get(place.checked_add_signed(step)?)?.1)
    }
}

impl Plan {
    pub(crate) fn times_of(&self, time_type: TimeType) -> impl Iterator<Item = &PlanTime> {
        self.times.iter().filter(move |time| time.time_type == time_type)
    }

    /// Planning Center's own rule: the first service, else the first rehearsal, else any other time.
    pub(crate) fn first_time(&self) -> Option<&PlanTime> {
        [TimeType::Service, TimeType::Rehearsal, TimeType::Other]
            .into_iter()
            .find_map(|time_type| self.times_of(time_type).next())
    }
}
