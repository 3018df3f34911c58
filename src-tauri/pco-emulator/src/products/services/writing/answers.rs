//! Answers to requests, and signing up for what is open: everybody for themself.

use super::full;
use crate::church::services::rows::{Answer, PlanPerson, TimeType};
use crate::church::services::signups::{person_of, subject_of};
use crate::church::table::Id;
use crate::jsonapi::payload::Payload;
use crate::jsonapi::resource::Record;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Done, Problem, Refusal, Writer};
use crate::products::services::schedules::SCHEDULE;

/// Others are answered for on the plan; this is for oneself.
pub(in crate::products::services) const SCHEDULE_ACTIONS: &[Action] = &[
    Action {
        name: "accept",
        by_get: false,
        access: Access::Myself,
        assignable: &["reason", "declined_plan_times"],
        run: accept,
    },
    Action {
        name: "decline",
        by_get: false,
        access: Access::Myself,
        assignable: &["reason"],
        run: |writer, id, payload| answer(writer, id, Answer::Declined, payload, Vec::new()),
    },
];

/// For all times, or without some where the team is asked for single ones.
fn accept(writer: &mut Writer<'_>, id: Id, payload: &Payload) -> Result<Done, Refusal> {
    let declined = payload.ids("declined_plan_times")?.value().unwrap_or_default();
    let entry = writer.plan_person(id);
    if !declined.iter().all(|time| entry.times.contains(time)) {
        return Err(Problem::must_exist("declined_plan_times").into());
    }
    if !declined.is_empty() && !writer.teams[entry.team].split {
        return Err(Problem::new("declined_plan_times", "cannot be declined one by one").into());
    }
    if !declined.is_empty() && entry.times.iter().all(|time| declined.contains(time)) {
        return answer(writer, id, Answer::Declined, payload, Vec::new());
    }
    answer(writer, id, Answer::Confirmed, payload, declined)
}

fn answer(
    writer: &mut Writer<'_>,
    id: Id,
    answer: Answer,
    payload: &Payload,
    declined_times: Vec<Id>,
) -> Result<Done, Refusal> {
    let reason = payload.text("reason")?.value().map(Into::into);
    let now = writer.now();
    if !writer.enter_answer(id, answer, reason, declined_times) {
        return Err(Refusal::NotFound);
    }
    if let Some(entry) = writer.plan_person_mut(id) {
        entry.read_at.get_or_insert(now);
    }
    Ok(Done::Shown(Record { resource: &SCHEDULE, id }))
}

/// Whoever signs up is confirmed at once, and the position is open no longer.
pub(in crate::products::services) const SIGNUP_SHEET_ACTIONS: &[Action] = &[Action {
    name: "accept",
    by_get: false,
    access: Access::Myself,
    assignable: &[],
    run: |writer, sheet, _| {
        let needed = writer.needed_position(subject_of(sheet));
        let (id, plan, team, position, time) =
            (needed.id, needed.plan, needed.team, needed.position.clone(), needed.time);
        let services = writer.plans[plan].times_of(TimeType::Service).map(|service| service.id);
        let times: Vec<Id> = services.filter(|service| time.is_none_or(|only| only == *service)).collect();
        let now = writer.now();
        let entry = PlanPerson {
            answer: Answer::Confirmed,
            prepared_only: false,
            times,
            answered_at: Some(now),
            ..PlanPerson::asked(plan, person_of(sheet), team, position, now)
        };
        writer.add_plan_person(entry).ok_or_else(full)?;
        if let Some(contents) = writer.contents_mut(plan) {
            for needed in contents.needed_positions.iter_mut().filter(|needed| needed.id == id) {
                needed.quantity = needed.quantity.saturating_sub(1);
            }
            contents.needed_positions.retain(|needed| needed.quantity > 0);
        }
        Ok(Done::Nothing)
    },
}];
