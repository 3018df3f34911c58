//! What changes in the lives of people once the church stands.

use crate::church::Church;
use crate::church::table::Id;

impl Church {
    /// Removes what is known about a person besides their name and contacts.
    pub(in crate::church) fn forget(&mut self, person: Id) {
        self.social_profiles.retain(|_, row| row.person != person);
        self.field_data.retain(|_, row| row.person != person);
        self.notes.retain(|_, row| row.person != person);
        self.list_results.retain(|_, row| row.person != person);
        let cards: Vec<Id> = self
            .workflow_cards
            .iter()
            .filter(|(_, card)| card.person == person)
            .map(|(card, _)| card)
            .collect();
        self.workflow_cards.retain(|_, row| row.person != person);
        self.workflow_activities.retain(|_, row| !cards.contains(&row.card));
        self.workflow_card_notes.retain(|_, row| !cards.contains(&row.card));
    }
}
