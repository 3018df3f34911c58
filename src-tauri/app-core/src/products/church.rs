//! The church itself, as each product's Organization tells of it: above all its zone and its way to write dates.

use pco_client::{Lane, Product, Query};
use serde::{Deserialize, Serialize};

use crate::store::{Reader, Record, StoreError};
use crate::sync::{SyncContext, SyncError};
use crate::time::Calendar;

/// What is asked of an Organization. The Services one has an attribute named `secret`, which is never asked for.
fn fields(product: Product) -> &'static [&'static str] {
    match product {
        Product::People => &["time_zone", "date_format"],
        Product::Services => &["time_zone", "twenty_four_hour_time"],
    }
}

/// One product's Organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Church {
    product: String,
    time_zone: Option<String>,
    date_format: Option<String>,
    twenty_four_hour_time: Option<bool>,
}

impl Record for Church {
    const KIND: &'static str = "church";

    fn id(&self) -> &str {
        &self.product
    }
}

#[derive(Deserialize)]
struct OrganizationAttributes {
    time_zone: Option<String>,
    // Documented as a number, sent as a strftime text (PCO behaviour).
    date_format: Option<serde_json::Value>,
    twenty_four_hour_time: Option<bool>,
}

/// Reads the product's Organization and keeps it.
pub(super) async fn fetch(context: &SyncContext, product: Product) -> Result<(), SyncError> {
    let query = Query::new(product, "").fields("Organization", fields(product));
    let lane = if context.lane == Lane::Background { Lane::Screen } else { context.lane };
    let document = context.client.get(lane, &query).await?;
    let attributes: OrganizationAttributes = document.single()?.attributes()?;
    let church = Church {
        product: product.path().to_owned(),
        time_zone: attributes.time_zone,
        date_format: attributes.date_format.and_then(|format| format.as_str().map(ToOwned::to_owned)),
        twenty_four_hour_time: attributes.twenty_four_hour_time,
    };
    context.keep(move |batch| Ok(batch.put(&church, 0)?)).await
}

/// A number that is another one when the calendar may be.
pub(crate) fn edition(reader: &Reader<'_>) -> Result<i64, StoreError> {
    reader.edition::<Church>()
}

/// The church's calendar from all that is known of it. Services comes first: its plans are what is dated.
pub(crate) fn calendar(reader: &Reader<'_>) -> Result<Calendar, StoreError> {
    let churches = [
        reader.get::<Church>(Product::Services.path())?.unwrap_or_default(),
        reader.get::<Church>(Product::People.path())?.unwrap_or_default(),
    ];
    let Some(zone) = churches.iter().find_map(|church| church.time_zone.as_deref()) else {
        return Ok(Calendar::default());
    };
    let twenty_four_hour = churches.iter().find_map(|church| church.twenty_four_hour_time).unwrap_or(false);
    let date_format = churches.iter().find_map(|church| church.date_format.as_deref()).unwrap_or_default();
    Ok(Calendar::new(zone, twenty_four_hour, date_format))
}
