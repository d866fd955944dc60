//! Group SOPs: messages planned on customer groups, and the tasks that a plan makes.
//!
//! Joining a group to an SOP makes one task a step, under the unique key (group, SOP, step, occurrence).
//! A step whose time is past when the SOP is created is due at once, at the minute of creation
//! (contract/16). Everything of one creation is one transaction: one bad group and nothing is made.

mod audience;
pub(crate) mod audit;
mod calendar;
mod content;
mod create;
mod edit;
pub(crate) mod follow;
mod lifecycle;
mod mark;
mod membership;
mod new;
mod of_groups;
mod plan;
pub(crate) mod planner;
mod preview;
mod quota;
mod replan;
mod rule;
pub(crate) mod sql;
mod stored;
mod task_list;
#[cfg(test)]
pub(crate) mod tests;
mod trial;
mod view;
mod viewer;

use std::sync::Arc;

use store::{Session, params};

use crate::{BatchId, CorpId, Error, GroupId, Page, PublicId, Scrm, SopId, groups};
pub use audit::{Act, Actor};
pub use calendar::{CalendarDay, calendar, overdue};
pub use content::{ContentItem, ContentRefusal, Field, LinkCard};
pub(crate) use content::{check_link, filled, joined_text};
pub use create::create;
pub use edit::{Difference, Edit, EditedStep, edit, preview_edit};
pub use follow::{forget_old, tick as follow_tick};
pub use lifecycle::{Over, delete, end, pause, resume, start};
pub use mark::{MAX_MARKED, Mark, mark_tasks};
pub(crate) use membership::plan_again;
pub use membership::{Joined, MAX_JOINING, join, leave};
pub use new::{
    Audience, ChosenChat, MAX_CHATS, MAX_DAY_NO, MAX_GROUPS, MAX_STEPS, MAX_TITLE_CHARS, NewSop,
    NewStep, StepTime,
};
pub(crate) use of_groups::tasks_of_groups;
pub(crate) use plan::{Membership, PlanStep};
pub use planner::tick as plan_tick;
pub use preview::{Preview, PreviewDay, UnableOwner, Warning, preview};
pub use quota::Quota;
pub use replan::Replanned;
pub use rule::Rule;
pub(crate) use stored::find;
pub use task_list::{SopTask, TaskFilter, TaskWalk, tasks_of_sop};
pub use trial::{Trial, try_step};
pub use view::{
    Counts, Progress, SopCard, SopDetail, SopFilter, SopPage, StepDetail, detail, list, progress,
};
pub use viewer::{
    Viewer, check_may_change, check_task_seen, detail_for, list_for, narrowed, progress_for,
};

/// How an SOP's messages go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A mass message is created in WeCom, which the owner confirms.
    Assistant,
    /// The owner is reminded and sends by hand.
    Manual,
}

impl Mode {
    /// The number stored and shown: 0 assistant, 1 manual.
    pub fn number(self) -> i64 {
        match self {
            Self::Assistant => 0,
            Self::Manual => 1,
        }
    }

    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        match number {
            0 => Ok(Self::Assistant),
            1 => Ok(Self::Manual),
            _ => Err(store::Error::Column { index: 0, expected: "a mode" }),
        }
    }
}

/// What gives an SOP's steps their times. Stored as these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum SopKind {
    /// Each step has a time of its own.
    FixedTimes = 0,
    /// Steps count days since the group joined the SOP.
    DaysSinceJoining = 1,
    /// Steps count days since the group was made; only groups made after the start take part.
    NewGroups = 2,
    /// One message, at once or at a time.
    MassMessage = 3,
}

impl SopKind {
    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::FixedTimes, Self::DaysSinceJoining, Self::NewGroups, Self::MassMessage]
            .into_iter()
            .find(|kind| *kind as i64 == number)
            .ok_or(store::Error::Column { index: 0, expected: "a kind of SOP" })
    }
}

/// State of a whole SOP. Stored as these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum SopState {
    /// Not started: it has no tasks.
    Draft = 0,
    /// Its tasks are handed over when due.
    Active = 1,
    /// Its tasks wait.
    Paused = 2,
    /// Over for good: what was not handed over is cancelled.
    Ended = 3,
    /// Ended, and shown nowhere.
    Deleted = 9,
}

impl SopState {
    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Draft, Self::Active, Self::Paused, Self::Ended, Self::Deleted]
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(store::Error::Column { index: 0, expected: "a state of an SOP" })
    }
}

/// How a group came into an SOP. Stored as these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum Source {
    /// It was chosen when the SOP was made.
    Chosen = 0,
    /// Somebody added it.
    ByHand = 1,
    /// The rule fits it.
    Rule = 2,
    /// It was made after the start of an SOP for new groups.
    NewGroup = 3,
}

impl Source {
    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Chosen, Self::ByHand, Self::Rule, Self::NewGroup]
            .into_iter()
            .find(|source| *source as i64 == number)
            .ok_or(store::Error::Column { index: 0, expected: "how a group joined" })
    }
}

/// State of one task. Stored as the numbers in [`sql`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub enum TaskState {
    /// Not due yet, or due and not yet taken up.
    Planned = 0,
    /// WeCom has it and the owner knows.
    HandedOver = 1,
    /// It is in the group.
    Sent = 2,
    /// It will not be sent; the reason says why.
    Failed = 3,
    /// Its time ran out.
    Expired = 4,
    /// It was withdrawn.
    Cancelled = 5,
    /// In a batch that WeCom has not accepted yet.
    Dispatching = 6,
}

