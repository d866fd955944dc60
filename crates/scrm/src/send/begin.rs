//! The point of no return. That calls begin is committed before they are made; in the same transaction, with
//! the company locked, every task is looked at once more: what was paused, ended, edited or moved to another
//! owner since it was taken up does not go out.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use sha2::{Digest as _, Sha256};
use store::{Row, Tx, params};

use super::{
    Batch, BatchState, Reason, Worker,
    events::{self, EventKind},
    hand_over::{self, BACK_OFF_MS, Request},
    notice, remind, sql,
};
use crate::{
    CorpId, Error, GroupId, SopId, StaffId, corps, org,
    sop::{self, SopState, TaskKey, TaskState},
};

/// A batch whose call begins, with what is to be sent.
pub(super) struct Begun {
    pub batch: Batch,
    pub request: Request,
    /// When that was.
    pub at_ms: i64,
}

/// A task of a batch, with what it depends on as it is now.
struct Checked {
    key: TaskKey,
    verdict: Verdict,
    chat_id: String,
    group_name: String,
    title: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Verdict {
    Goes,
    /// Back among the planned ones.
    Waits,
    /// For the reason of this code.
    Ends(TaskState, Cow<'static, str>),
}

/// Commits that the calls of these batches begin; those that really do.
pub(super) async fn begin(
    worker: &Worker<'_>,
    prepared: Vec<(Batch, Request)>,
) -> Result<Vec<Begun>, Error> {
    if prepared.is_empty() {
        return Ok(vec![]);
    }
    let mut tx = corps::begin_alone(worker.scrm, worker.corp.id).await?;
    let mut begun = Vec::new();
    let mut met: HashSet<(StaffId, Vec<u8>)> = HashSet::new();
    for (batch, request) in prepared {
        if let Some(batch) = begin_one(&mut tx, worker, batch, request, &mut met).await? {
            begun.push(batch);
        }
    }
    tx.commit().await?;
    Ok(begun)
}

async fn begin_one(
    tx: &mut Tx,
    worker: &Worker<'_>,
    mut batch: Batch,
    mut request: Request,
    met: &mut HashSet<(StaffId, Vec<u8>)>,
) -> Result<Option<Begun>, Error> {
    let corp = worker.corp.id;
    let now_ms = worker.scrm.clock.now_ms();
    // A message of the same content to the same owner is of unknown effect: of the two, none could be told
    // from the other. This one waits.
    let twin = params![corp, batch.owner, &batch.digest, batch.id];
    let has_twin = tx.query_opt(&sql::TWIN, &twin, |_| Ok(())).await?.is_some();
    if has_twin || !met.insert((batch.owner, batch.digest.clone())) {
        let reason = "waits for an equal message whose effect is not known yet";
        hand_over::postpone(tx, worker, &batch, now_ms + BACK_OFF_MS, reason).await?;
        return Ok(None);
    }
    let until_ms = now_ms + worker.scrm.rules.lease_ms;
    let values = params![corp, batch.id, now_ms, worker.holder, until_ms];
    if tx.execute(&sql::START_CALL, &values).await? == 0 {
        // Another process was quicker.
        return Ok(None);
    }
    // Then its bytes must stay: WeCom may have them.
    let may_have_come = batch.unknown_since_ms.is_some();
    batch.state = BatchState::Calling;
    batch.call_started_at_ms = Some(now_ms);
    batch.n_attempts += 1;
    if let Some(about) = batch.about {
        if remind::waiting_tasks(tx, corp, about).await?.is_empty() {
            return nothing_left(tx, worker, &batch).await;
        }
    } else {
        let tasks = checked(tx, corp, &batch).await?;
        let going = set_aside(tx, worker, &batch, tasks, now_ms).await?;
        if going.is_empty() {
            return nothing_left(tx, worker, &batch).await;
        }
        let n_going = i64::try_from(going.len()).expect("a message has few groups");
        match &mut request {
            Request::Mass(message) => {
                message.chat_ids = going.into_iter().map(|task| task.chat_id).collect();
            }
            // Some fell out, here or since it was made.
            Request::Notice(body) if n_going != batch.n_groups && !may_have_come => {
                *body = notice_anew(tx, worker, &batch, &going).await?;
                let digest = Sha256::digest(body.as_bytes());
                let values = params![corp, batch.id, &*body, digest.as_slice(), n_going];
                tx.execute(&sql::SET_CONTENT, &values).await?;
                batch.content.clone_from(body);
            }
            Request::Notice(_) => {}
        }
    }
    events::note(tx, corp, now_ms, &[(batch.id, EventKind::Begun, "")]).await?;
    Ok(Some(Begun { batch, request, at_ms: now_ms }))
}

/// The batch ends, for there is nothing in it any more that its owner should get.
async fn nothing_left(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
) -> Result<Option<Begun>, Error> {
    let (corp, now_ms) = (worker.corp.id, worker.scrm.clock.now_ms());
    let values = params![corp, batch.id, worker.holder, batch.unknown_since_ms];
    tx.execute(&sql::NOTHING_LEFT, &values).await?;
    events::note(tx, corp, now_ms, &[(batch.id, EventKind::Closed, "nothing_left")]).await?;
    Ok(None)
}

/// The card about what is left.
async fn notice_anew(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
    going: &[Checked],
) -> Result<String, Error> {
    // They come group by group.
    let mut of_groups: Vec<&Checked> = going.iter().collect();
    of_groups.dedup_by_key(|task| task.key.group);
    let names: Vec<String> = of_groups.iter().map(|task| task.group_name.clone()).collect();
    let mut titles: Vec<String> = going.iter().map(|task| task.title.clone()).collect();
    titles.sort_unstable();
    titles.dedup();
    let url = notice::desk_url(&worker.scrm.rules, worker.corp.id, batch.id);
    let owner = org::staff_by_ids(tx, worker.corp.id, &[batch.owner]).await?.pop();
    let to = owner.map(|owner| owner.wecom_user_id).unwrap_or_default();
    Ok(notice::body(worker.corp.agent_id, &to, &names, &titles, &url))
}

/// The tasks of a batch, each with a verdict.
async fn checked(tx: &mut Tx, corp: CorpId, batch: &Batch) -> Result<Vec<Checked>, Error> {
    let owner = batch.owner;
    Ok(tx.query(&sop::sql::CHECK, &params![corp, batch.id], |row| read(row, owner)).await?)
}

fn read(row: &Row<'_>, owner: StaffId) -> Result<Checked, store::Error> {
    let version: Option<i64> = row.get(5)?;
    let state = SopState::from_column(row.get(8)?)?;
    let newest: i64 = row.get(10)?;
    let is_planned = row.get::<Option<i64>>(9)?.is_none();
    let has_left = row.get::<Option<i64>>(15)?.is_some();
    let ends = |state, reason: Reason| Verdict::Ends(state, reason.code());
    let verdict = if row.get::<bool>(7)? {
        ends(TaskState::Failed, Reason::GroupDissolved)
    } else if row.get::<bool>(11)? {
        ends(TaskState::Cancelled, Reason::StepRemoved)
    } else {
        match state {
            SopState::Ended => ends(TaskState::Cancelled, Reason::SopEnded),
            SopState::Deleted => ends(TaskState::Cancelled, Reason::SopDeleted),
            // While an earlier call was of unknown effect; otherwise it is not in the batch any more.
            _ if has_left => {
                let reason: Option<String> = row.get(16)?;
                let reason = reason.and_then(|code| Reason::parse(&code));
                ends(TaskState::Cancelled, reason.unwrap_or(Reason::LeftSop))
            }
            // Batches made before versions were noted go on with what they hold.
            _ if state == SopState::Active
                && is_planned
                && version.is_none_or(|version| version == newest)
                && row.get::<StaffId>(6)? == owner =>
            {
                Verdict::Goes
            }
            _ => Verdict::Waits,
        }
    };
    Ok(Checked {
        key: sop::sql::key(row)?,
        verdict,
        chat_id: row.get(12)?,
        group_name: row.get(13)?,
        title: row.get(14)?,
    })
}

/// Writes what became of tasks that do not go; those that do.
async fn set_aside(
    tx: &mut Tx,
    worker: &Worker<'_>,
    batch: &Batch,
    tasks: Vec<Checked>,
    now_ms: i64,
) -> Result<Vec<Checked>, Error> {
    let corp = worker.corp.id;
    let mut given_back: BTreeMap<SopId, Vec<GroupId>> = BTreeMap::new();
    // So that the story of the task still finds this message.
    let by_this = Reason::GivenBack(batch.id.to_string()).code();
    let (mut back, mut ends) = (Vec::new(), Vec::new());
    for task in &tasks {
        let TaskKey { group, sop, step_no, occurrence } = task.key;
        match &task.verdict {
            Verdict::Goes => {}
            Verdict::Waits => {
                back.push(params![corp, group, sop, step_no, occurrence, &*by_this]);
                given_back.entry(sop).or_default().push(group);
            }
            Verdict::Ends(state, code) => {
                let state = *state as i64;
                ends.push(params![corp, group, sop, step_no, occurrence, state, &**code, now_ms]);
            }
        }
    }
    tx.execute_each(&sop::sql::GIVE_BACK, &back).await?;
    tx.execute_each(&sop::sql::END_IN_BATCH, &ends).await?;
    if !back.is_empty() {
        let n = back.len().to_string();
        events::note(tx, corp, now_ms, &[(batch.id, EventKind::GivenBack, &n)]).await?;
    }
    // While they were in the batch, an edit may have given their step another time.
    for (sop, groups) in given_back {
        sop::plan_again(tx, worker.scrm, corp, sop, &groups).await?;
    }
    Ok(tasks.into_iter().filter(|task| task.verdict == Verdict::Goes).collect())
}
