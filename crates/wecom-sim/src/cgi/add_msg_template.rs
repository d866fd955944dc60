//! `add_msg_template`: makes a task for one owner. Nothing reaches a group until the owner confirms.

mod content;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Call, Takes},
    chance,
    desk::Desk,
    op::Op,
    state::groups::GroupNo,
    wire::{Answer, Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/add_msg_template",
    takes: Takes::Body { on_get: 40063 },
    lists: &["fail_list"],
    answer,
};

const MAX_CHATS: usize = 2_000;

#[derive(Deserialize)]
struct Request {
    chat_type: Option<String>,
    chat_id_list: Option<Vec<String>>,
    sender: Option<String>,
    text: Option<content::Text>,
    attachments: Option<Vec<Value>>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    match request.chat_type.as_deref() {
        Some("group") => {}
        // The simulated corp has no customers outside groups.
        None | Some("single") => return Err(Refusal::of(41048)),
        Some(_) => return Err(Refusal::field("chat_type", "must be single or group")),
    }
    let sender = request.sender.filter(|userid| !userid.is_empty());
    let sender = sender.ok_or_else(|| Refusal::field("sender", "missing"))?;
    let sender = desk.state.present(&sender).ok_or_else(|| Refusal::of(40003))?;
    if !desk.sees(sender) {
        return Err(Refusal::of(60011));
    }
    let content = content::check(request.text, request.attachments)?;
    if desk.limits.check_media {
        content::check_media(desk, &content.attachments)?;
    }
    let chat_ids = request.chat_id_list.unwrap_or_default();
    if chat_ids.len() > MAX_CHATS {
        return Err(Refusal::field("chat_id_list", "exceed max length 2000"));
    }
    let targets = targets(desk, sender, chat_ids);
    if targets.reachable.is_empty() {
        return Err(Refusal::of(41048));
    }
    let msgid = next_msgid(desk);
    let op = Op::MassCreated {
        at_ms: desk.now_ms(),
        msgid: msgid.clone(),
        sender: desk.state.world.member(sender).userid.clone(),
        chat_ids: targets.reachable,
        fail_list: targets.refused.clone(),
        text: content.text,
        attachments: content.attachments,
    };
    desk.record(op)?;
    Ok(json!({ "fail_list": targets.refused, "msgid": msgid }))
}

struct Targets {
    reachable: Vec<String>,
    refused: Vec<String>,
}

/// Without a list the owner may send to all of their groups.
fn targets(desk: &Desk, sender: StaffNo, chat_ids: Vec<String>) -> Targets {
    let groups = &desk.state.groups;
    if chat_ids.is_empty() {
        let own = groups.owned_from(sender, GroupNo(0));
        let reachable = own.map(|no| groups.row(no).chat_id.clone()).collect();
        return Targets { reachable, refused: Vec::new() };
    }
    let mut seen = HashSet::new();
    let (reachable, refused) = chat_ids
        .into_iter()
        .filter(|id| seen.insert(id.clone()))
        .partition(|id| groups.find(id).is_some_and(|no| groups.owns(sender, no)));
    Targets { reachable, refused }
}

fn next_msgid(desk: &Desk) -> String {
    let n = desk.state.mass.rows().len() as u64;
    chance::id(&mut chance::rng(desk.config.seed, "mass message", n), "msg", 29)
}
