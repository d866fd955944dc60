//! Planning in parts: each is a short transaction that applies the newest plan of an SOP to some groups and
//! notes how far it has come, so that it goes on after a crash and others can write in between.

use std::collections::HashSet;

use store::{Tx, Value, params};

use super::{
    Membership, PlanStep, SopState, Source, TaskState, follow, membership, plan, replan, sql,
    stored, stored::Sop,
};
use crate::{
    CorpId, Error, GroupId, PublicId, Scrm, SopId,
    corps::{self, Corp},
    groups,
};

/// When the next task is due where none is planned.
pub(crate) const NEVER_MS: i64 = i64::MAX;
/// Tasks in one transaction: 10 ms of writing.
const TASKS_PER_PART: usize = 1_000;
/// How long a call that makes or changes an SOP plans by itself.
const AT_ONCE_MS: i64 = 500;
/// How long the background plans one SOP before the next has its turn.
const A_WHILE_MS: i64 = 1_000;

/// What a part of the planning works with.
#[derive(Clone)]
pub(super) struct Plan<'a> {
    pub scrm: &'a Scrm,
    pub corp: Corp,
    pub sop: Sop,
    pub steps: Vec<PlanStep>,
    pub now_ms: i64,
}

impl Plan<'_> {
    /// The same, its changes to be noted under another act than the one that made the plan.
    pub(super) fn under_act(&self, audit_id: i64) -> Self {
        let mut plan = self.clone();
        plan.sop.plan_audit_id = audit_id;
        plan
    }
}

/// A group that joins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joining {
    pub group: GroupId,
    pub source: Source,
    pub joined_at_ms: i64,
    /// 0 = times that are past are due at once.
    pub plan_from_ms: i64,
}

/// How many groups are planned in one transaction.
pub(super) fn groups_per_part(n_steps: usize) -> usize {
    (TASKS_PER_PART / n_steps.max(1)).max(1)
}

/// Plans what is to be planned in a company, SOP by SOP, for a while; true when there is more. An SOP that
/// cannot be planned does not hold up the others; its error is told at the end.
pub async fn tick(scrm: &Scrm, corp: CorpId) -> Result<bool, Error> {
    let mut reader = scrm.db.reader().await?;
    let sops: Vec<SopId> = reader.query(&sql::PLANNING, &params![corp], |row| row.get(0)).await?;
    drop(reader);
    let mut has_more = false;
    let mut outcome = Ok(());
    for sop in sops {
        match plan_for(scrm, corp, sop, A_WHILE_MS).await {
            Ok(more) => has_more |= more,
            Err(error) => {
                tracing::error!(sop.id = sop.0, %error, "an SOP cannot be planned");
                outcome = Err(error);
            }
        }
    }
    outcome.map(|()| has_more)
}

/// Plans an SOP within the call that made or changed it. The call has taken effect: what is left, and what
/// goes wrong, is for the background.
pub(super) async fn plan_at_once(scrm: &Scrm, corp: CorpId, sop: SopId) {
    if let Err(error) = plan_for(scrm, corp, sop, AT_ONCE_MS).await {
        tracing::error!(sop.id = sop.0, %error, "an SOP could not be planned at once");
    }
}

/// Plans an SOP until it is planned or `for_ms` are over; true when there is more.
async fn plan_for(scrm: &Scrm, corp: CorpId, sop: SopId, for_ms: i64) -> Result<bool, Error> {
    let until_ms = scrm.clock.now_ms() + for_ms;
    while plan_part(scrm, corp, sop).await? {
        if scrm.clock.now_ms() >= until_ms {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What planning needs to know of an SOP.
pub(super) async fn load<'a>(
    scrm: &'a Scrm,
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
) -> Result<Plan<'a>, Error> {
    let sop = stored::get(tx, corp, sop).await?;
    let steps = stored::plan_steps(tx, corp, sop.id).await?;
    let corp = corps::get(tx, corp).await?;
    Ok(Plan { scrm, corp, sop, steps, now_ms: scrm.clock.now_ms() })
}

/// One transaction's worth; false when nothing is left to plan.
async fn plan_part(scrm: &Scrm, corp: CorpId, sop: SopId) -> Result<bool, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let plan = load(scrm, &mut tx, corp, sop).await?;
    let Some(position) = plan.sop.plan_position else { return Ok(false) };
    let is_done = if plan.sop.is_over() {
        drop_joining(&mut tx, &plan).await?;
        walk(&mut tx, &plan, position).await?
    } else if join_listed(&mut tx, &plan).await? || join_by_rule(&mut tx, &plan).await? {
        false
    } else {
        walk(&mut tx, &plan, position).await?
    };
    if is_done {
        finish(&mut tx, corp, sop).await?;
    }
    tx.commit().await?;
    Ok(!is_done)
}

