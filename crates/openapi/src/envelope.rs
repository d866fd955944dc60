//! The one form of every reply: `{"code":…,"message":…,"data":…}`.

use axum::{
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{Code, Refusal};

#[derive(Serialize)]
struct Envelope<'a, T> {
    code: i64,
    message: &'a str,
    data: T,
}

/// The bytes of a success.
pub(crate) fn success<T: Serialize>(data: &T) -> Result<Vec<u8>, Refusal> {
    let envelope = Envelope { code: Code::SUCCESS.number, message: "success", data };
    serde_json::to_vec(&envelope).map_err(Refusal::failed)
}

/// The bytes of a refusal; its data is null.
pub(crate) fn refusal(refusal: &Refusal) -> Vec<u8> {
    let envelope = Envelope { code: refusal.code.number, message: &refusal.message, data: () };
    serde_json::to_vec(&envelope).expect("a number and a text can be written as JSON")
}

/// A reply with the contract's content type.
pub(crate) fn json(status: StatusCode, body: impl IntoResponse) -> Response {
    let mut response = (status, body).into_response();
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_the_order_of_the_contract() {
        assert_eq!(
            success(&[1, 2]).expect("numbers can be written"),
            br#"{"code":0,"message":"success","data":[1,2]}"#
        );
        assert_eq!(
            refusal(&Refusal::new(Code::WRONG_SIGN, "sign is wrong")),
            br#"{"code":1002,"message":"sign is wrong","data":null}"#
        );
    }
}
