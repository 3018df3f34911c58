//! People: what may be written about a person.

pub(super) mod choices;
pub(super) mod contacts;
pub(super) mod fields;
pub(super) mod profiles;
pub(super) mod records;
pub(super) mod steps;
pub(super) mod workflows;

use std::borrow::Cow;

use crate::church::people::rows::Gender;
use crate::church::rights::PeopleRight;
use crate::church::table::Id;
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::view::Access;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

/// Editors write people.
const EDITOR: Access = Access::People(PeopleRight::Editor);
/// Managers set the product up.
const MANAGER: Access = Access::People(PeopleRight::Manager);

const ASSIGNABLE: &[&str] = &[
    "anniversary",
    "birthdate",
    "child",
    "first_name",
    "gender",
    "given_name",
    "grade",
    "graduation_year",
    "inactivated_at",
    "last_name",
    "membership",
    "middle_name",
    "nickname",
    "primary_campus_id",
    "remote_id",
    "status",
];

pub(super) const CREATE_PERSON: Create = Create {
    access: EDITOR,
    assignable: ASSIGNABLE,
    make: |writer, _, payload| {
        let first_name = payload.required_text("first_name")?;
        let last_name = payload.required_text("last_name")?;
        let person = writer.add_person(first_name, last_name);
        // What cannot be assigned must leave no half person behind.
        assign(writer, person, payload).inspect_err(|_| {
            writer.people.remove(person);
        })?;
        Ok(person)
    },
};

pub(super) const PATCH_PERSON: Patch = Patch { access: EDITOR, assignable: ASSIGNABLE, change: assign };

pub(super) const DELETE_PERSON: Delete = Delete {
    access: MANAGER,
    remove: |writer, person| writer.delete_person(person).map(|_| ()).map_err(|_| Refusal::NotFound),
};

fn assign(writer: &mut Writer<'_>, person: Id, payload: &Payload) -> Result<(), Refusal> {
    let campus = payload.related("primary_campus")?;
    if matches!(campus, Given::Value(campus) if !writer.campuses.contains(campus)) {
        return Err(Problem::must_exist("primary_campus").into());
    }
    let now = writer.now();
    let row = writer.people.get_mut(person).ok_or(Refusal::NotFound)?;
    let mut changed = row.clone();
    for (name, place) in [("first_name", &mut changed.first_name), ("last_name", &mut changed.last_name)] {
        if payload.text(name)? != Given::Nothing {
            *place = Cow::Owned(payload.required_text(name)?);
        }
    }
    payload.text("given_name")?.map(Cow::Owned).assign(&mut changed.given_name);
    payload.text("middle_name")?.map(Cow::Owned).assign(&mut changed.middle_name);
    payload.text("nickname")?.map(Cow::Owned).assign(&mut changed.nickname);
    payload.day("birthdate")?.assign(&mut changed.birthdate);
    payload.day("anniversary")?.assign(&mut changed.anniversary);
    payload.integer("grade")?.assign(&mut changed.grade);
    payload.integer("graduation_year")?.assign(&mut changed.graduation_year);
    payload.integer("remote_id")?.assign(&mut changed.remote_id);
    payload.text("membership")?.map(Cow::Owned).assign(&mut changed.membership);
    payload.moment("inactivated_at")?.assign(&mut changed.inactivated_at);
    campus.assign(&mut changed.campus);
    if let Given::Value(child) = payload.flag("child")? {
        changed.child = child;
    }
    gender(payload)?.assign(&mut changed.gender);
    // Everything but `inactive` makes a person active again.
    if let Given::Value(status) = payload.text("status")? {
        changed.inactivated_at = (status == "inactive").then(|| changed.inactivated_at.unwrap_or(now));
    }
    changed.updated_at = now;
    *row = changed;
    Ok(())
}

fn gender(payload: &Payload) -> Result<Given<Gender>, Problem> {
    payload.text("gender")?.try_map(|text| match text.to_lowercase().as_str() {
        "female" | "f" => Ok(Gender::Female),
        "male" | "m" => Ok(Gender::Male),
        _ => Err(Problem::new("gender", "is not included in the list")),
    })
}
