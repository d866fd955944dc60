//! Due tasks become batches: one an owner and message in assistant mode, one an owner in manual mode.
//!
//! Which SOPs have due tasks is one look into an index, however many tasks there are. Their tasks are read
//! owner by owner and claimed in short transactions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sha2::{Digest as _, Sha256};
use store::{Tx, Value, params};
use wecom::mass_messages::MAX_CHAT_IDS;

use super::{
    BatchState, Reason,
    events::{self, EventKind},
    notice, resolve, sql,
};
use crate::{
    BatchId, Error, GroupId, Scrm, SopId, StaffId,
    corps::{self, Corp},
    counters,
    groups::{self, Group},
    org::{self, Member},
    sop::{self, ContentItem, Mode, SopState, TaskKey, TaskState, planner},
    zone::MINUTE_MS,
};

/// Tasks looked at in one tick.
const TASKS_PER_TICK: usize = 200_000;
/// Tasks claimed in one transaction, unless one owner has more.
const TASKS_PER_TX: usize = 2_000;
/// Tasks in one notice to an owner.
const TASKS_PER_NOTICE: usize = 2_000;

#[derive(Clone, Copy)]
pub(super) struct DueTask {
    owner: StaffId,
    key: TaskKey,
    due_at_ms: i64,
    /// The message that it was in before it was given back.
    was_in: Option<BatchId>,
}

/// A step as it is now.
struct Step {
    title: String,
    mode: Mode,
    state: SopState,
    is_planned: bool,
    version: i64,
    /// Nothing when it cannot be read.
    content: Option<Vec<ContentItem>>,
}

/// Why a task is not sent at all.
struct Ending {
    state: TaskState,
    reason: Reason,
}

/// The tasks of a batch have this in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum BatchKey {
    Assistant { sop: SopId, step_no: i64, occurrence: i64, owner: StaffId },
    Manual { owner: StaffId },
}

/// Claims due tasks; true when there may be more. Nothing is claimed in quiet hours.
pub(crate) async fn due_tasks(scrm: &Scrm, corp: &Corp, holder: &str) -> Result<bool, Error> {
    let now_ms = scrm.clock.now_ms();
    if scrm.rules.quiet_until_ms(&corp.zone, now_ms).is_some() {
        return Ok(false);
    }
    let sops = due_sops(scrm, corp).await?;
    if sops.is_empty() {
        return Ok(false);
    }
    // Not for long: a server that was killed while it claimed must not hold up the others.
    const CLAIM_LEASE_MS: i64 = 3_000;
    // One process claims at a time. Should two do, each transaction finds out; it would only be slow.
    let lease = format!("claim {}", corp.id);
    if !jobs::take(&scrm.db, &lease, holder, now_ms, CLAIM_LEASE_MS.min(scrm.rules.lease_ms))
        .await?
    {
        return Ok(false);
    }
    let outcome = claim(scrm, corp, &sops).await;
    jobs::give_back(&scrm.db, &lease, holder).await?;
    outcome
}

/// The SOPs that have due tasks: one look into an index.
pub(super) async fn due_sops(scrm: &Scrm, corp: &Corp) -> Result<Vec<SopId>, Error> {
    let mut reader = scrm.db.reader().await?;
    let values = params![corp.id, scrm.clock.now_ms()];
    Ok(reader.query(&sop::sql::DUE_SOPS, &values, |row| row.get(0)).await?)
}

