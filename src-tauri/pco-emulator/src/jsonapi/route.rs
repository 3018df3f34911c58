//! From a path to records: segments alternate between edges and ids, starting at the product's root.

use super::query::Query;
use super::resource::{Edge, Product, Record};
use super::view::View;
use super::write::Action;
use crate::church::table::Id;

/// What a path leads to.
pub(crate) enum Found {
    Collection {
        edge: &'static Edge,
        parent: Record,
        ids: Vec<Id>,
    },
    /// `edge` is the last one followed; None at the product's root.
    Single {
        record: Record,
        parent: Option<Record>,
        edge: Option<&'static Edge>,
    },
    Action {
        action: &'static Action,
        record: Record,
    },
}

/// Why a path leads to nothing that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Astray {
    /// An edge is unknown, or a record does not exist there.
    NotFound,
    /// The viewer may not follow the edge to these.
    Forbidden { type_name: &'static str, many: bool },
}

/// A path that leads somewhere.
pub(crate) struct Route {
    pub(crate) found: Found,
    /// The path with ids taken out, for counting.
    pub(crate) template: String,
}

/// Follows `segments` (those after `/people/v2`); `query` tells which record is meant where an edge leaves that open.
pub(crate) fn follow(
    product: &Product,
    view: &View<'_>,
    segments: &[&str],
    query: &Query,
) -> Result<Route, Astray> {
    let mut template = format!("/{}/v2", product.name);
    let mut record = Record { resource: product.root, id: view.organization_id };
    let mut parent = None;
    let mut last = None;
    let mut rest = segments;
    while let [name, after @ ..] = rest {
        template = format!("{template}/{name}");
        if let (Some(action), []) = (record.resource.action(name), after) {
            return Ok(Route { found: Found::Action { action, record }, template });
        }
        let edge = record.resource.edge(name).ok_or(Astray::NotFound)?;
        last = Some(edge);
        if !edge.access.unwrap_or(product.access).allows(view.viewer, record.person(view)) {
            return Err(Astray::Forbidden { type_name: edge.resource.type_name, many: edge.many });
        }
        let ids = edge.follow(view, record.id, query);
        match (edge.many, after) {
            (true, []) => {
                return Ok(Route { found: Found::Collection { edge, parent: record, ids }, template });
            }
            (true, [id, after @ ..]) => {
                let id: Id = canonical_id(id).ok_or(Astray::NotFound)?;
                let id = *ids.iter().find(|known| **known == id).ok_or(Astray::NotFound)?;
                template.push_str("/{id}");
                parent = Some(record);
                record = Record { resource: edge.resource, id };
                rest = after;
            }
            (false, after) => {
                let mut ids = ids.into_iter();
                let id = ids.find(|id| edge.meant.is_none_or(|meant| meant(view, *id, query)));
                parent = Some(record);
                record = Record { resource: edge.resource, id: id.ok_or(Astray::NotFound)? };
                rest = after;
            }
        }
    }
    Ok(Route { found: Found::Single { record, parent, edge: last }, template })
}

/// Ids are digits without a sign or leading zero; anything else names no record.
fn canonical_id(text: &str) -> Option<Id> {
    let id: Id = text.parse().ok()?;
    (id.to_string() == text).then_some(id)
}
