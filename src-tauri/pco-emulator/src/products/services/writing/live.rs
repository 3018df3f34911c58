//! Services LIVE: taking control, and stepping through the items.

use crate::jsonapi::resource::Record;
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Action, Done};
use crate::products::services::live::LIVE;

pub(in crate::products::services) const LIVE_ACTIONS: &[Action] = &[
    Action {
        name: "go_to_next_item",
        by_get: false,
        access: Access::SCHEDULER,
        assignable: &[],
        run: |writer, plan, _| {
            let person = writer.viewer.person;
            writer.step(plan, person, true);
            Ok(Done::Shown(Record { resource: &LIVE, id: plan }))
        },
    },
    Action {
        name: "go_to_previous_item",
        by_get: false,
        access: Access::SCHEDULER,
        assignable: &[],
        run: |writer, plan, _| {
            let person = writer.viewer.person;
            writer.step(plan, person, false);
            Ok(Done::Shown(Record { resource: &LIVE, id: plan }))
        },
    },
    Action {
        name: "toggle_control",
        by_get: false,
        access: Access::SCHEDULER,
        assignable: &[],
        run: |writer, plan, _| {
            let person = writer.viewer.person;
            writer.toggle_control(plan, person);
            Ok(Done::Shown(Record { resource: &LIVE, id: plan }))
        },
    },
];
