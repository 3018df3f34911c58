//! Services: folders, service types, and the times that a service type's teams can prefer.

use super::attachments::ATTACHMENT;
use super::notes::{ITEM_NOTE_CATEGORY, PLAN_NOTE_CATEGORY};
use super::plan_times::{PLAN_TIME, PLAN_TIME_FILTERS};
use super::plans::{self, PLAN, PLAN_FILTERS};
use super::team_members::PLAN_PERSON_TIME;
use super::teams::{TEAM, TEAM_POSITION};
use super::templates::PLAN_TEMPLATE;
use super::writing::{
    CREATE_PLAN, CREATE_TEAM, DELETE_FOLDER, DELETE_SERVICE_TYPE, PATCH_FOLDER, PATCH_SERVICE_TYPE,
};
use crate::avatar;
use crate::church::services::rows::{Attachable, PlanPerson};
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Condition, Filter, Level, Order, Resource, attribute, condition, edge_to_many, edge_to_one, filter,
    id_condition, level, to_many, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::{Access, View};

pub(super) const SERVICE_TYPE_FILTERS: &[Filter] =
    &[filter("no_parent", |church, id, _| church.service_types[id].folder.is_none())];

pub(super) static FOLDER: Resource = Resource {
    attributes: &[
        attribute("container", |_, _| Value::Null),
        attribute("created_at", |church, id| church.folders[id].created_at.into()),
        attribute("name", |church, id| (&church.folders[id].name).into()).ordered(),
        attribute("updated_at", |church, id| church.folders[id].created_at.into()),
    ],
    relationships: &[
        to_many("ancestors", "Folder", |church, id| church.folders[id].parent.into_iter().collect()),
        to_one("parent", "Folder", |church, id| church.folders[id].parent.into_iter().collect()),
        to_one("campus", "Campus", |church, id| church.folders[id].campus.into_iter().collect()),
    ],
    edges: &[
        edge_to_many("folders", &FOLDER, |church, id| {
            let folders = church.folders.iter().filter(|(_, folder)| folder.parent == Some(id));
            folders.map(|(child, _)| child).collect()
        }),
        edge_to_many("service_types", &SERVICE_TYPE, |church, id| {
            let service_types = church.kept_service_types().into_iter();
            service_types.filter(|child| church.service_types[*child].folder == Some(id)).collect()
        }),
    ],
    includes: &["service_types"],
    patch: Some(PATCH_FOLDER),
    delete: Some(DELETE_FOLDER),
    conditions: &[condition("parent_id", |church, id, wanted| {
        church.folders[id].parent.is_some_and(|parent| parent.to_string() == wanted)
    })],
    ..Resource::new("Folder", |_, id| format!("/services/v2/folders/{id}"))
};

const SERVICE_TYPE_LEVELS: &[Level] = &[level(
    Access::SCHEDULER,
    &["background_check_permissions", "comment_permissions", "frequency", "last_plan_from"],
)];

const SERVICE_TYPE_CONDITIONS: &[Condition] = &[
    id_condition(),
    condition("parent_id", |church, id, wanted| {
        church.service_types[id].folder.is_some_and(|parent| parent.to_string() == wanted)
    }),
];

pub(super) static SERVICE_TYPE: Resource = Resource {
    attributes: &[
        attribute("archived_at", |_, _| Value::Null),
        attribute("attachment_types_enabled", |church, id| {
            church.service_types[id].attachment_types_enabled.into()
        }),
        attribute("background_check_permissions", |_, _| "inherit".into()).forbidden(),
        attribute("comment_permissions", |church, id| (&church.service_types[id].comment_permissions).into()),
        attribute("created_at", |church, id| church.service_types[id].created_at.into()),
        attribute("custom_item_types", |_, _| Value::List(Vec::new())),
        attribute("deleted_at", |church, id| church.service_types[id].deleted_at.into()),
        attribute("frequency", |church, id| (&church.service_types[id].frequency).into()),
        attribute("last_plan_from", |church, id| (&church.service_types[id].last_plan_from).into()),
        attribute("name", |church, id| (&church.service_types[id].name).into()).indexed(),
        attribute("permissions", |view, _| view.viewer.rights.services.name().into()),
        attribute("scheduled_publish", |church, id| church.service_types[id].scheduled_publish.into()),
        attribute("sequence", |church, id| church.service_types[id].sequence.into()).ordered(),
        attribute("standard_item_types", |_, _| {
            Value::Json(serde_json::json!([
                { "name": "Header", "color": "#eaebeb" },
                { "name": "Song", "color": "#e8f6df" },
                { "name": "Media", "color": "#e6e2fd" },
            ]))
        }),
        attribute("updated_at", |church, id| church.service_types[id].updated_at.into()),
    ],
    levels: SERVICE_TYPE_LEVELS,
    relationships: &[to_one("parent", "Folder", |church, id| {
        church.service_types[id].folder.into_iter().collect()
    })],
    edges: &[
        edge_to_many("attachments", &ATTACHMENT, |church, id| {
            church.attachments_of(Attachable::ServiceType(id))
        }),
        edge_to_many("item_note_categories", &ITEM_NOTE_CATEGORY, |church, id| {
            church.item_note_categories.ids_owned_by(id, |row| row.service_type)
        }),
        edge_to_many("live_controllers", &LIVE_CONTROLLER, |church, id| {
            church.live_controllers.ids_owned_by(id, |row| row.service_type)
        }),
        edge_to_many("plan_note_categories", &PLAN_NOTE_CATEGORY, |church, id| {
            church.plan_note_categories.ids_owned_by(id, |row| row.service_type)
        }),
        edge_to_many("plan_person_times", &PLAN_PERSON_TIME, |view, id| {
            let entries =
                visible_plans(view, id).into_iter().flat_map(|plan| &view.church.contents(plan).team_members);
            entries.flat_map(PlanPerson::time_ids).collect()
        }),
        edge_to_many("plan_templates", &PLAN_TEMPLATE, |church, id| church.templates_of(id)),
        edge_to_many("plan_times", &PLAN_TIME, |view, id| {
            let plans = visible_plans(view, id).into_iter();
            plans.flat_map(|plan| view.church.plans[plan].times.iter().map(|time| time.id)).collect()
        })
        .filtered(PLAN_TIME_FILTERS),
        edge_to_many("plans", &PLAN, visible_plans).filtered(PLAN_FILTERS).created(CREATE_PLAN),
        edge_to_one("public_view", &PUBLIC_VIEW, |_, id| vec![id]),
        edge_to_many("team_positions", &TEAM_POSITION, |church, id| {
            church.teams_of(id).into_iter().flat_map(|team| church.positions_of(team)).collect()
        }),
        edge_to_many("teams", &TEAM, |church, id| church.teams_of(id)).created(CREATE_TEAM),
        edge_to_many("time_preference_options", &TIME_PREFERENCE_OPTION, |church, id| {
            church.time_preference_options_of(id)
        }),
        edge_to_many("unscoped_plans", &PLAN, |church, id| church.service_types[id].plans.clone())
            .read_only()
            .filtered(&[filter("deleted", |church, id, _| church.plans[id].deleted_at.is_some())]),
    ],
    includes: &["time_preference_options"],
    conditions: SERVICE_TYPE_CONDITIONS,
    patch: Some(PATCH_SERVICE_TYPE),
    delete: Some(DELETE_SERVICE_TYPE),
    ..Resource::new("ServiceType", |_, id| format!("/services/v2/service_types/{id}"))
};

