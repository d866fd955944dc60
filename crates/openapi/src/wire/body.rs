//! From the bytes of a body to a request.

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::Object;
use crate::{Code, Refusal};

/// What an endpoint is asked.
pub(crate) trait Request: JsonSchema + Sized + Send {
    /// Reads it from the raw body.
    fn from_body(body: &[u8]) -> Result<Self, Refusal>;
}

impl<T: DeserializeOwned + JsonSchema + Send> Request for T {
    fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        // POST with nothing to say is valid and means no fields.
        let body = if body.is_empty() { b"{}" } else { body };
        from_json::<&RawValue>(body)?;
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        serde_path_to_error::deserialize(&mut deserializer)
            .map(|Object(request)| request)
            .map_err(|error| invalid(&error))
    }
}

/// Reads any JSON; what is not JSON is refused with the place where it stops being so.
pub(crate) fn from_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::new(Code::NOT_JSON, format!("the body is not valid JSON: {error}"))
    })
}

/// Names the field. serde tells a missing or doubled field at its parent, with the name in the text.
fn invalid(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let why = without_position(error.inner());
    let named = |before: &str| why.strip_prefix(before).and_then(|rest| rest.strip_suffix('`'));
    let parent = error.path();
    let is_top = parent.iter().next().is_none();
    let member = |name: &str| if is_top { name.to_owned() } else { format!("{parent}.{name}") };
    if let Some(name) = named("missing field `") {
        Refusal::field(&member(name), super::scalar::REQUIRED)
    } else if let Some(name) = named("duplicate field `") {
        Refusal::field(&member(name), "is given twice")
    } else if is_top {
        Refusal::new(Code::INVALID_FIELD, format!("the body: {why}"))
    } else {
        Refusal::field(&parent.to_string(), why)
    }
}

/// The position helps with what is not JSON; a wrong field is found by its path.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).map(str::to_owned).unwrap_or(text)
}
