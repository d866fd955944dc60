//! Due tasks become batches: one an owner and message in assistant mode, one an owner in manual mode.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest as _, Sha256};
use store::{Tx, Value, params};
use wecom::mass_messages::MAX_CHAT_IDS;

use super::{BatchState, notice, resolve, sql};
use crate::{
    BatchId, Error, GroupId, Scrm, SopId, StaffId,
    corps::{self, Corp},
    counters,
    groups::{self, Group},
    org::{self, Member},
    sop::{self, ContentItem, Mode, SopState, TaskKey, TaskState},
    zone::MINUTE_MS,
};

/// Tasks looked at in one transaction. They come owner by owner, and of the last owner only when all of
/// his are among them, so that one owner's groups are one message.
const TASKS_PER_TX: i64 = 10_000;
/// Tasks in one notice to an owner.
const TASKS_PER_NOTICE: usize = 2_000;

struct DueTask {
    key: TaskKey,
    due_at_ms: i64,
}

struct Step {
    title: String,
    mode: Mode,
    is_active: bool,
    is_readable: bool,
    content: Vec<ContentItem>,
}

impl Step {
    fn unreadable() -> Self {
        Self {
            title: String::new(),
            mode: Mode::Assistant,
            is_active: true,
            is_readable: false,
            content: vec![],
        }
    }
}

/// Why a task is not sent at all.
struct Ending {
    state: TaskState,
    reason: &'static str,
}

/// What goes into one batch.
#[derive(Default)]
struct Draft {
    tasks: Vec<DueTask>,
}

/// The tasks of a batch have this in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum BatchKey {
    Assistant { sop: SopId, step_no: i64, occurrence: i64, owner: StaffId },
    Manual { owner: StaffId },
}

/// Claims due tasks; true when there may be more.
pub(crate) async fn due_tasks(scrm: &Scrm, corp: &Corp) -> Result<bool, Error> {
    let now_ms = scrm.clock.now_ms();
    let due = sop::sql::key_and_due;
    // A look without a lock first: most ticks find nothing.
    let mut reader = scrm.db.reader().await?;
    let first = reader.query_opt(&sop::sql::ANY_DUE, &params![corp.id, now_ms], due).await?;
    drop(reader);
    if first.is_none() {
        return Ok(false);
    }
    let mut tx = scrm.db.begin().await?;
    // One process claims at a time: two would share an owner's tasks between them.
    corps::lock(&mut tx, corp.id).await?;
    let told = owners_told_this_minute(&mut tx, corp, now_ms).await?;
    let values = params![corp.id, now_ms, TASKS_PER_TX];
    let mut found = tx
        .query(&sop::sql::DUE, &values, |row| {
            let (key, due_at_ms) = due(row)?;
            Ok((row.get::<StaffId>(5)?, DueTask { key, due_at_ms }))
        })
        .await?;
    let has_more = found.len() as u64 == TASKS_PER_TX.unsigned_abs();
    if let (true, Some(last)) = (has_more, found.last().map(|(owner, _)| *owner)) {
        let whole = found.iter().filter(|(owner, _)| *owner != last).count();
        // One owner with more tasks than that gets several messages.
        found.truncate(if whole == 0 { found.len() } else { whole });
    }
    let tasks: Vec<DueTask> = found.into_iter().map(|(_, task)| task).collect();
    let (groups, owners, steps) = around(&mut tx, corp, &tasks).await?;
    let mut drafts: BTreeMap<BatchKey, Draft> = BTreeMap::new();
    let mut endings = Vec::new();
    for task in tasks {
        let step = &steps[&(task.key.sop, task.key.step_no)];
        let Some(group) = groups.get(&task.key.group) else {
            let reason = "the group is not known any more";
            endings.push((task.key, Ending { state: TaskState::Failed, reason }));
            continue;
        };
        if step.mode == Mode::Manual && told.contains(&group.owner) {
            // One notice an owner and minute: with the next minute's.
            continue;
        }
        let late_ms = now_ms - task.due_at_ms;
        if let Some(ending) = ending(scrm, group, owners.get(&group.owner), step, late_ms) {
            endings.push((task.key, ending));
            continue;
        }
        let TaskKey { sop, step_no, occurrence, .. } = task.key;
        let key = match step.mode {
            Mode::Assistant => BatchKey::Assistant { sop, step_no, occurrence, owner: group.owner },
            Mode::Manual => BatchKey::Manual { owner: group.owner },
        };
        drafts.entry(key).or_default().tasks.push(task);
    }
    end_planned(&mut tx, corp, &endings, now_ms).await?;
    let n_claimed = endings.len() + drafts.values().map(|draft| draft.tasks.len()).sum::<usize>();
    for (key, draft) in drafts {
        match key {
            BatchKey::Assistant { sop, step_no, owner, .. } => {
                let step = &steps[&(sop, step_no)];
                let items = sop::filled(&step.content, &owners[&owner].name, "");
                for tasks in draft.tasks.chunks(MAX_CHAT_IDS) {
                    let content = Content::Mass(&items);
                    add_batch(scrm, &mut tx, corp, owner, content, tasks, now_ms).await?;
                }
            }
            BatchKey::Manual { owner } => {
                for tasks in draft.tasks.chunks(TASKS_PER_NOTICE) {
                    let names = names_of(tasks, &groups);
                    let titles = titles_of(tasks, &steps);
                    let user_id = &owners[&owner].wecom_user_id;
                    let content = Content::Notice { user_id, names: &names, titles: &titles };
                    add_batch(scrm, &mut tx, corp, owner, content, tasks, now_ms).await?;
                }
            }
        }
    }
    tx.commit().await?;
    Ok(has_more && n_claimed > 0)
}

