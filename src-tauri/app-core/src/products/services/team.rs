//! Who is on a plan: statuses in words, counts, and people by team and position.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::records::{NeededPosition, Plan, PlanTime, Team, TeamMember};
use super::views::{NeededView, PhoneView, PositionView, TeamMemberView, TeamView};
use crate::products::people;
use crate::store::{Reader, StoreError};
use crate::text::fold;
use crate::time::Calendar;
use crate::views::{StatusCounts, StatusKind, StatusView};

/// How a status is told. `U` means asked or listed and not answered, never "unscheduled".
pub(super) fn status(member: &TeamMember, now: Timestamp) -> StatusView {
    let (kind, label) = match member.status.as_str() {
        "C" | "Confirmed" => (StatusKind::Confirmed, "Confirmed".to_owned()),
        "D" | "Declined" => (StatusKind::Declined, "Declined".to_owned()),
        "U" | "Unconfirmed" if member.is_draft => (StatusKind::NotSent, "Request not sent".to_owned()),
        "U" | "Unconfirmed" => (StatusKind::Waiting, silence(member.asked_at, now)),
        other => (StatusKind::Other, if other.is_empty() { "Unknown".to_owned() } else { other.to_owned() }),
    };
    let remark = member.decline_reason.clone().filter(|_| kind == StatusKind::Declined);
    StatusView { kind, label, remark }
}

fn silence(asked_at: Option<Timestamp>, now: Timestamp) -> String {
    let days = asked_at.map(|asked_at| now.duration_since(asked_at).as_secs() / 86_400);
    match days {
        Some(1) => "Silent 1 day".to_owned(),
        Some(days) if days > 1 => format!("Silent {days} days"),
        _ => "Not answered".to_owned(),
    }
}

/// Places on a plan by answer. A person on two positions counts twice, as in Planning Center.
pub(super) fn counts(members: &[TeamMember], needed: &[NeededPosition]) -> StatusCounts {
    let mut counts = StatusCounts {
        needed: needed.iter().fold(0, |sum, needed| sum.saturating_add(needed.quantity)),
        ..StatusCounts::default()
    };
    for member in members {
        match member.status.as_str() {
            "C" | "Confirmed" => counts.confirmed += 1,
            "D" | "Declined" => counts.declined += 1,
            _ => counts.waiting += 1,
        }
    }
    counts
}

/// Where a team stands: in the church's own order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct TeamPlace {
    sequence: i64,
    name: String,
    id: String,
}

/// Where a position stands in its team; a position that the team does not list comes last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct PositionPlace {
    index: usize,
    name: String,
}

type Positions = BTreeMap<PositionPlace, PositionView>;

/// The people and open places of a plan, by team and position in the church's own order.
pub(super) fn teams(
    reader: &Reader<'_>,
    calendar: &Calendar,
    plan: &Plan,
    members: &[TeamMember],
    needed: &[NeededPosition],
    now: Timestamp,
) -> Result<Vec<TeamView>, StoreError> {
    let ids = members.iter().map(|member| &member.team_id).chain(needed.iter().map(|needed| &needed.team_id));
    let mut known = BTreeMap::new();
    for id in ids.flatten().collect::<BTreeSet<_>>() {
        known.extend(reader.get::<Team>(id)?.map(|team| (id.clone(), team)));
    }
    let mut teams: BTreeMap<TeamPlace, Positions> = BTreeMap::new();
    for member in members {
        let view = member_view(reader, calendar, plan, member, now)?;
        position(&mut teams, &known, member.team_id.as_deref(), &member.position).people.push(view);
    }
    for needed in needed.iter().filter(|needed| needed.quantity > 0) {
        let time = needed
            .time_id
            .as_deref()
            .and_then(|id| plan.times.iter().find(|time| time.id == id))
            .map(|time| calendar.bare_clock(time.starts_at));
        let view = NeededView { quantity: needed.quantity, time };
        position(&mut teams, &known, needed.team_id.as_deref(), &needed.position).needed.push(view);
    }
    let view = |(place, positions): (TeamPlace, Positions)| TeamView {
        name: place.name,
        positions: positions.into_values().map(by_name).collect(),
    };
    Ok(teams.into_iter().map(view).collect())
}

