//! One attribute's value, kept typed until it is written so that conditions and orders need no parsing.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Serialize, Serializer};

use crate::church::table::Id;

/// A value as a resource description reads it from the church.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Flag(bool),
    Integer(i64),
    Number(f64),
    Text(Cow<'a, str>),
    Day(Date),
    /// A true moment, written in UTC.
    Moment(Timestamp),
    /// The church's wall clock wearing a false `Z` (plan `sort_date`, `last_time_at`).
    FalseUtc(DateTime),
    /// A path on this server, written as a whole address.
    Here(String),
    List(Vec<Value<'a>>),
    Json(serde_json::Value),
}

/// A value no one should ever ask for; a leak is found by its first letters.
pub(crate) fn canary(name: &str, id: Id) -> Value<'static> {
    Value::from(format!("CNRY-PII-{name}-{id}"))
}

impl Value<'_> {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as it is sorted: text without regard to case.
    pub(crate) fn folded(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Owned(text.to_lowercase())),
            value => value,
        }
    }

    /// Order as a database gives it: null after everything.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            (Self::Flag(left), Self::Flag(right)) => left.cmp(right),
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Day(left), Self::Day(right)) => left.cmp(right),
            (Self::Moment(left), Self::Moment(right)) => left.cmp(right),
            (Self::FalseUtc(left), Self::FalseUtc(right)) => left.cmp(right),
            _ => Ordering::Equal,
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Here(path) => serializer.serialize_str(path),
            Self::Day(day) => serializer.collect_str(day),
            Self::Moment(moment) => serializer.collect_str(moment),
            Self::FalseUtc(local) => serializer.collect_str(&format_args!("{local}Z")),
            Self::List(values) => values.serialize(serializer),
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a Cow<'static, str>> for Value<'a> {
    fn from(text: &'a Cow<'static, str>) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<usize> for Value<'_> {
    fn from(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// An id-like attribute: Planning Center writes those as numbers although `id` itself is a string.
impl From<u64> for Value<'_> {
    fn from(id: u64) -> Self {
        Self::Integer(i64::try_from(id).unwrap_or(i64::MAX))
    }
}

impl From<Date> for Value<'_> {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cmp::Ordering;

    use jiff::civil::date;

    use super::Value;

    #[test]
    fn times_are_written_as_planning_center_writes_them() {
        let written = |value: Value<'_>| serde_json::to_string(&value).unwrap();
        assert_eq!(written(Value::FalseUtc(date(2026, 11, 22).at(9, 0, 0, 0))), r#""2026-11-22T09:00:00Z""#);
        assert_eq!(
            written(Value::Moment("2026-11-22T14:00:00Z".parse().unwrap())),
            r#""2026-11-22T14:00:00Z""#
        );
        assert_eq!(written(Value::Day(date(1885, 3, 4))), r#""1885-03-04""#);
    }

    #[test]
    fn null_comes_last_and_text_ignores_case() {
        assert_eq!(Value::Null.compare(&Value::from("a")), Ordering::Greater);
        assert_eq!(Value::from("adeyemi").folded().compare(&Value::from("Brandt").folded()), Ordering::Less);
        assert_eq!(Value::Integer(2).compare(&Value::Integer(10)), Ordering::Less);
    }
}
