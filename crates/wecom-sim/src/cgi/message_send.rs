//! `message/send`: app messages to staff, as a textcard or a text.
//!
//! Receivers that do not exist are named in the reply, which is a success while one is left. With
//! the duplicate check on, an equal request inside its interval succeeds without a delivery.

mod content;
mod receivers;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes},
    chance,
    desk::Desk,
    op::{Op, Repeats},
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "message/send",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    #[serde(flatten)]
    to: receivers::Asked,
    msgtype: Option<String>,
    agentid: Option<Value>,
    textcard: Option<content::TextCard>,
    text: Option<content::Text>,
    enable_duplicate_check: Option<u8>,
    duplicate_check_interval: Option<i64>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let agent_id = request.agentid.as_ref().and_then(Value::as_i64).unwrap_or(0);
    if agent_id == 0 {
        return Err(Refusal::of(40056));
    }
    if agent_id != desk.config.agent_id {
        return Err(Refusal::of(301002));
    }
    let card = match request.msgtype.as_deref() {
        Some("textcard") => content::textcard(request.textcard)?,
        Some("text") => content::text(request.text)?,
        _ => return Err(Refusal::of(40008)),
    };
    let receivers = receivers::resolve(desk, &request.to)?;
    let invalid = json!({
        "invaliduser": receivers.invalid_users,
        "invalidparty": receivers.invalid_parties,
        "invalidtag": receivers.invalid_tags,
    });
    let now_ms = desk.now_ms();
    let repeats = (request.enable_duplicate_check == Some(1)).then(|| {
        let interval_s = request.duplicate_check_interval.unwrap_or(1_800).clamp(1, 14_400);
        let digest = format!("{:032x}", chance::digest(&[&asked.body]));
        Repeats { digest, until_ms: now_ms + interval_s * 1_000 }
    });
    let delivered = repeats.as_ref().and_then(|repeats| {
        desk.state.app_messages.delivered_as(&repeats.digest, now_ms).map(str::to_owned)
    });
    let (msgid, op) = match (delivered, repeats) {
        (Some(msgid), Some(Repeats { digest, .. })) => {
            (msgid, Op::AppMessageSuppressed { at_ms: now_ms, digest })
        }
        (_, repeats) => {
            let msgid = next_msgid(desk);
            let users = receivers.users;
            let op = Op::AppMessageAccepted {
                at_ms: now_ms,
                msgid: msgid.clone(),
                users,
                card,
                repeats,
            };
            (msgid, op)
        }
    };
    desk.record(op)?;
    let mut reply = invalid;
    reply["msgid"] = json!(msgid);
    Ok(reply)
}

fn next_msgid(desk: &Desk) -> String {
    let n = desk.state.app_messages.n_accepted;
    chance::id(&mut chance::rng(desk.config.seed, "app message", n), "", 60)
}
