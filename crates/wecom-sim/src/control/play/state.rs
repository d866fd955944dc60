//! All that the page shows, at one moment.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::{
    control::play::content::{self, Content},
    desk::Desk,
    error::Error,
    sim::{Sim, mass, who},
    state::{
        ledger::{Entry, Origin},
        mass::{MassNo, Receiver},
    },
    view::{AppMessage, LedgerKind, Staff},
    world::StaffNo,
};

/// So many owners, notices and arrivals are shown; the page says how many there are.
const MAX_SHOWN: usize = 50;
/// Receivers of a waiting message whose names are told.
const N_NAMED: usize = 3;

#[derive(Serialize)]
pub(crate) struct Shown {
    now_ms: i64,
    /// Whether owners confirm without being played.
    owners_confirm: bool,
    owners: Listed<Owner>,
    /// The one who is played.
    owner: Option<Played>,
    /// In the owner's groups and with their customers, or everywhere; newest first.
    arrived: Listed<Arrival>,
}

/// `total` counts what there is, however much of it is in `entries`.
#[derive(Serialize)]
struct Listed<T> {
    total: usize,
    entries: Vec<T>,
}

/// Somebody who can be played.
#[derive(Serialize)]
struct Owner {
    userid: String,
    name: String,
    n_waiting: usize,
    n_groups: usize,
}

#[derive(Serialize)]
struct Played {
    userid: String,
    name: String,
    notices: Listed<AppMessage>,
    waiting: Vec<Waiting>,
}

/// A mass message that the owner can send.
#[derive(Serialize)]
struct Waiting {
    msgid: String,
    created_at_ms: i64,
    n_groups: usize,
    n_customers: usize,
    /// The first of those whom it reaches.
    first: Vec<String>,
    n_reminders: usize,
    content: Content,
}

/// A message in a group or with a customer.
#[derive(Serialize)]
struct Arrival {
    /// Its place in the ledger, counted from 1.
    seq: usize,
    at_ms: i64,
    /// Else it is with a customer.
    in_group: bool,
    /// Of the group or the customer.
    name: String,
    sender: String,
    kind: LedgerKind,
    content: Content,
}

pub(super) fn of(sim: &Sim, owner: Option<&str>, search: &str) -> Result<Shown, Error> {
    let desk = &*sim.settled();
    let owner = owner.map(|userid| who::staff(desk, userid)).transpose()?;
    Ok(Shown {
        now_ms: desk.now_ms(),
        owners_confirm: desk.owners.confirm_after_ms.is_some(),
        owners: owners(desk, search),
        owner: owner.map(|no| played(desk, no)),
        arrived: arrived(desk, owner),
    })
}

/// Those for whom something waits, then those who got notices, then others who own groups.
fn owners(desk: &Desk, search: &str) -> Listed<Owner> {
    let state = &desk.state;
    let mut n_waiting: HashMap<StaffNo, usize> = HashMap::new();
    for (no, task) in mass::waiting(desk, None) {
        *n_waiting.entry(state.mass.row(no).tasks[task].sender).or_default() += 1;
    }
    let notices = state.app_messages.entries().iter();
    let noticed: HashSet<StaffNo> =
        notices.filter_map(|notice| state.world.find_staff(&notice.touser)).collect();
    let own_groups: HashSet<StaffNo> = state.groups.owners_from(StaffNo::at(0)).collect();

    let search = search.trim().to_lowercase();
    let is_found = |Staff { userid, name, .. }: &Staff| {
        userid.to_lowercase().contains(&search) || name.to_lowercase().contains(&search)
    };
    let mut found: Vec<(usize, StaffNo)> = (0..state.world.staff.len())
        .map(StaffNo::at)
        .filter(|no| !state.left.contains(no) && is_found(state.world.member(*no)))
        .filter_map(|no| {
            let lists =
                [n_waiting.contains_key(&no), noticed.contains(&no), own_groups.contains(&no)];
            lists.iter().position(|is_in| *is_in).map(|place| (place, no))
        })
        .collect();
    found.sort_unstable();
    let owner = |(_, no): &(usize, StaffNo)| {
        let Staff { userid, name, .. } = state.world.member(*no).clone();
        let n_waiting = n_waiting.get(no).copied().unwrap_or(0);
        Owner { userid, name, n_waiting, n_groups: state.groups.n_owned(*no) }
    };
    Listed { total: found.len(), entries: found.iter().take(MAX_SHOWN).map(owner).collect() }
}