async fn claim(scrm: &Scrm, corp: &Corp, sops: &[SopId]) -> Result<bool, Error> {
    let (tasks, is_all) = read_due(scrm, corp, sops).await?;
    let mut n_claimed = 0;
    let mut waiting: HashSet<SopId> = HashSet::new();
    for portion in portions(&tasks) {
        let Some(outcome) = claim_portion(scrm, corp, portion).await? else {
            // Somebody changed some of the tasks since the look: look anew.
            return Ok(true);
        };
        n_claimed += outcome.n_claimed;
        waiting.extend(outcome.waiting);
    }
    let mut has_more = !is_all && n_claimed > 0;
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    for &sop in sops {
        let first = tx
            .query_opt(&sop::sql::FIRST_DUE, &params![corp.id, sop], |row| row.get::<i64>(0))
            .await?;
        let now_ms = scrm.clock.now_ms();
        let next_ms = match first {
            // What is left waits for the owners' next minute, unless there is more than was looked at.
            Some(first_ms) if is_all && first_ms <= now_ms && waiting.contains(&sop) => {
                now_ms - now_ms.rem_euclid(MINUTE_MS) + MINUTE_MS
            }
            Some(first_ms) => first_ms,
            None => planner::NEVER_MS,
        };
        has_more |= n_claimed > 0 && next_ms <= now_ms;
        tx.execute(&sop::sql::SET_NEXT_DUE, &params![corp.id, sop, next_ms]).await?;
    }
    tx.commit().await?;
    Ok(has_more)
}

/// The due tasks of some SOPs, owner by owner, and whether these are all.
pub(super) async fn read_due(
    scrm: &Scrm,
    corp: &Corp,
    sops: &[SopId],
) -> Result<(Vec<DueTask>, bool), Error> {
    let now_ms = scrm.clock.now_ms();
    let mut reader = scrm.db.reader().await?;
    let mut tasks: Vec<DueTask> = Vec::new();
    let mut is_all = true;
    for &sop in sops {
        let room = TASKS_PER_TICK.saturating_sub(tasks.len());
        if room == 0 {
            is_all = false;
            break;
        }
        let limit = i64::try_from(room).expect("the limit is small");
        let values = params![corp.id, sop, now_ms, limit];
        let mut found = reader
            .query(&sop::sql::DUE, &values, |row| {
                let (key, due_at_ms) = sop::sql::key_and_due(row)?;
                let reason: Option<String> = row.get(6)?;
                let was_in = reason.and_then(|code| given_back_by(&code));
                Ok(DueTask { owner: row.get(5)?, key, due_at_ms, was_in })
            })
            .await?;
        if found.len() == room {
            is_all = false;
            // The last owner's tasks may not all be there; he comes with the next look.
            if let Some(last) = found.last().map(|task| task.owner)
                && found.first().is_some_and(|first| first.owner != last)
            {
                found.retain(|task| task.owner != last);
            }
        }
        tasks.append(&mut found);
        // SQLite answers without waiting; others may run in between.
        tokio::task::yield_now().await;
    }
    tasks.sort_by_key(|task| (task.owner, task.due_at_ms, task.key));
    Ok((tasks, is_all))
}

fn given_back_by(code: &str) -> Option<BatchId> {
    match Reason::parse(code) {
        Some(Reason::GivenBack(batch)) => batch.parse().ok().map(BatchId),
        _ => None,
    }
}

/// Whole owners, together about as many tasks as one transaction takes.
fn portions(tasks: &[DueTask]) -> Vec<&[DueTask]> {
    let mut portions = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for owner in tasks.chunk_by(|a, b| a.owner == b.owner) {
        if end > start && end - start + owner.len() > TASKS_PER_TX {
            portions.push(&tasks[start..end]);
            start = end;
        }
        end += owner.len();
    }
    if end > start {
        portions.push(&tasks[start..end]);
    }
    portions
}

pub(super) struct Claimed {
    n_claimed: usize,
    /// SOPs of which tasks wait because their owners have had enough for this minute.
    waiting: HashSet<SopId>,
}

