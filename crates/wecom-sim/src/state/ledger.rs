//! Every message that reached a group or a customer, and the quota that keeps some from it.

use std::collections::HashMap;

use crate::{
    limits::MassQuota,
    month,
    state::mass::{MassNo, Receiver},
    world::StaffNo,
};

/// One message that reached somebody.
pub(crate) struct Entry {
    pub(crate) at_ms: i64,
    pub(crate) to: Receiver,
    pub(crate) origin: Origin,
}

impl Entry {
    /// The mass message it belongs to.
    pub(crate) fn mass(&self) -> Option<MassNo> {
        match self.origin {
            Origin::Mass { no, .. } => Some(no),
            Origin::ByHand { .. } => None,
        }
    }
}

/// Where a message came from.
pub(crate) enum Origin {
    Mass { no: MassNo, sender: StaffNo },
    ByHand { sender: StaffNo, text: String },
}

/// What became of one receiver of a confirmed mass message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The member left this customer out.
    LeftOut,
    Sent,
    /// The customer is no friend of the member any more.
    NotAFriend,
    OverQuota,
}

impl Outcome {
    /// As `get_groupmsg_send_result` numbers it.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::LeftOut => 0,
            Self::Sent => 1,
            Self::NotAFriend => 2,
            Self::OverQuota => 3,
        }
    }
}

/// Entries in the order in which they reached their receivers.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    n_mass_by_day: HashMap<(Receiver, i64), u32>,
}

impl Ledger {
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn take_by_hand(&mut self, at_ms: i64, to: Receiver, sender: StaffNo, text: String) {
        self.entries.push(Entry { at_ms, to, origin: Origin::ByHand { sender, text } });
    }

    pub(super) fn take_mass(
        &mut self,
        at_ms: i64,
        to: Receiver,
        (no, sender): (MassNo, StaffNo),
        quota: MassQuota,
    ) -> Outcome {
        let (days, limit) = month::quota_days(quota, at_ms);
        let taken = |day| self.n_mass_by_day.get(&(to, day)).copied().unwrap_or(0);
        if quota != MassQuota::Unlimited && days.map(taken).sum::<u32>() >= limit {
            return Outcome::OverQuota;
        }
        *self.n_mass_by_day.entry((to, month::day(at_ms))).or_default() += 1;
        self.entries.push(Entry { at_ms, to, origin: Origin::Mass { no, sender } });
        Outcome::Sent
    }
}