fn position<'a>(
    teams: &'a mut BTreeMap<TeamPlace, Positions>,
    known: &BTreeMap<String, Team>,
    team_id: Option<&str>,
    name: &str,
) -> &'a mut PositionView {
    let team = team_id.and_then(|id| known.get(id));
    let place = TeamPlace {
        sequence: team.map_or(i64::MAX, |team| team.sequence),
        name: team.map_or_else(|| "Other".to_owned(), |team| team.name.clone()),
        id: team_id.unwrap_or_default().to_owned(),
    };
    let index = team.and_then(|team| team.positions.iter().position(|position| position == name));
    let in_team = PositionPlace { index: index.unwrap_or(usize::MAX), name: name.to_owned() };
    let empty = || PositionView { name: name.to_owned(), people: Vec::new(), needed: Vec::new() };
    teams.entry(place).or_default().entry(in_team).or_insert_with(empty)
}

fn by_name(mut position: PositionView) -> PositionView {
    position.people.sort_by_cached_key(|person| fold(&person.name));
    position
}

fn member_view(
    reader: &Reader<'_>,
    calendar: &Calendar,
    plan: &Plan,
    member: &TeamMember,
    now: Timestamp,
) -> Result<TeamMemberView, StoreError> {
    let phone = people::phones_of(reader, &member.person_id)?;
    let is_known = reader.get::<people::Person>(&member.person_id)?.is_some();
    Ok(TeamMemberView {
        person_id: is_known.then(|| member.person_id.clone()),
        name: member.name.clone(),
        face: people::face_of(reader, &member.person_id, &member.name)?,
        status: status(member, now),
        times: partial_times(calendar, plan, member).map(|times| format!("{times} only")),
        phone: phone.map(|(text, href)| PhoneView { text, href }),
    })
}

/// The times a person serves at: those named for the person, else all of the plan's.
pub(super) fn times_of<'a>(plan: &'a Plan, member: &TeamMember) -> Vec<&'a PlanTime> {
    let services = plan.main_times();
    let named: Vec<_> =
        services.iter().copied().filter(|time| member.service_time_ids.contains(&time.id)).collect();
    if named.is_empty() { services } else { named }
}

/// The services a person serves at, when not all: `9:00 am`.
pub(super) fn partial_times(calendar: &Calendar, plan: &Plan, member: &TeamMember) -> Option<String> {
    let services = plan.main_times();
    let theirs = times_of(plan, member);
    (theirs.len() < services.len())
        .then(|| calendar.days_and_clocks(&theirs.iter().map(|time| time.starts_at).collect::<Vec<_>>()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn member(status: &str, is_draft: bool) -> TeamMember {
        TeamMember {
            status: status.into(),
            is_draft,
            decline_reason: Some("out of town".into()),
            asked_at: Some("2026-11-16T12:00:00Z".parse().unwrap()),
            ..TeamMember::default()
        }
    }

    fn said(status_word: &str, is_draft: bool) -> (StatusKind, String) {
        let view = status(&member(status_word, is_draft), "2026-11-20T13:00:00Z".parse().unwrap());
        (view.kind, view.label)
    }

    #[test]
    fn unanswered_is_told_as_silence_not_as_unscheduled() {
        assert_eq!(said("U", false), (StatusKind::Waiting, "Silent 4 days".into()));
        assert_eq!(said("U", true), (StatusKind::NotSent, "Request not sent".into()));
        assert_eq!(said("C", false), (StatusKind::Confirmed, "Confirmed".into()));
        assert_eq!(said("D", false), (StatusKind::Declined, "Declined".into()));
        assert_eq!(said("Maybe", false), (StatusKind::Other, "Maybe".into()), "unknown statuses survive");
    }

    #[test]
    fn a_reason_is_told_only_with_a_refusal() {
        let now = "2026-11-20T13:00:00Z".parse().unwrap();
        assert_eq!(status(&member("D", false), now).remark.as_deref(), Some("out of town"));
        assert_eq!(status(&member("C", false), now).remark, None);
    }

    #[test]
    fn needed_places_are_summed_and_are_not_people() {
        let needed = NeededPosition { quantity: 3, ..NeededPosition::default() };
        let counts =
            counts(&[member("C", false), member("U", true), member("D", false)], &[needed.clone(), needed]);
        assert_eq!(counts, StatusCounts { confirmed: 1, waiting: 1, declined: 1, needed: 6 });
    }
}
