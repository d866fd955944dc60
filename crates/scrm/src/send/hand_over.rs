//! Handing batches to WeCom, a few at a time: their beginning is committed, the calls are made, the outcomes
//! are stored. What cannot be told apart from another message of unknown effect waits.

use std::sync::atomic::Ordering;

use futures_util::{StreamExt as _, stream};
use store::{Tx, params};
use wecom::{Class, Effect, app_messages, codes, mass_messages};

use super::{
    Batch, BatchState, Reason, Worker, attachments,
    begin::{self, Begun},
    events::{self, EventKind},
    later, lease, owner, pause_ms, resolve, sql, upload,
};
use crate::{
    Error, corps,
    files::media::{self, Need},
    groups,
    sop::{self, ContentItem, Mode, TaskKey, TaskState},
};

/// The first pause after a refusal that may pass, doubled with every further one.
pub(super) const BACK_OFF_MS: i64 = 5_000;
pub(super) const MAX_BACK_OFF_MS: i64 = 10 * 60_000;
/// Batches begun in one transaction: as many calls are of unknown effect after a crash.
const BATCHES_PER_ROUND: usize = 16;
/// Tasks looked at once more in one transaction, unless one batch has more: it holds the company.
const TASKS_PER_ROUND: i64 = 2_000;
/// Outcomes of a round that takes longer than this are stored before it is over.
const STORE_AFTER_MS: i64 = 1_000;
/// Calls under way at a time: WeCom is said to refuse above 5 for one API.
const N_AT_ONCE: usize = 4;

/// What WeCom answered to a batch.
pub(crate) struct Accepted {
    pub msgid: String,
    /// Chat ids that WeCom refused at once.
    pub refused_chats: Vec<String>,
}

/// The call of a batch, made up.
#[derive(Clone)]
pub(crate) enum Request {
    Mass(mass_messages::GroupMessage),
    /// The exact body.
    Notice(String),
}

impl Request {
    /// How long WeCom's limits leave no room for the call; nothing when they do.
    fn ms_until_room(&self, client: &wecom::Client) -> Option<u64> {
        match self {
            Self::Mass(_) => mass_messages::ms_until_room(client),
            Self::Notice(_) => app_messages::ms_until_room(client),
        }
    }
}

/// Hands over batches in state Ready, round by round.
pub(crate) async fn hand_over(worker: &Worker<'_>, batches: Vec<Batch>) -> Result<(), Error> {
    for round in rounds(&batches) {
        // A round may take long: quiet hours may have begun.
        if worker.has_met_unknown.load(Ordering::Relaxed) || is_quiet(worker) {
            return Ok(());
        }
        let mut prepared = Vec::new();
        for batch in round {
            // One that cannot be read must not hold up the others.
            match prepare(worker, batch).await {
                Ok(Some(request)) => prepared.push((batch.clone(), request)),
                Ok(None) => {}
                Err(error) => super::set_aside(worker, batch, error).await?,
            }
        }
        let begun = begin::begin(worker, prepared).await?;
        make_calls(worker, begun).await?;
    }
    Ok(())
}

/// Batches that are begun together.
fn rounds(batches: &[Batch]) -> Vec<&[Batch]> {
    let mut rounds = Vec::new();
    let mut start = 0;
    let mut n_tasks = 0;
    for (i, batch) in batches.iter().enumerate() {
        let is_full = i - start == BATCHES_PER_ROUND || n_tasks + batch.n_groups > TASKS_PER_ROUND;
        if i > start && is_full {
            rounds.push(&batches[start..i]);
            start = i;
            n_tasks = 0;
        }
        n_tasks += batch.n_groups;
    }
    if start < batches.len() {
        rounds.push(&batches[start..]);
    }
    rounds
}

fn is_quiet(worker: &Worker<'_>) -> bool {
    let Worker { scrm, corp, .. } = worker;
    scrm.rules.quiet_until_ms(&corp.zone, scrm.clock.now_ms()).is_some()
}

