//! `ConnectedPerson`: the same human being in another organization's records.

use super::choices::people_permissions;
use super::person::gender;
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Resource, attribute, to_one};
use crate::jsonapi::value::Value;

/// Where the managers of this church's records are known as well.
const OTHER_ORGANIZATION: (Id, &str) = (88_120, "Marlow Bay Food Pantry");
/// The number that somebody has there lies so far from the one they have here: between those of two people.
const DISTANCE: Id = 3;

/// Its number tells whose it is.
pub(super) static CONNECTED_PERSON: Resource = Resource {
    attributes: &[
        attribute("first_name", |church, id| (&church.people[here(id)].first_name).into()),
        attribute("gender", |church, id| gender(church, here(id)).into()),
        attribute("given_name", |church, id| church.people[here(id)].given_name.as_ref().into()),
        attribute("last_name", |church, id| (&church.people[here(id)].last_name).into()),
        attribute("middle_name", |church, id| church.people[here(id)].middle_name.as_ref().into()),
        attribute("nickname", |church, id| church.people[here(id)].nickname.as_ref().into()),
        attribute("organization_id", |_, _| Value::from(OTHER_ORGANIZATION.0)),
        attribute("organization_name", |_, _| OTHER_ORGANIZATION.1.into()),
    ],
    relationships: &[to_one("organization", "Organization", |_, _| vec![OTHER_ORGANIZATION.0])],
    ..Resource::new("ConnectedPerson", |_, id| {
        format!("/people/v2/people/{}/connected_people/{id}", here(id))
    })
};

pub(super) fn connected_people(church: &Church, person: Id) -> Vec<Id> {
    let manages = people_permissions(church, person) == Some("Manager");
    Vec::from_iter(manages.then_some(person + DISTANCE))
}

fn here(connected: Id) -> Id {
    connected - DISTANCE
}
