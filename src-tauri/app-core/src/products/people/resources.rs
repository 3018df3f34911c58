//! People as the wire has them (version 2025-11-10). Nearly every attribute may be missing or null.

use jiff::Timestamp;
use jiff::civil::Date;
use pco_client::{Included, Resource};
use serde::{Deserialize, Deserializer};

use super::records::{Address, Email, Household, Person, Phone};
use crate::sync::SyncError;

/// Asked for with `fields[Person]`. Relationships are named too, since a sparse fieldset covers them.
pub(super) const PERSON: &[&str] = &[
    "name",
    "first_name",
    "last_name",
    "nickname",
    "membership",
    "child",
    "status",
    "birthdate",
    "avatar",
    "created_at",
    "updated_at",
    "primary_campus",
    "emails",
    "phone_numbers",
    "addresses",
    "households",
];
/// Asked for with `fields[Email]`.
pub(super) const EMAIL: &[&str] = &["address", "location", "primary"];
/// Asked for with `fields[PhoneNumber]`.
pub(super) const PHONE_NUMBER: &[&str] = &["number", "e164", "location", "primary"];
/// Asked for with `fields[Address]`.
pub(super) const ADDRESS: &[&str] =
    &["street_line_1", "street_line_2", "city", "state", "zip", "country_name", "location", "primary"];
/// Asked for with `fields[Household]`.
pub(super) const HOUSEHOLD: &[&str] = &["name", "people"];
/// Asked for with `fields[Household]` when changes are looked for.
pub(super) const CHANGED_HOUSEHOLD: &[&str] = &["name", "people", "updated_at"];
/// Asked for with `fields[Campus]`.
pub(super) const CAMPUS: &[&str] = &["name"];

/// What the address of a photo has in it that somebody uploaded. Others are drawn for everybody without one.
const UPLOADED: &str = "/uploads/person/";

