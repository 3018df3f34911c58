//! `Tab`, `FieldDefinition`, `FieldOption`, `FieldDatum`: the fields a church has added to a person's record.

use super::person::PERSON;
use super::writing::fields::{
    CREATE_FIELD_DEFINITION, CREATE_FIELD_OPTION, DELETE_FIELD_OPTION, DELETE_TAB, PATCH_FIELD_DEFINITION,
    PATCH_FIELD_OPTION, PATCH_TAB,
};
use super::writing::records::{DELETE_FIELD_DATUM, DELETE_FIELD_DEFINITION, PATCH_FIELD_DATUM};
use crate::avatar;
use crate::church::Church;
use crate::church::table::Id;
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{
    Filter, Resource, attribute, condition, edge_to_many, edge_to_one, filter, standing, to_one,
};
use crate::jsonapi::value::Value;
use crate::jsonapi::view::View;

pub(super) static TAB: Resource = Resource {
    attributes: &[
        attribute("name", |church, id| (&church.tabs[id].name).into()).indexed(),
        attribute("sequence", |church, id| church.tabs[id].sequence.into()).indexed(),
        attribute("slug", |church, id| (&church.tabs[id].slug).into()).indexed(),
    ],
    edges: &[
        edge_to_many("field_definitions", &FIELD_DEFINITION, definitions_of)
            .filtered(&[filter("with_deleted", |_, _, _| true), standing(is_kept, &["with_deleted"])])
            .created(CREATE_FIELD_DEFINITION),
        edge_to_many("field_options", &FIELD_OPTION, |church, id| {
            let definitions = definitions_of(church, id).into_iter();
            definitions.flat_map(|definition| options_of(church, definition)).collect()
        }),
    ],
    includes: &["field_definitions", "field_options"],
    patch: Some(PATCH_TAB),
    delete: Some(DELETE_TAB),
    ..Resource::new("Tab", |_, id| format!("/people/v2/tabs/{id}"))
};

pub(super) const TAB_FILTERS: &[Filter] =
    &[filter("with_field_definitions", |church, id, _| !definitions_of(church, id).is_empty())];

pub(super) static FIELD_DEFINITION: Resource = Resource {
    attributes: &[
        attribute("config", |church, id| church.field_definitions[id].config.as_ref().into()).indexed(),
        attribute("data_type", |church, id| (&church.field_definitions[id].data_type).into()).indexed(),
        attribute("deleted_at", |church, id| church.field_definitions[id].deleted_at.into()).indexed(),
        attribute("name", |church, id| (&church.field_definitions[id].name).into()).indexed(),
        attribute("sequence", |church, id| church.field_definitions[id].sequence.into()).indexed(),
        attribute("slug", |church, id| (&church.field_definitions[id].slug).into()).indexed(),
        attribute("tab_id", |church, id| church.field_definitions[id].tab.into()).indexed(),
    ],
    relationships: &[to_one("tab", "Tab", |church, id| vec![church.field_definitions[id].tab])],
    edges: &[
        edge_to_many("field_options", &FIELD_OPTION, |church, id| options_of(church, id))
            .created(CREATE_FIELD_OPTION),
        edge_to_one("tab", &TAB, |church, id| vec![church.field_definitions[id].tab]),
    ],
    includes: &["field_options", "tab"],
    patch: Some(PATCH_FIELD_DEFINITION),
    delete: Some(DELETE_FIELD_DEFINITION),
    ..Resource::new("FieldDefinition", |_, id| format!("/people/v2/field_definitions/{id}"))
};

/// Deleted definitions are hidden until asked for, although data may still refer to them.
pub(super) const FIELD_DEFINITION_FILTERS: &[Filter] =
    &[filter("include_deleted", |_, _, _| true), standing(is_kept, &["include_deleted"])];

pub(super) static FIELD_OPTION: Resource = Resource {
    attributes: &[
        attribute("sequence", |church, id| church.field_options[id].sequence.into()).indexed(),
        attribute("value", |church, id| (&church.field_options[id].value).into()).indexed(),
    ],
    relationships: &[to_one("field_definition", "FieldDefinition", |church, id| {
        vec![church.field_options[id].field_definition]
    })],
    patch: Some(PATCH_FIELD_OPTION),
    delete: Some(DELETE_FIELD_OPTION),
    ..Resource::new("FieldOption", |church, id| {
        let definition = church.field_options[id].field_definition;
        format!("/people/v2/field_definitions/{definition}/field_options/{id}")
    })
};

pub(super) static FIELD_DATUM: Resource = Resource {
    attributes: &[
        attribute("file", |church, id| {
            if takes_files(church, id) { Value::Here(avatar::PLACEHOLDER.to_owned()) } else { Value::Null }
        })
        .indexed(),
        attribute("file_content_type", |church, id| takes_files(church, id).then_some("image/png").into())
            .indexed(),
        attribute("file_name", |church, id| {
            takes_files(church, id).then_some(&church.field_data[id].value).into()
        })
        .indexed(),
        attribute("file_size", |church, id| {
            let file = takes_files(church, id).then(|| avatar::picture(church, avatar::PLACEHOLDER, ""));
            file.flatten().map(|file| file.len()).into()
        })
        .indexed(),
        attribute("value", |church, id| (&church.field_data[id].value).into()).indexed(),
    ],
    relationships: &[
        to_one("field_definition", "FieldDefinition", |church, id| {
            vec![church.field_data[id].field_definition]
        }),
        to_one("customizable", "Customizable", |church, id| vec![church.field_data[id].person]),
    ],
    edges: &[
        edge_to_one("field_definition", &FIELD_DEFINITION, |church, id| {
            vec![church.field_data[id].field_definition]
        }),
        edge_to_one("field_option", &FIELD_OPTION, |church, id| {
            let datum = &church.field_data[id];
            let mut options = options_of(church, datum.field_definition);
            options.retain(|option| church.field_options[*option].value == datum.value);
            options
        }),
        edge_to_one("person", &PERSON, |church, id| vec![church.field_data[id].person]),
        edge_to_one("tab", &TAB, |church, id| {
            vec![church.field_definitions[church.field_data[id].field_definition].tab]
        }),
    ],
    includes: &["field_definition", "field_option", "tab"],
    conditions: &[condition("field_definition_id", |church, id, wanted| {
        church.field_data[id].field_definition.to_string() == wanted
    })],
    person: |church, id| church.field_data.get(id).map(|row| row.person),
    patch: Some(PATCH_FIELD_DATUM),
    delete: Some(DELETE_FIELD_DATUM),
    ..Resource::new("FieldDatum", |_, id| format!("/people/v2/field_data/{id}"))
};

fn is_kept(church: &View<'_>, id: Id, _: &Query) -> bool {
    church.field_definitions[id].deleted_at.is_none()
}

fn takes_files(church: &Church, datum: Id) -> bool {
    church.field_definitions[church.field_data[datum].field_definition].data_type == "file"
}

fn options_of(church: &Church, definition: Id) -> Vec<Id> {
    church.field_options.ids_owned_by(definition, |row| row.field_definition)
}

fn definitions_of(church: &View<'_>, tab: Id) -> Vec<Id> {
    church.field_definitions.iter().filter(|(_, row)| row.tab == tab).map(|(id, _)| id).collect()
}
