//! Answers for the Schedule screen, from the store alone. A church of hundreds of service types has thousands of plans: of those
//! only the weeks are read that are shown.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::dates::{date_of, last_date_of};
use super::queries::{service_types, times_line};
use super::records::{Plan, PlanDetails};
use super::sync::PLANS;
use super::views::{ListPlansRequest, PlanListing, PlanRow, WeekView};
use crate::error::AppError;
use crate::products::{church, coverage};
use crate::store::{Reader, StoreError};
use crate::text::grouped;
use crate::time::{Calendar, monday_of};
use crate::views::Coverage;

/// So many plans are told at once; where there are more, weeks are told until that many are reached, and others when asked for.
const AT_ONCE: u32 = 400;

/// A week that has plans.
struct Week {
    monday: Date,
    /// From the end of the week with plans before it to its own end.
    times: Range<Timestamp>,
}

pub(crate) fn list_plans(
    reader: &Reader<'_>,
    now: Timestamp,
    request: &ListPlansRequest,
) -> Result<PlanListing, AppError> {
    let calendar = church::calendar(reader)?;
    let rows = Rows { reader, calendar: &calendar, today: calendar.date(now), names: service_types(reader)? };
    let this_monday = monday_of(rows.today);
    let total = reader.count::<Plan>()?;
    let open = match &request.plan_id {
        Some(id) => reader.get::<Plan>(id)?.and_then(|plan| date_of(&calendar, &plan)).map(monday_of),
        None => None,
    };
    let (mut weeks, mut told, mut next_plan_id) = (Vec::new(), 0, None);
    for Week { monday, times } in weeks_of(reader, &calendar)? {
        let (starts, past) = (monday.to_string(), monday < this_monday);
        let is_told = total <= AT_ONCE
            || (!past && told < AT_ONCE)
            || open == Some(monday)
            || request.weeks.contains(&starts);
        // What began last week may go on.
        let may_have_next = next_plan_id.is_none() && monday >= this_monday.saturating_sub(1.week());
        let in_week = reader.count_within::<Plan>(times.clone())?;
        let plans = if is_told || may_have_next { rows.in_order(times)? } else { Vec::new() };
        if next_plan_id.is_none() {
            let lies_ahead = |plan: &&Plan| last_date_of(&calendar, plan) >= Some(rows.today);
            next_plan_id = plans.iter().find(lies_ahead).map(|plan| plan.id.clone());
        }
        if is_told && !past {
            told += in_week;
        }
        weeks.push(WeekView {
            label: calendar.week(monday, rows.today),
            starts,
            past,
            total: in_week,
            plans: if is_told { rows.of(&plans)? } else { Vec::new() },
        });
    }
    let state = reader.part(PLANS)?;
    Ok(PlanListing {
        weeks,
        undated: rows.of(&rows.in_order(Plan::UNDATED..Timestamp::MAX)?)?,
        next_plan_id,
        total,
        as_of: state.as_of.map(|as_of| calendar.as_of(as_of, now)),
        coverage: coverage(&state, total, "Services"),
    })
}

/// How much of the schedule is here: a plan whose people and order are still to come is not.
pub(crate) fn schedule_coverage(reader: &Reader<'_>) -> Result<Coverage, StoreError> {
    let total = reader.count::<Plan>()?;
    let loaded = reader.count::<PlanDetails>()?.min(total);
    match coverage(&reader.part(PLANS)?, total, "Services") {
        Coverage::Complete if loaded < total => Ok(Coverage::Partial {
            loaded,
            total: Some(total),
            reason: match total - loaded {
                1 => "One plan has not been read in full yet.".to_owned(),
                plans => format!("{} plans have not been read in full yet.", grouped(plans)),
            },
        }),
        told => Ok(told),
    }
}

/// The weeks that have plans, oldest first.
fn weeks_of(reader: &Reader<'_>, calendar: &Calendar) -> Result<Vec<Week>, StoreError> {
    let (mut weeks, mut from) = (Vec::new(), Timestamp::MIN);
    while let Some(first) = reader.first_at::<Plan>(from)?.filter(|first| *first < Plan::UNDATED) {
        let monday = monday_of(calendar.date(first));
        // At the end of all time there is no next week, and the one that holds `first` still ends after it.
        let end =
            calendar.start_of(monday.saturating_add(1.week())).max(first + SignedDuration::from_secs(1));
        weeks.push(Week { monday, times: from..end });
        from = end;
    }
    Ok(weeks)
}

/// What rows are made of.
struct Rows<'a> {
    reader: &'a Reader<'a>,
    calendar: &'a Calendar,
    today: Date,
    /// Place and name of each service type.
    names: BTreeMap<String, (i64, String)>,
}

impl Rows<'_> {
    /// The plans within these times: by first time, then in the church's order of service types.
    fn in_order(&self, times: Range<Timestamp>) -> Result<Vec<Plan>, StoreError> {
        let mut plans = self.reader.within::<Plan>(times)?;
        plans.sort_by_cached_key(|plan| {
            let (place, name) = self.names.get(&plan.service_type_id).cloned().unwrap_or_default();
            (plan.main_times().first().map(|time| time.starts_at), place, name, plan.id.clone())
        });
        Ok(plans)
    }

    fn of(&self, plans: &[Plan]) -> Result<Vec<PlanRow>, StoreError> {
        plans.iter().map(|plan| self.row(plan)).collect()
    }

    fn row(&self, plan: &Plan) -> Result<PlanRow, StoreError> {
        let date = date_of(self.calendar, plan);
        Ok(PlanRow {
            id: plan.id.clone(),
            weekday: date.map(|date| date.strftime("%a").to_string()).unwrap_or_default(),
            day: date.map(|date| date.day().to_string()).unwrap_or_default(),
            date: date
                .map_or_else(|| "No date yet".to_owned(), |date| self.calendar.long_day(date, self.today)),
            service_type: self
                .names
                .get(&plan.service_type_id)
                .map_or_else(|| "Plan".to_owned(), |(_, name)| name.clone()),
            title: plan.title.clone().or_else(|| plan.series.clone()),
            times: times_line(self.calendar, plan),
            counts: self.reader.get::<PlanDetails>(&plan.id)?.and_then(|details| details.counts),
        })
    }
}
