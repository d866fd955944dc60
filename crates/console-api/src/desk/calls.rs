//! His tasks, and what became of them.

use scrm::{
    corps,
    desk::{self, DeskTask},
    sop::{Mark, TaskState},
};
use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{
    Refusal,
    sections::WireContent,
    wire::{Id, Nothing, Text, Uuid},
};

/// Who is signed in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    name: String,
    company_id: Id,
    company: String,
    zone: String,
    /// For pages that show days: the server's time.
    now_ms: i64,
}

pub(super) async fn me(desk: Desk, _: Nothing) -> Result<Me, Refusal> {
    let scrm = &desk.service.scrm;
    let corp =
        corps::get(&mut *scrm.db.reader().await.map_err(scrm::Error::from)?, desk.session.corp)
            .await?;
    Ok(Me {
        name: desk.session.name,
        company_id: Id(corp.id.0),
        company: corp.name,
        zone: corp.zone.name().to_owned(),
        now_ms: scrm.clock.now_ms(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Open,
    Done,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct List {
    part: Part,
    /// Only tasks for this group.
    #[serde(default)]
    chat_id: Option<Text<128>>,
}

#[derive(Serialize)]
pub(super) struct Tasks {
    rows: Vec<Task>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    id: Uuid,
    /// The notice that told him of it.
    notice_id: Id,
    /// Tasks with the same message have the same number.
    message: usize,
    title: String,
    instruction: String,
    chat_id: String,
    group_name: String,
    due_at_ms: i64,
    /// handed, sent, failed, expired or cancelled.
    state: &'static str,
    reason: Option<String>,
    finished_at_ms: Option<i64>,
}

impl From<DeskTask> for Task {
    fn from(task: DeskTask) -> Self {
        Self {
            id: Uuid(task.id),
            notice_id: Id(task.notice.0),
            message: task.message,
            title: task.title,
            instruction: task.instruction,
            chat_id: task.chat_id,
            group_name: task.group_name,
            due_at_ms: task.due_at_ms,
            state: state(task.state),
            reason: task.reason,
            finished_at_ms: task.finished_at_ms,
        }
    }
}

fn state(state: TaskState) -> &'static str {
    match state {
        TaskState::Planned | TaskState::Dispatching | TaskState::HandedOver => "handed",
        TaskState::Sent => "sent",
        TaskState::Failed => "failed",
        TaskState::Expired => "expired",
        TaskState::Cancelled => "cancelled",
    }
}

pub(super) async fn tasks(desk: Desk, list: List) -> Result<Tasks, Refusal> {
    let part = match list.part {
        Part::Open => desk::Part::Open,
        Part::Done => desk::Part::Done,
    };
    let chat_id = list.chat_id.as_ref().map(|Text(chat_id)| &**chat_id);
    let found = desk::tasks(&desk.service.scrm, &desk.session, part, chat_id).await?;
    Ok(Tasks { rows: found.into_iter().map(Task::from).collect() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OfTask {
    task_id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    task: Task,
    content: Vec<WireContent>,
}

pub(super) async fn content(desk: Desk, wanted: OfTask) -> Result<Content, Refusal> {
    let found = desk::content(&desk.service.scrm, &desk.session, &wanted.task_id.0).await?;
    let content = found.content.into_iter().map(WireContent::from).collect();
    Ok(Content { task: found.task.into(), content })
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", deny_unknown_fields)]
enum Outcome {
    Sent,
    Impossible { reason: Text<200> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Marking {
    task_ids: Vec<Uuid>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Marked {
    n_changed: u64,
}

pub(super) async fn mark(desk: Desk, marking: Marking) -> Result<Marked, Refusal> {
    let tasks: Vec<_> = marking.task_ids.into_iter().map(|Uuid(id)| id).collect();
    let mark = match marking.outcome {
        Outcome::Sent => Mark::Sent,
        Outcome::Impossible { reason: Text(reason) } => Mark::Impossible { reason },
    };
    let n_changed = desk::mark(&desk.service.scrm, &desk.session, &tasks, mark).await?;
    Ok(Marked { n_changed })
}
