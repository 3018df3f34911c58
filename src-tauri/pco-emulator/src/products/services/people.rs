//! Services: people as schedulers see them, and their addresses.

use jiff::civil::Date;

use super::blockouts::{BLOCKOUT, BLOCKOUT_FILTERS};
use super::schedules::{SCHEDULE, SCHEDULE_FILTERS, schedules_of};
use super::signups::AVAILABLE_SIGNUP;
use super::tags::TAG;
use super::team_members::PLAN_PERSON;
use super::teams::{ASSIGNMENT, ASSIGNMENT_FILTERS, TEAM_LEADER, TEAM_LEADER_FILTERS};
use super::writing::{CREATE_BLOCKOUT, PERSON_ACTIONS};
use crate::avatar;
use crate::church::rights::ServicesRight;
use crate::church::services::tags::Tagged;
use crate::church::table::Id;
use crate::jsonapi::resource::{Level, Resource, attribute, edge_to_many, filter, level, to_one};
use crate::jsonapi::value::{Value, canary};
use crate::jsonapi::view::{Access, View};

pub(super) static PERSON: Resource = Resource {
    attributes: &[
        attribute("access_media_attachments", |_, _| Value::Flag(true)).own(),
        attribute("access_plan_attachments", |_, _| Value::Flag(true)).own(),
        attribute("access_song_attachments", |_, _| Value::Flag(true)).own(),
        attribute("anniversary", |church, id| at_midnight(church.people[id].anniversary)),
        attribute("archived", |church, id| church.people[id].inactivated_at.is_some().into()),
        attribute("archived_at", |church, id| church.people[id].inactivated_at.into()),
        attribute("assigned_to_rehearsal_team", |church, id| {
            let positions =
                church.assignments_of(id).into_iter().map(|id| church.assignments[id].team_position);
            positions
                .into_iter()
                .any(|position| church.teams[church.team_positions[position].team].rehearses)
                .into()
        })
        .queried(),
        attribute("birthdate", |church, id| at_midnight(church.people[id].birthdate)),
        attribute("can_edit_all_people", |church, id| {
            (church.rights(id).services >= ServicesRight::Editor).into()
        }),
        attribute("can_view_all_people", |church, id| {
            (church.rights(id).services >= ServicesRight::Viewer).into()
        }),
        attribute("created_at", |church, id| church.people[id].created_at.into()).ordered(),
        attribute("facebook_id", |_, _| Value::Null),
        attribute("first_name", |church, id| (&church.people[id].first_name).into()).ordered(),
        attribute("full_name", |church, id| church.people[id].name().into()),
        attribute("given_name", |church, id| church.people[id].given_name.as_ref().into()),
        attribute("ical_code", |_, id| canary("ical_code", id)).forbidden(),
        attribute("last_name", |church, id| (&church.people[id].last_name).into()).ordered(),
        attribute("legacy_id", |_, _| Value::Null).queried(),
        attribute("logged_in_at", |church, id| {
            if church.is_me(id) { church.start_of_today().into() } else { Value::Null }
        }),
        attribute("max_permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("max_plan_permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("me_tab", |_, _| "show".into()),
        attribute("media_permissions", |_, _| "Editor".into()).own(),
        attribute("media_tab", |_, _| "show".into()),
        attribute("middle_name", |church, id| church.people[id].middle_name.as_ref().into()),
        attribute("name_prefix", |church, id| {
            church.people[id].name_prefix.map(|prefix| &church.name_prefixes[prefix].value).into()
        }),
        attribute("name_suffix", |church, id| {
            church.people[id].name_suffix.map(|suffix| &church.name_suffixes[suffix].value).into()
        }),
        attribute("nickname", |church, id| church.people[id].nickname.as_ref().into()),
        attribute("notes", |_, _| Value::Null),
        attribute("onboardings", |_, _| Value::List(Vec::new())),
        attribute("passed_background_check", |_, id| canary("passed_background_check", id)).forbidden(),
        attribute("people_tab", |_, _| "show".into()),
        attribute("permissions", |church, id| church.rights(id).services.name().into()).own(),
        attribute("photo_thumbnail_url", |church, id| avatar::address_or_placeholder(church, id)),
        attribute("photo_url", |church, id| avatar::address_or_placeholder(church, id)),
        attribute("plans_tab", |_, _| "show".into()),
        attribute("praise_charts_enabled", |_, _| Value::Flag(false)),
        attribute("preferred_app", |_, _| "services".into()),
        attribute("preferred_max_plans_per_day", |_, _| Value::Null),
        attribute("preferred_max_plans_per_month", |_, _| Value::Null),
        attribute("profile_name", |church, id| church.people[id].name().into()).on_request(),
        attribute("signature", |church, id| church.people[id].name().into()).on_request(),
        attribute("site_administrator", |church, id| church.is_administrator(id).into()).own(),
        attribute("song_permissions", |_, _| "Editor".into()).own(),
        attribute("songs_tab", |_, _| "show".into()),
        attribute("status", |church, id| {
            if church.people[id].active() { "active" } else { "inactive" }.into()
        }),
        attribute("updated_at", |church, id| church.people[id].updated_at.into()).ordered(),
    ],
    levels: PERSON_LEVELS,
    relationships: &[
        to_one("created_by", "Person", |church, _| vec![church.planner()]),
        to_one("updated_by", "Person", |church, _| vec![church.planner()]),
        to_one("current_folder", "Folder", |_, _| Vec::new()),
    ],
    edges: &[
        edge_to_many("available_signups", &AVAILABLE_SIGNUP, |church, id| church.available_signups_of(id))
            .filtered(&[filter("current_organization", |_, _, _| true)])
            .followed_by(Access::SCHEDULER_OR_SELF),
        edge_to_many("blockouts", &BLOCKOUT, |church, id| church.blockouts_of(id))
            .filtered(BLOCKOUT_FILTERS)
            .created(CREATE_BLOCKOUT),
        edge_to_many("emails", &EMAIL, |church, id| church.emails.ids_owned_by(id, |row| row.person)),
        edge_to_many("person_team_position_assignments", &ASSIGNMENT, |church, id| church.assignments_of(id))
            .filtered(ASSIGNMENT_FILTERS),
        // Others' entries are for administrators, though their block-outs are not hidden.
        edge_to_many("plan_people", &PLAN_PERSON, |church, id| church.plan_people_of(id))
            .followed_by(Access::ServicesOrSelf(ServicesRight::Administrator))
            .read_only(),
        edge_to_many("schedules", &SCHEDULE, schedules_of).filtered(SCHEDULE_FILTERS),
        edge_to_many("scheduling_preferences", &SCHEDULING_PREFERENCE, scheduling_preferences_of)
            .followed_by(Access::SCHEDULER_OR_SELF),
        edge_to_many("tags", &TAG, |church, id| church.tags_on(Tagged::Person(id))),
        edge_to_many("team_leaders", &TEAM_LEADER, |church, id| {
            let leaders = church.team_leaders.iter().filter(|(_, row)| row.person == id);
            leaders.map(|(leader, _)| leader).collect()
        })
        .filtered(TEAM_LEADER_FILTERS),
        edge_to_many("text_settings", &TEXT_SETTING, |church, id| {
            let numbers = church.phone_numbers.ids_owned_by(id, |row| row.person).into_iter();
            numbers.filter(|number| church.phone_numbers[*number].location == "Mobile").collect()
        })
        .followed_by(Access::SCHEDULER_OR_SELF),
    ],
    includes: &["emails", "tags", "team_leaders"],
    actions: PERSON_ACTIONS,
    person: |_, id| Some(id),
    ..Resource::new("Person", |_, id| format!("/services/v2/people/{id}"))
};

const PERSON_LEVELS: &[Level] = &[
    level(
        Access::VIEWER_OR_SELF,
        &[
            "anniversary",
            "birthdate",
            "facebook_id",
            "full_name",
            "given_name",
            "max_permissions",
            "max_plan_permissions",
            "media_permissions",
            "middle_name",
            "nickname",
            "permissions",
            "song_permissions",
            "status",
        ],
    ),
    level(
        Access::SCHEDULER,
        &["archived", "logged_in_at", "notes", "passed_background_check", "site_administrator"],
    ),
    level(Access::Services(ServicesRight::Editor), &["praise_charts_enabled"]),
    level(
        Access::Myself,
        &[
            "can_edit_all_people",
            "can_view_all_people",
            "me_tab",
            "media_tab",
            "onboardings",
            "people_tab",
            "plans_tab",
            "songs_tab",
        ],
    ),
    level(
        Access::SCHEDULER_OR_SELF,
        &[
            "access_media_attachments",
            "access_plan_attachments",
            "access_song_attachments",
            "ical_code",
            "preferred_max_plans_per_day",
            "preferred_max_plans_per_month",
        ],
    ),
];

/// Whom the viewer may list: everybody, or else those on their own teams. Before 2018-11-01 nothing asked for that.
pub(super) fn visible(view: &View<'_>) -> Vec<Id> {
    let me = view.viewer.person;
    if view.version < "2018-11-01" || view.viewer.rights.services >= ServicesRight::Viewer {
        return view.people.ids();
    }
    let teams = view.teams.ids().into_iter().map(|team| view.members_of(team));
    let mut people: Vec<Id> = teams.filter(|members| members.contains(&me)).flatten().collect();
    people.push(me);
    people.sort_unstable();
    people.dedup();
    people
}

static EMAIL: Resource = Resource {
    attributes: &[
        attribute("address", |church, id| church.emails[id].address.as_ref().into()),
        attribute("primary", |church, id| church.emails[id].primary.into()),
    ],
    relationships: &[to_one("person", "Person", |church, id| vec![church.emails[id].person])],
    person: |church, id| Some(church.emails[id].person),
    ..Resource::new("Email", |church, id| {
        format!("/services/v2/people/{}/emails/{id}", church.emails[id].person)
    })
};

/// Above every id of a person.
const BELOW_PERSON: Id = 1_000_000_000;

/// How somebody would like to be asked together with another of their household: its number tells both. Which words
/// Planning Center has for it is not documented.
static SCHEDULING_PREFERENCE: Resource = Resource {
    attributes: &[attribute("preference", |_, _| "no_preference".into())],
    relationships: &[to_one("household_member", "Person", |_, id| vec![id % BELOW_PERSON])],
    person: |_, id| Some(id / BELOW_PERSON),
    ..Resource::new("SchedulingPreference", |_, id| {
        format!("/services/v2/people/{}/scheduling_preferences/{id}", id / BELOW_PERSON)
    })
};

/// One for each of the others in the household who serve.
fn scheduling_preferences_of(church: &View<'_>, person: Id) -> Vec<Id> {
    let serves = |person: &Id| !church.assignments_of(*person).is_empty();
    let homes = church.people[person].households.iter();
    let others = homes.flat_map(|home| &church.church.households[*home].people).copied();
    let mut others: Vec<Id> = others.filter(|other| *other != person && serves(other)).collect();
    others.sort_unstable();
    others.dedup();
    others.into_iter().map(|other| person * BELOW_PERSON + other).collect()
}

/// What is sent to a mobile phone, whose number it shares.
static TEXT_SETTING: Resource = Resource {
    attributes: &[
        attribute("carrier", |church, id| church.phone_numbers[id].carrier.as_ref().into()),
        attribute("display_number", |church, id| church.phone_numbers[id].national().into()),
        attribute("general_emails_enabled", |_, _| Value::Flag(false)),
        attribute("normalized_number", |church, id| church.phone_numbers[id].e164().into()),
        attribute("reminders_enabled", |_, _| Value::Flag(true)),
        attribute("scheduling_replies_enabled", |_, _| Value::Flag(false)),
        attribute("scheduling_requests_enabled", |_, _| Value::Flag(true)),
    ],
    person: |church, id| church.phone_numbers.get(id).map(|row| row.person),
    ..Resource::new("TextSetting", |church, id| {
        format!("/services/v2/people/{}/text_settings/{id}", church.phone_numbers[id].person)
    })
};

/// Services documents days as moments, where People has plain dates.
fn at_midnight(day: Option<Date>) -> Value<'static> {
    day.map_or(Value::Null, |day| Value::FalseUtc(day.at(0, 0, 0, 0)))
}
