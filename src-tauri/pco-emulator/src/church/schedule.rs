//! Asks people to serve on a plan, lets them answer, and notes what is still needed.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::Church;
use super::contents::{Contents, FIRST_NEEDED_POSITION, FIRST_PLAN_PERSON, row_id};
use super::rows::{Answer, NeededPosition, Plan, PlanPerson, Team, TeamPosition, TimeType};
use super::table::Id;
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
        for team_id in self.teams.ids_owned_by(plan.service_type, |team| team.service_type) {
            let team = &self.teams[team_id];
            for position_id in self.team_positions.ids_owned_by(team_id, |position| position.team) {
                let position = &self.team_positions[position_id];
                let roster: Vec<Id> = team
                    .members
                    .iter()
                    .filter(|(_, known)| *known == position_id)
                    .map(|(person, _)| *person)
                    .filter(|person| self.people.contains(*person))
                    .collect();
                let asked = if days_ahead > 84 { 0 } else { position.wanted };
                let mut filled = 0;
                for place in 0..asked.min(roster.len()) {
                    // The one whose turn it is; where the roster is short, somebody is missing now and then.
                    let person = roster[(week * asked + place) % roster.len()];
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
                        position: position.name,
                        quantity,
                        time,
                    });
                }
            }
        }
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
        PlanPerson {
            id: 0,
            plan: plan_id,
            person,
            team: team_id,
            position: position.name,
            answer,
            decline_reason: (answer == Answer::Declined).then(|| Cow::Borrowed(random.pick(REASONS))),
            notes: random.chance(6).then(|| Cow::Borrowed(random.pick(NOTES))),
            prepared_only,
            times: times_of(plan, team, random),
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
