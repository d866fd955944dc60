//! The OpenAPI 3.1 document, made from the table of endpoints.
//!
//! Members are sorted, so that the text is the same on every build and a change shows as a small
//! difference. docs/api/openapi.json holds it; a test compares the two.

use std::sync::LazyLock;

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{Code, Endpoint, Origin, endpoints};

/// The document as JSON text, ending with a newline.
pub fn document() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let document = sorted(whole());
        let text = serde_json::to_string_pretty(&document).expect("texts and numbers are JSON");
        text + "\n"
    });
    &TEXT
}

const DESCRIPTION: &str = "\
Every call is a POST with a JSON body in UTF-8, under /api/v3 and likewise under /apiServer/api/v3.

**Sign.** sign = lower-case hex SHA-256 of appId + timestamp + raw body + appKey, without separators; \
an empty body counts as the empty string. timestamp has 13 digits (milliseconds) and may differ from \
the server's time by 5 minutes unless the server is set otherwise.

**Envelope.** Every reply is {code, message, data}. Business outcomes, refusals of a sign included, \
come with HTTP 200; 404 (path), 405, 413, 500 and 503 tell of the transport and the server. A refusal \
has data null.

**Requests.** Unknown fields are ignored; null and an absent field are the same, and so is an empty \
string in an optional field. Ids and other integers are accepted as numbers and as digits in a string. \
A message about a field begins with its path, as in sopContents[1].showTime.

**Times** are in the corp's time zone: yyyy-MM-dd HH:mm:ss, or without seconds, or a bare date where a \
bound is meant.

**Pages.** pageNo counts from 1 and pageSize is 1 to 200; a page after the last is empty and has the \
true counts.";

fn whole() -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    };
    let mut requests = settings().for_deserialize().into_generator();
    let mut replies = settings().for_serialize().into_generator();
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let operation = operation(endpoint, &mut requests, &mut replies);
        paths.insert(endpoint.about.path.to_owned(), json!({ "post": operation }));
    }
    let mut schemas = requests.take_definitions(true);
    schemas.extend(replies.take_definitions(true));
    schemas.insert("Refusal".to_owned(), refusal_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "the v3 open API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
        },
        "servers": [{ "url": "/" }, { "url": "/apiServer" }],
        "security": [{ "appId": [], "timestamp": [], "sign": [] }],
        "tags": sections(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "appId": header("appId", "Who calls."),
                "timestamp": header("timestamp", "When, in milliseconds, 13 digits."),
                "sign": header("sign", "See the description above."),
            },
            "responses": {
                "Refused": { "description": "not carried out", "content": json_of(&refusal_ref()) },
            },
        },
        "x-codes": Code::ALL
            .iter()
            .map(|code| json!({ "code": code.number, "meaning": code.meaning }))
            .collect::<Value>(),
    })
}

fn operation(
    endpoint: &Endpoint,
    requests: &mut SchemaGenerator,
    replies: &mut SchemaGenerator,
) -> Value {
    let about = &endpoint.about;
    let request_example: Value =
        serde_json::from_str(about.request_example).expect("a test reads every example");
    let reply_example = (endpoint.reply_example)().expect("a test writes every example");
    let reply_example: Value =
        serde_json::from_slice(&reply_example).expect("what was written as JSON is JSON");
    let success = json!({
        "type": "object",
        "properties": {
            "code": { "const": Code::SUCCESS.number },
            "message": { "const": "success" },
            "data": (endpoint.reply_schema)(replies),
        },
        "required": ["code", "message", "data"],
    });
    json!({
        "operationId": about.path.trim_start_matches("/api/v3/").replace('/', "_"),
        "summary": format!("{} · {}", about.title_zh, about.title),
        "description": about.about,
        "tags": [about.section.title],
        "x-scope": about.scope,
        "x-origin": match about.origin {
            Origin::Contract => "contract",
            Origin::Ours => "ours",
        },
        "requestBody": {
            "content": { "application/json": {
                "schema": (endpoint.request_schema)(requests),
                "example": request_example,
            } },
        },
        "responses": {
            "200": {
                "description": "carried out, or refused with a business code",
                "content": { "application/json": {
                    "schema": { "oneOf": [success, refusal_ref()] },
                    "example": reply_example,
                } },
            },
            "default": { "$ref": "#/components/responses/Refused" },
        },
    })
}

fn sections() -> Vec<Value> {
    let mut sections: Vec<Value> = Vec::new();
    for section in endpoints().iter().map(|endpoint| endpoint.about.section) {
        let tag = json!({ "name": section.title, "description": section.title_zh });
        if !sections.contains(&tag) {
            sections.push(tag);
        }
    }
    sections
}

fn refusal_schema() -> Value {
    let codes: Vec<i64> =
        Code::ALL.iter().filter(|code| **code != Code::SUCCESS).map(|code| code.number).collect();
    json!({
        "type": "object",
        "description": "A call that was not carried out.",
        "properties": {
            "code": { "enum": codes },
            "message": { "type": "string", "description": "What is wrong, for people to read." },
            "data": { "type": "null" },
        },
        "required": ["code", "message", "data"],
    })
}

fn refusal_ref() -> Value {
    json!({ "$ref": "#/components/schemas/Refusal" })
}

fn json_of(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

fn header(name: &str, about: &str) -> Value {
    json!({ "type": "apiKey", "in": "header", "name": name, "description": about })
}

/// The same with members in order. Whether JSON objects keep or sort their members depends on a feature that any crate of the program
/// may switch on; the document must not.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            members.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        scalar => scalar,
    }
}