impl TaskState {
    const ALL: [Self; 7] = [
        Self::Planned,
        Self::HandedOver,
        Self::Sent,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
        Self::Dispatching,
    ];

    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        Self::ALL
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(store::Error::Column { index: 0, expected: "a state of a task" })
    }

    /// contract/16: 0 until WeCom has accepted the call.
    pub fn on_the_wire(self) -> i64 {
        match self {
            Self::Dispatching => 0,
            other => other as i64,
        }
    }
}

/// A task as the list of groups shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTask {
    /// Its id.
    pub id: PublicId,
    /// Its SOP.
    pub sop: Arc<ListedSop>,
    /// 0 not due or not accepted yet, 1 handed over, 2 sent, 3 failed, 4 expired, 5 cancelled.
    pub status: i64,
    /// When it is due; a whole minute.
    pub start_at_ms: i64,
    /// Why it failed or expired.
    pub reason: Option<String>,
}

/// The SOP of a task as the list of groups shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSop {
    /// Its id.
    pub id: PublicId,
    /// Its title.
    pub title: Arc<str>,
    /// Who made it; 0 = nobody known.
    pub creator_id: i64,
    /// 0 assistant, 1 manual.
    pub mode: i64,
}

/// The key of a task within its company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskKey {
    pub group: GroupId,
    pub sop: SopId,
    pub step_no: i64,
    pub occurrence: i64,
}

/// A page of a group's tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPage {
    /// WeCom's name of the group, empty for an unnamed one.
    pub raw_name: String,
    /// How many tasks it has in all.
    pub n_total: i64,
    /// Those of the page, by start and then by creation.
    pub tasks: Vec<ListedTask>,
}

/// All tasks of a group, page by page. [`Error::NotFound`] for one that is unknown or dissolved.
pub async fn tasks_of_group(
    scrm: &Scrm,
    corp: CorpId,
    chat_id: &str,
    page: Page,
) -> Result<TaskPage, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = groups::by_chat_ids(&mut reader, corp, &[chat_id.to_owned()]).await?;
    let group = groups::known(&found, chat_id)?;
    let counting = params![corp, group.id];
    let n_total = reader.query_opt(&sql::N_OF_GROUP, &counting, |row| row.get(0)).await?;
    let paging = params![corp, group.id, page.size, page.offset()];
    let rows = reader.query(&sql::PAGE_OF_GROUP, &paging, sql::listed).await?;
    Ok(TaskPage { raw_name: group.raw_name.clone(), n_total: n_total.unwrap_or(0), tasks: rows })
}

/// The title of an SOP.
pub(crate) async fn title(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
) -> Result<String, Error> {
    let found = session.query_opt(&sql::TITLE, &params![corp, sop], |row| row.get(0)).await?;
    found.ok_or_else(|| Error::Damaged(format!("there is no SOP {sop}")))
}

/// A step with what is needed of its SOP.
pub(crate) struct Step {
    pub title: String,
    pub instruction: String,
    pub mode: Mode,
    pub state: SopState,
    /// The plan is applied to all groups; before that nothing goes out.
    pub is_planned: bool,
    /// Of the content; it grows with every change to the step's content or time.
    pub version: i64,
    pub content: Vec<ContentItem>,
}

/// A step that a task names, with its newest content or, for a task that was taken up, that of then.
pub(crate) async fn step(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
    step_no: i64,
    version: Option<i64>,
) -> Result<Step, Error> {
    let read = |row: &store::Row<'_>| {
        let step = Step {
            title: row.get(0)?,
            instruction: row.get(1)?,
            mode: Mode::from_column(row.get(2)?)?,
            state: SopState::from_column(row.get(3)?)?,
            is_planned: row.get::<Option<i64>>(4)?.is_none(),
            version: row.get(5)?,
            content: vec![],
        };
        Ok((step, row.get::<String>(6)?))
    };
    let damaged = || Error::Damaged(format!("step {step_no} of SOP {sop}"));
    let found = session.query_opt(&sql::STEP, &params![corp, sop, step_no, version], read).await?;
    let (mut step, content) = found.ok_or_else(damaged)?;
    step.content = serde_json::from_str(&content).map_err(|_: serde_json::Error| damaged())?;
    Ok(step)
}

/// The tasks of a batch with their states.
pub(crate) async fn tasks_of_batch(
    session: &mut Session,
    corp: CorpId,
    batch: BatchId,
) -> Result<Vec<(TaskKey, TaskState)>, Error> {
    let read = |row: &store::Row<'_>| Ok((sql::key(row)?, TaskState::from_column(row.get(5)?)?));
    Ok(session.query(&sql::OF_BATCH, &params![corp, batch], read).await?)
}

/// A task on the page of its notice.
pub(crate) struct TaskOfPage {
    pub key: TaskKey,
    pub content_version: Option<i64>,
    pub state: TaskState,
    pub reason: Option<String>,
}

/// The same for the page of a notice.
pub(crate) async fn page_tasks(
    session: &mut Session,
    corp: CorpId,
    batch: BatchId,
) -> Result<Vec<TaskOfPage>, Error> {
    let read = |row: &store::Row<'_>| {
        Ok(TaskOfPage {
            key: sql::key(row)?,
            content_version: row.get(4)?,
            state: TaskState::from_column(row.get(5)?)?,
            reason: row.get(6)?,
        })
    };
    Ok(session.query(&sql::OF_BATCH, &params![corp, batch], read).await?)
}

/// How many tasks a company has in each state.
pub async fn n_by_state(scrm: &Scrm, corp: CorpId) -> Result<Vec<(TaskState, i64)>, Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| Ok((TaskState::from_column(row.get(0)?)?, row.get(1)?));
    Ok(reader.query(&sql::N_BY_STATE, &params![corp], read).await?)
}
