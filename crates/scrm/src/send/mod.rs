//! The way of a message: due tasks are claimed into batches, a batch is handed to WeCom, and what became of
//! it is followed until it is final.
//!
//! Rows first, network later: that a call to WeCom begins is committed before it is made, so that after a
//! crash it is known which calls may have had an effect ([`resolve`]). A batch is worked on under a lease.
//! Every step looks at the state and does what is missing. No call to WeCom is made while a transaction is
//! open.

mod attachments;
mod claim;
mod hand_over;
mod notice;
mod resolve;
pub(crate) mod sql;
#[cfg(test)]
mod tests;
mod track;

use std::sync::atomic::AtomicBool;

use futures_util::{StreamExt as _, stream};
use store::params;

use crate::{
    BatchId, CorpId, Error, Scrm, StaffId,
    corps::{self, Corp},
    org::{self, Member},
    sop::Mode,
};
pub(crate) use hand_over::{is_final, short};
pub use notice::{NoticePage, PageTask, page, page_file};

/// Rules of sending, from the configuration.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Where staff reach this server, without a slash at the end: links in notices begin with it.
    pub public_url: String,
    /// A task that is later than this when it is taken up is not sent any more.
    pub late_send_max_ms: i64,
    /// A message that is not sent this long after its time is withdrawn.
    pub deadline_ms: i64,
    /// A call whose effect stays unknown is repeated after this time, when WeCom lists no trace of it.
    pub unknown_repeat_ms: i64,
    /// The complete result is read twice, this long apart, before missing groups count as left out.
    pub complete_apart_ms: i64,
    /// The shortest time between two looks at a message's result.
    pub poll_min_ms: i64,
    /// The longest time between two looks at a message's result.
    pub poll_max_ms: i64,
    /// How long a process may be silent before another takes over its work; longer than a call to WeCom can
    /// take.
    pub lease_ms: i64,
}

impl Default for Rules {
    fn default() -> Self {
        const MINUTE_MS: i64 = 60_000;
        const HOUR_MS: i64 = 60 * MINUTE_MS;
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            late_send_max_ms: 24 * HOUR_MS,
            deadline_ms: 72 * HOUR_MS,
            unknown_repeat_ms: 10 * MINUTE_MS,
            complete_apart_ms: 10 * MINUTE_MS,
            poll_min_ms: 5_000,
            poll_max_ms: 10 * MINUTE_MS,
            lease_ms: 30_000,
        }
    }
}

/// State of a batch, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum BatchState {
    /// To be handed over.
    Ready = 0,
    /// A call was begun; while no outcome is stored, its effect is unknown.
    Calling = 1,
    /// WeCom has it; what becomes of it is followed.
    Tracking = 2,
    /// All its tasks are final.
    Done = 4,
    /// It never reached its owner.
    Failed = 5,
}

impl BatchState {
    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Ready, Self::Calling, Self::Tracking, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(store::Error::Column { index: 5, expected: "a state of a batch" })
    }
}

/// One message to one owner. Not to be printed: it holds content and the token of its page.
#[derive(Clone)]
pub(crate) struct Batch {
    pub id: BatchId,
    pub mode: Mode,
    pub owner: StaffId,
    /// Assistant: the items as JSON, filled for the owner. Manual: the exact body of the call.
    pub content: String,
    pub page_token: Vec<u8>,
    pub state: BatchState,
    /// The latest of its tasks' times.
    pub due_at_ms: i64,
    pub deadline_at_ms: i64,
    pub n_attempts: i64,
    pub call_started_at_ms: Option<i64>,
    /// When the first call began whose effect is not known to be none.
    pub unknown_since_ms: Option<i64>,
    pub msgid: Option<String>,
    pub handed_at_ms: Option<i64>,
    pub complete_since_ms: Option<i64>,
}

/// What the steps of sending share.
pub(crate) struct Worker<'a> {
    pub scrm: &'a Scrm,
    pub corp: &'a Corp,
    pub client: wecom::Client,
    /// Names this process in leases.
    pub holder: &'a str,
    /// Whether a call of this tick is of unknown effect. Then no further message is handed over in it: when
    /// WeCom's replies are being lost, each more is one more to look for.
    pub has_met_unknown: AtomicBool,
}

/// Batches worked on in one tick.
const BATCHES_PER_TICK: i64 = 200;
/// Calls under way at a time: WeCom is said to refuse above 5 for one API.
const N_AT_ONCE: usize = 4;

