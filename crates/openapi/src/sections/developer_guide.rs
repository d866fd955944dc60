//! 开发指南: the connection test.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::DEVELOPER_GUIDE;
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Request, from_json},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/echo",
            title_zh: "对接测试",
            title: "connection test",
            about: "Answers the JSON value received, unchanged to the byte; null for an empty body.",
            section: DEVELOPER_GUIDE,
            scope: "echo",
            origin: Origin::Contract,
            request_example: r#"{"hello":"world"}"#,
        },
        echo,
        || Anything(serde_json::from_str(r#"{"hello":"world"}"#).ok()),
    )]
}

/// Any JSON value, as it was written.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
struct Anything(#[schemars(with = "serde_json::Value")] Option<Box<RawValue>>);

impl Request for Anything {
    fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() { Ok(Self(None)) } else { from_json(body).map(Some).map(Self) }
    }
}

async fn echo(_: &Caller, received: Anything) -> Result<Anything, Refusal> {
    Ok(received)
}
