//! Answers for the Plan screen and for the dates on a person's card, from the store alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::dates::{date_of, is_younger};
use super::records::{
    Item, Membership, NeededPosition, Plan, PlanDetails, PlanNote, PlanTime, ServiceType, Team, TeamMember,
    TimeKind,
};
use super::schedule::schedule_coverage;
use super::sync::FRAME;
use super::views::{GetPlanRequest, NoteView, PlanTimeKind, PlanTimeView, PlanView};
use super::{order, team};
use crate::error::AppError;
use crate::products::people::views::{PersonTeamView, ServingView};
use crate::products::{church, coverage};
use crate::store::{Reader, StoreError};
use crate::text::{join_words, paragraphs};
use crate::time::{Calendar, length_in_words};
use crate::views::{Coverage, StatusKind};
use crate::words;

/// A plan's page in Planning Center.
const PLAN_PAGE: &str = "https://services.planningcenteronline.com/plans/";

/// A person's place in Services.
pub(crate) struct PersonSchedule {
    pub(crate) teams: Vec<PersonTeamView>,
    pub(crate) serving: Vec<ServingView>,
    pub(crate) last_served: Option<String>,
    pub(crate) missing: Vec<String>,
}

pub(crate) fn get_plan(
    reader: &Reader<'_>,
    now: Timestamp,
    request: &GetPlanRequest,
) -> Result<PlanView, AppError> {
    let Some(plan) = reader.get::<Plan>(&request.plan_id)? else {
        return Err(AppError::new(&words::NOT_FOUND));
    };
    let calendar = church::calendar(reader)?;
    let today = calendar.date(now);
    let details = reader.get::<PlanDetails>(&plan.id)?;
    let members = reader.owned::<TeamMember>(&plan.id)?;
    let needed = reader.owned::<NeededPosition>(&plan.id)?;
    let items = reader.owned::<Item>(&plan.id)?;
    let services: Vec<&PlanTime> = plan.times.iter().filter(|time| time.kind == TimeKind::Service).collect();
    let (previous_plan_id, next_plan_id) = neighbours(reader, &plan)?;
    let mut missing = Vec::new();
    if let Some(refused) =
        details.as_ref().map(|details| &details.refused).filter(|refused| !refused.is_empty())
    {
        missing.push(format!(
            "Your rights in Planning Center do not reach {} of this plan.",
            join_words(refused)
        ));
    }
    if !calendar.zone_known() {
        missing.push("The church’s time zone is not known yet, so times are shown in UTC.".to_owned());
    }
    Ok(PlanView {
        service_type: reader
            .get::<ServiceType>(&plan.service_type_id)?
            .map_or_else(|| "Plan".to_owned(), |service_type| service_type.name),
        date: date_of(&calendar, &plan)
            .map_or_else(|| "No date yet".to_owned(), |date| calendar.long_day(date, today)),
        times_line: times_line(&calendar, &plan),
        times: plan.times.iter().map(|time| time_view(reader, &calendar, time)).collect::<Result<_, _>>()?,
        service_times: service_times(&calendar, &services),
        counts: details.as_ref().and_then(|details| details.counts),
        order: order::order(&calendar, &items, &services),
        total_length: length_in_words(plan.total_length),
        teams: team::teams(reader, &calendar, &plan, &members, &needed, now)?,
        notes: reader
            .owned::<PlanNote>(&plan.id)?
            .into_iter()
            .map(|PlanNote { note, .. }| NoteView {
                category: note.category,
                paragraphs: paragraphs(&note.content),
            })
            .collect(),
        missing,
        previous_plan_id,
        next_plan_id,
        planning_center_url: plan.url.clone().unwrap_or_else(|| format!("{PLAN_PAGE}{}", plan.id)),
        as_of: details.as_ref().map(|details| calendar.as_of(details.as_of, now)),
        coverage: if details.is_some() { Coverage::Complete } else { Coverage::NotLoaded },
        title: plan.title,
        series: plan.series,
        id: plan.id,
    })
}

