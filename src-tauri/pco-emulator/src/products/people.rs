//! The People product, version 2025-11-10.

use super::people_writing::{CREATE_PERSON, DELETE_PERSON, PATCH_PERSON};
use crate::avatar;
use crate::church::TIME_ZONE;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Condition, Filter, Level, Product, Resource, attribute, condition, edge_to_many, edge_to_one, filter,
    id_condition, level, to_many, to_one,
};
use crate::jsonapi::value::{Value, canary};
use crate::jsonapi::view::{Access, View};

pub(crate) static PRODUCT: Product = Product {
    name: "people",
    root: &ORGANIZATION,
    access: Access::STANDARD,
    versions: &[
        "2018-08-01",
        "2019-01-14",
        "2019-10-10",
        "2020-04-06",
        "2020-07-22",
        "2021-08-17",
        "2022-01-05",
        "2022-01-28",
        "2022-07-14",
        "2023-02-15",
        "2023-03-21",
        "2024-09-12",
        "2025-03-20",
        "2025-07-02",
        "2025-07-17",
        "2025-11-10",
    ],
};

static ORGANIZATION: Resource = Resource {
    attributes: &[
        attribute("avatar_url", |_, _| Value::Null),
        attribute("church_center_subdomain", |_, _| "stbrigids".into()),
        attribute("contact_website", |_, _| "https://stbrigids.example.org".into()),
        attribute("country_code", |_, _| "US".into()),
        attribute("created_at", |church, _| {
            church.campuses.iter().next().map(|(_, campus)| campus.created_at).into()
        }),
        attribute("date_format", |_, _| "%m/%d/%Y".into()),
        attribute("name", |church, _| church.name.into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
    ],
    edges: &[
        edge_to_many("addresses", &ADDRESS, |church, _| church.addresses.ids()),
        edge_to_many("campuses", &CAMPUS, |church, _| church.campuses.ids()),
        edge_to_many("emails", &EMAIL, |church, _| church.emails.ids()),
        edge_to_many("households", &HOUSEHOLD, |church, _| church.households.ids()),
        edge_to_one("me", &PERSON, |view, _| vec![view.viewer.person]).followed_by(Access::Everybody),
        edge_to_many("people", &PERSON, |church, _| church.people.ids())
            .filtered(PEOPLE_FILTERS)
            .created(CREATE_PERSON),
        edge_to_many("person_mergers", &PERSON_MERGER, |church, _| church.person_mergers.ids()),
        edge_to_many("phone_numbers", &PHONE_NUMBER, |church, _| church.phone_numbers.ids()),
    ],
    ..Resource::new("Organization", |_, _| "/people/v2".to_owned())
};

const PEOPLE_FILTERS: &[Filter] = &[
    filter("admins", |church, id, _| church.is_administrator(id)),
    filter("created_since", |church, id, query| {
        let since = query.argument("time").and_then(|time| time.parse().ok());
        church.people[id].created_at
            >= since.unwrap_or_else(|| church.now() - jiff::SignedDuration::from_hours(24))
    }),
    filter("organization_admins", |church, id, _| church.is_administrator(id)),
];

pub(crate) static PERSON: Resource = Resource {
    attributes: &[
        attribute("accounting_administrator", |_, _| Value::Flag(false)).own(),
        attribute("anniversary", |church, id| church.people[id].anniversary.into()).indexed(),
        attribute("avatar", |church, id| avatar::address(church, id)),
        attribute("birthdate", |church, id| church.people[id].birthdate.into()).indexed(),
        attribute("can_create_forms", |_, _| Value::Flag(true)).own(),
        attribute("can_email_lists", |_, _| Value::Flag(true)).own(),
        attribute("child", |church, id| church.people[id].child.into()).indexed(),
        attribute("created_at", |church, id| church.people[id].created_at.into()).indexed(),
        attribute("demographic_avatar_url", |church, id| avatar::address(church, id)),
        attribute("directory_shared_info", |_, id| canary("directory_shared_info", id))
            .on_request()
            .forbidden(),
        attribute("directory_status", |_, _| "no_access".into()),
        attribute("first_name", |church, id| (&church.people[id].first_name).into()).indexed(),
        attribute("gender", |church, id| {
            let word = church.people[id]
                .gender
                .map(|gender| if gender == crate::church::rows::Gender::Female { "Female" } else { "Male" });
            // One letter before it became the whole word.
            if church.version < "2022-07-14" { word.map(|word| &word[..1]) } else { word }.into()
        })
        .indexed(),
        attribute("given_name", |church, id| church.people[id].given_name.as_ref().into()).indexed(),
        attribute("grade", |church, id| church.people[id].grade.into()).indexed(),
        attribute("graduation_year", |church, id| {
            church.people[id].grade.map(|grade| i64::from(church.today.year()) + 12 - grade).into()
        })
        .indexed(),
        attribute("inactivated_at", |church, id| church.people[id].inactivated_at.into()).indexed(),
        attribute("last_name", |church, id| (&church.people[id].last_name).into()).indexed(),
        attribute("login_identifier", |_, id| canary("login_identifier", id)).forbidden(),
        attribute("medical_notes", |_, id| canary("medical_notes", id)).forbidden(),
        attribute("membership", |church, id| church.people[id].membership.into()).indexed(),
        attribute("mfa_configured", |_, id| canary("mfa_configured", id)).on_request().forbidden(),
        attribute("middle_name", |church, id| church.people[id].middle_name.as_ref().into()).indexed(),
        attribute("name", |church, id| church.people[id].name().into()),
        attribute("nickname", |church, id| church.people[id].nickname.as_ref().into()).indexed(),
        attribute("passed_background_check", |_, id| canary("passed_background_check", id)).forbidden(),
        attribute("people_permissions", |church, id| {
            church.granted(id).and_then(|rights| rights.people.name()).into()
        })
        .own(),
        attribute("remote_id", |_, _| Value::Null).indexed(),
        attribute("resource_permission_flags", |_, id| canary("resource_permission_flags", id)).forbidden(),
        attribute("school_type", |_, _| Value::Null),
        attribute("site_administrator", |church, id| church.is_administrator(id).into()).own(),
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
    relationships: &[to_one("primary_campus", "PrimaryCampus", campus_of)],
    edges: &[
        edge_to_many("addresses", &ADDRESS, |church, id| church.addresses.ids_owned_by(id, |row| row.person)),
        edge_to_many("emails", &EMAIL, |church, id| church.emails.ids_owned_by(id, |row| row.person)),
        edge_to_many("household_memberships", &HOUSEHOLD_MEMBERSHIP, |church, id| {
            church.people[id].household.map_or_else(Vec::new, |household| {
                let memberships = church.household_memberships.ids_owned_by(household, |row| row.household);
                memberships
                    .into_iter()
                    .filter(|membership| church.household_memberships[*membership].person == id)
                    .collect()
            })
        }),
        edge_to_many("households", &HOUSEHOLD, |church, id| {
            church.people[id].household.into_iter().collect()
        }),
        edge_to_one("organization", &ORGANIZATION, |church, _| vec![church.organization_id]),
        edge_to_many("phone_numbers", &PHONE_NUMBER, |church, id| {
            church.phone_numbers.ids_owned_by(id, |row| row.person)
        }),
        edge_to_one("primary_campus", &CAMPUS, campus_of),
    ],
    includes: &["addresses", "emails", "households", "organization", "phone_numbers", "primary_campus"],
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

const PERSON_CONDITIONS: &[Condition] = &[
    id_condition(),
    condition("primary_campus_id", |church, id, wanted| {
        church.people[id].campus.is_some_and(|campus| campus.to_string() == wanted)
    }),
    condition("search_name", name_matches),
    condition("search_name_or_email", |church, id, wanted| {
        name_matches(church, id, wanted) || email_matches(church, id, wanted)
    }),
    condition("search_name_or_email_or_phone_number", |church, id, wanted| {
        name_matches(church, id, wanted)
            || email_matches(church, id, wanted)
            || phone_number_matches(church, id, wanted)
    }),
    condition("search_phone_number", phone_number_matches),
    condition("search_phone_number_e164", |church, id, wanted| {
        let numbers = church.phone_numbers.ids_owned_by(id, |row| row.person);
        numbers.into_iter().any(|number| format!("+1{}", church.phone_numbers[number].digits()) == wanted)
    }),
];

static EMAIL: Resource = Resource {
    attributes: &[
        attribute("address", |church, id| church.emails[id].address.as_ref().into()).indexed(),
        attribute("blocked", |_, _| Value::Flag(false)).queried(),
        attribute("created_at", |church, id| church.emails[id].created_at.into()).indexed(),
        attribute("location", |church, id| church.emails[id].location.into()).indexed(),
        attribute("primary", |church, id| church.emails[id].primary.into()).indexed(),
        attribute("updated_at", |church, id| church.emails[id].created_at.into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.emails[id].person])],
    edges: &[edge_to_one("person", &PERSON, |church, id| vec![church.emails[id].person])],
    ..Resource::new("Email", |_, id| format!("/people/v2/emails/{id}"))
};

static PHONE_NUMBER: Resource = Resource {
    attributes: &[
        attribute("carrier", |_, _| Value::Null).indexed(),
        attribute("country_code", |_, _| "US".into()),
        attribute("created_at", |church, id| church.phone_numbers[id].created_at.into()).indexed(),
        attribute("e164", |church, id| format!("+1{}", church.phone_numbers[id].digits()).into()),
        attribute("formatted_number", |church, id| church.phone_numbers[id].number().into()).on_request(),
        attribute("international", |church, id| {
            let digits = church.phone_numbers[id].digits();
            format!("+1 {}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]).into()
        }),
        attribute("location", |church, id| church.phone_numbers[id].location.into()).indexed(),
        attribute("national", |church, id| church.phone_numbers[id].number().into()),
        attribute("number", |church, id| church.phone_numbers[id].number().into()).indexed(),
        attribute("primary", |church, id| church.phone_numbers[id].primary.into()).indexed(),
        attribute("updated_at", |church, id| church.phone_numbers[id].created_at.into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.phone_numbers[id].person])],
    ..Resource::new("PhoneNumber", |_, id| format!("/people/v2/phone_numbers/{id}"))
};

static ADDRESS: Resource = Resource {
    attributes: &[
        attribute("city", |church, id| church.addresses[id].city.into()).indexed(),
        attribute("country_code", |_, _| "US".into()).indexed(),
        attribute("country_name", |_, _| "United States".into()),
        attribute("created_at", |church, id| church.addresses[id].created_at.into()).ordered(),
        attribute("location", |_, _| "Home".into()).indexed(),
        attribute("primary", |_, _| Value::Flag(true)).indexed(),
        attribute("state", |_, _| "NY".into()).indexed(),
        attribute("street_line_1", |church, id| {
            let address = &church.addresses[id];
            format!("{} {}", address.house_number, address.street).into()
        })
        .indexed(),
        attribute("street_line_2", |church, id| church.addresses[id].street_line_2.into()).indexed(),
        attribute("updated_at", |church, id| church.addresses[id].created_at.into()).ordered(),
        attribute("zip", |church, id| church.addresses[id].zip.into()).indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.addresses[id].person])],
    ..Resource::new("Address", |_, id| format!("/people/v2/addresses/{id}"))
};

