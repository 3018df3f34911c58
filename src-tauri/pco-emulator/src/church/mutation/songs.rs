//! Changes to the song book.

use std::borrow::Cow;

use super::{MutationError, found};
use crate::church::Church;
use crate::church::services::rows::Song;
use crate::church::table::Id;

impl Church {
    pub(super) fn add_song(&mut self, title: String) -> Id {
        let now = self.now();
        self.repertoire_changed();
        self.songs.add(Song {
            title: Cow::Owned(title),
            author: None,
            admin: None,
            copyright: None,
            ccli_number: None,
            themes: Cow::Borrowed(""),
            hidden: false,
            created_at: now,
            updated_at: now,
        })
    }

    pub(super) fn remove_song(&mut self, song: Id) -> Result<Id, MutationError> {
        found("song", self.songs.get(song))?;
        self.delete_song(song);
        Ok(song)
    }

    pub(super) fn rename_song(&mut self, song: Id, title: String) -> Result<Id, MutationError> {
        let now = self.now();
        let row = found("song", self.songs.get_mut(song))?;
        row.title = Cow::Owned(title);
        row.updated_at = now;
        Ok(song)
    }
}
