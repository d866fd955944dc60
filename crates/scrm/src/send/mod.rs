//! The way of a message: due tasks are claimed into batches, a batch is handed to WeCom, and what became of
//! it is followed until it is final.
//!
//! Rows first, network later: that a call to WeCom begins is committed before it is made, so that after a
//! crash it is known which calls may have had an effect ([`resolve`]). A batch is worked on under a lease.
//! Every step looks at the state and does what is missing. No call to WeCom is made while a transaction is
//! open.

mod attachments;
mod begin;
mod cancel;
mod claim;
pub mod events;
mod hand_over;
mod notice;
mod quiet;
mod reason;
mod remind;
mod resolve;
mod rules;
pub(crate) mod sql;
mod story;
#[cfg(test)]
mod tests;
mod track;
mod trouble;
mod upload;

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};
use store::params;

use crate::{
    BatchId, CorpId, Error, Scrm, StaffId,
    corps::{self, Corp},
    org::{self, Member},
    sop::Mode,
};
pub(crate) use cancel::{CancelledTask, Why, cancel};
use events::EventKind;
pub(crate) use hand_over::{is_final, short};
pub use notice::{NoticePage, PageTask, page, page_file};
pub use quiet::QuietHours;
pub use reason::Reason;
pub(crate) use reason::shown as reason_shown;
pub use remind::{Reminded, remind};
pub use rules::Rules;
pub use story::{Chapter, story};
pub use trouble::{Trouble, trouble};

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

/// What a batch is. Stored as these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum BatchKind {
    /// A message: a mass message, or the notice of tasks sent by hand.
    Message = 0,
    /// A card that reminds an owner of a message.
    OwnerReminder = 1,
    /// A card that tells a leader of one.
    LeaderReminder = 2,
}

impl BatchKind {
    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Message, Self::OwnerReminder, Self::LeaderReminder]
            .into_iter()
            .find(|kind| *kind as i64 == number)
            .ok_or(store::Error::Column { index: 14, expected: "a kind of batch" })
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
    pub kind: BatchKind,
    /// Its tasks when it was made, or its card was made anew.
    pub n_groups: i64,
    /// Tells messages to one owner apart.
    pub digest: Vec<u8>,
    /// When somebody wanted it back, and why.
    pub withdraw_at_ms: Option<i64>,
    pub withdraw_reason: Option<String>,
    /// The act by which it is wanted back.
    pub audit_id: i64,
    /// Reminders so far, of which [`remind`] says which count.
    pub n_reminders: i64,
    pub remind_at_ms: Option<i64>,
    pub leader_at_ms: Option<i64>,
    /// Of a card that reminds: the message that it is about.
    pub about: Option<BatchId>,
}

impl Batch {
    pub(crate) fn is_reminder(&self) -> bool {
        self.kind != BatchKind::Message
    }
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
/// Batches followed at a time: WeCom is said to refuse above 5 calls of one API.
const N_AT_ONCE: usize = 4;

/// Claims due tasks into batches; true when there may be more to do at once.
pub async fn claim_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    claim::due_tasks(scrm, &company, holder).await
}

/// Hands batches over; true when there may be more to do at once. Nothing happens in quiet hours.
pub async fn hand_over_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    let now_ms = scrm.clock.now_ms();
    if scrm.rules.quiet_until_ms(&company.zone, now_ms).is_some() {
        return Ok(false);
    }
    let open = open(scrm, corp, BatchState::Ready).await?;
    let is_full = is_full(&open);
    if open.is_empty() {
        return Ok(false);
    }
    let worker = worker(scrm, &company, holder).await?;
    hand_over::hand_over(&worker, open).await?;
    Ok(is_full && !worker.has_met_unknown.load(Ordering::Relaxed))
}

/// Looks for messages whose fate is unknown; true when there may be more to do at once.
pub async fn resolve_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let open = open(scrm, corp, BatchState::Calling).await?;
    if open.is_empty() {
        return Ok(false);
    }
    let is_full = is_full(&open);
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    let worker = worker(scrm, &company, holder).await?;
    let (messages, notices): (Vec<Batch>, Vec<Batch>) =
        open.into_iter().partition(|batch| batch.mode == Mode::Assistant);
    // What WeCom lists is asked for once for all of them.
    if !messages.is_empty() {
        let mut lookup = resolve::Lookup::of(&worker, &messages).await?;
        for batch in messages {
            if let Err(error) = resolve::mass_message(&worker, &batch, &mut lookup).await {
                set_aside(&worker, &batch, error).await?;
            }
        }
    }
    each(&worker, notices).await?;
    Ok(is_full)
}

/// Looks at what became of messages; true when there may be more to do at once.
pub async fn track_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let open = open(scrm, corp, BatchState::Tracking).await?;
    if open.is_empty() {
        return Ok(false);
    }
    let is_full = is_full(&open);
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    let worker = worker(scrm, &company, holder).await?;
    each(&worker, open).await?;
    Ok(is_full)
}

/// Uploads files that messages wait for; true when there may be more to do at once.
pub async fn upload_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    let company = corps::get(&mut *scrm.db.reader().await?, corp).await?;
    let due = upload::due(scrm, &company).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let worker = worker(scrm, &company, holder).await?;
    upload::upload(&worker, due).await?;
    // Others may have come meanwhile.
    Ok(true)
}

