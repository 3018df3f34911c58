#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;

fn parse(body: &Value) -> Document {
    Document::parse(body.to_string().as_bytes(), "/people/v2/people").unwrap()
}

/// The place that an unreadable body is blamed on.
fn fault(body: &str) -> String {
    match Document::parse(body.as_bytes(), "/people/v2/people") {
        Err(ApiError::Decode { path, template }) => {
            assert_eq!(template, "/people/v2/people");
            path
        }
        other => panic!("{other:?}"),
    }
}

fn id(kind: &str, id: &str) -> ResourceId {
    ResourceId { kind: kind.to_owned(), id: id.to_owned() }
}

#[derive(Debug, Deserialize, PartialEq)]
struct Person {
    name: Option<String>,
    created_at: Option<jiff::Timestamp>,
}

#[test]
fn a_collection_keeps_order_counts_and_next_offset() {
    let document = parse(&json!({
        "links": {"self": "x", "next": "https://evil.example/?offset=9"},
        "data": [{"type": "Person", "id": "2"}, {"type": "Person", "id": "1"}],
        "included": [],
        "meta": {"total_count": 60, "count": 2, "next": {"offset": 25}, "can_order_by": ["name"], "parent": {"id": "1", "type": "Organization"}}
    }));
    let ids: Vec<_> = document.data.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["2", "1"]);
    assert_eq!(document.meta, Meta { total_count: Some(60), count: Some(2), next_offset: Some(25) });
}

#[test]
fn a_single_record_is_a_document_of_one() {
    let document = parse(&json!({"data": {"type": "Person", "id": "7"}, "included": [], "meta": {}}));
    assert_eq!(document.single().unwrap().resource_id(), id("Person", "7"));
    assert_eq!(document.meta, Meta::default());
    assert!(parse(&json!({"data": null})).single().is_err());
    assert!(parse(&json!({"data": []})).single().is_err());
}

#[test]
fn stray_members_and_missing_parts_are_tolerated() {
    let document = parse(&json!({
        "data": {
            "type": "Person", "id": 45_029_164, "attributes": null, "relationships": null,
            "links": {"": "https://api.planningcenteronline.com/people/v2/people/1/45029164/", "emails": null},
            "novelty": {"deep": [1, 2]}
        },
        "included": null,
        "meta": null,
        "jsonapi": {"version": "1.0"}
    }));
    let person = document.single().unwrap();
    assert_eq!(person.id, "45029164");
    let attributes: Person = person.attributes().unwrap();
    assert_eq!(attributes, Person { name: None, created_at: None });
    assert_eq!(person.to_one("primary_campus"), None);
    assert!(person.to_many("emails").is_empty());
}

#[test]
fn linkage_comes_as_one_many_null_or_not_at_all() {
    let document = parse(&json!({"data": {"type": "Person", "id": "1", "relationships": {
        "primary_campus": {"data": {"type": "PrimaryCampus", "id": "3"}},
        "school": {"data": null},
        "emails": {"links": {"related": "x"}, "data": [{"type": "Email", "id": "8"}, {"type": "Email", "id": 9}]},
        "addresses": {"links": {"related": "x"}},
        "households": {"data": []},
        "odd": {"data": "text"},
        "odder": null,
    }}}));
    let person = document.single().unwrap();
    assert_eq!(person.to_one("primary_campus"), Some(&id("PrimaryCampus", "3")));
    assert_eq!(person.to_many("primary_campus"), [id("PrimaryCampus", "3")]);
    assert_eq!(person.to_many("emails"), [id("Email", "8"), id("Email", "9")]);
    assert_eq!(person.to_one("emails"), None);
    for name in ["school", "addresses", "households", "odd", "odder", "never"] {
        assert_eq!(person.to_one(name), None, "{name}");
        assert!(person.to_many(name).is_empty(), "{name}");
    }
}

#[test]
fn included_records_are_found_by_type_and_id_and_through_roles() {
    let document = parse(&json!({
        "data": {"type": "Person", "id": "1", "relationships": {
            "primary_campus": {"data": {"type": "PrimaryCampus", "id": "5"}},
            "emails": {"data": [{"type": "Email", "id": "5"}, {"type": "Email", "id": "404"}]},
        }},
        "included": [
            {"type": "Email", "id": "5", "attributes": {"address": "a@example.org"}},
            {"type": "Campus", "id": "5", "attributes": {"name": "Main"}},
        ]
    }));
    let person = document.single().unwrap();
    let found = |name| -> Vec<_> {
        let targets = person.to_many(name).iter();
        targets.filter_map(|target| document.included.get(target)).map(Resource::resource_id).collect()
    };
    assert_eq!(found("primary_campus"), [id("Campus", "5")]);
    assert_eq!(found("emails"), [id("Email", "5")]);
    assert!(found("never").is_empty());
    assert!(document.included.find("PhoneNumber", "5").is_none());
    assert!(document.included.get(&id("Campus", "6")).is_none());
    assert_eq!(document.included.iter().count(), 2);
}

#[test]
fn a_role_is_not_satisfied_by_another_type_with_the_same_id() {
    let document = parse(&json!({
        "data": [],
        "included": [{"type": "Email", "id": "5"}]
    }));
    assert!(document.included.get(&id("PrimaryCampus", "5")).is_none());
}

