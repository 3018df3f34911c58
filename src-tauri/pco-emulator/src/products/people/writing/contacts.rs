//! E-mail addresses, phone numbers and homes of a person. Each change moves the person's own `updated_at`.

use std::borrow::Cow;

use super::EDITOR;
use crate::church::people::changes::keep_one_primary;
use crate::church::people::rows::{Address, Email, PhoneNumber};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const EMAIL_NAMES: &[&str] = &["address", "location", "primary"];

pub(in super::super) const CREATE_EMAIL: Create = Create {
    access: EDITOR,
    assignable: EMAIL_NAMES,
    make: |writer, person, payload| {
        let now = writer.now();
        let address = Cow::Owned(payload.required_text("address")?);
        let location = Cow::Borrowed("Home");
        let row = Email {
            person,
            address,
            location,
            primary: false,
            blocked: false,
            created_at: now,
            updated_at: now,
        };
        let changed = email(writer, person, None, payload, row)?;
        let id = writer.emails.add(changed);
        settle_email(writer, person, id, payload)?;
        Ok(id)
    },
};

pub(in super::super) const PATCH_EMAIL: Patch = Patch {
    access: EDITOR,
    assignable: EMAIL_NAMES,
    change: |writer, id, payload| {
        let row = writer.emails.get(id).ok_or(Refusal::NotFound)?.clone();
        let person = row.person;
        let changed = email(writer, person, Some(id), payload, row)?;
        *writer.emails.get_mut(id).ok_or(Refusal::NotFound)? = changed;
        settle_email(writer, person, id, payload)
    },
};

pub(in super::super) const DELETE_EMAIL: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let person = writer.emails.remove(id).ok_or(Refusal::NotFound)?.person;
        let now = writer.now();
        keep_one_primary(&mut writer.emails, person, None, now);
        writer.touch(person);
        Ok(())
    },
};

fn email(
    writer: &Writer<'_>,
    person: Id,
    id: Option<Id>,
    payload: &Payload,
    mut row: Email,
) -> Result<Email, Refusal> {
    required(payload, "address", &mut row.address)?;
    if !row.address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        return Err(Problem::new("address", "is invalid").into());
    }
    let mut others = writer.emails.ids_owned_by(person, |row| row.person);
    others.retain(|other| Some(*other) != id);
    if others.iter().any(|other| writer.emails[*other].address.eq_ignore_ascii_case(&row.address)) {
        return Err(Problem::new("address", "has already been taken").into());
    }
    required(payload, "location", &mut row.location)?;
    row.updated_at = writer.now();
    Ok(row)
}

fn settle_email(writer: &mut Writer<'_>, person: Id, id: Id, payload: &Payload) -> Result<(), Refusal> {
    let now = writer.now();
    let chosen = chosen(payload, id)?;
    keep_one_primary(&mut writer.emails, person, chosen, now);
    writer.touch(person);
    Ok(())
}

const PHONE_NUMBER_NAMES: &[&str] = &["carrier", "location", "number", "primary"];

pub(in super::super) const CREATE_PHONE_NUMBER: Create = Create {
    access: EDITOR,
    assignable: PHONE_NUMBER_NAMES,
    make: |writer, person, payload| {
        let now = writer.now();
        let number = Cow::Owned(payload.required_text("number")?);
        let location = Cow::Borrowed("Mobile");
        let row = PhoneNumber {
            person,
            number,
            carrier: None,
            location,
            primary: false,
            created_at: now,
            updated_at: now,
        };
        let changed = phone_number(writer, payload, row)?;
        let id = writer.phone_numbers.add(changed);
        settle_phone_number(writer, person, id, payload)?;
        Ok(id)
    },
};

pub(in super::super) const PATCH_PHONE_NUMBER: Patch = Patch {
    access: EDITOR,
    assignable: PHONE_NUMBER_NAMES,
    change: |writer, id, payload| {
        let row = writer.phone_numbers.get(id).ok_or(Refusal::NotFound)?.clone();
        let person = row.person;
        let changed = phone_number(writer, payload, row)?;
        *writer.phone_numbers.get_mut(id).ok_or(Refusal::NotFound)? = changed;
        settle_phone_number(writer, person, id, payload)
    },
};

