//! `get_groupmsg_list_v2`: mass messages by time of creation.
//!
//! A message made by the API has no creator, and the list shows neither senders nor receivers: who lost
//! the reply of `add_msg_template` has to find the message by its content.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, page},
    desk::Desk,
    state::mass::{Audience, MassNo, Row},
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_groupmsg_list_v2",
    takes: Takes::Body { on_get: 40058 },
    lists: &["group_msg_list"],
    answer: Answers::Tree(answer),
};

const MAX_SPAN_S: i64 = 31 * 86_400;

#[derive(Deserialize)]
struct Request {
    chat_type: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    creator: Option<String>,
    filter_type: Option<u8>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let chat_type = request.chat_type.filter(|kind| ["single", "group"].contains(&kind.as_str()));
    let chat_type = chat_type.ok_or_else(|| Refusal::field("chat_type", "missing"))?;
    let start_s = request.start_time.ok_or_else(|| Refusal::field("start_time", "missing"))?;
    let end_s = request.end_time.ok_or_else(|| Refusal::field("end_time", "missing"))?;
    if !(0..=MAX_SPAN_S).contains(&end_s.saturating_sub(start_s)) {
        return Err(Refusal::field("end_time", "must be within one month after start_time"));
    }
    let filter_type = request.filter_type.unwrap_or(2);
    if filter_type > 2 {
        return Err(Refusal::field("filter_type", "must be from 0 to 2"));
    }
    let limit = page::limit(request.limit, 50, 100);
    let creator = request.creator.unwrap_or_default();
    let scope = format!("messages {chat_type} {start_s} {end_s} {filter_type} {creator}");
    let after = page::position(desk, &scope, request.cursor.as_deref())?;
    let after = after.map(|no| MassNo(u32::try_from(no).expect("sealed from 32 bits")));
    // All messages here were made by the API, for the enterprise, by nobody.
    if filter_type == 1 || !creator.is_empty() {
        return Ok(json!({ "group_msg_list": [], "next_cursor": "" }));
    }
    let (mass, now_ms) = (&desk.state.mass, desk.now_ms());
    let dispatched =
        |no: &MassNo| !mass.row(*no).is_dispatching(desk.config.dispatching_ms, now_ms);
    let of_kind =
        |no: &MassNo| (mass.row(*no).audience == Audience::Groups) == (chat_type == "group");
    let created = mass.created_in(start_s, end_s, after);
    let mut found: Vec<MassNo> =
        created.filter(of_kind).filter(dispatched).take(limit + 1).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more).map(|no| u64::from(no.0));
    Ok(json!({
        "group_msg_list": found.iter().map(|no| shown(mass.row(*no))).collect::<Vec<_>>(),
        "next_cursor": page::next_cursor(desk, &scope, last),
    }))
}

fn shown(row: &Row) -> Value {
    json!({
        "msgid": row.msgid,
        "create_time": row.created_at_s(),
        "create_type": 0,
        "text": { "content": row.text },
        "attachments": row.attachments.iter().cloned().map(one_picture).collect::<Vec<_>>(),
    })
}

/// Of an image given twice only the media id is kept.
fn one_picture(mut attachment: Value) -> Value {
    if let Some(image) = attachment.get_mut("image").and_then(Value::as_object_mut)
        && image.get("media_id").is_some_and(|id| id.as_str().is_some_and(|id| !id.is_empty()))
    {
        image.remove("pic_url");
    }
    attachment
}
