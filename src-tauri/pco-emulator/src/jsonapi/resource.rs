//! The words in which a resource is described. A description is data; `select`, `route` and `document` do the work
//! for all of them, so a new resource is one new description.

use super::query::Query;
use super::value::Value;
use super::view::{Access, View};
use super::write::{Action, Create, Delete, Patch};
use crate::church::Church;
use crate::church::rights::Viewer;
use crate::church::table::Id;

/// Reads one value of a row.
pub(crate) type Read = for<'a> fn(&'a View<'a>, Id) -> Value<'a>;
/// Finds the records at the other end of an edge or a relationship.
pub(crate) type Find = fn(&View<'_>, Id) -> Vec<Id>;

/// Whether a filter keeps a record.
pub(crate) type Keep = fn(&View<'_>, Id, &Query) -> bool;
/// Whether a `where` condition holds for a record.
pub(crate) type Holds = fn(&View<'_>, Id, &str) -> bool;
/// How often a `where` condition finds a record.
pub(crate) type Count = fn(&View<'_>, Id, &str) -> usize;

/// One JSON:API type of one product.
pub(crate) struct Resource {
    pub(crate) type_name: &'static str,
    /// The record's own address, from the root of the server.
    pub(crate) path: fn(&Church, Id) -> String,
    /// The person whom a record is about: they may see more of it than others.
    pub(crate) person: fn(&Church, Id) -> Option<Id>,
    pub(crate) attributes: &'static [Attribute],
    /// Attributes that not everybody may read.
    pub(crate) levels: &'static [Level],
    /// Relationships that are always present.
    pub(crate) relationships: &'static [Relationship],
    pub(crate) edges: &'static [Edge],
    /// Names of edges that `include` accepts.
    pub(crate) includes: &'static [&'static str],
    /// `where` names that are no plain attribute.
    pub(crate) conditions: &'static [Condition],
    /// `order` names that are no plain attribute.
    pub(crate) orders: &'static [Order],
    pub(crate) patch: Option<Patch>,
    pub(crate) delete: Option<Delete>,
    pub(crate) actions: &'static [Action],
}

impl Resource {
    /// A type with a name and an address and nothing else, to be completed with struct update syntax.
    pub(crate) const fn new(type_name: &'static str, path: fn(&Church, Id) -> String) -> Self {
        Self {
            type_name,
            path,
            person: |_, _| None,
            attributes: &[],
            levels: &[],
            relationships: &[],
            edges: &[],
            includes: &[],
            conditions: &[],
            orders: &[],
            patch: None,
            delete: None,
            actions: &[],
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Whether the viewer finds this attribute in a record about `person`; where not, it is missing.
    pub(crate) fn shows(&self, name: &str, viewer: Viewer, person: Option<Id>) -> bool {
        let mut hidden = self.levels.iter().filter(|level| !level.access.allows(viewer, person));
        !hidden.any(|level| level.attributes.contains(&name))
    }

    pub(crate) fn edge(&self, name: &str) -> Option<&'static Edge> {
        self.edges.iter().find(|edge| edge.name == name)
    }

    pub(crate) fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
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
    /// The first version of the API that has it; empty for all of them.
    pub(crate) since: &'static str,
}

/// Who may ask for an attribute in strict mode. The values of guarded attributes start with `CNRY-PII-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Anybody who sees the record.
    Open,
    /// Only the signed-in person, about themself; about others every reader gets a canary.
    Own,
    /// Nobody: the program promises never to ask for it.
    Forbidden,
}

/// An attribute that can neither be queried nor ordered by.
pub(crate) const fn attribute(name: &'static str, read: Read) -> Attribute {
    Attribute { name, read, queried: false, ordered: false, on_request: false, guard: Guard::Open, since: "" }
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

    /// Whether it holds a date or a time, which is what takes `[gt]`, `[gte]`, `[lt]` and `[lte]`.
    pub(crate) fn is_temporal(&self) -> bool {
        self.name.ends_with("_at") || self.name.ends_with("date") || self.name == "anniversary"
    }

    /// Both `where` and `order`.
    pub(crate) const fn indexed(self) -> Self {
        self.queried().ordered()
    }

    pub(crate) const fn on_request(mut self) -> Self {
        self.on_request = true;
        self
    }

    /// Missing from versions before this one.
    pub(crate) const fn since(mut self, version: &'static str) -> Self {
        self.since = version;
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

/// Attributes that only some may read.
pub(crate) struct Level {
    pub(crate) access: Access,
    pub(crate) attributes: &'static [&'static str],
}

pub(crate) const fn level(access: Access, attributes: &'static [&'static str]) -> Level {
    Level { access, attributes }
}

/// A relationship that every record of the type carries.
pub(crate) struct Relationship {
    pub(crate) name: &'static str,
    /// The type as the linkage names it, which is not always the record's own (`PrimaryCampus`).
    pub(crate) type_name: &'static str,
    pub(crate) many: bool,
    pub(crate) find: Find,
    /// The type and the way to what it leads to where `find` finds nothing.
    pub(crate) or: Option<(&'static str, Find)>,
}

impl Relationship {
    /// For a relationship to records of two types.
    pub(crate) const fn or(mut self, type_name: &'static str, find: Find) -> Self {
        self.or = Some((type_name, find));
        self
    }
}

pub(crate) const fn to_one(name: &'static str, type_name: &'static str, find: Find) -> Relationship {
    Relationship { name, type_name, many: false, find, or: None }
}

pub(crate) const fn to_many(name: &'static str, type_name: &'static str, find: Find) -> Relationship {
    Relationship { name, type_name, many: true, find, or: None }
}

/// A way from one record to others: a path segment, a link, and perhaps an include.
pub(crate) struct Edge {
    pub(crate) name: &'static str,
    pub(crate) resource: &'static Resource,
    pub(crate) many: bool,
    pub(crate) find: Find,
    pub(crate) filters: &'static [Filter],
    /// Filters that ask for other records than those which `find` finds, each with its own way to them.
    pub(crate) elsewhere: &'static [(&'static str, Find)],
    /// Which of several at the end of an edge to one the request's parameters mean; None: the first.
    pub(crate) meant: Option<Keep>,
    /// Who may follow it; None: whoever the product's own rule lets in. For others it is 403.
    pub(crate) access: Option<Access>,
    /// How a record is created at its end.
    pub(crate) create: Option<Create>,
    /// Records reached over it can be neither changed nor deleted, whatever their type allows.
    pub(crate) read_only: bool,
}

pub(crate) const fn edge_to_many(name: &'static str, resource: &'static Resource, find: Find) -> Edge {
    Edge {
        name,
        resource,
        many: true,
        find,
        filters: &[],
        elsewhere: &[],
        meant: None,
        access: None,
        create: None,
        read_only: false,
    }
}

pub(crate) const fn edge_to_one(name: &'static str, resource: &'static Resource, find: Find) -> Edge {
    Edge { many: false, ..edge_to_many(name, resource, find) }
}

impl Edge {
    pub(crate) const fn filtered(mut self, filters: &'static [Filter]) -> Self {
        self.filters = filters;
        self
    }

    /// Filters that look elsewhere.
    pub(crate) const fn or_elsewhere(mut self, elsewhere: &'static [(&'static str, Find)]) -> Self {
        self.elsewhere = elsewhere;
        self
    }

    /// The records at its end that the query means, before any of them is left out.
    pub(crate) fn follow(&self, view: &View<'_>, id: Id, query: &Query) -> Vec<Id> {
        let asked = |(name, _): &&(&str, Find)| query.filters.iter().any(|filter| filter == name);
        let find = self.elsewhere.iter().find(asked).map_or(self.find, |(_, find)| *find);
        find(view, id)
    }

    /// Of several at its end, an edge to one leads to the first for which this holds.
    pub(crate) const fn meant_by(mut self, meant: Keep) -> Self {
        self.meant = Some(meant);
        self
    }

    /// Who may follow it, where the product's own rule does not fit.
    pub(crate) const fn followed_by(mut self, access: Access) -> Self {
        self.access = Some(access);
        self
    }

    /// What `POST` does at its end.
    pub(crate) const fn created(mut self, create: Create) -> Self {
        self.create = Some(create);
        self
    }

    /// Records cannot be written by this way.
    pub(crate) const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// `meta.can_filter`.
    pub(crate) fn filter_names(&self) -> Vec<&'static str> {
        let named = self.filters.iter().filter(|filter| filter.lifted_by.is_empty());
        sorted(named.map(|filter| filter.name).chain(self.elsewhere.iter().map(|(name, _)| *name)))
    }
}

