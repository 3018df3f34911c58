//! `GET /{product}/v2/…`: who asks, how often, in which version; then the route, the rows and the document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::answer::{
    Answer, Asked, bad_request, error, front_page, no_such_route, not_found, too_many_requests, unauthorized,
};
use crate::church::Church;
use crate::clock;
use crate::config::Role;
use crate::hex::hex;
use crate::jsonapi::document::{self, Setting};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::{Guard, Product, Resource};
use crate::jsonapi::route::{self, Found};
use crate::jsonapi::select;
use crate::oauth::AccessRefusal;
use crate::products;
use crate::server::Shared;

/// Offsets from here on have a limit of their own.
const DEEP_OFFSET: usize = 30_000;

/// Who is asking.
struct Caller {
    /// What the rate limit counts by.
    key: String,
    /// None for a Personal Access Token, which may read everything.
    scope: Option<String>,
    method: &'static str,
}

/// Answers a request for a product's data.
pub(crate) fn answer(shared: &Shared, asked: &Asked, claimed_total: Option<usize>) -> Answer {
    if asked.header("user-agent").is_none_or(|agent| agent.trim().is_empty()) {
        return front_page(403, "Forbidden").at("(no user agent)");
    }
    let mut segments = asked.path.trim_matches('/').split('/');
    let product = segments.next().and_then(products::product).filter(|_| segments.next() == Some("v2"));
    let Some(product) = product else { return not_found().at("(unknown)") };
    let unknown = format!("/{}/v2/(unknown)", product.name);
    if asked.method != "GET" && asked.method != "HEAD" {
        return no_such_route().at(unknown);
    }
    let caller = match authenticate(shared, asked) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.at(unknown),
    };
    let query = Query::parse(&asked.query);
    let (count, refusal) = count(shared, &caller.key, &query);
    let segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    let church = shared.church();
    let answer = match refusal.or_else(|| forbid(shared, product, &caller)) {
        Some(refusal) => refusal.at(unknown),
        None => match route::follow(product, &church, &segments) {
            None => not_found().at(unknown),
            Some(route) => {
                find(shared, asked, &query, &church, product, &segments, &route.found, claimed_total)
                    .at(route.template)
            }
        },
    };
    let limit = shared.config.rate_limit;
    answer
        .with("x-pco-api-request-rate-limit", limit.count.to_string())
        .with("x-pco-api-request-rate-period", limit.seconds.to_string())
        .with("x-pco-api-request-rate-count", count.to_string())
        .with("x-pco-api-processor", "ENG_2.2.2")
        .with("x-pco-api-auth-method", caller.method)
        .with("access-control-allow-origin", "*")
        .with("vary", "Accept, Accept-Encoding, Origin")
}

/// `GET /check`: the organization and the person of a token.
pub(crate) fn check(shared: &Shared, asked: &Asked) -> Answer {
    if let Err(refusal) = authenticate(shared, asked) {
        return refusal;
    }
    let church = shared.church();
    Answer::json(200, &json!({ "organization_id": church.organization_id, "person_id": church.staff }))
}

fn authenticate(shared: &Shared, asked: &Asked) -> Result<Caller, Answer> {
    let (kind, credentials) =
        asked.header("authorization").and_then(|header| header.split_once(' ')).unwrap_or_default();
    if kind.eq_ignore_ascii_case("bearer") {
        return match shared.oauth().present(credentials.trim(), clock::now().as_second()) {
            Ok(access) => {
                Ok(Caller { key: credentials.trim().to_owned(), scope: Some(access.scope), method: "OAuth" })
            }
            Err(AccessRefusal::Expired) => Err(unauthorized(Some("BABOON"))),
            Err(AccessRefusal::Revoked) => Err(unauthorized(Some("CAPUCHIN"))),
            Err(AccessRefusal::Unknown) => Err(unauthorized(None)),
        };
    }
    let personal = shared.config.pat.as_ref().map(|(id, secret)| STANDARD.encode(format!("{id}:{secret}")));
    if kind.eq_ignore_ascii_case("basic") && personal.as_deref() == Some(credentials.trim()) {
        return Ok(Caller { key: "personal".to_owned(), scope: None, method: "HTTPBasic" });
    }
    Err(unauthorized(None))
}

/// Counts the request. The second value is the refusal when there were too many.
fn count(shared: &Shared, key: &str, query: &Query) -> (u32, Option<Answer>) {
    let now = shared.started.elapsed();
    let general = shared.rate_gate().admit(key, now);
    let deep = (query.offset >= DEEP_OFFSET).then(|| shared.deep_offset_gate().admit(key, now));
    let refused =
        [Some(general), deep].into_iter().flatten().find_map(|verdict| Some((verdict, verdict.retry_after?)));
    let refusal = refused.map(|(verdict, retry_after)| {
        too_many_requests(verdict.count, verdict.limit.count, verdict.limit.seconds)
            .with("retry-after", retry_after.to_string())
    });
    (general.count, refusal)
}

/// Refusals that hold for a whole product.
fn forbid(shared: &Shared, product: &Product, caller: &Caller) -> Option<Answer> {
    if caller.scope.as_ref().is_some_and(|scope| !scope.split(' ').any(|granted| granted == product.name)) {
        return Some(unauthorized(Some("PELICAN")));
    }
    (product.name == "services" && shared.role() == Role::NoServices)
        .then(|| unauthorized(Some("TRASH_PANDA")))
}

