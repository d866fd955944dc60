//! Who gets an app message: names, departments with everything below them, or all.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{desk::Desk, wire::Refusal, world::StaffNo};

const MAX_USERS: usize = 1_000;
const MAX_PARTIES: usize = 100;
const MAX_TAGS: usize = 100;

/// Lists of ids with `|` between them.
#[derive(Deserialize)]
pub(super) struct Asked {
    touser: Option<String>,
    toparty: Option<String>,
    totag: Option<String>,
}

/// Each list of invalid ids is joined by `|`, as WeCom answers it.
pub(super) struct Receivers {
    pub(super) users: Vec<String>,
    pub(super) invalid_users: String,
    pub(super) invalid_parties: String,
    pub(super) invalid_tags: String,
}

pub(super) fn resolve(desk: &Desk, asked: &Asked) -> Result<Receivers, Refusal> {
    let state = &desk.state;
    let (users, parties, tags) = (ids(&asked.touser), ids(&asked.toparty), ids(&asked.totag));
    if users.is_empty() && parties.is_empty() && tags.is_empty() {
        return Err(Refusal::of(82001));
    }
    let over = [(users.len() > MAX_USERS, 40032), (parties.len() > MAX_PARTIES, 82002)];
    let over = over.into_iter().chain([(tags.len() > MAX_TAGS, 82003)]).find(|(over, _)| *over);
    if let Some((_, errcode)) = over {
        return Err(Refusal::of(errcode));
    }
    let mut found = BTreeSet::new();
    let mut invalid_users = Vec::new();
    let mut invalid_parties = Vec::new();
    let everybody = users == ["@all"];
    if everybody {
        found.extend((0..state.world.staff.len()).map(StaffNo::at));
    } else {
        for userid in users {
            match state.present(userid).filter(|no| desk.sees(*no)) {
                Some(no) => _ = found.insert(no),
                None => invalid_users.push(userid.to_lowercase()),
            }
        }
        for party in parties {
            let departments = party.parse().ok().filter(|id| desk.sees_department(*id));
            let departments = departments.map_or_else(Vec::new, |id| state.world.subtree(id));
            if departments.is_empty() {
                invalid_parties.push(party);
            }
            let members = departments.iter().flat_map(|d| state.world.members_of(d.id));
            found.extend(members.copied());
        }
    }
    let present = found.into_iter().filter(|no| !state.left.contains(no) && desk.sees(*no));
    let users: Vec<_> = present.map(|no| state.world.member(no).userid.clone()).collect();
    if users.is_empty() {
        return Err(Refusal::of(81013));
    }
    Ok(Receivers {
        users,
        invalid_users: invalid_users.join("|"),
        invalid_parties: invalid_parties.join("|"),
        // The simulated corp has no member tags.
        invalid_tags: if everybody { String::new() } else { tags.join("|") },
    })
}

fn ids(list: &Option<String>) -> Vec<&str> {
    let list = list.as_deref().unwrap_or_default();
    list.split('|').map(str::trim).filter(|id| !id.is_empty()).collect()
}
