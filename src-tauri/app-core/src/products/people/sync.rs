//! The walk through everybody.

use jiff::Timestamp;
use pco_client::{Page, Product, Query};

use super::records::{Household, Person};
use super::resources;
use crate::event::DataTag;
use crate::store::{Batch, StoreError};
use crate::sync::{PagesOf, SyncError};

/// The part's name.
pub(crate) const PART: &str = "people";

/// Everybody, with contacts and households, in the order they were added.
pub(super) struct Everybody;

impl PagesOf for Everybody {
    const PART: &'static str = PART;
    const LABEL: &'static str = "People";
    const TAGS: &'static [DataTag] = &[DataTag::People];

    fn query(since: Option<Timestamp>) -> Query {
        let query = Query::new(Product::People, "people")
            .include(&["emails", "phone_numbers", "addresses", "households", "primary_campus"])
            .fields("Person", resources::PERSON)
            .fields("Email", resources::EMAIL)
            .fields("PhoneNumber", resources::PHONE_NUMBER)
            .fields("Address", resources::ADDRESS)
            .fields("Household", resources::HOUSEHOLD)
            .fields("Campus", resources::CAMPUS)
            .order("created_at")
            .per_page(100);
        match since {
            Some(since) => query.where_op("created_at", "gte", since.to_string()),
            None => query,
        }
    }

    fn keep(page: &Page, walk: u32, batch: &Batch<'_>) -> Result<Option<Timestamp>, SyncError> {
        let mut last = None;
        for resource in &page.document.data {
            let (person, created_at) = resources::person(resource, &page.document.included)?;
            batch.put(&person, walk)?;
            for household in resources::households(resource, &page.document.included)? {
                batch.put(&household, walk)?;
            }
            last = created_at.max(last);
        }
        Ok(last)
    }

    fn seen(walk: u32, batch: &Batch<'_>) -> Result<u32, StoreError> {
        batch.reader().count_seen::<Person>(walk)
    }

    fn sweep(walk: u32, batch: &Batch<'_>) -> Result<(), StoreError> {
        batch.sweep::<Person>(walk)?;
        batch.sweep::<Household>(walk)?;
        Ok(())
    }
}
