//! What became of a message: WeCom is asked until every group is final or the deadline has come.

use std::collections::HashMap;

use store::{Tx, params};
use wecom::{codes, mass_messages};

use super::{
    Batch, BatchState, Reason, Worker,
    events::{self, EventKind},
    hand_over::{close, is_final, short, waiting},
    later, owner, pause_ms, sql,
};
use crate::{
    Error, GroupId, corps, groups,
    sop::{self, TaskState},
};

/// What WeCom says of a batch: the owner's status, and what it lists of each chat.
struct Outcome {
    has_owner_sent: bool,
    by_chat: HashMap<String, mass_messages::SendResult>,
}

/// Looks at a mass message's result.
pub(crate) async fn mass_message(worker: &Worker<'_>, batch: Batch) -> Result<(), Error> {
    let Worker { scrm, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let is_over = now_ms >= batch.deadline_at_ms || batch.withdraw_at_ms.is_some();
    let asked =
        if is_over { last_reading(worker, &batch).await } else { reading(worker, &batch).await };
    match asked {
        Ok(result) => store(worker, &batch, result, is_over).await,
        Err(Error::WeCom(error)) => {
            // Among others 41063, "being dispatched": the same as any error, a look later.
            let reason = match error.errcode() {
                Some(codes::BEING_DISPATCHED) => None,
                _ => {
                    tracing::warn!(batch.id = %batch.id, %error, "WeCom cannot be asked for a result");
                    Some(format!("WeCom cannot be asked what became of it: {}", short(&error)))
                }
            };
            let next_at_ms = if is_over {
                let since_ms = batch.withdraw_at_ms.unwrap_or(batch.deadline_at_ms);
                now_ms + pause_ms(now_ms - since_ms)
            } else {
                next_look_ms(worker, &batch)
            };
            let reason = reason.as_deref();
            later(worker, &batch, BatchState::Tracking, next_at_ms, reason, None).await
        }
        Err(error) => Err(error),
    }
}

/// A manual batch is looked at when somebody is to be reminded, and when its deadline has come.
pub(crate) async fn notice(worker: &Worker<'_>, batch: Batch) -> Result<(), Error> {
    let now_ms = worker.scrm.clock.now_ms();
    let mut tx = corps::begin_alone(worker.scrm, worker.corp.id).await?;
    if now_ms >= batch.deadline_at_ms {
        let (done, expired) = (BatchState::Done, TaskState::Expired);
        close(&mut tx, worker, &batch, done, expired, &Reason::NotSentByHand).await?;
        return Ok(tx.commit().await?);
    }
    let tasks = sop::tasks_of_batch(&mut tx, worker.corp.id, batch.id).await?;
    let next_at_ms = if waiting(&tasks).next().is_some() {
        next_event_ms(worker, &batch).unwrap_or(batch.deadline_at_ms)
    } else {
        // Nobody is to be reminded any more; marks may still change what expired.
        batch.deadline_at_ms
    };
    let (corp, holder) = (worker.corp.id, worker.holder);
    let (withdraw_ms, remind_ms) = (batch.withdraw_at_ms, batch.remind_at_ms);
    let values =
        params![corp, batch.id, holder, next_at_ms, None::<i64>, 0_i64, withdraw_ms, remind_ms];
    tx.execute(&sql::TRACKED, &values).await?;
    Ok(tx.commit().await?)
}

/// When somebody is to be reminded next, but in no quiet hours.
fn next_event_ms(worker: &Worker<'_>, batch: &Batch) -> Option<i64> {
    let rules = &worker.scrm.rules;
    let now_ms = worker.scrm.clock.now_ms();
    let next_ms = [batch.remind_at_ms, batch.leader_at_ms].into_iter().flatten().min()?;
    let next_ms = next_ms.max(now_ms + rules.poll_min_ms);
    let next_ms = rules.quiet_until_ms(&worker.corp.zone, next_ms).unwrap_or(next_ms);
    Some(next_ms.min(batch.deadline_at_ms))
}

/// The older a message, the rarer it is looked at.
fn next_look_ms(worker: &Worker<'_>, batch: &Batch) -> i64 {
    let rules = &worker.scrm.rules;
    let now_ms = worker.scrm.clock.now_ms();
    let age_ms = now_ms - batch.handed_at_ms.unwrap_or(now_ms);
    let pause_ms = (age_ms / 10).clamp(rules.poll_min_ms, rules.poll_max_ms);
    // Never past a reminder, or the deadline, at which it is withdrawn; and never at once.
    let next_ms = (now_ms + pause_ms).min(batch.deadline_at_ms.max(now_ms + rules.poll_min_ms));
    next_event_ms(worker, batch).map_or(next_ms, |event_ms| event_ms.min(next_ms))
}

async fn has_event(worker: &Worker<'_>, batch: &Batch, kind: EventKind) -> Result<bool, Error> {
    let values = params![worker.corp.id, batch.id, kind.code()];
    let mut reader = worker.scrm.db.reader().await?;
    Ok(reader.query_opt(&sql::HAS_EVENT, &values, |_| Ok(())).await?.is_some())
}

/// Withdraws the message, so that the result is the last one. Whether WeCom still tells it then is not
/// documented: what it tells before is stored first.
async fn last_reading(worker: &Worker<'_>, batch: &Batch) -> Result<Outcome, Error> {
    let mut before =
        Outcome { has_owner_sent: batch.complete_since_ms.is_some(), by_chat: HashMap::new() };
    if !has_event(worker, batch, EventKind::Withdrawn).await? {
        match reading(worker, batch).await {
            Ok(outcome) => {
                let mut tx = corps::begin_alone(worker.scrm, worker.corp.id).await?;
                store_results(&mut tx, worker, batch, &outcome).await?;
                tx.commit().await?;
                before = outcome;
            }
            Err(Error::WeCom(error)) if is_final(&error) => {}
            Err(error) => return Err(error),
        }
        withdraw(worker, batch).await?;
    }
    match reading(worker, batch).await {
        // The owner has left, say: WeCom will never tell more.
        Err(Error::WeCom(error)) if is_final(&error) => Ok(before),
        other => other,
    }
}

/// Withdraws what is not sent, and notes whether WeCom did.
async fn withdraw(worker: &Worker<'_>, batch: &Batch) -> Result<(), Error> {
    let (kind, detail) = match mass_messages::cancel(&worker.client, msgid(batch)?).await {
        Ok(()) => (EventKind::Withdrawn, String::new()),
        // Cancelled already, or nothing there to cancel.
        Err(error) if is_final(&error) => (EventKind::NotWithdrawn, short(&error)),
        Err(error) => return Err(error.into()),
    };
    let (scrm, corp) = (worker.scrm, worker.corp.id);
    let mut tx = corps::begin_alone(scrm, corp).await?;
    events::note(&mut tx, corp, scrm.clock.now_ms(), &[(batch.id, kind, &detail)]).await?;
    Ok(tx.commit().await?)
}

fn msgid(batch: &Batch) -> Result<&str, Error> {
    let damaged = || Error::Damaged(format!("batch {} has no msgid", batch.id));
    batch.msgid.as_deref().ok_or_else(damaged)
}

/// What WeCom says now.
async fn reading(worker: &Worker<'_>, batch: &Batch) -> Result<Outcome, Error> {
    let (client, msgid) = (&worker.client, msgid(batch)?);
    let owner = owner(worker, batch).await?;
    let mut has_owner_sent = false;
    let mut cursor = None;
    loop {
        let page = mass_messages::tasks(client, msgid, cursor.as_deref()).await?;
        has_owner_sent |= page.tasks.iter().any(|task| {
            task.userid.eq_ignore_ascii_case(&owner.wecom_user_id)
                && task.status == mass_messages::TASK_SENT
        });
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut by_chat = HashMap::new();
    loop {
        let user_id = &owner.wecom_user_id;
        let page = mass_messages::send_results(client, msgid, user_id, cursor.as_deref()).await?;
        for result in page.results {
            by_chat.insert(result.chat_id.clone(), result);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(Outcome { has_owner_sent, by_chat })
}

/// What came of storing an outcome.
struct Stored {
    n_sent: usize,
    /// Groups that it names and that are not in the message.
    n_foreign: i64,
}

/// Stores what is final of an outcome; the company is locked.
async fn store_results(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
    outcome: &Outcome,
) -> Result<Stored, Error> {
    let (corp, now_ms) = (worker.corp.id, worker.scrm.clock.now_ms());
    let tasks = sop::tasks_of_batch(tx, corp, batch.id).await?;
    let ids: Vec<GroupId> = tasks.iter().map(|(key, _)| key.group).collect();
    let groups = groups::by_ids(tx, corp, &ids).await?;
    let by_chat_id: HashMap<&str, GroupId> =
        groups.values().map(|group| (group.chat_id.as_str(), group.id)).collect();
    let mut n_foreign = 0_i64;
    let mut sent = Vec::new();
    let mut failed = Vec::new();
    for (chat_id, report) in &outcome.by_chat {
        let Some(&group) = by_chat_id.get(chat_id.as_str()) else {
            n_foreign += 1;
            continue;
        };
        let reason = match report.status {
            mass_messages::RESULT_SENT => {
                let sent_at_ms = report.send_time.map_or(now_ms, |seconds| seconds * 1_000);
                sent.push(params![corp, batch.id, group, sent_at_ms, now_ms]);
                continue;
            }
            mass_messages::RESULT_QUOTA_USED_UP => &Reason::QuotaUsedUp,
            mass_messages::RESULT_NOT_SENT => continue,
            _ => &Reason::SendFailed,
        };
        failed.push((group, reason.code()));
    }
    let failed: Vec<_> = failed
        .iter()
        .map(|(group, code)| {
            params![corp, batch.id, *group, TaskState::Failed as i64, &**code, now_ms]
        })
        .collect();
    tx.execute_each(&sop::sql::SENT, &sent).await?;
    tx.execute_each(&sop::sql::FINISH_GROUP, &failed).await?;
    Ok(Stored { n_sent: sent.len(), n_foreign })
}

async fn store(
    worker: &Worker<'_>,
    batch: &Batch,
    result: Outcome,
    is_over: bool,
) -> Result<(), Error> {
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    let Stored { n_sent, n_foreign } = store_results(&mut tx, worker, batch, &result).await?;
    let tasks = sop::tasks_of_batch(&mut tx, corp.id, batch.id).await?;
    let is_complete = waiting(&tasks).next().is_none();
    let complete_since_ms =
        batch.complete_since_ms.or_else(|| result.has_owner_sent.then_some(now_ms));
    let was_read_twice = result.has_owner_sent
        && batch
            .complete_since_ms
            .is_some_and(|since_ms| now_ms - since_ms >= scrm.rules.complete_apart_ms);
    let done = BatchState::Done;
    let wanted_back = batch.withdraw_reason.as_deref().and_then(Reason::parse);
    if is_complete || was_read_twice {
        if wanted_back.is_some() && result.has_owner_sent {
            // WeCom says that it was withdrawn even when there was nothing left to withdraw.
            let n_sent = format!("sent:{n_sent}");
            let event = (batch.id, EventKind::NotWithdrawn, n_sent.as_str());
            events::note(&mut tx, corp.id, now_ms, &[event]).await?;
        }
        let (state, reason) = match wanted_back {
            Some(reason) => (TaskState::Cancelled, reason),
            None => (TaskState::Failed, Reason::LeftOut),
        };
        close(&mut tx, worker, batch, done, state, &reason).await?;
    } else if is_over && !result.has_owner_sent {
        let (state, reason) = match wanted_back {
            Some(reason) => (TaskState::Cancelled, reason),
            None => (TaskState::Expired, Reason::NotConfirmed),
        };
        close(&mut tx, worker, batch, done, state, &reason).await?;
    } else {
        let next_at_ms = match complete_since_ms {
            // Nothing will change before the second reading but late entries.
            Some(since_ms) => (since_ms + scrm.rules.complete_apart_ms)
                .min(next_look_ms(worker, batch).max(now_ms + scrm.rules.poll_min_ms)),
            None => next_look_ms(worker, batch),
        };
        let holder = worker.holder;
        let values = params![
            corp.id,
            batch.id,
            holder,
            next_at_ms,
            complete_since_ms,
            n_foreign,
            batch.withdraw_at_ms,
            batch.remind_at_ms
        ];
        tx.execute(&sql::TRACKED, &values).await?;
    }
    Ok(tx.commit().await?)
}