/// Owners who got a notice within the present minute.
async fn owners_told_this_minute(
    tx: &mut Tx,
    corp: &Corp,
    now_ms: i64,
) -> Result<HashSet<StaffId>, Error> {
    let minute_ms = now_ms - now_ms.rem_euclid(MINUTE_MS);
    let told = tx.query(&sql::TOLD_SINCE, &params![corp.id, minute_ms], |row| row.get(0)).await?;
    Ok(told.into_iter().collect())
}

type Around = (HashMap<GroupId, Group>, HashMap<StaffId, Member>, HashMap<(SopId, i64), Step>);

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
                    is_active: step.state == SopState::Active,
                    is_readable: true,
                    content: step.content,
                },
                // Its tasks fail, the others go on.
                Err(Error::Damaged(what)) => {
                    tracing::error!(what, "stored data is damaged");
                    Step::unreadable()
                }
                Err(error) => return Err(error),
            });
        }
    }
    Ok((groups, owners, steps))
}

fn ending(
    scrm: &Scrm,
    group: &Group,
    owner: Option<&Member>,
    step: &Step,
    late_ms: i64,
) -> Option<Ending> {
    let failed = |reason| Some(Ending { state: TaskState::Failed, reason });
    if !step.is_readable {
        return failed("the stored content of this step is damaged");
    }
    if !step.is_active {
        return Some(Ending { state: TaskState::Cancelled, reason: "the SOP was ended" });
    }
    if group.is_dissolved {
        return failed("the group was dissolved");
    }
    if late_ms > scrm.rules.late_send_max_ms {
        let reason = "it was too late to send it when the server could";
        return Some(Ending { state: TaskState::Expired, reason });
    }
    match owner.map(Member::obstacle) {
        None => failed("the group's owner is not known"),
        Some(Some(obstacle)) => failed(obstacle),
        Some(None) => None,
    }
}

async fn end_planned(
    tx: &mut Tx,
    corp: &Corp,
    endings: &[(TaskKey, Ending)],
    now_ms: i64,
) -> Result<(), Error> {
    let rows: Vec<_> = endings
        .iter()
        .map(|(key, ending)| {
            params![
                corp.id,
                key.group,
                key.sop,
                key.step_no,
                key.occurrence,
                ending.state as i64,
                ending.reason,
                now_ms
            ]
        })
        .collect();
    tx.execute_each(&sop::sql::END_PLANNED, &rows).await?;
    Ok(())
}

enum Content<'a> {
    Mass(&'a [ContentItem]),
    Notice { user_id: &'a str, names: &'a [String], titles: &'a [String] },
}

async fn add_batch(
    scrm: &Scrm,
    tx: &mut Tx,
    corp: &Corp,
    owner: StaffId,
    content: Content<'_>,
    tasks: &[DueTask],
    now_ms: i64,
) -> Result<(), Error> {
    let id = BatchId(counters::take(tx, corp.id, counters::INTERNAL, 1).await?);
    let token = scrm.random.bytes::<16>();
    let (mode, content, seen_by_wecom) = match content {
        Content::Mass(items) => {
            let content = serde_json::to_string(items).expect("content is plain data");
            (Mode::Assistant, content, resolve::fingerprint(items))
        }
        Content::Notice { user_id, names, titles } => {
            let url = notice::url(&scrm.rules, corp.id, id, &token);
            let body = notice::body(corp.agent_id, user_id, names, titles, &url);
            (Mode::Manual, body.clone(), body)
        }
    };
    let digest = Sha256::digest(seen_by_wecom.as_bytes());
    // The latest: a notice with a task of yesterday must not cut short those of today.
    let due_at_ms = tasks.iter().map(|task| task.due_at_ms).max().expect("a batch has tasks");
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
        due_at_ms + scrm.rules.deadline_ms,
        now_ms,
        0_i64,
        0_i64,
        0_i64,
        now_ms
    ];
    tx.execute_rows(&sql::ADD, &values).await?;
    let claims: Vec<[Value<'_>; 6]> = tasks
        .iter()
        .map(|DueTask { key, .. }| {
            params![corp.id, key.group, key.sop, key.step_no, key.occurrence, id]
        })
        .collect();
    let n_claimed = tx.execute_each(&sop::sql::CLAIM, &claims).await?;
    if n_claimed != tasks.len() as u64 {
        // Another process took some between the look and the update: begin anew with the next tick.
        return Err(Error::Store(store::Error::Busy));
    }
    Ok(())
}

fn names_of(tasks: &[DueTask], groups: &HashMap<GroupId, Group>) -> Vec<String> {
    let mut ids: Vec<GroupId> = tasks.iter().map(|task| task.key.group).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.iter().map(|id| groups[id].display_name.clone()).collect()
}

fn titles_of(tasks: &[DueTask], steps: &HashMap<(SopId, i64), Step>) -> Vec<String> {
    let mut titles: Vec<String> =
        tasks.iter().map(|task| steps[&(task.key.sop, task.key.step_no)].title.clone()).collect();
    titles.sort_unstable();
    titles.dedup();
    titles
}