/// One transaction's worth; nothing when a task is not as it was looked at.
pub(super) async fn claim_portion(
    scrm: &Scrm,
    corp: &Corp,
    tasks: &[DueTask],
) -> Result<Option<Claimed>, Error> {
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    let mut given = given_this_minute(&mut tx, corp, now_ms).await?;
    let (groups, owners, steps) = around(&mut tx, corp, tasks).await?;
    let mut drafts: BTreeMap<BatchKey, Vec<DueTask>> = BTreeMap::new();
    let mut endings = Vec::new();
    for task in tasks {
        let step = &steps[&(task.key.sop, task.key.step_no)];
        if step.state != SopState::Active || !step.is_planned {
            // Paused, ended or edited since the look: it is not due any more.
            continue;
        }
        let Some(group) = groups.get(&task.key.group) else {
            let ending = Ending { state: TaskState::Failed, reason: Reason::GroupUnknown };
            endings.push((task.key, ending));
            continue;
        };
        let late_ms = scrm.rules.late_ms(&corp.zone, task.due_at_ms, now_ms);
        if let Some(ending) = ending(scrm, group, owners.get(&group.owner), step, late_ms) {
            endings.push((task.key, ending));
            continue;
        }
        let TaskKey { sop, step_no, occurrence, .. } = task.key;
        let key = match step.mode {
            Mode::Assistant => BatchKey::Assistant { sop, step_no, occurrence, owner: group.owner },
            Mode::Manual => BatchKey::Manual { owner: group.owner },
        };
        drafts.entry(key).or_default().push(*task);
    }
    end_planned(&mut tx, corp, &endings, now_ms).await?;
    let mut waiting = HashSet::new();
    let mut n_claimed = endings.len();
    for (key, tasks) in drafts {
        let (owner, mode, most) = match key {
            BatchKey::Assistant { owner, .. } => {
                (owner, Mode::Assistant, scrm.rules.messages_per_owner_and_minute)
            }
            BatchKey::Manual { owner } => (owner, Mode::Manual, 1),
        };
        let n_given = given.entry((owner, mode)).or_default();
        if *n_given >= most {
            waiting.extend(tasks.iter().map(|task| task.key.sop));
            continue;
        }
        let most_tasks = if mode == Mode::Manual { TASKS_PER_NOTICE } else { MAX_CHAT_IDS };
        *n_given += i64::try_from(tasks.len().div_ceil(most_tasks)).expect("it is small");
        n_claimed += tasks.len();
        let made = Making { scrm, corp, groups: &groups, owners: &owners, steps: &steps, now_ms };
        if !made.batches(&mut tx, &key, owner, &tasks).await? {
            return Ok(None);
        }
    }
    tx.commit().await?;
    Ok(Some(Claimed { n_claimed, waiting }))
}

/// How many messages owners got within the present minute, by mode.
async fn given_this_minute(
    tx: &mut Tx,
    corp: &Corp,
    now_ms: i64,
) -> Result<HashMap<(StaffId, Mode), i64>, Error> {
    let minute_ms = now_ms - now_ms.rem_euclid(MINUTE_MS);
    let read = |row: &store::Row<'_>| {
        Ok(((row.get(0)?, Mode::from_column(row.get(1)?)?), row.get::<i64>(2)?))
    };
    let given = tx.query(&sql::GIVEN_SINCE, &params![corp.id, minute_ms], read).await?;
    Ok(given.into_iter().collect())
}

type Steps = HashMap<(SopId, i64), Step>;
type Around = (HashMap<GroupId, Group>, HashMap<StaffId, Member>, Steps);

