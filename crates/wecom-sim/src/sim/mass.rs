//! Owners and the mass messages that wait for them.

use std::collections::HashSet;

use crate::{
    desk::Desk,
    error::Error,
    op::Op,
    sim::{
        Sim,
        who::{customer, staff},
    },
    state::{
        ledger::Outcome,
        mass::{Audience, MassNo, Receiver, Row, Task},
    },
    view::MassState,
    world::StaffNo,
};

/// To whom a member sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// All groups that the message names and the owner still owns, or all customers of the task.
    All,
    /// All but the last so many.
    AllBut(usize),
    /// These groups; any of the owner's, for old clients do not keep to the message's list.
    Chats(Vec<String>),
    /// Those of these customers whom the member follows; only where the message lets members pick.
    Customers(Vec<String>),
}

/// What confirmations did; all 0 when the message had been confirmed before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Confirmed {
    /// Groups or customers that the message reached.
    pub n_sent: usize,
    /// Those whose quota was used up.
    pub n_over_quota: usize,
    /// Customers who are no friends of the member any more.
    pub n_not_friends: usize,
}

impl Sim {
    /// The owner sends the message to these groups, or every member to these customers, which
    /// finishes the tasks.
    ///
    /// A message that is still being dispatched or was cancelled is refused.
    pub fn confirm(&self, msgid: &str, to: Confirm) -> Result<Confirmed, Error> {
        confirm_tasks(&mut self.settled(), msgid, None, &to)
    }

    /// One member alone does so; the tasks of others keep waiting.
    pub fn confirm_by(&self, msgid: &str, userid: &str, to: Confirm) -> Result<Confirmed, Error> {
        let desk = &mut *self.settled();
        let member = staff(desk, userid)?;
        confirm_tasks(desk, msgid, Some(member), &to)
    }

    /// One owner, or every owner, sends all that waits; gives the number of tasks.
    pub fn confirm_all_waiting(&self, owner: Option<&str>) -> Result<usize, Error> {
        let desk = &mut *self.settled();
        let owner = owner.map(|userid| staff(desk, userid)).transpose()?;
        let now_ms = desk.now_ms();
        let tasks: Vec<(MassNo, usize)> = waiting(desk, owner).collect();
        for (no, task) in &tasks {
            confirm(desk, *no, *task, &Confirm::All, now_ms)?;
        }
        Ok(tasks.len())
    }
}

/// The tasks that one member, or every one who has not left, can send now; oldest first.
pub(crate) fn waiting(
    desk: &Desk,
    of: Option<StaffNo>,
) -> impl Iterator<Item = (MassNo, usize)> + '_ {
    let (dispatching_ms, now_ms) = (desk.config.dispatching_ms, desk.now_ms());
    let Desk { state, .. } = desk;
    let waits =
        move |no: &MassNo| state.mass.row(*no).state(dispatching_ms, now_ms) == MassState::Waiting;
    let tasks = state.mass.open().filter(waits);
    let tasks =
        tasks.flat_map(move |no| unsent(state.mass.row(no), of).map(move |task| (no, task)));
    tasks.filter(|(no, task)| !state.left.contains(&state.mass.row(*no).tasks[*task].sender))
}

/// Whom a task reaches when it is sent to all: of groups those that are still the member's.
pub(crate) fn reachable<'a>(desk: &'a Desk, task: &'a Task) -> impl Iterator<Item = Receiver> + 'a {
    let owned = |receiver: &Receiver| match receiver {
        Receiver::Group(no) => desk.state.groups.owns(task.sender, *no),
        Receiver::Customer(_) => true,
    };
    task.receivers.iter().copied().filter(owned)
}

fn confirm_tasks(
    desk: &mut Desk,
    msgid: &str,
    member: Option<StaffNo>,
    to: &Confirm,
) -> Result<Confirmed, Error> {
    let unknown = || Error::UnknownMessage(msgid.to_owned());
    let no = desk.state.mass.find(msgid).ok_or_else(unknown)?;
    let row = desk.state.mass.row(no);
    match row.state(desk.config.dispatching_ms, desk.now_ms()) {
        MassState::Waiting => {}
        MassState::Sent => return Ok(Confirmed::default()),
        MassState::Cancelled => return Err(Error::Cancelled(msgid.to_owned())),
        MassState::Dispatching => return Err(Error::Dispatching(msgid.to_owned())),
    }
    let tasks: Vec<usize> = unsent(row, member).collect();
    let at_ms = desk.now_ms();
    let mut sum = Confirmed::default();
    for task in tasks {
        let done = confirm(desk, no, task, to, at_ms)?;
        sum.n_sent += done.n_sent;
        sum.n_over_quota += done.n_over_quota;
        sum.n_not_friends += done.n_not_friends;
    }
    Ok(sum)
}

