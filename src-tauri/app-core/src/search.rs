//! The palette: people, plans, songs and teams found by what is typed, best first, from the store alone.

pub mod views;

use jiff::Timestamp;

use crate::error::AppError;
use crate::products::{people, services};
use crate::store::{Reader, RowId, SearchBlocks};
use crate::text::search_words;
use crate::words;
use views::{AboutView, SearchGroup, SearchKind, SearchRequest, SearchScope, SearchView};

/// People found at most. What a song or a team leads to is shown whole.
const PEOPLE: usize = 8;
/// Plans, songs and teams found at most, each.
const OTHERS: usize = 5;
/// A longer search is a mistake, such as a whole pasted letter.
const MAX_SEARCH: usize = 200;

/// What is searched for.
pub(crate) struct Search<'a> {
    words: Vec<String>,
    within: Option<&'a SearchScope>,
}

/// What was found in the search blocks.
#[derive(Default)]
pub(crate) struct Candidates {
    people: Vec<RowId>,
    songs: Vec<RowId>,
    teams: Vec<RowId>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(request: &'a SearchRequest) -> Result<Self, AppError> {
        if request.search.chars().count() > MAX_SEARCH {
            return Err(AppError::invalid_input("That is too long to search for."));
        }
        Ok(Self { words: search_words(&request.search), within: request.within.as_ref() })
    }

    /// Asks the blocks, of which nothing is wanted before something is typed.
    pub(crate) fn candidates(&self, blocks: &SearchBlocks) -> Candidates {
        if self.words.is_empty() || self.within.is_some() {
            return Candidates::default();
        }
        Candidates {
            people: blocks.of::<people::Person>().best(&self.words, PEOPLE),
            songs: blocks.of::<services::Song>().best(&self.words, OTHERS),
            teams: blocks.of::<services::Team>().best(&self.words, OTHERS),
        }
    }
}

/// The answer. Before something is typed the next plans are told.
pub(crate) fn search(
    reader: &Reader<'_>,
    now: Timestamp,
    search: &Search<'_>,
    candidates: &Candidates,
    finder: &services::PlanFinder,
) -> Result<SearchView, AppError> {
    let words = &search.words;
    let plans = |limit: usize, song: Option<&str>| -> Result<SearchGroup, AppError> {
        Ok(SearchGroup {
            kind: SearchKind::Plan,
            hits: finder.find(reader, now, words, song, limit)?,
            coverage: services::schedule_coverage(reader)?,
        })
    };
    match search.within {
        Some(SearchScope { kind: SearchKind::Song, id }) => {
            let about = services::about_song(reader, id)?.ok_or_else(|| AppError::new(&words::NOT_FOUND))?;
            Ok(SearchView { about: Some(about), groups: vec![plans(usize::MAX, Some(id))?] })
        }
        Some(SearchScope { kind: SearchKind::Team, id }) => {
            let (about, members) =
                services::about_team(reader, id)?.ok_or_else(|| AppError::new(&words::NOT_FOUND))?;
            let hits = people::hits_of_members(reader, &members, words)?;
            let coverage = people::told_coverage(reader)?;
            let group = SearchGroup { kind: SearchKind::Person, hits, coverage };
            Ok(SearchView { about: Some(about), groups: vec![group] })
        }
        Some(_) => Err(AppError::invalid_input("Nothing can be looked for in there.")),
        None if words.is_empty() => Ok(SearchView { about: None, groups: vec![plans(OTHERS, None)?] }),
        None => Ok(SearchView {
            about: None,
            groups: vec![
                SearchGroup {
                    kind: SearchKind::Person,
                    hits: people::hits(reader, &candidates.people, words)?,
                    coverage: people::told_coverage(reader)?,
                },
                plans(OTHERS, None)?,
                SearchGroup {
                    kind: SearchKind::Song,
                    hits: services::song_hits(reader, &candidates.songs)?,
                    coverage: services::song_coverage(reader)?,
                },
                SearchGroup {
                    kind: SearchKind::Team,
                    hits: services::team_hits(reader, &candidates.teams)?,
                    coverage: services::team_coverage(reader)?,
                },
            ],
        }),
    }
}

impl AboutView {
    /// A title and what is known beside it, without what is not.
    pub(crate) fn new(title: String, facts: impl IntoIterator<Item = Option<String>>) -> Self {
        Self { title, facts: facts.into_iter().flatten().collect() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::products::people::Person;
    use crate::products::services::{Membership, Team};
    use crate::store::Store;

    #[test]
    fn a_large_team_is_shown_whole() {
        let store = Store::in_memory().unwrap();
        store
            .write(|batch| {
                batch.put(&Team { id: "choir".to_owned(), ..Team::default() }, 0)?;
                (0..80).map(|number| number.to_string()).try_for_each(|id| {
                    batch.put(&Person { id: id.clone(), ..Person::default() }, 0)?;
                    let team_id = "choir".to_owned();
                    batch.put(&Membership { id: format!("choir/{id}"), team_id, person_id: id }, 0)
                })
            })
            .unwrap();
        let within = Some(SearchScope { kind: SearchKind::Team, id: "choir".to_owned() });
        let request = SearchRequest { search: String::new(), within };
        let wanted = Search::new(&request).unwrap();
        let view = store
            .read(|reader| {
                let finder = services::PlanFinder::default();
                Ok(search(reader, Timestamp::UNIX_EPOCH, &wanted, &Candidates::default(), &finder))
            })
            .unwrap()
            .unwrap();
        assert_eq!(view.groups[0].hits.len(), 80);
        assert_eq!(view.about.unwrap().facts[0], "80 people");
    }
}
