//! `get_groupmsg_task`: whether the owner has confirmed. A cancelled task stays at 0.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Call, Takes, groupmsg, page},
    desk::Desk,
    wire::{self, Answer, Asked},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_groupmsg_task",
    takes: Takes::Body { on_get: 40058 },
    lists: &["task_list"],
    answer,
};

#[derive(Deserialize)]
struct Request {
    msgid: Option<String>,
    cursor: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { msgid, cursor } = asked.json()?;
    let no = groupmsg::dispatched(desk, msgid)?;
    // A group message has one sender, so there is one page and no cursor is ever given out.
    page::position(desk, "tasks", cursor.as_deref())?;
    let row = desk.state.mass.row(no);
    let userid = &desk.state.world.member(row.sender).userid;
    let task = match row.sent_at_ms {
        None => json!({ "userid": userid, "status": 0 }),
        Some(at_ms) => json!({ "userid": userid, "status": 2, "send_time": wire::seconds(at_ms) }),
    };
    Ok(json!({ "task_list": [task], "next_cursor": "" }))
}
