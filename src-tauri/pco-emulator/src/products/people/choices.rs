//! What a church offers to choose from: `MaritalStatus`, `NamePrefix`, `SchoolOption`, `Grade`, `App` and their like.

use super::writing::choices::{
    DELETE_INACTIVE_REASON, DELETE_MARITAL_STATUS, DELETE_NAME_PREFIX, DELETE_NAME_SUFFIX,
    PATCH_INACTIVE_REASON, PATCH_MARITAL_STATUS, PATCH_NAME_PREFIX, PATCH_NAME_SUFFIX,
};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{Order, Resource, attribute, edge_to_one, to_one};
use crate::jsonapi::value::Value;

pub(super) static MARITAL_STATUS: Resource = Resource {
    attributes: &[attribute("value", |church, id| (&church.marital_statuses[id].value).into()).indexed()],
    orders: &[Order { name: "sequence", key: |_, id| Value::from(id), drops_null: false }],
    patch: Some(PATCH_MARITAL_STATUS),
    delete: Some(DELETE_MARITAL_STATUS),
    ..Resource::new("MaritalStatus", |_, id| format!("/people/v2/marital_statuses/{id}"))
};

pub(super) static NAME_PREFIX: Resource = Resource {
    attributes: &[attribute("value", |church, id| (&church.name_prefixes[id].value).into()).indexed()],
    patch: Some(PATCH_NAME_PREFIX),
    delete: Some(DELETE_NAME_PREFIX),
    ..Resource::new("NamePrefix", |_, id| format!("/people/v2/name_prefixes/{id}"))
};

pub(super) static NAME_SUFFIX: Resource = Resource {
    attributes: &[attribute("value", |church, id| (&church.name_suffixes[id].value).into()).indexed()],
    patch: Some(PATCH_NAME_SUFFIX),
    delete: Some(DELETE_NAME_SUFFIX),
    ..Resource::new("NameSuffix", |_, id| format!("/people/v2/name_suffixes/{id}"))
};

pub(super) static INACTIVE_REASON: Resource = Resource {
    attributes: &[attribute("value", |church, id| (&church.inactive_reasons[id].value).into()).indexed()],
    patch: Some(PATCH_INACTIVE_REASON),
    delete: Some(DELETE_INACTIVE_REASON),
    ..Resource::new("InactiveReason", |_, id| format!("/people/v2/inactive_reasons/{id}"))
};

pub(super) static MEMBERSHIP_TYPE: Resource = Resource {
    attributes: &[attribute("value", |church, id| (&church.membership_types[id].value).into()).indexed()],
    orders: &[Order { name: "sequence", key: |_, id| Value::from(id), drops_null: false }],
    ..Resource::new("MembershipType", |_, id| format!("/people/v2/membership_types/{id}"))
};

pub(super) static SCHOOL_OPTION: Resource = Resource {
    attributes: &[
        attribute("beginning_grade", |church, id| {
            church.school_options[id].beginning_grade.to_string().into()
        })
        .indexed(),
        attribute("ending_grade", |church, id| church.school_options[id].ending_grade.to_string().into())
            .indexed(),
        attribute("school_types", |church, id| {
            Value::List(
                church.school_options[id].school_types.iter().map(|kind| Value::from(*kind)).collect(),
            )
        })
        .queried(),
        attribute("sequence", |church, id| {
            church.school_options.ids().iter().position(|known| *known == id).into()
        })
        .indexed(),
        attribute("value", |church, id| (&church.school_options[id].value).into()).indexed(),
    ],
    edges: &[edge_to_one("promotes_to_school", &SCHOOL_OPTION, |church, id| {
        let next = church.school_options[id].ending_grade + 1;
        let mut schools = church.school_options.iter();
        schools
            .find(|(_, school)| school.beginning_grade == next)
            .map(|(school, _)| school)
            .into_iter()
            .collect()
    })],
    ..Resource::new("SchoolOption", |_, id| format!("/people/v2/school_options/{id}"))
};

/// The names of the grades from −1 on.
pub(super) const GRADES: [&str; 14] = [
    "Pre-K",
    "Kindergarten",
    "1st",
    "2nd",
    "3rd",
    "4th",
    "5th",
    "6th",
    "7th",
    "8th",
    "9th",
    "10th",
    "11th",
    "12th",
];

