//! Which groups of an owner a message goes to.

use std::collections::HashSet;

use crate::{desk::Desk, state::groups::GroupNo, wire::Refusal, world::StaffNo};

const MAX_CHATS: usize = 2_000;

/// Chat ids.
pub(super) struct Targets {
    /// At least one.
    pub(super) reachable: Vec<String>,
    pub(super) refused: Vec<String>,
}

/// Without a list the owner may send to all of their groups.
pub(super) fn targets(
    desk: &Desk,
    sender: StaffNo,
    chat_ids: Vec<String>,
) -> Result<Targets, Refusal> {
    if chat_ids.len() > MAX_CHATS {
        return Err(Refusal::field("chat_id_list", "exceed max length 2000"));
    }
    let groups = &desk.state.groups;
    let (reachable, refused): (Vec<_>, Vec<_>) = if chat_ids.is_empty() {
        let own = groups.owned_from(sender, GroupNo(0));
        (own.map(|no| groups.row(no).chat_id.clone()).collect(), Vec::new())
    } else {
        let mut seen = HashSet::new();
        chat_ids
            .into_iter()
            .filter(|id| seen.insert(id.clone()))
            .partition(|id| groups.find(id).is_some_and(|no| groups.owns(sender, no)))
    };
    if reachable.is_empty() { Err(Refusal::of(41048)) } else { Ok(Targets { reachable, refused }) }
}
