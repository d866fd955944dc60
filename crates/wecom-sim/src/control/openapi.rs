//! The control API described: a list for people and an OpenAPI document for programs.

use serde_json::{Map, Value, json};

use crate::control::table::{ENDPOINTS, Endpoint, Field, Kind};

/// One line for each endpoint.
pub(super) fn list() -> String {
    ENDPOINTS.iter().map(line).collect()
}

fn line(endpoint: &Endpoint) -> String {
    let Endpoint { method, path, what, fields, .. } = endpoint;
    let asked = if *method == "get" {
        let names: Vec<String> = fields.iter().map(|field| format!("{}=", field.name)).collect();
        if names.is_empty() { String::new() } else { format!("?{}", names.join("&")) }
    } else {
        let optional = |field: &Field| if field.required { "" } else { "?" };
        let names: Vec<String> =
            fields.iter().map(|field| format!("{}{}", field.name, optional(field))).collect();
        format!(" {{{}}}", names.join(", "))
    };
    format!("{:4} {path}{asked}    {what}\n", method.to_uppercase())
}

/// OpenAPI 3.1. Replies are not described further than being JSON.
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in ENDPOINTS {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method] = operation(endpoint);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "WeCom simulator, control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Plays the people behind a simulated WeCom corp. Never expose it.",
        },
        "paths": paths,
        "components": { "schemas": { "Error": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": { "type": "string" } },
        }}},
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let refused = |what: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Error" });
        json!({ "description": what, "content": { "application/json": { "schema": schema } } })
    };
    let mut operation = json!({
        "summary": endpoint.what,
        "operationId": format!("{} {}", endpoint.method, endpoint.path).replace([' ', '/'], "_"),
        "responses": {
            "200": { "description": "done, or what there is to see" },
            "404": refused("something named is not there"),
            "409": refused("it cannot be done now"),
        },
    });
    if endpoint.method == "get" {
        let parameters = endpoint.fields.iter().map(|field| {
            let (name, required) = (field.name, field.required);
            json!({ "in": "query", "name": name, "required": required, "schema": schema(field) })
        });
        operation["parameters"] = parameters.collect();
    } else {
        let required = endpoint.fields.iter().filter(|field| field.required);
        let required: Vec<&str> = required.map(|field| field.name).collect();
        let fields = endpoint.fields.iter();
        let properties: Map<String, Value> =
            fields.map(|field| (field.name.to_owned(), schema(field))).collect();
        let schema = json!({ "type": "object", "required": required, "properties": properties });
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

fn schema(field: &Field) -> Value {
    match field.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Whole => json!({ "type": "integer" }),
        Kind::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Wholes => json!({ "type": "array", "items": { "type": "integer" } }),
        Kind::Objects => json!({ "type": "array", "items": { "type": "object" } }),
        Kind::Object => json!({ "type": "object" }),
    }
}
