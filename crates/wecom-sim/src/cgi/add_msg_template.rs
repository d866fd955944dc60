//! `add_msg_template`: makes tasks for an owner of groups, or for the members who follow customers.
//! Nothing reaches anybody until they confirm.

mod content;
mod customers;
mod groups;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes},
    chance,
    desk::Desk,
    op::Op,
    wire::{Answer, Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/add_msg_template",
    takes: Takes::Body { on_get: 40063 },
    lists: &["fail_list"],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    chat_type: Option<String>,
    chat_id_list: Option<Vec<String>>,
    #[serde(flatten)]
    customers: customers::Asked,
    allow_select: Option<bool>,
    sender: Option<String>,
    text: Option<content::Text>,
    attachments: Option<Vec<Value>>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let to_groups = match request.chat_type.as_deref() {
        Some("group") => true,
        None | Some("single") => false,
        Some(_) => return Err(Refusal::field("chat_type", "must be single or group")),
    };
    let sender = sender(desk, request.sender.as_deref())?;
    let content = content::check(request.text, request.attachments)?;
    if desk.limits.check_media {
        content::check_media(desk, &content.attachments)?;
    }
    let (at_ms, msgid) = (desk.now_ms(), next_msgid(desk));
    let content::Content { text, attachments } = content;
    let (op, refused) = if to_groups {
        let sender = sender.ok_or_else(|| Refusal::field("sender", "missing"))?;
        let groups::Targets { reachable: chat_ids, refused } =
            groups::targets(desk, sender, request.chat_id_list.unwrap_or_default())?;
        let sender = desk.state.world.member(sender).userid.clone();
        let (msgid, fail_list) = (msgid.clone(), refused.clone());
        let op = Op::MassCreated { at_ms, msgid, sender, chat_ids, fail_list, text, attachments };
        (op, refused)
    } else {
        let customers::Targets { tasks, refused } =
            customers::targets(desk, sender, request.customers)?;
        let (msgid, fail_list) = (msgid.clone(), refused.clone());
        let allow_select = request.allow_select.unwrap_or(false);
        let op = Op::CustomerMassCreated {
            at_ms,
            msgid,
            tasks,
            allow_select,
            fail_list,
            text,
            attachments,
        };
        (op, refused)
    };
    desk.record(op)?;
    Ok(json!({ "fail_list": refused, "msgid": msgid }))
}

/// 40003 for an unknown sender, 60011 for one outside the visible range.
fn sender(desk: &Desk, userid: Option<&str>) -> Result<Option<StaffNo>, Refusal> {
    let Some(userid) = userid.filter(|userid| !userid.is_empty()) else { return Ok(None) };
    let sender = desk.state.present(userid).ok_or_else(|| Refusal::of(40003))?;
    if desk.sees(sender) { Ok(Some(sender)) } else { Err(Refusal::of(60011)) }
}

fn next_msgid(desk: &Desk) -> String {
    let n = desk.state.mass.rows().len() as u64;
    chance::id(&mut chance::rng(desk.config.seed, "mass message", n), "msg", 29)
}
