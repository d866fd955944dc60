//! WeCom's callbacks over HTTP: the verification of an address, and events.
//!
//! WeCom waits 1 s for an echo and 5 s for an event's answer, and sends again what was not answered with
//! 200. So 200 means that the event is committed, an error of ours is 500, and a refusal says nothing that
//! would help a stranger. The log names the reason of a refusal, never what came.

use std::{borrow::Cow, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, Method, StatusCode, header::ALLOW},
    response::{IntoResponse, Response},
    routing::any,
};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode_str;
use scrm::{
    Scrm,
    callbacks::{self, ReceiverKind, Refused},
};
use tracing::{error, warn};
use wecom::callback::{self, MAX_BODY_BYTES, Signed};

/// The addresses of all receivers.
pub fn router(scrm: Scrm) -> Router {
    Router::new().route("/wecom/callback/{corp}/{receiver}", any(answer)).with_state(scrm)
}

/// WeCom itself waits no longer.
const BODY_WAIT_MS: u64 = 5_000;
/// How much more than allowed is read and thrown away, in multiples of it: who is still sending when the
/// connection closes never sees the answer.
const READ_BEYOND: usize = 4;

/// Why a delivery was not taken, in words without anything of it.
struct Refusal {
    status: StatusCode,
    reason: String,
}

async fn answer(
    State(scrm): State<Scrm>,
    Path((corp, receiver)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let outcome = match parts.method {
        Method::GET => {
            verify(&scrm, &corp, &receiver, query).await.map(IntoResponse::into_response)
        }
        Method::POST => {
            let taken = receive(&scrm, &corp, &receiver, query, body).await;
            taken.map(IntoResponse::into_response)
        }
        _ => {
            Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "only GET and POST are allowed here"))
        }
    };
    outcome.unwrap_or_else(|refusal| refused(&loggable(&corp), &loggable(&receiver), refusal))
}

async fn verify(scrm: &Scrm, corp: &str, receiver: &str, query: &str) -> Result<String, Refusal> {
    let kind = kind(receiver)?;
    let echo = parameter(query, "echostr")?;
    let query = Query::read(query)?;
    Ok(callbacks::verify(scrm, corp, kind, &query.signed(), &echo).await?)
}

async fn receive(
    scrm: &Scrm,
    corp: &str,
    receiver: &str,
    query: &str,
    body: Body,
) -> Result<(), Refusal> {
    let kind = kind(receiver)?;
    let query = Query::read(query)?;
    let wait = Duration::from_millis(BODY_WAIT_MS);
    let body =
        tokio::time::timeout(wait, collect(body)).await.map_err(|_| Refusal::incomplete())??;
    Ok(callbacks::receive(scrm, corp, kind, &query.signed(), &body).await?)
}

fn kind(receiver: &str) -> Result<ReceiverKind, Refusal> {
    ReceiverKind::parse(receiver).ok_or_else(|| Refused::NoReceiver.into())
}

/// What stands in the query, decoded once.
struct Query<'a> {
    msg_signature: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    nonce: Cow<'a, str>,
}

impl<'a> Query<'a> {
    fn read(text: &'a str) -> Result<Self, Refusal> {
        Ok(Self {
            msg_signature: parameter(text, "msg_signature")?,
            timestamp: parameter(text, "timestamp")?,
            nonce: parameter(text, "nonce")?,
        })
    }

    fn signed(&self) -> Signed<'_> {
        let Self { msg_signature, timestamp, nonce, .. } = self;
        Signed { msg_signature, timestamp, nonce }
    }
}

/// The first parameter of this name. A `+` is a plus and no blank: base64 has the one and not the other,
/// and proxies are known to decode `%2B` on the way.
fn parameter<'a>(query: &'a str, name: &str) -> Result<Cow<'a, str>, Refusal> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(found, _)| *found == name).map(|(_, value)| value);
    value.and_then(|value| percent_decode_str(value).decode_utf8().ok()).ok_or_else(|| {
        Refusal::new(StatusCode::BAD_REQUEST, format!("the query has no readable {name}"))
    })
}

async fn collect(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut n_read = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::incomplete())?;
        n_read = n_read.saturating_add(chunk.len());
        if n_read <= MAX_BODY_BYTES {
            kept.extend_from_slice(&chunk);
        } else if n_read / READ_BEYOND > MAX_BODY_BYTES {
            break;
        }
    }
    if n_read <= MAX_BODY_BYTES { Ok(kept) } else { Err(callback::Refusal::TooLarge.into()) }
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    fn incomplete() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "the body did not arrive completely")
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let status = match &refused {
            Refused::NoReceiver => StatusCode::NOT_FOUND,
            Refused::Stale => StatusCode::FORBIDDEN,
            Refused::Bad(refusal) => return (*refusal).into(),
            Refused::NotStored(_) | Refused::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, refused.to_string())
    }
}

impl From<callback::Refusal> for Refusal {
    fn from(refusal: callback::Refusal) -> Self {
        let status = match refusal {
            callback::Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            callback::Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
            callback::Refusal::WrongSignature
            | callback::Refusal::Undecryptable(_)
            | callback::Refusal::WrongReceiver => StatusCode::FORBIDDEN,
        };
        Self::new(status, refusal.to_string())
    }
}

fn refused(corp: &str, receiver: &str, Refusal { status, reason }: Refusal) -> Response {
    let code = status.as_u16();
    if status.is_server_error() {
        error!(
            corp.wecom_id = corp,
            receiver, code, reason, "a callback failed; WeCom will repeat it"
        );
    } else {
        warn!(corp.wecom_id = corp, receiver, code, reason, "a callback was refused");
    }
    let mut response = status.into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}

/// A part of the address as it may stand in the log: strangers write there what they like.
fn loggable(part: &str) -> Cow<'_, str> {
    const LONGEST: usize = 64;
    let is_id = part.len() <= LONGEST && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { part.into() } else { "(no id)".into() }
}

#[cfg(test)]
mod tests;
