//! An SOP as it is stored.

use store::{Row, Session, params};

use super::{Mode, PlanStep, Rule, SopKind, SopState, StepTime, sql};
use crate::{CorpId, Error, PublicId, SopId};

/// A row of the table of SOPs.
#[derive(Debug, Clone)]
pub(crate) struct Sop {
    pub id: SopId,
    pub uuid: PublicId,
    pub title: String,
    pub instruction: String,
    pub mode: Mode,
    pub kind: SopKind,
    pub state: SopState,
    /// 0 = nobody known.
    pub creator_id: i64,
    pub created_at_ms: i64,
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    /// The rule that chooses its groups, if one does.
    pub rule: Option<Rule>,
    pub follows_rule: bool,
    /// Up to which group the newest plan is applied; nothing = to all.
    pub plan_position: Option<i64>,
    /// Up to which group the rule is applied for the first time; nothing = to all.
    pub rule_position: Option<i64>,
    /// Counts the plans, from 1.
    pub plan_no: i64,
    /// The act that made the newest plan.
    pub plan_audit_id: i64,
    pub n_groups: i64,
}

impl Sop {
    /// Whether groups join it by being made.
    pub fn is_for_new_groups(&self) -> bool {
        self.kind == SopKind::NewGroups
    }

    /// Whether it is over for good: no task of it is to be.
    pub fn is_over(&self) -> bool {
        matches!(self.state, SopState::Ended | SopState::Deleted)
    }
}

/// The SOP that other programs know by this id; [`Error::NotFound`] when there is none or it was deleted.
pub(crate) async fn find(
    session: &mut Session,
    corp: CorpId,
    uuid: &PublicId,
) -> Result<Sop, Error> {
    let found = session.query_opt(&sql::BY_PUBLIC_ID, &params![corp, uuid], read).await?;
    found
        .filter(|sop| sop.state != SopState::Deleted)
        .ok_or_else(|| Error::NotFound(format!("there is no SOP {uuid}")))
}

/// An SOP by its number, deleted ones included.
pub(crate) async fn get(session: &mut Session, corp: CorpId, id: SopId) -> Result<Sop, Error> {
    let found = session.query_opt(&sql::BY_ID, &params![corp, id], read).await?;
    found.ok_or_else(|| Error::Damaged(format!("there is no SOP {id}")))
}

/// The steps that are not removed, as planning sees them.
pub(crate) async fn plan_steps(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
) -> Result<Vec<PlanStep>, Error> {
    Ok(session.query(&sql::PLAN_STEPS, &params![corp, sop], plan_step).await?)
}

fn plan_step(row: &Row<'_>) -> Result<PlanStep, store::Error> {
    Ok(PlanStep { step_no: row.get(0)?, time: time(row, 1)?, plan_from_ms: row.get(4)? })
}

/// A step's time from the columns send_at_ms, day_no, minute_of_day.
pub(super) fn time(row: &Row<'_>, first: usize) -> Result<StepTime, store::Error> {
    let at_ms: Option<i64> = row.get(first)?;
    Ok(match at_ms {
        Some(at_ms) => StepTime::At { at_ms },
        None => {
            StepTime::NthDay { day_no: row.get(first + 1)?, minute_of_day: row.get(first + 2)? }
        }
    })
}

pub(super) fn read(row: &Row<'_>) -> Result<Sop, store::Error> {
    let rule: String = row.get(11)?;
    let rule = match rule.as_str() {
        "" => None,
        rule => Some(
            serde_json::from_str(rule)
                .map_err(|_| store::Error::Column { index: 11, expected: "a rule" })?,
        ),
    };
    Ok(Sop {
        id: row.get(0)?,
        uuid: row.get(1)?,
        title: row.get(2)?,
        instruction: row.get(3)?,
        mode: Mode::from_column(row.get(4)?)?,
        kind: SopKind::from_column(row.get(5)?)?,
        state: SopState::from_column(row.get(6)?)?,
        creator_id: row.get(7)?,
        created_at_ms: row.get(8)?,
        started_at_ms: row.get(9)?,
        ended_at_ms: row.get(10)?,
        rule,
        follows_rule: row.get(12)?,
        plan_position: row.get(13)?,
        rule_position: row.get(14)?,
        plan_audit_id: row.get(15)?,
        n_groups: row.get(16)?,
        plan_no: row.get(17)?,
    })
}
