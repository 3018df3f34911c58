//! Documents as recorded: collections with links, data, included, meta; single records with data, included, meta.

use std::collections::{HashMap, HashSet};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::query::Query;
use super::resource::{Attribute, Edge, Guard, Product, Record, Resource};
use super::value::{Value, canary};
use super::view::View;
use crate::church::table::Id;

/// What a document is made from besides its records.
pub(crate) struct Setting<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) product: &'static Product,
    /// The path of the request.
    pub(crate) path: &'a str,
    /// Scheme, host and port, without a slash at the end.
    pub(crate) base: &'a str,
    pub(crate) query: &'a Query,
}

/// An object whose members keep their order.
pub(crate) struct Members<V>(Vec<(&'static str, V)>);

impl<V: Serialize> Serialize for Members<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
pub(crate) struct CollectionDocument<'a> {
    links: Members<String>,
    data: Vec<RecordObject<'a>>,
    included: Vec<RecordObject<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
pub(crate) struct SingleDocument<'a> {
    data: RecordObject<'a>,
    included: Vec<RecordObject<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
struct RecordObject<'a> {
    #[serde(rename = "type")]
    type_name: &'static str,
    id: String,
    attributes: Members<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationships: Option<Members<RelationshipObject>>,
    links: Members<Option<String>>,
}

#[derive(Serialize)]
struct RelationshipObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Related>,
    data: Linkage,
}

#[derive(Serialize)]
struct Related {
    related: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Linkage {
    One(Option<Identifier>),
    Many(Vec<Identifier>),
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    type_name: &'static str,
    id: String,
}

#[derive(Serialize, Default)]
struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Page>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<Page>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can_order_by: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can_query_by: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can_include: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can_filter: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Parent>,
}

#[derive(Serialize)]
struct Page {
    offset: usize,
}

#[derive(Serialize)]
struct Parent {
    id: String,
    #[serde(rename = "type")]
    type_name: &'static str,
}

impl From<Record> for Parent {
    fn from(record: Record) -> Self {
        Self { id: record.id.to_string(), type_name: record.resource.type_name }
    }
}

/// One page of `selected`, which the request reached over `edge` from `parent`.
pub(crate) fn collection<'a>(
    setting: &Setting<'a>,
    edge: &'static Edge,
    parent: Record,
    selected: &[Id],
) -> CollectionDocument<'a> {
    let query = setting.query;
    let page: Vec<Record> = selected
        .iter()
        .skip(query.offset)
        .take(query.per_page)
        .map(|id| Record { resource: edge.resource, id: *id })
        .collect();
    let next = Some(query.offset.saturating_add(query.per_page)).filter(|next| *next < selected.len());
    let prev = (query.offset > 0).then(|| query.offset.saturating_sub(query.per_page));
    let address = |offset| format!("{}{}{}", setting.base, setting.path, query.canonical(offset));
    let mut links = vec![("self", address(None))];
    links.extend(prev.map(|offset| ("prev", address(Some(offset)))));
    links.extend(next.map(|offset| ("next", address(Some(offset)))));
    CollectionDocument {
        links: Members(links),
        data: page.iter().map(|record| setting.object(*record, &query.include, Links::Own)).collect(),
        included: setting.included(&page),
        meta: Meta {
            total_count: Some(selected.len()),
            count: Some(page.len()),
            next: next.map(|offset| Page { offset }),
            prev: prev.map(|offset| Page { offset }),
            can_order_by: edge.resource.order_names(),
            can_query_by: edge.resource.query_names(),
            can_include: edge.resource.includes.to_vec(),
            can_filter: edge.filter_names(),
            parent: Some(parent.into()),
        },
    }
}

