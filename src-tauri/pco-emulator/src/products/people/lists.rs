//! `List`, its results, rules and shares, and `ListCategory`.

use super::campuses::CAMPUS;
use super::person::{PERSON, still_there};
use super::writing::choices::{DELETE_LIST_CATEGORY, PATCH_LIST_CATEGORY};
use super::writing::workflows::{DELETE_STAR, LIST_ACTIONS};
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, condition, edge_to_many, edge_to_one, filter, id_condition, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) static LIST: Resource = Resource {
    attributes: &[
        attribute("active_automations_count", |_, _| Value::Integer(0)).ordered(),
        attribute("auto_generated_name", |church, id| church.lists[id].auto_generated_name.into()),
        attribute("auto_refresh", |church, id| church.lists[id].auto_refresh.into()),
        attribute("auto_refresh_frequency", |church, id| {
            church.lists[id].auto_refresh.then_some("daily").into()
        })
        .ordered(),
        attribute("automations_active", |_, _| Value::Flag(false)),
        attribute("automations_count", |_, _| Value::Integer(0)).ordered(),
        attribute("batch_completed_at", |church, id| church.lists[id].refreshed_at.into()).indexed(),
        attribute("created_at", |church, id| church.lists[id].created_at.into()).indexed(),
        attribute("description", |church, id| church.lists[id].description.as_ref().into()),
        attribute("has_inactive_results", |church, id| {
            results_of(church, id).into_iter().any(|result| !person_of(church, result).active()).into()
        }),
        attribute("include_inactive", |_, _| Value::Flag(false)),
        attribute("invalid", |_, _| Value::Flag(false)),
        attribute("name", |church, id| (&church.lists[id].name).into()).indexed(),
        attribute("name_or_description", |church, id| (&church.lists[id].name).into()).ordered(),
        attribute("paused_automations_count", |_, _| Value::Integer(0)),
        attribute("recently_viewed", |church, id| church.lists[id].starred.into()),
        attribute("refreshed_at", |church, id| church.lists[id].refreshed_at.into()).ordered(),
        attribute("return_original_if_none", |_, _| Value::Flag(false)),
        attribute("returns", |_, _| Value::Null),
        attribute("starred", |church, id| church.lists[id].starred.into()).ordered(),
        attribute("status", |_, _| Value::Null),
        attribute("subset", |_, _| "all".into()),
        attribute("total_people", |church, id| results_of(church, id).len().into()).ordered(),
        attribute("updated_at", |church, id| church.lists[id].updated_at.into()).indexed(),
    ],
    edges: &[
        edge_to_one("campus", &CAMPUS, |church, id| church.lists[id].campus.into_iter().collect()),
        edge_to_one("category", &LIST_CATEGORY, |church, id| church.lists[id].category.into_iter().collect()),
        edge_to_one("created_by", &PERSON, |church, id| still_there(church, church.lists[id].created_by)),
        edge_to_many("list_results", &LIST_RESULT, |church, id| results_of(church, id)),
        edge_to_one("mailchimp_sync_status", &MAILCHIMP_SYNC_STATUS, |church, id| {
            church.lists[id].mailchimp_synced_at.map(|_| id).into_iter().collect()
        }),
        edge_to_many("people", &PERSON, |church, id| {
            let mut people: Vec<Id> =
                results_of(church, id).into_iter().map(|result| church.list_results[result].person).collect();
            people.sort_unstable();
            people
        }),
        edge_to_many("rules", &RULE, |_, id| vec![id]),
        edge_to_many("shares", &LIST_SHARE, |_, id| vec![id]),
        edge_to_one("star", &LIST_STAR, |church, id| {
            church.lists[id].starred.then_some(id).into_iter().collect()
        }),
        edge_to_one("updated_by", &PERSON, |church, id| still_there(church, church.lists[id].created_by)),
    ],
    includes: &[
        "campus",
        "category",
        "created_by",
        "mailchimp_sync_status",
        "people",
        "rules",
        "shares",
        "updated_by",
    ],
    conditions: &[id_condition()],
    orders: &[
        Order { name: "campus_id", key: |church, id| church.lists[id].campus.into(), drops_null: false },
        Order {
            name: "campuses.name",
            key: |church, id| church.lists[id].campus.map(|campus| &church.campuses[campus].name).into(),
            drops_null: false,
        },
        Order {
            name: "list_categories.name",
            key: |church, id| {
                church.lists[id].category.map(|category| &church.list_categories[category].name).into()
            },
            drops_null: false,
        },
        Order {
            name: "list_category_id",
            key: |church, id| church.lists[id].category.into(),
            drops_null: false,
        },
    ],
    actions: LIST_ACTIONS,
    ..Resource::new("List", |_, id| format!("/people/v2/lists/{id}"))
};

/// That the church has marked a list; it shares its id with the list.
static LIST_STAR: Resource = Resource {
    attributes: &[attribute("created_at", |church, id| church.lists[id].created_at.into())],
    delete: Some(DELETE_STAR),
    ..Resource::new("ListStar", |_, id| format!("/people/v2/lists/{id}/star"))
};