/// Does what is due for a company now: claims due tasks, hands batches over, looks for results. True when
/// there may be more to do at once.
pub async fn tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    let has_claimed = claim::due_tasks(scrm, &company).await?;
    let now_ms = scrm.clock.now_ms();
    let mut reader = scrm.db.reader().await?;
    let open =
        reader.query(&sql::OPEN, &params![corp, now_ms, BATCHES_PER_TICK], sql::batch).await?;
    drop(reader);
    if open.is_empty() {
        return Ok(has_claimed);
    }
    let n_open = i64::try_from(open.len()).expect("limited by the statement");
    let client = corps::client(scrm, corp).await?;
    let has_met_unknown = AtomicBool::new(false);
    let worker = Worker { scrm, corp: &company, client, holder, has_met_unknown };
    let outcomes: Vec<Result<(), Error>> = stream::iter(open)
        .map(|batch| work_on_any(&worker, batch))
        .buffer_unordered(N_AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().collect::<Result<Vec<()>, Error>>()?;
    Ok(has_claimed || n_open == BATCHES_PER_TICK)
}

/// A batch whose data cannot be read is failed, so that it does not hold up the others for ever.
async fn work_on_any(worker: &Worker<'_>, batch: Batch) -> Result<(), Error> {
    let outcome = work_on(worker, batch.clone()).await;
    let Err(error) = outcome else { return Ok(()) };
    tracing::error!(batch.id = %batch.id, %error, "a message could not be worked on");
    if matches!(error, Error::Damaged(_)) && lease(worker, &batch).await? {
        let reason = "its stored data is damaged";
        let failed = crate::sop::TaskState::Failed;
        return hand_over::never_handed_over(worker, &batch, failed, reason).await;
    }
    Err(error)
}

/// Gives back the leases of a process that is about to end.
pub async fn release(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::RELEASE, &params![corp, holder]).await?;
    Ok(tx.commit().await?)
}

async fn work_on(worker: &Worker<'_>, batch: Batch) -> Result<(), Error> {
    if batch.state == BatchState::Ready {
        return hand_over::hand_over(worker, batch).await;
    }
    if !lease(worker, &batch).await? {
        return Ok(());
    }
    // Each path that succeeds ends by writing the batch, which gives the lease back.
    match (batch.state, batch.mode) {
        (BatchState::Calling, Mode::Assistant) => resolve::mass_message(worker, batch).await,
        (BatchState::Calling, Mode::Manual) => resolve::notice(worker, batch).await,
        (_, Mode::Assistant) => track::mass_message(worker, batch).await,
        (_, Mode::Manual) => track::notice(worker, batch).await,
    }
}

/// Takes the batch for this process; false while another has it.
async fn lease(worker: &Worker<'_>, batch: &Batch) -> Result<bool, Error> {
    let now_ms = worker.scrm.clock.now_ms();
    let until_ms = now_ms + worker.scrm.rules.lease_ms;
    let mut tx = worker.scrm.db.begin().await?;
    let values =
        params![worker.corp.id, batch.id, batch.state as i64, now_ms, worker.holder, until_ms];
    let n = tx.execute(&sql::LEASE, &values).await?;
    tx.commit().await?;
    Ok(n == 1)
}

/// Whom a batch is for.
async fn owner(worker: &Worker<'_>, batch: &Batch) -> Result<Member, Error> {
    let mut reader = worker.scrm.db.reader().await?;
    let found = org::staff_by_ids(&mut reader, worker.corp.id, &[batch.owner]).await?.pop();
    found.ok_or_else(|| Error::Damaged(format!("batch {} has no owner", batch.id)))
}

/// Gives the batch back, to be looked at again at `next_at_ms` in `state`; `reason` tells people what it
/// waits for.
async fn later(
    worker: &Worker<'_>,
    batch: &Batch,
    state: BatchState,
    next_at_ms: i64,
    reason: Option<&str>,
) -> Result<(), Error> {
    let mut tx = worker.scrm.db.begin().await?;
    let (seen, to) = (batch.state as i64, state as i64);
    let values = params![
        worker.corp.id,
        batch.id,
        worker.holder,
        seen,
        to,
        next_at_ms,
        reason,
        batch.unknown_since_ms
    ];
    tx.execute(&sql::LATER, &values).await?;
    Ok(tx.commit().await?)
}

/// A pause that grows with the time that something has lasted, from 3 s to 10 min.
fn pause_ms(lasted_ms: i64) -> i64 {
    (lasted_ms / 10).clamp(3_000, 600_000)
}
