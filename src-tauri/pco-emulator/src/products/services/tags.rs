//! Services: groups of tags, and their tags.

use super::service_types::FOLDER;
use crate::church::table::Id;
use crate::jsonapi::resource::{Filter, Resource, attribute, edge_to_many, edge_to_one, filter, to_one};
use crate::jsonapi::view::View;

pub(super) const TAG_GROUP_FILTERS: &[Filter] = &[
    filter("arrangement", |view, id, _| is_for(view, id, "arrangement")),
    filter("media", |view, id, _| is_for(view, id, "media")),
    filter("person", |view, id, _| is_for(view, id, "person")),
    filter("song", |view, id, _| is_for(view, id, "song")),
];

fn is_for(view: &View<'_>, group: Id, what: &str) -> bool {
    view.tag_groups[group].tags_for == what
}

pub(super) static TAG_GROUP: Resource = Resource {
    attributes: &[
        attribute("allow_multiple_selections", |church, id| {
            church.tag_groups[id].allow_multiple_selections.into()
        }),
        attribute("name", |church, id| (&church.tag_groups[id].name).into()).queried(),
        attribute("required", |church, id| church.tag_groups[id].required.into()),
        attribute("service_type_folder_name", |church, id| {
            church.tag_groups[id].folder.map(|folder| &church.church.folders[folder].name).into()
        }),
        attribute("tags_for", |church, id| church.tag_groups[id].tags_for.into()).queried(),
    ],
    edges: &[
        edge_to_one("folder", &FOLDER, |church, id| church.tag_groups[id].folder.into_iter().collect()),
        edge_to_many("tags", &TAG, |church, id| church.tags_of(id)),
    ],
    includes: &["folder", "tags"],
    ..Resource::new("TagGroup", |_, id| format!("/services/v2/tag_groups/{id}"))
};

pub(super) static TAG: Resource = Resource {
    attributes: &[attribute("name", |church, id| (&church.tags[id].name).into())],
    relationships: &[to_one("tag_group", "TagGroup", |church, id| vec![church.tags[id].group])],
    ..Resource::new("Tag", |church, id| {
        format!("/services/v2/tag_groups/{}/tags/{id}", church.tags[id].group)
    })
};
