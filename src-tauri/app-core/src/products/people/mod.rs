//! People: everybody the person may see, with ways to reach them and their households.

mod finding;
mod photos;
mod queries;
mod records;
mod resources;
mod sync;
pub mod views;

use std::time::Duration;

use async_trait::async_trait;

pub(crate) use finding::{hits, hits_of_members, told_coverage};
pub(crate) use photos::{PhotoOf, SavedPhoto, keep_photo, photo_of};
pub(crate) use queries::{PeopleSearch, face_of, get_person, list_people, phones_of};
pub(crate) use records::Person;
pub(crate) use sync::PART;

use super::{Job, Product};
use crate::event::DataTag;
use crate::store::{Batch, PartCoverage, Reader, StoreError};
use crate::sync::{Listing, SyncContext, SyncError};

/// The product.
pub struct People;

static JOBS: [Job; 1] = [Job {
    part: PART,
    label: "People",
    order: 3,
    max_age: Duration::from_mins(5),
    tags: &[DataTag::People],
}];

#[async_trait]
impl Product for People {
    fn name(&self) -> &'static str {
        "People"
    }

    fn jobs(&self) -> &'static [Job] {
        &JOBS
    }

    /// A hundred people are here after one round trip, and the rest after what is served this week.
    async fn open(&self, context: &SyncContext) -> Result<(), SyncError> {
        let state = context.store.read(|reader| reader.part(PART))?;
        match state.coverage {
            PartCoverage::NotLoaded => context.begin_walk(&sync::EVERYBODY).await,
            _ => Ok(()),
        }
    }

    fn requests_left(&self, reader: &Reader<'_>) -> Result<Option<u32>, StoreError> {
        Ok(Listing::requests_left(&reader.part(PART)?))
    }

    async fn run(&self, _job: &'static Job, context: &SyncContext) -> Result<(), SyncError> {
        sync::read(context).await
    }

    fn purge(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        sync::purge(batch)
    }
}