/// One record.
pub(crate) fn single<'a>(
    setting: &Setting<'a>,
    record: Record,
    parent: Option<Record>,
) -> SingleDocument<'a> {
    let mut data = setting.object(record, &setting.query.include, Links::AllEdges);
    if parent.is_some() && std::ptr::eq(record.resource, setting.product.root) {
        // Reached from a record, the organization names an address of itself that answers 404.
        let itself = format!("{}{}/{}", setting.base, setting.path.trim_end_matches('/'), record.id);
        data.links.0.retain(|(name, _)| *name != "self");
        data.links.0.push(("self", Some(itself)));
    }
    SingleDocument {
        data,
        included: setting.included(&[record]),
        meta: Meta {
            can_include: record.resource.includes.to_vec(),
            parent: parent.map(Parent::from),
            ..Meta::default()
        },
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    /// Collections and included records: `self` alone.
    Own,
    /// A single record: every edge, null where an edge to one leads nowhere.
    AllEdges,
}

impl<'a> Setting<'a> {
    fn object(&self, record: Record, include: &[String], links: Links) -> RecordObject<'a> {
        let Record { resource, id } = record;
        RecordObject {
            type_name: resource.type_name,
            id: id.to_string(),
            attributes: self.attributes(record),
            relationships: self.relationships(record, include),
            links: Members(self.links(record, links)),
        }
    }

    fn attributes(&self, Record { resource, id }: Record) -> Members<Value<'a>> {
        let wanted = self.query.fields.get(resource.type_name);
        let person = (resource.person)(self.view, id);
        let shown = resource.attributes.iter().filter(|attribute| match wanted {
            Some(names) => names.iter().any(|name| name == attribute.name),
            None => !attribute.on_request,
        });
        let known = shown.filter(|attribute| attribute.since <= self.view.version);
        let readable = known.filter(|attribute| resource.shows(attribute.name, self.view.viewer, person));
        let myself = person == Some(self.view.viewer.person);
        Members(readable.map(|attribute| (attribute.name, self.value(attribute, id, myself))).collect())
    }

    fn value(&self, attribute: &Attribute, id: Id, myself: bool) -> Value<'a> {
        if attribute.guard == Guard::Own && !myself {
            return canary(attribute.name, id);
        }
        match (attribute.read)(self.view, id) {
            Value::Here(path) => Value::from(format!("{}{path}", self.base)),
            value => value,
        }
    }

    /// The standing relationships and those of the included edges; `fields` keeps only what it names.
    fn relationships(&self, record: Record, include: &[String]) -> Option<Members<RelationshipObject>> {
        let Record { resource, id } = record;
        let wanted = self.query.fields.get(resource.type_name);
        let shown = |name: &str| wanted.is_none_or(|names| names.iter().any(|known| known == name));
        let mut members: Vec<(&'static str, RelationshipObject)> = Vec::new();
        for relationship in resource.relationships.iter().filter(|relationship| shown(relationship.name)) {
            let mut found = (relationship.type_name, (relationship.find)(self.view, id));
            if let Some((type_name, find)) = relationship.or.filter(|_| found.1.is_empty()) {
                found = (type_name, find(self.view, id));
            }
            let data = linkage(relationship.many, found.0, &found.1);
            members.push((relationship.name, RelationshipObject { links: None, data }));
        }
        for name in first_level(include) {
            let Some(edge) = self.included_edge(record, name).filter(|edge| shown(edge.name)) else {
                continue;
            };
            if members.iter().any(|(known, _)| *known == edge.name) {
                continue;
            }
            let data = linkage(edge.many, edge.resource.type_name, &(edge.find)(self.view, id));
            let related = format!("{}{}/{}", self.base, (resource.path)(self.view, id), edge.name);
            members.push((edge.name, RelationshipObject { links: Some(Related { related }), data }));
        }
        (!members.is_empty()).then_some(Members(members))
    }

    fn links(&self, Record { resource, id }: Record, links: Links) -> Vec<(&'static str, Option<String>)> {
        let own = format!("{}{}", self.base, (resource.path)(self.view, id));
        let mut members = Vec::new();
        if links == Links::AllEdges {
            for edge in resource.edges {
                let leads_somewhere = edge.many || !(edge.find)(self.view, id).is_empty();
                members.push((edge.name, leads_somewhere.then(|| format!("{own}/{}", edge.name))));
            }
        }
        members.push(("self", Some(own)));
        members
    }

    /// Records at the end of the included edges, one copy each, to a depth of two.
    fn included(&self, primary: &[Record]) -> Vec<RecordObject<'a>> {
        let mut seen: HashSet<(&'static str, Id)> =
            primary.iter().map(|record| (record.resource.type_name, record.id)).collect();
        let mut places: HashMap<(&'static str, Id), usize> = HashMap::new();
        let mut found: Vec<(Record, Vec<String>)> = Vec::new();
        for path in &self.query.include {
            let mut level: Vec<Record> = primary.to_vec();
            let mut names = path.split('.').take(2).peekable();
            while let Some(name) = names.next() {
                level = level.iter().flat_map(|record| self.across(*record, name)).collect();
                for record in &level {
                    let key = (record.resource.type_name, record.id);
                    if seen.insert(key) {
                        places.insert(key, found.len());
                        found.push((*record, Vec::new()));
                    }
                    if let (Some(below), Some(place)) = (names.peek(), places.get(&key)) {
                        found[*place].1.push((*below).to_owned());
                    }
                }
            }
        }
        found.iter().map(|(record, include)| self.object(*record, include, Links::Own)).collect()
    }

    /// The edge that `include=name` follows, if that is offered and the viewer may.
    fn included_edge(&self, record: Record, name: &str) -> Option<&'static Edge> {
        record.resource.included_edge(name).filter(|edge| {
            let access = edge.access.unwrap_or(self.product.access);
            access.allows(self.view.viewer, record.person(self.view))
        })
    }

    fn across(&self, record: Record, name: &str) -> Vec<Record> {
        let Some(edge) = self.included_edge(record, name) else { return Vec::new() };
        (edge.find)(self.view, record.id)
            .into_iter()
            .map(|id| Record { resource: edge.resource, id })
            .collect()
    }
}

