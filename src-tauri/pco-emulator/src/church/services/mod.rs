//! Services: what is planned, who is asked to serve, and what is sung.

mod adding;
mod attachments;
mod blockouts;
pub(crate) mod calendar;
mod contents;
mod live;
pub(crate) mod media;
mod order_of_service;
mod plans;
pub(crate) mod repertoire;
pub(crate) mod rows;
mod scheduling;
mod service_types;
pub(crate) mod signups;
mod songs;
pub(crate) mod split_teams;
pub(crate) mod tags;
mod teams;
mod templates;

/// Distance between the ids of two plans.
pub(super) use plans::STEP as PLAN_STEP;
