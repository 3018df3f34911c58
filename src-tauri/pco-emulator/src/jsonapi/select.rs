//! `where`, `filter` and `order`: from all records at the end of an edge to those the request wants, in its order.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::query::{Query, Where};
use super::resource::{Edge, Resource};
use super::value::Value;
use super::view::View;
use crate::church::table::Id;

/// The ids that the query selects from `ids`, in its order. Names the edge does not know change nothing.
pub(crate) fn select(view: &View<'_>, edge: &Edge, ids: Vec<Id>, query: &Query) -> Vec<Id> {
    let mut ids = ids;
    for filter in edge.filters {
        let asked = if filter.lifted_by.is_empty() {
            query.filters.iter().any(|name| name == filter.name)
        } else {
            !query.filters.iter().any(|name| filter.lifted_by.contains(&name.as_str()))
        };
        if asked {
            ids.retain(|id| (filter.keep)(view, *id, query));
        }
    }
    for condition in &query.conditions {
        apply(view, edge.resource, &mut ids, condition);
    }
    order(view, edge.resource, ids, query.order.as_deref())
}

/// Whether `where` can mean anything for this type.
pub(crate) fn knows(resource: &Resource, condition: &Where) -> bool {
    let Some(attribute) = resource.attribute(&condition.name).filter(|attribute| attribute.queried) else {
        return condition.operator.is_none()
            && resource.conditions.iter().any(|known| known.name == condition.name);
    };
    match condition.operator.as_deref() {
        None => true,
        Some(operator) => attribute.name.ends_with("_at") && Comparison::parse(Some(operator)).is_some(),
    }
}

fn apply(view: &View<'_>, resource: &Resource, ids: &mut Vec<Id>, condition: &Where) {
    if !knows(resource, condition) {
        return;
    }
    if let Some(special) = resource.conditions.iter().find(|known| known.name == condition.name) {
        ids.retain(|id| (special.holds)(view, *id, &condition.value));
    } else if let Some(attribute) = resource.attribute(&condition.name) {
        let operand = Operand::new(&condition.value);
        let Some(comparison) = Comparison::parse(condition.operator.as_deref()) else { return };
        ids.retain(|id| {
            let person = (resource.person)(view, *id);
            resource.shows(attribute.name, view.viewer, person)
                && operand.holds(&(attribute.read)(view, *id), comparison)
        });
    }
}

fn order(view: &View<'_>, resource: &Resource, ids: Vec<Id>, wanted: Option<&str>) -> Vec<Id> {
    let Some(wanted) = wanted else { return ids };
    let (name, descending) = wanted.strip_prefix('-').map_or((wanted, false), |name| (name, true));
    let special = resource.orders.iter().find(|order| order.name == name);
    let attribute = resource.attribute(name).filter(|attribute| attribute.ordered);
    let Some(key) = special.map(|order| order.key).or(attribute.map(|attribute| attribute.read)) else {
        return ids;
    };
    let drops_null = special.is_some_and(|order| order.drops_null);
    let mut keyed: Vec<_> = ids
        .into_iter()
        .map(|id| (key(view, id), id))
        .filter(|(value, _)| !(drops_null && *value == Value::Null))
        .collect();
    keyed.sort_by(|(left, left_id), (right, right_id)| {
        let by_value = left.compare(right);
        if descending { by_value.reverse() } else { by_value }.then(left_id.cmp(right_id))
    });
    keyed.into_iter().map(|(_, id)| id).collect()
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    fn parse(operator: Option<&str>) -> Option<Self> {
        match operator {
            None => Some(Self::Equal),
            Some("gt") => Some(Self::Greater),
            Some("gte") => Some(Self::GreaterOrEqual),
            Some("lt") => Some(Self::Less),
            Some("lte") => Some(Self::LessOrEqual),
            Some(_) => None,
        }
    }

    fn holds<T: PartialOrd>(self, value: &T, operand: &T) -> bool {
        match self {
            Self::Equal => value == operand,
            Self::Greater => value > operand,
            Self::GreaterOrEqual => value >= operand,
            Self::Less => value < operand,
            Self::LessOrEqual => value <= operand,
        }
    }
}

/// The right side of a condition, parsed once in every way it may be needed.
struct Operand {
    lowercase: String,
    integer: Option<i64>,
    flag: Option<bool>,
    day: Option<Date>,
    moment: Option<Timestamp>,
    local: Option<DateTime>,
}

impl Operand {
    fn new(text: &str) -> Self {
        let text = text.trim();
        let moment = text.parse::<Timestamp>().ok();
        let day = text.parse::<Date>().ok().filter(|_| moment.is_none() && text.len() <= "2026-01-01".len());
        Self {
            lowercase: text.to_lowercase(),
            integer: text.parse().ok(),
            flag: match text {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            day,
            moment: moment.or_else(|| Some(day?.to_zoned(TimeZone::UTC).ok()?.timestamp())),
            local: text.trim_end_matches('Z').parse().ok(),
        }
    }

    fn holds(&self, value: &Value<'_>, comparison: Comparison) -> bool {
        match value {
            Value::Null | Value::List(_) | Value::Json(_) | Value::Here(_) | Value::Number(_) => false,
            Value::Flag(flag) => self.flag == Some(*flag),
            Value::Integer(integer) => self.integer == Some(*integer),
            Value::Text(text) => text.to_lowercase() == self.lowercase,
            Value::Day(day) => self.local.is_some_and(|wanted| comparison.holds(day, &wanted.date())),
            Value::FalseUtc(local) => self.local.is_some_and(|wanted| comparison.holds(local, &wanted)),
            Value::Moment(moment) => self.moment.is_some_and(|wanted| match (comparison, self.day) {
                (Comparison::Equal, Some(_)) => *moment >= wanted && *moment < wanted + 24.hours(),
                _ => comparison.holds(moment, &wanted),
            }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;

    use super::{Comparison, Operand};
    use crate::jsonapi::value::Value;

    fn holds(value: &Value<'_>, operator: Option<&str>, operand: &str) -> bool {
        Operand::new(operand).holds(value, Comparison::parse(operator).unwrap())
    }

    #[test]
    fn text_matches_whole_and_without_case() {
        assert!(holds(&Value::from("Paul"), None, "paul"));
        assert!(holds(&Value::from("ÉLODIE"), None, "élodie"));
        assert!(!holds(&Value::from("Paula"), None, "paul"));
    }

    #[test]
    fn a_bare_date_means_the_whole_day() {
        let moment = Value::Moment("2018-02-22T23:59:59Z".parse::<Timestamp>().unwrap());
        assert!(holds(&moment, None, "2018-02-22"));
        assert!(!holds(&moment, None, "2018-02-23"));
        assert!(!holds(&moment, None, "2018-02-22T00:00:00Z"));
    }

    #[test]
    fn date_times_take_operators() {
        let moment = Value::Moment("2024-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        assert!(holds(&moment, Some("gte"), "2024-01-01T00:00:00Z"));
        assert!(!holds(&moment, Some("gt"), "2024-01-01T00:00:00Z"));
        assert!(holds(&moment, Some("lt"), "2024-01-02"));
        assert!(holds(&moment, Some("lte"), "2024-01-01"));
        assert!(!holds(&moment, Some("gte"), "not a date"));
    }
}
