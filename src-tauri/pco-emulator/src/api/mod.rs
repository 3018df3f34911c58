//! `/{product}/v2/…`: who asks, how often, with which rights, in which version. Then `reading` or `writing`.

mod reading;
mod writing;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::answer::{
    Answer, Asked, bad_request, front_page, no_such_route, not_found, too_many_requests, unauthorized,
};
use crate::church::rights::{PeopleRight, Rights, ServicesRight, Viewer};
use crate::church::table::Id;
use crate::config::Role;
use crate::headers;
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::Product;
use crate::jsonapi::route::Astray;
use crate::oauth::{Access, AccessRefusal};
use crate::products;
use crate::server::Shared;

/// Offsets from here on have a limit of their own.
const DEEP_OFFSET: usize = 30_000;

/// Who is asking.
struct Caller {
    /// What the rate limit counts by.
    key: String,
    /// None for a Personal Access Token, which may read everything.
    access: Option<Access>,
    method: &'static str,
    person: Id,
}

/// What is asked of a product.
#[derive(Clone, Copy)]
struct Request<'a> {
    asked: &'a Asked,
    query: &'a Query,
    product: &'static Product,
    /// What follows `/people/v2`.
    segments: &'a [&'a str],
}

impl Request<'_> {
    /// What a path without an own template is counted as.
    fn unknown(&self) -> String {
        format!("/{}/v2/(unknown)", self.product.name)
    }
}

/// Answers a request for a product's data.
pub(crate) fn answer(shared: &Shared, asked: &Asked) -> Answer {
    if asked.header("user-agent").is_none_or(|agent| agent.trim().is_empty()) {
        return front_page(403, "Forbidden").at("(no user agent)");
    }
    let mut segments = asked.path.trim_matches('/').split('/');
    let product = segments.next().and_then(products::product).filter(|_| segments.next() == Some("v2"));
    let Some(product) = product else {
        let verdict = shared
            .rate_gate()
            .admit(asked.header("authorization").unwrap_or_default(), shared.started.elapsed());
        return headers::of_gate(not_found(), verdict.limit, verdict.count).at("(unknown)");
    };
    let unknown = format!("/{}/v2/(unknown)", product.name);
    let reads = matches!(asked.method.as_str(), "GET" | "HEAD");
    if !reads && !matches!(asked.method.as_str(), "POST" | "PATCH" | "DELETE") {
        return no_such_route().at(unknown);
    }
    let caller = match authenticate(shared, asked) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.at(unknown),
    };
    let query = Query::parse(&asked.query);
    let (count, refusal) = count(shared, &caller.key, &query);
    let segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    let viewer = viewer(shared, caller.person);
    let answer = refusal
        .or_else(|| forbid(shared, product, &caller, viewer))
        .map(|refusal| refusal.at(unknown.clone()));
    let answer = answer.unwrap_or_else(|| {
        let Some(version) = version(product, asked.header("x-pco-api-version")) else {
            return unsupported_version().at(unknown);
        };
        let request = Request { asked, query: &query, product, segments: &segments };
        let answer = if reads {
            reading::read(shared, request, viewer, version)
        } else {
            writing::write(shared, request, viewer, version)
        };
        answer.with("x-pco-api-processed-as-version", version)
    });
    headers::of_api(answer, caller.method, shared.rate_gate().limit(), count)
}

/// `GET /check`: the organization and the person of a token.
pub(crate) fn check(shared: &Shared, asked: &Asked) -> Answer {
    match authenticate(shared, asked) {
        Err(refusal) => refusal,
        Ok(caller) => {
            let organization_id = shared.church().organization_id;
            Answer::json(200, &json!({ "organization_id": organization_id, "person_id": caller.person }))
        }
    }
}

fn authenticate(shared: &Shared, asked: &Asked) -> Result<Caller, Answer> {
    let (kind, credentials) =
        asked.header("authorization").and_then(|header| header.split_once(' ')).unwrap_or_default();
    if kind.eq_ignore_ascii_case("bearer") {
        return match shared.oauth().present(credentials.trim(), shared.clock.now()) {
            Ok(access) => {
                let (key, person) = (credentials.trim().to_owned(), access.person);
                Ok(Caller { key, access: Some(access), method: "OAuth2", person })
            }
            Err(AccessRefusal::Expired) => Err(unauthorized(Some("BABOON"))),
            Err(AccessRefusal::Revoked) => Err(unauthorized(Some("CAPUCHIN"))),
            Err(AccessRefusal::Unknown) => Err(unauthorized(None)),
        };
    }
    let personal = shared.config.pat.as_ref().map(|(id, secret)| STANDARD.encode(format!("{id}:{secret}")));
    if kind.eq_ignore_ascii_case("basic") && personal.as_deref() == Some(credentials.trim()) {
        let person = shared.church().staff;
        return Ok(Caller { key: "personal".to_owned(), access: None, method: "HTTPBasic", person });
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
fn forbid(shared: &Shared, product: &Product, caller: &Caller, viewer: Viewer) -> Option<Answer> {
    if !shared.church().people.contains(viewer.person) {
        return Some(unauthorized(Some("FLAMINGO")));
    }
    let free = product.name == "current";
    if caller.access.as_ref().is_some_and(|access| !free && !access.allows(product.name)) {
        return Some(unauthorized(Some("PELICAN")));
    }
    (product.name == "services" && viewer.rights.services == ServicesRight::None)
        .then(|| unauthorized(Some("TRASH_PANDA")))
}

/// What the church grants the person, within what the emulator was told to let through.
fn viewer(shared: &Shared, person: Id) -> Viewer {
    let granted = shared.church().rights(person);
    let rights = match shared.role() {
        Role::Granted => granted,
        Role::Administrator => Rights::ORGANIZATION_ADMINISTRATOR,
        Role::NoServices => Rights { services: ServicesRight::None, ..granted },
        Role::NoPeople => Rights { people: PeopleRight::None, organization_administrator: false, ..granted },
    };
    Viewer { person, rights }
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

fn unsupported_version() -> Answer {
    bad_request(
        "unsupported_version_error",
        "The requested API version is not supported",
        Some("X-PCO-API-Version"),
    )
}

fn astray(astray: &Astray, viewer: Viewer) -> Answer {
    match astray {
        Astray::NotFound => not_found(),
        Astray::Forbidden { type_name, many } => {
            let what =
                if *many { format!("{type_name}Vertex collection") } else { format!("{type_name}Vertex") };
            forbidden(viewer.person, "read", &what)
        }
    }
}

fn forbidden(person: Id, verb: &str, what: &str) -> Answer {
    let description = format!("User with id {person} cannot {verb} {what}.");
    let error = json!({
        "status": "403", "title": "Forbidden", "detail": "You do not have access to this resource", "meta": { "description": description }
    });
    Answer::json(403, &json!({ "errors": [error] })).with("cache-control", "no-cache")
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