pub(in super::super) const DELETE_PHONE_NUMBER: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let person = writer.phone_numbers.remove(id).ok_or(Refusal::NotFound)?.person;
        let now = writer.now();
        keep_one_primary(&mut writer.phone_numbers, person, None, now);
        writer.touch(person);
        Ok(())
    },
};

fn phone_number(
    writer: &Writer<'_>,
    payload: &Payload,
    mut row: PhoneNumber,
) -> Result<PhoneNumber, Refusal> {
    required(payload, "number", &mut row.number)?;
    if !row.number.chars().any(|letter| letter.is_ascii_digit()) {
        return Err(Problem::new("number", "is invalid").into());
    }
    payload.text("carrier")?.map(Cow::Owned).assign(&mut row.carrier);
    required(payload, "location", &mut row.location)?;
    row.updated_at = writer.now();
    Ok(row)
}

fn settle_phone_number(
    writer: &mut Writer<'_>,
    person: Id,
    id: Id,
    payload: &Payload,
) -> Result<(), Refusal> {
    let now = writer.now();
    let chosen = chosen(payload, id)?;
    keep_one_primary(&mut writer.phone_numbers, person, chosen, now);
    writer.touch(person);
    Ok(())
}

const ADDRESS_NAMES: &[&str] =
    &["city", "country_code", "location", "primary", "state", "street_line_1", "street_line_2", "zip"];

pub(in super::super) const CREATE_ADDRESS: Create = Create {
    access: EDITOR,
    assignable: ADDRESS_NAMES,
    make: |writer, person, payload| {
        let now = writer.now();
        let row = Address {
            person,
            street_line_1: Cow::Borrowed(""),
            street_line_2: None,
            city: Cow::Borrowed(""),
            state: Cow::Borrowed(""),
            zip: Cow::Borrowed(""),
            country_code: Cow::Borrowed("US"),
            location: Cow::Borrowed("Home"),
            primary: false,
            created_at: now,
            updated_at: now,
        };
        let changed = address(writer, payload, row)?;
        let id = writer.addresses.add(changed);
        settle_address(writer, person, id, payload)?;
        Ok(id)
    },
};

pub(in super::super) const PATCH_ADDRESS: Patch = Patch {
    access: EDITOR,
    assignable: ADDRESS_NAMES,
    change: |writer, id, payload| {
        let row = writer.addresses.get(id).ok_or(Refusal::NotFound)?.clone();
        let person = row.person;
        let changed = address(writer, payload, row)?;
        *writer.addresses.get_mut(id).ok_or(Refusal::NotFound)? = changed;
        settle_address(writer, person, id, payload)
    },
};

pub(in super::super) const DELETE_ADDRESS: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        let person = writer.addresses.remove(id).ok_or(Refusal::NotFound)?.person;
        let now = writer.now();
        keep_one_primary(&mut writer.addresses, person, None, now);
        writer.touch(person);
        Ok(())
    },
};

fn address(writer: &Writer<'_>, payload: &Payload, mut row: Address) -> Result<Address, Refusal> {
    for (name, place) in [
        ("street_line_1", &mut row.street_line_1),
        ("city", &mut row.city),
        ("state", &mut row.state),
        ("zip", &mut row.zip),
        ("country_code", &mut row.country_code),
    ] {
        if let Given::Value(text) = payload.text(name)? {
            *place = Cow::Owned(text);
        }
    }
    payload.text("street_line_2")?.map(Cow::Owned).assign(&mut row.street_line_2);
    required(payload, "location", &mut row.location)?;
    row.updated_at = writer.now();
    Ok(row)
}

fn settle_address(writer: &mut Writer<'_>, person: Id, id: Id, payload: &Payload) -> Result<(), Refusal> {
    let now = writer.now();
    let chosen = chosen(payload, id)?;
    keep_one_primary(&mut writer.addresses, person, chosen, now);
    writer.touch(person);
    Ok(())
}

/// This one, if the body makes it the primary one.
fn chosen(payload: &Payload, id: Id) -> Result<Option<Id>, Problem> {
    Ok(payload.flag("primary")?.value().filter(|primary| *primary).map(|_| id))
}

/// Assigns a text that may be left out but not be blank.
fn required(payload: &Payload, name: &'static str, place: &mut Text) -> Result<(), Problem> {
    if payload.text(name)? != Given::Nothing {
        *place = Cow::Owned(payload.required_text(name)?);
    }
    Ok(())
}
