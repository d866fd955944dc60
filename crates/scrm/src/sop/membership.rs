//! Groups that join an SOP or leave it, by hand.

use serde_json::json;
use store::{Tx, Value, params};

use super::{
    Actor, Membership, Replanned, SopKind, SopState, Source, audit,
    planner::{self, Joining, Plan},
    replan, sql, stored,
};
use crate::{
    CorpId, Error, GroupId, PublicId, Scrm, SopId, corps,
    groups::{self, Group},
    send::Reason,
};

/// Groups in one call, at most.
pub const MAX_JOINING: usize = 500;

/// What joining came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Groups that came in, or came back.
    pub n_joined: u64,
    /// Groups that were in it already.
    pub n_there_already: u64,
}

/// A group's part in an SOP, with what decides whether it may come back.
#[derive(Clone)]
pub(super) struct Known {
    pub member: Membership,
    pub source: Source,
    /// Taken out by hand: no rule brings it back.
    pub is_kept_out: bool,
}

/// Lets groups join a running or paused SOP: they get the steps whose times are still to come. One that left
/// comes back with its old day count. All or nothing.
///
/// [`Error::NotFound`] for an unknown or dissolved group, [`Error::Conflict`] for an SOP that takes none.
pub async fn join(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    chat_ids: &[String],
    actor: Actor,
) -> Result<Joined, Error> {
    check_number(chat_ids)?;
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    if sop.kind == SopKind::MassMessage || !matches!(sop.state, SopState::Active | SopState::Paused)
    {
        return Err(Error::Conflict(format!("groups cannot join SOP {id}: it does not run")));
    }
    let groups = named(&mut tx, corp, chat_ids).await?;
    let detail = json!({ "chat_ids": chat_ids });
    let audit_id = audit::record(&mut tx, scrm, corp, sop.id, actor, "join", &detail).await?;
    let plan = planner::load(scrm, &mut tx, corp, sop.id).await?.under_act(audit_id);
    let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
    let known = known(&mut tx, &plan, &ids).await?;
    // Whoever brings it back decides: no rule sends it away again.
    let back: Vec<Known> = known
        .iter()
        .filter(|known| known.member.left.is_some())
        .map(|known| Known { source: Source::ByHand, ..known.clone() })
        .collect();
    let waiting = planner::still_to_join(&mut tx, &plan, &ids).await?;
    let joining: Vec<Joining> = ids
        .iter()
        .filter(|id| !waiting.contains(id))
        .filter(|id| known.iter().all(|known| known.member.group != **id))
        .map(|&group| Joining {
            group,
            source: Source::ByHand,
            joined_at_ms: plan.now_ms,
            plan_from_ms: plan.now_ms,
        })
        .collect();
    planner::join(&mut tx, &plan, &joining).await?;
    let n_joined = (joining.len() + back.len()) as u64;
    come_back(&mut tx, &plan, back).await?;
    look_again(&mut tx, &plan).await?;
    tx.commit().await?;
    Ok(Joined { n_joined, n_there_already: ids.len() as u64 - n_joined })
}

/// Takes groups out of an SOP: what was not handed over is cancelled, and no rule brings them back. A mass
/// message that was handed over cannot be withdrawn for a single group: `n_kept` says how many. Groups that are
/// not in it are passed over.
pub async fn leave(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    chat_ids: &[String],
    actor: Actor,
) -> Result<Replanned, Error> {
    check_number(chat_ids)?;
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    if !matches!(sop.state, SopState::Active | SopState::Paused) {
        return Err(Error::Conflict(format!("groups cannot leave SOP {id}: it does not run")));
    }
    let found = groups::by_chat_ids(&mut tx, corp, chat_ids).await?;
    if let Some(unknown) = chat_ids.iter().find(|chat_id| !found.contains_key(*chat_id)) {
        return Err(Error::NotFound(format!("there is no customer group {unknown}")));
    }
    let detail = json!({ "chat_ids": chat_ids });
    let audit_id = audit::record(&mut tx, scrm, corp, sop.id, actor, "leave", &detail).await?;
    let plan = planner::load(scrm, &mut tx, corp, sop.id).await?.under_act(audit_id);
    let ids: Vec<GroupId> = found.values().map(|group| group.id).collect();
    let waiting = planner::still_to_join(&mut tx, &plan, &ids).await?;
    planner::add_members(&mut tx, &plan, &waiting).await?;
    let members =
        known(&mut tx, &plan, &ids).await?.into_iter().map(|known| known.member).collect();
    let left = go(&mut tx, &plan, members, &Reason::LeftSop, true).await?;
    tx.commit().await?;
    Ok(left)
}

