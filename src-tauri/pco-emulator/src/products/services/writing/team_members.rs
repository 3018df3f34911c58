//! Who is asked to serve on a plan, and what is still open: what schedulers write.

use super::{full, optional_text};
use crate::church::services::rows::{Answer, NeededPosition, PlanPerson, PlanTime, TimeType};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const ASSIGNABLE: &[&str] = &[
    "decline_reason",
    "notes",
    "notification_prepared_at",
    "person_id",
    "prepare_notification",
    "responds_to_id",
    "status",
    "team_id",
    "team_position_name",
];

/// Without a team it is the alphabetically first one, on whatever position is named.
pub(in crate::products::services) const CREATE_PLAN_PERSON: Create = Create {
    access: Access::SCHEDULER,
    assignable: ASSIGNABLE,
    make: |writer, plan, payload| {
        let person = payload.related("person")?.value().filter(|person| writer.people.contains(*person));
        let person = person.ok_or_else(|| Problem::must_exist("person"))?;
        let team = match payload.related("team")? {
            Given::Value(team) => team_of(writer, plan, team)?,
            Given::Null | Given::Nothing => first_team(writer, plan)?,
        };
        let position = payload.text("team_position_name")?.value().unwrap_or_default();
        let now = writer.now();
        let row = &writer.teams[team];
        let called =
            |time| writer.split_teams_at(time).into_iter().any(|id| writer.split_team(id).team == team);
        let wanted = |time: &&PlanTime| match time.time_type {
            TimeType::Service => true,
            TimeType::Rehearsal | TimeType::Other => row.rehearses || called(time.id),
        };
        let times = writer.plans[plan].times.iter().filter(wanted);
        let entry = PlanPerson {
            times: times.map(|time| time.id).collect(),
            ..PlanPerson::asked(plan, person, team, Text::Owned(position), now)
        };
        let id = writer.add_plan_person(entry).ok_or_else(full)?;
        if let Err(refusal) = assign(writer, id, payload) {
            remove(writer, plan, id);
            return Err(refusal);
        }
        Ok(id)
    },
};

pub(in crate::products::services) const PATCH_PLAN_PERSON: Patch =
    Patch { access: Access::SCHEDULER, assignable: ASSIGNABLE, change: assign };

pub(in crate::products::services) const DELETE_PLAN_PERSON: Delete = Delete {
    access: Access::SCHEDULER,
    remove: |writer, id| {
        let plan = writer.plan_person(id).plan;
        remove(writer, plan, id);
        Ok(())
    },
};

fn remove(writer: &mut Writer<'_>, plan: Id, id: Id) {
    if let Some(contents) = writer.contents_mut(plan) {
        contents.team_members.retain(|entry| entry.id != id);
    }
}

fn assign(writer: &mut Writer<'_>, id: Id, payload: &Payload) -> Result<(), Refusal> {
    let status = payload.text("status")?.try_map(|text| {
        Answer::parse(&text).ok_or_else(|| Problem::new("status", "is not included in the list"))
    })?;
    let person = payload.related("person")?.value();
    if person.is_some_and(|person| !writer.people.contains(person)) {
        return Err(Problem::must_exist("person").into());
    }
    let plan = writer.plan_person(id).plan;
    let team = payload.related("team")?.value().map(|team| team_of(writer, plan, team)).transpose()?;
    // 0 means all leaders of the team.
    let responds_to = payload.related("responds_to")?;
    if matches!(responds_to, Given::Value(person) if person != 0 && !writer.people.contains(person)) {
        return Err(Problem::must_exist("responds_to").into());
    }
    let position = payload.text("team_position_name")?.value();
    let reason = optional_text(payload, "decline_reason")?;
    let notes = optional_text(payload, "notes")?;
    let prepare = payload.flag("prepare_notification")?.value();
    let now = writer.now();
    let entry = writer.plan_person_mut(id).ok_or(Refusal::NotFound)?;
    if let Some(answer) = status.value() {
        (entry.answer, entry.answered_at) = (answer, Some(now));
        entry.declined_times.clear();
        if answer != Answer::Declined {
            entry.decline_reason = None;
        }
    }
    reason.assign(&mut entry.decline_reason);
    notes.assign(&mut entry.notes);
    entry.person = person.unwrap_or(entry.person);
    entry.team = team.unwrap_or(entry.team);
    entry.position = position.map_or_else(|| entry.position.clone(), Text::Owned);
    entry.prepared_only = prepare.unwrap_or(entry.prepared_only);
    responds_to
        .map(Some)
        .value()
        .into_iter()
        .for_each(|person| entry.responds_to = person.filter(|id| *id != 0));
    entry.updated_at = now;
    Ok(())
}

/// A team that serves on the plan.
fn team_of(writer: &Writer<'_>, plan: Id, team: Id) -> Result<Id, Problem> {
    let service_type = writer.plans[plan].service_type;
    let known = writer.teams.get(team).is_some_and(|row| row.service_type == service_type);
    if known { Ok(team) } else { Err(Problem::must_exist("team")) }
}

fn first_team(writer: &Writer<'_>, plan: Id) -> Result<Id, Problem> {
    let teams = writer.teams_of(writer.plans[plan].service_type).into_iter();
    let first = teams.min_by_key(|team| writer.teams[*team].name.to_lowercase());
    first.ok_or_else(|| Problem::must_exist("team"))
}

pub(in crate::products::services) const CREATE_NEEDED_POSITION: Create = Create {
    access: Access::SCHEDULER,
    assignable: &["quantity", "team_id", "team_position_name", "time_id", "time_preference_option_id"],
    make: |writer, plan, payload| {
        let team = payload.related("team")?.value().ok_or_else(|| Problem::must_exist("team"))?;
        let team = team_of(writer, plan, team)?;
        let position = Text::Owned(payload.required_text("team_position_name")?);
        let time = payload.related("time")?.value();
        if time.is_some_and(|time| !writer.plans[plan].times.iter().any(|known| known.id == time)) {
            return Err(Problem::must_exist("time").into());
        }
        let time_preference_option = payload.related("time_preference_option")?.value();
        let known = writer.time_preference_options_of(writer.plans[plan].service_type);
        if time_preference_option.is_some_and(|option| !known.contains(&option)) {
            return Err(Problem::must_exist("time_preference_option").into());
        }
        let quantity = quantity(payload)?.unwrap_or(1);
        let needed = NeededPosition { id: 0, plan, team, position, quantity, time, time_preference_option };
        writer.add_needed_position(needed).ok_or_else(full)
    },
};

pub(in crate::products::services) const PATCH_NEEDED_POSITION: Patch = Patch {
    access: Access::SCHEDULER,
    assignable: &["quantity"],
    change: |writer, id, payload| {
        let quantity = quantity(payload)?;
        let needed = writer.needed_position_mut(id).ok_or(Refusal::NotFound)?;
        needed.quantity = quantity.unwrap_or(needed.quantity);
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_NEEDED_POSITION: Delete = Delete {
    access: Access::SCHEDULER,
    remove: |writer, id| {
        let plan = writer.needed_position(id).plan;
        if let Some(contents) = writer.contents_mut(plan) {
            contents.needed_positions.retain(|needed| needed.id != id);
        }
        Ok(())
    },
};

fn quantity(payload: &Payload) -> Result<Option<usize>, Problem> {
    let quantity = payload.integer("quantity")?.try_map(|quantity| {
        let positive = usize::try_from(quantity).ok().filter(|quantity| *quantity > 0);
        positive.ok_or_else(|| Problem::new("quantity", "must be greater than 0"))
    })?;
    Ok(quantity.value())
}