fn first_level(include: &[String]) -> impl Iterator<Item = &str> {
    include.iter().filter_map(|path| path.split('.').next())
}

fn linkage(many: bool, type_name: &'static str, ids: &[Id]) -> Linkage {
    let mut identifiers = ids.iter().map(|id| Identifier { type_name, id: id.to_string() });
    if many { Linkage::Many(identifiers.collect()) } else { Linkage::One(identifiers.next()) }
}

/// The names in the query that mean nothing here, for strict mode.
pub(crate) fn unknown_names(resource: &Resource, edge: Option<&Edge>, query: &Query) -> Vec<String> {
    let mut unknown = Vec::new();
    for condition in &query.conditions {
        if edge.is_none() || !super::select::knows(resource, condition) {
            unknown.push(format!("where[{}]", condition.name));
        }
    }
    for order in &query.order {
        let name = order.strip_prefix('-').unwrap_or(order);
        if edge.is_none() || !resource.order_names().contains(&name) {
            unknown.push(format!("order={order}"));
        }
    }
    for name in &query.filters {
        let known = |edge: &Edge| {
            edge.filters.iter().any(|filter| filter.name == name || filter.lifted_by.contains(&name.as_str()))
                || edge.elsewhere.iter().any(|(known, _)| known == name)
        };
        if !edge.is_some_and(known) {
            unknown.push(format!("filter={name}"));
        }
    }
    for path in &query.include {
        let mut at = Some(resource);
        for name in path.split('.') {
            at = at.and_then(|resource| resource.included_edge(name)).map(|edge| edge.resource);
        }
        if at.is_none() || path.split('.').count() > 2 {
            unknown.push(format!("include={path}"));
        }
    }
    let arguments = ["per_page", "offset", "include", "filter", "order", "time", "service_type"];
    let argues = |name: &str| {
        arguments.contains(&name)
            || edge.is_some_and(|edge| edge.filters.iter().any(|filter| filter.name == name))
    };
    unknown.extend(query.names().filter(|name| !name.contains('[') && !argues(name)).map(str::to_owned));
    unknown
}
