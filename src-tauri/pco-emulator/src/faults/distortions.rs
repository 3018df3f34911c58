//! Documents that are well formed and wrong.

use serde_json::{Map, Value, json};

use super::FaultKind;
use crate::answer::{Answer, Asked};

/// A page when the request names no size.
const PER_PAGE: i64 = 25;

/// The request that is answered in place of this one, so that there is a document to change: one that does not ask whether
/// the true one has changed, and for shifted rows some rows on or back.
pub(crate) fn to_distort(kind: &FaultKind, asked: &Asked) -> Option<Asked> {
    if !changes_documents(kind) {
        return None;
    }
    let query = match kind {
        FaultKind::ShiftedRows { rows } => shifted(&asked.query, *rows),
        _ => asked.query.clone(),
    };
    let mut headers = asked.headers.clone();
    headers.remove("if-none-match");
    Some(Asked {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query,
        headers,
        body: asked.body.clone(),
    })
}

fn shifted(query: &str, rows: i64) -> String {
    let offset = parameter(query, "offset").unwrap_or(0).saturating_add(rows).max(0);
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("offset="));
    let pairs: Vec<String> = others.map(str::to_owned).chain([format!("offset={offset}")]).collect();
    pairs.join("&")
}

/// The answer with its document changed. Answers that hold no JSON stay as they are.
pub(crate) fn distorted(kind: &FaultKind, asked: &Asked, mut answer: Answer) -> Answer {
    if !changes_documents(kind) {
        return answer;
    }
    let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    if !document.is_object() {
        return answer;
    }
    change(kind, asked, &mut document);
    answer.body = document.to_string().into_bytes();
    // The tag belongs to the true document: a client that shows it later must not be told that nothing changed.
    answer.headers.retain(|(name, _)| *name != "etag");
    answer
}

fn changes_documents(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Padding { .. }
            | FaultKind::GzipBomb { .. }
            | FaultKind::TotalCount { .. }
            | FaultKind::NextIsSelf
            | FaultKind::EmptyPage
            | FaultKind::ShiftedRows { .. }
            | FaultKind::UnknownType
            | FaultKind::NullAttributes
            | FaultKind::WrongTypes
            | FaultKind::NumericIds
            | FaultKind::UnknownMembers
            | FaultKind::EmptyLinkName
            | FaultKind::RenamedAttribute { .. }
    )
}

fn change(kind: &FaultKind, asked: &Asked, document: &mut Value) {
    match kind {
        FaultKind::Padding { bytes } | FaultKind::GzipBomb { bytes } => {
            document["meta"]["padding"] = Value::String(" ".repeat(*bytes));
        }
        FaultKind::TotalCount { n } => document["meta"]["total_count"] = json!(n),
        FaultKind::NextIsSelf => {
            let offset = parameter(&asked.query, "offset").unwrap_or(0);
            document["links"]["next"] = document["links"]["self"].clone();
            document["meta"]["next"] = json!({ "offset": offset });
        }
        FaultKind::EmptyPage => {
            let offset = parameter(&asked.query, "offset").unwrap_or(0);
            let size = parameter(&asked.query, "per_page").unwrap_or(PER_PAGE);
            document["data"] = json!([]);
            document["included"] = json!([]);
            document["meta"]["count"] = json!(0);
            document["meta"]["next"] = json!({ "offset": offset.saturating_add(size) });
            if document["links"]["next"].is_null() {
                document["links"]["next"] = document["links"]["self"].clone();
            }
        }
        FaultKind::ShiftedRows { rows } => unshift(document, asked, *rows),
        FaultKind::UnknownMembers => add_unknown_members(document),
        _ => {
            for record in records(document) {
                change_record(kind, record);
            }
        }
    }
}

fn change_record(kind: &FaultKind, record: &mut Map<String, Value>) {
    match kind {
        FaultKind::UnknownType => {
            record.insert("type".to_owned(), json!("Gizmo"));
        }
        FaultKind::NumericIds => {
            if let Some(id) = record["id"].as_str().and_then(|id| id.parse::<u64>().ok()) {
                record.insert("id".to_owned(), json!(id));
            }
        }
        FaultKind::EmptyLinkName => {
            if let Some(Value::Object(links)) = record.get_mut("links") {
                let address = links.get("self").cloned().unwrap_or_default();
                links.insert(String::new(), address);
            }
        }
        _ => {
            let Some(Value::Object(attributes)) = record.get_mut("attributes") else { return };
            match kind {
                FaultKind::NullAttributes => {
                    attributes.values_mut().for_each(|value| *value = Value::Null);
                }
                FaultKind::WrongTypes => {
                    attributes.values_mut().for_each(|value| *value = of_another_type(value));
                }
                FaultKind::RenamedAttribute { from, to } => {
                    if let Some(value) = attributes.remove(from) {
                        attributes.insert(to.clone(), value);
                    }
                }
                _ => {}
            }
        }
    }
}

fn of_another_type(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!("yes"),
        Value::Number(number) => json!(number.to_string()),
        Value::String(_) => json!(7),
        Value::Array(_) | Value::Object(_) => json!(true),
    }
}

fn add_unknown_members(document: &mut Value) {
    let gizmo = json!({ "type": "Gizmo", "id": "1", "attributes": { "size": 4 }, "links": {} });
    for record in records(document) {
        if let Some(Value::Object(attributes)) = record.get_mut("attributes") {
            attributes.insert("shoe_size".to_owned(), json!({ "eu": 43 }));
        }
        if let Some(Value::Object(links)) = record.get_mut("links") {
            links.insert("gizmos".to_owned(), Value::Null);
        }
        record.insert("annotations".to_owned(), json!([1, "two", null]));
    }
    if let Some(Value::Array(included)) = document.get_mut("included") {
        included.push(gizmo);
    }
    document["jsonapi"] = json!({ "version": "1.1" });
}

/// The records of `data` and `included`.
fn records(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let Value::Object(members) = document else { return Vec::new().into_iter() };
    let mut records = Vec::new();
    for (name, member) in members {
        match member {
            Value::Array(rows) if name == "data" || name == "included" => {
                records.extend(rows.iter_mut().filter_map(Value::as_object_mut));
            }
            Value::Object(row) if name == "data" => records.push(row),
            _ => {}
        }
    }
    records.into_iter()
}

/// Gives a shifted page the addresses of the page that was asked for.
fn unshift(document: &mut Value, asked: &Asked, rows: i64) {
    let wanted = parameter(&asked.query, "offset").unwrap_or(0);
    let moved = wanted.saturating_add(rows).max(0) - wanted;
    for side in ["next", "prev"] {
        if let Some(offset) = document["meta"][side]["offset"].as_i64() {
            document["meta"][side]["offset"] = json!((offset - moved).max(0));
        }
    }
    for link in ["self", "next", "prev"] {
        let Some(address) = document["links"][link].as_str() else { continue };
        let Some(offset) = address.split_once('?').and_then(|(_, query)| parameter(query, "offset")) else {
            continue;
        };
        let (from, to) = (format!("offset={offset}"), format!("offset={}", (offset - moved).max(0)));
        document["links"][link] = json!(address.replacen(&from, &to, 1));
    }
    if let Some(meta) = document["meta"].as_object_mut() {
        meta.retain(|_, value| !value.is_null());
    }
    if let Some(links) = document["links"].as_object_mut() {
        links.retain(|_, value| !value.is_null());
    }
}

fn parameter(query: &str, name: &str) -> Option<i64> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}
