//! What the church lets each of its people see and do, as Planning Center grants it per product.

use serde::{Deserialize, Serialize};

use super::Church;
use super::table::Id;

/// A person's level in People. Each includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleRight {
    /// No permission: only oneself is shown.
    #[default]
    None,
    /// Reads.
    Viewer,
    /// Writes people.
    Editor,
    /// Administers the product.
    Manager,
}

impl PeopleRight {
    /// `people_permissions` as the API writes it; None for no permission.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Viewer => Some("Viewer"),
            Self::Editor => Some("Editor"),
            Self::Manager => Some("Manager"),
        }
    }
}

/// A person's level in Services. Each includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServicesRight {
    /// No access to the product: each call is 401 `TRASH_PANDA`.
    #[default]
    None,
    /// Sees the plans that they are scheduled for.
    ScheduledViewer,
    /// Sees plans.
    Viewer,
    /// Schedules people.
    Scheduler,
    /// Writes plans.
    Editor,
    /// Administers the product.
    Administrator,
}

impl ServicesRight {
    /// `permissions` as the API writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ScheduledViewer => "Scheduled Viewer",
            Self::Viewer => "Viewer",
            Self::Scheduler => "Scheduler",
            Self::Editor => "Editor",
            Self::Administrator => "Administrator",
        }
    }
}

/// What one person may see and do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Organization Administrator (`site_administrator`).
    pub organization_administrator: bool,
    /// The level in People.
    pub people: PeopleRight,
    /// The level in Services.
    pub services: ServicesRight,
}

impl Rights {
    /// An Organization Administrator, who stands above every level of both products.
    pub const ORGANIZATION_ADMINISTRATOR: Self = Self {
        organization_administrator: true,
        people: PeopleRight::Manager,
        services: ServicesRight::Administrator,
    };
}

/// Who is asking, and what they may see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Viewer {
    pub(crate) person: Id,
    pub(crate) rights: Rights,
}

impl Church {
    /// A person's rights: those granted, or else Scheduled Viewer for whoever serves on a team, or else none.
    pub(crate) fn rights(&self, person: Id) -> Rights {
        self.granted(person).unwrap_or_else(|| Rights {
            services: if self.serves(person) { ServicesRight::ScheduledViewer } else { ServicesRight::None },
            ..Rights::default()
        })
    }

    /// What somebody has given this person; None for those who never were given anything.
    pub(crate) fn granted(&self, person: Id) -> Option<Rights> {
        let administers = self.people.get(person).is_some_and(|row| row.site_administrator);
        let granted = self.granted_rights.get(&person).copied();
        granted.or(administers.then_some(Rights::ORGANIZATION_ADMINISTRATOR))
    }

    /// Whether somebody is Organization Administrator.
    pub(crate) fn is_administrator(&self, person: Id) -> bool {
        self.granted(person).is_some_and(|rights| rights.organization_administrator)
    }

    fn serves(&self, person: Id) -> bool {
        self.assignments.iter().any(|(_, row)| row.person == person)
    }
}

#[cfg(test)]
mod tests {
    use super::{PeopleRight, Rights, ServicesRight};
    use crate::church::Church;
    use crate::config::EmulatorConfig;

    #[test]
    fn the_administrator_may_everything_and_others_nothing_unless_they_serve() {
        let church = Church::new(&EmulatorConfig::default());
        assert_eq!(church.rights(church.staff), Rights::ORGANIZATION_ADMINISTRATOR);
        let idle =
            church.people.ids().into_iter().find(|person| !church.serves(*person)).expect("an idle person");
        assert_eq!(church.rights(idle), Rights::default());
    }

    #[test]
    fn whoever_serves_sees_at_least_their_own_plans() {
        let mut church = Church::new(&EmulatorConfig::default());
        let mut assignments = church.assignments.iter().map(|(_, row)| row.person);
        let member = assignments.find(|person| church.granted(*person).is_none()).expect("a member");
        assert_eq!(church.rights(member).services, ServicesRight::ScheduledViewer);
        let granted =
            Rights { people: PeopleRight::Editor, services: ServicesRight::Scheduler, ..Rights::default() };
        church.granted_rights.insert(member, granted);
        assert_eq!(church.rights(member), granted);
    }
}
