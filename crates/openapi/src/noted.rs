//! What the log of calls is told of a call: never a body, a sign or a key.

use std::net::IpAddr;

use axum::http::{HeaderMap, StatusCode};
use scrm::apps::calls::Call;

use crate::{Code, Refusal};

/// The longest appId that is looked up; those that there are have 65 letters at most.
const MAX_APP_ID: usize = 128;

/// When a call came and what came of it.
pub(crate) struct Answered<'a> {
    pub path: &'static str,
    pub at_ms: i64,
    pub duration_ms: i64,
    pub outcome: &'a Result<Vec<u8>, Refusal>,
}

/// What to note; nothing for a call that names no app. Whether there is such an app is found out when it is written:
/// calls refused before that check (a malformed timestamp, a missing sign) are among those that people look for.
pub(crate) fn call(
    headers: &HeaderMap,
    address: Option<IpAddr>,
    answered: &Answered<'_>,
) -> Option<Call> {
    let app_id = headers.get("appId")?.to_str().ok()?;
    if app_id.is_empty() || app_id.len() > MAX_APP_ID {
        return None;
    }
    let (code, status, reason) = match answered.outcome {
        Ok(_) => (Code::SUCCESS, StatusCode::OK, String::new()),
        Err(refusal) => (refusal.code, refusal.status, refusal.message.clone()),
    };
    Some(Call {
        app_id: app_id.to_owned(),
        at_ms: answered.at_ms,
        path: answered.path,
        code: code.number,
        http_status: status.as_u16(),
        duration_ms: answered.duration_ms,
        address,
        reason,
    })
}
