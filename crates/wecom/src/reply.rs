//! From the bytes of an answer to a typed reply or a refusal.
//!
//! `errcode` is read before anything else, because a refusal carries the reply's fields empty or
//! in odd shapes. It may be absent in a success, which is believed only under HTTP status 2xx.

use std::borrow::Cow;

use reqwest::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Error, call::Call, lenient};

/// A success without content.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default, deserialize_with = "lenient::int")]
    errcode: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    errmsg: String,
}

/// Reads the answer to `call`.
pub(crate) fn read<T: DeserializeOwned>(
    call: &Call,
    status: StatusCode,
    body: &[u8],
) -> Result<T, Error> {
    if status.is_server_error() {
        return Err(Error::status(call, status));
    }
    let body = &*without_nul(body);
    let envelope = serde_json::from_slice::<Envelope>(body);
    match envelope {
        Ok(Envelope { errcode, errmsg }) if errcode != 0 => {
            Err(Error::Api { call: call.path, errcode, errmsg })
        }
        _ if !status.is_success() => Err(Error::status(call, status)),
        Ok(_) => serde_json::from_slice(body).map_err(|error| unreadable(call, &error)),
        Err(error) => Err(unreadable(call, &error)),
    }
}

/// The body with every NUL in its texts as U+FFFD: no name needs one, and not every database stores it.
fn without_nul(body: &[u8]) -> Cow<'_, [u8]> {
    const NUL: &[u8] = b"\\u0000";
    let is_at = |at: usize| body[at..].starts_with(NUL);
    if !(0..body.len()).any(is_at) {
        return Cow::Borrowed(body);
    }
    let mut clean = body.to_vec();
    let mut at = 0;
    while at < body.len() {
        if is_at(at) {
            clean[at..at + NUL.len()].copy_from_slice(b"\\ufffd");
        }
        // An escaped backslash is no beginning of a NUL.
        at += if body[at] == b'\\' { 2 } else { 1 };
    }
    Cow::Owned(clean)
}

/// The text of serde's errors quotes the reply, which may hold names or a token, so only the place
/// is told.
fn unreadable(call: &Call, error: &serde_json::Error) -> Error {
    let what = match error.classify() {
        serde_json::error::Category::Data => "an unexpected or missing field",
        serde_json::error::Category::Eof => "cut off",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "no JSON",
    };
    let message = format!("{what} at line {} column {}", error.line(), error.column());
    Error::malformed(call, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;

    const CALL: Call = Call::write("externalcontact/add_msg_template");

    #[derive(Debug, Deserialize)]
    struct Named {
        #[serde(rename = "name")]
        _name: String,
    }

    fn read_named(status: u16, body: &str) -> Result<Named, Error> {
        read(&CALL, StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn a_nul_in_a_text_becomes_another_sign_and_nothing_else_changes() {
        let cases: [(&[u8], &[u8]); 4] = [
            (br#"{"n":"a\u0000b\u0000"}"#, br#"{"n":"a\ufffdb\ufffd"}"#),
            (br#"{"n":"a\\u0000"}"#, br#"{"n":"a\\u0000"}"#),
            (br#"{"n":"a\\\u0000"}"#, br#"{"n":"a\\\ufffd"}"#),
            (br#"{"n":"\u00001"}"#, br#"{"n":"\ufffd1"}"#),
        ];
        for (body, clean) in cases {
            assert_eq!(without_nul(body), clean, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_refusal_is_seen_although_its_payload_has_another_shape() {
        let body = include_str!("../examples-of-replies/refusal.json");
        let error = read_named(200, body).unwrap_err();
        assert_eq!(error.errcode(), Some(84_061));
        assert_eq!(error.effect(), Effect::None);
        let odd = r#"{"errcode":"40058","errmsg":null,"name":[]}"#;
        assert_eq!(read_named(200, odd).unwrap_err().errcode(), Some(40_058));
    }

    #[test]
    fn an_answer_without_errcode_is_a_success() {
        assert!(read_named(200, r#"{"name":"a","fields of next year":{}}"#).is_ok());
    }

    #[test]
    fn an_answer_without_errcode_under_an_error_status_is_none() {
        let error = read_named(404, r#"{"name":"a"}"#).unwrap_err();
        assert!(matches!(error, Error::Status { status: 404, effect: Effect::Unknown, .. }));
        assert!(error.advice().is_some());
    }

    #[test]
    fn a_server_error_leaves_the_effect_unknown_whatever_it_says() {
        let error = read_named(502, r#"{"errcode":0,"name":"a"}"#).unwrap_err();
        assert!(matches!(error, Error::Status { status: 502, effect: Effect::Unknown, .. }));
    }

    #[test]
    fn an_unreadable_success_leaves_the_effect_unknown_and_its_text_is_not_repeated() {
        for body in ["", "<html>", "[]", "null", r#"{"name":["secretive"]}"#, r#"{"name":"secr"#] {
            let error = read_named(200, body).unwrap_err();
            assert!(matches!(error, Error::Malformed { .. }), "{body}");
            assert_eq!(error.effect(), Effect::Unknown);
            assert!(!format!("{error} {error:?}").contains("secr"));
        }
    }
}
