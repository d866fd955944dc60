//! `groupchat/get`: one group with its members.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Call, Takes},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
    world::members::{Member, MemberKind},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/groupchat/get",
    takes: Takes::Body { on_get: 40050 },
    lists: &[],
    answer,
};

#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    need_name: Option<u8>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { chat_id, need_name } = asked.json()?;
    let chat_id = chat_id.filter(|id| !id.is_empty());
    let chat_id = chat_id.ok_or_else(|| Refusal::field("chat_id", "missing"))?;
    let state = &desk.state;
    let no = state.groups.find(&chat_id).ok_or_else(|| Refusal::of(40050))?;
    let row = match desk.late.group(&chat_id, desk.now_ms()) {
        None => state.groups.row(no),
        Some(former) => former.as_ref().ok_or_else(|| Refusal::of(40050))?,
    };
    if row.dissolved {
        return Err(Refusal::of(desk.limits.dissolved_errcode));
    }
    if !desk.sees(row.owner) {
        return Err(Refusal::of(60011));
    }
    let members = row.members(&state.world);
    let owner = &state.world.member(row.owner).userid;
    let colleagues = members.iter().filter(|m| m.kind == MemberKind::Staff && m.userid != *owner);
    let admins: Vec<Value> = colleagues.map(|m| json!({ "userid": m.userid })).take(1).collect();
    let members: Vec<Value> =
        members.iter().map(|member| shown(member, need_name == Some(1))).collect();
    Ok(json!({ "group_chat": {
        "chat_id": row.chat_id,
        "name": row.name,
        "owner": owner,
        "create_time": row.created_at_s,
        "notice": "",
        "member_list": members,
        "admin_list": admins,
        "member_version": row.member_version(),
    }}))
}

fn shown(member: &Member, with_name: bool) -> Value {
    let mut shown = json!({
        "userid": member.userid,
        "type": if member.kind == MemberKind::Staff { 1 } else { 2 },
        "join_time": member.joined_at_s,
        "join_scene": member.join_scene,
        "group_nickname": member.group_nickname,
    });
    if let MemberKind::Customer { unionid: Some(unionid) } = &member.kind {
        shown["unionid"] = json!(unionid);
    }
    if let Some(invitor) = &member.invitor {
        shown["invitor"] = json!({ "userid": invitor });
    }
    if let Some(state) = &member.state {
        shown["state"] = json!(state);
    }
    if with_name {
        shown["name"] = json!(member.name);
    }
    shown
}
