//! `Person`.

use super::ORGANIZATION;
use super::campuses::CAMPUS;
use super::changes::{BACKGROUND_CHECK, CHECK_FILTERS, checked_people};
use super::choices::{
    APP, INACTIVE_REASON, MARITAL_STATUS, NAME_PREFIX, NAME_SUFFIX, PERSON_APP, SCHOOL_OPTION, apps_of,
    people_permissions, person_apps,
};
use super::connections::{CONNECTED_PERSON, connected_people};
use super::contacts::{ADDRESS, EMAIL, PHONE_NUMBER, SOCIAL_PROFILE};
use super::fields::FIELD_DATUM;
use super::households::{HOUSEHOLD, HOUSEHOLD_MEMBERSHIP, memberships_of};
use super::messages::{
    MESSAGE, MESSAGE_GROUP, PERSON_MESSAGE_FILTERS, PLATFORM_NOTIFICATION, platform_notifications,
};
use super::notes::{NOTE, readable};
use super::search::PERSON_CONDITIONS;
use super::workflow_cards::{CARD_FILTERS, WORKFLOW_CARD};
use super::workflows::WORKFLOW_SHARE;
use super::writing::contacts::{CREATE_ADDRESS, CREATE_EMAIL, CREATE_PHONE_NUMBER};
use super::writing::profiles::CREATE_PROFILE;
use super::writing::records::{CREATE_FIELD_DATUM, CREATE_NOTE};
use super::writing::{DELETE_PERSON, PATCH_PERSON};
use crate::avatar;
use crate::church::Church;
use crate::church::people::rows::Gender;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Level, Resource, attribute, edge_to_many, edge_to_one, filter, level, to_one,
};
use crate::jsonapi::value::canary;
use crate::jsonapi::view::{Access, View};

/// Until this version gender was one letter.
const GENDER_SPELT_OUT: &str = "2022-07-14";

