//! Services LIVE: taking control, and stepping through the items.

use crate::church::rights::ServicesRight;
use crate::church::table::Id;
use crate::jsonapi::payload::Payload;
use crate::jsonapi::resource::Record;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Done, Refusal, Writer};
use crate::products::services::live::LIVE;

pub(in crate::products::services) const LIVE_ACTIONS: &[Action] = &[
    action("go_to_next_item", |writer, plan, _| run(writer, plan, |writer, me| writer.step(plan, me, true))),
    action("go_to_previous_item", |writer, plan, _| {
        run(writer, plan, |writer, me| writer.step(plan, me, false))
    }),
    action("toggle_control", |writer, plan, _| {
        run(writer, plan, |writer, me| writer.toggle_control(plan, me))
    }),
];

const fn action(
    name: &'static str,
    run: fn(&mut Writer<'_>, Id, &Payload) -> Result<Done, Refusal>,
) -> Action {
    Action { name, by_get: false, access: Access::Everybody, assignable: &[], run }
}

/// For schedulers, and for those whom a service type lets run its plans all the same.
fn run(writer: &mut Writer<'_>, plan: Id, step: impl FnOnce(&mut Writer<'_>, Id)) -> Result<Done, Refusal> {
    let me = writer.viewer.person;
    let schedules = writer.viewer.rights.services >= ServicesRight::Scheduler;
    if !schedules && !writer.is_live_controller(writer.plans[plan].service_type, me) {
        return Err(Refusal::Forbidden);
    }
    step(writer, me);
    Ok(Done::Shown(Record { resource: &LIVE, id: plan }))
}
