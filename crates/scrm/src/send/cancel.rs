//! Taking back tasks that are in messages already.

use std::collections::BTreeMap;

use store::{Tx, params};

use super::{
    BatchState,
    events::{self, EventKind},
    sql,
};
use crate::{
    BatchId, CorpId, Error, Scrm,
    sop::{self, Mode, TaskKey},
};

/// A task in a batch that is not to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CancelledTask {
    pub key: TaskKey,
    pub batch: BatchId,
}

/// Why tasks are taken back, and by which act.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    /// The code of a [`super::Reason`].
    pub code: String,
    pub audit_id: i64,
    /// Every group of the messages is meant: WeCom withdraws whole messages only.
    pub whole_messages: bool,
}

/// What became of the wish, in tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    pub n_cancelled: u64,
    pub n_withdrawing: u64,
    pub n_kept: u64,
}

/// Takes tasks back that are in batches; the company is locked. One whose message was not begun, or that its
/// owner sends by hand, is cancelled at once. Of a mass message under way all or nothing is withdrawn, and it
/// takes WeCom's answer until it is known what was sent.
pub(crate) async fn cancel(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    tasks: &[CancelledTask],
    why: &Why,
) -> Result<Withdrawn, Error> {
    let now_ms = scrm.clock.now_ms();
    let code = why.code.as_str();
    let mut by_batch: BTreeMap<BatchId, Vec<TaskKey>> = BTreeMap::new();
    for task in tasks {
        by_batch.entry(task.batch).or_default().push(task.key);
    }
    let mut withdrawn = Withdrawn::default();
    for (id, keys) in by_batch {
        let found = tx.query_opt(&sql::BY_ID, &params![corp, id], sql::batch).await?;
        let Some(batch) = found else { continue };
        if batch.mode == Mode::Manual || batch.state == BatchState::Ready {
            let rows: Vec<_> = keys
                .iter()
                .map(|key| {
                    let (group, sop, step_no) = (key.group, key.sop, key.step_no);
                    let audit_id = why.audit_id;
                    params![corp, group, sop, step_no, key.occurrence, code, now_ms, audit_id]
                })
                .collect();
            withdrawn.n_cancelled += tx.execute_each(&sop::sql::CANCEL_IN_BATCH, &rows).await?;
        } else if why.whole_messages {
            let wish = params![corp, id, now_ms, code, why.audit_id];
            if tx.execute(&sql::WANT_WITHDRAWN, &wish).await? == 1 {
                events::note(tx, corp, now_ms, &[(id, EventKind::WithdrawWanted, code)]).await?;
            }
            withdrawn.n_withdrawing += keys.len() as u64;
        } else {
            withdrawn.n_kept += keys.len() as u64;
        }
    }
    Ok(withdrawn)
}
