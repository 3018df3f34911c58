//! Services: answering requests, and what schedulers and editors write.

use super::schedules::SCHEDULE;
use crate::church::rights::ServicesRight;
use crate::church::services::rows::Answer;
use crate::church::table::Id;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::resource::Record;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Done, Patch, Problem, Refusal, Writer};

/// Others are answered for on the plan; this is for oneself.
pub(super) const SCHEDULE_ACTIONS: &[Action] = &[
    Action {
        name: "accept",
        by_get: false,
        access: Access::Myself,
        assignable: &["reason"],
        run: |writer, id, payload| answer(writer, id, Answer::Confirmed, payload),
    },
    Action {
        name: "decline",
        by_get: false,
        access: Access::Myself,
        assignable: &["reason"],
        run: |writer, id, payload| answer(writer, id, Answer::Declined, payload),
    },
];

fn answer(writer: &mut Writer<'_>, id: Id, answer: Answer, payload: &Payload) -> Result<Done, Refusal> {
    let reason = payload.text("reason")?.value();
    writer.set_status(id, answer.letter(), reason).map_err(|_| Refusal::NotFound)?;
    Ok(Done::Shown(Record { resource: &SCHEDULE, id }))
}

pub(super) const PATCH_PLAN_PERSON: Patch = Patch {
    access: Access::SCHEDULER,
    assignable: &["decline_reason", "notes", "prepare_notification", "status"],
    change: |writer, id, payload| {
        let status = payload.text("status")?.try_map(|text| {
            Answer::parse(&text).ok_or_else(|| Problem::new("status", "is not included in the list"))
        })?;
        let reason = payload.text("decline_reason")?;
        let notes = payload.text("notes")?;
        let prepare = payload.flag("prepare_notification")?;
        let now = writer.now();
        let entry = writer.plan_person_mut(id).ok_or(Refusal::NotFound)?;
        if let Given::Value(answer) = status {
            entry.answered_at = Some(now);
            entry.answer = answer;
        }
        reason.map(Into::into).assign(&mut entry.decline_reason);
        notes.map(Into::into).assign(&mut entry.notes);
        if let Given::Value(prepare) = prepare {
            entry.prepared_only = prepare;
        }
        entry.updated_at = now;
        Ok(())
    },
};

/// The items of a plan in the order of their ids in `sequence`.
pub(super) const ITEM_REORDER: Action = Action {
    name: "item_reorder",
    by_get: false,
    access: Access::Services(ServicesRight::Editor),
    assignable: &["sequence"],
    run: |writer, plan, payload| {
        let order = payload.ids("sequence")?.value().unwrap_or_default();
        if !writer.reorder_items(plan, &order) {
            return Err(Problem::new("sequence", "must name every item once").into());
        }
        Ok(Done::Nothing)
    },
};
