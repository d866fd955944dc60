//! `department/simplelist`: the tree as ids; whole for the contact-sync secret.

use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    wire::{Answer, App, Asked},
};

pub(super) const CALL: Call = Call {
    path: "department/simplelist",
    takes: Takes::Query,
    lists: &["department_id"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let world = &desk.state.world;
    let whole = asked.app == App::ContactSync;
    let found: Vec<_> = match asked.param("id") {
        None => world.departments.iter().collect(),
        Some(id) if whole => id.parse().map_or_else(|_| Vec::new(), |id| world.subtree(id)),
        Some(_) => {
            who::department(desk, asked, "id")?.map_or_else(Vec::new, |id| world.subtree(id))
        }
    };
    let shown = found
        .into_iter()
        .filter(|d| whole || desk.sees_department(d.id))
        .map(|d| json!({ "id": d.id, "parentid": d.parent_id, "order": d.order }));
    Ok(json!({ "department_id": shown.collect::<Vec<Value>>() }))
}