/// All that can fail before a call is said to have begun; nothing when the batch is not for now.
async fn prepare(worker: &Worker<'_>, batch: &Batch) -> Result<Option<Request>, Error> {
    let now_ms = worker.scrm.clock.now_ms();
    if let Some((state, reason)) = too_late(worker, batch) {
        if lease(worker, batch).await?.is_some() {
            never_handed_over(worker, batch, state, &reason).await?;
        }
        return Ok(None);
    }
    let request = match request(worker, batch).await? {
        Prepared::Call(request) => request,
        Prepared::Lacks(missing) => {
            let refused = upload::wait_for(worker, batch, &missing).await?;
            if let Some(what) = refused
                && lease(worker, batch).await?.is_some()
            {
                let reason = Reason::Attachment(what);
                never_handed_over(worker, batch, TaskState::Failed, &reason).await?;
            }
            return Ok(None);
        }
    };
    if let Some(wait_ms) = request.ms_until_room(&worker.client) {
        let next_at_ms = now_ms + i64::try_from(wait_ms).unwrap_or(MAX_BACK_OFF_MS);
        let mut tx = worker.scrm.db.begin().await?;
        postpone(&mut tx, worker, batch, next_at_ms, "waits for room in WeCom's call limits")
            .await?;
        tx.commit().await?;
        return Ok(None);
    }
    Ok(Some(request))
}

/// Why a batch is not handed over any more.
fn too_late(worker: &Worker<'_>, batch: &Batch) -> Option<(TaskState, Reason)> {
    let now_ms = worker.scrm.clock.now_ms();
    let late_ms = worker.scrm.rules.late_ms(&worker.corp.zone, batch.due_at_ms, now_ms);
    let is_late = now_ms >= batch.deadline_at_ms || late_ms > worker.scrm.rules.late_send_max_ms;
    // It was refused when it was repeated, but an earlier call may have told the owner.
    let may_have_come = batch.mode == Mode::Manual && batch.unknown_since_ms.is_some();
    if resolve::is_repeat_unsafe(batch, now_ms) || (is_late && may_have_come) {
        return Some((TaskState::Failed, Reason::NoticeUnknown));
    }
    is_late.then_some((TaskState::Expired, Reason::NotTaken))
}

pub(super) async fn postpone(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
    next_at_ms: i64,
    reason: &str,
) -> Result<(), Error> {
    let values = params![worker.corp.id, batch.id, next_at_ms, reason];
    tx.execute(&sql::POSTPONE, &values).await?;
    Ok(())
}

/// Makes the calls of batches that have begun. Their outcomes are stored together, since it is commits that
/// cost; but what is known is stored when calls take long.
pub(super) async fn make_calls(worker: &Worker<'_>, begun: Vec<Begun>) -> Result<(), Error> {
    let mut outcomes = Box::pin(
        stream::iter(begun)
            .map(|begun| async move {
                let outcome = make_call(worker, &begun).await;
                (begun.batch, outcome)
            })
            .buffer_unordered(N_AT_ONCE),
    );
    let mut known = Vec::new();
    let mut stored_at_ms = worker.scrm.clock.now_ms();
    while let Some(outcome) = outcomes.next().await {
        known.push(outcome);
        let now_ms = worker.scrm.clock.now_ms();
        if now_ms - stored_at_ms > STORE_AFTER_MS {
            store(worker, std::mem::take(&mut known)).await?;
            stored_at_ms = now_ms;
        }
    }
    store(worker, known).await
}

