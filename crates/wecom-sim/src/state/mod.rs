//! The simulated world as it stands: the seeded world and all operations on it.
//!
//! Every change goes through [`State::apply`], which is told the time and the ids and refuses
//! nothing: whoever makes an operation has checked it, and an operation that names what is not
//! there (a hand-edited journal) changes nothing.

pub(crate) mod app_messages;
pub(crate) mod customers;
pub(crate) mod groups;
pub(crate) mod ledger;
pub(crate) mod mass;
pub(crate) mod media;
pub(crate) mod tags;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::Config,
    error::Error,
    limits::MassQuota,
    op::{CustomerTask, Op, Relation},
    state::{
        app_messages::AppMessages,
        customers::Customers,
        groups::Groups,
        ledger::{Ledger, Outcome},
        mass::{Audience, MassMessages, Receiver},
        media::Media,
        tags::TagLibrary,
    },
    view::Staff,
    world::{
        StaffNo, World,
        customers::{CustomerNo, Person},
        members,
    },
};

/// The fold of all operations over the seeded world.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) left: BTreeSet<StaffNo>,
    pub(crate) groups: Groups,
    pub(crate) mass: MassMessages,
    pub(crate) ledger: Ledger,
    pub(crate) app_messages: AppMessages,
    pub(crate) customers: Customers,
    pub(crate) tags: TagLibrary,
    pub(crate) media: Media,
    /// Where an operation names no rule.
    quota: MassQuota,
}

impl State {
    /// The world before anything happened.
    pub(crate) fn make(config: &Config) -> Result<Self, Error> {
        let (world, seeded) = World::make(config)?;
        Ok(Self {
            tags: TagLibrary::of(&world.tags),
            customers: Customers::default(),
            media: Media::default(),
            quota: if config.quota { MassQuota::Month } else { MassQuota::Unlimited },
            world,
            left: BTreeSet::new(),
            groups: Groups::of(seeded),
            mass: MassMessages::default(),
            ledger: Ledger::default(),
            app_messages: AppMessages::default(),
        })
    }

    /// The member with this userid in any case who has not left.
    pub(crate) fn present(&self, userid: &str) -> Option<StaffNo> {
        self.world.find_staff(userid).filter(|no| !self.left.contains(no))
    }

    /// How many people outside there are; their numbers are below this.
    pub(crate) fn n_people(&self) -> u32 {
        let n = u32::try_from(self.customers.n_newcomers()).expect("fewer than 2^32 customers");
        self.world.n_customers + n
    }

