//! `user/simplelist`: ids and names of the direct members of a department.

use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "user/simplelist",
    takes: Takes::Query,
    lists: &["userlist"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let world = &desk.state.world;
    let id = who::department(desk, asked, "department_id")?
        .ok_or_else(|| Refusal::field("department_id", "missing"))?;
    let present = world.members_of(id).iter().filter(|no| !desk.state.left.contains(no));
    let users = present.map(|no| world.member(*no)).map(|member| {
        let departments: Vec<u32> = member.departments.iter().map(|place| place.id).collect();
        json!({ "userid": member.userid, "name": member.name, "department": departments })
    });
    Ok(json!({ "userlist": users.collect::<Vec<Value>>() }))
}
