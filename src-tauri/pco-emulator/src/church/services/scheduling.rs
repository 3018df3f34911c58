//! Asks people to serve on a plan, lets them answer, and notes what is still needed.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::contents::{Contents, FIRST_NEEDED_POSITION, FIRST_PLAN_PERSON, row_id};
use super::rows::{Answer, NeededPosition, Plan, PlanPerson, Team, TeamPosition, TimeType};
use super::teams::OLDER_CHILDREN;
use crate::church::Church;
use crate::church::table::{Id, Text};
use crate::random::Random;

const SCHEDULE_STREAM: u64 = 51;

const REASONS: &[&str] = &[
    "Out of town for my sister’s wedding",
    "Working the early shift",
    "Down with a cold, sorry!",
    "Already serving with the kids that day",
    "School concert",
    "We are visiting my parents",
    "Exam the next morning",
    "",
];
const NOTES: &[&str] = &[
    "Bring the brushes",
    "Second microphone",
    "With the new in-ear pack",
    "Shadowing today",
    "Please arrive ten minutes early",
];

impl Church {
    pub(super) fn schedule_people(&self, plan_id: Id, contents: &mut Contents) {
        let plan = &self.plans[plan_id];
        let Some(day) = plan.day else { return };
        let mut random = Random::new(self.seed, SCHEDULE_STREAM, plan.ordinal);
        let days_ahead = i64::from((day - self.today).get_days());
        // Counted so that in the coming week every roster starts with its first person.
        let week = usize::try_from(days_ahead.div_euclid(7) + 2_520).unwrap_or(0);
        let teams = self.teams_of(plan.service_type).into_iter();
        for team_id in teams.filter(|team| self.teams[*team].archived_at.is_none()) {
            let team = &self.teams[team_id];
            for position_id in self.positions_of(team_id) {
                let position = &self.team_positions[position_id];
                let roster: Vec<Id> = self
                    .assignments_to(position_id)
                    .into_iter()
                    .map(|assignment| self.assignments[assignment].person)
                    .filter(|person| self.people.contains(*person))
                    .collect();
                let asked = if days_ahead > 84 { 0 } else { position.wanted };
                let mut filled = 0;
                for place in 0..asked.min(roster.len()) {
                    // The one whose turn it is; where the roster is short, somebody is missing now and then.
                    let turn = roster[(week * asked + place) % roster.len()];
                    let this_week = (0..7).contains(&days_ahead);
                    let also =
                        (this_week && place == 0).then(|| self.asked_twice(position, &roster)).flatten();
                    let person = also.unwrap_or(turn);
                    if random.chance(8) && !Self::is_steady(person) {
                        continue;
                    }
                    let entry = self.ask(plan, plan_id, team_id, position, person, days_ahead, &mut random);
                    filled += usize::from(entry.answer != Answer::Declined);
                    let id = row_id(FIRST_PLAN_PERSON, plan.ordinal, contents.team_members.len());
                    contents.team_members.push(PlanPerson { id, ..entry });
                }
                let quantity = position.wanted - filled;
                if quantity > 0 && days_ahead >= 0 && (days_ahead > 84 || random.chance(70)) {
                    let id = row_id(FIRST_NEEDED_POSITION, plan.ordinal, contents.needed_positions.len());
                    let time = needed_time(plan, team, &mut random);
                    contents.needed_positions.push(NeededPosition {
                        id,
                        plan: plan_id,
                        team: team_id,
                        position: position.name.clone(),
                        quantity,
                        time,
                        time_preference_option: None,
                    });
                }
            }
        }
    }

    /// Whom the children's leaders ask in this week although the band did so too: the drummer.
    fn asked_twice(&self, position: &TeamPosition, roster: &[Id]) -> Option<Id> {
        let drums = |person: &Id| {
            let positions =
                self.assignments_of(*person).into_iter().map(|id| self.assignments[id].team_position);
            positions.into_iter().any(|position| self.team_positions[position].name == "Drums")
        };
        (position.name == OLDER_CHILDREN).then(|| roster.iter().copied().find(drums)).flatten()
    }

