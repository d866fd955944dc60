//! `department/list`: the whole tree, or what is below one department.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    view::Department,
    wire::{Answer, Asked},
};

pub(super) const CALL: Call = Call {
    path: "department/list",
    takes: Takes::Query,
    lists: &["department"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let world = &desk.state.world;
    let found: Vec<&Department> = match who::department(desk, asked, "id")? {
        None => world.departments.iter().filter(|d| desk.sees_department(d.id)).collect(),
        Some(id) => world.subtree(id),
    };
    let found: Vec<_> = found
        .into_iter()
        .map(|department| {
            let leaders = world.members_of(department.id).iter().filter_map(|no| {
                let member = world.member(*no);
                let leads = member.departments.iter().any(|p| p.id == department.id && p.leader);
                (leads && !desk.state.left.contains(no)).then_some(&member.userid)
            });
            json!({
                "id": department.id,
                "name": department.name,
                "name_en": "",
                "department_leader": leaders.collect::<Vec<_>>(),
                "parentid": department.parent_id,
                "order": department.order,
            })
        })
        .collect();
    Ok(json!({ "department": found }))
}