/// The next part of the groups that were chosen when the SOP was made; false when there is none.
async fn join_listed(tx: &mut Tx, plan: &Plan<'_>) -> Result<bool, Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let read = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?));
    let Some((part_no, ids)) = tx.query_opt(&sql::JOINING, &params![corp, sop], read).await? else {
        return Ok(false);
    };
    let joined_at_ms = plan.sop.started_at_ms.unwrap_or(plan.now_ms);
    // The number of steps may be another than when the parts were made.
    let (now, later) = ids.split_at(ids.len().min(8 * groups_per_part(plan.steps.len())));
    let joining: Vec<Joining> = listed(now)
        .map(|group| Joining { group, source: Source::Chosen, joined_at_ms, plan_from_ms: 0 })
        .collect();
    join(tx, plan, &joining).await?;
    if later.is_empty() {
        tx.execute(&sql::REMOVE_JOINING, &params![corp, sop, part_no]).await?;
    } else {
        tx.execute(&sql::SHORTEN_JOINING, &params![corp, sop, part_no, later]).await?;
    }
    Ok(true)
}

/// The groups in a part of those that are to join.
fn listed(ids: &[u8]) -> impl Iterator<Item = GroupId> + '_ {
    let ids = ids.chunks_exact(8).map(|id| id.try_into().expect("a chunk has its size"));
    ids.map(|id| GroupId(i64::from_le_bytes(id)))
}

/// Which of these groups the planning has not come to yet, and will let join.
pub(super) async fn still_to_join(
    tx: &mut Tx,
    plan: &Plan<'_>,
    groups: &[GroupId],
) -> Result<HashSet<GroupId>, Error> {
    let mut waiting = HashSet::new();
    if plan.sop.plan_position.is_none() {
        return Ok(waiting);
    }
    let asked: HashSet<GroupId> = groups.iter().copied().collect();
    let values = params![plan.corp.id, plan.sop.id];
    for part in tx.query(&sql::ALL_JOINING, &values, |row| row.get::<Vec<u8>>(0)).await? {
        waiting.extend(listed(&part).filter(|group| asked.contains(group)));
    }
    if let (Some(position), Some(rule)) = (plan.sop.rule_position, &plan.sop.rule) {
        let facts = groups::facts(tx, plan.corp.id, groups).await?;
        let fitting = facts.iter().filter(|group| group.id.0 > position && rule.fits(group));
        waiting.extend(fitting.map(|group| group.id));
    }
    let known = membership::known(tx, plan, groups).await?;
    known.iter().for_each(|known| _ = waiting.remove(&known.member.group));
    Ok(waiting)
}

/// Puts groups into the SOP without making their tasks.
pub(super) async fn add_members(
    tx: &mut Tx,
    plan: &Plan<'_>,
    groups: &HashSet<GroupId>,
) -> Result<(), Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let joined_at_ms = plan.sop.started_at_ms.unwrap_or(plan.now_ms);
    let source = if plan.sop.rule.is_some() { Source::Rule } else { Source::Chosen };
    let rows: Vec<Value<'_>> = groups
        .iter()
        .flat_map(|&group| params![corp, sop, group, joined_at_ms, source as i64, 0_i64])
        .collect();
    tx.execute_rows(&sql::ADD_GROUPS, &rows).await?;
    let n = i64::try_from(groups.len()).expect("a call names few");
    tx.execute(&sql::COUNT_GROUPS, &params![corp, sop, n]).await?;
    Ok(())
}

/// The next groups there are, of which those join that the rule fits; false when all were looked at.
async fn join_by_rule(tx: &mut Tx, plan: &Plan<'_>) -> Result<bool, Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let (Some(position), Some(rule)) = (plan.sop.rule_position, &plan.sop.rule) else {
        return Ok(false);
    };
    let n = i64::try_from(groups_per_part(plan.steps.len())).expect("a part is small");
    let found = groups::facts_after(tx, corp, GroupId(position), n).await?;
    let next = params![corp, sop, found.last().map(|group| group.id)];
    tx.execute(&sql::SET_RULE_POSITION, &next).await?;
    if plan.sop.plan_no > 1 {
        // The rule was changed: groups join late, or leave.
        follow::fit(tx, plan, &found).await?;
        return Ok(true);
    }
    // Some may be in it by another rule, which was changed before all groups were looked at.
    let known: HashSet<GroupId> = follow::fit_known(tx, plan, &found).await?;
    let joined_at_ms = plan.sop.started_at_ms.unwrap_or(plan.now_ms);
    let joining: Vec<Joining> = found
        .iter()
        .filter(|group| rule.fits(group) && !known.contains(&group.id))
        .map(|group| Joining {
            group: group.id,
            source: Source::Rule,
            joined_at_ms,
            plan_from_ms: 0,
        })
        .collect();
    join(tx, plan, &joining).await?;
    Ok(true)
}

