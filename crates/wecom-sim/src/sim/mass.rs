//! Owners and the mass messages that wait for them.

use std::collections::HashSet;

use crate::{
    desk::Desk,
    error::Error,
    op::Op,
    sim::Sim,
    state::{groups::GroupNo, ledger::Outcome, mass::MassNo},
    view::MassState,
};

/// To which groups the owner sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// All that the message names and the owner still owns.
    All,
    /// All but the last so many.
    AllBut(usize),
    /// These; any group of the owner, for old clients do not keep to the message's list.
    Chats(Vec<String>),
}

/// What one confirmation did; both 0 when the message had been confirmed before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Confirmed {
    /// Groups that the message reached.
    pub n_sent: usize,
    /// Groups whose monthly quota was used up.
    pub n_over_quota: usize,
}

impl Sim {
    /// The owner sends the message to these groups, which finishes the task.
    ///
    /// A message that is still being dispatched or was cancelled is refused.
    pub fn confirm(&self, msgid: &str, to: Confirm) -> Result<Confirmed, Error> {
        let desk = &mut *self.settled();
        let unknown = || Error::UnknownMessage(msgid.to_owned());
        let no = desk.state.mass.find(msgid).ok_or_else(unknown)?;
        let row = desk.state.mass.row(no);
        match row.state(desk.config.dispatching_ms, desk.now_ms()) {
            MassState::Waiting => confirm(desk, no, &to, desk.now_ms()),
            MassState::Sent => Ok(Confirmed::default()),
            MassState::Cancelled => Err(Error::Cancelled(msgid.to_owned())),
            MassState::Dispatching => Err(Error::Dispatching(msgid.to_owned())),
        }
    }

    /// One owner, or every owner, sends all that waits; gives the number of messages.
    pub fn confirm_all_waiting(&self, owner: Option<&str>) -> Result<usize, Error> {
        let desk = &mut *self.settled();
        let owner = match owner {
            None => None,
            Some(userid) => {
                let unknown = || Error::UnknownStaff(userid.to_owned());
                Some(desk.state.present(userid).ok_or_else(unknown)?)
            }
        };
        let (dispatching_ms, now_ms) = (desk.config.dispatching_ms, desk.now_ms());
        let waits = |no: &MassNo| {
            let row = desk.state.mass.row(*no);
            let theirs = owner.is_none_or(|owner| owner == row.sender);
            let present = !desk.state.left.contains(&row.sender);
            theirs && present && row.state(dispatching_ms, now_ms) == MassState::Waiting
        };
        let waiting: Vec<MassNo> = desk.state.mass.open().filter(waits).collect();
        for no in &waiting {
            confirm(desk, *no, &Confirm::All, now_ms)?;
        }
        Ok(waiting.len())
    }
}

/// The owner confirms at a time that may be a while ago.
pub(crate) fn confirm(
    desk: &mut Desk,
    no: MassNo,
    to: &Confirm,
    at_ms: i64,
) -> Result<Confirmed, Error> {
    let state = &desk.state;
    let row = state.mass.row(no);
    let sender = state.world.member(row.sender).userid.clone();
    if state.left.contains(&row.sender) {
        return Err(Error::UnknownStaff(sender));
    }
    let mut chats: Vec<GroupNo> = match to {
        Confirm::All | Confirm::AllBut(_) => {
            let still_theirs =
                row.chats.iter().filter(|chat| state.groups.owns(row.sender, **chat));
            still_theirs.copied().collect()
        }
        Confirm::Chats(chat_ids) => {
            let find = |chat_id: &String| {
                let no = state.groups.find(chat_id);
                let no = no.ok_or_else(|| Error::UnknownGroup(chat_id.clone()))?;
                let not_theirs =
                    || Error::NotTheOwner { owner: sender.clone(), chat_id: chat_id.clone() };
                state.groups.owns(row.sender, no).then_some(no).ok_or_else(not_theirs)
            };
            chat_ids.iter().map(find).collect::<Result<_, Error>>()?
        }
    };
    if let Confirm::AllBut(n_left_out) = to {
        chats.truncate(chats.len().saturating_sub(*n_left_out));
    }
    let mut seen = HashSet::new();
    chats.retain(|chat| seen.insert(*chat));
    let chat_ids = chats.iter().map(|chat| state.groups.row(*chat).chat_id.clone()).collect();
    let msgid = row.msgid.clone();
    let quota = desk.limits.mass_quota;
    desk.record(Op::MassConfirmed { at_ms, msgid, chat_ids, quota })?;
    let results = &desk.state.mass.row(no).results;
    let n_sent = results.iter().filter(|(_, outcome)| *outcome == Outcome::Sent).count();
    Ok(Confirmed { n_sent, n_over_quota: results.len() - n_sent })
}
