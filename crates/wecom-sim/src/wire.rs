//! What all calls share: the request, the envelope of a reply, the token check, strict bodies.
//!
//! HTTP status is 200 for every reply; success is `errcode` 0 and nothing else.

use std::{borrow::Cow, collections::HashMap, net::IpAddr};

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{desk::Desk, error::Error};

/// A payload without `errcode` and `errmsg`, which must be an object.
pub(crate) type Answer = Result<Value, Refusal>;

/// WeCom's "no", with the text that stands before the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) errcode: i64,
    text: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(errcode: i64, text: impl Into<Cow<'static, str>>) -> Self {
        Self { errcode, text: text.into() }
    }

    /// A refusal with the text that this code usually has.
    pub(crate) fn of(errcode: i64) -> Self {
        Self::new(errcode, usual_text(errcode))
    }

    /// 40058 for a field.
    pub(crate) fn field(name: &str, what: &str) -> Self {
        Self::new(40058, format!("field `{name}` {what}, invalid Request Parameter"))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "an operation was not recorded");
        Self::of(-1)
    }
}

/// Whose secret a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum App {
    /// Sees its visible range.
    SelfBuilt,
    /// Sees the ids of the whole corp and little else.
    ContactSync,
}

/// A call as it came in.
pub(crate) struct Asked {
    pub(crate) app: App,
    pub(crate) by_get: bool,
    pub(crate) query: HashMap<String, String>,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    pub(crate) ip: IpAddr,
}

impl Asked {
    /// A query parameter that is there and not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The body as a JSON object; WeCom sees no parameters in anything else.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let wrong = |error: serde_json::Error| {
            let text = "Warning: wrong json format. invalid Request Parameter";
            Refusal::new(40058, format!("{text} ({error})"))
        };
        // A struct would be read from an array too, so whatever is no object counts as empty.
        let is_object = self.body.trim_ascii_start().starts_with(b"{");
        let object = if is_object { &self.body[..] } else { b"" };
        serde_json::from_slice(object).map_err(wrong)
    }
}

/// The whole text of a success.
pub(crate) fn success(mut payload: Value) -> String {
    payload["errcode"] = json!(0);
    // The media calls answer an empty text.
    if payload["errmsg"].is_null() {
        payload["errmsg"] = json!("ok");
    }
    payload.to_string()
}

/// The whole text of a refusal; `empty` are the lists that it leaves empty.
pub(crate) fn refusal(desk: &mut Desk, asked: &Asked, empty: &[&str], refusal: Refusal) -> String {
    let Refusal { errcode, text } = refusal;
    let (hint, ip) = (desk.next_hint(), asked.ip);
    let more = format!("https://open.work.weixin.qq.com/devtool/query?e={errcode}");
    let errmsg = format!("{text}, hint: [{hint}], from ip: {ip}, more info at {more}");
    let mut payload = json!({ "errcode": errcode, "errmsg": errmsg });
    for list in empty {
        payload[*list] = json!([]);
    }
    payload.to_string()
}

/// Whole seconds, as every time on the wire.
pub(crate) fn seconds(at_ms: i64) -> i64 {
    at_ms.div_euclid(1_000)
}

fn usual_text(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system busy",
        40001 => "invalid credential",
        40003 => "invalid UserID",
        40008 => "invalid message type",
        40013 => "invalid corpid",
        40014 => "invalid access_token",
        40004 => "invalid media type",
        40005 => "invalid file type",
        40006 => "invalid media size",
        40007 => "invalid media_id",
        40009 => "invalid image size",
        40011 => "invalid video size",
        40029 => "invalid code",
        40032 => "invalid user list length",
        40050 => "invalid group id",
        40056 => "invalid agentid",
        40058 => "invalid Request Parameter",
        40063 => "some parameters are empty",
        40068 => "invalid tag id",
        40071 => "tag name exists",
        40072 => "invalid tag name length",
        40096 => "invalid external userid",
        40126 => "corp tag count out of limit",
        40206 => "request body too large",
        41001 => "access_token missing",
        41002 => "corpid missing",
        41004 => "corpsecret missing",
        41046 => "msgid missing",
        41047 => "invalid msgid",
        41048 => "no customer to send",
        41035 => "external userid missing",
        41063 => "group message is being dispatched, please try again later",
        41064 => "too many attachments",
        41065 => "invalid attachment type",
        41093 => "group message was cancelled",
        41094 => "remind too frequently",
        42001 => "access_token expired",
        42003 => "code expired",
        42022 => "code already used",
        42052 => "msgid is too old",
        44001 => "empty media data",
        44004 => "text content is empty",
        45002 => "content size out of limit",
        45009 => "api freq out of limit",
        45033 => "api concurrent out of limit",
        45035 => "the record is being modified",
        48002 => "api forbidden",
        48009 => "api forbidden for contact assistant",
        49008 => "group chat was dismissed",
        50100 => "invalid cursor",
        60011 => "no privilege to access/modify contact/party/agent",
        60020 => "not allow to access from your ip",
        60123 => "invalid party id",
        81011 => "no permission to edit this tag",
        81013 => "user & party & tag all invalid",
        81017 => "request count over limit",
        82001 => "touser & toparty & totag all empty",
        82002 => "too many parties",
        82003 => "too many tags",
        84014 => "user_ticket expired",
        84015 => "invalid user_ticket",
        84061 => "not external contact",
        91040 => "invalid ticket type",
        301002 => "not allow operate another agent with this accesstoken.",
        _ => "refused",
    }
}
