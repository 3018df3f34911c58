//! Notes, fields and households: none of them moves the person's `updated_at`.

use std::borrow::Cow;

use super::EDITOR;
use crate::church::people::rows::{FieldDatum, Household, Note};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const NOTE_NAMES: &[&str] = &["created_at", "display_date", "note", "note_category_id", "updated_at"];

pub(in super::super) const CREATE_NOTE: Create = Create {
    access: EDITOR,
    assignable: NOTE_NAMES,
    make: |writer, person, payload| {
        let now = writer.now();
        let text = Cow::Owned(payload.required_text("note")?);
        let Given::Value(category) = payload.related("note_category")? else {
            return Err(Problem::must_exist("note_category").into());
        };
        let created_by = writer.viewer.person;
        let row =
            Note { person, category, text, display_date: now, created_by, created_at: now, updated_at: now };
        let row = note(writer, payload, row)?;
        Ok(writer.notes.add(row))
    },
};

pub(in super::super) const PATCH_NOTE: Patch = Patch {
    access: EDITOR,
    assignable: NOTE_NAMES,
    change: |writer, id, payload| {
        let row = writer.notes.get(id).ok_or(Refusal::NotFound)?.clone();
        let changed = note(writer, payload, row)?;
        *writer.notes.get_mut(id).ok_or(Refusal::NotFound)? = changed;
        Ok(())
    },
};

pub(in super::super) const DELETE_NOTE: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| writer.notes.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

/// Deleting a category deletes its notes; a locked one stays.
pub(in super::super) const DELETE_NOTE_CATEGORY: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        if writer.note_categories.get(id).ok_or(Refusal::NotFound)?.locked {
            return Err(Refusal::Forbidden);
        }
        writer.note_categories.remove(id);
        writer.notes.retain(|_, row| row.category != id);
        writer.note_category_subscriptions.retain(|_, row| row.category != id);
        Ok(())
    },
};

fn note(writer: &Writer<'_>, payload: &Payload, mut row: Note) -> Result<Note, Refusal> {
    if payload.text("note")? != Given::Nothing {
        row.text = Cow::Owned(payload.required_text("note")?);
    }
    if let Given::Value(category) = payload.related("note_category")? {
        row.category = category;
    }
    let category = writer.note_categories.get(row.category);
    let category = category.ok_or(Problem::must_exist("note_category"))?;
    if writer.viewer.rights.people < category.share.least() {
        return Err(Refusal::Forbidden);
    }
    row.updated_at = writer.now();
    for (name, place) in [
        ("display_date", &mut row.display_date),
        ("created_at", &mut row.created_at),
        ("updated_at", &mut row.updated_at),
    ] {
        if let Given::Value(moment) = payload.moment(name)? {
            *place = moment;
        }
    }
    Ok(row)
}

const FIELD_DATUM_NAMES: &[&str] = &["field_definition_id", "value"];

pub(in super::super) const CREATE_FIELD_DATUM: Create = Create {
    access: EDITOR,
    assignable: FIELD_DATUM_NAMES,
    make: |writer, person, payload| {
        let value: Text = Cow::Owned(payload.required_text("value")?);
        let definition = payload.related("field_definition")?.value();
        let definition = definition.filter(|definition| {
            writer.field_definitions.get(*definition).is_some_and(|row| row.deleted_at.is_none())
        });
        let field_definition = definition.ok_or(Problem::must_exist("field_definition"))?;
        let data = writer.field_data.ids_owned_by(person, |row| row.person);
        let mut same = data.into_iter().filter(|datum| {
            writer.field_data[*datum].field_definition == field_definition
                && (!ticks(writer, field_definition) || writer.field_data[*datum].value == value)
        });
        if same.next().is_some() {
            return Err(Problem::new("field_definition", "has already been taken").into());
        }
        offer(writer, field_definition, &value);
        Ok(writer.field_data.add(FieldDatum { person, field_definition, value }))
    },
};

pub(in super::super) const PATCH_FIELD_DATUM: Patch = Patch {
    access: EDITOR,
    assignable: FIELD_DATUM_NAMES,
    change: |writer, id, payload| {
        let value: Text = Cow::Owned(payload.required_text("value")?);
        let definition = writer.field_data.get(id).ok_or(Refusal::NotFound)?.field_definition;
        offer(writer, definition, &value);
        writer.field_data.get_mut(id).ok_or(Refusal::NotFound)?.value = value;
        Ok(())
    },
};

pub(in super::super) const DELETE_FIELD_DATUM: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| writer.field_data.remove(id).map(|_| ()).ok_or(Refusal::NotFound),
};