/// Whether a plan's inside was never read or is older than `limit`; `None` when there is no such plan.
pub(crate) fn plan_is_older_than(
    reader: &Reader<'_>,
    plan_id: &str,
    now: Timestamp,
    limit: Duration,
) -> Result<Option<Plan>, StoreError> {
    let is_fresh =
        reader.get::<PlanDetails>(plan_id)?.is_some_and(|details| is_younger(details.as_of, now, limit));
    if is_fresh { Ok(None) } else { reader.get::<Plan>(plan_id) }
}

/// The names of a person's teams, without doubles.
pub(crate) fn team_names_of(reader: &Reader<'_>, person_id: &str) -> Result<Vec<String>, StoreError> {
    let mut names = BTreeSet::new();
    for membership in reader.about::<Membership>(person_id)? {
        names.extend(reader.get::<Team>(&membership.team_id)?.map(|team| team.name));
    }
    Ok(names.into_iter().collect())
}

/// Teams and dates of a person. A declined date is told as one; a drafted request is told as not sent.
pub(crate) fn schedule_of(
    reader: &Reader<'_>,
    calendar: &Calendar,
    person_id: &str,
    now: Timestamp,
) -> Result<PersonSchedule, StoreError> {
    let today = calendar.date(now);
    let service_types = service_types(reader)?;
    let assignments = reader.about::<TeamMember>(person_id)?;
    let mut serving = Vec::new();
    let mut last_served: Option<Date> = None;
    for member in &assignments {
        let Some(plan) = reader.get::<Plan>(&member.plan_id)? else { continue };
        let status = team::status(member, now);
        let times: Vec<Timestamp> = team::times_of(&plan, member).iter().map(|time| time.starts_at).collect();
        let (ahead, over): (Vec<_>, Vec<_>) =
            times.into_iter().partition(|time| calendar.date(*time) >= today);
        if status.kind == StatusKind::Confirmed {
            last_served = last_served.max(over.last().map(|time| calendar.date(*time)));
        }
        let Some(starts_at) = ahead.first().copied() else { continue };
        let (date, times) = (calendar.date(starts_at), calendar.days_and_clocks(&ahead));
        let service_type = service_types.get(&plan.service_type_id).map_or("Plan", |(_, name)| name);
        serving.push((
            starts_at,
            ServingView {
                plan_id: plan.id.clone(),
                title: format!("{} · {service_type}", calendar.short_day(date)),
                line: [member.position.as_str(), times.as_str()]
                    .into_iter()
                    .filter(|word| !word.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · "),
                status,
            },
        ));
    }
    serving.sort_by(|(left, one), (right, other)| (left, &one.line).cmp(&(right, &other.line)));
    Ok(PersonSchedule {
        teams: person_teams(reader, &service_types, person_id, &assignments)?,
        serving: serving.into_iter().map(|(_, view)| view).collect(),
        last_served: last_served.map(|date| calendar.long_day(date, today)),
        missing: missing_of(reader)?,
    })
}

/// Why a person may have more teams and dates than are told.
fn missing_of(reader: &Reader<'_>) -> Result<Vec<String>, StoreError> {
    let dates = match schedule_coverage(reader)? {
        Coverage::NoRight { hint, .. } => {
            let words = format!("Teams and dates are not shown: you have no access to Services. {hint}");
            return Ok(vec![words]);
        }
        Coverage::NotLoaded => return Ok(vec!["Teams and dates have not been read yet.".to_owned()]),
        Coverage::Partial { reason, .. } => Some(format!("Dates may be missing here. {reason}")),
        Coverage::Complete => None,
    };
    let teams = match coverage(&reader.part(FRAME)?, 0, "Services") {
        Coverage::Partial { reason, .. } => Some(format!("Teams may be missing here. {reason}")),
        _ => None,
    };
    Ok([dates, teams].into_iter().flatten().collect())
}

fn person_teams(
    reader: &Reader<'_>,
    service_types: &BTreeMap<String, (i64, String)>,
    person_id: &str,
    assignments: &[TeamMember],
) -> Result<Vec<PersonTeamView>, StoreError> {
    let mut teams = Vec::new();
    for membership in reader.about::<Membership>(person_id)? {
        let Some(team) = reader.get::<Team>(&membership.team_id)? else { continue };
        let positions: BTreeSet<&str> = assignments
            .iter()
            .filter(|member| member.team_id.as_deref() == Some(&team.id) && !member.position.is_empty())
            .map(|member| member.position.as_str())
            .collect();
        let service_type = team.service_type_id.as_deref().and_then(|id| service_types.get(id));
        teams.push(PersonTeamView {
            service_type: service_type.map(|(_, name)| name.clone()).unwrap_or_default(),
            positions: positions.into_iter().map(ToOwned::to_owned).collect(),
            name: team.name,
        });
    }
    teams.sort_by(|one, other| (&one.service_type, &one.name).cmp(&(&other.service_type, &other.name)));
    Ok(teams)
}

pub(super) fn service_types(reader: &Reader<'_>) -> Result<BTreeMap<String, (i64, String)>, StoreError> {
    let all = reader.all::<ServiceType>()?;
    Ok(all
        .into_iter()
        .map(|service_type| (service_type.id, (service_type.sequence, service_type.name)))
        .collect())
}

/// What the choice between services says; with the day where they lie on several.
fn service_times(calendar: &Calendar, services: &[&PlanTime]) -> Vec<String> {
    let dates: BTreeSet<Date> = services.iter().map(|time| calendar.date(time.starts_at)).collect();
    let words = |time: &&PlanTime| match dates.len() {
        0 | 1 => calendar.bare_clock(time.starts_at),
        _ => format!("{} {}", calendar.weekday(time.starts_at), calendar.bare_clock(time.starts_at)),
    };
    services.iter().map(words).collect()
}

pub(super) fn times_line(calendar: &Calendar, plan: &Plan) -> String {
    let times: Vec<Timestamp> = plan.main_times().iter().map(|time| time.starts_at).collect();
    if times.is_empty() { "no time yet".to_owned() } else { calendar.days_and_clocks(&times) }
}

fn time_view(reader: &Reader<'_>, calendar: &Calendar, time: &PlanTime) -> Result<PlanTimeView, StoreError> {
    let (kind, words) = match time.kind {
        TimeKind::Service => (PlanTimeKind::Service, "Service"),
        TimeKind::Rehearsal => (PlanTimeKind::Rehearsal, "Rehearsal"),
        TimeKind::Other => (PlanTimeKind::Other, "Other time"),
    };
    let mut teams = Vec::new();
    for id in &time.team_ids {
        teams.extend(reader.get::<Team>(id)?.map(|team| team.name));
    }
    Ok(PlanTimeView {
        kind,
        name: time.name.clone().unwrap_or_else(|| words.to_owned()),
        day: calendar.short_day(calendar.date(time.starts_at)),
        clock: calendar.clock_span(time.starts_at, time.ends_at),
        teams,
    })
}

/// The plans before and after this one in the same service type.
fn neighbours(reader: &Reader<'_>, plan: &Plan) -> Result<(Option<String>, Option<String>), StoreError> {
    let starts = |plan: &Plan| plan.main_times().first().map(|time| time.starts_at);
    let Some(this) = starts(plan) else { return Ok((None, None)) };
    let mut others: Vec<(Timestamp, String)> = reader
        .owned::<Plan>(&plan.service_type_id)?
        .into_iter()
        .filter_map(|other| starts(&other).map(|starts| (starts, other.id)))
        .collect();
    others.sort();
    let place = others.iter().position(|(starts, id)| *starts == this && *id == plan.id);
    let at = |index: Option<usize>| index.and_then(|index| others.get(index)).map(|(_, id)| id.clone());
    Ok((at(place.and_then(|place| place.checked_sub(1))), at(place.map(|place| place + 1))))
}
