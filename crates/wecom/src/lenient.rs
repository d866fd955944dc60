//! Reading what WeCom sends rather than what it documents.
//!
//! The same number comes as a number in one call and as text in another, a list without entries
//! comes as `[]`, as `null` or not at all, and an absent text is as good as an empty one. A field
//! that may be missing carries `#[serde(default, deserialize_with = "…")]`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serializer,
    de::{self, Visitor},
};

/// An integer as a number or as text; null and empty text count as 0.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(optional_int(deserializer)?.unwrap_or(0))
}

/// An integer as a number or as text; null and empty text count as absent.
pub(crate) fn optional_int<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_any(IntVisitor)
}

/// A list of integers, each as a number or as text; null is the empty list.
pub(crate) fn ints<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    Ok(list::<Int, D>(deserializer)?.into_iter().map(|Int(value)| value).collect())
}

/// A list; null is the empty list.
pub(crate) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An object; null is the empty one.
pub(crate) fn object<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A text; null is the empty text.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A text that an answer must contain to be of use; null and empty text are errors.
pub(crate) fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = text(deserializer)?;
    if value.is_empty() { Err(de::Error::custom("an empty id")) } else { Ok(value) }
}

/// A text; null and empty text count as absent, as in the cursor of a last page.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|value| !value.is_empty()))
}

/// A short text that also comes as a number, such as gender; null is the empty text.
pub(crate) fn number_as_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    Ok(optional_int(deserializer)?.map(|value| value.to_string()).unwrap_or_default())
}

/// A truth value as such, as 0 or 1, or as text; null is false.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(FlagVisitor)
}

/// The cursor of a page: absent on the last one, which WeCom writes as the empty text.
pub(crate) mod cursor {
    use super::Serializer;

    pub(crate) use super::optional_text as deserialize;

    pub(crate) fn serialize<S: Serializer>(
        cursor: &Option<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(cursor.as_deref().unwrap_or_default())
    }
}

struct Int(i64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        int(deserializer).map(Self)
    }
}

struct IntVisitor;

impl Visitor<'_> for IntVisitor {
    type Value = Option<i64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an integer, also as text")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value).map(Some).map_err(|_| E::custom("an integer above 63 bits"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        match value.trim() {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| E::custom("text that is no integer")),
        }
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct FlagVisitor;

impl Visitor<'_> for FlagVisitor {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("true or false, also as 0 or 1")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value != 0)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(value != 0)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(!matches!(value, "" | "0" | "false"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "int")]
        int: i64,
        #[serde(deserialize_with = "optional_int")]
        optional_int: Option<i64>,
        #[serde(deserialize_with = "ints")]
        ints: Vec<i64>,
        #[serde(deserialize_with = "list")]
        list: Vec<String>,
        #[serde(deserialize_with = "text")]
        text: String,
        #[serde(deserialize_with = "optional_text")]
        optional_text: Option<String>,
        #[serde(deserialize_with = "flag")]
        flag: bool,
    }

    fn sample(json: &str) -> Sample {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn integers_are_read_from_numbers_and_from_text_beyond_32_bits() {
        let read = sample(r#"{"int":"4294967295","optional_int":2147484646,"ints":["1",2]}"#);
        assert_eq!(
            (read.int, read.optional_int, read.ints),
            (4_294_967_295, Some(2_147_484_646), vec![1, 2])
        );
    }

    #[test]
    fn null_is_as_good_as_a_missing_field() {
        let nulls = r#"{"int":null,"optional_int":null,"ints":null,"list":null,"text":null,
            "optional_text":null,"flag":null}"#;
        assert_eq!(sample(nulls), Sample::default());
        assert_eq!(sample("{}"), Sample::default());
    }

    #[test]
    fn empty_text_counts_as_absent_where_something_may_be_absent() {
        let read = sample(r#"{"int":"","optional_int":"","optional_text":""}"#);
        assert_eq!(read, Sample::default());
    }

    #[test]
    fn truth_comes_in_many_forms() {
        for yes in ["true", "1", "\"1\"", "\"true\""] {
            assert!(sample(&format!(r#"{{"flag":{yes}}}"#)).flag, "{yes}");
        }
        for no in ["false", "0", "\"0\"", "null"] {
            assert!(!sample(&format!(r#"{{"flag":{no}}}"#)).flag, "{no}");
        }
    }

    #[test]
    fn text_that_is_no_integer_is_refused_without_quoting_it() {
        let error = serde_json::from_str::<Sample>(r#"{"int":"seven"}"#).unwrap_err();
        assert!(!error.to_string().contains("seven"));
    }
}
