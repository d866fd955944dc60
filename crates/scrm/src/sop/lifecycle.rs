//! Starting, pausing, resuming, ending and deleting an SOP.
//!
//! Each is one short transaction. It takes effect at once: a message is looked at once more in the moment its
//! call to WeCom begins. What is left to do for every group is planned in parts, as always.

use serde_json::json;
use store::{Tx, params};

use super::{
    Actor, SopState, StepTime, audit, create::PAST_ALL, plan, planner, sql, stored, stored::Sop,
};
use crate::{CorpId, Error, PublicId, Scrm, corps};

/// Starts a draft: its groups join now. [`Error::Conflict`] for what is no draft, [`Error::Invalid`] when a
/// step's fixed time is past.
pub async fn start(scrm: &Scrm, corp: CorpId, id: &PublicId, actor: Actor) -> Result<(), Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    if sop.state != SopState::Draft {
        return Err(Error::Conflict(format!("SOP {id} was started already")));
    }
    let now_ms = scrm.clock.now_ms();
    for (place, step) in (1..).zip(stored::plan_steps(&mut tx, corp, sop.id).await?) {
        if let StepTime::At { at_ms } = step.time
            && at_ms < plan::minute(now_ms)
        {
            let what = "its time is past; give it another before the SOP is started";
            return Err(Error::Invalid(format!("step {place}: {what}")));
        }
    }
    let audit_id = audit::record(&mut tx, scrm, corp, sop.id, actor, "start", &json!({})).await?;
    let rule_position = (sop.rule.is_some() && !sop.is_for_new_groups()).then_some(0_i64);
    let values = params![corp, sop.id, now_ms, PAST_ALL, rule_position, audit_id];
    tx.execute(&sql::START, &values).await?;
    tx.commit().await?;
    planner::plan_at_once(scrm, corp, sop.id).await;
    Ok(())
}

/// Holds everything back that is not handed over yet; nothing happens when it is held already.
/// [`Error::Conflict`] for an SOP that does not run.
pub async fn pause(scrm: &Scrm, corp: CorpId, id: &PublicId, actor: Actor) -> Result<(), Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    match sop.state {
        SopState::Active => {}
        SopState::Paused => return Ok(()),
        _ => return Err(does_not_run(id)),
    }
    set_state(&mut tx, corp, &sop, SopState::Paused).await?;
    audit::record(&mut tx, scrm, corp, sop.id, actor, "pause", &json!({})).await?;
    Ok(tx.commit().await?)
}

/// Lets a paused SOP go on. What fell due meanwhile is sent if it is not too late, else it expires.
/// [`Error::Conflict`] for an SOP that neither runs nor is paused.
pub async fn resume(scrm: &Scrm, corp: CorpId, id: &PublicId, actor: Actor) -> Result<(), Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    match sop.state {
        SopState::Paused => {}
        SopState::Active => return Ok(()),
        _ => return Err(does_not_run(id)),
    }
    set_state(&mut tx, corp, &sop, SopState::Active).await?;
    planner::set_next_due(&mut tx, corp, sop.id).await?;
    audit::record(&mut tx, scrm, corp, sop.id, actor, "resume", &json!({})).await?;
    Ok(tx.commit().await?)
}

/// What an SOP that is over leaves behind, counted when it was ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Over {
    /// Tasks that are cancelled: they never left the house.
    pub n_cancelled: i64,
    /// Tasks that were handed over and are not final. WeCom is asked to withdraw its messages; what their
    /// owners have sent by then stays sent.
    pub n_handed_over: i64,
}

/// Ends an SOP for good. Nothing of it goes out any more; what was handed over is withdrawn as far as WeCom
/// allows. Ending what has ended does nothing. [`Error::Conflict`] for a draft.
pub async fn end(scrm: &Scrm, corp: CorpId, id: &PublicId, actor: Actor) -> Result<Over, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    match sop.state {
        SopState::Active | SopState::Paused => {}
        SopState::Draft => {
            return Err(Error::Conflict(format!("SOP {id} is a draft; delete it instead")));
        }
        _ => return Ok(Over::default()),
    }
    be_over(scrm, tx, corp, &sop, SopState::Ended, actor).await
}

/// Ends an SOP and removes it from every list.
pub async fn delete(scrm: &Scrm, corp: CorpId, id: &PublicId, actor: Actor) -> Result<Over, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    be_over(scrm, tx, corp, &sop, SopState::Deleted, actor).await
}

async fn be_over(
    scrm: &Scrm,
    mut tx: Tx,
    corp: CorpId,
    sop: &Sop,
    state: SopState,
    actor: Actor,
) -> Result<Over, Error> {
    let over = Over {
        n_cancelled: n_in(&mut tx, corp, sop, &sql::N_NOT_HANDED_OVER).await?,
        n_handed_over: n_in(&mut tx, corp, sop, &sql::N_HANDED_OVER).await?,
    };
    let action = if state == SopState::Deleted { "delete" } else { "end" };
    let detail = json!({ "cancelled": over.n_cancelled, "handed_over": over.n_handed_over });
    let audit_id = audit::record(&mut tx, scrm, corp, sop.id, actor, action, &detail).await?;
    let now_ms = scrm.clock.now_ms();
    tx.execute(&sql::BE_OVER, &params![corp, sop.id, state as i64, now_ms, audit_id]).await?;
    tx.commit().await?;
    planner::plan_at_once(scrm, corp, sop.id).await;
    Ok(over)
}

async fn n_in(
    tx: &mut Tx,
    corp: CorpId,
    sop: &Sop,
    statement: &'static store::Statement,
) -> Result<i64, Error> {
    let n = tx.query_opt(statement, &params![corp, sop.id], |row| row.get(0)).await?;
    Ok(n.unwrap_or(0))
}

async fn set_state(tx: &mut Tx, corp: CorpId, sop: &Sop, state: SopState) -> Result<(), Error> {
    tx.execute(&sql::SET_STATE, &params![corp, sop.id, state as i64]).await?;
    Ok(())
}

fn does_not_run(id: &PublicId) -> Error {
    Error::Conflict(format!("SOP {id} does not run: it is a draft, or it has ended"))
}
