//! `department/list`: the whole tree, or what is below one department.

use serde_json::json;

use crate::{
    cgi::{Call, Takes},
    desk::Desk,
    view::Department,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call =
    Call { path: "department/list", takes: Takes::Query, lists: &["department"], answer };

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let world = &desk.state.world;
    let found: Vec<&Department> = match asked.param("id") {
        None => world.departments.iter().collect(),
        Some(id) => id.parse().map_or_else(|_| Vec::new(), |id| world.subtree(id)),
    };
    if found.is_empty() {
        return Err(Refusal::of(60123));
    }
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