#[expect(clippy::too_many_arguments, reason = "one request is where all of these meet")]
fn find(
    shared: &Shared,
    asked: &Asked,
    query: &Query,
    church: &Church,
    product: &Product,
    segments: &[&str],
    found: &Found,
    claimed_total: Option<usize>,
) -> Answer {
    let Some(version) = version(product, asked.header("x-pco-api-version")) else {
        return bad_request(
            "unsupported_version_error",
            "The requested API version is not supported",
            Some("X-PCO-API-Version"),
        );
    };
    let own = matches!(segments, [] | ["me", ..]);
    if product.name == "people" && shared.role() == Role::NoPeople && !own {
        return forbidden(church);
    }
    if shared.config.strict
        && let Some(refusal) = strict(product, query, found, own)
    {
        return refusal;
    }
    let setting = Setting { church, base: shared.base(), query, claimed_total };
    let written = match found {
        Found::Collection { edge, parent, ids } => {
            let selected = select::select(church, edge, ids.clone(), query);
            serde_json::to_vec(&document::collection(&setting, &asked.path, edge, *parent, &selected))
        }
        Found::Single { record, parent } => serde_json::to_vec(&document::single(&setting, *record, *parent)),
    };
    let Ok(body) = written else {
        return error(500, "Internal Server Error", INTERNAL);
    };
    let hash = hex(&Sha256::digest(&body)[..16]);
    let etag = format!("W/\"{hash}\"");
    let unchanged =
        asked.header("if-none-match").is_some_and(|known| known.split(',').any(|known| known.trim() == etag));
    let answer = if unchanged {
        Answer { status: 304, ..Answer::default() }
    } else {
        Answer::new(200, "application/vnd.api+json; charset=utf-8", body)
    };
    answer
        .with("etag", etag)
        .with("cache-control", "max-age=0, private, must-revalidate")
        .with("x-pco-api-processed-as-version", version)
}

/// What Planning Center says when something broke on its side.
pub(crate) const INTERNAL: &str = "An internal server error occurred on our end and we've been notified. Please contact support if the issue persists.";

/// The newest version not after the date asked for. None when every version is newer.
fn version(product: &Product, wanted: Option<&str>) -> Option<&'static str> {
    match wanted {
        None => product.versions.last().copied(),
        Some(wanted) if wanted.eq_ignore_ascii_case("latest") => product.versions.last().copied(),
        Some(wanted) => product
            .versions
            .iter()
            .rev()
            .find(|version| **version <= wanted)
            .copied()
            .filter(|_| is_date(wanted)),
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}

fn forbidden(church: &Church) -> Answer {
    let description = format!("User with id {} cannot read this collection.", church.staff);
    let error = json!({
        "status": "403", "title": "Forbidden", "detail": "You do not have access to this resource", "meta": { "description": description }
    });
    Answer::json(403, &json!({ "errors": [error] })).with("cache-control", "no-cache")
}

/// In strict mode: names that mean nothing, and attributes that the program has promised not to ask for.
fn strict(product: &Product, query: &Query, found: &Found, own: bool) -> Option<Answer> {
    let (resource, edge) = match found {
        Found::Collection { edge, .. } => (edge.resource, Some(*edge)),
        Found::Single { record, .. } => (record.resource, None),
    };
    let mut unknown = document::unknown_names(resource, edge, query);
    let resources = products::resources(product);
    for (type_name, names) in &query.fields {
        let Some(resource) = resources.iter().find(|resource| resource.type_name == type_name) else {
            unknown.push(format!("fields[{type_name}]"));
            continue;
        };
        for name in names {
            match guard(resource, name) {
                None => unknown.push(format!("fields[{type_name}]={name}")),
                Some(Guard::Forbidden) => return Some(forbidden_attribute(name)),
                Some(Guard::Own) if !own => return Some(forbidden_attribute(name)),
                Some(Guard::Open | Guard::Own) => {}
            }
        }
    }
    let name = unknown.first()?;
    Some(bad_request("unknown_parameter", &format!("{name} means nothing here"), Some(name)))
}

/// Who may ask for a name in `fields`; None when the type has no such attribute, relationship or edge.
fn guard(resource: &Resource, name: &str) -> Option<Guard> {
    if let Some(attribute) = resource.attribute(name) {
        return Some(attribute.guard);
    }
    let related = resource.relationships.iter().any(|relationship| relationship.name == name)
        || resource.edge(name).is_some();
    related.then_some(Guard::Open)
}

fn forbidden_attribute(name: &str) -> Answer {
    bad_request("forbidden_attribute", &format!("{name} must never be asked for"), Some("fields"))
}

#[cfg(test)]
mod tests {
    use super::version;
    use crate::products::people::PRODUCT;

    #[test]
    fn the_newest_version_up_to_the_date_is_taken() {
        assert_eq!(version(&PRODUCT, Some("2025-11-10")), Some("2025-11-10"));
        assert_eq!(version(&PRODUCT, Some("2024-01-01")), Some("2023-03-21"));
        assert_eq!(version(&PRODUCT, Some("2018-07-31")), None);
        assert_eq!(version(&PRODUCT, Some("zebra")), None);
        assert_eq!(version(&PRODUCT, None), Some("2025-11-10"));
        assert_eq!(version(&PRODUCT, Some("LATEST")), Some("2025-11-10"));
    }
}
