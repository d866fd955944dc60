//! `message/recall`: takes an app message back within 24 hours.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    op::Op,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "message/recall",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(answer),
};

const DAY_MS: i64 = 86_400_000;

#[derive(Deserialize)]
struct Request {
    msgid: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { msgid } = asked.json()?;
    let msgid =
        msgid.filter(|id| !id.is_empty()).ok_or_else(|| Refusal::field("msgid", "missing"))?;
    let sent_at_ms = desk.state.app_messages.sent_at_ms(&msgid);
    let sent_at_ms = sent_at_ms.ok_or_else(|| Refusal::field("msgid", "invalid"))?;
    let at_ms = desk.now_ms();
    if at_ms - sent_at_ms >= DAY_MS {
        return Err(Refusal::of(42052));
    }
    desk.record(Op::AppMessageRecalled { at_ms, msgid })?;
    Ok(json!({}))
}
