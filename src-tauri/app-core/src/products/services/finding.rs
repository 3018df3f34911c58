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
use crate::store::{Reader, RowId, SearchIndex, StoreError};
use crate::text::fold;
use crate::time::Calendar;
use crate::views::Coverage;

/// All plans as they are found, kept for as long as they are the same: of hundreds of service types there are thousands, and
/// each letter that is typed asks for them.
#[derive(Default)]
pub(crate) struct PlanFinder(Mutex<Option<Arc<Plans>>>);

/// The plans, the nearest to come first, then the latest that were: what each is found by, and how it is shown.
struct Plans {
    of: State,
    /// It names its entries by their places in `hits`.
    text: SearchIndex,
    hits: Vec<SearchHit>,
}

/// What they were made of: the editions of all that is in them, and the church's day.
#[derive(PartialEq, Eq)]
struct State {
    plans: i64,
    service_types: i64,
    church: i64,
    today: Date,
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
        let Some(song) = song else { return Ok(plans.best(words, limit).cloned().collect()) };
        let having = plans_with(reader, song)?;
        let found = plans.best(words, usize::MAX).filter(|plan| having.contains(&plan.id));
        Ok(found.take(limit).cloned().collect())
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
        let plans = Plans::made(reader, &calendar, of)?;
        Ok(Arc::clone(at_hand.insert(Arc::new(plans))))
    }
}

impl Plans {
    fn made(reader: &Reader<'_>, calendar: &Calendar, of: State) -> Result<Self, StoreError> {
        let (service_types, today) = (service_types(reader)?, of.today);
        let mut plans = reader.all::<Plan>()?;
        plans.sort_by_cached_key(|plan| (distance(calendar, plan, today), plan.id.clone()));
        let (mut text, mut hits) = (SearchIndex::new(), Vec::new());
        for (place, plan) in (0..).zip(plans) {
            let service_type = service_types.get(&plan.service_type_id).map_or("Plan", |(_, name)| name);
            let day = date_of(calendar, &plan);
            let date = day.map_or_else(|| "No date yet".to_owned(), |date| calendar.long_day(date, today));
            let short = day.map_or_else(|| date.clone(), |date| calendar.short_day(date));
            let called = [plan.title.as_deref(), plan.series.as_deref()].into_iter().flatten();
            let words = [service_type, &date, &short].into_iter().chain(called).map(fold);
            text.push(RowId(place), words.collect::<Vec<_>>().join(" ").as_bytes(), &[]);
            let title = format!("{short} · {service_type}");
            let times = times_line(calendar, &plan);
            let line = [plan.title.or(plan.series), Some(times)];
            let line = line.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            hits.push(SearchHit { id: plan.id, title, line, face: None });
        }
        Ok(Self { of, text, hits })
    }

    fn best(&self, words: &[String], limit: usize) -> impl Iterator<Item = &SearchHit> {
        let places = self.text.best(words, limit).into_iter();
        places.filter_map(|RowId(place)| self.hits.get(usize::try_from(place).ok()?))
    }
}

fn plans_with(reader: &Reader<'_>, song: &str) -> Result<BTreeSet<String>, StoreError> {
    Ok(reader.about::<Item>(song)?.into_iter().map(|item| item.plan_id).collect())
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
