//! Texts, and values that are only ever written as text.

use schemars::json_schema;
use scrm::PublicId;

use super::scalar::{Scalar, impl_scalar, is_not, shown};

/// A text of `MIN..=MAX` characters without NUL, which PostgreSQL cannot store. With a `MIN` above 0
/// a text of blanks alone counts as empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MIN: usize, const MAX: usize>(pub String);

impl<const MIN: usize, const MAX: usize> Scalar for Text<MIN, MAX> {
    const WHAT: &'static str = "a text";

    fn from_text(text: &str) -> Result<Self, String> {
        let n_chars = text.chars().count();
        if text.contains('\0') {
            Err("contains a NUL character".to_owned())
        } else if MIN > 0 && text.trim().is_empty() {
            Err("must not be empty".to_owned())
        } else if !(MIN..=MAX).contains(&n_chars) {
            Err(format!("has {n_chars} characters, not {MIN} to {MAX}"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl_scalar!(Text<MIN, MAX>, [const MIN: usize, const MAX: usize], json_schema!({
    "type": "string",
    "minLength": MIN,
    "maxLength": MAX,
}));

/// The address of something on the web, up to 2,048 bytes (WeCom's limit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpAddress(pub String);

impl HttpAddress {
    const MAX_BYTES: usize = 2_048;
}

impl Scalar for HttpAddress {
    const WHAT: &'static str = "an address (http:// or https://)";

    fn from_text(text: &str) -> Result<Self, String> {
        let rest = ["http://", "https://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        let is_address = rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
        });
        if !is_address {
            Err(is_not::<Self>(&text))
        } else if text.len() > Self::MAX_BYTES {
            Err(format!("has {} bytes, at most {}", text.len(), Self::MAX_BYTES))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl_scalar!(
    HttpAddress,
    json_schema!({
        "type": "string",
        "format": "uri",
        "maxLength": HttpAddress::MAX_BYTES,
    })
);

/// Ids of 32 hex digits, each a type of its own, so that a refusal says what was meant.
macro_rules! public_ids {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub PublicId);

        impl Scalar for $name {
            const WHAT: &'static str = $what;

            fn from_text(text: &str) -> Result<Self, String> {
                PublicId::parse(text)
                    .map(Self)
                    .ok_or_else(|| format!("{} is not {}", shown(&text), Self::WHAT))
            }
        }

        impl_scalar!(
            $name,
            json_schema!({
                "type": "string",
                "pattern": "^[0-9a-fA-F]{32}$",
            })
        );
    )*};
}

public_ids! {
    /// The id of a task.
    TaskId, "a task id (32 hexadecimal digits)";
    /// The id of an SOP.
    SopId, "the id of an SOP (32 hexadecimal digits)";
    /// The id of a marketing content.
    MarketingId, "the id of a marketing content (32 hexadecimal digits)";
}
