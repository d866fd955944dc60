//! `groupchat/get`: one group with its members.

use serde::{Deserialize, Serialize};

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    wire::{Asked, Refusal},
    world::members::{Member, MemberKind},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/groupchat/get",
    takes: Takes::Body { on_get: 40050 },
    lists: &[],
    answer: Answers::Text(answer),
};

#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    need_name: Option<u8>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Result<String, Refusal> {
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
    let reply = Reply {
        errcode: 0,
        errmsg: "ok",
        group_chat: GroupChat {
            chat_id: &row.chat_id,
            name: &row.name,
            owner,
            create_time: row.created_at_s,
            notice: row.notice.as_deref().unwrap_or_default(),
            member_list: members.iter().map(|m| shown(m, need_name == Some(1))).collect(),
            admin_list: colleagues.map(|m| User { userid: &m.userid }).take(1).collect(),
            member_version: row.member_version(),
        },
    };
    Ok(serde_json::to_string(&reply).expect("replies are plain data"))
}

fn shown(member: &Member, with_name: bool) -> ShownMember<'_> {
    let (kind, unionid) = match &member.kind {
        MemberKind::Staff => (1, None),
        MemberKind::Customer { unionid } => (2, unionid.as_deref()),
    };
    ShownMember {
        userid: &member.userid,
        kind,
        join_time: member.joined_at_s,
        join_scene: member.join_scene,
        group_nickname: &member.group_nickname,
        unionid,
        invitor: member.invitor.as_deref().map(|userid| User { userid }),
        state: member.state.as_deref(),
        name: with_name.then_some(&member.name),
    }
}

#[derive(Serialize)]
struct Reply<'a> {
    errcode: i64,
    errmsg: &'static str,
    group_chat: GroupChat<'a>,
}

#[derive(Serialize)]
struct GroupChat<'a> {
    chat_id: &'a str,
    name: &'a str,
    owner: &'a str,
    create_time: i64,
    notice: &'a str,
    member_list: Vec<ShownMember<'a>>,
    admin_list: Vec<User<'a>>,
    member_version: String,
}

#[derive(Serialize)]
struct ShownMember<'a> {
    userid: &'a str,
    #[serde(rename = "type")]
    kind: u8,
    join_time: i64,
    join_scene: u8,
    group_nickname: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitor: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a String>,
}

#[derive(Serialize)]
struct User<'a> {
    userid: &'a str,
}
