//! What there is to see, by GET. Lists have `total` and `entries`; `after` is the number of the
//! last entry seen, counted from 1.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    control::openapi,
    error::Error,
    sim::{Sim, look},
    state::mass::Receiver,
    view::{AppMessage, Department, Group, GroupMember, LedgerEntry, MassMessage, Staff},
};

const DEFAULT_LIMIT: usize = 1_000;

/// Which entries of a list are asked for.
#[derive(Deserialize)]
pub(super) struct Part {
    chat_id: Option<String>,
    external_userid: Option<String>,
    msgid: Option<String>,
    owner: Option<String>,
    sender: Option<String>,
    touser: Option<String>,
    state: Option<String>,
    after: Option<u64>,
    limit: Option<usize>,
}

/// `total` counts what matches, however much of it is in `entries`.
#[derive(Serialize)]
pub(super) struct Listed<T> {
    total: usize,
    entries: Vec<T>,
}

impl Part {
    /// The entries that match and come after `after`, made only for those shown.
    fn of<R, T>(
        &self,
        rows: &[R],
        matches: impl Fn(&R) -> bool,
        make: impl Fn(u64, &R) -> T,
    ) -> Listed<T> {
        let matching = || (1..).zip(rows).filter(|(_, row)| matches(row));
        let shown = matching().filter(|(seq, _)| *seq > self.after.unwrap_or(0));
        let shown = shown.take(self.limit.unwrap_or(DEFAULT_LIMIT));
        Listed {
            total: matching().count(),
            entries: shown.map(|(seq, row)| make(seq, row)).collect(),
        }
    }
}

pub(super) async fn help() -> String {
    openapi::list()
}

pub(super) async fn openapi() -> Json<Value> {
    Json(openapi::document())
}

pub(super) async fn state(State(sim): State<Sim>) -> Json<Value> {
    let desk = sim.settled();
    let state = &desk.state;
    let n_groups = state.groups.rows().len();
    Json(json!({
        "now_ms": desk.now_ms(),
        "n_departments": state.world.departments.len(),
        "n_staff": state.world.staff.len(),
        "n_left": state.left.len(),
        "n_groups": n_groups,
        "n_dissolved": state.groups.n_dissolved(),
        "n_mass_messages": state.mass.rows().len(),
        "n_open_mass_messages": state.mass.open().count(),
        "n_ledger": state.ledger.entries().len(),
        "n_app_messages": state.app_messages.entries().len(),
        "n_suppressed": state.app_messages.n_suppressed,
        "calls": desk.n_calls,
    }))
}

pub(super) async fn departments(State(sim): State<Sim>) -> Json<Vec<Department>> {
    Json(sim.departments())
}

pub(super) async fn staff(State(sim): State<Sim>) -> Json<Vec<Staff>> {
    Json(sim.staff())
}

pub(super) async fn groups(
    State(sim): State<Sim>,
    Query(part): Query<Part>,
) -> Json<Listed<Group>> {
    let desk = sim.settled();
    let owner = part.owner.as_deref().map(|userid| desk.state.world.find_staff(userid));
    let listed = part.of(
        desk.state.groups.rows(),
        |row| {
            owner.is_none_or(|owner| owner == Some(row.owner))
                && part.chat_id.as_ref().is_none_or(|id| *id == row.chat_id)
        },
        |_, row| look::group(&desk, row),
    );
    Json(listed)
}

#[derive(Deserialize)]
pub(super) struct OneGroup {
    chat_id: String,
}

pub(super) async fn members(
    State(sim): State<Sim>,
    Query(OneGroup { chat_id }): Query<OneGroup>,
) -> Result<Json<Vec<GroupMember>>, Error> {
    sim.group(&chat_id).ok_or_else(|| Error::UnknownGroup(chat_id.clone()))?;
    Ok(Json(sim.group_members(&chat_id)))
}

pub(super) async fn ledger(
    State(sim): State<Sim>,
    Query(part): Query<Part>,
) -> Json<Listed<LedgerEntry>> {
    let desk = sim.settled();
    let chat = part.chat_id.as_deref().map(|id| desk.state.groups.find(id));
    let state = &desk.state;
    let customer = part.external_userid.as_deref();
    let customer = customer.map(|id| state.customers.find(&state.world, id));
    let mass = part.msgid.as_deref().map(|id| desk.state.mass.find(id));
    let listed = part.of(
        desk.state.ledger.entries(),
        |entry| {
            chat.is_none_or(|chat| chat.map(Receiver::Group) == Some(entry.to))
                && customer.is_none_or(|of| of.map(Receiver::Customer) == Some(entry.to))
                && mass.is_none_or(|mass| mass.is_some() && mass == entry.mass())
        },
        |seq, entry| look::ledger_entry(&desk, seq, entry),
    );
    Json(listed)
}

pub(super) async fn app_messages(State(sim): State<Sim>, Query(part): Query<Part>) -> Json<Value> {
    let desk = sim.settled();
    let messages = &desk.state.app_messages;
    let matches = |entry: &AppMessage| {
        part.touser.as_ref().is_none_or(|userid| entry.touser.eq_ignore_ascii_case(userid))
    };
    let Listed { total, entries } = part.of(messages.entries(), matches, |_, e| e.clone());
    let n_suppressed = messages.n_suppressed;
    Json(json!({ "total": total, "n_suppressed": n_suppressed, "entries": entries }))
}

pub(super) async fn mass_messages(
    State(sim): State<Sim>,
    Query(part): Query<Part>,
) -> Json<Listed<MassMessage>> {
    let desk = sim.settled();
    let sender = part.sender.as_deref().map(|userid| desk.state.world.find_staff(userid));
    let (dispatching_ms, now_ms) = (desk.config.dispatching_ms, desk.now_ms());
    let listed = part.of(
        desk.state.mass.rows(),
        |row| {
            let state = json!(row.state(dispatching_ms, now_ms));
            sender.is_none_or(|sender| sender.is_some_and(|sender| row.task_of(sender).is_some()))
                && part.msgid.as_ref().is_none_or(|id| *id == row.msgid)
                && part.state.as_ref().is_none_or(|wanted| state == wanted.as_str())
        },
        |_, row| look::mass_message(&desk, row),
    );
    Json(listed)
}
