//! Marking manual tasks as done: sent, or impossible with a reason.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use store::{Value, params};

use super::{Actor, Mode, TaskState, audit, sql};
use crate::{CorpId, Error, PublicId, Scrm, SopId, corps, send::Reason};

/// Tasks in one call, at most.
pub const MAX_MARKED: usize = 1_000;
/// Characters in a reason, at most.
const MAX_REASON_CHARS: usize = 200;

/// What became of a manual task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The owner posted it.
    Sent,
    /// It cannot be posted.
    Impossible {
        /// Why, 1 to 200 characters.
        reason: String,
    },
}

/// A task as marking finds it.
struct Found {
    state: TaskState,
    mode: Mode,
    sop: SopId,
    /// It failed because it is not known whether its owner was told.
    is_unknown: bool,
    /// It failed because somebody said so.
    was_said: bool,
}

/// Marks tasks that were handed to their owners to send by hand; how many changed. All or nothing.
///
/// A task that has this mark already is passed over, so that the call may be repeated; one that expired, or
/// whose notice may or may not have come, may still be marked as sent, since it is in the group. [`Error::NotFound`] for an unknown task,
/// [`Error::Conflict`] for one that is not sent by hand, was not handed over yet, or ended otherwise.
pub async fn mark_tasks(
    scrm: &Scrm,
    corp: CorpId,
    tasks: &[PublicId],
    mark: Mark,
    actor: Actor,
) -> Result<u64, Error> {
    if tasks.len() > MAX_MARKED {
        return Err(Error::Invalid(format!("more than {MAX_MARKED} tasks at once")));
    }
    let (target, reason) = match &mark {
        Mark::Sent => (TaskState::Sent, None),
        Mark::Impossible { reason } => {
            let reason = reason.trim();
            if reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS {
                let what = format!("a reason has 1 to {MAX_REASON_CHARS} characters");
                return Err(Error::Invalid(what));
            }
            (TaskState::Failed, Some(Reason::Said(reason.to_owned()).code()))
        }
    };
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let mut tasks = tasks.to_vec();
    tasks.sort_unstable();
    tasks.dedup();
    let list: Vec<Value<'_>> = tasks.iter().map(Value::from).collect();
    let found: HashMap<PublicId, Found> = tx
        .query_list(&sql::BY_UUID, &params![corp], &list, |row| {
            let state = TaskState::from_column(row.get(1)?)?;
            let mode = Mode::from_column(row.get(2)?)?;
            let reason: Option<String> = row.get(4)?;
            let reason = reason.and_then(|code| Reason::parse(&code));
            let is_unknown = reason == Some(Reason::NoticeUnknown);
            let was_said = matches!(reason, Some(Reason::Said(_)));
            Ok((row.get(0)?, Found { state, mode, sop: row.get(3)?, is_unknown, was_said }))
        })
        .await?
        .into_iter()
        .collect();
    let mut to_change: BTreeMap<SopId, Vec<(&PublicId, TaskState)>> = BTreeMap::new();
    for id in &tasks {
        let Some(Found { state, mode, sop, is_unknown, was_said }) = found.get(id) else {
            return Err(Error::NotFound(format!("there is no task {id}")));
        };
        match (state, mode) {
            (_, Mode::Assistant) => {
                return Err(Error::Conflict(format!("WeCom reports what becomes of task {id}")));
            }
            (TaskState::HandedOver, _) => to_change.entry(*sop).or_default().push((id, *state)),
            // It may be in the group, though nobody knew of it.
            (TaskState::Expired, _) | (TaskState::Failed, _)
                if mark == Mark::Sent && (*state == TaskState::Expired || *is_unknown) =>
            {
                to_change.entry(*sop).or_default().push((id, *state));
            }
            // A failure that somebody told of already; another one is not his to change.
            (TaskState::Failed, _) if !was_said => {
                return Err(Error::Conflict(format!("task {id} has ended already")));
            }
            (state, _) if *state == target => {}
            (TaskState::Planned | TaskState::Dispatching, _) => {
                return Err(Error::Conflict(format!("task {id} was not handed to its owner yet")));
            }
            _ => return Err(Error::Conflict(format!("task {id} has ended already"))),
        }
    }
    let (state, reason) = (target as i64, reason.as_deref());
    let sent_at_ms = (mark == Mark::Sent).then_some(now_ms);
    let mut n_changed = 0;
    for (sop, tasks) in to_change {
        let detail = json!({ "tasks": tasks.len(), "state": state });
        let audit_id = audit::record(&mut tx, scrm, corp, sop, actor, "mark", &detail).await?;
        let changes: Vec<_> = tasks
            .iter()
            .map(|(id, seen)| {
                let seen = *seen as i64;
                params![corp, *id, state, reason, sent_at_ms, now_ms, seen, audit_id]
            })
            .collect();
        let n = tx.execute_each(&sql::MARK, &changes).await?;
        if n != changes.len() as u64 {
            return Err(Error::Conflict("a task changed meanwhile; look and try again".to_owned()));
        }
        n_changed += n;
    }
    tx.commit().await?;
    Ok(n_changed)
}
