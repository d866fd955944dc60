//! Taking back tasks that are in batches.

use store::Tx;

use super::Reason;
use crate::{BatchId, CorpId, Error, Scrm, sop::TaskKey};

/// A task in a batch that is not to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CancelledTask {
    pub key: TaskKey,
    pub batch: BatchId,
}

/// Why tasks are taken back, and by which act.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    pub reason: Reason,
    pub audit_id: i64,
    pub whole_messages: bool,
}

/// What became of the wish.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Withdrawn {
    pub n_cancelled: u64,
    pub n_withdrawing: u64,
    pub n_kept: u64,
}

/// Takes tasks back.
pub(crate) async fn cancel(
    _tx: &mut Tx,
    _scrm: &Scrm,
    _corp: CorpId,
    tasks: &[CancelledTask],
    _why: &Why,
) -> Result<Withdrawn, Error> {
    Ok(Withdrawn { n_kept: tasks.len() as u64, ..Withdrawn::default() })
}
