//! `get_groupmsg_task`: who has to send and who has. A cancelled task stays at 0.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, groupmsg, page},
    desk::Desk,
    state::mass::Task,
    wire::{self, Answer, Asked},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_groupmsg_task",
    takes: Takes::Body { on_get: 40058 },
    lists: &["task_list"],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    msgid: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { msgid, limit, cursor } = asked.json()?;
    let no = groupmsg::dispatched(desk, msgid)?;
    let row = desk.state.mass.row(no);
    let limit = page::limit(limit, 500, 1_000);
    let scope = format!("tasks {}", row.msgid);
    let from = page::position(desk, &scope, cursor.as_deref())?.unwrap_or(0);
    let from = usize::try_from(from).expect("sealed from a length");
    let shown = row.tasks.iter().skip(from).take(limit).map(|task| shown(desk, task));
    let shown: Vec<Value> = shown.collect();
    let end = from + shown.len();
    let next = (end < row.tasks.len()).then_some(end as u64);
    Ok(json!({ "task_list": shown, "next_cursor": page::next_cursor(desk, &scope, next) }))
}

fn shown(desk: &Desk, task: &Task) -> Value {
    let userid = &desk.state.world.member(task.sender).userid;
    match task.sent_at_ms {
        None => json!({ "userid": userid, "status": 0 }),
        Some(at_ms) => json!({ "userid": userid, "status": 2, "send_time": wire::seconds(at_ms) }),
    }
}
