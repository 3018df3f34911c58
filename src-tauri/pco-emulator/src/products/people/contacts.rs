//! `Email`, `PhoneNumber`, `Address`, `SocialProfile`.

use super::person::PERSON;
use super::writing::contacts::{
    DELETE_ADDRESS, DELETE_EMAIL, DELETE_PHONE_NUMBER, PATCH_ADDRESS, PATCH_EMAIL, PATCH_PHONE_NUMBER,
};
use super::writing::profiles::{DELETE_PROFILE, PATCH_PROFILE};
use crate::jsonapi::resource::{Resource, attribute, edge_to_one, to_one};
use crate::jsonapi::value::Value;

pub(super) static EMAIL: Resource = Resource {
    attributes: &[
        attribute("address", |church, id| (&church.emails[id].address).into()).indexed(),
        attribute("blocked", |church, id| church.emails[id].blocked.into()).queried(),
        attribute("created_at", |church, id| church.emails[id].created_at.into()).indexed(),
        attribute("location", |church, id| (&church.emails[id].location).into()).indexed(),
        attribute("primary", |church, id| church.emails[id].primary.into()).indexed(),
        attribute("updated_at", |church, id| church.emails[id].updated_at.into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.emails[id].person])],
    edges: &[edge_to_one("person", &PERSON, |church, id| vec![church.emails[id].person])],
    person: |church, id| church.emails.get(id).map(|row| row.person),
    patch: Some(PATCH_EMAIL),
    delete: Some(DELETE_EMAIL),
    ..Resource::new("Email", |_, id| format!("/people/v2/emails/{id}"))
};

pub(super) static PHONE_NUMBER: Resource = Resource {
    attributes: &[
        attribute("carrier", |church, id| church.phone_numbers[id].carrier.as_ref().into()).indexed(),
        attribute("country_code", |church, id| {
            church.phone_numbers[id].american().map(|_| Value::from("US")).into()
        }),
        attribute("created_at", |church, id| church.phone_numbers[id].created_at.into()).indexed(),
        attribute("e164", |church, id| church.phone_numbers[id].e164().into()),
        attribute("formatted_number", |church, id| church.phone_numbers[id].national().into()).on_request(),
        attribute("international", |church, id| church.phone_numbers[id].international().into()),
        attribute("location", |church, id| (&church.phone_numbers[id].location).into()).indexed(),
        attribute("national", |church, id| church.phone_numbers[id].national().into()),
        attribute("number", |church, id| (&church.phone_numbers[id].number).into()).indexed(),
        attribute("primary", |church, id| church.phone_numbers[id].primary.into()).indexed(),
        attribute("updated_at", |church, id| church.phone_numbers[id].updated_at.into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.phone_numbers[id].person])],
    person: |church, id| church.phone_numbers.get(id).map(|row| row.person),
    patch: Some(PATCH_PHONE_NUMBER),
    delete: Some(DELETE_PHONE_NUMBER),
    ..Resource::new("PhoneNumber", |_, id| format!("/people/v2/phone_numbers/{id}"))
};

pub(super) static ADDRESS: Resource = Resource {
    attributes: &[
        attribute("city", |church, id| (&church.addresses[id].city).into()).indexed(),
        attribute("country_code", |church, id| (&church.addresses[id].country_code).into()).indexed(),
        attribute("country_name", |church, id| {
            (church.addresses[id].country_code == "US").then_some("United States").into()
        }),
        attribute("created_at", |church, id| church.addresses[id].created_at.into()).ordered(),
        attribute("location", |church, id| (&church.addresses[id].location).into()).indexed(),
        attribute("primary", |church, id| church.addresses[id].primary.into()).indexed(),
        attribute("state", |church, id| (&church.addresses[id].state).into()).indexed(),
        attribute("street_line_1", |church, id| (&church.addresses[id].street_line_1).into()).indexed(),
        attribute("street_line_2", |church, id| church.addresses[id].street_line_2.as_ref().into()).indexed(),
        attribute("updated_at", |church, id| church.addresses[id].updated_at.into()).ordered(),
        attribute("zip", |church, id| (&church.addresses[id].zip).into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.addresses[id].person])],
    person: |church, id| church.addresses.get(id).map(|row| row.person),
    patch: Some(PATCH_ADDRESS),
    delete: Some(DELETE_ADDRESS),
    ..Resource::new("Address", |_, id| format!("/people/v2/addresses/{id}"))
};

pub(super) static SOCIAL_PROFILE: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.social_profiles[id].created_at.into()).indexed(),
        attribute("site", |church, id| (&church.social_profiles[id].site).into()).indexed(),
        attribute("updated_at", |church, id| church.social_profiles[id].updated_at.into()).indexed(),
        attribute("url", |church, id| (&church.social_profiles[id].url).into()).indexed(),
        attribute("verified", |church, id| church.social_profiles[id].verified.into()).indexed(),
    ],
    edges: &[edge_to_one("person", &PERSON, |church, id| vec![church.social_profiles[id].person])],
    includes: &["person"],
    person: |church, id| church.social_profiles.get(id).map(|row| row.person),
    patch: Some(PATCH_PROFILE),
    delete: Some(DELETE_PROFILE),
    ..Resource::new("SocialProfile", |_, id| format!("/people/v2/social_profiles/{id}"))
};
