//! Making an SOP. Everything is checked first; then the SOP and the list of its groups are written in one
//! transaction, and their tasks are planned in parts: at once as long as that is quick, the rest in the
//! background. Nothing goes out before all are planned.

use serde_json::json;
use store::{Tx, Value, params};

use super::{
    Actor, Audience, NewSop, NewStep, SopState, StepTime, audience, audit, new, planner, sql,
};
use crate::{CorpId, Error, GroupId, PublicId, Scrm, SopId, UserId, corps, counters, once, text};

/// Past every group.
pub(super) const PAST_ALL: i64 = i64::MAX;

/// Makes an SOP and plans its tasks; its id. A draft gets no tasks before it is started.
///
/// [`Error::NotFound`] for a group or member that does not exist, [`Error::Conflict`] for a group that
/// belongs to another owner, [`Error::Invalid`] for the rest; each names which. Then nothing is made.
pub async fn create(scrm: &Scrm, corp: CorpId, new: NewSop) -> Result<PublicId, Error> {
    if let Some(once) = &new.once
        && let Some(made) = once::made_before(scrm, corp, once).await?
    {
        return Ok(made);
    }
    new::check(&new)?;
    let mut reader = scrm.db.reader().await?;
    let groups = audience::chosen(&mut reader, corp, &new.audience).await?;
    drop(reader);
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp).await?;
    // The same call may have come twice at the same time.
    if let Some(once) = &new.once
        && let Some(made) = once::made(&mut tx, scrm, corp, once).await?
    {
        return Ok(made);
    }
    let sop = SopId(counters::take(&mut tx, corp, counters::INTERNAL, 1).await?);
    let id = PublicId::new(now_ms, &scrm.random);
    let detail = json!({ "groups": groups.len(), "steps": new.steps.len(), "draft": new.is_draft });
    let audit_id = audit::record(&mut tx, scrm, corp, sop, new.actor, "create", &detail).await?;
    add_sop(&mut tx, corp, sop, &id, &new, audit_id, now_ms).await?;
    audit::tell(&mut tx, scrm, corp, new.actor, "create", &new.title, &detail).await?;
    for (step_no, step) in (1..).zip(&new.steps) {
        add_step(&mut tx, corp, sop, step_no, step, 0).await?;
    }
    add_joining(&mut tx, corp, sop, &groups, new.steps.len()).await?;
    if let Some(once) = &new.once {
        once::remember(&mut tx, scrm, corp, once, &id).await?;
    }
    tx.commit().await?;
    if !new.is_draft {
        planner::plan_at_once(scrm, corp, sop).await;
    }
    Ok(id)
}

async fn add_sop(
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
    id: &PublicId,
    new: &NewSop,
    audit_id: i64,
    now_ms: i64,
) -> Result<(), Error> {
    let folded = text::folded(&new.title);
    let creator = new.creator.map_or(0, |staff| staff.0);
    let made_by = match new.actor {
        Actor::User(user) => user,
        _ => UserId(0),
    };
    let (rule, follows) = match &new.audience {
        Audience::Rule { rule, follows } => (Some(rule), *follows),
        Audience::NewGroups { rule } => (Some(rule), true),
        _ => (None, false),
    };
    let rule_text = rule
        .map(|rule| serde_json::to_string(rule).expect("a rule is plain data"))
        .unwrap_or_default();
    let state = if new.is_draft { SopState::Draft } else { SopState::Active };
    let started_at_ms = (!new.is_draft).then_some(now_ms);
    let plan_position = (!new.is_draft).then_some(PAST_ALL);
    let rule_position = first_rule_position(&new.audience).filter(|_| !new.is_draft);
    let values = params![
        corp,
        sop,
        id,
        &new.title,
        &new.instruction,
        new.mode.number(),
        state as i64,
        creator,
        now_ms,
        new.kind as i64,
        &rule_text,
        follows,
        started_at_ms,
        plan_position,
        rule_position,
        audit_id,
        planner::NEVER_MS,
        &folded,
        made_by
    ];
    tx.execute_rows(&sql::ADD_SOP, &values).await?;
    Ok(())
}

/// A rule is applied to the groups there are when the SOP starts; new groups come by themselves.
fn first_rule_position(audience: &Audience) -> Option<i64> {
    matches!(audience, Audience::Rule { .. }).then_some(0)
}

/// Adds a step with the first version of its content.
pub(super) async fn add_step(
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
    step_no: i64,
    step: &NewStep,
    plan_from_ms: i64,
) -> Result<(), Error> {
    let [at_ms, day_no, minute] = time_columns(step.time);
    let values = params![corp, sop, step_no, at_ms, day_no, minute, 1_i64, plan_from_ms];
    tx.execute_rows(&sql::ADD_STEPS, &values).await?;
    add_content(tx, corp, sop, step_no, 1, step).await
}

/// Adds a version of a step's content.
pub(super) async fn add_content(
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
    step_no: i64,
    version: i64,
    step: &NewStep,
) -> Result<(), Error> {
    let content = serde_json::to_string(&step.content).expect("content is plain data");
    let values = params![corp, sop, step_no, version, &content];
    tx.execute_rows(&sql::ADD_CONTENTS, &values).await?;
    Ok(())
}

/// send_at_ms, day_no, minute_of_day.
pub(super) fn time_columns(time: StepTime) -> [Option<i64>; 3] {
    match time {
        StepTime::At { at_ms } => [Some(at_ms), None, None],
        StepTime::NthDay { day_no, minute_of_day } => [None, Some(day_no), Some(minute_of_day)],
    }
}

/// Writes the list of groups that are to join, in parts that are planned one at a time.
async fn add_joining(
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
    groups: &[GroupId],
    n_steps: usize,
) -> Result<(), Error> {
    let parts: Vec<Vec<u8>> = groups
        .chunks(planner::groups_per_part(n_steps))
        .map(|part| part.iter().flat_map(|group| group.0.to_le_bytes()).collect())
        .collect();
    let values: Vec<Value<'_>> =
        (1_i64..).zip(&parts).flat_map(|(part_no, ids)| params![corp, sop, part_no, ids]).collect();
    tx.execute_rows(&sql::ADD_JOINING, &values).await?;
    Ok(())
}