async fn store(worker: &Worker<'_>, known: Vec<(Batch, Outcome)>) -> Result<(), Error> {
    let mut accepted = Vec::new();
    let mut others = Vec::new();
    for (batch, outcome) in known {
        match outcome {
            Outcome::Accepted(answer) => accepted.push((batch, answer)),
            other => others.push((batch, other)),
        }
    }
    // First what WeCom has: it must not be lost by whatever goes wrong with the others.
    store_accepted(worker, &accepted, EventKind::Accepted).await?;
    for (batch, outcome) in others {
        match outcome {
            Outcome::Accepted(_) => {}
            Outcome::Unreachable => {
                let reason = Reason::OwnerUnreachable;
                never_handed_over(worker, &batch, TaskState::Failed, &reason).await?;
            }
            Outcome::NotMade { wait_ms } => not_made(worker, &batch, wait_ms).await?,
            Outcome::Error(error) => store_error(worker, batch, &error).await?,
        }
    }
    Ok(())
}

/// The batch is as it was before its call was said to begin.
async fn not_made(worker: &Worker<'_>, batch: &Batch, wait_ms: i64) -> Result<(), Error> {
    let (corp, now_ms) = (worker.corp.id, worker.scrm.clock.now_ms());
    let since_ms = batch.unknown_since_ms;
    let mut tx = corps::begin_alone(worker.scrm, corp).await?;
    // Of one that is of unknown effect an earlier attempt stays.
    let n_attempts = if since_ms.is_none() { batch.n_attempts - 1 } else { batch.n_attempts };
    let values = params![corp, batch.id, worker.holder, now_ms + wait_ms, since_ms, n_attempts];
    if tx.execute(&sql::NOT_MADE, &values).await? == 1 {
        events::note(&mut tx, corp, now_ms, &[(batch.id, EventKind::NotMade, "")]).await?;
    }
    Ok(tx.commit().await?)
}

/// What came of a call.
enum Outcome {
    Accepted(Accepted),
    /// The owner gets no messages of the app.
    Unreachable,
    /// It was not made after all, and waits so long.
    NotMade {
        wait_ms: i64,
    },
    Error(wecom::Error),
}

async fn make_call(worker: &Worker<'_>, begun: &Begun) -> Outcome {
    // One that was of unknown effect before is what is being looked into.
    let is_new = begun.batch.unknown_since_ms.is_none();
    if is_new && worker.has_met_unknown.load(Ordering::Relaxed) {
        return Outcome::NotMade { wait_ms: 0 };
    }
    // The calls before it took so long that another process may soon take this one for lost.
    let held_ms = worker.scrm.clock.now_ms() - begun.at_ms;
    if held_ms > worker.scrm.rules.lease_ms / 2 {
        return Outcome::NotMade { wait_ms: 0 };
    }
    let answer = match &begun.request {
        Request::Mass(message) => mass_messages::create_for_groups(&worker.client, message)
            .await
            .map(|created| Accepted { msgid: created.msgid, refused_chats: created.fail_list }),
        Request::Notice(body) => match app_messages::send(&worker.client, body).await {
            Ok(sent) if !sent.invalid_users.is_empty() => return Outcome::Unreachable,
            other => other.map(|sent| Accepted { msgid: sent.msgid, refused_chats: vec![] }),
        },
    };
    match answer {
        Ok(accepted) => Outcome::Accepted(accepted),
        Err(wecom::Error::OverBudget { wait_ms, .. }) => {
            Outcome::NotMade { wait_ms: i64::try_from(wait_ms).unwrap_or(MAX_BACK_OFF_MS) }
        }
        Err(error) => {
            if error.effect() == Effect::Unknown {
                worker.has_met_unknown.store(true, Ordering::Relaxed);
            }
            Outcome::Error(error)
        }
    }
}

/// A call that is made up, or what it lacks.
pub(crate) enum Prepared {
    Call(Request),
    /// Files that WeCom does not have, or not for long any more.
    Lacks(Vec<Need>),
}

