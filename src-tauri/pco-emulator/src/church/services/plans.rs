//! Makes the plans of every service type, from a year back to eighteen weeks ahead, with their times.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::calendar;
use super::rows::{Kind, Plan, PlanTime, Series, TimeType};
use crate::church::Church;
use crate::church::table::{Id, Text};

/// Distance between the ids of two plans.
pub(in crate::church) const STEP: Id = 13;
pub(super) const FIRST_PLAN: Id = 71_300_005;
pub(super) const FIRST_TIME: Id = 180_000_001;
pub(super) const TIMES_PER_PLAN: Id = 100;
const WEEKS_BACK: i64 = 52;
const WEEKS_AHEAD: i64 = 18;
/// How long before the first plan of a batch the batch is made.
const DAYS_TO_PLAN: i64 = 7 * (WEEKS_AHEAD + 1);
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
    pub(in crate::church) fn add_plans(&mut self) {
        let mut offsets = HashMap::new();
        let service_types: Vec<(Id, Kind)> =
            self.service_types.iter().map(|(id, service_type)| (id, service_type.kind)).collect();
        let sunday = calendar::sunday_of(self.today);
        for (number, (service_type, kind)) in service_types.into_iter().enumerate() {
            let mut days: Vec<Date> = (-WEEKS_BACK..=WEEKS_AHEAD)
                .map(|week| sunday.saturating_add((7 * week + kind.weekday()).days()))
                .collect();
            for (batch, days) in days.chunks_mut(BATCH).enumerate() {
                let created_at = self.planned_at(days[0]);
                days.reverse();
                for (place, day) in days.iter().enumerate() {
                    self.add_dated_plan(
                        service_type,
                        kind,
                        *day,
                        batch * BATCH + place,
                        created_at,
                        &mut offsets,
                    );
                }
            }
            // Two ideas that have no day yet, one of them without a name.
            match number {
                0 => self.add_idea(service_type, Some("Carols by Candlelight (ideas)")),
                1 => self.add_idea(service_type, None),
                _ => {}
            }
        }
    }

    /// When a batch of plans was made whose first is on `day`.
    fn planned_at(&self, day: Date) -> Timestamp {
        self.moment(day.saturating_sub(DAYS_TO_PLAN.days()), 16, 0).min(self.two_hours_ago())
    }

    /// Nothing that is made with the church is younger than this.
    fn two_hours_ago(&self) -> Timestamp {
        self.start_of_today() - SignedDuration::from_hours(2)
    }

    fn add_dated_plan(
        &mut self,
        service_type: Id,
        kind: Kind,
        day: Date,
        place: usize,
        created_at: Timestamp,
        offsets: &mut HashMap<Date, Offset>,
    ) {
        let ordinal = self.plans.len() as u64;
        let week = calendar::week_of(day);
        let updated_at = (self.at(day, 10 * 60, offsets) - SignedDuration::from_hours(48))
            .clamp(created_at, self.two_hours_ago().max(created_at));
        // Midweek evenings have no series; one of the children's plans in eight has not been given its title yet.
        let (title, series_title) = match kind {
            Kind::Midweek => (None, None),
            Kind::Kids => ((place % 8 != 3).then_some(week.title), Some(week.series)),
            Kind::Sunday => (Some(week.title), Some(week.series)),
        };
        let series = if kind == Kind::Sunday { self.series_named(week.series, created_at) } else { None };
        let times = self.usual_times(kind, day, ordinal, created_at, offsets);
        let plan = Plan {
            day: Some(day),
            title: title.map(Cow::Borrowed),
            series,
            series_title: series_title.map(Cow::Borrowed),
            times_made: times.len() as u64,
            times,
            updated_at,
            ..Plan::new(service_type, ordinal, created_at)
        };
        self.push_plan(plan);
    }

    /// A plan that somebody makes today: it has the usual times, and nothing in it yet.
    pub(in crate::church) fn plan_another(
        &mut self,
        service_type: Id,
        day: Date,
        title: Option<String>,
    ) -> Option<Id> {
        let kind = self.service_types.get(service_type)?.kind;
        let (ordinal, now) = (self.plans.len() as u64, self.now());
        let times = self.usual_times(kind, day, ordinal, now, &mut HashMap::new());
        let plan = Plan {
            day: Some(day),
            title: title.map(Cow::Owned),
            times_made: times.len() as u64,
            times,
            contents: OnceLock::from(Box::default()),
            ..Plan::new(service_type, ordinal, now)
        };
        Some(self.push_plan(plan))
    }

    fn usual_times(
        &self,
        kind: Kind,
        day: Date,
        ordinal: u64,
        created_at: Timestamp,
        offsets: &mut HashMap<Date, Offset>,
    ) -> Vec<PlanTime> {
        let time = |(pattern, index): (&TimePattern, u64)| {
            let day = day.saturating_add(pattern.day.days());
            PlanTime {
                id: FIRST_TIME + ordinal * TIMES_PER_PLAN + index,
                time_type: pattern.time_type,
                name: pattern.name.map(Cow::Borrowed),
                starts_at: self.at(day, pattern.from, offsets),
                ends_at: self.at(day, pattern.until, offsets),
                team_reminders: None,
                updated_at: created_at,
            }
        };
        kind.times().iter().zip(0..).map(time).collect()
    }

    fn add_idea(&mut self, service_type: Id, title: Option<&'static str>) {
        let created_at = self.moment(self.day(-20), 14, 0);
        let plan = Plan::new(service_type, self.plans.len() as u64, created_at);
        self.push_plan(Plan { title: title.map(Cow::Borrowed), ..plan });
    }

    /// Enters a plan; its ordinal must be the number of plans so far.
    pub(super) fn push_plan(&mut self, plan: Plan) -> Id {
        let id = FIRST_PLAN + plan.ordinal * STEP;
        if let Some(service_type) = self.service_types.get_mut(plan.service_type) {
            service_type.plans.push(id);
        }
        self.plans.push(id, plan);
        id
    }

    /// Takes a plan out of every list but `unscoped_plans`.
    pub(crate) fn delete_plan(&mut self, plan: Id) -> Option<Id> {
        let now = self.now();
        let row = self.plans.get_mut(plan).filter(|row| row.deleted_at.is_none())?;
        row.deleted_at = Some(now);
        Some(plan)
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
        self.series.push(id, Series { title: Text::Borrowed(title), created_at });
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
        let plans = self.service_types[service_type].plans.iter().copied();
        plans.filter(|plan| self.plans[*plan].deleted_at.is_none()).collect()
    }

    /// Every plan of the church, by id.
    pub(crate) fn all_plans(&self) -> Vec<Id> {
        let plans =
            self.plans.iter().filter(|(_, plan)| plan.deleted_at.is_none() && plan.template.is_none());
        plans.map(|(id, _)| id).collect()
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

/// A usual time of a service type, which people can say they prefer.
pub(crate) struct TimePreferenceOption {
    pub(crate) service_type: Id,
    /// Counted from Sunday, which is 0.
    pub(crate) day_of_week: i64,
    pub(crate) minute_of_day: i64,
}

impl TimePreferenceOption {
    /// `Sunday 9:00am`.
    pub(crate) fn description(&self) -> String {
        let day = if self.day_of_week == 0 { "Sunday" } else { "Wednesday" };
        let (hour, minute) = (self.minute_of_day / 60, self.minute_of_day % 60);
        let half = if hour < 12 { "am" } else { "pm" };
        format!("{day} {}:{minute:02}{half}", (hour + 11) % 12 + 1)
    }
}

/// Room for the usual times of one service type.
const OPTIONS_PER_SERVICE_TYPE: Id = 10;

impl Church {
    /// The usual services of a service type: the id tells the type and the place among its usual times.
    pub(crate) fn time_preference_options_of(&self, service_type: Id) -> Vec<Id> {
        let patterns = self.service_types[service_type].kind.times().iter().zip(0..);
        let services = patterns.filter(|(pattern, _)| pattern.time_type == TimeType::Service);
        services.map(|(_, place)| service_type * OPTIONS_PER_SERVICE_TYPE + place).collect()
    }

    pub(crate) fn time_preference_option(&self, id: Id) -> TimePreferenceOption {
        let service_type = id / OPTIONS_PER_SERVICE_TYPE;
        let kind = self.service_types[service_type].kind;
        let place = usize::try_from(id % OPTIONS_PER_SERVICE_TYPE).unwrap_or(0);
        let minute_of_day = kind.times().get(place).map_or(0, |pattern| i64::from(pattern.from));
        TimePreferenceOption { service_type, day_of_week: kind.weekday(), minute_of_day }
    }

    /// The usual time at which a plan's time takes place, if it does.
    pub(crate) fn time_preference_option_at(&self, time: Id) -> Option<Id> {
        let service_type = self.plans[Self::plan_of_time(time)].service_type;
        let clock = self.zone.to_datetime(self.plan_time(time).starts_at).time();
        let minute = i64::from(clock.hour()) * 60 + i64::from(clock.minute());
        let mut options = self.time_preference_options_of(service_type).into_iter();
        options.find(|option| self.time_preference_option(*option).minute_of_day == minute)
    }
}

impl Plan {
    /// An empty plan.
    pub(super) fn new(service_type: Id, ordinal: u64, created_at: Timestamp) -> Self {
        Self {
            service_type,
            ordinal,
            day: None,
            title: None,
            series: None,
            series_title: None,
            public: false,
            reminders_disabled: false,
            times: Vec::new(),
            times_made: 0,
            live: None,
            template: None,
            deleted_at: None,
            created_at,
            updated_at: created_at,
            contents: OnceLock::new(),
        }
    }

    pub(crate) fn times_of(&self, time_type: TimeType) -> impl Iterator<Item = &PlanTime> {
        self.times.iter().filter(move |time| time.time_type == time_type)
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = &PlanTime> {
        self.times_of(TimeType::Service)
    }

    /// Planning Center's own rule: the first service, else the first rehearsal, else any other time.
    pub(crate) fn first_time(&self) -> Option<&PlanTime> {
        [TimeType::Service, TimeType::Rehearsal, TimeType::Other]
            .into_iter()
            .find_map(|time_type| self.times_of(time_type).next())
    }
}
