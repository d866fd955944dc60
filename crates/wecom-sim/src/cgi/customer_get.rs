//! `externalcontact/get`: one customer with their followers, 500 to a page.

use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, customer, page, who},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get",
    takes: Takes::Query,
    lists: &["follow_user"],
    answer: Answers::Tree(answer),
};

const FOLLOWERS_ON_A_PAGE: usize = 500;

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let no = who::customer(desk, asked.param("external_userid"))?;
    let state = &desk.state;
    let present = |staff: &StaffNo| !state.left.contains(staff);
    let person = state.customers.person(&state.world, no);
    let former = desk.late.followers(&person.userid, desk.now_ms()).cloned();
    let mut followers = former.unwrap_or_else(|| state.customers.followers(&state.world, no));
    followers.retain(|(staff, relation)| present(staff) && !relation.half);
    if followers.is_empty() {
        return Err(Refusal::of(desk.limits.stranger_errcode));
    }
    followers.retain(|(staff, _)| desk.sees(*staff));
    if followers.is_empty() {
        return Err(Refusal::of(40096));
    }
    let scope = format!("followers {no}");
    let from = page::position(desk, &scope, asked.param("cursor"))?.unwrap_or(0);
    let from = usize::try_from(from).expect("sealed from a length");
    let shown = followers.iter().skip(from).take(FOLLOWERS_ON_A_PAGE);
    let shown: Vec<Value> =
        shown.map(|(staff, r)| customer::follower(desk, *staff, &person, r)).collect();
    let end = from + shown.len();
    let next = (end < followers.len()).then_some(end as u64);
    Ok(json!({
        "external_contact": customer::person(&person),
        "follow_user": shown,
        "next_cursor": page::next_cursor(desk, &scope, next),
    }))
}
