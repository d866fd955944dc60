//! Tasks of an SOP, and what became of one.

use schemars::JsonSchema;
use scrm::{
    StaffId, send,
    sop::{self, TaskFilter, TaskState},
    users::Right,
};
use serde::{Deserialize, Serialize};

use super::look::staff_names;
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Uuid},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(
            about("sops/tasks", "SOP 任务列表", "tasks of an SOP"),
            Right::Read,
            tasks,
        ),
        Endpoint::with_right(
            about("sops/task-story", "任务经过", "what became of a task"),
            Right::Read,
            story,
        ),
    ]
}

/// Where a task stands.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskStateName {
    Planned,
    Handed,
    Sent,
    Failed,
    Expired,
    Cancelled,
}

impl From<TaskStateName> for TaskState {
    fn from(state: TaskStateName) -> Self {
        match state {
            TaskStateName::Planned => Self::Planned,
            TaskStateName::Handed => Self::HandedOver,
            TaskStateName::Sent => Self::Sent,
            TaskStateName::Failed => Self::Failed,
            TaskStateName::Expired => Self::Expired,
            TaskStateName::Cancelled => Self::Cancelled,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListTasks {
    id: Uuid,
    #[serde(default)]
    paging: Paging,
    state: Option<TaskStateName>,
    step_no: Option<i64>,
    owner_id: Option<Id>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Task {
    id: Uuid,
    step_no: i64,
    /// 0 planned, 1 handed to the owner, 2 sent, 3 failed, 4 expired unsent, 5 cancelled.
    status: i64,
    due_at_ms: i64,
    reason: Option<String>,
    chat_id: String,
    group_name: String,
    owner_id: Id,
    owner_name: String,
}

async fn tasks(caller: Caller, request: ListTasks) -> Result<Rows<Task>, Refusal> {
    let filter = TaskFilter {
        state: request.state.map(Into::into),
        step_no: request.step_no,
        owner: request.owner_id.map(|Id(id)| StaffId(id)),
    };
    let (scrm, corp, viewer) = (&caller.scrm, caller.place.corp.id, caller.viewer());
    let page = request.paging.page();
    let (total, found) =
        sop::tasks_of_sop(scrm, corp, &viewer, &request.id.0, &filter, page).await?;
    let names = staff_names(&caller, found.iter().map(|task| task.owner)).await?;
    let rows = found.into_iter().map(|task| Task {
        id: Uuid(task.id),
        step_no: task.step_no,
        status: task.status,
        due_at_ms: task.due_at_ms,
        reason: task.reason,
        chat_id: task.chat_id,
        group_name: task.group_name,
        owner_id: Id(task.owner.0),
        owner_name: names.get(&task.owner).cloned().unwrap_or_default(),
    });
    Ok(Rows { total, rows: rows.collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OneTask {
    task_id: Uuid,
}

#[derive(Serialize, JsonSchema)]
struct Story {
    /// Oldest first.
    rows: Vec<Chapter>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Chapter {
    at_ms: i64,
    /// As in the open API's call sop-tasks/history.
    what: String,
    detail: String,
}

async fn story(caller: Caller, request: OneTask) -> Result<Story, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let Uuid(id) = request.task_id;
    sop::check_task_seen(scrm, corp, &caller.viewer(), &id).await?;
    let after = send::events::EventKind::After.code();
    let chapters = send::story(scrm, corp, &id).await?.into_iter();
    let rows = chapters.filter(|chapter| chapter.what != after).map(|chapter| Chapter {
        at_ms: chapter.at_ms,
        what: chapter.what,
        detail: chapter.detail,
    });
    Ok(Story { rows: rows.collect() })
}
