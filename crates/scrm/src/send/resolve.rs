//! Calls whose effect is not known: the program was killed, or WeCom's reply was lost.
//!
//! WeCom's list of mass messages names no creator, sender or chats for messages made by API. So a message
//! is recognised by its content and its time, when it is not one of ours already, and its sender is
//! confirmed by its tasks. The unique index on (owner, digest) of batches in state Calling sees to it that
//! there is only one batch that it can be.

use std::collections::{HashMap, HashSet};

use store::{Value, params};
use wecom::{codes, mass_messages};

use super::{
    Batch, BatchState, Reason, Worker, attachments,
    events::EventKind,
    hand_over::{self, Accepted},
    later, lease, owner, pause_ms, sql,
};
use crate::{
    Error,
    sop::{self, ContentItem, Mode, TaskState},
    text,
};

/// WeCom's clock and ours may differ.
const CLOCKS_DIFFER_BY_MS: i64 = 5 * 60_000;
/// The same bytes are not delivered twice within this time; a margin is left.
const NOTICE_WINDOW_MS: i64 = 14_400_000 - 600_000;

/// What WeCom lists of mass messages, asked for once for all that are looked for at a time.
pub(super) struct Lookup {
    /// Before this moment nothing else was listed.
    listed_at_ms: i64,
    listed: Result<Vec<Listed>, wecom::Error>,
    /// Who has to send a message, by its id.
    senders: HashMap<String, Result<HashSet<String>, wecom::Error>>,
}

/// A message in WeCom's list that is not ours.
struct Listed {
    msgid: String,
    fingerprint: String,
    created_at_ms: i64,
}

/// Looks for a mass message that WeCom may have: adopts it, repeats it, or gives it up.
pub(super) async fn mass_message(
    worker: &Worker<'_>,
    batch: &Batch,
    lookup: &mut Lookup,
) -> Result<(), Error> {
    // Each path that succeeds ends by writing the batch, which gives the lease back.
    let Some(batch) = lease(worker, batch).await? else { return Ok(()) };
    let now_ms = worker.scrm.clock.now_ms();
    let called_at_ms = batch.call_started_at_ms.unwrap_or(now_ms);
    let look_again_ms = now_ms + pause_ms(now_ms - called_at_ms);
    let unknown = "it is not known whether WeCom got it";
    let candidates = match candidates(worker, &batch, lookup).await {
        Ok(candidates) => candidates,
        Err(Error::WeCom(error)) if now_ms < batch.deadline_at_ms => {
            let reason = match error.errcode() {
                Some(codes::BEING_DISPATCHED) => unknown.to_owned(),
                _ => {
                    tracing::warn!(batch.id = %batch.id, %error, "WeCom cannot be asked for a message");
                    format!("{unknown}, and it cannot be asked: {}", hand_over::short(&error))
                }
            };
            let reason = Some(reason.as_str());
            return later(worker, &batch, BatchState::Calling, look_again_ms, reason, None).await;
        }
        Err(Error::WeCom(error)) => {
            tracing::warn!(batch.id = %batch.id, %error, "a message is given up unknown");
            let (failed, reason) =
                (TaskState::Failed, Reason::CannotBeAsked(hand_over::short(&error)));
            return hand_over::never_handed_over(worker, &batch, failed, &reason).await;
        }
        Err(error) => return Err(error),
    };
    match candidates.as_slice() {
        [msgid] => {
            // What WeCom refused at once was in the lost reply: those groups will not be listed as sent.
            let accepted = Accepted { msgid: msgid.clone(), refused_chats: vec![] };
            hand_over::store_accepted(worker, &[(batch, accepted)], EventKind::Adopted).await
        }
        [] if lookup.listed_at_ms - called_at_ms >= worker.scrm.rules.unknown_repeat_ms => {
            // Handed over anew, every task is looked at once more: what is not wanted any more ends there.
            let what = Some((EventKind::Repeat, String::new()));
            later(worker, &batch, BatchState::Ready, now_ms, None, what).await
        }
        [] => later(worker, &batch, BatchState::Calling, look_again_ms, Some(unknown), None).await,
        _ => {
            let failed = TaskState::Failed;
            hand_over::never_handed_over(worker, &batch, failed, &Reason::MessageUnknown).await
        }
    }
}

/// A notice of unknown effect is handed over again byte for byte: WeCom delivers the same bytes once. It goes
/// the way of all messages, so that what is not wanted any more, or not at this hour, does not go out.
pub(super) async fn notice(worker: &Worker<'_>, batch: &Batch) -> Result<(), Error> {
    let Some(batch) = lease(worker, batch).await? else { return Ok(()) };
    let now_ms = worker.scrm.clock.now_ms();
    let what = Some((EventKind::Repeat, String::new()));
    later(worker, &batch, BatchState::Ready, now_ms, None, what).await
}

