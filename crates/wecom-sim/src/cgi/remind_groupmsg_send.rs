//! `remind_groupmsg_send`: at most three times in 24 hours for one message, by default.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, groupmsg},
    desk::Desk,
    op::Op,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/remind_groupmsg_send",
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
    let now_ms = desk.now_ms();
    let row = desk.state.mass.row(groupmsg::named(desk, msgid)?);
    if row.cancelled {
        return Err(Refusal::of(41093));
    }
    let lately = row.reminded_at_ms.iter().filter(|at_ms| now_ms - **at_ms < DAY_MS).count();
    if lately >= usize::try_from(desk.limits.reminders_per_day).unwrap_or(usize::MAX) {
        return Err(Refusal::of(41094));
    }
    let msgid = row.msgid.clone();
    desk.record(Op::MassReminded { at_ms: now_ms, msgid })?;
    Ok(json!({}))
}
