//! The words in which a resource is described. A description is data; `select`, `route` and `document` do the work
//! for all of them, so a new resource is one new description.

use super::query::Query;
use super::value::Value;
use crate::church::Church;
use crate::church::table::Id;

/// Reads one value of a row.
pub(crate) type Read = for<'a> fn(&'a Church, Id) -> Value<'a>;
/// Finds the records at the other end of an edge or a relationship.
pub(crate) type Find = fn(&Church, Id) -> Vec<Id>;

/// One JSON:API type of one product.
pub(crate) struct Resource {
    pub(crate) type_name: &'static str,
    /// The record's own address, from the root of the server.
    pub(crate) path: fn(&Church, Id) -> String,
    pub(crate) attributes: &'static [Attribute],
    /// Relationships that are always present.
    pub(crate) relationships: &'static [Relationship],
    pub(crate) edges: &'static [Edge],
    /// Names of edges that `include` accepts.
    pub(crate) includes: &'static [&'static str],
    /// `where` names that are no plain attribute.
    pub(crate) conditions: &'static [Condition],
    /// `order` names that are no plain attribute.
    pub(crate) orders: &'static [Order],
}

impl Resource {
    /// A type with a name and an address and nothing else, to be completed with struct update syntax.
    pub(crate) const fn new(type_name: &'static str, path: fn(&Church, Id) -> String) -> Self {
        Self {
            type_name,
            path,
            attributes: &[],
            relationships: &[],
            edges: &[],
            includes: &[],
            conditions: &[],
            orders: &[],
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(crate) fn edge(&self, name: &str) -> Option<&'static Edge> {
        self.edges.iter().find(|edge| edge.name == name)
    }

    /// The edge that `include=name` follows, if that name is offered.
    pub(crate) fn included_edge(&self, name: &str) -> Option<&'static Edge> {
        self.includes.contains(&name).then(|| self.edge(name)).flatten()
    }

    /// `meta.can_query_by`: sorted, as recorded.
    pub(crate) fn query_names(&self) -> Vec<&'static str> {
        let attributes =
            self.attributes.iter().filter(|attribute| attribute.queried).map(|attribute| attribute.name);
        sorted(attributes.chain(self.conditions.iter().map(|condition| condition.name)))
    }

    /// `meta.can_order_by`.
    pub(crate) fn order_names(&self) -> Vec<&'static str> {
        let attributes =
            self.attributes.iter().filter(|attribute| attribute.ordered).map(|attribute| attribute.name);
        sorted(attributes.chain(self.orders.iter().map(|order| order.name)))
    }
}

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// One attribute of a type.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) read: Read,
    pub(crate) queried: bool,
    pub(crate) ordered: bool,
    /// Sent only when `fields` names it.
    pub(crate) on_request: bool,
    pub(crate) guard: Guard,
}

/// Who may ask for an attribute in strict mode. The values of guarded attributes start with `CNRY-PII-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Anybody who sees the record.
    Open,
    /// Only the signed-in person, about themself.
    Own,
    /// Nobody: the program promises never to ask for it.
    Forbidden,
}

/// An attribute that can neither be queried nor ordered by.
pub(crate) const fn attribute(name: &'static str, read: Read) -> Attribute {
    Attribute { name, read, queried: false, ordered: false, on_request: false, guard: Guard::Open }
}

impl Attribute {
    pub(crate) const fn queried(mut self) -> Self {
        self.queried = true;
        self
    }

    pub(crate) const fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// Both `where` and `order`.
    pub(crate) const fn indexed(self) -> Self {
        self.queried().ordered()
    }

    pub(crate) const fn on_request(mut self) -> Self {
        self.on_request = true;
        self
    }

    pub(crate) const fn forbidden(mut self) -> Self {
        self.guard = Guard::Forbidden;
        self
    }

    pub(crate) const fn own(mut self) -> Self {
        self.guard = Guard::Own;
        self
    }
}

/// A relationship that every record of the type carries.
pub(crate) struct Relationship {
    pub(crate) name: &'static str,
    /// The type as the linkage names it, which is not always the record's own (`PrimaryCampus`).
    pub(crate) type_name: &'static str,
    pub(crate) many: bool,
    pub(crate) find: Find,
}

pub(crate) const fn to_one(name: &'static str, type_name: &'static str, find: Find) -> Relationship {
    Relationship { name, type_name, many: false, find }
}

pub(crate) const fn to_many(name: &'static str, type_name: &'static str, find: Find) -> Relationship {
    Relationship { name, type_name, many: true, find }
}

/// A way from one record to others: a path segment, a link, and perhaps an include.
pub(crate) struct Edge {
    pub(crate) name: &'static str,
    pub(crate) resource: &'static Resource,
    pub(crate) many: bool,
    pub(crate) find: Find,
    pub(crate) filters: &'static [Filter],
}

pub(crate) const fn edge_to_many(name: &'static str, resource: &'static Resource, find: Find) -> Edge {
    Edge { name, resource, many: true, find, filters: &[] }
}

pub(crate) const fn edge_to_one(name: &'static str, resource: &'static Resource, find: Find) -> Edge {
    Edge { name, resource, many: false, find, filters: &[] }
}

impl Edge {
    pub(crate) const fn filtered(mut self, filters: &'static [Filter]) -> Self {
        self.filters = filters;
        self
    }

    /// `meta.can_filter`.
    pub(crate) fn filter_names(&self) -> Vec<&'static str> {
        sorted(self.filters.iter().filter(|filter| filter.lifted_by.is_empty()).map(|filter| filter.name))
    }
}

/// A named filter of an edge.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) keep: fn(&Church, Id, &Query) -> bool,
    /// Not empty for a rule that holds by itself until one of these filters is asked for.
    pub(crate) lifted_by: &'static [&'static str],
}

pub(crate) const fn filter(name: &'static str, keep: fn(&Church, Id, &Query) -> bool) -> Filter {
    Filter { name, keep, lifted_by: &[] }
}

/// A rule without a name of its own: it holds unless the request names one of `lifted_by`.
pub(crate) const fn standing(
    keep: fn(&Church, Id, &Query) -> bool,
    lifted_by: &'static [&'static str],
) -> Filter {
    Filter { name: "", keep, lifted_by }
}

/// A `where` name with a meaning of its own, such as a search.
pub(crate) struct Condition {
    pub(crate) name: &'static str,
    pub(crate) holds: fn(&Church, Id, &str) -> bool,
}

pub(crate) const fn condition(name: &'static str, holds: fn(&Church, Id, &str) -> bool) -> Condition {
    Condition { name, holds }
}

/// `where[id]`: one id, or several with commas between them.
pub(crate) const fn id_condition() -> Condition {
    condition("id", |_, id, wanted| wanted.split(',').any(|wanted| wanted.trim() == id.to_string()))
}

/// An `order` name that is no attribute of the type, or that leaves out rows without a value.
pub(crate) struct Order {
    pub(crate) name: &'static str,
    pub(crate) key: Read,
    pub(crate) drops_null: bool,
}

/// One record: its type and its id.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub(crate) resource: &'static Resource,
    pub(crate) id: Id,
}

/// One product: its root, and the API versions it knows.
pub(crate) struct Product {
    /// The scope and the first path segment.
    pub(crate) name: &'static str,
    pub(crate) root: &'static Resource,
    /// Ascending dates.
    pub(crate) versions: &'static [&'static str],
}
