//! JSON:API documents as Planning Center writes them: typed access to attributes and linkage,
//! tolerant of everything it adds, omits or spells differently.

mod written;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::error::ApiError;

/// Linkage names another type than the record has: PCO types some relationships by their role.
const ROLE_TYPES: [(&str, &str); 2] = [("PrimaryCampus", "Campus"), ("Assignee", "Person")];

/// Of what an error says about the place at fault, in characters.
const LONGEST_PLACE: usize = 80;

/// One answer: a collection, a single record (then `data` has one entry), or nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The primary records, in the server's order.
    pub data: Vec<Resource>,
    /// Records brought along.
    pub included: Included,
    /// Counts and paging.
    pub meta: Meta,
}

/// Counts and paging of a collection. Any of them may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Records in the whole collection.
    pub total_count: Option<u64>,
    /// Records in this page.
    pub count: Option<u64>,
    /// Where the next page starts; missing on the last one.
    pub next_offset: Option<u64>,
}

/// A record's type and id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceId {
    /// JSON:API type, such as `Person`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id: mostly digits, always text.
    #[serde(deserialize_with = "id_string")]
    pub id: String,
}

/// One record. Its attributes are personal data, so printing shows only type and id.
#[derive(Clone, Deserialize)]
pub struct Resource {
    /// JSON:API type, such as `Person`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id: mostly digits, always text.
    #[serde(deserialize_with = "id_string")]
    pub id: String,
    /// As written: in memory no longer than on the wire, whatever is in it.
    #[serde(default)]
    attributes: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "relationships")]
    relationships: BTreeMap<String, Linkage>,
}

/// Records brought along, found by type and id.
#[derive(Clone, Debug, Default)]
pub struct Included {
    records: Vec<Resource>,
    by_id: HashMap<String, Vec<usize>>,
}

#[derive(Clone)]
enum Linkage {
    One(ResourceId),
    Many(Vec<ResourceId>),
}

impl Document {
    /// Reads a body. `template` names the request in the error.
    ///
    /// # Errors
    /// [`ApiError::Decode`] with the place at fault.
    pub fn parse(body: &[u8], template: &str) -> Result<Self, ApiError> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let Object(wire): Object<WireDocument> = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| decode_error(&error, "", template))?;
        json.end().map_err(|_| ApiError::Decode {
            path: "after the document".to_owned(),
            template: template.to_owned(),
        })?;
        Ok(wire.into())
    }

    /// The record of a single-record document.
    ///
    /// # Errors
    /// [`ApiError::Decode`] when there is none or more than one.
    pub fn single(&self) -> Result<&Resource, ApiError> {
        match self.data.as_slice() {
            [record] => Ok(record),
            records => Err(ApiError::Decode {
                path: "data".to_owned(),
                template: format!("{} records in place of one", records.len()),
            }),
        }
    }
}

impl Resource {
    /// This record's type and id.
    #[must_use]
    pub fn resource_id(&self) -> ResourceId {
        ResourceId { kind: self.kind.clone(), id: self.id.clone() }
    }

    /// The attributes as a type. Attributes that the person may not see are missing, and nearly
    /// every one can be null, so fields are best optional.
    ///
    /// # Errors
    /// [`ApiError::Decode`] naming the attribute, never its value.
    pub fn attributes<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let attributes = self.attributes.as_deref().map_or("{}", RawValue::get);
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(attributes))
            .map_err(|error| decode_error(&error, "attributes.", &self.kind))
    }

    /// Target of a to-one relationship; `None` when it is absent or null.
    #[must_use]
    pub fn to_one(&self, name: &str) -> Option<&ResourceId> {
        match self.relationships.get(name)? {
            Linkage::One(target) => Some(target),
            Linkage::Many(_) => None,
        }
    }

    /// Targets of a relationship; empty when it is absent.
    #[must_use]
    pub fn to_many(&self, name: &str) -> &[ResourceId] {
        match self.relationships.get(name) {
            None => &[],
            Some(Linkage::One(target)) => std::slice::from_ref(target),
            Some(Linkage::Many(targets)) => targets,
        }
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Resource({} {})", self.kind, self.id)
    }
}

impl Included {
    fn new(records: Vec<Resource>) -> Self {
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, record) in records.iter().enumerate() {
            by_id.entry(record.id.clone()).or_default().push(index);
        }
        Self { records, by_id }
    }

    /// The record that `target` points at. Ids are unique per type only, so the type counts, but a
    /// role (`PrimaryCampus`) finds the record behind it (`Campus`).
    #[must_use]
    pub fn get(&self, target: &ResourceId) -> Option<&Resource> {
        self.find(&target.kind, &target.id)
    }

    /// The record of this type and id.
    #[must_use]
    pub fn find(&self, kind: &str, id: &str) -> Option<&Resource> {
        let candidates = self.by_id.get(id)?;
        let find = |kind: &str| {
            candidates.iter().map(|&index| &self.records[index]).find(|record| record.kind == kind)
        };
        let by_role = || ROLE_TYPES.iter().find(|(role, _)| *role == kind).and_then(|(_, kind)| find(kind));
        find(kind).or_else(by_role)
    }

    /// Every included record.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.records.iter()
    }
}