    /// Changes the world as `op` says.
    pub(crate) fn apply(&mut self, op: Op) {
        match op {
            Op::MassCreated { at_ms, msgid, sender, chat_ids, fail_list, text, attachments } => {
                let Some(sender) = self.world.find_staff(&sender) else { return };
                let receivers = self.groups_named(&chat_ids);
                self.mass.create(mass::Row {
                    msgid,
                    audience: Audience::Groups,
                    tasks: vec![mass::Task::of(sender, receivers)],
                    fail_list,
                    text,
                    attachments,
                    created_at_ms: at_ms,
                    cancelled: false,
                    reminded_at_ms: Vec::new(),
                });
            }
            Op::CustomerMassCreated {
                at_ms,
                msgid,
                tasks,
                allow_select,
                fail_list,
                text,
                attachments,
            } => {
                let tasks =
                    tasks.into_iter().filter_map(|CustomerTask { sender, external_userids }| {
                        let sender = self.world.find_staff(&sender)?;
                        Some(mass::Task::of(sender, self.customers_named(&external_userids)))
                    });
                let tasks = tasks.collect();
                self.mass.create(mass::Row {
                    msgid,
                    audience: Audience::Customers { allow_select },
                    tasks,
                    fail_list,
                    text,
                    attachments,
                    created_at_ms: at_ms,
                    cancelled: false,
                    reminded_at_ms: Vec::new(),
                });
            }
            Op::MassConfirmed { at_ms, msgid, chat_ids, quota } => {
                let quota = quota.unwrap_or(self.quota);
                let Some(no) = self.mass.find(&msgid) else { return };
                let origin = (no, self.mass.row(no).tasks[0].sender);
                let chats = self.groups_named(&chat_ids).into_iter();
                let results =
                    chats.map(|chat| (chat, self.ledger.take_mass(at_ms, chat, origin, quota)));
                let results = results.collect();
                self.mass.finish(no, 0, at_ms, results);
            }
            Op::CustomerMassConfirmed { at_ms, msgid, sender, external_userids, quota } => {
                let quota = quota.unwrap_or(self.quota);
                let picked = self.customers_named(&external_userids);
                self.send_to_customers(at_ms, &msgid, &sender, &picked, quota);
            }
            Op::MassCancelled { msgid, .. } => self.mass.cancel(&msgid),
            Op::MassReminded { at_ms, msgid } => self.mass.remind(&msgid, at_ms),
            Op::PostedByHand { at_ms, owner, chat_id, text } => {
                let Some(chat) = self.groups.find(&chat_id) else { return };
                let Some(sender) = self.world.find_staff(&owner) else { return };
                self.ledger.take_by_hand(at_ms, Receiver::Group(chat), sender, text);
            }
            Op::GroupAdded { at_ms, chat_id, owner, name, n_members } => {
                let Some(owner) = self.world.find_staff(&owner) else { return };
                self.groups.add(chat_id, name, owner, at_ms.div_euclid(1_000), n_members);
            }
            Op::GroupRenamed { chat_id, name, .. } => self.groups.rename(&chat_id, name),
            Op::GroupNoticed { chat_id, notice, .. } => self.groups.set_notice(&chat_id, &notice),
            Op::GroupDissolved { chat_id, .. } => self.groups.dissolve(&chat_id),
            Op::OwnerChanged { at_ms, chat_id, owner } => {
                let Some(owner) = self.world.find_staff(&owner) else { return };
                let at_s = at_ms.div_euclid(1_000);
                self.groups.change_owner(&self.world, &self.left, &chat_id, owner, at_s);
            }
            Op::MemberAdded { at_ms, chat_id, userid, name, unionid, invitor } => {
                let at_s = at_ms.div_euclid(1_000);
                let member = members::newcomer(userid, name, unionid, at_s, invitor);
                self.groups.add_member(&self.world, &chat_id, member);
            }
            Op::MemberRemoved { chat_id, userid, .. } => {
                self.groups.remove_member(&self.world, &chat_id, &userid);
            }
            Op::StaffLeft { userid, .. } => self.left.extend(self.world.find_staff(&userid)),
            Op::StaffJoined { userid, name, departments, .. } => {
                self.world.hire(Staff { userid, name, status: 1, departments, follows: true });
            }
            Op::StaffRenamed { userid, new_userid, .. } => {
                let Some(no) = self.world.find_staff(&userid) else { return };
                let old = self.world.rename(no, new_userid.clone());
                self.groups.rename_staff(&old, &new_userid);
            }
            Op::StaffMoved { userid, departments, .. } => {
                let Some(no) = self.world.find_staff(&userid) else { return };
                self.world.place(no, departments);
            }
            Op::DepartmentAdded { department, .. } | Op::DepartmentChanged { department, .. } => {
                self.world.put_department(department);
            }
            Op::DepartmentRemoved { id, .. } => self.world.remove_department(id),
            Op::CustomerAdded { userid, external_userid, name, unionid, relation, .. } => {
                let Some(staff) = self.world.find_staff(&userid) else { return };
                let person = Person { userid: external_userid, name, unionid, gender: 0 };
                self.customers.befriend(&self.world, staff, person, relation);
            }
            Op::CustomerDeleted { userid, external_userid, .. } => {
                let Some(staff) = self.world.find_staff(&userid) else { return };
                self.customers.end(&self.world, staff, &external_userid);
            }
            Op::CustomerLeft { userid, external_userid, .. } => {
                self.change_relation(&userid, &external_userid, |relation| relation.left = true);
            }
            Op::CustomerRemarked { userid, external_userid, remark, .. } => {
                self.change_relation(&userid, &external_userid, |relation| {
                    customers::note(relation, remark);
                });
            }
            Op::CustomerMarked { userid, external_userid, add, remove, .. } => {
                self.change_relation(&userid, &external_userid, |relation| {
                    customers::mark(relation, add, &remove);
                });
            }
            Op::CorpTagsAdded { at_ms, group_id, group_name, group_order, tags, by_app } => {
                let at_s = at_ms.div_euclid(1_000);
                self.tags.add(&group_id, group_name, group_order, tags, at_s, by_app);
            }
            Op::CorpTagEdited { id, name, order, .. } => self.tags.edit(&id, name, order),
            Op::CorpTagsDeleted { ids, .. } => self.tags.delete(&ids),
            Op::AppMessageAccepted { at_ms, msgid, users, card, repeats } => {
                self.app_messages.deliver(at_ms, &msgid, users, &card, repeats);
            }
            Op::AppMessageRecalled { at_ms, msgid } => self.app_messages.recall(&msgid, at_ms),
            Op::MediaUploaded { medium, .. } => self.media.keep(medium),
            Op::ImageUploaded { url, .. } => self.media.keep_image(url),
            Op::AppMessageSuppressed { .. } => self.app_messages.n_suppressed += 1,
        }
    }