/// Whether a notice may have been delivered so long ago that WeCom would deliver it again.
pub(crate) fn is_repeat_unsafe(batch: &Batch, now_ms: i64) -> bool {
    batch.mode == Mode::Manual
        && batch.unknown_since_ms.is_some_and(|since_ms| now_ms - since_ms > NOTICE_WINDOW_MS)
}

/// Messages that may be this batch's. The error 41063 says that one of them is being dispatched still.
async fn candidates(
    worker: &Worker<'_>,
    batch: &Batch,
    lookup: &mut Lookup,
) -> Result<Vec<String>, Error> {
    let wanted = fingerprint(&hand_over::items(batch)?);
    let since_ms = since_ms(batch).unwrap_or(lookup.listed_at_ms) - CLOCKS_DIFFER_BY_MS;
    let listed = lookup.listed.as_ref().map_err(Clone::clone)?;
    let equal: Vec<String> = listed
        .iter()
        .filter(|message| message.fingerprint == wanted)
        .filter(|message| message.created_at_ms >= since_ms)
        .map(|message| message.msgid.clone())
        .collect();
    let owner = owner(worker, batch).await?;
    let owner = text::folded(&owner.wecom_user_id);
    let mut found = Vec::new();
    for msgid in equal {
        if lookup.senders(worker, &msgid).await?.contains(&owner) {
            found.push(msgid);
        }
    }
    Ok(found)
}

/// From the first call on: of two calls, it may be the first that had its effect.
fn since_ms(batch: &Batch) -> Option<i64> {
    batch.unknown_since_ms.or(batch.call_started_at_ms)
}

impl Lookup {
    /// What may be one of these batches, which are mass messages.
    pub(super) async fn of(worker: &Worker<'_>, batches: &[Batch]) -> Result<Self, Error> {
        let listed_at_ms = worker.scrm.clock.now_ms();
        let since_ms = batches.iter().filter_map(since_ms).min().unwrap_or(listed_at_ms);
        let listed = match not_ours(worker, since_ms, listed_at_ms).await {
            Ok(listed) => Ok(listed),
            Err(Error::WeCom(error)) => Err(error),
            Err(error) => return Err(error),
        };
        Ok(Self { listed_at_ms, listed, senders: HashMap::new() })
    }

    async fn senders(
        &mut self,
        worker: &Worker<'_>,
        msgid: &str,
    ) -> Result<&HashSet<String>, wecom::Error> {
        if !self.senders.contains_key(msgid) {
            let page = mass_messages::tasks(&worker.client, msgid, None).await;
            let senders = page.map(|page| {
                page.tasks.iter().map(|task| text::folded(&task.userid)).collect::<HashSet<_>>()
            });
            self.senders.insert(msgid.to_owned(), senders);
        }
        self.senders[msgid].as_ref().map_err(Clone::clone)
    }
}

/// Messages made by API since a moment that no batch of ours has.
async fn not_ours(worker: &Worker<'_>, since_ms: i64, now_ms: i64) -> Result<Vec<Listed>, Error> {
    let mut request = mass_messages::MassListRequest {
        start_s: (since_ms - CLOCKS_DIFFER_BY_MS) / 1_000,
        end_s: (now_ms + CLOCKS_DIFFER_BY_MS) / 1_000,
        filter_type: mass_messages::FILTER_ENTERPRISE,
        cursor: None,
        limit: mass_messages::MAX_LIST_PAGE,
    };
    let mut listed = Vec::new();
    loop {
        let page = mass_messages::list(&worker.client, &request).await?;
        let by_api = page.messages.iter().filter(|message| message.creator.is_none());
        listed.extend(by_api.map(|message| Listed {
            msgid: message.msgid.clone(),
            fingerprint: fingerprint_of(
                &message.text,
                attachments::traits_of_listed(&message.attachments),
            ),
            created_at_ms: message.create_time * 1_000,
        }));
        request.cursor = page.next_cursor;
        if request.cursor.is_none() {
            break;
        }
    }
    let list: Vec<Value<'_>> = listed.iter().map(|message| Value::from(&message.msgid)).collect();
    let mut reader = worker.scrm.db.reader().await?;
    let ours: HashSet<String> = reader
        .query_list(&sql::KNOWN_MSGIDS, &params![worker.corp.id], &list, |row| row.get(0))
        .await?
        .into_iter()
        .collect();
    listed.retain(|message| !ours.contains(&message.msgid));
    Ok(listed)
}

/// What a message is recognised by in WeCom's list: its text and what tells its attachments from others.
pub(crate) fn fingerprint(items: &[ContentItem]) -> String {
    fingerprint_of(&sop::joined_text(items), attachments::traits_of(items))
}

fn fingerprint_of(text: &str, traits: Vec<&str>) -> String {
    let parts = [vec![text.trim()], traits].concat();
    // A sign that no part can hold keeps parts apart.
    parts.join("\0")
}
