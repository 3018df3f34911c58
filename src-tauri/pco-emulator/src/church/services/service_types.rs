//! Makes folders and service types with their categories of notes.

use std::borrow::Cow;

use jiff::Timestamp;

use super::rows::{Folder, Kind, NoteCategory, ServiceType};
use crate::church::table::Id;
use crate::church::{Church, names};

impl Kind {
    pub(super) fn of(gathering: &str) -> Self {
        match gathering {
            "Kids Church" | "Toddlers and Carers" | "Bible School" => Self::Kids,
            "Sunday Morning" | "Sunday Evening" | "Early Communion" | "Family Service"
            | "Spanish Service" | "Korean Service" | "Choir Evensong" => Self::Sunday,
            _ => Self::Midweek,
        }
    }

    fn item_note_categories(self) -> &'static [&'static str] {
        match self {
            Self::Sunday => &["Audio", "Slides", "Lighting", "Band"],
            Self::Kids => &["Leaders", "Materials"],
            Self::Midweek => &["Host"],
        }
    }

    fn plan_note_categories(self) -> &'static [&'static str] {
        match self {
            Self::Sunday => &["Band", "Production", "Welcome", "Announcements"],
            Self::Kids => &["Leaders", "Allergies and Care"],
            Self::Midweek => &["Prayer Focus"],
        }
    }

    /// A category of notes that the church gave up: it stays on what was written then.
    fn former_plan_note_category(self) -> Option<&'static str> {
        (self == Self::Sunday).then_some("Flowers")
    }
}

impl Church {
    /// Makes `count` service types: the three of every church first, at its first site.
    pub(in crate::church) fn add_service_types(&mut self, count: usize) {
        let sites = self.campuses.ids();
        let weekend = self.add_folder(Cow::Borrowed("Weekend"), None);
        let midweek = self.add_folder(Cow::Borrowed("Midweek"), None);
        let site_folders: Vec<Id> = sites
            .iter()
            .skip(1)
            .map(|campus| self.add_folder(self.campuses[*campus].name.clone(), Some(*campus)))
            .collect();

        let first_site = names::GATHERINGS.iter().take(3).map(|gathering| (0, *gathering));
        let others = names::GATHERINGS.iter().enumerate().flat_map(|(number, gathering)| {
            (0..sites.len()).filter(move |site| *site > 0 || number >= 3).map(move |site| (site, *gathering))
        });
        let gatherings: Vec<(usize, &'static str)> = first_site.chain(others).take(count).collect();
        for (place, (site, gathering)) in gatherings.into_iter().enumerate() {
            let kind = Kind::of(gathering);
            let folder = match (site.checked_sub(1), kind) {
                (Some(other), _) => site_folders[other],
                (None, Kind::Midweek) => midweek,
                (None, _) => weekend,
            };
            let name = if site == 0 {
                Cow::Borrowed(gathering)
            } else {
                Cow::Owned(format!("{} {gathering}", names::SITES[site]))
            };
            self.add_service_type(name, kind, folder, place + 1);
        }
    }

    fn add_service_type(&mut self, name: Cow<'static, str>, kind: Kind, folder: Id, sequence: usize) {
        let created_at = self.opened_at();
        let id = self.service_types.next_id(1_120_004);
        let row = ServiceType { kind, folder: Some(folder), ..ServiceType::new(name, sequence, created_at) };
        self.service_types.push(id, row);
        self.add_teams(id, kind);
        self.add_live_controllers(id);
        for (place, name) in kind.item_note_categories().iter().enumerate() {
            let category = self.item_note_categories.next_id(2_640_001);
            let row =
                NoteCategory { service_type: id, name, sequence: place + 1, deleted_at: None, created_at };
            self.item_note_categories.push(category, row);
        }
        let given_up_at = self.moment(self.day(-200), 11, 0);
        let current = kind.plan_note_categories().iter().map(|name| (*name, None));
        let former = kind.former_plan_note_category().map(|name| (name, Some(given_up_at)));
        for (place, (name, deleted_at)) in current.chain(former).enumerate() {
            let category = self.plan_note_categories.next_id(1_730_001);
            let row = NoteCategory { service_type: id, name, sequence: place + 1, deleted_at, created_at };
            self.plan_note_categories.push(category, row);
        }
    }

    fn add_folder(&mut self, name: Cow<'static, str>, campus: Option<Id>) -> Id {
        let created_at = self.opened_at();
        let id = self.folders.next_id(310_202);
        self.folders.push(id, Folder { name, parent: None, campus, created_at });
        id
    }

    /// Whether `folder` is that one, or lies somewhere in it.
    pub(crate) fn lies_in(&self, folder: Id, that: Option<Id>) -> bool {
        let above = |folder: &Id| self.folders.get(*folder).and_then(|row| row.parent);
        std::iter::successors(Some(folder), above).any(|folder| Some(folder) == that)
    }

    /// The service types that are not deleted, by id.
    pub(crate) fn kept_service_types(&self) -> Vec<Id> {
        let kept = self.service_types.iter().filter(|(_, row)| row.deleted_at.is_none());
        kept.map(|(id, _)| id).collect()
    }

    /// When the church set up its account.
    pub(crate) fn opened_at(&self) -> Timestamp {
        self.campuses.iter().next().map_or(self.start_of_today(), |(_, campus)| campus.created_at)
    }

    /// The person who runs the church's office: plans are made, and requests sent, in this name.
    pub(crate) fn planner(&self) -> Id {
        self.people.iter().find(|(_, person)| person.site_administrator).map_or(self.staff, |(id, _)| id)
    }
}