async fn worker<'a>(scrm: &'a Scrm, corp: &'a Corp, holder: &'a str) -> Result<Worker<'a>, Error> {
    let client = corps::client(scrm, corp.id).await?;
    Ok(Worker { scrm, corp, client, holder, has_met_unknown: AtomicBool::new(false) })
}

/// The batches in a state whose time has come.
async fn open(scrm: &Scrm, corp: CorpId, state: BatchState) -> Result<Vec<Batch>, Error> {
    let mut reader = scrm.db.reader().await?;
    let values = params![corp, state as i64, scrm.clock.now_ms(), BATCHES_PER_TICK];
    Ok(reader.query(&sql::OPEN, &values, sql::batch).await?)
}

fn is_full(batches: &[Batch]) -> bool {
    i64::try_from(batches.len()) == Ok(BATCHES_PER_TICK)
}

/// Looks at each of some batches, a few at a time; all are begun, whatever becomes of the others.
async fn each(worker: &Worker<'_>, batches: Vec<Batch>) -> Result<(), Error> {
    let outcomes: Vec<Result<(), Error>> = stream::iter(batches)
        .map(|batch| look(worker, batch))
        .buffer_unordered(N_AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().collect()
}

async fn look(worker: &Worker<'_>, batch: Batch) -> Result<(), Error> {
    let outcome = match batch.state {
        BatchState::Calling => resolve::notice(worker, &batch).await,
        _ => follow(worker, &batch).await,
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => set_aside(worker, &batch, error).await,
    }
}

/// A batch whose data cannot be read is failed, so that it does not hold up the others for ever.
async fn set_aside(worker: &Worker<'_>, batch: &Batch, error: Error) -> Result<(), Error> {
    tracing::error!(batch.id = %batch.id, %error, "a message could not be worked on");
    if matches!(error, Error::Damaged(_)) {
        // It may be held already: then it was being worked on. Held by another, it is left alone.
        lease(worker, batch).await?;
        let failed = crate::sop::TaskState::Failed;
        return hand_over::never_handed_over(worker, batch, failed, &Reason::BatchDamaged).await;
    }
    Err(error)
}

/// Gives back the leases of a process that is about to end.
pub async fn release(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<(), Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    tx.execute(&sql::RELEASE, &params![corp, holder]).await?;
    Ok(tx.commit().await?)
}

/// Looks at what became of a message. Each path that succeeds ends by writing the batch, which gives the lease
/// back.
async fn follow(worker: &Worker<'_>, batch: &Batch) -> Result<(), Error> {
    let Some(mut batch) = lease(worker, batch).await? else { return Ok(()) };
    remind::when_due(worker, &mut batch).await?;
    match batch.mode {
        Mode::Assistant => track::mass_message(worker, batch).await,
        Mode::Manual => track::notice(worker, batch).await,
    }
}

/// Takes the batch for this process, as it is now: others may have worked on it since it was read. Nothing
/// while another has it, or when it is in another state.
async fn lease(worker: &Worker<'_>, batch: &Batch) -> Result<Option<Batch>, Error> {
    let corp = worker.corp.id;
    let now_ms = worker.scrm.clock.now_ms();
    let until_ms = now_ms + worker.scrm.rules.lease_ms;
    let mut tx = worker.scrm.db.begin().await?;
    let values = params![corp, batch.id, batch.state as i64, now_ms, worker.holder, until_ms];
    if tx.execute(&sql::LEASE, &values).await? == 0 {
        return Ok(None);
    }
    let leased = tx.query_opt(&sql::BY_ID, &params![corp, batch.id], sql::batch).await?;
    tx.commit().await?;
    Ok(leased)
}

/// Whom a batch is for.
async fn owner(worker: &Worker<'_>, batch: &Batch) -> Result<Member, Error> {
    let mut reader = worker.scrm.db.reader().await?;
    let found = org::staff_by_ids(&mut reader, worker.corp.id, &[batch.owner]).await?.pop();
    found.ok_or_else(|| Error::Damaged(format!("batch {} has no owner", batch.id)))
}

/// Gives the batch back, to be looked at again at `next_at_ms` in `state`; `reason` tells people what it
/// waits for, `event` is what happened.
async fn later(
    worker: &Worker<'_>,
    batch: &Batch,
    state: BatchState,
    next_at_ms: i64,
    reason: Option<&str>,
    event: Option<(EventKind, String)>,
) -> Result<(), Error> {
    let corp = worker.corp.id;
    let mut tx = corps::begin_alone(worker.scrm, corp).await?;
    let (seen, to) = (batch.state as i64, state as i64);
    let since_ms = batch.unknown_since_ms;
    let values = params![corp, batch.id, worker.holder, seen, to, next_at_ms, reason, since_ms];
    let n = tx.execute(&sql::LATER, &values).await?;
    if let (1, Some((kind, detail))) = (n, event) {
        let now_ms = worker.scrm.clock.now_ms();
        events::note(&mut tx, corp, now_ms, &[(batch.id, kind, &detail)]).await?;
    }
    Ok(tx.commit().await?)
}

/// A pause that grows with the time that something has lasted, from 3 s to 10 min.
fn pause_ms(lasted_ms: i64) -> i64 {
    (lasted_ms / 10).clamp(3_000, 600_000)
}
