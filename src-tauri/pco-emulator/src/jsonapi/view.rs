//! The church as one person sees it through one version of the API.

use std::ops::Deref;

use crate::church::Church;
use crate::church::rights::{PeopleRight, ServicesRight, Viewer};
use crate::church::table::Id;

/// The church, who looks at it, and through which version. Descriptions read rows from it as from the church.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) church: &'a Church,
    pub(crate) viewer: Viewer,
    /// The date of the product's version.
    pub(crate) version: &'static str,
}

impl Deref for View<'_> {
    type Target = Church;

    fn deref(&self) -> &Church {
        self.church
    }
}

impl View<'_> {
    /// Whether the viewer is this person.
    pub(crate) fn is_me(&self, person: Id) -> bool {
        self.viewer.person == person
    }
}

/// Who may read or write something. Where a person is concerned, "themself" is the one whom a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody whom the product lets in.
    Everybody,
    /// From this level in People on.
    People(PeopleRight),
    /// From this level in People on, and the person themself.
    PeopleOrSelf(PeopleRight),
    /// From this level in Services on.
    Services(ServicesRight),
    /// From this level in Services on, and the person themself.
    ServicesOrSelf(ServicesRight),
    OrganizationAdministrator,
    /// The person themself, and nobody else.
    Myself,
    /// Nobody: what Planning Center keeps from other companies' programs.
    Nobody,
}

impl Access {
    /// People's "standard" attributes: any permission will do.
    pub(crate) const STANDARD: Self = Self::PeopleOrSelf(PeopleRight::Viewer);
    /// People's "permitted viewer" attributes.
    pub(crate) const PERMITTED_VIEWER: Self = Self::PeopleOrSelf(PeopleRight::Manager);
    /// Services' "viewer or the person themself", and "viewable by me".
    pub(crate) const VIEWER_OR_SELF: Self = Self::ServicesOrSelf(ServicesRight::Viewer);
    /// Services' "scheduler".
    pub(crate) const SCHEDULER: Self = Self::Services(ServicesRight::Scheduler);
    /// Services' "scheduler or the person themself".
    pub(crate) const SCHEDULER_OR_SELF: Self = Self::ServicesOrSelf(ServicesRight::Scheduler);

    /// Whether `viewer` may, when the record is about `person` (None: about nobody).
    pub(crate) fn allows(self, viewer: Viewer, person: Option<Id>) -> bool {
        let rights = viewer.rights;
        let myself = person == Some(viewer.person);
        match self {
            Self::Everybody => true,
            Self::People(least) => rights.people >= least,
            Self::PeopleOrSelf(least) => myself || rights.people >= least,
            Self::Services(least) => rights.services >= least,
            Self::ServicesOrSelf(least) => myself || rights.services >= least,
            Self::OrganizationAdministrator => rights.organization_administrator,
            Self::Myself => myself,
            Self::Nobody => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Access;
    use crate::church::rights::{PeopleRight, Rights, ServicesRight, Viewer};

    #[test]
    fn a_level_lets_in_those_at_or_above_it_and_sometimes_oneself() {
        let rights =
            Rights { people: PeopleRight::Viewer, services: ServicesRight::Viewer, ..Rights::default() };
        let viewer = Viewer { person: 7, rights };
        for (access, about_me, about_another) in [
            (Access::Everybody, true, true),
            (Access::STANDARD, true, true),
            (Access::People(PeopleRight::Editor), false, false),
            (Access::Myself, true, false),
            (Access::PERMITTED_VIEWER, true, false),
            (Access::VIEWER_OR_SELF, true, true),
            (Access::SCHEDULER, false, false),
            (Access::SCHEDULER_OR_SELF, true, false),
            (Access::OrganizationAdministrator, false, false),
            (Access::Nobody, false, false),
        ] {
            assert_eq!(access.allows(viewer, Some(7)), about_me, "{access:?}");
            assert_eq!(access.allows(viewer, Some(8)), about_another, "{access:?}");
            assert_eq!(access.allows(viewer, None), about_another, "{access:?}");
        }
    }
}
