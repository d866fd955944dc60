//! Mass messages: a task for each member who has to send, finished by one confirmation.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::{
    state::{groups::GroupNo, ledger::Outcome},
    view::MassState,
    world::{StaffNo, customers::CustomerNo},
};

/// A mass message by its place in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MassNo(pub(crate) u32);

impl MassNo {
    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).expect("usize has 32 bits at least")
    }
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Receiver {
    Group(GroupNo),
    Customer(CustomerNo),
}

/// Whom a mass message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Groups of one owner, who has the only task.
    Groups,
    /// Customers; each of their members has a task.
    Customers { allow_select: bool },
}

/// One mass message.
pub(crate) struct Row {
    pub(crate) msgid: String,
    pub(crate) audience: Audience,
    /// At least one.
    pub(crate) tasks: Vec<Task>,
    pub(crate) fail_list: Vec<String>,
    pub(crate) text: String,
    pub(crate) attachments: Vec<Value>,
    pub(crate) created_at_ms: i64,
    pub(crate) cancelled: bool,
    pub(crate) reminded_at_ms: Vec<i64>,
}

/// What one member has to send.
pub(crate) struct Task {
    pub(crate) sender: StaffNo,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) sent_at_ms: Option<i64>,
    /// Of groups those that were tried, of customers all.
    pub(crate) results: Vec<(Receiver, Outcome)>,
}

impl Task {
    pub(crate) fn of(sender: StaffNo, receivers: Vec<Receiver>) -> Self {
        Self { sender, receivers, sent_at_ms: None, results: Vec::new() }
    }
}

impl Row {
    pub(crate) fn created_at_s(&self) -> i64 {
        self.created_at_ms.div_euclid(1_000)
    }

    pub(crate) fn is_sent(&self) -> bool {
        self.tasks.iter().all(|task| task.sent_at_ms.is_some())
    }

    /// The number of a member's task.
    pub(crate) fn task_of(&self, sender: StaffNo) -> Option<usize> {
        self.tasks.iter().position(|task| task.sender == sender)
    }

    pub(crate) fn state(&self, dispatching_ms: i64, now_ms: i64) -> MassState {
        if self.is_sent() {
            MassState::Sent
        } else if self.cancelled {
            MassState::Cancelled
        } else if self.is_dispatching(dispatching_ms, now_ms) {
            MassState::Dispatching
        } else {
            MassState::Waiting
        }
    }

    pub(crate) fn is_dispatching(&self, dispatching_ms: i64, now_ms: i64) -> bool {
        now_ms < self.created_at_ms + dispatching_ms
    }
}

/// All mass messages, and those of which a task still waits.
#[derive(Default)]
pub(crate) struct MassMessages {
    rows: Vec<Row>,
    by_msgid: HashMap<String, MassNo>,
    by_second: BTreeSet<(i64, MassNo)>,
    open: BTreeSet<MassNo>,
}

impl MassMessages {
    pub(crate) fn find(&self, msgid: &str) -> Option<MassNo> {
        self.by_msgid.get(msgid).copied()
    }

    pub(crate) fn row(&self, no: MassNo) -> &Row {
        &self.rows[no.index()]
    }

    /// In the order of creation.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Neither sent by all nor cancelled, in the order of creation.
    pub(crate) fn open(&self) -> impl Iterator<Item = MassNo> + '_ {
        self.open.iter().copied()
    }

    /// The open ones from the `n`-th message on.
    pub(crate) fn open_from(&self, n: usize) -> impl Iterator<Item = MassNo> + '_ {
        let first = u32::try_from(n).expect("fewer than 2^32 messages");
        self.open.range(MassNo(first)..).copied()
    }

    /// Created in these seconds, both included, and after `after`; oldest first.
    pub(crate) fn created_in(
        &self,
        from_s: i64,
        to_s: i64,
        after: Option<MassNo>,
    ) -> impl Iterator<Item = MassNo> + '_ {
        use std::ops::Bound::{Excluded, Included};
        let first = match after {
            Some(no) => Excluded((self.row(no).created_at_s(), no)),
            None => Included((from_s, MassNo(0))),
        };
        let last = (to_s.max(from_s), MassNo(u32::MAX));
        self.by_second.range((first, Included(last))).map(|(_, no)| *no)
    }

    pub(super) fn create(&mut self, row: Row) {
        let no = MassNo(u32::try_from(self.rows.len()).expect("fewer than 2^32 messages"));
        self.by_msgid.insert(row.msgid.clone(), no);
        self.by_second.insert((row.created_at_s(), no));
        self.open.insert(no);
        self.rows.push(row);
    }

    pub(super) fn finish(
        &mut self,
        no: MassNo,
        task: usize,
        at_ms: i64,
        results: Vec<(Receiver, Outcome)>,
    ) {
        let row = &mut self.rows[no.index()];
        row.tasks[task].sent_at_ms = Some(at_ms);
        row.tasks[task].results = results;
        if row.is_sent() {
            self.open.remove(&no);
        }
    }

    pub(super) fn cancel(&mut self, msgid: &str) {
        if let Some(no) = self.find(msgid) {
            self.open.remove(&no);
            self.rows[no.index()].cancelled = true;
        }
    }

    pub(super) fn remind(&mut self, msgid: &str, at_ms: i64) {
        if let Some(no) = self.find(msgid) {
            self.rows[no.index()].reminded_at_ms.push(at_ms);
        }
    }
}
