//! The OpenAPI document: checked in, whole, and readable.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::{document, endpoints};

#[test]
fn the_document_in_docs_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == document(),
        "docs/api/openapi.json is out of date; renew it: siyu openapi > docs/api/openapi.json"
    );
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document: Value = serde_json::from_str(document()).unwrap();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(references.len() > endpoints().len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("references stay in the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|e| collect_references(e, found)),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(reference.map(str::to_owned));
            members.values().for_each(|member| collect_references(member, found));
        }
        _ => {}
    }
}

#[test]
fn no_two_types_share_a_schemas_name() {
    let generator = || SchemaSettings::draft2020_12().into_generator();
    let (mut requests, mut replies) = (generator(), generator());
    for endpoint in endpoints() {
        (endpoint.request_schema)(&mut requests);
        (endpoint.reply_schema)(&mut replies);
    }
    let replies = replies.take_definitions(false);
    let requests = requests.take_definitions(false);
    for name in requests.keys() {
        assert!(!replies.contains_key(name), "{name} names a request and a reply");
    }
    // schemars tells types of one name apart by a number, which would name nothing to a reader.
    for name in requests.keys().chain(replies.keys()) {
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name} is there twice");
    }
}
