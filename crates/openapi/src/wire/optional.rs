//! Fields that need not be there.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use super::scalar::{self, Scalar};

/// A value or none. Absent, null and an empty string are the same; the field needs `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Optional<T>(pub Option<T>);

impl<T> Default for Optional<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Scalar> Scalar for Optional<T> {
    const WHAT: &'static str = T::WHAT;

    fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(Self(None)) } else { T::from_text(text).map(Some).map(Self) }
    }

    fn from_integer(number: i64) -> Result<Self, String> {
        T::from_integer(number).map(Some).map(Self)
    }

    fn from_null() -> Result<Self, String> {
        Ok(Self(None))
    }
}

impl<'de, T: Scalar> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::read(deserializer)
    }
}

impl<T: JsonSchema> JsonSchema for Optional<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
