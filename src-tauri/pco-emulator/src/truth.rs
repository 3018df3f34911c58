//! `GET /_emulator/truth?path=…`: which records stand at a path, told without pages, documents or permissions.
//!
//! Programs that walk the API compare what they found with this.

use serde_json::json;

use crate::answer::{Answer, bad_request, not_found};
use crate::church::rights::{Rights, Viewer};
use crate::jsonapi::query::Query;
use crate::jsonapi::resource::Record;
use crate::jsonapi::route::{self, Found};
use crate::jsonapi::view::View;
use crate::products;
use crate::server::Shared;

/// Answers `{"type", "count", "ids"}` for the path in the query, as an Organization Administrator would find it;
/// ids ascend.
pub(crate) fn tell(shared: &Shared, query: &str) -> Answer {
    let path = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "path");
    let Some((_, path)) = path else {
        return bad_request("missing_path", "say which path: ?path=/people/v2/people", Some("path"));
    };
    let (path, asked) = path.split_once('?').unwrap_or((&path, ""));
    let asked = Query::parse(asked);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let [product, "v2", segments @ ..] = segments.as_slice() else { return not_found() };
    let Some(product) = products::product(product) else { return not_found() };
    let church = shared.church();
    let viewer = Viewer { person: church.staff, rights: Rights::ORGANIZATION_ADMINISTRATOR };
    let version = product.versions.last().copied().unwrap_or_default();
    let view = View { church: &church, viewer, version };
    let (type_name, mut ids) = match route::follow(product, &view, segments, &asked) {
        Err(_) => return not_found(),
        Ok(route) => match route.found {
            Found::Action { .. } => return not_found(),
            Found::Collection { edge, ids, .. } => (edge.resource.type_name, ids),
            Found::Single { record: Record { resource, id }, .. } => (resource.type_name, vec![id]),
        },
    };
    ids.sort_unstable();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Answer::json(200, &json!({ "type": type_name, "count": ids.len(), "ids": ids }))
}
