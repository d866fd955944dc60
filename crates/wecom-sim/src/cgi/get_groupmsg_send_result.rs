//! `get_groupmsg_send_result`: the groups of a confirmed message. Groups left out are not listed.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Call, Takes, groupmsg, page},
    desk::Desk,
    state::ledger::Outcome,
    wire::{self, Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_groupmsg_send_result",
    takes: Takes::Body { on_get: 40058 },
    lists: &["send_list"],
    answer,
};

#[derive(Deserialize)]
struct Request {
    msgid: Option<String>,
    userid: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { msgid, userid, limit, cursor } = asked.json()?;
    let no = groupmsg::dispatched(desk, msgid)?;
    let userid = userid.filter(|id| !id.is_empty());
    let userid = userid.ok_or_else(|| Refusal::field("userid", "missing"))?;
    let asked_for = desk.state.world.find_staff(&userid).ok_or_else(|| Refusal::of(40003))?;
    if !desk.sees(asked_for) {
        return Err(Refusal::of(60011));
    }
    let row = desk.state.mass.row(no);
    let limit = page::limit(limit, 500, 1_000);
    let scope = format!("results {} {}", row.msgid, asked_for.index());
    let from = page::position(desk, &scope, cursor.as_deref())?.unwrap_or(0);
    let from = usize::try_from(from).expect("sealed from a length");
    let results = if asked_for == row.sender { row.results.as_slice() } else { &[] };
    let sender = &desk.state.world.member(row.sender).userid;
    let page = results.iter().skip(from).take(limit);
    let page: Vec<Value> = page
        .map(|(chat, outcome)| {
            let chat_id = &desk.state.groups.row(*chat).chat_id;
            match (outcome, row.sent_at_ms) {
                (Outcome::Sent, Some(at_ms)) => json!({
                    "chat_id": chat_id,
                    "userid": sender,
                    "status": 1,
                    "send_time": wire::seconds(at_ms),
                }),
                _ => json!({ "chat_id": chat_id, "userid": sender, "status": 3 }),
            }
        })
        .collect();
    let next = (from + page.len() < results.len()).then_some((from + page.len()) as u64);
    Ok(json!({ "send_list": page, "next_cursor": page::next_cursor(desk, &scope, next) }))
}
