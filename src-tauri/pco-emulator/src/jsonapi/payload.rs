//! The body of a write: `{"data": {"type": …, "attributes": {…}, "relationships": {…}}}`, read as leniently as Rails
//! reads it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value as Json;

use super::write::Problem;
use crate::church::table::Id;

/// What a body wants to assign.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Payload {
    #[serde(default)]
    attributes: BTreeMap<String, Json>,
    #[serde(default)]
    relationships: BTreeMap<String, Related>,
}

#[derive(Debug, Deserialize)]
struct Related {
    #[serde(default)]
    data: Json,
}

/// One assignment: not in the body, an explicit null, or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given<T> {
    Nothing,
    Null,
    Value(T),
}

impl<T> Given<T> {
    fn read(found: Option<&Json>, read: impl FnOnce(&Json) -> Result<T, Problem>) -> Result<Self, Problem> {
        match found {
            None => Ok(Self::Nothing),
            Some(Json::Null) => Ok(Self::Null),
            Some(value) => read(value).map(Self::Value),
        }
    }

    /// The value, if there is one.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Null => None,
        }
    }

    /// Assigns to what may be empty: null empties it.
    pub(crate) fn assign(self, place: &mut Option<T>) {
        match self {
            Self::Nothing => {}
            Self::Null => *place = None,
            Self::Value(value) => *place = Some(value),
        }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Nothing => Given::Nothing,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(change(value)),
        }
    }

    pub(crate) fn try_map<U>(
        self,
        change: impl FnOnce(T) -> Result<U, Problem>,
    ) -> Result<Given<U>, Problem> {
        Ok(match self {
            Self::Nothing => Given::Nothing,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(change(value)?),
        })
    }
}

impl Payload {
    /// Reads a body. None when it is no JSON object with a `data` object.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut body: Json = serde_json::from_slice(body).ok()?;
        let data = body.get_mut("data").filter(|data| data.is_object())?;
        serde_json::from_value(data.take()).ok()
    }

    /// The names in the body that `assignable` does not allow. A relationship `person` is as good as `person_id`.
    pub(crate) fn forbidden(&self, assignable: &[&str]) -> Vec<&str> {
        let attributes = self.attributes.keys().filter(|name| !assignable.contains(&name.as_str()));
        let relationships = self.relationships.keys().filter(|name| {
            !assignable.contains(&name.as_str()) && !assignable.contains(&format!("{name}_id").as_str())
        });
        attributes.chain(relationships).map(String::as_str).collect()
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Given<String>, Problem> {
        Given::read(self.attributes.get(name), |value| match value {
            Json::String(text) => Ok(text.clone()),
            Json::Number(_) | Json::Bool(_) => Ok(value.to_string()),
            _ => Err(Problem::new(name, "is invalid")),
        })
    }

    /// A text that must be there and not be blank.
    pub(crate) fn required_text(&self, name: &'static str) -> Result<String, Problem> {
        let text = self.text(name)?.value().filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Problem::new(name, "can't be blank"))
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<Given<bool>, Problem> {
        Given::read(self.attributes.get(name), |value| match (value, value.as_str()) {
            (Json::Bool(flag), _) => Ok(*flag),
            (_, Some("true" | "1")) => Ok(true),
            (_, Some("false" | "0")) => Ok(false),
            _ => value.as_i64().map(|number| number != 0).ok_or_else(|| Problem::new(name, "is invalid")),
        })
    }

    pub(crate) fn integer(&self, name: &'static str) -> Result<Given<i64>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
            number.ok_or_else(|| Problem::new(name, "is not a number"))
        })
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<Given<f64>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            number.filter(|number| number.is_finite()).ok_or_else(|| Problem::new(name, "is not a number"))
        })
    }

    /// A list of objects.
    pub(crate) fn entries(&self, name: &'static str) -> Result<Given<Vec<Entry>>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let entries = value.as_array().filter(|entries| entries.iter().all(Json::is_object));
            let entries = entries.ok_or_else(|| Problem::new(name, "is invalid"))?;
            Ok(entries.iter().cloned().map(Entry).collect())
        })
    }

    /// A list of texts; numbers are taken as such.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Given<Vec<String>>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let entries = value.as_array().into_iter().flatten().map(|entry| match entry {
                Json::String(text) => Some(text.clone()),
                Json::Number(number) => Some(number.to_string()),
                _ => None,
            });
            let texts = entries.collect::<Option<_>>().filter(|_| value.is_array());
            texts.ok_or_else(|| Problem::new(name, "is invalid"))
        })
    }

    pub(crate) fn day(&self, name: &'static str) -> Result<Given<Date>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let day = value.as_str().and_then(|text| text.get(..10)?.parse().ok());
            day.ok_or_else(|| Problem::new(name, "is not a valid date"))
        })
    }

    /// A time stamp; without a zone it is UTC.
    pub(crate) fn moment(&self, name: &'static str) -> Result<Given<Timestamp>, Problem> {
        Given::read(self.attributes.get(name), |value| {
            let moment = value
                .as_str()
                .and_then(|text| text.parse().ok().or_else(|| format!("{}Z", text.trim()).parse().ok()));
            moment.ok_or_else(|| Problem::new(name, "is not a valid time"))
        })
    }

    /// The record at the other end of a relationship, given as such or as the attribute `<name>_id`.
    pub(crate) fn related(&self, name: &'static str) -> Result<Given<Id>, Problem> {
        let linkage = self.relationships.get(name).map(|related| &related.data);
        let attribute = self.attributes.get(&format!("{name}_id"));
        Given::read(linkage.or(attribute), |value| {
            id(value.get("id").unwrap_or(value)).ok_or_else(|| Problem::must_exist(name))
        })
    }

    /// The type that a relationship's linkage names.
    pub(crate) fn related_type(&self, name: &str) -> Option<&str> {
        self.relationships.get(name)?.data.get("type")?.as_str()
    }

    /// The records at the other end of a relationship to many, or the ids in a list attribute of this name.
    pub(crate) fn ids(&self, name: &'static str) -> Result<Given<Vec<Id>>, Problem> {
        let linkage = self.relationships.get(name).map(|related| &related.data);
        Given::read(linkage.or_else(|| self.attributes.get(name)), |value| {
            let entries = value.as_array().ok_or_else(|| Problem::new(name, "is invalid"))?;
            let ids = entries.iter().map(|entry| id(entry.get("id").unwrap_or(entry)));
            ids.collect::<Option<_>>().ok_or_else(|| Problem::must_exist(name))
        })
    }
}

