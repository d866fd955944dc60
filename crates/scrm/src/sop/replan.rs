//! Making the tasks of groups that are in an SOP what its newest plan says.
//!
//! What was handed over stays. A planned task is moved or cancelled; one that was cancelled before it can have
//! gone out is taken up again when the plan wants it anew.

use std::collections::{BTreeMap, HashMap};

use store::{Row, Tx, Value, params};

use super::{Membership, SopState, TaskKey, TaskState, plan, planner, planner::Plan, sql};
use crate::{
    BatchId, Error, GroupId,
    send::{self, BatchState, Reason},
};

/// What became of the tasks of some groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replanned {
    /// Made, or taken up again.
    pub n_added: u64,
    /// Got another time.
    pub n_moved: u64,
    /// Will not be sent.
    pub n_cancelled: u64,
    /// Handed over; WeCom is asked to withdraw them.
    pub n_withdrawing: u64,
    /// Handed over; they cannot be withdrawn.
    pub n_kept: u64,
}

/// A task with what decides whether it may be changed.
struct Existing {
    key: TaskKey,
    state: TaskState,
    due_at_ms: i64,
    batch: Option<(BatchId, BatchState)>,
    /// It was handed over, or is in a message of which WeCom may have got a call.
    may_have_gone_out: bool,
}

pub(super) fn member(row: &Row<'_>) -> Result<Membership, store::Error> {
    let left: Option<i64> = row.get(3)?;
    let reason: Option<String> = row.get(4)?;
    Ok(Membership {
        group: row.get(0)?,
        joined_at_ms: row.get(1)?,
        plan_from_ms: row.get(2)?,
        left: left.map(|_| reason.and_then(|code| Reason::parse(&code)).unwrap_or(Reason::LeftSop)),
    })
}

/// Applies the plan to these groups. The company is locked.
pub(super) async fn apply(
    tx: &mut Tx,
    plan: &Plan<'_>,
    members: &[Membership],
) -> Result<Replanned, Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let list: Vec<Value<'_>> = members.iter().map(|member| member.group.into()).collect();
    let ids = members.iter().map(|member| member.group);
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else {
        return Ok(Replanned::default());
    };
    let fixed = params![corp, sop, first, last];
    let existing = tx.query_list(&sql::TASKS_OF_GROUPS, &fixed, &list, existing).await?;
    let mut by_group: HashMap<GroupId, Vec<Existing>> = HashMap::new();
    for task in existing {
        by_group.entry(task.key.group).or_default().push(task);
    }
    let mut changes = Changes::default();
    for member in members {
        let tasks = by_group.remove(&member.group).unwrap_or_default();
        changes.collect(plan, member, tasks);
    }
    changes.write(tx, plan).await
}

#[derive(Default)]
struct Changes {
    add: Vec<(GroupId, i64, i64)>,
    /// Planned or never begun: planned for another time.
    move_to: Vec<(TaskKey, TaskState, i64)>,
    n_revived: u64,
    cancel: Vec<(TaskKey, String)>,
    /// By the code of the reason.
    in_batches: BTreeMap<String, Vec<send::CancelledTask>>,
}

impl Changes {
    fn collect(&mut self, plan: &Plan<'_>, member: &Membership, tasks: Vec<Existing>) {
        let mut due: HashMap<i64, i64> = HashMap::new();
        if !plan.sop.is_over() {
            due.extend(plan.steps.iter().filter_map(|step| {
                Some((step.step_no, plan::due_ms(step, member, &plan.corp.zone)?))
            }));
        }
        for task in tasks {
            let wanted = due.remove(&task.key.step_no);
            let is_begun = matches!(task.batch, Some((_, state)) if state != BatchState::Ready);
            match (task.state, wanted) {
                (TaskState::Planned, Some(due_at_ms)) if due_at_ms != task.due_at_ms => {
                    self.move_to.push((task.key, task.state, due_at_ms));
                }
                (TaskState::Planned, None) => {
                    self.cancel
                        .push((task.key, why(plan, member, task.key.step_no).code().into_owned()));
                }
                (TaskState::Dispatching, Some(due_at_ms))
                    if !is_begun && due_at_ms != task.due_at_ms =>
                {
                    self.move_to.push((task.key, task.state, due_at_ms));
                }
                (TaskState::Dispatching | TaskState::HandedOver, None)
                    if member.left.is_some() || plan.sop.is_over() =>
                {
                    if let Some((batch, _)) = task.batch {
                        let code = why(plan, member, task.key.step_no).code().into_owned();
                        let task = send::CancelledTask { key: task.key, batch };
                        self.in_batches.entry(code).or_default().push(task);
                    }
                }
                (TaskState::Cancelled, Some(due_at_ms))
                    if !task.may_have_gone_out && due_at_ms >= plan::minute(plan.now_ms) =>
                {
                    self.move_to.push((task.key, task.state, due_at_ms));
                    self.n_revived += 1;
                }
                _ => {}
            }
        }
        let mut missing: Vec<(i64, i64)> = due.into_iter().collect();
        missing.sort_unstable();
        self.add.extend(missing.into_iter().map(|(step_no, at_ms)| (member.group, step_no, at_ms)));
    }

