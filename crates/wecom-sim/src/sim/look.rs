//! What there is to see: copies of the world and of everything that happened.

use crate::{
    desk::Desk,
    sim::Sim,
    state::{
        groups::GroupRow,
        ledger::{Entry, Origin, Outcome},
        mass::{Receiver, Row},
    },
    view::{
        AppMessage, Customer, Department, Follower, Group, GroupMember, LedgerEntry, LedgerKind,
        MassMessage, SendRecord, Staff,
    },
    world::{
        StaffNo,
        customers::{CustomerNo, Person},
        members::MemberKind,
    },
};

impl Sim {
    /// Every message that reached a group or a customer, oldest first.
    pub fn ledger(&self) -> Vec<LedgerEntry> {
        let desk = self.settled();
        (1..).zip(desk.state.ledger.entries()).map(|(seq, e)| ledger_entry(&desk, seq, e)).collect()
    }

    /// Every app message that reached a member of staff, oldest first.
    pub fn app_messages(&self) -> Vec<AppMessage> {
        self.settled().state.app_messages.entries().to_vec()
    }

    /// App messages that the duplicate check kept back.
    pub fn n_app_messages_suppressed(&self) -> u64 {
        self.settled().state.app_messages.n_suppressed
    }

    /// Every mass message, oldest first.
    pub fn mass_messages(&self) -> Vec<MassMessage> {
        let desk = self.settled();
        desk.state.mass.rows().iter().map(|row| mass_message(&desk, row)).collect()
    }

    /// Every group, dissolved ones included, in the order of creation.
    pub fn groups(&self) -> Vec<Group> {
        let desk = self.settled();
        desk.state.groups.rows().iter().map(|row| group(&desk, row)).collect()
    }

    /// One group; `None` for an unknown chat id.
    pub fn group(&self, chat_id: &str) -> Option<Group> {
        let desk = self.settled();
        desk.state.groups.find(chat_id).map(|no| group(&desk, desk.state.groups.row(no)))
    }

    /// The members of a group in the order of `groupchat/get`; empty for an unknown chat id.
    pub fn group_members(&self, chat_id: &str) -> Vec<GroupMember> {
        let desk = self.settled();
        let row = desk.state.groups.find(chat_id).map(|no| desk.state.groups.row(no));
        let members =
            row.map(|row| row.members(&desk.state.world).into_owned()).unwrap_or_default();
        members
            .into_iter()
            .map(|member| GroupMember {
                userid: member.userid,
                of_staff: member.kind == MemberKind::Staff,
                name: member.name,
                joined_at_s: member.joined_at_s,
                join_scene: member.join_scene,
            })
            .collect()
    }

    /// Everybody who is or was a member of staff; status 5 for those who left.
    pub fn staff(&self) -> Vec<Staff> {
        let desk = self.settled();
        let mut staff = desk.state.world.staff.clone();
        for no in &desk.state.left {
            staff[no.index()].status = 5;
        }
        staff
    }

    /// All departments, parents before children.
    pub fn departments(&self) -> Vec<Department> {
        self.settled().state.world.departments.clone()
    }
}

pub(crate) fn ledger_entry(desk: &Desk, seq: u64, entry: &Entry) -> LedgerEntry {
    let state = &desk.state;
    let (chat_id, external_userid) = both_ids(desk, entry.to);
    let at_ms = entry.at_ms;
    match &entry.origin {
        Origin::Mass { no, sender } => {
            let row = state.mass.row(*no);
            LedgerEntry {
                seq,
                at_ms,
                chat_id,
                external_userid,
                msgid: Some(row.msgid.clone()),
                sender: userid(desk, *sender),
                kind: LedgerKind::Mass,
                text: row.text.clone(),
                attachments: row.attachments.clone(),
            }
        }
        Origin::ByHand { sender, text } => LedgerEntry {
            seq,
            at_ms,
            chat_id,
            external_userid,
            msgid: None,
            sender: userid(desk, *sender),
            kind: LedgerKind::ByHand,
            text: text.clone(),
            attachments: Vec::new(),
        },
    }
}

pub(crate) fn mass_message(desk: &Desk, row: &Row) -> MassMessage {
    let receivers = || row.tasks.iter().flat_map(|task| &task.receivers);
    let ids = |of_groups: bool| {
        let wanted = move |to: &&Receiver| matches!(to, Receiver::Group(_)) == of_groups;
        receivers().filter(wanted).map(|to| desk.state.receiver_id(*to)).collect()
    };
    let result = |(to, outcome): &(Receiver, Outcome)| {
        let (chat_id, external_userid) = both_ids(desk, *to);
        SendRecord { chat_id, external_userid, status: outcome.status() }
    };
    let sent_at_ms = row.tasks.iter().map(|task| task.sent_at_ms).max().flatten();
    MassMessage {
        msgid: row.msgid.clone(),
        senders: row.tasks.iter().map(|task| userid(desk, task.sender)).collect(),
        sender: row.tasks.first().map(|task| userid(desk, task.sender)).unwrap_or_default(),
        chat_ids: ids(true),
        external_userids: ids(false),
        fail_list: row.fail_list.clone(),
        text: row.text.clone(),
        attachments: row.attachments.clone(),
        created_at_ms: row.created_at_ms,
        state: row.state(desk.config.dispatching_ms, desk.now_ms()),
        sent_at_ms: sent_at_ms.filter(|_| row.is_sent()),
        results: row.tasks.iter().flat_map(|task| &task.results).map(result).collect(),
        n_reminders: row.reminded_at_ms.len(),
    }
}

/// The chat id and the external userid, of which one is empty.
fn both_ids(desk: &Desk, to: Receiver) -> (String, String) {
    let id = desk.state.receiver_id(to);
    match to {
        Receiver::Group(_) => (id, String::new()),
        Receiver::Customer(_) => (String::new(), id),
    }
}

pub(crate) fn group(desk: &Desk, row: &GroupRow) -> Group {
    Group {
        chat_id: row.chat_id.clone(),
        name: row.name.clone(),
        owner: userid(desk, row.owner),
        created_at_s: row.created_at_s,
        n_members: row.n_members(),
        dissolved: row.dissolved,
    }
}

pub(crate) fn customer(desk: &Desk, no: CustomerNo) -> Customer {
    let (state, world) = (&desk.state, &desk.state.world);
    let Person { userid: external_userid, name, unionid, .. } = state.customers.person(world, no);
    let followers = state.customers.followers(world, no).into_iter();
    let follower = |(staff, relation)| Follower { userid: userid(desk, staff), relation };
    Customer { external_userid, name, unionid, followers: followers.map(follower).collect() }
}

fn userid(desk: &Desk, no: StaffNo) -> String {
    desk.state.world.member(no).userid.clone()
}
