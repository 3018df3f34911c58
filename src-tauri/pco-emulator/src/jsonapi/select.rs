//! `where`, `filter` and `order`: from all records at the end of an edge to those the request wants, in its order.

use std::cmp::Ordering;
use std::iter::repeat_n;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::query::{Query, Where};
use super::resource::{Edge, Read, Resource, Test};
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
    order(view, edge.resource, ids, &query.order)
}

/// Whether `where` can mean anything for this type.
pub(crate) fn knows(resource: &Resource, condition: &Where) -> bool {
    let Some(attribute) = resource.attribute(&condition.name).filter(|attribute| attribute.queried) else {
        return condition.operator.is_none()
            && resource.conditions.iter().any(|known| known.name == condition.name);
    };
    match condition.operator.as_deref() {
        None => true,
        Some(operator) => attribute.is_temporal() && Comparison::parse(Some(operator)).is_some(),
    }
}

fn apply(view: &View<'_>, resource: &Resource, ids: &mut Vec<Id>, condition: &Where) {
    if !knows(resource, condition) {
        return;
    }
    if let Some(special) = resource.conditions.iter().find(|known| known.name == condition.name) {
        match special.test {
            Test::Holds(holds) => ids.retain(|id| holds(view, *id, &condition.value)),
            Test::Counts(count) => {
                let found = ids.iter().flat_map(|id| repeat_n(*id, count(view, *id, &condition.value)));
                *ids = found.collect();
            }
        }
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

/// One key of an order: how it reads a row, and which way it goes.
struct SortKey {
    read: Read,
    descending: bool,
    drops_null: bool,
}

impl SortKey {
    /// None for a name that the type does not order by.
    fn parse(resource: &Resource, wanted: &str) -> Option<Self> {
        let (name, descending) = wanted.strip_prefix('-').map_or((wanted, false), |name| (name, true));
        if let Some(special) = resource.orders.iter().find(|order| order.name == name) {
            return Some(Self { read: special.key, descending, drops_null: special.drops_null });
        }
        let attribute = resource.attribute(name).filter(|attribute| attribute.ordered)?;
        Some(Self { read: attribute.read, descending, drops_null: false })
    }

    fn value<'a>(&self, view: &'a View<'a>, id: Id) -> Value<'a> {
        (self.read)(view, id).folded()
    }

    fn compare(&self, left: &Value<'_>, right: &Value<'_>) -> Ordering {
        let ascending = left.compare(right);
        if self.descending { ascending.reverse() } else { ascending }
    }
}

fn order(view: &View<'_>, resource: &Resource, ids: Vec<Id>, wanted: &[String]) -> Vec<Id> {
    let keys: Vec<SortKey> = wanted.iter().filter_map(|name| SortKey::parse(resource, name)).collect();
    match keys.as_slice() {
        [] => ids,
        // The usual case, and of every row of a large church: without a list for each of them.
        [key] => sorted(view, ids, |view, id| [key.value(view, id)], std::slice::from_ref(key)),
        keys => {
            sorted(view, ids, |view, id| keys.iter().map(|key| key.value(view, id)).collect::<Vec<_>>(), keys)
        }
    }
}

/// By their values, and where these are the same by id.
fn sorted<'a, V: AsRef<[Value<'a>]>>(
    view: &'a View<'a>,
    ids: Vec<Id>,
    values: impl Fn(&'a View<'a>, Id) -> V,
    keys: &[SortKey],
) -> Vec<Id> {
    let drops = |values: &V| {
        let mut pairs = keys.iter().zip(values.as_ref());
        pairs.any(|(key, value)| key.drops_null && value.is_null())
    };
    let mut rows: Vec<(V, Id)> =
        ids.into_iter().map(|id| (values(view, id), id)).filter(|(values, _)| !drops(values)).collect();
    rows.sort_by(|(left, left_id), (right, right_id)| {
        let pairs = left.as_ref().iter().zip(right.as_ref());
        let mut differences = keys.iter().zip(pairs).map(|(key, (left, right))| key.compare(left, right));
        differences.find(|difference| difference.is_ne()).unwrap_or_else(|| left_id.cmp(right_id))
    });
    rows.into_iter().map(|(_, id)| id).collect()
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
    use jiff::civil::date;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::{Comparison, Operand, select};
    use crate::church::Church;
    use crate::church::people::rows::{Person, PhoneNumber};
    use crate::church::rights::{Rights, Viewer};
    use crate::config::EmulatorConfig;
    use crate::jsonapi::query::Query;
    use crate::jsonapi::value::Value;
    use crate::jsonapi::view::View;
    use crate::products::people::PRODUCT;

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
        let day = Value::Day(date(1984, 5, 6));
        assert!(holds(&day, Some("gte"), "1984-05-06") && !holds(&day, Some("lt"), "1984-05-06"));
    }

    #[test]
    fn an_offset_in_a_time_counts() {
        let moment = Value::Moment("2024-01-01T05:00:00Z".parse::<Timestamp>().unwrap());
        assert!(holds(&moment, None, "2024-01-01T00:00:00-05:00"));
    }

    /// The church's people as `/people/v2/people` selects them.
    fn selected(church: &Church, query: &str) -> Vec<u64> {
        let viewer = Viewer { person: church.staff, rights: Rights::ORGANIZATION_ADMINISTRATOR };
        let view = View { church, viewer, version: "2025-11-10" };
        let edge = PRODUCT.root.edge("people").unwrap();
        select(&view, edge, church.people.ids(), &Query::parse(query))
    }

    #[test]
    fn a_search_lists_a_person_once_for_each_number_that_matches() {
        let mut church = Church::new(&EmulatorConfig::default());
        let (_, number) = church.phone_numbers.iter().next().unwrap();
        let again = PhoneNumber { primary: false, ..number.clone() };
        let (person, digits) = (again.person, again.number.to_string());
        let query = format!("where[search_phone_number]={digits}");
        let once = selected(&church, &query).into_iter().filter(|id| *id == person).count();
        church.phone_numbers.add(again);
        let twice = selected(&church, &query).into_iter().filter(|id| *id == person).count();
        assert_eq!((once, twice), (1, 2));
        let combined = format!("where[search_name_or_email_or_phone_number]={digits}");
        assert_eq!(selected(&church, &combined).into_iter().filter(|id| *id == person).count(), 1);
    }

    fn naive(operator: &str, value: i64, operand: i64) -> bool {
        match operator {
            "gt" => value > operand,
            "gte" => value >= operand,
            "lt" => value < operand,
            "lte" => value <= operand,
            _ => value == operand,
        }
    }

    thread_local! {
        static CHURCH: Church =
            Church::new(&EmulatorConfig { today: Some(date(2026, 11, 20)), ..EmulatorConfig::default() });
    }

    proptest! {
        /// Any number of conditions on times keeps what a plain comparison of seconds keeps, in id order.
        #[test]
        fn conditions_on_times_agree_with_a_naive_model(
            conditions in prop::collection::vec(
                (
                    prop::sample::select(vec!["created_at", "updated_at"]),
                    prop::sample::select(vec!["gt", "gte", "lt", "lte", "eq"]),
                    any::<Index>(),
                    -1_i64..=1,
                ),
                1..4,
            )
        ) {
            CHURCH.with(|church| {
                let ids = church.people.ids();
                let read = |person: &Person, name: &str| {
                    if name == "created_at" { person.created_at } else { person.updated_at }.as_second()
                };
                let mut query = String::new();
                let mut model: Vec<u64> = ids.clone();
                for (name, operator, place, shift) in &conditions {
                    // Operands lie on a row's own time or a second beside it, where mistakes would show.
                    let operand = read(&church.people[*place.get(&ids)], name) + shift;
                    let written = Timestamp::from_second(operand).unwrap();
                    let bracket = if *operator == "eq" { String::new() } else { format!("[{operator}]") };
                    query = format!("{query}where[{name}]{bracket}={written}&");
                    model.retain(|id| naive(operator, read(&church.people[*id], name), operand));
                }
                prop_assert_eq!(selected(church, &query), model);
                Ok(())
            })?;
        }

        /// A bare date with an operator stands for its midnight, without one for the whole day, in UTC.
        #[test]
        fn bare_dates_agree_with_a_naive_model(
            operator in prop::sample::select(vec!["gt", "gte", "lt", "lte", "eq"]),
            place in any::<Index>(),
            days in -1_i64..=1,
        ) {
            CHURCH.with(|church| {
                let ids = church.people.ids();
                let near = church.people[*place.get(&ids)].created_at + SignedDuration::from_hours(24 * days);
                let day = near.to_string()[..10].to_owned();
                let midnight = format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap().as_second();
                let bracket = if operator == "eq" { String::new() } else { format!("[{operator}]") };
                let kept = |id: &u64| {
                    let created_at = church.people[*id].created_at;
                    match operator {
                        "eq" => created_at.to_string()[..10] == day,
                        _ => naive(operator, created_at.as_second(), midnight),
                    }
                };
                let model: Vec<u64> = ids.iter().copied().filter(kept).collect();
                prop_assert_eq!(selected(church, &format!("where[created_at]{bracket}={day}")), model);
                Ok(())
            })?;
        }

        /// The first key decides, then the next, then the id; `-` turns one key around and no other.
        #[test]
        fn several_keys_order_one_after_the_other(last_name_down: bool, created_at_down: bool) {
            CHURCH.with(|church| {
                let sign = |down: bool| if down { "-" } else { "" };
                let (first, second) = (sign(last_name_down), sign(created_at_down));
                let found = selected(church, &format!("order={first}last_name,{second}created_at"));
                let mut model = church.people.ids();
                model.sort_by(|left, right| {
                    let row = |id: &u64| &church.people[*id];
                    let names = row(left).last_name.to_lowercase().cmp(&row(right).last_name.to_lowercase());
                    let times = row(left).created_at.cmp(&row(right).created_at);
                    let names = if last_name_down { names.reverse() } else { names };
                    let times = if created_at_down { times.reverse() } else { times };
                    names.then(times).then(left.cmp(right))
                });
                prop_assert_eq!(found, model);
                Ok(())
            })?;
        }
    }
}
