//! The times of a plan: what editors write. A plan's date follows from them.

use super::{EDITOR, full, one_of, optional_text};
use crate::church::Church;
use crate::church::services::rows::{PlanTime, TeamReminder, TimeType};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Entry, Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const ASSIGNABLE: &[&str] = &["ends_at", "name", "starts_at", "team_reminders", "time_type"];

pub(in crate::products::services) const CREATE_PLAN_TIME: Create = Create {
    access: EDITOR,
    assignable: ASSIGNABLE,
    make: |writer, plan, payload| {
        let starts_at = payload.moment("starts_at")?.value();
        let ends_at = payload.moment("ends_at")?.value();
        let time = PlanTime {
            id: 0,
            time_type: time_type(payload)?.unwrap_or(TimeType::Service),
            name: optional_text(payload, "name")?.value(),
            starts_at: starts_at.ok_or_else(|| Problem::new("starts_at", "can't be blank"))?,
            ends_at: ends_at.ok_or_else(|| Problem::new("ends_at", "can't be blank"))?,
            team_reminders: team_reminders(writer, plan, payload)?,
            updated_at: writer.now(),
        };
        in_order(&time)?;
        writer.add_plan_time(plan, time).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_PLAN_TIME: Patch = Patch {
    access: EDITOR,
    assignable: ASSIGNABLE,
    change: |writer, id, payload| {
        let old = writer.plan_time(id);
        let mut name: Option<Text> = old.name.clone();
        optional_text(payload, "name")?.assign(&mut name);
        let time = PlanTime {
            id,
            time_type: time_type(payload)?.unwrap_or(old.time_type),
            name,
            starts_at: payload.moment("starts_at")?.value().unwrap_or(old.starts_at),
            ends_at: payload.moment("ends_at")?.value().unwrap_or(old.ends_at),
            team_reminders: team_reminders(writer, Church::plan_of_time(id), payload)?
                .or_else(|| old.team_reminders.clone()),
            updated_at: writer.now(),
        };
        in_order(&time)?;
        *writer.plan_time_mut(id).ok_or(Refusal::NotFound)? = time;
        writer.keep_times_in_order(Church::plan_of_time(id));
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_PLAN_TIME: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.delete_plan_time(id);
        Ok(())
    },
};

/// A list of `{"team_id": …, "value": 0 to 7}`.
fn team_reminders(
    writer: &Writer<'_>,
    plan: Id,
    payload: &Payload,
) -> Result<Option<Vec<TeamReminder>>, Problem> {
    let service_type = writer.plans[plan].service_type;
    let reminder = |entry: &Entry| {
        let team = entry
            .id("team_id")
            .filter(|team| writer.teams.get(*team).is_some_and(|row| row.service_type == service_type))?;
        let days_before = u8::try_from(entry.integer("value")?).ok().filter(|days| *days <= 7)?;
        Some(TeamReminder { team, days_before })
    };
    let reminders = payload.entries("team_reminders")?.try_map(|entries| {
        let reminders = entries.iter().map(reminder).collect::<Option<Vec<_>>>();
        reminders.ok_or_else(|| Problem::new("team_reminders", "is invalid"))
    })?;
    Ok(reminders.value())
}

fn time_type(payload: &Payload) -> Result<Option<TimeType>, Problem> {
    Ok(match one_of(payload, "time_type", &["service", "rehearsal", "other"])? {
        Given::Value("service") => Some(TimeType::Service),
        Given::Value("rehearsal") => Some(TimeType::Rehearsal),
        Given::Value(_) => Some(TimeType::Other),
        Given::Null | Given::Nothing => None,
    })
}

fn in_order(time: &PlanTime) -> Result<(), Problem> {
    if time.ends_at > time.starts_at {
        Ok(())
    } else {
        Err(Problem::new("ends_at", "must be after starts_at"))
    }
}
