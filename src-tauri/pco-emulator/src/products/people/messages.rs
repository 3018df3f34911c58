//! `Message` and `MessageGroup`: that something was sent, and to whom; and `PlatformNotification`.

use super::choices::{APP, app_named};
use super::person::PERSON;
use crate::church::Church;
use crate::church::people::messages::MessageGroup;
use crate::church::table::Id;
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_many, edge_to_one, filter, to_one};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) static MESSAGE: Resource = Resource {
    attributes: &[
        attribute("app_name", |church, id| group(church, id).app.into()).indexed(),
        attribute("bounced_at", |church, id| church.messages[id].bounced_at.into()).indexed(),
        attribute("created_at", |church, id| group(church, id).created_at.into()).indexed(),
        attribute("delivery_status", |church, id| {
            if church.messages[id].bounced_at.is_some() { "bounced" } else { "sent" }.into()
        })
        .indexed(),
        attribute("file", |_, _| Value::Null).indexed(),
        attribute("from_address", |church, id| (&group(church.church, id).from_address).into()).indexed(),
        attribute("from_name", |church, id| from_name(church, group(church, id)).into()).ordered(),
        attribute("kind", |_, _| "email".into()).indexed(),
        attribute("message_type", |church, id| group(church, id).message_type().into()),
        attribute("read_at", |church, id| church.messages[id].read_at.into()),
        attribute("reject_reason", |_, _| Value::Null).indexed(),
        attribute("rejection_notification_sent_at", |_, _| Value::Null).indexed(),
        attribute("sent_at", |church, id| church.messages[id].sent_at.into()).indexed(),
        attribute("subject", |church, id| (&group(church.church, id).subject).into()).indexed(),
        attribute("to_addresses", |church, id| (&church.messages[id].to_address).into()).indexed(),
    ],
    relationships: &[
        to_one("from", "Person", |church, id| group(church, id).from.into_iter().collect()),
        to_one("to", "Person", |church, id| vec![church.messages[id].to]),
        to_one("message_group", "MessageGroup", |church, id| vec![church.messages[id].group]),
    ],
    edges: &[
        edge_to_one("message_group", &MESSAGE_GROUP, |church, id| vec![church.messages[id].group]),
        edge_to_one("to", &PERSON, |church, id| vec![church.messages[id].to]),
    ],
    includes: &["message_group", "to"],
    person: |church, id| church.messages.get(id).map(|row| row.to),
    ..Resource::new("Message", |_, id| format!("/people/v2/messages/{id}"))
};

/// Since when is said by a parameter of the filter's own name, or by `time`.
pub(super) const CREATED_AFTER: Filter = filter("created_after", |church, id, query| {
    let since = query.argument("created_after").or_else(|| query.argument("time"));
    let since: Option<jiff::Timestamp> = since.and_then(|since| since.parse().ok());
    since.is_none_or(|since| group(church, id).created_at > since)
});

pub(super) const MESSAGE_FILTERS: &[Filter] = &[CREATED_AFTER];

/// `sent` looks elsewhere: see the edge.
pub(super) const PERSON_MESSAGE_FILTERS: &[Filter] = &[
    CREATED_AFTER,
    filter("received", |_, _, _| true),
    filter("unread", |church, id, _| church.messages[id].read_at.is_none()),
];

pub(super) static MESSAGE_GROUP: Resource = Resource {
    attributes: &[
        attribute("created_at", |church, id| church.message_groups[id].created_at.into()).indexed(),
        attribute("from_address", |church, id| (&church.message_groups[id].from_address).into()).indexed(),
        attribute("message_count", |church, id| copies(church, id).len().into()).indexed(),
        attribute("message_type", |church, id| church.message_groups[id].message_type().into()).indexed(),
        attribute("subject", |church, id| (&church.message_groups[id].subject).into()).indexed(),
        attribute("system_message", |church, id| (church.message_groups[id].app == "Services").into())
            .indexed(),
        attribute("uuid", |_, id| format!("00000000-0000-4000-8000-{id:012x}").into()).indexed(),
    ],
    edges: &[
        edge_to_one("app", &APP, |church, id| app_named(church.message_groups[id].app).into_iter().collect()),
        edge_to_one("from", &PERSON, |church, id| church.message_groups[id].from.into_iter().collect()),
        edge_to_many("messages", &MESSAGE, |church, id| copies(church, id)),
    ],
    includes: &["app", "from", "messages"],
    person: |church, id| church.message_groups.get(id).and_then(|row| row.from),
    ..Resource::new("MessageGroup", |_, id| format!("/people/v2/message_groups/{id}"))
};

fn group(church: &Church, message: Id) -> &MessageGroup {
    &church.message_groups[church.messages[message].group]
}

fn from_name(church: &View<'_>, group: &MessageGroup) -> String {
    group.from.map_or_else(|| "Planning Center".to_owned(), |person| church.full_name(person))
}

fn copies(church: &Church, group: Id) -> Vec<Id> {
    church.messages.ids_owned_by(group, |row| row.group)
}

/// What Planning Center tells whoever is signed in at the top of each page. Its number is the person's.
pub(super) static PLATFORM_NOTIFICATION: Resource = Resource {
    attributes: &[attribute("html", |_, _| {
        "<p>Planning Center will be <strong>unavailable for ten minutes</strong> on Tuesday night.</p>".into()
    })],
    person: |_, id| Some(id),
    ..Resource::new("PlatformNotification", |_, id| {
        format!("/people/v2/people/{id}/platform_notifications/{id}")
    })
};

/// Nobody sees what others are told.
pub(super) fn platform_notifications(church: &View<'_>, person: Id) -> Vec<Id> {
    Some(person).filter(|person| church.is_me(*person)).into_iter().collect()
}
