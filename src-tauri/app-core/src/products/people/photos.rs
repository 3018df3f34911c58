//! Photos that somebody has looked at, kept beside the people whom they show.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::records::Person;
use crate::store::{Batch, Reader, Record, StoreError};

/// So many are kept, about 30 MB. When there are more, they begin anew: those on the screen are soon back.
const MOST: u32 = 4_000;

/// A photo as we have drawn it again.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedPhoto {
    person_id: String,
    /// Where it came from: another address means another photo.
    source: String,
    /// A JPEG, in Base64.
    jpeg: String,
}

/// What there is of a person's photo.
pub(crate) enum PhotoOf {
    /// A JPEG.
    Saved(Vec<u8>),
    /// Only an address.
    At(String),
}

impl SavedPhoto {
    pub(crate) fn new(person_id: &str, source: String, jpeg: &[u8]) -> Self {
        Self { person_id: person_id.to_owned(), source, jpeg: STANDARD.encode(jpeg) }
    }
}

impl Record for SavedPhoto {
    const KIND: &'static str = "photo";

    fn id(&self) -> &str {
        &self.person_id
    }
}

/// The photo of somebody whom the store knows; `None` for those who have none.
pub(crate) fn photo_of(reader: &Reader<'_>, person_id: &str) -> Result<Option<PhotoOf>, StoreError> {
    let Some(source) = reader.get::<Person>(person_id)?.and_then(|person| person.photo) else {
        return Ok(None);
    };
    let saved = reader.get::<SavedPhoto>(person_id)?.filter(|saved| saved.source == source);
    let jpeg = saved.and_then(|saved| STANDARD.decode(saved.jpeg).ok());
    Ok(Some(jpeg.map_or(PhotoOf::At(source), PhotoOf::Saved)))
}

/// Keeps a photo, unless the person has gone meanwhile.
pub(crate) fn keep_photo(photo: &SavedPhoto, batch: &Batch<'_>) -> Result<(), StoreError> {
    if batch.reader().get::<Person>(&photo.person_id)?.is_none() {
        return Ok(());
    }
    if batch.reader().count::<SavedPhoto>()? >= MOST {
        batch.clear::<SavedPhoto>()?;
    }
    batch.put(photo, 0)
}

/// Removes the photos of people who are no longer there.
pub(super) fn sweep(batch: &Batch<'_>) -> Result<(), StoreError> {
    let photos = batch.reader().ids::<SavedPhoto>()?;
    if photos.is_empty() {
        return Ok(());
    }
    let people: BTreeSet<String> = batch.reader().ids::<Person>()?.into_iter().collect();
    photos.iter().filter(|id| !people.contains(*id)).try_for_each(|id| batch.remove::<SavedPhoto>(id))
}