/// The groups, owners and steps of some tasks.
async fn around(tx: &mut Tx, corp: &Corp, tasks: &[DueTask]) -> Result<Around, Error> {
    let mut ids: Vec<GroupId> = tasks.iter().map(|task| task.key.group).collect();
    ids.sort_unstable();
    ids.dedup();
    let groups = groups::by_ids(tx, corp.id, &ids).await?;
    let mut owners: Vec<StaffId> = groups.values().map(|group| group.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let owners = org::staff_by_ids(tx, corp.id, &owners).await?;
    let owners = owners.into_iter().map(|member| (member.id, member)).collect();
    let mut steps = HashMap::new();
    for task in tasks {
        let key = (task.key.sop, task.key.step_no);
        if let std::collections::hash_map::Entry::Vacant(entry) = steps.entry(key) {
            entry.insert(match sop::step(tx, corp.id, key.0, key.1, None).await {
                Ok(step) => Step {
                    title: step.title,
                    mode: step.mode,
                    state: step.state,
                    is_planned: step.is_planned,
                    version: step.version,
                    content: Some(step.content),
                },
                // Its tasks fail, the others go on.
                Err(Error::Damaged(what)) => {
                    tracing::error!(what, "stored data is damaged");
                    unreadable()
                }
                Err(error) => return Err(error),
            });
        }
    }
    Ok((groups, owners, steps))
}

fn unreadable() -> Step {
    Step {
        title: String::new(),
        mode: Mode::Assistant,
        state: SopState::Active,
        is_planned: true,
        version: 0,
        content: None,
    }
}

fn ending(
    scrm: &Scrm,
    group: &Group,
    owner: Option<&Member>,
    step: &Step,
    late_ms: i64,
) -> Option<Ending> {
    let failed = |reason| Some(Ending { state: TaskState::Failed, reason });
    if step.content.is_none() {
        return failed(Reason::StepDamaged);
    }
    if group.is_dissolved {
        return failed(Reason::GroupDissolved);
    }
    if late_ms > scrm.rules.late_send_max_ms {
        return Some(Ending { state: TaskState::Expired, reason: Reason::TooLate });
    }
    match owner.map(Member::obstacle) {
        None => failed(Reason::OwnerUnknown),
        Some(Some(obstacle)) => failed(obstacle.into()),
        Some(None) => None,
    }
}

async fn end_planned(
    tx: &mut Tx,
    corp: &Corp,
    endings: &[(TaskKey, Ending)],
    now_ms: i64,
) -> Result<(), Error> {
    let codes: Vec<_> = endings.iter().map(|(_, ending)| ending.reason.code()).collect();
    let rows: Vec<_> = endings
        .iter()
        .zip(&codes)
        .map(|((key, ending), code)| {
            let (group, sop, step_no, occurrence) =
                (key.group, key.sop, key.step_no, key.occurrence);
            let state = ending.state as i64;
            params![corp.id, group, sop, step_no, occurrence, state, &**code, now_ms]
        })
        .collect();
    tx.execute_each(&sop::sql::END_PLANNED, &rows).await?;
    Ok(())
}

/// What batches are made with.
struct Making<'a> {
    scrm: &'a Scrm,
    corp: &'a Corp,
    groups: &'a HashMap<GroupId, Group>,
    owners: &'a HashMap<StaffId, Member>,
    steps: &'a Steps,
    now_ms: i64,
}