/// How the last writing of a list to Mailchimp went; it shares its id with the list.
static MAILCHIMP_SYNC_STATUS: Resource = Resource {
    attributes: &[
        attribute("completed_at", |church, id| church.lists[id].mailchimp_synced_at.into()),
        attribute("error", |_, _| Value::Null),
        attribute("progress", |_, _| Value::Integer(100)),
        attribute("segment_id", |_, id| Value::from(id)),
        attribute("status", |_, _| "completed".into()),
    ],
    ..Resource::new("MailchimpSyncStatus", |_, id| format!("/people/v2/lists/{id}/mailchimp_sync_status"))
};

pub(super) const LIST_FILTERS: &[Filter] = &[
    filter("can_manage", |church, id, _| church.is_me(church.lists[id].created_by)),
    filter("recently_viewed", |church, id, _| church.lists[id].starred),
    filter("starred", |church, id, _| church.lists[id].starred),
    filter("unassigned", |church, id, _| church.lists[id].category.is_none()),
];

static LIST_RESULT: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.list_results[id].created_at.into()).ordered(),
        attribute("updated_at", |church, id| church.list_results[id].created_at.into()).ordered(),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.list_results[id].person]),
        to_one("list", "List", |church, id| vec![church.list_results[id].list]),
    ],
    edges: &[edge_to_one("person", &PERSON, |church, id| vec![church.list_results[id].person])],
    includes: &["person"],
    conditions: &[condition("person_id", |church, id, wanted| {
        church.list_results[id].person.to_string() == wanted
    })],
    ..Resource::new("ListResult", |church, id| {
        format!("/people/v2/lists/{}/list_results/{id}", church.list_results[id].list)
    })
};

pub(super) static LIST_CATEGORY: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.list_categories[id].created_at.into()).indexed(),
        attribute("name", |church, id| (&church.list_categories[id].name).into()).indexed(),
        attribute("organization_id", |church, _| church.organization_id.into()).indexed(),
        attribute("updated_at", |church, id| church.list_categories[id].created_at.into()).indexed(),
    ],
    relationships: &[to_one("organization", "Organization", |church, _| vec![church.organization_id])],
    edges: &[edge_to_many("lists", &LIST, |church, id| {
        let mut lists = readable_lists(church);
        lists.retain(|list| church.lists[*list].category == Some(id));
        lists
    })],
    includes: &["lists"],
    patch: Some(PATCH_LIST_CATEGORY),
    delete: Some(DELETE_LIST_CATEGORY),
    ..Resource::new("ListCategory", |_, id| format!("/people/v2/list_categories/{id}"))
};

/// A list has one share, which has the list's number.
static LIST_SHARE: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.lists[id].created_at.into()).indexed(),
        attribute("group", |church, id| church.lists[id].share.least().name().into()).indexed(),
        attribute("name", |church, id| church.lists[id].share.least().name().into()).queried(),
        attribute("permission", |_, _| "view".into()).queried(),
    ],
    relationships: &[to_one("person", "Person", |_, _| Vec::new())],
    edges: &[edge_to_one("person", &PERSON, |_, _| Vec::new())],
    includes: &["person"],
    ..Resource::new("ListShare", |_, id| format!("/people/v2/lists/{id}/shares/{id}"))
};

/// A list has one rule, and a rule one condition; they have the list's number.
static RULE: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.lists[id].created_at.into()),
        attribute("subset", |_, _| "all".into()),
        attribute("updated_at", |church, id| church.lists[id].created_at.into()),
    ],
    edges: &[edge_to_many("conditions", &CONDITION, |_, id| vec![id])],
    includes: &["conditions"],
    ..Resource::new("Rule", |_, id| format!("/people/v2/lists/{id}/rules/{id}"))
};

static CONDITION: Resource = Resource {
    attributes: &[
        attribute("application", |_, _| "people".into()),
        attribute("comparison", |church, id| church.lists[id].rule.condition().1.into()),
        attribute("created_at", |church, id| church.lists[id].created_at.into()),
        attribute("definition_class", |church, id| church.lists[id].rule.condition().0.into()),
        attribute("definition_identifier", |_, id| id.to_string().into()),
        attribute("description", |church, id| church.lists[id].rule.condition().3.into()),
        attribute("settings", |church, id| church.lists[id].rule.condition().2.into()),
        attribute("updated_at", |church, id| church.lists[id].created_at.into()),
    ],
    edges: &[edge_to_one("created_by", &PERSON, |church, id| {
        still_there(church, church.lists[id].created_by)
    })],
    includes: &["created_by"],
    ..Resource::new("Condition", |_, id| format!("/people/v2/lists/{id}/rules/{id}/conditions/{id}"))
};

/// The lists that are shared with whoever asks.
pub(super) fn readable_lists(church: &View<'_>) -> Vec<Id> {
    let shared = church.lists.iter().filter(|(_, list)| {
        church.viewer.rights.people >= list.share.least() || church.is_me(list.created_by)
    });
    shared.map(|(id, _)| id).collect()
}

fn results_of(church: &Church, list: Id) -> Vec<Id> {
    church.list_results.ids_owned_by(list, |row| row.list)
}

fn person_of(church: &Church, result: Id) -> &crate::church::people::rows::Person {
    &church.people[church.list_results[result].person]
}
