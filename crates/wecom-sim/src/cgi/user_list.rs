//! `user/list`: the direct members of a department.
//!
//! Mobile, gender, mail, avatar and address are left out, as for every app made since 2022-06-20.

use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    view::Staff,
    wire::{Answer, Asked, Refusal},
    world::staff,
};

pub(super) const CALL: Call = Call {
    path: "user/list",
    takes: Takes::Query,
    lists: &["userlist"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let world = &desk.state.world;
    let id = who::department(desk, asked, "department_id")?
        .ok_or_else(|| Refusal::field("department_id", "missing"))?;
    let present = world.members_of(id).iter().filter(|no| !desk.state.left.contains(no));
    let users: Vec<Value> = present.map(|no| user(world.member(*no), no.index())).collect();
    Ok(json!({ "userlist": users }))
}

pub(super) fn user(member: &Staff, index: usize) -> Value {
    let places = &member.departments;
    json!({
        "userid": member.userid,
        "name": member.name,
        "department": places.iter().map(|place| place.id).collect::<Vec<_>>(),
        "order": places.iter().map(|place| place.order).collect::<Vec<_>>(),
        "is_leader_in_dept": places.iter().map(|place| u8::from(place.leader)).collect::<Vec<_>>(),
        "direct_leader": [],
        "main_department": places[0].id,
        "position": staff::position(index),
        "telephone": "",
        "alias": "",
        "status": member.status,
        "extattr": { "attrs": [] },
    })
}
