//! Who did what to an SOP, and when. Tasks name the act that changed them last.

use store::{Session, Tx, params};

use super::sql;
use crate::{CorpId, Error, Scrm, SopId, StaffId, UserId, audit, counters, users};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A program that calls the open API, by its number in the company.
    App(i64),
    /// A member of staff.
    Staff(StaffId),
    /// A user of the console.
    User(UserId),
    /// The SOP's rule, following a group.
    Rule,
    /// The program by itself.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::App(number) => write!(f, "app:{number}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Rule => f.write_str("rule"),
            Self::System => f.write_str("system"),
        }
    }
}

/// An act on an SOP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its number; tasks name it.
    pub id: i64,
    /// When, in epoch ms.
    pub at_ms: i64,
    /// Who: `app:<number>`, `staff:<id>`, `user:<id>`, `rule` or `system`.
    pub actor: String,
    /// What: `create`, `start`, `edit`, `pause`, `resume`, `end`, `delete`, `join`, `leave`, `mark` …
    pub action: String,
    /// Particulars as JSON.
    pub detail: String,
}

/// Notes an act; its number. `detail` is JSON. What a user of the console does stands in the console's audit log too.
pub(crate) async fn record(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    sop: SopId,
    actor: Actor,
    action: &str,
    detail: &serde_json::Value,
) -> Result<i64, Error> {
    let id = counters::take(tx, corp, counters::INTERNAL, 1).await?;
    let (name, text) = (actor.to_string(), detail.to_string());
    let values = params![corp, id, sop, scrm.clock.now_ms(), &name, action, &text];
    tx.execute_rows(&sql::ADD_ACT, &values).await?;
    // One that is made now is not there yet: it is told of when it is.
    if action != "create" && matches!(actor, Actor::User(_)) {
        let title = super::title(tx, corp, sop).await?;
        tell(tx, scrm, corp, actor, action, &title, detail).await?;
    }
    Ok(id)
}

/// Notes an act of a user in the console's audit log; those of others are not for it.
pub(super) async fn tell(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    actor: Actor,
    action: &str,
    title: &str,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    let Actor::User(user) = actor else { return Ok(()) };
    let author = users::author(tx, user).await?;
    let act = format!("sop_{action}");
    audit::record(tx, scrm, Some(corp), &author, &act, title, detail).await
}

/// One act, by its number; nothing for 0, which is the program by itself.
pub(crate) async fn act(
    session: &mut Session,
    corp: CorpId,
    id: i64,
) -> Result<Option<Act>, Error> {
    Ok(session.query_opt(&sql::ACT, &params![corp, id], read).await?)
}

/// The newest act on an SOP up to a moment, which is the one that its tasks of then were made by.
pub(crate) async fn act_by(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
    at_ms: i64,
) -> Result<Option<Act>, Error> {
    Ok(session.query_opt(&sql::ACT_BY, &params![corp, sop, at_ms], read).await?)
}

/// The acts on an SOP, newest first, `n` at most.
pub(crate) async fn acts(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
    n: i64,
) -> Result<Vec<Act>, Error> {
    Ok(session.query(&sql::ACTS, &params![corp, sop, n], read).await?)
}

fn read(row: &store::Row<'_>) -> Result<Act, store::Error> {
    Ok(Act {
        id: row.get(0)?,
        at_ms: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        detail: row.get(4)?,
    })
}
