//! Reminding: owners who have not sent yet, and then their leaders.
//!
//! WeCom itself reminds of a mass message, three times in 24 hours at most (D97610); the attempt is committed
//! before the call, so that it is never doubled. Of messages sent by hand, and to leaders, the app sends a card:
//! a batch of its own that goes the way of all notices.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{Session, Tx, params};
use wecom::mass_messages;

use super::{
    Batch, BatchKind, BatchState, Worker,
    events::{self, EventKind},
    hand_over::{short, waiting},
    notice, sql,
};
use crate::{
    BatchId, CorpId, Error, PublicId, Scrm, StaffId, corps, counters, groups,
    org::{self, Member},
    sop::{self, Actor, Mode, TaskKey},
};

/// Reminders of one mass message that WeCom allows in 24 hours.
const MAX_REMINDERS: i64 = 3;
const DAY_MS: i64 = 24 * 3_600_000;

/// What a wish to remind came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Messages whose owners are reminded now.
    pub n_messages: u64,
    /// Messages whose owners were reminded as often as WeCom allows within 24 hours.
    pub n_over_limit: u64,
}

/// Reminds the owners of an SOP's messages that were handed over and are not sent.
pub async fn remind(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    actor: Actor,
) -> Result<Reminded, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = sop::find(&mut tx, corp, id).await?;
    let now_ms = scrm.clock.now_ms();
    let batches = tx.query(&sql::OPEN_OF_SOP, &params![corp, sop.id], sql::batch).await?;
    let mut reminded = Reminded::default();
    for batch in batches {
        if room_again_ms(&mut tx, corp, &batch, now_ms).await?.is_some() {
            reminded.n_over_limit += 1;
            continue;
        }
        tx.execute(&sql::REMIND_NOW, &params![corp, batch.id, now_ms]).await?;
        reminded.n_messages += 1;
    }
    let detail = json!({ "messages": reminded.n_messages, "over_limit": reminded.n_over_limit });
    sop::audit::record(&mut tx, scrm, corp, sop.id, actor, "remind", &detail).await?;
    tx.commit().await?;
    Ok(reminded)
}

/// When WeCom allows another reminder of a mass message; nothing when it does now.
async fn room_again_ms(
    session: &mut Session,
    corp: CorpId,
    batch: &Batch,
    now_ms: i64,
) -> Result<Option<i64>, Error> {
    if batch.mode == Mode::Manual || batch.n_reminders < MAX_REMINDERS {
        return Ok(None);
    }
    let values = params![corp, batch.id, now_ms - DAY_MS];
    let lately = session.query(&sql::REMINDERS_SINCE, &values, |row| row.get::<i64>(0)).await?;
    let most = usize::try_from(MAX_REMINDERS).expect("it is small");
    Ok(lately.get(most - 1).map(|at_ms| at_ms + DAY_MS))
}

/// Does what is due of reminding, before the message is looked at otherwise.
pub(super) async fn when_due(worker: &Worker<'_>, batch: &mut Batch) -> Result<(), Error> {
    let now_ms = worker.scrm.clock.now_ms();
    let is_over = now_ms >= batch.deadline_at_ms || batch.withdraw_at_ms.is_some();
    let is_quiet = worker.scrm.rules.quiet_until_ms(&worker.corp.zone, now_ms).is_some();
    if is_over || is_quiet || batch.is_reminder() {
        return Ok(());
    }
    if batch.remind_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        remind_owner(worker, batch).await?;
    }
    if batch.leader_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        tell_leaders(worker, batch).await?;
    }
    Ok(())
}

async fn remind_owner(worker: &Worker<'_>, batch: &mut Batch) -> Result<(), Error> {
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let next_ms = scrm.rules.next_reminder_ms(now_ms, batch.deadline_at_ms);
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    if let Some(again_ms) = room_again_ms(&mut tx, corp.id, batch, now_ms).await? {
        let again_ms = Some(again_ms).filter(|&at_ms| at_ms < batch.deadline_at_ms);
        let values = params![corp.id, batch.id, worker.holder, again_ms];
        tx.execute(&sql::SKIP_REMINDER, &values).await?;
        batch.remind_at_ms = again_ms;
        return Ok(tx.commit().await?);
    }
    let tasks = waiting_tasks(&mut tx, corp.id, batch.id).await?;
    if tasks.is_empty() {
        // All was marked meanwhile.
        let values = params![corp.id, batch.id, worker.holder, None::<i64>];
        tx.execute(&sql::SKIP_REMINDER, &values).await?;
        batch.remind_at_ms = None;
        return Ok(tx.commit().await?);
    }
    let values = params![corp.id, batch.id, worker.holder, now_ms, next_ms, batch.n_reminders];
    if tx.execute(&sql::COUNT_REMINDER, &values).await? == 0 {
        return Ok(());
    }
    events::note(&mut tx, corp.id, now_ms, &[(batch.id, EventKind::Reminding, "")]).await?;
    batch.remind_at_ms = next_ms;
    batch.n_reminders += 1;
    if batch.mode == Mode::Manual {
        card(&mut tx, worker, batch, &tasks, BatchKind::OwnerReminder, batch.owner).await?;
        events::note(&mut tx, corp.id, now_ms, &[(batch.id, EventKind::Reminded, "")]).await?;
        return Ok(tx.commit().await?);
    }
    tx.commit().await?;
    let msgid = batch.msgid.as_deref().unwrap_or_default();
    let outcome = mass_messages::remind(&worker.client, msgid).await;
    let (kind, detail) = match &outcome {
        Ok(()) => (EventKind::Reminded, String::new()),
        Err(error) => {
            tracing::warn!(batch.id = %batch.id, %error, "an owner could not be reminded");
            (EventKind::RemindFailed, short(error))
        }
    };
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    events::note(&mut tx, corp.id, now_ms, &[(batch.id, kind, &detail)]).await?;
    Ok(tx.commit().await?)
}

