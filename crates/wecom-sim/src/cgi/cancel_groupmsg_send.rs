//! `cancel_groupmsg_send`: stops what the owner has not confirmed. What was sent stays sent.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, groupmsg},
    desk::Desk,
    op::Op,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/cancel_groupmsg_send",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    msgid: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { msgid } = asked.json()?;
    let row = desk.state.mass.row(groupmsg::named(desk, msgid)?);
    if row.cancelled {
        return Err(Refusal::of(41093));
    }
    if !row.is_sent() || !desk.config.shows_cancelled {
        let msgid = row.msgid.clone();
        desk.record(Op::MassCancelled { at_ms: desk.now_ms(), msgid })?;
    }
    Ok(json!({}))
}
