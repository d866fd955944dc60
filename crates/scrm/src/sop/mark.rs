//! Marking manual tasks as done: sent, or impossible with a reason.

use std::collections::HashMap;

use store::{Value, params};

use super::{Mode, TaskState, sql};
use crate::{CorpId, Error, PublicId, Scrm};

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

/// Marks tasks that were handed to their owners to send by hand; how many changed. All or nothing.
///
/// A task that has this mark already is passed over, so that the call may be repeated; one that expired may
/// still be marked as sent, since it is in the group. [`Error::NotFound`] for an unknown task,
/// [`Error::Conflict`] for one that is not sent by hand, was not handed over yet, or ended otherwise.
pub async fn mark_tasks(
    scrm: &Scrm,
    corp: CorpId,
    tasks: &[PublicId],
    mark: Mark,
) -> Result<u64, Error> {
    if tasks.len() > MAX_MARKED {
        return Err(Error::Invalid(format!("more than {MAX_MARKED} tasks at once")));
    }
    let (target, reason) = match &mark {
        Mark::Sent => (TaskState::Sent, None),
        Mark::Impossible { reason } => (TaskState::Failed, Some(reason.trim())),
    };
    if reason.is_some_and(|reason| reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS) {
        return Err(Error::Invalid(format!("a reason has 1 to {MAX_REASON_CHARS} characters")));
    }
    let now_ms = scrm.clock.now_ms();
    let mut tx = scrm.db.begin().await?;
    // In one order, so that two callers cannot wait for each other.
    let mut tasks = tasks.to_vec();
    tasks.sort_unstable();
    tasks.dedup();
    let list: Vec<Value<'_>> = tasks.iter().map(Value::from).collect();
    let found: HashMap<PublicId, (TaskState, Mode)> = tx
        .query_list(&sql::BY_UUID, &params![corp], &list, |row| {
            let state = TaskState::from_column(row.get(1)?)?;
            Ok((row.get(0)?, (state, Mode::from_column(row.get(2)?)?)))
        })
        .await?
        .into_iter()
        .collect();
    let mut to_change: Vec<(&PublicId, TaskState)> = Vec::new();
    for id in &tasks {
        match found.get(id) {
            None => return Err(Error::NotFound(format!("there is no task {id}"))),
            Some((_, Mode::Assistant)) => {
                return Err(Error::Conflict(format!("WeCom reports what becomes of task {id}")));
            }
            Some((state @ TaskState::HandedOver, _)) => to_change.push((id, *state)),
            Some((state @ TaskState::Expired, _)) if mark == Mark::Sent => {
                to_change.push((id, *state));
            }
            Some((state, _)) if *state == target => {}
            Some((TaskState::Planned | TaskState::Dispatching, _)) => {
                return Err(Error::Conflict(format!("task {id} was not handed to its owner yet")));
            }
            Some(_) => return Err(Error::Conflict(format!("task {id} has ended already"))),
        }
    }
    let sent_at_ms = (mark == Mark::Sent).then_some(now_ms);
    let changes: Vec<_> = to_change
        .into_iter()
        .map(|(id, seen)| params![corp, id, target as i64, reason, sent_at_ms, now_ms, seen as i64])
        .collect();
    let n_changed = tx.execute_each(&sql::MARK, &changes).await?;
    if n_changed != changes.len() as u64 {
        return Err(Error::Conflict("a task changed meanwhile; look and try again".to_owned()));
    }
    tx.commit().await?;
    Ok(n_changed)
}