pub(crate) static PERSON: Resource = Resource {
    attributes: &[
        attribute("accounting_administrator", |church, id| church.is_administrator(id).into())
            .indexed()
            .own(),
        attribute("anniversary", |church, id| church.people[id].anniversary.into()).indexed(),
        attribute("avatar", |church, id| avatar::address(church, id)),
        attribute("birthdate", |church, id| church.people[id].birthdate.into()).indexed(),
        attribute("can_create_forms", |church, id| {
            people_permissions(church, id).is_some_and(|right| right == "Manager").into()
        })
        .own(),
        attribute("can_email_lists", |church, id| {
            people_permissions(church, id).is_some_and(|right| right != "Viewer").into()
        })
        .own(),
        attribute("child", |church, id| church.people[id].child.into()).indexed(),
        attribute("created_at", |church, id| church.people[id].created_at.into()).indexed(),
        attribute("demographic_avatar_url", |church, id| avatar::address(church, id)),
        attribute("directory_shared_info", |_, id| canary("directory_shared_info", id))
            .on_request()
            .forbidden(),
        attribute("directory_status", |_, _| "no_access".into()),
        attribute("first_name", |church, id| (&church.people[id].first_name).into()).indexed(),
        attribute("gender", |church, id| gender(church, id).into()).indexed(),
        attribute("given_name", |church, id| church.people[id].given_name.as_ref().into()).indexed(),
        attribute("grade", |church, id| church.people[id].grade.into()).indexed(),
        attribute("graduation_year", |church, id| church.people[id].graduation_year.into()).indexed(),
        attribute("inactivated_at", |church, id| church.people[id].inactivated_at.into()).indexed(),
        attribute("last_name", |church, id| (&church.people[id].last_name).into()).indexed(),
        attribute("login_identifier", |_, id| canary("login_identifier", id)).forbidden(),
        attribute("medical_notes", |_, id| canary("medical_notes", id)).queried().forbidden(),
        attribute("membership", |church, id| church.people[id].membership.as_ref().into()).indexed(),
        attribute("mfa_configured", |_, id| canary("mfa_configured", id)).queried().on_request().forbidden(),
        attribute("middle_name", |church, id| church.people[id].middle_name.as_ref().into()).indexed(),
        attribute("name", |church, id| church.full_name(id).into()),
        attribute("nickname", |church, id| church.people[id].nickname.as_ref().into()).indexed(),
        attribute("passed_background_check", |_, id| canary("passed_background_check", id)).forbidden(),
        attribute("people_permissions", |church, id| people_permissions(church, id).into()).indexed().own(),
        attribute("remote_id", |church, id| church.people[id].remote_id.into()).indexed(),
        attribute("resource_permission_flags", |_, id| canary("resource_permission_flags", id)).forbidden(),
        attribute("school_type", |church, id| {
            let school = church.people[id].school.map(|school| &church.school_options[school]);
            school.and_then(|school| school.school_types.first()).copied().into()
        })
        .since("2020-07-22"),
        attribute("site_administrator", |church, id| church.is_administrator(id).into()).indexed().own(),
        attribute("status", |church, id| {
            if church.people[id].active() { "active" } else { "inactive" }.into()
        })
        .indexed(),
        attribute("stripe_customer_identifier", |_, id| canary("stripe_customer_identifier", id))
            .on_request()
            .forbidden(),
        attribute("updated_at", |church, id| church.people[id].updated_at.into()).indexed(),
    ],
    levels: PERSON_LEVELS,
    relationships: &[
        to_one("primary_campus", "PrimaryCampus", campus_of),
        to_one("created_by", "Person", |church, id| church.people[id].created_by.into_iter().collect()),
    ],
    edges: &[
        edge_to_many("addresses", &ADDRESS, |church, id| church.addresses.ids_owned_by(id, |row| row.person))
            .created(CREATE_ADDRESS),
        edge_to_many("apps", &APP, |church, id| apps_of(church, id)),
        edge_to_many("background_checks", &BACKGROUND_CHECK, |church, id| {
            checked_people(church).into_iter().filter(|person| *person == id).collect()
        })
        .filtered(CHECK_FILTERS)
        .followed_by(Access::OrganizationAdministrator),
        edge_to_many("connected_people", &CONNECTED_PERSON, |church, id| connected_people(church, id)),
        edge_to_many("emails", &EMAIL, |church, id| church.emails.ids_owned_by(id, |row| row.person))
            .created(CREATE_EMAIL),
        edge_to_many("field_data", &FIELD_DATUM, |church, id| {
            church.field_data.ids_owned_by(id, |row| row.person)
        })
        .created(CREATE_FIELD_DATUM),
        edge_to_many("household_memberships", &HOUSEHOLD_MEMBERSHIP, |church, id| memberships_of(church, id)),
        edge_to_many("households", &HOUSEHOLD, |church, id| church.people[id].households.clone()),
        edge_to_one("inactive_reason", &INACTIVE_REASON, |church, id| {
            church.people[id].inactive_reason.into_iter().collect()
        }),
        edge_to_one("marital_status", &MARITAL_STATUS, |church, id| {
            church.people[id].marital_status.into_iter().collect()
        }),
        edge_to_many("message_groups", &MESSAGE_GROUP, |church, id| church.message_groups_from(id)),
        edge_to_many("messages", &MESSAGE, |church, id| church.messages_to(id))
            .filtered(PERSON_MESSAGE_FILTERS)
            .or_elsewhere(&[("sent", |church, id| church.messages_from(id))]),
        edge_to_one("name_prefix", &NAME_PREFIX, |church, id| {
            church.people[id].name_prefix.into_iter().collect()
        }),
        edge_to_one("name_suffix", &NAME_SUFFIX, |church, id| {
            church.people[id].name_suffix.into_iter().collect()
        }),
        edge_to_many("notes", &NOTE, |church, id| {
            readable(church, church.notes.ids_owned_by(id, |row| row.person))
        })
        .created(CREATE_NOTE),
        edge_to_one("organization", &ORGANIZATION, |church, _| vec![church.organization_id]),
        edge_to_many("person_apps", &PERSON_APP, |church, id| person_apps(church, id)),
        edge_to_many("phone_numbers", &PHONE_NUMBER, |church, id| {
            church.phone_numbers.ids_owned_by(id, |row| row.person)
        })
        .created(CREATE_PHONE_NUMBER),
        edge_to_many("platform_notifications", &PLATFORM_NOTIFICATION, platform_notifications),
        edge_to_one("primary_campus", &CAMPUS, campus_of),
        edge_to_one("school", &SCHOOL_OPTION, |church, id| church.people[id].school.into_iter().collect()),
        edge_to_many("social_profiles", &SOCIAL_PROFILE, |church, id| {
            church.social_profiles.ids_owned_by(id, |row| row.person)
        })
        .created(CREATE_PROFILE),
        edge_to_many("workflow_cards", &WORKFLOW_CARD, |church, id| {
            church.workflow_cards.iter().filter(|(_, card)| card.person == id).map(|(card, _)| card).collect()
        })
        .filtered(CARD_FILTERS),
        edge_to_many("workflow_shares", &WORKFLOW_SHARE, |church, id| {
            let shares = church.workflow_shares.iter().filter(|(_, share)| share.person == Some(id));
            shares.map(|(share, _)| share).collect()
        }),
    ],
    includes: &[
        "addresses",
        "emails",
        "field_data",
        "households",
        "inactive_reason",
        "marital_status",
        "name_prefix",
        "name_suffix",
        "organization",
        "person_apps",
        "phone_numbers",
        "platform_notifications",
        "primary_campus",
        "school",
        "social_profiles",
    ],
    conditions: PERSON_CONDITIONS,
    person: |_, id| Some(id),
    patch: Some(PATCH_PERSON),
    delete: Some(DELETE_PERSON),
    ..Resource::new("Person", |_, id| format!("/people/v2/people/{id}"))
};

