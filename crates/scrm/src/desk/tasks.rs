//! The tasks by hand of one member of staff.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use store::{Value, params};

use super::{DeskSession, sql};
use crate::{
    BatchId, Error, PublicId, Scrm, SopId,
    send::reason_shown,
    sop::{self, Actor, ContentItem, Mark, TaskState},
};

/// Tasks in one answer, at most; the newest.
pub const MAX_TASKS: u32 = 1_000;
/// How far back they go.
const BACK_MS: i64 = 30 * 86_400_000;

/// Which of his tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those that wait for him.
    Open,
    /// Those that are over, sent or not.
    Done,
}

/// One message to one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTask {
    /// Its id.
    pub id: PublicId,
    /// The notice that told him of it.
    pub notice: BatchId,
    /// Tasks with the same message have the same number.
    pub message: usize,
    /// The SOP's title.
    pub title: String,
    /// The note to the staff, may be empty.
    pub instruction: String,
    /// WeCom's chat id of the group.
    pub chat_id: String,
    /// The group's name.
    pub group_name: String,
    /// When it was due.
    pub due_at_ms: i64,
    /// Where it stands.
    pub state: TaskState,
    /// Why it was not sent, in Chinese.
    pub reason: Option<String>,
    /// When it ended.
    pub finished_at_ms: Option<i64>,
}

/// What to send for a task.
#[derive(Debug, Clone)]
pub struct DeskContent {
    /// The task; its message has the number 0.
    pub task: DeskTask,
    /// One item after another, filled for owner and group.
    pub content: Vec<ContentItem>,
}

/// A row as the database gives it, with its step: SOP, step and version of the content.
type Step = (SopId, i64, Option<i64>);

/// His tasks of the last 30 days, newest first, [`MAX_TASKS`] at most; of one group, or of all.
pub async fn tasks(
    scrm: &Scrm,
    session: &DeskSession,
    part: Part,
    chat_id: Option<&str>,
) -> Result<Vec<DeskTask>, Error> {
    let mut reader = scrm.db.reader().await?;
    let since_ms = scrm.clock.now_ms() - BACK_MS;
    let (is_open, chat_id) = (part == Part::Open, chat_id.unwrap_or_default());
    let values = params![session.corp, session.staff, since_ms, is_open, chat_id, MAX_TASKS];
    let found = reader.query(&sql::TASKS, &values, task_row).await?;
    let mut steps: HashMap<Step, (usize, sop::Step)> = HashMap::new();
    let mut shown = Vec::with_capacity(found.len());
    for (step, task) in found {
        let number = steps.len();
        if let Entry::Vacant(entry) = steps.entry(step) {
            let (sop, step_no, version) = step;
            let read = sop::step(&mut reader, session.corp, sop, step_no, version).await?;
            entry.insert((number, read));
        }
        let (message, step) = &steps[&step];
        shown.push(told(task, *message, step));
    }
    Ok(shown)
}

/// A task without what its step tells of it.
fn task_row(row: &store::Row<'_>) -> Result<(Step, DeskTask), store::Error> {
    let step: Step = (row.get(1)?, row.get(2)?, row.get(3)?);
    let reason: Option<String> = row.get(6)?;
    let task = DeskTask {
        id: row.get(0)?,
        notice: row.get(10)?,
        message: 0,
        title: String::new(),
        instruction: String::new(),
        state: TaskState::from_column(row.get(4)?)?,
        due_at_ms: row.get(5)?,
        reason: reason.map(|code| reason_shown(&code)),
        finished_at_ms: row.get(7)?,
        chat_id: row.get(8)?,
        group_name: row.get(9)?,
    };
    Ok((step, task))
}

/// The task with what its step tells of it.
fn told(task: DeskTask, message: usize, step: &sop::Step) -> DeskTask {
    let (title, instruction) = (step.title.clone(), step.instruction.clone());
    DeskTask { message, title, instruction, ..task }
}

/// What to send for one of his tasks. [`Error::NotFound`] for another's.
pub async fn content(
    scrm: &Scrm,
    session: &DeskSession,
    task: &PublicId,
) -> Result<DeskContent, Error> {
    let mut reader = scrm.db.reader().await?;
    let values = params![session.corp, task, session.staff];
    let found = reader.query_opt(&sql::TASK, &values, task_row).await?;
    let ((sop, step_no, version), task) = found.ok_or_else(|| no_task(task))?;
    let step = sop::step(&mut reader, session.corp, sop, step_no, version).await?;
    let content = sop::filled(&step.content, &session.name, &task.group_name);
    Ok(DeskContent { task: told(task, 0, &step), content })
}

/// Marks some of his tasks, all or none; how many changed. [`Error::NotFound`] when one is another's; otherwise as
/// [`sop::mark_tasks`].
pub async fn mark(
    scrm: &Scrm,
    session: &DeskSession,
    tasks: &[PublicId],
    mark: Mark,
) -> Result<u64, Error> {
    let mut reader = scrm.db.reader().await?;
    let list: Vec<Value<'_>> = tasks.iter().map(Value::from).collect();
    let of_him = params![session.corp, session.staff];
    let his = reader.query_list(&sql::HIS, &of_him, &list, |row| row.get::<PublicId>(0)).await?;
    drop(reader);
    let his: HashSet<PublicId> = his.into_iter().collect();
    if let Some(others) = tasks.iter().find(|task| !his.contains(task)) {
        return Err(no_task(others));
    }
    sop::mark_tasks(scrm, session.corp, tasks, mark, Actor::Staff(session.staff)).await
}

fn no_task(task: &PublicId) -> Error {
    Error::NotFound(format!("there is no task {task}"))
}
