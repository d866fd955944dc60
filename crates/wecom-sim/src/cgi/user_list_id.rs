//! `user/list_id`: every member's id with each department. Only for the contact-sync secret, and
//! whatever the app's visible range.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, page},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "user/list_id",
    takes: Takes::Body { on_get: 40058 },
    lists: &["dept_user"],
    answer: Answers::Tree(answer),
};

const MAX_LIMIT: usize = 10_000;

#[derive(Deserialize)]
struct Request {
    cursor: Option<String>,
    limit: Option<i64>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { cursor, limit } = asked.json()?;
    let limit = limit.map_or(Ok(MAX_LIMIT), |n| {
        let fits = usize::try_from(n).ok().filter(|n| (1..=MAX_LIMIT).contains(n));
        fits.ok_or_else(|| Refusal::field("limit", "must be from 1 to 10000"))
    })?;
    let from = page::position(desk, "staff ids", cursor.as_deref())?.unwrap_or(0);
    let state = &desk.state;
    let present = (0..state.world.staff.len()).map(StaffNo::at);
    let rows = present.filter(|no| !state.left.contains(no)).flat_map(|no| {
        let member = state.world.member(no);
        member.departments.iter().map(|place| (&member.userid, place.id))
    });
    let from_index = usize::try_from(from).expect("sealed from a length");
    let mut rows: Vec<Value> = rows
        .skip(from_index)
        .take(limit + 1)
        .map(|(userid, department)| json!({ "userid": userid, "department": department }))
        .collect();
    let next = (rows.len() > limit).then(|| from + limit as u64);
    rows.truncate(limit);
    Ok(json!({
        "dept_user": rows,
        "next_cursor": page::next_cursor(desk, "staff ids", next),
    }))
}
