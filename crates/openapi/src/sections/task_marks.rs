//! SOP任务: what became of tasks that are sent by hand. Ours.

use schemars::JsonSchema;
use scrm::sop::{self, MAX_MARKED, Mark};
use serde::{Deserialize, Serialize};

use super::SOP_TASKS;
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{List, TaskId, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            About {
                path: "/api/v3/sop-tasks/mark-sent",
                title_zh: "标记SOP任务为已发送",
                title: "mark SOP tasks as sent",
                about: "Says that owners have sent these tasks by hand. One unknown task refuses them all.",
                section: SOP_TASKS,
                scope: "sop:write",
                origin: Origin::Ours,
                request_example: r#"{"taskIds":["019a2b3c4d5e7f8091a2b3c4d5e6f708"]}"#,
            },
            mark_sent,
            || Marked { changed_count: 1 },
        ),
        Endpoint::new(
            About {
                path: "/api/v3/sop-tasks/mark-impossible",
                title_zh: "标记SOP任务为无法完成",
                title: "mark SOP tasks as impossible",
                about: "Says that these tasks cannot be done, and why; the reason is shown as \
                        sendStatusDetail. One unknown task refuses them all.",
                section: SOP_TASKS,
                scope: "sop:write",
                origin: Origin::Ours,
                request_example: r#"{"taskIds":["019a2b3c4d5e7f8091a2b3c4d5e6f708"],"reason":"群已停用"}"#,
            },
            mark_impossible,
            || Marked { changed_count: 1 },
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MarkSent {
    task_ids: List<TaskId, 1, MAX_MARKED>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MarkImpossible {
    task_ids: List<TaskId, 1, MAX_MARKED>,
    /// Why, for people to read.
    reason: Text<1, 200>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Marked {
    /// Tasks whose state changed; those that had it already are not counted.
    changed_count: u64,
}

async fn mark_sent(caller: &Caller, request: MarkSent) -> Result<Marked, Refusal> {
    mark(caller, request.task_ids, Mark::Sent).await
}

async fn mark_impossible(caller: &Caller, request: MarkImpossible) -> Result<Marked, Refusal> {
    mark(caller, request.task_ids, Mark::Impossible { reason: request.reason.0 }).await
}

async fn mark(
    caller: &Caller,
    List(tasks): List<TaskId, 1, MAX_MARKED>,
    mark: Mark,
) -> Result<Marked, Refusal> {
    let tasks: Vec<_> = tasks.into_iter().map(|TaskId(id)| id).collect();
    let changed_count =
        sop::mark_tasks(&caller.scrm, caller.corp.id, &tasks, mark, caller.actor()).await?;
    Ok(Marked { changed_count })
}
