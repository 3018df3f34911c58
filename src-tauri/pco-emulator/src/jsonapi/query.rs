//! The query string of a request, as Planning Center reads it: unknown names are kept but mean nothing.

use std::collections::BTreeMap;
use std::fmt::Write;

use url::form_urlencoded;

const PER_PAGE: usize = 25;
const MOST_PER_PAGE: usize = 100;

/// A parsed query string.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) per_page: usize,
    pub(crate) offset: usize,
    pub(crate) include: Vec<String>,
    /// `fields[Type]` by type.
    pub(crate) fields: BTreeMap<String, Vec<String>>,
    pub(crate) conditions: Vec<Where>,
    /// Sort keys, the first one first; `-` before a name turns it around.
    pub(crate) order: Vec<String>,
    pub(crate) filters: Vec<String>,
    pairs: Vec<(String, String)>,
}

/// One `where[name]=value` or `where[name][operator]=value`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Where {
    pub(crate) name: String,
    pub(crate) operator: Option<String>,
    pub(crate) value: String,
}

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        let mut query = Self { per_page: PER_PAGE, ..Self::default() };
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            query.pairs.push((name.into_owned(), value.into_owned()));
        }
        query.pairs.sort();
        for (name, value) in &query.pairs {
            match brackets(name).as_slice() {
                ["per_page"] => query.per_page = per_page(value),
                ["offset"] => query.offset = value.parse().unwrap_or(0),
                ["include"] => add(&mut query.include, value),
                ["filter"] => add(&mut query.filters, value),
                ["order"] => {
                    query.order.clear();
                    add(&mut query.order, value);
                }
                ["fields", type_name] => {
                    add(query.fields.entry((*type_name).to_owned()).or_default(), value);
                }
                ["where", attribute] => query.conditions.push(Where::new(attribute, None, value)),
                ["where", attribute, operator] => {
                    query.conditions.push(Where::new(attribute, Some(operator), value));
                }
                _ => {}
            }
        }
        query
    }

    /// The value of a plain parameter, such as `after`.
    pub(crate) fn argument(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The values of a parameter that may be given several times, `name[]=a&name[]=b`, or as one list, `name=a,b`.
    pub(crate) fn arguments<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let given =
            self.pairs.iter().filter(move |(found, _)| found.strip_suffix("[]").unwrap_or(found) == name);
        given.flat_map(|(_, value)| value.split(',')).map(str::trim)
    }

    /// The names of all parameters, for strict mode.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// The query as links write it: sorted, brackets bare, with `offset` set when one is given.
    pub(crate) fn canonical(&self, offset: Option<usize>) -> String {
        let offset = offset.map(|offset| ("offset".to_owned(), offset.to_string()));
        let mut pairs: Vec<_> = self
            .pairs
            .iter()
            .filter(|(name, _)| offset.is_none() || name != "offset")
            .cloned()
            .chain(offset.clone())
            .collect();
        pairs.sort();
        let mut written = String::new();
        for (name, value) in pairs {
            let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
            let name = encoded.replace("%5B", "[").replace("%5D", "]");
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let mark = if written.is_empty() { '?' } else { '&' };
            write!(written, "{mark}{name}={value}").expect("a string takes any text");
        }
        written
    }
}

impl Where {
    fn new(name: &str, operator: Option<&str>, value: &str) -> Self {
        Self { name: name.to_owned(), operator: operator.map(str::to_owned), value: value.to_owned() }
    }
}

fn per_page(value: &str) -> usize {
    value.parse().map_or(PER_PAGE, |wanted: usize| wanted.clamp(1, MOST_PER_PAGE))
}

/// `a[b][c]` in its parts.
fn brackets(name: &str) -> Vec<&str> {
    name.split('[').map(|part| part.strip_suffix(']').unwrap_or(part)).collect()
}

/// Adds the names of a comma list, each once: a name given twice costs no more than once.
fn add(names: &mut Vec<String>, list: &str) {
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, Where};

    #[test]
    fn brackets_may_be_raw_or_encoded() {
        for raw in [
            "where[created_at][gte]=2024-01-01&fields[Person]=name,avatar",
            "where%5Bcreated_at%5D%5Bgte%5D=2024-01-01&fields%5BPerson%5D=name%2Cavatar",
        ] {
            let query = Query::parse(raw);
            assert_eq!(query.conditions, [Where::new("created_at", Some("gte"), "2024-01-01")]);
            assert_eq!(query.fields["Person"], ["name", "avatar"]);
        }
    }

    #[test]
    fn a_page_holds_one_to_a_hundred_records() {
        for (raw, expected) in
            [("", 25), ("per_page=100", 100), ("per_page=200", 100), ("per_page=0", 1), ("per_page=x", 25)]
        {
            assert_eq!(Query::parse(raw).per_page, expected, "{raw}");
        }
    }

    #[test]
    fn names_in_lists_count_once_in_the_order_in_which_they_came() {
        let query =
            Query::parse("order=-last_name,first_name,-last_name&include=emails,&include=emails,households");
        assert_eq!(query.order, ["-last_name", "first_name"]);
        assert_eq!(query.include, ["emails", "households"]);
    }

    #[test]
    fn links_are_sorted_with_bare_brackets_and_encoded_commas() {
        let query = Query::parse(
            "per_page=25&where%5Bsite_administrator%5D=false&include=emails,organization&offset=0",
        );
        assert_eq!(
            query.canonical(None),
            "?include=emails%2Corganization&offset=0&per_page=25&where[site_administrator]=false"
        );
        assert_eq!(Query::parse("include=team").canonical(Some(25)), "?include=team&offset=25");
        assert_eq!(Query::parse("").canonical(None), "");
    }
}