/// What is to be sent, read from the database; of a mass message without its groups.
pub(crate) async fn request(worker: &Worker<'_>, batch: &Batch) -> Result<Prepared, Error> {
    if batch.mode == Mode::Manual {
        return Ok(Prepared::Call(Request::Notice(batch.content.clone())));
    }
    let owner = owner(worker, batch).await?;
    let items = items(batch)?;
    let mut needs = attachments::needs(&items);
    let known = media::known(worker.scrm, worker.corp.id, &needs).await?;
    let Some(attachments) = attachments::filled(&items, &known) else {
        needs.retain(|need| !known.contains_key(need));
        return Ok(Prepared::Lacks(needs));
    };
    Ok(Prepared::Call(Request::Mass(mass_messages::GroupMessage {
        sender: owner.wecom_user_id,
        chat_ids: vec![],
        text: Some(sop::joined_text(&items)).filter(|text| !text.is_empty()),
        attachments,
    })))
}

/// The items of an assistant batch.
pub(crate) fn items(batch: &Batch) -> Result<Vec<ContentItem>, Error> {
    serde_json::from_str(&batch.content)
        .map_err(|error| Error::Damaged(format!("the content of batch {}: {error}", batch.id)))
}

/// WeCom has the messages: their tasks are handed over, but for groups that WeCom refused.
pub(crate) async fn store_accepted(
    worker: &Worker<'_>,
    accepted: &[(Batch, Accepted)],
    how: EventKind,
) -> Result<(), Error> {
    if accepted.is_empty() {
        return Ok(());
    }
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    for (batch, answer) in accepted {
        let rules = &scrm.rules;
        let remind_at_ms = rules.first_reminder_ms(now_ms, batch.deadline_at_ms);
        let leader_at_ms = rules.leader_told_ms(now_ms, batch.deadline_at_ms);
        // A reminder is done once it is sent.
        let state = if batch.is_reminder() { BatchState::Done } else { BatchState::Tracking };
        let next_at_ms = match batch.mode {
            Mode::Assistant => now_ms + rules.poll_min_ms,
            // Nothing to ask WeCom: it ends by marks, or with its deadline.
            Mode::Manual => [Some(batch.deadline_at_ms), remind_at_ms, leader_at_ms]
                .into_iter()
                .flatten()
                .min()
                .expect("the deadline is there"),
        };
        // WeCom answers a notice of the same bytes with the same id again, or with none; of notices nothing
        // is asked by it.
        let msgid = Some(answer.msgid.as_str()).filter(|_| batch.mode == Mode::Assistant);
        let values = params![
            corp.id,
            batch.id,
            worker.holder,
            msgid,
            now_ms,
            next_at_ms,
            state as i64,
            remind_at_ms,
            leader_at_ms
        ];
        if tx.execute(&sql::ACCEPTED, &values).await? == 0 {
            continue;
        }
        events::note(&mut tx, corp.id, now_ms, &[(batch.id, how, &answer.msgid)]).await?;
        tx.execute(&sop::sql::HAND_OVER, &params![corp.id, batch.id, now_ms]).await?;
        let refused = groups::by_chat_ids(&mut tx, corp.id, &answer.refused_chats).await?;
        let (failed, reason) = (TaskState::Failed as i64, Reason::ChatRefused.code());
        let rows: Vec<_> = refused
            .values()
            .map(|group| params![corp.id, batch.id, group.id, failed, &*reason, now_ms])
            .collect();
        tx.execute_each(&sop::sql::FINISH_GROUP, &rows).await?;
    }
    Ok(tx.commit().await?)
}

