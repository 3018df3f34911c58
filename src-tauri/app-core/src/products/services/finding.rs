//! What the palette finds of Services: plans by name and date, songs, and teams.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;

use super::dates::{date_of, distance};
use super::queries::{service_types, times_line};
use super::records::{Item, Membership, Plan, ServiceType, Team};
use super::songs::{SONGS, Song};
use super::sync::FRAME;
use crate::products::{church, coverage};
use crate::search::views::{AboutView, SearchHit};
use crate::store::{Reader, RowId, StoreError};
use crate::text::fold;
use crate::time::Calendar;
use crate::views::Coverage;

/// All plans as they are found, kept for as long as they are the same: of hundreds of service types there are thousands, and
/// each letter that is typed asks for them.
#[derive(Default)]
pub(crate) struct PlanFinder(Mutex<Option<Arc<Plans>>>);

/// The plans, the nearest to come first, then the latest that were.
struct Plans {
    of: State,
    plans: Vec<FindablePlan>,
}

/// What they were made of: the editions of all that is in them, and the church's day.
#[derive(PartialEq, Eq)]
struct State {
    plans: i64,
    service_types: i64,
    church: i64,
    today: Date,
}

struct FindablePlan {
    text: String,
    hit: SearchHit,
}

impl PlanFinder {
    /// Plans whose service type, title, series or date hold every word, of those that have `song` if one is named: where the
    /// words begin words first, then the nearest to come, then the latest that were.
    pub(crate) fn find(
        &self,
        reader: &Reader<'_>,
        now: Timestamp,
        words: &[String],
        song: Option<&str>,
        limit: usize,
    ) -> Result<Vec<SearchHit>, StoreError> {
        let plans = self.plans(reader, now)?;
        let having = song.map(|song| plans_with(reader, song)).transpose()?;
        let is_wanted = |plan: &&FindablePlan| {
            having.as_ref().is_none_or(|having| having.contains(&plan.hit.id))
                && words.iter().all(|word| plan.text.contains(word.as_str()))
        };
        let begins = |plan: &&FindablePlan| {
            words.iter().all(|word| plan.text.split(' ').any(|other| other.starts_with(word.as_str())))
        };
        let (first, others): (Vec<_>, Vec<_>) = plans.plans.iter().filter(is_wanted).partition(begins);
        Ok(first.into_iter().chain(others).take(limit).map(|plan| plan.hit.clone()).collect())
    }

    fn plans(&self, reader: &Reader<'_>, now: Timestamp) -> Result<Arc<Plans>, StoreError> {
        let calendar = church::calendar(reader)?;
        let of = State {
            plans: reader.edition::<Plan>()?,
            service_types: reader.edition::<ServiceType>()?,
            church: church::edition(reader)?,
            today: calendar.date(now),
        };
        let mut at_hand = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plans) = at_hand.as_ref().filter(|plans| plans.of == of) {
            return Ok(Arc::clone(plans));
        }
        let plans = findable_plans(reader, &calendar, of.today)?;
        Ok(Arc::clone(at_hand.insert(Arc::new(Plans { of, plans }))))
    }
}

fn findable_plans(
    reader: &Reader<'_>,
    calendar: &Calendar,
    today: Date,
) -> Result<Vec<FindablePlan>, StoreError> {
    let service_types = service_types(reader)?;
    let mut plans = reader.all::<Plan>()?;
    plans.sort_by_cached_key(|plan| (distance(calendar, plan, today), plan.id.clone()));
    let findable = plans.into_iter().map(|plan| {
        let service_type = service_types.get(&plan.service_type_id).map_or("Plan", |(_, name)| name);
        let day = date_of(calendar, &plan);
        let date = day.map_or_else(|| "No date yet".to_owned(), |date| calendar.long_day(date, today));
        let short = day.map_or_else(|| date.clone(), |date| calendar.short_day(date));
        let called = [plan.title.as_deref(), plan.series.as_deref()].into_iter().flatten();
        let text =
            [service_type, &date, &short].into_iter().chain(called).map(fold).collect::<Vec<_>>().join(" ");
        let title = format!("{short} · {service_type}");
        let times = times_line(calendar, &plan);
        let line = [plan.title.or(plan.series), Some(times)];
        let line = line.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        FindablePlan { text, hit: SearchHit { id: plan.id, title, line, face: None } }
    });
    Ok(findable.collect())
}

