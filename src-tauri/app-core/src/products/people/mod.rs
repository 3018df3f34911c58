//! People: everybody the person may see, with ways to reach them and their households.

mod queries;
mod records;
mod resources;
mod sync;
pub mod views;

use std::time::Duration;

use async_trait::async_trait;

pub(crate) use queries::{get_person, list_people, phones_of};
pub(crate) use records::{Household, Person};
pub(crate) use sync::PART;

use super::{Job, Product, church};
use crate::event::DataTag;
use crate::store::{Batch, StoreError};
use crate::sync::{SyncContext, SyncError};

/// The product.
pub struct People;

static JOBS: [Job; 1] = [Job {
    part: PART,
    label: "People",
    order: 3,
    max_age: Duration::from_mins(30),
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

    async fn run(&self, _job: &'static Job, context: &SyncContext) -> Result<(), SyncError> {
        church::fetch(context, pco_client::Product::People).await?;
        context.walk(&sync::EVERYBODY).await
    }

    fn purge(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        batch.clear::<Person>()?;
        batch.clear::<Household>()
    }
}
