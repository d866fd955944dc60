//! `externalcontact/list`: the customers of one member of staff, all at once.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/list",
    takes: Takes::Query,
    lists: &["external_userid"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let staff = who::staff(desk, asked.param("userid"))?;
    let state = &desk.state;
    let found = state.customers.of_staff(&state.world, staff, 0, usize::MAX >> 1);
    // A member without customers is an error, not an empty list.
    if found.is_empty() {
        return Err(Refusal::of(84061));
    }
    let userid = |no| state.customers.person(&state.world, no).userid;
    Ok(json!({ "external_userid": found.into_iter().map(userid).collect::<Vec<_>>() }))
}