/// One object of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry(Json);

impl Entry {
    pub(crate) fn id(&self, name: &str) -> Option<Id> {
        id(self.0.get(name)?)
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }
}

/// Ids come as strings of digits or as numbers.
fn id(value: &Json) -> Option<Id> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::{Given, Payload};

    fn payload(data: &str) -> Payload {
        Payload::parse(format!(r#"{{"data":{data}}}"#).as_bytes()).unwrap()
    }

    #[test]
    fn a_body_without_data_is_none() {
        for body in ["", "{}", "[]", "null", r#"{"attributes":{}}"#, r#"{"data":3}"#, "a=b"] {
            assert!(Payload::parse(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn absent_null_and_given_differ() {
        let payload = payload(r#"{"attributes":{"nickname":null,"first_name":"Ana","grade":"3","child":1}}"#);
        assert_eq!(payload.text("nickname").unwrap(), Given::Null);
        assert_eq!(payload.text("middle_name").unwrap(), Given::Nothing);
        assert_eq!(payload.text("first_name").unwrap(), Given::Value("Ana".to_owned()));
        assert_eq!(payload.integer("grade").unwrap(), Given::Value(3));
        assert_eq!(payload.flag("child").unwrap(), Given::Value(true));
        let mut place = Some("Nan".to_owned());
        payload.text("middle_name").unwrap().assign(&mut place);
        assert_eq!(place.as_deref(), Some("Nan"));
        payload.text("nickname").unwrap().assign(&mut place);
        assert_eq!(place, None);
    }

    #[test]
    fn a_relationship_is_as_good_as_its_id_attribute() {
        for data in [
            r#"{"relationships":{"person":{"data":{"type":"Person","id":"12"}}}}"#,
            r#"{"attributes":{"person_id":"12"}}"#,
            r#"{"attributes":{"person_id":12}}"#,
        ] {
            let payload = payload(data);
            assert_eq!(payload.related("person").unwrap(), Given::Value(12), "{data}");
            assert!(payload.forbidden(&["person_id"]).is_empty(), "{data}");
            assert_eq!(payload.forbidden(&["team_id"]).len(), 1, "{data}");
        }
        assert!(payload(r#"{"attributes":{"person_id":"me"}}"#).related("person").is_err());
    }

    #[test]
    fn lists_of_ids_come_as_relationships_or_as_attributes() {
        let related = r#"{"relationships":{"times":{"data":[{"type":"PlanTime","id":"4"},{"type":"PlanTime","id":"2"}]}}}"#;
        for data in [related, r#"{"attributes":{"times":["4",2]}}"#] {
            assert_eq!(payload(data).ids("times").unwrap(), Given::Value(vec![4, 2]), "{data}");
        }
        assert!(payload(r#"{"attributes":{"times":"4"}}"#).ids("times").is_err());
    }

    #[test]
    fn days_and_times_are_checked() {
        let payload =
            payload(r#"{"attributes":{"a":"2026-02-28","b":"2026-02-30","c":"2026-02-28T10:00:00","d":4}}"#);
        assert_eq!(payload.day("a").unwrap(), Given::Value(date(2026, 2, 28)));
        assert!(payload.day("b").is_err());
        assert_eq!(payload.moment("c").unwrap(), Given::Value("2026-02-28T10:00:00Z".parse().unwrap()));
        assert!(payload.moment("d").is_err());
        assert!(payload.text("d").is_ok());
    }
}
