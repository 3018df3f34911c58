//! Services: teams, their positions, who serves in them and who leads.

use super::people::PERSON;
use super::service_types::SERVICE_TYPE;
use super::tags::TAG;
use super::writing::{CREATE_ASSIGNMENT, CREATE_TEAM_POSITION, DELETE_ASSIGNMENT, PATCH_ASSIGNMENT};
use crate::church::rights::ServicesRight;
use crate::church::services::tags::Tagged;
use crate::church::table::Id;
use crate::jsonapi::resource::{
    Filter, Order, Resource, attribute, edge_to_many, edge_to_one, filter, to_many, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) const TEAM_FILTERS: &[Filter] = &[
    filter("editable", |view, _, _| view.viewer.rights.services >= ServicesRight::Editor),
    filter("service_types", |_, _, _| true),
];

pub(super) static TEAM: Resource = Resource {
    attributes: &[
        attribute("archived_at", |church, id| church.teams[id].archived_at.into()),
        attribute("assigned_directly", |church, id| church.teams[id].assigned_directly.into()),
        attribute("created_at", |church, id| church.teams[id].created_at.into()).ordered(),
        attribute("default_prepare_notifications", |_, _| Value::Flag(true)),
        attribute("default_status", |_, _| "U".into()),
        attribute("deleted_at", |church, id| church.teams[id].deleted_at.into()),
        attribute("last_plan_from", |_, _| "organization".into()),
        attribute("name", |church, id| (&church.teams[id].name).into()).indexed(),
        attribute("rehearsal_team", |church, id| church.teams[id].rehearses.into()),
        attribute("schedule_to", |church, id| if church.teams[id].split { "time" } else { "plan" }.into()),
        attribute("secure_team", |church, id| church.teams[id].secure.into()),
        attribute("sequence", |church, id| church.teams[id].sequence.into()),
        attribute("stage_color", |church, id| (&church.teams[id].stage_color).into()),
        attribute("stage_variant", |church, id| church.teams[id].stage_variant.as_ref().into()),
        attribute("updated_at", |church, id| church.teams[id].created_at.into()).ordered(),
        attribute("viewers_see", |_, _| Value::Integer(0)),
    ],
    relationships: &[
        to_one("service_type", "ServiceType", |church, id| vec![church.teams[id].service_type]),
        to_one("default_responds_to", "Person", |church, _| vec![church.planner()]),
        to_many("service_types", "ServiceType", |church, id| vec![church.teams[id].service_type]),
    ],
    edges: &[
        edge_to_many("people", &PERSON, |church, id| {
            let mut people = church.members_of(id);
            people.sort_unstable();
            people
        }),
        edge_to_many("person_team_position_assignments", &ASSIGNMENT, |church, id| {
            church.positions_of(id).into_iter().flat_map(|position| church.assignments_to(position)).collect()
        }),
        edge_to_many("service_types", &SERVICE_TYPE, |church, id| vec![church.teams[id].service_type]),
        edge_to_many("team_leaders", &TEAM_LEADER, |church, id| {
            church.team_leaders.ids_owned_by(id, |row| row.team)
        }),
        edge_to_many("team_positions", &TEAM_POSITION, |church, id| church.positions_of(id))
            .created(CREATE_TEAM_POSITION),
    ],
    includes: &[
        "people",
        "person_team_position_assignments",
        "service_types",
        "team_leaders",
        "team_positions",
    ],
    ..Resource::new("Team", |_, id| format!("/services/v2/teams/{id}"))
};

pub(super) static TEAM_POSITION: Resource = Resource {
    attributes: &[
        attribute("name", |church, id| (&church.team_positions[id].name).into()).ordered(),
        attribute("negative_tag_groups", |_, _| Value::List(Vec::new())),
        attribute("sequence", |church, id| church.team_positions[id].sequence.into()),
        attribute("tag_groups", |_, _| Value::List(Vec::new())),
        // What stands in the list is not documented: here the names.
        attribute("tags", |view, id| {
            let tags = view.tags_on(Tagged::TeamPosition(id)).into_iter();
            Value::List(tags.map(|tag| Value::from(&view.church.tags[tag].name)).collect())
        }),
    ],
    relationships: &[
        to_one("team", "Team", |church, id| vec![church.team_positions[id].team]),
        to_many("attachment_types", "AttachmentType", |_, _| Vec::new()),
        to_many("tags", "Tag", |church, id| church.tags_on(Tagged::TeamPosition(id))),
    ],
    edges: &[
        edge_to_many("person_team_position_assignments", &ASSIGNMENT, |church, id| church.assignments_to(id))
            .created(CREATE_ASSIGNMENT)
            .filtered(POSITION_ASSIGNMENT_FILTERS),
        edge_to_many("tags", &TAG, |church, id| church.tags_on(Tagged::TeamPosition(id))),
        edge_to_one("team", &TEAM, |church, id| vec![church.team_positions[id].team]),
    ],
    includes: &["tags", "team"],
    ..Resource::new("TeamPosition", |church, id| {
        let service_type = church.teams[church.team_positions[id].team].service_type;
        format!("/services/v2/service_types/{service_type}/team_positions/{id}")
    })
};