static HOUSEHOLD: Resource = Resource {
    attributes: &[
        attribute("avatar", |_, _| Value::Null),
        attribute("created_at", |church, id| church.households[id].created_at.into()).indexed(),
        attribute("member_count", |church, id| church.households[id].people.len().into()).indexed(),
        attribute("name", |church, id| (&church.households[id].name).into()).indexed(),
        attribute("primary_contact_id", |church, id| church.households[id].primary_contact.into()),
        attribute("primary_contact_name", |church, id| {
            church.people[church.households[id].primary_contact].name().into()
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
        }),
        edge_to_many("people", &PERSON, |church, id| church.households[id].people.clone())
            .filtered(HOUSEHOLD_PEOPLE_FILTERS),
    ],
    includes: &["people"],
    ..Resource::new("Household", |_, id| format!("/people/v2/households/{id}"))
};

const HOUSEHOLD_PEOPLE_FILTERS: &[Filter] = &[
    filter("non_pending", |church, id, _| {
        let memberships = church.people[id].household.map_or_else(Vec::new, |household| {
            church.household_memberships.ids_owned_by(household, |row| row.household)
        });
        memberships.into_iter().any(|membership| {
            church.household_memberships[membership].person == id
                && !church.household_memberships[membership].pending
        })
    }),
    filter("without_deceased", |_, _, _| true),
];