#[test]
fn a_wrong_attribute_is_named_and_its_value_is_not() {
    let document =
        parse(&json!({"data": {"type": "Person", "id": "1", "attributes": {"created_at": "canary"}}}));
    let error = document.single().unwrap().attributes::<Person>().unwrap_err();
    assert_eq!(error.to_string(), "the answer for Person could not be read at attributes.created_at");
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn bodies_that_are_no_documents_are_blamed_on_their_place() {
    assert_eq!(fault(r#"{"data":[{"type":"Person","id":"1"},{"type":"Person"}]}"#), "data[1]");
    assert_eq!(fault(r#"{"data":[{"type":"Person","id":true}]}"#), "data[0].id");
    assert_eq!(fault(r#"{"data":{"type":3,"id":"1"}}"#), "data.type");
    assert_eq!(fault(r#"{"data":"text"}"#), "data");
    assert_eq!(fault(r#"{"data":[],"included":[7]}"#), "included[0]");
    assert_eq!(fault(r#"{"data":[],"meta":{"next":{"offset":-1}}}"#), "meta.next.offset");
    assert_eq!(fault(r#"{"data":[{"type":"Per"#), "end of input");
    assert_eq!(fault(""), "end of input");
    assert_eq!(fault(r#"{"data":[]}{"data":[]}"#), "after the document");
    assert_eq!(fault(r#"{"errors":[]}"#), ".");
}

#[test]
fn a_list_is_not_read_as_an_object() {
    assert_eq!(fault("[[]]"), ".");
    assert_eq!(fault("[null]"), ".");
    assert_eq!(fault(r#"{"data":[["Person","1"]]}"#), "data[0]");
    assert_eq!(fault(r#"{"data":[],"included":[["Email","1"]]}"#), "included[0]");
    assert_eq!(fault(r#"{"data":[],"meta":[60]}"#), "meta");
    assert_eq!(fault(r#"{"data":[],"meta":{"next":[25]}}"#), "meta.next");
    let document = parse(&json!({"data": {"type": "Person", "id": "1", "relationships": {
        "emails": [[{"type": "Email", "id": "8"}]],
        "households": {"data": [["Household", "1"]]},
        "primary_campus": {"data": ["Campus", "3"]},
        "school": [{"type": "School", "id": "8"}],
    }}}));
    for name in ["emails", "households", "primary_campus", "school"] {
        assert!(document.single().unwrap().to_many(name).is_empty(), "{name}");
    }
}

#[test]
fn a_place_is_one_short_line_whatever_the_body_calls_its_members() {
    let name = format!("Ann\\nBee é\u{202e}{}", "x".repeat(4096));
    let fault = fault(&format!(r#"{{"data":[],"{name}":tru}}"#));
    assert_eq!(fault, format!("Ann?Bee???{}", "x".repeat(70)));
}

#[test]
fn deep_nesting_is_refused_and_not_fatal() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let with = |members: &str| {
        let body = format!(r#"{{"data":{{"type":"Person","id":"1",{members}}}}}"#);
        Document::parse(body.as_bytes(), "")
    };
    assert!(with(&format!(r#""relationships":{deep}"#)).is_err());
    assert!(with(&format!(r#""id":{deep}"#)).is_err());
    let deep_attribute =
        format!(r#""attributes":{{"name":{deep}}},"relationships":{{"emails":{{"data":{deep}}}}}"#);
    for attributes in [format!(r#""attributes":{deep}"#), deep_attribute] {
        let document = with(&attributes).unwrap();
        assert!(document.single().unwrap().attributes::<Person>().is_err());
        assert!(document.single().unwrap().to_many("emails").is_empty());
    }
    let body = format!(r#"{{"data":[],"novelty":{deep}}}"#);
    assert!(Document::parse(body.as_bytes(), "").is_ok(), "what is passed over is not built");
}

#[test]
fn printing_a_document_shows_no_personal_data() {
    let document = parse(&json!({
        "data": {"type": "Person", "id": "1", "attributes": {"name": "canary"}},
        "included": [{"type": "Email", "id": "2", "attributes": {"address": "canary"}}]
    }));
    let printed = format!("{document:?}");
    assert!(!printed.contains("canary"), "{printed}");
    assert!(printed.contains("Resource(Person 1)"), "{printed}");
}

#[test]
fn a_document_that_was_written_down_reads_as_it_did() {
    let document = parse(&json!({
        "data": [{
            "type": "Person",
            "id": 7,
            "attributes": {"name": "Zo\u{e9} \"Z\" Park", "created_at": null, "unknown": {"deep": [1, {}]}},
            "relationships": {
                "primary_campus": {"data": {"type": "PrimaryCampus", "id": "1"}},
                "emails": {"links": {"related": "x"}, "data": [{"type": "Email", "id": "8"}, {"type": "Email", "id": "9"}]},
                "households": {"data": []},
                "nobody": {"data": null},
            },
        }, {"type": "Person", "id": "8", "attributes": null}],
        "included": [{"type": "Campus", "id": "1", "attributes": {"name": "North"}}],
        "meta": {"total_count": 9, "count": 2, "next": {"offset": 2}},
    }));
    let written = serde_json::to_string(&document).unwrap();
    let again: Document = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    assert_eq!(again.meta, document.meta);
    assert_eq!(again.data[0].attributes::<Value>().unwrap(), document.data[0].attributes::<Value>().unwrap());
    assert!(again.data[1].attributes::<Person>().unwrap().name.is_none());
    let campus = again.data[0].to_one("primary_campus").unwrap();
    assert!(again.included.get(campus).is_some());
    assert_eq!(again.data[0].to_many("emails"), [id("Email", "8"), id("Email", "9")]);
    assert!(again.data[0].to_many("households").is_empty() && again.data[0].to_one("nobody").is_none());
}
