//! Services LIVE: one person has control of a plan and steps through its items, service by service.

use super::rows::{ItemTime, Live, LiveController, TimeType};
use crate::church::Church;
use crate::church::table::Id;

impl Church {
    /// Whoever leads the production team may run a plan, whatever their rights.
    pub(super) fn add_live_controllers(&mut self, service_type: Id) {
        let created_at = self.service_types[service_type].created_at;
        let teams = self.teams_of(service_type).into_iter();
        for team in teams.filter(|team| self.teams[*team].name == "Production").collect::<Vec<_>>() {
            let leaders = self.team_leaders.ids_owned_by(team, |row| row.team);
            let Some(person) = leaders.first().map(|leader| self.team_leaders[*leader].person) else {
                continue;
            };
            let id = self.live_controllers.next_id(61_007);
            self.live_controllers.push(id, LiveController { service_type, person, created_at });
        }
    }

    /// Whether somebody may run the plans of a service type without being a scheduler.
    pub(crate) fn is_live_controller(&self, service_type: Id, person: Id) -> bool {
        let controllers = self.live_controllers.ids_owned_by(service_type, |row| row.service_type);
        controllers.into_iter().any(|id| self.live_controllers[id].person == person)
    }

    /// What is going on with Services LIVE on a plan.
    pub(crate) fn live(&self, plan: Id) -> Live {
        self.plans[plan].live.unwrap_or_default()
    }

    /// What runs when the next step is taken: at first the first item of the first service.
    pub(crate) fn next_item_time(&self, plan: Id) -> Option<Id> {
        let order = self.live_order(plan);
        match self.live(plan).current {
            None => order.first().copied(),
            Some(current) => {
                let place = order.iter().position(|time| *time == current)?;
                order.get(place + 1).copied()
            }
        }
    }

    /// Everything that runs: service by service, item by item, without headers and what a service leaves out.
    fn live_order(&self, plan: Id) -> Vec<Id> {
        let contents = self.contents(plan);
        let runs = |time: &&ItemTime| {
            let item = contents.items.iter().find(|item| item.id == time.item);
            !time.exclude && item.is_some_and(|item| item.item_type != "header")
        };
        let services = self.plans[plan].times_of(TimeType::Service);
        services
            .flat_map(|service| contents.item_times.iter().filter(move |time| time.plan_time == service.id))
            .filter(runs)
            .map(|time| time.id)
            .collect()
    }

    /// Takes control of a plan, or gives it up.
    pub(crate) fn toggle_control(&mut self, plan: Id, person: Id) {
        if let Some(row) = self.plans.get_mut(plan) {
            let live = row.live.get_or_insert_default();
            live.controller = if live.controller == Some(person) { None } else { Some(person) };
        }
    }

    /// Steps forward or back. Without control nothing happens.
    pub(crate) fn step(&mut self, plan: Id, person: Id, forward: bool) {
        if self.live(plan).controller != Some(person) {
            return;
        }
        let now = self.now();
        let current = self.live(plan).current;
        let next = if forward { self.next_item_time(plan) } else { self.previous_item_time(plan) };
        if let Some(time) = current.and_then(|current| self.item_time_mut(current)) {
            time.live_end_at = Some(now);
        }
        if let Some(time) = next.and_then(|next| self.item_time_mut(next)) {
            (time.live_start_at, time.live_end_at) = (Some(now), None);
        }
        if let Some(row) = self.plans.get_mut(plan) {
            row.live.get_or_insert_default().current = next;
        }
    }

    fn previous_item_time(&self, plan: Id) -> Option<Id> {
        let order = self.live_order(plan);
        let place = order.iter().position(|time| Some(*time) == self.live(plan).current)?;
        order.get(place.checked_sub(1)?).copied()
    }
}
