//! `groupchat/statistic` and `statistic_group_by_day`, counted from the groups and the ledger.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    month,
    state::{groups::GroupNo, mass::Receiver},
    wire::{Answer, Asked, Refusal, seconds},
    world::StaffNo,
};

pub(super) const BY_OWNER: Call = Call {
    path: "externalcontact/groupchat/statistic",
    takes: Takes::Body { on_get: 40058 },
    lists: &["items"],
    answer: Answers::Tree(by_owner),
};
pub(super) const BY_DAY: Call = Call {
    path: "externalcontact/groupchat/statistic_group_by_day",
    takes: Takes::Body { on_get: 40058 },
    lists: &["items"],
    answer: Answers::Tree(by_day),
};

const MAX_OWNERS: usize = 100;
const MAX_DAYS: i64 = 30;
const MAX_DAYS_BACK: i64 = 180;

#[derive(Deserialize)]
struct Request {
    day_begin_time: Option<i64>,
    day_end_time: Option<i64>,
    owner_filter: Option<OwnerFilter>,
    order_by: Option<u8>,
    order_asc: Option<u8>,
    offset: Option<usize>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct OwnerFilter {
    userid_list: Option<Vec<String>>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    new_chats: u64,
    chats: u64,
    chats_with_messages: u64,
    new_members: u64,
    members: u64,
    messages: u64,
}

fn by_owner(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let (first, last) = days(desk, &request)?;
    let limit = request.limit.unwrap_or(500);
    if !(1..=1_000).contains(&limit) {
        return Err(Refusal::field("limit", "must be from 1 to 1000"));
    }
    let order_by = request.order_by.unwrap_or(1);
    let mut counted: Vec<(StaffNo, Counts)> = owners(desk, request.owner_filter)?
        .into_iter()
        .map(|owner| (owner, count(desk, &[owner], first, last)))
        .collect();
    counted.sort_by_key(|(_, counts)| match order_by {
        2 => counts.chats,
        3 => counts.new_members,
        4 => counts.members,
        _ => counts.new_chats,
    });
    if request.order_asc != Some(1) {
        counted.reverse();
    }
    let offset = request.offset.unwrap_or(0).min(counted.len());
    let shown = counted.iter().skip(offset).take(limit).map(|(owner, counts)| {
        json!({ "owner": desk.state.world.member(*owner).userid, "data": data(*counts) })
    });
    let shown: Vec<Value> = shown.collect();
    let next_offset = offset + shown.len();
    Ok(json!({ "total": counted.len(), "next_offset": next_offset, "items": shown }))
}

fn by_day(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let (first, last) = days(desk, &request)?;
    let owners = owners(desk, request.owner_filter)?;
    let items = (first..=last).map(|day| {
        let stat_time = seconds(month::day_begins_ms(day));
        json!({ "stat_time": stat_time, "data": data(count(desk, &owners, day, day)) })
    });
    Ok(json!({ "items": items.collect::<Vec<Value>>() }))
}

/// First and last day: from yesterday back to 180 days ago, 30 days at most.
fn days(desk: &Desk, request: &Request) -> Result<(i64, i64), Refusal> {
    let missing = || Refusal::field("day_begin_time", "missing");
    let begin_s = request.day_begin_time.ok_or_else(missing)?;
    let end_s = request.day_end_time.unwrap_or(begin_s);
    // Any number may come in; those far off are out of range all the same.
    let day = |at_s: i64| month::day(at_s.clamp(0, 1 << 40) * 1_000);
    let (first, last) = (day(begin_s), day(end_s));
    let today = month::day(desk.now_ms());
    let fits = first >= today - MAX_DAYS_BACK && last < today;
    if fits && (0..MAX_DAYS).contains(&(last - first)) {
        Ok((first, last))
    } else {
        Err(Refusal::field("day_begin_time", "out of range"))
    }
}

fn owners(desk: &Desk, filter: Option<OwnerFilter>) -> Result<Vec<StaffNo>, Refusal> {
    let named = filter.and_then(|filter| filter.userid_list).unwrap_or_default();
    if named.is_empty() {
        return Err(Refusal::field("owner_filter", "missing"));
    }
    if named.len() > MAX_OWNERS {
        return Err(Refusal::field("userid_list", "exceed max length 100"));
    }
    named.iter().map(|userid| who::staff(desk, Some(userid))).collect()
}

fn count(desk: &Desk, owners: &[StaffNo], first: i64, last: i64) -> Counts {
    let state = &desk.state;
    let (from_ms, to_ms) = (month::day_begins_ms(first), month::day_begins_ms(last + 1));
    let within = |at_s: i64| (from_ms..to_ms).contains(&(at_s * 1_000));
    let mut counts = Counts::default();
    let mut own: HashSet<GroupNo> = HashSet::new();
    for no in owners.iter().flat_map(|owner| state.groups.owned_from(*owner, GroupNo(0))) {
        let row = state.groups.row(no);
        if row.created_at_s * 1_000 >= to_ms {
            continue;
        }
        own.insert(no);
        counts.chats += 1;
        counts.new_chats += u64::from(within(row.created_at_s));
        for member in row.members(&state.world).iter() {
            counts.members += u64::from(member.joined_at_s * 1_000 < to_ms);
            counts.new_members += u64::from(within(member.joined_at_s));
        }
    }
    let mut by_chat: HashMap<GroupNo, u64> = HashMap::new();
    let entries = state.ledger.entries().iter();
    for entry in entries.filter(|e| (from_ms..to_ms).contains(&e.at_ms)) {
        if let Receiver::Group(chat) = entry.to
            && own.contains(&chat)
        {
            *by_chat.entry(chat).or_default() += 1;
        }
    }
    counts.chats_with_messages = by_chat.len() as u64;
    counts.messages = by_chat.values().sum();
    counts
}

fn data(counts: Counts) -> Value {
    json!({
        "new_chat_cnt": counts.new_chats,
        "chat_total": counts.chats,
        "chat_has_msg": counts.chats_with_messages,
        "new_member_cnt": counts.new_members,
        "member_total": counts.members,
        // Only owners write in the simulated groups.
        "member_has_msg": counts.chats_with_messages,
        "msg_total": counts.messages,
        "migrate_trainee_chat_cnt": 0,
    })
}
