//! Services LIVE on a plan: who has control, and what is running. It shares its id with the plan.

use super::dates;
use super::items::{ITEM, ITEM_TIME};
use super::people::PERSON;
use super::plans::PLAN;
use super::service_types::SERVICE_TYPE;
use super::writing::LIVE_ACTIONS;
use crate::church::rights::ServicesRight;
use crate::jsonapi::resource::{Resource, attribute, edge_to_many, edge_to_one};
use crate::jsonapi::value::Value;

pub(super) static LIVE: Resource = Resource {
    attributes: &[
        attribute("can_chat", |_, _| Value::Flag(false)),
        attribute("can_control", |view, id| {
            view.live(id).controller.is_some_and(|controller| view.is_me(controller)).into()
        }),
        attribute("can_control_video_feed", |_, _| Value::Flag(false)),
        attribute("can_take_control", |view, id| {
            let schedules = view.viewer.rights.services >= ServicesRight::Scheduler;
            let me = view.viewer.person;
            (schedules || view.is_live_controller(view.plans[id].service_type, me)).into()
        }),
        attribute("chat_room_channel", |_, id| format!("plan_{id}_chat").into()),
        attribute("dates", |church, id| dates(church, &church.plans[id], false)),
        attribute("live_channel", |_, id| format!("plan_{id}_live").into()),
        attribute("series_title", |church, id| church.church.plans[id].series_title.as_ref().into()),
        attribute("title", |church, id| church.church.plans[id].title.as_ref().into()),
    ],
    edges: &[
        // Nobody in control and nothing running are 404: the usual state of a plan.
        edge_to_one("controller", &PERSON, |church, id| church.live(id).controller.into_iter().collect()),
        edge_to_one("current_item_time", &ITEM_TIME, |church, id| {
            church.live(id).current.into_iter().collect()
        }),
        edge_to_many("items", &ITEM, |church, id| {
            church.contents(id).items.iter().map(|item| item.id).collect()
        }),
        edge_to_one("next_item_time", &ITEM_TIME, |church, id| {
            church.next_item_time(id).into_iter().collect()
        }),
        edge_to_one("service_type", &SERVICE_TYPE, |church, id| vec![church.plans[id].service_type]),
        edge_to_many("watchable_plans", &PLAN, |_, id| vec![id]),
    ],
    includes: &["controller", "current_item_time", "items", "next_item_time", "service_type"],
    actions: LIVE_ACTIONS,
    ..Resource::new("Live", |church, id| format!("{}/live", (PLAN.path)(church, id)))
};
