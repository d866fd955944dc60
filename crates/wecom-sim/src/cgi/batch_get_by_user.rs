//! `batch/get_by_user`: the customers of up to 100 members of staff, one entry for each pair.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, customer, page, who},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
    world::{StaffNo, customers::CustomerNo},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/batch/get_by_user",
    takes: Takes::Body { on_get: 40058 },
    lists: &["external_contact_list"],
    answer: Answers::Tree(answer),
};

const MAX_STAFF: usize = 100;
const MAX_USERID_BYTES: usize = 64;
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

#[derive(Deserialize)]
struct Request {
    userid_list: Option<Vec<String>>,
    cursor: Option<String>,
    limit: Option<i64>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { userid_list, cursor, limit } = asked.json()?;
    let userids = userid_list.filter(|list| !list.is_empty());
    let userids = userids.ok_or_else(|| Refusal::field("userid_list", "missing"))?;
    if userids.len() > MAX_STAFF {
        return Err(Refusal::field("userid_list", "exceed max length 100"));
    }
    if userids.iter().any(|userid| userid.len() > MAX_USERID_BYTES) {
        return Err(Refusal::field("userid_list", "exceed max length 64"));
    }
    let staff = userids.iter().map(|userid| who::staff(desk, Some(userid)));
    let mut staff: Vec<StaffNo> = staff.collect::<Result<_, _>>()?;
    staff.sort_unstable();
    staff.dedup();
    // Unlike the lists of mass messages, more than the most means the most.
    let limit = limit
        .filter(|n| *n > 0)
        .map_or(DEFAULT_LIMIT, |n| usize::try_from(n).map_or(MAX_LIMIT, |n| n.min(MAX_LIMIT)));
    let scope = format!("customers {}", userids.join("|"));
    let from = page::position(desk, &scope, cursor.as_deref())?.map_or((StaffNo::at(0), 0), place);
    let mut pairs = pairs(desk, &staff, from, limit + 1);
    let next = (pairs.len() > limit).then(|| pairs[limit]);
    pairs.truncate(limit);
    if pairs.is_empty() && cursor.is_none_or(|cursor| cursor.is_empty()) {
        return Err(Refusal::of(84061));
    }
    let shown: Vec<Value> = pairs.into_iter().filter_map(|pair| shown(desk, pair)).collect();
    let next = next.map(|(staff, no)| (staff.index() as u64) << 32 | u64::from(no));
    Ok(json!({
        "external_contact_list": shown,
        "next_cursor": page::next_cursor(desk, &scope, next),
    }))
}

type Pair = (StaffNo, CustomerNo);

fn place(position: u64) -> Pair {
    let low = u32::try_from(position & u64::from(u32::MAX)).expect("32 bits are left");
    (StaffNo::at(usize::try_from(position >> 32).expect("32 bits are left")), low)
}

fn pairs(desk: &Desk, staff: &[StaffNo], from: Pair, limit: usize) -> Vec<Pair> {
    let state = &desk.state;
    let mut found: Vec<Pair> = Vec::new();
    for no in staff.iter().copied().filter(|no| *no >= from.0) {
        let first = if no == from.0 { from.1 } else { 0 };
        let left = limit - found.len();
        let customers = state.customers.of_staff(&state.world, no, first, left);
        found.extend(customers.into_iter().map(|customer| (no, customer)));
        if found.len() == limit {
            break;
        }
    }
    found
}

fn shown(desk: &Desk, (staff, no): Pair) -> Option<Value> {
    let state = &desk.state;
    let relation = state.customers.relation(&state.world, staff, no)?;
    let person = state.customers.person(&state.world, no);
    Some(json!({
        "external_contact": customer::person(&person),
        "follow_info": customer::follow_info(desk, staff, &person, &relation),
    }))
}
