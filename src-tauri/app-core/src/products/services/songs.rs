//! The song book: how it is asked for, what is kept of it, and when it is read again.

use std::time::Duration;

use jiff::Timestamp;
use pco_client::{Page, Product, Query, Resource};
use serde::{Deserialize, Serialize};

use super::dates::is_younger;
use crate::store::{AnswerTags, Batch, PartCoverage, PartState, Record};
use crate::sync::{List, New, SyncContext, SyncError, Told, total_count};
use crate::text::fold;

/// The part's name.
pub(super) const SONGS: &str = "services.songs";
/// Songs asked for so lately are not asked for again, even by a person who wants everything fresh: few of them change.
const FRESH: Duration = Duration::from_hours(1);
/// All songs are read again after this, since nobody tells that one was sung.
const READ_AGAIN_AFTER: Duration = Duration::from_hours(24);

/// Asked for with `fields[Song]`.
const SONG: &[&str] =
    &["title", "author", "ccli_number", "hidden", "last_scheduled_short_dates", "updated_at"];

/// A song.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Song {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) author: Option<String>,
    pub(crate) ccli_number: Option<u64>,
    /// The church has archived it.
    pub(crate) hidden: bool,
    /// The dates of the plan that last had it, as Planning Center words them.
    pub(crate) last_used: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    title: Option<String>,
    author: Option<String>,
    ccli_number: Option<u64>,
    hidden: Option<bool>,
    last_scheduled_short_dates: Option<String>,
    updated_at: Option<Timestamp>,
}

impl Record for Song {
    const KIND: &'static str = "song";

    fn id(&self) -> &str {
        &self.id
    }

    fn search_text(&self) -> Option<String> {
        let number = self.ccli_number.map(|number| number.to_string()).unwrap_or_default();
        Some(format!("{}\t{}\t{number}", fold(&self.title), fold(self.author.as_deref().unwrap_or_default())))
    }
}

/// Reads the song book, unless one look at what changed last tells that it is as it was. Songs may be kept from a person
/// who may see plans.
pub(super) async fn fetch(context: &SyncContext) -> Result<(), SyncError> {
    let stored = context.store.read(|reader| reader.part(SONGS))?;
    let asked_at = context.clock.now();
    if stored.as_of.is_some_and(|as_of| is_younger(as_of, asked_at, FRESH)) {
        return Ok(());
    }
    let read = async {
        let known = context.store.read(|reader| reader.answer_tags(Song::KIND, ""))?;
        let told = context.ask_first_page(&query().order("-updated_at"), known).await?;
        let is_recent = stored.walked_at.is_some_and(|read| is_younger(read, asked_at, READ_AGAIN_AFTER));
        let (total, changed_until, tags) = match told {
            // The part was kept together with the tags of what told these.
            Told::Unchanged(tags) => (stored.total, stored.changed_until, Some(tags)),
            Told::New(New { rows: newest, tags, .. }) => {
                (newest.first().and_then(total_count), newest_of(&newest)?, tags)
            }
        };
        if is_recent && stored.total == total && stored.changed_until == changed_until {
            return Ok((PartState { as_of: Some(asked_at), ..stored.clone() }, None, tags));
        }
        // In Planning Center's own order, by id, in which nothing moves from one page to another.
        let songs = |page: Page| page.document.data.iter().map(song).collect();
        let list = if stored.as_of.is_none() {
            context.read_first(&query(), songs).await?
        } else {
            context.read(&query(), songs).await?
        };
        // What changed after the first of its pages was read, long before a crash maybe, need not be in it.
        let is_sure = list.reading.at >= asked_at;
        let (changed_until, tags) = (changed_until.filter(|_| is_sure), tags.filter(|_| is_sure));
        let state = PartState {
            walk: stored.walk.saturating_add(1),
            walked_at: Some(list.reading.at),
            changed_until,
            total,
            as_of: Some(list.reading.at),
            coverage: PartCoverage::Complete,
            ..PartState::default()
        };
        Ok((state, Some(list), tags))
    };
    match read.await {
        Ok((state, list, tags)) => {
            context.keep(move |batch| keep(batch, &state, list.as_ref(), tags.as_ref())).await
        }
        Err(error @ SyncError::Api(_)) if error.is_out_of_reach() => {
            context.keep(move |batch| refuse(batch, asked_at)).await
        }
        Err(error) => Err(error),
    }
}

fn query() -> Query {
    Query::new(Product::Services, "songs").fields("Song", SONG).per_page(100)
}

fn keep(
    batch: &Batch<'_>,
    state: &PartState,
    list: Option<&List<Song>>,
    tags: Option<&AnswerTags>,
) -> Result<(), SyncError> {
    if let Some(list) = list {
        list.rows.iter().try_for_each(|song| batch.put(song, state.walk))?;
        batch.sweep::<Song>(state.walk)?;
        list.reading.end(batch)?;
    }
    batch.set_part(SONGS, state)?;
    Ok(batch.set_answer_tags(Song::KIND, "", tags)?)
}

/// The person has no right to the songs (any more): what is stored of them goes.
fn refuse(batch: &Batch<'_>, asked_at: Timestamp) -> Result<(), SyncError> {
    batch.clear::<Song>()?;
    let state = PartState { as_of: Some(asked_at), coverage: PartCoverage::NoRight, ..PartState::default() };
    Ok(batch.set_part(SONGS, &state)?)
}

fn song(resource: &Resource) -> Result<Song, SyncError> {
    let attributes: Attributes = resource.attributes()?;
    let text =
        |value: Option<String>| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Song {
        id: resource.id.clone(),
        title: text(attributes.title).unwrap_or_else(|| "Song without a title".to_owned()),
        author: text(attributes.author),
        ccli_number: attributes.ccli_number,
        hidden: attributes.hidden.unwrap_or(false),
        last_used: text(attributes.last_scheduled_short_dates),
    })
}

fn newest_of(pages: &[Page]) -> Result<Option<Timestamp>, SyncError> {
    let mut newest = None;
    for resource in pages.iter().flat_map(|page| &page.document.data) {
        newest = newest.max(resource.attributes::<Attributes>()?.updated_at);
    }
    Ok(newest)
}