    async fn write(self, tx: &mut Tx, plan: &Plan<'_>) -> Result<Replanned, Error> {
        let (corp, audit_id, now_ms) = (plan.corp.id, plan.sop.plan_audit_id, plan.now_ms);
        planner::add_tasks(tx, plan, &self.add).await?;
        let moved: Vec<_> = self
            .move_to
            .iter()
            .map(|(key, seen, due_at_ms)| {
                let (group, sop, step_no, occurrence) =
                    (key.group, key.sop, key.step_no, key.occurrence);
                params![corp, group, sop, step_no, occurrence, *seen as i64, *due_at_ms, audit_id]
            })
            .collect();
        let n_moved = tx.execute_each(&sql::PLAN_AGAIN, &moved).await?;
        let cancelled: Vec<_> = self
            .cancel
            .iter()
            .map(|(key, reason)| {
                let (group, sop, step_no, occurrence) =
                    (key.group, key.sop, key.step_no, key.occurrence);
                params![corp, group, sop, step_no, occurrence, reason, now_ms, audit_id]
            })
            .collect();
        let n_cancelled = tx.execute_each(&sql::CANCEL_PLANNED, &cancelled).await?;
        let mut replanned = Replanned {
            n_added: self.add.len() as u64 + self.n_revived,
            n_moved: n_moved - self.n_revived,
            n_cancelled,
            ..Replanned::default()
        };
        for (code, tasks) in self.in_batches {
            let why = send::Why { code, audit_id, whole_messages: plan.sop.is_over() };
            let withdrawn = send::cancel(tx, plan.scrm, corp, &tasks, &why).await?;
            replanned.n_cancelled += withdrawn.n_cancelled;
            replanned.n_withdrawing += withdrawn.n_withdrawing;
            replanned.n_kept += withdrawn.n_kept;
        }
        Ok(replanned)
    }
}

/// Why a planned task is not to be any more.
fn why(plan: &Plan<'_>, member: &Membership, step_no: i64) -> Reason {
    if plan.sop.is_over() {
        return ended(plan);
    }
    if let Some(reason) = &member.left {
        return reason.clone();
    }
    let is_there = plan.steps.iter().any(|step| step.step_no == step_no);
    if is_there { Reason::StepPast } else { Reason::StepRemoved }
}

fn ended(plan: &Plan<'_>) -> Reason {
    match plan.sop.state {
        SopState::Deleted => Reason::SopDeleted,
        _ => Reason::SopEnded,
    }
}

fn existing(row: &Row<'_>) -> Result<Existing, store::Error> {
    let batch: Option<i64> = row.get(6)?;
    let batch_state: Option<i64> = row.get(7)?;
    Ok(Existing {
        key: sql::key(row)?,
        state: TaskState::from_column(row.get(4)?)?,
        due_at_ms: row.get(5)?,
        batch: match (batch, batch_state) {
            (Some(batch), Some(state)) => Some((BatchId(batch), BatchState::from_column(state)?)),
            _ => None,
        },
        may_have_gone_out: row.get::<Option<i64>>(8)?.is_some()
            || row.get::<Option<i64>>(9)?.is_some(),
    })
}
