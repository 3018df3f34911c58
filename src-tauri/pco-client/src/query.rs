//! What is asked of Planning Center: a product, a path below it, and parameters.

use url::Url;

const MAX_PER_PAGE: u8 = 100;

/// A Planning Center product, with its own path and API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Product {
    /// People.
    People,
    /// Services.
    Services,
}

impl Product {
    /// Path below the base address.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::People => "people/v2",
            Self::Services => "services/v2",
        }
    }

    /// The pinned `X-PCO-API-Version`, sent with every request.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::People => "2025-11-10",
            Self::Services => "2018-11-01",
        }
    }
}

/// One request's address, without base and offset. Planning Center silently ignores names it does
/// not know, so every name used has to be one it documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    product: Product,
    path: String,
    parameters: Vec<(String, String)>,
}

impl Query {
    /// Asks `product` for `path`, such as `people` or `people/123/emails`; the empty path is the
    /// product's organization.
    #[must_use]
    pub fn new(product: Product, path: impl Into<String>) -> Self {
        Self { product, path: path.into(), parameters: Vec::new() }
    }

    /// Related resources to bring along: `include=a,b`.
    #[must_use]
    pub fn include(self, names: &[&str]) -> Self {
        self.param("include", names.join(","))
    }

    /// The only attributes wanted of `kind`: `fields[Person]=a,b`.
    #[must_use]
    pub fn fields(self, kind: &str, names: &[&str]) -> Self {
        self.param(format!("fields[{kind}]"), names.join(","))
    }

    /// A named scope of the server: `filter=future`. Several go into one call, with commas between.
    #[must_use]
    pub fn filter(self, name: &str) -> Self {
        self.param("filter", name)
    }

    /// Equality on one attribute: `where[name]=value`.
    #[must_use]
    pub fn where_eq(self, name: &str, value: impl Into<String>) -> Self {
        self.param(format!("where[{name}]"), value)
    }

    /// Comparison on a date or time: `where[name][gte]=value`, with `gt`, `gte`, `lt` or `lte`.
    #[must_use]
    pub fn where_op(self, name: &str, operator: &str, value: impl Into<String>) -> Self {
        self.param(format!("where[{name}][{operator}]"), value)
    }

    /// Order by one attribute, descending with a leading `-`.
    #[must_use]
    pub fn order(self, name: &str) -> Self {
        self.param("order", name)
    }

    /// Records per page; the server's bounds are 1 and 100.
    #[must_use]
    pub fn per_page(self, count: u8) -> Self {
        self.param("per_page", count.clamp(1, MAX_PER_PAGE).to_string())
    }

    /// Any other parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The product asked.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// Everything that is asked, in one line: two queries that are equal in it have the same answer.
    #[must_use]
    pub fn target(&self) -> String {
        let mut parameters = url::form_urlencoded::Serializer::new(String::new());
        parameters.extend_pairs(&self.parameters);
        let (product, version) = (self.product.path(), self.product.version());
        format!("{version} /{product}/{}?{}", self.path, parameters.finish())
    }

    /// The path for logs: ids become `{id}`, and there is no query string.
    #[must_use]
    pub fn template(&self) -> String {
        let mut template = format!("/{}", self.product.path());
        for segment in self.segments() {
            template.push('/');
            template.push_str(if is_name(segment) { segment } else { "{id}" });
        }
        template
    }

    /// The whole address below `base`, or `None` when the path holds a segment that is neither a
    /// PCO name nor an id and might lead elsewhere.
    pub(crate) fn url(&self, base: &Url, offset: Option<u32>) -> Option<Url> {
        if !self.segments().all(is_segment) {
            return None;
        }
        let mut url = base.clone();
        let mut path = format!("/{}", self.product.path());
        for segment in self.segments() {
            path.push('/');
            path.push_str(segment);
        }
        url.set_path(&path);
        url.set_query(None);
        if !self.parameters.is_empty() || offset.is_some() {
            let mut pairs = url.query_pairs_mut();
            pairs.extend_pairs(&self.parameters);
            if let Some(offset) = offset {
                pairs.append_pair("offset", &offset.to_string());
            }
        }
        Some(url)
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        let path = Some(self.path.as_str()).filter(|path| !path.is_empty());
        path.into_iter().flat_map(|path| path.split('/'))
    }
}

/// PCO's own path words: `people`, `team_members`.
fn is_name(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'))
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.planningcenteronline.com").unwrap()
    }

    #[test]
    fn a_query_becomes_one_address_below_the_base() {
        let query = Query::new(Product::People, "people")
            .include(&["emails", "phone_numbers"])
            .fields("Person", &["name", "avatar"])
            .where_eq("status", "active")
            .where_op("created_at", "gte", "2024-01-01T00:00:00Z")
            .order("created_at")
            .per_page(200);
        let url = query.url(&base(), Some(50)).unwrap();
        assert_eq!(url.path(), "/people/v2/people");
        let pairs: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            pairs,
            [
                "include=emails,phone_numbers",
                "fields[Person]=name,avatar",
                "where[status]=active",
                "where[created_at][gte]=2024-01-01T00:00:00Z",
                "order=created_at",
                "per_page=100",
                "offset=50",
            ]
        );
    }

    #[test]
    fn the_empty_path_is_the_organization() {
        let query = Query::new(Product::Services, "");
        assert_eq!(
            query.url(&base(), None).unwrap().as_str(),
            "https://api.planningcenteronline.com/services/v2"
        );
        assert_eq!(query.template(), "/services/v2");
    }

    #[test]
    fn values_cannot_add_parameters() {
        let url = Query::new(Product::People, "people")
            .where_eq("search_name", "A&offset=7#x?y=z")
            .url(&base(), None)
            .unwrap();
        assert_eq!(url.query_pairs().count(), 1);
        assert_eq!(url.fragment(), None);
    }

    #[test]
    fn a_path_cannot_leave_its_product() {
        for path in [
            "people/../../oauth/token",
            "people//1",
            "people/1?x=y",
            "people/%2e%2e",
            "//evil.example",
            "people/1#",
            "people/",
            "people/a b",
            "people/.",
        ] {
            assert_eq!(Query::new(Product::People, path).url(&base(), None), None, "{path}");
        }
    }

    #[test]
    fn the_template_hides_ids_and_parameters() {
        let query = Query::new(Product::Services, "people/4511/schedules/9-a/accept").where_eq("name", "Ann");
        assert_eq!(query.template(), "/services/v2/people/{id}/schedules/{id}/accept");
        assert_eq!(Query::new(Product::People, "people/Ann").template(), "/people/v2/people/{id}");
    }
}