async fn store_error(
    worker: &Worker<'_>,
    mut batch: Batch,
    error: &wecom::Error,
) -> Result<(), Error> {
    tracing::warn!(batch.id = %batch.id, %error, "WeCom did not take a message");
    let now_ms = worker.scrm.clock.now_ms();
    if error.effect() == Effect::Unknown {
        batch.unknown_since_ms = batch.unknown_since_ms.or(batch.call_started_at_ms);
        // WeCom lists a message a few seconds after it was made.
        let unknown_for_ms = now_ms - batch.unknown_since_ms.unwrap_or(now_ms);
        let next_at_ms = now_ms + pause_ms(unknown_for_ms);
        let what = (EventKind::Unknown, short(error));
        let reason = Some("it is not known whether WeCom got it");
        return later(worker, &batch, BatchState::Calling, next_at_ms, reason, Some(what)).await;
    }
    let may_upload_again = error.errcode() == Some(codes::INVALID_MEDIA_ID)
        && batch.mode == Mode::Assistant
        && attachments::forget_media(worker.scrm, worker.corp.id, &items(&batch)?).await?;
    if is_final(error) && !may_upload_again {
        let reason = Reason::Refused(short(error));
        return never_handed_over(worker, &batch, TaskState::Failed, &reason).await;
    }
    let doublings = u32::try_from(batch.n_attempts.clamp(0, 10)).expect("clamped");
    let pause_ms = (BACK_OFF_MS << doublings).min(MAX_BACK_OFF_MS);
    let reason = format!("will be tried again: {}", short(error));
    let what = (EventKind::Refused, short(error));
    let next_at_ms = now_ms + pause_ms;
    later(worker, &batch, BatchState::Ready, next_at_ms, Some(&reason), Some(what)).await
}

/// The code and what to do about it; WeCom's text with its hint is for the log.
pub(crate) fn short(error: &wecom::Error) -> String {
    match (error, error.errcode(), error.advice()) {
        (_, Some(errcode), Some(advice)) => format!("{errcode}, {advice}"),
        (_, Some(errcode), None) => format!("error {errcode}"),
        (wecom::Error::NotSent { message, .. }, ..) => (*message).to_string(),
        (wecom::Error::OverBudget { .. }, ..) => "too many calls for now".to_owned(),
        _ => "WeCom could not be reached".to_owned(),
    }
}

/// Whether WeCom will say the same however often it is asked.
pub(crate) fn is_final(error: &wecom::Error) -> bool {
    matches!(error.class(), Class::BadRequest | Class::Gone)
        || matches!(
            error.errcode(),
            Some(
                codes::NOBODY_TO_SEND_TO | codes::ALL_RECEIVERS_INVALID | codes::MESSAGE_CANCELLED
            )
        )
}

/// The batch ends without having reached its owner, and its tasks with it.
pub(crate) async fn never_handed_over(
    worker: &Worker<'_>,
    batch: &Batch,
    state: TaskState,
    reason: &Reason,
) -> Result<(), Error> {
    let mut tx = corps::begin_alone(worker.scrm, worker.corp.id).await?;
    close(&mut tx, worker, batch, BatchState::Failed, state, reason).await?;
    Ok(tx.commit().await?)
}

/// Ends a batch; its tasks that are not final yet end in `state` for `reason`. Nothing happens when this
/// process no longer holds the batch.
pub(crate) async fn close(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
    batch_state: BatchState,
    state: TaskState,
    reason: &Reason,
) -> Result<(), Error> {
    let now_ms = worker.scrm.clock.now_ms();
    let corp = worker.corp.id;
    let code = reason.code();
    let (seen, to) = (batch.state as i64, batch_state as i64);
    let closing = params![corp, batch.id, worker.holder, seen, to, &*code];
    if tx.execute(&sql::CLOSE, &closing).await? == 1 {
        let values = params![corp, batch.id, state as i64, &*code, now_ms, batch.audit_id];
        tx.execute(&sop::sql::FINISH_REST, &values).await?;
        events::note(tx, corp, now_ms, &[(batch.id, EventKind::Closed, &code)]).await?;
    }
    Ok(())
}

/// The tasks that were handed over and still wait for an end.
pub(crate) fn waiting(tasks: &[(TaskKey, TaskState)]) -> impl Iterator<Item = TaskKey> + '_ {
    tasks
        .iter()
        .filter(|(_, state)| matches!(state, TaskState::HandedOver | TaskState::Dispatching))
        .map(|(key, _)| *key)
}
