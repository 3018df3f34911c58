//! The People product, version 2025-11-10.

mod campuses;
mod changes;
mod choices;
mod connections;
mod contacts;
mod fields;
mod households;
mod lists;
mod messages;
mod notes;
mod person;
mod search;
mod workflow_cards;
mod workflows;
mod writing;

use campuses::CAMPUS;
use changes::{
    BACKGROUND_CHECK, BIRTHDAY_PEOPLE, CHECK_FILTERS, PERSON_MERGER, birthday_people, checked_people,
};
use choices::{
    APP, CARRIER, GRADE, GRADES, INACTIVE_REASON, MARITAL_STATUS, MEMBERSHIP_TYPE, NAME_PREFIX, NAME_SUFFIX,
    SCHOOL_OPTION,
};
use contacts::{ADDRESS, EMAIL, PHONE_NUMBER, SOCIAL_PROFILE};
use fields::{FIELD_DATUM, FIELD_DEFINITION, FIELD_DEFINITION_FILTERS, TAB, TAB_FILTERS};
use households::HOUSEHOLD;
use lists::{LIST, LIST_CATEGORY, LIST_FILTERS, readable_lists};
use messages::{MESSAGE, MESSAGE_FILTERS, MESSAGE_GROUP};
use notes::{
    NOTE, NOTE_CATEGORY, NOTE_CATEGORY_FILTERS, NOTE_CATEGORY_SUBSCRIPTION, readable, readable_categories,
};
use person::PEOPLE_FILTERS;
pub(crate) use person::PERSON;
use workflows::{WORKFLOW, WORKFLOW_FILTERS, readable_workflows};
use writing::CREATE_PERSON;
use writing::choices::{
    CREATE_INACTIVE_REASON, CREATE_LIST_CATEGORY, CREATE_MARITAL_STATUS, CREATE_NAME_PREFIX,
    CREATE_NAME_SUFFIX, CREATE_NOTE_CATEGORY,
};
use writing::fields::CREATE_TAB;
use writing::records::CREATE_HOUSEHOLD;
use writing::steps::CREATE_WORKFLOW;

use crate::church::TIME_ZONE;
use crate::jsonapi::resource::{Product, Resource, attribute, edge_to_many, edge_to_one};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::Access;

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
        attribute("grades", |_, _| Value::List(GRADES.iter().map(|grade| Value::from(*grade)).collect())),
        attribute("name", |church, _| church.name.into()),
        attribute("time_zone", |_, _| TIME_ZONE.into()),
    ],
    edges: &[
        edge_to_many("addresses", &ADDRESS, |church, _| church.addresses.ids()),
        edge_to_many("apps", &APP, |_, _| choices::apps()),
        edge_to_many("background_checks", &BACKGROUND_CHECK, |church, _| checked_people(church))
            .filtered(CHECK_FILTERS)
            .followed_by(Access::OrganizationAdministrator),
        edge_to_many("birthday_people", &BIRTHDAY_PEOPLE, |church, _| birthday_people(church)),
        edge_to_many("campuses", &CAMPUS, |church, _| church.campuses.ids()),
        edge_to_many("carriers", &CARRIER, |_, _| choices::carriers()),
        edge_to_many("emails", &EMAIL, |church, _| church.emails.ids()),
        edge_to_many("field_data", &FIELD_DATUM, |church, _| church.field_data.ids()),
        edge_to_many("field_definitions", &FIELD_DEFINITION, |church, _| church.field_definitions.ids())
            .filtered(FIELD_DEFINITION_FILTERS),
        edge_to_many("grades", &GRADE, |_, _| choices::grades()),
        edge_to_many("households", &HOUSEHOLD, |church, _| church.households.ids()).created(CREATE_HOUSEHOLD),
        edge_to_many("inactive_reasons", &INACTIVE_REASON, |church, _| church.inactive_reasons.ids())
            .created(CREATE_INACTIVE_REASON),
        edge_to_many("list_categories", &LIST_CATEGORY, |church, _| church.list_categories.ids())
            .created(CREATE_LIST_CATEGORY),
        edge_to_many("lists", &LIST, |church, _| readable_lists(church)).filtered(LIST_FILTERS),
        edge_to_many("marital_statuses", &MARITAL_STATUS, |church, _| church.marital_statuses.ids())
            .created(CREATE_MARITAL_STATUS),
        edge_to_one("me", &PERSON, |church, _| vec![church.viewer.person]).followed_by(Access::Everybody),
        edge_to_many("membership_types", &MEMBERSHIP_TYPE, |church, _| church.membership_types.ids()),
        edge_to_many("message_groups", &MESSAGE_GROUP, |church, _| church.message_groups.ids()),
        edge_to_many("messages", &MESSAGE, |church, _| church.messages.ids()).filtered(MESSAGE_FILTERS),
        edge_to_many("name_prefixes", &NAME_PREFIX, |church, _| church.name_prefixes.ids())
            .created(CREATE_NAME_PREFIX),
        edge_to_many("name_suffixes", &NAME_SUFFIX, |church, _| church.name_suffixes.ids())
            .created(CREATE_NAME_SUFFIX),
        edge_to_many("note_categories", &NOTE_CATEGORY, |church, _| readable_categories(church))
            .filtered(NOTE_CATEGORY_FILTERS)
            .created(CREATE_NOTE_CATEGORY),
        edge_to_many("note_category_subscriptions", &NOTE_CATEGORY_SUBSCRIPTION, |church, _| {
            church.note_category_subscriptions.ids()
        }),
        edge_to_many("notes", &NOTE, |church, _| readable(church, church.notes.ids())),
        edge_to_many("people", &PERSON, |church, _| church.people.ids())
            .filtered(PEOPLE_FILTERS)
            .created(CREATE_PERSON),
        edge_to_many("person_mergers", &PERSON_MERGER, |church, _| church.person_mergers.ids()),
        edge_to_many("phone_numbers", &PHONE_NUMBER, |church, _| church.phone_numbers.ids()),
        edge_to_many("school_options", &SCHOOL_OPTION, |church, _| church.school_options.ids()),
        edge_to_many("social_profiles", &SOCIAL_PROFILE, |church, _| church.social_profiles.ids()),
        edge_to_many("tabs", &TAB, |church, _| church.tabs.ids()).filtered(TAB_FILTERS).created(CREATE_TAB),
        edge_to_many("workflows", &WORKFLOW, |church, _| readable_workflows(church))
            .filtered(WORKFLOW_FILTERS)
            .created(CREATE_WORKFLOW),
    ],
    ..Resource::new("Organization", |_, _| "/people/v2".to_owned())
};
