//! The fields that a church adds to a person's record, and the tabs they stand on.

use std::borrow::Cow;

use super::MANAGER;
use crate::church::people::fields::slug;
use crate::church::people::rows::{FieldDefinition, FieldOption, Tab};
use crate::church::table::Id;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const TAB: &[&str] = &["name", "sequence"];

/// A new tab comes last unless the body says otherwise.
pub(in super::super) const CREATE_TAB: Create = Create {
    access: MANAGER,
    assignable: TAB,
    make: |writer, _, payload| {
        let name = payload.required_text("name")?;
        let last = i64::try_from(writer.tabs.len()).unwrap_or(0) + 1;
        let sequence = payload.integer("sequence")?.value().unwrap_or(last);
        Ok(writer.tabs.add(Tab { slug: slug(&name), name: Cow::Owned(name), sequence }))
    },
};

pub(in super::super) const PATCH_TAB: Patch = Patch {
    access: MANAGER,
    assignable: TAB,
    change: |writer, id, payload| {
        let (name, sequence) = (name(payload)?, payload.integer("sequence")?.value());
        let row = writer.tabs.get_mut(id).ok_or(Refusal::NotFound)?;
        if let Some(name) = name {
            (row.slug, row.name) = (slug(&name), Cow::Owned(name));
        }
        row.sequence = sequence.unwrap_or(row.sequence);
        Ok(())
    },
};

/// It goes with its fields and all that was entered in them.
pub(in super::super) const DELETE_TAB: Delete = Delete {
    access: MANAGER,
    remove: |writer, id| {
        writer.tabs.remove(id).ok_or(Refusal::NotFound)?;
        let fields = writer.field_definitions.iter().filter(|(_, row)| row.tab == id);
        let fields: Vec<Id> = fields.map(|(field, _)| field).collect();
        writer.field_data.retain(|_, row| !fields.contains(&row.field_definition));
        writer.field_options.retain(|_, row| !fields.contains(&row.field_definition));
        writer.field_definitions.retain(|_, row| row.tab != id);
        Ok(())
    },
};

const FIELD: &[&str] = &["config", "data_type", "deleted_at", "name", "sequence", "slug"];
const DATA_TYPES: &[&str] =
    &["boolean", "checkboxes", "date", "file", "header", "number", "select", "string", "text"];

pub(in super::super) const CREATE_FIELD_DEFINITION: Create = Create {
    access: MANAGER,
    assignable: FIELD,
    make: |writer, tab, payload| {
        let name = payload.required_text("name")?;
        let fields = writer.field_definitions.iter().filter(|(_, row)| row.tab == tab).count();
        let empty = FieldDefinition {
            tab,
            slug: slug(&name),
            name: Cow::Owned(name),
            data_type: Cow::Borrowed("string"),
            config: None,
            sequence: i64::try_from(fields).unwrap_or(0) + 1,
            deleted_at: None,
        };
        let field = changed_field(empty, payload)?;
        Ok(writer.field_definitions.add(field))
    },
};

pub(in super::super) const PATCH_FIELD_DEFINITION: Patch = Patch {
    access: MANAGER,
    assignable: FIELD,
    change: |writer, id, payload| {
        let row = writer.field_definitions.get_mut(id).ok_or(Refusal::NotFound)?;
        *row = changed_field(row.clone(), payload)?;
        Ok(())
    },
};

fn changed_field(mut field: FieldDefinition, payload: &Payload) -> Result<FieldDefinition, Problem> {
    field.name = name(payload)?.map_or(field.name, Cow::Owned);
    field.slug = payload.text("slug")?.value().map_or(field.slug, Cow::Owned);
    field.sequence = payload.integer("sequence")?.value().unwrap_or(field.sequence);
    payload.text("config")?.map(Cow::Owned).assign(&mut field.config);
    payload.moment("deleted_at")?.assign(&mut field.deleted_at);
    let data_type = payload.text("data_type")?.try_map(|text| {
        let known = DATA_TYPES.iter().copied().find(|known| *known == text);
        known.ok_or_else(|| Problem::new("data_type", "is not included in the list"))
    })?;
    field.data_type = data_type.value().map_or(field.data_type, Cow::Borrowed);
    Ok(field)
}

const OPTION: &[&str] = &["sequence", "value"];

pub(in super::super) const CREATE_FIELD_OPTION: Create = Create {
    access: MANAGER,
    assignable: OPTION,
    make: |writer, field_definition, payload| {
        let value = payload.required_text("value")?;
        let options = writer.field_options.ids_owned_by(field_definition, |row| row.field_definition);
        unless_taken(writer, &options, &value)?;
        let last = i64::try_from(options.len()).unwrap_or(0) + 1;
        let sequence = payload.integer("sequence")?.value().unwrap_or(last);
        Ok(writer.offer_field_option(field_definition, Cow::Owned(value), sequence))
    },
};

/// Data that has the old value has the new one then.
pub(in super::super) const PATCH_FIELD_OPTION: Patch = Patch {
    access: MANAGER,
    assignable: OPTION,
    change: |writer, id, payload| {
        let sequence = payload.integer("sequence")?.value();
        let value = match payload.text("value")? {
            Given::Nothing => None,
            _ => Some(payload.required_text("value")?),
        };
        let row = writer.field_options.get(id).ok_or(Refusal::NotFound)?;
        let FieldOption { field_definition, value: old, sequence: before } = row.clone();
        if let Some(value) = &value {
            let mut options = writer.field_options.ids_owned_by(field_definition, |row| row.field_definition);
            options.retain(|option| *option != id);
            unless_taken(writer, &options, value)?;
            for (_, datum) in writer.field_data.iter_mut() {
                if datum.field_definition == field_definition && datum.value == old {
                    datum.value = Cow::Owned(value.clone());
                }
            }
        }
        let row = writer.field_options.get_mut(id).ok_or(Refusal::NotFound)?;
        row.value = value.map_or(old, Cow::Owned);
        row.sequence = sequence.unwrap_or(before);
        Ok(())
    },
};

pub(in super::super) const DELETE_FIELD_OPTION: Delete = Delete {
    access: MANAGER,
    remove: |writer, id| writer.field_options.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

fn unless_taken(writer: &Writer<'_>, options: &[Id], value: &str) -> Result<(), Problem> {
    if options.iter().any(|option| writer.field_options[*option].value == value) {
        return Err(Problem::new("value", "has already been taken"));
    }
    Ok(())
}

/// A name that the body gives, which then must not be blank.
fn name(payload: &Payload) -> Result<Option<String>, Problem> {
    match payload.text("name")? {
        Given::Nothing => Ok(None),
        _ => payload.required_text("name").map(Some),
    }
}