    /// The chat id or the external userid.
    pub(crate) fn receiver_id(&self, receiver: Receiver) -> String {
        match receiver {
            Receiver::Group(no) => self.groups.row(no).chat_id.clone(),
            Receiver::Customer(no) => self.customers.person(&self.world, no).userid,
        }
    }

    fn groups_named(&self, chat_ids: &[String]) -> Vec<Receiver> {
        chat_ids.iter().filter_map(|id| self.groups.find(id)).map(Receiver::Group).collect()
    }

    fn customers_named(&self, userids: &[String]) -> Vec<Receiver> {
        let found = userids.iter().filter_map(|id| self.customers.find(&self.world, id));
        found.map(Receiver::Customer).collect()
    }

    /// Whether what a member sends reaches this customer.
    pub(crate) fn are_friends(&self, staff: StaffNo, customer: CustomerNo) -> bool {
        let relation = self.customers.relation(&self.world, staff, customer);
        relation.is_some_and(|relation| !relation.half && !relation.left)
    }

    /// One member finishes a task; of its customers those not picked are left out.
    fn send_to_customers(
        &mut self,
        at_ms: i64,
        msgid: &str,
        sender: &str,
        picked: &[Receiver],
        quota: MassQuota,
    ) {
        let Some(sender) = self.world.find_staff(sender) else { return };
        let Some(no) = self.mass.find(msgid) else { return };
        let Some(task) = self.mass.row(no).task_of(sender) else { return };
        let given = self.mass.row(no).tasks[task].receivers.clone();
        let mut outcomes: BTreeMap<Receiver, Outcome> = BTreeMap::new();
        for receiver in picked.iter().copied() {
            let Receiver::Customer(customer) = receiver else { continue };
            let outcome = if self.are_friends(sender, customer) {
                self.ledger.take_mass(at_ms, receiver, (no, sender), quota)
            } else {
                Outcome::NotAFriend
            };
            outcomes.insert(receiver, outcome);
        }
        let outcome =
            |receiver: Receiver| (receiver, outcomes.remove(&receiver).unwrap_or(Outcome::LeftOut));
        let mut results: Vec<_> = given.into_iter().map(outcome).collect();
        results.extend(outcomes);
        self.mass.finish(no, task, at_ms, results);
    }

    fn change_relation(
        &mut self,
        userid: &str,
        external_userid: &str,
        change: impl FnOnce(&mut Relation),
    ) {
        let Some(staff) = self.world.find_staff(userid) else { return };
        self.customers.change(&self.world, staff, external_userid, change);
    }
}
