//! `POST`, `PATCH` and `DELETE`: from what a path leads to and a body, to the change and its answer.

use super::reading::send;
use super::{Request, forbidden};
use crate::answer::{self, Answer, no_such_route, not_found};
use crate::church::rights::Viewer;
use crate::jsonapi::document::{self, Setting};
use crate::jsonapi::payload::Payload;
use crate::jsonapi::resource::{Edge, Record};
use crate::jsonapi::route::{self, Found};
use crate::jsonapi::view::View;
use crate::jsonapi::write::{Action, Done, Refusal, Writer};
use crate::server::Shared;

/// What has been done.
enum Outcome {
    Created(Record),
    Shown(Record),
    Gone,
}

/// Changes the church as the request wants it, and shows the record as it is then.
pub(super) fn write(shared: &Shared, request: Request<'_>, viewer: Viewer, version: &'static str) -> Answer {
    let mut church = shared.church_mut();
    let view = View { church: &church, viewer, version };
    let route = match route::follow(request.product, &view, request.segments, request.query) {
        Ok(route) => route,
        Err(astray) => return super::astray(&astray, viewer).at(request.unknown()),
    };
    let mut writer = Writer { church: &mut church, viewer };
    let body = &request.asked.body;
    let (verb, type_name, parent, outcome) = match (request.asked.method.as_str(), route.found) {
        ("POST", Found::Collection { edge, parent, .. }) => {
            ("create", edge.resource.type_name, Some(parent), create(&mut writer, edge, parent, body))
        }
        ("POST" | "GET", Found::Action { action, record }) => {
            (action.name, record.resource.type_name, None, act(&mut writer, action, record, body))
        }
        ("PATCH", Found::Single { record, parent, edge: Some(edge) }) => {
            ("update", record.resource.type_name, parent, patch(&mut writer, edge, record, body))
        }
        ("DELETE", Found::Single { record, edge: Some(edge), .. }) => {
            ("destroy", record.resource.type_name, None, delete(&mut writer, edge, record))
        }
        _ => return no_such_route().at(route.template),
    };
    let view = View { church: &church, viewer, version };
    let Request { asked, query, product, .. } = request;
    let setting = Setting { view: &view, product, base: shared.base(), path: &asked.path, query };
    let answer = match outcome {
        Ok(Outcome::Created(record)) => send(201, &document::single(&setting, record, parent)),
        Ok(Outcome::Shown(record)) => send(200, &document::single(&setting, record, parent)),
        Ok(Outcome::Gone) => Answer { status: 204, ..Answer::default() }.with("cache-control", "no-cache"),
        Err(Refusal::NoData) => answer::no_data(),
        Err(Refusal::NotAssignable(names)) => answer::not_assignable(&names),
        Err(Refusal::Invalid(problems)) => answer::invalid(&problems),
        Err(Refusal::Forbidden) => forbidden(viewer.person, verb, &format!("{type_name}Vertex")),
        Err(Refusal::NotFound) => not_found(),
    };
    answer.at(route.template)
}

fn create(writer: &mut Writer<'_>, edge: &Edge, parent: Record, body: &[u8]) -> Result<Outcome, Refusal> {
    let person = parent.person(writer);
    let create = edge.create.filter(|create| create.access.allows(writer.viewer, person));
    let create = create.ok_or(Refusal::Forbidden)?;
    let payload = payload(body, create.assignable)?;
    let id = (create.make)(writer, parent.id, &payload)?;
    Ok(Outcome::Created(Record { resource: edge.resource, id }))
}

fn patch(writer: &mut Writer<'_>, edge: &Edge, record: Record, body: &[u8]) -> Result<Outcome, Refusal> {
    let person = record.person(writer);
    let patch = record.resource.patch.filter(|patch| patch.access.allows(writer.viewer, person));
    let patch = patch.filter(|_| !edge.read_only).ok_or(Refusal::Forbidden)?;
    (patch.change)(writer, record.id, &payload(body, patch.assignable)?)?;
    Ok(Outcome::Shown(record))
}

fn delete(writer: &mut Writer<'_>, edge: &Edge, record: Record) -> Result<Outcome, Refusal> {
    let person = record.person(writer);
    let delete = record.resource.delete.filter(|delete| delete.access.allows(writer.viewer, person));
    let delete = delete.filter(|_| !edge.read_only).ok_or(Refusal::Forbidden)?;
    (delete.remove)(writer, record.id)?;
    Ok(Outcome::Gone)
}

/// An action needs no body.
fn act(writer: &mut Writer<'_>, action: &Action, record: Record, body: &[u8]) -> Result<Outcome, Refusal> {
    if !action.access.allows(writer.viewer, record.person(writer)) {
        return Err(Refusal::Forbidden);
    }
    let payload = if body.is_empty() { Payload::default() } else { payload(body, action.assignable)? };
    Ok(match (action.run)(writer, record.id, &payload)? {
        Done::Nothing => Outcome::Gone,
        Done::Shown(record) => Outcome::Shown(record),
    })
}

fn payload(body: &[u8], assignable: &[&str]) -> Result<Payload, Refusal> {
    let payload = Payload::parse(body).ok_or(Refusal::NoData)?;
    let forbidden: Vec<String> = payload.forbidden(assignable).into_iter().map(str::to_owned).collect();
    if forbidden.is_empty() { Ok(payload) } else { Err(Refusal::NotAssignable(forbidden)) }
}
