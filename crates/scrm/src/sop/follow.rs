//! SOPs that follow groups: by a rule, or new groups by their making. Every change to a group or its tags has a
//! number in the company's change sequence; what was not looked at yet is looked at here, so a change that
//! came by a callback and one that a synchronisation found mean the same.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use store::{Tx, Value, params};

use super::{
    Actor, Membership, Source, audit,
    membership::{self, Known},
    planner::{self, Joining, Plan},
    sql,
};
use crate::{
    CorpId, Error, GroupId, Scrm, SopId, corps,
    groups::{self, Facts},
    send::Reason,
};

/// Numbers of the change sequence looked at in one transaction, unless they stand for more groups than
/// [`GROUPS_PER_TX`]; then it is one number.
const NUMBERS_PER_TX: i64 = 4;
const GROUPS_PER_TX: usize = 200;

/// Follows the changes that were not looked at yet, for one transaction; true when there are more. An SOP that
/// cannot be read does not hold up the others: it follows nothing.
pub async fn tick(scrm: &Scrm, corp: CorpId) -> Result<bool, Error> {
    // A look without a lock first: most ticks find nothing.
    let mut reader = scrm.db.reader().await?;
    let newest = corps::change_seq(&mut reader, corp).await?;
    let followed = reader.query_opt(&sql::FOLLOWED, &params![corp], |row| row.get(0)).await?;
    drop(reader);
    if followed == Some(newest) {
        return Ok(false);
    }
    let mut unreadable = HashSet::new();
    loop {
        match follow_some(scrm, corp, &unreadable).await {
            Ok(has_more) => return Ok(has_more),
            Err(Failed { sop: Some(sop), error }) if !unreadable.contains(&sop) => {
                tracing::error!(sop.id = sop.0, %error, "an SOP that cannot be read follows nothing");
                unreadable.insert(sop);
            }
            Err(Failed { error, .. }) => return Err(error),
        }
    }
}

/// Forgets changes that were looked at long ago.
pub async fn forget_old(scrm: &Scrm, corp: CorpId) -> Result<(), Error> {
    let mut reader = scrm.db.reader().await?;
    let followed =
        reader.query_opt(&sql::FOLLOWED, &params![corp], |row| row.get::<i64>(0)).await?;
    drop(reader);
    groups::forget_changes(scrm, corp, followed.unwrap_or(0)).await
}

struct Failed {
    /// Of which SOP the data cannot be read.
    sop: Option<SopId>,
    error: Error,
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self { sop: None, error: error.into() }
    }
}

async fn follow_some(
    scrm: &Scrm,
    corp: CorpId,
    passed_over: &HashSet<SopId>,
) -> Result<bool, Failed> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let newest = corps::change_seq(&mut tx, corp).await?;
    let followed = tx.query_opt(&sql::FOLLOWED, &params![corp], |row| row.get(0)).await?;
    let followed: i64 = followed.unwrap_or(0);
    let has_sops = tx.query_opt(&sql::ANY_SOP, &params![corp], |_| Ok(())).await?.is_some();
    let mut until = if has_sops { newest.min(followed + NUMBERS_PER_TX) } else { newest };
    if has_sops {
        let mut changed = groups::changed(&mut tx, corp, followed, until).await?;
        if changed.len() > GROUPS_PER_TX {
            until = followed + 1;
            changed = groups::changed(&mut tx, corp, followed, until).await?;
        }
        follow(scrm, &mut tx, corp, &changed, passed_over).await?;
    }
    tx.execute_rows(&sql::SET_FOLLOWED, &params![corp, until]).await?;
    tx.commit().await?;
    Ok(until < newest)
}

