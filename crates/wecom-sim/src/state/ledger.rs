//! Every message that reached a group, and the monthly quota that keeps some from it.

use std::collections::HashMap;

use crate::{
    month::Month,
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
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    n_mass_by_month: HashMap<(GroupNo, Month), u32>,
    quota: bool,
}

impl Ledger {
    pub(crate) fn with_quota(quota: bool) -> Self {
        Self { entries: Vec::new(), n_mass_by_month: HashMap::new(), quota }
    }

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

    pub(super) fn take_mass(&mut self, at_ms: i64, chat: GroupNo, no: MassNo) -> Outcome {
        let month = Month::of(at_ms);
        let n_taken = self.n_mass_by_month.entry((chat, month)).or_default();
        if self.quota && *n_taken >= month.n_days() {
            return Outcome::OverQuota;
        }
        *n_taken += 1;
        self.entries.push(Entry { at_ms, chat, origin: Origin::Mass(no) });
        Outcome::Sent
    }
}
