//! Who did what to an SOP, and when. Tasks name the act that changed them last.

use store::{Session, Tx, params};

use super::sql;
use crate::{CorpId, Error, Scrm, SopId, StaffId, counters};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A program that calls the open API, by its number in the company.
    App(i64),
    /// A member of staff.
    Staff(StaffId),
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
    /// Who: `app:<number>`, `staff:<id>`, `rule` or `system`.
    pub actor: String,
    /// What: `create`, `start`, `edit`, `pause`, `resume`, `end`, `delete`, `join`, `leave`, `mark` …
    pub action: String,
    /// Particulars as JSON.
    pub detail: String,
}

/// Notes an act; its number. `detail` is JSON.
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
    let (actor, detail) = (actor.to_string(), detail.to_string());
    let values = params![corp, id, sop, scrm.clock.now_ms(), &actor, action, &detail];
    tx.execute_rows(&sql::ADD_ACT, &values).await?;
    Ok(id)
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