const PERSON_LEVELS: &[Level] = &[
    level(
        Access::STANDARD,
        &[
            "accounting_administrator",
            "anniversary",
            "birthdate",
            "can_create_forms",
            "can_email_lists",
            "child",
            "created_at",
            "directory_shared_info",
            "directory_status",
            "gender",
            "given_name",
            "grade",
            "graduation_year",
            "inactivated_at",
            "medical_notes",
            "membership",
            "middle_name",
            "nickname",
            "passed_background_check",
            "people_permissions",
            "remote_id",
            "resource_permission_flags",
            "school_type",
            "site_administrator",
            "updated_at",
        ],
    ),
    level(Access::PERMITTED_VIEWER, &["login_identifier"]),
    level(Access::OrganizationAdministrator, &["mfa_configured"]),
    level(Access::Nobody, &["stripe_customer_identifier"]),
];

pub(super) const PEOPLE_FILTERS: &[Filter] = &[
    filter("admins", |church, id, _| people_permissions(church, id).is_some_and(|right| right == "Manager")),
    filter("created_since", |church, id, query| {
        let since = query.argument("time").and_then(|time| time.parse().ok());
        church.people[id].created_at
            >= since.unwrap_or_else(|| church.now() - jiff::SignedDuration::from_hours(24))
    }),
    filter("organization_admins", |church, id, _| church.is_administrator(id)),
];

/// The record of whoever did something, unless they are gone.
pub(super) fn still_there(church: &Church, person: Id) -> Vec<Id> {
    Some(person).filter(|person| church.people.contains(*person)).into_iter().collect()
}

/// `Female` or `Male`, or their first letter.
pub(super) fn gender(church: &View<'_>, person: Id) -> Option<&'static str> {
    let word = church.people[person].gender.map(|gender| match gender {
        Gender::Female => "Female",
        Gender::Male => "Male",
    });
    if church.version < GENDER_SPELT_OUT { word.map(|word| &word[..1]) } else { word }
}

fn campus_of(church: &View<'_>, person: Id) -> Vec<Id> {
    church.people[person].campus.into_iter().collect()
}
