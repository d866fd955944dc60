//! Elements of lists that are objects.

use std::{fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::scalar::{REQUIRED, shown};

/// A `T` that is written as a JSON object. Derived structs alone would take a list of values in the
/// order of the fields as well, and name Rust types in their errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<T> ObjectVisitor<T> {
    fn refuse<E: de::Error>(given: &dyn fmt::Debug) -> Result<Object<T>, E> {
        Err(E::custom(format_args!("{} is not an object", shown(given))))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Object)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Object<T>, A::Error> {
        Err(de::Error::custom("a list is not an object"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Object<T>, E> {
        Err(E::custom(REQUIRED))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Object<T>, E> {
        Self::refuse(&text)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Object<T>, E> {
        Self::refuse(&value)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Object<T>, E> {
        Self::refuse(&number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Object<T>, E> {
        Self::refuse(&number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Object<T>, E> {
        Self::refuse(&number)
    }
}

impl<T: JsonSchema> JsonSchema for Object<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