/// Those of the groups that are or were in the SOP.
pub(super) async fn known(
    tx: &mut Tx,
    plan: &Plan<'_>,
    groups: &[GroupId],
) -> Result<Vec<Known>, Error> {
    let list: Vec<Value<'_>> = groups.iter().map(|&id| id.into()).collect();
    let read = |row: &store::Row<'_>| {
        Ok(Known {
            member: replan::member(row)?,
            source: Source::from_column(row.get(5)?)?,
            is_kept_out: row.get(6)?,
        })
    };
    let (Some(&first), Some(&last)) = (groups.iter().min(), groups.iter().max()) else {
        return Ok(vec![]);
    };
    let fixed = params![plan.corp.id, plan.sop.id, first, last];
    Ok(tx.query_list(&sql::MEMBERS, &fixed, &list, read).await?)
}

/// Groups that left come back; they get what is still to come.
pub(super) async fn come_back(
    tx: &mut Tx,
    plan: &Plan<'_>,
    back: Vec<Known>,
) -> Result<Replanned, Error> {
    let (corp, sop, now_ms) = (plan.corp.id, plan.sop.id, plan.now_ms);
    let rows: Vec<_> = back
        .iter()
        .map(|known| params![corp, sop, known.member.group, now_ms, known.source as i64])
        .collect();
    let members: Vec<Membership> = back
        .iter()
        .map(|known| Membership { left: None, plan_from_ms: now_ms, ..known.member.clone() })
        .collect();
    tx.execute_each(&sql::COME_BACK, &rows).await?;
    count(tx, plan, members.len(), 1).await?;
    replan::apply(tx, plan, &members).await
}

/// Members go, for a reason; those who have gone before stay as they are.
pub(super) async fn go(
    tx: &mut Tx,
    plan: &Plan<'_>,
    mut members: Vec<Membership>,
    reason: &Reason,
    is_kept_out: bool,
) -> Result<Replanned, Error> {
    let (corp, sop, now_ms) = (plan.corp.id, plan.sop.id, plan.now_ms);
    let code = reason.code();
    if is_kept_out {
        // Also those whom a rule sent away before.
        let rows: Vec<_> = members.iter().map(|member| params![corp, sop, member.group]).collect();
        tx.execute_each(&sql::KEEP_OUT, &rows).await?;
    }
    members.retain(|member| member.left.is_none());
    for member in &mut members {
        member.left = Some(reason.clone());
    }
    let rows: Vec<_> =
        members.iter().map(|member| params![corp, sop, member.group, now_ms, &*code]).collect();
    tx.execute_each(&sql::GO, &rows).await?;
    count(tx, plan, members.len(), -1).await?;
    replan::apply(tx, plan, &members).await
}

async fn count(tx: &mut Tx, plan: &Plan<'_>, n: usize, sign: i64) -> Result<(), Error> {
    let n = sign * i64::try_from(n).expect("a part is small");
    tx.execute(&sql::COUNT_GROUPS, &params![plan.corp.id, plan.sop.id, n]).await?;
    Ok(())
}

/// After tasks were added outside the planning: the next one may be due earlier.
pub(super) async fn look_again(tx: &mut Tx, plan: &Plan<'_>) -> Result<(), Error> {
    // While it is being planned, the end of the planning sets it.
    if planner::is_planned(&plan.sop) {
        planner::set_next_due(tx, plan.corp.id, plan.sop.id).await?;
    }
    Ok(())
}

/// Tasks of these groups came back from a message that did not go out: they become what the newest plan says.
/// The company is locked.
pub(crate) async fn plan_again(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    sop: SopId,
    groups: &[GroupId],
) -> Result<(), Error> {
    let plan = planner::load(scrm, tx, corp, sop).await?;
    let members: Vec<Membership> =
        known(tx, &plan, groups).await?.into_iter().map(|known| known.member).collect();
    replan::apply(tx, &plan, &members).await?;
    planner::set_next_due(tx, corp, sop).await
}

fn check_number(chat_ids: &[String]) -> Result<(), Error> {
    if (1..=MAX_JOINING).contains(&chat_ids.len()) {
        return Ok(());
    }
    Err(Error::Invalid(format!("1 to {MAX_JOINING} groups can join or leave at a time")))
}

/// The groups with these chat ids, by id and none twice.
async fn named(tx: &mut Tx, corp: CorpId, chat_ids: &[String]) -> Result<Vec<Group>, Error> {
    let found = groups::by_chat_ids(tx, corp, chat_ids).await?;
    let mut named = Vec::new();
    for chat_id in chat_ids {
        named.push(groups::known(&found, chat_id)?.clone());
    }
    named.sort_unstable_by_key(|group| group.id);
    named.dedup_by_key(|group| group.id);
    Ok(named)
}