fn played(desk: &Desk, no: StaffNo) -> Played {
    let Staff { userid, name, .. } = desk.state.world.member(no).clone();
    let entries = desk.state.app_messages.entries();
    let theirs = |notice: &&AppMessage| notice.touser.eq_ignore_ascii_case(&userid);
    let notices = newest(entries.iter().rev().filter(theirs), AppMessage::clone);
    let mut tasks: Vec<(MassNo, usize)> = mass::waiting(desk, Some(no)).collect();
    tasks.reverse();
    let waiting = tasks.into_iter().map(|(no, task)| waiting(desk, no, task)).collect();
    Played { userid, name, notices, waiting }
}

fn waiting(desk: &Desk, no: MassNo, task: usize) -> Waiting {
    let row = desk.state.mass.row(no);
    let receivers: Vec<Receiver> = mass::reachable(desk, &row.tasks[task]).collect();
    let n_groups = receivers.iter().filter(|to| matches!(to, Receiver::Group(_))).count();
    Waiting {
        msgid: row.msgid.clone(),
        created_at_ms: row.created_at_ms,
        n_groups,
        n_customers: receivers.len() - n_groups,
        first: receivers.iter().take(N_NAMED).map(|to| name(desk, *to)).collect(),
        n_reminders: row.reminded_at_ms.len(),
        content: content::of_mass(desk, row),
    }
}

fn arrived(desk: &Desk, owner: Option<StaffNo>) -> Listed<Arrival> {
    let is_theirs = |entry: &Entry| match (owner, entry.to) {
        (None, _) => true,
        (Some(owner), Receiver::Group(no)) => desk.state.groups.row(no).owner == owner,
        (Some(owner), Receiver::Customer(_)) => sender(entry) == owner,
    };
    let entries = desk.state.ledger.entries().iter().enumerate();
    let theirs = entries.rev().filter(|(_, entry)| is_theirs(entry));
    newest(theirs, |(index, entry)| arrival(desk, index + 1, entry))
}

fn arrival(desk: &Desk, seq: usize, entry: &Entry) -> Arrival {
    let (kind, content) = match &entry.origin {
        Origin::Mass { no, .. } => {
            (LedgerKind::Mass, content::of_mass(desk, desk.state.mass.row(*no)))
        }
        Origin::ByHand { text, .. } => (LedgerKind::ByHand, Content::of_text(text)),
    };
    Arrival {
        seq,
        at_ms: entry.at_ms,
        in_group: matches!(entry.to, Receiver::Group(_)),
        name: name(desk, entry.to),
        sender: desk.state.world.member(sender(entry)).name.clone(),
        kind,
        content,
    }
}

fn sender(entry: &Entry) -> StaffNo {
    match entry.origin {
        Origin::Mass { sender, .. } | Origin::ByHand { sender, .. } => sender,
    }
}

/// Empty for a group without a name.
fn name(desk: &Desk, to: Receiver) -> String {
    match to {
        Receiver::Group(no) => desk.state.groups.row(no).name.clone(),
        Receiver::Customer(no) => desk.state.customers.person(&desk.state.world, no).name,
    }
}

/// The first ones, made only for those shown.
fn newest<R, T>(rows: impl Iterator<Item = R>, make: impl Fn(R) -> T) -> Listed<T> {
    let (mut total, mut entries) = (0, Vec::new());
    for row in rows {
        total += 1;
        if total <= MAX_SHOWN {
            entries.push(make(row));
        }
    }
    Listed { total, entries }
}
