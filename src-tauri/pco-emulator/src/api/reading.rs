//! `GET`: from what a path leads to, to the document that is sent.

use sha2::{Digest, Sha256};

use super::{INTERNAL, Request, forbidden};
use crate::answer::{Answer, Asked, bad_request, error, not_found};
use crate::hex::hex;
use crate::jsonapi::document::{self, Setting};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{Guard, Product, Resource};
use crate::jsonapi::route::{self, Astray, Found};
use crate::jsonapi::select;
use crate::jsonapi::view::View;
use crate::products;
use crate::server::Shared;

/// The document at the end of the path, or why there is none.
pub(super) fn read(
    shared: &Shared,
    request: Request<'_>,
    view: &View<'_>,
    claimed_total: Option<usize>,
) -> Answer {
    let Request { asked, query, product, segments } = request;
    let route = match route::follow(product, view, segments) {
        Ok(route) => route,
        Err(Astray::NotFound) => return not_found().at(request.unknown()),
        Err(Astray::Forbidden { type_name, many }) => {
            return forbidden(view.viewer.person, type_name, many).at(request.unknown());
        }
    };
    let own = matches!(segments, ["me", ..]);
    let refusal = shared.config.strict.then(|| strict(product, query, &route.found, own)).flatten();
    let answer = refusal.unwrap_or_else(|| {
        let setting = Setting { view, access: product.access, base: shared.base(), query, claimed_total };
        show(asked, &setting, &route.found)
    });
    answer.at(route.template)
}

fn show(asked: &Asked, setting: &Setting<'_>, found: &Found) -> Answer {
    let written = match found {
        Found::Collection { edge, parent, ids } => {
            let selected = select::select(setting.view, edge, ids.clone(), setting.query);
            serde_json::to_vec(&document::collection(setting, &asked.path, edge, *parent, &selected))
        }
        Found::Single { record, parent } => serde_json::to_vec(&document::single(setting, *record, *parent)),
    };
    let Ok(body) = written else {
        return error(500, "Internal Server Error", INTERNAL);
    };
    let hash = hex(&Sha256::digest(&body)[..16]);
    let etag = format!("W/\"{hash}\"");
    let unchanged =
        asked.header("if-none-match").is_some_and(|known| known.split(',').any(|known| known.trim() == etag));
    let answer = if unchanged {
        Answer { status: 304, ..Answer::default() }
    } else {
        Answer::new(200, "application/vnd.api+json; charset=utf-8", body)
    };
    answer.with("etag", etag).with("cache-control", "max-age=0, private, must-revalidate")
}

/// In strict mode: names that mean nothing, and attributes that the program has promised not to ask for.
fn strict(product: &Product, query: &Query, found: &Found, own: bool) -> Option<Answer> {
    let (resource, edge) = match found {
        Found::Collection { edge, .. } => (edge.resource, Some(*edge)),
        Found::Single { record, .. } => (record.resource, None),
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
