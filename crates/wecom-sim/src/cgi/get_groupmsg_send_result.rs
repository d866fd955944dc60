//! `get_groupmsg_send_result`: the groups or customers of one member's task. Groups left out are
//! not listed, customers are.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, groupmsg, page},
    desk::Desk,
    state::{
        ledger::Outcome,
        mass::{Receiver, Task},
    },
    wire::{self, Answer, Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_groupmsg_send_result",
    takes: Takes::Body { on_get: 40058 },
    lists: &["send_list"],
    answer: Answers::Tree(answer),
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
    let task = row.task_of(asked_for).map(|n| &row.tasks[n]);
    let results = task.map(results).unwrap_or_default();
    let page = results.iter().skip(from).take(limit);
    let page: Vec<Value> = page
        .map(|result| shown(desk, asked_for, task.and_then(|t| t.sent_at_ms), result))
        .collect();
    let next = (from + page.len() < results.len()).then_some((from + page.len()) as u64);
    Ok(json!({ "send_list": page, "next_cursor": page::next_cursor(desk, &scope, next) }))
}

/// Customers are listed before they are sent to; of groups nobody knows yet.
fn results(task: &Task) -> Cow<'_, [(Receiver, Outcome)]> {
    if task.sent_at_ms.is_some() {
        return Cow::Borrowed(&task.results);
    }
    let customers = task.receivers.iter().filter(|to| matches!(to, Receiver::Customer(_)));
    customers.map(|to| (*to, Outcome::LeftOut)).collect()
}

fn shown(
    desk: &Desk,
    sender: StaffNo,
    sent_at_ms: Option<i64>,
    (to, outcome): &(Receiver, Outcome),
) -> Value {
    let mut shown = json!({
        "userid": desk.state.world.member(sender).userid,
        "status": outcome.status(),
    });
    let field = match to {
        Receiver::Group(_) => "chat_id",
        Receiver::Customer(_) => "external_userid",
    };
    shown[field] = json!(desk.state.receiver_id(*to));
    if let (Outcome::Sent, Some(at_ms)) = (outcome, sent_at_ms) {
        shown["send_time"] = json!(wire::seconds(at_ms));
    }
    shown
}
