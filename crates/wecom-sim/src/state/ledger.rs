//! Every message that reached a group, and the quota that keeps some from it.

use std::collections::HashMap;

use crate::{
    limits::MassQuota,
    month,
    state::{groups::GroupNo, mass::MassNo},
    world::StaffNo,
};

/// One message in one group.
pub(crate) struct Entry {
    pub(crate) at_ms: i64,
    pub(crate) chat: GroupNo,
    pub(crate) origin: Origin,
}

impl Entry {
    /// The mass message it belongs to.
    pub(crate) fn mass(&self) -> Option<MassNo> {
        match self.origin {
            Origin::Mass(no) => Some(no),
            Origin::ByHand { .. } => None,
        }
    }
}

/// Where a message came from.
pub(crate) enum Origin {
    Mass(MassNo),
    ByHand { sender: StaffNo, text: String },
}

/// What became of one group of a confirmed mass message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Sent,
    OverQuota,
}

/// Entries in the order in which they reached their groups.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    n_mass_by_day: HashMap<(GroupNo, i64), u32>,
}

impl Ledger {
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn take_by_hand(
        &mut self,
        at_ms: i64,
        chat: GroupNo,
        sender: StaffNo,
        text: String,
    ) {
        self.entries.push(Entry { at_ms, chat, origin: Origin::ByHand { sender, text } });
    }

    pub(super) fn take_mass(
        &mut self,
        at_ms: i64,
        chat: GroupNo,
        no: MassNo,
        quota: MassQuota,
    ) -> Outcome {
        let (days, limit) = month::quota_days(quota, at_ms);
        let taken = |day| self.n_mass_by_day.get(&(chat, day)).copied().unwrap_or(0);
        if quota != MassQuota::Unlimited && days.map(taken).sum::<u32>() >= limit {
            return Outcome::OverQuota;
        }
        *self.n_mass_by_day.entry((chat, month::day(at_ms))).or_default() += 1;
        self.entries.push(Entry { at_ms, chat, origin: Origin::Mass(no) });
        Outcome::Sent
    }
}
