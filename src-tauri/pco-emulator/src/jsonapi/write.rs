//! The words in which a description says what can be created, changed and deleted, and which actions a record has.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use super::payload::Payload;
use super::resource::Record;
use super::view::Access;
use crate::church::Church;
use crate::church::rights::Viewer;
use crate::church::table::Id;

/// The church in the hands of one person who changes it.
pub(crate) struct Writer<'a> {
    pub(crate) church: &'a mut Church,
    pub(crate) viewer: Viewer,
}

impl Deref for Writer<'_> {
    type Target = Church;

    fn deref(&self) -> &Church {
        self.church
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Church {
        self.church
    }
}

/// `POST` to a collection. The outcome is the new record's id, and 201.
#[derive(Clone, Copy)]
pub(crate) struct Create {
    /// Who may; "themself" is the person whom the parent is about.
    pub(crate) access: Access,
    /// Names that may be assigned; `person_id` allows the relationship `person` too. Others are 422.
    pub(crate) assignable: &'static [&'static str],
    /// The id is the parent's.
    pub(crate) make: fn(&mut Writer<'_>, Id, &Payload) -> Result<Id, Refusal>,
}

/// `PATCH` of a record: 200.
#[derive(Clone, Copy)]
pub(crate) struct Patch {
    pub(crate) access: Access,
    pub(crate) assignable: &'static [&'static str],
    pub(crate) change: fn(&mut Writer<'_>, Id, &Payload) -> Result<(), Refusal>,
}

/// `DELETE` of a record: 204.
#[derive(Clone, Copy)]
pub(crate) struct Delete {
    pub(crate) access: Access,
    pub(crate) remove: fn(&mut Writer<'_>, Id) -> Result<(), Refusal>,
}

/// `POST` to `<record>/<name>`; the body may be empty.
pub(crate) struct Action {
    pub(crate) name: &'static str,
    /// `GET` does it as well.
    pub(crate) by_get: bool,
    pub(crate) access: Access,
    pub(crate) assignable: &'static [&'static str],
    pub(crate) run: fn(&mut Writer<'_>, Id, &Payload) -> Result<Done, Refusal>,
}

/// What an action answers.
pub(crate) enum Done {
    /// 204.
    Nothing,
    /// 200 with this record.
    Shown(Record),
}

/// Why a write is not done.
///
/// Planning Center also knows 409: two writes that race for the same unique value. Here writes wait for one another, so
/// that the second of two is told 422 and none ever gets a 409.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 400: the body has no `data`.
    NoData,
    /// 422, one error for each name.
    NotAssignable(Vec<String>),
    /// 422, one error for each problem.
    Invalid(Vec<Problem>),
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
}

/// What is wrong with an assignment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) parameter: &'static str,
    pub(crate) detail: Cow<'static, str>,
}

impl Problem {
    pub(crate) fn new(parameter: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { parameter, detail: detail.into() }
    }

    /// A relationship leads to nothing.
    pub(crate) fn must_exist(parameter: &'static str) -> Self {
        Self::new(parameter, "must exist")
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}
