//! The simulated world as it stands: the seeded world and all operations on it.
//!
//! Every change goes through [`State::apply`], which is told the time and the ids and refuses
//! nothing: whoever makes an operation has checked it, and an operation that names what is not
//! there (a hand-edited journal) changes nothing.

pub(crate) mod app_messages;
pub(crate) mod groups;
pub(crate) mod ledger;
pub(crate) mod mass;

use std::collections::BTreeSet;

use crate::{
    config::Config,
    error::Error,
    op::Op,
    state::{app_messages::AppMessages, groups::Groups, ledger::Ledger, mass::MassMessages},
    world::{StaffNo, World},
};

/// The fold of all operations over the seeded world.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) left: BTreeSet<StaffNo>,
    pub(crate) groups: Groups,
    pub(crate) mass: MassMessages,
    pub(crate) ledger: Ledger,
    pub(crate) app_messages: AppMessages,
}

impl State {
    /// The world before anything happened.
    pub(crate) fn make(config: &Config) -> Result<Self, Error> {
        let (world, seeded) = World::make(config)?;
        Ok(Self {
            world,
            left: BTreeSet::new(),
            groups: Groups::of(seeded),
            mass: MassMessages::default(),
            ledger: Ledger::with_quota(config.quota),
            app_messages: AppMessages::default(),
        })
    }

    /// The member with this userid in any case who has not left.
    pub(crate) fn present(&self, userid: &str) -> Option<StaffNo> {
        self.world.find_staff(userid).filter(|no| !self.left.contains(no))
    }

    /// Changes the world as `op` says.
    pub(crate) fn apply(&mut self, op: Op) {
        match op {
            Op::MassCreated { at_ms, msgid, sender, chat_ids, fail_list, text, attachments } => {
                let Some(sender) = self.world.find_staff(&sender) else { return };
                let chats = chat_ids.iter().filter_map(|id| self.groups.find(id)).collect();
                self.mass.create(mass::Row {
                    msgid,
                    sender,
                    chats,
                    fail_list,
                    text,
                    attachments,
                    created_at_ms: at_ms,
                    sent_at_ms: None,
                    cancelled: false,
                    results: Vec::new(),
                    reminded_at_ms: Vec::new(),
                });
            }
            Op::MassConfirmed { at_ms, msgid, chat_ids } => {
                let Some(no) = self.mass.find(&msgid) else { return };
                let chats = chat_ids.iter().filter_map(|id| self.groups.find(id));
                let results = chats.map(|chat| (chat, self.ledger.take_mass(at_ms, chat, no)));
                self.mass.finish(no, at_ms, results.collect());
            }
            Op::MassCancelled { msgid, .. } => self.mass.cancel(&msgid),
            Op::MassReminded { at_ms, msgid } => self.mass.remind(&msgid, at_ms),
            Op::PostedByHand { at_ms, owner, chat_id, text } => {
                let Some(chat) = self.groups.find(&chat_id) else { return };
                let Some(sender) = self.world.find_staff(&owner) else { return };
                self.ledger.take_by_hand(at_ms, chat, sender, text);
            }
            Op::GroupAdded { at_ms, chat_id, owner, name, n_members } => {
                let Some(owner) = self.world.find_staff(&owner) else { return };
                self.groups.add(chat_id, name, owner, at_ms.div_euclid(1_000), n_members);
            }
            Op::GroupRenamed { chat_id, name, .. } => self.groups.rename(&chat_id, name),
            Op::GroupDissolved { chat_id, .. } => self.groups.dissolve(&chat_id),
            Op::OwnerChanged { at_ms, chat_id, owner } => {
                let Some(owner) = self.world.find_staff(&owner) else { return };
                let at_s = at_ms.div_euclid(1_000);
                self.groups.change_owner(&self.world, &self.left, &chat_id, owner, at_s);
            }
            Op::MemberAdded { at_ms, chat_id, userid, name } => {
                let at_s = at_ms.div_euclid(1_000);
                self.groups.add_member(&self.world, &chat_id, userid, name, at_s);
            }
            Op::MemberRemoved { chat_id, userid, .. } => {
                self.groups.remove_member(&self.world, &chat_id, &userid);
            }
            Op::StaffLeft { userid, .. } => self.left.extend(self.world.find_staff(&userid)),
            Op::AppMessageAccepted { at_ms, msgid, users, card, repeats } => {
                self.app_messages.deliver(at_ms, &msgid, users, &card, repeats);
            }
            Op::AppMessageSuppressed { .. } => self.app_messages.n_suppressed += 1,
        }
    }
}
