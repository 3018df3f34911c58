//! The walk through everybody.

use jiff::Timestamp;
use pco_client::{Page, Product, Query};

use super::records::{Household, Person};
use super::resources;
use crate::event::DataTag;
use crate::store::Batch;
use crate::sync::{Listing, SyncError};

/// The part's name.
pub(crate) const PART: &str = "people";

/// Everybody, with contacts and households, in the order they were added.
pub(super) static EVERYBODY: Listing = Listing {
    part: PART,
    label: "People",
    tags: &[DataTag::People],
    query,
    keep,
    seen: |walk, batch| batch.reader().count_seen::<Person>(walk),
    sweep: |walk, batch| {
        batch.sweep::<Person>(walk)?;
        batch.sweep::<Household>(walk)?;
        Ok(())
    },
};

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
