//! What a church offers to choose from, and under which headings it keeps its notes and lists.

use std::borrow::Cow;

use super::{EDITOR, MANAGER};
use crate::church::people::lists::ListCategory;
use crate::church::people::rows::{Choice, NoteCategory, Share};
use crate::jsonapi::payload::Payload;
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal};

/// Three ways to write one table of choices; whoever had a value that goes has none.
macro_rules! choices {
    ($table:ident, $create:ident, $patch:ident, $delete:ident, |$person:ident, $id:ident| $forget:expr) => {
        pub(in super::super) const $create: Create = Create {
            access: MANAGER,
            assignable: &["value"],
            make: |writer, _, payload| {
                let value = payload.required_text("value")?;
                if writer.$table.iter().any(|(_, row)| row.value == value) {
                    return Err(Problem::new("value", "has already been taken").into());
                }
                Ok(writer.$table.add(Choice { value: Cow::Owned(value) }))
            },
        };

        pub(in super::super) const $patch: Patch = Patch {
            access: MANAGER,
            assignable: &["value"],
            change: |writer, id, payload| {
                let value = payload.required_text("value")?;
                if writer.$table.iter().any(|(other, row)| other != id && row.value == value) {
                    return Err(Problem::new("value", "has already been taken").into());
                }
                writer.$table.get_mut(id).ok_or(Refusal::NotFound)?.value = Cow::Owned(value);
                Ok(())
            },
        };

        pub(in super::super) const $delete: Delete = Delete {
            access: MANAGER,
            remove: |writer, $id| {
                writer.$table.remove($id).ok_or(Refusal::NotFound)?;
                for (_, $person) in writer.people.iter_mut() {
                    $forget;
                }
                Ok(())
            },
        };
    };
}

choices!(
    marital_statuses,
    CREATE_MARITAL_STATUS,
    PATCH_MARITAL_STATUS,
    DELETE_MARITAL_STATUS,
    |person, id| person.marital_status = person.marital_status.filter(|known| *known != id)
);
choices!(name_prefixes, CREATE_NAME_PREFIX, PATCH_NAME_PREFIX, DELETE_NAME_PREFIX, |person, id| person
    .name_prefix =
    person.name_prefix.filter(|known| *known != id));
choices!(name_suffixes, CREATE_NAME_SUFFIX, PATCH_NAME_SUFFIX, DELETE_NAME_SUFFIX, |person, id| person
    .name_suffix =
    person.name_suffix.filter(|known| *known != id));
choices!(
    inactive_reasons,
    CREATE_INACTIVE_REASON,
    PATCH_INACTIVE_REASON,
    DELETE_INACTIVE_REASON,
    |person, id| person.inactive_reason = person.inactive_reason.filter(|known| *known != id)
);

/// A new category is for everybody who reads.
pub(in super::super) const CREATE_NOTE_CATEGORY: Create = Create {
    access: EDITOR,
    assignable: &["name"],
    make: |writer, _, payload| {
        let now = writer.now();
        let name = Cow::Owned(payload.required_text("name")?);
        let share = Share::Viewers;
        Ok(writer.note_categories.add(NoteCategory {
            name,
            locked: false,
            share,
            created_at: now,
            updated_at: now,
        }))
    },
};

/// A locked category keeps its name.
pub(in super::super) const PATCH_NOTE_CATEGORY: Patch = Patch {
    access: EDITOR,
    assignable: &["name"],
    change: |writer, id, payload| {
        let (name, now) = (name(payload)?, writer.now());
        let row = writer.note_categories.get_mut(id).ok_or(Refusal::NotFound)?;
        if row.locked {
            return Err(Refusal::Forbidden);
        }
        (row.name, row.updated_at) = (name, now);
        Ok(())
    },
};

pub(in super::super) const CREATE_LIST_CATEGORY: Create = Create {
    access: EDITOR,
    assignable: &["name"],
    make: |writer, _, payload| {
        let (name, created_at) = (name(payload)?, writer.now());
        Ok(writer.list_categories.add(ListCategory { name, created_at }))
    },
};

pub(in super::super) const PATCH_LIST_CATEGORY: Patch = Patch {
    access: EDITOR,
    assignable: &["name"],
    change: |writer, id, payload| {
        let name = name(payload)?;
        writer.list_categories.get_mut(id).ok_or(Refusal::NotFound)?.name = name;
        Ok(())
    },
};

/// Its lists stay, without a category.
pub(in super::super) const DELETE_LIST_CATEGORY: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.list_categories.remove(id).ok_or(Refusal::NotFound)?;
        for (_, list) in writer.lists.iter_mut() {
            list.category = list.category.filter(|known| *known != id);
        }
        Ok(())
    },
};

fn name(payload: &Payload) -> Result<Cow<'static, str>, Problem> {
    payload.required_text("name").map(Cow::Owned)
}
