//! From a path to records: segments alternate between edges and ids, starting at the product's root.

use super::resource::{Edge, Product, Record};
use crate::church::Church;
use crate::church::table::Id;

/// What a path leads to.
pub(crate) enum Found {
    Collection { edge: &'static Edge, parent: Record, ids: Vec<Id> },
    Single { record: Record, parent: Option<Record> },
}

/// A path that leads somewhere.
pub(crate) struct Route {
    pub(crate) found: Found,
    /// The path with ids taken out, for counting.
    pub(crate) template: String,
}

/// Follows `segments` (those after `/people/v2`). None when an edge is unknown or a record does not exist there.
pub(crate) fn follow(product: &Product, church: &Church, segments: &[&str]) -> Option<Route> {
    let mut template = format!("/{}/v2", product.name);
    let mut record = Record { resource: product.root, id: church.organization_id };
    let mut parent = None;
    let mut rest = segments;
    while let [name, after @ ..] = rest {
        let edge = record.resource.edge(name)?;
        template = format!("{template}/{name}");
        let ids = (edge.find)(church, record.id);
        match (edge.many, after) {
            (true, []) => {
                return Some(Route { found: Found::Collection { edge, parent: record, ids }, template });
            }
            (true, [id, after @ ..]) => {
                let id: Id = canonical_id(id)?;
                let id = *ids.iter().find(|known| **known == id)?;
                template.push_str("/{id}");
                parent = Some(record);
                record = Record { resource: edge.resource, id };
                rest = after;
            }
            (false, after) => {
                parent = Some(record);
                record = Record { resource: edge.resource, id: *ids.first()? };
                rest = after;
            }
        }
    }
    Some(Route { found: Found::Single { record, parent }, template })
}

/// Ids are digits without a sign or leading zero; anything else names no record.
fn canonical_id(text: &str) -> Option<Id> {
    let id: Id = text.parse().ok()?;
    (id.to_string() == text).then_some(id)
}
