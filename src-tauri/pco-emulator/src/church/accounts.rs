//! Who can sign in to the practice church: people whose rights differ.

use std::cmp::Reverse;

use super::Church;
use super::rights::{Rights, ServicesRight};
use super::table::Id;

/// A person who can sign in, as the pages name them.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) person: Id,
    pub(crate) name: String,
    /// What they may do, in words.
    pub(crate) rights: String,
}

impl Church {
    /// A person as somebody who signs in: anybody of the church may, whatever it lets them see. None for a stranger.
    pub(crate) fn account(&self, person: Id) -> Option<Account> {
        let name = self.people.get(person)?.name();
        Some(Account { person, name, rights: in_words(self.rights(person)) })
    }

    /// The address that a person wants to be written to.
    pub(crate) fn primary_email(&self, person: Id) -> Option<&str> {
        let emails = self.emails.ids_owned_by(person, |row| row.person);
        emails.into_iter().map(|id| &self.emails[id]).find(|row| row.primary).map(|row| &*row.address)
    }

    /// The people offered on the sign-in page, the most powerful first: one for each kind of right that somebody was
    /// given, one who was given none but serves on a team, and one who does not even do that.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        let administrators = self.people.ids().into_iter().filter(|person| self.is_administrator(*person));
        let mut people: Vec<Id> = administrators.chain(self.granted_rights.keys().copied()).collect();
        people.sort_by_key(|person| (Reverse(rank(self.rights(*person))), *person));
        people.dedup_by_key(|person| self.rights(*person));
        for services in [ServicesRight::ScheduledViewer, ServicesRight::None] {
            let plain = Rights { services, ..Rights::default() };
            let mut adults = self.people.iter().filter(|(_, row)| row.active() && !row.child);
            let plainest = adults.find(|(id, _)| self.granted(*id).is_none() && self.rights(*id) == plain);
            people.extend(plainest.map(|(person, _)| person));
        }
        people.into_iter().filter_map(|person| self.account(person)).collect()
    }
}

fn rank(rights: Rights) -> impl Ord {
    (rights.organization_administrator, rights.people, rights.services)
}

fn in_words(rights: Rights) -> String {
    if rights.organization_administrator {
        return "Organization Administrator".to_owned();
    }
    let services = (rights.services != ServicesRight::None).then(|| rights.services.name());
    let products = [("People", rights.people.name()), ("Services", services)];
    let words: Vec<String> = products
        .into_iter()
        .filter_map(|(product, level)| Some(format!("{level} in {product}", level = level?)))
        .collect();
    if words.is_empty() { "No permissions".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::church::Church;
    use crate::church::rights::{PeopleRight, Rights, ServicesRight};
    use crate::config::EmulatorConfig;

    #[test]
    fn rights_are_told_in_words() {
        assert_eq!(in_words(Rights::ORGANIZATION_ADMINISTRATOR), "Organization Administrator");
        let rights = |people, services| Rights { people, services, ..Rights::default() };
        assert_eq!(
            in_words(rights(PeopleRight::Editor, ServicesRight::ScheduledViewer)),
            "Editor in People, Scheduled Viewer in Services"
        );
        assert_eq!(in_words(rights(PeopleRight::None, ServicesRight::Viewer)), "Viewer in Services");
        assert_eq!(in_words(Rights::default()), "No permissions");
    }

    #[test]
    fn one_for_each_kind_of_right_is_offered() {
        let mut church = Church::new(&EmulatorConfig::default());
        let editor = Rights { people: PeopleRight::Editor, ..Rights::default() };
        for person in church.people.ids().into_iter().skip(100) {
            church.granted_rights.insert(person, editor);
        }
        let accounts = church.accounts();
        assert_eq!(accounts[0].name, "Ruth Adeyemi");
        assert_eq!(accounts.iter().filter(|account| account.rights == "Editor in People").count(), 1);
        let last: Vec<_> = accounts.iter().rev().take(2).map(|account| account.rights.as_str()).collect();
        assert_eq!(last, ["No permissions", "Scheduled Viewer in Services"]);
    }
}