/// Deleting a definition only marks it: data goes on to refer to it.
pub(in super::super) const DELETE_FIELD_DEFINITION: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let now = writer.now();
        writer.field_definitions.get_mut(id).ok_or(Refusal::NotFound)?.deleted_at = Some(now);
        Ok(())
    },
};

/// One datum for every box that is ticked.
fn ticks(writer: &Writer<'_>, definition: Id) -> bool {
    writer.field_definitions[definition].data_type == "checkboxes"
}

/// A value that is chosen for the first time becomes one to choose from.
fn offer(writer: &mut Writer<'_>, definition: Id, value: &Text) {
    if !["checkboxes", "select"].contains(&writer.field_definitions[definition].data_type.as_ref()) {
        return;
    }
    let options = writer.field_options.ids_owned_by(definition, |row| row.field_definition);
    if !options.iter().any(|option| writer.field_options[*option].value == *value) {
        let sequence = i64::try_from(options.len()).unwrap_or(0) + 1;
        writer.offer_field_option(definition, value.clone(), sequence);
    }
}

const HOUSEHOLD_NAMES: &[&str] = &["name", "people", "primary_contact_id"];

pub(in super::super) const CREATE_HOUSEHOLD: Create = Create {
    access: EDITOR,
    assignable: HOUSEHOLD_NAMES,
    make: |writer, _, payload| {
        let name = Cow::Owned(payload.required_text("name")?);
        let people = payload.ids("people")?.value().unwrap_or_default();
        let primary_contact = payload.related("primary_contact")?.value();
        let primary_contact = primary_contact.filter(|person| writer.people.contains(*person));
        let primary_contact = primary_contact.ok_or(Problem::must_exist("primary_contact"))?;
        if people.iter().any(|person| !writer.people.contains(*person)) {
            return Err(Problem::must_exist("people").into());
        }
        let now = writer.now();
        let household = writer.households.add(Household {
            name,
            primary_contact,
            people: Vec::new(),
            created_at: now,
            updated_at: now,
        });
        let others = people.into_iter().filter(|person| *person != primary_contact);
        for person in std::iter::once(primary_contact).chain(others) {
            writer.join_household(household, person);
        }
        Ok(household)
    },
};

pub(in super::super) const PATCH_HOUSEHOLD: Patch = Patch {
    access: EDITOR,
    assignable: HOUSEHOLD_NAMES,
    change: |writer, id, payload| {
        let now = writer.now();
        let name =
            if payload.text("name")? == Given::Nothing { None } else { Some(payload.required_text("name")?) };
        let contact = payload.related("primary_contact")?.value();
        let row = writer.households.get_mut(id).ok_or(Refusal::NotFound)?;
        if contact.is_some_and(|contact| !row.people.contains(&contact)) {
            return Err(Problem::must_exist("primary_contact").into());
        }
        if let Some(name) = name {
            row.name = Cow::Owned(name);
        }
        row.primary_contact = contact.unwrap_or(row.primary_contact);
        row.updated_at = now;
        Ok(())
    },
};

pub(in super::super) const DELETE_HOUSEHOLD: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        for person in writer.households.get(id).ok_or(Refusal::NotFound)?.people.clone() {
            writer.leave_household(id, person);
        }
        Ok(())
    },
};

pub(in super::super) const CREATE_MEMBERSHIP: Create = Create {
    access: EDITOR,
    assignable: &["pending", "person_id"],
    make: |writer, household, payload| {
        let person = payload.related("person")?.value().filter(|person| writer.people.contains(*person));
        let person = person.ok_or(Problem::must_exist("person"))?;
        if writer.people[person].households.contains(&household) {
            return Err(Problem::new("person", "has already been taken").into());
        }
        let pending = payload.flag("pending")?.value().unwrap_or(false);
        let membership = writer.join_household(household, person).ok_or(Refusal::NotFound)?;
        if let Some(row) = writer.household_memberships.get_mut(membership) {
            row.pending = pending;
        }
        Ok(membership)
    },
};

pub(in super::super) const PATCH_MEMBERSHIP: Patch = Patch {
    access: EDITOR,
    assignable: &["pending"],
    change: |writer, id, payload| {
        let pending = payload.flag("pending")?;
        let row = writer.household_memberships.get_mut(id).ok_or(Refusal::NotFound)?;
        if let Given::Value(pending) = pending {
            row.pending = pending;
        }
        Ok(())
    },
};

pub(in super::super) const DELETE_MEMBERSHIP: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let row = writer.household_memberships.get(id).ok_or(Refusal::NotFound)?;
        let (household, person) = (row.household, row.person);
        writer.leave_household(household, person);
        Ok(())
    },
};
