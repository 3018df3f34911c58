//! When people cannot serve, and where and how often they do: what schedulers write, and people about themselves.

use jiff::civil::DateTime;

use super::one_of;
use crate::church::services::rows::{Assignment, Blockout, Period, Repeat};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const BLOCKOUT: &[&str] = &[
    "ends_at",
    "reason",
    "repeat_frequency",
    "repeat_interval",
    "repeat_period",
    "repeat_until",
    "share",
    "starts_at",
];
const FREQUENCIES: &[&str] =
    &["no_repeat", "every_1", "every_2", "every_3", "every_4", "every_5", "every_6", "every_7", "every_8"];
const INTERVALS: &[&str] =
    &["exact_day_of_month", "week_of_month_1", "week_of_month_2", "week_of_month_3", "week_of_month_4"];

pub(in crate::products::services) const CREATE_BLOCKOUT: Create = Create {
    access: Access::SCHEDULER_OR_SELF,
    assignable: BLOCKOUT,
    make: |writer, person, payload| {
        let now = writer.now();
        let blank = |name| move || Problem::new(name, "can't be blank");
        let blockout = Blockout {
            person,
            reason: Text::Borrowed(""),
            starts_at: wall_clock(writer, payload, "starts_at")?.ok_or_else(blank("starts_at"))?,
            ends_at: wall_clock(writer, payload, "ends_at")?.ok_or_else(blank("ends_at"))?,
            repeat: None,
            share: true,
            exceptions: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let blockout = changed(writer, blockout, payload)?;
        Ok(writer.blockouts.add(blockout))
    },
};

pub(in crate::products::services) const PATCH_BLOCKOUT: Patch = Patch {
    access: Access::SCHEDULER_OR_SELF,
    assignable: BLOCKOUT,
    change: |writer, id, payload| {
        let blockout = changed(writer, writer.blockouts[id].clone(), payload)?;
        let now = writer.now();
        *writer.blockouts.get_mut(id).ok_or(Refusal::NotFound)? = Blockout { updated_at: now, ..blockout };
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_BLOCKOUT: Delete = Delete {
    access: Access::SCHEDULER_OR_SELF,
    remove: |writer, id| writer.blockouts.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

fn changed(writer: &Writer<'_>, mut blockout: Blockout, payload: &Payload) -> Result<Blockout, Problem> {
    blockout.reason = payload.text("reason")?.value().map_or(blockout.reason, Text::Owned);
    blockout.share = payload.flag("share")?.value().unwrap_or(blockout.share);
    blockout.starts_at = wall_clock(writer, payload, "starts_at")?.unwrap_or(blockout.starts_at);
    blockout.ends_at = wall_clock(writer, payload, "ends_at")?.unwrap_or(blockout.ends_at);
    if blockout.ends_at < blockout.starts_at {
        return Err(Problem::new("ends_at", "must be after starts_at"));
    }
    match one_of(payload, "repeat_frequency", FREQUENCIES)? {
        Given::Value("no_repeat") | Given::Null => blockout.repeat = None,
        Given::Value(frequency) => blockout.repeat = Some(repeat(frequency, payload)?),
        Given::Nothing => {}
    }
    if let Some(repeat) = &mut blockout.repeat {
        payload.day("repeat_until")?.assign(&mut repeat.until);
    }
    Ok(blockout)
}

fn repeat(frequency: &str, payload: &Payload) -> Result<Repeat, Problem> {
    let every = frequency.bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
    let interval = one_of(payload, "repeat_interval", INTERVALS)?.value();
    let period = match one_of(payload, "repeat_period", &["daily", "weekly", "monthly", "yearly"])?.value() {
        Some("daily") => Period::Daily,
        Some("monthly") => match interval.and_then(|interval| interval.strip_prefix("week_of_month_")) {
            Some(week) => Period::MonthlyByWeek(week.parse().unwrap_or(1)),
            None => Period::Monthly,
        },
        Some("yearly") => Period::Yearly,
        _ => Period::Weekly,
    };
    Ok(Repeat { every, period, until: None })
}

/// A moment, on the church's wall clock.
fn wall_clock(
    writer: &Writer<'_>,
    payload: &Payload,
    name: &'static str,
) -> Result<Option<DateTime>, Problem> {
    Ok(payload.moment(name)?.value().map(|moment| writer.zone.to_datetime(moment)))
}

const ASSIGNMENT: &[&str] = &["preferred_weeks", "schedule_preference", "time_preference_option_ids"];
const NEW_ASSIGNMENT: &[&str] =
    &["person_id", "preferred_weeks", "schedule_preference", "time_preference_option_ids"];
const PREFERENCES: &[&str] = &[
    "Every week",
    "Every other week",
    "Every 3rd week",
    "Every 4th week",
    "Every 5th week",
    "Every 6th week",
    "Once a month",
    "Twice a month",
    "Three times a month",
    "Choose Weeks",
];

pub(in crate::products::services) const CREATE_ASSIGNMENT: Create = Create {
    access: Access::SCHEDULER,
    assignable: NEW_ASSIGNMENT,
    make: |writer, team_position, payload| {
        let person = payload.related("person")?.value().filter(|person| writer.people.contains(*person));
        let now = writer.now();
        let assignment = Assignment {
            person: person.ok_or_else(|| Problem::must_exist("person"))?,
            team_position,
            schedule_preference: Text::Borrowed(PREFERENCES[0]),
            preferred_weeks: Vec::new(),
            time_preference_options: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let assignment = preferred(writer, assignment, payload)?;
        Ok(writer.assignments.add(assignment))
    },
};

pub(in crate::products::services) const PATCH_ASSIGNMENT: Patch = Patch {
    access: Access::SCHEDULER,
    assignable: ASSIGNMENT,
    change: |writer, id, payload| {
        let assignment = preferred(writer, writer.assignments[id].clone(), payload)?;
        let now = writer.now();
        *writer.assignments.get_mut(id).ok_or(Refusal::NotFound)? =
            Assignment { updated_at: now, ..assignment };
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_ASSIGNMENT: Delete = Delete {
    access: Access::SCHEDULER,
    remove: |writer, id: Id| writer.assignments.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

fn preferred(
    writer: &Writer<'_>,
    mut assignment: Assignment,
    payload: &Payload,
) -> Result<Assignment, Problem> {
    if let Given::Value(options) = payload.ids("time_preference_option_ids")? {
        let team = writer.team_positions[assignment.team_position].team;
        let known = writer.time_preference_options_of(writer.teams[team].service_type);
        if !options.iter().all(|option| known.contains(option)) {
            return Err(Problem::must_exist("time_preference_options"));
        }
        assignment.time_preference_options = options;
    }
    if let Given::Value(preference) = one_of(payload, "schedule_preference", PREFERENCES)? {
        assignment.schedule_preference = Text::Borrowed(preference);
    }
    if let Given::Value(weeks) = payload.texts("preferred_weeks")? {
        let weeks: Option<Vec<u8>> =
            weeks.iter().map(|week| week.parse().ok().filter(|week| (1..=5).contains(week))).collect();
        assignment.preferred_weeks =
            weeks.ok_or_else(|| Problem::new("preferred_weeks", "is not included in the list"))?;
    }
    if assignment.schedule_preference != "Choose Weeks" {
        assignment.preferred_weeks.clear();
    }
    Ok(assignment)
}