#[derive(Default, Deserialize)]
#[serde(default)]
struct PersonAttributes {
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    nickname: Option<String>,
    membership: Option<String>,
    child: Option<bool>,
    status: Option<String>,
    #[serde(deserialize_with = "date")]
    birthdate: Option<Date>,
    avatar: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContactAttributes {
    address: Option<String>,
    number: Option<String>,
    e164: Option<String>,
    location: Option<String>,
    primary: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AddressAttributes {
    street_line_1: Option<String>,
    street_line_2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    zip: Option<String>,
    country_name: Option<String>,
    location: Option<String>,
    primary: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NameAttributes {
    name: Option<String>,
}

/// A person with what came along, and when Planning Center says it last changed.
pub(super) fn person(
    resource: &Resource,
    included: &Included,
) -> Result<(Person, Option<Timestamp>), SyncError> {
    let attributes: PersonAttributes = resource.attributes()?;
    let campus = match resource.to_one("primary_campus").and_then(|campus| included.get(campus)) {
        Some(campus) => campus.attributes::<NameAttributes>()?.name,
        None => None,
    };
    let homes = households(resource, included)?;
    let first_name = attributes.first_name.unwrap_or_default();
    let last_name = attributes.last_name.unwrap_or_default();
    let person = Person {
        id: resource.id.clone(),
        name: attributes.name.unwrap_or_else(|| format!("{first_name} {last_name}").trim().to_owned()),
        first_name,
        last_name,
        nickname: text(attributes.nickname),
        membership: text(attributes.membership),
        campus,
        child: attributes.child.unwrap_or(false),
        inactive: attributes.status.as_deref() == Some("inactive"),
        birthdate: attributes.birthdate,
        phones: primary_first(contacts(resource, included, "phone_numbers", phone)?, |phone| phone.primary),
        emails: primary_first(contacts(resource, included, "emails", email)?, |email| email.primary),
        addresses: primary_first(contacts(resource, included, "addresses", address)?, |address| {
            address.primary
        }),
        household_ids: resource.to_many("households").iter().map(|household| household.id.clone()).collect(),
        household_names: homes.into_iter().map(|home| (home.id, home.name)).collect(),
        photo: attributes.avatar.filter(|address| address.contains(UPLOADED)),
        created_at: attributes.created_at,
        is_unread: false,
    };
    Ok((person, attributes.updated_at))
}

/// The households that came along with a person.
pub(super) fn households(resource: &Resource, included: &Included) -> Result<Vec<Household>, SyncError> {
    resource
        .to_many("households")
        .iter()
        .filter_map(|household| included.get(household))
        .map(household)
        .collect()
}

/// A household with everybody in it.
pub(super) fn household(resource: &Resource) -> Result<Household, SyncError> {
    Ok(Household {
        id: resource.id.clone(),
        name: resource.attributes::<NameAttributes>()?.name.unwrap_or_default(),
        person_ids: resource.to_many("people").iter().map(|person| person.id.clone()).collect(),
    })
}

/// When Planning Center says that a record last changed.
pub(super) fn updated_at(resource: &Resource) -> Result<Option<Timestamp>, SyncError> {
    #[derive(Deserialize)]
    struct Changed {
        updated_at: Option<Timestamp>,
    }
    Ok(resource.attributes::<Changed>()?.updated_at)
}

/// When Planning Center got to know of a record.
pub(super) fn created_at(resource: &Resource) -> Result<Option<Timestamp>, SyncError> {
    #[derive(Deserialize)]
    struct Created {
        created_at: Option<Timestamp>,
    }
    Ok(resource.attributes::<Created>()?.created_at)
}

fn contacts<T>(
    resource: &Resource,
    included: &Included,
    name: &str,
    read: fn(&Resource) -> Result<Option<T>, SyncError>,
) -> Result<Vec<T>, SyncError> {
    resource
        .to_many(name)
        .iter()
        .filter_map(|target| included.get(target))
        .filter_map(|contact| read(contact).transpose())
        .collect()
}

fn phone(resource: &Resource) -> Result<Option<Phone>, SyncError> {
    let attributes: ContactAttributes = resource.attributes()?;
    Ok(text(attributes.number).map(|number| Phone {
        number,
        e164: text(attributes.e164),
        label: text(attributes.location).unwrap_or_else(|| "Phone".to_owned()),
        primary: attributes.primary.unwrap_or(false),
    }))
}

fn email(resource: &Resource) -> Result<Option<Email>, SyncError> {
    let attributes: ContactAttributes = resource.attributes()?;
    Ok(text(attributes.address).map(|address| Email {
        address,
        label: text(attributes.location)
            .map_or_else(|| "E\u{2011}mail".to_owned(), |place| format!("{place} e\u{2011}mail")),
        primary: attributes.primary.unwrap_or(false),
    }))
}

fn address(resource: &Resource) -> Result<Option<Address>, SyncError> {
    let attributes: AddressAttributes = resource.attributes()?;
    let town = [attributes.city, attributes.state, attributes.zip]
        .into_iter()
        .filter_map(text)
        .collect::<Vec<_>>()
        .join(" ");
    let lines: Vec<String> =
        [attributes.street_line_1, attributes.street_line_2, Some(town), attributes.country_name]
            .into_iter()
            .filter_map(text)
            .collect();
    Ok((!lines.is_empty()).then(|| Address {
        lines,
        label: text(attributes.location)
            .map_or_else(|| "Address".to_owned(), |place| format!("{place} address")),
        primary: attributes.primary.unwrap_or(false),
    }))
}

fn primary_first<T>(mut contacts: Vec<T>, primary: fn(&T) -> bool) -> Vec<T> {
    contacts.sort_by_key(|contact| !primary(contact));
    contacts
}

fn text(value: Option<String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A date that a calendar has. Planning Center takes years of five digits from who types one too many, and one such
/// birthday must not cost a page of people.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|date| date.parse().ok()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pco_client::Document;

    use super::*;

    #[test]
    fn a_birthday_that_no_calendar_has_costs_nothing_but_itself() {
        for (birthdate, expected) in [
            (r#""1986-03-03""#, Some(Date::constant(1986, 3, 3))),
            (r#""20021-05-06""#, None),
            (r#""2001-02-30""#, None),
            (r#""""#, None),
            ("null", None),
        ] {
            let body = format!(
                r#"{{"data":{{"type":"Person","id":"1","attributes":{{"name":"Ann","birthdate":{birthdate}}}}}}}"#
            );
            let document = Document::parse(body.as_bytes(), "people").unwrap();
            let (person, _) = person(document.single().unwrap(), &document.included).unwrap();
            assert_eq!((person.name.as_str(), person.birthdate), ("Ann", expected), "{birthdate}");
        }
    }
}