/// Lets groups join and makes their tasks; those that are, or were, in the SOP are passed over. How many
/// joined. Whoever calls it outside the planning lowers next_due_at_ms.
pub(super) async fn join(
    tx: &mut Tx,
    plan: &Plan<'_>,
    joining: &[Joining],
) -> Result<usize, Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let list: Vec<Value<'_>> = joining.iter().map(|joining| joining.group.into()).collect();
    let ids = joining.iter().map(|joining| joining.group);
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(0) };
    let known: HashSet<GroupId> = tx
        .query_list(&sql::MEMBERS, &params![corp, sop, first, last], &list, replan::member)
        .await?
        .into_iter()
        .map(|member| member.group)
        .collect();
    let new: Vec<&Joining> = joining.iter().filter(|j| !known.contains(&j.group)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let rows: Vec<Value<'_>> = new
        .iter()
        .flat_map(|j| params![corp, sop, j.group, j.joined_at_ms, j.source as i64, j.plan_from_ms])
        .collect();
    tx.execute_rows(&sql::ADD_GROUPS, &rows).await?;
    let tasks: Vec<(GroupId, i64, i64)> = new
        .iter()
        .flat_map(|joining| {
            let member = Membership {
                group: joining.group,
                joined_at_ms: joining.joined_at_ms,
                plan_from_ms: joining.plan_from_ms,
                left: None,
            };
            plan.steps.iter().filter_map(move |step| {
                let due_at_ms = plan::due_ms(step, &member, &plan.corp.zone)?;
                Some((joining.group, step.step_no, due_at_ms))
            })
        })
        .collect();
    add_tasks(tx, plan, &tasks).await?;
    let n_joined = i64::try_from(new.len()).expect("a part is small");
    tx.execute(&sql::COUNT_GROUPS, &params![corp, sop, n_joined]).await?;
    Ok(new.len())
}

/// Makes planned tasks: (group, number of the step, due time).
pub(super) async fn add_tasks(
    tx: &mut Tx,
    plan: &Plan<'_>,
    tasks: &[(GroupId, i64, i64)],
) -> Result<(), Error> {
    let (corp, sop, audit_id) = (plan.corp.id, plan.sop.id, plan.sop.plan_audit_id);
    let ids: Vec<PublicId> =
        tasks.iter().map(|_| PublicId::new(plan.now_ms, &plan.scrm.random)).collect();
    let planned = TaskState::Planned as i64;
    let rows: Vec<Value<'_>> = tasks
        .iter()
        .zip(&ids)
        .flat_map(|(&(group, step_no, due_at_ms), id)| {
            params![corp, group, sop, step_no, 0_i64, id, planned, due_at_ms, plan.now_ms, audit_id]
        })
        .collect();
    tx.execute_rows(&sql::ADD_TASKS, &rows).await?;
    Ok(())
}

/// Applies a changed plan to the next groups of the SOP; true when these were the last.
async fn walk(tx: &mut Tx, plan: &Plan<'_>, position: i64) -> Result<bool, Error> {
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    // Tasks of removed steps are there as well.
    let values = params![corp, sop];
    let last = tx.query_opt(&sql::LAST_STEP_NO, &values, |row| row.get::<i64>(0)).await?;
    let n_steps = usize::try_from(last.unwrap_or(1)).unwrap_or(1);
    let n = i64::try_from(groups_per_part(n_steps)).expect("a part is small");
    let values = params![corp, sop, position, n];
    let members = tx.query(&sql::MEMBERS_AFTER, &values, replan::member).await?;
    let Some(last) = members.last().map(|member| member.group) else { return Ok(true) };
    replan::apply(tx, plan, &members).await?;
    tx.execute(&sql::SET_PLAN_POSITION, &params![corp, sop, last]).await?;
    Ok(false)
}

async fn drop_joining(tx: &mut Tx, plan: &Plan<'_>) -> Result<(), Error> {
    tx.execute(&sql::DROP_JOINING, &params![plan.corp.id, plan.sop.id]).await?;
    Ok(())
}

/// All groups are planned: from now on messages go out.
async fn finish(tx: &mut Tx, corp: CorpId, sop: SopId) -> Result<(), Error> {
    tx.execute(&sql::SET_PLAN_POSITION, &params![corp, sop, None::<i64>]).await?;
    set_next_due(tx, corp, sop).await
}

/// Looks up when the next planned task is due, and notes it.
pub(crate) async fn set_next_due(tx: &mut Tx, corp: CorpId, sop: SopId) -> Result<(), Error> {
    let first = tx.query_opt(&sql::FIRST_DUE, &params![corp, sop], |row| row.get(0)).await?;
    tx.execute(&sql::SET_NEXT_DUE, &params![corp, sop, first.unwrap_or(NEVER_MS)]).await?;
    Ok(())
}

/// How far the planning of an SOP has come.
pub(super) fn is_planned(sop: &Sop) -> bool {
    sop.plan_position.is_none() && sop.state != SopState::Draft
}
