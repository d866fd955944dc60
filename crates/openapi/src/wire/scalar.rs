//! Fields that hold one value: numbers, texts, times.

use std::{fmt, marker::PhantomData};

use serde::de::{self, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value that callers write as a JSON number or as text.
pub(crate) trait Scalar: Sized {
    /// What is expected, as in `"abc" is not {WHAT}`.
    const WHAT: &'static str;

    /// Reads it from a JSON string; the error says what is wrong with it.
    fn from_text(text: &str) -> Result<Self, String>;

    /// Reads it from a JSON number without a fraction.
    fn from_integer(number: i64) -> Result<Self, String> {
        Err(is_not::<Self>(&number))
    }

    /// What null stands for.
    fn from_null() -> Result<Self, String> {
        Err(REQUIRED.to_owned())
    }
}

/// Why an absent field is refused.
pub(crate) const REQUIRED: &str = "is required";

/// `"abc" is not a whole number`; long texts are cut.
pub(crate) fn is_not<T: Scalar>(given: &dyn fmt::Debug) -> String {
    format!("{} is not {}", shown(given), T::WHAT)
}

/// A value of the caller's as it stands in a message, at most 60 characters of it.
pub(crate) fn shown(given: &dyn fmt::Debug) -> String {
    const MAX_CHARS: usize = 60;
    let text = format!("{given:?}");
    match text.char_indices().nth(MAX_CHARS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Reads a scalar in whatever form it is written.
pub(crate) fn read<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ScalarVisitor(PhantomData))
}

/// Makes the deserialisation and the inlined schema of a scalar; generics stand in brackets.
macro_rules! impl_scalar {
    ($name:ty, [$($generics:tt)*], $schema:expr) => {
        impl<'de, $($generics)*> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::scalar::read(deserializer)
            }
        }

        impl<$($generics)*> schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $schema
            }
        }
    };
    ($name:ty, $schema:expr) => { $crate::wire::scalar::impl_scalar! { $name, [], $schema } };
}
pub(crate) use impl_scalar;

struct ScalarVisitor<T>(PhantomData<T>);

/// 2^53: beyond it a JSON number written with a fraction no longer says which integer it is.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

impl<'de, T: Scalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::from_integer(number).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        i64::try_from(number)
            .map_err(|_| is_not::<T>(&number))
            .and_then(T::from_integer)
            .map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        if number.fract() != 0.0 || number.abs() >= EXACT_BELOW {
            return Err(E::custom(is_not::<T>(&number)));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, checked above")]
        let whole = number as i64;
        T::from_integer(whole).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Err(E::custom(is_not::<T>(&value)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        T::from_null().map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Err(A::Error::custom(format!("a list is not {}", T::WHAT)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Err(A::Error::custom(format!("an object is not {}", T::WHAT)))
    }
}
