//! `GET`: from what a path leads to, to the document that is sent.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{INTERNAL, Request, writing};
use crate::answer::{Answer, Asked, bad_request, error, not_found};
use crate::church::rights::Viewer;
use crate::hex::hex;
use crate::jsonapi::document::{self, Setting};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{Guard, Product, Resource};
use crate::jsonapi::route::{self, Found, Route};
use crate::jsonapi::select;
use crate::jsonapi::view::View;
use crate::products;
use crate::server::Shared;

/// The document at the end of the path, or why there is none.
pub(super) fn read(shared: &Shared, request: Request<'_>, viewer: Viewer, version: &'static str) -> Answer {
    let church = shared.church();
    let view = View { church: &church, viewer, version };
    let Request { asked, query, product, segments } = request;
    let route = match route::follow(product, &view, segments, query) {
        Ok(Route { found: Found::Action { action, .. }, .. }) if action.by_get => {
            drop(church);
            return writing::write(shared, request, viewer, version);
        }
        Ok(Route { found: Found::Action { .. }, .. }) => return not_found().at(request.unknown()),
        Ok(route) => route,
        Err(astray) => return super::astray(&astray, viewer).at(request.unknown()),
    };
    let own = matches!(segments, ["me", ..]);
    let refusal = shared.config.strict.then(|| strict(product, query, &route.found, own)).flatten();
    let answer = refusal.unwrap_or_else(|| {
        let setting = Setting { view: &view, product, base: shared.base(), path: &asked.path, query };
        unless_known(asked, show(&setting, route.found))
    });
    answer.at(route.template)
}

fn show(setting: &Setting<'_>, found: Found) -> Answer {
    match found {
        Found::Collection { edge, parent, ids } => {
            let selected = select::select(setting.view, edge, ids, setting.query);
            send(200, &document::collection(setting, edge, parent, &selected))
        }
        Found::Single { record, parent, .. } => send(200, &document::single(setting, record, parent)),
        Found::Action { .. } => not_found(),
    }
}

/// A document with its weak entity tag.
pub(super) fn send(status: u16, document: &impl Serialize) -> Answer {
    let Ok(body) = serde_json::to_vec(document) else {
        return error(500, "Internal Server Error", INTERNAL);
    };
    let hash = hex(&Sha256::digest(&body)[..16]);
    Answer::new(status, "application/vnd.api+json; charset=utf-8", body)
        .with("etag", format!("W/\"{hash}\""))
        .with("cache-control", "max-age=0, private, must-revalidate")
}

/// 304 without a body when the client has the document already.
fn unless_known(asked: &Asked, answer: Answer) -> Answer {
    let known = asked.header("if-none-match").unwrap_or_default();
    let tag = answer.headers.iter().find(|(name, _)| *name == "etag").map(|(_, value)| value.as_str());
    if !known.split(',').any(|known| Some(known.trim()) == tag) {
        return answer;
    }
    let headers = answer.headers.into_iter().filter(|(name, _)| *name != "content-type").collect();
    Answer { status: 304, headers, ..Answer::default() }
}

/// In strict mode: names that mean nothing, and attributes that the program has promised not to ask for.
fn strict(product: &Product, query: &Query, found: &Found, own: bool) -> Option<Answer> {
    let (resource, edge) = match found {
        Found::Collection { edge, .. } => (edge.resource, Some(*edge)),
        Found::Single { record, .. } | Found::Action { record, .. } => (record.resource, None),
    };
    let mut unknown = document::unknown_names(resource, edge, query);
    let resources = products::resources(product);
    for (type_name, names) in &query.fields {
        let Some(resource) = resources.iter().find(|resource| resource.type_name == type_name) else {
            unknown.push(format!("fields[{type_name}]"));
            continue;
        };
        for name in names {
            match guard(resource, name) {
                None => unknown.push(format!("fields[{type_name}]={name}")),
                Some(Guard::Forbidden) => return Some(forbidden_attribute(name)),
                Some(Guard::Own) if !own => return Some(forbidden_attribute(name)),
                Some(Guard::Open | Guard::Own) => {}
            }
        }
    }
    let name = unknown.first()?;
    Some(bad_request("unknown_parameter", &format!("{name} means nothing here"), Some(name)))
}

/// Who may ask for a name in `fields`; None when the type has no such attribute, relationship or edge.
fn guard(resource: &Resource, name: &str) -> Option<Guard> {
    if let Some(attribute) = resource.attribute(name) {
        return Some(attribute.guard);
    }
    let related = resource.relationships.iter().any(|relationship| relationship.name == name)
        || resource.edge(name).is_some();
    related.then_some(Guard::Open)
}

fn forbidden_attribute(name: &str) -> Answer {
    bad_request("forbidden_attribute", &format!("{name} must never be asked for"), Some("fields"))
}