static HOUSEHOLD_MEMBERSHIP: Resource = Resource {
    attributes: &[
        attribute("household_role", |church, id| {
            let child = church.people[church.household_memberships[id].person].child;
            Value::from(if child { "child_or_dependent" } else { "adult" })
        }),
        attribute("pending", |church, id| church.household_memberships[id].pending.into()).indexed(),
        attribute("person_name", |church, id| {
            church.people[church.household_memberships[id].person].name().into()
        })
        .indexed(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.household_memberships[id].person])],
    edges: &[
        edge_to_one("household", &HOUSEHOLD, |church, id| vec![church.household_memberships[id].household]),
        edge_to_one("person", &PERSON, |church, id| vec![church.household_memberships[id].person]),
    ],
    includes: &["household", "person"],
    ..Resource::new("HouseholdMembership", |church, id| {
        format!(
            "/people/v2/households/{}/household_memberships/{id}",
            church.household_memberships[id].household
        )
    })
};

static CAMPUS: Resource = Resource {
    attributes: &[
        attribute("avatar_url", |_, _| Value::Null),
        attribute("church_center_enabled", |_, _| Value::Flag(true)),
        attribute("city", |_, _| "Marlow Bay".into()),
        attribute("contact_email_address", |_, _| "office@stbrigids.example.org".into()),
        attribute("country", |_, _| "US".into()),
        attribute("created_at", |church, id| church.campuses[id].created_at.into()).indexed(),
        attribute("date_format", |_, _| Value::Null),
        attribute("description", |_, _| Value::Null),
        attribute("geolocation_set_manually", |_, _| Value::Flag(false)),
        // Documented as numbers, sent as text.
        attribute("latitude", |_, _| "40.9".into()),
        attribute("longitude", |_, _| "-72.3".into()),
        attribute("name", |church, id| (&church.campuses[id].name).into()).ordered(),
        attribute("phone_number", |_, _| "(555) 010-0100".into()),
        attribute("state", |_, _| "NY".into()),
        attribute("street", |church, id| (&church.campuses[id].street).into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
        attribute("time_zone_raw", |_, _| TIME_ZONE.into()).on_request(),
        attribute("twenty_four_hour_time", |_, _| Value::Null),
        attribute("updated_at", |church, id| church.campuses[id].created_at.into()).indexed(),
        attribute("website", |_, _| "https://stbrigids.example.org".into()),
        attribute("zip", |_, _| "00501".into()),
    ],
    relationships: &[to_one("organization", "Organization", |church, _| vec![church.organization_id])],
    ..Resource::new("Campus", |_, id| format!("/people/v2/campuses/{id}"))
};

static PERSON_MERGER: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.person_mergers[id].created_at.into()).indexed(),
        attribute("person_to_keep_id", |church, id| church.person_mergers[id].person_to_keep.into())
            .queried(),
        attribute("person_to_remove_id", |church, id| church.person_mergers[id].person_to_remove.into())
            .queried(),
    ],
    relationships: &[
        to_one("person_to_keep", "Person", |church, id| vec![church.person_mergers[id].person_to_keep]),
        to_one("person_to_remove", "Person", |church, id| vec![church.person_mergers[id].person_to_remove]),
    ],
    ..Resource::new("PersonMerger", |_, id| format!("/people/v2/person_mergers/{id}"))
};

