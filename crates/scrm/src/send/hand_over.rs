//! Handing a batch to WeCom: the beginning is committed, the call is made, the outcome is stored.

use std::sync::atomic::Ordering;

use store::{Tx, params};
use wecom::{Class, Effect, app_messages, codes, mass_messages};

use super::{Batch, BatchState, Worker, attachments, later, lease, owner, pause_ms, resolve, sql};
use crate::{
    Error, GroupId, groups,
    sop::{self, ContentItem, Mode, TaskKey, TaskState},
};

/// The first pause after a refusal that may pass, doubled with every further one.
const BACK_OFF_MS: i64 = 5_000;
const MAX_BACK_OFF_MS: i64 = 10 * 60_000;

/// What WeCom answered to a batch.
pub(crate) struct Accepted {
    pub msgid: String,
    /// Chat ids that WeCom refused at once.
    pub refused_chats: Vec<String>,
}

/// The call of a batch, made up.
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

/// Hands over a batch in state Ready.
pub(crate) async fn hand_over(worker: &Worker<'_>, mut batch: Batch) -> Result<(), Error> {
    let Worker { scrm, corp, holder, .. } = worker;
    if let Some((state, reason)) = too_late(worker, &batch) {
        if lease(worker, &batch).await? {
            never_handed_over(worker, &batch, state, reason).await?;
        }
        return Ok(());
    }
    if worker.has_met_unknown.load(Ordering::Relaxed) {
        return Ok(());
    }
    // All that can fail here fails before the call is said to have begun.
    let request = match request(worker, &batch).await {
        Err(Error::Attachment { what, is_final: true }) => {
            if lease(worker, &batch).await? {
                never_handed_over(worker, &batch, TaskState::Failed, &what).await?;
            }
            return Ok(());
        }
        Err(Error::Attachment { what, is_final: false }) => {
            let next_at_ms = scrm.clock.now_ms() + BACK_OFF_MS;
            return postpone(worker, &batch, next_at_ms, &what).await;
        }
        other => other?,
    };
    let now_ms = scrm.clock.now_ms();
    if let Some(wait_ms) = request.ms_until_room(&worker.client) {
        let next_at_ms = now_ms + i64::try_from(wait_ms).unwrap_or(MAX_BACK_OFF_MS);
        return postpone(worker, &batch, next_at_ms, "waits for room in WeCom's call limits").await;
    }
    let mut tx = scrm.db.begin().await?;
    let until_ms = now_ms + scrm.rules.lease_ms;
    let values = params![corp.id, batch.id, now_ms, *holder, until_ms];
    match tx.execute(&sql::START_CALL, &values).await {
        Ok(1) => {}
        // Another process was quicker.
        Ok(_) => return Ok(()),
        // A message of the same content to the same owner is of unknown effect: of the two, none could be
        // told from the other. This one waits.
        Err(store::Error::UniqueViolation { .. }) => {
            drop(tx);
            let reason = "waits for an equal message whose effect is not known yet";
            return postpone(worker, &batch, now_ms + BACK_OFF_MS, reason).await;
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    batch.state = BatchState::Calling;
    batch.call_started_at_ms = Some(now_ms);
    call(worker, batch, request).await
}

/// Why a batch is not handed over any more.
fn too_late(worker: &Worker<'_>, batch: &Batch) -> Option<(TaskState, &'static str)> {
    let now_ms = worker.scrm.clock.now_ms();
    if now_ms >= batch.deadline_at_ms
        || now_ms - batch.due_at_ms > worker.scrm.rules.late_send_max_ms
    {
        return Some((TaskState::Expired, "WeCom did not take it in time"));
    }
    resolve::is_repeat_unsafe(batch, now_ms)
        .then_some((TaskState::Failed, "it is not known whether the owner was told"))
}

async fn postpone(
    worker: &Worker<'_>,
    batch: &Batch,
    next_at_ms: i64,
    reason: &str,
) -> Result<(), Error> {
    let mut tx = worker.scrm.db.begin().await?;
    let values = params![worker.corp.id, batch.id, next_at_ms, reason];
    tx.execute(&sql::POSTPONE, &values).await?;
    Ok(tx.commit().await?)
}

/// Makes the call of a batch in state Calling and stores its outcome.
pub(crate) async fn call(
    worker: &Worker<'_>,
    mut batch: Batch,
    request: Request,
) -> Result<(), Error> {
    let outcome = match &request {
        Request::Mass(message) => mass_messages::create_for_groups(&worker.client, message)
            .await
            .map(|created| Accepted { msgid: created.msgid, refused_chats: created.fail_list }),
        Request::Notice(body) => match app_messages::send(&worker.client, body).await {
            Ok(sent) if !sent.invalid_users.is_empty() => {
                let reason = "the owner cannot get messages of this app";
                return never_handed_over(worker, &batch, TaskState::Failed, reason).await;
            }
            other => other.map(|sent| Accepted { msgid: sent.msgid, refused_chats: vec![] }),
        },
    };
    match outcome {
        Ok(accepted) => store_accepted(worker, &batch, accepted).await,
        Err(error) => {
            tracing::warn!(batch.id = %batch.id, %error, "WeCom did not take a message");
            if error.effect() == Effect::Unknown {
                worker.has_met_unknown.store(true, Ordering::Relaxed);
                batch.unknown_since_ms = batch.unknown_since_ms.or(batch.call_started_at_ms);
            }
            store_error(worker, &batch, &error).await
        }
    }
}

/// What is to be sent, read from the database.
pub(crate) async fn request(worker: &Worker<'_>, batch: &Batch) -> Result<Request, Error> {
    if batch.mode == Mode::Manual {
        return Ok(Request::Notice(batch.content.clone()));
    }
    let mut reader = worker.scrm.db.reader().await?;
    let tasks = sop::tasks_of_batch(&mut reader, worker.corp.id, batch.id).await?;
    let ids: Vec<GroupId> = tasks.iter().map(|(key, _)| key.group).collect();
    let groups = groups::by_ids(&mut reader, worker.corp.id, &ids).await?;
    drop(reader);
    let owner = owner(worker, batch).await?;
    let items = items(batch)?;
    Ok(Request::Mass(mass_messages::GroupMessage {
        sender: owner.wecom_user_id,
        chat_ids: groups.into_values().map(|group| group.chat_id).collect(),
        text: Some(sop::joined_text(&items)).filter(|text| !text.is_empty()),
        attachments: attachments::ready(worker.scrm, worker.corp.id, &worker.client, &items)
            .await?,
    }))
}

/// The items of an assistant batch.
pub(crate) fn items(batch: &Batch) -> Result<Vec<ContentItem>, Error> {
    serde_json::from_str(&batch.content)
        .map_err(|error| Error::Damaged(format!("the content of batch {}: {error}", batch.id)))
}

/// WeCom has the message: its tasks are handed over, but for groups that WeCom refused.
pub(crate) async fn store_accepted(
    worker: &Worker<'_>,
    batch: &Batch,
    accepted: Accepted,
) -> Result<(), Error> {
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let next_at_ms = match batch.mode {
        Mode::Assistant => now_ms + scrm.rules.poll_min_ms,
        // Nothing to ask WeCom: it ends by marks, or with its deadline.
        Mode::Manual => batch.deadline_at_ms,
    };
    // WeCom may leave the id of an app message out.
    let msgid = Some(accepted.msgid.as_str()).filter(|msgid| !msgid.is_empty());
    let mut tx = scrm.db.begin().await?;
    let values = params![corp.id, batch.id, worker.holder, msgid, now_ms, next_at_ms];
    if tx.execute(&sql::ACCEPTED, &values).await? == 0 {
        return Ok(());
    }
    tx.execute(&sop::sql::HAND_OVER, &params![corp.id, batch.id, now_ms]).await?;
    let refused = groups::by_chat_ids(&mut tx, corp.id, &accepted.refused_chats).await?;
    let reason = "WeCom cannot send to this group";
    let failed = TaskState::Failed as i64;
    let rows: Vec<_> = refused
        .values()
        .map(|group| params![corp.id, batch.id, group.id, failed, reason, now_ms])
        .collect();
    tx.execute_each(&sop::sql::FINISH_GROUP, &rows).await?;
    Ok(tx.commit().await?)
}

async fn store_error(
    worker: &Worker<'_>,
    batch: &Batch,
    error: &wecom::Error,
) -> Result<(), Error> {
    let now_ms = worker.scrm.clock.now_ms();
    if error.effect() == Effect::Unknown {
        // WeCom lists a message a few seconds after it was made.
        let unknown_for_ms = now_ms - batch.unknown_since_ms.unwrap_or(now_ms);
        let next_at_ms = now_ms + pause_ms(unknown_for_ms);
        let reason = Some("it is not known whether WeCom got it");
        return later(worker, batch, BatchState::Calling, next_at_ms, reason).await;
    }
    let may_upload_again = error.errcode() == Some(codes::INVALID_MEDIA_ID)
        && batch.mode == Mode::Assistant
        && attachments::forget_media(worker.scrm, worker.corp.id, &items(batch)?).await?;
    if is_final(error) && !may_upload_again {
        let reason = format!("WeCom refused it: {}", short(error));
        return never_handed_over(worker, batch, TaskState::Failed, &reason).await;
    }
    let doublings = u32::try_from(batch.n_attempts.clamp(0, 10)).expect("clamped");
    let pause_ms = (BACK_OFF_MS << doublings).min(MAX_BACK_OFF_MS);
    let reason = format!("will be tried again: {}", short(error));
    let next_at_ms = now_ms + pause_ms;
    later(worker, batch, BatchState::Ready, next_at_ms, Some(&reason)).await
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
    reason: &str,
) -> Result<(), Error> {
    let mut tx = worker.scrm.db.begin().await?;
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
    reason: &str,
) -> Result<(), Error> {
    let now_ms = worker.scrm.clock.now_ms();
    let (seen, to) = (batch.state as i64, batch_state as i64);
    let closing = params![worker.corp.id, batch.id, worker.holder, seen, to, reason];
    if tx.execute(&sql::CLOSE, &closing).await? == 1 {
        let values = params![worker.corp.id, batch.id, state as i64, reason, now_ms];
        tx.execute(&sop::sql::FINISH_REST, &values).await?;
    }
    Ok(())
}

/// The groups whose tasks still wait for an end.
pub(crate) fn waiting(tasks: &[(TaskKey, TaskState)]) -> impl Iterator<Item = GroupId> + '_ {
    tasks
        .iter()
        .filter(|(_, state)| matches!(state, TaskState::HandedOver | TaskState::Dispatching))
        .map(|(key, _)| key.group)
}
