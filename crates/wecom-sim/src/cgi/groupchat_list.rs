//! `groupchat/list`: groups of all visible owners, or of up to 100 named ones.
//!
//! Only a named owner's groups are listed once that owner has left. Dissolved groups vanish.

use serde::{Deserialize, Serialize};

use crate::{
    cgi::{Answers, Call, Takes, page},
    desk::Desk,
    state::groups::GroupNo,
    wire::{Asked, Refusal},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/groupchat/list",
    takes: Takes::Body { on_get: 40058 },
    lists: &["group_chat_list"],
    answer: Answers::Text(answer),
};

const MAX_OWNERS: usize = 100;

#[derive(Deserialize)]
struct Request {
    status_filter: Option<u8>,
    owner_filter: Option<OwnerFilter>,
    cursor: Option<String>,
    limit: Option<i64>,
}

#[derive(Deserialize)]
struct OwnerFilter {
    userid_list: Option<Vec<String>>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Result<String, Refusal> {
    let Request { status_filter, owner_filter, cursor, limit } = asked.json()?;
    let limit = limit.and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=1_000).contains(n));
    let limit = limit.ok_or_else(|| Refusal::field("limit", "must be from 1 to 1000"))?;
    let status_filter = status_filter.unwrap_or(0);
    if status_filter > 3 {
        return Err(Refusal::field("status_filter", "must be from 0 to 3"));
    }
    let named = owner_filter.and_then(|filter| filter.userid_list).unwrap_or_default();
    if named.len() > MAX_OWNERS {
        return Err(Refusal::field("userid_list", "exceed max length 100"));
    }
    if named.is_empty() && n_visible(desk) > desk.config.visible_limit {
        return Err(Refusal::of(81017));
    }
    let scope = format!("groups {status_filter} {}", named.join("|"));
    let from = Start::at(page::position(desk, &scope, cursor.as_deref())?.unwrap_or(0));
    let (groups, next) = one_page(desk, &named, status_filter, from, limit);
    let next = next.map(Start::position);
    let reply = Reply {
        errcode: 0,
        errmsg: "ok",
        group_chat_list: groups,
        next_cursor: page::next_cursor(desk, &scope, next),
    };
    Ok(serde_json::to_string(&reply).expect("replies are plain data"))
}

#[derive(Serialize)]
struct Reply<'a> {
    errcode: i64,
    errmsg: &'static str,
    group_chat_list: Vec<Listed<'a>>,
    next_cursor: String,
}

#[derive(Serialize)]
struct Listed<'a> {
    chat_id: &'a str,
    status: u8,
}

fn n_visible(desk: &Desk) -> usize {
    let staff = (0..desk.state.world.staff.len()).map(StaffNo::at);
    staff.filter(|no| !desk.state.left.contains(no) && desk.sees(*no)).count()
}

/// The first group of a page: an owner, then a group of that owner.
#[derive(Clone, Copy)]
struct Start {
    owner: StaffNo,
    group: GroupNo,
}

impl Start {
    fn at(position: u64) -> Self {
        let low = u32::try_from(position & u64::from(u32::MAX)).expect("32 bits are left");
        let high = usize::try_from(position >> 32).expect("32 bits are left");
        Self { owner: StaffNo::at(high), group: GroupNo(low) }
    }

    fn position(self) -> u64 {
        (self.owner.index() as u64) << 32 | u64::from(self.group.0)
    }
}

/// Groups by owner in the order of the staff; one more than fits tells where the next page begins.
fn one_page<'a>(
    desk: &'a Desk,
    named: &[String],
    status_filter: u8,
    from: Start,
    limit: usize,
) -> (Vec<Listed<'a>>, Option<Start>) {
    let state = &desk.state;
    let owners: Vec<StaffNo> = if named.is_empty() {
        let present = |owner: &StaffNo| !state.left.contains(owner) && desk.sees(*owner);
        state.groups.owners_from(from.owner).filter(present).collect()
    } else {
        let mut owners: Vec<_> =
            named.iter().filter_map(|userid| state.world.find_staff(userid)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners.into_iter().filter(|owner| *owner >= from.owner && desk.sees(*owner)).collect()
    };
    let mut listed = Vec::new();
    for owner in owners {
        let first = if owner == from.owner { from.group } else { GroupNo(0) };
        for group in state.groups.owned_from(owner, first) {
            let row = state.groups.row(group);
            let status = status(state.left.contains(&owner), row.inherited);
            if status_filter != 0 && status != status_filter {
                continue;
            }
            if listed.len() == limit {
                return (listed, Some(Start { owner, group }));
            }
            listed.push(Listed { chat_id: &row.chat_id, status });
        }
    }
    (listed, None)
}

/// 2, "being inherited", does not occur: the simulator hands groups over at once.
fn status(owner_left: bool, inherited: bool) -> u8 {
    match (owner_left, inherited) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    }
}
