//! Photos of people: out of the store, or fetched for whoever looks.

use std::sync::Arc;

use super::OpenAccount;
use crate::error::Chain;
use crate::photo;
use crate::products::people::{self, PhotoOf};
use crate::status::Freshness;

impl OpenAccount {
    /// A person's photo, as JPEG: the one that is saved, or the one that Planning Center has. It is fetched for whoever
    /// looks at the person, and never ahead. `None` if the key was made for another photo.
    pub(crate) async fn photo(&self, person_id: &str, key: &str) -> Option<Vec<u8>> {
        let address = match self.find_photo(person_id, key)? {
            PhotoOf::Saved(jpeg) => return Some(jpeg),
            PhotoOf::At(address) => address,
        };
        let is_hopeless = self.state.trouble() == Some(Freshness::Offline)
            || self.photo_turns.has_just_failed(&address, self.clock.monotonic());
        if is_hopeless || self.is_looking_on() {
            return None;
        }
        let _turn = self.photo_turns.next().await?;
        // Another row may have shown the same person meanwhile, or nobody may see them any longer.
        if let PhotoOf::Saved(jpeg) = self.find_photo(person_id, key)? {
            return Some(jpeg);
        }
        let Some(photo) = photo::fetch(&self.client, &address).await else {
            self.photo_turns.note_failure(address, self.clock.monotonic());
            return None;
        };
        let (store, kept) = (Arc::clone(&self.store), people::SavedPhoto::new(person_id, address, &photo));
        let saved =
            tokio::task::spawn_blocking(move || store.write(|batch| people::keep_photo(&kept, batch)));
        if let Ok(Err(error)) = saved.await {
            tracing::warn!(cause = %Chain(&error), "a photo could not be saved");
        }
        Some(photo.to_vec())
    }

    fn find_photo(&self, person_id: &str, key: &str) -> Option<PhotoOf> {
        self.answer(|reader| Ok(people::photo_of(reader, person_id, key)?)).ok().flatten()
    }
}
