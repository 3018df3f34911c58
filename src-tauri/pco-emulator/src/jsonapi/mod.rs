//! The JSON:API engine: it knows documents, queries and paths, and nothing of people or plans.

pub(crate) mod document;
pub(crate) mod payload;
pub(crate) mod query;
pub(crate) mod resource;
pub(crate) mod route;
pub(crate) mod select;
pub(crate) mod value;
pub(crate) mod view;
pub(crate) mod write;