impl Making<'_> {
    /// The batches of one key; more than one when there are more groups than a message takes. False when a
    /// task is planned no more: then the transaction is to be given up.
    async fn batches(
        &self,
        tx: &mut Tx,
        key: &BatchKey,
        owner: StaffId,
        tasks: &[DueTask],
    ) -> Result<bool, Error> {
        match key {
            BatchKey::Assistant { sop, step_no, .. } => {
                let step = &self.steps[&(*sop, *step_no)];
                let content = step.content.as_deref().unwrap_or_default();
                let items = sop::filled(content, &self.owners[&owner].name, "");
                for tasks in tasks.chunks(MAX_CHAT_IDS) {
                    let content = Content::Mass { items: &items, sop: *sop, step_no: *step_no };
                    if !self.batch(tx, owner, content, tasks).await? {
                        return Ok(false);
                    }
                }
            }
            BatchKey::Manual { .. } => {
                for tasks in tasks.chunks(TASKS_PER_NOTICE) {
                    let names = self.names_of(tasks);
                    let titles = self.titles_of(tasks);
                    let user_id = &self.owners[&owner].wecom_user_id;
                    let content = Content::Notice { user_id, names: &names, titles: &titles };
                    if !self.batch(tx, owner, content, tasks).await? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    async fn batch(
        &self,
        tx: &mut Tx,
        owner: StaffId,
        content: Content<'_>,
        tasks: &[DueTask],
    ) -> Result<bool, Error> {
        let Self { scrm, corp, now_ms, .. } = *self;
        let id = BatchId(counters::take(tx, corp.id, counters::INTERNAL, 1).await?);
        let token = scrm.random.bytes::<16>();
        let of_step = match &content {
            Content::Mass { sop, step_no, .. } => (Some(sop.0), Some(*step_no)),
            Content::Notice { .. } => (None, None),
        };
        let (mode, content, seen_by_wecom) = match content {
            Content::Mass { items, .. } => {
                let content = serde_json::to_string(items).expect("content is plain data");
                (Mode::Assistant, content, resolve::fingerprint(items))
            }
            Content::Notice { user_id, names, titles } => {
                let url = notice::desk_url(&scrm.rules, corp.id, id);
                let body = notice::body(corp.agent_id, user_id, names, titles, &url);
                (Mode::Manual, body.clone(), body)
            }
        };
        let digest = Sha256::digest(seen_by_wecom.as_bytes());
        // The latest: a notice with a task of yesterday must not cut short those of today.
        let due_at_ms = tasks.iter().map(|task| task.due_at_ms).max().expect("a batch has tasks");
        let deadline_at_ms = due_at_ms + scrm.rules.deadline_ms;
        let n_groups = i64::try_from(tasks.len()).expect("chunks are small");
        let values = params![
            corp.id,
            id,
            mode.number(),
            owner,
            &content,
            digest.as_slice(),
            &token,
            n_groups,
            BatchState::Ready as i64,
            due_at_ms,
            deadline_at_ms,
            now_ms,
            0_i64,
            0_i64,
            0_i64,
            now_ms,
            of_step.0,
            of_step.1,
            0_i64
        ];
        tx.execute_rows(&sql::ADD, &values).await?;
        let claims: Vec<[Value<'_>; 7]> = tasks
            .iter()
            .map(|DueTask { key, .. }| {
                let version = self.steps[&(key.sop, key.step_no)].version;
                params![corp.id, key.group, key.sop, key.step_no, key.occurrence, id, version]
            })
            .collect();
        let n_claimed = tx.execute_each(&sop::sql::CLAIM, &claims).await?;
        if n_claimed != tasks.len() as u64 {
            return Ok(false);
        }
        let before: BTreeSet<BatchId> = tasks.iter().filter_map(|task| task.was_in).collect();
        let before: Vec<String> = before.iter().map(BatchId::to_string).collect();
        let n_groups = n_groups.to_string();
        let mut happened = vec![(id, EventKind::Claimed, n_groups.as_str())];
        happened.extend(before.iter().map(|batch| (id, EventKind::After, batch.as_str())));
        events::note(tx, corp.id, now_ms, &happened).await?;
        Ok(true)
    }

    fn names_of(&self, tasks: &[DueTask]) -> Vec<String> {
        let mut ids: Vec<GroupId> = tasks.iter().map(|task| task.key.group).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.iter().map(|id| self.groups[id].display_name.clone()).collect()
    }

    fn titles_of(&self, tasks: &[DueTask]) -> Vec<String> {
        let title = |task: &DueTask| self.steps[&(task.key.sop, task.key.step_no)].title.clone();
        let mut titles: Vec<String> = tasks.iter().map(title).collect();
        titles.sort_unstable();
        titles.dedup();
        titles
    }
}

enum Content<'a> {
    Mass { items: &'a [ContentItem], sop: SopId, step_no: i64 },
    Notice { user_id: &'a str, names: &'a [String], titles: &'a [String] },
}