fn campus_of(church: &View<'_>, person: Id) -> Vec<Id> {
    church.people[person].campus.into_iter().collect()
}

/// Every word of the search begins a word of one of the person's names.
fn name_matches(church: &View<'_>, id: Id, wanted: &str) -> bool {
    let person = &church.people[id];
    let names = [
        Some(&person.first_name),
        person.given_name.as_ref(),
        person.nickname.as_ref(),
        Some(&person.last_name),
    ];
    let names = names.into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>().join(" ");
    let mut wanted = wanted.split_whitespace().map(str::to_lowercase).peekable();
    wanted.peek().is_some()
        && wanted.all(|part| names.starts_with(&part) || names.contains(&format!(" {part}")))
}

fn email_matches(church: &View<'_>, id: Id, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let emails = church.emails.ids_owned_by(id, |row| row.person);
    !wanted.is_empty() && emails.into_iter().any(|email| church.emails[email].address.starts_with(&wanted))
}

/// Fragments in any format find a number.
fn phone_number_matches(church: &View<'_>, id: Id, wanted: &str) -> bool {
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let letters = wanted.chars().any(char::is_alphabetic);
    let numbers = church.phone_numbers.ids_owned_by(id, |row| row.person);
    !letters
        && digits.len() >= 3
        && numbers
            .into_iter()
            .any(|number| format!("1{}", church.phone_numbers[number].digits()).contains(&digits))
}
