//! Documents written down as Planning Center writes them, so that a page can be kept and read again.

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Document, Linkage, Meta, Object, Resource, WireDocument, WireMeta, WireOffset};

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Document", 3)?;
        document.serialize_field("data", &self.data)?;
        document.serialize_field("included", &self.included.records)?;
        document.serialize_field("meta", &WireMeta::from(self.meta))?;
        document.end()
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::<WireDocument>::deserialize(deserializer).map(|Object(wire)| wire.into())
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut resource = serializer.serialize_struct("Resource", 4)?;
        resource.serialize_field("type", &self.kind)?;
        resource.serialize_field("id", &self.id)?;
        resource.serialize_field("attributes", &self.attributes)?;
        resource.serialize_field("relationships", &self.relationships)?;
        resource.end()
    }
}

impl Serialize for Linkage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut linkage = serializer.serialize_struct("Linkage", 1)?;
        match self {
            Self::One(target) => linkage.serialize_field("data", target)?,
            Self::Many(targets) => linkage.serialize_field("data", targets)?,
        }
        linkage.end()
    }
}

impl From<Meta> for WireMeta {
    fn from(meta: Meta) -> Self {
        Self {
            total_count: meta.total_count,
            count: meta.count,
            next: meta.next_offset.map(|offset| Object(WireOffset { offset })),
        }
    }
}
