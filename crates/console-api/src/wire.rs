//! Types of requests and replies that all sections use. Ids are digits in a string: a number of JavaScript holds them,
//! but nobody has to think about it.

use schemars::JsonSchema;
use scrm::{Page, PublicId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An id: digits in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct Id(pub i64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| D::Error::custom("is no id: digits in a string"))
    }
}

/// The id of an SOP, task or material: 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct Uuid(pub PublicId);

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        PublicId::parse(&text).map(Self).ok_or_else(|| D::Error::custom("is no id: 32 hex digits"))
    }
}

/// A text without NUL, which not every database takes, of `MAX` characters at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct Text<const MAX: usize>(pub String);

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains('\0') {
            return Err(D::Error::custom("contains a NUL character"));
        }
        if text.chars().count() > MAX {
            return Err(D::Error::custom(format!("is longer than {MAX} characters")));
        }
        Ok(Self(text))
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Paging {
    /// From 1.
    page_no: u32,
    /// 1 to 200.
    page_size: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { page_no: 1, page_size: 20 }
    }
}

impl Paging {
    /// The page, within limits.
    pub(crate) fn page(self) -> Page {
        let (no, size) = (self.page_no.clamp(1, 10_000_000), self.page_size.clamp(1, 200));
        Page { no, size }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rows<T> {
    /// How many there are in all.
    pub total: i64,
    /// Those of the page.
    pub rows: Vec<T>,
}

/// A request that asks for nothing in particular, or a reply that tells nothing.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}