/// Numbered from 1.
pub(super) static GRADE: Resource = Resource {
    attributes: &[
        attribute("key", |_, id| Value::Integer(i64::try_from(id).unwrap_or(0) - 2)),
        attribute("value", |_, id| entry(&GRADES, id).copied().into()),
    ],
    ..Resource::new("Grade", |_, id| format!("/people/v2/grades/{id}"))
};

const CARRIERS: [(&str, &str, bool); 4] = [
    ("AT&T", "att", false),
    ("T-Mobile", "t_mobile", false),
    ("Verizon", "verizon", false),
    ("Rogers", "rogers", true),
];

/// Numbered from 1.
pub(super) static CARRIER: Resource = Resource {
    attributes: &[
        attribute("international", |_, id| entry(&CARRIERS, id).map(|carrier| carrier.2).into()).indexed(),
        attribute("name", |_, id| entry(&CARRIERS, id).map(|carrier| carrier.0).into()).indexed(),
        attribute("value", |_, id| entry(&CARRIERS, id).map(|carrier| carrier.1).into()).indexed(),
    ],
    ..Resource::new("Carrier", |_, id| format!("/people/v2/carriers/{id}"))
};

const APPS: [&str; 3] = ["People", "Services", "Church Center"];
const FIRST_PERSON_APP: Id = 10;

/// Numbered from 1.
pub(super) static APP: Resource = Resource {
    attributes: &[
        attribute("name", |_, id| entry(&APPS, id).copied().into()).indexed(),
        attribute("url", |_, id| {
            let name = entry(&APPS, id).map(|name| name.to_lowercase().replace(' ', ""));
            name.map(|name| format!("https://{name}.planningcenteronline.com")).into()
        })
        .indexed(),
    ],
    ..Resource::new("App", |_, id| format!("/people/v2/apps/{id}"))
};

/// An app that a person may open; the app is the last digit of its number, the person the digits before.
pub(super) static PERSON_APP: Resource = Resource {
    attributes: &[
        attribute("allow_pco_login", |_, _| Value::Flag(true)),
        attribute("people_permissions", |church, id| {
            people_permissions(church, id / FIRST_PERSON_APP).map(str::to_lowercase).into()
        })
        .own(),
    ],
    relationships: &[
        to_one("app", "App", |_, id| vec![id % FIRST_PERSON_APP]),
        to_one("person", "Person", |_, id| vec![id / FIRST_PERSON_APP]),
    ],
    edges: &[edge_to_one("app", &APP, |_, id| vec![id % FIRST_PERSON_APP])],
    includes: &["app"],
    person: |_, id| Some(id / FIRST_PERSON_APP),
    ..Resource::new("PersonApp", |_, id| {
        let person = id / FIRST_PERSON_APP;
        format!("/people/v2/people/{person}/person_apps/{id}")
    })
};

pub(super) fn grades() -> Vec<Id> {
    numbers(GRADES.len())
}

pub(super) fn carriers() -> Vec<Id> {
    numbers(CARRIERS.len())
}

pub(super) fn apps() -> Vec<Id> {
    numbers(APPS.len())
}

/// The number of an app.
pub(super) fn app_named(name: &str) -> Option<Id> {
    apps().into_iter().find(|app| entry(&APPS, *app) == Some(&name))
}

/// Staff open every app, everybody else Church Center.
pub(super) fn apps_of(church: &Church, person: Id) -> Vec<Id> {
    let staff = people_permissions(church, person).is_some();
    if staff { apps() } else { numbers(APPS.len()).split_off(APPS.len() - 1) }
}

pub(super) fn person_apps(church: &Church, person: Id) -> Vec<Id> {
    apps_of(church, person).into_iter().map(|app| person * FIRST_PERSON_APP + app).collect()
}

fn numbers(count: usize) -> Vec<Id> {
    (1..=count as Id).collect()
}

/// The entry of a list that is numbered from 1.
fn entry<T>(list: &[T], number: Id) -> Option<&T> {
    list.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// `Viewer`, `Editor` or `Manager`; None for a person without any.
pub(super) fn people_permissions(church: &Church, person: Id) -> Option<&'static str> {
    church.granted(person).and_then(|rights| rights.people.name())
}
