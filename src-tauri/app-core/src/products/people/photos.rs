//! Photos that somebody has looked at, kept beside the people whom they show.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::records::Person;
use crate::photo::key_of_person;
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

/// The photo of somebody whom the store knows; `None` for those who have none, or another one than the key was made for:
/// other churches have people of the same ids.
pub(crate) fn photo_of(
    reader: &Reader<'_>,
    person_id: &str,
    key: &str,
) -> Result<Option<PhotoOf>, StoreError> {
    let source = reader.get::<Person>(person_id)?.and_then(|person| person.photo);
    let Some(source) = source.filter(|source| key_of_person(person_id, source) == key) else {
        return Ok(None);
    };
    let saved = reader.get::<SavedPhoto>(person_id)?.filter(|saved| saved.source == source);
    let jpeg = saved.and_then(|saved| STANDARD.decode(saved.jpeg).ok());
    Ok(Some(jpeg.map_or(PhotoOf::At(source), PhotoOf::Saved)))
}

/// Keeps a photo, unless the person has gone or has another one meanwhile.
pub(crate) fn keep_photo(photo: &SavedPhoto, batch: &Batch<'_>) -> Result<(), StoreError> {
    let person = batch.reader().get::<Person>(&photo.person_id)?;
    if person.is_none_or(|person| person.photo.as_ref() != Some(&photo.source)) {
        return Ok(());
    }
    if batch.reader().count::<SavedPhoto>()? >= MOST {
        batch.clear::<SavedPhoto>()?;
    }
    batch.put(photo, 0)
}

/// Removes the photo that this person had before.
pub(super) fn forget_former(person: &Person, batch: &Batch<'_>) -> Result<(), StoreError> {
    let saved = batch.reader().get::<SavedPhoto>(&person.id)?;
    if saved.is_some_and(|saved| person.photo.as_ref() != Some(&saved.source)) {
        batch.remove::<SavedPhoto>(&person.id)?;
    }
    Ok(())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_photo_is_kept_as_long_as_the_person_has_it() {
        let with = |photo: Option<&str>| Person {
            id: "7".to_owned(),
            photo: photo.map(str::to_owned),
            ..Person::default()
        };
        let photo = SavedPhoto::new("7", "https://a/1.jpg".to_owned(), b"jpeg");
        let cases = [(Some("https://a/1.jpg"), 1), (Some("https://a/2.jpg"), 0), (None, 0)];
        for (source, kept) in cases {
            let store = Store::in_memory().unwrap();
            let count =
                || store.read(|reader| reader.all::<SavedPhoto>().map(|photos| photos.len())).unwrap();
            store
                .write(|batch| {
                    batch.put(&with(Some("https://a/1.jpg")), 0)?;
                    keep_photo(&photo, batch)
                })
                .unwrap();
            assert_eq!(count(), 1);
            store.write(|batch| forget_former(&with(source), batch)).unwrap();
            assert_eq!(count(), kept, "{source:?}");
            // It may come a moment after the person has another one.
            store
                .write(|batch| {
                    batch.put(&with(source), 0)?;
                    keep_photo(&photo, batch)
                })
                .unwrap();
            assert_eq!(count(), kept, "{source:?}");
        }
    }
}
