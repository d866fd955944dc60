//! The OpenAPI 3.1 document, from which the console's types are generated. docs/api/console.json holds it; a test
//! compares the two.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{Needs, endpoints};

/// The document as JSON text, ending with a newline.
pub fn document() -> String {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        })
    };
    let mut requests = settings().for_deserialize().into_generator();
    let mut replies = settings().for_serialize().into_generator();
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let about = &endpoint.about;
        let schema = |schema: &schemars::Schema| json!({"application/json": {"schema": schema}});
        let operation = json!({
            "operationId": about.path.replace(['/', '-'], "_"),
            "summary": format!("{} · {}", about.title_zh, about.title),
            "x-needs": match endpoint.needs {
                Needs::Nothing => "nothing".to_owned(),
                Needs::Session => "session".to_owned(),
                Needs::Right(right) => serde_json::to_value(right)
                    .ok()
                    .and_then(|name| name.as_str().map(str::to_owned))
                    .expect("rights are written as texts"),
            },
            "requestBody": {
                "required": true,
                "content": schema(&(endpoint.request_schema)(&mut requests)),
            },
            "responses": {
                "200": {
                    "description": "done",
                    "content": schema(&(endpoint.reply_schema)(&mut replies)),
                },
                "default": { "$ref": "#/components/responses/Refused" },
            },
        });
        paths.insert(format!("/console/api/{}", about.path), json!({ "post": operation }));
    }
    let mut schemas = requests.take_definitions(true);
    schemas.extend(replies.take_definitions(true));
    schemas.insert("Refusal".to_owned(), refusal());
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "the calls of the console", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Refused": {
                "description": "not done",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } },
            } },
        },
    });
    let text = serde_json::to_string_pretty(&openapi::sorted(document));
    text.expect("texts and numbers are JSON") + "\n"
}

fn refusal() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "properties": { "error": {
            "type": "object",
            "properties": {
                "code": text,
                "message": text,
                "messageZh": text,
                "field": { "type": ["string", "null"] },
            },
            "required": ["code", "message", "messageZh", "field"],
        } },
        "required": ["error"],
    })
}