async fn follow(
    scrm: &Scrm,
    tx: &mut Tx,
    corp: CorpId,
    changed: &[GroupId],
    passed_over: &HashSet<SopId>,
) -> Result<(), Failed> {
    let groups = groups::facts(tx, corp, changed).await?;
    let sops: Vec<SopId> = tx.query(&sql::FOLLOWING, &params![corp], |row| row.get(0)).await?;
    let mut plans = Vec::new();
    for sop in sops.into_iter().filter(|sop| !passed_over.contains(sop)) {
        let plan = planner::load(scrm, tx, corp, sop).await;
        plans.push(plan.map_err(|error| Failed { sop: Some(sop), error })?);
    }
    // First, so that what was planned fails in every SOP alike.
    let dissolved: Vec<Value<'_>> =
        groups.iter().filter(|group| group.is_dissolved).map(|group| group.id.into()).collect();
    let reason = Reason::GroupDissolved.code();
    let now_ms = scrm.clock.now_ms();
    tx.execute_list(&sql::FAIL_OF_GROUPS, &params![corp, &*reason, now_ms], &dissolved).await?;
    for plan in plans {
        // Those that the planning has not come to yet it will see as they are then.
        let reached = plan.sop.rule_position.unwrap_or(i64::MAX);
        let reached: Vec<Facts> =
            groups.iter().filter(|group| group.id.0 <= reached).cloned().collect();
        fit(tx, &plan, &reached).await?;
    }
    Ok(())
}

/// Lets those go, or come back, that are or were in the SOP; which these are.
pub(super) async fn fit_known(
    tx: &mut Tx,
    plan: &Plan<'_>,
    groups: &[Facts],
) -> Result<HashSet<GroupId>, Error> {
    let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
    let known = membership::known(tx, plan, &ids).await?;
    let known: HashSet<GroupId> = known.into_iter().map(|known| known.member.group).collect();
    let facts: Vec<Facts> =
        groups.iter().filter(|group| known.contains(&group.id)).cloned().collect();
    fit(tx, plan, &facts).await?;
    Ok(known)
}

/// Lets groups join, come back or go as the SOP's rule says.
pub(super) async fn fit(tx: &mut Tx, plan: &Plan<'_>, groups: &[Facts]) -> Result<(), Error> {
    let Some(rule) = plan.sop.rule.clone() else { return Ok(()) };
    let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
    let known: HashMap<GroupId, Known> = membership::known(tx, plan, &ids)
        .await?
        .into_iter()
        .map(|known| (known.member.group, known))
        .collect();
    let is_in_time = |group: &Facts| {
        !plan.sop.is_for_new_groups() || Some(group.created_at_ms) >= plan.sop.started_at_ms
    };
    let mut joining = Vec::new();
    let mut back: Vec<Known> = Vec::new();
    let (mut gone, mut dissolved): (Vec<Membership>, Vec<Membership>) = (vec![], vec![]);
    for group in groups {
        let fits = rule.fits(group) && is_in_time(group);
        match known.get(&group.id) {
            None if fits => joining.push(new_member(plan, group)),
            Some(known) if fits && known.member.left.is_some() && !known.is_kept_out => {
                back.push(known.clone());
            }
            Some(known)
                if !fits
                    && known.member.left.is_none()
                    && matches!(known.source, Source::Rule | Source::NewGroup) =>
            {
                let list = if group.is_dissolved { &mut dissolved } else { &mut gone };
                list.push(known.member.clone());
            }
            _ => {}
        }
    }
    let n_gone = gone.len() + dissolved.len();
    if joining.is_empty() && back.is_empty() && n_gone == 0 {
        return Ok(());
    }
    let detail = json!({ "joined": joining.len() + back.len(), "left": n_gone });
    let (corp, sop) = (plan.corp.id, plan.sop.id);
    let audit_id = audit::record(tx, plan.scrm, corp, sop, Actor::Rule, "follow", &detail).await?;
    let plan = &plan.under_act(audit_id);
    planner::join(tx, plan, &joining).await?;
    membership::come_back(tx, plan, back).await?;
    membership::go(tx, plan, gone, &Reason::LeftByRule, false).await?;
    membership::go(tx, plan, dissolved, &Reason::GroupDissolved, false).await?;
    membership::look_again(tx, plan).await
}

/// Days of a new group count from its making, and all times since then are its own; a group that comes to fit
/// a rule begins now.
fn new_member(plan: &Plan<'_>, group: &Facts) -> Joining {
    let (source, from_ms) = if plan.sop.is_for_new_groups() {
        (Source::NewGroup, group.created_at_ms)
    } else {
        (Source::Rule, plan.now_ms)
    };
    Joining { group: group.id, source, joined_at_ms: from_ms, plan_from_ms: from_ms }
}
