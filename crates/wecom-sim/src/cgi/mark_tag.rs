//! `mark_tag`: corp tags of one relation. Two such calls for one customer at once fail: `pass`.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    op::Op,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/mark_tag",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    userid: Option<String>,
    external_userid: Option<String>,
    add_tag: Option<Vec<String>>,
    remove_tag: Option<Vec<String>>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let staff = who::staff(desk, request.userid.as_deref())?;
    let no = who::customer(desk, request.external_userid.as_deref())?;
    let state = &desk.state;
    let relation = state.customers.relation(&state.world, staff, no).filter(|r| !r.half);
    relation.ok_or_else(|| Refusal::of(84061))?;
    let add = request.add_tag.unwrap_or_default();
    let remove = request.remove_tag.unwrap_or_default();
    if add.is_empty() && remove.is_empty() {
        return Err(Refusal::of(40063));
    }
    if add.iter().chain(&remove).any(|id| state.tags.tag(id).is_none()) {
        return Err(Refusal::of(40068));
    }
    let external_userid = state.customers.person(&state.world, no).userid;
    let userid = state.world.member(staff).userid.clone();
    let at_ms = desk.now_ms();
    desk.record(Op::CustomerMarked { at_ms, userid, external_userid, add, remove })?;
    Ok(json!({}))
}