/// For `#[serde(deserialize_with)]`: an id that may arrive as text or as a number.
///
/// # Errors
/// Anything that is neither text nor a whole number.
fn id_string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(IdVisitor)
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an id as text or number")
    }

    fn visit_str<E>(self, id: &str) -> Result<String, E> {
        Ok(id.to_owned())
    }

    fn visit_string<E>(self, id: String) -> Result<String, E> {
        Ok(id)
    }

    fn visit_u64<E>(self, id: u64) -> Result<String, E> {
        Ok(id.to_string())
    }

    fn visit_i64<E>(self, id: i64) -> Result<String, E> {
        Ok(id.to_string())
    }
}

/// A structure that is written as an object. What serde derives would read a list of its members, too.
#[derive(Default, Serialize)]
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(value::MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

#[derive(Deserialize)]
struct WireDocument {
    data: Primary,
    #[serde(default, deserialize_with = "null_as_empty")]
    included: Vec<Object<Resource>>,
    #[serde(default, deserialize_with = "null_as_empty")]
    meta: Object<WireMeta>,
}

impl From<WireDocument> for Document {
    fn from(wire: WireDocument) -> Self {
        Self { data: wire.data.0, included: Included::new(bare(wire.included)), meta: wire.meta.0.into() }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct WireMeta {
    #[serde(default)]
    total_count: Option<u64>,
    #[serde(default)]
    count: Option<u64>,
    #[serde(default)]
    next: Option<Object<WireOffset>>,
}

#[derive(Serialize, Deserialize)]
struct WireOffset {
    offset: u64,
}

impl From<WireMeta> for Meta {
    fn from(wire: WireMeta) -> Self {
        Self {
            total_count: wire.total_count,
            count: wire.count,
            next_offset: wire.next.map(|Object(next)| next.offset),
        }
    }
}

/// `data` in its three forms. By hand rather than untagged, which would lose the path in errors.
struct Primary(Vec<Resource>);

impl<'de> Deserialize<'de> for Primary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PrimaryVisitor;

        impl<'de> Visitor<'de> for PrimaryVisitor {
            type Value = Primary;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a record, a list of records, or null")
            }

            fn visit_unit<E>(self) -> Result<Primary, E> {
                Ok(Primary(Vec::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Primary, A::Error> {
                Resource::deserialize(value::MapAccessDeserializer::new(map))
                    .map(|record| Primary(vec![record]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, records: A) -> Result<Primary, A::Error> {
                Vec::deserialize(value::SeqAccessDeserializer::new(records))
                    .map(|records| Primary(bare(records)))
            }
        }

        deserializer.deserialize_any(PrimaryVisitor)
    }
}

/// Linkage that is null, missing or in an unknown form is simply not there.
fn relationships<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Linkage>, D::Error> {
    #[derive(Deserialize)]
    struct WireLinkage<T> {
        data: T,
    }
    // Not an untagged enum: serde would take a copy of everything apart first, many times as long as what is written.
    let linkage = |raw: &RawValue| {
        let one = serde_json::from_str(raw.get())
            .map(|Object(WireLinkage { data: Object(target) })| Linkage::One(target));
        one.or_else(|_| {
            serde_json::from_str(raw.get()).map(|Object(WireLinkage { data })| Linkage::Many(bare(data)))
        })
        .ok()
    };
    let wire = Option::<BTreeMap<String, Box<RawValue>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(wire.into_iter().filter_map(|(name, raw)| Some((name, linkage(&raw)?))).collect())
}

fn bare<T>(objects: Vec<Object<T>>) -> Vec<T> {
    objects.into_iter().map(|Object(bare)| bare).collect()
}

fn null_as_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Keeps the place and drops serde's text, which quotes values. The names in a place are the body's own, so it is cut
/// and cleaned to what a line of a log may hold.
fn decode_error(
    error: &serde_path_to_error::Error<serde_json::Error>,
    prefix: &str,
    template: &str,
) -> ApiError {
    let path = match error.inner().classify() {
        serde_json::error::Category::Eof => "end of input".to_owned(),
        _ => format!("{prefix}{}", error.path())
            .chars()
            .take(LONGEST_PLACE)
            .map(|sign| if sign.is_ascii_alphanumeric() || "._[]".contains(sign) { sign } else { '?' })
            .collect(),
    };
    ApiError::Decode { path, template: template.to_owned() }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
