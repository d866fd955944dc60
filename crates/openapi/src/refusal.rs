//! What a caller is told when a call is not carried out.

use std::error::Error as StdError;

use axum::http::StatusCode;
use scrm::sop::{ContentRefusal, Field};

/// A business code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What stands in the envelope.
    pub number: i64,
    /// What it means.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($name:ident = $number:literal, $meaning:literal;)*) => {
        #[expect(missing_docs, reason = "each says its meaning itself")]
        impl Code {
            $(pub const $name: Self = Self { number: $number, meaning: $meaning };)*
            /// All codes that this server sends.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    SUCCESS = 0, "success";
    FAILURE = -1, "failure of the transport or the server: HTTP 405, 413, 500, 503";
    HEADER_MISSING = 1001, "an authentication header is missing";
    WRONG_SIGN = 1002, "sign is wrong";
    BAD_TIMESTAMP = 1003, "timestamp is malformed or outside the window";
    UNKNOWN_APP = 1004, "appId is unknown or disabled";
    FORBIDDEN_ADDRESS = 1005, "the caller's IP address is not allowed";
    MISSING_SCOPE = 1006, "the scope is not granted to the app";
    NOT_JSON = 40_000, "the body is not valid JSON";
    INVALID_FIELD = 40_001, "a field is invalid; the message names it and says why";
    NOT_FOUND = 40_404, "a thing that the call names does not exist, or (HTTP 404) the path";
    CONFLICT = 40_409, "the call conflicts with the present state";
}

/// A refusal: the code and message of the envelope, its HTTP status, and for the log what caused it.
#[derive(Debug)]
pub struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    pub(crate) message: String,
    /// Never shown to the caller.
    pub(crate) cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Refusal {
    /// A business outcome; goes out with HTTP 200, as the contract wants.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::transport(StatusCode::OK, code, message)
    }

    /// A field that cannot be accepted, by its path, such as `sopContents[1].showTime`.
    pub fn field(path: &str, why: impl std::fmt::Display) -> Self {
        Self::new(Code::INVALID_FIELD, format!("{path}: {why}"))
    }

    /// The same with the path of the field before its message.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.message = format!("{path}: {}", self.message);
        self
    }

    /// What is wrong with a step's items, which stand in the list at `items`, as in `sendInfo.sendData`.
    pub(crate) fn of_content_in(items: &str, wrong: &ContentRefusal) -> Self {
        let Some(item) = wrong.item else { return Self::field(items, &wrong.what) };
        let item = format!("{items}[{}]", item.saturating_sub(1));
        match wrong.field.map(Self::member) {
            Some(member) => Self::field(&format!("{item}.{member}"), &wrong.what),
            None => Self::field(&item, &wrong.what),
        }
    }

    /// The member of a request in which a part of an item is given.
    pub(crate) fn member(field: Field) -> &'static str {
        match field {
            Field::Text | Field::Summary => "content",
            Field::Title => "title",
            Field::Url => "link",
            Field::Cover | Field::File => "fileUrl",
            Field::AppId => "appId",
            Field::Page => "page",
        }
    }

    /// A condition of the transport.
    pub(crate) fn transport(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), cause: None }
    }

    /// A failure of ours, HTTP 500: the caller learns that much, the log learns the cause.
    pub(crate) fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "the server failed to carry out the call; its log says why";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { cause: Some(cause.into()), ..Self::transport(status, Code::FAILURE, message) }
    }

    fn busy(cause: store::Error) -> Self {
        let message = "the server's database is busy or cannot be reached; try again later";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { cause: Some(cause.into()), ..Self::transport(status, Code::FAILURE, message) }
    }
}

impl From<scrm::Error> for Refusal {
    /// Steps are taken to stand in `sopContents`; for other calls see [`Refusal::of_content_in`].
    fn from(error: scrm::Error) -> Self {
        match error {
            scrm::Error::Content(wrong) => {
                let step = wrong.step.saturating_sub(1);
                Self::of_content_in(&format!("sopContents[{step}].sopDatas"), &wrong)
            }
            scrm::Error::Invalid(text) => Self::new(Code::INVALID_FIELD, text),
            scrm::Error::OtherFile { .. } => Self::new(Code::INVALID_FIELD, error.to_string()),
            scrm::Error::NotFound(text) => Self::new(Code::NOT_FOUND, text),
            scrm::Error::Conflict(text) => Self::new(Code::CONFLICT, text),
            scrm::Error::Store(error) => error.into(),
            other => Self::failed(other),
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        if error.is_temporary() { Self::busy(error) } else { Self::failed(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_content_is_told_with_its_path() {
        let wrong = |item, field| ContentRefusal { step: 2, item, field, what: "why".to_owned() };
        for (item, field, path) in [
            (None, None, "sopContents[1].sopDatas"),
            (Some(3), None, "sopContents[1].sopDatas[2]"),
            (Some(3), Some(Field::File), "sopContents[1].sopDatas[2].fileUrl"),
            (Some(1), Some(Field::Summary), "sopContents[1].sopDatas[0].content"),
        ] {
            let refusal = Refusal::from(scrm::Error::Content(wrong(item, field)));
            assert_eq!(
                (refusal.code, refusal.message),
                (Code::INVALID_FIELD, format!("{path}: why"))
            );
        }
        let elsewhere = Refusal::of_content_in("sendInfo.sendData", &wrong(Some(1), None));
        assert_eq!(elsewhere.message, "sendInfo.sendData[0]: why");
    }

    #[test]
    fn errors_of_the_domain_get_their_codes_and_failures_hide_their_cause() {
        let cases = [
            (scrm::Error::Invalid("a".to_owned()), 200, 40_001, "a"),
            (scrm::Error::NotFound("b".to_owned()), 200, 40_404, "b"),
            (scrm::Error::Conflict("c".to_owned()), 200, 40_409, "c"),
            (scrm::Error::Store(store::Error::Busy), 503, -1, "try again later"),
            (
                store::Error::ConnectionLost("10.0.0.7".to_owned()).into(),
                503,
                -1,
                "try again later",
            ),
            (scrm::Error::Damaged("row 17".to_owned()), 500, -1, "its log says why"),
        ];
        for (error, status, number, text) in cases {
            let refusal = Refusal::from(error);
            assert_eq!((refusal.status.as_u16(), refusal.code.number), (status, number));
            assert!(refusal.message.ends_with(text), "{}", refusal.message);
            assert_eq!(refusal.cause.is_some(), status >= 500);
        }
    }
}