/// The tasks of one member, or of all, that are not sent.
fn unsent(row: &Row, of: Option<StaffNo>) -> impl Iterator<Item = usize> + '_ {
    let wanted =
        move |task: &Task| task.sent_at_ms.is_none() && of.is_none_or(|of| of == task.sender);
    (0..row.tasks.len()).filter(move |n| wanted(&row.tasks[*n]))
}

/// A member confirms at a time that may be a while ago.
pub(crate) fn confirm(
    desk: &mut Desk,
    no: MassNo,
    task: usize,
    to: &Confirm,
    at_ms: i64,
) -> Result<Confirmed, Error> {
    let row = desk.state.mass.row(no);
    let sender = row.tasks[task].sender;
    let userid = desk.state.world.member(sender).userid.clone();
    if desk.state.left.contains(&sender) {
        return Err(Error::UnknownStaff(userid));
    }
    let mut picked = match row.audience {
        Audience::Groups => groups(desk, row, task, to)?,
        Audience::Customers { allow_select } => customers(desk, row, task, to, allow_select)?,
    };
    let mut seen = HashSet::new();
    picked.retain(|receiver| seen.insert(*receiver));
    let (msgid, quota) = (row.msgid.clone(), desk.limits.mass_quota);
    let ids = picked.into_iter().map(|receiver| desk.state.receiver_id(receiver)).collect();
    desk.record(match row.audience {
        Audience::Groups => Op::MassConfirmed { at_ms, msgid, chat_ids: ids, quota },
        Audience::Customers { .. } => {
            Op::CustomerMassConfirmed { at_ms, msgid, sender: userid, external_userids: ids, quota }
        }
    })?;
    let results = &desk.state.mass.row(no).tasks[task].results;
    let count = |wanted| results.iter().filter(|(_, outcome)| *outcome == wanted).count();
    Ok(Confirmed {
        n_sent: count(Outcome::Sent),
        n_over_quota: count(Outcome::OverQuota),
        n_not_friends: count(Outcome::NotAFriend),
    })
}

fn groups(desk: &Desk, row: &Row, task: usize, to: &Confirm) -> Result<Vec<Receiver>, Error> {
    let groups = &desk.state.groups;
    let task = &row.tasks[task];
    let sender = &task.sender;
    let still_theirs = || reachable(desk, task).collect();
    match to {
        Confirm::All => Ok(still_theirs()),
        Confirm::AllBut(n_left_out) => Ok(without_last(still_theirs(), *n_left_out)),
        Confirm::Customers(_) => Err(Error::NotToPick(row.msgid.clone())),
        Confirm::Chats(chat_ids) => {
            let find = |chat_id: &String| {
                let no = groups.find(chat_id);
                let no = no.ok_or_else(|| Error::UnknownGroup(chat_id.clone()))?;
                let owner = || desk.state.world.member(*sender).userid.clone();
                let not_theirs = || Error::NotTheOwner { owner: owner(), chat_id: chat_id.clone() };
                groups.owns(*sender, no).then_some(Receiver::Group(no)).ok_or_else(not_theirs)
            };
            chat_ids.iter().map(find).collect()
        }
    }
}

fn customers(
    desk: &Desk,
    row: &Row,
    task: usize,
    to: &Confirm,
    allow_select: bool,
) -> Result<Vec<Receiver>, Error> {
    let Task { sender, receivers, .. } = &row.tasks[task];
    let state = &desk.state;
    match to {
        Confirm::All | Confirm::AllBut(0) => Ok(receivers.clone()),
        Confirm::AllBut(n_left_out) if allow_select => {
            Ok(without_last(receivers.clone(), *n_left_out))
        }
        Confirm::Customers(userids) if allow_select => {
            let found = userids.iter().map(|userid| customer(desk, userid));
            let found: Vec<_> = found.collect::<Result<_, Error>>()?;
            let theirs = |no: &_| state.customers.relation(&state.world, *sender, *no).is_some();
            Ok(found.into_iter().filter(theirs).map(Receiver::Customer).collect())
        }
        Confirm::AllBut(_) | Confirm::Customers(_) | Confirm::Chats(_) => {
            Err(Error::NotToPick(row.msgid.clone()))
        }
    }
}

fn without_last(mut receivers: Vec<Receiver>, n_left_out: usize) -> Vec<Receiver> {
    receivers.truncate(receivers.len().saturating_sub(n_left_out));
    receivers
}
