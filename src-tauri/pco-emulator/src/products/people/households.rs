//! `Household` and `HouseholdMembership`.

use super::person::PERSON;
use super::writing::records::{
    CREATE_MEMBERSHIP, DELETE_HOUSEHOLD, DELETE_MEMBERSHIP, PATCH_HOUSEHOLD, PATCH_MEMBERSHIP,
};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Resource, attribute, edge_to_many, edge_to_one, filter, to_many, to_one,
};
use crate::jsonapi::value::Value;

pub(super) static HOUSEHOLD: Resource = Resource {
    attributes: &[
        attribute("avatar", |_, _| Value::Null),
        attribute("created_at", |church, id| church.households[id].created_at.into()).indexed(),
        attribute("member_count", |church, id| church.households[id].people.len().into()).indexed(),
        attribute("name", |church, id| (&church.households[id].name).into()).indexed(),
        attribute("primary_contact_id", |church, id| church.households[id].primary_contact.into()),
        attribute("primary_contact_name", |church, id| {
            church.full_name(church.households[id].primary_contact).into()
        })
        .indexed(),
        attribute("updated_at", |church, id| church.households[id].updated_at.into()).indexed(),
    ],
    relationships: &[
        to_one("primary_contact", "Person", |church, id| vec![church.households[id].primary_contact]),
        to_many("people", "Person", |church, id| church.households[id].people.clone()),
    ],
    edges: &[
        edge_to_many("household_memberships", &HOUSEHOLD_MEMBERSHIP, |church, id| {
            church.household_memberships.ids_owned_by(id, |row| row.household)
        })
        .created(CREATE_MEMBERSHIP),
        edge_to_many("people", &PERSON, |church, id| church.households[id].people.clone())
            .filtered(HOUSEHOLD_PEOPLE_FILTERS),
    ],
    includes: &["people"],
    patch: Some(PATCH_HOUSEHOLD),
    delete: Some(DELETE_HOUSEHOLD),
    ..Resource::new("Household", |_, id| format!("/people/v2/households/{id}"))
};

const HOUSEHOLD_PEOPLE_FILTERS: &[Filter] = &[
    filter("non_pending", |church, id, _| {
        memberships_of(church, id)
            .into_iter()
            .any(|membership| !church.household_memberships[membership].pending)
    }),
    filter("without_deceased", |church, id, _| {
        church.people[id]
            .inactive_reason
            .is_none_or(|reason| church.inactive_reasons[reason].value != "Deceased")
    }),
];

pub(super) static HOUSEHOLD_MEMBERSHIP: Resource = Resource {
    attributes: &[
        attribute("household_role", |church, id| {
            let child = church.people[church.household_memberships[id].person].child;
            Value::from(if child { "child_or_dependent" } else { "adult" })
        }),
        attribute("pending", |church, id| church.household_memberships[id].pending.into()).indexed(),
        attribute("person_name", |church, id| {
            church.full_name(church.household_memberships[id].person).into()
        })
        .indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.household_memberships[id].person])],
    edges: &[
        edge_to_one("household", &HOUSEHOLD, |church, id| vec![church.household_memberships[id].household]),
        edge_to_one("person", &PERSON, |church, id| vec![church.household_memberships[id].person]),
    ],
    includes: &["household", "person"],
    person: |church, id| church.household_memberships.get(id).map(|row| row.person),
    patch: Some(PATCH_MEMBERSHIP),
    delete: Some(DELETE_MEMBERSHIP),
    ..Resource::new("HouseholdMembership", |church, id| {
        let household = church.household_memberships[id].household;
        format!("/people/v2/households/{household}/household_memberships/{id}")
    })
};

/// A person's places in households, in the order in which they came to live there.
pub(super) fn memberships_of(church: &Church, person: Id) -> Vec<Id> {
    let households = church.people[person].households.iter();
    households
        .flat_map(|household| church.household_memberships.ids_owned_by(*household, |row| row.household))
        .filter(|membership| church.household_memberships[*membership].person == person)
        .collect()
}