/// A person in a position, and how often they would like to serve there.
pub(super) static ASSIGNMENT: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.assignments[id].created_at.into()),
        attribute("preferred_weeks", |church, id| {
            let weeks = church.assignments[id].preferred_weeks.iter();
            Value::List(weeks.map(|week| week.to_string().into()).collect())
        }),
        attribute("schedule_preference", |church, id| (&church.assignments[id].schedule_preference).into()),
        attribute("updated_at", |church, id| church.assignments[id].updated_at.into()),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.assignments[id].person]),
        to_one("team_position", "TeamPosition", |church, id| vec![church.assignments[id].team_position]),
        to_many("time_preference_options", "TimePreferenceOption", |church, id| {
            church.assignments[id].time_preference_options.clone()
        }),
    ],
    edges: &[
        edge_to_one("person", &PERSON, |church, id| vec![church.assignments[id].person]),
        edge_to_one("team_position", &TEAM_POSITION, |church, id| vec![church.assignments[id].team_position]),
    ],
    includes: &["person", "team_position"],
    orders: &[
        Order {
            name: "first_name",
            key: |view, id| first_name(view, view.church.assignments[id].person),
            drops_null: false,
        },
        Order {
            name: "last_name",
            key: |view, id| last_name(view, view.church.assignments[id].person),
            drops_null: false,
        },
    ],
    person: |church, id| Some(church.assignments[id].person),
    patch: Some(PATCH_ASSIGNMENT),
    delete: Some(DELETE_ASSIGNMENT),
    ..Resource::new("PersonTeamPositionAssignment", |church, id| {
        let position = church.assignments[id].team_position;
        let service_type = church.teams[church.team_positions[position].team].service_type;
        format!(
            "/services/v2/service_types/{service_type}/team_positions/{position}/person_team_position_assignments/{id}"
        )
    })
};

/// Those who prefer one of the times of `time_preference_option_ids[]`; the id `none` is for those who prefer none.
const POSITION_ASSIGNMENT_FILTERS: &[Filter] = &[filter("time_preference_options", |view, id, query| {
    let preferred = &view.assignments[id].time_preference_options;
    query.arguments("time_preference_option_ids").any(|wanted| {
        if wanted == "none" {
            preferred.is_empty()
        } else {
            preferred.iter().any(|id| id.to_string() == wanted)
        }
    })
})];

pub(super) const ASSIGNMENT_FILTERS: &[Filter] = &[
    filter("not_archived", |church, id, _| {
        let position = church.assignments[id].team_position;
        church.teams[church.team_positions[position].team].archived_at.is_none()
    }),
    filter("not_deleted", |church, id, _| {
        let position = church.assignments[id].team_position;
        church.teams[church.team_positions[position].team].deleted_at.is_none()
    }),
];

pub(super) static TEAM_LEADER: Resource = Resource {
    attributes: &[
        attribute("send_responses_for_accepts", |church, id| church.team_leaders[id].hears_of_accepts.into()),
        attribute("send_responses_for_blockouts", |church, id| {
            church.team_leaders[id].hears_of_blockouts.into()
        }),
        attribute("send_responses_for_declines", |church, id| {
            church.team_leaders[id].hears_of_declines.into()
        }),
    ],
    relationships: &[
        to_one("person", "Person", |church, id| vec![church.team_leaders[id].person]),
        to_one("team", "Team", |church, id| vec![church.team_leaders[id].team]),
    ],
    edges: &[
        // One person, though its name says people.
        edge_to_one("people", &PERSON, |church, id| vec![church.team_leaders[id].person]),
        edge_to_one("team", &TEAM, |church, id| vec![church.team_leaders[id].team]),
    ],
    includes: &["people", "team"],
    orders: &[
        Order {
            name: "first_name",
            key: |view, id| first_name(view, view.church.team_leaders[id].person),
            drops_null: false,
        },
        Order {
            name: "last_name",
            key: |view, id| last_name(view, view.church.team_leaders[id].person),
            drops_null: false,
        },
    ],
    person: |church, id| Some(church.team_leaders[id].person),
    ..Resource::new("TeamLeader", |church, id| {
        format!("/services/v2/people/{}/team_leaders/{id}", church.team_leaders[id].person)
    })
};

pub(super) const TEAM_LEADER_FILTERS: &[Filter] = &[
    filter("not_archived", |church, id, _| church.teams[church.team_leaders[id].team].archived_at.is_none()),
    filter("not_deleted", |church, id, _| church.teams[church.team_leaders[id].team].deleted_at.is_none()),
];

fn first_name<'a>(view: &View<'a>, person: Id) -> Value<'a> {
    (&view.church.people[person].first_name).into()
}

fn last_name<'a>(view: &View<'a>, person: Id) -> Value<'a> {
    (&view.church.people[person].last_name).into()
}
