//! Whole numbers: ids, and others within bounds.

use schemars::json_schema;

use super::scalar::{Scalar, impl_scalar, is_not};

/// An id, as a number or as digits in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub i64);

impl Scalar for Id {
    const WHAT: &'static str = "an id (a whole number)";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| is_not::<Self>(&text))
    }

    fn from_integer(number: i64) -> Result<Self, String> {
        Ok(Self(number))
    }
}

impl_scalar!(
    Id,
    json_schema!({
        "type": ["integer", "string"],
        "format": "int64",
        "pattern": "^[0-9]+$",
    })
);

/// A number of `MIN..=MAX`, as a number or as digits in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Integer<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    /// The number.
    pub(crate) fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> Scalar for Integer<MIN, MAX> {
    const WHAT: &'static str = "a whole number";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| is_not::<Self>(&text)).and_then(Self::from_integer)
    }

    fn from_integer(number: i64) -> Result<Self, String> {
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("{number} is not between {MIN} and {MAX}"))
        }
    }
}

impl_scalar!(Integer<MIN, MAX>, [const MIN: i64, const MAX: i64], json_schema!({
    "type": ["integer", "string"],
    "minimum": MIN,
    "maximum": MAX,
    "pattern": "^[0-9]+$",
}));