/// Tells the leaders of the owner's departments, once.
async fn tell_leaders(worker: &Worker<'_>, batch: &mut Batch) -> Result<(), Error> {
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    if tx.execute(&sql::LEADERS_TOLD, &params![corp.id, batch.id, worker.holder]).await? == 0 {
        return Ok(());
    }
    batch.leader_at_ms = None;
    let tasks = waiting_tasks(&mut tx, corp.id, batch.id).await?;
    if tasks.is_empty() {
        return Ok(tx.commit().await?);
    }
    let leaders = org::leaders_of(&mut tx, corp.id, batch.owner).await?;
    let reachable: Vec<&Member> =
        leaders.iter().filter(|leader| leader.is_readable && !leader.is_deleted).collect();
    for leader in &reachable {
        card(&mut tx, worker, batch, &tasks, BatchKind::LeaderReminder, leader.id).await?;
    }
    let names: Vec<&str> = reachable.iter().map(|leader| leader.name.as_str()).collect();
    let detail = if names.is_empty() { "nobody".to_owned() } else { names.join("、") };
    events::note(&mut tx, corp.id, now_ms, &[(batch.id, EventKind::LeaderTold, &detail)]).await?;
    Ok(tx.commit().await?)
}

/// What of a message was handed over and is not final.
pub(super) async fn waiting_tasks(
    tx: &mut Tx,
    corp: CorpId,
    batch: BatchId,
) -> Result<Vec<TaskKey>, Error> {
    let tasks = sop::tasks_of_batch(tx, corp, batch).await?;
    Ok(waiting(&tasks).collect())
}

/// Puts a card about tasks that wait, of which there is one at least, into the queue.
async fn card(
    tx: &mut Tx,
    worker: &Worker<'_>,
    about: &Batch,
    tasks: &[TaskKey],
    kind: BatchKind,
    to: StaffId,
) -> Result<(), Error> {
    let Worker { scrm, corp, .. } = worker;
    let now_ms = scrm.clock.now_ms();
    let mut ids: Vec<_> = tasks.iter().map(|task| task.group).collect();
    ids.sort_unstable();
    ids.dedup();
    let shown = groups::by_ids(tx, corp.id, &ids[..ids.len().min(notice::N_NAMES + 1)]).await?;
    let mut names: Vec<String> = shown.into_values().map(|group| group.display_name).collect();
    names.sort_unstable();
    let title = sop::title(tx, corp.id, tasks[0].sop).await?;
    let members = org::staff_by_ids(tx, corp.id, &[to, about.owner]).await?;
    let of = |id: StaffId| members.iter().find(|member| member.id == id);
    let owner = of(about.owner).map(|owner| owner.name.clone()).unwrap_or_default();
    let user = of(to).map(|member| member.wecom_user_id.clone()).unwrap_or_default();
    let id = BatchId(counters::take(tx, corp.id, counters::INTERNAL, 1).await?);
    let token = scrm.random.bytes::<16>();
    // Without the time, WeCom would take a second card within four hours for the first one.
    let time = corp.zone.minutes_text(now_ms);
    let waiting = notice::Waiting {
        owner: &owner,
        n_groups: ids.len(),
        names: &names,
        title: &title,
        time: &time,
    };
    let body = match kind {
        BatchKind::LeaderReminder => {
            let url = notice::page_url(&scrm.rules, corp.id, id, &token);
            notice::leader_body(corp.agent_id, user, &waiting, &url)
        }
        _ => {
            let url = notice::desk_url(&scrm.rules, corp.id, about.id);
            notice::reminder_body(corp.agent_id, user, &waiting, &url)
        }
    };
    let digest = Sha256::digest(body.as_bytes());
    let values = params![
        corp.id,
        id,
        Mode::Manual.number(),
        to,
        &body,
        digest.as_slice(),
        &token,
        i64::try_from(ids.len()).expect("a message has few groups"),
        BatchState::Ready as i64,
        now_ms,
        about.deadline_at_ms,
        now_ms,
        0_i64,
        0_i64,
        0_i64,
        now_ms,
        None::<i64>,
        None::<i64>,
        kind as i64
    ];
    tx.execute_rows(&sql::ADD, &values).await?;
    tx.execute(&sql::SET_ABOUT, &params![corp.id, id, about.id]).await?;
    Ok(())
}