/// A named filter of an edge.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) keep: Keep,
    /// Not empty for a rule that holds by itself until one of these filters is asked for.
    pub(crate) lifted_by: &'static [&'static str],
}

pub(crate) const fn filter(name: &'static str, keep: Keep) -> Filter {
    Filter { name, keep, lifted_by: &[] }
}

/// A rule without a name of its own: it holds unless the request names one of `lifted_by`.
pub(crate) const fn standing(keep: Keep, lifted_by: &'static [&'static str]) -> Filter {
    Filter { name: "", keep, lifted_by }
}

/// A `where` name with a meaning of its own, such as a search.
pub(crate) struct Condition {
    pub(crate) name: &'static str,
    pub(crate) test: Test,
}

/// How a condition is tested.
pub(crate) enum Test {
    Holds(Holds),
    /// How often the record is found: some searches list it once for each match.
    Counts(Count),
}

pub(crate) const fn condition(name: &'static str, holds: Holds) -> Condition {
    Condition { name, test: Test::Holds(holds) }
}

pub(crate) const fn counted(name: &'static str, count: Count) -> Condition {
    Condition { name, test: Test::Counts(count) }
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

impl Record {
    /// The person whom the record is about.
    pub(crate) fn person(self, church: &Church) -> Option<Id> {
        (self.resource.person)(church, self.id)
    }
}

/// One product: its root, and the API versions it knows.
pub(crate) struct Product {
    /// The scope and the first path segment.
    pub(crate) name: &'static str,
    pub(crate) root: &'static Resource,
    /// Ascending dates.
    pub(crate) versions: &'static [&'static str],
    /// Who may follow an edge that has no rule of its own.
    pub(crate) access: Access,
}