    #[expect(clippy::too_many_arguments, reason = "one entry is where all of these meet")]
    fn ask(
        &self,
        plan: &Plan,
        plan_id: Id,
        team_id: Id,
        position: &TeamPosition,
        person: Id,
        days_ahead: i64,
        random: &mut Random,
    ) -> PlanPerson {
        let team = &self.teams[team_id];
        let prepared_only = days_ahead > 42 || (days_ahead > 28 && random.chance(60));
        let answer = match (prepared_only, random.below(100)) {
            (true, _) => Answer::Unconfirmed,
            (false, _) if Self::is_steady(person) => Answer::Confirmed,
            (false, chance) if days_ahead < 0 => {
                if chance < 92 {
                    Answer::Confirmed
                } else {
                    Answer::Declined
                }
            }
            (false, chance) if days_ahead <= 7 => match chance {
                0..72 => Answer::Confirmed,
                72..86 => Answer::Unconfirmed,
                _ => Answer::Declined,
            },
            (false, chance) => match chance {
                0..45 => Answer::Confirmed,
                45..90 => Answer::Unconfirmed,
                _ => Answer::Declined,
            },
        };
        let created_at = plan.created_at + SignedDuration::from_hours(random.between(1, 30));
        let created_at = created_at.min(self.start_of_today());
        let event = self.moment(plan.day.unwrap_or(self.today), 9, 0);
        let latest = self.start_of_today() - SignedDuration::from_mins(10);
        // A request goes out four weeks before, is read within a day, and answered within four.
        let after = |start: Timestamp, hours: i64| {
            (start + SignedDuration::from_hours(hours)).min(latest).max(created_at)
        };
        let sent_at = (!prepared_only)
            .then(|| after(event - SignedDuration::from_hours(24 * 28), random.between(0, 12)));
        let read_at = sent_at
            .filter(|_| answer != Answer::Unconfirmed || random.chance(50))
            .map(|sent| after(sent, random.between(1, 24)));
        let answered_at =
            read_at.filter(|_| answer != Answer::Unconfirmed).map(|read| after(read, random.between(0, 72)));
        let times = times_of(plan, team, random);
        // Who is asked for both services may come to one of them only.
        let partial = team.split && times.len() > 1 && answer == Answer::Confirmed && random.chance(40);
        let declined_times = if partial { vec![random.pick(&times)] } else { Vec::new() };
        PlanPerson {
            id: 0,
            plan: plan_id,
            person,
            team: team_id,
            position: position.name.clone(),
            answer,
            decline_reason: (answer == Answer::Declined).then(|| Cow::Borrowed(random.pick(REASONS))),
            notes: random.chance(6).then(|| Cow::Borrowed(random.pick(NOTES))),
            prepared_only,
            times,
            declined_times,
            responds_to: Some(self.planner()),
            sent_at,
            read_at,
            answered_at,
            created_at,
            updated_at: answered_at.or(read_at).or(sent_at).unwrap_or(created_at),
        }
    }
}

/// A split team is asked for one service; others for everything their team takes part in.
fn times_of(plan: &Plan, team: &Team, random: &mut Random) -> Vec<Id> {
    let services: Vec<Id> = plan.times_of(TimeType::Service).map(|time| time.id).collect();
    if team.split && services.len() > 1 && random.chance(80) {
        return vec![random.pick(&services)];
    }
    let wanted = |time_type| time_type == TimeType::Service || team.rehearses;
    plan.times.iter().filter(|time| wanted(time.time_type)).map(|time| time.id).collect()
}

fn needed_time(plan: &Plan, team: &Team, random: &mut Random) -> Option<Id> {
    let services: Vec<Id> = plan.times_of(TimeType::Service).map(|time| time.id).collect();
    (team.split && services.len() > 1).then(|| random.pick(&services))
}

impl Church {
    /// Enters somebody's answer to a request: for all its times, or without those of `declined_times`.
    pub(crate) fn enter_answer(
        &mut self,
        id: Id,
        answer: Answer,
        reason: Option<Text>,
        declined_times: Vec<Id>,
    ) -> bool {
        let now = self.now();
        let Some(entry) = self.plan_person_mut(id) else { return false };
        entry.answer = answer;
        let says_no = answer == Answer::Declined || !declined_times.is_empty();
        entry.decline_reason = reason.filter(|_| says_no);
        entry.declined_times = declined_times;
        entry.answered_at = Some(now);
        entry.updated_at = now;
        true
    }
}
