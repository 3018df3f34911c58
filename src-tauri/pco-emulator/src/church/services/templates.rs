//! Makes what plans are made from: templates, which are plans without a date that no list of plans tells.

use std::borrow::Cow;

use super::plans::FIRST_PLAN;
use super::plans::STEP;
use super::rows::{Kind, Plan};
use crate::church::Church;
use crate::church::table::Id;

impl Church {
    /// One for each kind of service that has a fixed order.
    pub(in crate::church) fn add_plan_templates(&mut self) {
        let created_at = self.moment(self.day(-380), 13, 0);
        for service_type in self.service_types.ids() {
            let name = match self.service_types[service_type].kind {
                Kind::Sunday => "Sunday without communion",
                Kind::Kids => "Morning in the rooms",
                Kind::Midweek => continue,
            };
            let ordinal = self.plans.len() as u64;
            let row =
                Plan { template: Some(Cow::Borrowed(name)), ..Plan::new(service_type, ordinal, created_at) };
            self.plans.push(FIRST_PLAN + ordinal * STEP, row);
        }
    }

    /// The templates of a service type.
    pub(crate) fn templates_of(&self, service_type: Id) -> Vec<Id> {
        let templates = self.plans.iter().filter(|(_, plan)| plan.template.is_some());
        templates.filter(|(_, plan)| plan.service_type == service_type).map(|(id, _)| id).collect()
    }
}