fn plans_with(reader: &Reader<'_>, song: &str) -> Result<BTreeSet<String>, StoreError> {
    let mut plans = BTreeSet::new();
    reader.each(|item: Item| {
        if item.song_id.as_deref() == Some(song) {
            plans.insert(item.plan_id);
        }
    })?;
    Ok(plans)
}

/// Songs that were found.
pub(crate) fn song_hits(reader: &Reader<'_>, found: &[RowId]) -> Result<Vec<SearchHit>, StoreError> {
    let mut hits = Vec::new();
    for row in found {
        let Some(song) = reader.at::<Song>(*row)? else { continue };
        let facts = [song.author.clone(), Some(last_used(&song)), song.hidden.then(|| "archived".to_owned())];
        hits.push(SearchHit {
            line: facts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            id: song.id,
            title: song.title,
            face: None,
        });
    }
    Ok(hits)
}

fn last_used(song: &Song) -> String {
    song.last_used.as_ref().map_or_else(|| "not used yet".to_owned(), |dates| format!("last used {dates}"))
}

/// A song in a few words.
pub(crate) fn about_song(reader: &Reader<'_>, id: &str) -> Result<Option<AboutView>, StoreError> {
    Ok(reader.get::<Song>(id)?.map(|song| {
        let last_used = last_used(&song);
        let facts = [
            song.author,
            song.ccli_number.map(|number| format!("CCLI {number}")),
            Some(last_used),
            song.hidden.then(|| "archived".to_owned()),
        ];
        AboutView::new(song.title, facts)
    }))
}

/// How much of the song book is here.
pub(crate) fn song_coverage(reader: &Reader<'_>) -> Result<Coverage, StoreError> {
    Ok(coverage(&reader.part(SONGS)?, reader.count::<Song>()?, "songs"))
}

/// Teams that were found.
pub(crate) fn team_hits(reader: &Reader<'_>, found: &[RowId]) -> Result<Vec<SearchHit>, StoreError> {
    let mut hits = Vec::new();
    for row in found {
        let Some(team) = reader.at::<Team>(*row)? else { continue };
        let members = reader.owned::<Membership>(&team.id)?.len();
        let facts = [service_type_of(reader, &team)?, Some(people(members))];
        hits.push(SearchHit {
            line: facts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            id: team.id,
            title: team.name,
            face: None,
        });
    }
    Ok(hits)
}

/// A team in a few words, and the ids of its members.
pub(crate) fn about_team(
    reader: &Reader<'_>,
    id: &str,
) -> Result<Option<(AboutView, Vec<String>)>, StoreError> {
    let Some(team) = reader.get::<Team>(id)? else { return Ok(None) };
    let members: Vec<String> =
        reader.owned::<Membership>(id)?.into_iter().map(|membership| membership.person_id).collect();
    let positions = Some(team.positions.join(", ")).filter(|positions| !positions.is_empty());
    let facts = [service_type_of(reader, &team)?, Some(people(members.len())), positions];
    Ok(Some((AboutView::new(team.name, facts), members)))
}

fn service_type_of(reader: &Reader<'_>, team: &Team) -> Result<Option<String>, StoreError> {
    let Some(id) = &team.service_type_id else { return Ok(None) };
    Ok(reader.get::<ServiceType>(id)?.map(|service_type| service_type.name))
}

fn people(number: usize) -> String {
    match number {
        0 => "nobody in it".to_owned(),
        1 => "1 person".to_owned(),
        number => format!("{number} people"),
    }
}

/// How much of the teams is here.
pub(crate) fn team_coverage(reader: &Reader<'_>) -> Result<Coverage, StoreError> {
    Ok(coverage(&reader.part(FRAME)?, reader.count::<Team>()?, "Services"))
}