fn visible_plans(view: &View<'_>, service_type: Id) -> Vec<Id> {
    plans::visible(view, view.plans_of(service_type))
}

/// Somebody who may run plans with Services LIVE although their rights do not let them.
static LIVE_CONTROLLER: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.live_controllers[id].created_at.into()).ordered(),
        attribute("full_name", |church, id| church.people[church.live_controllers[id].person].name().into()),
        attribute("photo_thumbnail_url", |church, id| {
            avatar::address_or_placeholder(church, church.live_controllers[id].person)
        }),
        attribute("updated_at", |church, id| church.live_controllers[id].created_at.into()).ordered(),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.live_controllers[id].person])],
    person: |church, id| church.live_controllers.get(id).map(|row| row.person),
    ..Resource::new("LiveController", |church, id| {
        let service_type = church.live_controllers[id].service_type;
        format!("/services/v2/service_types/{service_type}/live_controllers/{id}")
    })
};

/// What a public plan shows; it shares its id with the service type. Nobody has changed what Planning Center offers.
static PUBLIC_VIEW: Resource = Resource {
    attributes: &[
        attribute("amazon", |_, _| Value::Flag(false)),
        attribute("headers", |_, _| Value::Flag(true)),
        attribute("item_lengths", |_, _| Value::Flag(false)),
        attribute("itunes", |_, _| Value::Flag(false)),
        attribute("media_items", |_, _| Value::Flag(true)),
        attribute("regular_items", |_, _| Value::Flag(true)),
        attribute("series_and_plan_titles", |_, _| Value::Flag(true)),
        attribute("service_times", |_, _| Value::Flag(true)),
        attribute("song_items", |_, _| Value::Flag(true)),
        attribute("spotify", |_, _| Value::Flag(false)),
        attribute("vimeo", |_, _| Value::Flag(false)),
        attribute("youtube", |_, _| Value::Flag(false)),
    ],
    ..Resource::new("PublicView", |_, id| format!("/services/v2/service_types/{id}/public_view"))
};

/// A usual time of a service type, which people can say they prefer.
static TIME_PREFERENCE_OPTION: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| {
            church.service_types[church.time_preference_option(id).service_type].created_at.into()
        }),
        attribute("day_of_week", |church, id| church.time_preference_option(id).day_of_week.into()).ordered(),
        attribute("description", |church, id| church.time_preference_option(id).description().into()),
        attribute("minute_of_day", |church, id| church.time_preference_option(id).minute_of_day.into()),
        attribute("sort_index", |church, id| {
            let option = church.time_preference_option(id);
            format!("{}{:04}", option.day_of_week, option.minute_of_day).into()
        }),
        attribute("starts_at", |_, _| Value::Null),
        attribute("time_type", |_, _| "service".into()),
        attribute("updated_at", |church, id| {
            church.service_types[church.time_preference_option(id).service_type].created_at.into()
        }),
    ],
    orders: &[Order {
        name: "hour_of_day",
        key: |church, id| church.time_preference_option(id).minute_of_day.into(),
        drops_null: false,
    }],
    ..Resource::new("TimePreferenceOption", |church, id| {
        let service_type = church.time_preference_option(id).service_type;
        format!("/services/v2/service_types/{service_type}/time_preference_options/{id}")
    })
};
